"""What folds out below the picture: every step, gradients, operations and memory, the same in PyTorch."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from attention.formula import FormulaError
from attention.ui.matrices import Matrix, matrix_strip
from attention.ui.page import notice, quiet
from attention.ui.playground.computing import Computed
from attention.ui.playground.editor import typeset
from attention.ui.playground.pictures import INPUTS, labels_of, pretty
from attention.ui.playground.saving import code_of
from attention.ui.playground.text import TEXT

LEGEND = {"legend_difference": TEXT["legend_gradient"]}
LARGE = (1000, 1000, 64)  # n, m, d of the example that shows how the costs grow


def show_folds(computed: Computed, head: int) -> None:
    """Offer the deeper looks; each is made only when it is open."""
    for name, show in (("steps", _steps), ("gradients", _gradients), ("costs", _costs), ("code", _code)):
        with st.expander(TEXT[name], key=f"playground_fold_{name}", on_change="rerun") as fold:
            if fold.open:
                show(computed, head)


def _steps(computed: Computed, head: int) -> None:
    rows = []
    for step in computed.evaluation.steps:
        numbers = computed.matrix(step.value, head).astype(np.float64)
        rows.append(
            {
                TEXT["name"]: step.name,
                TEXT["step"]: pretty(step.text),
                TEXT["shape"]: " × ".join(map(str, step.shape)) or "1",
                TEXT["size"]: " × ".join(map(str, numbers.shape)) if step.shape else "1",
                TEXT["smallest"]: f"{numbers.min():.4g}".replace("-", "−"),
                TEXT["largest"]: f"{numbers.max():.4g}".replace("-", "−"),
            }
        )
    quiet(TEXT["steps_note"])
    st.table(pd.DataFrame(rows, index=range(1, len(rows) + 1)))


def _gradients(computed: Computed, head: int) -> None:
    """Show the gradient of the output, or of one of its cells, with respect to the inputs."""
    rows, columns = computed.evaluation.value.shape[-2:] if computed.evaluation.value.ndim >= 2 else (1, 1)
    left, middle, right = st.columns((3, 2, 2), vertical_alignment="bottom")
    whole = left.segmented_control(
        TEXT["gradient_of"],
        ("all", "cell"),
        format_func=lambda name: TEXT[f"gradient_{name}"],
        key="playground_gradient_of",
        default="all",
        required=True,
    )
    cell = None
    if whole == "cell":
        row = middle.number_input(TEXT["gradient_row"], 1, rows, key="playground_gradient_row")
        column = right.number_input(TEXT["gradient_column"], 1, columns, key="playground_gradient_column")
        cell = (row - 1, column - 1)
    used = [name for name in INPUTS if name in computed.formula.uses]
    if not used:
        quiet(TEXT["gradient_none"])
        return
    try:
        strip = [_gradient(computed, name, cell, head) for name in used]
    except (FormulaError, ValueError) as error:
        notice(str(error))
        return
    matrix_strip(strip, key="playground_strip_gradients", file_stem="gradients", caption=" ", text=LEGEND)
    zero = all(not matrix.values.any() for matrix in strip)
    quiet(TEXT["gradient_zero" if zero else "gradient_note"])


def _gradient(computed: Computed, name: str, cell: tuple[int, int] | None, head: int) -> Matrix:
    step = next(step for step in computed.evaluation.steps if step.operation == "input" and step.text == name)
    values = computed.matrix(computed.evaluation.gradient(name, cell), head)
    shape = " × ".join(map(str, step.shape))
    return Matrix(f"gradient {name}", f"∂ / ∂{name}", values, "difference", shape, *labels_of(computed, step))


def _costs(computed: Computed, head: int) -> None:
    cost = computed.formula.cost
    heads = TEXT["costs_heads"] if computed.heads > 1 else ""
    quiet(TEXT["costs_line"].format(heads=heads))
    sizes = computed.inputs.sizes
    here = (sizes["n"], sizes["m"], sizes["d"] // computed.heads)
    columns = st.columns(2)
    for column, name, latex, count in (
        (columns[0], "operations", cost.operations_latex, cost.operations),
        (columns[1], "memory", cost.memory_latex, cost.memory),
    ):
        with column:
            st.markdown(f"**{TEXT[name]}**")
            typeset(latex, name)
            now = TEXT["costs_now"].format(count=f"{computed.heads * count(*here):,}")
            growth = TEXT["costs_growth"].format(count=f"{count(*LARGE):,}")
            quiet(f"{now}; {growth}")


def _code(computed: Computed, head: int) -> None:
    quiet(TEXT["code_note"] + (TEXT["code_head"].format(number=head + 1) if computed.heads > 1 else ""))
    st.code(code_of(computed, head), language="python", wrap_lines=False)
