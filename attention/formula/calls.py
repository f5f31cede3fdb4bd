"""Check the arguments of one call: how many, of which kind, and whether their sizes fit one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from attention.formula import remedies
from attention.formula.errors import Edit, Problem, Repair, excerpt
from attention.formula.functions import Function, Parameter
from attention.formula.limits import MAX_SIZE
from attention.formula.nodes import Call, Node
from attention.formula.plan import Operation, Shape, Size, joined_shape, shape_text

TEXT = {
    "arguments": "{signature} takes {wanted}; here {came}.",
    "argument_count": {0: "no arguments came", 1: "1 argument came"},
    "argument_count_many": "{count} arguments came",
    "wanted_count": "{count} argument{s}",
    "wanted_range": "{least} or {most} arguments",
    "own_matrices": "{signature} needs {names} of your own; each name of your own needs a shape.",
    "argument_mask": "{name} of {signature} must be a mask, but {text} holds numbers.",
    "argument_number": "{name} of {signature} must hold numbers, but {text} is a mask.",
    "argument_matrix": "{name} of {signature} must be a matrix, but {text} is a number.",
    "argument_scalar": "{name} of {signature} must be one number, but {text} is {shape}.",
    "argument_size": "{name} of {signature} must be n, m, d or a whole number from 1 to {most}, not {text}.",
    "argument_fixed": "{name} of {signature} must have {wanted} {axis}, but {text} is {shape}.",
    "argument_fit": "{signature} cannot be formed: {first} is {first_shape} and {second} is {second_shape}, but the "
    "{axis} of {second_name} must be as many as the {other_axis} of {first_name}.",
    "where_fit": "The mask and the two choices of where must fit cell by cell; here they are {shapes}.",
    "rows": "rows",
    "columns": "columns",
}


def call_result(
    text: str, node: Call, function: Function, steps: Sequence[Operation]
) -> tuple[Shape, bool, dict[str, Size]]:
    """Return the shape of a call's result, whether it is a mask, and the sizes behind the function's letters.

    steps: of the arguments. Raises Problem, with place and repairs, where the arguments do not fit.
    """
    if not function.required <= len(steps) <= len(function.parameters):
        _wrong_count(text, node, function)
    arguments = list(zip(node.arguments, function.parameters, steps, strict=False))
    for argument, parameter, step in arguments:
        _check_kind(text, node, function, argument, parameter, step)
    letters = _letters(text, node, function, arguments)
    mask = steps[0].mask if function.gives_mask is None else function.gives_mask
    if function.result == "same":
        return steps[0].shape, mask, letters
    if function.result == "joined":
        return _joined(text, node, steps), mask, letters
    return tuple(letters.get(letter, letter) for letter in function.result), mask, letters


Argument = tuple[Node, Parameter, Operation]


def _check_kind(
    text: str, node: Call, function: Function, argument: Node, parameter: Parameter, step: Operation
) -> None:
    problem, repairs = "", ()
    if parameter.kind == "size":
        if not _is_size(step):
            problem, repairs = "argument_size", remedies.sizes_for(node, function)
    elif parameter.kind == "mask" and not step.mask:
        problem, repairs = "argument_mask", remedies.as_mask(argument)
        if step.constant and parameter.optional:  # softmax(S, -1), where -1 is an axis
            repairs = remedies.without_argument(node, node.arguments.index(argument))
            name = remedies.along(node.name, text[slice(*argument.span)])
            repairs = ((Edit(node.start, node.name_end, name), *repairs[0]),) if name else repairs
    elif parameter.kind in ("number", "whole") and step.mask:
        problem, repairs = "argument_number", remedies.as_number(text, argument)
    elif parameter.kind == "whole" and step.shape:
        problem, repairs = "argument_scalar", (remedies.replaced(argument, parameter.usual),)
    elif parameter.shape and not step.shape:
        problem, repairs = "argument_matrix", (remedies.replaced(argument, parameter.usual),)
    if problem:
        said = TEXT[problem].format(
            name=parameter.name,
            signature=function.signature,
            text=_said(text, argument),
            shape=shape_text(step.shape),
            most=MAX_SIZE,
        )
        raise Problem(said, *argument.span, repairs)


def _is_size(step: Operation) -> bool:
    if step.operation == "size":
        return True
    number = step.number if step.operation == "number" else None
    return number is not None and number == int(number) and 1 <= number <= MAX_SIZE


def _letters(text: str, node: Call, function: Function, arguments: Sequence[Argument]) -> dict[str, Size]:
    """Return the size that each letter of the function's shapes stands for, the same wherever it occurs."""
    letters: dict[str, Size] = {}
    seen: dict[str, tuple[Argument, int]] = {}
    for argument in arguments:
        _, parameter, step = argument
        shape = step.shape
        if parameter.kind == "size":
            shape = (step.symbol if step.operation == "size" else int(step.number or 0),)
        for axis, (letter, size) in enumerate(zip(parameter.shape, shape, strict=False)):
            if isinstance(letter, int):
                if size != letter:
                    _wrong_fixed(text, node, function, argument, axis)
            elif letter not in letters:
                letters[letter] = size
                seen[letter] = (argument, axis)
            elif letters[letter] != size:
                _wrong_fit(text, node, function, seen[letter], (argument, axis))
    return letters


