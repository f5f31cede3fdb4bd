"""What opens below the picture: the words, both models side by side, the check, the curve, the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from attention.figures.line_chart import Line, line_chart
from attention.mechanisms import Mechanism
from attention.speech.sound import Sound
from attention.speech.speller import DigitSpeller
from attention.speech.spelling import Spelling
from attention.training.card import card_text
from attention.ui import loading
from attention.ui.charts import as_table
from attention.ui.inspector import inspector
from attention.ui.page import notice, quiet
from attention.ui.sharing import show_card
from attention.ui.speech import state
from attention.ui.speech.charts import chart
from attention.ui.speech.failing import show_curve, trained_line
from attention.ui.speech.honesty import show_honesty
from attention.ui.speech.numbers import alignment_numbers
from attention.ui.speech.pictures import speech_view
from attention.ui.speech.saving import words_frame
from attention.ui.speech.text import SECTIONS, TEXT
from attention.ui.speech.wanted import Wanted

CURVES = ("valid_digits", "valid_words_3", "valid_exact_8", "inside")  # columns of the training log, in percent


def show_section(model: str, asked: Wanted, mechanism: Mechanism | None, spelling: Spelling | None) -> None:
    """Let the visitor open one of the deeper looks. spelling: None where the sound cannot be heard."""
    key = state.key("section")
    st.session_state[key] = state.value("more") or None
    st.segmented_control(TEXT["more"], SECTIONS, format_func=TEXT.get, key=key, on_change=_keep_section)
    more = state.value("more")
    if more == "curve":
        show_curve(tuple(state.models()))
    elif more == "card":
        show_model(loading.digit_speller(model))
    elif spelling is None or not more:
        return
    elif more == "heard":
        show_words(spelling, state.sound_of(asked))
    elif more == "compare":
        show_compare(model, asked, spelling)
    elif more == "honest":
        show_honesty(model, asked, mechanism, spelling)


def _keep_section() -> None:
    st.session_state[state.key("more")] = st.session_state[state.key("section")] or ""


def show_words(spelling: Spelling, sound: Sound) -> None:
    """Show what was heard word by word."""
    frame = words_frame(spelling, sound)
    if frame.empty:
        notice(TEXT["nothing_heard"])
        return
    with st.container(key="speech_words"):
        st.table(frame)
    quiet(TEXT["heard_caption" if sound.spans else "heard_caption_own"])


def show_compare(model: str, asked: Wanted, spelling: Spelling) -> None:
    """Show the same sound as the model heard it that differs in its awareness of location."""
    other = state.other_model(model)
    if other is None:
        notice(TEXT["compare_missing"])
        return
    speller, sound = loading.digit_speller(other), state.sound_of(asked)
    second = state.spelled(other, asked, state.mechanism(speller))
    titles = [state.model_title(one).capitalize() for one in (model, other)]
    notice(said_difference(titles, spelling, second))
    st.table(compare_frame(titles, (spelling, second), sound))
    st.markdown(f"##### {TEXT['compare_column'].format(which=titles[1])}")
    quiet(" ".join((TEXT["compare_caption"], trained_line((model, other)))))
    if second.words:
        inspector(speech_view(second, sound, {"view": state.value("view")}, name=other), key="speech_inspector_other")


def said_difference(titles: Sequence[str], first: Spelling, second: Spelling) -> str:
    """Say what each of two models spelled."""
    texts = [one.text.strip() or TEXT["nothing"] for one in (first, second)]
    if texts[0] == texts[1]:
        return TEXT["compare_same"].format(text=texts[0])
    return TEXT["compare_differ"].format(first=titles[0], text=texts[0], second=titles[1], other=texts[1])


def compare_frame(titles: Sequence[str], spellings: Sequence[Spelling], sound: Sound) -> pd.DataFrame:
    """Return the numbers of both alignments, a column a model."""
    columns = {
        TEXT["compare_column"].format(which=title): {
            TEXT["spelled"]: spelling.text or TEXT["nothing"],
            **({name: number for name, number, _ in alignment_numbers(spelling, sound)} if spelling.words else {}),
        }
        for title, spelling in zip(titles, spellings, strict=True)
    }
    return pd.DataFrame(columns).fillna("")


def show_model(speller: DigitSpeller) -> None:
    """Show the voices that the model knows, how its training went, and its card."""
    new_voice = speller.config.get("scores", {}).get("new_voice_accuracy")
    told = [] if new_voice is None else [TEXT["new_voice"].format(share=f"{new_voice:.0%}")]
    notice([TEXT["voices"], *told, TEXT["clips"]])
    lines = training_lines(speller.config.get("log", []))
    if lines:
        figure = line_chart(lines, TEXT["minutes"], TEXT["percent_axis"], dots=True)
        chart(figure, "training", TEXT["curve_training"])
        quiet(TEXT["curve_training"])
        as_table(pd.DataFrame(speller.config["log"]))
    show_card(state.PAGE, card_text(speller.card), TEXT["attribution"])


def training_lines(log: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Return the scores of a training log against minutes; one that the log lacks is left out."""
    lines = []
    for name in CURVES:
        points = [(float(row["minutes"]), float(row[name])) for row in log if "minutes" in row and name in row]
        if points:
            lines.append(Line(TEXT[f"log_{name}"], *zip(*points, strict=True)))
    return lines
