"""Where the sound comes from: a string put together from clips, the microphone, or a file."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from attention.speech.clips import voices
from attention.speech.sound import MAX_BYTES, MAX_SECONDS
from attention.ui.page import notice, quiet
from attention.ui.speech import state
from attention.ui.speech.own import forget_own, own_problem, own_sound, take_own
from attention.ui.speech.text import EXAMPLES, SOURCES, TEXT, Example
from attention.ui.speech.wanted import MIXED, DigitsError, digits_of

RECORDING_HZ = 16_000
STYLE = """<style>
.st-key-speech_first_sentence input { letter-spacing: 0.08em; }
.st-key-speech_source_row [data-testid="stButtonGroup"] > div { flex-wrap: nowrap; }
</style>"""


def choose_source() -> None:
    """Choose between building, recording and uploading."""
    chosen = state.key("source_choice")
    st.session_state[chosen] = state.value("source")
    st.segmented_control(
        TEXT["source"],
        SOURCES,
        format_func=TEXT.get,
        key=chosen,
        label_visibility="collapsed",
        on_change=_keep_source,
    )


def show_source() -> None:
    """Draw what belongs to the source that is chosen, and say what could not be used."""
    source = state.value("source")
    if source == "build":
        _build()
        return
    if source == "record":
        _record()
    else:
        _upload()
    if problem := own_problem(source):
        notice(problem, error=True)
    own = own_sound(source)
    if own is None:
        quiet(f"{TEXT[f'own_none_{source}']} {TEXT['own_stays']}")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        quiet(TEXT["own_kept"].format(name=own.name, seconds=f"{own.sound.seconds:.1f}"))
        st.button(
            TEXT["own_forget"], key=f"speech_forget_{source}", on_click=forget_own, args=(source,), type="tertiary"
        )
    quiet(TEXT["own_stays"])


def _build() -> None:
    st.html(STYLE)
    titles = {voice.name: voice.title for voice in voices()} | {MIXED: TEXT["mixed"]}
    columns = st.columns((3, 1.3), vertical_alignment="bottom")
    with columns[0], st.container(key="speech_first_sentence"):
        st.text_input(
            TEXT["digits"], key=state.key("digits"), placeholder=TEXT["digits_hint"], max_chars=state.DIGITS_CHARS
        )
    columns[1].selectbox(TEXT["voice"], list(titles), format_func=titles.get, key=state.key("voice"))
    try:
        digits_of(state.value("digits"))
    except DigitsError as error:
        notice(f"{error} {TEXT['stays']}", error=True)
    _examples([voice.name for voice in voices()])


def _examples(names: Sequence[str]) -> None:
    by_title = {example.title: example for example in EXAMPLES}
    chosen = state.key("example")
    st.session_state[chosen] = next((title for title, one in by_title.items() if _is_set(one, names)), None)
    st.pills(
        TEXT["examples"],
        list(by_title),
        key=chosen,
        on_change=lambda: _take_example(by_title, names),
        label_visibility="collapsed",
    )


def _record() -> None:
    quiet(TEXT["record_hint"].format(seconds=f"{MAX_SECONDS:.0f}"))
    st.audio_input(
        TEXT["record_label"],
        sample_rate=RECORDING_HZ,
        key="speech_recording",
        on_change=take_own,
        args=("record", "speech_recording"),
    )


def _upload() -> None:
    megabytes = MAX_BYTES >> 20
    st.file_uploader(
        TEXT["upload_label"],
        max_upload_size=megabytes,
        key="speech_file",
        on_change=take_own,
        args=("upload", "speech_file"),
    )
    quiet(TEXT["upload_hint"].format(megabytes=megabytes, seconds=f"{MAX_SECONDS:.0f}"))


def settings_of(example: Example, names: Sequence[str]) -> dict:
    """Return the values that an example gives to the fields."""
    voice = example.voice or names[0]
    return {
        "digits": example.digits,
        "voice": voice,
        "noise": example.noise,
        "speed": example.speed,
        "pause": example.pause,
    }


def _is_set(example: Example, names: Sequence[str]) -> bool:
    return all(state.value(name) == one for name, one in settings_of(example, names).items())


def _take_example(by_title: dict[str, Example], names: Sequence[str]) -> None:
    title = st.session_state[state.key("example")]
    if title:
        for name, one in settings_of(by_title[title], names).items():
            st.session_state[state.key(name)] = one


def _keep_source() -> None:
    st.session_state[state.key("source")] = st.session_state[state.key("source_choice")] or state.value("source")
