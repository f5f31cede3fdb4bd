"""Normalisers of the language: scores in, shares out, row by row or, as …_columns, column by column."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor

from attention.formula.functions.table import Function, Names, Parameter, Written, latex_call
from attention.mechanisms import CATALOGUE, NORMALISERS, linear_weights

SCORES = Parameter("scores", "number", ("a", "b"), "Q @ K.T")
MASK = Parameter("mask", "mask", ("a", "b"), "M", optional=True)
COLUMNS = "_columns"
INFINITE = "infinite"  # among the sizes of a call: scores are infinite, for which torch's softmax is not a number


def _columnwise(normaliser: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def evaluate(scores: Tensor, mask: Tensor | None = None) -> Tensor:
        return normaliser(scores.mT, None if mask is None else mask.mT).mT

    return evaluate


def _linear(query: Tensor, key: Tensor, mask: Tensor | None = None) -> Tensor:
    return linear_weights(query, key, mask=mask)


def _latex(name: str, columns: bool) -> Callable[[Sequence[Written], Names], Written]:
    head = rf"\operatorname{{{name}}}" + (r"_{\text{each column}}" if columns else "")

    def write(arguments: Sequence[Written], sizes: Names) -> Written:
        inner = r";\, ".join(argument.text for argument in arguments)  # what follows the semicolon is the mask
        return Written(rf"{head}\left({inner}\right)")

    return write


def _code(name: str, columns: bool) -> Callable[[Sequence[Written], Names], Written]:
    """torch's own softmax where nothing is masked or infinite; else the mechanism, written out."""

    def write(arguments: Sequence[Written], sizes: Names) -> Written:
        if name == "softmax" and len(arguments) == 1 and INFINITE not in sizes:
            return Written(f"torch.softmax({arguments[0].text}, dim={-2 if columns else -1})")
        if not columns:
            return Written(f"{name}({', '.join(argument.text for argument in arguments)})")
        turned = ", ".join(f"{argument.code()}.mT" for argument in arguments)
        return Written(f"{name}({turned}).mT")

    return write


def _normaliser(name: str, columns: bool) -> Function:
    entry, normaliser = CATALOGUE[name], NORMALISERS[name]
    rows, keys = ("b", "a") if columns else ("a", "b")
    summary = f"{entry.summary[:-1]}; column by column." if columns else entry.summary
    return Function(
        name=name + COLUMNS * columns,
        subject="normalisers",
        summary=summary,
        parameters=(SCORES, MASK),
        result=("a", "b"),
        evaluate=_columnwise(normaliser) if columns else normaliser,
        latex=_latex(name, columns),
        code=_code(name, columns),
        operations=lambda sizes: entry.operations(sizes[rows], sizes[keys], sizes["zero"]),
        memory=lambda sizes: entry.memory(sizes[rows], sizes[keys], sizes["zero"]),
        rows="mixed" if columns else "each",
        normaliser=not columns,
        sources=(normaliser,),
    )


LINEAR = Function(
    name="linear",
    subject="normalisers",
    summary="The weights of linear attention: products of positive features, each row divided by its sum.",
    parameters=(Parameter("query", "number", ("a", "k"), "Q"), Parameter("key", "number", ("b", "k"), "K"), MASK),
    result=("a", "b"),
    evaluate=_linear,
    latex=latex_call("linear"),
    code=lambda arguments, sizes: Written(
        f"linear_weights({arguments[0].text}, {arguments[1].text}"
        + (f", mask={arguments[2].text})" if len(arguments) > 2 else ")")
    ),
    # three steps for a feature, as in the catalogue (compare, exponential, add); products, their sums, the division
    operations=lambda s: 3 * (s["a"] + s["b"]) * s["k"] + s["a"] * s["b"] * s["k"] + 2 * s["a"] * s["b"],
    memory=lambda s: (s["a"] + s["b"]) * s["k"] + 2 * s["a"] * s["b"] + s["a"],
    rows="first",
    sources=(linear_weights,),
)

NORMALISER_FUNCTIONS = (
    *(_normaliser(name, columns) for columns in (False, True) for name in NORMALISERS),
    LINEAR,
)
