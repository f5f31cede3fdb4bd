"""Kernel regression as attention: points, the curve through them, and the weights of one query."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from attention.figures.theme import CATEGORICAL, base_layout
from attention.figures.weight_bars import INK

NEUTRAL = "#8b8d94"


def kernel_curve(
    points: tuple[Sequence[float], Sequence[float]],
    curve: tuple[Sequence[float], Sequence[float]],
    query: tuple[float, float],
    weights: Sequence[float],
    names: tuple[str, str, str],
) -> go.Figure:
    """Draw points and curve above, and below each point the weight that the query gives to it.

    points, curve: x and y of each; query: where one asks and what the answer is; weights: one a point.
    names: of the points, the curve and the answer, in the key.
    """
    x, y = (np.asarray(one, dtype=np.float64) for one in points)
    shares = np.asarray(weights, dtype=np.float64)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.68, 0.32], vertical_spacing=0.06)
    figure.add_trace(
        go.Scatter(
            x=x,
            y=y,
            mode="markers",
            name=names[0],
            marker={"color": INK, "size": 9 + 16 * shares, "opacity": np.clip(0.3 + 0.7 * shares, 0, 1)},
            customdata=shares,
            hovertemplate="key %{x:.2f}, value %{y:.2f}<br>weight %{customdata:.3f}<extra></extra>",
        ),
        row=1,
        col=1,
    )
    line = {"color": CATEGORICAL[5], "width": 2.5}
    figure.add_trace(
        go.Scatter(x=np.asarray(curve[0]), y=np.asarray(curve[1]), mode="lines", name=names[1], line=line), row=1, col=1
    )
    marker = {"symbol": "diamond", "size": 13, "color": CATEGORICAL[5]}
    figure.add_trace(go.Scatter(x=[query[0]], y=[query[1]], mode="markers", name=names[2], marker=marker), row=1, col=1)
    bars = {"color": INK, "cornerradius": 2}
    figure.add_trace(go.Bar(x=x, y=shares, marker=bars, width=0.3, showlegend=False, name="weight"), row=2, col=1)
    figure.add_vline(x=query[0], line={"color": NEUTRAL, "width": 1.5, "dash": "dot"})
    figure.update_layout(base_layout(height=430), legend={"orientation": "h", "y": -0.16})
    figure.update_yaxes(title="value", row=1, col=1, zeroline=False)
    figure.update_yaxes(title="weight", range=[0, 1], tickvals=[0, 0.5, 1], row=2, col=1, zeroline=False)
    figure.update_xaxes(title="key", row=2, col=1, zeroline=False)
    return figure
