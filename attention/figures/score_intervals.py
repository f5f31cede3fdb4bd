"""By how much one method is better than each of some others, with intervals, one below the other around zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from attention.figures.left_out_bars import names_above
from attention.figures.probability_bars import NEUTRAL
from attention.figures.theme import CHANGE, base_layout, plain

ROW_PX = 48
LESS, MORE = CHANGE[0][1], CHANGE[-1][1]


class Gain(NamedTuple):
    """The difference to one other method and the ends of its interval, as shares: 0.03 is three in a hundred."""

    name: str
    value: float
    low: float
    high: float


def score_intervals(gains: Sequence[Gain], x_title: str, title: str | None = None) -> go.Figure:
    """Draw a point and its interval below each method's name, in percentage points, zero always in view.

    Purple where the whole interval lies above zero, orange where it lies below, grey where it holds zero; the shape of
    the point says the same: a triangle up, a triangle down, a circle.
    Raises ValueError when there is no method, or a difference lies outside its interval.
    """
    if not gains:
        raise ValueError("there is no method to draw; give at least one")
    for one in gains:
        if not one.low <= one.value <= one.high:
            raise ValueError(f"the difference to {one.name!r}, {one.value}, is not between {one.low} and {one.high}")
    places = [float(place) for place in range(len(gains))][::-1]
    names = [f"{plain(one.name)}  {interval_text(one)}" for one in gains]
    trace = go.Scatter(
        x=[100 * one.value for one in gains],
        y=[place - 0.16 for place in places],
        mode="markers",
        marker={
            "size": 12,
            "symbol": [_pick(one, "triangle-up", "triangle-down", "circle") for one in gains],
            "color": [_pick(one, MORE, LESS, NEUTRAL) for one in gains],
        },
        error_x={
            "array": [100 * (one.high - one.value) for one in gains],
            "arrayminus": [100 * (one.value - one.low) for one in gains],
            "symmetric": False,
            "color": NEUTRAL,
            "thickness": 1.6,
            "width": 5,
        },
        customdata=names,
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )
    low, high = (100 * edge for edge in (min(0.0, *(one.low for one in gains)), max(0.0, *(one.high for one in gains))))
    margin = 0.06 * (high - low) or 1.0
    figure = go.Figure(trace)
    figure.add_trace(names_above([place + 0.26 for place in places], names, low - margin))
    figure.update_layout(base_layout(title, height=90 + ROW_PX * len(gains)), showlegend=False)
    figure.update_yaxes(visible=False, range=[-0.6, len(gains) - 0.4], fixedrange=True)
    figure.update_xaxes(title=plain(x_title), range=[low - margin, high + margin], zeroline=True, zerolinewidth=2)
    return figure


def interval_text(one: Gain) -> str:
    """Write a difference and its interval in percentage points: "+3.5 (+2.0 … +5.1)"."""
    return f"{signed_points(one.value)} ({signed_points(one.low)} … {signed_points(one.high)})"


def signed_points(share: float) -> str:
    """Write a difference of shares in percentage points, with its sign: +3.5, −1.2, 0.0."""
    text = f"{100 * share:+.1f}".replace("-", "\u2212")
    return "0.0" if text[1:] == "0.0" else text


def _pick(one: Gain, above: str, below: str, between: str) -> str:
    return above if one.low > 0 else below if one.high < 0 else between
