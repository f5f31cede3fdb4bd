"""What attention explains: its weights beside gradients and beside leaving words out, for one word of a translation."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from attention.figures.importance_bars import importance_figure
from attention.measures.faithfulness import rank_correlation
from attention.translation.faithfulness import Importance, word_importance
from attention.ui import loading
from attention.ui.theory import state
from attention.ui.theory.parts import Opening, caption, chart, signed, table, tell
from attention.ui.theory.text import TEXT
from attention.ui.theory.translating import first_part, sentence_box, translator

METHODS = ("attention", "gradient", "leave_one_out", "random")


@st.cache_resource(show_spinner=False, max_entries=128)
def importance_of(model: str, text: str, word: int) -> Importance:
    """Return how much each source word matters for one target word; measured once for all visitors."""
    return word_importance(loading.translator(model), first_part(text), word)


def faithfulness() -> Opening | None:
    """Draw four measures of every source word's importance, and how well their orders agree."""
    model = translator()
    sentence_box("faith_text")
    answer = first_part(state.value("faith_text")) if model else None
    if answer is None:
        return None
    words = [word.text for word in answer.target_words[:-1]] or [answer.target_words[-1].text]
    st.session_state[state.key("word")] = min(state.value("word"), len(words) - 1)
    st.pills(TEXT["word"], range(len(words)), format_func=words.__getitem__, key=state.key("word"), required=True)
    found = importance_of(state.MODEL, answer.source, state.value("word"))
    names = {name: TEXT[f"panel_{name}"] for name in METHODS}
    chart(importance_figure(found, names=names), "faithfulness", TEXT["faith_alt"])
    taus = {name: rank_correlation(found.attention, getattr(found, name)).kendall for name in METHODS[1:]}
    say = TEXT["faith_said"].format(word=found.target, **{name: order(tau) for name, tau in taus.items()})
    tell(say)
    caption("faithfulness")
    labels = [f"{number} {word}" for number, word in enumerate(found.words, start=1)]
    measures = {TEXT[f"panel_{name}"]: getattr(found, name) for name in METHODS}
    table(pd.DataFrame(measures, index=labels).round(3), "importance")
    opening = {"section": "live", "live": answer.source, "model": state.MODEL}
    return Opening(opening, TEXT["faithfulness_opens"])


def order(tau: float) -> str:
    return TEXT["no_order"] if math.isnan(tau) else signed(tau)
