"""The state of the translation page: its fields in the address, and what they mean for the model."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from attention.mechanisms import Mechanism
from attention.translation.decoding import DecodingOptions
from attention.translation.translator import Translation, Translator, available_models, title_of
from attention.ui import loading
from attention.ui.inspector import VIEWS, InspectorState
from attention.ui.links import Choice, Field, Flag, Number, Text, Whole, widget_key
from attention.ui.translation.differences import changed_words
from attention.ui.translation.text import EXAMPLES, NORMALISERS, SECTIONS

PAGE = "translation"
OPTIONS = DecodingOptions()
NONE = -1  # of a layer or head: the mean over them; of a step: the inspector's choice
READINGS = ("cross", "pieces", "encoder", "decoder", "encoder_pieces", "decoder_pieces")


def fields(models: Sequence[str]) -> tuple[Field, ...]:
    """Return what the page's address holds, given the names of the shipped models."""
    return (
        Text("sentence", EXAMPLES["fr"][0].sentence),
        Choice("model", tuple(models), models[0]),
        Number("temperature", 0.1, 5.0, 1.0),
        Choice("normaliser", NORMALISERS, "softmax"),
        Whole("beam", 1, 8, OPTIONS.beam),
        Number("length_penalty", 0.0, 2.0, OPTIONS.length_penalty),
        Whole("part", 0, 200, 0),
        Choice("view", VIEWS, "heatmap"),
        Choice("map", READINGS, "cross"),
        Whole("step", NONE, 500, NONE),
        Whole("layer", NONE, 64, NONE),
        Whole("head", NONE, 64, NONE),
        Flag("end", True),
        Flag("pieces", False),
        Choice("more", ("", *SECTIONS), ""),
        Choice("second", ("", *models), ""),
        Text("own", ""),
        Flag("present", False),
    )


@st.cache_resource(show_spinner=False)
def model_titles() -> dict[str, str]:
    """Return the titles of the shipped models by name, in the order in which the page offers them."""
    return {name: title_of(config) for name, config in available_models().items()}


def value(name: str):
    """Return a field's value as the visitor has it."""
    return st.session_state[widget_key(PAGE, name)]


def options() -> DecodingOptions:
    return DecodingOptions(beam=value("beam"), length_penalty=value("length_penalty"))


def mechanism(translator: Translator) -> Mechanism | None:
    """Return the visitor's attention, or None where it is the model's own."""
    own = translator.model.mechanism
    wanted = Mechanism(own.score, value("normaliser"), own.scale, value("temperature"))
    return None if wanted == own else wanted


@st.cache_resource(max_entries=256, show_spinner=False)
def translated(model: str, text: str, options: DecodingOptions, mechanism: Mechanism | None) -> Translation:
    """Translate once for all visitors; every part of the answer is frozen. Raises TextError."""
    return loading.translator(model).translate(text, options, mechanism)


@st.cache_resource(max_entries=256, show_spinner=False)
def forced(model: str, text: str, target: str, mechanism: Mechanism | None) -> Translation:
    """Send a given translation through a model. Raises TextError."""
    return loading.translator(model).force(text, target, mechanism)


def inspector_initial() -> dict:
    """Return the inspector's first state, as the address gave it."""
    chosen = {name: value(name) for name in ("view", "map", "end", "pieces")}
    return chosen | {name: None if value(name) == NONE else value(name) for name in ("step", "layer", "head")}


def keep_inspector(chosen: InspectorState) -> None:
    """Put what the visitor did inside the picture into the page's state."""
    for name in ("view", "map", "end", "pieces", "step", "layer", "head"):
        found = getattr(chosen, name)
        if found is None and name in ("step", "layer", "head"):
            found = NONE
        if found is not None:
            st.session_state[widget_key(PAGE, name)] = found


def changed_rows(original: Translation, answer: Translation) -> tuple[int, ...]:
    """Return the words of the answer that the original does not have at that place."""
    return changed_words(original.target_words, answer.target_words)[1]


def restore() -> None:
    """Have the inspector take its state from the page's once more, after a saved state was opened."""
    st.session_state["translation_restored"] = st.session_state.get("translation_restored", 0) + 1


def restore_mark() -> str:
    return str(st.session_state.get("translation_restored", 0))
