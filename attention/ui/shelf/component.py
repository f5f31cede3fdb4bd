"""The reading list as a Streamlit component (version 2, inline, no build)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import streamlit as st

from attention.ui.shelf.assets import shelf_script, shelf_style
from attention.ui.shelf.view import MOST_BOOKS, ShelfView

DEEDS = ("add", "remove", "move", "clear", "undo")
QUERY_LIMIT = 200  # characters of what is looked for
STEP_LIMIT = 200  # changes told at once


class Change(NamedTuple):
    """One thing the visitor did. did: one of DEEDS; id: the book it was done to, or None; books: the list after it.

    Of an undo, books is empty: only the page knows what was there before.
    """

    did: str
    id: int | None
    books: tuple[int, ...]


def shelf(
    view: ShelfView,
    *,
    key: str,
    on_change: Callable[[str, tuple[Change, ...]], None],
    on_query: Callable[[str], None],
) -> None:
    """Show the list. key: stays the same for the same place on the page.

    on_change(serial, changes), on_query(text): called before the page runs again, as the callbacks of widgets are.
    """
    _shelf_component()(
        key=key,
        data={"view": view.payload()},
        on_change_change=lambda: on_change(*spoken_changes(_said(key, "change"), view.most)),
        on_query_change=lambda: on_query(spoken_query(_said(key, "query"))),
    )


def spoken_changes(said: Any, most: int = MOST_BOOKS) -> tuple[str, tuple[Change, ...]]:
    """Read what the browser said; a step that is not one is left out. said: {serial, steps: [{did, id, books}]}."""
    if not isinstance(said, dict) or not isinstance(said.get("steps"), list | tuple):
        return "", ()
    serial = said.get("serial")
    found = (_change(step, most) for step in said["steps"][:STEP_LIMIT])
    return serial[:40] if isinstance(serial, str) else "", tuple(change for change in found if change)


def spoken_query(said: Any) -> str:
    """Read what was typed: one line, at most QUERY_LIMIT characters."""
    return " ".join(said[:QUERY_LIMIT].split()) if isinstance(said, str) else ""


def _change(step: Any, most: int) -> Change | None:
    if not isinstance(step, dict) or step.get("did") not in DEEDS:
        return None
    books, one = step.get("books") or [], step.get("id")
    if not _are_ids(books) or len(books) > most or not (one is None or _are_ids([one])):
        return None
    return Change(step["did"], one, tuple(books))


def _are_ids(said: Any) -> bool:
    if not isinstance(said, Sequence) or isinstance(said, str):
        return False
    whole = all(isinstance(one, int) and not isinstance(one, bool) and one > 0 for one in said)
    return whole and len(set(said)) == len(said)


def _said(key: str, name: str) -> Any:
    """Return what the component last said under a name, from the session; None when it has said nothing."""
    state = st.session_state.get(key)
    return None if state is None else state.get(name)


@cache
def _shelf_component() -> Callable[..., Any]:
    return st.components.v2.component("attention_shelf", css=shelf_style(), js=shelf_script())
