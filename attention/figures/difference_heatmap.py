"""The heatmap of what changed between two attention maps: orange for less, purple for more."""

from __future__ import annotations

import plotly.graph_objects as go

from attention.attention_map import AttentionMap
from attention.figures.attention_heatmap import cell_numbers, label_pairs, name_axes
from attention.figures.theme import CELL_PX, CHANGE, base_layout

LEAST_RANGE = 0.1  # smaller changes do not get the full colour


def difference_heatmap(
    before: AttentionMap,
    after: AttentionMap,
    layer: int | None = None,
    head: int | None = None,
    title: str | None = None,
) -> go.Figure:
    """Draw after minus before, cell by cell, around zero.

    No change lets the page show through, so the same figure serves light and dark; the colours reach from the largest
    change, at least 0.1, to its opposite. (Plotly takes the theme's sequential scale for any heatmap without a scale,
    so this one has to name its own.)
    Raises ValueError when the two maps do not have the same rows and columns.
    """
    for axis in ("query_labels", "key_labels"):
        was, now = getattr(before, axis), getattr(after, axis)
        if was != now:
            raise ValueError(
                f"{axis} differ: before {len(was)} ({' '.join(was)}), after {len(now)} ({' '.join(now)}); "
                "only maps over the same words can be subtracted, force the same translation through both models"
            )
    difference = after.matrix(layer, head) - before.matrix(layer, head)  # (query_len, key_len), -1 to 1
    most = max(LEAST_RANGE, float(abs(difference).max(initial=0.0)))
    trace = go.Heatmap(
        z=difference,
        customdata=label_pairs(after.query_labels, after.key_labels),
        hovertemplate="%{customdata[0]} \u2190 %{customdata[1]}<br>change %{z:+.3f}<extra></extra>",
        colorscale=list(CHANGE),
        zmin=-most,
        zmid=0,
        zmax=most,
        xgap=2,
        ygap=2,
        colorbar={"title": "change", "thickness": 12, "outlinewidth": 0},
        **cell_numbers(difference, least=0.05, signed=True),
    )
    figure = go.Figure(trace)
    figure.update_layout(base_layout(title, height=110 + CELL_PX * max(len(difference), 3)))
    name_axes(figure, after)
    return figure
