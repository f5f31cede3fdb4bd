"""Handwriting in a photograph: paper and light taken away, strokes joined into digits, digits in reading order.

The paper is what remains when everything narrower than a sixth of the picture is closed over (a grey closing, Serra
1982); a stroke is what differs from it. So a shadow across the page, or a lamp on one side, leaves no mark.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

COARSE = 96  # pixels of the longer side on which the paper is estimated
WINDOW = 17  # of those: strokes are narrower, light changes more slowly
FAINTEST = 0.1  # contrast of the strongest ink, below which there is none
QUIET = 9.0  # times the paper's noise that the strongest ink must stand out
GRAIN = 1 / 1200  # of the longer side: finer than any pen, so the grain of a photograph is smoothed away
STROKE = 0.42  # of the strongest ink's contrast: from here on it is a stroke
THINNEST = 0.1  # a pen thinner than this share of the digit is thickened to it, as the model's strokes are
INK_SIDE = 80  # pixels of the longer side of a digit's ink
MOST_INKS = 20
MOST_PARTS = 300  # connected parts that are joined into digits: the largest
SPECK = 0.1  # of the usual size: what is smaller is none of a digit's parts
EIGHT = np.ones((3, 3), dtype=bool)  # pixels that touch at a corner belong together


@dataclass(frozen=True, eq=False)
class Ink:
    """One digit, or what looks like one.

    ink: (h, w) float32, 0 paper to 1 ink. box: left, top, right, bottom in pixels of the picture.
    """

    ink: np.ndarray
    box: tuple[int, int, int, int]


def handwriting(grey: np.ndarray) -> tuple[Ink, ...]:
    """Return the digits of a picture in reading order: rows from above, each from left to right.

    grey: (h, w) in 0..1; the paper may be light or dark, and unevenly lit. Specks, ruled lines, and what the edge of
    the picture cuts along are left out. Returns () where nothing is written.
    """
    contrast, _ = evened(grey)
    if not contrast.any():
        return ()
    labels, boxes, areas = _parts(contrast > STROKE)
    if not len(areas):
        return ()
    size = _usual_size(boxes, areas)
    groups = [(group, _around([boxes[one] for one in group])) for group in _digits(labels, boxes, areas, size)]
    large = [one for one in groups if max(_sides(one[1])) >= 0.4 * size]
    chosen = sorted(large, key=lambda one: -max(_sides(one[1])))[:MOST_INKS]
    return _in_reading_order([_ink(contrast, labels, *one) for one in chosen], size)


def evened(grey: np.ndarray) -> tuple[np.ndarray, bool]:
    """Take paper and light away.

    Returns (contrast (h, w) float32, 0 paper to 1 the strongest ink, all 0 where there is none; whether the strokes
    are bright on dark).
    """
    bright = _is_bright_on_dark(grey)
    shades = ndimage.gaussian_filter(1 - grey if bright else grey, GRAIN * max(grey.shape))  # now strokes are dark
    paper = _paper(shades)
    contrast = (paper - shades) / np.maximum(paper, 0.15)
    strongest = float(np.percentile(contrast, 99.95))
    median, upper = np.percentile(contrast, (50, 75))
    # the standard deviation, were it Gaussian; one side of it where the paper is overexposed
    noise = 1.48 * max(float(np.median(np.abs(contrast - median))), float(upper - median))
    if strongest < max(FAINTEST, QUIET * noise):
        return np.zeros_like(grey, dtype=np.float32), bright
    return np.clip(contrast / strongest, 0, 1).astype(np.float32), bright


def _is_bright_on_dark(grey: np.ndarray) -> bool:
    """Tell whether what stands out from its surroundings is bright."""
    small = _shrunk(grey, 64)
    away = small - ndimage.median_filter(small, size=max(3, min(small.shape) // 4 * 2 + 1), mode="nearest")
    return float((np.maximum(away, 0) ** 2).mean()) > float((np.maximum(-away, 0) ** 2).mean())


def _paper(shades: np.ndarray) -> np.ndarray:
    """Return how bright the paper is at each pixel, strokes closed over."""
    small = _shrunk(shades, COARSE)
    small = ndimage.median_filter(small, size=3, mode="nearest") if min(small.shape) > 8 else small
    closed = ndimage.grey_closing(_widened(small), size=WINDOW, mode="nearest")[WINDOW:-WINDOW, WINDOW:-WINDOW]
    closed = ndimage.gaussian_filter(closed, 2.0, mode="nearest")
    places = np.meshgrid(
        *((np.arange(n) + 0.5) * m / n - 0.5 for n, m in zip(shades.shape, small.shape, strict=True)), indexing="ij"
    )
    return ndimage.map_coordinates(closed, places, order=1, mode="nearest").astype(np.float32)


def _widened(small: np.ndarray) -> np.ndarray:
    """Let the light go on beyond the edge as it does before it, so that a dark corner is not taken for ink."""
    smooth = ndimage.median_filter(small, size=9, mode="nearest")
    reach = [min(WINDOW, side - 1) for side in small.shape]
    wide = np.pad(smooth, [(one, one) for one in reach], mode="reflect", reflect_type="odd")
    wide = np.pad(wide, [(WINDOW - one, WINDOW - one) for one in reach], mode="edge")
    wide[WINDOW:-WINDOW, WINDOW:-WINDOW] = small
    return wide


def _shrunk(grey: np.ndarray, longest: int) -> np.ndarray:
    """Return the picture with its longer side at most so many pixels, each the mean of those it covers."""
    from PIL import Image

    scale = min(1.0, longest / max(grey.shape))
    rows, columns = (max(1, round(side * scale)) for side in grey.shape)
    shades = Image.fromarray(np.ascontiguousarray(grey, dtype=np.float32))
    return np.asarray(shades.resize((columns, rows), Image.Resampling.BOX), dtype=np.float32)


# ---- parts of the ink, and the digits they make ----

Box = tuple[int, int, int, int]


def _parts(mask: np.ndarray) -> tuple[np.ndarray, list[Box], np.ndarray]:
    """Return the connected parts of a mask, lines and edges left out: labels (h, w) from 1, their boxes and areas."""
    labels, count = ndimage.label(mask, structure=EIGHT)
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    boxes = [(c.start, r.start, c.stop, r.stop) for r, c in ndimage.find_objects(labels)]
    kept = [i for i in range(count) if areas[i] >= 4 and not _is_line_or_edge(boxes[i], mask.shape)]
    renamed = np.zeros(count + 1, dtype=np.int32)
    renamed[[i + 1 for i in kept]] = np.arange(1, len(kept) + 1)
    return renamed[labels], [boxes[i] for i in kept], areas[kept] if kept else np.zeros(0, dtype=int)


def _is_line_or_edge(box: Box, shape: tuple[int, ...]) -> bool:
    """Tell whether a part is a ruled line across the picture, or runs along its edge."""
    left, top, right, bottom = box
    high, wide = shape
    ruled = (right - left > 0.6 * wide and bottom - top < 0.05 * high) or (
        bottom - top > 0.6 * high and right - left < 0.02 * wide
    )
    at_side = (left == 0 or right == wide) and bottom - top > 0.6 * high
    at_end = (top == 0 or bottom == high) and right - left > 0.6 * wide
    return ruled or at_side or at_end


def _usual_size(boxes: list[Box], areas: np.ndarray) -> float:
    """Return the size of what holds most of the ink: the median of the parts' longer sides, weighted by their ink."""
    sides = np.array([max(_sides(box)) for box in boxes], dtype=np.float64)
    order = np.argsort(sides)
    half = np.searchsorted(np.cumsum(areas[order]), areas.sum() / 2)
    return float(sides[order][min(half, len(sides) - 1)])


