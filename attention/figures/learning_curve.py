"""How a model learned: its score and its loss on held-out sentences against minutes of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from attention.figures.theme import CATEGORICAL, DASHES, base_layout

CURVES = (  # column of the training log, name in the figure, form of the number
    ("valid_bleu", "BLEU, held-out sentences", ".1f"),
    ("valid_loss", "loss, held-out sentences", ".3f"),
    ("train_loss", "loss, training", ".3f"),
)


def learning_curve(rows: Sequence[Mapping[str, Any]], title: str | None = None) -> go.Figure:
    """Draw score and losses of one training run against minutes, BLEU above, losses below.

    rows: one mapping per line of the training log; `minutes` and any of `valid_bleu`, `valid_loss`, `train_loss`.
        Empty or missing numbers are left out.
    Raises ValueError when no row has minutes together with one of these.
    """
    curves = [(name, form, *_series(rows, column)) for column, name, form in CURVES]
    if not any(len(minutes) for *_, minutes, _ in curves):
        raise ValueError(f"none of the {len(rows)} rows has minutes and one of {[column for column, *_ in CURVES]}")
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08)
    for i, (name, form, minutes, values) in enumerate(curves):
        if not len(minutes):
            continue
        trace = go.Scatter(
            x=minutes,
            y=values,
            name=name,
            mode="lines+markers" if len(minutes) <= 40 else "lines",
            line={"color": CATEGORICAL[i], "dash": DASHES[i], "width": 2},
            hovertemplate="%{x:.1f} min<br>" + name + " %{y:" + form + "}<extra></extra>",
        )
        figure.add_trace(trace, row=1 if i == 0 else 2, col=1)
    figure.update_layout(base_layout(title, height=420), legend={"orientation": "h", "y": -0.16}, hovermode="closest")
    figure.update_yaxes(title="BLEU", row=1, col=1, rangemode="tozero")
    figure.update_yaxes(title="loss (nats a token)", row=2, col=1)
    figure.update_xaxes(title="minutes of training", row=2, col=1)
    return figure


def _series(rows: Sequence[Mapping[str, Any]], column: str) -> tuple[np.ndarray, np.ndarray]:
    pairs = [(_number(row.get("minutes")), _number(row.get(column))) for row in rows]
    kept = np.array([pair for pair in pairs if None not in pair], dtype=np.float64).reshape(-1, 2)
    return kept[:, 0], kept[:, 1]


def _number(value: Any) -> float | None:
    """Read a number from a log, where an empty field means that nothing was measured."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None
