"""The state of the recommendation page: its fields in the address, the list with its undo, and what the model gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st

from attention.mechanisms import Mechanism
from attention.recommendation.answer import Options, Recommendations
from attention.recommendation.recommender import BookRecommender
from attention.ui import loading
from attention.ui.inspector import VIEWS, InspectorState
from attention.ui.links import Choice, Field, FieldError, Flag, Number, Text, Whole, widget_key
from attention.ui.recommendation.changes import new_rows
from attention.ui.recommendation.text import AUTHORS, NORMALISERS, READERS, SECTIONS, TEXT
from attention.ui.shelf import MOST_BOOKS

PAGE = "recommendation"
MODEL = "next-book"
HIGHEST = 10_000  # book numbers go from 1 to here
OPTIONS = Options()
NONE = -1  # of a layer or head: the mean over them; of a step: the inspector's choice
NO_BOOK = "none"  # how an address says that the list is empty
UNDO_LIMIT = 50
ADJUSTED = ("surprise", "per_author", "hide_read", "temperature", "normaliser")

Books = tuple[int, ...]


@dataclass(frozen=True)
class BookList(Text):
    """The numbers of the books on the list, oldest first, joined by dots: "7.2.53"; "" or "none" for no book."""

    max_chars: int = MOST_BOOKS * 6

    def check(self, value: Any) -> str:
        text = "" if value == NO_BOOK else value
        try:
            found = books_of(text) if isinstance(text, str) and len(text) <= self.max_chars else None
        except ValueError:
            found = None
        whole = found is not None and len(found) <= MOST_BOOKS and len(set(found)) == len(found)
        if not whole or not all(1 <= one <= HIGHEST for one in found):
            raise FieldError(TEXT["want_books"].format(highest=HIGHEST, most=MOST_BOOKS))
        return books_text(found)

    read = check

    def write(self, value: str) -> str:
        return value or NO_BOOK


def books_of(text: str) -> Books:
    """Read "7.2.53". Raises ValueError for anything but whole numbers in plain digits."""
    parts = text.split(".") if text else []
    if not all(part.isascii() and part.isdigit() and len(part) <= 5 for part in parts):
        raise ValueError(f"{text!r} is not a list of book numbers joined by dots")
    return tuple(int(part) for part in parts)


def books_text(books: Sequence[int]) -> str:
    return ".".join(map(str, books))


@cache
def fields() -> tuple[Field, ...]:
    """Return what the page's address holds."""
    return (
        BookList("books", books_text(READERS[0].books)),
        Number("surprise", 0.0, 1.0, OPTIONS.popularity),
        Choice("per_author", AUTHORS, "any"),
        Flag("hide_read", OPTIONS.hide_read),
        Number("temperature", 0.1, 5.0, 1.0),
        Choice("normaliser", NORMALISERS, "softmax"),
        Choice("view", VIEWS, "heatmap"),
        Whole("step", NONE, 500, NONE),
        Whole("layer", NONE, 64, NONE),
        Whole("head", NONE, 64, NONE),
        Choice("more", ("", *SECTIONS), "honest"),
        Flag("present", False),
    )


def key(name: str) -> str:
    return widget_key(PAGE, name)


def value(name: str):
    """Return a field's value as the visitor has it."""
    return st.session_state[key(name)]


def books() -> Books:
    """Return the numbers of the books on the visitor's list, oldest first."""
    return books_of(value("books"))


# ---- the list and its undo ----


def set_books(found: Sequence[int], label: str) -> None:
    """Replace the list in a callback; label: what the undo button then says."""
    note_undo(value("books"), label)
    st.session_state[key("books")] = books_text(found)


def note_undo(before: str, label: str) -> None:
    """Remember the list as it was before a change."""
    undo = st.session_state.setdefault("recommendation_undo", [])
    undo.append((before, label))
    del undo[:-UNDO_LIMIT]


def undo_last() -> None:
    """Bring back the list as it was before the last change."""
    undo = st.session_state.get("recommendation_undo", [])
    if undo:
        st.session_state[key("books")], _ = undo.pop()
    shelf_has(None)


def list_before() -> Books | None:
    """Return the list before the last change, where that moved books or added or removed one; else None."""
    undo = st.session_state.get("recommendation_undo", [])
    before = books_of(undo[-1][0]) if undo else ()
    return before if before and len(set(before) ^ set(books())) <= 1 and before != books() else None


def undo_label() -> str:
    undo = st.session_state.get("recommendation_undo", [])
    return undo[-1][1] if undo else ""


def shelf_has(books: Sequence[int] | None) -> None:
    """Note the list that the browser shows; None: not known."""
    st.session_state["recommendation_shelf_has"] = None if books is None else books_text(books)


def note_shelf() -> None:
    """Raise the origin when the list is not the one that the browser shows, so that it takes over this one."""
    if st.session_state.get("recommendation_shelf_has") != value("books"):
        st.session_state["recommendation_origin"] = origin() + 1
        st.session_state["recommendation_shelf_has"] = value("books")


def origin() -> int:
    return st.session_state.get("recommendation_origin", 0)


# ---- the model ----


def options() -> Options:
    most = value("per_author")
    return Options(
        popularity=value("surprise"), hide_read=value("hide_read"), per_author=None if most == "any" else int(most)
    )


def mechanism(recommender: BookRecommender) -> Mechanism | None:
    """Return the visitor's attention, or None where it is the model's own."""
    own = recommender.model.mechanism
    wanted = Mechanism(own.score, value("normaliser"), own.scale, value("temperature"))
    return None if wanted == own else wanted


@st.cache_resource(max_entries=256, show_spinner=False)
def recommended(books: Books, options: Options, mechanism: Mechanism | None) -> Recommendations:
    """Recommend once for all visitors; every part of the answer is frozen. Raises HistoryError."""
    return loading.book_recommender(MODEL).recommend(books, options, mechanism)


# ---- the picture ----


def inspector_initial() -> dict:
    """Return the inspector's first state, as the address gave it."""
    chosen = {name: None if value(name) == NONE else value(name) for name in ("step", "layer", "head")}
    return {"view": value("view")} | chosen


def keep_inspector(chosen: InspectorState) -> None:
    """Put what the visitor did inside the picture into the page's state."""
    for name in ("view", "step", "layer", "head"):
        found = getattr(chosen, name)
        if found is None and name != "view":
            found = NONE
        if found is not None:
            st.session_state[key(name)] = found


def changed_rows(original: Recommendations, answer: Recommendations) -> tuple[int, ...]:
    """Return the places of the answer whose book the original does not have."""
    return new_rows(original, answer)


def chosen_item(answer: Recommendations) -> int:
    """Return which of the recommended books the visitor looks at; the first unless they chose another."""
    step = value("step")
    return step if 0 <= step < len(answer.items) else 0


def restore() -> None:
    """Have the inspector take its state from the page's once more, after a saved state was opened."""
    st.session_state["recommendation_restored"] = st.session_state.get("recommendation_restored", 0) + 1


def restore_mark() -> str:
    return str(st.session_state.get("recommendation_restored", 0))
