"""What one function of the language is: one entry says all that reading, checking, computing and writing need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from attention.formula.nodes import ALONE
from attention.formula.polynomial import ZERO, Polynomial

Kind = Literal["number", "mask", "any", "size", "whole"]
Sizes = Mapping[str, Polynomial]  # by the letters of a shape; "result" is how many numbers come out, "argument" go in
Names = Mapping[str, str]  # the same letters, as they are written


@dataclass(frozen=True)
class Parameter:
    """One argument of a function.

    kind: number is a scalar or a matrix of numbers, mask one of true and false, any is either; size is n, m, d or a
    whole number, that gives the result its shape; whole is a scalar that must turn out to be a whole number.
    shape: letters for rows and columns, equal letters being equal sizes; () where any shape will do. A size has one.
    usual: what is most often passed, for remedies. optional: may be left out; only at the end.
    """

    name: str
    kind: Kind = "number"
    shape: tuple[str | int, ...] = ()
    usual: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Written:
    """A piece of LaTeX or code. level: how tightly it binds, as in `nodes`. plain: a number of Python, not a tensor."""

    text: str
    level: int = ALONE
    plain: bool = False

    def latex(self, level: int = ALONE) -> str:
        """Return the text, in parentheses where it binds less tightly than level."""
        return self.text if self.level >= level else rf"\left({self.text}\right)"

    def code(self, level: int = ALONE) -> str:
        return self.text if self.level >= level else f"({self.text})"


def result_count(sizes: Sizes) -> Polynomial:
    """One step, or one number, for each number that comes out."""
    return sizes["result"]


def argument_count(sizes: Sizes) -> Polynomial:
    return sizes["argument"]


def nothing(sizes: Sizes) -> Polynomial:
    return ZERO


@dataclass(frozen=True)
class Function:
    """One function of the language.

    name, subject (the group that a page lists it under), summary (one sentence); parameters in their order.
    result: letters of its shape; () is a scalar; "same" the shape of the first argument; "joined" that of all together.
    gives_mask: its result is true or false; None: as its first argument.
    evaluate: tensors (..., rows, columns), and whole numbers for sizes, in; a tensor out. Leading axes are kept.
    latex, code: write a call, from written arguments and the letters' sizes. sources: mechanisms that the code calls.
    operations, memory: as `attention/mechanisms/catalogue.py` counts them.
    rows: what a row of the result depends on: "each" the same row of the arguments, "first" that row of the first
    argument and all of the others, "mixed" several rows, "place" which row it is, "same" nothing.
    normaliser: whether it turns scores into weights, with a mask as second argument.
    """

    name: str
    subject: str
    summary: str
    parameters: tuple[Parameter, ...]
    result: tuple[str | int, ...] | Literal["same", "joined"]
    evaluate: Callable[..., Tensor]
    latex: Callable[[Sequence[Written], Names], Written]
    code: Callable[[Sequence[Written], Names], Written]
    operations: Callable[[Sizes], Polynomial] = result_count
    memory: Callable[[Sizes], Polynomial] = result_count
    gives_mask: bool | None = False
    rows: Literal["each", "first", "mixed", "place", "same"] = "each"
    normaliser: bool = False
    sources: tuple[Callable, ...] = ()

    @property
    def signature(self) -> str:
        """How a call looks, such as softmax(scores, mask)."""
        parts = [f"[{p.name}]" if p.optional else p.name for p in self.parameters]
        return f"{self.name}({', '.join(parts)})"

    @property
    def required(self) -> int:
        return sum(not parameter.optional for parameter in self.parameters)


def latex_call(name: str) -> Callable[[Sequence[Written], Names], Written]:
    r"""Write \operatorname{name}(a, b); `name` may be a command of its own, such as \exp."""
    head = name if name.startswith("\\") else rf"\operatorname{{{name}}}".replace("_", r"\_")

    def write(arguments: Sequence[Written], sizes: Names) -> Written:
        inner = r",\, ".join(argument.text for argument in arguments)
        return Written(rf"{head}\left({inner}\right)")

    return write


def code_call(name: str) -> Callable[[Sequence[Written], Names], Written]:
    """Write name(a, b)."""

    def write(arguments: Sequence[Written], sizes: Names) -> Written:
        return Written(f"{name}({', '.join(argument.text for argument in arguments)})")

    return write
