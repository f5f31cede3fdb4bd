"""“The article, corrected”: what a well-read article says, what is right, and a link that shows it live."""

from __future__ import annotations

import streamlit as st

from attention.content import KINDS, Correction, corrections, corrections_introduction
from attention.ui.links import FieldError
from attention.ui.page import quiet
from attention.ui.theory import state
from attention.ui.theory.parts import page_link
from attention.ui.theory.text import TEXT


def show_corrections() -> None:
    """Draw the introduction, the filter and one entry for each correction of the chosen kind."""
    st.html(f'<h1 class="lab-title" tabindex="-1">{TEXT["corrections_title"]}</h1>')
    with st.container(key="theory_text_corrections"):
        st.markdown(corrections_introduction())
    rows = corrections()
    counts = {kind: sum(row.kind == kind for row in rows) for kind in KINDS}
    st.session_state["theory_kinds"] = state.value("kind") or None
    st.pills(
        TEXT["kind"],
        [kind for kind in KINDS if counts[kind]],
        format_func=lambda kind: f"{TEXT[f'kind_{kind}']} {counts[kind]}",
        key="theory_kinds",
        on_change=_keep_kind,
    )
    chosen = [row for row in rows if state.value("kind") in ("", row.kind)]
    quiet(TEXT["corrections_count"].format(count=len(chosen), total=len(rows)))
    with st.container(key="theory_corrections"):
        _head()
        for row in chosen:
            _entry(row)


def _keep_kind() -> None:
    st.session_state[state.key("kind")] = st.session_state["theory_kinds"] or ""


def _head() -> None:
    with st.container(key="theory_correction_head"):
        columns = st.columns((1, 1.25))
        for column, name in zip(columns, ("says", "right"), strict=True):
            with column:
                quiet(TEXT[name])


def _entry(row: Correction) -> None:
    """Draw one entry: left what the article says, right what holds, its source, and where to see it."""
    with st.container(key=f"theory_correction_{row.number}"):
        left, right = st.columns((1, 1.25), gap="medium")
        with left:
            quiet(TEXT["correction_place"].format(number=row.number, place=row.place, kind=TEXT[f"kind_{row.kind}"]))
            with st.container(key=f"theory_says_{row.number}"):
                st.markdown(row.says)
            _see(row)
        with right:
            with st.container(key=f"theory_right_{row.number}"):
                st.markdown(row.right)
            if row.source:
                quiet(TEXT["source"].format(source=row.source))


def _see(row: Correction) -> None:
    """Link to the page that shows the matter; on this page, turn to the chapter."""
    if row.page != state.PAGE:
        page_link(row.page, row.link_title, row.link)
        return
    st.button(
        row.link_title, key=f"theory_see_{row.number}", type="tertiary", on_click=_open_here, args=(dict(row.link),)
    )


def _open_here(link: dict) -> None:
    """Set this page's own fields from a link; a value that a field refuses is left as it was."""
    for name, value in link.items():
        field = next((one for one in state.FIELDS if one.name == name), None)
        if field is None:
            continue
        try:
            st.session_state[state.key(name)] = field.check(value)
        except FieldError:
            continue

