"""Compute a formula step by step, keep every value, and take gradients of the output."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from attention.formula.errors import FormulaError, Problem, excerpt
from attention.formula.functions import FUNCTIONS
from attention.formula.inputs import Inputs, prepare
from attention.formula.limits import MAX_OPERATIONS, MAX_TOTAL_VALUES, MAX_VALUES, MAX_WHOLE
from attention.formula.plan import Operation, Plan, Shape

if TYPE_CHECKING:
    from attention.formula.formula import Formula

TEXT = {
    "whole": "{text} must be a whole number from 0 to {most:,}, but is {value:g}.",
    "values": "{text} would hold {count:,} numbers; a value holds at most {most:,}.",
    "total_values": "All steps together would hold more than {most:,} numbers; use smaller matrices.",
    "operations": "The formula would take more than {most:,} steps of arithmetic; use smaller matrices.",
    "failed": "{text} cannot be computed: {reason}",
    "leading": "The batch axes of {text} do not fit: {reason}",
    "nan": "{text} holds values that are not a number in {count} of {all} cells.",
    "infinite": "{text} is infinite in {count} of {all} cells.",
    "no_gradient_of": "The output is a mask, true or false; it has no gradient.",
    "no_gradient_by": "{name} is a mask, true or false; there is no gradient with respect to it.",
    "unknown_input": "The formula does not use {name!r}; it uses {names}.",
    "cell": "cell must be (row, column) within {shape}, got {cell!r}.",
    "cell_none": "The output is one number; leave cell out.",
}
ROUNDING = 1e-6  # how far a computed whole number may be off
OTHER_WORK = 8  # for a number that is no sum of products; a sorted one takes the most
BINARY: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "matmul": operator.matmul,
    "and": operator.and_,
    "or": operator.or_,
}
COMPARE: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True)
class Step:
    """One value on the way: what the formula computes there, with real numbers.

    index, operation, function, operands, name, text, start, end, line: as in `plan.Operation`.
    latex: how the step is typeset. shape: symbolic. value: (..., rows, columns), or a single number without axes.
    note: what is odd about the value, such as infinities; "" when nothing is.
    """

    index: int
    name: str
    text: str
    latex: str
    shape: Shape
    value: Tensor = field(repr=False)
    operation: str
    function: str
    operands: tuple[int, ...]
    start: int
    end: int
    line: int
    note: str = ""


class Evaluation:
    """A formula computed with real inputs.

    value: the output. steps: every distinct step in order, inputs and written numbers included. named: the value of
    every name that a line sets, and of the inputs. notes: what is odd about the values. latex, code: of the formula.
    """

    def __init__(self, formula: Formula, plan: Plan, inputs: Inputs, values: list[Tensor]) -> None:
        self.formula, self._plan, self._inputs = formula, plan, inputs
        latex = formula.step_latex
        self.steps: tuple[Step, ...] = tuple(
            Step(
                step.index,
                step.name,
                step.text,
                latex[step.index],
                step.shape,
                value,
                step.operation,
                step.function,
                step.operands,
                step.start,
                step.end,
                step.line,
                _note(step, value),
            )
            for step, value in zip(plan.operations, values, strict=True)
        )
        self.value: Tensor = values[plan.output]
        named = {step.symbol: values[step.index] for step in plan.operations if step.operation == "input"}
        self.named: Mapping[str, Tensor] = MappingProxyType(
            {**named, **{name: values[index] for name, index in plan.names.items()}}
        )
        self.notes: tuple[str, ...] = tuple(step.note for step in self.steps if step.note)

    @property
    def latex(self) -> str:
        return self.formula.latex

    @property
    def code(self) -> str:
        """A torch script that computes the same with these very inputs, or with random ones where they are large."""
        return self.formula.torch_code(self._inputs.given)

    def gradient(self, name: str, cell: tuple[int, int] | None = None) -> Tensor:
        """Return how the output changes with every number of an input, own name or earlier line.

        The gradient of the sum of the whole output, or of one cell (row, column) of it.
        Returns the shape of that value. Raises FormulaError for masks, for what the formula does not use, and for a
        cell that the output does not have.
        """
        plan, text = self._plan, self.formula.text
        output = plan.operations[plan.output]
        if output.mask:
            raise FormulaError(TEXT["no_gradient_of"], text, output.start, output.end)
        index = self._index_of(name)
        if plan.operations[index].mask:
            raise FormulaError(TEXT["no_gradient_by"].format(name=name))
        leaf = self.steps[index].value.detach().clone().requires_grad_()
        with torch.inference_mode(False), torch.enable_grad():
            values = run(plan, self._inputs, text, given={index: leaf})
            chosen = self._chosen(values[plan.output], cell)
            if not chosen.requires_grad:
                return torch.zeros_like(leaf)
            (gradient,) = torch.autograd.grad(chosen, leaf, allow_unused=True)
        return torch.zeros_like(leaf) if gradient is None else gradient

    def _index_of(self, name: str) -> int:
        if name in self._plan.names:
            return self._plan.names[name]
        for step in self._plan.operations:
            if step.operation == "input" and step.symbol == name:
                return step.index
        names = ", ".join(sorted({*self._plan.uses, *self._plan.names}))
        raise FormulaError(TEXT["unknown_input"].format(name=excerpt(str(name)), names=names))

    def _chosen(self, value: Tensor, cell: tuple[int, int] | None) -> Tensor:
        if cell is None:
            return value.sum()
        if not self.formula.output_shape:
            raise FormulaError(TEXT["cell_none"])
        rows, columns = value.shape[-2:]
        whole = isinstance(cell, tuple | list) and len(cell) == 2 and all(type(place) is int for place in cell)
        if not whole or not (0 <= cell[0] < rows and 0 <= cell[1] < columns):
            shape = f"{rows}×{columns}"
            raise FormulaError(TEXT["cell"].format(shape=shape, cell=cell))
        return value[..., cell[0], cell[1]].sum()


def evaluate(formula: Formula, inputs: Mapping[str, Any]) -> Evaluation:
    """Compute every step of a formula.

    inputs: tensors, arrays, nested lists or numbers by name. Matrices are (..., rows, columns): leading axes, such as
    batch and heads, broadcast. M is boolean, True = may attend, all True when left out; T is 1 when left out; V may
    have more or fewer columns than Q and K. Sizes that no input has may be given as numbers, {"n": 4}. Names that the
    formula does not use are ignored. All is computed in single precision, in double where an input is.
    Raises FormulaError when an input is missing or contradicts the symbols, or when a value would be too large.
    """
    plan, prepared = prepare(formula, inputs)
    with torch.inference_mode(False), torch.no_grad():
        values = run(plan, prepared, formula.text)
    return Evaluation(formula, plan, prepared, values)


def run(plan: Plan, inputs: Inputs, text: str, given: Mapping[int, Tensor] | None = None) -> list[Tensor]:
    """Return the value of every step. given: values to take for some steps instead of computing them.

    Raises FormulaError, with the place, where a step would be too large or cannot be computed.
    """
    values: list[Tensor] = []
    total = work = 0
    for step in plan.operations:
        if given and step.index in given:
            values.append(given[step.index])
            continue
        operands = [values[operand] for operand in step.operands]
        count = _count(step, operands, inputs, text)
        total += count
        work += count * _work_for_each(step, operands)
        if total > MAX_TOTAL_VALUES:
            raise FormulaError(TEXT["total_values"].format(most=MAX_TOTAL_VALUES), text, step.start, step.end)
        if work > MAX_OPERATIONS:
            raise FormulaError(TEXT["operations"].format(most=MAX_OPERATIONS), text, step.start, step.end)
        try:
            value = compute(step, operands, inputs)
        except Problem as problem:
            raise FormulaError(problem.message, text, step.start, step.end) from None
        except (ValueError, RuntimeError, OverflowError) as error:
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            said = TEXT["failed"].format(text=excerpt(step.text), reason=reason)
            raise FormulaError(said, text, step.start, step.end) from None
        values.append(value)
    return values


def softmax_of_infinite(plan: Plan, inputs: Inputs, text: str) -> bool:
    """Return whether some softmax meets infinite scores, which torch's own does not turn into shares."""
    scores = [step.operands[0] for step in plan.operations if step.function in ("softmax", "softmax_columns")]
    if not scores:
        return False
    with torch.inference_mode(False), torch.no_grad():
        values = run(plan, inputs, text)
    return any(bool(values[index].isinf().any()) for index in scores)


