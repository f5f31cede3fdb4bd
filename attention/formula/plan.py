"""What checking makes of a formula: each distinct operation once, in the order of computing, with its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from attention.formula.nodes import Node, Program

Size = str | int
Shape = tuple[Size, ...]  # (rows, columns), or () for a single number

INPUTS: Mapping[str, Shape] = MappingProxyType(
    {"Q": ("n", "d"), "K": ("m", "d"), "V": ("m", "d"), "X": ("m", "d"), "M": ("n", "m"), "T": ()}
)
SIZES = ("n", "m", "d")
SELF_ATTENTION: Mapping[str, Shape] = MappingProxyType({"Q": ("m", "d"), "M": ("m", "m")})
OPERATIONS = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "@": "matmul",
    "**": "power",
    "&": "and",
    "|": "or",
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), "compare"),
}


@dataclass(frozen=True)
class Operation:
    """One step of the computation.

    operation: input, number, size, matmul, transpose, add, subtract, multiply, divide, power, negative, compare, and,
    or, not or function; function: its name, or the sign of a comparison. operands: earlier steps, by number.
    shape: symbolic, () for a single number; mask: whether it holds true and false. constant: made of written numbers
    and sizes alone. number: what is written, for a number; symbol: the name of an input, or the symbol of a size.
    letters: the sizes behind the letters of the function's shapes. name: what a line calls it, or "".
    text, start, end, line: where it stands first.
    """

    index: int
    operation: str
    function: str
    operands: tuple[int, ...]
    shape: Shape
    mask: bool
    constant: bool
    number: float | None
    symbol: str
    letters: Mapping[str, Size]
    text: str
    start: int
    end: int
    line: int
    name: str = ""


@dataclass(frozen=True)
class Plan:
    """A formula that fits: its operations, what each line's name stands for, the step of the last line.

    where: the step of every node; inputs: the shapes of all inputs and own names; self_attention: n means m.
    """

    program: Program
    operations: tuple[Operation, ...]
    names: Mapping[str, int]
    output: int
    where: Mapping[Node, int] = field(repr=False)
    inputs: Mapping[str, Shape]
    aliases: Mapping[str, str]

    @property
    def uses(self) -> frozenset[str]:
        """The inputs and own names that the formula reads."""
        return frozenset(step.symbol for step in self.operations if step.operation == "input")


def shape_text(shape: Shape, mask: bool = False) -> str:
    """Return such as "n×m", "a number" or "an n×m mask" as a reader would say it."""
    if not shape:
        return "true or false" if mask else "a number"
    sizes = f"{shape[0]}×{shape[1]}"
    return f"{sizes}, a mask" if mask else sizes


def joined_shape(first: Shape, second: Shape) -> Shape | None:
    """Return the shape of first and second taken together cell by cell, or None where they do not fit.

    A number goes with everything, a column or a row with a matrix of as many rows or columns, else shapes are equal.
    """
    if not first or not second:
        return first or second
    axes = []
    for left, right in zip(first, second, strict=True):
        if left != right and 1 not in (left, right):
            return None
        axes.append(right if left == 1 else left)
    joined = tuple(axes)
    return joined if joined in (first, second) else None
