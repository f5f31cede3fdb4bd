"""The language page from top to bottom: text, emotions and picture, controls, deeper looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from attention.language.reader import EmotionReader
from attention.language.reading import EmotionReading
from attention.language.words import TextError
from attention.mechanisms import Mechanism
from attention.ui import loading
from attention.ui.inspector import inspector
from attention.ui.language import state
from attention.ui.language.controls import (
    attention_controls,
    choose_part,
    choose_text,
    part_of,
    show_save,
    toolbar,
)
from attention.ui.language.honesty import show_honesty
from attention.ui.language.many import show_many
from attention.ui.language.pictures import answer_html, emotion_view
from attention.ui.language.scenes import is_presenting, present
from attention.ui.language.sections import choose_section, show_card, show_change, show_side_by_side, show_timeline
from attention.ui.language.text import TEXT
from attention.ui.links import Field, keep_values, noted_problems, open_link, show_link
from attention.ui.page import notice, quiet
from attention.ui.sharing import show_share


def show() -> None:
    """Draw the page, or say that no model is installed."""
    models = state.model_titles()
    if not models:
        notice(TEXT["no_model"], error=True)
        return
    fields = state.fields(tuple(models))
    open_link(state.PAGE, fields)
    _read_live(fields, models)


@st.fragment
def _read_live(fields: Sequence[Field], models: Mapping[str, str]) -> None:
    """Everything that follows the text and the controls."""
    keep_values(state.PAGE, fields)
    notice(noted_problems(state.PAGE, fields), error=True)
    if is_presenting():
        present()
    reader = loading.emotion_reader(state.value("model"))
    choose_text()
    share, save = toolbar(models)
    reading = None
    try:
        reading = state.read(reader.name, state.value("text"), state.mechanism(reader))
    except TextError as error:
        notice(str(error), error=True)
    part = _show_answer(reader, reading) if reading else None
    _show_section(reader, part)
    with share:  # after the picture, so that they hold what it has just reported
        show_share(state.PAGE, fields)
    with save:
        show_save(fields)
    show_link(state.PAGE, fields)


def _show_answer(reader: EmotionReader, reading: EmotionReading) -> EmotionReading:
    """Show the emotions of the text, or of the sentence that the visitor looks into; return that part."""
    mechanism = state.mechanism(reader)
    number = choose_part(reading)
    if number == 0:
        notice(reading.notes)
    part = part_of(reading, number)
    _show_picture(reader, part, mechanism)
    if len(reading.sentences) > 1:
        show_timeline(reading, number)
    attention_controls()
    if mechanism is not None:
        original = state.read(reader.name, state.value("text"), None)
        show_change(part_of(original, number), part)
    quiet(TEXT["weights"])
    with st.expander(TEXT["weights_more"]):
        quiet(TEXT["weights_long"])
    return part


def _show_picture(reader: EmotionReader, part: EmotionReading, mechanism: Mechanism | None) -> None:
    view = emotion_view(reader.name, part, state.inspector_initial(part), state.restore_mark(part, mechanism))
    if state.value("more") == "compare":
        show_side_by_side(reader, view, part)
        return
    st.html(answer_html(part))
    state.keep_inspector(inspector(view, key="language_inspector"), part)


def _show_section(reader: EmotionReader, part: EmotionReading | None) -> None:
    """Let the visitor go deeper; without a text, a file can still be read and the card be seen."""
    choose_section()
    more = state.value("more")
    if more == "honest" and part is not None:
        show_honesty(reader, part)
    elif more == "file":
        show_many(reader)
    elif more == "card":
        show_card(reader)
