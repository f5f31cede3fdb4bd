"""Strokes of a pen: polylines, the ink they leave, and a short text of them for a link.

A stroke is a polyline: the points that the pen's middle passed, (x, y), x to the right and y down. Strokes that belong
together lie in the unit square of their own box, whose longer side is 1. The text gives each coordinate nine bits, so a
digit of a dozen points takes some forty characters of those that an address keeps as they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

Point = tuple[float, float]
Polyline = tuple[Point, ...]
Strokes = tuple[Polyline, ...]

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # base64url: six bits a character
LEVELS = 511  # nine bits: a coordinate is one of 512 places
MOST_STROKES = 12  # of one piece
MOST_POINTS = 96  # of one stroke
BETWEEN = "."  # two strokes


class StrokesError(ValueError):
    """A text that is not one of strokes; the message says what was wanted."""


def rasterise(polylines: Sequence[Sequence[Point]], size: int, width: float) -> np.ndarray:
    """Draw strokes with a round pen and return their ink, cut to what is drawn.

    A pixel's ink is how much of it the pen covers, taken as clip(1/2 + width/2 − d, 0, 1) with d the distance, in
    pixels, from its centre to the nearest segment: right to a few hundredths for any pen of a pixel or more.

    polylines: in any unit; width: the pen's thickness in the same unit, above 0; size: pixels of the longer side of
    the box that the ink fills. Place and unit do not matter: only the shape does.
    Returns (h, w) float32 in 0..1 with max(h, w) = size.
    Raises ValueError when there is no point, a coordinate is not finite, or width or size is not positive.
    """
    lines = [np.asarray(line, dtype=np.float64).reshape(-1, 2) for line in polylines if len(line)]
    if not lines or not all(np.isfinite(line).all() for line in lines):
        raise ValueError("strokes need at least one point, and every coordinate must be a finite number")
    if not (width > 0 and math.isfinite(width)) or size < 1:
        raise ValueError(f"width {width} and size {size} must be above 0")
    low = np.min([line.min(axis=0) for line in lines], axis=0) - width / 2
    high = np.max([line.max(axis=0) for line in lines], axis=0) + width / 2
    scale = size / (high - low).max()
    columns, rows = (max(1, math.ceil(side * scale - 1e-9)) for side in high - low)
    centres = np.stack(np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5), axis=-1)  # (rows, columns, 2)
    shift = (np.array([columns, rows]) - (high - low) * scale) / 2  # the shorter side in the middle of its pixels
    centres -= shift
    distance = np.full((rows, columns), np.inf)
    reach = width * scale / 2 + 1  # pixels beyond which a segment leaves no ink
    for line in lines:
        points = (line - low) * scale
        for start, end in pairwise(points if len(points) > 1 else [*points, *points]):
            first = np.maximum(np.floor(np.minimum(start, end) + shift - reach), 0).astype(int)
            last = np.ceil(np.maximum(start, end) + shift + reach).astype(int)
            near = slice(first[1], last[1]), slice(first[0], last[0])
            np.minimum(distance[near], _distance(centres[near], start, end), out=distance[near])
    return np.clip(0.5 + width * scale / 2 - distance, 0, 1).astype(np.float32)


def _distance(places: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return how far each place (…, 2) is from the segment between two points."""
    along = end - start
    length = along @ along
    share = np.clip((places - start) @ along / length, 0, 1) if length > 0 else np.zeros(places.shape[:-1])
    return np.linalg.norm(places - start - share[..., None] * along, axis=-1)


def bounds(polylines: Sequence[Sequence[Point]], width: float = 0.0) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom of what a pen of that width draws."""
    xs, ys = zip(*(point for line in polylines for point in line), strict=True)
    return min(xs) - width / 2, min(ys) - width / 2, max(xs) + width / 2, max(ys) + width / 2


def boxed(polylines: Sequence[Sequence[Point]], width: float) -> tuple[Strokes, float, tuple[float, float], float]:
    """Move strokes into the unit square of their own box.

    polylines, width: in one unit, that of a stage, say. Returns (strokes whose box with the pen's thickness has the
    longer side 1, the pen's width there, the box's centre and its longer side in the unit given).
    """
    left, top, right, bottom = bounds(polylines, width)
    side = max(right - left, bottom - top)
    strokes = tuple(tuple(((x - left) / side, (y - top) / side) for x, y in line) for line in polylines)
    return strokes, width / side, ((left + right) / 2, (top + bottom) / 2), side


def simplified(polyline: Sequence[Point], tolerance: float) -> Polyline:
    """Leave out points that lie closer than the tolerance to the line between those kept (Douglas and Peucker 1973)."""
    points = np.asarray(polyline, dtype=np.float64).reshape(-1, 2)
    kept, spans = {0, len(points) - 1}, [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        away = _distance(points[first + 1 : last], points[first], points[last])
        furthest = first + 1 + int(away.argmax())
        if away.max() > tolerance:
            kept.add(furthest)
            spans += [(first, furthest), (furthest, last)]
    return tuple((float(x), float(y)) for x, y in points[sorted(kept)])


def strokes_text(strokes: Sequence[Sequence[Point]]) -> str:
    """Write strokes of the unit square: three characters a point, a dot between two strokes.

    Raises StrokesError when there are too many, or a coordinate lies outside 0..1.
    """
    if not 1 <= len(strokes) <= MOST_STROKES or not all(1 <= len(line) <= MOST_POINTS for line in strokes):
        raise StrokesError(f"a piece has 1 to {MOST_STROKES} strokes of 1 to {MOST_POINTS} points")
    if not all(0 <= value <= 1 for line in strokes for point in line for value in point):
        raise StrokesError("every coordinate of a stroke must lie in 0..1")
    return BETWEEN.join("".join(_written(point) for point in line) for line in strokes)


def read_strokes(text: str) -> Strokes:
    """Read what `strokes_text` wrote; writing it again gives the same text. Raises StrokesError."""
    strokes = tuple(
        tuple(_point(line[place : place + 3]) for place in range(0, len(line), 3)) for line in text.split(BETWEEN)
    )
    if not 1 <= len(strokes) <= MOST_STROKES or not all(1 <= len(line) <= MOST_POINTS for line in strokes):
        raise StrokesError(f"a piece has 1 to {MOST_STROKES} strokes of 1 to {MOST_POINTS} points")
    return strokes


def number_text(number: int, characters: int) -> str:
    """Write a whole number with six bits a character, the highest first."""
    return "".join(ALPHABET[number >> 6 * place & 63] for place in reversed(range(characters)))


def read_number(text: str) -> int:
    """Read what `number_text` wrote. Raises StrokesError."""
    number = 0
    for character in text:
        value = ALPHABET.find(character)
        if value < 0:
            raise StrokesError(f"{character!r} is none of the letters, digits, - and _ that strokes are written in")
        number = number << 6 | value
    return number


def _written(point: Point) -> str:
    x, y = (round(value * LEVELS) for value in point)
    return number_text(x << 9 | y, 3)


def _point(text: str) -> Point:
    if len(text) != 3:
        raise StrokesError("a point of a stroke is written in three characters")
    number = read_number(text)
    return (number >> 9) / LEVELS, (number & LEVELS) / LEVELS
