import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from attention.measures.faithfulness import draws_as_good, kendall_tau, rank_correlation, ranks, spearman_rho

PAIRS = st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=2, max_size=12)


def slow_tau(a, b):
    agree = opposite = tied_a = tied_b = 0
    pairs = [(i, j) for i in range(len(a)) for j in range(i)]
    for i, j in pairs:
        product = (a[i] - a[j]) * (b[i] - b[j])
        agree += product > 0
        opposite += product < 0
        tied_a += a[i] == a[j]
        tied_b += b[i] == b[j]
    below = (len(pairs) - tied_a) * (len(pairs) - tied_b)
    return (agree - opposite) / math.sqrt(below) if below else math.nan


def slow_ranks(values):
    return [1 + sum(x < v for x in values) + (sum(x == v for x in values) - 1) / 2 for v in values]


def test_worked_by_hand():
    # One of six pairs is the other way round: (5 - 1) / 6; ranks differ by 1 twice: 1 - 6 · 2 / (4 · 15).
    found = rank_correlation([1, 2, 3, 4], [10, 30, 20, 40])
    assert found.kendall == pytest.approx(4 / 6)
    assert found.spearman == pytest.approx(0.8)


def test_ties_worked_by_hand():
    # Pairs: (1,2) agree, (1,3) agree, (2,3) tied in the first list: 2 / √(2 · 3).
    assert kendall_tau([1, 2, 2], [1, 2, 3]) == pytest.approx(2 / math.sqrt(6))
    # Ranks 1, 2.5, 2.5 and 1, 2, 3: covariance 1.5, spreads 1.5 and 2.
    assert spearman_rho([1, 2, 2], [1, 2, 3]) == pytest.approx(1.5 / math.sqrt(3))
    assert ranks([7, 3, 7, 9]).tolist() == [2.5, 1, 2.5, 4]


@given(PAIRS)
def test_equal_to_slow_loops(pairs):
    a, b = zip(*pairs, strict=True)
    assert kendall_tau(a, b) == pytest.approx(slow_tau(a, b), nan_ok=True)
    assert ranks(a).tolist() == slow_ranks(a)
    if len(set(a)) > 1 and len(set(b)) > 1:
        assert spearman_rho(a, b) == pytest.approx(np.corrcoef(slow_ranks(a), slow_ranks(b))[0, 1])


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=9, unique=True))
def test_only_the_order_counts(values):
    cubes, reverse = [v**3 for v in values], [-v for v in values]
    assert rank_correlation(values, cubes) == pytest.approx((1, 1))
    assert rank_correlation(values, reverse) == pytest.approx((-1, -1))


@settings(deadline=None)
@given(PAIRS)
def test_equal_to_scipy(pairs):
    a, b = zip(*pairs, strict=True)
    if len(set(a)) > 1 and len(set(b)) > 1:
        expected = stats.kendalltau(a, b).statistic, stats.spearmanr(a, b).statistic
        assert rank_correlation(a, b) == pytest.approx(expected)


@pytest.mark.parametrize("values", [[], [1.0], [2.0, 2.0, 2.0]])
def test_what_has_no_order_has_no_correlation(values):
    found = rank_correlation(values, list(range(len(values))))
    assert math.isnan(found.kendall)
    assert math.isnan(found.spearman)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [([1, 2], [1], "of one length"), ([[1, 2]], [[1, 2]], "of one length"), ([1, math.nan], [1, 2], "finite")],
)
def test_what_cannot_be_ranked_is_refused(first, second, message):
    with pytest.raises(ValueError, match=message):
        rank_correlation(first, second)


def test_orders_by_lot_that_are_as_good_are_counted():
    drops = np.arange(8.0)
    assert draws_as_good(drops, -1.0, draws=50) == 50
    assert draws_as_good(drops, 1.0, draws=50) < 3
    by_chance = draws_as_good(drops, 0.0, draws=400)
    assert 150 < by_chance < 280
