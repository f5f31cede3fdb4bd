"""The drawing stage as a Streamlit component (version 2, inline, no build)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from attention.ui.pad.assets import pad_script, pad_style
from attention.ui.pad.piece import PadPiece, read_pieces, rounded
from attention.ui.pad.view import PadView
from attention.vision.strokes import StrokesError

SAID_LIMIT = 60_000  # characters: more than a full stage of scribbles


@dataclass(frozen=True)
class PadState:
    """What lies on the stage now, in the order it was drawn; the last piece lies on top."""

    pieces: tuple[PadPiece, ...] = ()


def pad(
    pieces: Sequence[PadPiece] = (),
    background: np.ndarray | None = None,
    *,
    key: str,
    on_change: Callable[[tuple[PadPiece, ...]], None] | None = None,
    origin: int = 0,
    mode: str = "draw",
    text: Mapping[str, str] | None = None,
) -> PadState:
    """Show the stage and return what lies on it.

    pieces: what it shows at first. Later they are set only when they differ both from those of the run before and from
    what the visitor has made of them; so a page may pass the same start at every run, or what it was last told.
    background: (h, w) in 0..1 beneath the pieces. key: stays the same for the same place on the page.
    on_change(pieces): called before the page runs again, as the callbacks of widgets are.
    origin: raise it to set the same pieces once more. mode, text: see PadView.
    """
    memory = st.session_state.setdefault(f"pad: {key}", Memory())
    memory.take(tuple(rounded(piece) for piece in pieces), origin)
    view = PadView(memory.pieces, memory.origin, background, mode, text or {})
    result = _pad_component()(
        key=key,
        data={"view": view.payload()},
        on_pieces_change=lambda: _hear(memory, key, on_change),
    )
    memory.hear(result.get("pieces"))
    return PadState(memory.pieces)


class Memory:
    """What both sides of one stage last said, kept in the visitor's session.

    pieces: what lies on the stage; passed: what the page last wanted there, with its origin; origin: how often the
    page has set the pieces, so that what the browser says of an older stage is known and left out.
    """

    def __init__(self) -> None:
        self.pieces: tuple[PadPiece, ...] = ()
        self.passed: tuple[tuple[PadPiece, ...], int] | None = None
        self.origin = 0

    def take(self, pieces: tuple[PadPiece, ...], origin: int = 0) -> None:
        """Set the pieces where the page wants others than before, and others than there are."""
        before, self.passed = self.passed, (pieces, origin)
        if before == self.passed or (before and before[1] == origin and pieces == self.pieces):
            return
        self.pieces = pieces
        self.origin += 1

    def hear(self, said: Any) -> bool:
        """Take over what the browser said, {origin, pieces}; tell whether anything changed."""
        pieces = spoken_pieces(said, self.origin)
        changed = pieces is not None and pieces != self.pieces
        if changed:
            self.pieces = pieces
        return changed


def spoken_pieces(said: Any, origin: int) -> tuple[PadPiece, ...] | None:
    """Read what the browser said; None when it is no message, of an older stage, or its pieces are none."""
    if not isinstance(said, Mapping) or said.get("origin") != origin or isinstance(said.get("origin"), bool):
        return None
    text = said.get("pieces")
    if not isinstance(text, str) or len(text) > SAID_LIMIT:
        return None
    try:
        return read_pieces(text)
    except StrokesError:
        return None


def _hear(memory: Memory, key: str, on_change: Callable[[tuple[PadPiece, ...]], None] | None) -> None:
    state = st.session_state.get(key)
    if state is not None and memory.hear(state.get("pieces")) and on_change:
        on_change(memory.pieces)


@cache
def _pad_component() -> Callable[..., Any]:
    return st.components.v2.component("attention_pad", css=pad_style(), js=pad_script())
