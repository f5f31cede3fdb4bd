import math

import numpy as np
import pytest

from attention.measures import absentmindedness_penalty, confidence, coverage, coverage_deviation_penalty


def test_coverage_is_the_column_sum():
    assert coverage(np.array([[0.5, 0.5, 0.0], [0.25, 0.0, 0.75]])) == pytest.approx([0.75, 0.5, 0.75])


def test_one_to_one_alignment_earns_full_confidence():
    shuffled = np.eye(4)[[2, 0, 3, 1]]
    assert coverage_deviation_penalty(shuffled) == 0.0
    assert absentmindedness_penalty(shuffled) == 0.0
    assert confidence(shuffled) == 1.0


def test_penalties_worked_by_hand():
    weights = np.array([[0.5, 0.5], [0.5, 0.5], [1.0, 0.0]])  # coverage 2 and 1
    assert coverage_deviation_penalty(weights) == pytest.approx(-math.log(2) / 2)
    assert absentmindedness_penalty(weights) == pytest.approx(-2 * math.log(2) / 3)
    inward = (-(0.25 * math.log(0.25) * 2 + 0.5 * math.log(0.5)) + math.log(2)) / 2  # columns (¼ ¼ ½) and (½ ½ 0)
    total = -math.log(2) / 2 - 2 * math.log(2) / 3 - inward
    assert confidence(weights) == pytest.approx(math.exp(total))


def test_leading_axes_are_kept():
    weights = np.random.default_rng(1).dirichlet(np.ones(5), (2, 3, 4))
    assert coverage(weights).shape == (2, 3, 5)
    assert confidence(weights).shape == (2, 3)
    assert confidence(weights)[1, 2] == pytest.approx(confidence(weights[1, 2]))
    assert ((confidence(weights) > 0) & (confidence(weights) < 1)).all()
