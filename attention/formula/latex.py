"""Write a formula as LaTeX, with the signs that mathematicians use."""

from __future__ import annotations

import re
from collections.abc import Sequence

from attention.formula.functions import FUNCTIONS, Written
from attention.formula.nodes import (
    ALONE,
    BINDING,
    COMPARE,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    Binary,
    Call,
    Line,
    Name,
    Node,
    Number,
    Transpose,
    Unary,
    fold,
)
from attention.formula.plan import Plan

SIGNS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne", "&": r"\land", "|": r"\lor"}
INDEXED = re.compile(r"([A-Za-z])_?([0-9]+|[a-z])")


def latex_of(plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the LaTeX of every line, and of every step as it first occurs."""
    steps = ["" for _ in plan.operations]
    lines = []
    for line in plan.program.lines:
        expression = _expression(plan, line, steps)
        lines.append(f"{name_latex(line.name)} = {expression}" if line.name else expression)
    return tuple(lines), tuple(steps)


def block(lines: Sequence[str], names: Sequence[str]) -> str:
    """Return all lines below one another, aligned at their = where there are several."""
    if len(lines) == 1:
        return lines[0]
    aligned = [line.replace(" = ", " &= ", 1) if name else f"&{line}" for line, name in zip(lines, names, strict=True)]
    return "\\begin{aligned}\n" + " \\\\\n".join(aligned) + "\n\\end{aligned}"


def name_latex(name: str) -> str:
    r"""Return X2 as X_{2}, Wq as W_{q}, and a longer name upright: \mathrm{weights}."""
    if len(name) == 1:
        return name
    if found := INDEXED.fullmatch(name):
        return f"{found[1]}_{{{found[2]}}}"
    return rf"\mathrm{{{name}}}".replace("_", r"\_")


def number_latex(value: float) -> str:
    """Return such as 0.5, or 10^{9} where it is written with a power of ten."""
    digits, _, exponent = f"{value:.10g}".partition("e")
    if digits.endswith("00000") and digits.strip("0") == "1":
        digits, exponent = "1", str(len(digits) - 1)
    if not exponent:
        return digits
    power = rf"10^{{{int(exponent)}}}"
    return power if digits == "1" else rf"{digits} \cdot {power}"


def _expression(plan: Plan, line: Line, steps: list[str]) -> str:
    def visit(node: Node, operands: Sequence[Written]) -> Written:
        written = _written(plan, node, operands)
        index = plan.where.get(node)
        if index is not None and not steps[index] and not (isinstance(node, Name) and node.name in plan.names):
            steps[index] = written.text
        return written

    return fold(line.expression, visit).text


def _written(plan: Plan, node: Node, operands: Sequence[Written]) -> Written:
    if isinstance(node, Number):
        text = number_latex(node.value)
        return Written(text, ALONE if text.replace(".", "").isdigit() else PRODUCT)
    if isinstance(node, Name):
        aliased = plan.aliases.get(node.name, node.name)
        return Written(name_latex(aliased) if isinstance(aliased, str) else str(aliased))
    if isinstance(node, Transpose):
        return Written(rf"{operands[0].latex()}^{{\top}}", POWER)
    if isinstance(node, Unary):
        if node.operator == "~":
            return Written(rf"\lnot {operands[0].latex(SIGN)}", SIGN)
        return Written(f"-{operands[0].latex(PRODUCT)}", SUM)
    if isinstance(node, Call):
        step = plan.operations[plan.where[node]]
        sizes = {letter: str(size) for letter, size in step.letters.items()}
        return FUNCTIONS[node.name].latex(operands, sizes)
    assert isinstance(node, Binary)
    return _binary(plan, node, operands)


def _binary(plan: Plan, node: Binary, operands: Sequence[Written]) -> Written:
    left, right = operands
    sign, level = node.operator, BINDING[node.operator]
    if sign == "/":
        return Written(rf"\frac{{{left.text}}}{{{right.text}}}", SIGN)
    if sign == "**":
        hadamard = r"\circ " if _is_matrix(plan, node.left) else ""  # of every cell, not of the matrix
        return Written(rf"{left.latex()}^{{{hadamard}{right.text}}}", POWER)
    if sign == "@":
        return Written(rf"{left.latex(PRODUCT)}\, {right.latex(SIGN)}", PRODUCT)
    if sign == "*":
        cells = _is_matrix(plan, node.left) and _is_matrix(plan, node.right)
        dot = r"\odot" if cells else r"\cdot"
        return Written(f"{left.latex(PRODUCT)} {dot} {right.latex(SIGN)}", PRODUCT)
    if level == COMPARE:
        return Written(f"{left.latex(SUM)} {SIGNS[sign]} {right.latex(SUM)}", COMPARE)
    return Written(f"{left.latex(level)} {SIGNS.get(sign, sign)} {right.latex(level + 1)}", level)


def _is_matrix(plan: Plan, node: Node) -> bool:
    """Return whether a part has rows and columns; the parts of an exponent are no steps, and are numbers."""
    index = plan.where.get(node)
    return index is not None and bool(plan.operations[index].shape)
