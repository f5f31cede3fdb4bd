"""How sharply attention points: the entropy of its rows and their largest weight."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from attention.attention_map import AttentionMap

Weights = AttentionMap | np.ndarray


class Sharpness(NamedTuple):
    """Means over all rows that have any weight.

    entropy_bits: 0 (one key has everything) to log2(key_len) (all keys alike).
    normalised_entropy: the same divided by log2(key_len): 0 to 1, comparable between lengths.
    mean_max_weight: share of the strongest key, 1 / key_len to 1.
    """

    entropy_bits: float
    normalised_entropy: float
    mean_max_weight: float


def as_array(weights: Weights) -> np.ndarray:
    """Return the weights of a map or an array as float64 (..., query_len, key_len).

    Raises ValueError for fewer than two axes, negative or non-finite weights.
    """
    array = np.asarray(weights.weights if isinstance(weights, AttentionMap) else weights, dtype=np.float64)
    if array.ndim < 2:
        raise ValueError(f"weights must be (..., query_len, key_len), got shape {array.shape}")
    if not np.isfinite(array).all() or (array < 0).any():
        raise ValueError("weights must be finite and not negative")
    return array


def normalised_rows(weights: Weights) -> np.ndarray:
    """Return the weights with each row divided by its sum; a row of zeros becomes NaN, as it has no shares."""
    array = as_array(weights)
    total = array.sum(axis=-1, keepdims=True)
    return np.divide(array, total, out=np.full_like(array, np.nan), where=total > 0)


def row_entropy(weights: Weights) -> np.ndarray:
    """Return the entropy of each row in bits.

    H = -sum_j p_j log2 p_j, with p the row divided by its sum      Shannon 1948, section 6

    weights: (..., query_len, key_len). Returns (..., query_len), 0 to log2(key_len); NaN where a row is all zeros.
    """
    shares = normalised_rows(weights)
    logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.abs((shares * logs).sum(axis=-1))  # abs: -0.0 reads badly


def max_weights(weights: Weights) -> np.ndarray:
    """Return the largest share of each row, (..., query_len); NaN where a row is all zeros."""
    return normalised_rows(weights).max(axis=-1)


def sharpness(weights: Weights) -> Sharpness:
    """Return mean entropy and mean largest weight over the rows of all layers and heads.

    weights: (..., query_len, key_len). Rows of zeros are left out. Raises ValueError when no row has any weight.
    """
    array = as_array(weights)
    entropy = row_entropy(array)
    used = ~np.isnan(entropy)
    if not used.any():
        raise ValueError("no row has any weight: there is nothing to measure")
    bits = float(entropy[used].mean())
    keys = array.shape[-1]
    share = bits / np.log2(keys) if keys > 1 else 0.0
    return Sharpness(bits, float(share), float(max_weights(array)[used].mean()))
