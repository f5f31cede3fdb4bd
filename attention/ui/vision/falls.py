"""How accuracy falls when scenes get harder: measured live, a moment at a time, and stopped when the visitor likes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd
import streamlit as st

from attention.figures.line_chart import Line, line_chart
from attention.training.checkpoint import CheckpointError
from attention.ui import loading
from attention.ui.charts import as_table
from attention.ui.jobs import Job, job_buttons, job_of, watch
from attention.ui.page import notice, quiet
from attention.ui.vision import state
from attention.ui.vision.charts import chart
from attention.ui.vision.text import CURVES, SCORES, TEXT
from attention.vision.curves import CurveRow, accuracy_at

VALUES: dict[str, tuple[float, ...]] = {
    "noise": (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0),
    "clutter": (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0),
    "cover": (0.0, 0.15, 0.3, 0.45, 0.6, 0.75),
    "count": (1, 2, 3, 4, 5, 6, 7, 8),
}
SCENES = 48  # at each value
SEED = 20_000  # from which they are drawn
JOB = "vision: measuring of a curve"


class Measured(NamedTuple):
    """The scores of one model at one value."""

    model: str
    row: CurveRow


def show_falls() -> None:
    """Choose what grows, run, watch, stop, and see the curve."""
    quiet(TEXT["falls_lead"])
    what = state.value("curve")
    job = job_of(JOB, what)
    with st.container(horizontal=True, vertical_alignment="bottom", key="vision_falls"):
        st.segmented_control(TEXT["falls_what"], CURVES, format_func=TEXT.get, key=_choice(), on_change=_take_choice)
        job_buttons(JOB, what, lambda: work_for(what), "vision_falls")
    if job is None:
        return
    if job.running:
        watch(job, TEXT["falls_progress"].format(done="{done}", all="{all}", scenes=SCENES), show_curves)
        return
    told = TEXT["falls_done" if job.finished else "falls_stopped"]
    notice(told.format(done=job.done, all=job.all, scenes=SCENES))
    if job.found:
        show_curves(job)


def work_for(what: str) -> tuple[Iterator[Measured], int]:
    """Return the measuring of all models that are installed, value by value, and how many values that makes."""
    finders = []
    for name in (state.MODEL, state.POOLED):
        try:
            finders.append(loading.digit_finder(name))
        except CheckpointError:
            continue
    scored = [(one.name, accuracy_at(one, what, VALUES[what], SCENES, SEED)) for one in finders]
    # The models take turns, so that what is there when it is stopped can be compared.
    rows = (Measured(name, next(one)) for _ in VALUES[what] for name, one in scored)
    return rows, len(scored) * len(VALUES[what])


def show_curves(job: Job) -> None:
    """Draw every score of our model, and presence F1 of the one without attention."""
    what = TEXT[job.mark]
    mark = (float(state.value(job.mark)), TEXT["falls_yours"])
    figure = line_chart(curves(job.found), what, TEXT["falls_axis"], mark=mark, dots=True, from_zero=True)
    chart(figure, f"falls-{job.mark}", TEXT["falls_alt"].format(what=what.lower()))
    quiet(TEXT["falls_caption"].format(what=what.lower(), scenes=SCENES))
    as_table(curves_frame(job.found, what))


def curves(found: list[Measured]) -> list[Line]:
    """Return one line a score of our model, and the presence F1 of the model without attention."""
    ours, pooled = ([one.row for one in found if one.model == name] for name in (state.MODEL, state.POOLED))
    lines = [Line(TEXT[score], [row.value for row in ours], [getattr(row, score) for row in ours]) for score in SCORES]
    if pooled:
        name = f"{TEXT['presence_f1']}, {TEXT['without_attention'].lower()}"
        lines.append(Line(name, [row.value for row in pooled], [row.presence_f1 for row in pooled]))
    return lines


def curves_frame(found: list[Measured], what: str) -> pd.DataFrame:
    """Return the same numbers, one row a value."""
    lines = curves(found)
    columns = {line.name: pd.Series([round(y, 3) for y in line.y], index=list(line.x)) for line in lines}
    return pd.DataFrame(columns).rename_axis(what)


def _choice() -> str:
    key = "vision_curve_choice"
    st.session_state[key] = state.value("curve")
    return key


def _take_choice() -> None:
    chosen = st.session_state["vision_curve_choice"]
    if chosen:
        st.session_state[state.key("curve")] = chosen
