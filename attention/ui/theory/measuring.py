"""What a layer costs, and how far a learning signal reaches, for attention, a dense layer and recurrent ones."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from attention.figures.gradient_curve import gradient_figure
from attention.figures.quantity_bars import quantity_bars, short_count
from attention.measures.gradient_flow import FLOW_MODELS, GradientRow, gradient_by_distance
from attention.measures.gradient_flow import layer_costs as count_costs
from attention.ui.theory import state
from attention.ui.theory.parts import Opening, caption, chart, percent, slider, table, tell
from attention.ui.theory.text import TEXT

QUANTITIES = ("operations", "memory", "parameters")
SIZE = 16  # of the vectors whose gradients are measured


def layer_costs() -> Opening:
    """Draw operations, memory and parameters of three layers of the same size."""
    columns = st.columns(2)
    with columns[0]:
        slider("cost_n", 8, 2048, 8)
    with columns[1]:
        slider("cost_d", 8, 1024, 8)
    n, d = state.value("cost_n"), state.value("cost_d")
    rows = count_costs(n, d)
    groups = [TEXT[name] for name in QUANTITIES]
    series = {TEXT[row.layer]: [getattr(row, name) for name in QUANTITIES] for row in rows}
    chart(quantity_bars(groups, series, TEXT["count_axis"]), "costs", TEXT["costs_alt"])
    attention, dense, lstm = rows
    say = TEXT["costs_said"].format(
        n=n, d=d, dense=times(dense.operations, attention.operations), lstm=times(lstm.operations, attention.operations)
    )
    tell(say)
    caption("layer_costs")
    frame = pd.DataFrame(
        {TEXT[row.layer]: [short_count(getattr(row, name)) for name in QUANTITIES] + [row.steps] for row in rows},
        index=pd.Index([*groups, TEXT["steps_in_turn"]], name=TEXT["per_layer"]),
    )
    table(frame.astype(str).T, "layers")
    formulas = " \n".join(
        f"- {TEXT[row.layer]}: ${row.operations_latex}$ {TEXT['operations']}, ${row.memory_latex}$ {TEXT['memory']},"
        f" ${row.parameters_latex}$ {TEXT['parameters']}"
        for row in rows
    )
    with st.expander(TEXT["counted_how"]):
        st.markdown(formulas)
    return Opening({"preset": "self_attention", "n": 8, "m": 8, "d": 4, "section": "cost"}, TEXT["layer_costs_opens"])


def times(number: float, other: float) -> str:
    """Say how many times as large a number is as another."""
    ratio = number / other
    return TEXT["times"].format(ratio=f"{ratio:.2g}" if ratio >= 1 else f"1 ∕ {1 / ratio:.2g}")


@st.cache_data(show_spinner=False, max_entries=64)
def measured_flow(length: int, seed: int) -> tuple[GradientRow, ...]:
    """Return the gradient at every distance; measured once for all visitors."""
    return gradient_by_distance(length, size=SIZE, seeds=4, seed=seed)


def gradient_flow() -> Opening:
    """Draw how much of the last output's gradient reaches an input, against its distance."""
    columns = st.columns(2)
    with columns[0]:
        slider("steps", 8, 64, 4)
    with columns[1]:
        slider("seed", 0, 99, 1)
    rows = measured_flow(state.value("steps"), state.value("seed"))
    chart(gradient_figure(rows, names={model: TEXT[model] for model in FLOW_MODELS}), "flow", TEXT["flow_alt"])
    curves = {model: [row.gradient for row in rows if row.model == model] for model in FLOW_MODELS}
    kept = {model: power(curve[-1] / curve[0]) for model, curve in curves.items()}
    say = TEXT["flow_said"].format(distance=state.value("steps") - 1, **kept)
    tell(say)
    caption("gradient_flow")
    frame = pd.DataFrame({TEXT[model]: [f"{one:.2e}" for one in curve] for model, curve in curves.items()})
    table(frame.rename_axis(TEXT["distance_axis"]), "gradients")
    state_of = {"preset": "self_attention", "self": True, "n": 12, "m": 12, "d": SIZE, "seed": state.value("seed")}
    return Opening(state_of, TEXT["gradient_flow_opens"])


def power(number: float) -> str:
    """Write a share of 1 % and more as a percentage, a smaller one with its power of ten: 3·10⁻⁹."""
    if number >= 0.01:
        return percent(number)
    digits, _, exponent = f"{number:.0e}".partition("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits}·10{raised}"
