"""Present mode: scripted scenes for a demo, all computed before the first is shown."""

from __future__ import annotations

import streamlit as st

from attention.speech.clips import voices
from attention.ui.inspector import InspectorView, inspector_present
from attention.ui.speech import state
from attention.ui.speech.pictures import speech_view
from attention.ui.speech.source import settings_of
from attention.ui.speech.text import SCENES, TEXT
from attention.ui.speech.wanted import Wanted, digits_of


def present(model: str) -> None:
    """Cover the window with the visitor's own sound and the scripted scenes; leave when they leave."""
    own = (state.asked(), TEXT["own_scene"], TEXT["own_scene_comment"])
    names = [voice.name for voice in voices()]
    scripted = [(_asked(settings_of(example, names)), *said) for example, *said in SCENES]
    views = [view for scene in (own, *scripted) if (view := _scene(model, *scene)) is not None]
    if not views or inspector_present(views, key="speech_present"):
        st.session_state[state.key("present")] = False
        st.rerun()


def _scene(model: str, asked: Wanted, heading: str, comment: str) -> InspectorView | None:
    if state.problem_of(asked):
        return None
    spelling = state.spelled(model, asked, None)
    if not spelling.words:
        return None
    return speech_view(spelling, state.sound_of(asked), heading=heading, comment=comment)


def _asked(settings: dict) -> Wanted:
    return Wanted(**settings | {"digits": digits_of(settings["digits"])})


def start_presenting() -> None:
    st.session_state[state.key("present")] = True


def is_presenting() -> bool:
    return state.value("present")
