"""Is the light honest? Attention beside what really happens without each word, and beside weights drawn by lot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from attention.figures.emotion_importance import emotion_importance_figure
from attention.language.faithfulness import EmotionImportance, emotion_importance
from attention.language.labels import EMOTIONS, NEUTRAL
from attention.language.reader import MAX_WORDS, EmotionReader
from attention.language.reading import EmotionReading
from attention.measures.faithfulness import draws_as_good
from attention.mechanisms import Mechanism
from attention.ui import loading
from attention.ui.charts import as_table
from attention.ui.language import state
from attention.ui.language.charts import chart
from attention.ui.language.text import TEXT
from attention.ui.page import notice, quiet
from attention.ui.wording import percent

DRAWS = 200
LEAST_POINTS = 0.5  # percentage points; a smaller fall is none


@st.cache_resource(max_entries=64, show_spinner=False)
def importance(model: str, text: str, emotion: int, mechanism: Mechanism | None) -> EmotionImportance:
    """Measure once for all visitors how much each word mattered."""
    reader = loading.emotion_reader(model)
    reading = state.read(model, text, mechanism)
    return emotion_importance(reader, reading, emotion, mechanism=mechanism)


def show_honesty(reader: EmotionReader, reading: EmotionReading) -> None:
    """Measure it for the emotion that is chosen in the picture, and say in words what came out."""
    if len(reading.words) > MAX_WORDS:
        notice(TEXT["honest_long"].format(words=len(reading.words)))
        return
    emotion = _choose_emotion(reading)
    found = importance(reader.name, reading.text, emotion, state.mechanism(reader))
    drops = 100 * found.leave_one_out
    notice([said_drop(found, emotion), said_agreement(found)])
    if mean := said_mean(reader.config.get("scores"), emotion):
        quiet(mean)
    panels = {
        TEXT["panel_attention"]: found.attention,
        TEXT["panel_left_out"]: drops,
        TEXT["panel_random"]: found.random,
    }
    chart(emotion_importance_figure(found.words, panels), "honesty", TEXT["honest_caption"])
    quiet(TEXT["honest_caption"])
    frame = pd.DataFrame({TEXT["word"]: found.words, **panels}).round(3)
    as_table(frame.set_index(TEXT["word"]))


def _choose_emotion(reading: EmotionReading) -> int:
    """Offer the emotions in the picture's order; choosing one here moves the light above, too."""
    order = [int(i) for i in state.order_of(reading)]
    key = "language_honest_emotion"
    st.session_state[key] = state.emotion(reading)
    st.selectbox(
        TEXT["honest_emotion"],
        order,
        format_func=EMOTIONS.__getitem__,
        key=key,
        width=300,
        on_change=lambda: state.choose_emotion(EMOTIONS[st.session_state[key]]),
    )
    return state.emotion(reading)


def said_drop(found: EmotionImportance, emotion: int) -> str:
    """Say which word the emotion needs most, and whether it is the brightest."""
    drops = 100 * found.leave_one_out
    most, lit = int(drops.argmax()), found.words[int(found.attention.argmax())]
    name = EMOTIONS[emotion].capitalize()
    if drops[most] < LEAST_POINTS:
        return TEXT["honest_none"].format(emotion=EMOTIONS[emotion])
    change = f"{drops[most]:.0f}" if drops[most] >= 1 else f"{drops[most]:.1f}"
    if found.words[most] == lit:
        return TEXT["honest_same"].format(emotion=EMOTIONS[emotion], lit=lit, change=change)
    return TEXT["honest_line"].format(emotion=name, dropped=found.words[most], lit=lit, change=change)


def said_agreement(found: EmotionImportance) -> str:
    """Say how well the two orders agree, and how well weights drawn by lot do."""
    if len(found.words) < 3:
        return TEXT["honest_short"]
    if np.isnan(found.tau_attention):
        return TEXT["honest_tied"]
    return TEXT["honest_tau"].format(
        words=len(found.words),
        degree=degree(found.tau_attention),
        tau=_signed(found.tau_attention),
        random=_signed(found.tau_random),
        better=draws_as_good(found.log_odds, found.tau_attention, DRAWS),
        draws=DRAWS,
    )


def said_mean(scores: Mapping[str, Any] | None, emotion: int) -> str:
    """Say how it was over many comments, as measured when the model was released; nothing when it was not."""
    found = ((scores or {}).get("light") or {}).get("neutral" if emotion == NEUTRAL else "emotions") or {}
    numbers = [found.get(name) for name in ("attention", "random", "top_attention", "top_random")]
    if None in numbers or (emotion == NEUTRAL and numbers[0] >= 0):
        return ""
    tau, random, top, top_random = numbers
    name = "honest_neutral" if emotion == NEUTRAL else "honest_mean"
    shown = {"tau": _signed(tau), "random": _signed(random), "top": percent(top), "top_random": percent(top_random)}
    return TEXT[name].format(texts=found["texts"], **shown)


def degree(tau: float) -> str:
    """Return a rank correlation in words."""
    for least, name in ((0.6, "close"), (0.35, "fair"), (0.1, "little"), (-0.2, "none")):
        if tau >= least:
            return TEXT[f"degree_{name}"]
    return TEXT["degree_opposite"]


def _signed(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")
