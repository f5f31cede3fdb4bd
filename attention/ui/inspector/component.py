"""The inspector and its presentation as Streamlit components (version 2, inline, no build)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import streamlit as st

from attention.ui.inspector.assets import inspector_script, inspector_style, present_script, present_style
from attention.ui.inspector.view import InspectorView


@dataclass(frozen=True)
class InspectorState:
    """What the visitor has chosen. None: left as it was (`view.initial` is already taken into account)."""

    step: int | None = None
    view: str | None = None
    map: str | None = None
    layer: int | None = None
    head: int | None = None
    end: bool | None = None
    pieces: bool | None = None


def inspector(view: InspectorView, *, key: str, height: int | None = None) -> InspectorState:
    """Show the view and return what the visitor has chosen so far.

    key: stays the same for the same place on the page; the component then keeps its step and view when the numbers
        change. height: the most that the picture may take, in pixels, before it scrolls inside itself; None: two
        thirds of the window.
    """
    names = [one.name for one in fields(InspectorState)]
    result = _inspector_component()(
        key=key,
        data={"view": view.payload(), "height": height},
        **{f"on_{name}_change": _nothing for name in names},
    )
    chosen = {name: result.get(name) for name in names}
    # The browser says -1 where it means the summary or the mean of heads, since null could not be told from silence.
    known = {name: value for name, value in view.initial.items() if name in names}
    return InspectorState(**known | _spoken(chosen))


def inspector_present(scenes: Sequence[InspectorView], *, key: str) -> bool:
    """Cover the window with the scenes in very large type; return True in the one run in which the visitor leaves.

    Arrow keys left and right change the scene; space, down and up reveal and take back a step; Home and End; Escape
    leaves. Everything is sent at once, so nothing waits for the server on stage.
    Raises ValueError when there is no scene.
    """
    if not scenes:
        raise ValueError("a presentation needs at least one scene")
    data = {"scenes": [scene.payload() for scene in scenes]}
    result = _present_component()(key=key, data=data, on_leave_change=_nothing)
    return bool(result.get("leave"))


@cache
def _inspector_component() -> Callable[..., Any]:
    return st.components.v2.component(
        "attention_inspector",
        css=inspector_style(),
        js=inspector_script(),
    )


@cache
def _present_component() -> Callable[..., Any]:
    return st.components.v2.component(
        "attention_present",
        css=present_style(),
        js=present_script(),
    )


def _spoken(chosen: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value == -1 else value for name, value in chosen.items() if value is not None}


def _nothing() -> None:
    return None
