"""The parts of the recommendation page that need no running app and no trained model."""

from __future__ import annotations

import csv
import io
from types import SimpleNamespace

import numpy as np
import pytest

from attention.attention_map import AttentionMap
from attention.recommendation.answer import Options, Recommendations, Recommended
from attention.recommendation.books import Book, Books
from attention.ui.links import FieldError
from attention.ui.recommendation.changes import change_line, list_rows, new_rows, popularity_line, shared_maps
from attention.ui.recommendation.honesty import degree, odds_in_words
from attention.ui.recommendation.importing import imported
from attention.ui.recommendation.pictures import books_html, deepest_weight, reason_line
from attention.ui.recommendation.saving import answer_record, python_code, recommendations_csv
from attention.ui.recommendation.state import BookList, books_of, fields
from attention.ui.recommendation.text import AUTHORS, NORMALISERS, READERS, SCENES, SECTIONS, TEXT
from attention.ui.recommendation.titles import authors_line, distinct_titles, shelf_book, title_and_rest


def book(number: int, title: str, authors: str = "A. Author") -> Book:
    return Book(number, title, authors, 1999, True, 50)


HISTORY = (book(1, "One"), book(2, "Two"))


def answer(*numbers: int, weights: float = 0.25) -> Recommendations:
    """Recommend the books of those numbers; the weight on the first book of the list is given."""
    items = tuple(
        Recommended(book(number, f"=Book {number}"), 1.0, 0.1, rank, 10 * number)
        for rank, number in enumerate(numbers, start=1)
    )
    rows = np.tile([weights, 1 - weights], (len(items), 1))[None, None]
    labels = tuple(item.book.title for item in items)
    found = AttentionMap(rows, labels, ("One", "Two"), "book recommended", "book read")
    return Recommendations(HISTORY, items, found, np.zeros((len(items), 2)), ((1, 0),) * len(items), (), 0.01, False)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("The Hobbit", ("The Hobbit", "")),
        ("Angels & Demons  (Robert Langdon, #1)", ("Angels & Demons", "Robert Langdon, #1")),
        ("The Silmarillion (Middle-Earth Universe)", ("The Silmarillion (Middle-Earth Universe)", "")),
        ("Guns, Germs, and Steel: The Fates of Human Societies",
         ("Guns, Germs, and Steel", "The Fates of Human Societies")),
        ("Y: The Last Man, Vol. 1: Unmanned (Y, #1)", ("Y: The Last Man, Vol. 1: Unmanned", "Y, #1")),
        ("Y: The Last Man, Vol. 10: Whys and Wherefores", ("Y: The Last Man, Vol. 10", "Whys and Wherefores")),
        ("(#1)", ("(#1)", "")),
    ],
)  # fmt: skip
def test_series_and_subtitle_stand_apart(title, shown):
    assert title_and_rest(book(1, title)) == shown


def test_books_of_one_title_are_told_apart():
    twins = (book(1, "It", "Stephen King"), book(2, "It", "Alexa Chung"), book(3, "Emma"))
    assert distinct_titles(twins) == ("It (Stephen King)", "It (Alexa Chung)", "Emma")


def test_long_lists_of_authors_are_counted():
    assert authors_line(book(1, "x", "George Orwell, Erich Fromm, Celâl Üster")) == "George Orwell, Erich Fromm + 1"
    assert authors_line(book(1, "x", "David   Lloyd")) == "David Lloyd"
    assert shelf_book(book(7, "Eclipse (Twilight, #3)")).series == "Twilight, #3"


def test_list_of_books_reads_what_it_writes():
    field = BookList("books", "7.2")
    assert field.read("53.2.7") == "53.2.7"
    assert field.read(field.write("")) == ""
    assert books_of("53.2.7") == (53, 2, 7)


@pytest.mark.parametrize(
    "text", ["7.7", "0", "10001", "7,2", "7.", ".7", "seven", "²", "-7", "7.2.", "9" * 4000, "00x"]
)
def test_what_is_no_list_of_books_is_refused_in_words(text):
    with pytest.raises(FieldError, match="numbers of books from 1 to 10,000"):
        BookList("books").check(text)


def test_a_list_has_an_end():
    field = BookList("books")
    assert field.check(".".join(map(str, range(9500, 10000))))
    with pytest.raises(FieldError, match="at most 500"):
        field.check(".".join(map(str, range(9499, 10000))))


def test_new_and_gone_books_and_moves_are_marked():
    before, after = answer(1, 2, 3), answer(3, 1, 4)
    assert new_rows(before, after) == (2,)
    assert [row.get("aside", "") for row in list_rows(after.items, before.items, True)] == ["up 2", "down 1", "new"]
    assert [row.get("aside", "") for row in list_rows(before.items, after.items, False)] == ["", "gone", ""]


