"""Present mode: scripted scenes for a demo, all computed before the first is shown."""

from __future__ import annotations

import streamlit as st

from attention.language.words import TextError
from attention.ui.inspector import inspector_present
from attention.ui.language import state
from attention.ui.language.pictures import emotion_view
from attention.ui.language.text import SCENES, TEXT

MOST_WORDS = 60  # of the visitor's text on a stage


def present() -> None:
    """Cover the window with the visitor's own text and the scripted scenes; leave when they leave."""
    own = (state.value("text"), TEXT["own_scene"], TEXT["own_scene_comment"])
    model = state.value("model")
    views = []
    for text, heading, comment in (own, *SCENES):
        try:
            reading = state.read(model, text, None)
        except TextError:  # the visitor's own text may be empty
            continue
        shown = reading if len(reading.words) <= MOST_WORDS else reading.sentences[0]
        views.append(emotion_view(model, shown, heading=heading, comment=comment))
    if inspector_present(views, key="language_present"):
        st.session_state[state.key("present")] = False
        st.rerun()


def start_presenting() -> None:
    st.session_state[state.key("present")] = True


def is_presenting() -> bool:
    return state.value("present")
