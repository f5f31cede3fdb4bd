"""Tuning by hand and automatically: the temperature under which the model finds given translations likeliest."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from attention.figures.tuning_curve import tuning_figure
from attention.translation.tuning import (
    HIGHEST,
    LOWEST,
    Scorer,
    TuningRow,
    best_row,
    tune_by_grid,
    tune_by_search,
    tuning_pairs,
)
from attention.ui import loading
from attention.ui.theory import state
from attention.ui.theory.parts import Opening, caption, chart, signed, slider, table, tell
from attention.ui.theory.text import TEXT
from attention.ui.theory.translating import translator


@st.cache_resource(show_spinner=False)
def scorer(model: str) -> Scorer:
    """Return our sentence pairs ready to be scored; shared by all visitors, never changed."""
    return Scorer(loading.translator(model))


@st.cache_data(show_spinner=False)
def tried_by_hand(model: str) -> tuple[TuningRow, ...]:
    return tune_by_grid(scorer(model))


@st.cache_data(show_spinner=False)
def tried_by_search(model: str) -> tuple[TuningRow, ...]:
    return tune_by_search(scorer(model))


def tuning() -> Opening | None:
    """Draw the log-probability against the temperature, the visitor's own place on it, and the search's steps."""
    model = translator()
    if model is None:
        return None
    columns = st.columns((2, 1), vertical_alignment="bottom")
    with columns[0]:
        slider("tune_T", LOWEST, HIGHEST, 0.1)
    with columns[1]:
        label = TEXT["search_hide" if state.value("searched") else "search_auto"]
        st.button(label, key="theory_search_auto", on_click=_turn_search)
    own = scorer(model.name).row(state.value("tune_T"))
    grid = [row for row in tried_by_hand(model.name) if row.temperature != own.temperature]
    search = tried_by_search(model.name) if state.value("searched") else ()
    figure = tuning_figure([*grid, own], search, names=(TEXT["by_hand"], TEXT["by_search"]))
    chart(figure, "tuning", TEXT["tune_alt"])
    says = [TEXT["tune_said"].format(T=f"{own.temperature:g}", score=signed(own.log_probability, 3))]
    if search:
        best = best_row(search)
        found = {"T": f"{best.temperature:.2f}", "score": signed(best.log_probability, 3)}
        says.append(TEXT["search_said"].format(count=len(search), **found))
    tell(" ".join(says))
    pairs = tuning_pairs(model)
    caption("tuning", count=len(pairs))
    table(tried_table(search or sorted([*grid, own])), "tuning")
    with st.expander(TEXT["pairs"]):
        st.table(pd.DataFrame(pairs, columns=[TEXT["english"], TEXT["french"]]).set_index(TEXT["english"]))
    opening = {"preset": "temperature", "T": own.temperature, "section": "live"}
    return Opening(opening | {"live": pairs[0][0], "model": model.name}, TEXT["tuning_opens"])


def _turn_search() -> None:
    st.session_state[state.key("searched")] = not state.value("searched")


def tried_table(rows: tuple[TuningRow, ...] | list[TuningRow]) -> pd.DataFrame:
    """Return what was tried, in its order."""
    found = [(round(row.temperature, 3), round(row.log_probability, 4)) for row in rows]
    frame = pd.DataFrame(found, columns=[TEXT["T"], TEXT["tune_axis"]])
    return frame.set_index(pd.RangeIndex(1, len(found) + 1, name=TEXT["step"]))
