"""Some curves over one axis, told apart by colour and by dash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from attention.figures.theme import CATEGORICAL, DASHES, base_layout, plain


class Line(NamedTuple):
    """One curve: what it is called, and its points."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


def line_chart(
    lines: Sequence[Line],
    x_title: str,
    y_title: str,
    mark: tuple[float, str] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    dots: bool = False,
    ticks: Sequence[float] = (),
    from_zero: bool = False,
    height: int = 340,
) -> go.Figure:
    """Draw the curves.

    mark: a place on the x axis and what stands there, drawn as a thin line from top to bottom.
    dots: show each point, for curves of few points. ticks: the numbers on the x axis, where they are few.
    from_zero: the y axis begins at 0.
    Raises ValueError when there is no curve.
    """
    if not lines:
        raise ValueError("a line chart needs at least one line")
    figure = go.Figure()
    for number, line in enumerate(lines):
        figure.add_trace(
            go.Scatter(
                x=np.asarray(line.x, dtype=np.float64),
                y=np.asarray(line.y, dtype=np.float64),
                name=plain(line.name),
                mode="lines+markers" if dots else "lines",
                line={
                    "color": CATEGORICAL[number % len(CATEGORICAL)],
                    "dash": DASHES[number % len(DASHES)],
                    "width": 2.5,
                },
                hovertemplate=f"%{{x:.3~g}}<br>{plain(line.name)} %{{y:.3~g}}<extra></extra>",
            )
        )
    figure.update_layout(
        base_layout(height=height), showlegend=len(figure.data) > 1, legend={"orientation": "h", "y": -0.25}
    )
    figure.update_xaxes(title=x_title, type="log" if log_x else "linear", zeroline=False)
    figure.update_yaxes(title=y_title, type="log" if log_y else "linear", zeroline=not log_y)
    if ticks:
        figure.update_xaxes(tickvals=list(ticks))
    if from_zero:
        figure.update_yaxes(rangemode="tozero")
    if mark:
        place, text = mark
        line = {"color": "#8b8d94", "width": 1.5}
        figure.add_vline(x=place, line=line, annotation={"text": plain(text)}, annotation_position="bottom right")
    return figure