def _digits(labels: np.ndarray, boxes: list[Box], areas: np.ndarray, size: float) -> list[list[int]]:
    """Join parts into digits: those a hair apart, and a fragment with what it stands above or below.

    Of very many parts, as on a printed page, the largest alone are looked at.
    """
    sides = np.array([max(_sides(box)) for box in boxes])
    kept = np.argsort(-areas, kind="stable")[:MOST_PARTS]
    kept = np.sort(kept[sides[kept] >= SPECK * size])
    group = {int(one): int(one) for one in kept}

    def root(one: int) -> int:
        while group[one] != one:
            one = group[one]
        return one

    near = [pair for pair in _touching(labels, max(1, round(0.02 * size))) if pair[0] in group and pair[1] in group]
    above = [(int(kept[one]), int(kept[other])) for one, other in _fragments([boxes[one] for one in kept], size)]
    for one, other in near + above:
        group[root(one)] = root(other)
    members: dict[int, list[int]] = {}
    for one in group:
        members.setdefault(root(one), []).append(one)
    return list(members.values())


def _touching(labels: np.ndarray, reach: int) -> set[tuple[int, int]]:
    """Return pairs of parts whose ink is at most twice the reach apart, enough of them to join all that are."""
    inked = labels > 0
    near, _ = ndimage.label(ndimage.binary_dilation(inked, structure=EIGHT, iterations=reach), structure=EIGHT)
    pairs = np.unique(np.stack([near[inked], labels[inked]], axis=1), axis=0)
    first: dict[int, int] = {}
    return {(first.setdefault(int(blob), int(part) - 1), int(part) - 1) for blob, part in pairs}


