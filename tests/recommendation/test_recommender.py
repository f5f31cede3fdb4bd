import json
import shutil
from itertools import pairwise

import numpy as np
import pytest

from attention.mechanisms import Mechanism
from attention.recommendation.answer import HistoryError, Options
from attention.recommendation.books import Books
from attention.recommendation.recommender import BookRecommender
from attention.training.checkpoint import CheckpointError
from tests.recommendation.toy import BOOKS, RARE, author, title

READ = (1, 2, 3, 13)
RARE_BOOK = BOOKS - RARE + 1
ALL = Options(count=100)


def ids(answer):
    return [item.book.id for item in answer.items]


def test_the_next_volume_comes_first_and_says_because_of_which(recommender):
    answer = recommender.recommend([13, 1, 2, 3], Options(count=5))
    assert answer.items[0].book.title == title(4)
    assert [item.rank for item in answer.items] == [1, 2, 3, 4, 5]
    assert answer.because[0][0] == 3
    assert [book.id for book in answer.history] == [13, 1, 2, 3]
    assert not answer.cold
    assert answer.seconds > 0


def test_the_map_has_a_row_a_recommended_book_and_sums_to_one(recommender):
    answer = recommender.recommend(READ, Options(count=6))
    assert answer.map.weights.shape == (1, 2, 6, 4)
    assert np.allclose(answer.map.weights.sum(axis=-1), 1, atol=1e-5)
    assert (answer.map.query_axis, answer.map.key_axis) == ("book recommended", "book read")
    assert answer.map.query_labels == tuple(item.book.title for item in answer.items)
    assert answer.map.key_labels == tuple(book.title for book in answer.history)
    for row, because in zip(answer.contributions, answer.because, strict=True):
        assert sorted(because) == [0, 1, 2, 3]
        assert all(row[a] >= row[b] for a, b in pairwise(because))


def test_contributions_and_a_number_of_its_own_make_up_the_score(recommender):
    answer = recommender.recommend(READ, ALL)
    own = recommender.model.bias.numpy()
    for item, added in zip(answer.items, answer.contributions, strict=True):
        assert added.shape == (len(READ),)
        assert item.score == pytest.approx(added.sum() + own[recommender.item_of[item.book.id]], abs=1e-4)


def test_scores_probabilities_and_ranks_belong_together(recommender):
    answer = recommender.recommend(READ, ALL)
    assert len(answer.items) == len(recommender.known) - len(READ)
    assert sum(item.probability for item in answer.items) == pytest.approx(1)
    scores = np.array([item.score for item in answer.items])
    assert (np.diff(scores) <= 0).all()
    odds = np.log([item.probability for item in answer.items])
    assert np.allclose(odds - odds[0], scores - scores[0], atol=1e-6)
    assert sorted(item.popularity_rank for item in answer.items)[0] >= 1


def test_read_books_are_hidden_unless_asked_for(recommender):
    assert not set(ids(recommender.recommend(READ, ALL))) & set(READ)
    assert set(ids(recommender.recommend(READ, Options(count=100, hide_read=False)))) >= set(READ)


def test_at_most_so_many_books_of_an_author(recommender):
    free = recommender.recommend(READ, ALL)
    for most in (1, 2):
        answer = recommender.recommend(READ, Options(count=100, per_author=most))
        names = [item.book.first_author for item in answer.items]
        assert max(names.count(name) for name in names) == most
        best = [item.book.id for item in free.items if item.book.first_author == author(4).split(",")[0]][:most]
        assert [number for number in ids(answer) if number in range(1, 7)] == best


def test_without_a_known_book_the_dial_has_nothing_to_turn(recommender):
    plain, dialled = (recommender.recommend((), Options(popularity=share)) for share in (0.0, 1.0))
    assert ids(plain) == ids(dialled)


def test_the_dial_leads_away_from_popular_books(recommender):
    means = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        answer = recommender.recommend(READ, Options(count=5, popularity=share))
        means.append(np.mean([np.log(item.book.readers) for item in answer.items]))
    assert all(later <= before + 1e-9 for before, later in pairwise(means))


def test_the_dial_keeps_scores_and_probabilities(recommender):
    plain = {item.book.id: item for item in recommender.recommend(READ, ALL).items}
    for item in recommender.recommend(READ, Options(count=100, popularity=1.0)).items:
        assert item.score == plain[item.book.id].score
        assert item.probability == plain[item.book.id].probability


def test_the_order_of_the_list_matters(recommender):
    forth, back = (recommender.recommend(books, ALL) for books in (READ, READ[::-1]))
    assert {item.book.id: item.score for item in forth.items} != {item.book.id: item.score for item in back.items}


