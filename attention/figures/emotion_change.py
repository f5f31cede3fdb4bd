"""Which probabilities moved, and how far: a line from where each was to where it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from attention.figures.probability_bars import NEUTRAL
from attention.figures.theme import base_layout, plain

LESS, MORE = "#c96a12", "#7a58be"  # the two ends of theme.CHANGE, without their transparency
ROW_PX = 30
LEAST_NUMBERED = 0.02  # smaller changes are not written beside their line


def emotion_change(
    names: Sequence[str],
    before: Sequence[float],
    after: Sequence[float],
    labels: tuple[str, str],
    title: str | None = None,
) -> go.Figure:
    """Draw one row a name, the first on top: a ring where it was, a dot where it is; orange fell, purple rose.

    before, after: probabilities, between 0 and 1, one a name. labels: what the ring and the dot stand for.
    Raises ValueError when the lengths differ.
    """
    was, now = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if not was.shape == now.shape == (len(names),):
        raise ValueError(f"{len(names)} names came with {was.shape} and {now.shape} numbers; give one each")
    rows = [plain(name) for name in names]
    colours = [LESS if end < start else MORE for start, end in zip(was, now, strict=True)]
    figure = go.Figure()
    for row, start, end, colour in zip(rows, was, now, colours, strict=True):
        line = {"color": colour, "width": 4}
        figure.add_trace(go.Scatter(x=[start, end], y=[row, row], mode="lines", line=line, hoverinfo="skip",
                                    showlegend=False))  # fmt: skip
    figure.add_trace(_dots(rows, was, labels[0], {"symbol": "circle-open", "color": NEUTRAL, "line": {"width": 2.5}}))
    figure.add_trace(_dots(rows, now, labels[1], {"color": colours}))
    for row, start, end in zip(rows, was, now, strict=True):
        if abs(end - start) >= LEAST_NUMBERED:
            figure.add_annotation(x=max(start, end), y=row, text=points(end - start), showarrow=False, xanchor="left",
                                  xshift=12)  # fmt: skip
    figure.update_layout(
        base_layout(title, height=110 + ROW_PX * max(len(rows), 2)),
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    figure.update_xaxes(range=[-0.03, 1.12], tickformat=".0%", tickvals=[0, 0.5, 1], zeroline=False)
    figure.update_yaxes(autorange="reversed", ticks="", showgrid=False, categoryorder="array", categoryarray=rows)
    return figure


def points(change: float) -> str:
    """Write a change of a probability in percentage points, with its sign."""
    return f"{100 * change:+.0f}".replace("-", "\u2212")


def _dots(rows: Sequence[str], values: np.ndarray, label: str, marker: dict) -> go.Scatter:
    return go.Scatter(
        x=values,
        y=list(rows),
        name=plain(label) + "\u00a0\u00a0",  # a browser that draws letters wider than measured would cut the last
        mode="markers",
        marker={"size": 13, **marker},
        hovertemplate=f"%{{y}}<br>{plain(label)} %{{x:.1%}}<extra></extra>",
    )
