"""Kernel curve: what is drawn, and what is refused."""

import pytest

from attention.figures.kernel_curve import kernel_curve


def test_points_curve_answer_and_weights_are_drawn():
    figure = kernel_curve(
        ((0, 1, 2), (5, 6, 7)), ((0, 2), (5, 7)), (1.2, 6.1), (0.1, 0.7, 0.2), ("points", "curve", "answer")
    )
    points, curve, answer, bars = figure.data
    assert points.y == pytest.approx([5, 6, 7])
    assert points.marker.size[1] == max(points.marker.size)
    assert curve.y == pytest.approx([5, 7])
    assert (answer.x[0], answer.y[0]) == (1.2, 6.1)
    assert bars.y == pytest.approx([0.1, 0.7, 0.2])
    assert [one.name for one in (points, curve, answer)] == ["points", "curve", "answer"]
