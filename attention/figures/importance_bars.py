"""How much each source word mattered for one translated word, by attention and by other measures, one above another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from attention.figures.probability_bars import NEUTRAL
from attention.figures.theme import LIGHT, base_layout, plain

if TYPE_CHECKING:
    from attention.translation.faithfulness import Importance

IMPORTANCE_NAMES = {  # of the panels, in their order; what stands after the comma is the unit
    "attention": "attention, share",
    "gradient": "gradient × input, length",
    "leave_one_out": "left out, drop in log-probability",
    "random": "drawn by lot, share",
}
ATTENTION = LIGHT.sequential[5]  # of the ramp that means attention, the step that shows on both pages
PANEL_PX = 120
MOST_LEVEL = 12  # words up to which their names stand level


def importance_figure(
    importance: Importance, title: str | None = None, names: Mapping[str, str] | None = None
) -> go.Figure:
    """Draw one panel of bars for each measure, a bar a source word; each panel has its own unit and so its own axis.

    The word that a measure ranks first has an outline and its number above it.
    names: titles of the panels, by measure; a measure that the mapping lacks keeps its own.
    """
    titles = {**IMPORTANCE_NAMES, **(names or {})}
    figure = make_subplots(
        rows=len(IMPORTANCE_NAMES),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.07,
        subplot_titles=[plain(titles[measure]) for measure in IMPORTANCE_NAMES],
    )
    words = [plain(word) for word in importance.words]
    for row, measure in enumerate(IMPORTANCE_NAMES, start=1):
        values = np.asarray(getattr(importance, measure), dtype=np.float64)
        figure.add_trace(_bars(words, values, ATTENTION if measure == "attention" else NEUTRAL), row=row, col=1)
        margin = 0.28 * float(np.ptp(np.append(values, 0.0))) or 1.0  # room for the number above the longest bar
        figure.update_yaxes(range=[min(values.min(), 0.0) - 0.1 * margin, values.max() + margin], row=row, col=1)
    figure.update_layout(
        base_layout(title, height=90 + PANEL_PX * len(IMPORTANCE_NAMES)), showlegend=False, bargap=0.35
    )
    figure.update_annotations(x=0, xanchor="left", font={"size": 14})
    figure.update_yaxes(nticks=4, zeroline=True)
    figure.update_xaxes(
        tickvals=np.arange(len(words)), ticktext=words, ticks="", showgrid=False,
        tickangle=0 if len(words) <= MOST_LEVEL else -60,
    )  # fmt: skip
    return figure


def _bars(words: list[str], values: np.ndarray, colour: str) -> go.Bar:
    best = int(values.argmax())
    return go.Bar(
        x=np.arange(len(words)),
        y=values,
        marker={
            "color": colour,
            "cornerradius": 3,
            "line": {"color": "#8a8a9c", "width": [2.5 if i == best else 0 for i in range(len(words))]},
        },
        text=[short(value) if i == best else "" for i, value in enumerate(values)],
        textposition="outside",
        cliponaxis=False,
        customdata=words,
        hovertemplate="%{customdata}<br>%{y:.3f}<extra></extra>",
    )


def short(value: float) -> str:
    """Write a number with two digits after the point and a true minus sign."""
    return f"{value:.2f}".replace("-", "\u2212")