def _count(step: Operation, operands: list[Tensor], inputs: Inputs, text: str) -> int:
    """Return how many numbers a step will hold, its largest value on the way included."""
    try:
        leading = torch.broadcast_shapes(*(operand.shape[:-2] for operand in operands if operand.ndim > 1))
    except RuntimeError as error:
        said = TEXT["leading"].format(text=excerpt(step.text), reason=error)
        raise FormulaError(said, text, step.start, step.end) from None
    count = math.prod(leading) * math.prod(size_of(size, inputs.sizes) for size in step.shape)
    if step.function == "additive":
        count *= size_of(step.letters["h"], inputs.sizes)
    if count > MAX_VALUES:
        said = TEXT["values"].format(text=excerpt(step.text), count=count, most=MAX_VALUES)
        raise FormulaError(said, text, step.start, step.end)
    return count


def _work_for_each(step: Operation, operands: list[Tensor]) -> int:
    """Return about how many steps of arithmetic each number of a value takes."""
    products = step.operation == "matmul" or (step.operation == "function" and FUNCTIONS[step.function].rows == "first")
    return operands[0].shape[-1] if products else OTHER_WORK


def size_of(size: str | int, sizes: Mapping[str, int]) -> int:
    return size if isinstance(size, int) else sizes[size]