def test_change_is_said_in_one_sentence():
    assert change_line(answer(1, 2), answer(1, 2)) == TEXT["changed_nothing"]
    assert change_line(answer(1, 2), answer(2, 1)) == TEXT["changed_order"]
    assert change_line(answer(1, 2), answer(1, 3)) == TEXT["changed_one"]
    assert change_line(answer(1, 2), answer(4, 3)) == TEXT["changed_some"].format(count=2)
    assert "30 most-read" in popularity_line(answer(1, 2, 3), answer(1, 3, 9))


def test_weights_are_compared_over_the_books_of_both_lists():
    before, after = shared_maps(answer(1, 2, 3, weights=0.25), answer(3, 4, 1, weights=0.75))
    assert before.query_labels == after.query_labels == ("=Book 3", "=Book 1")
    assert after.matrix() - before.matrix() == pytest.approx(np.tile([0.5, -0.5], (2, 1)))
    assert shared_maps(answer(1), answer(2)) is None


def test_reason_is_the_book_that_added_most():
    assert reason_line(answer(3), 0, ("One", "Two")) == "A. Author · because you read Two"


@pytest.mark.parametrize(("largest", "deepest"), [(1.0, 1.0), (0.61, 1.0), (0.31, 0.35), (0.02, 0.05), (0.0, 0.05)])
def test_pale_maps_are_stretched_to_a_round_number(largest, deepest):
    assert deepest_weight(largest) == pytest.approx(deepest)


def test_list_of_books_is_safe_html():
    html = books_html([{"rank": 1, "title": "<script>x</script>", "note": "a & b", "aside": "<i>"}])
    assert "<script>" not in html
    assert "a &amp; b" in html


def test_csv_runs_nothing_in_a_spreadsheet_and_names_the_reason():
    rows = list(csv.DictReader(io.StringIO(recommendations_csv(answer(3, 4)).decode("utf-8-sig"))))
    assert [row["title"] for row in rows] == ["'=Book 3", "'=Book 4"]
    assert rows[0]["because"] == "Two"


def test_record_holds_list_books_and_weights():
    record = answer_record(answer(3))
    assert [one["book_id"] for one in record["history"]] == [1, 2]
    assert record["recommendations"][0]["because"] == ["Two", "One"]
    assert record["weights"] == [[0.25, 0.75]]


@pytest.mark.parametrize("books", [(), (7,)])
def test_copied_python_runs_for_any_list(capsys, books):
    """An empty list has no weights to print, one book has."""
    pytest.importorskip("torch")
    exec(compile(python_code("next-book", books, Options(count=3), None), "copied", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["1", "2", "3"]
    assert len(lines) == (6 if books else 3)


def test_an_import_says_which_titles_were_taken_for_others():
    small = Books([book(1, "Dune (Dune Chronicles #1)", "Frank Herbert, Somebody")])
    books, report = imported(SimpleNamespace(books=small), b"Title\nDune: The Graphic Novel\n", ())
    assert books == (1,)
    assert report.guessed == ("“Dune: The Graphic Novel” was taken for “Dune (Dune Chronicles #1)” by Frank Herbert",)
    assert imported(SimpleNamespace(books=small), b"Title\ndune\n", ())[1].guessed == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [(0.0, "about as likely"), (-np.log(3), "3.0 times less likely"), (np.log(40), "40 times more likely")],
)
def test_change_of_odds_is_said_in_words(change, said):
    assert odds_in_words(change) == said


def test_endless_change_is_still_a_sentence():
    assert "times less likely" in odds_in_words(-1e9)


def test_degree_of_honesty_follows_the_correlation():
    assert [degree(tau) for tau in (0.9, 0.3, 0.0, -0.8)] == ["strong", "some", "none", "none"]
    assert [degree(tau, same_first=True) for tau in (0.9, 0.3, -0.8)] == ["strong", "first", "first"]


def test_every_choice_has_a_text_and_every_reader_a_valid_list():
    assert {*NORMALISERS, *SECTIONS, *AUTHORS} <= set(TEXT)
    for reader in READERS:
        assert BookList("books").check(".".join(map(str, reader.books)))
    assert all(0 <= number < len(READERS) for number, *_ in SCENES)


def test_standard_options_are_the_defaults_of_the_fields():
    standard = {field.name: field.default for field in fields()}
    assert (standard["surprise"], standard["hide_read"]) == (Options().popularity, Options().hide_read)
