"""The visitor's reading list on the page: the shelf, the example readers, and what was done to the list."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from attention.recommendation.recommender import BookRecommender
from attention.ui import loading
from attention.ui.recommendation import state
from attention.ui.recommendation.state import MODEL
from attention.ui.recommendation.text import READERS, TEXT
from attention.ui.recommendation.titles import shelf_book, short_title
from attention.ui.shelf import Change, ShelfView, shelf

LIVE = "recommendation_live"  # the fragment that follows the list
FOUND = 8  # books offered for what is typed


@st.fragment
def show_list(recommender: BookRecommender) -> None:
    """Show the shelf. Typing runs this part of the page alone; a changed list runs all that follows from it."""
    state.note_shelf()
    query = st.session_state.get("recommendation_query", "")
    found = recommender.books.search(query, FOUND) if query else ()
    view = ShelfView(
        books=tuple(shelf_book(recommender.books[one]) for one in state.books()),
        query=query,
        found=tuple(shelf_book(book) for book in found),
        undo=state.undo_label(),
        origin=state.origin(),
        answered=st.session_state.get("recommendation_answered", ""),
    )
    shelf(view, key="recommendation_shelf", on_change=take_changes, on_query=look_for)


def look_for(text: str) -> None:
    st.session_state["recommendation_query"] = text


def take_changes(serial: str, changes: Sequence[Change]) -> None:
    """Take over what the visitor did to the list, step by step, so that each step can be undone."""
    st.session_state["recommendation_answered"] = serial
    books = loading.book_recommender(MODEL).books
    for change in changes:
        if change.did == "undo":
            state.undo_last()
        elif all(one <= state.HIGHEST for one in change.books):
            title = short_title(books[change.id]) if change.id and change.id <= state.HIGHEST else ""
            state.set_books(change.books, TEXT[f"undo_{change.did}"].format(title=title))
            state.shelf_has(change.books)
    st.rerun(LIVE)


def choose_reader() -> None:
    """Offer the example readers; the one whose list is on the shelf is marked."""
    readers = {reader.title: reader.books for reader in READERS}
    key = "recommendation_reader"
    st.session_state[key] = next((title for title, books in readers.items() if books == state.books()), None)
    st.pills(TEXT["examples"], list(readers), key=key, on_change=_take_reader, label_visibility="collapsed")


def _take_reader() -> None:
    chosen = st.session_state["recommendation_reader"]
    for reader in READERS:
        if reader.title == chosen and reader.books != state.books():
            state.set_books(reader.books, TEXT["undo_example"])


def add_book(book: int) -> None:
    """Put a recommended book at the end of the list; a callback."""
    books = state.books()
    if book not in books and len(books) < state.MOST_BOOKS:
        title = short_title(loading.book_recommender(MODEL).books[book])
        state.set_books((*books, book), TEXT["undo_add"].format(title=title))
