import numpy as np
import pytest

from attention.recommendation.books import Book
from attention.recommendation.relations import AUTHOR, EARLIER, LATER, NEXT, NONE, Relations, series_of


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Catching Fire (The Hunger Games, #2)", ("the hunger games", 2.0)),
        ("Dune (Dune Chronicles #1)", ("dune chronicles", 1.0)),
        ("The Slow Regard (The Kingkiller Chronicle #2.5)", ("the kingkiller chronicle", 2.5)),
        ("Making Money (Discworld, #36; Moist Von Lipwig, #2)", ("discworld", 36.0)),
        ("The Oedipus Cycle (The Theban Plays, #1–3)", ("the theban plays", 1.0)),
        ("1984", None),
        ("Emma (Penguin Classics)", None),
        ("(#1) in front", None),
    ],
)
def test_series_and_volume_come_from_the_title(title, found):
    assert series_of(title) == found


def test_relations_of_two_books():
    rows = [
        ("One (Saga, #1)", "A. Writer, T. Ranslator"),
        ("Two (Saga, #2)", "A. Writer"),
        ("Three (Saga, #3)", "A. Writer"),
        ("Alone", "A. Writer"),
        ("Else", "Another"),
        ("Saga guide (Saga, #2)", "Another"),
    ]
    relations = Relations([Book(i + 1, title, authors, None, True, 9) for i, (title, authors) in enumerate(rows)])
    found = relations.rows(np.array([0, 2, 4]))
    assert found.tolist() == [
        [NONE, NEXT, LATER, AUTHOR, NONE, NEXT],
        [EARLIER, EARLIER, NONE, AUTHOR, NONE, EARLIER],
        [NONE, NONE, NONE, NONE, NONE, AUTHOR],
    ]


def test_books_without_an_author_are_not_by_the_same_one():
    relations = Relations([Book(i, "T", "", None, True, 9) for i in (1, 2)])
    assert relations.rows(np.array([0, 1])).tolist() == [[NONE, NONE], [NONE, NONE]]
