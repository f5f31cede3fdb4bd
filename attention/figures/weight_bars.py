"""Attention weights of one query as bars, one per key."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from attention.figures.theme import base_layout, plain

INK = "#656ed0"  # the middle of attention's ramp, which holds on paper and on night
MOST_NUMBERED = 16  # bars up to which each carries its number


def weight_bars(
    labels: Sequence[str], weights: Sequence[float], key_axis: str = "", title: str | None = None, height: int = 260
) -> go.Figure:
    """Draw one bar per key, from 0 to 1 always, so that two figures can be compared.

    Raises ValueError when labels and weights differ in number.
    """
    shares = np.asarray(weights, dtype=np.float64)
    if shares.shape != (len(labels),):
        raise ValueError(f"{len(labels)} labels came with weights of shape {shares.shape}; give one weight per label")
    names = np.array([plain(label) for label in labels], dtype=str)
    trace = go.Bar(
        x=np.arange(len(names)),
        y=shares,
        marker={"color": INK, "cornerradius": 3},
        customdata=names,
        hovertemplate="%{customdata}<br>weight %{y:.3f}<extra></extra>",
        text=np.array([f"{share:.2f}" for share in shares]) if len(names) <= MOST_NUMBERED else None,
        textposition="outside",
        cliponaxis=False,
    )
    figure = go.Figure(trace)
    figure.update_layout(base_layout(title, height=height), showlegend=False, bargap=0.35)
    figure.update_xaxes(
        tickvals=np.arange(len(names)), ticktext=list(names), ticks="", showgrid=False, title=key_axis or None
    )
    figure.update_yaxes(title="weight", range=[0, 1.12], tickvals=[0, 0.25, 0.5, 0.75, 1], zeroline=False)
    return figure
