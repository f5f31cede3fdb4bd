"""The recommendation page from top to bottom: list, ten books and picture, controls, deeper looks."""

from __future__ import annotations

import numpy as np
import streamlit as st

from attention.recommendation.answer import Recommendations
from attention.recommendation.recommender import TEXT as RECOMMENDER_TEXT
from attention.recommendation.recommender import BookRecommender
from attention.training.checkpoint import CheckpointError
from attention.ui import loading
from attention.ui.inspector import inspector
from attention.ui.links import keep_values, noted_problems, open_link, show_link
from attention.ui.page import notice, quiet
from attention.ui.recommendation import state
from attention.ui.recommendation.controls import attention_controls, show_save, toolbar
from attention.ui.recommendation.importing import show_report
from attention.ui.recommendation.listing import LIVE, add_book, show_list
from attention.ui.recommendation.pictures import books_html, found_title, plain_rows, recommendation_view
from attention.ui.recommendation.scenes import is_presenting, present
from attention.ui.recommendation.sections import show_change, show_section
from attention.ui.recommendation.state import MODEL, PAGE
from attention.ui.recommendation.text import TEXT
from attention.ui.recommendation.titles import short_title
from attention.ui.sharing import show_share


def show() -> None:
    """Draw the page, or say that no model is installed."""
    try:
        recommender = loading.book_recommender(MODEL)
    except CheckpointError:
        notice(TEXT["no_model"], error=True)
        return
    open_link(PAGE, state.fields())
    _recommend_live(recommender)


@st.fragment(key=LIVE)
def _recommend_live(recommender: BookRecommender) -> None:
    """Everything that follows the list and the controls."""
    fields = state.fields()
    keep_values(PAGE, fields)
    notice(noted_problems(PAGE, fields), error=True)
    if is_presenting():
        present(recommender)
    show_list(recommender)
    show_report()
    share, save = toolbar()
    answer = state.recommended(state.books(), state.options(), state.mechanism(recommender))
    _show_answer(recommender, answer)
    with share:  # last, so that they hold what the picture has just reported
        show_share(state.PAGE, fields)
    with save:
        show_save(fields, recommender, answer)
    show_link(PAGE, fields)


def _show_answer(recommender: BookRecommender, answer: Recommendations) -> None:
    """Show the recommended books and all there is to see of them."""
    options, mechanism = state.options(), state.mechanism(recommender)
    is_changed = (options, mechanism) != (state.OPTIONS, None)
    original = state.recommended(state.books(), state.OPTIONS, None) if is_changed else answer
    before = state.list_before()
    previous = state.recommended(before, options, mechanism) if before and not is_changed else None
    notice(note_lines(answer))
    if not answer.items:
        notice(TEXT["nothing_left"])
    elif answer.map is None:
        st.html(f'<p class="lab-column-title">{found_title(answer)}</p>')
        st.html(books_html(plain_rows(answer)))
    else:
        _show_picture(recommender, answer, previous or original)
        if previous:
            quiet(change_line(previous, answer))
    attention_controls()
    if state.value("surprise"):
        quiet(TEXT["surprise_cold"] if answer.cold else price_line(recommender))
    if is_changed:
        show_change(original, answer, mechanism is not None)
    if answer.map is not None:
        quiet(TEXT["weights"])
        with st.expander(TEXT["weights_more"]):
            quiet(TEXT["weights_long"])
    show_section(recommender, answer)
    quiet(TEXT["attribution"])


def price_line(recommender: BookRecommender) -> str:
    """Say what the visitor's surprise costs in accuracy, as measured when the model was released; "" if it was not."""
    dial = recommender.config.get("scores", {}).get("dial", [])
    surprise = state.value("surprise")
    if len(dial) < 2:
        return ""
    hits = np.interp(surprise, [one["popularity"] for one in dial], [one["hr@10"] for one in dial])
    shares = {"before": f"{dial[0]['hr@10']:.0%}", "after": f"{hits:.0%}"}
    return TEXT["surprise_price"].format(**shares, surprise=f"{surprise:g}")


def _show_picture(recommender: BookRecommender, answer: Recommendations, original: Recommendations) -> None:
    view = recommendation_view(
        recommender, answer, state.changed_rows(original, answer), state.inspector_initial(), state.restore_mark()
    )
    state.keep_inspector(inspector(view, key="recommendation_inspector"))
    chosen = answer.items[state.chosen_item(answer)].book
    if chosen.id not in state.books():
        st.button(
            TEXT["add_chosen"].format(title=short_title(chosen)),
            key="recommendation_add",
            on_click=add_book,
            args=(chosen.id,),
        )


def change_line(before: Recommendations, answer: Recommendations) -> str:
    """Say what the last change to the list did to the recommended books."""
    count = len(state.changed_rows(before, answer))
    return TEXT["list_same" if not count else "list_one" if count == 1 else "list_some"].format(count=count)


def note_lines(answer: Recommendations) -> list[str]:
    """Return what the visitor should know; of a cold start, why there are no weights, or why they say nothing."""
    notes = [note for note in answer.notes if note != RECOMMENDER_TEXT["cold"]]
    if answer.cold:
        notes.append(TEXT["cold_unknown" if state.books() else "cold_none"])
    elif len(answer.history) == 1:
        notes.append(TEXT["cold_one"])
    return notes
