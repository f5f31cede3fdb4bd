"""Words found beside words wanted: pairs and errors."""

from __future__ import annotations

import itertools
import random

import pytest

from attention.speech.words import aligned, word_errors


@pytest.mark.parametrize(
    ("found", "wanted", "pairs"),
    [
        ("729", "729", [(0, 0), (1, 1), (2, 2)]),
        ("79", "729", [(0, 0), (None, 1), (1, 2)]),
        ("7229", "729", [(0, 0), (1, None), (2, 1), (3, 2)]),
        ("749", "729", [(0, 0), (1, 1), (2, 2)]),
        ("", "72", [(None, 0), (None, 1)]),
        ("72", "", [(0, None), (1, None)]),
        ("", "", []),
    ],
)
def test_words_are_paired_by_hand(found, wanted, pairs):
    assert aligned(found, wanted) == pairs


def test_pairs_keep_the_order_name_every_word_once_and_cost_what_the_errors_say():
    draw = random.Random(0)
    for _ in range(200):
        found, wanted = (draw.choices("012", k=draw.randrange(7)) for _ in range(2))
        pairs = aligned(found, wanted)
        assert [one for one, _ in pairs if one is not None] == list(range(len(found)))
        assert [two for _, two in pairs if two is not None] == list(range(len(wanted)))
        wrong = sum(one is None or two is None or found[one] != wanted[two] for one, two in pairs)
        assert wrong == word_errors(found, wanted)


def slow_errors(found: str, wanted: str) -> int:
    if not found or not wanted:
        return len(found) + len(wanted)
    return min(
        slow_errors(found[1:], wanted[1:]) + (found[0] != wanted[0]),
        slow_errors(found[1:], wanted) + 1,
        slow_errors(found, wanted[1:]) + 1,
    )


def test_errors_are_those_of_a_search_through_all_ways():
    words = ["".join(one) for length in range(4) for one in itertools.product("01", repeat=length)]
    for found, wanted in itertools.product(words, words):
        assert word_errors(found, wanted) == slow_errors(found, wanted)
