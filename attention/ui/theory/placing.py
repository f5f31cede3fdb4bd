"""Positions: what tells attention, which knows no order, where a vector stands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
import torch

from attention.figures.line_chart import Line, line_chart
from attention.figures.value_heatmap import value_heatmap
from attention.mechanisms import dot_scores, linear_biases, rotate, sinusoidal_positions
from attention.ui.theory import state
from attention.ui.theory.parts import Opening, caption, chart, slider, switch, table
from attention.ui.theory.text import TEXT

LENGTH, SIZE, HEADS = 48, 16, 4
MOST = 12  # places that the playground holds
LINES = {  # the same numbers for the first places, as the playground writes them
    "sinusoidal": "places = sinusoidal(n, d)\nmatch = places @ places.T / (d / 2)",
    "rotary": "places = rotary(ones(n, d))\nmatch = places @ places.T / d",
    "alibi": "\n".join(f"head_{h} = {4 ** (HEADS - h)} * alibi(n, m)" for h in range(1, HEADS + 1)),
}
SHOWN_PLACES = range(0, LENGTH, 4)  # rows of the table


def match_by_place(kind: str, place: int) -> dict[str, np.ndarray]:
    """Return what each place adds for a query that stands at `place`, (48,) a curve, by the curve's name.

    sinusoidal: the dot product of the two position vectors, over its largest. rotary: the dot product of a vector of
    ones with itself, each turned for its own place, over its largest. alibi: the bias that is added, a head a curve.
    """
    if kind == "sinusoidal":
        waves = sinusoidal_positions(LENGTH, SIZE)
        return {TEXT["sinusoidal"]: (dot_scores(waves[place : place + 1], waves)[0] / (SIZE / 2)).numpy()}
    if kind == "rotary":
        turned = rotate(torch.ones(LENGTH, SIZE))
        return {TEXT["rotary"]: (dot_scores(turned[place : place + 1], turned)[0] / SIZE).numpy()}
    biases = linear_biases(HEADS, LENGTH)[:, place]
    return {TEXT["head"].format(number=head + 1): biases[head].numpy() for head in range(HEADS)}


def positions() -> Opening:
    """Draw the position vectors, or how strongly one place meets every other."""
    columns = st.columns((1.6, 1))
    with columns[0]:
        switch("position", state.POSITIONS)
    with columns[1]:
        slider("place", 0, LENGTH - 1, 1)
    kind, place = state.value("position"), state.value("place")
    if kind == "sinusoidal":
        waves = sinusoidal_positions(LENGTH, SIZE).numpy()
        figure = value_heatmap(waves.T, TEXT["dimension"], TEXT["place_axis"], height=330)
        chart(figure, "waves", TEXT["waves_alt"])
    curves = match_by_place(kind, place)
    lines = [Line(name, np.arange(LENGTH), curve) for name, curve in curves.items()]
    mark = (place, TEXT["query"])
    figure = line_chart(lines, TEXT["place_axis"], TEXT[f"match_{kind}"], mark=mark, height=300)
    chart(figure, "places", TEXT["places_alt"])
    caption(f"positions_{kind}")
    frame = pd.DataFrame({name: curve[list(SHOWN_PLACES)].round(3) for name, curve in curves.items()})
    table(frame.set_index(pd.Index(SHOWN_PLACES, name=TEXT["place_axis"])), "positions")
    sizes = {"n": MOST, "m": MOST, "d": SIZE, "self": True}
    return Opening({"formula": LINES[kind]} | sizes, TEXT["positions_opens"].format(most=MOST))
