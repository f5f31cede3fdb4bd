"""How scenes are painted, many at once: ink laid where it belongs, lines and blobs beneath it, boxes around it.

Places are pixels of the scene, x to the right and y down from its upper left corner; a pixel's middle lies at a half.
Strokes are bright on dark: 0 is dark paper, 1 is full ink.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

SIDE = 64  # pixels of a side of a scene
INK = 0.5  # a pixel belongs to a stroke that covers it by more than this


def place(inks: Tensor, x: Tensor, y: Tensor, wide: Tensor, high: Tensor, turn: Tensor) -> Tensor:
    """Lay each ink into an empty scene of its own.

    inks: (m, h, w) 0 to 1; x, y: (m,) centres; wide, high: (m,) pixels that w and h become; turn: (m,) degrees, against
    the clock. Returns (m, SIDE, SIDE), how much of each pixel the ink covers.
    """
    middles = torch.arange(SIDE, dtype=torch.float32) + 0.5
    across = middles[None, None, :] - x[:, None, None]  # (m, 1, SIDE)
    down = middles[None, :, None] - y[:, None, None]  # (m, SIDE, 1)
    cos, sin = (f(turn * math.pi / 180)[:, None, None] for f in (torch.cos, torch.sin))
    u = (across * cos - down * sin) * (2 / wide)[:, None, None]
    v = (across * sin + down * cos) * (2 / high)[:, None, None]
    grid = torch.stack([u, v], dim=-1)  # (m, SIDE, SIDE, 2)
    return F.grid_sample(inks[:, None], grid, mode="bilinear", padding_mode="zeros", align_corners=False)[:, 0]


def bend(copies: Tensor, slant: Tensor, narrow: Tensor, waves: Tensor) -> Tensor:
    """Slant, narrow and bend copies of handwriting as other hands would.

    copies: (m, side, side); slant: (m,) shift per height; narrow: (m,) width as a share; waves: (m, 2, 2, 3) height (in
    half sides), frequency and phase of two waves along each axis.
    """
    places = (torch.arange(copies.shape[-1], dtype=torch.float32) + 0.5) * 2 / copies.shape[-1] - 1
    v, u = torch.meshgrid(places, places, indexing="ij")
    moved = []
    for axis, along in enumerate((v, u)):  # columns move with the row, rows with the column
        height, frequency, phase = (waves[:, axis, :, part, None, None] for part in range(3))
        moved.append((height * torch.sin(frequency * along[None, None] + phase)).sum(dim=1))  # (m, side, side)
    grid = torch.stack([(u - slant[:, None, None] * v) / narrow[:, None, None] + moved[0], v + moved[1]], dim=-1)
    return F.grid_sample(copies[:, None], grid, padding_mode="border", align_corners=False)[:, 0]


def lines(ends: Tensor, thick: Tensor, bright: Tensor) -> Tensor:
    """Draw straight lines: (n, lines, 4) from x, y to x, y -> (n, SIDE, SIDE), the brightest on top.

    thick, bright: (n, lines) pixels and 0 to 1; a line of brightness 0 is not there.
    """
    middles = torch.arange(SIDE, dtype=torch.float32) + 0.5
    drawn = torch.zeros(len(ends), SIDE, SIDE)
    for number in range(ends.shape[1]):
        rows = torch.nonzero(bright[:, number] > 0)[:, 0]  # only the scenes that have so many
        start, end = ends[rows, number, :2], ends[rows, number, 2:]
        length = (end - start).norm(dim=-1).clamp_min(1e-3)
        way = (end - start) / length[:, None]
        across = middles[None] - (start[:, :1] + end[:, :1]) / 2  # (rows, SIDE), from the line's middle
        down = middles[None] - (start[:, 1:] + end[:, 1:]) / 2
        along = (across * way[:, :1])[:, None, :] + (down * way[:, 1:])[:, :, None]
        aside = (down * way[:, :1])[:, :, None] - (across * way[:, 1:])[:, None, :]
        beyond = (along.abs_() - (length / 2)[:, None, None]).clamp_min_(0)
        distance = torch.maximum(aside.abs_(), beyond)
        ink = (thick[rows, number, None, None] / 2 + 0.5 - distance).clamp_(0, 1) * bright[rows, number, None, None]
        drawn[rows] = torch.maximum(drawn[rows], ink)
    return drawn


def blobs(x: Tensor, y: Tensor, radius: Tensor, bright: Tensor) -> Tensor:
    """Draw soft spots: (n, blobs) each -> (n, SIDE, SIDE), their sum."""
    middles = torch.arange(SIDE, dtype=torch.float32) + 0.5
    rows = torch.exp(-(((middles - y[..., None]) / radius[..., None]) ** 2))  # (n, blobs, SIDE)
    columns = torch.exp(-(((middles - x[..., None]) / radius[..., None]) ** 2))
    return torch.einsum("nb,nbi,nbj->nij", bright, rows, columns)


def visible(alphas: Tensor) -> Tensor:
    """Return which pixels show each piece's ink: (n, pieces, SIDE, SIDE) boolean; later pieces lie on top."""
    ink = alphas > INK
    above = torch.zeros_like(ink[:, 0])
    shown = []
    for piece in range(ink.shape[1] - 1, -1, -1):
        shown.append(ink[:, piece] & ~above)
        above = above | ink[:, piece]
    return torch.stack(shown[::-1], dim=1)


def boxes(ink: Tensor) -> Tensor:
    """Return left, top, right, bottom of what is True: (..., SIDE, SIDE) -> (..., 4) float32; all 0 for nothing."""
    places = torch.arange(SIDE, dtype=torch.float32)
    found = []
    for axis in (-2, -1):  # columns, then rows
        used = ink.any(dim=axis)
        first = torch.where(used, places, float(SIDE)).amin(dim=-1)
        last = torch.where(used, places + 1, 0.0).amax(dim=-1)
        found += [first, last]
    left, right, top, bottom = found
    there = ink.any(dim=-1).any(dim=-1)
    return torch.stack([left, top, right, bottom], dim=-1) * there[..., None]
