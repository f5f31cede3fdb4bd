"""The controls of the recommendation page: import, present, share, save; the ten books and the attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention.recommendation.answer import Recommendations
from attention.recommendation.lists import export_list
from attention.recommendation.recommender import BookRecommender
from attention.ui.exports import weights_csv
from attention.ui.inspector import inspector_html
from attention.ui.links import Field, current_values, state_json
from attention.ui.page import offer_file, quiet
from attention.ui.recommendation import state
from attention.ui.recommendation.importing import show_import
from attention.ui.recommendation.listing import choose_reader
from attention.ui.recommendation.pictures import found_title, recommendation_view
from attention.ui.recommendation.saving import answer_record, python_code, recommendations_csv
from attention.ui.recommendation.scenes import start_presenting
from attention.ui.recommendation.state import ADJUSTED, PAGE
from attention.ui.recommendation.text import AUTHORS, NORMALISERS, TEXT
from attention.ui.sharing import show_open


def toolbar() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Offer the example readers, import and present; return where `show_share` and `show_save` go."""
    with st.container(horizontal=True, vertical_alignment="center", key="recommendation_toolbar"):
        choose_reader()
        st.space("stretch")
        with st.popover(TEXT["import"]):
            show_import()
        st.button(TEXT["present"], on_click=start_presenting, key="recommendation_start")
        return st.popover(TEXT["share"]), st.popover(TEXT["save"])


def attention_controls() -> None:
    """Change how books are chosen, and the attention; the picture above follows."""
    with st.container(key="recommendation_controls"):
        columns = st.columns((2.5, 1.9, 2.4, 2.2, 1), vertical_alignment="bottom")
        columns[0].slider(TEXT["surprise"], 0.0, 1.0, step=0.05, key=state.key("surprise"), help=TEXT["surprise_help"])
        columns[1].selectbox(
            TEXT["per_author"],
            AUTHORS,
            format_func=TEXT.get,
            key=state.key("per_author"),
            help=TEXT["per_author_help"],
        )
        columns[2].slider(
            TEXT["temperature"], 0.1, 5.0, step=0.1, key=state.key("temperature"), help=TEXT["temperature_help"]
        )
        columns[3].selectbox(
            TEXT["normaliser"],
            NORMALISERS,
            format_func=TEXT.get,
            key=state.key("normaliser"),
            help=TEXT["normaliser_help"],
        )
        columns[4].button(TEXT["reset"], on_click=_reset, key="recommendation_reset", disabled=not is_adjusted())
        st.toggle(TEXT["hide_read"], key=state.key("hide_read"))


def is_adjusted() -> bool:
    standard = {field.name: field.default for field in state.fields()}
    return any(state.value(name) != standard[name] for name in ADJUSTED)


def _reset() -> None:
    for field in state.fields():
        if field.name in ADJUSTED:
            st.session_state[state.key(field.name)] = field.default


def show_save(fields: Sequence[Field], recommender: BookRecommender, answer: Recommendations) -> None:
    """Offer files of the list and the answer, the same in Python, and the way back in for a saved state."""
    values = current_values(PAGE, fields)
    _downloads(fields, values, recommender, answer)
    show_open(PAGE, fields, partial(_opened, state.value("books")))


def _downloads(fields: Sequence[Field], values: Mapping, recommender: BookRecommender, answer: Recommendations) -> None:
    """Offer the files, each made only when asked for; that happens outside the session, so all they need goes along."""
    initial, books = state.inspector_initial(), [recommender.books[one] for one in state.books()]
    name = recommender.name

    def page() -> bytes:
        view = recommendation_view(recommender, answer, initial=initial)
        return inspector_html(view, found_title(answer)).encode()

    files = [
        ("save_list", "list.csv", "text/csv", lambda: export_list(books)),
        ("save_books", "books.csv", "text/csv", lambda: recommendations_csv(answer)),
        ("save_json", "json", "application/json", lambda: state_json(PAGE, fields, values, answer_record(answer))),
    ]
    if answer.map is not None and answer.items:
        files.insert(0, ("save_html", "html", "text/html", page))
        files.insert(1, ("save_csv", "weights.csv", "text/csv", lambda: weights_csv(answer.map)))
    for label, ending, kind, make in files:
        offer_file(TEXT[label], make, f"{name}.{ending}", kind, f"recommendation_{label}", "stretch")
    quiet(TEXT["save_picture"])
    st.markdown(f"**{TEXT['python']}**")
    st.code(python_code(name, state.books(), state.options(), state.mechanism(recommender)), wrap_lines=True)


def _opened(before: list[int]) -> None:
    """Let the visitor undo the opening of a file that brought another list."""
    if state.value("books") != before:
        state.note_undo(before, TEXT["undo_open"])
    state.restore()
