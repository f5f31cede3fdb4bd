"""Bringing a list along: a CSV file whose titles are looked up, added to the list or put in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from attention.recommendation.lists import ListError, parse_list
from attention.recommendation.recommender import BookRecommender
from attention.ui import loading
from attention.ui.page import notice, quiet
from attention.ui.recommendation import state
from attention.ui.recommendation.state import MODEL, Books
from attention.ui.recommendation.text import TEXT
from attention.ui.shelf import MOST_BOOKS

MODES = ("append", "replace")
FILE_MB = 5
REPORT = "recommendation_import_report"
FEW = 12  # titles that are listed at full height
LIST_PX = 280


@dataclass(frozen=True)
class Report:
    """What became of an imported file. lines: what to say; unmatched: titles that were not found; failed: not read.

    guessed: a sentence for each title that was taken for a book of a longer, shorter or other one.
    """

    lines: tuple[str, ...]
    unmatched: tuple[str, ...] = ()
    failed: bool = False
    guessed: tuple[str, ...] = ()


def show_import() -> None:
    """Let the visitor choose a file; it is read at once."""
    quiet(TEXT["import_hint"])
    st.radio(TEXT["import_mode"], MODES, format_func=TEXT.get, key="recommendation_import_mode", horizontal=True)
    st.file_uploader(
        TEXT["import_file"],
        type=["csv", "txt"],
        max_upload_size=FILE_MB,
        key="recommendation_import_file",
        on_change=_import_file,
    )


def show_report() -> None:
    """Say what became of the last file, until the visitor closes it."""
    report = st.session_state.get(REPORT)
    if report is None:
        return
    with st.container(key="recommendation_report"):
        notice(report.lines, error=report.failed)
        _listed("import_guessed", report.guessed, open_=len(report.guessed) <= FEW)
        _listed("import_unmatched", report.unmatched)
        st.button(TEXT["dismiss"], key="recommendation_dismiss", on_click=lambda: st.session_state.pop(REPORT))


def _listed(text: str, lines: Sequence[str], open_: bool = False) -> None:
    """Show some lines behind their count; nothing when there are none."""
    if lines:
        expander = st.expander(TEXT[text].format(count=len(lines)), expanded=open_)
        with expander, st.container(height=LIST_PX if len(lines) > FEW else "content", border=False):
            st.text("\n".join(lines))


def _import_file() -> None:
    file = st.session_state.get("recommendation_import_file")
    if file is None:
        return
    recommender = loading.book_recommender(MODEL)
    mode = st.session_state.get("recommendation_import_mode", MODES[0])
    books, report = imported(recommender, file.getvalue(), state.books() if mode == "append" else ())
    st.session_state[REPORT] = report
    if books is not None and books != state.books():
        state.set_books(books, TEXT["undo_import"])


def imported(recommender: BookRecommender, data: bytes, before: Sequence[int]) -> tuple[Books | None, Report]:
    """Read a file and return the list with its books behind those before, and a report; None leaves the list alone."""
    try:
        found = parse_list(data, recommender.books)
    except ListError as error:
        return None, Report((TEXT["import_unread"].format(reason=error),), failed=True)
    count = len(found.matched) + len(found.unmatched)
    if not found.matched:
        return None, Report((TEXT["import_none"].format(all=count), *found.notes), found.unmatched, failed=True)
    ids = list(dict.fromkeys(book.id for book in found.matched))
    new = [one for one in ids if one not in before]
    lines = [TEXT["import_done"].format(matched=len(found.matched), all=count)]
    if len(new) < len(ids):
        lines.append(TEXT["import_again"].format(count=len(ids) - len(new)))
    books = [*before, *new]
    if len(books) > MOST_BOOKS:
        lines.append(TEXT["import_cut"].format(most=MOST_BOOKS, count=len(books) - MOST_BOOKS))
    guessed = tuple(
        TEXT["import_taken"].format(listed=listed, title=book.title, author=book.first_author)
        for listed, book in found.guessed
    )
    return tuple(books[-MOST_BOOKS:]), Report((*lines, *found.notes), found.unmatched, guessed=guessed)
