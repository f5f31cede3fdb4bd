"""Ways to write each digit with a thin pen, drawn by us: what 8 × 8 bitmaps are too coarse to show.

Visitors draw large, clean strokes. Training scenes therefore mix these lines, bent and slanted at random, with the
handwriting; scored scenes never hold them.
"""

from __future__ import annotations

import itertools
from functools import lru_cache

import numpy as np
import torch

Line = tuple[tuple[float, float], ...]


def arc(x: float, y: float, wide: float, high: float, start: float, end: float) -> Line:
    """Return points of an ellipse around (x, y), x right and y down; angles in degrees, 0 right, 90 down."""
    count = max(3, int(abs(end - start) / 15) + 1)
    angles = np.radians(np.linspace(start, end, count))
    return tuple((x + wide * np.cos(a), y + high * np.sin(a)) for a in angles)


# Lines in a box about 0.7 wide and 1 high; each digit in several hands.
WAYS: dict[int, tuple[tuple[Line, ...], ...]] = {
    0: (
        (arc(0.35, 0.5, 0.33, 0.5, -90, 270),),
        (arc(0.35, 0.5, 0.25, 0.5, -110, 240),),
        (arc(0.4, 0.5, 0.4, 0.5, -60, 310),),
    ),
    1: (
        (((0.35, 0.0), (0.35, 1.0)),),
        (((0.1, 0.28), (0.4, 0.0), (0.4, 1.0)),),
        (((0.15, 0.2), (0.4, 0.0), (0.4, 1.0)), ((0.1, 1.0), (0.7, 1.0))),
        (((0.45, 0.0), (0.3, 1.0)),),
        (((0.0, 0.45), (0.4, 0.0), (0.4, 1.0)),),
    ),
    2: (
        ((*arc(0.35, 0.28, 0.32, 0.28, 190, 385), (0.0, 1.0), (0.7, 1.0)),),
        ((*arc(0.33, 0.3, 0.3, 0.3, 170, 400), (0.3, 0.75), *arc(0.12, 0.9, 0.12, 0.1, 280, 60), (0.7, 1.0)),),
        ((*arc(0.33, 0.25, 0.3, 0.25, 220, 380), (0.5, 0.55), (0.0, 0.98), (0.35, 0.93), (0.7, 1.0)),),
        ((*arc(0.35, 0.3, 0.3, 0.3, 200, 400), (0.05, 0.95), (0.0, 0.85), (0.1, 0.8), (0.4, 0.98), (0.7, 0.95)),),
    ),
    3: (
        ((*arc(0.3, 0.25, 0.3, 0.25, 200, 440), *arc(0.3, 0.73, 0.37, 0.27, -80, 160)),),
        (((0.05, 0.0), (0.65, 0.0), (0.3, 0.4), *arc(0.28, 0.7, 0.37, 0.3, -80, 150)),),
        ((*arc(0.25, 0.24, 0.3, 0.24, 230, 430), (0.2, 0.48), *arc(0.25, 0.74, 0.4, 0.26, -90, 130)),),
    ),
    4: (
        (((0.45, 0.0), (0.0, 0.65), (0.75, 0.65)), ((0.5, 0.35), (0.5, 1.0))),
        (((0.1, 0.0), (0.05, 0.5), (0.65, 0.5)), ((0.6, 0.0), (0.6, 1.0))),
        (((0.55, 1.0), (0.55, 0.0), (0.0, 0.68), (0.75, 0.68)),),
        (((0.15, 0.05), (0.0, 0.55), (0.7, 0.5)), ((0.55, 0.1), (0.45, 1.0))),
        (((0.3, 0.0), (0.0, 0.6), (0.7, 0.6)), ((0.45, 0.4), (0.4, 1.0))),
    ),
    5: (
        (((0.62, 0.0), (0.12, 0.0), (0.08, 0.42), *arc(0.3, 0.7, 0.36, 0.3, -110, 150)),),
        (((0.15, 0.0), (0.1, 0.45), *arc(0.28, 0.7, 0.36, 0.3, -100, 140)), ((0.15, 0.0), (0.65, 0.02))),
        (((0.7, 0.0), (0.15, 0.03), (0.05, 0.5), (0.35, 0.42), *arc(0.3, 0.71, 0.36, 0.29, -50, 130), (0.0, 0.97)),),
    ),
    6: (
        (((0.55, 0.0), *arc(0.33, 0.68, 0.33, 0.32, 200, 180), *arc(0.33, 0.7, 0.33, 0.3, 180, -180)),),
        (((0.5, 0.0), (0.2, 0.3), *arc(0.35, 0.7, 0.33, 0.3, 190, -190)),),
        ((*arc(0.5, 0.55, 0.5, 0.55, 280, 180), *arc(0.33, 0.72, 0.33, 0.28, 200, -170)),),
        (((0.25, 0.0), (0.02, 0.7), *arc(0.3, 0.78, 0.28, 0.22, 180, -150)),),
    ),
    7: (
        (((0.0, 0.0), (0.7, 0.0), (0.25, 1.0)),),
        (((0.0, 0.0), (0.7, 0.0), (0.3, 1.0)), ((0.15, 0.5), (0.65, 0.5))),
        (((0.0, 0.15), (0.02, 0.0), (0.68, 0.02), (0.4, 0.5), (0.33, 1.0)),),
        (((0.0, 0.05), (0.35, 0.08), (0.65, 0.0), (0.45, 0.45), (0.2, 1.0)), ((0.2, 0.48), (0.6, 0.45))),
    ),
    8: (
        (arc(0.35, 0.25, 0.26, 0.25, 90, 450), arc(0.35, 0.74, 0.34, 0.26, -90, 270)),
        (
            (
                (0.6, 0.15),
                *arc(0.33, 0.24, 0.26, 0.24, -40, -230),
                *arc(0.33, 0.74, 0.32, 0.26, -50, 200),
                (0.4, 0.45),
                (0.6, 0.12),
            ),
        ),
        (arc(0.35, 0.22, 0.28, 0.22, 90, 450), arc(0.32, 0.72, 0.28, 0.28, -90, 270)),
    ),
    9: (
        ((*arc(0.33, 0.3, 0.32, 0.3, 0, -360), (0.65, 0.3), (0.6, 1.0)),),
        ((*arc(0.35, 0.28, 0.3, 0.28, -20, -370), (0.65, 0.5), *arc(0.3, 0.68, 0.35, 0.32, 0, 140)),),
        ((*arc(0.3, 0.28, 0.3, 0.28, -30, -350), (0.6, 0.1), (0.35, 1.0)),),
        ((*arc(0.33, 0.27, 0.3, 0.27, 0, -360), (0.63, 0.3), (0.63, 0.75), (0.5, 0.97), (0.1, 0.97)),),
    ),
}


