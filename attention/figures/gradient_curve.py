"""How much the last output still feels of an input that lies further and further back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from attention.figures.theme import CATEGORICAL, DASHES, MARKERS, base_layout, plain

if TYPE_CHECKING:
    from attention.measures.gradient_flow import GradientRow

FLOW_NAMES = {"rnn": "plain RNN", "lstm": "LSTM", "attention": "attention"}
LEAST = 1e-16  # beside a gradient of 1 this is lost even in double precision; the axis ends there


def gradient_figure(
    rows: Sequence[GradientRow], title: str | None = None, names: Mapping[str, str] | None = None
) -> go.Figure:
    """Draw the gradient's norm against the distance in positions, one line a model, on an axis of powers of 10.

    Raises ValueError when there are no rows, or more than five models.
    """
    models = list(dict.fromkeys(row.model for row in rows))
    if not 1 <= len(models) <= len(MARKERS):
        raise ValueError(f"wanted rows of 1 to {len(MARKERS)} models, got {len(models)}; measure some distances first")
    names = {**FLOW_NAMES, **(names or {})}
    figure = go.Figure()
    for number, model in enumerate(models):
        own = [row for row in rows if row.model == model]
        name = plain(names.get(model, model))
        figure.add_trace(
            go.Scatter(
                x=[row.distance for row in own],
                y=[row.gradient if row.gradient > 0 else None for row in own],
                name=name,
                mode="lines+markers",
                line={"color": CATEGORICAL[number], "dash": DASHES[number], "width": 2},
                marker={"symbol": MARKERS[number], "size": 8, "maxdisplayed": 12},
                hovertemplate=f"{name}<br>%{{x}} positions back<br>gradient %{{y:.2e}}<extra></extra>",
            )
        )
    figure.update_layout(base_layout(title, height=380), legend={"orientation": "h", "y": -0.22}, hovermode="closest")
    figure.update_xaxes(title="distance of the input (positions back)", rangemode="tozero")
    found = [row.gradient for row in rows if row.gradient > 0]
    figure.update_yaxes(title="gradient ‖∂ output / ∂ input‖", type="log", exponentformat="power")
    if found and min(found) < LEAST:
        figure.update_yaxes(range=[-16, 1])
    return figure
