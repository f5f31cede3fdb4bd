"""The controls of the translation page: sentence, model, attention; share, save and present."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention.translation.translator import TextError, Translation, Translator
from attention.ui import loading
from attention.ui.exports import weights_csv
from attention.ui.inspector import inspector_html
from attention.ui.links import Field, current_values, state_json, widget_key
from attention.ui.page import notice, offer_file, quiet
from attention.ui.sharing import show_open
from attention.ui.translation import state
from attention.ui.translation.pictures import translation_view
from attention.ui.translation.saving import answer_record, python_code
from attention.ui.translation.scenes import start_presenting
from attention.ui.translation.state import PAGE
from attention.ui.translation.text import EXAMPLES, NORMALISERS, TEXT

ADJUSTED = ("temperature", "normaliser", "beam", "length_penalty")


def choose_sentence(target: str) -> None:
    """Let the visitor type a sentence, or take one that shows something."""
    examples = {example.title: example.sentence for example in EXAMPLES.get(target, EXAMPLES["fr"])}
    st.text_input(
        TEXT["sentence"],
        key=widget_key(PAGE, "sentence"),
        placeholder=TEXT["placeholder"],
        max_chars=2000,
        label_visibility="collapsed",
        on_change=_forget_part,
    )
    key = widget_key(PAGE, "example")
    st.session_state[key] = next((t for t, s in examples.items() if s == state.value("sentence")), None)
    st.pills(
        TEXT["examples"],
        list(examples),
        key=key,
        on_change=lambda: _take_example(examples),
        label_visibility="collapsed",
    )


def toolbar(models: Mapping[str, str]) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Choose the model and present; return where `show_share` and `show_save` go."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="translation_toolbar"):
        st.selectbox(
            TEXT["model"],
            list(models),
            format_func=models.get,
            key=widget_key(PAGE, "model"),
            label_visibility="collapsed",
            width=300,
            on_change=_forget_part,
        )
        st.button(TEXT["present"], on_click=start_presenting, key="translation_start")
        return st.popover(TEXT["share"]), st.popover(TEXT["save"])


def choose_part(answer: Translation) -> int:
    """Let the visitor choose a sentence of a longer text; return its index."""
    parts = len(answer.parts)
    key = widget_key(PAGE, "part")
    if st.session_state[key] >= parts:
        st.session_state[key] = 0
    if parts == 1:
        return 0
    quiet(f"{TEXT['whole']}: {answer.translation}")
    return st.selectbox(
        TEXT["part"], range(parts), format_func=lambda i: f"{i + 1} / {parts}   {answer.parts[i].source}", key=key
    )


def attention_controls() -> None:
    """Change the attention and the search; the picture above follows."""
    with st.container(key="translation_controls"):
        columns = st.columns((3, 2.4, 2.2, 2.2, 1), vertical_alignment="bottom")
        columns[0].slider(
            TEXT["temperature"], 0.1, 5.0, step=0.1, key=_key("temperature"), help=TEXT["temperature_help"]
        )
        columns[1].selectbox(
            TEXT["normaliser"],
            NORMALISERS,
            format_func=TEXT.get,
            key=_key("normaliser"),
            help=TEXT["normaliser_help"],
        )
        columns[2].slider(TEXT["beam"], 1, 8, key=_key("beam"), help=TEXT["beam_help"])
        columns[3].slider(
            TEXT["length_penalty"], 0.0, 2.0, step=0.1, key=_key("length_penalty"), help=TEXT["length_penalty_help"]
        )
        columns[4].button(TEXT["reset"], on_click=_reset, key="translation_reset", disabled=not _is_adjusted())


def _key(name: str) -> str:
    return widget_key(PAGE, name)


def _is_adjusted() -> bool:
    standard = {field.name: field.default for field in state.fields(("",))}
    return any(state.value(name) != standard[name] for name in ADJUSTED)


def _reset() -> None:
    for field in state.fields(("",)):
        if field.name in ADJUSTED:
            st.session_state[_key(field.name)] = field.default


def _take_example(examples: Mapping[str, str]) -> None:
    chosen = st.session_state[widget_key(PAGE, "example")]
    if chosen:
        st.session_state[_key("sentence")] = examples[chosen]
        _forget_part()


def _forget_part() -> None:
    st.session_state[_key("part")] = 0
    st.session_state[_key("step")] = state.NONE


def show_save(fields: Sequence[Field]) -> None:
    """Offer files of the answer, the same in Python, and the way back in for a saved state."""
    values = current_values(PAGE, fields)
    translator = loading.translator(values["model"])
    try:
        answer = state.translated(translator.name, values["sentence"], state.options(), state.mechanism(translator))
    except TextError as error:
        notice(str(error), error=True)
    else:
        _downloads(fields, values, translator, answer)
    show_open(PAGE, fields, state.restore)


def _downloads(fields: Sequence[Field], values: Mapping, translator: Translator, answer: Translation) -> None:
    """Offer the files, each made only when asked for; that happens outside the session, so all they need goes along."""
    part = answer.parts[min(values["part"], len(answer.parts) - 1)]
    initial = state.inspector_initial()

    def page() -> bytes:
        view = translation_view(translator, part, initial=initial)
        return inspector_html(view, f"{part.source} → {part.translation}").encode()

    for name, ending, kind, make in (
        ("save_html", "html", "text/html", page),
        ("save_csv", "csv", "text/csv", lambda: weights_csv(answer.map)),
        ("save_json", "json", "application/json", lambda: state_json(PAGE, fields, values, answer_record(answer))),
    ):
        offer_file(TEXT[name], make, f"{translator.name}.{ending}", kind, f"translation_{name}", "stretch")
    quiet(TEXT["save_picture"])
    st.markdown(f"**{TEXT['python']}**")
    own = values["own"].strip() if values["more"] == "own" else ""
    code = python_code(translator.name, part.source, state.options(), state.mechanism(translator), own or None)
    st.code(code, wrap_lines=True)
