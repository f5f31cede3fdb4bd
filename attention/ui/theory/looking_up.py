"""Attention as a soft look-up, and as regression with a kernel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
import torch
from torch import Tensor

from attention.figures.kernel_curve import kernel_curve
from attention.mechanisms import Mechanism, attend
from attention.ui.lookup import Position, lookup
from attention.ui.theory import state
from attention.ui.theory.parts import Link, caption, chart, signed, slider, table, tell, typed
from attention.ui.theory.text import TEXT

WORDS = {  # where each word lies, set by hand: to the right hot, up to drink; and its value, °C when served
    "juice": ((-1.45, 1.4), 8.0),
    "milk": ((-0.9, 0.75), 6.0),
    "ice": ((-1.85, -0.35), -8.0),
    "coffee": ((1.35, 1.45), 65.0),
    "soup": ((1.8, 0.1), 70.0),
    "bread": ((0.5, -0.7), 22.0),
}
QUERY = "tea"
HOME = Position(*(state.CONTROLS["soft_lookup"][i].default for i in range(3)))
SOFT_FIELDS = ("soft_x", "soft_y", "soft_T")

POINTS_X = (0.4, 1.1, 1.9, 2.6, 3.3, 4.4, 5.0, 5.9, 6.8, 7.7, 8.6, 9.5)
POINTS_Y = (0.55, 0.75, 1.05, 0.4, 0.05, -0.85, -0.8, -0.55, 0.3, 0.85, 0.75, -0.05)
GAUSSIAN = (  # -(q - k)² / (2 c²), multiplied out, so that it holds for rows of any length
    "distances = row_sum(Q ** 2) - 2 * Q @ K.T + column_sum(K.T ** 2)\n"
    "weights = softmax(-distances / (2 * c ** 2))\noutput = weights @ V"
)


def soft_weights(position: Position) -> Tensor:
    """Return the weights of the words for a query at this place, (6,)."""
    query = torch.tensor([[position.x, position.y]])
    key = torch.tensor([place for place, _ in WORDS.values()])
    return attend(query, key, key, Mechanism("scaled_dot", temperature=position.temperature))[1][0]


def soft_lookup() -> Link:
    """Draw the plane of words with a query that can be moved, and what the look-up answers."""
    place = Position(*(state.value(name) for name in SOFT_FIELDS))
    moved = lookup(QUERY, {word: at for word, (at, _) in WORDS.items()}, place, HOME, key="theory_lookup")
    for name, number in zip(SOFT_FIELDS, (moved.x, moved.y, moved.temperature), strict=True):
        st.session_state[state.key(name)] = number
    weights = soft_weights(moved).tolist()
    values = [value for _, value in WORDS.values()]
    answer = sum(w * v for w, v in zip(weights, values, strict=True))
    tell(TEXT["soft_answer"].format(answer=degrees(answer)))
    caption("soft_lookup")
    names = [TEXT[name] for name in ("key", "weight", "value")]
    rows = zip(WORDS, (round(w, 3) for w in weights), map(degrees, values), strict=True)
    table(pd.DataFrame(rows, columns=names).set_index(TEXT["key"]), "look-up")
    keys = [place for place, _ in WORDS.values()]
    formula = "scores = Q @ K.T / sqrt(d)\nweights = softmax(scores / T)\noutput = weights @ V"
    values_two = [[value, 0.0] for value in values]  # two numbers each, as keys have
    return typed([[moved.x, moved.y]], keys, values_two, formula=formula, T=moved.temperature)


def degrees(number: float) -> str:
    return f"{number:.0f} °C".replace("-", "−")


def gaussian_scores(bandwidth: float):
    """Return the score whose softmax is a Gaussian kernel: -(q - k)² / (2 bandwidth²)."""

    def score(query: Tensor, key: Tensor) -> Tensor:
        return -(torch.cdist(query, key, compute_mode="donot_use_mm_for_euclid_dist") ** 2) / (2 * bandwidth**2)

    return score


def kernel_answer(at: Tensor, bandwidth: float) -> tuple[Tensor, Tensor]:
    """Return the answers (n,) and the weights (n, 12) for queries at (n,)."""
    key, value = torch.tensor(POINTS_X)[:, None], torch.tensor(POINTS_Y)[:, None]
    context, weights = attend(at[:, None], key, value, Mechanism(gaussian_scores(bandwidth)))
    return context[:, 0], weights


def kernel_regression() -> Link:
    """Draw points, the curve through them, and the weights of one query."""
    columns = st.columns(2)
    with columns[0]:
        slider("bandwidth", 0.1, 3.0, 0.1)
    with columns[1]:
        slider("at", 0.0, 10.0, 0.1)
    bandwidth, at = state.value("bandwidth"), state.value("at")
    grid = torch.linspace(0, 10, 201)
    curve, _ = kernel_answer(grid, bandwidth)
    answer, weights = kernel_answer(torch.tensor([at]), bandwidth)
    shares = weights[0].numpy()
    names = (TEXT["points"], TEXT["curve"], TEXT["answer"])
    figure = kernel_curve((POINTS_X, POINTS_Y), (grid.numpy(), curve.numpy()), (at, float(answer[0])), shares, names)
    chart(figure, "kernel", TEXT["kernel_alt"])
    near = int((shares > 0.05).sum())
    say = TEXT["kernel_answer"].format(at=f"{at:.1f}", answer=signed(float(answer[0])), near=near)
    tell(say)
    caption("kernel_regression")
    frame = pd.DataFrame({TEXT["key"]: POINTS_X, TEXT["value"]: POINTS_Y, TEXT["weight"]: np.round(shares, 3)})
    table(frame.set_index(TEXT["key"]), "kernel")
    rows = [[x] for x in POINTS_X]
    return typed([[at]], rows, [[y] for y in POINTS_Y], formula=GAUSSIAN, c=bandwidth)
