"""Two formulas side by side, and the map of what differs."""

from __future__ import annotations

import numpy as np
import streamlit as st

from attention.formula import FormulaError
from attention.formula.presets import PRESETS
from attention.ui.matrices import Matrix, matrix_strip
from attention.ui.page import notice, quiet
from attention.ui.playground import state
from attention.ui.playground.computing import Computed, compute
from attention.ui.playground.editor import edit_formula, preset_title, show_fault, show_maths
from attention.ui.playground.inputs import Settings
from attention.ui.playground.pictures import (
    default_place,
    labels_of,
    output_step,
    shown_steps,
    strip_matrices,
    weights_step,
)
from attention.ui.playground.text import TEXT

PREFIX = "second "  # before the ids of its matrices
SUGGESTED = "sparsemax"  # the second formula at first: the same scores, another normaliser


def second_formula(chosen: Settings) -> Computed | None:
    """Let the visitor write the second formula; return it computed, or None with a word about what is wrong."""
    if not state.value("second"):
        state.put("second", PRESETS[SUGGESTED if state.value("preset") != SUGGESTED else "softmax"].text)
    edit_formula("second")
    st.selectbox(
        TEXT["second_preset"],
        list(PRESETS),
        index=None,
        format_func=preset_title,
        key="playground_second_preset",
        placeholder=TEXT["second_preset"],
        label_visibility="collapsed",
        on_change=_take_second,
    )
    text = state.value("second")
    try:
        computed = compute(text, chosen)
    except FormulaError as error:
        show_fault(error, text, "second")
        return None
    show_maths(computed, "second")
    return computed


def show_second(computed: Computed, head: int) -> None:
    """Show the steps of the second formula."""
    matrices = strip_matrices(computed, head, prefix=PREFIX, editable=False)
    place = default_place(shown_steps(computed))
    initial = place and (PREFIX + place[0], *place[1:])
    matrix_strip(matrices, key="playground_strip_second", file_stem="second-formula", initial=initial)


def show_difference(first: Computed, second: Computed, head: int) -> None:
    """Show the second formula's weights and output minus the first's."""
    st.markdown(f"##### {TEXT['difference']}")
    pairs = (
        ("difference_weights", *(_weights(one, head) for one in (first, second)), weights_step(first)),
        ("difference_output", *(one.matrix(one.evaluation.value, head) for one in (first, second)), output_step(first)),
    )
    strip, largest = [], 0.0
    for name, before, after, step in pairs:
        if before is None or after is None:
            continue
        if before.shape != after.shape:
            shapes = [" × ".join(map(str, one.shape)) for one in (before, after)]
            notice(TEXT["difference_sizes"].format(what=TEXT[name], first=shapes[0], second=shapes[1]))
            continue
        with np.errstate(invalid="ignore"):  # infinity minus infinity is not a number, and shown so
            change = after.astype(np.float64) - before.astype(np.float64)
        finite = np.abs(change[np.isfinite(change)])
        largest = max(largest, float(finite.max(initial=0.0)))
        rows, columns = labels_of(first, step)
        strip.append(Matrix(name, TEXT[name], change, "difference", " × ".join(map(str, step.shape)), rows, columns))
    if strip:
        matrix_strip(strip, key="playground_strip_difference", file_stem="difference", caption=" ")
        quiet(TEXT["difference_note"].format(largest=f"{largest:.2g}") if largest > 1e-9 else TEXT["difference_none"])


def _weights(computed: Computed, head: int) -> np.ndarray | None:
    step = weights_step(computed)
    return None if step is None else computed.matrix(step.value, head)


def _take_second() -> None:
    name = st.session_state["playground_second_preset"]
    if name:
        state.put("second", PRESETS[name].text)
