"""Quantity bars: what is drawn, and what is refused."""

import numpy as np
import pytest

from attention.figures.quantity_bars import quantity_bars, short_count


def test_groups_and_series_stand_side_by_side_on_a_logarithmic_axis():
    figure = quantity_bars(("time", "space"), {"a": (10, 1000), "b": (20, 0)}, "count")
    assert figure.data[0].y == pytest.approx([10, 1000])
    assert np.isnan(figure.data[1].y[1])
    assert list(figure.data[1].text) == ["20", "0"]
    assert figure.data[0].marker.pattern.shape != figure.data[1].marker.pattern.shape
    assert figure.layout.yaxis.type == "log"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (1000, "1.0 k"), (16_384, "16 k"), (268_435_456, "268 M"), (3.4e9, "3.4 G")],
)
def test_counts_are_written_shortly(count, text):
    assert short_count(count) == text
