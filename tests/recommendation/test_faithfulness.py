import numpy as np
import pytest

from attention.measures.faithfulness import kendall_tau
from attention.mechanisms import Mechanism
from attention.recommendation.answer import HistoryError, Options
from attention.recommendation.faithfulness import agreement, leave_one_out

READ = (1, 2, 13, 8)
ALL = Options(count=100)


def log_odds(answer, book, without):
    """Log-odds of a book among those that were on offer with the whole list."""
    odds = {item.book.id: item.probability for item in answer.items if item.book.id not in without}
    own = odds.pop(book)
    return np.log(own) - np.log(sum(odds.values()))


def test_leaving_out_is_recommending_without(recommender):
    whole = recommender.recommend(READ, ALL)
    for item in (0, 3):
        found = leave_one_out(recommender, READ, ALL, item)
        watched = whole.items[item].book.id
        assert found.item.id == watched
        for place in range(len(READ)):
            rest = READ[:place] + READ[place + 1 :]
            answer = recommender.recommend(rest, ALL)
            change = log_odds(answer, watched, READ) - log_odds(whole, watched, READ)
            assert found.log_odds[place] == pytest.approx(change, abs=1e-6)
            order = [one.book.id for one in answer.items if one.book.id not in READ]
            assert found.ranks[place] == order.index(watched) + 1
        assert found.rank == item + 1


def test_the_parts_belong_together(recommender):
    found = leave_one_out(recommender, READ)
    assert [book.id for book in found.history] == list(READ)
    assert found.attention == pytest.approx(recommender.recommend(READ).map.matrix()[0])
    assert found.random.sum() == pytest.approx(1)
    assert found.contributions == pytest.approx(recommender.recommend(READ).contributions[0])
    assert found.tau_attention == pytest.approx(kendall_tau(found.attention, -found.log_odds))
    assert found.tau_contributions == pytest.approx(kendall_tau(found.contributions, -found.log_odds))
    assert (np.sign(found.probabilities) == np.sign(found.log_odds)).all()
    assert np.array_equal(leave_one_out(recommender, READ).random, found.random)
    assert not np.array_equal(leave_one_out(recommender, READ, seed=1).random, found.random)


def test_the_mechanism_counts(recommender):
    found = leave_one_out(recommender, READ, mechanism=Mechanism(normaliser="uniform"))
    assert found.attention == pytest.approx(np.full(4, 0.25))
    assert np.isnan(found.tau_attention)


def test_one_book_left_out_leaves_the_most_read(recommender):
    found = leave_one_out(recommender, [7])
    assert found.log_odds.shape == (1,)
    assert found.log_odds[0] < 0
    assert np.isnan(found.tau_attention)


def test_nothing_to_watch_is_refused(recommender):
    for history, item in (((), 0), (READ, 99), (READ, -1)):
        with pytest.raises(HistoryError, match="no recommended book number"):
            leave_one_out(recommender, history, Options(), item)


def test_agreement_averages_over_lists_and_is_better_than_lots(recommender):
    lists = [(1, 2, 13, 8), (7, 8, 9, 1), (19, 20, 1, 2), (3,), ()]
    found = agreement(recommender, lists)
    taus = [leave_one_out(recommender, history, seed=seed) for seed, history in enumerate(lists[:3])]
    assert found.lists == 3
    assert found.attention == pytest.approx(np.mean([one.tau_attention for one in taus]))
    assert found.contributions == pytest.approx(np.mean([one.tau_contributions for one in taus]))
    assert found.top_attention == np.mean([one.attention.argmax() == one.log_odds.argmin() for one in taus])
    assert found.attention > found.random
    assert agreement(recommender, [()]).lists == 0
