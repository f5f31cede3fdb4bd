"""Line chart: what is drawn, and what is refused."""

import pytest

from attention.figures.line_chart import Line, line_chart


def test_curves_differ_in_colour_and_in_dash():
    figure = line_chart([Line("one", (1, 2), (3, 4)), Line("two", (1, 2), (5, 6))], "x", "y")
    first, second = figure.data
    assert first.y == pytest.approx([3, 4])
    assert first.line.color != second.line.color
    assert first.line.dash != second.line.dash
    assert figure.layout.showlegend


def test_a_mark_is_a_line_at_its_place_with_its_word():
    figure = line_chart([Line("one", (1, 2), (3, 4))], "x", "y", mark=(1.5, "here"))
    assert figure.layout.shapes[0].x0 == 1.5
    assert figure.layout.annotations[0].text == "here"
    assert not figure.layout.showlegend


def test_axes_can_be_logarithmic():
    figure = line_chart([Line("one", (1, 2), (3, 4))], "x", "y", log_x=True, log_y=True, ticks=(1, 2))
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")
    assert figure.layout.xaxis.tickvals == (1, 2)


def test_an_axis_can_begin_at_zero():
    figure = line_chart([Line("one", (1, 2), (3, 4))], "x", "y", from_zero=True)
    assert figure.layout.yaxis.rangemode == "tozero"


def test_no_curve_is_refused():
    with pytest.raises(ValueError, match="at least one line"):
        line_chart([], "x", "y")
