"""The five scores on the same query and keys."""

from __future__ import annotations

import pandas as pd
import streamlit as st
import torch
from torch import Tensor, nn

from attention.mechanisms import AdditiveLayer, GeneralLayer, Mechanism, attention_scores, attention_weights
from attention.ui.matrices import Matrix, matrix_strip
from attention.ui.theory import state
from attention.ui.theory.parts import Link, percent, slider, switch, table, tell, typed
from attention.ui.theory.text import TEXT

QUERY = (1.0, 0.5, -0.5)
KEYS = ((1.0, 0.5, -0.5), (2.0, 1.0, -1.0), (0.5, -1.0, 1.0), (-1.0, -0.5, 0.5), (1.5, 1.5, 1.5))
SIZE = len(QUERY)
LINES = {  # the same scores as the playground writes them; what is learned elsewhere is set by hand here
    "dot": ("scores = Q @ K.T",),
    "scaled_dot": ("scores = Q @ K.T / sqrt(d)",),
    "general": ("W = eye(d) - ones(d, d) / d", "scores = general(Q, K, W)"),
    "additive": ("W = eye(d)", "v = ones(d, 1)", "scores = additive(Q, K, W, W, v)"),
    "cosine": ("scores = cosine(Q, K)",),
}


@torch.no_grad()
def score_layer(name: str) -> nn.Module | None:
    """Return the layer of a score that learns, with parameters set by hand: see LINES."""
    if name == "general":
        layer: nn.Module = GeneralLayer(SIZE, SIZE)
        layer.w_key.weight.copy_(torch.eye(SIZE) - torch.ones(SIZE, SIZE) / SIZE)
        return layer
    if name == "additive":
        layer = AdditiveLayer(SIZE, SIZE, SIZE)
        for part in (layer.w_query, layer.w_key):
            part.weight.copy_(torch.eye(SIZE))
        layer.v.weight.fill_(1.0)
        return layer
    return None


@torch.no_grad()
def scored(name: str, stretch: float) -> tuple[Tensor, Tensor]:
    """Return scores and softmax weights of the keys, (1, 5) each, for the query made `stretch` times as long."""
    query = torch.tensor([QUERY]) * stretch
    mechanism = Mechanism(name)
    scores = attention_scores(query, torch.tensor(KEYS), mechanism, score_layer(name))
    return scores, attention_weights(scores, mechanism)


def scores() -> Link:
    """Draw query, keys, scores and weights as matrices, for one of five scores."""
    columns = st.columns((2.2, 1))
    with columns[0]:
        switch("score_by", state.SCORES, field="score")
    with columns[1]:
        slider("stretch", 0.2, 4.0, 0.1)
    name, stretch = state.value("score"), state.value("stretch")
    found, weights = scored(name, stretch)
    query, key = torch.tensor([QUERY]) * stretch, torch.tensor(KEYS)
    names = tuple(f"k{i}" for i in range(1, len(KEYS) + 1))
    row = ("q",)
    matrix_strip(
        (
            Matrix("q", "q", query.numpy(), "input", "1 × d", row),
            Matrix("k", "K", key.numpy(), "input", "m × d", names, labelled=True),
            Matrix(
                "scores", TEXT["scores"], found.numpy(), "value", "1 × m", row, names,
                operation="function", function=name, operands=("q", "k"), symbol=f"→ {TEXT[name]}", labelled=True,
            ),
            Matrix(
                "weights", TEXT["weights"], weights.numpy(), "weights", "1 × m", row, names,
                operation="function", function="softmax", operands=("scores",), symbol="→ softmax",
            ),
        ),
        key="theory_scores",
        initial=("scores", 0, 0),
        caption=TEXT["scores_caption"],
        file_stem="scores",
    )  # fmt: skip
    best = int(weights.argmax())
    say = TEXT[f"said_{name}"] + " " + TEXT["scores_best"].format(key=best + 1, share=percent(float(weights.max())))
    tell(say)
    table(all_scores(stretch, names), "scores", title="all_scores")
    text = "\n".join((*LINES[name], "weights = softmax(scores)", "output = weights @ V"))
    return typed(query.tolist(), KEYS, KEYS, formula=text)


def all_scores(stretch: float, names: tuple[str, ...]) -> pd.DataFrame:
    """Return score and weight of every key under each of the five scores."""
    columns = {}
    for name in state.SCORES:
        found, weights = scored(name, stretch)
        columns[f"{TEXT[name]}, {TEXT['score']}"] = found[0].numpy().round(2)
        columns[f"{TEXT[name]}, {TEXT['weight']}"] = weights[0].numpy().round(2)
    return pd.DataFrame(columns, index=pd.Index(names, name=TEXT["key"])).T
