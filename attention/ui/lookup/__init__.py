"""A small live picture of attention as a soft look-up: drag the query, the weights follow.

The weights are computed in the browser from the numbers on show: weight_i = softmax_i(q · k_i / (√d · T)), d = 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

FOLDER = Path(__file__).parent
RANGE_X = (-2.4, 2.4)  # what the plane shows, in the units of the vectors
RANGE_Y = (-1.0, 2.0)
RANGE_T = (0.1, 4.0)  # temperature

TEXT = {
    "sentence": "{query} looks most at {key}.",
    "plane": "A plane with {count} words; the word “{query}” can be moved",
    "handle": "{query}, the query",
    "position": "{x} to the right, {y} up",
    "word": "key",
    "score": "score",
    "weight": "weight",
    "table": "Score and weight of every key",
    "context": "context",
    "temperature": "Temperature",
    "reset": "Reset",
    "formula": "weight = softmax( q · k ∕ (√2 · T) )",
}


@dataclass(frozen=True)
class Position:
    """Where the visitor has put the query, and the temperature."""

    x: float
    y: float
    temperature: float


def lookup(
    query: str, keys: Mapping[str, tuple[float, float]], position: Position, home: Position, key: str
) -> Position:
    """Show the plane and return where the query is now.

    query: the word that is moved; keys: each other word with its two numbers; home: where Reset puts the query.
    """
    words = [{"word": word, "x": x, "y": y} for word, (x, y) in keys.items()]
    data = {
        "query": query,
        "keys": words,
        "position": [position.x, position.y, position.temperature],
        "home": [home.x, home.y, home.temperature],
        "ranges": [RANGE_X, RANGE_Y, RANGE_T],
        "text": TEXT,
    }
    moved = _component()(data=data, key=key, on_position_change=_nothing).get("position")
    return Position(*moved) if moved else position


@cache
def _component() -> Callable[..., Any]:
    read = {kind: (FOLDER / f"lookup.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")}
    return st.components.v2.component("attention_lab.lookup", **read)


def _nothing() -> None:
    return None
