"""The cost laboratory: time, memory and error of eight kinds of attention as the sequence grows, measured live."""

from __future__ import annotations

import streamlit as st

from attention.ui.page import notice, offer_file, quiet
from attention.ui.playground import measuring
from attention.ui.playground.saving import chart_config
from attention.ui.playground.text import LENGTH_CHOICES, TEXT

JOB = "playground: cost measurement"
POLL_S = 0.5  # how often the page looks at a running measurement
FIRST_RANGE = (64, 512)
MEASURES = ("seconds", "bytes_allocated", "error")
LEGEND = {"y": 1.02, "yanchor": "bottom", "entrywidth": 0}  # above: below, it would meet the axis title on a phone


def show_cost() -> None:
    """Choose lengths and variants, run, watch, stop."""
    quiet(TEXT["cost_line"])
    _controls()
    job = st.session_state.get(JOB)
    running = job is not None and not job["measurement"].done
    st.fragment(_watch, run_every=POLL_S if running else None)()


def _controls() -> None:
    from attention.measures.cost import COST_VARIANTS

    job = st.session_state.get(JOB)
    running = job is not None and not job["measurement"].done
    left, right = st.columns((3, 5), vertical_alignment="bottom", gap="medium")
    left.select_slider(
        TEXT["cost_lengths"], LENGTH_CHOICES, value=FIRST_RANGE, key="playground_cost_lengths", disabled=running
    )
    right.pills(
        TEXT["cost_variants"],
        COST_VARIANTS,
        selection_mode="multi",
        wrap=True,
        default=COST_VARIANTS,
        format_func=variant_title,
        key="playground_cost_variants",
        disabled=running,
    )
    with st.container(horizontal=True):
        st.button(TEXT["cost_run"], on_click=_run, key="playground_cost_run", disabled=running)
        st.button(TEXT["cost_stop"], on_click=_stop, key="playground_cost_stop", disabled=not running)


def variant_title(name: str) -> str:
    return TEXT[f"variant_{name}"]


def _run() -> None:
    from attention.measures.cost import measure_costs

    low, high = st.session_state["playground_cost_lengths"]
    lengths = [length for length in LENGTH_CHOICES if low <= length <= high]
    variants = list(st.session_state["playground_cost_variants"])
    if not variants:
        st.session_state.pop(JOB, None)
        return
    measurement = measuring.start(lambda stop: measure_costs(lengths, variants=variants, should_stop=stop))
    st.session_state[JOB] = {"measurement": measurement, "lengths": lengths, "variants": variants}


def _stop() -> None:
    job = st.session_state.get(JOB)
    if job:
        job["measurement"].stop()


def _watch() -> None:
    """Show what is measured so far; run again and again while a measurement runs."""
    job = st.session_state.get(JOB)
    if job is None:
        if not st.session_state.get("playground_cost_variants", True):
            notice(TEXT["cost_none"])
        return
    measurement, everything = job["measurement"], len(job["lengths"]) * len(job["variants"])
    measurement.seen()
    done = measurement.done
    rows = tuple(measurement.rows)
    _progress(job, rows, everything, done)
    if rows:
        _curves(rows)
    if done and not job.get("told"):  # once more as a whole, so that the buttons change and the looking ends
        job["told"] = True
        st.rerun()


def _progress(job: dict, rows: tuple, everything: int, done: bool) -> None:
    measurement = job["measurement"]
    if measurement.failure:
        notice(TEXT["cost_failed"].format(problem=measurement.failure), error=True)
    elif done:
        stopped = len(rows) < everything
        quiet(TEXT["cost_stopped" if stopped else "cost_done"].format(done=len(rows), all=everything))
    elif measurement.waiting:
        st.progress(0.0, text=TEXT["cost_waiting"])
    else:
        place = min(len(rows), everything - 1)
        length, variant = divmod(place, len(job["variants"]))
        said = {"title": variant_title(job["variants"][variant]), "length": job["lengths"][length]}
        st.progress(len(rows) / everything, text=TEXT["cost_progress"].format(done=len(rows), all=everything, **said))


def _curves(rows: tuple) -> None:
    import pandas as pd

    from attention.figures.cost_curves import cost_figure

    measure = st.segmented_control(
        TEXT["cost_measure"],
        MEASURES,
        format_func=lambda name: TEXT[f"measure_{name}"],
        key="playground_cost_measure",
        default=MEASURES[0],
        required=True,
        label_visibility="collapsed",
    )
    figure = cost_figure(rows, measure)
    figure.update_layout(legend=LEGEND)
    config = chart_config("attention-costs")
    st.plotly_chart(figure, key="playground_cost_figure", alt=TEXT[f"measure_{measure}"], config=config)
    quiet(TEXT[f"note_{measure}"])
    table = pd.DataFrame([row._asdict() for row in rows])
    with st.expander(TEXT["cost_table"]):
        st.table(table)
    offer_file(
        TEXT["cost_csv"],
        lambda: table.to_csv(index=False).encode("utf-8-sig"),
        "attention-costs.csv",
        "text/csv",
        "playground_cost_csv",
    )
