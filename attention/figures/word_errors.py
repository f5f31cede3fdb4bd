"""How many words a speller gets wrong, as the sound becomes harder."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from attention.figures.line_chart import Line, line_chart

LEAST_TOP = 10.0  # percent; errors below it do not fill the picture


def word_errors_figure(lines: Sequence[Line], x_title: str, y_title: str, falling: bool = False) -> go.Figure:
    """Draw one curve a speller; y in percent of the words said.

    falling: the axis runs from large to small numbers, where small ones are harder.
    Raises ValueError when there is no curve.
    """
    ticks = sorted({float(x) for line in lines for x in line.x})
    figure = line_chart(lines, x_title, y_title, dots=True, ticks=ticks, from_zero=True)
    highest = max((float(y) for line in lines for y in line.y), default=0.0)
    figure.update_yaxes(range=[0, max(1.1 * highest, LEAST_TOP)])
    if falling:
        figure.update_xaxes(autorange="reversed")
    return figure