def compute(step: Operation, operands: list[Tensor], inputs: Inputs) -> Tensor:
    """Return the value of one step; single numbers are kept in double precision, matrices in that of the inputs."""
    kind = step.operation
    if kind == "input":
        return inputs.values[step.symbol]
    if kind in ("number", "size"):
        number = step.number if kind == "number" else float(inputs.sizes[step.symbol])
        return torch.tensor(number, dtype=torch.float64, device=inputs.device)
    if kind == "transpose":
        value = operands[0].mT
    elif kind == "negative":
        value = -operands[0]
    elif kind == "not":
        value = ~operands[0]
    elif kind == "power":
        value = operands[0] ** operands[1].item()
    elif kind == "compare":
        value = COMPARE[step.function](*operands)
    elif kind == "function":
        value = _call(step, operands, inputs)
    else:
        value = BINARY[kind](*operands)
    if value.ndim > 1 and value.dtype not in (torch.bool, inputs.dtype):
        value = value.to(inputs.dtype)
    return value if value.device == inputs.device else value.to(inputs.device)


def _call(step: Operation, operands: list[Tensor], inputs: Inputs) -> Tensor:
    function = FUNCTIONS[step.function]
    arguments: list[Tensor | int] = []
    for parameter, operand in zip(function.parameters, operands, strict=False):
        arguments.append(_whole(parameter.name, operand) if parameter.kind in ("size", "whole") else operand)
    return function.evaluate(*arguments)


def _whole(name: str, operand: Tensor) -> int:
    """Return a number as a whole one, rounding errors aside: 0.1 * 30 is 3."""
    value = operand.item() if operand.numel() == 1 else math.nan
    if not -ROUNDING <= value <= MAX_WHOLE or abs(value - round(value)) > ROUNDING:
        raise Problem(TEXT["whole"].format(text=name, value=value, most=MAX_WHOLE), 0, 0)
    return round(value)


def _note(step: Operation, value: Tensor) -> str:
    """Say which values are not finite: 1 / 0, exp(1000), log(-1)."""
    if value.dtype == torch.bool or bool(value.isfinite().all()):
        return ""
    missing = int(value.isnan().sum())
    what = "nan" if missing else "infinite"
    count = missing or int(value.isinf().sum())
    return TEXT[what].format(text=excerpt(step.text), count=count, all=value.numel())
