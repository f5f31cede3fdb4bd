import math

import numpy as np
import pytest

from attention.recommendation.baselines import cosine_similarities, neighbour_scores, popularity_scores

ITEMS = 6
HISTORIES = [np.array(books) for books in ([0, 1, 2], [1, 2, 3], [2, 0], [4, 2, 1, 0])]


def slow_cosine(i, j):
    readers = [{reader for reader, books in enumerate(HISTORIES) if book in books} for book in (i, j)]
    if i == j or not readers[0] or not readers[1]:
        return 0.0
    return len(readers[0] & readers[1]) / math.sqrt(len(readers[0]) * len(readers[1]))


def test_popularity_counts_readers():
    assert popularity_scores(HISTORIES, ITEMS).tolist() == [3, 3, 4, 1, 1, 0]


def test_cosine_is_that_of_two_loops():
    found = cosine_similarities(HISTORIES, ITEMS)
    for i in range(ITEMS):
        for j in range(ITEMS):
            assert found[i, j].item() == pytest.approx(slow_cosine(i, j), abs=1e-6)


def test_neighbour_scores_are_those_of_two_loops():
    similar = cosine_similarities(HISTORIES, ITEMS)
    history = np.array([3, 0, 4])
    found = neighbour_scores(similar, history, (None, 2.0, 0.5))
    for row, age_of in zip(found, (math.inf, 2.0, 0.5), strict=True):
        for j in range(ITEMS):
            expected = sum(math.exp(-age / age_of) * slow_cosine(i, j) for age, i in enumerate([4, 0, 3]))
            assert row[j].item() == pytest.approx(expected, abs=1e-6)


def test_only_the_last_books_count_when_they_age_quickly():
    similar = cosine_similarities(HISTORIES, ITEMS)
    (found,) = neighbour_scores(similar, np.array([3, 0, 4]), (0.01,))
    assert np.allclose(found.numpy(), similar[4].numpy(), atol=1e-6)
