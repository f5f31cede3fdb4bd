"""Temperatures that were tried, and how likely each makes the given translations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from attention.figures.theme import CATEGORICAL, base_layout, plain

if TYPE_CHECKING:
    from attention.translation.tuning import TuningRow

APART = 1.12  # factor between two temperatures from which their numbers do not overlap
GRID_NAME, SEARCH_NAME = "tried by hand", "tried by the search, in this order"


def tuning_figure(
    grid: Sequence[TuningRow],
    search: Sequence[TuningRow] = (),
    title: str | None = None,
    names: tuple[str, str] = (GRID_NAME, SEARCH_NAME),
) -> go.Figure:
    """Draw mean log-probability against temperature (axis in powers of 10); the search's points carry their numbers,
    as far as there is room for them.

    Raises ValueError when nothing was tried.
    """
    if not grid and not search:
        raise ValueError("no setting was tried, so there is nothing to draw; try at least one temperature")
    figure = go.Figure()
    if grid:
        ordered = sorted(grid, key=lambda row: row.temperature)
        figure.add_trace(_trace(ordered, names[0], 0, mode="lines+markers", marker={"symbol": "circle", "size": 8}))
    if search:
        marker = {"symbol": "diamond-open", "size": 10, "line": {"width": 2}}
        figure.add_trace(
            _trace(
                search,
                names[1],
                1,
                mode="markers+text",
                marker=marker,
                text=_numbers(search),
                textposition="top center",
            )
        )
    figure.update_layout(base_layout(title, height=360), legend={"orientation": "h", "y": -0.24}, hovermode="closest")
    ticks = sorted({row.temperature for row in grid}) or [0.1, 0.5, 1, 2, 5]
    figure.update_xaxes(title="temperature", type="log", tickvals=ticks, ticktext=[f"{t:g}" for t in ticks])
    figure.update_yaxes(title="log-probability (nats a piece)")
    return figure


def _numbers(rows: Sequence[TuningRow]) -> list[str]:
    """Return the number of every point, or nothing where an earlier number stands too close."""
    texts: list[str] = []
    written: list[float] = []
    for number, row in enumerate(rows, start=1):
        free = all(abs(math.log(row.temperature / other)) >= math.log(APART) for other in written)
        texts.append(str(number) if free else "")
        written += [row.temperature] if free else []
    return texts


def _trace(rows: Sequence[TuningRow], name: str, number: int, marker: dict, **style: object) -> go.Scatter:
    colour = CATEGORICAL[number]
    return go.Scatter(
        x=[row.temperature for row in rows],
        y=[row.log_probability for row in rows],
        name=plain(name),
        line={"color": colour, "width": 2},
        marker={**marker, "color": colour},
        customdata=[(number, row.normaliser) for number, row in enumerate(rows, start=1)],
        hovertemplate="%{customdata[0]}: temperature %{x:.2f}, %{customdata[1]}<br>%{y:.4f}<extra></extra>",
        **style,
    )
