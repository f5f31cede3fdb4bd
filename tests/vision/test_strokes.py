"""Strokes: the ink they leave, checked against areas and mirrors, and the text that gives them back."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attention.vision.strokes import (
    ALPHABET,
    LEVELS,
    MOST_POINTS,
    MOST_STROKES,
    StrokesError,
    boxed,
    number_text,
    rasterise,
    read_number,
    read_strokes,
    simplified,
    strokes_text,
)

SHARE = st.integers(0, LEVELS).map(lambda level: level / LEVELS)
STROKES = st.lists(st.lists(st.tuples(SHARE, SHARE), min_size=1, max_size=9), min_size=1, max_size=4)
ELL = (((0.2, 0.1), (0.2, 0.9), (0.7, 0.9)),)  # no symmetry of its own


def test_a_dot_is_a_disc_of_the_pens_thickness() -> None:
    ink = rasterise((((0.4, 0.4),),), size=41, width=0.2)
    assert ink.shape == (41, 41)
    assert ink.dtype == np.float32
    assert ink.sum() == pytest.approx(math.pi * 20.5**2, rel=0.005)


def test_a_line_covers_its_length_times_its_thickness_and_two_half_discs() -> None:
    ink = rasterise((((0, 0), (8, 6)),), size=120, width=2.0)  # box 10 × 8, so 12 pixels a unit
    assert ink.shape == (96, 120)
    assert ink.sum() == pytest.approx(12**2 * (10 * 2 + math.pi), rel=0.005)


def test_an_upright_line_fills_whole_pixels() -> None:
    ink = rasterise((((0, 0), (0, 9)),), size=30, width=1.0)
    assert ink.shape == (30, 3)
    np.testing.assert_array_equal(ink[2:-2], 1.0)


@settings(max_examples=30, deadline=None)
@given(STROKES, st.floats(0.02, 0.5), st.integers(5, 40), st.floats(-3, 3), st.floats(0.1, 9))
def test_ink_depends_on_shape_alone(strokes, width, size, shift, scale) -> None:
    ink = rasterise(strokes, size, width)
    assert max(ink.shape) == size
    assert 0 <= ink.min() <= ink.max() <= 1
    moved = [[(scale * x + shift, scale * y - shift) for x, y in line] for line in strokes]
    np.testing.assert_allclose(rasterise(moved, size, scale * width), ink, atol=1e-4)


@pytest.mark.parametrize(
    ("change", "axis"), [(lambda x, y: (1 - x, y), 1), (lambda x, y: (x, 1 - y), 0)], ids=["mirror", "upside down"]
)
def test_x_goes_right_and_y_goes_down(change, axis) -> None:
    flipped = [[change(x, y) for x, y in line] for line in ELL]
    np.testing.assert_allclose(rasterise(flipped, 30, 0.1), np.flip(rasterise(ELL, 30, 0.1), axis), atol=1e-6)
    upright = rasterise(ELL, 30, 0.1)
    assert upright[:, :4].sum() > 2 * upright[:, -4:].sum()  # the long stroke of an L is on the left
    assert upright[-4:].sum() > 2 * upright[:4].sum()  # and its foot below


def test_a_second_stroke_adds_ink_and_takes_none_away() -> None:
    one, other = ((0.0, 0.0), (1.0, 1.0)), ((1.0, 0.0), (0.0, 1.0))
    both = rasterise((one, other), 40, 0.1)
    np.testing.assert_allclose(both, np.maximum(rasterise((one,), 40, 0.1), rasterise((other,), 40, 0.1)), atol=1e-6)


def test_the_densest_scribble_has_the_ink_of_the_formula() -> None:
    """A full stage of these would not be drawn in minutes if every segment were measured from every pixel."""
    rng = np.random.default_rng(0)
    scribble = [rng.random((MOST_POINTS, 2)).tolist() for _ in range(MOST_STROKES)]
    ink = rasterise(scribble, 60, 0.02)
    points = np.array(scribble)
    low, high = points.min(axis=(0, 1)) - 0.01, points.max(axis=(0, 1)) + 0.01
    scale = 60 / (high - low).max()
    rows, columns = ink.shape
    for row, column in rng.integers(0, (rows, columns), (40, 2)):
        spare = (np.array([columns, rows]) - (high - low) * scale) / 2
        place = (np.array([column, row]) + 0.5 - spare) / scale + low
        a, b = points[:, :-1].reshape(-1, 2), points[:, 1:].reshape(-1, 2)
        share = np.clip(((place - a) * (b - a)).sum(axis=1) / ((b - a) ** 2).sum(axis=1), 0, 1)
        nearest = np.linalg.norm(place - a - share[:, None] * (b - a), axis=1).min() * scale
        assert ink[row, column] == pytest.approx(np.clip(0.5 + 0.01 * scale - nearest, 0, 1), abs=1e-5)


@pytest.mark.parametrize(
    ("strokes", "size", "width"),
    [((), 9, 0.1), (((),), 9, 0.1), ((((0, math.nan),),), 9, 0.1), (ELL, 0, 0.1), (ELL, 9, 0.0), (ELL, 9, math.inf)],
)
def test_what_cannot_be_drawn_is_refused(strokes, size, width) -> None:
    with pytest.raises(ValueError, match=r"strokes need|must be above 0"):
        rasterise(strokes, size, width)


@settings(max_examples=50, deadline=None)
@given(STROKES)
def test_text_gives_the_strokes_back(strokes) -> None:
    text = strokes_text(strokes)
    read = read_strokes(text)
    assert [len(line) for line in read] == [len(line) for line in strokes]
    for line, again in zip(strokes, read, strict=True):
        np.testing.assert_allclose(again, line, atol=0.5 / LEVELS)
    assert strokes_text(read) == text
    assert set(text) <= set(ALPHABET + ".")


@pytest.mark.parametrize(
    "text",
    ["", ".", "AAA.", "AA", "AAAA", "AA AAA", "ÄAA", "AAA~AAA", "AAA" * (MOST_POINTS + 1), ".".join(["AAA"] * 13)],
)
def test_a_text_that_is_none_is_refused(text) -> None:
    with pytest.raises(StrokesError):
        read_strokes(text)


@pytest.mark.parametrize(
    "strokes",
    [(), ((),), (((0.0, 1.01),),), (((-0.01, 0.0),),), (((0.0, math.nan),),), (((0.5, 0.5),),) * (MOST_STROKES + 1)],
)
def test_strokes_that_do_not_fit_are_refused(strokes) -> None:
    with pytest.raises(StrokesError):
        strokes_text(strokes)


@pytest.mark.parametrize("number", [0, 1, 63, 64, 4095, (1 << 18) - 1])
def test_numbers_come_back(number) -> None:
    assert read_number(number_text(number, 3)) == number
    assert len(number_text(number, 3)) == 3


def test_boxed_strokes_fill_their_unit_square_with_the_pens_thickness() -> None:
    strokes, width, centre, size = boxed((((0.2, 0.3), (0.6, 0.4)),), 0.1)
    assert (size, width) == (pytest.approx(0.5), pytest.approx(0.2))
    assert centre == (pytest.approx(0.4), pytest.approx(0.35))
    np.testing.assert_allclose(strokes[0], [(0.1, 0.1), (0.9, 0.3)])


def test_simplified_keeps_corners_and_never_misses_by_more_than_the_tolerance() -> None:
    corner = [(i / 50, 0.0) for i in range(51)] + [(1.0, i / 50) for i in range(51)]
    assert simplified(corner, 0.01) == ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    arc = [(math.cos(a), math.sin(a)) for a in np.linspace(0, 3, 200)]
    fewer = simplified(arc, 0.01)
    assert 3 < len(fewer) < 20
    assert {fewer[0], fewer[-1]} == {arc[0], arc[-1]}
    for x, y in arc:
        away = min(
            abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / math.hypot(bx - ax, by - ay)
            for (ax, ay), (bx, by) in pairwise(fewer)
        )
        assert away <= 0.0101
