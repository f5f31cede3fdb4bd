"""Attention over every beginning of a sequence at once, for queries that stay the same while the sequence grows."""

from __future__ import annotations

import torch
from torch import Tensor

_SMALLEST = 1e-30  # of a sum of weights; below it a beginning counts as empty


def prefix_attend(scores: Tensor, values: Tensor, age_bias: Tensor) -> Tensor:
    """Return for every query what it reads from the first key, the first two keys, and so on to all keys.

    out[t, c] = Σ_{i ≤ t} w_i v[i, c],  w = softmax_{i ≤ t}(s[i, c] + b[t - i])
              = Σ_i A[t, i] e^s[i, c] v[i, c] / Σ_i A[t, i] e^s[i, c],  A[t, i] = e^b[t - i] for i ≤ t, else 0

    The age of a key is added to its score (Press et al. 2022 with b in place of a straight line), so that its share of
    the weight is a factor, and A (Toeplitz, lower triangular) is the same for all queries: two products of matrices
    replace a softmax for each beginning. The same numbers come from `attention_weights` under a causal mask.

    scores, values: (..., length, queries); age_bias: (..., length), its first number for the newest key.
    Returns (..., length, queries). Scores should lie within some 60 of each other along the length: a beginning whose
    keys all score far below a later key reads 0.
    Raises ValueError when the sizes differ.
    """
    if scores.shape != values.shape or scores.ndim < 2:
        raise ValueError(
            f"scores and values must both be (..., length, queries), got {tuple(scores.shape)}, {tuple(values.shape)}"
        )
    length = scores.shape[-2]
    if age_bias.shape[-1] != length:
        raise ValueError(f"age_bias has {age_bias.shape[-1]} ages, the sequence {length} keys; give one for each")
    largest = scores.detach().amax(dim=-2, keepdim=True)
    weights = (scores - largest).exp()  # (..., length, queries)
    decay = age_matrix(age_bias).exp()  # (..., length, length)
    return (decay @ (weights * values)) / (decay @ weights).clamp_min(_SMALLEST)


def age_matrix(age_bias: Tensor) -> Tensor:
    """Return the bias of every key for every beginning: b[t - i] for i ≤ t, -inf for keys that come later.

    age_bias: (..., length). Returns (..., length, length), rows are beginnings; add it to scores before softmax.
    """
    length = age_bias.shape[-1]
    places = torch.arange(length, device=age_bias.device)
    age = places[:, None] - places
    return age_bias[..., age.clamp_min(0)].masked_fill(age < 0, -torch.inf)