def _joined(text: str, node: Call, steps: Sequence[Operation]) -> Shape:
    shape: Shape | None = ()
    for step in sorted(steps, key=lambda step: step.shape.count(1) - len(step.shape)):  # whole matrices first
        shape = None if shape is None else joined_shape(shape, step.shape)
    if shape is None:
        said = TEXT["where_fit"].format(shapes=", ".join(shape_text(step.shape) for step in steps))
        raise Problem(said, node.start, node.end, remedies.for_arguments(text, node))
    return shape


def _wrong_count(text: str, node: Call, function: Function) -> NoReturn:
    count, least, most = len(node.arguments), function.required, len(function.parameters)
    came = TEXT["argument_count"].get(count) or TEXT["argument_count_many"].format(count=count)
    wanted = TEXT["wanted_count"].format(count=most, s="" if most == 1 else "s")
    if least != most:
        wanted = TEXT["wanted_range"].format(least=least, most=most)
    said = TEXT["arguments"].format(signature=function.signature, wanted=wanted, came=came)
    own = [p.usual for p in function.parameters if p.name == p.usual and p.kind == "number"]
    advice = TEXT["own_matrices"].format(names=", ".join(own), signature=function.signature) if own else ""
    raise Problem(said, node.start, node.end, remedies.for_count(text, node, function), advice)


def _wrong_fixed(text: str, node: Call, function: Function, wrong: Argument, axis: int) -> NoReturn:
    argument, parameter, step = wrong
    said = TEXT["argument_fixed"].format(
        name=parameter.name,
        signature=function.signature,
        wanted=parameter.shape[axis],
        axis=TEXT["columns" if axis else "rows"],
        text=_said(text, argument),
        shape=shape_text(step.shape),
    )
    repairs: tuple[Repair, ...] = remedies.for_arguments(text, node)
    raise Problem(said, *argument.span, repairs)


def _wrong_fit(
    text: str, node: Call, function: Function, first: tuple[Argument, int], second: tuple[Argument, int]
) -> NoReturn:
    ((left, left_parameter, left_step), left_axis), ((right, right_parameter, right_step), right_axis) = first, second
    said = TEXT["argument_fit"].format(
        signature=function.signature,
        first=_said(text, left),
        first_shape=shape_text(left_step.shape),
        second=_said(text, right),
        second_shape=shape_text(right_step.shape),
        axis=TEXT["columns" if right_axis else "rows"],
        second_name=right_parameter.name,
        other_axis=TEXT["columns" if left_axis else "rows"],
        first_name=left_parameter.name,
    )
    raise Problem(said, node.start, node.end, remedies.for_arguments(text, node))


def _said(text: str, node: Node) -> str:
    return excerpt(text[node.start : node.end])
