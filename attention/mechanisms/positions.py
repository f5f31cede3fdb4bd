"""Positions: attention itself does not know the order of its keys; these vectors, added to the input, tell it."""

from __future__ import annotations

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
