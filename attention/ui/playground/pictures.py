"""The steps of a formula as the matrices of the strip: which are shown, their titles, the signs between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attention.formula import FUNCTIONS, Step
from attention.ui.matrices import Matrix, Place
from attention.ui.playground.computing import Computed
from attention.ui.playground.text import TEXT

INPUTS = ("Q", "K", "V", "X")
MOST_SHOWN = 14  # on the strip; further inner steps are in the list of every step
TITLE_LENGTH = 26
LONGEST_ID = 50
SIGNS = {"matmul": "·", "add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "and": "∧", "or": "∨"}
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
PRETTY = (  # how a piece of a formula is written above its matrix
    (re.compile(r"\.T\b"), "ᵀ"),
    (re.compile(r"\s*@\s*"), " "),
    (re.compile(r"sqrt\((\w+)\)"), r"√\1"),
    (re.compile(r"\s*\*\*\s*2\b"), "²"),
    (re.compile(r"\s*\*\s*"), "·"),
    (re.compile(r"\s*/\s*"), " ÷ "),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True)
class Shown:
    """A step on the strip. source: the input whose numbers it shows, turned over where `transposed`."""

    step: Step
    id: str
    source: str = ""
    transposed: bool = False


def strip_matrices(computed: Computed, head: int, prefix: str = "", editable: bool = True) -> tuple[Matrix, ...]:
    """Return the matrices of a formula in the order of computing.

    head: of several heads the one to show. prefix: before every id, so that two strips can be told apart. editable:
    the numbers of inputs and of the visitor's own matrices, and the cells of M, may be changed; with several heads Q,
    K, V and X are only parts and may not.
    """
    shown = shown_steps(computed)
    places = {one.step.index: one for one in shown}
    strip = []
    for position, one in enumerate(shown):
        values = computed.matrix(one.step.value, head)
        rows, columns = labels_of(computed, one.step)
        own = one.source == "M" or one.source in computed.inputs.parameters
        free = editable and (own or (one.source in INPUTS and computed.heads == 1))
        strip.append(
            Matrix(
                id=prefix + one.id,
                title=title_of(one.step),
                values=values if values.dtype == bool else values.astype(np.float64),
                kind=kind_of(one),
                shape_text=" × ".join(map(str, one.step.shape)),
                row_labels=rows,
                column_labels=columns,
                operation="input" if one.source else one.step.operation,
                function="" if one.source else one.step.function,
                operands=() if one.source else operands_of(computed, one.step, places, prefix),
                symbol=symbol_before(computed, shown, position),
                editable=free,
                labelled=bool(computed.inputs.words),
            )
        )
    if computed.joined is not None and "m" not in computed.formula.output_shape[-1:]:
        strip.append(joined_matrix(computed, prefix))
    return tuple(strip)


def shown_steps(computed: Computed) -> list[Shown]:
    """Choose the steps of the strip: the inputs, every named line, the important steps between, the output.

    Left out are numbers, an input that is only used turned over (its transpose is shown as the input itself), and, when
    there are many, inner steps that are neither a product nor a normaliser nor a mask.
    """
    steps = computed.evaluation.steps
    users: dict[int, list[Step]] = {}
    for step in steps:
        for operand in step.operands:
            users.setdefault(operand, []).append(step)
    output = output_step(computed).index
    chosen = []
    for step in steps:
        if not step.shape and step.index != output:
            continue
        using = users.get(step.index, [])
        only_turned = step.operation == "input" and using and all(user.operation == "transpose" for user in using)
        if not only_turned or step.index == output:
            chosen.append(_shown(step, steps))
    return chosen if len(chosen) <= MOST_SHOWN else _major(chosen, output)


def kind_of(one: Shown) -> str:
    """Return how a matrix is coloured."""
    step = one.step
    if str(step.value.dtype) == "torch.bool":
        return "mask"
    if one.source:
        return "input"
    return "weights" if is_normaliser(step) else "value"


def is_normaliser(step: Step) -> bool:
    """Tell whether a step turns scores into weights."""
    return step.operation == "function" and FUNCTIONS[step.function].subject == "normalisers"


def operands_of(computed: Computed, step: Step, places: dict[int, Shown], prefix: str) -> tuple[str, ...]:
    """Return ids of the operands on the strip, "name = number" of scalars, and the text of what is not shown."""
    found = []
    for index in step.operands:
        operand = computed.evaluation.steps[index]
        if index in places:
            found.append(prefix + places[index].id)
        elif operand.value.numel() == 1:
            number = f"{float(operand.value.detach()):.9g}"
            found.append(number if operand.operation == "number" else f"{pretty(operand.text)} = {number}")
        else:
            found.append(pretty(operand.text))
    return tuple(found)


def symbol_before(computed: Computed, shown: Sequence[Shown], position: int) -> str:
    """Return the sign between a matrix and the one before it."""
    if position == 0:
        return ""
    step, before = shown[position].step, shown[position - 1].step
    steps = computed.evaluation.steps
    if before.index in step.operands and step.operation in SIGNS:
        other = next((steps[i] for i in step.operands if i != before.index), before)
        if other.value.numel() == 1:
            left = step.operands[0] == before.index
            sign, scalar = SIGNS[step.operation], pretty(other.text)
            return f"{sign} {scalar}" if left else f"{scalar} {sign}"
        return "="
    if before.index in step.operands and step.operation == "function":
        return f"→ {step.function}"
    if before.index in step.operands:
        return "→"
    following = shown[position + 1].step if position + 1 < len(shown) else None
    if following and following.operation in SIGNS and following.operands == (before.index, step.index):
        return SIGNS[following.operation]
    return ""


def title_of(step: Step) -> str:
    """Return what stands above a matrix: its name, or its piece of the formula."""
    return step.name or pretty(step.text)


def pretty(text: str) -> str:
    """Write a piece of a formula shortly, for a title."""
    for pattern, sign in PRETTY:
        text = pattern.sub(sign, text)
    return text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1] + "…"


def labels_of(computed: Computed, step: Step) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of rows and columns: the words of a sentence, or q₁, q₂ … and k₁, k₂ …"""
    words = computed.inputs.words
    if not step.shape:
        return (), ()
    lengths = computed.matrix(step.value, 0).shape
    labels = []
    for size, length in zip(step.shape, lengths, strict=True):
        letter = {"n": "q", "m": "k"}.get(size, "")
        numbered = tuple(f"{letter}{str(i).translate(SUBSCRIPTS)}" for i in range(1, length + 1)) if letter else ()
        labels.append(words if letter and len(words) == length else numbered)
    return labels[0], labels[1]


