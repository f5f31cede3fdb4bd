"""When does it fail? Word errors by noise or by length, found while the visitor watches; it can be stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
import streamlit as st

from attention.figures.line_chart import Line
from attention.figures.word_errors import word_errors_figure
from attention.speech.curves import Setting, Trial, errors_along, places, word_error_rates
from attention.ui import loading
from attention.ui.charts import as_table
from attention.ui.jobs import Job, job_buttons, job_of, watch
from attention.ui.page import quiet
from attention.ui.speech import state
from attention.ui.speech.charts import chart
from attention.ui.speech.text import CURVES, TEXT

STRINGS = 8  # at each place of a curve
JOB = "speech: curve of errors"


def show_curve(models: Sequence[str]) -> None:
    """Draw the section: what to change, the work, and the curve so far."""
    chosen = state.key("curve_choice")
    st.session_state[chosen] = state.value("curve")
    columns = st.columns((3, 2), vertical_alignment="bottom")
    columns[0].segmented_control(
        TEXT["curve_kind"],
        CURVES,
        format_func=lambda kind: TEXT[f"{kind}_curve"],
        key=chosen,
        on_change=_keep_kind,
    )
    kind = state.value("curve")
    mark = _mark(kind, models)
    with columns[1], st.container(horizontal=True):
        job_buttons(JOB, mark, lambda: _strings(mark), "speech_curve")
    quiet(TEXT[f"curve_lead_{kind}"])
    quiet(trained_line(models))
    job = job_of(JOB, mark)
    if job is None:
        quiet(TEXT["curve_waits"])
    elif job.running:
        watch(job, TEXT["curve_progress"], show_found)
    else:
        quiet(TEXT["curve_done" if job.finished else "curve_stopped"].format(done=job.done, all=job.all))
        show_found(job)


def trained_line(models: Sequence[str]) -> str:
    """Say how long each model was trained, for they can be compared only as far as that is alike; "" if not known."""
    told = []
    for model in models:
        training = loading.digit_speller(model).config.get("training", {})
        if "minutes" not in training:
            return ""
        told.append(TEXT["trained_one"].format(which=model_name(model), minutes=f"{training['minutes']:.0f}"))
    return TEXT["trained"].format(models="; ".join(told)) if len(told) > 1 else ""


def show_found(job: Job) -> None:
    """Draw the curve of what was found so far."""
    if not job.found:
        return
    kind, models = job.mark[:2]
    rates = dict(sorted(word_error_rates(job.found).items()))
    lines = [
        Line(model_name(model), tuple(rates), tuple(100 * found[number] for found in rates.values()))
        for number, model in enumerate(models)
    ]
    figure = word_errors_figure(lines, TEXT[f"curve_x_{kind}"], TEXT["curve_y"], falling=kind == "noise")
    caption = TEXT["curve_caption"].format(trials=STRINGS)
    chart(figure, "errors", caption)
    quiet(caption)
    as_table(errors_frame(kind, models, job.found, rates))


def errors_frame(
    kind: str, models: Sequence[str], trials: Sequence[Trial], rates: Mapping[float, tuple[float, ...]]
) -> pd.DataFrame:
    """Return the curve's numbers, with how many strings each rests on."""
    rows = [
        {
            TEXT[f"curve_x_{kind}"]: f"{x:g}",
            TEXT["curve_strings"]: sum(trial.x == x for trial in trials),
            **{
                f"{model_name(model)}: {TEXT['curve_y']}": f"{100 * share:.1f}"
                for model, share in zip(models, found, strict=True)
            },
        }
        for x, found in rates.items()
    ]
    return pd.DataFrame(rows).set_index(TEXT[f"curve_x_{kind}"])


def model_name(model: str) -> str:
    return TEXT["compare_column"].format(which=state.model_title(model).capitalize())


def _mark(kind: str, models: Sequence[str]) -> tuple:
    """Return everything that the curve depends on."""
    asked = state.asked()
    noise = None if kind == "noise" else asked.noise_db
    mechanisms = tuple(state.mechanism(loading.digit_speller(model)) for model in models)
    return kind, tuple(models), Setting(asked.speed, state.value("pause"), noise), mechanisms


def _strings(mark: tuple) -> tuple[Iterator[Trial], int]:
    """Return the spelling of all strings, one by one, and how many they are."""
    kind, models, setting, mechanisms = mark
    spellers = [loading.digit_speller(model) for model in models]
    return errors_along(spellers, kind, STRINGS, setting, mechanisms), STRINGS * len(places(kind))


def _keep_kind() -> None:
    st.session_state[state.key("curve")] = st.session_state[state.key("curve_choice")] or state.value("curve")
