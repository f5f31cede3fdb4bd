"""The recommendation page without a browser: what it shows, and that no list, link or file can break it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from attention.training.checkpoint import CHECKPOINTS
from attention.ui.recommendation.text import NORMALISERS, READERS, SECTIONS, TEXT

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(
    not (CHECKPOINTS / "next-book" / "config.json").exists(), reason="the shipped checkpoint is absent"
)
FANTASY = READERS[0].books


@pytest.fixture(scope="module")
def recommender():
    from attention.recommendation.recommender import BookRecommender

    return BookRecommender.load("next-book")


def open_page(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.run()
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page("pages/recommendation.py")
    app.run()
    assert not app.exception
    return app


def components(app: AppTest, mark: str) -> list[dict]:
    """Return the data of the components whose data has a word."""
    found = [block.proto.json for block in app.get("bidi_component")]
    return [json.loads(text)["view"] for text in found if mark in text]


def picture(app: AppTest) -> dict:
    """Return what the inspector was given: its only reading."""
    return components(app, '"readings"')[0]["readings"][0]


def shelf_of(app: AppTest) -> list[int]:
    """Return the numbers of the books on the shelf."""
    return [book["id"] for book in components(app, '"found"')[0]["books"]]


def said(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def test_the_first_picture_is_there_without_a_click():
    app = open_page()
    assert shelf_of(app) == list(FANTASY)
    entries = picture(app)["query"]["entries"]
    assert len(entries) == 10
    assert all(0 < entry["share"] < 1 for entry in entries)
    assert all("because you read" in entry["note"] for entry in entries)


def test_every_row_of_the_picture_sums_to_one():
    from attention.ui.inspector import decode_floats

    reading = picture(open_page())
    assert decode_floats(reading["weights"], reading["shape"]).sum(axis=-1) == pytest.approx(1.0, abs=1e-4)


def test_the_reason_given_is_the_book_with_the_largest_weight():
    from attention.ui.inspector import decode_floats

    reading = picture(open_page())
    weights = decode_floats(reading["weights"], reading["shape"]).mean(axis=(0, 1))
    for entry, row in zip(reading["query"]["entries"], weights, strict=True):
        assert entry["note"].endswith(reading["key"]["words"][int(row.argmax())])


@pytest.mark.parametrize("reader", READERS[1::3], ids=lambda reader: reader.title)
def test_an_example_reader_is_one_click_away(reader):
    app = open_page(books="none")
    app.pills(key="recommendation_reader").set_value(reader.title).run()
    assert not app.exception
    assert shelf_of(app) == list(reader.books)
    assert len(picture(app)["key"]["words"]) == len(reader.books)


def test_another_list_gives_other_books():
    one, other = (picture(open_page(books=books))["query"]["words"] for books in ("7.2.53", "618.672.1160"))
    assert set(one) != set(other)


def test_books_on_the_list_are_not_recommended_unless_wished():
    list_of_three = "24.27.25"
    shown = components(open_page(books=list_of_three), '"found"')[0]["books"]
    titles = {book["title"] for book in shown}
    assert not titles & set(picture(open_page(books=list_of_three))["query"]["words"])


def test_one_author_has_no_more_books_than_allowed():
    notes = [entry["note"] for entry in picture(open_page(per_author="1"))["query"]["entries"]]
    authors = [note.split(" · ")[0].split(",")[0].split(" + ")[0] for note in notes]
    assert len(set(authors)) == len(authors)


def test_surprise_leads_away_from_the_bestsellers(recommender):
    from attention.recommendation.answer import Options

    places = [
        sorted(item.popularity_rank for item in recommender.recommend(FANTASY, Options(popularity=surprise)).items)[5]
        for surprise in (0.0, 1.0)
    ]
    assert places[0] < places[1]
    assert TEXT["original"] in said(open_page(surprise="1"))


@pytest.mark.parametrize(("books", "line"), [("none", "cold_none"), ("7", "cold_one")], ids=["no book", "one book"])
def test_a_cold_start_has_books_and_a_plain_line(books, line):
    app = open_page(books=books)
    assert TEXT[line] in said(app)
    assert "lab-books" in said(app) or len(picture(app)["query"]["entries"]) == 10


def test_books_that_the_model_does_not_know_get_the_most_read_ones(recommender):

    unknown = [book.id for book in recommender.books if not book.known][:2]
    app = open_page(books=".".join(map(str, unknown)))
    assert TEXT["cold_unknown"] in said(app)
    assert "lab-books" in said(app)


def test_attention_switched_off_looks_everywhere_alike():
    from attention.ui.inspector import decode_floats

    app = open_page(normaliser="uniform")
    reading = picture(app)
    weights = decode_floats(reading["weights"], reading["shape"])
    assert weights == pytest.approx(1 / weights.shape[-1], abs=1e-5)
    assert TEXT["yours"] in said(app)


@pytest.mark.parametrize("normaliser", sorted(set(NORMALISERS) - {"softmax", "uniform"}))
def test_every_normaliser_works(normaliser):
    assert picture(open_page(normaliser=normaliser, temperature="0.5"))


def test_reset_gives_the_model_its_own_attention_back():
    app = open_page(temperature="3", surprise="0.4", per_author="2", hide_read="0")
    app.button(key="recommendation_reset").click().run()
    assert not app.exception
    assert app.slider(key="recommendation_temperature").value == 1.0
    assert app.slider(key="recommendation_surprise").value == 0.0
    assert app.toggle(key="recommendation_hide_read").value is True


@pytest.mark.parametrize("section", SECTIONS)
def test_every_deeper_look_opens(section):
    open_page(more=section)


@pytest.mark.parametrize(
    ("section", "books"), [("honest", "none"), ("honest", "7"), ("honest", "7.2"), ("table_section", "none")]
)
def test_deeper_looks_open_for_short_lists(section, books):
    open_page(more=section, books=books)


def test_a_long_list_is_not_checked_book_by_book():
    app = open_page(books=".".join(map(str, range(1, 91))))
    assert "up to 40 are checked" in said(app)


def test_leaving_a_book_out_is_told_for_the_chosen_recommendation():
    app = open_page(step="3")
    title = picture(app)["query"]["words"][3]
    assert f"“{title}”" in said(app).replace("&#x27;", "'").replace("&amp;", "&")


def test_the_chosen_book_is_added_by_a_button():
    app = open_page(step="2")
    app.button(key="recommendation_add").click().run()
    assert not app.exception
    assert len(shelf_of(app)) == len(FANTASY) + 1
    assert components(app, '"found"')[0]["undo"].startswith("Undo adding")


def test_card_names_the_source_of_the_data():
    assert "goodbooks-10k by Zygmunt Zając, CC BY-SA 4.0" in said(open_page())


# ---- links ----


@pytest.mark.parametrize(
    "link",
    [
        {"books": "7.7"},
        {"books": "10001"},
        {"books": "<b>"},
        {"books": ".".join(map(str, range(1, 502)))},
        {"surprise": "2"},
        {"surprise": "nan"},
        {"per_author": "9"},
        {"normaliser": "<script>"},
        {"step": "400"},
        {"layer": "60", "head": "60"},
        {"view": "x"},
        {"nonsense": "1"},
    ],
)
def test_no_link_breaks_the_page(link):
    assert shelf_of(open_page(**link))


def test_a_wrong_list_in_a_link_is_explained_and_the_example_stays():
    app = open_page(books="7.99999")
    assert shelf_of(app) == list(FANTASY)
    assert "numbers of books from 1 to 10,000" in said(app)


def test_a_link_opens_the_longest_list():
    books = list(range(1, 501))
    assert shelf_of(open_page(books=".".join(map(str, books)))) == books


# ---- files ----


def import_file(app: AppTest, text: str | bytes, mode: str = "append") -> AppTest:
    data = text if isinstance(text, bytes) else text.encode()
    app.radio(key="recommendation_import_mode").set_value(mode).run()
    app.file_uploader(key="recommendation_import_file").set_value(("list.csv", data, "text/csv")).run()
    assert not app.exception
    return app


def test_an_imported_list_is_added_and_what_was_not_found_is_listed():
    app = import_file(open_page(books="7"), "title,author\nEmma,Jane Austen\nNo Such Book Ever,Nobody\n")
    assert shelf_of(app) == [7, 171]
    assert "1 of 2 books were found" in said(app)
    assert "No Such Book Ever" in app.text[0].value


def test_an_imported_list_may_take_the_place_of_the_old_one_and_be_undone():
    app = import_file(open_page(books="7"), "title\nEmma\n", "replace")
    assert shelf_of(app) == [171]
    assert components(app, '"found"')[0]["undo"] == TEXT["undo_import"]


def test_a_book_already_on_the_list_is_not_added_twice():
    app = import_file(open_page(books="171"), "title,author\nEmma,Jane Austen\nThe Hobbit,Tolkien\n")
    assert shelf_of(app) == [171, 7]
    assert "1 of them were already on your list" in said(app)


BAD_FILES = {
    "empty": b"",
    "binary": b"\x00\xff\xfe\x00",
    "blank": b"\n\n\n",
    "header": b"title\n",
    "quote": b'title\n"unclosed',
    "hostile": b"<script>alert(1)</script>\n=HYPERLINK(1)\n",
    "one long line": b"a" * 100_000,
    "zip": b"PK\x03\x04" + bytes(range(256)) * 20,
    "nothing found": ("title\n" + "No such book\n" * 3000).encode(),
}


@pytest.mark.parametrize("data", BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_without_books_leaves_the_list_and_is_explained(recommender, data):
    from attention.ui.recommendation.importing import imported

    books, report = imported(recommender, data, (7, 2))
    assert books is None
    assert report.failed
    assert report.lines[0].endswith(("is as it was.", "is as it was"))


@pytest.mark.parametrize("name", ["binary", "hostile"])
def test_no_file_breaks_the_page_or_loses_the_list(name):
    app = import_file(open_page(books="7.2"), BAD_FILES[name])
    assert shelf_of(app) == [7, 2]
    assert 'role="alert"' in said(app)
    assert "<script>alert" not in said(app)


def test_a_long_import_keeps_the_last_books(recommender):
    from attention.ui.recommendation.importing import imported

    emma = b"title,author\nEmma,Jane Austen\n"
    books, report = imported(recommender, emma, tuple(range(1001, 1501)))
    assert (len(books), books[-1], books[0]) == (500, 171, 1002)
    assert any("the oldest 1 were left out" in line for line in report.lines)


def test_a_saved_state_is_opened_and_a_broken_one_changes_nothing():
    from attention.ui.links import state_json
    from attention.ui.recommendation.state import fields

    app = open_page(books="7.2")
    for data, books in ((b"{}", [7, 2]), (state_json("recommendation", fields(), {"books": "171"}), [171])):
        app.file_uploader(key="recommendation_open").set_value(("state.json", data, "application/json")).run()
        assert not app.exception
        assert shelf_of(app) == books


def test_saved_list_can_be_imported_again(recommender):
    from attention.recommendation.lists import export_list

    books = recommender.books
    app = import_file(open_page(books="none"), export_list([books[one] for one in FANTASY]))
    assert shelf_of(app) == list(FANTASY)


def test_saved_books_are_those_on_screen(recommender):
    from attention.ui.recommendation.saving import recommendations_csv
    from attention.ui.recommendation.titles import distinct_titles

    answer = recommender.recommend(FANTASY)
    rows = list(csv.DictReader(io.StringIO(recommendations_csv(answer).decode("utf-8-sig"))))
    shown = picture(open_page())["query"]
    assert [entry["share"] for entry in shown["entries"]] == pytest.approx(
        [float(row["probability"]) for row in rows], abs=1e-6
    )
    assert tuple(shown["words"]) == distinct_titles([item.book for item in answer.items])


def test_copied_python_reproduces_the_answer(capsys, recommender):
    from attention.mechanisms import Mechanism
    from attention.recommendation.answer import Options
    from attention.ui.recommendation.saving import python_code

    own = recommender.model.mechanism
    options, mechanism = Options(popularity=0.3, per_author=1), Mechanism(own.score, "sparsemax", own.scale, 0.7)
    exec(python_code("next-book", FANTASY, options, mechanism), {})
    answer = recommender.recommend(FANTASY, options, mechanism)
    assert capsys.readouterr().out.splitlines()[0].startswith(f"1 {answer.items[0].book.title}")