def joined_matrix(computed: Computed, prefix: str) -> Matrix:
    """Return the outputs of all heads side by side."""
    words = computed.inputs.words
    joined = computed.joined
    rows, columns = computed.formula.output_shape
    columns = f"{computed.heads}{columns}" if isinstance(columns, str) else joined.shape[1]
    return Matrix(
        id=prefix + "joined",
        title=TEXT["joined"],
        values=joined.astype(np.float64),
        kind="value",
        shape_text=f"{rows} × {columns}",
        row_labels=words if len(words) == len(joined) else (),
        labelled=bool(words),
        operation="join",
        symbol="→",
    )


def weights_step(computed: Computed) -> Step | None:
    """Return the last normaliser of a formula, or None."""
    found = [step for step in computed.evaluation.steps if is_normaliser(step)]
    return found[-1] if found else None


def default_place(shown: Sequence[Shown]) -> Place | None:
    """Return the cell that is chosen at first: one of the first matrix that is computed, in its second row."""
    for one in shown:
        if not one.source and one.step.shape:
            rows, columns = one.step.value.shape[-2:]
            return one.id, min(1, rows - 1), min(2, columns - 1)
    return None


def output_step(computed: Computed) -> Step:
    """Return the step that the last line names, which need not be the last one computed."""
    last = computed.formula.plan.output
    return computed.evaluation.steps[last]


def _shown(step: Step, steps: Sequence[Step]) -> Shown:
    if step.operation == "input":
        return Shown(step, step.text, source=step.text)
    if step.operation == "transpose":
        source = steps[step.operands[0]]
        if source.operation == "input" and not step.name:
            return Shown(step, f"{source.text}.T", source=source.text, transposed=True)
    name = step.name or step.text
    return Shown(step, name if len(name) <= LONGEST_ID and "," not in name else f"step {step.index}")


def _major(chosen: list[Shown], output: int) -> list[Shown]:
    kept = [one for one in chosen if _is_major(one, output)]
    return kept[: MOST_SHOWN - 1] + [one for one in kept[MOST_SHOWN - 1 :] if one.step.index == output]


def _is_major(one: Shown, output: int) -> bool:
    step = one.step
    is_input = one.source or kind_of(one) != "value"
    return bool(is_input or step.name or step.operation == "matmul" or step.index == output)


def count_left_out(computed: Computed, shown: Sequence[Shown]) -> int:
    """Return how many matrices of the formula the strip leaves out; an input that stands there turned over is in."""
    there = {one.source for one in shown} | {""}
    wanted = [step for step in computed.evaluation.steps if step.shape and step.text not in there]
    return len(wanted) - sum(bool(one.step.shape) and (one.transposed or not one.source) for one in shown)
