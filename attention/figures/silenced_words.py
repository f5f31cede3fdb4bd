"""Which words of a sound change when a stretch of it is silenced: where it was listened to, and elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from attention.figures.importance_bars import ATTENTION
from attention.figures.probability_bars import NEUTRAL
from attention.figures.theme import base_layout, plain

ROW_PX = 84  # three bars and the word
PALE = "rgba(139, 141, 148, 0.45)"
COLOURS = (ATTENTION, NEUTRAL, PALE)  # the first group is what attention points at
LEAST = 0.004  # a hairline that stands for zero, so that it can be told from none


def silenced_words(
    words: Sequence[str], shares: Mapping[str, Sequence[float | None]], axis: str, title: str | None = None
) -> go.Figure:
    """Draw some bars below one another for each word: the share of silences that change it, one bar a kind of place.

    shares: for each kind, one number a word, 0 to 1, or None where there was no such place. The first kind is drawn in
    attention's hue.
    Raises ValueError when the lengths differ or a number is no share.
    """
    if not words or any(len(values) != len(words) for values in shares.values()):
        found = {name: len(values) for name, values in shares.items()}
        raise ValueError(f"{len(words)} words came with {found} numbers; give at least one word, one number each")
    figure = go.Figure()
    for number, (name, values) in enumerate(shares.items()):
        found = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        if ((found < 0) | (found > 1)).any():
            raise ValueError(f"shares lie between 0 and 1, {name!r} has {found.min():g} to {found.max():g}")
        figure.add_trace(
            go.Bar(
                x=np.maximum(found, LEAST),
                y=np.arange(len(words)),
                name=plain(name),
                orientation="h",
                marker={"color": COLOURS[number % len(COLOURS)], "cornerradius": 3},
                text=["" if np.isnan(share) else f"{share:.0%}" for share in found],
                textposition="outside",
                cliponaxis=False,
                customdata=np.array([[plain(word), f"{share:.0%}"] for word, share in zip(words, found, strict=True)]),
                hovertemplate="%{customdata[0]}<br>" + plain(name) + " %{customdata[1]}<extra></extra>",
            )
        )
    figure.update_layout(base_layout(title, height=110 + ROW_PX * len(words)), barmode="group", bargap=0.3)
    figure.update_layout(legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0}, margin_t=60)
    figure.update_yaxes(
        tickvals=np.arange(len(words)), ticktext=[plain(word) for word in words], autorange="reversed",
        showgrid=False, zeroline=False,
    )  # fmt: skip
    figure.update_xaxes(title=axis, range=[0, 1.12], tickformat=".0%", tickvals=[0, 0.5, 1], zeroline=False)
    return figure
