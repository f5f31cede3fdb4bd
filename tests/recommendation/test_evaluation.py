import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention.recommendation.evaluation import (
    MISSED,
    Case,
    gains,
    hits,
    paired_interval,
    quality,
    rank_of,
    ranks,
)


def slow_rank(scores, target, read):
    """Sort all books that are not read, the target behind its equals, and look where it stands."""
    offered = [book for book in range(len(scores)) if book not in set(read)]
    order = sorted(offered, key=lambda book: (-scores[book], book == target))
    return order.index(target)


@given(st.data())
def test_rank_is_the_place_in_the_sorted_list(data):
    scores = np.array(data.draw(st.lists(st.integers(-3, 3), min_size=2, max_size=12)), dtype=float)
    target = data.draw(st.integers(0, len(scores) - 1))
    others = [book for book in range(len(scores)) if book != target]
    read = data.draw(st.lists(st.sampled_from(others), unique=True))
    assert rank_of(scores, target, np.array(read, dtype=int)) == slow_rank(scores, target, read)


def test_equal_scores_and_scores_that_are_no_numbers_stand_behind():
    nothing = np.array([], dtype=int)
    assert rank_of(np.zeros(5), 2, nothing) == 4
    assert rank_of(np.array([1.0, np.nan, 2.0]), 1, nothing) == 2


def test_a_book_that_was_read_has_no_rank():
    with pytest.raises(ValueError, match="was read before"):
        rank_of(np.zeros(3), 1, np.array([1]))


def test_measures_by_hand():
    found = np.array([0, 1, 9, 10, MISSED])
    assert hits(found).tolist() == [1, 1, 1, 0, 0]
    assert gains(found).tolist() == pytest.approx([1, 1 / math.log2(3), 1 / math.log2(11), 0, 0])
    assert quality(found).hr == pytest.approx(0.6)
    assert quality(found, cut=1) == pytest.approx((0.2, 0.2))


def test_gain_is_that_of_scikit_learn():
    from sklearn import metrics

    draw = np.random.default_rng(2)
    for _ in range(20):
        scores, target = draw.normal(size=30), int(draw.integers(30))
        truth = np.zeros((1, 30))
        truth[0, target] = 1
        own = gains(np.array([rank_of(scores, target, np.array([], dtype=int))]))[0]
        assert own == pytest.approx(metrics.ndcg_score(truth, scores[None], k=10))


def test_unknown_next_books_are_misses_and_the_history_reaches_the_scorer():
    seen = []

    def scorer(history):
        seen.append(history.tolist())
        return np.array([3.0, 2.0, 1.0])

    cases = [Case(np.array([0]), 1), Case(np.array([1]), None), Case(np.array([1]), 2)]
    assert ranks(cases, scorer).tolist() == [0, MISSED, 1]
    assert seen == [[0], [1]]


def test_interval_holds_the_difference_and_shrinks_with_more_readers():
    draw = np.random.default_rng(5)
    first, second = draw.random(400), draw.random(400)
    found = paired_interval(first, second)
    assert found.difference == pytest.approx((first - second).mean())
    assert found.low < found.difference < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 * (first - second).std() / 20, rel=0.15)
    more = paired_interval(np.tile(first, 16), np.tile(second, 16), resamples=500)
    assert more.high - more.low == pytest.approx((found.high - found.low) / 4, rel=0.2)


def test_interval_of_equal_models_is_nothing_and_the_seed_fixes_it():
    values = np.random.default_rng(1).random(50)
    assert paired_interval(values, values) == (0, 0, 0)
    assert paired_interval(values, values[::-1], seed=3) == paired_interval(values, values[::-1], seed=3)
