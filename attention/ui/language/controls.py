"""The controls of the language page: text, attention; share, save and present."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention.language.reader import EmotionReader
from attention.language.reading import EmotionReading
from attention.language.words import TextError
from attention.ui import loading
from attention.ui.exports import weights_csv
from attention.ui.inspector import inspector_html
from attention.ui.language import state
from attention.ui.language.pictures import answer_html, emotion_view
from attention.ui.language.saving import probabilities_csv, python_code, reading_record
from attention.ui.language.scenes import start_presenting
from attention.ui.language.state import PAGE
from attention.ui.language.text import EXAMPLES, NORMALISERS, TEXT
from attention.ui.links import Field, current_values, state_json
from attention.ui.page import notice, offer_file, quiet
from attention.ui.sharing import show_open

ADJUSTED = ("temperature", "normaliser")
MOST_WORDS = 400  # of a text that the picture shows as a whole
STYLE = """<style>
[class*="st-key-language_"][class*="_sentence"] textarea { font-size: 1.2rem; line-height: 1.45; max-height: 16rem; }
@supports (field-sizing: content) {
  [class*="st-key-language_"][class*="_sentence"] textarea {
    field-sizing: content; height: auto !important; min-height: 3.2rem; }
}
</style>"""


def choose_text() -> None:
    """Let the visitor type or paste a text, or take one that shows something."""
    st.html(STYLE)
    examples = {example.title: example.text for example in EXAMPLES}
    with st.container(key="language_first_sentence"):
        st.text_area(
            TEXT["text"],
            key=state.key("text"),
            placeholder=TEXT["placeholder"],
            height="content",
            label_visibility="collapsed",
            on_change=state.forget,
        )
    key = state.key("example")
    st.session_state[key] = next((title for title, text in examples.items() if text == state.value("text")), None)
    st.pills(
        TEXT["examples"],
        list(examples),
        key=key,
        on_change=lambda: _take_example(examples),
        label_visibility="collapsed",
    )


def toolbar(models: Mapping[str, str]) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Choose the model, where there are several, and present; return where `show_share` and `show_save` go."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="language_toolbar"):
        if len(models) > 1:
            st.selectbox(
                TEXT["model"],
                list(models),
                format_func=models.get,
                key=state.key("model"),
                label_visibility="collapsed",
                width=300,
                on_change=state.forget,
            )
        st.button(TEXT["present"], on_click=start_presenting, key="language_start")
        return st.popover(TEXT["share"]), st.popover(TEXT["save"])


def choose_part(reading: EmotionReading) -> int:
    """Let the visitor choose the whole of a longer text or one sentence; return 0 or the sentence's number."""
    sentences = reading.sentences
    key = state.key("part")
    if len(sentences) == 1:
        st.session_state[key] = 0
        return 0
    first, last = 0 if len(reading.words) <= MOST_WORDS else 1, min(len(sentences), state.MOST_PARTS)
    if not first <= st.session_state[key] <= last:
        st.session_state[key] = first
    said = []
    if first:
        quiet(TEXT["whole"].format(sentences=len(sentences)))
        st.html(answer_html(reading))
        said.append(TEXT["too_long_whole"].format(words=MOST_WORDS))
    if last < len(sentences):
        said.append(TEXT["too_many_sentences"].format(shown=last, sentences=len(sentences)))
    if said:
        quiet(" ".join(said))
    return st.selectbox(
        TEXT["part"],
        range(first, last + 1),
        format_func=lambda number: _part_name(reading, number),
        key=key,
        on_change=state.restore,
    )


def attention_controls() -> None:
    """Change the attention; the picture above follows."""
    with st.container(key="language_controls"):
        columns = st.columns((3, 2.4, 1, 2.4), vertical_alignment="bottom")
        columns[0].slider(
            TEXT["temperature"], 0.1, 5.0, step=0.1, key=state.key("temperature"), help=TEXT["temperature_help"]
        )
        columns[1].selectbox(
            TEXT["normaliser"],
            NORMALISERS,
            format_func=TEXT.get,
            key=state.key("normaliser"),
            help=TEXT["normaliser_help"],
        )
        columns[2].button(TEXT["reset"], on_click=_reset, key="language_reset", disabled=not _is_adjusted())


def show_save(fields: Sequence[Field]) -> None:
    """Offer files of the reading, the same in Python, and the way back in for a saved state."""
    values = current_values(PAGE, fields)
    reader = loading.emotion_reader(values["model"])
    try:
        reading = state.read(reader.name, values["text"], state.mechanism(reader))
    except TextError as error:
        notice(str(error), error=True)
    else:
        _downloads(fields, values, reader, reading)
    show_open(PAGE, fields, state.restore)


def _downloads(fields: Sequence[Field], values: Mapping, reader: EmotionReader, reading: EmotionReading) -> None:
    """Offer the files, each made only when asked for; that happens outside the session, so all they need goes along."""
    part = part_of(reading, values["part"])
    initial = state.inspector_initial(part)

    def page() -> bytes:
        return inspector_html(emotion_view(reader.name, part, initial), " ".join(part.text.split())).encode()

    for name, ending, kind, make in (
        ("save_html", "html", "text/html", page),
        ("save_csv", "csv", "text/csv", lambda: weights_csv(part.map)),
        ("save_probabilities", "csv", "text/csv", lambda: probabilities_csv(reading)),
        ("save_json", "json", "application/json", lambda: state_json(PAGE, fields, values, reading_record(reading))),
    ):
        stem = f"{reader.name}-probabilities" if name == "save_probabilities" else reader.name
        offer_file(TEXT[name], make, f"{stem}.{ending}", kind, f"language_{name}", "stretch")
    quiet(TEXT["save_picture"])
    st.markdown(f"**{TEXT['python']}**")
    st.code(python_code(reader.name, part.text, state.mechanism(reader)), wrap_lines=True)


def part_of(reading: EmotionReading, number: int) -> EmotionReading:
    """Return a sentence by its number from 1, or the whole for 0."""
    return reading.sentences[number - 1] if 1 <= number <= len(reading.sentences) else reading


def _part_name(reading: EmotionReading, number: int) -> str:
    sentences = len(reading.sentences)
    if number == 0:
        return TEXT["whole"].format(sentences=sentences)
    text = " ".join(reading.sentences[number - 1].text.split())
    return TEXT["sentence"].format(number=number, sentences=sentences, text=text)


def _is_adjusted() -> bool:
    return any(state.value(name) != default for name, default in _standard().items())


def _reset() -> None:
    for name, default in _standard().items():
        st.session_state[state.key(name)] = default


def _standard() -> dict:
    return {field.name: field.default for field in state.fields(("",)) if field.name in ADJUSTED}


def _take_example(examples: Mapping[str, str]) -> None:
    chosen = st.session_state[state.key("example")]
    if chosen:
        st.session_state[state.key("text")] = examples[chosen]
        st.session_state[state.key("second")] = ""
        state.forget()
