"""Attention beside the truth: for each thing looked at, its weight, and what changes when it is left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from attention.figures.importance_bars import ATTENTION, short
from attention.figures.theme import CHANGE, LABEL_SIZE, base_layout, plain

ROW_PX = 46  # a line of text and a bar below it
MOST_SHOWN = 20  # rows; of more, those that count most
LEAST_RANGE = 0.1  # of changes; smaller ones do not fill the panel
BAR = 0.34  # thickness, in rows
LESS, MORE = CHANGE[0][1], CHANGE[-1][1]


def left_out_bars(
    names: Sequence[str],
    weights: Sequence[float],
    changes: Sequence[float],
    panels: tuple[str, str] = ("weight", "change when left out"),
    title: str | None = None,
) -> go.Figure:
    """Draw two bars side by side below each name: the weight, in attention's hue, and the change, around zero.

    weights: shares, 0 to 1. changes: any unit; below zero orange, above purple. panels: titles of the two halves.
    Of more than 20 names those with the largest weights or changes are drawn, in their order.
    Raises ValueError when the lengths differ or there is no name.
    """
    shares, moved = (np.asarray(values, dtype=np.float64) for values in (weights, changes))
    if not names or shares.shape != (len(names),) or moved.shape != (len(names),):
        raise ValueError(
            f"{len(names)} names came with weights of shape {shares.shape} and changes of shape {moved.shape};"
            " give at least one name, and one number of each kind a name"
        )
    rows = counting_rows(shares, moved)
    shares, moved, shown = shares[rows], moved[rows], [plain(names[row]) for row in rows]
    figure = make_subplots(
        rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.08, subplot_titles=[plain(name) for name in panels]
    )
    places = np.arange(len(rows))[::-1]  # the first name on top
    colours = [LESS if value < 0 else MORE for value in moved]
    figure.add_trace(_bars(places, shares, ATTENTION, shown, "weight %{x:.3f}"), row=1, col=1)
    figure.add_trace(_bars(places, moved, colours, shown, "change %{x:.3f}"), row=1, col=2)
    figure.update_layout(base_layout(title, height=100 + ROW_PX * len(rows)), showlegend=False)
    figure.update_layout(margin_t=60 if title is None else 90)  # the panels' titles below the chart's own buttons
    figure.update_annotations(x=0, xanchor="left", font={"size": 14})
    figure.layout.annotations[1].x = figure.layout.xaxis2.domain[0]
    figure.add_trace(names_above(places + 0.27, shown), row=1, col=1)
    figure.update_yaxes(visible=False, range=[-0.6, len(rows) - 0.4], fixedrange=True)
    figure.update_xaxes(showgrid=False, showticklabels=False, zeroline=True)
    figure.update_xaxes(range=[0, 1.3 * max(float(shares.max()), 0.05)], row=1, col=1)
    low, high = min(float(moved.min()), 0.0), max(float(moved.max()), 0.0)
    room = 0.32 * max(high - low, LEAST_RANGE)  # for the numbers at the ends
    high_room = room if high > 0 or low == 0 else 0
    figure.update_xaxes(range=[low - (room if low < 0 else 0), high + high_room], row=1, col=2)
    return figure


def names_above(places: Sequence[float], names: Sequence[str], edge: float = 0.0) -> go.Scatter:
    """Write names from the left edge on, across whatever stands to the right.

    places: on the vertical axis; edge: where the horizontal one begins.
    """
    return go.Scatter(
        x=np.full(len(names), edge),
        y=places,
        mode="text",
        text=list(names),
        textposition="middle right",
        textfont={"size": LABEL_SIZE},
        cliponaxis=False,
        hoverinfo="skip",
    )


def counting_rows(weights: np.ndarray, changes: np.ndarray, most: int = MOST_SHOWN) -> list[int]:
    """Return the rows to draw, in order: all, or the `most` with the largest share of weight or of change."""
    if len(weights) <= most:
        return list(range(len(weights)))
    shares = [np.abs(values) / max(float(np.abs(values).max()), 1e-12) for values in (weights, changes)]
    largest = np.argsort(-np.maximum(*shares), kind="stable")[:most]
    return sorted(int(row) for row in largest)


def _bars(places: np.ndarray, values: np.ndarray, colour: str | list[str], names: list[str], said: str) -> go.Bar:
    return go.Bar(
        x=values,
        y=places - 0.13,
        width=BAR,
        orientation="h",
        marker={"color": colour, "cornerradius": 3},
        text=[short(value) for value in values],
        textposition="outside",
        cliponaxis=False,
        customdata=names,
        hovertemplate="%{customdata}<br>" + said + "<extra></extra>",
    )
