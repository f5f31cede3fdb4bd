"""The reading list without a browser: what it is given, and what it makes of what the browser says."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from attention.ui.shelf import MOST_BOOKS, TEXT, Change, ShelfBook, ShelfView, spoken_changes, spoken_query
from attention.ui.shelf.assets import FOLDER, SCRIPTS, shelf_script

HOBBIT = ShelfBook(7, "The Hobbit", "", "J.R.R. Tolkien", 1937)
EMMA = ShelfBook(171, "Emma", "", "Jane Austen", 1815, known=False)


def test_payload_is_plain_json_and_holds_every_book_in_order() -> None:
    view = ShelfView((EMMA, HOBBIT), "hob", (HOBBIT,), "Undo", 3, "x-1")
    payload = json.loads(json.dumps(view.payload(), allow_nan=False))
    assert [book["id"] for book in payload["books"]] == [171, 7]
    assert payload["books"][0] == {
        "id": 171, "title": "Emma", "series": "", "note": "Jane Austen", "year": 1815, "known": False,
    }  # fmt: skip
    assert (payload["query"], payload["found"][0]["title"]) == ("hob", "The Hobbit")
    assert (payload["undo"], payload["origin"], payload["answered"]) == ("Undo", 3, "x-1")
    assert payload["text"] == TEXT


def test_text_can_be_replaced_and_nothing_else_named() -> None:
    assert ShelfView(text={"clear": "Leeren"}).payload()["text"]["clear"] == "Leeren"
    with pytest.raises(ValueError, match="unknown entries"):
        ShelfView(text={"no_such_entry": "x"})


def test_a_book_stands_on_the_list_once() -> None:
    with pytest.raises(ValueError, match=r"books \[7\] stand on the list twice"):
        ShelfView((HOBBIT, EMMA, HOBBIT))


def test_steps_are_told_in_order_with_the_list_after_each() -> None:
    steps = [{"did": "add", "id": 7, "books": [171, 7]}, {"did": "clear", "id": None, "books": []}]
    serial, changes = spoken_changes({"serial": "a-2", "steps": steps})
    assert serial == "a-2"
    assert changes == (Change("add", 7, (171, 7)), Change("clear", None, ()))


@pytest.mark.parametrize(
    "step",
    [
        None,
        "add",
        {"did": "burn", "id": 7, "books": [7]},
        {"did": "add", "id": 7, "books": "7"},
        {"did": "add", "id": 7, "books": [7, 7]},
        {"did": "add", "id": 7, "books": [7.5]},
        {"did": "add", "id": 7, "books": [True]},
        {"did": "add", "id": 7, "books": [-1]},
        {"did": "add", "id": "7", "books": [7]},
        {"did": "add", "id": 7, "books": {"7": 1}},
        {"did": "add", "id": 7, "books": list(range(1, MOST_BOOKS + 2))},
    ],
)
def test_a_step_that_is_none_is_left_out(step: object) -> None:
    good = {"did": "move", "id": 7, "books": [7, 171]}
    assert spoken_changes({"serial": "a-1", "steps": [step, good]}) == ("a-1", (Change("move", 7, (7, 171)),))


@pytest.mark.parametrize("said", [None, 7, "x", [], {}, {"serial": "a", "steps": None}])
def test_what_is_no_message_changes_nothing(said: object) -> None:
    assert spoken_changes(said)[1] == ()


def test_a_serial_that_is_no_text_is_none() -> None:
    assert spoken_changes({"serial": 7, "steps": []}) == ("", ())


def test_a_query_is_one_short_line() -> None:
    assert spoken_query("  the\n hob ") == "the hob"
    assert spoken_query(None) == spoken_query(7) == ""
    assert len(spoken_query("x" * 1000)) == 200


def test_every_string_that_the_scripts_use_stands_in_the_table() -> None:
    used = set(re.findall(r"\btext\.([a-z_]+)\b", own_scripts())) - {"replace", "split", "normalize"}
    assert used
    assert used <= set(TEXT), f"not in the table: {sorted(used - set(TEXT))}"


def test_every_string_in_the_table_is_used() -> None:
    by_name = {"earlier", "later", "remove"}  # of the three buttons, looked up by their part
    for name in set(TEXT) - by_name:
        assert re.search(rf"\btext\.{name}\b", own_scripts()), f"nothing uses {name!r}"


def own_scripts() -> str:
    return "".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)


def test_every_script_is_shipped() -> None:
    assert {path.name for path in FOLDER.glob("*.js")} == set(SCRIPTS)


def test_scripts_never_write_markup_and_fetch_nothing() -> None:
    script = shelf_script()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script)
    assert not re.search(r"\bfetch\(|XMLHttpRequest|\bimport\(", script)
    assert set(re.findall(r"https?://[^\s\"']+", script)) == {"http://www.w3.org/2000/svg"}


def test_no_name_is_declared_twice() -> None:
    declared = re.findall(r"^(?:export default )?(?:function|const|let) (\w+)", shelf_script(), re.MULTILINE)
    assert sorted(declared) == sorted(set(declared))


def show_shelf() -> None:
    import streamlit as st

    from attention.ui.shelf import ShelfBook, ShelfView, shelf

    view = ShelfView((ShelfBook(7, "</script><b>The Hobbit"),))
    shelf(view, key="one", on_change=lambda serial, changes: st.write(changes), on_query=st.write)


def test_untouched_list_says_nothing() -> None:
    at = AppTest.from_function(show_shelf, default_timeout=30).run()
    assert not at.exception
    assert len(at.markdown) == 0
    assert json.loads(at.get("bidi_component")[0].proto.json)["view"]["books"][0]["title"] == "</script><b>The Hobbit"
