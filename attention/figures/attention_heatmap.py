"""The heatmap of one attention matrix, for charts and saved files; on screen the inspector draws the same numbers."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from attention.attention_map import AttentionMap
from attention.figures.theme import CELL_PX, MOST_NUMBERED, base_layout, plain


def attention_heatmap(
    attention_map: AttentionMap, layer: int | None = None, head: int | None = None, title: str | None = None
) -> go.Figure:
    """Draw who looked at whom: one row per query, one column per key, first query on top.

    layer, head: one of them, or None for the mean over that axis. Colours run from 0 to 1 always, so that two figures
    can be compared; the scale itself is the theme's.
    """
    weights = attention_map.matrix(layer, head)
    trace = go.Heatmap(
        z=weights,
        x=np.arange(weights.shape[1]),
        y=np.arange(weights.shape[0]),
        customdata=label_pairs(attention_map.query_labels, attention_map.key_labels),
        hovertemplate="%{customdata[0]} \u2190 %{customdata[1]}<br>weight %{z:.3f}<extra></extra>",
        zmin=0,
        zmax=1,
        xgap=2,
        ygap=2,
        showscale=False,
        **cell_numbers(weights, least=0.05),
    )
    figure = go.Figure(trace)
    figure.update_layout(base_layout(title, height=110 + CELL_PX * max(len(weights), 3)))
    name_axes(figure, attention_map)
    return figure


def cell_numbers(weights: np.ndarray, least: float, signed: bool = False) -> dict:
    """Return the trace entries that write each number into its cell, or none where there are too many cells.

    Numbers whose size is below `least` are left out: there the colour says enough.
    """
    if max(weights.shape) > MOST_NUMBERED:
        return {}
    form = "{:+.2f}" if signed else "{:.2f}"
    numbers = [[form.format(w).replace("-", "\u2212") if abs(w) >= least else "" for w in row] for row in weights]
    return {"text": np.array(numbers), "texttemplate": "%{text}"}


def label_pairs(query_labels: tuple[str, ...], key_labels: tuple[str, ...]) -> np.ndarray:
    """Return (query_len, key_len, 2) labels for hovering."""
    pairs = [[(plain(query), plain(key)) for key in key_labels] for query in query_labels]
    return np.array(pairs, dtype=str).reshape(len(query_labels), len(key_labels), 2)


def name_axes(figure: go.Figure, attention_map: AttentionMap) -> None:
    """Put the labels on numbered axes, so that a word that occurs twice keeps its two rows."""
    shared = {"showgrid": False, "zeroline": False, "ticks": ""}
    figure.update_xaxes(
        title=plain(attention_map.key_axis),
        tickvals=np.arange(len(attention_map.key_labels)),
        ticktext=[plain(label) for label in attention_map.key_labels],
        side="top",
        **shared,
    )
    figure.update_yaxes(
        title=plain(attention_map.query_axis),
        tickvals=np.arange(len(attention_map.query_labels)),
        ticktext=[plain(label) for label in attention_map.query_labels],
        autorange="reversed",
        **shared,
    )
