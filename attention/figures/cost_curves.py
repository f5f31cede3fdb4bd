"""What attention costs as the sequence grows: one curve for each variant, beside what theory says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from attention.figures.theme import CATEGORICAL, DASHES, base_layout, plain

if TYPE_CHECKING:
    from attention.measures.cost import CostRow

COST_NAMES = {
    "dot": "dot",
    "scaled_dot": "scaled dot",
    "additive": "additive",
    "multi_head": "multi-head",
    "local": "local window",
    "strided": "strided sparse",
    "linear": "linear",
    "fused": "fused kernel",
}
MARKERS = ("circle", "square", "diamond", "cross", "x", "triangle-up", "star", "pentagon")
MEASURES = {  # of a row: factor to the unit, title of the axis, form of the number
    "seconds": (1e3, "time (ms)", ".3g"),
    "bytes_allocated": (1e-6, "memory held at most (MB)", ".3g"),
    "error": (1.0, "error (share of the exact context)", ".2g"),
}
THEORY = {"seconds": "operations", "bytes_allocated": "memory_numbers"}
BYTES_PER_NUMBER = 4
LEAST_ERROR = 1e-5  # smaller errors are rounding; an axis of powers of 10 would be all about them


def cost_figure(
    rows: Sequence[CostRow],
    measure: str = "seconds",
    title: str | None = None,
    theory: bool = True,
    names: Mapping[str, str] | None = None,
) -> go.Figure:
    """Draw one measure against the length, both axes in powers of 10.

    measure: "seconds", "bytes_allocated" or "error". Variants keep their colour, dash and marker whichever are drawn;
    skipped rows and errors that are only rounding are left out.
    theory: with it, a thin dotted line for each variant: numbers in memory at 4 bytes each, or operations, moved so
    that it meets the measured time of its longest row (how fast an operation is differs from variant to variant).
    Raises ValueError for another measure.
    """
    if measure not in MEASURES:
        raise ValueError(f"measure must be one of {', '.join(MEASURES)}, got {measure!r}; choose one of these")
    factor, axis, form = MEASURES[measure]
    names = {**COST_NAMES, **(names or {})}
    figure = go.Figure()
    for variant in dict.fromkeys(row.variant for row in rows):
        own = [row for row in rows if row.variant == variant]
        measured = [row for row in own if _is_drawn(getattr(row, measure), measure)]
        if not measured:
            continue
        name = plain(names.get(variant, variant))
        figure.add_trace(_line(measured, measure, factor, form, name, variant))
        if theory and measure in THEORY:
            figure.add_trace(_theory(own, measured[-1], measure, factor, name, variant))
    figure.update_layout(
        base_layout(title, height=420), legend={"orientation": "h", "y": -0.2, "entrywidth": 130}, hovermode="closest"
    )
    lengths = sorted({row.length for row in rows})
    figure.update_xaxes(
        title="length n (queries and keys)", type="log", tickvals=lengths, ticktext=[f"{n:,}" for n in lengths]
    )
    figure.update_yaxes(title=axis, type="log", exponentformat="power", dtick=1)
    return figure


def _is_drawn(value: float | None, measure: str) -> bool:
    return value is not None and value > (LEAST_ERROR if measure == "error" else 0)


def _style(variant: str) -> tuple[str, str, str]:
    """Return colour, dash and marker; the same for a variant in every figure."""
    number = list(COST_NAMES).index(variant) if variant in COST_NAMES else len(COST_NAMES)
    return CATEGORICAL[number % len(CATEGORICAL)], DASHES[number % len(DASHES)], MARKERS[number % len(MARKERS)]


def _line(rows: Sequence[CostRow], measure: str, factor: float, form: str, name: str, variant: str) -> go.Scatter:
    colour, dash, marker = _style(variant)
    return go.Scatter(
        x=[row.length for row in rows],
        y=[getattr(row, measure) * factor for row in rows],
        name=name,
        legendgroup=variant,
        mode="lines+markers",
        line={"color": colour, "dash": dash, "width": 2},
        marker={"symbol": marker, "size": 9},
        hovertemplate=f"{name}<br>n %{{x:,}}<br>%{{y:{form}}}<extra></extra>",
    )


def _theory(
    rows: Sequence[CostRow], longest: CostRow, measure: str, factor: float, name: str, variant: str
) -> go.Scatter:
    column = THEORY[measure]
    unit = BYTES_PER_NUMBER if measure == "bytes_allocated" else getattr(longest, measure) / getattr(longest, column)
    return go.Scatter(
        x=[row.length for row in rows],
        y=[getattr(row, column) * unit * factor for row in rows],
        name=f"{name}, theory",
        legendgroup=variant,
        showlegend=False,
        mode="lines",
        opacity=0.6,
        line={"color": _style(variant)[0], "dash": "dot", "width": 1},
        hovertemplate=f"{name}, theory<br>n %{{x:,}}<br>%{{y:.3g}}<extra></extra>",
    )
