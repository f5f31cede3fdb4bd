"""Present mode: scripted scenes for a demo, all computed before the first is shown."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from attention.ui.inspector import InspectorView, inspector_present
from attention.ui.vision import state
from attention.ui.vision.answers import answer_line, answer_of
from attention.ui.vision.pictures import finding_view, first_reading, first_row
from attention.ui.vision.text import SCENES, TEXT
from attention.vision.phrases import PhraseError


def present() -> None:
    """Cover the window with the visitor's own picture and the scripted scenes; leave when they leave."""
    views = []
    with suppress(PhraseError):  # the page says what is wrong with it
        views.append(_view(state.seen(), state.phrase(), "", TEXT["own_scene_comment"]))
    for example, heading, comment in SCENES:
        views.append(_view(state.generated(state.settings_of(example.settings)), example.find, heading, comment))
    if inspector_present(views, key="vision_present"):
        st.session_state[state.key("present")] = False
        st.rerun()


def _view(seen: state.Seen, phrase: str, heading: str, comment: str) -> InspectorView:
    finding = state.found(seen, phrase, None)
    initial = {"map": first_reading(finding), "step": first_row(finding)}
    heading = heading or answer_line(answer_of(finding))
    return finding_view(state.MODEL, finding, seen, initial=initial, heading=heading, comment=comment)


def start_presenting() -> None:
    st.session_state[state.key("present")] = True


def is_presenting() -> bool:
    return state.value("present")
