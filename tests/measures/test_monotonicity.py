from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from attention.measures.monotonicity import monotonicity


def peaked(*places: int, keys: int = 7) -> np.ndarray:
    return np.eye(keys)[list(places)]


def test_by_hand():
    found = monotonicity(peaked(0, 2, 2, 1, 6))
    assert found.forward == 3 / 4
    assert found.strict == 2 / 4
    assert found.centres_forward == 3 / 4
    assert found.longest_back == 1


@pytest.mark.parametrize(("places", "correlation"), [((0, 3, 5), 1.0), ((6, 4, 1), -1.0), ((2, 2, 2), 0.0)])
def test_one_way_the_other_way_and_no_way(places, correlation):
    found = monotonicity(peaked(*places))
    assert found.correlation == pytest.approx(correlation)
    assert (found.longest_back == 0) == (correlation >= 0)


def test_centres_move_though_peaks_stay():
    weights = np.array([[0.3, 0.6, 0.1], [0.1, 0.6, 0.3]])
    found = monotonicity(weights)
    assert (found.forward, found.strict, found.centres_forward) == (1.0, 0.0, 1.0)
    back = monotonicity(weights[::-1])
    assert (back.forward, back.strict, back.centres_forward) == (1.0, 0.0, 0.0)


def test_the_correlation_is_scipys():
    weights = np.random.default_rng(1).random((13, 5)) ** 4
    expected = spearmanr(weights.argmax(axis=1), np.arange(13)).statistic
    assert monotonicity(weights).correlation == pytest.approx(expected)


def test_more_axes_are_averaged_and_rows_of_zeros_left_out():
    weights = np.stack([peaked(0, 1, 2, 3), peaked(0, 1, 2, 3)])
    assert monotonicity(weights[None]) == monotonicity(peaked(0, 1, 2, 3))
    gapped = np.insert(peaked(0, 1, 2, 3), 2, 0.0, axis=0)
    assert monotonicity(gapped) == monotonicity(peaked(0, 1, 2, 3))


@pytest.mark.parametrize("rows", [0, 1])
def test_where_nothing_can_move_nothing_is_wrong(rows):
    assert monotonicity(np.full((rows, 4), 0.25)) == (1.0, 1.0, 1.0, 1.0, 0)
