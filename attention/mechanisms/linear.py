"""Linear attention: weights whose sums can be taken over the keys first, so that no query meets every key.

A feature map φ turns every query and key into numbers that are not negative, and w_ij ∝ φ(q_i) · φ(k_j). Then
Σ_j w_ij v_j ∝ φ(q_i) (Σ_j φ(k_j) v_jᵀ), where the sum in brackets is the same for all queries.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from attention.mechanisms.masks import check_mask

FeatureMap = Callable[[Tensor], Tensor]
CHUNK = 64  # positions that a causal step handles at once; more means fewer, larger steps
SMALLEST_EXPONENT = -40.0  # e^-40 is lost beside 1 even in double precision; smaller features are taken for it


def elu_features(x: Tensor) -> Tensor:
    """Map any numbers to positive ones: a line above 0, an exponential below.

    φ(x) = elu(x) + 1, that is x + 1 above 0 and exp(x) below      Katharopoulos et al. 2020, equation 7

    x: any shape. Returns the same shape, above 0; below -40 the feature stays exp(-40), so that it never rounds to 0.
    """
    return torch.relu(x) + x.clamp(min=SMALLEST_EXPONENT, max=0).exp()


def linear_attend(
    query: Tensor, key: Tensor, value: Tensor, *, feature_map: FeatureMap = elu_features, causal: bool = False
) -> Tensor:
    """Return the context of linear attention in time and memory that grow with the length, not with its square.

    context_i = φ(q_i)ᵀ Σ_j φ(k_j) v_jᵀ / (φ(q_i)ᵀ Σ_j φ(k_j))      Katharopoulos et al. 2020, equation 5;
    causal: the sums end at position i, equation 9

    query: (..., query_len, dim); key: (..., key_len, dim); value: (..., key_len, value_dim); leading axes broadcast
    feature_map: (..., length, dim) -> (..., length, any size), no number below 0.
    causal: as `causal_mask`; the queries are the last of the key_len positions.
    Returns (..., query_len, value_dim), equal to `linear_weights(query, key) @ value`; 0 where all weights are 0.
    Raises ValueError when sizes differ where they must not, or a causal call has fewer keys than queries.
    """
    query_len, key_len = query.shape[-2], key.shape[-2]
    if key_len != value.shape[-2]:
        raise ValueError(f"there are {key_len} keys and {value.shape[-2]} values; each key needs one value")
    if causal and key_len < query_len:
        raise ValueError(f"{query_len} queries need at least as many keys, got {key_len}; pass the kept keys as well")
    q, k = _features(query, key, feature_map)
    v = torch.cat((value.to(k.dtype), torch.ones_like(value[..., :1], dtype=k.dtype)), dim=-1)  # the 1 sums the weights
    sums = _causal_sums(q, k, v) if causal else q @ (k.mT @ v)  # (..., query_len, value_dim + 1)
    return _shares(sums[..., :-1], sums[..., -1:]).to(value.dtype)


def linear_weights(
    query: Tensor, key: Tensor, *, feature_map: FeatureMap = elu_features, mask: Tensor | None = None
) -> Tensor:
    """Return the weights that linear attention never writes down.

    w_ij = φ(q_i)ᵀ φ(k_j) / Σ_l φ(q_i)ᵀ φ(k_l)      Katharopoulos et al. 2020, equation 4

    query: (..., query_len, dim); key: (..., key_len, dim); mask: boolean, broadcasts to the weights, True = may attend
    feature_map: as in `linear_attend`.
    Returns (..., query_len, key_len); each row sums to 1, or is 0 where every key is masked or shares no feature.
    Raises ValueError when query and key differ in size, or the mask does not fit.
    """
    q, k = _features(query, key, feature_map)
    products = q @ k.mT
    if mask is not None:
        check_mask(mask, products.shape)
        products = torch.where(mask, products, 0)
    return _shares(products, products.sum(dim=-1, keepdim=True)).to(query.dtype)


def _features(query: Tensor, key: Tensor, feature_map: FeatureMap) -> tuple[Tensor, Tensor]:
    """Return the features of query and key, in single precision at least, scaled to at most 1.

    A factor common to a query, or to all keys, cancels in the weights: it only keeps the sums from overflowing.
    """
    if query.shape[-1] != key.shape[-1]:
        sizes = f"query has size {query.shape[-1]}, key has size {key.shape[-1]}"
        raise ValueError(f"{sizes}; linear attention needs them the same: project the query first")
    exact = torch.promote_types(query.dtype, torch.float32)
    q, k = feature_map(query.to(exact)), feature_map(key.to(exact))
    return _scaled(q, (-1,)), _scaled(k, (-2, -1))


def _scaled(features: Tensor, dims: tuple[int, ...]) -> Tensor:
    """Divide by the largest feature along some axes; features that are all 0 stay so."""
    if not features.numel():
        return features
    largest = features.detach().amax(dim=dims, keepdim=True)
    return features / torch.where(largest > 0, largest, 1)


def _causal_sums(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return for every query Σ (q · k_j) v_j over the keys up to its own, chunk by chunk with a running state.

    q: (..., query_len, features); k: (..., key_len, features); v: (..., key_len, size) -> (..., query_len, size)
    """
    earlier = k.shape[-2] - q.shape[-2]  # keys before the first query
    state = k[..., :earlier, :].mT @ v[..., :earlier, :]  # (..., features, size)
    k, v = k[..., earlier:, :], v[..., earlier:, :]
    sums = []
    for q_part, k_part, v_part in zip(*(x.split(CHUNK, dim=-2) for x in (q, k, v)), strict=True):
        sums.append(q_part @ state + (q_part @ k_part.mT).tril() @ v_part)
        state = state + k_part.mT @ v_part
    return torch.cat(sums, dim=-2)


def _shares(parts: Tensor, total: Tensor) -> Tensor:
    """Divide parts by their total; what has the total 0 is 0, and so is its gradient."""
    return torch.where(total > 0, parts / torch.where(total > 0, total, 1), 0)
