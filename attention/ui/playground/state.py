"""The state of the playground: its fields in the address, what they mean, undo and reset."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from attention.formula.presets import PRESETS, Preset
from attention.translation.translator import available_models, title_of
from attention.ui.links import (
    ARRIVED,
    Choice,
    Flag,
    Number,
    Text,
    Whole,
    current_values,
    defaults,
    open_link,
    problems_key,
    set_values,
    shadow_key,
    widget_key,
)
from attention.ui.playground.text import TEXT

PAGE = "playground"
MOST_ROWS = 12  # of Q, K, V and X: more do not fit beside each other
MOST_COLUMNS = 16
MOST_HEADS = 8
UNDO_STEPS = 50

MASKS = ("none", "causal", "local", "padding", "strided", "global", "drawn")
INPUTS = ("random", "typed", "sentence")
MATRICES = ("q", "k", "v", "x")  # the fields of typed inputs
SECTIONS = ("compare", "live", "scaling", "cost")
MODELS = {name: title_of(config) for name, config in available_models().items()}
FIRST_MODEL = "en-fr-transformer" if "en-fr-transformer" in MODELS else next(iter(MODELS), "")
FIRST_PRESET = next(iter(PRESETS))
ROTARY = re.compile(r"\brotary\s*\(")

FIELDS = (
    Choice("preset", tuple(PRESETS), FIRST_PRESET),
    Text("formula"),  # "" is the text of the preset
    Text("second"),  # "" is no second formula
    Whole("n", 1, MOST_ROWS, 4),
    Whole("m", 1, MOST_ROWS, 4),
    Whole("d", 1, MOST_COLUMNS, 3),
    Flag("self"),
    Whole("heads", 1, MOST_HEADS, 1),
    Whole("seed", 0, 9999, 1),
    Number("T", 0.1, 5.0, 1.0),
    Number("c", -4.0, 4.0, 1.0),
    Text("names"),  # the visitor's own scalars and matrices, one a line
    Choice("mask", MASKS, "none"),
    Whole("window", 0, 8, 1),
    Whole("stride", 1, 8, 2),
    Text("cells"),  # the mask drawn by hand: rows of 0 and 1, joined by "."
    Choice("input", INPUTS, "random"),
    *(Text(name) for name in MATRICES),
    Text("sentence", "The old man reads a long letter."),
    Choice("section", ("", *SECTIONS), ""),
    Choice("model", tuple(MODELS) or ("",), FIRST_MODEL),
    Text("live", "I have not seen the white house yet."),
    Whole("head", 0, MOST_HEADS - 1, 0),
    Text("cell", max_chars=80),  # the chosen cell: matrix, row and column, joined by commas
)
VIEW = ("section", "model", "live", "head", "cell")  # what is looked at; undo leaves it alone


def key(name: str) -> str:
    """Return the session key of a field."""
    return widget_key(PAGE, name)


def value(name: str) -> Any:
    """Return a field's value as the visitor has it."""
    return st.session_state[key(name)]


def put(name: str, new: Any) -> None:
    """Set a field; of one with a widget only before it is drawn, so in a callback."""
    st.session_state[key(name)] = new


def preset() -> Preset:
    return PRESETS[value("preset")]


def formula_text() -> str:
    """Return the formula as it stands: the visitor's, or the preset's."""
    return value("formula") or preset().text


def put_formula(text: str) -> None:
    """Set the formula; the preset's own text is kept as the preset alone. What the preset fixed stays fixed."""
    text = text.replace("\r\n", "\n")
    if is_self():
        put("self", True)
    put("formula", "" if text == preset().text else text)


def is_self() -> bool:
    """Tell whether one sequence attends to itself: the visitor says so, or the untouched preset does."""
    return value("self") or fixes_self()


def fixes_self() -> bool:
    return not value("formula") and preset().self_attention


def heads_offered(d: int) -> list[int]:
    """Return the numbers of heads that d columns can be split over."""
    return [heads for heads in range(1, min(d, MOST_HEADS) + 1) if d % heads == 0]


def heads() -> int:
    """Return the number of heads; 1 where the visitor's number does not divide d."""
    return value("heads") if value("d") % value("heads") == 0 else 1


def make_d_even() -> None:
    """Give every head an even number of columns, as rotary positions turn pairs; for a callback."""
    if value("d") // heads() % 2:
        put("heads", 1)
        put("d", min(value("d") + value("d") % 2, MOST_COLUMNS))


def is_d_odd(text: str) -> bool:
    """Tell whether a formula has rotary positions and its heads an odd number of columns, which cannot be."""
    return bool(ROTARY.search(text)) and value("d") // heads() % 2 == 1


def suit_preset() -> None:
    """Give an untouched preset what it needs: an even d for rotary positions, a mask to draw on."""
    if value("formula"):
        return
    if is_d_odd(preset().text):
        make_d_even()
    if value("preset") == "masked" and value("mask") == "none":
        put("mask", "drawn")


def open_page() -> None:
    """Read the address on arrival. A preset comes with what it needs where the address does not say otherwise."""
    arrived = st.session_state.get(ARRIVED) == PAGE or shadow_key(PAGE) not in st.session_state
    problems = open_link(PAGE, FIELDS)
    if not arrived:
        return
    if value("d") % value("heads"):
        problems = [*problems, TEXT["heads_unfit"].format(heads=value("heads"), d=value("d"))]
        put("heads", 1)
    if st.query_params.get("preset") == value("preset") and "d" not in st.query_params:
        suit_preset()
    st.session_state[problems_key(PAGE)] = (current_values(PAGE, FIELDS), problems)


# ---- undo and reset ----

HISTORY = "playground: history"


def remember() -> None:
    """Note the state for undo, once it differs from the last one noted."""
    history = st.session_state.setdefault(HISTORY, [])
    now = _undoable(current_values(PAGE, FIELDS))
    if not history or history[-1] != now:
        history.append(now)
        del history[: -UNDO_STEPS - 1]


def can_undo() -> bool:
    """Tell whether a state differs from the present one; `remember` may not yet have noted the present one."""
    history = st.session_state.get(HISTORY, [])
    return len(history) > 1 or (bool(history) and history[-1] != _undoable(current_values(PAGE, FIELDS)))


def undo() -> None:
    """Go back to the state before the last change; for a callback."""
    history = st.session_state.get(HISTORY, [])
    now = current_values(PAGE, FIELDS)
    if history and history[-1] == _undoable(now):
        history.pop()
    if history:
        set_values(PAGE, FIELDS, now | history[-1])


def reset() -> None:
    """Put everything but the preset and what is looked at back to its beginning; for a callback."""
    now = current_values(PAGE, FIELDS)
    kept = {name: now[name] for name in ("preset", *VIEW)}
    set_values(PAGE, FIELDS, defaults(FIELDS) | kept)


def is_changed() -> bool:
    """Tell whether `reset` would change something."""
    now, first = _undoable(current_values(PAGE, FIELDS)), _undoable(defaults(FIELDS))
    return any(now[name] != first[name] for name in now if name != "preset")


def _undoable(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: found for name, found in values.items() if name not in VIEW}
