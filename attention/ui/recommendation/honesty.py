"""Is the attention honest? The weights beside what really changes when a book is taken off the list."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import streamlit as st

from attention.figures.left_out_bars import left_out_bars
from attention.measures.faithfulness import draws_as_good
from attention.mechanisms import Mechanism
from attention.recommendation.answer import Options, Recommendations
from attention.recommendation.faithfulness import LeftOut, leave_one_out
from attention.recommendation.recommender import BookRecommender
from attention.ui import loading
from attention.ui.charts import as_table
from attention.ui.page import notice, quiet
from attention.ui.recommendation import state
from attention.ui.recommendation.charts import chart
from attention.ui.recommendation.state import MODEL, Books
from attention.ui.recommendation.text import TEXT
from attention.ui.recommendation.titles import distinct_titles, short_title

STRONG, SOME = 0.5, 0.2  # rank correlations from which the words change
MOST_CHECKED = 40  # books; each costs one more run of the model
DRAWS = 200
SAME_ODDS = 0.05  # changes of the log-odds below which nothing changed


@st.cache_resource(max_entries=256, show_spinner=TEXT["checking"])
def left_out(books: Books, options: Options, mechanism: Mechanism | None, item: int) -> LeftOut:
    """Take each book away once for all visitors. item: which of the recommended books is watched."""
    return leave_one_out(loading.book_recommender(MODEL), books, options, item, mechanism)


def show_honesty(recommender: BookRecommender, answer: Recommendations) -> None:
    """Measure it for the book that is chosen in the picture, and say in words what came out."""
    if answer.map is None or not answer.items:
        notice(TEXT["honest_needs_map"])
        return
    if len(answer.history) < 2:
        notice(TEXT["honest_needs_two"])
        return
    if len(answer.history) > MOST_CHECKED:
        notice(TEXT["honest_long"].format(count=len(answer.history), most=MOST_CHECKED))
        return
    row = state.chosen_item(answer)
    found = left_out(state.books(), state.options(), state.mechanism(recommender), row)
    title, names = short_title(answer.items[row].book), distinct_titles(answer.history)
    quiet(TEXT["honest_lead"].format(title=title))
    notice([*said(found, title, names), *average_line(recommender)])
    figure = left_out_bars(names, found.attention, found.log_odds, (TEXT["weight"], TEXT["left_out"]))
    caption = TEXT["honest_caption"].format(title=title)
    chart(figure, "left-out", caption)
    quiet(caption)
    as_table(left_out_frame(found, names))


def said(found: LeftOut, title: str, names: tuple[str, ...]) -> list[str]:
    """Say which book counts most, and how well weights and truth agree."""
    most = int(np.argmin(found.log_odds))
    lines = [
        TEXT["strongest_out"].format(
            book=names[most],
            change=odds_in_words(float(found.log_odds[most])),
            rank=f"{int(found.ranks[most]):,}",
            before=found.rank,
        )
    ]
    if not math.isnan(found.tau_attention):
        agreed = TEXT["tau_line"].format(
            title=title,
            tau=signed(found.tau_attention),
            random=signed(found.tau_random),
            draws=DRAWS,
            better=draws_as_good(-found.log_odds, found.tau_attention, DRAWS),
        )
        same_first = int(found.attention.argmax()) == most
        lines.append(f"{agreed} {TEXT[f'tau_{degree(found.tau_attention, same_first)}']}")
    if not math.isnan(found.tau_contributions):
        lines.append(TEXT["tau_added"].format(tau=signed(found.tau_contributions)))
    return lines


def average_line(recommender: BookRecommender) -> list[str]:
    """Say how well weights and truth agree for many readers, where the checkpoint knows it."""
    found = recommender.config.get("scores", {}).get("light", {})
    if not found.get("lists") or "top_attention" not in found:
        return []
    taus = {"tau": "attention", "added": "contributions", "random": "random"}
    shares = {"top": "top_attention", "top_added": "top_contributions", "top_random": "top_random"}
    told = {name: signed(found[key]) for name, key in taus.items()}
    told |= {name: f"{found[key]:.0%}" for name, key in shares.items()}
    return [TEXT["tau_mean"].format(count=found["lists"], **told)]


def left_out_frame(found: LeftOut, names: tuple[str, ...]) -> pd.DataFrame:
    """Return every book of the list with its weight and what changes without it."""
    return pd.DataFrame(
        {
            TEXT["your_book"]: names,
            TEXT["weight"]: np.round(found.attention, 3),
            TEXT["added"]: np.round(found.contributions, 3),
            TEXT["left_out"]: np.round(found.log_odds, 3),
            TEXT["left_out_factor"]: [odds_in_words(float(change)) for change in found.log_odds],
            TEXT["left_out_rank"]: found.ranks,
        }
    ).set_index(TEXT["your_book"])


def odds_in_words(change: float) -> str:
    """Say how many times more or less likely something becomes; change: of the logarithm of its odds."""
    if abs(change) < SAME_ODDS:
        return TEXT["odds_same"]
    times = math.exp(min(abs(change), 60.0))
    shown = f"{times:.1f}" if times < 10 else f"{float(f'{times:.2g}'):,.0f}" if times < 1e6 else f"{times:.0e}"
    return TEXT["odds_more" if change > 0 else "odds_fewer"].format(times=shown)


def degree(tau: float, same_first: bool = False) -> str:
    """Return "strong", "some", "first" or "none" for a rank correlation.

    same_first: both orders begin with the same book.
    """
    if tau >= STRONG:
        return "strong"
    if same_first:
        return "first"
    return "some" if tau >= SOME else "none"


def signed(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")
