"""Write a formula as a torch script that runs by itself."""

from __future__ import annotations

import builtins
import keyword
import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from attention.formula.functions import FUNCTIONS, Written
from attention.formula.functions.arithmetic import DOUBLE, LEADING, is_positive
from attention.formula.functions.normalisers import INFINITE
from attention.formula.inputs import Inputs
from attention.formula.nodes import (
    ALONE,
    BINDING,
    COMPARE,
    POWER,
    SIGN,
    SUM,
    Binary,
    Call,
    Name,
    Node,
    Number,
    Transpose,
    Unary,
    fold,
)
from attention.formula.plan import SIZES, Plan, Shape
from attention.formula.sources import names_of, written_out

SEED = 1
DEFAULT_SIZES = {"n": 4, "m": 5, "d": 6}  # of the random inputs; other symbols are 3
OTHER_SIZE = 3
MOST_WRITTEN = 2_000  # numbers of given inputs that are written into the script
RESULT = "result"
LOOSEST = 0  # comparisons bind loosest in Python, looser than & and |

TEXT = {
    "formula": "The formula",
    "inputs": "The inputs",
    "random_inputs": "Random inputs; put your own here",
    "mechanisms": "The mechanisms that torch does not have",
}


class Script:
    """One script: sizes, inputs, the mechanisms that torch lacks, and the lines of the formula."""

    def __init__(
        self, plan: Plan, given: Mapping[str, Tensor], sizes: Mapping[str, int], double: bool, infinite: bool = False
    ) -> None:
        self.plan, self.given, self.double, self.infinite = plan, given, double, infinite
        self.leading = any(tensor.ndim > 2 for tensor in given.values())
        self.sizes = {**DEFAULT_SIZES, **sizes}
        calls = {step.function for step in plan.operations if step.operation == "function"}
        masked = {step.function for step in plan.operations if len(step.operands) > 1}
        self.sources = [
            source
            for name in sorted(calls)
            for source in FUNCTIONS[name].sources
            if name not in ("softmax", "softmax_columns") or name in masked or infinite
        ]
        self.names = self._python_names()
        self.plain: set[str] = {name for name in plan.uses if not plan.inputs[name]}

    def text(self) -> str:
        """Return the whole script."""
        imports, definitions = written_out(self.sources)
        imports = sorted({"import torch", *imports}, key=lambda line: (line.startswith("from"), line))
        parts = ["from __future__ import annotations\n", "\n".join(imports) + "\n"]
        if definitions:
            parts.append(f"# {TEXT['mechanisms']}\n")
            parts += [f"\n{definition}\n" for definition in definitions]
        parts += [self._inputs(), self._lines()]
        return "\n".join(parts)

    def _python_names(self) -> dict[str, str]:
        """Return what every name of the formula is called in Python, where some names are taken."""
        taken = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *names_of(self.sources)}
        taken |= {"torch", "math", "Tensor", "F", "annotations", "inspect"}
        names: dict[str, str] = {}
        for name in (*self.plan.uses, *self.plan.names):
            python = name
            while python in taken:
                python += "_"
            names[name] = python
            taken.add(python)
        return names

    def _inputs(self) -> str:
        heading = "inputs" if self.given else "random_inputs"
        lines = [f"\n# {TEXT[heading]}"]
        if self.double:
            lines.append("torch.set_default_dtype(torch.float64)")
        used = {self.plan.aliases.get(size, size) for size in SIZES}
        symbols = [size for size in SIZES if size in used]
        lines.append(f"{', '.join(symbols)} = {', '.join(str(self.sizes[size]) for size in symbols)}")
        if any(self.plan.inputs[name] and name not in self.given for name in self.plan.uses):
            lines.append(f"torch.manual_seed({SEED})")
        for name in sorted(self.plan.uses):
            lines.append(f"{self.names[name]} = {self._input(name, self.plan.inputs[name])}")
        return "\n".join(lines) + "\n"

    def _input(self, name: str, shape: Shape) -> str:
        if name in self.given:
            return _literal(self.given[name])
        if not shape:
            return "1.0"
        sizes = ", ".join(self._size(size) for size in shape)
        return f"torch.ones({sizes}, dtype=torch.bool)" if name == "M" else f"torch.randn({sizes})"

    def _size(self, size: str | int) -> str:
        return size if size in SIZES else str(self._number(size))

    def _number(self, size: str | int) -> int:
        return size if isinstance(size, int) else self.sizes.get(size, OTHER_SIZE)

    def _lines(self) -> str:
        lines = [f"# {TEXT['formula']}"]
        for line in self.plan.program.lines:
            written = fold(line.expression, self._written)
            last = line is self.plan.program.lines[-1]
            if line.name:
                lines.append(f"{self.names[line.name]} = {written.text}")
                if written.plain:
                    self.plain.add(line.name)
                if last and self.names[line.name] != RESULT:
                    lines.append(f"{RESULT} = {self.names[line.name]}")
            elif last:
                lines.append(f"{RESULT} = {written.text}")
        return "\n".join([*lines, f"print({RESULT})"]) + "\n"

    # expressions

    def _written(self, node: Node, operands: Sequence[Written]) -> Written:
        if isinstance(node, Number):
            whole = node.value == int(node.value)
            return Written(str(int(node.value)) if whole else repr(node.value), plain=True)
        if isinstance(node, Name):
            return self._name(node.name)
        if isinstance(node, Transpose):
            return Written(f"{operands[0].code()}.mT")
        if isinstance(node, Unary):
            return Written(f"{node.operator}{operands[0].code(SIGN)}", SIGN, plain=operands[0].plain)
        if isinstance(node, Call):
            return self._call(node, operands)
        assert isinstance(node, Binary)
        return self._binary(node, operands)

    def _name(self, name: str) -> Written:
        if name in self.names:
            return Written(self.names[name], plain=name in self.plain)
        return Written(self._size(self.plan.aliases.get(name, name)), plain=True)

    def _call(self, node: Call, operands: Sequence[Written]) -> Written:
        function = FUNCTIONS[node.name]
        step = self.plan.operations[self.plan.where[node]]
        letters = {letter: self._size(size) for letter, size in step.letters.items()}
        if self.double:
            letters["widened"] = ".double()"
        letters |= {LEADING: ""} if self.leading else {}
        letters |= {INFINITE: ""} if self.infinite else {}
        arguments = [
            _rounded(operand) if parameter.kind == "whole" else operand
            for parameter, operand in zip(function.parameters, operands, strict=False)
        ]
        return function.code(arguments, letters)

    def _binary(self, node: Binary, operands: Sequence[Written]) -> Written:
        left, right = operands
        sign, level = node.operator, BINDING[node.operator]
        plain = left.plain and right.plain
        if level == COMPARE:
            text = f"{left.code(SUM)} {sign} {right.code(SUM)}"
            return Written(f"torch.tensor({text})") if plain else Written(text, LOOSEST)
        if plain and ((sign == "/" and not _is_safe(right)) or (sign == "**" and not is_positive(left))):
            left, plain = Written(DOUBLE.format(left.text)), False  # 1 / 0 is infinite for a tensor, a fault in Python
        if sign == "**":
            return Written(f"{left.code(ALONE)} ** {right.code(SIGN)}", POWER, plain)
        return Written(f"{left.code(level)} {sign} {right.code(level + 1)}", level, plain)


