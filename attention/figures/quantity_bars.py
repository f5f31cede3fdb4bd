"""Quantities of very different size as bars on a logarithmic axis, some side by side in each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from attention.figures.theme import CATEGORICAL, base_layout, plain

PATTERNS = ("", "/", ".", "x")  # so that colour is never the only cue


def quantity_bars(
    groups: Sequence[str], series: Mapping[str, Sequence[float]], y_title: str, height: int = 360
) -> go.Figure:
    """Draw for each group one bar of every series; a quantity of 0 has no bar, and its number says so.

    series: name -> one number a group.
    """
    figure = go.Figure()
    for number, (name, values) in enumerate(series.items()):
        found = np.asarray(values, dtype=np.float64)
        figure.add_trace(
            go.Bar(
                x=[plain(group) for group in groups],
                y=np.where(found > 0, found, np.nan),
                name=plain(name),
                marker={"color": CATEGORICAL[number], "pattern": {"shape": PATTERNS[number % len(PATTERNS)]}},
                text=[short_count(value) for value in found],
                textposition="outside",
                cliponaxis=False,
                hovertemplate=f"%{{x}}<br>{plain(name)} %{{y:,.0f}}<extra></extra>",
            )
        )
    figure.update_layout(base_layout(height=height), barmode="group", legend={"orientation": "h", "y": -0.15})
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(title=y_title, type="log", exponentformat="power", dtick=1)
    return figure


def short_count(value: float) -> str:
    """Write a count in at most four signs: 950, 16 k, 1.2 M, 3.4 G."""
    for size, sign in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            number = value / size
            return f"{number:.1f} {sign}" if number < 10 else f"{number:.0f} {sign}"
    return f"{value:.0f}"
