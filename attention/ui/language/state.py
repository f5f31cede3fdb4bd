"""The state of the language page: its fields in the address, and what they mean for the model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from attention.language.labels import EMOTIONS
from attention.language.reader import EmotionReader
from attention.language.reading import EmotionReading
from attention.language.words import MAX_CHARACTERS
from attention.mechanisms import Mechanism
from attention.training.checkpoint import shipped_models
from attention.ui import loading
from attention.ui.inspector import VIEWS, InspectorState
from attention.ui.language.text import EXAMPLES, NORMALISERS, SECTIONS
from attention.ui.links import Choice, Field, Flag, Number, Text, Whole, widget_key

PAGE = "language"
TASK = "emotions"
NONE = -1  # of a layer or head: the mean over them
SHARED_CHARACTERS = 2_000  # of a text whose reading all visitors share
MOST_LONG = 3  # readings of longer texts that a visit keeps: without changes, with them, and a second text
TOLD, RESTORED, LONG = "language: told by the inspector", "language: restored", "language: readings of long texts"
MOST_PARTS = 500  # sentences that can be looked into; a text of MAX_CHARACTERS seldom has more


def fields(models: Sequence[str]) -> tuple[Field, ...]:
    """Return what the page's address holds, given the names of the shipped models."""
    return (
        Text("text", EXAMPLES[0].text, MAX_CHARACTERS),
        Choice("model", tuple(models), models[0]),
        Number("temperature", 0.1, 5.0, 1.0),
        Choice("normaliser", NORMALISERS, "softmax"),
        Whole("part", 0, MOST_PARTS, 0),
        Choice("emotion", ("", *EMOTIONS), ""),
        Choice("view", VIEWS, VIEWS[0]),
        Whole("layer", NONE, 64, NONE),
        Whole("head", NONE, 64, NONE),
        Choice("more", ("", *SECTIONS), ""),
        Text("second", "", MAX_CHARACTERS),
        Flag("present", False),
    )


@st.cache_resource(show_spinner=False)
def model_titles() -> dict[str, str]:
    """Return the titles of the shipped models of emotions by name."""
    return {name: config["title"] for name, config in shipped_models(TASK).items()}


def key(name: str) -> str:
    """Return the session key of a field."""
    return widget_key(PAGE, name)


def value(name: str):
    """Return a field's value as the visitor has it."""
    return st.session_state[key(name)]


def mechanism(reader: EmotionReader) -> Mechanism | None:
    """Return the visitor's attention, or None where it is the model's own."""
    own = reader.model.mechanism
    wanted = Mechanism(own.score, value("normaliser"), own.scale, value("temperature"))
    return None if wanted == own else wanted


def read(model: str, text: str, mechanism: Mechanism | None) -> EmotionReading:
    """Read a text once: a short one for all visitors, a long one, which takes room, for this visitor. Raises TextError.

    Every part of the reading is frozen.
    """
    if len(text) <= SHARED_CHARACTERS:
        return _shared(model, text, mechanism)
    kept = st.session_state.setdefault(LONG, {})
    wanted = (model, text, mechanism)
    if wanted not in kept:
        while len(kept) >= MOST_LONG:
            kept.pop(next(iter(kept)))
        kept[wanted] = loading.emotion_reader(model).read(text, mechanism)
    return kept[wanted]


@st.cache_resource(max_entries=64, show_spinner=False)
def _shared(model: str, text: str, mechanism: Mechanism | None) -> EmotionReading:
    return loading.emotion_reader(model).read(text, mechanism)


def order_of(reading: EmotionReading) -> np.ndarray:
    """Return the emotions by probability, the likeliest first."""
    return np.argsort(-reading.probabilities, kind="stable")


def emotion(reading: EmotionReading) -> int:
    """Return the emotion that the visitor has chosen, or else the strongest."""
    chosen = value("emotion")
    return EMOTIONS.index(chosen) if chosen else reading.strongest


def inspector_initial(reading: EmotionReading) -> dict:
    """Return the inspector's first state, as the address gave it."""
    step = int(np.flatnonzero(order_of(reading) == emotion(reading))[0])
    chosen = {name: None if value(name) == NONE else value(name) for name in ("layer", "head")}
    return chosen | {"view": value("view"), "step": step}


def keep_inspector(chosen: InspectorState, reading: EmotionReading) -> None:
    """Put what the visitor did inside the picture into the page's state.

    Until the browser has answered, the picture still tells what it told before; only news counts. Rows are told by
    rank, and another text has other ranks.
    """
    found = {name: getattr(chosen, name) for name in ("view", "layer", "head", "step")}
    told = st.session_state.get(TOLD, {})
    news = {name: one for name, one in found.items() if name not in told or told[name] != one}
    st.session_state[TOLD] = found
    if news.get("view"):
        st.session_state[key("view")] = news["view"]
    for name in {"layer", "head"} & news.keys():
        st.session_state[key(name)] = NONE if news[name] is None else news[name]
    order = order_of(reading)
    step = news.get("step")
    if step is not None and 0 <= step < len(order):
        emotion = int(order[step])
        st.session_state[key("emotion")] = "" if emotion == reading.strongest else EMOTIONS[emotion]


def choose_emotion(name: str) -> None:
    """Choose an emotion from outside the picture, in a callback: its light moves, too."""
    st.session_state[key("emotion")] = name
    restore()


def forget() -> None:
    """Go back to the strongest emotion of the whole text, in a callback: the text is another one."""
    st.session_state[key("part")] = 0
    st.session_state[key("emotion")] = ""


def restore() -> None:
    """Have the inspector take its state from the page's once more, after that was changed outside the picture."""
    st.session_state[RESTORED] = st.session_state.get(RESTORED, 0) + 1


def restore_mark(reading: EmotionReading, mechanism: Mechanism | None) -> str:
    """Return what changes whenever the ranks may have changed, or the state was set from outside."""
    return repr((st.session_state.get(RESTORED, 0), reading.text, mechanism))
