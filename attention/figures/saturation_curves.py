"""How softmax saturates with the size of vectors: one curve for each scale, with its quartiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from attention.figures.theme import CATEGORICAL, DASHES, MARKERS, base_layout, plain

if TYPE_CHECKING:
    from attention.measures.saturation import SaturationRow

SCALE_NAMES = {"one": "q·k", "sqrt": "q·k / √d", "d": "q·k / d"}
PANELS = (  # measure, title of its axis, whether its quartiles are known
    ("entropy", "entropy / log(keys)", True),
    ("max_weight", "largest weight", False),
    ("gradient", "gradient ‖∂w / ∂s‖", True),
)
PANEL_PX = 215


def saturation_figure(
    rows: Mapping[str | float, Sequence[SaturationRow]], title: str | None = None, names: Mapping | None = None
) -> go.Figure:
    """Draw entropy, largest weight and gradient norm, one above another, against the size d (axis in powers of 2).

    rows: what `saturation` gave, by scale; at most five scales. names: how the scales are called.
    A line is the mean over the seeds; the band around entropy and gradient reaches from one quartile to the other.
    Raises ValueError when there is nothing to draw, or more than five curves.
    """
    if not 1 <= len(rows) <= len(MARKERS) or not all(rows.values()):
        raise ValueError(f"wanted rows for 1 to {len(MARKERS)} scales, got {list(rows)}; measure each scale once")
    names = {**SCALE_NAMES, **(names or {})}
    figure = make_subplots(rows=len(PANELS), cols=1, shared_xaxes=True, vertical_spacing=0.05)
    for panel, (measure, axis, banded) in enumerate(PANELS, start=1):
        for number, (scale, found) in enumerate(rows.items()):
            if banded:
                figure.add_trace(_band(found, measure, CATEGORICAL[number]), row=panel, col=1)
            figure.add_trace(_line(found, measure, number, str(names.get(scale, scale)), panel == 1), row=panel, col=1)
        figure.update_yaxes(title=axis, rangemode="tozero", row=panel, col=1)
    dims = sorted({row.dim for found in rows.values() for row in found})
    figure.update_layout(
        base_layout(title, height=90 + PANEL_PX * len(PANELS)),
        legend={"orientation": "h", "y": -0.1},
        hovermode="closest",
    )
    figure.update_xaxes(type="log", tickvals=dims, ticktext=[str(dim) for dim in dims])
    figure.update_xaxes(title="size d of query and key", row=len(PANELS), col=1)
    return figure


def _line(rows: Sequence[SaturationRow], measure: str, number: int, name: str, legend: bool) -> go.Scatter:
    return go.Scatter(
        x=[row.dim for row in rows],
        y=[getattr(row, measure) for row in rows],
        name=plain(name),
        legendgroup=name,
        showlegend=legend,
        mode="lines+markers",
        line={"color": CATEGORICAL[number], "dash": DASHES[number], "width": 2},
        marker={"symbol": MARKERS[number], "size": 8},
        hovertemplate=f"{plain(name)}<br>d %{{x}}<br>{measure.replace('_', ' ')} %{{y:.3f}}<extra></extra>",
    )


def _band(rows: Sequence[SaturationRow], measure: str, colour: str) -> go.Scatter:
    """Draw the quartiles as one closed shape, there along the upper one and back along the lower."""
    dims = [row.dim for row in rows]
    high = [getattr(row, f"{measure}_high") for row in rows]
    low = [getattr(row, f"{measure}_low") for row in rows]
    return go.Scatter(
        x=dims + dims[::-1],
        y=high + low[::-1],
        fill="toself",
        fillcolor=colour,
        opacity=0.18,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )
