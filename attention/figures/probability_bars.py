"""How likely a model finds each word of a translation that was given to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from attention.figures.theme import base_layout, plain

NEUTRAL = "#8b8d94"  # neither attention nor a category; 3:1 on both backgrounds


def probability_bars(words: Sequence[str], probabilities: Sequence[float], title: str | None = None) -> go.Figure:
    """Draw one bar per word, in reading order.

    probabilities: between 0 and 1, one per word.
    Raises ValueError when the lengths differ or a number is no probability.
    """
    shares = np.asarray(probabilities, dtype=np.float64)
    if shares.shape != (len(words),):
        raise ValueError(f"{len(words)} words came with probabilities of shape {shares.shape}; give one per word")
    if not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError(f"probabilities must lie between 0 and 1, got {shares.min():g} to {shares.max():g}")
    names = np.array([plain(word) for word in words], dtype=str)
    numbered = len(words) <= 30
    trace = go.Bar(
        x=np.arange(len(words)),
        y=shares,
        marker={"color": NEUTRAL, "cornerradius": 3},
        customdata=names,
        hovertemplate="%{customdata}<br>probability %{y:.1%}<extra></extra>",
        text=np.array([f"{100 * share:.0f}\u00a0%" for share in shares]) if numbered else None,
        textposition="outside",
        cliponaxis=False,
    )
    figure = go.Figure(trace)
    figure.update_layout(base_layout(title, height=260), showlegend=False, bargap=0.35)
    figure.update_xaxes(tickvals=np.arange(len(words)), ticktext=list(names), ticks="", showgrid=False)
    figure.update_yaxes(title="probability", range=[0, 1.08], tickformat=".0%", tickvals=[0, 0.5, 1], zeroline=False)
    return figure
