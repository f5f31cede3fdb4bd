"""Check the shapes of a formula before anything runs, with sizes kept as symbols: m×d, not only 5×8."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NoReturn

from attention.formula import remedies
from attention.formula.calls import call_result
from attention.formula.errors import Problem, Repair, excerpt
from attention.formula.functions import FUNCTIONS
from attention.formula.limits import MAX_EXPONENT
from attention.formula.nodes import (
    BINDING,
    COMPARE,
    Binary,
    Call,
    Line,
    Name,
    Node,
    Number,
    Program,
    Transpose,
    Unary,
    fold,
    post_order,
)
from attention.formula.plan import INPUTS, OPERATIONS, SIZES, Operation, Plan, Shape, Size, joined_shape, shape_text

ROLES = {"Q": "the queries", "K": "the keys", "V": "the values", "X": "the input vectors", "M": "the mask"}
VERBS = {"+": "added", "-": "subtracted", "*": "multiplied", "&": "joined", "|": "joined"}

TEXT = {
    "unknown": "{name} is not known: it is no input, no size, and no line above sets it.",
    "unknown_yet": "{name} is set only in line {line}; a line can use what stands above it.",
    "own_advice": "Set it in a line above, {name} = …, or give it a shape as a number or a matrix of your own.",
    "meant": "Write {meant}.",
    "unknown_function": "{name} is not a function of this language.",
    "not_called": "{name} is a function: write {signature}.",
    "not_a_function": "{name} is {shape}, not a function; a product is written with @ or *.",
    "read_only": "{name} already stands for {what} and cannot be set; choose another name.",
    "set_twice": "{name} is already set in line {line}; choose another name.",
    "transpose_number": "{text} is a number, and only a matrix can be transposed.",
    "product_number": "@ multiplies two matrices, but {text} is a number; numbers are multiplied with *.",
    "product": "{left} is {left_shape} and {right} is {right_shape}: the product ({left_shape})({right_shape}) does "
    "not exist, because {inner_left} columns meet {inner_right} rows.",
    "product_self": " In self-attention it would be ({left})({right}), which does not exist either.",
    "cells": "{left} is {left_shape} and {right} is {right_shape}, so they cannot be {verb} cell by cell.",
    "divide": "{left} is {left_shape}{left_self} and {right} is {right_shape}, so the one cannot be divided by the "
    "other.",
    "taken": " {name} holds {role} ({shape}), so it cannot be a number to divide by.",
    "in_self": " ({shape} in self-attention)",
    "column_and_row": " A column and a row do not make a matrix by themselves.",
    "mask_as_number": "{text} is a mask, true or false in each cell, and cannot be used with {sign} as a number.",
    "number_as_mask": "{sign} joins masks, but {text} holds numbers; a comparison such as {text} > 0 makes a mask.",
    "exponent": "The exponent must be a written number from -{most} to {most}.",
}


def check(program: Program, own: Mapping[str, Shape], shapes: Mapping[str, Shape]) -> Plan:
    """Return the operations of a formula with their shapes.

    own: shapes of the visitor's names; shapes: of inputs that differ from `INPUTS`; both by `names.known_shapes`.
    Raises Problem at the first sub-expression that does not fit, with repairs.
    """
    return _Checker(program, own, shapes).plan()


class _Checker:
    """Goes through the nodes, operands first, and writes down each distinct operation once."""

    def __init__(self, program: Program, own: Mapping[str, Shape], shapes: Mapping[str, Shape]) -> None:
        self.program, self.text = program, program.text
        inputs = {**INPUTS, **shapes}
        self.aliases = {} if inputs["Q"][:1] in ((), ("n",)) else {"n": inputs["Q"][0]}
        self.inputs: dict[str, Shape] = {**inputs, **own}
        self.own = own
        self.operations: list[Operation] = []
        self.found: dict[tuple, int] = {}
        self.names: dict[str, int] = {}
        self.lines: dict[str, Line] = {}
        self.where: dict[Node, int] = {}
        self.line = program.lines[0]

    def plan(self) -> Plan:
        left = self.program.nodes
        output = 0
        for line in self.program.lines:
            self.line = line
            self._check_target(line, left)
            exponents = self._inside_exponents()
            for node in post_order(line.expression):
                try:
                    if node not in exponents:
                        self.where[node] = self._visit(node)
                except Problem as problem:
                    problem.remaining = (0, left)
                    raise
                left -= 1
            output = self.where[line.expression]
            self._name(output)
        return Plan(
            self.program,
            tuple(self.operations),
            MappingProxyType(self.names),
            output,
            MappingProxyType(self.where),
            MappingProxyType(self.inputs),
            MappingProxyType(self.aliases),
        )

    # names

    def _check_target(self, line: Line, left: int) -> None:
        name = line.name
        if not name or not (said := self._taken(name)):
            self.lines[name] = line
            return
        problem = Problem(said, line.name_start, line.name_end, remedies.renamed(self.program, line, self._is_free))
        problem.remaining = (0, left)
        raise problem

    def _taken(self, name: str) -> str:
        """Return why a line cannot set a name, or ""."""
        if name in self.lines:
            return TEXT["set_twice"].format(name=name, line=self.lines[name].number)
        what = ROLES.get(name, "an input")
        if name in FUNCTIONS:
            what = "a function"
        elif name in SIZES:
            what = "a size"
        elif name in self.own:
            what = "a name of your own"
        elif name not in INPUTS:
            return ""
        return TEXT["read_only"].format(name=name, what=what)

    def _is_free(self, name: str) -> bool:
        return not self._taken(name) and name not in self.lines

    def _name(self, index: int) -> None:
        if not self.line.name:
            return
        self.names[self.line.name] = index
        step = self.operations[index]
        if not step.name and step.operation not in ("input", "number", "size"):
            self.operations[index] = replace(step, name=self.line.name)

    # nodes

    def _visit(self, node: Node) -> int:
        if isinstance(node, Number):
            return self._add(node, "number", (), (), number=node.value)
        if isinstance(node, Name):
            return self._known(node)
        if isinstance(node, Unary):
            return self._unary(node)
        if isinstance(node, Transpose):
            return self._transpose(node)
        if isinstance(node, Binary):
            return self._binary(node)
        assert isinstance(node, Call)
        return self._call(node)

    def _known(self, node: Name) -> int:
        name = node.name
        if name in self.names:
            return self.names[name]
        if name in self.inputs:
            shape = self.inputs[name]
            return self._add(node, "input", (), shape, mask=name == "M", symbol=name)
        if name in SIZES:
            return self._size(node, self.aliases.get(name, name))
        if name in FUNCTIONS:
            signature = FUNCTIONS[name].signature
            repairs = remedies.called(node, FUNCTIONS[name])
            raise Problem(TEXT["not_called"].format(name=name, signature=signature), node.start, node.end, repairs)
        known = (*self.names, *self.inputs, *SIZES)
        repairs = remedies.exponential(self.text, node) or remedies.other_names(node, name, known, FUNCTIONS)
        said = TEXT["unknown"].format(name=name)
        if below := next((line for line in self.program.lines if line.name == name), None):
            said = TEXT["unknown_yet"].format(name=name, line=below.number)
            repairs = remedies.moved_up(self.program, self.line, below) if below is not self.line else ()
        meant = remedies.MEANT.get(name)
        advice = TEXT["meant"].format(meant=meant) if meant else TEXT["own_advice"].format(name=name)
        raise Problem(said, node.start, node.end, repairs, advice)

    def _size(self, node: Node, size: Size) -> int:
        if isinstance(size, int):
            return self._add(node, "number", (), (), number=float(size))
        return self._add(node, "size", (), (), symbol=size)

    def _unary(self, node: Unary) -> int:
        operand = self._step(node.operand)
        if node.operator == "-":
            self._needs_number(node.operand, "-")
            return self._add(node, "negative", (operand.index,), operand.shape)
        self._needs_mask(node.operand, "~")
        return self._add(node, "not", (operand.index,), operand.shape, mask=True)

    def _transpose(self, node: Transpose) -> int:
        operand = self._step(node.operand)
        if not operand.shape:
            said = TEXT["transpose_number"].format(text=self._said(node.operand))
            raise Problem(said, node.start, node.end, remedies.without_transpose(node))
        return self._add(node, "transpose", (operand.index,), operand.shape[::-1], mask=operand.mask)

    def _binary(self, node: Binary) -> int:
        if node.operator == "**":
            return self._power(node)
        left, right = self._step(node.left), self._step(node.right)
        operation, sign = OPERATIONS[node.operator], node.operator
        operands = (left.index, right.index)
        if sign in ("&", "|"):
            self._needs_mask(node.left, sign)
            self._needs_mask(node.right, sign)
            return self._add(node, operation, operands, self._joined(node), mask=True)
        self._needs_number(node.left, sign, node)
        self._needs_number(node.right, sign, node)
        if sign == "@":
            return self._add(node, operation, operands, self._product(node))
        compares = BINDING[sign] == COMPARE
        return self._add(node, operation, operands, self._joined(node), mask=compares, function=sign * compares)

    def _product(self, node: Binary) -> Shape:
        left, right = self._step(node.left), self._step(node.right)
        for side, step in ((node.left, left), (node.right, right)):
            if not step.shape:
                said = TEXT["product_number"].format(text=self._said(side))
                raise Problem(said, node.start, node.end, remedies.for_number_product(self.text, node))
        if left.shape[1] != right.shape[0]:
            said = TEXT["product"].format(
                left=self._said(node.left),
                right=self._said(node.right),
                left_shape=shape_text(left.shape),
                right_shape=shape_text(right.shape),
                inner_left=left.shape[1],
                inner_right=right.shape[0],
            )
            in_self = [self._in_self(step.shape) for step in (left, right)]
            if (left.shape, right.shape) != tuple(in_self) and in_self[0][1] != in_self[1][0]:
                said += TEXT["product_self"].format(left=shape_text(in_self[0]), right=shape_text(in_self[1]))
            raise Problem(said, node.start, node.end, remedies.for_product(self.text, node))
        return (left.shape[0], right.shape[1])

    def _joined(self, node: Binary) -> Shape:
        left, right = self._step(node.left), self._step(node.right)
        shape = joined_shape(left.shape, right.shape)
        if shape is not None:
            return shape
        words = {
            "left": self._said(node.left),
            "right": self._said(node.right),
            "left_shape": shape_text(left.shape),
            "right_shape": shape_text(right.shape),
            "verb": VERBS.get(node.operator, "compared"),
        }
        if node.operator == "/":
            in_self = self._in_self(left.shape)
            more = TEXT["in_self"].format(shape=shape_text(in_self)) if in_self != left.shape else ""
            said = TEXT["divide"].format(left_self=more, **words)
            if right.symbol in ROLES and right.operation == "input":
                said += TEXT["taken"].format(name=right.symbol, role=ROLES[right.symbol], shape=shape_text(right.shape))
        else:
            said = TEXT["cells"].format(**words)
        if {left.shape.index(1) if 1 in left.shape else 2, right.shape.index(1) if 1 in right.shape else 2} == {0, 1}:
            said += TEXT["column_and_row"]
        repairs = remedies.for_cells(self.text, node, left.shape, right.shape)
        raise Problem(said, node.start, node.end, repairs)

    def _call(self, node: Call) -> int:
        function = FUNCTIONS.get(node.name)
        if function is None:
            self._unknown_function(node)
        steps = [self._step(argument) for argument in node.arguments]
        shape, mask, letters = call_result(self.text, node, function, steps)
        operands = tuple(step.index for step in steps)
        return self._add(node, "function", operands, shape, mask=mask, function=function.name, letters=letters)

    def _unknown_function(self, node: Call) -> NoReturn:
        name = node.name
        if name in self.names or name in self.inputs or name in SIZES:
            step = self.operations[self._known(Name(node.start, node.name_end, name))]
            said = TEXT["not_a_function"].format(name=name, shape=shape_text(step.shape))
        else:
            said = TEXT["unknown_function"].format(name=name)
        known = (*self.names, *self.inputs, *SIZES)
        repairs = remedies.other_functions(self.text, node, FUNCTIONS, known)
        raise Problem(said, node.start, node.name_end, repairs)

    def _needs_number(self, node: Node, sign: str, whole: Binary | None = None) -> None:
        if self._step(node).mask:
            said = TEXT["mask_as_number"].format(text=self._said(node), sign=sign)
            repairs: tuple[Repair, ...] = remedies.as_number(self.text, node)
            if whole is not None:
                repairs = remedies.masked(self.text, whole, node) + repairs
            raise Problem(said, *node.span, repairs)

    def _needs_mask(self, node: Node, sign: str) -> None:
        if not self._step(node).mask:
            said = TEXT["number_as_mask"].format(text=self._said(node), sign=sign)
            raise Problem(said, *node.span, remedies.as_mask(node, tightly=sign == "~"))

    # bookkeeping

    def _inside_exponents(self) -> set[Node]:
        """Return the nodes of the line's exponents, which are no steps: only their value is."""
        nodes = post_order(self.line.expression)
        powers = [node for node in nodes if isinstance(node, Binary) and node.operator == "**"]
        return {node for power in powers for node in post_order(power.right)}

    def _power(self, node: Binary) -> int:
        value = _written_value(node.right)
        if value is None or abs(value) > MAX_EXPONENT:
            raise Problem(TEXT["exponent"].format(most=MAX_EXPONENT), *node.right.span)
        base = self._step(node.left)
        self._needs_number(node.left, "**")
        self.where[node.right] = self._add(node.right, "number", (), (), number=value)
        return self._add(node, "power", (base.index, self.where[node.right]), base.shape)

    def _add(
        self,
        node: Node,
        operation: str,
        operands: tuple[int, ...],
        shape: Shape,
        *,
        mask: bool = False,
        number: float | None = None,
        symbol: str = "",
        function: str = "",
        letters: Mapping[str, Size] | None = None,
    ) -> int:
        """Return the number of the step, which is new unless the same was computed before."""
        key = (operation, function, operands, number, symbol)
        if key in self.found:
            return self.found[key]
        index = self.found[key] = len(self.operations)
        constant = operation in ("number", "size") or (
            not shape and bool(operands) and all(self.operations[operand].constant for operand in operands)
        )
        self.operations.append(
            Operation(
                index,
                operation,
                function,
                operands,
                shape,
                mask,
                constant,
                number,
                symbol,
                MappingProxyType(dict(letters or {})),
                " ".join(self.text[node.start : node.end].split()),
                node.start,
                node.end,
                self.line.number,
            )
        )
        return index

    def _step(self, node: Node) -> Operation:
        return self.operations[self.where[node]]

    def _said(self, node: Node) -> str:
        return excerpt(self.text[node.start : node.end])

    def _in_self(self, shape: Shape) -> Shape:
        return tuple("m" if size == "n" else size for size in shape)


def _written_value(node: Node) -> float | None:
    """Return the value of an expression of written numbers, such as 2, -1 or (1 / 2); None for anything else."""

    def visit(part: Node, values: Sequence[float | None]) -> float | None:
        if isinstance(part, Number):
            return part.value
        if None in values or not isinstance(part, Unary | Binary):
            return None
        if isinstance(part, Unary):
            return -values[0] if part.operator == "-" else None
        left, right = values
        if part.operator == "/":
            return left / right if right else None
        if part.operator == "**":
            small = 0 < left <= MAX_EXPONENT and abs(right) <= MAX_EXPONENT
            return left**right if small else None
        results = {"+": left + right, "-": left - right, "*": left * right}
        return results.get(part.operator)

    return fold(node, visit)
