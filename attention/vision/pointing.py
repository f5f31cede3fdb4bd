"""Attention that points: one head over the fine cells of a picture, whose values are the patches beneath them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from attention.mechanisms import SCALED_DOT, Mechanism, attention_scores, attention_weights


class Pointer(nn.Module):
    """One head that only points: weights = softmax(W q · k / √d); the keys come as they are.

    query_dim: size of a query; key_dim: of a key.
    """

    def __init__(self, query_dim: int, key_dim: int) -> None:
        super().__init__()
        self.query = nn.Linear(query_dim, key_dim)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        mechanism: Mechanism | None = None,
        mask: Tensor | None = None,
        extra: Tensor | None = None,
    ) -> Tensor:
        """Return weights (n, query_len, key_len).

        query: (n, query_len, query_dim); key: (n, key_len, key_dim). extra: (n, key_len, 1), one more number of each
        key, which meets a 1 in every query: it goes straight into the score.
        """
        mechanism = SCALED_DOT if mechanism is None else mechanism
        query = self.query(query)
        if extra is not None:
            query, key = torch.cat([query, torch.ones_like(query[..., :1])], dim=-1), torch.cat([key, extra], dim=-1)
        return attention_weights(attention_scores(query, key, mechanism).float(), mechanism, mask)


def patch_weights(weights: Tensor, patches: int) -> Tensor:
    """Add the weights of the cells of each patch up: (..., cells²) -> (..., patches²)."""
    cells = round(weights.shape[-1] ** 0.5)
    each, side = cells // round(patches**0.5), round(patches**0.5)
    grid = weights.unflatten(-1, (cells, cells))
    return (F.avg_pool2d(grid, each) * each**2).reshape(*weights.shape[:-1], side * side)


def context_of(weights: Tensor, values: Tensor) -> Tensor:
    """Return the sum of the patches' values, each weighted by the cells in it: (n, q, cells²), (n, patches², d)."""
    return patch_weights(weights, values.shape[1]).to(values.dtype) @ values
