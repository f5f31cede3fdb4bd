"""Sparse attention that computes only what its mask leaves open: local windows and strides, block by block.

`attend` with `local_mask` or `strided_mask` gives the same contexts, but makes all n × n scores first. Here a block of
queries meets its own stretch of keys, so work grows with the open pairs: n · window, and n · (window + n / stride).
All functions take one sequence: query and key (n, d), value (n, e).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from attention.mechanisms import SCALED_DOT, Mechanism, attend, attention_scores, attention_weights


def local_context(query: Tensor, key: Tensor, value: Tensor, window: int, mechanism: Mechanism = SCALED_DOT) -> Tensor:
    """Return the context of attention in which position i sees the positions j with |i - j| ≤ window.

    Blocks of `window` queries attend to three windows of keys each: their own and the neighbours on both sides.
    Returns (n, e), equal to `attend` with `local_mask(n, n, window)`.
    Raises ValueError when the lengths differ or window is negative.
    """
    blocks = _Blocks(query, key, value, window)
    q, k, v = blocks.queries(query), blocks.stretches(key), blocks.stretches(value)
    context, _ = attend(q, k, v, mechanism, blocks.mask(query.device), need_weights=False)
    return blocks.joined(context)


def strided_context(
    query: Tensor, key: Tensor, value: Tensor, window: int, stride: int, mechanism: Mechanism = SCALED_DOT
) -> Tensor:
    """Return the context of attention to the positions within the window and, from there, to every stride-th one.

    Position i sees j when |i - j| ≤ window or (i - j) mod stride = 0      Child et al. 2019, section 4.3

    Two parts share one softmax: the window, by blocks as above, and the stride, for which positions with the same
    remainder form a group that attends to itself.
    Returns (n, e), equal to `attend` with `strided_mask(n, window=window, stride=stride)`.
    Raises ValueError when the lengths differ, window is negative or stride is below 1.
    """
    if stride < 1:
        raise ValueError(f"stride must be 1 or more positions, got {stride}; 1 lets a query see every key")
    blocks, groups = _Blocks(query, key, value, window), _Groups(len(query), stride)
    near = attention_scores(blocks.queries(query), blocks.stretches(key), mechanism)
    far = attention_scores(groups.split(query), groups.split(key), mechanism)
    width = near.shape[-1]
    scores = torch.cat([blocks.joined(near), groups.joined(far)], dim=-1)  # (n, width + n / stride)
    far_mask = groups.mask(query.device) & (groups.distances(query.device) > blocks.window)  # no key counts twice
    mask = torch.cat([blocks.joined(blocks.mask(query.device)), far_mask], dim=-1)
    weights = attention_weights(scores, mechanism, mask)
    near_context = blocks.queries(weights[:, :width]) @ blocks.stretches(value)
    far_context = groups.split(weights[:, width:]) @ groups.split(value)
    return blocks.joined(near_context) + groups.joined(far_context)


def open_pairs(n: int, window: int, stride: int | None = None) -> int:
    """Return how many of the n × n pairs the local mask leaves open, or with a stride the strided mask."""
    return sum(
        (n - distance) * (2 if distance else 1)
        for distance in range(n)
        if distance <= window or (stride is not None and distance % stride == 0)
    )


class _Blocks:
    """Positions cut into blocks of one window; the stretch of a block reaches one window further on both sides."""

    def __init__(self, query: Tensor, key: Tensor, value: Tensor, window: int) -> None:
        if window < 0:
            raise ValueError(f"window must be 0 or more positions, got {window}; 0 lets a query see itself only")
        if query.ndim != 2 or not len(query) == len(key) == len(value):
            shapes = ", ".join(str(tuple(x.shape)) for x in (query, key, value))
            raise ValueError(f"wanted query, key and value (n, d) of one length, got {shapes}; pass one sequence")
        self.length = len(query)
        self.window = min(window, max(self.length - 1, 0))
        self.size = max(self.window, 1)
        self.count = -(-self.length // self.size)

    def queries(self, rows: Tensor) -> Tensor:
        """(n, d) -> (count, size, d), the last block filled up with zeros."""
        return _filled(rows, self.count * self.size).unflatten(0, (self.count, self.size))

    def stretches(self, rows: Tensor) -> Tensor:
        """(n, d) -> (count, size + 2 window, d), zeros beyond both ends."""
        after = self.count * self.size - self.length + self.window
        padded = F.pad(rows, (0, 0, self.window, after))
        return padded.unfold(0, self.size + 2 * self.window, self.size).mT

    def mask(self, device: torch.device) -> Tensor:
        """(count, size, size + 2 window): within the window, and a real position."""
        row = torch.arange(self.size, device=device)[:, None]
        column = torch.arange(self.size + 2 * self.window, device=device) - self.window
        start = torch.arange(self.count, device=device)[:, None, None] * self.size
        position = start + column
        return ((row - column).abs() <= self.window) & (position >= 0) & (position < self.length)

    def joined(self, blocks: Tensor) -> Tensor:
        """(count, size, anything) -> (n, anything)."""
        return blocks.flatten(0, 1)[: self.length]


class _Groups:
    """Positions with the same remainder by the stride: group r holds r, r + stride, r + 2 stride, …"""

    def __init__(self, length: int, stride: int) -> None:
        self.length = length
        self.stride = min(stride, max(length, 1))
        self.size = -(-length // self.stride)

    def split(self, rows: Tensor) -> Tensor:
        """(n, d) -> (stride, size, d), short groups filled up with zeros."""
        return _filled(rows, self.size * self.stride).unflatten(0, (self.size, self.stride)).transpose(0, 1)

    def joined(self, groups: Tensor) -> Tensor:
        """(stride, size, anything) -> (n, anything)."""
        return groups.transpose(0, 1).flatten(0, 1)[: self.length]

    def positions(self, device: torch.device) -> Tensor:
        """(n, size): the position of every member of each position's own group."""
        own = torch.arange(self.length, device=device)[:, None] % self.stride
        return own + torch.arange(self.size, device=device) * self.stride

    def mask(self, device: torch.device) -> Tensor:
        """(n, size): True where a member is a real position."""
        return self.positions(device) < self.length

    def distances(self, device: torch.device) -> Tensor:
        """(n, size): how far each member of the group is away."""
        return (self.positions(device) - torch.arange(self.length, device=device)[:, None]).abs()


def _filled(rows: Tensor, length: int) -> Tensor:
    return F.pad(rows, (0, 0, 0, length - len(rows)))
