"""Attention rollout: self-attention followed through all layers, residual connections included."""

from __future__ import annotations

import numpy as np

from attention.measures.sharpness import Weights, as_array


def attention_rollout(weights: Weights, residual: float = 0.5) -> np.ndarray:
    """Return how much of each input position reaches each position after every layer.

    A_l = (1 - residual) W_l + residual I, rows made to sum to 1, W_l the mean over heads
    rollout_l = A_l rollout_(l-1), rollout_0 = I      Abnar and Zuidema 2020 ("attention rollout"), residual = 0.5

    weights: (layers, heads, length, length), or (layers, length, length) without heads. residual: 0 to 1.
    Returns (layers, length, length); the last one is the whole model. Rows sum to 1.
    Raises ValueError when the matrices are not square or residual is out of range.
    """
    array = as_array(weights)
    if array.ndim == 4:
        array = array.mean(axis=1)  # (layers, length, length)
    if array.ndim != 3 or array.shape[1] != array.shape[2]:
        raise ValueError(f"rollout needs (layers, heads, length, length) of self-attention, got shape {array.shape}")
    if not 0.0 <= residual <= 1.0:
        raise ValueError(f"residual must be between 0 and 1, got {residual}")
    identity = np.eye(array.shape[1])
    reached, steps = identity, []
    for layer in array:
        mixed = (1.0 - residual) * layer + residual * identity
        total = mixed.sum(axis=-1, keepdims=True)
        reached = np.divide(mixed, total, out=np.zeros_like(mixed), where=total > 0) @ reached
        steps.append(reached)
    return np.stack(steps)


def cross_rollout(cross: np.ndarray, encoder: Weights, residual: float = 0.5) -> np.ndarray:
    """Return which source positions each target position drew on, through the encoder's mixing.

    cross @ rollout(encoder): a decoder looks at encoder states, and each of those is a mixture of source positions.

    cross: (query_len, key_len); encoder: (layers, heads, key_len, key_len). Returns (query_len, key_len).
    Raises ValueError when the key lengths differ.
    """
    mixture = attention_rollout(encoder, residual)[-1]
    matrix = as_array(cross)
    if matrix.shape[-1] != mixture.shape[0]:
        raise ValueError(f"cross attends to {matrix.shape[-1]} keys, the encoder has {mixture.shape[0]} positions")
    return matrix @ mixture
