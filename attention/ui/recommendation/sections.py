"""What opens below the picture: what changed, an honest look at the weights, a table, the card."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from attention.attention_map import AttentionMap
from attention.figures.attention_heatmap import attention_heatmap
from attention.figures.difference_heatmap import difference_heatmap
from attention.recommendation.answer import Recommendations
from attention.recommendation.recommender import BookRecommender
from attention.training.card import card_text
from attention.ui import sharing
from attention.ui.charts import as_table, weights_frame
from attention.ui.page import quiet
from attention.ui.recommendation import state
from attention.ui.recommendation.changes import change_line, list_rows, popularity_line, shared_maps
from attention.ui.recommendation.charts import chart
from attention.ui.recommendation.honesty import show_honesty
from attention.ui.recommendation.pictures import books_html
from attention.ui.recommendation.scores import show_scores, show_training
from attention.ui.recommendation.text import SECTIONS, TEXT
from attention.ui.recommendation.titles import distinct_titles


def show_change(original: Recommendations, answer: Recommendations, other_attention: bool) -> None:
    """Show the ten books without the visitor's changes beside those with them.

    other_attention: the attention was changed, not only how books are chosen.
    """
    left, right = st.columns(2, gap="large")
    lists = ((left, "original", original, answer, False), (right, "yours", answer, original, True))
    for column, name, found, other, is_after in lists:
        with column:
            st.html(f'<p class="lab-column-title">{TEXT[name]}</p>')
            st.html(books_html(list_rows(found.items, other.items, is_after)))
    quiet(change_line(original, answer))
    if original.items and answer.items:
        quiet(popularity_line(original, answer))
    if other_attention and original.map is not None:
        _show_weights(original, answer)


def _show_weights(original: Recommendations, answer: Recommendations) -> None:
    st.markdown(f"##### {TEXT['before_picture']}")
    before = named(original)
    chart(attention_heatmap(before), "before", TEXT["before_picture"])
    quiet(TEXT["before_caption"])
    as_table(weights_frame(before, before.matrix()))
    shared = shared_maps(original, answer)
    if shared is None:
        return
    st.markdown(f"##### {TEXT['difference_picture']}")
    chart(difference_heatmap(*shared), "difference", TEXT["difference_picture"])
    quiet(TEXT["difference_caption"])
    as_table(weights_frame(shared[1], shared[1].matrix() - shared[0].matrix()))


def named(answer: Recommendations) -> AttentionMap:
    """Return the map under short titles."""
    return answer.map.relabelled(distinct_titles([item.book for item in answer.items]), distinct_titles(answer.history))


def show_section(recommender: BookRecommender, answer: Recommendations) -> None:
    """Let the visitor open one of the deeper looks."""
    key = "recommendation_section"
    st.session_state[key] = state.value("more") or None
    st.segmented_control(TEXT["more"], SECTIONS, format_func=TEXT.get, key=key, on_change=_keep_section)
    if state.value("more") == "honest":
        show_honesty(recommender, answer)
    elif state.value("more") == "table_section":
        show_table(answer)
    elif state.value("more") == "card":
        show_card(recommender)


def _keep_section() -> None:
    st.session_state[state.key("more")] = st.session_state["recommendation_section"] or ""


def show_table(answer: Recommendations) -> None:
    """Show the recommended books with all their numbers."""
    titles = distinct_titles(answer.history)
    rows = []
    for row, item in enumerate(answer.items):
        reasons = answer.because[row][:2] if row < len(answer.because) else ()
        rows.append(
            {
                TEXT["rank"]: item.rank,
                TEXT["book"]: item.book.title,
                TEXT["authors"]: item.book.authors,
                TEXT["probability"]: f"{100 * item.probability:.2f} %",
                TEXT["popularity_rank"]: f"{item.popularity_rank:,}",
                TEXT["because_column"]: "; ".join(titles[i] for i in reasons),
            }
        )
    st.table(pd.DataFrame(rows).set_index(TEXT["rank"]) if rows else pd.DataFrame())


def show_card(recommender: BookRecommender) -> None:
    """Show how well the model does beside simpler ones, how its training went, and its card."""
    show_scores(recommender.config.get("scores", {}))
    show_training(recommender.config.get("log", []))
    sharing.show_card(state.PAGE, card_text(recommender.card))