def test_the_same_list_gives_the_same_answer(recommender):
    first, second = (recommender.recommend(READ) for _ in range(2))
    assert first.items == second.items
    assert np.array_equal(first.map.weights, second.map.weights)


def test_a_book_twice_counts_at_its_last_place(recommender):
    answer = recommender.recommend([1, 13, 2, 1])
    assert [book.id for book in answer.history] == [13, 2, 1]
    assert "twice" in answer.notes[0]
    assert ids(answer) == ids(recommender.recommend([13, 2, 1]))


def test_cold_start_gives_the_most_read_books(recommender):
    for history, words in (((), "No book to look at"), ((RARE_BOOK,), "has not learnt")):
        answer = recommender.recommend(history, Options(count=5))
        assert answer.cold
        assert answer.map is None
        assert answer.because == ()
        assert [item.popularity_rank for item in answer.items] == [1, 2, 3, 4, 5]
        assert words in answer.notes[0]
        assert answer.items[0].book.readers == max(book.readers for book in recommender.books)


def test_one_book_is_enough(recommender):
    answer = recommender.recommend([7])
    assert not answer.cold
    assert answer.items[0].book.id == 8
    assert np.allclose(answer.map.weights, 1)


def test_unknown_books_are_passed_over_and_named(recommender):
    answer = recommender.recommend([1, RARE_BOOK, 2], ALL)
    assert [book.id for book in answer.history] == [1, 2]
    assert title(RARE_BOOK) in answer.notes[0]
    assert ids(answer) == ids(recommender.recommend([1, 2], ALL))
    assert RARE_BOOK not in ids(answer)


def test_books_before_the_window_get_no_weight(recommender):
    history = [*range(1, 13)]
    answer = recommender.recommend(history)
    assert recommender.window == 10
    assert (answer.map.weights[..., :2] == 0).all()
    assert "last 10 books" in answer.notes[-1]
    assert ids(answer) == [i for i in ids(recommender.recommend(history[2:], ALL)) if i > 12][:10]


@pytest.mark.parametrize("number", [0, -1, 10_001, "1", 1.5, True, None])
def test_what_is_no_book_is_refused(recommender, number):
    with pytest.raises(HistoryError, match="is no book"):
        recommender.recommend([1, number])


def test_a_list_that_is_too_long_is_refused(recommender):
    with pytest.raises(HistoryError, match="at most 500"):
        recommender.recommend([1] * 501)
    assert recommender.recommend([1] * 500).history[0].id == 1


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": 101}, {"popularity": 1.1}, {"per_author": 0}])
def test_options_out_of_range_are_refused(wrong):
    with pytest.raises(HistoryError, match="must be"):
        Options(**wrong)


def test_mechanism_replaces_the_attention_for_one_call(recommender):
    own = recommender.recommend(READ)
    flat = recommender.recommend(READ, mechanism=Mechanism(normaliser="uniform"))
    assert np.allclose(flat.map.weights, 0.25)
    assert np.array_equal(recommender.recommend(READ).map.weights, own.map.weights)
    with pytest.raises(ValueError, match="additive"):
        recommender.recommend(READ, mechanism=Mechanism(score="additive"))


def test_export_and_import_through_the_facade(recommender):
    assert [book.id for book in recommender.parse_list(recommender.export_list(READ)).matched] == list(READ)
    with pytest.raises(HistoryError):
        recommender.export_list([0])


@pytest.fixture
def copied(checkpoint, tmp_path):
    return shutil.copytree(checkpoint, tmp_path / "copy")


def change(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_checkpoints_that_are_not_whole_are_refused(copied):
    change(copied, task="translation")
    with pytest.raises(CheckpointError, match="not a checkpoint of the recommender"):
        BookRecommender.load(copied)
    change(copied, task="recommendation")
    (copied / "model.safetensors").write_bytes(b"")
    with pytest.raises(CheckpointError, match="not a readable safetensors"):
        BookRecommender.load(copied)
    with pytest.raises(CheckpointError, match="no checkpoint is called"):
        BookRecommender.load(copied / "nowhere")


def test_a_table_of_other_books_is_refused(copied, recommender):
    Books(list(recommender.books)[:-8]).save(copied)
    with pytest.raises(CheckpointError, match="the model knows 24 books"):
        BookRecommender.load(copied)


def test_the_scale_changes_probabilities_not_the_order(copied):
    change(copied, score_scale=0.5)
    mild, own = (BookRecommender.load(folder).recommend(READ, ALL) for folder in (copied, copied))
    change(copied, score_scale=2.0)
    sharp = BookRecommender.load(copied).recommend(READ, ALL)
    assert ids(mild) == ids(sharp) == ids(own)
    assert sharp.items[0].probability > mild.items[0].probability
