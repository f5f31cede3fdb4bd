import math

import numpy as np
import pytest

from attention.attention_map import AttentionMap
from attention.measures import max_weights, row_entropy, sharpness


def test_entropy_worked_by_hand():
    weights = np.array([[1.0, 0.0, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25], [0.5, 0.25, 0.25, 0.0]])
    assert row_entropy(weights) == pytest.approx([0.0, 2.0, 1.5])
    assert max_weights(weights) == pytest.approx([1.0, 0.25, 0.5])


def test_rows_are_normalised_first():
    weights = np.array([[2.0, 2.0], [0.1, 0.3]])
    assert row_entropy(weights) == pytest.approx([1.0, -(0.25 * math.log2(0.25) + 0.75 * math.log2(0.75))])
    assert max_weights(weights) == pytest.approx([0.5, 0.75])


def test_rows_without_weight_are_left_out_of_the_means():
    weights = np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    assert np.isnan(row_entropy(weights)).tolist() == [False, True, False]
    assert sharpness(weights) == pytest.approx((0.5, 0.5 / math.log2(3), 0.75))
    with pytest.raises(ValueError, match="nothing to measure"):
        sharpness(np.zeros((2, 3)))


def test_map_and_array_give_the_same_over_all_layers_and_heads():
    weights = np.random.default_rng(0).dirichlet(np.ones(7), (2, 3, 5)).astype(np.float32)
    found = AttentionMap(weights, tuple("abcde"), tuple("fghijkl"))
    assert row_entropy(found).shape == (2, 3, 5)
    assert sharpness(found) == sharpness(weights)
    slow = [-sum(p * math.log2(p) for p in row) for row in weights.reshape(-1, 7).astype(float)]
    assert sharpness(found).entropy_bits == pytest.approx(np.mean(slow), abs=1e-5)


def test_single_key_is_as_sharp_as_can_be():
    assert sharpness(np.ones((3, 1))) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize("bad", [np.ones(3), np.array([[0.5, -0.5]]), np.array([[np.nan, 1.0]])])
def test_what_is_not_weights_is_refused(bad):
    with pytest.raises(ValueError, match="weights must be"):
        row_entropy(bad)
