"""The strip of matrices as a Streamlit component (version 2, inline, no build)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import streamlit as st

from attention.ui.matrices.assets import strip_script, strip_style
from attention.ui.matrices.view import Matrix, Place, StripView

LARGEST = 1e9  # as in the browser and in the formula language


class Edit(NamedTuple):
    """One cell that the visitor changed. value: the number typed; 1.0 or 0.0 for a cell of a mask."""

    id: str
    row: int
    column: int
    value: float


@dataclass(frozen=True)
class StripState:
    """What the visitor has done.

    chosen: the cell last clicked, or None. edits: the cells changed since the last run, in order; they are told once.
    A drag over a mask changes several at once.
    """

    chosen: Place | None = None
    edits: tuple[Edit, ...] = ()

    @property
    def edit(self) -> Edit | None:
        """The last of the edits, or None."""
        return self.edits[-1] if self.edits else None


def matrix_strip(
    matrices: Sequence[Matrix],
    *,
    key: str,
    chosen: Place | None = None,
    caption: str = "",
    file_stem: str = "matrices",
    initial: Place | None = None,
    text: Mapping[str, str] | None = None,
    wide: bool = False,
) -> StripState:
    """Show the matrices and return the chosen cell and what was changed.

    key: stays the same for the same place on the page; chosen cell, focus and scroll then survive new numbers.
    chosen: moves the choice whenever it differs from what was passed before; initial: the choice at first.
    caption, file_stem, text, wide: see StripView.
    Raises ValueError when two matrices share an id.
    """
    view = StripView(tuple(matrices), caption, chosen, initial, file_stem, text or {}, wide)
    result = _strip_component()(
        key=key,
        data={"view": view.payload()},
        on_chosen_change=_nothing,
        on_edits_change=_nothing,
    )
    return spoken_state(view, result.get("chosen"), result.get("edits"))


def spoken_state(view: StripView, chosen: Any, edits: Any) -> StripState:
    """Read what the browser said; what is not a cell of the strip is left out.

    chosen: [id, row, column], [] for no cell, or None when nothing was said; edits: list of [id, row, column, value].
    """
    place = (view.chosen or view.initial) if chosen is None else _place(chosen)
    found = tuple(_edits(view, edits))
    return StripState(place if view.holds(place) else None, found)


def _place(said: Any) -> Place | None:
    try:
        name, row, column = said
        return str(name), int(row), int(column)
    except (TypeError, ValueError):
        return None


def _edits(view: StripView, said: Any) -> list[Edit]:
    editable = {matrix.id for matrix in view.matrices if matrix.editable}
    found = []
    for one in said if isinstance(said, list | tuple) else ():
        try:
            name, row, column, value = one
            edit = Edit(str(name), int(row), int(column), float(value))
        except (TypeError, ValueError):
            continue
        if edit.id in editable and view.holds(edit[:3]) and abs(edit.value) <= LARGEST:
            found.append(edit)
    return found


@cache
def _strip_component() -> Callable[..., Any]:
    return st.components.v2.component("attention_matrices", css=strip_style(), js=strip_script())


def _nothing() -> None:
    return None
