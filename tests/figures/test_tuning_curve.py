import pytest

from attention.figures.tuning_curve import tuning_figure
from attention.translation.tuning import TuningRow

GRID = [TuningRow(2.0, "softmax", -0.5), TuningRow(0.5, "softmax", -0.3)]
SEARCH = [TuningRow(1.0, "softmax", -0.2), TuningRow(1.05, "softmax", -0.21), TuningRow(3.0, "sparsemax", -0.9)]


def test_grid_is_a_line_from_low_to_high_and_search_are_numbered_points():
    grid, search = tuning_figure(GRID, SEARCH).data
    assert list(grid.x) == [0.5, 2.0]
    assert list(grid.y) == [-0.3, -0.5]
    assert list(search.x) == [1.0, 1.05, 3.0]
    assert search.mode == "markers+text"
    assert list(search.text) == ["1", "", "3"]  # the second would stand on the first
    assert [tuple(entry) for entry in search.customdata] == [(1, "softmax"), (2, "softmax"), (3, "sparsemax")]


def test_axes_say_what_they_show():
    figure = tuning_figure(GRID, title="Tuning")
    assert figure.layout.xaxis.title.text == "temperature"
    assert figure.layout.xaxis.ticktext == ("0.5", "2")
    assert figure.layout.yaxis.title.text == "log-probability (nats a piece)"
    assert figure.layout.title.text == "Tuning"


def test_search_alone_is_drawn():
    assert [trace.name for trace in tuning_figure((), SEARCH).data] == ["tried by the search, in this order"]


def test_nothing_tried_is_refused():
    with pytest.raises(ValueError, match="nothing to draw"):
        tuning_figure([])
