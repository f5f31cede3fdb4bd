"""Present mode: scripted scenes for a demo, all computed before the first is shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from attention.translation.decoding import DecodingOptions
from attention.translation.sentences import TextError
from attention.ui import loading
from attention.ui.inspector import inspector_present
from attention.ui.links import widget_key
from attention.ui.translation.pictures import translation_view
from attention.ui.translation.state import PAGE, translated, value
from attention.ui.translation.text import SCENES, TEXT


def present(models: Sequence[str]) -> None:
    """Cover the window with the visitor's own sentence and the scripted scenes; leave when they leave."""
    own = (value("model"), value("sentence"), TEXT["own_scene"], TEXT["own_scene_comment"])
    scenes = [own, *(scene for scene in SCENES if scene[0] in models)]
    views = []
    for model, sentence, heading, comment in scenes:
        try:
            answer = translated(model, sentence, DecodingOptions(), None)
        except TextError:  # the visitor's own sentence may be empty
            continue
        views.append(translation_view(loading.translator(model), answer.parts[0], heading=heading, comment=comment))
    if inspector_present(views, key="translation_present"):
        st.session_state[widget_key(PAGE, "present")] = False
        st.rerun()


def start_presenting() -> None:
    st.session_state[widget_key(PAGE, "present")] = True


def is_presenting() -> bool:
    return value("present")
