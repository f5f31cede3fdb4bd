"""Normalisers: turn the scores of a row into weights, shares that sum to 1.

All take scores (..., query_len, key_len) and a boolean mask that broadcasts to them, True where a query may attend to a
key, and return weights of the same shape and type. For all of them holds:

- A masked key gets exactly 0. So does a key whose score is minus infinity, the other way to write a mask.
- A row in which every key is masked is all 0: there is nothing to attend to, the context is 0, and so is the gradient.
- Keys with score plus infinity count as equal, and far above all others.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Give every key a share that grows exponentially with its score.

    w_j = exp(s_j) / Σ_i exp(s_i)      Bahdanau et al. 2015, equation 6

    scores: (..., query_len, key_len); mask: boolean, broadcasts to scores, True = may attend
    Returns weights of the shape of scores, each row sums to 1, or to 0 where every key is masked.
    """
    if scores.device.type == "cpu":  # looking at one column costs nothing here; a GPU would have to wait for it
        weights = torch.softmax(scores if mask is None else torch.where(mask, scores, -math.inf), dim=-1)
        if not _is_spoilt(weights):
            return weights
    mask = _open_keys(scores, mask)
    attends = mask.any(dim=-1, keepdim=True)  # (..., query_len, 1)
    largest_number = torch.finfo(scores.dtype).max
    safe = torch.where(mask, scores.clamp(max=largest_number), torch.where(attends, -math.inf, 0.0).to(scores.dtype))
    return torch.where(attends, torch.softmax(safe, dim=-1), 0)


def softmax_in_place(scores: Tensor, mask: Tensor | None = None) -> Tensor | None:
    """Write the weights of `softmax` over the scores: long rows are spared another large tensor, a third of the time.

    For callers that made the scores, need them no more, and record no gradient.
    Returns the weights, or None where `softmax` would need more care; the scores are lost then too.
    """
    if mask is not None:
        scores.masked_fill_(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1, out=scores)
    return None if _is_spoilt(weights) else weights


def sparsemax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Give shares to the best keys only, falling linearly with the distance to the best; the others get exactly 0.

    w_j = max(s_j - τ, 0), with τ such that the row sums to 1      Martins & Astudillo 2016, equation 2, algorithm 1

    scores: (..., query_len, key_len); mask: boolean, broadcasts to scores, True = may attend
    Returns weights of the shape of scores, each row sums to 1, or to 0 where every key is masked.
    """
    gaps, mask = _gaps_to_best(scores, mask)
    gaps = gaps.clamp(min=-1)  # a key that is 1 or more behind the best gets 0, however far behind it is
    ordered = gaps.detach().sort(dim=-1, descending=True).values
    ranks = _ranks(ordered)
    supported = 1 + ranks * ordered > ordered.cumsum(dim=-1)
    support_size = supported.sum(dim=-1, keepdim=True)
    threshold = (_at(ordered.cumsum(dim=-1), support_size) - 1) / support_size
    support = mask & (gaps > threshold)
    count = support.sum(dim=-1, keepdim=True).clamp(min=1)
    threshold = (torch.where(support, gaps, 0).sum(dim=-1, keepdim=True) - 1) / count
    return torch.where(support, (gaps - threshold).clamp(min=0), 0).to(scores.dtype)


def entmax15(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Half-way between softmax and sparsemax: a smooth curve that still reaches exactly 0 for poor keys.

    w_j = max(s_j / 2 - τ, 0)², with τ such that the row sums to 1      Peters et al. 2019, section 3, α = 1.5

    scores: (..., query_len, key_len); mask: boolean, broadcasts to scores, True = may attend
    Returns weights of the shape of scores, each row sums to 1, or to 0 where every key is masked.
    """
    gaps, mask = _gaps_to_best(scores, mask)
    gaps = (gaps / 2).clamp(min=-1)  # as in sparsemax
    ordered = gaps.detach().sort(dim=-1, descending=True).values
    ranks = _ranks(ordered)
    mean = ordered.cumsum(dim=-1) / ranks
    spread = (ordered**2).cumsum(dim=-1) - ranks * mean**2
    thresholds = mean - ((1 - spread) / ranks).clamp(min=0).sqrt()  # one candidate for each size of the support
    support_size = (thresholds <= ordered).sum(dim=-1, keepdim=True)
    support = mask & (gaps > _at(thresholds, support_size))
    count = support.sum(dim=-1, keepdim=True).clamp(min=1)
    mean = torch.where(support, gaps, 0).sum(dim=-1, keepdim=True) / count
    spread = torch.where(support, (gaps - mean) ** 2, 0).sum(dim=-1, keepdim=True)
    threshold = mean - ((1 - spread) / count).sqrt()
    return torch.where(support, (gaps - threshold) ** 2, 0).to(scores.dtype)


def hardmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Give everything to the best key; among equals, to the first.

    w_j = 1 for the first j with the largest s_j, else 0: softmax at temperature 0

    scores: (..., query_len, key_len); mask: boolean, broadcasts to scores, True = may attend
    Returns weights of the shape of scores, each row sums to 1, or to 0 where every key is masked. The gradient is 0.
    """
    gaps, mask = _gaps_to_best(scores.detach(), mask)
    best = torch.zeros_like(mask).scatter(-1, gaps.argmax(dim=-1, keepdim=True), True)
    return _without_slope((best & mask).to(scores.dtype), scores)


def uniform(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Give every allowed key the same share, whatever its score: attention switched off.

    w_j = 1 / m for each of the m allowed keys

    scores: (..., query_len, key_len); mask: boolean, broadcasts to scores, True = may attend
    Returns weights of the shape of scores, each row sums to 1, or to 0 where every key is masked. The gradient is 0.
    """
    mask = _open_keys(scores, mask)
    count = mask.sum(dim=-1, keepdim=True).clamp(min=1)
    return _without_slope((mask.to(_wide(scores.dtype)) / count).to(scores.dtype), scores)


def _is_spoilt(weights: Tensor) -> bool:
    """Return whether softmax met infinities or a row without open keys: it spoils all of such a row with NaN."""
    return math.isnan(weights.detach()[..., :1].sum().item())


def _open_keys(scores: Tensor, mask: Tensor | None) -> Tensor:
    """Return where a query may attend to a key, by the mask and by the score: minus infinity is closed."""
    reachable = scores != -math.inf
    return reachable if mask is None else reachable & mask


def _gaps_to_best(scores: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return scores minus the row's best (0 or less, float32 or wider), and where keys are open.

    A shift changes no weight of sparsemax and entmax, and keeps their sums small and exact. Closed keys get a large
    negative number, rows without an open key 0.
    """
    mask = _open_keys(scores, mask)
    wide = scores.to(_wide(scores.dtype))
    limit = torch.finfo(wide.dtype).max / 4
    wide = torch.where(mask, wide.clamp(-limit, limit), -limit)
    return wide - wide.detach().amax(dim=-1, keepdim=True), mask


def _wide(dtype: torch.dtype) -> torch.dtype:
    return torch.float32 if dtype in (torch.bfloat16, torch.float16) else dtype


def _ranks(ordered: Tensor) -> Tensor:
    return torch.arange(1, ordered.shape[-1] + 1, device=ordered.device, dtype=ordered.dtype)


def _at(values: Tensor, rank: Tensor) -> Tensor:
    """Return the entry of every row at its rank, counted from 1."""
    return values.gather(-1, rank - 1)


def _without_slope(weights: Tensor, scores: Tensor) -> Tensor:
    """Tie constant weights to their scores with gradient 0, so that training needs no special case."""
    if not (torch.is_grad_enabled() and scores.requires_grad):
        return weights
    return weights + 0 * torch.where(scores.isfinite(), scores, 0)
