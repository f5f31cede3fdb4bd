"""The controls of the page of spoken digits: the sound and the attention; present, share and save."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention.mechanisms import Mechanism
from attention.speech.sound import Sound, write_wav
from attention.speech.spelling import Spelling
from attention.speech.strings import SPEEDS
from attention.ui.exports import weights_csv
from attention.ui.inspector import inspector_html
from attention.ui.links import Field, current_values, state_json
from attention.ui.page import offer_file, quiet
from attention.ui.sharing import show_open
from attention.ui.speech import state
from attention.ui.speech.pictures import speech_view
from attention.ui.speech.saving import python_code, words_csv
from attention.ui.speech.scenes import start_presenting
from attention.ui.speech.source import choose_source
from attention.ui.speech.state import ADJUSTED, PAGE
from attention.ui.speech.text import NOISES, NORMALISERS, TEXT
from attention.ui.speech.wanted import NO_NOISE, Wanted

FILE_STEM = "spoken-digits"


def toolbar() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Offer the sources and present; return where the link and the files go."""
    with st.container(horizontal=True, vertical_alignment="center", key="speech_source_row"):
        choose_source()
        st.space("stretch")
        st.button(TEXT["present"], on_click=start_presenting, key="speech_start")
        return st.popover(TEXT["share"]), st.popover(TEXT["save"])


def sound_controls(is_own: bool) -> None:
    """Change the sound; the alignment above follows. is_own: the visitor's own sound has no pauses to change."""
    with st.container(key="speech_sound_controls"):
        columns = st.columns(3, vertical_alignment="bottom", gap="medium")
        columns[0].slider(TEXT["speed"], *SPEEDS, step=0.05, key=state.key("speed"), help=TEXT["speed_help"])
        columns[1].select_slider(
            TEXT["noise"], NOISES, key=state.key("noise"), format_func=noise_title, help=TEXT["noise_help"]
        )
        columns[2].slider(
            TEXT["pause"],
            0.0,
            state.LONGEST_PAUSE,
            step=0.05,
            format="%.2f s",
            key=state.key("pause"),
            help=TEXT["pause_help"],
            disabled=is_own,
        )


def attention_controls(models: Sequence[str], standard: dict) -> None:
    """Change the attention; the alignment above follows."""
    with st.container(key="speech_attention_controls"):
        columns = st.columns((1.7, 2.2, 2, 0.8), vertical_alignment="bottom", gap="medium")
        if len(models) > 1:
            chosen = state.key("model_choice")
            st.session_state[chosen] = state.value("model")
            columns[0].segmented_control(
                TEXT["model"],
                models,
                format_func=state.model_title,
                key=chosen,
                help=TEXT["model_help"],
                on_change=_keep_model,
            )
        columns[1].slider(
            TEXT["temperature"], 0.1, 5.0, step=0.1, key=state.key("temperature"), help=TEXT["temperature_help"]
        )
        columns[2].selectbox(
            TEXT["normaliser"],
            NORMALISERS,
            format_func=TEXT.get,
            key=state.key("normaliser"),
            help=TEXT["normaliser_help"],
        )
        columns[3].button(
            TEXT["reset"],
            on_click=_reset,
            args=(standard,),
            key="speech_reset",
            disabled=not state.is_adjusted(standard),
        )


def noise_title(noise: str) -> str:
    return TEXT["none"] if noise == NO_NOISE else TEXT["decibels"].format(number=noise)


def show_save(
    fields: Sequence[Field], model: str, asked: Wanted, mechanism: Mechanism | None, sound: Sound, spelling: Spelling
) -> None:
    """Offer files of the sound and its spelling, the same in Python, and the way back in for a saved state.

    The files are made only when asked for, outside the session, so all that they need goes along.
    """
    values, initial = current_values(PAGE, fields), state.inspector_initial()

    def page() -> bytes:
        return inspector_html(speech_view(spelling, sound, initial), spelling.text).encode()

    def saved() -> bytes:
        return state_json(PAGE, fields, values, spelling.to_json())

    files = [
        ("save_wav", "wav", "audio/wav", lambda: write_wav(sound)),
        ("save_json", "json", "application/json", saved),
    ]
    if spelling.letters:
        files[:0] = [("save_html", "html", "text/html", page)]
        files[2:2] = [
            ("save_csv", "weights.csv", "text/csv", lambda: weights_csv(spelling.map)),
            ("save_words", "words.csv", "text/csv", lambda: words_csv(spelling, sound)),
        ]
    for label, ending, kind, make in files:
        offer_file(TEXT[label], make, f"{FILE_STEM}.{ending}", kind, f"speech_{label}", "stretch")
    if asked.is_own:
        quiet(TEXT["save_own"])
    quiet(TEXT["save_picture"])
    st.markdown(f"**{TEXT['python']}**")
    st.code(python_code(model, asked, mechanism), wrap_lines=True)
    show_open(PAGE, fields, state.restore)


def _keep_model() -> None:
    st.session_state[state.key("model")] = st.session_state[state.key("model_choice")] or state.value("model")


def _reset(standard: dict) -> None:
    for name in ADJUSTED:
        st.session_state[state.key(name)] = standard[name]
