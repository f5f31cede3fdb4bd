"""`Formula`: attention as a visitor writes it, read and checked once, then computed, written out and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

from attention.formula.code import script_of
from attention.formula.cost import Cost, cost_of
from attention.formula.errors import FormulaError, Problem
from attention.formula.evaluation import Evaluation, evaluate, softmax_of_infinite
from attention.formula.inputs import prepare
from attention.formula.latex import block, latex_of
from attention.formula.names import known_shapes
from attention.formula.nodes import Call, Line, Name, Program, post_order
from attention.formula.notebook import notebook_of
from attention.formula.plan import SIZES, Plan, Shape, Size
from attention.formula.reading import read
from attention.formula.search import Remedy, find_remedy
from attention.formula.shapes import check

LONGEST_INLINE = 100  # characters of a remedy that is written in one line though the formula has several

MOST_FAULTS = 3  # that one message tells of, when several are mended at once

TEXT = {
    "next": "{first} With that mended: {later}",
    "compare": "For comparison, this one works: softmax(Q @ K.T / sqrt(d)) @ V",
}


class Formula:
    """A formula whose text could be read and whose shapes fit.

    text: lines `name = expression`, the last one is the output; see `attention.formula` for what it may contain.
    parameters: shapes of the visitor's own names, {"W": ("d", "d"), "c": ()}.
    shapes: shapes of inputs that differ from `INPUTS`, such as `SELF_ATTENTION`, where n means m.
    Raises FormulaError, which says where, why, and what would work. It never runs any of the text as Python.
    """

    def __init__(
        self,
        text: str,
        parameters: Mapping[str, Sequence[Size]] | None = None,
        shapes: Mapping[str, Sequence[Size]] | None = None,
    ) -> None:
        try:
            own, inputs = known_shapes(parameters, shapes)
        except Problem as problem:
            raise FormulaError(problem.message) from None
        self.text = text
        self.parameters: Mapping[str, Shape] = MappingProxyType(own)
        self.shapes: Mapping[str, Shape] = MappingProxyType(inputs)
        try:
            self.plan: Plan = check(read(text), own, inputs)
        except Problem as problem:
            error = _explained(text, problem, own, inputs)
        else:
            return
        raise error

    @property
    def uses(self) -> frozenset[str]:
        """The inputs and own names that the formula reads."""
        return self.plan.uses

    @property
    def output_shape(self) -> Shape:
        """The symbolic shape of the last line, () for a single number."""
        return self.plan.operations[self.plan.output].shape

    def plan_with(self, shapes: Mapping[str, Shape], reason: str = "") -> Plan:
        """Return the plan for other shapes of inputs. Raises FormulaError, with the reason, where it does not fit."""
        try:
            return check(self.plan.program, self.parameters, {**self.shapes, **shapes})
        except Problem as problem:
            raise FormulaError(problem.message + reason, self.text, problem.start, problem.end) from None

    # writing

    @cached_property
    def _latex(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return latex_of(self.plan)

    @property
    def line_latex(self) -> tuple[str, ...]:
        """The LaTeX of every line."""
        return self._latex[0]

    @property
    def step_latex(self) -> tuple[str, ...]:
        """The LaTeX of every step of `plan`, as it first occurs."""
        return self._latex[1]

    @cached_property
    def latex(self) -> str:
        """The LaTeX of the whole formula, for display mathematics."""
        return block(self.line_latex, [line.name for line in self.plan.program.lines])

    @cached_property
    def code(self) -> str:
        """A torch script that computes the formula for small random inputs, by itself."""
        return script_of(self.plan)

    def torch_code(self, inputs: Mapping[str, Any] | None = None) -> str:
        """Return a torch script for these inputs, written into it unless they are large; random ones without any.

        Raises FormulaError as `evaluate` does.
        """
        if not inputs:
            return self.code
        plan, prepared = prepare(self, inputs)
        return script_of(plan, prepared, softmax_of_infinite(plan, prepared, self.text))

    def notebook(self, inputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return a Jupyter notebook (nbformat 4) of the formula, as JSON."""
        return notebook_of(self, self.torch_code(inputs))

    @cached_property
    def cost(self) -> Cost:
        """Operations and memory as functions of n, m and d."""
        return cost_of(self.plan)

    def reads(self, line: Line) -> list[str]:
        """Return the inputs and earlier names that a line uses, in order."""
        names = [node.name for node in post_order(line.expression) if isinstance(node, Name)]
        return [name for name in dict.fromkeys(names) if name not in SIZES]

    def evaluate(self, inputs: Mapping[str, Any]) -> Evaluation:
        """Compute every step; see `attention.formula.evaluation.evaluate`."""
        return evaluate(self, inputs)


def _explained(text: object, problem: Problem, own: Mapping[str, Shape], shapes: Mapping[str, Shape]) -> FormulaError:
    """Return the error with the nearest formula that works, when a short search finds one."""
    if not isinstance(text, str):
        return FormulaError(problem.message)

    def attempt(mended: str) -> None:
        check(read(mended), own, shapes)

    remedy = find_remedy(text, problem, attempt)
    if remedy is None:
        checked = problem.remaining[0] == 0  # it could be read, only its meaning does not fit
        advice = problem.advice or (TEXT["compare"] if checked else "")
        return FormulaError(problem.message, text, problem.start, problem.end, advice)
    message = problem.message
    for later in remedy.met[1:MOST_FAULTS]:
        message = TEXT["next"].format(first=message, later=later.message)
    return FormulaError(message, text, problem.start, problem.end, _shown(remedy), remedy.text)


def _shown(remedy: Remedy) -> str:
    """Return the mended formula, on one line where that is short: softmax(Q @ K.T / sqrt(d)) @ X."""
    program = read(remedy.text)
    inline = in_one_line(program)
    return inline if len(program.lines) > 1 and len(inline) <= LONGEST_INLINE else remedy.text.strip()


def in_one_line(program: Program) -> str:
    """Return the last line with the names of earlier lines replaced by what they stand for, or "" when that is long."""
    meaning: dict[str, str] = {}
    written = ""
    for line in program.lines:
        written = _substituted(program.text, line, meaning)
        if len(written) > 4 * LONGEST_INLINE:
            return written
        meaning[line.name] = written
    return written


def _substituted(text: str, line: Line, meaning: Mapping[str, str]) -> str:
    nodes = post_order(line.expression)
    alone = {argument for node in nodes if isinstance(node, Call) for argument in node.arguments} | {line.expression}
    start, end = line.expression.span
    written, place = "", start
    for node in sorted(nodes, key=lambda node: node.start):
        if isinstance(node, Name) and node.name in meaning:
            inner = meaning[node.name]
            bare = node in alone or node.outer or _is_call(inner)
            written += text[place : node.start] + (inner if bare else f"({inner})")
            place = node.end
    return " ".join((written + text[place:end]).split())


def _is_call(text: str) -> bool:
    """Return whether a piece of a formula is one name or one call, which needs no parentheses around it."""
    depth, opened = 0, False
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        opened = opened or character == "("
        if not (character.isalnum() or character == "_" or depth or (character == ")" and place == len(text) - 1)):
            return False
    return not text.startswith("(")
