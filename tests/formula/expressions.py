"""Random formulas that are right, each with what it must give: text and computation grow side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

N, M, D = 2, 5, 4
SIZES = {"n": N, "m": M, "d": D, 1: 1}
INPUTS = {"Q": ("n", "d"), "K": ("m", "d"), "V": ("m", "d"), "X": ("m", "d"), "W": ("d", "d"), "w": ("d", 1)}
PARAMETERS = {"W": ("d", "d"), "w": ("d", 1), "c": ()}
SUM, PRODUCT, SIGN, POWER, ALONE = range(5)  # how tightly an expression binds
Shape = tuple[str | int, ...]
Values = Mapping[str, Tensor]


@dataclass(frozen=True)
class Expression:
    """A formula's text, how tightly it binds, its shape, and the same by torch."""

    text: str
    level: int
    shape: Shape
    compute: Callable[[Values], Tensor]

    def at(self, level: int) -> str:
        return self.text if self.level >= level else f"({self.text})"


def values(seed: int = 7) -> dict[str, Tensor]:
    draw = torch.Generator().manual_seed(seed)
    given = {
        name: torch.randn([SIZES[size] for size in shape], generator=draw, dtype=torch.float64)
        for name, shape in INPUTS.items()
    }
    given["M"] = torch.rand(N, M, generator=draw) > 0.3
    given["T"] = torch.tensor(0.8, dtype=torch.float64)
    given["c"] = torch.tensor(-1.3, dtype=torch.float64)
    return given


def _number(number: float) -> Tensor:
    return torch.tensor(float(number), dtype=torch.float64)


def _filled(name: str, fill: Callable, shape: Shape) -> Expression:
    rows, columns = shape
    real = (SIZES[rows], SIZES[columns])
    return Expression(f"{name}({rows}, {columns})", ALONE, shape, lambda i: fill(real, dtype=torch.float64))


def _input(name: str, shape: Shape) -> Expression:
    return Expression(name, ALONE, shape, lambda i: i[name])


@st.composite
def _leaf(draw, shape: Shape) -> Expression:
    if not shape:
        number = draw(st.sampled_from((0, 1, 2, 0.5, 3.25, 1e-3)))
        plain = Expression(str(number), ALONE, (), lambda i: _number(number))
        sizes = [Expression(s, ALONE, (), lambda i, s=s: _number(SIZES[s])) for s in ("n", "m", "d")]
        return draw(st.sampled_from((plain, _input("T", ()), _input("c", ()), *sizes)))
    fitting = [_input(name, shape) for name, own in INPUTS.items() if own == shape]
    fitting += [
        Expression(f"{name}.T", ALONE, shape, lambda i, name=name: i[name].mT)
        for name, own in INPUTS.items()
        if own == shape[::-1]
    ]
    if shape[0] == shape[1]:
        size = shape[0]
        fitting.append(Expression(f"eye({size})", ALONE, shape, lambda i: torch.eye(SIZES[size], dtype=torch.float64)))
    return draw(st.sampled_from((*fitting, _filled("ones", torch.ones, shape), _filled("zeros", torch.zeros, shape))))


def _sum(left: Expression, right: Expression, shape: Shape, sign: str) -> Expression:
    def compute(i: Values) -> Tensor:
        first, second = left.compute(i), right.compute(i)
        return first + second if sign == "+" else first - second

    return Expression(f"{left.at(SUM)} {sign} {right.at(PRODUCT)}", SUM, shape, compute)


def _product(left: Expression, right: Expression, shape: Shape, sign: str) -> Expression:
    def compute(i: Values) -> Tensor:
        first, second = left.compute(i), right.compute(i)
        return first @ second if sign == "@" else first * second

    return Expression(f"{left.at(PRODUCT)} {sign} {right.at(SIGN)}", PRODUCT, shape, compute)


def _quotient(left: Expression, right: Expression, shape: Shape) -> Expression:
    text = f"{left.at(PRODUCT)} / (abs({right.text}) + 1)"
    return Expression(text, PRODUCT, shape, lambda i: left.compute(i) / (right.compute(i).abs() + 1))


