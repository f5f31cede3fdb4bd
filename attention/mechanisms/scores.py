"""Scores: how well every key fits every query, before a normaliser turns the scores of a row into shares.

All take query (..., query_len, query_dim) and key (..., key_len, key_dim), whose leading axes broadcast, and return
(..., query_len, key_len). Two of them learn: their parameters live in `GeneralLayer` and `AdditiveLayer`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def dot_scores(query: Tensor, key: Tensor, scale: float = 1.0) -> Tensor:
    """Score by the dot product: large when both vectors are long and point the same way.

    score(q, k) = q · k      Luong et al. 2015, section 3.1, "dot", with q for h_t and k for h_s

    query: (..., query_len, dim); key: (..., key_len, dim)
    scale: multiplies all scores.
    Returns (..., query_len, key_len), any real number.
    Raises ValueError when query and key differ in size.
    """
    _require_same_size(query, key)
    if query.ndim < 3 or query.shape[:-2] != key.shape[:-2]:
        return (query if scale == 1 else query * scale) @ key.mT
    # Heads cut from one projection lie apart in memory: flattened first, they are copied once; @ would copy the key
    # after turning it, which is several times slower.
    q, k = query.flatten(0, -3), key.flatten(0, -3)  # (batch · heads, length, dim)
    if scale == 1:
        scores = torch.bmm(q, k.mT)
    elif key.shape[-2] < query.shape[-1]:
        scores = torch.bmm(q, k.mT).mul_(scale)  # fewer numbers than the queries have
    else:
        scores = torch.baddbmm(q.new_zeros(1, 1, 1), q, k.mT, beta=0, alpha=scale)
    return scores.view(*query.shape[:-1], key.shape[-2])


def scaled_dot_scores(query: Tensor, key: Tensor) -> Tensor:
    """Score by the dot product over the square root of the size, so that long vectors do not saturate softmax.

    score(q, k) = q · k / √d      Vaswani et al. 2017, equation 1

    query: (..., query_len, dim); key: (..., key_len, dim)
    Returns (..., query_len, key_len), any real number.
    Raises ValueError when query and key differ in size.
    """
    return dot_scores(query, key, query.shape[-1] ** -0.5)


def cosine_scores(query: Tensor, key: Tensor) -> Tensor:
    """Score by the cosine of the angle between query and key; length plays no part.

    score(q, k) = q · k / (|q| |k|)      Graves et al. 2014, equation 6

    query: (..., query_len, dim); key: (..., key_len, dim)
    Returns (..., query_len, key_len), from -1 to 1 up to rounding; a zero vector has score 0 and gradient 0.
    Raises ValueError when query and key differ in size.
    """
    _require_same_size(query, key)
    return _unit_vectors(query) @ _unit_vectors(key).mT


def general_scores(query: Tensor, key: Tensor, layer: GeneralLayer, projected_key: Tensor | None = None) -> Tensor:
    """Score by a dot product in which a learned matrix decides what should match what.

    score(q, k) = q · W k      Luong et al. 2015, section 3.1, "general", with q for h_t and k for h_s

    query: (..., query_len, query_dim); key: (..., key_len, key_dim)
    projected_key: `layer.project_key(key)` from an earlier call, to save that work.
    Returns (..., query_len, key_len), any real number.
    """
    _require_size(query, "query", layer.w_key.out_features)
    if projected_key is None:
        projected_key = layer.project_key(key)
    return query @ projected_key.mT


def additive_scores(query: Tensor, key: Tensor, layer: AdditiveLayer, projected_key: Tensor | None = None) -> Tensor:
    """Score every key for every query with a network of one hidden layer.

    score(q, k) = v · tanh(W_q q + W_k k)      Bahdanau et al. 2015, appendix A.1.2, with q for s and k for h
    The same as v · tanh(W [q; k]) of Luong et al. 2015, section 3.1, "concat", with W cut in two.

    query: (..., query_len, query_dim); key: (..., key_len, key_dim)
    projected_key: `layer.project_key(key)` from an earlier call; a decoder computes it once for all its steps.
    Returns (..., query_len, key_len), any real number.
    """
    _require_size(query, "query", layer.w_query.in_features)
    if projected_key is None:
        projected_key = layer.project_key(key)
    hidden = layer.w_query(query).unsqueeze(-2) + projected_key.unsqueeze(-3)  # (..., query_len, key_len, hidden_dim)
    return layer.v(hidden.tanh_()).squeeze(-1)  # in place: the sum is not needed again, not even for gradients


class GeneralLayer(nn.Module):
    """The matrix W of `general_scores`."""

    def __init__(self, query_dim: int, key_dim: int) -> None:
        super().__init__()
        self.w_key = nn.Linear(key_dim, query_dim, bias=False)

    def project_key(self, key: Tensor) -> Tensor:
        """Return W k, (..., key_len, query_dim), which is the same for every query."""
        _require_size(key, "key", self.w_key.in_features)
        return self.w_key(key)

    def forward(self, query: Tensor, key: Tensor, projected_key: Tensor | None = None) -> Tensor:
        return general_scores(query, key, self, projected_key)


class AdditiveLayer(nn.Module):
    """The matrices W_q, W_k and the vector v of `additive_scores`."""

    def __init__(self, query_dim: int, key_dim: int, hidden_dim: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(query_dim, hidden_dim, bias=False)
        self.w_key = nn.Linear(key_dim, hidden_dim, bias=False)
        self.v = nn.Linear(hidden_dim, 1, bias=False)

    def project_key(self, key: Tensor) -> Tensor:
        """Return W_k k, (..., key_len, hidden_dim), which is the same for every query."""
        _require_size(key, "key", self.w_key.in_features)
        return self.w_key(key)

    def forward(self, query: Tensor, key: Tensor, projected_key: Tensor | None = None) -> Tensor:
        return additive_scores(query, key, self, projected_key)


def _unit_vectors(vectors: Tensor) -> Tensor:
    """Return vectors of length 1 along the last axis; the zero vector stays zero, with gradient zero."""
    largest = vectors.detach().abs().amax(dim=-1, keepdim=True)
    vectors = vectors / torch.where(largest > 0, largest, 1)  # squares can now neither overflow nor vanish
    length = torch.linalg.vector_norm(vectors, dim=-1, keepdim=True)
    return torch.where(largest > 0, vectors / torch.where(largest > 0, length, 1), 0)


def _require_same_size(query: Tensor, key: Tensor) -> None:
    if query.shape[-1] != key.shape[-1]:
        raise ValueError(
            f"query has size {query.shape[-1]}, key has size {key.shape[-1]}; this score needs the same size: "
            "project the query to the key's size first, or use the general or the additive score"
        )


def _require_size(vectors: Tensor, name: str, size: int) -> None:
    if vectors.shape[-1] != size:
        raise ValueError(
            f"{name} has size {vectors.shape[-1]}, the layer was made for {size}; "
            f"pass a {name} of size {size} or make the layer for size {vectors.shape[-1]}"
        )
