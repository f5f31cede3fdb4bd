"""How softmax saturates as vectors grow longer: entropy, largest weight and gradient against the size d."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from attention.mechanisms import Mechanism, attention_scores, attention_weights

SCALES = {  # by name: what the dot products of vectors of size d are multiplied with
    "one": lambda d: 1.0,
    "sqrt": lambda d: d**-0.5,
    "d": lambda d: 1.0 / d,
}
MOST_NUMBERS = 16_000_000  # random numbers for one call: 128 MB in double precision


class SaturationRow(NamedTuple):
    """What attention does with random vectors of one size; means over the seeds, and quartiles (a quarter is below
    `low`, a quarter above `high`).

    dim: size d. scale: the name of the scale, or the number that multiplied the scores.
    entropy: of the weights as a share of log(keys), 0 (one key has everything) to 1 (all keys alike).
    max_weight: of the strongest key, 1 / keys to 1.
    gradient: Frobenius norm of the Jacobian of the weights with respect to the scores that softmax was given, 0 to
    1 / 2 (two keys share everything); √(keys - 1) / keys where all keys are alike.
    """

    dim: int
    scale: str | float
    entropy: float
    entropy_low: float
    entropy_high: float
    max_weight: float
    gradient: float
    gradient_low: float
    gradient_high: float


def saturation(
    dims: Sequence[int], scale: str | float, keys: int = 16, seeds: int = 64, seed: int = 0
) -> tuple[SaturationRow, ...]:
    """Measure the attention of one query over random keys for every size of dims, many times each.

    q, k_j ~ N(0, I_d): then q · k_j has variance d, the reason for the scale of Vaswani et al. 2017, section 3.2.1

    scale: "one", "sqrt" (1 / √d), "d" (1 / d), or a number that multiplies the scores.
    keys: how many each query sees, 2 or more. seeds: how many queries are drawn, each with keys of its own. The same
    numbers come for every scale, and a smaller size sees the first entries of the larger vectors.
    Returns one row for every size, in the order of dims.
    Raises ValueError for an unknown scale, sizes below 1, fewer than two keys, or too many random numbers.
    """
    _check(dims, scale, keys, seeds)
    if not dims:
        return ()
    generator = torch.Generator().manual_seed(seed)
    largest = max(dims)
    vectors = torch.randn(seeds, 1 + keys, largest, generator=generator, dtype=torch.float64)
    query, key = vectors[:, :1], vectors[:, 1:]
    return tuple(_row(query[..., :dim], key[..., :dim], dim, scale) for dim in dims)


def jacobian_norm(weights: Tensor) -> Tensor:
    """Return the Frobenius norm of the Jacobian of softmax, for rows of its own weights.

    ∂w_i / ∂s_j = w_i ([i = j] - w_j), hence ‖J‖² = Σ_i (w_i (1 - w_i))² + (Σ_i w_i²)² - Σ_i w_i⁴

    weights: (..., keys), rows that sum to 1. Returns (...), 0 to 1 / 2.
    """
    squares = weights**2
    own = (weights * (1 - weights)).square().sum(dim=-1)
    others = squares.sum(dim=-1).square() - squares.square().sum(dim=-1)
    return (own + others.clamp_min(0)).sqrt()


def _row(query: Tensor, key: Tensor, dim: int, scale: str | float) -> SaturationRow:
    """query: (seeds, 1, dim); key: (seeds, keys, dim)."""
    factor = SCALES[scale](dim) if isinstance(scale, str) else float(scale)
    weights = attention_weights(attention_scores(query, key, Mechanism("dot", scale=factor)))[:, 0]  # (seeds, keys)
    entropy = torch.special.entr(weights).sum(dim=-1) / math.log(weights.shape[-1])
    gradient = jacobian_norm(weights)
    return SaturationRow(dim, scale, *_summary(entropy), float(weights.amax(dim=-1).mean()), *_summary(gradient))


def _summary(values: Tensor) -> tuple[float, float, float]:
    low, high = torch.quantile(values, values.new_tensor([0.25, 0.75])).tolist()
    return float(values.mean()), low, high


def _check(dims: Sequence[int], scale: str | float, keys: int, seeds: int) -> None:
    if isinstance(scale, str) and scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)} or a number, got {scale!r}; choose one of these")
    if any(dim < 1 for dim in dims):
        raise ValueError(f"sizes must be 1 or more, got {min(dims)}; leave it out")
    if keys < 2 or seeds < 1:
        raise ValueError(
            f"wanted 2 keys and 1 seed or more, got {keys} keys and {seeds} seeds; one key leaves nothing to choose"
        )
    if dims and max(dims) * seeds * keys > MOST_NUMBERS:
        raise ValueError(
            f"{max(dims)} × {seeds} × {keys} random numbers are more than {MOST_NUMBERS:,}; use fewer seeds or keys"
        )
