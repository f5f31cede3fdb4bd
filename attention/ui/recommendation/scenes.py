"""Present mode: scripted scenes for a demo, all computed before the first is shown."""

from __future__ import annotations

import streamlit as st

from attention.recommendation.recommender import BookRecommender
from attention.ui.inspector import inspector_present
from attention.ui.recommendation import state
from attention.ui.recommendation.pictures import recommendation_view
from attention.ui.recommendation.text import READERS, SCENES, TEXT


def present(recommender: BookRecommender) -> None:
    """Cover the window with the visitor's own list and the scripted scenes; leave when they leave."""
    own = (state.books(), TEXT["own_scene"], TEXT["own_scene_comment"])
    scenes = [own, *((READERS[number].books, *said) for number, *said in SCENES)]
    views = []
    for books, heading, comment in scenes:
        answer = state.recommended(books, state.OPTIONS, None)
        if answer.map is not None and answer.items:  # the visitor's own list may be empty
            views.append(recommendation_view(recommender, answer, heading=heading, comment=comment))
    if not views or inspector_present(views, key="recommendation_present"):
        st.session_state[state.key("present")] = False
        st.rerun()


def start_presenting() -> None:
    st.session_state[state.key("present")] = True


def is_presenting() -> bool:
    return state.value("present")
