import numpy as np
import pytest

from attention.figures.score_intervals import Gain, score_intervals, signed_points

GAINS = (Gain("<i>popularity", 0.17, 0.15, 0.19), Gain("GRU", 0.01, -0.01, 0.02), Gain("kNN", -0.03, -0.04, -0.02))


def test_points_and_intervals_are_those_given_in_percentage_points_the_first_on_top():
    trace = score_intervals(GAINS, "points").data[0]
    np.testing.assert_allclose(trace.x, [17, 1, -3])
    np.testing.assert_allclose(np.add(trace.x, trace.error_x.array), [19, 2, -2])
    np.testing.assert_allclose(np.subtract(trace.x, trace.error_x.arrayminus), [15, -1, -4])
    assert trace.y[0] > trace.y[1] > trace.y[2]


def test_clear_and_unclear_differences_are_told_by_colour_and_shape():
    marker = score_intervals(GAINS, "points").data[0].marker
    assert marker.symbol == ("triangle-up", "circle", "triangle-down")
    assert len(set(marker.color)) == 3


def test_names_and_numbers_are_written_from_the_edge_and_markup_is_not_read():
    figure = score_intervals(GAINS, "points")
    assert list(figure.data[1].text) == [
        "&lt;i&gt;popularity  +17.0 (+15.0 … +19.0)",
        "GRU  +1.0 (−1.0 … +2.0)",
        "kNN  −3.0 (−4.0 … −2.0)",
    ]
    assert set(figure.data[1].x) == {figure.layout.xaxis.range[0]}


@pytest.mark.parametrize("gains", [GAINS, GAINS[:1], GAINS[2:]])
def test_zero_and_every_interval_are_in_view(gains):
    low, high = score_intervals(gains, "points").layout.xaxis.range
    assert low < min(0, *(100 * one.low for one in gains))
    assert high > max(0, *(100 * one.high for one in gains))


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="is not between"):
        score_intervals((Gain("x", 0.5, 0.1, 0.2),), "points")
    with pytest.raises(ValueError, match="no method"):
        score_intervals((), "points")


def test_points_have_a_sign_but_zero_has_none():
    assert [signed_points(share) for share in (0.0351, -0.012, 0.0, -0.0001)] == ["+3.5", "−1.2", "0.0", "0.0"]
