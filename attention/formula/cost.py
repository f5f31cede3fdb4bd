"""What a formula costs, as polynomials in n, m and d, counted as `attention/mechanisms/catalogue.py` says.

Every distinct step is counted once. What depends on sizes and written numbers alone, such as √d, is free: it is the
same for all inputs. A transpose is free too: nothing is computed, and nothing is copied.
"""

from __future__ import annotations

from dataclasses import dataclass

from attention.formula.functions import FUNCTIONS
from attention.formula.plan import SIZES, Operation, Plan, Shape
from attention.formula.polynomial import ZERO, Polynomial

FREE = frozenset({"input", "number", "size", "transpose"})


@dataclass(frozen=True)
class Cost:
    """Steps of arithmetic, and numbers made, for one sequence without batch and heads."""

    operation_count: Polynomial
    memory_count: Polynomial

    @property
    def operations_latex(self) -> str:
        return self.operation_count.latex()

    @property
    def memory_latex(self) -> str:
        return self.memory_count.latex()

    def operations(self, n: int, m: int, d: int) -> int:
        """Return how many steps of arithmetic n queries, m keys and vectors of size d take."""
        return self.operation_count.value({"n": n, "m": m, "d": d})

    def memory(self, n: int, m: int, d: int) -> int:
        """Return how many numbers are made, the result included; inputs are not counted."""
        return self.memory_count.value({"n": n, "m": m, "d": d})


def cost_of(plan: Plan) -> Cost:
    """Return the cost of a formula: the sum over its distinct steps."""
    operations, memory = ZERO, ZERO
    for step in plan.operations:
        more_operations, more_memory = step_cost(plan, step)
        operations, memory = operations + more_operations, memory + more_memory
    return Cost(operations, memory)


def step_cost(plan: Plan, step: Operation) -> tuple[Polynomial, Polynomial]:
    """Return operations and memory of one step."""
    if step.operation in FREE or step.constant:
        return ZERO, ZERO
    result = numbers_in(step.shape)
    operands = [plan.operations[index] for index in step.operands]
    if step.operation == "function":
        function = FUNCTIONS[step.function]
        sizes = {letter: _size(size) for letter, size in step.letters.items()}
        argument = numbers_in(operands[0].shape) if operands else ZERO
        sizes |= {"result": result, "argument": argument, "zero": ZERO}
        return Polynomial.of(function.operations(sizes)), Polynomial.of(function.memory(sizes))
    if step.operation == "matmul":
        return result * _size(operands[0].shape[1]), result
    return result, result


def numbers_in(shape: Shape) -> Polynomial:
    """Return how many numbers a value of this shape has."""
    count = Polynomial.of(1)
    for size in shape:
        count = count * _size(size)
    return count


def _size(size: str | int) -> Polynomial:
    """Sizes other than n and m, such as a hidden size, are taken to be d, as in the catalogue."""
    return Polynomial.of(size if isinstance(size, int) or size in SIZES else "d")
