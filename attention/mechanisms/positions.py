"""Positions: attention itself does not know the order of its keys; here are three ways to tell it.

`sinusoidal_positions` are added to the input, `rotate` turns queries and keys, `linear_biases` are added to the scores.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

LONGEST_WAVE = 10_000  # the slowest pair turns once in 2π times as many positions; Vaswani et al. 2017, section 3.5


def sinusoidal_positions(length: int, d_model: int) -> Tensor:
    """Return one vector per position, made of sines and cosines from fast to slow.

    PE(p, 2i) = sin(p / 10000^(2i/d)),  PE(p, 2i+1) = cos(p / 10000^(2i/d))      Vaswani et al. 2017, section 3.5

    Returns (length, d_model) float32, each number from -1 to 1; an odd d_model ends with a sine.
    Raises ValueError when length is negative or d_model is not positive.
    """
    if length < 0 or d_model < 1:
        raise ValueError(f"wanted length of 0 or more and d_model of 1 or more, got length {length}, d_model {d_model}")
    positions = torch.arange(length, dtype=torch.float64)[:, None]
    speeds = LONGEST_WAVE ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    angles = positions * speeds  # (length, d_model / 2, rounded up)
    waves = torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(-2)
    return waves[:, :d_model].float()


def rotate(x: Tensor, base: float = LONGEST_WAVE, offset: int = 0) -> Tensor:
    """Turn every pair of numbers of a vector by an angle that grows with the vector's position: rotary positions.

    (x_2i, x_2i+1) turns by p θ_i,  θ_i = base^(-2i/d),  p = offset + place      Su et al. 2021, section 3.2.2

    For queries and keys both; their dot product then depends on positions by the distance only.
    x: (..., length, dim), dim even; offset: position of the first vector, for a decoder that goes on.
    Returns the shape and type of x; every vector keeps its length.
    Raises ValueError when dim is odd or base is not above 0.
    """
    if x.ndim < 2 or x.shape[-1] % 2:
        raise ValueError(f"x must be (..., length, even dim), got shape {tuple(x.shape)}; its numbers turn in pairs")
    if not math.isfinite(base) or base <= 0:
        raise ValueError(f"base must be a finite number above 0, got {base}; the paper uses {LONGEST_WAVE}")
    length, dim = x.shape[-2:]
    positions = torch.arange(offset, offset + length, dtype=torch.float64, device=x.device)[:, None]
    angles = positions * base ** (-torch.arange(0, dim, 2, dtype=torch.float64, device=x.device) / dim)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)  # (length, dim / 2)
    first, second = x[..., 0::2], x[..., 1::2]
    return torch.stack((first * cos - second * sin, first * sin + second * cos), dim=-1).flatten(-2)


def linear_biases(
    heads: int,
    query_len: int,
    key_len: int | None = None,
    *,
    offset: int = 0,
    device: torch.device | str | None = None,
) -> Tensor:
    """Return what ALiBi adds to the scores: nothing for a query's own position, less than nothing the farther away.

    bias_hij = -slope_h |i - j|,  slope_h = 2^(-8h / heads) for h = 1 … heads      Press et al. 2022, section 3

    There for i ≥ j only; with `causal_mask` it is the same. For any number of heads the slopes follow one formula.
    key_len: query_len when left out; offset: position of the first query, for a decoder that goes on.
    Returns (heads, query_len, key_len) float32, 0 or below.
    Raises ValueError when there are no heads.
    """
    if heads < 1:
        raise ValueError(f"heads must be 1 or more, got {heads}; each head has a slope of its own")
    key_len = query_len if key_len is None else key_len
    slopes = 2 ** (-8 * torch.arange(1, heads + 1, dtype=torch.float64, device=device) / heads)
    queries = torch.arange(offset, offset + query_len, device=device)[:, None]
    distances = (queries - torch.arange(key_len, device=device)).abs()
    return (-slopes[:, None, None] * distances).float()
