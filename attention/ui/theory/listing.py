"""The catalogue: every mechanism with its formula, its paper and its cost, and its weights on the same numbers."""

from __future__ import annotations

import inspect

import streamlit as st
import torch
from torch import Tensor, nn

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
from attention.ui.theory.parts import Link, Opening, csv_rows, tell, typed
from attention.ui.theory.text import TEXT

LENGTH, SIZE, SEED = 6, 4, 11
ONE_HEAD = (  # of two: half of the numbers
    "scores = Q @ Wq @ (K @ Wk).T / sqrt(d / 2)\nweights = softmax(scores)\noutput = weights @ (V @ Wv)"
)


def numbers() -> Tensor:
    """Return the vectors of six made-up words, (6, 4), the same for every mechanism; each is query, key and value."""
    return torch.randn(LENGTH, SIZE, generator=torch.Generator().manual_seed(SEED)).round(decimals=1)


@torch.no_grad()
def weights_of(name: str) -> Tensor:
    """Return the weights of self-attention with one mechanism, all else scaled dot product and softmax: (heads, 6, 6).

    What is learned is drawn at random with a seed. Raises KeyError for a name that the catalogue does not have.
    """
    return _BY_KIND[CATALOGUE[name].kind](name, numbers())


@torch.no_grad()
def learned(name: str) -> nn.Module | None:
    """Return the layer of a mechanism that learns, drawn with a seed and rounded to hundredths; None for the others."""
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        if name in LAYERS:
            layer = LAYERS[name](*((SIZE,) * (3 if name == "additive" else 2)))
        elif CATALOGUE[name].kind == "heads":
            layer = MultiHeadAttention(SIZE, 2) if name == "multi_head" else GroupedQueryAttention(SIZE, 2, 1)
        else:
            return None
    for parameter in layer.parameters():
        parameter.copy_(parameter.round(decimals=2))
    return layer


def _by_score(name: str, x: Tensor) -> Tensor:
    return attend(x, x, x, Mechanism(name), layer=learned(name))[1][None]


def _by_normaliser(name: str, x: Tensor) -> Tensor:
    return attend(x, x, x, Mechanism("scaled_dot", name))[1][None]


def _by_mask(name: str, x: Tensor) -> Tensor:
    mask = {
        "causal": causal_mask(LENGTH),
        "padding": padding_mask(torch.tensor([LENGTH - 1]), LENGTH),
        "local": local_mask(LENGTH, LENGTH, 1),
        "strided": strided_mask(LENGTH, window=1, stride=3),
        "global": local_mask(LENGTH, LENGTH, 1) | global_mask(LENGTH),
    }[name]
    return attend(x, x, x, mask=mask)[1][None]


def _by_heads(name: str, x: Tensor) -> Tensor:
    return learned(name)(x[None], x[None], x[None])[1][0]


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


def catalogue() -> Link | Opening:
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
    with st.expander(TEXT["catalogue_all"].format(count=len(CATALOGUE))), st.container(key="theory_catalogue_table"):
        st.markdown(listing())
    rows = numbers().tolist()
    opening = typed(rows, rows, rows, **written(entry.name))
    return Opening(opening, TEXT["catalogue_opens"]) if entry.kind == "heads" else opening


@torch.no_grad()
def written(name: str) -> dict[str, str]:
    """Return a mechanism as the playground's fields: a preset, and the very parameters where it has some."""
    if CATALOGUE[name].kind == "heads":
        return {"formula": ONE_HEAD, "names": _named(first_head(learned(name)), f"d x {SIZE // 2}")}
    if name == "general":
        return {"preset": name, "names": _named({"W": learned(name).w_key.weight}, "d x d")}
    if name == "additive":
        layer = learned(name)
        matrices = {"Wq": layer.w_query.weight.T, "Wk": layer.w_key.weight.T}
        return {"preset": name, "names": _named(matrices, "d x d") + "\n" + _named({"v": layer.v.weight.T}, "d x 1")}
    return {"preset": name}


def first_head(layer: nn.Module) -> dict[str, Tensor]:
    """Return the projections of the first head, each (4, 2)."""
    if isinstance(layer, MultiHeadAttention):
        parts = layer.in_proj.weight.chunk(3)
    else:
        parts = (layer.query_proj.weight, layer.key_proj.weight, layer.value_proj.weight)
    return {name: part[: layer.head_dim].T for name, part in zip(("Wq", "Wk", "Wv"), parts, strict=True)}


def _named(matrices: dict[str, Tensor], size: str) -> str:
    """Write matrices as the playground's own names, one a line."""
    return "\n".join(f"{name}: {size} = {csv_rows(matrix).replace(chr(10), '; ')}" for name, matrix in matrices.items())


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
