"""The tree of a beam search: what was weighed, what was kept, what won."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go


class Branch(NamedTuple):
    """One continuation: its id and its parent's, the text written, the step, and whether it was kept or is the best."""

    id: int
    parent: int | None
    text: str
    step: int
    log_probability: float
    kept: bool
    best: bool


def beam_tree_figure(branches: Sequence[Branch], title: str = "", max_dropped: int = 2) -> go.Figure:
    """Draw the tree from left to right, one column a step, the likeliest on top.

    max_dropped: of the continuations that were not kept, only so many a step are drawn, the likeliest first.
    The answer's path is thick; kept ones are plain, dropped ones faint and dotted, so that colour is not the only cue.
    """
    shown = _shown(branches, max_dropped)
    rows = _rows(shown)
    figure = go.Figure()
    for best, kept, line in (
        (False, False, {"width": 1, "dash": "dot"}),
        (False, True, {"width": 1.5}),
        (True, True, {"width": 4}),
    ):
        chosen = [b for b in shown if b.best == best and (b.kept == kept or best)]
        figure.add_trace(_links(chosen, shown, rows, line))
    figure.add_trace(_labels(shown, rows))
    steps = max((b.step for b in shown), default=1)
    height = 90 + 34 * max((len(_at(shown, step)) for step in range(steps + 1)), default=1)
    figure.update_layout(
        title=title or None,
        height=height,
        width=max(640, 96 * (steps + 1)),
        margin={"l": 10, "r": 10, "t": 40 if title else 10, "b": 30},
        showlegend=False,
    )
    figure.update_xaxes(title="step", dtick=1, showgrid=False, zeroline=False, range=[-0.4, steps + 0.7])
    figure.update_yaxes(visible=False, range=[max(rows.values(), default=0) + 0.7, -0.7])
    return figure


def _shown(branches: Sequence[Branch], max_dropped: int) -> list[Branch]:
    dropped: dict[int, int] = {}
    kept = []
    for branch in sorted(branches, key=lambda b: (b.step, -b.log_probability)):
        if not branch.kept and not branch.best:
            dropped[branch.step] = dropped.get(branch.step, 0) + 1
            if dropped[branch.step] > max_dropped:
                continue
        kept.append(branch)
    return kept


def _at(branches: Sequence[Branch], step: int) -> list[Branch]:
    return [b for b in branches if b.step == step]


def _rows(branches: Sequence[Branch]) -> dict[int, float]:
    """Return each branch's height: children near their parents, the best path first."""
    rows: dict[int, float] = {}
    for step in sorted({b.step for b in branches}):
        order = sorted(_at(branches, step), key=lambda b: (not b.best, rows.get(b.parent, 0.0), -b.log_probability))
        rows.update({branch.id: float(row) for row, branch in enumerate(order)})
    return rows


def _links(chosen: Sequence[Branch], shown: Sequence[Branch], rows: dict[int, float], line: dict) -> go.Scatter:
    steps = {b.id: b.step for b in shown}
    x: list[float | None] = []
    y: list[float | None] = []
    for branch in chosen:
        if branch.parent in rows:
            x += [steps[branch.parent], branch.step, None]
            y += [rows[branch.parent], rows[branch.id], None]
    return go.Scatter(x=x, y=y, mode="lines", line=line | {"color": "#8a8a9c"}, hoverinfo="skip")


def _labels(shown: Sequence[Branch], rows: dict[int, float]) -> go.Scatter:
    return go.Scatter(
        x=[b.step for b in shown],
        y=[rows[b.id] for b in shown],
        mode="markers+text",
        marker={"size": [11 if b.best else 8 if b.kept else 5 for b in shown], "color": "#8a8a9c"},
        text=[f"<b>{b.text}</b>" if b.best else b.text for b in map(_plain, shown)],
        textposition="top center",
        customdata=[f"{b.log_probability:.2f}" for b in shown],
        hovertemplate="%{text}<br>log-probability so far %{customdata}<extra></extra>",
        cliponaxis=False,
    )


def _plain(branch: Branch) -> Branch:
    """Keep a piece such as "<b>" from being read as markup."""
    return branch._replace(text=branch.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
