"""The state of the theory page: the chapter and what each live figure's controls hold, as fields of the address."""

from __future__ import annotations

from typing import Any

import streamlit as st

from attention.content import KINDS, chapters
from attention.ui.links import Choice, Field, Flag, Number, Text, Whole, widget_key

PAGE = "theory"
CORRECTIONS = "corrections"  # stands beside the chapters' names
SENTENCE_LIMIT = 200  # characters of a sentence typed into a figure: one sentence is what a figure has room for
MODEL = "en-fr-transformer"  # the translation model of the figures; it has several heads and both kinds of attention

COLOURS = ("any", "orange", "green", "pink")
TILTS = ("any", "upright", "level", "tilted")
SCORES = ("dot", "scaled_dot", "general", "additive", "cosine")
NORMALISERS = ("softmax", "sparsemax", "entmax15", "hardmax", "uniform")
KEY_COUNTS = ("4", "16", "64")
MASKS = ("causal", "local", "padding")
POSITIONS = ("sinusoidal", "rotary", "alibi")
EXAMPLES = ("order", "negation", "question")
MECHANISMS = (  # the names of the catalogue, which itself imports torch; a test compares the two
    "dot", "scaled_dot", "general", "additive", "cosine",
    "softmax", "sparsemax", "entmax15", "hardmax", "uniform",
    "causal", "padding", "local", "strided", "global",
    "multi_head", "grouped_query", "linear", "sinusoidal", "rotary", "alibi",
)  # fmt: skip
ORDER_SENTENCE = "I have not seen the white house yet."

# live figure -> the fields of its controls
CONTROLS: dict[str, tuple[Field, ...]] = {
    "visual_search": (
        Choice("colour", COLOURS, "orange"),
        Choice("tilt", TILTS, "tilted"),
        Number("search_T", 0.1, 3.0, 0.4),
    ),
    "soft_lookup": (
        Number("soft_x", -2.4, 2.4, 0.9),
        Number("soft_y", -1.0, 2.0, 1.2),
        Number("soft_T", 0.1, 4.0, 1.0),
    ),
    "kernel_regression": (Number("bandwidth", 0.1, 3.0, 0.5), Number("at", 0.0, 10.0, 3.6)),
    "scores": (Choice("score", SCORES, "scaled_dot"), Number("stretch", 0.2, 4.0, 1.0)),
    "temperature": (Number("T", 0.1, 5.0, 1.0), Choice("normaliser", NORMALISERS, "softmax")),
    "saturation": (Choice("keys", KEY_COUNTS, "16"),),
    "masks": (
        Choice("mask", MASKS, "causal"),
        Whole("length", 3, 12, 6),
        Whole("window", 0, 4, 1),
        Whole("kept", 1, 12, 4),
    ),
    "positions": (Choice("position", POSITIONS, "sinusoidal"), Whole("place", 0, 47, 12)),
    "heads": (Text("heads_text", ORDER_SENTENCE, SENTENCE_LIMIT),),
    "switch": (Flag("attention", True), Text("switch_text", ORDER_SENTENCE, SENTENCE_LIMIT)),
    "layer_costs": (Whole("cost_n", 8, 2048, 64), Whole("cost_d", 8, 1024, 256)),
    "gradient_flow": (Whole("steps", 8, 64, 32), Whole("seed", 0, 99, 1)),
    "sparse_masks": (Whole("sparse_n", 17, 48, 20), Whole("sparse_window", 0, 6, 2), Whole("stride", 2, 8, 4)),
    "linear_error": (Number("sharpness", 0.1, 4.0, 1.0),),
    "faithfulness": (Text("faith_text", ORDER_SENTENCE, SENTENCE_LIMIT), Whole("word", 0, 60, 5)),
    "applications": (Choice("example", EXAMPLES, "order"),),
    "tuning": (Number("tune_T", 0.1, 5.0, 1.0), Flag("searched", False)),
    "questions": (Whole("row", 0, 3, 1), Number("question_T", 0.1, 3.0, 1.0)),
    "catalogue": (Choice("mechanism", MECHANISMS, "scaled_dot"),),
}
NAMES = (*(chapter.name for chapter in chapters()), CORRECTIONS)
CHAPTER = Choice("chapter", NAMES, NAMES[0])
KIND = Choice("kind", ("", *KINDS), "")  # which corrections are shown
FIELDS: tuple[Field, ...] = (CHAPTER, KIND, *(field for fields in CONTROLS.values() for field in fields))


def shown_fields(figures: tuple[str, ...]) -> tuple[Field, ...]:
    """Return the fields that the address of a chapter with these figures holds."""
    return (CHAPTER, *(field for figure in figures for field in CONTROLS.get(figure, ())))


def key(name: str) -> str:
    """Return the session key of a field's widget."""
    return widget_key(PAGE, name)


def value(name: str) -> Any:
    """Return a field's value as the visitor has it."""
    return st.session_state[key(name)]


def open_chapter(name: str) -> None:
    """Turn to a chapter; only in a callback or before the widgets are drawn."""
    st.session_state[key("chapter")] = name


def neighbours(name: str) -> tuple[str, str]:
    """Return the names before and after, "" where there is none."""
    at = NAMES.index(name)
    return (NAMES[at - 1] if at else "", NAMES[at + 1] if at + 1 < len(NAMES) else "")
