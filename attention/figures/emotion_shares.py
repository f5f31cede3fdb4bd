"""In how many of some texts each emotion was found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from attention.figures.probability_bars import NEUTRAL
from attention.figures.theme import base_layout, plain

ROW_PX = 26


def emotion_shares(names: Sequence[str], counts: Sequence[int], texts: int, title: str | None = None) -> go.Figure:
    """Draw one bar a name, in the order given, the first on top, as the share of all texts.

    counts: in how many texts the name was found. Each bar carries its share and its count.
    Raises ValueError when the lengths differ, there is no text, or a count exceeds the texts.
    """
    found = np.asarray(counts, dtype=np.int64)
    if found.shape != (len(names),):
        raise ValueError(f"{len(names)} names came with {found.shape} counts; give one each")
    if texts < 1 or (found < 0).any() or (found > texts).any():
        raise ValueError(f"counts must lie between 0 and the number of texts, {texts}, which must be at least 1")
    shares = found / texts
    trace = go.Bar(
        x=shares,
        y=[plain(name) for name in names],
        orientation="h",
        marker={"color": NEUTRAL, "cornerradius": 3},
        text=[f"\u00a0{share_text(share)} · {count:,}" for share, count in zip(shares, found, strict=True)],
        textposition="outside",
        cliponaxis=False,
        customdata=found,
        hovertemplate="%{y}<br>%{customdata:,} texts, %{x:.1%}<extra></extra>",
    )
    figure = go.Figure(trace)
    figure.update_layout(base_layout(title, height=70 + ROW_PX * max(len(names), 2)), bargap=0.3)
    most = float(shares.max(initial=0.0)) or 1.0
    figure.update_xaxes(range=[0, 1.3 * most], tickformat=".0%", nticks=5, zeroline=False)
    figure.update_yaxes(autorange="reversed", ticks="", showgrid=False)
    return figure


def share_text(share: float) -> str:
    """Write a share as a percentage, with a digit after the point below ten."""
    value = 100 * share
    return f"{value:.0f} %" if value >= 10 or value == 0 else f"{value:.1f} %"
