"""From attention to boxes: where its weights begin and end, and how well two boxes agree."""

from __future__ import annotations

import torch
from torch import Tensor

SHARPNESS = (0.15, 0.4, 1.0)  # per pixel; the higher, the nearer to the outermost weight
LEAST = 1e-6  # the smallest weight that counts, so that logarithms stay finite


def spans(weights: Tensor, cells: int, side: float) -> tuple[Tensor, Tensor]:
    """Return the middle of the weights and soft edges around them, in pixels.

    right_γ = 1/γ log Σ_x w(x) exp(γ x),  left_γ = -1/γ log Σ_x w(x) exp(-γ x)

    The soft maximum and minimum of where the weights lie, w(x) the weight of a column; the same for rows.
    weights: (..., cells²), rows of a grid; side: pixels of the whole grid.
    Returns middles (..., 2) x and y, and edges (..., sharpness, 4) left, top, right, bottom.
    """
    grid = weights.float().unflatten(-1, (cells, cells))
    places = (torch.arange(cells, dtype=torch.float32, device=weights.device) + 0.5) * side / cells
    middles, low, high = [], [], []
    for axis in (-2, -1):  # columns: x; rows: y
        shares = grid.sum(dim=axis).clamp_min(LEAST)
        shares = shares / shares.sum(dim=-1, keepdim=True)
        middles.append((shares * places).sum(dim=-1))
        logs = shares.log()[..., None, :]
        gammas = weights.new_tensor(SHARPNESS, dtype=torch.float32)
        bent = gammas[:, None] * places
        low.append(-torch.logsumexp(logs - bent, dim=-1) / gammas)
        high.append(torch.logsumexp(logs + bent, dim=-1) / gammas)
    return torch.stack(middles, dim=-1), torch.stack([low[0], low[1], high[0], high[1]], dim=-1)


def overlaps(first: Tensor, second: Tensor) -> Tensor:
    """Return the intersection over the union of boxes: (..., 4) twice -> (...), 0 to 1."""
    inside = (
        torch.minimum(first[..., 2:], second[..., 2:]) - torch.maximum(first[..., :2], second[..., :2])
    ).clamp_min(0)
    shared = inside.prod(dim=-1)
    areas = [(box[..., 2:] - box[..., :2]).clamp_min(0).prod(dim=-1) for box in (first, second)]
    return shared / (areas[0] + areas[1] - shared).clamp_min(1e-6)