def _call(text: str, arguments: tuple[Expression, ...], shape: Shape, function: Callable[..., Tensor]) -> Expression:
    written = text.format(*(argument.text for argument in arguments))
    return Expression(written, ALONE, shape, lambda i: function(*(argument.compute(i) for argument in arguments)))


@st.composite
def _cell_by_cell(draw, shape: Shape, depth: int) -> Expression:
    """A sum, difference, product or quotient; one side may be a number, a column or a row."""
    other = draw(st.sampled_from((shape, shape, (), *(((shape[0], 1), (1, shape[1])) if shape else ()))))
    left, right = draw(expressions(shape, depth)), draw(expressions(other, depth))
    sign = draw(st.sampled_from("+-*/"))
    if draw(st.booleans()) and sign != "/":
        left, right = right, left
    if sign == "/":
        return _quotient(left, right, shape)
    return (_product if sign == "*" else _sum)(left, right, shape, sign)


@st.composite
def _of_one(draw, shape: Shape, depth: int) -> Expression:
    """A sign, a power, or a function of every number."""
    inner = draw(expressions(shape, depth))
    call = draw(st.sampled_from(("-", "**", *CALLS)))
    if call == "-":
        return Expression(f"-{inner.at(SIGN)}", SIGN, shape, lambda i: -inner.compute(i))
    if call == "**":
        exponent = draw(st.sampled_from((0, 1, 2, 3)))
        text = f"{inner.at(ALONE)} ** {exponent}"
        return Expression(text, POWER, shape, lambda i: inner.compute(i) ** exponent)
    return _call(call, (inner,), shape, CALLS[call])


CALLS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh({0})": torch.tanh,
    "sigmoid({0})": torch.sigmoid,
    "relu({0})": torch.relu,
    "abs({0})": torch.abs,
    "sin({0})": torch.sin,
    "cos({0})": torch.cos,
    "exp(tanh({0}))": lambda x: x.tanh().exp(),
    "sqrt(abs({0}) + 1)": lambda x: (x.abs() + 1).sqrt(),
    "log(1 + abs({0}))": lambda x: (1 + x.abs()).log(),
}

ROWWISE: dict[str, Callable[[Tensor], Tensor]] = {
    "softmax({0})": lambda x: F.softmax(x, dim=-1),
    "softmax_columns({0})": lambda x: F.softmax(x, dim=-2),
    "uniform({0})": lambda x: torch.full_like(x, 1 / x.shape[-1]),
    "tril({0})": torch.tril,
    "triu({0})": torch.triu,
}

REDUCTIONS: dict[str, Callable[..., Tensor]] = {
    "sum": torch.sum,
    "mean": torch.mean,
    "max": torch.amax,
    "min": torch.amin,
    "norm": torch.linalg.vector_norm,
}


@st.composite
def _matrix(draw, shape: Shape, depth: int) -> Expression:
    """What makes a matrix only: a product, a transpose, a normaliser, a choice, a score, a sum over an axis."""
    rows, columns = shape
    kind = draw(st.sampled_from(("product", "transpose", "rowwise", "masked", "where", "score", "reduced")))
    if kind == "product":
        inner = draw(st.sampled_from(("n", "m", "d")))
        left, right = draw(expressions((rows, inner), depth)), draw(expressions((inner, columns), depth))
        return _product(left, right, shape, "@")
    if kind == "transpose":
        turned = draw(expressions(shape[::-1], depth))
        return Expression(f"{turned.at(ALONE)}.T", ALONE, shape, lambda i: turned.compute(i).mT)
    if kind == "rowwise":
        call = draw(st.sampled_from(sorted(ROWWISE)))
        return _call(call, (draw(expressions(shape, depth)),), shape, ROWWISE[call])
    if kind == "masked":
        parts = (draw(expressions(shape, depth)), draw(masks(shape)))
        return _call("softmax({0}, {1})", parts, shape, _masked_softmax)
    if kind == "where":
        parts = (draw(masks(shape)), draw(expressions(shape, depth)), draw(expressions(shape, depth)))
        return _call("where({0}, {1}, {2})", parts, shape, torch.where)
    if kind == "score" and 1 not in shape:
        parts = (draw(expressions((rows, "d"), depth)), draw(expressions((columns, "d"), depth)))
        call = draw(st.sampled_from(("dot", "scaled_dot")))
        scale = 1 if call == "dot" else D**-0.5
        return _call(call + "({0}, {1})", parts, shape, lambda q, k: q @ k.mT * scale)
    return draw(_reduced(shape, depth))


