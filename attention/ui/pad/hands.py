"""Handwriting of our own: each digit as a few people write it, varied as one person's hand varies.

A style is written as points of a box 100 high: "x,y x,y" joined by a smooth curve, "!" before a corner, "/" where the
pen is lifted. A hand slants it, stretches it and misses each point a little.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np

from attention.ui.pad.piece import PadPiece, rounded
from attention.vision.strokes import Point, Strokes, boxed, simplified

STYLES: dict[int, tuple[str, ...]] = {
    0: (
        "36,0 12,14 2,50 12,88 36,100 60,88 69,50 58,12 34,0",
        "56,8 34,0 10,26 4,62 18,94 40,99 60,70 63,32 50,4 36,2",
        "40,1 14,10 0,46 10,84 38,100 70,86 78,48 66,10 42,0",
    ),
    1: (
        "6,0 4,50 3,100",
        "0,30 !30,0 !28,100",
        "2,26 !30,0 !30,100 / 6,100 56,99",
        "12,0 9,40 0,100",
    ),
    2: (
        "2,24 14,5 36,0 56,14 56,36 38,64 !0,100 !66,98",
        "4,20 22,2 50,4 58,26 42,60 16,92 2,95 8,84 26,86 46,97 70,92",
        "0,16 20,0 48,6 54,30 36,62 !4,98 !62,100",
    ),
    3: (
        "4,12 26,0 54,9 54,34 !28,46 58,58 62,82 36,100 0,88",
        "2,3 !60,2 !28,42 56,54 62,78 38,100 0,92",
        "0,8 26,0 50,14 46,36 !18,47 50,54 56,78 32,100 2,96",
    ),
    4: (
        "14,0 !0,58 !68,57 / 50,22 47,100",
        "50,100 !52,0 !0,68 !72,67",
        "10,4 5,44 20,56 !62,48 / 62,0 54,100",
    ),
    5: (
        "12,2 !6,44 28,37 58,50 60,78 36,100 0,91 / 12,2 64,0",
        "62,1 !14,3 !8,44 34,37 60,56 58,84 32,100 0,90",
        "60,0 !18,4 10,42 !12,43 40,40 58,64 46,92 20,100 2,93",
    ),
    6: (
        "56,1 28,16 6,56 10,88 34,100 58,86 58,62 36,52 12,66",
        "46,0 18,40 2,76 22,100 50,94 56,68 34,56 8,74",
        "58,8 40,0 14,26 2,64 14,96 42,98 60,76 48,56 24,58 6,74",
    ),
    7: (
        "0,3 !64,1 !26,100",
        "2,4 !66,2 !28,100 / 16,50 58,47",
        "0,14 !3,3 !62,4 40,46 32,100",
    ),
    8: (
        "54,14 34,0 10,13 18,38 48,58 58,80 36,100 8,84 14,60 46,38 56,16 48,5",
        "32,47 10,34 10,10 32,0 54,10 54,34 32,47 6,62 4,88 32,100 60,88 58,62 34,48",
        "50,8 26,0 8,18 26,42 54,66 48,94 22,100 4,82 22,56 48,34 54,12",
    ),
    9: (
        "58,22 38,0 12,12 10,38 32,50 54,34 !60,8 58,54 50,100",
        "56,16 34,0 8,14 6,40 30,52 54,36 !58,12 58,62 42,96 8,94",
        "60,10 34,1 8,18 12,44 38,46 !60,12 54,60 40,100",
    ),
}
VARIANTS = 6  # ways in which each digit is offered by the buttons, in turn
STEPS = 7  # points of the curve between two of a style
TOLERANCE = 0.6  # of the box 100 high: less than the eye sees
PEN = 12.0  # the usual thickness at that height


def handwritten(digit: int, seed: int) -> Strokes:
    """Write a digit as a hand would, in a unit near 100 for its height; each seed is another hand.

    Slant −8 to 20 degrees, width 0.8 to 1.25 of the style's, turned by up to 7 degrees, every point missed by a few
    hundredths of the height. Raises KeyError when digit is not 0..9.
    """
    styles = STYLES[digit]
    hand = np.random.default_rng((digit, seed))
    slant, stretch, turn = hand.uniform(-0.14, 0.36), hand.uniform(0.8, 1.25), np.radians(hand.normal(0, 3.0))
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    lean = turned @ np.array([[stretch, -slant], [0.0, 1.0]])
    strokes = []
    for stroke in styles[seed % len(styles)].split("/"):
        points, corners = _control_points(stroke)
        points = (points + hand.normal(0, 2.2, points.shape)) @ lean.T
        strokes.append(simplified(_curve(points, corners), TOLERANCE))
    return tuple(strokes)


def digit_piece(digit: int, x: float = 0.5, y: float = 0.5, size: float = 0.36, hand: int = 0) -> PadPiece:
    """Return a digit in our handwriting, to be placed on the stage; hand: which of them."""
    strokes, width, _, _ = boxed(handwritten(digit, hand), PEN)
    return rounded(PadPiece(strokes, x, y, size, 0.0, width, digit))


@cache
def offered() -> tuple[tuple[PadPiece, ...], ...]:
    """Return what the buttons insert: for each digit VARIANTS pieces, taken in turn."""
    return tuple(tuple(digit_piece(digit, hand=hand) for hand in range(VARIANTS)) for digit in range(10))


def _control_points(stroke: str) -> tuple[np.ndarray, list[int]]:
    """Read "x,y !x,y": the points (n, 2), and which of them are corners."""
    words = stroke.split()
    points = np.array([[float(number) for number in word.lstrip("!").split(",")] for word in words])
    return points, [place for place, word in enumerate(words) if word.startswith("!")]


def _curve(points: np.ndarray, corners: list[int]) -> list[Point]:
    """Join points by curves that pass through them, smooth but for the corners."""
    drawn: list[Point] = []
    ends = [0, *corners, len(points) - 1]
    for first, last in pairwise(ends):
        drawn += [(float(x), float(y)) for x, y in _smooth(points[first : last + 1])]
    return drawn


def _smooth(points: np.ndarray) -> np.ndarray:
    """Pass a centripetal Catmull-Rom curve through points (Barry and Goldman 1988; alpha 1/2: no loops of its own)."""
    if len(points) < 3:
        return points
    closed = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    knots = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1) ** 0.5 + 1e-6)])
    pieces = []
    for place in range(len(points) - 1):
        t = np.linspace(knots[place + 1], knots[place + 2], STEPS)[:, None]
        a, b, c = (_between(closed, knots, place + step, place + step + 1, t) for step in range(3))
        d = ((knots[place + 2] - t) * a + (t - knots[place]) * b) / (knots[place + 2] - knots[place])
        e = ((knots[place + 3] - t) * b + (t - knots[place + 1]) * c) / (knots[place + 3] - knots[place + 1])
        pieces.append(((knots[place + 2] - t) * d + (t - knots[place + 1]) * e) / (knots[place + 2] - knots[place + 1]))
    return np.concatenate(pieces)


def _between(points: np.ndarray, knots: np.ndarray, first: int, second: int, t: np.ndarray) -> np.ndarray:
    return ((knots[second] - t) * points[first] + (t - knots[first]) * points[second]) / (knots[second] - knots[first])
