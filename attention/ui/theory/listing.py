"""The catalogue: every mechanism with its formula, its paper and its cost, and its weights on the same numbers."""

from __future__ import annotations

import inspect

import streamlit as st
import torch
from torch import Tensor

from attention.mechanisms import (
    CATALOGUE,
    Entry,
    GroupedQueryAttention,
    Mechanism,
    MultiHeadAttention,
    attend,
    causal_mask,
    global_mask,
    linear_biases,
    linear_weights,
    local_mask,
    padding_mask,
    rotate,
    scaled_dot_scores,
    sinusoidal_positions,
    softmax,
    strided_mask,
)
from attention.mechanisms.attend import LAYERS
from attention.ui.matrices import Matrix, matrix_strip
from attention.ui.page import quiet
from attention.ui.theory import state
from attention.ui.theory.parts import Link, tell, typed
from attention.ui.theory.text import TEXT

LENGTH, SIZE, SEED = 6, 4, 11


def numbers() -> Tensor:
    """Return the vectors of six made-up words, (6, 4), the same for every mechanism; each is query, key and value."""
    return torch.randn(LENGTH, SIZE, generator=torch.Generator().manual_seed(SEED)).round(decimals=1)


@torch.no_grad()
def weights_of(name: str) -> Tensor:
    """Return the weights of self-attention with one mechanism, all else scaled dot product and softmax: (heads, 6, 6).

    What is learned is drawn at random with a seed. Raises KeyError for a name that the catalogue does not have.
    """
    x, entry = numbers(), CATALOGUE[name]
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        return _BY_KIND[entry.kind](name, x)


def _by_score(name: str, x: Tensor) -> Tensor:
    sizes = (SIZE, SIZE, SIZE) if name == "additive" else (SIZE, SIZE)
    layer = LAYERS[name](*sizes) if name in LAYERS else None
    return attend(x, x, x, Mechanism(name), layer=layer)[1][None]


def _by_normaliser(name: str, x: Tensor) -> Tensor:
    return attend(x, x, x, Mechanism("scaled_dot", name))[1][None]


def _by_mask(name: str, x: Tensor) -> Tensor:
    mask = {
        "causal": causal_mask(LENGTH),
        "padding": padding_mask(torch.tensor([LENGTH - 2]), LENGTH),
        "local": local_mask(LENGTH, LENGTH, 1),
        "strided": strided_mask(LENGTH, window=1, stride=3),
        "global": local_mask(LENGTH, LENGTH, 0) | global_mask(LENGTH),
    }[name]
    return attend(x, x, x, mask=mask)[1][None]


def _by_heads(name: str, x: Tensor) -> Tensor:
    layer = MultiHeadAttention(SIZE, 2) if name == "multi_head" else GroupedQueryAttention(SIZE, 2, 1)
    return layer(x[None], x[None], x[None])[1][0]


def _by_positions(name: str, x: Tensor) -> Tensor:
    if name == "alibi":
        return softmax(scaled_dot_scores(x, x) + linear_biases(1, LENGTH))
    placed = rotate(x) if name == "rotary" else x + sinusoidal_positions(LENGTH, SIZE)
    return attend(placed, placed, x)[1][None]


def _by_features(name: str, x: Tensor) -> Tensor:
    return linear_weights(x, x)[None]


_BY_KIND = {
    "score": _by_score,
    "normaliser": _by_normaliser,
    "mask": _by_mask,
    "heads": _by_heads,
    "positions": _by_positions,
    "efficient": _by_features,
}


def catalogue() -> Link:
    """Choose a mechanism; draw its weights, its formula, paper and cost; list all of them below."""
    st.selectbox(
        TEXT["mechanism"], list(CATALOGUE), format_func=lambda name: CATALOGUE[name].title, key=state.key("mechanism")
    )
    entry = CATALOGUE[state.value("mechanism")]
    weights = weights_of(entry.name)
    words = tuple(f"x{i}" for i in range(1, LENGTH + 1))
    st.latex(entry.latex)
    tell(entry.summary)
    quiet(f"{entry.paper}; {entry.equation}.")
    costs = {"operations": entry.operations_latex, "memory": entry.memory_latex, "parameters": entry.parameters_latex}
    st.markdown(TEXT["costs_line"].format(**costs))
    titles = [TEXT["head"].format(number=i + 1) for i in range(len(weights))] if len(weights) > 1 else [TEXT["weights"]]
    matrix_strip(
        (
            Matrix("x", "X", numbers().numpy(), "input", "m × d", words),
            *(
                Matrix(f"weights{i}", title, one.numpy(), "weights", "m × m", words, words, operation="function",
                       function=entry.name, operands=("x",), symbol="→" if i == 0 else "")
                for i, (title, one) in enumerate(zip(titles, weights, strict=True))
            ),
        ),
        key="theory_catalogue",
        caption=TEXT["catalogue_caption"],
        file_stem=f"catalogue-{entry.name}",
    )  # fmt: skip
    with st.expander(TEXT["code"]):
        st.code(inspect.getsource(entry.function), language="python")
    with st.container(key="theory_catalogue_table"):
        st.markdown(listing())
    rows = numbers().tolist()
    return {"preset": entry.name} if entry.kind == "heads" else typed(rows, rows, rows, preset=entry.name)


def listing() -> str:
    """Return the whole catalogue as a Markdown table."""
    head = [TEXT[name] for name in ("mechanism", "formula", "paper", "operations_column")]
    lines = ["| " + " | ".join(head) + " |", "| --- " * len(head) + "|"]
    return "\n".join([*lines, *(_line(entry) for entry in CATALOGUE.values())])


def _line(entry: Entry) -> str:
    cells = (
        entry.title,
        f"${barless(entry.latex)}$",
        f"{entry.paper.partition(',')[0]}, {entry.equation}".replace("|", r"\|"),
        f"${barless(entry.operations_latex)}$",
    )
    return "| " + " | ".join(cells) + " |"


def barless(latex: str) -> str:
    """Return LaTeX without upright bars, which would end a table's cell, and in one line."""
    return " ".join(latex.replace("|", r"\vert ").split())
