"""Scores of the language: how well every key fits every query."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.func import functional_call

from attention.formula.functions.table import Function, Names, Parameter, Written, latex_call
from attention.formula.nodes import PRODUCT
from attention.mechanisms import (
    CATALOGUE,
    AdditiveLayer,
    GeneralLayer,
    cosine_scores,
    dot_scores,
    scaled_dot_scores,
)

QUERY = Parameter("query", "number", ("a", "k"), "Q")
KEY = Parameter("key", "number", ("b", "k"), "K")
NORMALIZE = "torch.nn.functional.normalize"


def _general(query: Tensor, key: Tensor, matrix: Tensor) -> Tensor:
    """q W kᵀ, by the mechanism's own layer with the visitor's matrix in it."""
    with torch.device("meta"):  # the layer's own numbers are never made
        layer = GeneralLayer(matrix.shape[-2], matrix.shape[-1])
    return functional_call(layer, {"w_key.weight": matrix}, (query, key))


def _additive(query: Tensor, key: Tensor, w_query: Tensor, w_key: Tensor, v: Tensor) -> Tensor:
    """tanh(q Wq + k Wk) v, by the mechanism's own layer with the visitor's matrices in it."""
    with torch.device("meta"):
        layer = AdditiveLayer(w_query.shape[-2], w_key.shape[-2], v.shape[-2])
    own = {"w_query.weight": w_query.mT, "w_key.weight": w_key.mT, "v.weight": v.mT}
    return functional_call(layer, own, (query, key))


def _dot_latex(arguments: Sequence[Written], sizes: Names) -> Written:
    query, key = arguments
    return Written(rf"{query.latex(PRODUCT)}\, {key.latex()}^{{\top}}", PRODUCT)


def _scaled_dot_latex(arguments: Sequence[Written], sizes: Names) -> Written:
    return Written(rf"\frac{{{_dot_latex(arguments, sizes).text}}}{{\sqrt{{{sizes['k']}}}}}", PRODUCT)


def _general_latex(arguments: Sequence[Written], sizes: Names) -> Written:
    query, key, matrix = arguments
    return Written(rf"{query.latex(PRODUCT)}\, {matrix.latex(PRODUCT)}\, {key.latex()}^{{\top}}", PRODUCT)


def _additive_latex(arguments: Sequence[Written], sizes: Names) -> Written:
    q, k, w_query, w_key, v = (argument.latex(PRODUCT) for argument in arguments)
    inner = rf"{q}\, {w_query} \oplus {k}\, {w_key}"
    return Written(rf"\tanh\left({inner}\right) {v}", PRODUCT)


def _dot_code(arguments: Sequence[Written], sizes: Names) -> Written:
    query, key = arguments
    return Written(f"{query.code(PRODUCT)} @ {key.code()}.mT", PRODUCT)


def _scaled_dot_code(arguments: Sequence[Written], sizes: Names) -> Written:
    return Written(f"{_dot_code(arguments, sizes).text} / {sizes['k']} ** 0.5", PRODUCT)


def _cosine_code(arguments: Sequence[Written], sizes: Names) -> Written:
    query, key = (argument.text for argument in arguments)
    return Written(f"{NORMALIZE}({query}, dim=-1) @ {NORMALIZE}({key}, dim=-1).mT", PRODUCT)


def _general_code(arguments: Sequence[Written], sizes: Names) -> Written:
    query, key, matrix = arguments
    return Written(f"{query.code(PRODUCT)} @ ({matrix.code(PRODUCT)} @ {key.code()}.mT)", PRODUCT)


def _additive_code(arguments: Sequence[Written], sizes: Names) -> Written:
    query, key, w_query, w_key, v = arguments
    hidden = (
        f"({query.code(PRODUCT)} @ {w_query.code()}).unsqueeze(-2) "
        f"+ ({key.code(PRODUCT)} @ {w_key.code()}).unsqueeze(-3)"
    )
    return Written(f"(torch.tanh({hidden}) @ {v.code()}).squeeze(-1)")


def _score(name: str, parameters: tuple[Parameter, ...], evaluate, latex, code) -> Function:
    entry = CATALOGUE[name]
    return Function(
        name=name,
        subject="scores",
        summary=entry.summary,
        parameters=parameters,
        result=("a", "b"),
        evaluate=evaluate,
        latex=latex,
        code=code,
        operations=lambda sizes: entry.operations(sizes["a"], sizes["b"], sizes["k"]),
        memory=lambda sizes: entry.memory(sizes["a"], sizes["b"], sizes["k"]),
        rows="first",
    )


SCORE_FUNCTIONS = (
    _score("dot", (QUERY, KEY), dot_scores, _dot_latex, _dot_code),
    _score("scaled_dot", (QUERY, KEY), scaled_dot_scores, _scaled_dot_latex, _scaled_dot_code),
    _score("cosine", (QUERY, KEY), cosine_scores, latex_call("cosine"), _cosine_code),
    _score(
        "general",
        (QUERY, Parameter("key", "number", ("b", "l"), "K"), Parameter("W", "number", ("k", "l"), "W")),
        _general,
        _general_latex,
        _general_code,
    ),
    _score(
        "additive",
        (
            QUERY,
            Parameter("key", "number", ("b", "l"), "K"),
            Parameter("Wq", "number", ("k", "h"), "Wq"),
            Parameter("Wk", "number", ("l", "h"), "Wk"),
            Parameter("v", "number", ("h", 1), "v"),
        ),
        _additive,
        _additive_latex,
        _additive_code,
    ),
)
