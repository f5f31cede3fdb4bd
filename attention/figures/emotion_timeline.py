"""How likely some emotions are in each sentence of a text, from its first to its last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from attention.figures.probability_bars import NEUTRAL
from attention.figures.theme import CATEGORICAL, DASHES, MARKERS, base_layout, plain

SENTENCE_CHARS = 60  # of a sentence that is shown under the pointer
MOST_DOTTED = 80  # sentences up to which every point has its mark


def emotion_timeline(
    sentences: Sequence[str],
    names: Sequence[str],
    probabilities: np.ndarray,
    chosen: int | None = None,
    title: str | None = None,
) -> go.Figure:
    """Draw one curve an emotion over the sentences; each point carries its sentence's number, counted from 0.

    probabilities: (sentences, names), between 0 and 1, NaN where a sentence could not be read.
    chosen: the sentence that is looked into, marked by a band.
    Raises ValueError when the shapes do not fit or a number is no probability.
    """
    found = np.asarray(probabilities, dtype=np.float64)
    if found.shape != (len(sentences), len(names)):
        raise ValueError(f"probabilities have shape {found.shape}; the labels need {(len(sentences), len(names))}")
    if ((found < 0) | (found > 1)).any():
        raise ValueError(f"probabilities must lie between 0 and 1, got {np.nanmin(found):g} to {np.nanmax(found):g}")
    numbers = np.arange(len(sentences))
    texts = [plain(_short(sentence)) for sentence in sentences]
    figure = go.Figure()
    for place, name in enumerate(names):
        figure.add_trace(
            go.Scatter(
                x=numbers + 1,
                y=found[:, place],
                name=plain(name),
                mode="lines+markers" if len(sentences) <= MOST_DOTTED else "lines",
                line={
                    "color": CATEGORICAL[place % len(CATEGORICAL)],
                    "dash": DASHES[place % len(DASHES)],
                    "width": 2.5,
                },
                marker={"size": 10, "symbol": MARKERS[place % len(MARKERS)]},
                unselected={"marker": {"opacity": 1}},
                customdata=[[int(number), text] for number, text in zip(numbers, texts, strict=True)],
                hovertemplate=f"%{{customdata[1]}}<br>{plain(name)} %{{y:.0%}}<extra></extra>",
            )
        )
    figure.update_layout(
        base_layout(title, height=300), legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    )
    if chosen is not None:
        band = {"fillcolor": NEUTRAL, "opacity": 0.18, "line_width": 0, "layer": "below"}
        figure.add_vrect(x0=chosen + 0.6, x1=chosen + 1.4, **band)
    figure.update_xaxes(
        title="sentence", range=[0.5, len(sentences) + 0.5], showgrid=False, zeroline=False, tickformat="d",
        dtick=1 if len(sentences) <= 24 else None,
    )  # fmt: skip
    figure.update_yaxes(title="probability", range=[0, 1.04], tickformat=".0%", tickvals=[0, 0.5, 1], zeroline=False)
    return figure


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SENTENCE_CHARS else line[: SENTENCE_CHARS - 1] + "…"
