"""The translation page from top to bottom: sentence, translation and picture, controls, deeper looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from attention.translation.translator import TextError, Translation, Translator
from attention.ui import loading
from attention.ui.inspector import inspector
from attention.ui.links import Field, keep_values, noted_problems, open_link, show_link
from attention.ui.page import notice, quiet, weights_line
from attention.ui.sharing import show_share
from attention.ui.translation import state
from attention.ui.translation.controls import (
    attention_controls,
    choose_part,
    choose_sentence,
    show_save,
    toolbar,
)
from attention.ui.translation.pictures import translation_view
from attention.ui.translation.scenes import is_presenting, present
from attention.ui.translation.sections import show_change, show_section, show_side_by_side
from attention.ui.translation.text import TEXT


def show() -> None:
    """Draw the page, or say that no model is installed."""
    models = state.model_titles()
    if not models:
        notice(TEXT["no_model"], error=True)
        return
    fields = state.fields(tuple(models))
    open_link(state.PAGE, fields)
    _translate_live(fields, models)


@st.fragment
def _translate_live(fields: Sequence[Field], models: Mapping[str, str]) -> None:
    """Everything that follows the sentence and the controls."""
    keep_values(state.PAGE, fields)
    notice(noted_problems(state.PAGE, fields), error=True)
    if is_presenting():
        present(tuple(models))
    translator = loading.translator(state.value("model"))
    choose_sentence(translator.languages[1])
    share, save = toolbar(models)
    try:
        _show_answer(translator, models)
    except TextError as error:
        notice(str(error), error=True)
    with share:  # last, so that they hold what the picture has just reported
        show_share(state.PAGE, fields)
    with save:
        show_save(fields)
    show_link(state.PAGE, fields)


def _show_answer(translator: Translator, models: Mapping[str, str]) -> None:
    """Translate the sentence and show all there is to see. Raises TextError for a text that cannot be translated."""
    options, mechanism = state.options(), state.mechanism(translator)
    answer = state.translated(translator.name, state.value("sentence"), options, mechanism)
    notice(answer.notes)
    part = answer.parts[choose_part(answer)]
    is_changed = (options, mechanism) != (state.OPTIONS, None)
    original = state.translated(translator.name, part.source, state.OPTIONS, None) if is_changed else part
    _show_picture(translator, part, original, models)
    attention_controls()
    if is_changed:
        show_change(translator, original, part, mechanism is not None)
    weights_line()
    with st.expander(TEXT["weights_more"]):
        quiet(TEXT["weights_long"])
    show_section(translator, part)


def _show_picture(translator: Translator, part: Translation, original: Translation, models: Mapping[str, str]) -> None:
    changed = state.changed_rows(original, part)
    view = translation_view(translator, part, changed, state.inspector_initial(), restore=state.restore_mark())
    if state.value("more") == "compare" and len(models) > 1:
        show_side_by_side(translator, view, part, models)
    else:
        state.keep_inspector(inspector(view, key="translation_inspector"))