def script_of(plan: Plan, inputs: Inputs | None = None, infinite: bool = False) -> str:
    """Return a torch script that computes the formula; its last value is in `result`.

    inputs: written into the script where they hold at most `MOST_WRITTEN` numbers in all; otherwise the script draws
    random matrices of these sizes, the same at every run; without inputs, small ones.
    infinite: whether softmax meets infinite scores with these inputs.
    """
    if inputs is None:
        return Script(plan, {}, {}, double=False).text()
    given = dict(inputs.values)
    written = sum(tensor.numel() for tensor in given.values())
    if written > MOST_WRITTEN:
        given = {name: tensor for name, tensor in given.items() if not tensor.ndim}
    return Script(plan, given, inputs.sizes, inputs.dtype == torch.float64, infinite).text()


def _rounded(written: Written) -> Written:
    """Return code for a whole number, which a written number or a size is already."""
    if written.plain and (written.text in SIZES or written.text.isdigit()):
        return written
    return Written(f"round(float({written.text}))")


def _is_safe(written: Written) -> bool:
    """Return whether plain code is surely not 0: a size, a written number, or a root of one."""
    first = written.text.removesuffix(" ** 0.5")
    number = first.replace(".", "", 1)
    return first in SIZES or (number.isdigit() and float(first) > 0)


def _literal(tensor: Tensor) -> str:
    if not tensor.ndim:
        return _number_text(tensor.item(), True)
    if tensor.ndim > 2:
        return f"{_literal(tensor.flatten(0, -2))}.reshape({', '.join(map(str, tensor.shape))})"
    if tensor.dtype == torch.bool:
        rows = ["[" + ", ".join(str(value) for value in row) + "]" for row in tensor.tolist()]
    else:
        exact = tensor.dtype == torch.float64
        rows = ["[" + ", ".join(_number_text(value, exact) for value in row) + "]" for row in tensor.tolist()]
    return "torch.tensor([\n" + "".join(f"    {row},\n" for row in rows) + "])"


def _number_text(value: Any, exact: bool) -> str:
    """Return a number so that reading it gives the very same value back."""
    if not math.isfinite(value):
        return f'float("{value}")'
    text = repr(float(value)) if exact else f"{value:.9g}"
    return text if any(sign in text for sign in ".e") else f"{text}.0"