@st.composite
def _reduced(draw, shape: Shape, depth: int) -> Expression:
    """A row's or a column's sum or the like, where the shape is one; else a matrix times a number."""
    name = draw(st.sampled_from(sorted(REDUCTIONS)))
    if not shape:
        whole = draw(expressions(draw(st.sampled_from((("n", "d"), ("n", "m"), ("m", "d")))), depth))
        return _call(name + "({0})", (whole,), (), lambda x: REDUCTIONS[name](x, dim=(-2, -1)))
    for axis, prefix in ((1, "row_"), (0, "column_")):
        if shape[axis] == 1:
            full = draw(st.sampled_from(("m", "d")))
            whole = draw(expressions((shape[0], full) if axis else (full, shape[1]), depth))
            return _call(
                f"{prefix}{name}({{0}})",
                (whole,),
                shape,
                lambda x, axis=axis: REDUCTIONS[name](x, dim=axis - 2, keepdim=True),
            )
    return _product(draw(expressions((), depth)), draw(expressions(shape, depth)), shape, "*")


@st.composite
def masks(draw, shape: Shape) -> Expression:
    """A mask of this shape. Only inputs are compared, so that no rounding can decide."""
    rows, columns = shape
    whole = SIZES[rows], SIZES[columns]
    window = draw(st.integers(0, 3))
    places = torch.arange(whole[0])[:, None] - torch.arange(whole[1])
    choices = [
        Expression(f"local({rows}, {columns}, {window})", ALONE, shape, lambda i: places.abs() <= window),
        Expression(f"padding({rows}, {columns}, 1)", ALONE, shape, lambda i: torch.arange(whole[1]).expand(whole) < 1),
    ]
    leaf = draw(_leaf(shape))
    choices.append(Expression(f"({leaf.text} > 0.25)", ALONE, shape, lambda i: leaf.compute(i) > 0.25))
    if shape == ("n", "m"):
        choices.append(_input("M", shape))
    first, second = draw(st.sampled_from(choices)), draw(st.sampled_from(choices))
    kind = draw(st.sampled_from(("one", "not", "and", "or")))
    if kind == "one":
        return first
    if kind == "not":
        return Expression(f"~{first.text}", SIGN, shape, lambda i: ~first.compute(i))
    if kind == "and":
        return Expression(
            f"({first.text} & {second.text})", ALONE, shape, lambda i: first.compute(i) & second.compute(i)
        )
    return Expression(f"({first.text} | {second.text})", ALONE, shape, lambda i: first.compute(i) | second.compute(i))


def _masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Softmax over the open keys, one row at a time; a row without any is 0."""
    rows = []
    for row, is_open in zip(scores, mask, strict=True):
        places = is_open.nonzero()[:, 0]
        rows.append(torch.zeros_like(row).index_put((places,), F.softmax(row[places], dim=0)))
    return torch.stack(rows)


def expressions(shape: Shape, depth: int) -> st.SearchStrategy[Expression]:
    """Return a strategy for right expressions of a symbolic shape, at most `depth` operations inside one another."""
    if depth <= 0:
        return _leaf(shape)
    kinds = [_leaf(shape), _cell_by_cell(shape, depth - 1), _of_one(shape, depth - 1)]
    kinds.append(_matrix(shape, depth - 1) if shape else _reduced(shape, depth - 1))
    return st.one_of(kinds)


@st.composite
def formulas(draw) -> Expression:
    """One to three lines, the later ones free to use the earlier: the whole text, and what its last line gives."""
    axes = st.sampled_from(("n", "m", "d"))
    shape = draw(st.one_of(st.just(()), st.tuples(axes, axes), st.tuples(axes, st.just(1))))
    last = draw(expressions(shape, 3))
    if not draw(st.booleans()):
        return last
    first = draw(expressions(draw(st.tuples(axes, axes)), 2))
    return Expression(
        f"# two lines\nstep = {first.text}\n\nresult = {last.text} + 0 * sum(step)  # all of it",
        SUM,
        shape,
        lambda i: last.compute(i) + 0 * first.compute(i).sum(),
    )