def _fragments(boxes: list[Box], size: float) -> list[tuple[int, int]]:
    """Return the pairs of which one is low, and stands close above or below the other."""
    left, top, right, bottom = np.array(boxes, dtype=np.float64).reshape(-1, 4).T
    wide, high = right - left, bottom - top
    across = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    gap = np.maximum.outer(top, top) - np.minimum.outer(bottom, bottom)  # negative where they overlap
    covers = across >= 0.5 * np.minimum.outer(wide, wide)
    fits = covers & (gap <= 0.25 * size) & (np.minimum.outer(high, high) < 0.55 * size)
    return [(int(one), int(other)) for one, other in np.argwhere(np.tril(fits, -1))]


def _around(boxes: list[Box]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _ink(contrast: np.ndarray, labels: np.ndarray, group: list[int], box: Box) -> Ink:
    """Cut one digit out, alone, with soft edges, and no thinner than a pen the model knows."""
    left, top, right, bottom = box
    here = slice(top, bottom), slice(left, right)
    own = np.isin(labels[here], [one + 1 for one in group])
    soft = np.clip(contrast[here] / 0.8, 0, 1) * ndimage.binary_dilation(own, structure=EIGHT)
    ink = np.clip(_shrunk(soft.astype(np.float32), INK_SIDE), 0, 1)
    lacking = THINNEST * max(ink.shape) - _thickness(ink)
    if lacking > 0.5:
        reach = round(lacking / 2 + 0.25)
        ink = ndimage.grey_dilation(np.pad(ink, reach), footprint=_disc(reach))
    return Ink(ink.astype(np.float32), box)


def _thickness(ink: np.ndarray) -> float:
    """Return the pen's usual thickness in pixels: twice the distance to the paper along the strokes' middle."""
    mask = np.pad(ink > 0.5, 1)
    if not mask.any():
        return 1.0
    depth = ndimage.distance_transform_edt(mask)
    ridge = mask & (depth >= ndimage.maximum_filter(depth, size=3))
    return float(2 * np.median(depth[ridge]) - 1)


def _disc(radius: int) -> np.ndarray:
    steps = np.arange(-radius, radius + 1)
    return steps[:, None] ** 2 + steps**2 <= (radius + 0.3) ** 2


def _sides(box: Box) -> tuple[int, int]:
    return box[2] - box[0], box[3] - box[1]


def _in_reading_order(inks: list[Ink], size: float) -> tuple[Ink, ...]:
    middle = [(ink.box[1] + ink.box[3]) / 2 for ink in inks]
    rows: list[list[int]] = []
    for one in np.argsort(middle, kind="stable"):
        if rows and middle[one] - np.mean([middle[other] for other in rows[-1]]) <= 0.6 * size:
            rows[-1].append(int(one))
        else:
            rows.append([int(one)])
    return tuple(inks[one] for row in rows for one in sorted(row, key=lambda i: inks[i].box[0]))
