"""The page of spoken digits from top to bottom: sound, letters and picture, controls, deeper looks."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from attention.mechanisms import Mechanism
from attention.speech.clips import voices
from attention.speech.speller import DigitSpeller
from attention.speech.spelling import Spelling
from attention.training.checkpoint import CheckpointError
from attention.ui import loading
from attention.ui.inspector import inspector
from attention.ui.links import Field, defaults, keep_values, noted_problems, open_link, show_link
from attention.ui.page import notice, quiet
from attention.ui.sharing import show_open, show_share
from attention.ui.speech import state
from attention.ui.speech.controls import attention_controls, show_save, sound_controls, toolbar
from attention.ui.speech.numbers import alignment_numbers
from attention.ui.speech.pictures import numbers_html, speech_view
from attention.ui.speech.scenes import is_presenting, present
from attention.ui.speech.sections import show_section
from attention.ui.speech.source import show_source
from attention.ui.speech.state import PAGE
from attention.ui.speech.text import TEXT
from attention.ui.speech.wanted import Wanted


def show() -> None:
    """Draw the page, or say that no model is installed."""
    try:
        models = tuple(state.models())
        for name in models[:1]:
            loading.digit_speller(name)
    except CheckpointError:
        models = ()
    if not models:
        notice(TEXT["no_model"], error=True)
        return
    fields = state.fields(models, [voice.name for voice in voices()])
    open_link(PAGE, fields)
    _listen_live(fields, models)


@st.fragment
def _listen_live(fields: Sequence[Field], models: Sequence[str]) -> None:
    """Everything that follows the sound and the controls."""
    keep_values(PAGE, fields)
    notice(noted_problems(PAGE, fields), error=True)
    model = state.value("model")
    if is_presenting():
        present(model)
    share, save = toolbar()
    show_source()
    speller, asked = loading.digit_speller(model), state.asked()
    mechanism = state.mechanism(speller)
    spelling = None
    if problem := state.problem_of(asked):
        notice(problem, error=True)
    else:
        spelling = state.spelled(model, asked, mechanism)
        _show_answer(speller, asked, spelling)
    sound_controls(asked.is_own)
    attention_controls(models, defaults(fields))
    if spelling is not None:
        _show_numbers(asked, spelling)
        _show_change(model, asked, mechanism, spelling)
    show_section(model, asked, mechanism, spelling)
    quiet(TEXT["attribution"])
    with share:  # after the picture, so that they hold what it has just reported
        show_share(PAGE, fields)
        if asked.is_own:
            quiet(TEXT["own_stays"])
    with save:
        if spelling is not None:
            show_save(fields, model, asked, mechanism, state.sound_of(asked), spelling)
        else:
            show_open(PAGE, fields, state.restore)
    show_link(PAGE, fields)


def _show_answer(speller: DigitSpeller, asked: Wanted, spelling: Spelling) -> None:
    """Show the letters and the picture, or say that nothing was heard."""
    if not spelling.words:
        notice([*state.sound_of(asked).notes, TEXT["nothing_heard"]])
        return
    notice(spelling.notes)
    view = speech_view(
        spelling, state.sound_of(asked), state.inspector_initial(), state.restore_mark(), name=speller.name
    )
    state.keep_inspector(inspector(view, key="speech_inspector"))


def _show_numbers(asked: Wanted, spelling: Spelling) -> None:
    if spelling.words:
        st.html(numbers_html(alignment_numbers(spelling, state.sound_of(asked))))
    quiet(TEXT["weights"])
    with st.expander(TEXT["weights_more"]):
        quiet(TEXT["weights_long"])


def _show_change(model: str, asked: Wanted, mechanism: Mechanism | None, spelling: Spelling) -> None:
    """Say what the model spells with its own attention, where the visitor has changed it."""
    if mechanism is None:
        return
    before = state.spelled(model, asked, None).text
    notice(TEXT["changed_same"] if before == spelling.text else TEXT["changed_text"].format(before=before))
