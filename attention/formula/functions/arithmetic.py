"""Functions of single numbers, sums over rows, columns or all, and matrices of a given size."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from attention.formula.functions.table import (
    Function,
    Names,
    Parameter,
    Sizes,
    Written,
    argument_count,
    code_call,
    latex_call,
)
from attention.formula.nodes import ALONE, POWER
from attention.formula.plan import SIZES
from attention.formula.polynomial import Polynomial

LEADING = "leading"  # among the sizes of a call: inputs have batch or head axes, which a sum over all cells keeps
DOUBLE = "torch.tensor(float({}), dtype=torch.float64)"


def as_tensor_code(argument: Written) -> str:
    """Return code for a tensor, also where the argument is a number of Python."""
    return DOUBLE.format(argument.text) if argument.plain else argument.text


def is_positive(argument: Written) -> bool:
    """Return whether this code is a size or a written number, whose root Python can take."""
    return argument.plain and (argument.text in SIZES or (argument.level == ALONE and argument.text[0].isdigit()))


# one number in, one number out


def _elementwise_code(name: str) -> Callable[[Sequence[Written], Names], Written]:
    def write(arguments: Sequence[Written], sizes: Names) -> Written:
        argument = arguments[0]
        if name == "sqrt" and is_positive(argument):
            return Written(f"{argument.text} ** 0.5", POWER, plain=True)
        return Written(f"torch.{name}({as_tensor_code(argument)})")

    return write


def _around(left: str, right: str) -> Callable[[Sequence[Written], Names], Written]:
    def write(arguments: Sequence[Written], sizes: Names) -> Written:
        return Written(left + arguments[0].text + right)

    return write


def _elementwise(name: str, summary: str, latex: Callable[[Sequence[Written], Names], Written]) -> Function:
    return Function(
        name=name,
        subject="numbers",
        summary=summary,
        parameters=(Parameter("x", usual="Q"),),
        result="same",
        evaluate=ELEMENTWISE[name],
        latex=latex,
        code=_elementwise_code(name),
    )


ELEMENTWISE: dict[str, Callable[[Tensor], Tensor]] = {
    "exp": torch.exp,
    "log": torch.log,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "sqrt": torch.sqrt,
    "abs": torch.abs,
    "sin": torch.sin,
    "cos": torch.cos,
}

NUMBER_FUNCTIONS = (
    _elementwise("exp", "e to the power of each number.", latex_call(r"\exp")),
    _elementwise("log", "The natural logarithm of each number.", latex_call(r"\log")),
    _elementwise("tanh", "Each number bent into the range from -1 to 1.", latex_call(r"\tanh")),
    _elementwise("sigmoid", "Each number bent into the range from 0 to 1.", latex_call(r"\sigma")),
    _elementwise("relu", "Each number, or 0 where it is below 0.", latex_call("relu")),
    _elementwise("sqrt", "The square root of each number.", _around(r"\sqrt{", "}")),
    _elementwise("abs", "Each number without its sign.", _around(r"\left|", r"\right|")),
    _elementwise("sin", "The sine of each number, in radians.", latex_call(r"\sin")),
    _elementwise("cos", "The cosine of each number, in radians.", latex_call(r"\cos")),
)

# many numbers in, one out

REDUCTIONS: dict[str, tuple[Callable[..., Tensor], str, str]] = {  # evaluation, code, what it gives
    "sum": (torch.sum, "{0}.sum({1})", "the sum"),
    "mean": (torch.mean, "{0}.mean({1})", "the mean"),
    "max": (torch.amax, "{0}.amax({1})", "the largest number"),
    "min": (torch.amin, "{0}.amin({1})", "the smallest number"),
    "norm": (torch.linalg.vector_norm, "torch.linalg.vector_norm({0}, {1})", "the length, √ of the sum of squares,"),
}
AXES: dict[str, tuple[int | tuple[int, int], tuple[str | int, ...], str]] = {  # prefix: axes, shape left, of what
    "": ((-2, -1), (), "of all cells"),
    "row_": (-1, ("a", 1), "of each row"),
    "column_": (-2, (1, "b"), "of each column"),
}


def _reduction(prefix: str, name: str) -> Function:
    reduce, pattern, what = REDUCTIONS[name]
    axes, result, of_what = AXES[prefix]

    def evaluate(x: Tensor) -> Tensor:
        return reduce(x, dim=axes, keepdim=bool(prefix) or x.ndim > 2)

    def code(arguments: Sequence[Written], sizes: Names) -> Written:
        where = f"dim={axes}, keepdim=True" if prefix or LEADING in sizes else ""
        matrix = arguments[0].text if name == "norm" else arguments[0].code()
        return Written(pattern.format(matrix, where).replace(", )", ")"))

    def operations(sizes: Sizes) -> Polynomial:
        """A step for each cell; the mean divides once more, the norm squares each cell and takes a root."""
        extra = {"mean": sizes["result"], "norm": sizes["argument"] + sizes["result"]}
        return sizes["argument"] + extra.get(name, 0)

    return Function(
        name=prefix + name,
        subject="sums",
        summary=f"{what[0].upper()}{what[1:]} {of_what}.",
        parameters=(Parameter("matrix", "number", ("a", "b"), "Q"),),
        result=result,
        evaluate=evaluate,
        latex=_reduction_latex(prefix, name),
        code=code,
        operations=operations,
        rows="each" if prefix == "row_" else "mixed",
    )


def _reduction_latex(prefix: str, name: str) -> Callable[[Sequence[Written], Names], Written]:
    below = rf"_{{\text{{each {prefix[:-1]}}}}}" if prefix else ""
    if name == "norm":
        return _around(r"\left\lVert ", rf" \right\rVert{below}")
    head = {"sum": r"\operatorname{sum}", "mean": r"\operatorname{mean}", "max": r"\max", "min": r"\min"}[name]
    return latex_call(head + below)


SUM_FUNCTIONS = tuple(_reduction(prefix, name) for prefix in AXES for name in REDUCTIONS)

# matrices


def _triangle(name: str, evaluate: Callable[[Tensor], Tensor], what: str) -> Function:
    return Function(
        name=name,
        subject="matrices",
        summary=f"The matrix with 0 in every cell {what} its diagonal.",
        parameters=(Parameter("matrix", "any", ("a", "b"), "Q @ K.T"),),
        result=("a", "b"),
        evaluate=evaluate,
        latex=latex_call(name),
        code=code_call(f"torch.{name}"),
        operations=argument_count,
        gives_mask=None,
        rows="place",
    )


def _filled(name: str, evaluate: Callable[[int, int], Tensor], summary: str) -> Function:
    return Function(
        name=name,
        subject="matrices",
        summary=summary,
        parameters=(Parameter("rows", "size", ("a",), "n"), Parameter("columns", "size", ("b",), "m")),
        result=("a", "b"),
        evaluate=evaluate,
        latex=latex_call(name),
        code=code_call(f"torch.{name}"),
        rows="same",
    )


def _where_latex(arguments: Sequence[Written], sizes: Names) -> Written:
    mask, chosen, other = (argument.text for argument in arguments)
    cases = rf"{chosen} & \text{{where }} {mask} \\ {other} & \text{{elsewhere}}"
    return Written(rf"\begin{{cases}} {cases} \end{{cases}}")


def _where_code(arguments: Sequence[Written], sizes: Names) -> Written:
    mask, *choices = arguments
    written = [f"float({choice.text})" if choice.plain else choice.text for choice in choices]
    return Written(f"torch.where({mask.text}, {', '.join(written)})")


MATRIX_FUNCTIONS = (
    Function(
        name="where",
        subject="matrices",
        summary="The second argument where the mask is true, the third elsewhere.",
        parameters=(Parameter("mask", "mask", (), "M"), Parameter("a", usual="Q @ K.T"), Parameter("b", usual="0")),
        result="joined",
        evaluate=torch.where,
        latex=_where_latex,
        code=_where_code,
    ),
    _triangle("tril", torch.tril, "above"),
    _triangle("triu", torch.triu, "below"),
    Function(
        name="eye",
        subject="matrices",
        summary="The identity: 1 on the diagonal, 0 elsewhere.",
        parameters=(Parameter("rows", "size", ("a",), "d"),),
        result=("a", "a"),
        evaluate=torch.eye,
        latex=lambda arguments, sizes: Written(f"I_{{{arguments[0].text}}}"),
        code=code_call("torch.eye"),
        rows="place",
    ),
    _filled("ones", torch.ones, "A matrix of ones."),
    _filled("zeros", torch.zeros, "A matrix of zeros."),
)
