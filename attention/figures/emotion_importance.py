"""How much each word mattered for one emotion: what attention says, what happens without the word, and a lot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from attention.figures.importance_bars import ATTENTION, MOST_LEVEL, PANEL_PX, short
from attention.figures.probability_bars import NEUTRAL
from attention.figures.theme import base_layout, plain


def emotion_importance_figure(
    words: Sequence[str], measures: Mapping[str, Sequence[float]], title: str | None = None
) -> go.Figure:
    """Draw one panel of bars a measure, a bar a word; each panel has its own unit and so its own axis.

    measures: title of the panel -> one number a word; the first is attention and has its hue. The word that a measure
    ranks first has an outline and its number.
    Raises ValueError when a measure has another length, or when there is none.
    """
    if not measures or any(len(values) != len(words) for values in measures.values()):
        lengths = {name: len(values) for name, values in measures.items()}
        raise ValueError(f"{len(words)} words came with measures of lengths {lengths}; give one number a word")
    figure = make_subplots(
        rows=len(measures),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.1,
        subplot_titles=[plain(name) for name in measures],
    )
    names = [plain(word) for word in words]
    for row, values in enumerate(measures.values(), start=1):
        numbers = np.asarray(values, dtype=np.float64)
        figure.add_trace(_bars(names, numbers, ATTENTION if row == 1 else NEUTRAL), row=row, col=1)
        low, high = min(numbers.min(initial=0.0), 0.0), max(numbers.max(initial=0.0), 0.0)
        margin = 0.28 * (high - low) or 1.0  # room for the number above the longest bar
        figure.update_yaxes(range=[low - 0.1 * margin, high + margin], row=row, col=1)
    figure.update_layout(base_layout(title, height=100 + PANEL_PX * len(measures)), showlegend=False, bargap=0.35)
    figure.update_annotations(x=0, xanchor="left", font={"size": 14})
    figure.update_yaxes(nticks=4, zeroline=True)
    figure.update_xaxes(
        tickvals=np.arange(len(names)), ticktext=names, ticks="", showgrid=False,
        tickangle=0 if len(names) <= MOST_LEVEL else -60,
    )  # fmt: skip
    return figure


def _number(value: float) -> str:
    return short(value) if abs(value) < 10 else f"{value:.0f}".replace("-", "\u2212")


def _bars(names: list[str], values: np.ndarray, colour: str) -> go.Bar:
    best = int(values.argmax()) if len(values) else -1
    return go.Bar(
        x=np.arange(len(names)),
        y=values,
        marker={
            "color": colour,
            "cornerradius": 3,
            "line": {"color": "#8a8a9c", "width": [2.5 if i == best else 0 for i in range(len(names))]},
        },
        text=[_number(value) if i == best else "" for i, value in enumerate(values)],
        textposition="outside",
        cliponaxis=False,
        customdata=names,
        hovertemplate="%{customdata}<br>%{y:.3f}<extra></extra>",
    )
