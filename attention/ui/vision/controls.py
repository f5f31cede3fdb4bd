"""The controls of the vision page: what to look for, the scene, the attention; share, save and present."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention.ui.exports import weights_csv
from attention.ui.inspector import inspector_html
from attention.ui.links import Field, current_values, state_json
from attention.ui.page import offer_file, quiet
from attention.ui.sharing import show_open
from attention.ui.vision import state
from attention.ui.vision.answers import answer_line, answer_of
from attention.ui.vision.meant import is_here
from attention.ui.vision.pictures import finding_view
from attention.ui.vision.saving import digits_csv, finding_record, python_code, scene_png
from attention.ui.vision.scenes import start_presenting
from attention.ui.vision.state import ADJUSTED, PAGE, Seen
from attention.ui.vision.text import EXAMPLES, NORMALISERS, PHRASES, SOURCES, TEXT
from attention.vision.finding import Finding

TRIES = 40  # scenes looked through for one in which the phrase means something
ALLOWED_ABSENT = 0.2  # share of new scenes that may lack what is looked for


def choose_phrase() -> None:
    """Let the visitor type what to look for, or take a phrase."""
    with st.container(key="vision_find_sentence"):
        st.text_input(
            TEXT["find"],
            key=state.key("find"),
            max_chars=state.PHRASE_CHARACTERS,
            placeholder=TEXT["placeholder"],
            label_visibility="collapsed",
            on_change=state.forget,
        )
    key = state.key("phrase")
    st.session_state[key] = state.value("find") if state.value("find") in PHRASES else None
    st.pills(TEXT["phrases"], PHRASES, key=key, on_change=_take_phrase, label_visibility="collapsed")


def toolbar() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Choose the picture; draw a new scene; present. Returns where share and save go."""
    with st.container(horizontal=True, vertical_alignment="center", key="vision_toolbar"):
        key = "vision_source_choice"
        st.session_state[key] = state.value("source")
        st.segmented_control(
            TEXT["source"],
            SOURCES,
            format_func=TEXT.get,
            key=key,
            on_change=_take_source,
            label_visibility="collapsed",
        )
        if state.value("source") == "scene":
            st.button(TEXT["new_scene"], on_click=_new_scene, key="vision_new")
        st.space("stretch")
        st.button(TEXT["present"], on_click=start_presenting, key="vision_start")
        return st.popover(TEXT["share"]), st.popover(TEXT["save"])


def scene_controls() -> None:
    """Make the scene harder or easier; what does not apply to the visitor's own picture is left out."""
    seen = state.seen()
    if seen.scene is None:
        return
    generated = seen.mark[0] == "scene"
    names = ("count", "clutter", "noise", "cover", "overlap") if generated else state.OWN_SCENE
    with st.container(key="vision_scene"):
        for column, name in zip(st.columns(len(names)), names, strict=True):
            field = next(one for one in state.fields() if one.name == name)
            step = 1 if name == "count" else 0.1
            said = name.removeprefix("own_")
            column.slider(TEXT[said], field.low, field.high, step=step, key=state.key(name), help=TEXT[f"{said}_help"])
        if generated:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.toggle(TEXT["repeats"], key=state.key("repeats"), help=TEXT["repeats_help"])
                choose_example()


def choose_example() -> None:
    """Offer scenes that show something."""
    titles = [example.title for example in EXAMPLES]
    key = state.key("example")
    now = state.settings()
    st.session_state[key] = next(
        (one.title for one in EXAMPLES if state.settings_of(one.settings) == now and state.value("find") == one.find),
        None,
    )
    st.pills(TEXT["examples"], titles, key=key, on_change=_take_example, label_visibility="collapsed")


def attention_controls() -> None:
    """Change the attention; the picture above follows."""
    with st.container(key="vision_controls"):
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
        columns[2].button(TEXT["reset"], on_click=_reset, key="vision_reset", disabled=not is_adjusted())


def is_adjusted() -> bool:
    return any(state.value(name) != default for name, default in _standard().items())


def show_save(fields: Sequence[Field], finding: Finding, seen: Seen, phrase: str) -> None:
    """Offer files of the finding, the same in Python, and the way back in for a saved state."""
    _downloads(fields, current_values(PAGE, fields), finding, seen)
    quiet(TEXT["save_picture"])
    if seen.mark[0] == "photo":
        quiet(TEXT["save_photo"])
    st.markdown(f"**{TEXT['python']}**")
    st.code(python_code(seen, phrase, state.mechanism_now()), wrap_lines=True)
    show_open(PAGE, fields, state.restore)


def _downloads(fields: Sequence[Field], values: Mapping, finding: Finding, seen: Seen) -> None:
    """Offer the files, each made only when asked for; that happens outside the session, so all they need goes along."""
    initial = {"view": values["view"]}

    def page() -> bytes:
        view = finding_view(state.MODEL, finding, seen, initial=initial)
        return inspector_html(view, answer_line(answer_of(finding))).encode()

    for name, ending, kind, make in (
        ("save_html", "html", "text/html", page),
        ("save_image", "scene.png", "image/png", lambda: scene_png(seen.image)),
        ("save_csv", "weights.csv", "text/csv", lambda: weights_csv(finding.digits)),
        ("save_digits", "csv", "text/csv", lambda: digits_csv(finding, seen.scene)),
        ("save_json", "json", "application/json",
         lambda: state_json(PAGE, fields, values, finding_record(finding, seen))),
    ):  # fmt: skip
        stem = f"{state.MODEL}-" if ending == "scene.png" else f"{state.MODEL}."
        offer_file(TEXT[name], make, f"{stem}{ending}", kind, f"vision_{name}", "stretch")


def _new_scene() -> None:
    """Draw another scene; most hold what is looked for, some do not, and then the model should say so."""
    phrase, now = state.phrase(), state.settings()
    for number in range(TRIES):
        seed = random.randrange(state.HIGHEST_SEED + 1)
        if number == 0 and random.random() < ALLOWED_ABSENT:
            break
        if is_here(phrase, state.generated(state.with_seed(now, seed)).scene):
            break
    st.session_state[state.key("seed")] = seed
    state.forget()


def _take_phrase() -> None:
    chosen = st.session_state[state.key("phrase")]
    if chosen:
        state.set_find(chosen)


def _take_source() -> None:
    chosen = st.session_state["vision_source_choice"]
    if chosen:
        state.set_source(chosen)


def _take_example() -> None:
    chosen = st.session_state[state.key("example")]
    for number, example in enumerate(EXAMPLES):
        if example.title == chosen:
            state.take_example(number)


def _reset() -> None:
    for name, default in _standard().items():
        st.session_state[state.key(name)] = default


def _standard() -> dict:
    return {field.name: field.default for field in state.fields() if field.name in ADJUSTED}
