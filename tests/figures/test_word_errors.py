"""Word errors: the curves, and an axis that may run backwards."""

import pytest

from attention.figures.line_chart import Line
from attention.figures.word_errors import word_errors_figure


def test_curves_show_percent_from_zero_up():
    figure = word_errors_figure([Line("with", (30, 10, 0), (0, 5, 40)), Line("without", (30,), (50,))], "dB", "errors")
    assert [line.name for line in figure.data] == ["with", "without"]
    assert figure.data[0].y == pytest.approx([0, 5, 40])
    low, high = figure.layout.yaxis.range
    assert low == 0
    assert high > 50
    assert figure.layout.xaxis.tickvals == (0, 10, 30)
    assert figure.layout.xaxis.autorange is None


def test_the_axis_may_run_from_large_to_small():
    assert word_errors_figure([Line("one", (30, 0), (0, 1))], "dB", "errors", falling=True).layout.xaxis.autorange == (
        "reversed"
    )


def test_small_errors_do_not_fill_the_picture():
    assert word_errors_figure([Line("one", (1, 2), (0, 0.5))], "x", "y").layout.yaxis.range[1] == 10


def test_no_curve_is_refused():
    with pytest.raises(ValueError, match="at least one line"):
        word_errors_figure([], "x", "y")
