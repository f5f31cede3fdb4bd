"""The theory page from top to bottom: the table of contents, one chapter with its live figures, the way on."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib import import_module

import streamlit as st

from attention.content import Chapter, chapters, references
from attention.ui.links import Field, keep_values, open_link, show_link
from attention.ui.loading import prepare_process
from attention.ui.page import notice, quiet
from attention.ui.theory import state
from attention.ui.theory.corrections import show_corrections
from attention.ui.theory.parts import Opening, page_link
from attention.ui.theory.style import STYLE, TO_TOP
from attention.ui.theory.text import TEXT

# live figure -> the module beside this one whose function of that name draws it and returns the playground's state
MODULES = {
    "visual_search": "selecting",
    "soft_lookup": "looking_up",
    "kernel_regression": "looking_up",
    "scores": "scoring",
    "temperature": "normalising",
    "saturation": "normalising",
    "masks": "masking",
    "positions": "placing",
    "heads": "translating",
    "switch": "switching",
    "layer_costs": "measuring",
    "gradient_flow": "measuring",
    "sparse_masks": "saving_work",
    "linear_error": "saving_work",
    "faithfulness": "explaining",
    "applications": "translating",
    "tuning": "tuning",
    "questions": "answering",
    "catalogue": "listing",
}


def show() -> None:
    """Draw the page."""
    problems = open_link(state.PAGE, state.FIELDS)
    st.html(STYLE)
    listed = chapters()
    chosen = state.value("chapter")
    with st.container(key="theory_frame"):
        aside, column = st.columns((1, 3.6), gap="large")
        with aside:
            _contents(listed)
        with column:
            _menu(listed)
            notice(problems, error=True)
            if chosen == state.CORRECTIONS:
                show_corrections()
                show_link(state.PAGE, (state.CHAPTER, state.KIND))
            else:
                _show_chapter(next(one for one in listed if one.name == chosen))
            _way_on(listed, chosen)
    _top_component()(data={"chapter": chosen}, key="theory_top")


def titles(listed: Sequence[Chapter]) -> dict[str, str]:
    """Return what the menu calls each part of the page, by name."""
    named = {chapter.name: f"{chapter.number}\u2002{chapter.short}" for chapter in listed}
    return named | {state.CORRECTIONS: TEXT["corrections_short"]}


def _contents(listed: Sequence[Chapter]) -> None:
    """Draw the table of contents that stays beside the text on a wide screen."""
    named = titles(listed)
    st.session_state["theory_contents"] = state.value("chapter")
    with st.container(key="theory_aside"):
        st.radio(
            TEXT["contents"],
            list(named),
            format_func=named.get,
            key="theory_contents",
            on_change=lambda: state.open_chapter(st.session_state["theory_contents"]),
        )


def _menu(listed: Sequence[Chapter]) -> None:
    """Draw the same as one box, for narrow screens."""
    named = titles(listed)
    st.session_state["theory_menu"] = state.value("chapter")
    with st.container(key="theory_narrow"):
        st.selectbox(
            TEXT["contents"],
            list(named),
            format_func=named.get,
            key="theory_menu",
            label_visibility="collapsed",
            on_change=lambda: state.open_chapter(st.session_state["theory_menu"]),
        )


def _show_chapter(chapter: Chapter) -> None:
    """Write the text at once, then fill in the figures, the first of which may have to wait for torch."""
    title = f'<p class="theory-number">{escape(TEXT["chapter"].format(number=chapter.number))}</p>'
    st.html(f'{title}<h1 class="lab-title" tabindex="-1">{escape(chapter.title)}</h1>')
    places = {}
    for number, part in enumerate(chapter.parts):
        if part.kind == "text":
            with st.container(key=f"theory_text_{number}"):
                st.markdown(part.content)
        else:
            with st.container(key=f"theory_figure_{part.content}"):
                places[part.content] = st.empty()
    _references(chapter)
    if "torch" not in sys.modules:
        for place in places.values():
            with place:
                quiet(TEXT["loading"])
    prepare_process()
    fields = state.shown_fields(chapter.figures)
    for name, place in places.items():
        with place.container():
            _live(name, fields, dict(chapter.playground))


@st.fragment
def _live(name: str, fields: Sequence[Field], opening: dict) -> None:
    """Draw one figure with its controls; a change redraws it alone."""
    keep_values(state.PAGE, state.FIELDS)
    found = getattr(import_module(f"attention.ui.theory.{MODULES[name]}"), name)()
    if not isinstance(found, Opening):
        found = Opening(opening if found is None else found, "")
    with st.container(key=f"theory_open_{name}"):
        page_link("playground", TEXT["open_playground"], found.state)
        if found.note:
            quiet(found.note)
    show_link(state.PAGE, fields, slot=name)


def _references(chapter: Chapter) -> None:
    known = references()
    lines = "".join(
        f'<li>{escape(known[name].line)} <a href="{escape(known[name].url)}" rel="noopener noreferrer">'
        f"{escape(known[name].url.removeprefix('https://'))}</a></li>"
        for name in chapter.references
    )
    st.html(f'<section class="theory-references"><h2>{escape(TEXT["references"])}</h2><ul>{lines}</ul></section>')


def _way_on(listed: Sequence[Chapter], chosen: str) -> None:
    """Offer the chapter before and the one after."""
    named = titles(listed)
    before, after = state.neighbours(chosen)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="theory_way"):
        for name, form in ((before, "previous"), (after, "next")):
            if name:
                label = TEXT[form].format(title=named[name].partition("\u2002")[2] or named[name])
                st.button(label, key=f"theory_{form}", type="tertiary", on_click=state.open_chapter, args=(name,))


@cache
def _top_component():
    return st.components.v2.component("attention_lab.theory_top", js=TO_TOP)
