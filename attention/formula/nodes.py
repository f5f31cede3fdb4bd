"""The checked tree that a formula becomes: plain frozen records, and a walk over them that never recurses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

# How tightly the signs bind, loosest first; what stands alone, as a name or a call does, binds tightest.
OR, AND, COMPARE, SUM, PRODUCT, SIGN, POWER, ALONE = 1, 2, 3, 4, 5, 6, 7, 8
BINDING = {
    "|": OR,
    "&": AND,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), COMPARE),
    **dict.fromkeys("+-", SUM),
    **dict.fromkeys("*/@", PRODUCT),
    "**": POWER,
}


@dataclass(frozen=True, eq=False)
class Node:
    """A part of the formula; start, end: its place in the text. outer: the same with the parentheses around it."""

    start: int
    end: int
    outer: tuple[int, int] | None = field(default=None, kw_only=True, repr=False)

    @property
    def span(self) -> tuple[int, int]:
        return self.outer or (self.start, self.end)

    @property
    def children(self) -> tuple[Node, ...]:
        return ()


@dataclass(frozen=True, eq=False)
class Number(Node):
    value: float


@dataclass(frozen=True, eq=False)
class Name(Node):
    name: str


@dataclass(frozen=True, eq=False)
class Unary(Node):
    """operator: - or ~"""

    operator: str
    operand: Node = field(repr=False)

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, eq=False)
class Binary(Node):
    """operator: + - * / @ ** < <= > >= == != & |, which stands at text[sign]."""

    operator: str
    left: Node = field(repr=False)
    right: Node = field(repr=False)
    sign: tuple[int, int] = (0, 0)

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, eq=False)
class Transpose(Node):
    operand: Node = field(repr=False)

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, eq=False)
class Call(Node):
    """name: what stands before the parenthesis, at text[start:name_end]."""

    name: str
    arguments: tuple[Node, ...] = field(repr=False)
    name_end: int = 0

    @property
    def children(self) -> tuple[Node, ...]:
        return self.arguments


@dataclass(frozen=True, eq=False)
class Line:
    """`name = expression`, or a bare expression, whose name is "". number: of the text's lines, from 1."""

    name: str
    name_start: int
    name_end: int
    expression: Node
    number: int


@dataclass(frozen=True, eq=False)
class Program:
    """All lines of a formula; the last one is its output. nodes: how many there are."""

    text: str
    lines: tuple[Line, ...]
    nodes: int


def post_order(root: Node) -> list[Node]:
    """Return every node below root and root itself, operands before what uses them, from left to right."""
    found, stack = [], [root]
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(node.children)
    return found[::-1]


def fold(root: Node, visit: Callable[[Node, Sequence[Any]], Any]) -> Any:
    """Return visit(root, results of its operands), having done the same for all operands, however deep they lie."""
    results: dict[Node, Any] = {}
    for node in post_order(root):
        results[node] = visit(node, [results[child] for child in node.children])
    return results[root]
