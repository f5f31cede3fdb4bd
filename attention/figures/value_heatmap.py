"""A matrix of signed numbers as colours: orange below, purple above zero."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from attention.figures.theme import CHANGE, base_layout


def value_heatmap(
    values: np.ndarray, row_axis: str, column_axis: str, most: float = 1.0, height: int = 420
) -> go.Figure:
    """Draw (rows, columns) numbers from -most to most, the first row on top; zero lets the page show through."""
    trace = go.Heatmap(
        z=np.asarray(values, dtype=np.float32),
        zmin=-most,
        zmid=0,
        zmax=most,
        colorscale=list(CHANGE),
        colorbar={"thickness": 12, "outlinewidth": 0},
        hovertemplate=f"{row_axis} %{{y}}, {column_axis} %{{x}}<br>%{{z:.2f}}<extra></extra>",
    )
    figure = go.Figure(trace)
    figure.update_layout(base_layout(height=height))
    figure.update_xaxes(title=column_axis, showgrid=False, zeroline=False)
    figure.update_yaxes(title=row_axis, showgrid=False, zeroline=False, autorange="reversed")
    return figure
