"""A picture with the attention as a veil over it, and boxes for what was found and what is true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from attention.figures.theme import LIGHT, base_layout, plain

VEIL = LIGHT.sequential[6]  # the middle of attention's ramp, which shows on dark and on light patches
VEIL_MOST = 0.85  # opacity of the largest weight
GREY = ((0.0, "#000000"), (1.0, "#ffffff"))
FOUND, TRUTH = "#d55e00", "#009e73"  # vermilion, bluish green; solid and dashed, so that colour is not the only cue


class Box(NamedTuple):
    """A box in pixels of the picture, what it is called, and whether it is the truth."""

    left: float
    top: float
    right: float
    bottom: float
    name: str
    is_truth: bool = False


def scene_picture(
    image: np.ndarray,
    weights: np.ndarray | None = None,
    boxes: Sequence[Box] = (),
    title: str | None = None,
    height: int = 340,
    axes: tuple[str, str, str] = ("column", "row", "weight"),
) -> go.Figure:
    """Draw a grey picture, the attention over it, and boxes.

    image: (height, width), 0 dark to 1 bright. weights: (rows, columns) of a grid laid over the whole picture, each 0
    or above; the veil is densest at the largest. axes: what hovering calls column, row and weight.
    Raises ValueError when image or weights are no matrices, or a weight is below 0.
    """
    pixels = np.asarray(image, dtype=np.float64)
    if pixels.ndim != 2:
        raise ValueError(f"image has shape {pixels.shape}; give (height, width) of grey values")
    figure = go.Figure(
        go.Heatmap(z=pixels, zmin=0, zmax=1, colorscale=list(map(list, GREY)), showscale=False, hoverinfo="skip")
    )
    if weights is not None:
        figure.add_trace(_veil(np.asarray(weights, dtype=np.float64), pixels.shape, axes))
    for box in boxes:
        figure.add_trace(_outline(box))
    figure.update_layout(
        base_layout(title, height),
        showlegend=bool(boxes),
        legend={"orientation": "h", "y": -0.02, "x": 0, "itemsizing": "constant"},
    )
    hidden = {"visible": False, "showgrid": False, "zeroline": False, "fixedrange": True}
    figure.update_xaxes(range=[-0.5, pixels.shape[1] - 0.5], constrain="domain", **hidden)
    figure.update_yaxes(range=[pixels.shape[0] - 0.5, -0.5], scaleanchor="x", constrain="domain", **hidden)
    return figure


def _veil(weights: np.ndarray, shape: tuple[int, int], axes: tuple[str, str, str]) -> go.Heatmap:
    """Lay a grid of weights over the picture; pixel centres stand at whole numbers."""
    if weights.ndim != 2 or not np.all(weights >= 0):
        raise ValueError(f"weights have shape {weights.shape}; give (rows, columns), each weight 0 or above")
    rows, columns = weights.shape
    high, wide = shape[0] / rows, shape[1] / columns
    column, row, weight = axes
    return go.Heatmap(
        z=weights,
        x=(np.arange(columns) + 0.5) * wide - 0.5,
        y=(np.arange(rows) + 0.5) * high - 0.5,
        customdata=np.stack(np.meshgrid(np.arange(1, columns + 1), np.arange(1, rows + 1)), axis=-1),
        zmin=0,
        zmax=max(float(weights.max()), 1e-9),
        colorscale=[[0, _rgba(0.0)], [1, _rgba(VEIL_MOST)]],
        showscale=False,
        hovertemplate=f"{plain(column)} %{{customdata[0]}}, {plain(row)} %{{customdata[1]}}<br>"
        f"{plain(weight)} %{{z:.3f}}<extra></extra>",
    )


def _outline(box: Box) -> go.Scatter:
    left, top, right, bottom = (value - 0.5 for value in box[:4])  # a pixel begins half before its centre
    return go.Scatter(
        x=[left, right, right, left, left],
        y=[top, top, bottom, bottom, top],
        mode="lines",
        name=plain(box.name),
        line={"color": TRUTH if box.is_truth else FOUND, "dash": "dash" if box.is_truth else "solid", "width": 2.5},
        hoverinfo="skip",
    )


def _rgba(opacity: float) -> str:
    red, green, blue = (int(VEIL[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
