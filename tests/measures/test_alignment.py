import numpy as np
import pytest

from attention.measures import alignment_error_rate, link_agreement, strongest_links

WEIGHTS = np.array([[0.1, 0.6, 0.3], [0.2, 0.2, 0.6], [0.5, 0.1, 0.4], [0.0, 0.0, 1.0]])


def test_strongest_links_are_key_first():
    assert strongest_links(WEIGHTS) == [(1, 0), (2, 1), (0, 2), (2, 3)]


def test_skipped_keys_are_never_chosen():
    assert strongest_links(WEIGHTS, skip_keys=(2,)) == [(1, 0), (0, 1), (0, 2)]


def test_agreement_counts_only_queries_with_a_reference():
    links = strongest_links(WEIGHTS)
    assert link_agreement(links, {(1, 0), (0, 1)}) == (1, 2)
    assert link_agreement(links, set()) == (0, 0)


def test_error_rate_worked_by_hand():
    links = {(0, 0), (1, 1), (2, 2)}
    assert alignment_error_rate(links, links) == 0.0
    assert alignment_error_rate(links, {(5, 5)}) == 1.0
    # |A & S| = 1, |A & P| = 2, |A| = 3, |S| = 2
    assert alignment_error_rate(links, {(0, 0), (3, 3)}, {(1, 1)}) == pytest.approx(1 - 3 / 5)
    with pytest.raises(ValueError, match="no meaning"):
        alignment_error_rate(set(), set())


def test_only_one_matrix_is_taken():
    with pytest.raises(ValueError, match="one matrix"):
        strongest_links(np.ones((2, 3, 4)))