@lru_cache(maxsize=1)
def pen_distances(side: int, margin: int) -> tuple[torch.Tensor, np.ndarray]:
    """Return how far each pixel of a copy is from the pen's line, in its pixels, and the digits written.

    Returns (ways, side, side) float32 and (ways,) int64; the lines fill the copy's height between the margins.
    """
    written = [(digit, lines) for digit, ways in WAYS.items() for lines in ways]
    fields = [_distances(lines, side, margin) for _, lines in written]
    return torch.from_numpy(np.stack(fields).astype(np.float32)), np.array([digit for digit, _ in written])


def _distances(lines: tuple[Line, ...], side: int, margin: int) -> np.ndarray:
    ends = np.array([(*a, *b) for line in lines for a, b in itertools.pairwise(line)])  # (segments, 4)
    low = np.minimum(ends[:, :2].min(axis=0), ends[:, 2:].min(axis=0))
    high = np.maximum(ends[:, :2].max(axis=0), ends[:, 2:].max(axis=0))
    scale = (side - 2 * margin) / (high - low).max()
    ends = (ends - np.tile((low + high) / 2, 2)) * scale + side / 2
    start, way = ends[:, None, :2], ends[:, None, 2:] - ends[:, None, :2]
    rows, columns = np.mgrid[:side, :side] + 0.5
    points = np.stack([columns.ravel(), rows.ravel()], axis=-1)[None]  # (1, pixels, 2)
    along = ((points - start) * way).sum(axis=-1) / (way**2).sum(axis=-1).clip(1e-9)
    nearest = start + along.clip(0, 1)[..., None] * way
    return np.sqrt(((points - nearest) ** 2).sum(axis=-1)).min(axis=0).reshape(side, side)
