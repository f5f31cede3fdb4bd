"""Value heatmap: what is drawn, and what is refused."""

import numpy as np
import pytest

from attention.figures.theme import CHANGE
from attention.figures.value_heatmap import value_heatmap


def test_numbers_are_coloured_around_zero():
    figure = value_heatmap(np.array([[-0.5, 0.0, 0.5]]), "row", "column", most=0.5)
    trace = figure.data[0]
    assert np.asarray(trace.z)[0] == pytest.approx([-0.5, 0.0, 0.5])
    assert (trace.zmin, trace.zmid, trace.zmax) == (-0.5, 0, 0.5)
    assert trace.colorscale == CHANGE
    assert figure.layout.yaxis.autorange == "reversed"
