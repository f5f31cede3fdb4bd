"""Batches of sequence pairs of like length, so that little is spent on padding."""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from torch import Tensor


def bucketed_batches(
    lengths: Sequence[tuple[int, int]], tokens_per_batch: int, seed: int, fixed_order: bool = False
) -> list[list[int]]:
    """Group examples of like length into batches and shuffle the batches.

    lengths: (source, target) length of every example. tokens_per_batch: a batch holds at most that many positions on
    its longer side, padding included. The same seed gives the same batches; another seed mixes neighbours anew.
    Raises ValueError when one example alone is longer than a batch.
    """
    if lengths and max(map(max, lengths)) > tokens_per_batch:
        longest = max(map(max, lengths))
        raise ValueError(f"an example has {longest} positions, a batch only {tokens_per_batch}; raise tokens_per_batch")
    mixed = random.Random(seed)
    order = sorted(range(len(lengths)), key=lambda i: (lengths[i][1], lengths[i][0], mixed.random()))
    batches: list[list[int]] = []
    widest = 0
    for i in order:
        widest_with = max(widest, *lengths[i])
        if not batches or widest_with * (len(batches[-1]) + 1) > tokens_per_batch:
            batches.append([])
            widest_with = max(lengths[i])
        batches[-1].append(i)
        widest = widest_with
    if not fixed_order:
        mixed.shuffle(batches)
    return batches


def padded(sequences: Sequence[Sequence[int]], value: int = 0) -> Tensor:
    """Return the sequences as one (batch, longest) int64 tensor, filled up with `value` on the right."""
    longest = max(map(len, sequences), default=0)
    rows = [[*sequence, *([value] * (longest - len(sequence)))] for sequence in sequences]
    return torch.tensor(rows, dtype=torch.int64).reshape(len(rows), longest)
