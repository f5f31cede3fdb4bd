"""The visitor's own names and their shapes, checked before a formula may use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attention.formula.errors import Problem, excerpt
from attention.formula.functions import FUNCTIONS
from attention.formula.limits import MAX_NAME, MAX_PARAMETERS, MAX_SIZE
from attention.formula.plan import INPUTS, SIZES, Shape, Size

TEXT = {
    "own_name": "{name!r} cannot be a name of your own: a name starts with a letter, has letters, digits and _ only, "
    "and is not taken.",
    "own_count": "There can be at most {most} names of your own, got {count}.",
    "own_shape": "{name} must be () for a number, or (rows, columns), each a symbol such as d or a whole number from "
    "1 to {most}; got {shape!r}.",
    "not_an_input": "{name!r} is not an input; its shape cannot be given. Inputs are {inputs}.",
}


def known_shapes(
    parameters: Mapping[str, Sequence[Size]] | None, shapes: Mapping[str, Sequence[Size]] | None
) -> tuple[dict[str, Shape], dict[str, Shape]]:
    """Return own names and input shapes as tuples, or raise Problem when a name or a shape cannot be."""
    own = dict(parameters or {})
    if len(own) > MAX_PARAMETERS:
        raise Problem(TEXT["own_count"].format(most=MAX_PARAMETERS, count=len(own)), 0, 0)
    for name in own:
        if not _is_name(name) or name in INPUTS or name in SIZES or name in FUNCTIONS:
            raise Problem(TEXT["own_name"].format(name=excerpt(str(name))), 0, 0)
    for name in shapes or {}:
        if name not in INPUTS:
            raise Problem(TEXT["not_an_input"].format(name=excerpt(str(name)), inputs=", ".join(INPUTS)), 0, 0)
    checked = {name: _known_shape(name, shape) for name, shape in {**own, **(shapes or {})}.items()}
    return {name: checked[name] for name in own}, {name: checked[name] for name in shapes or {}}


def _is_name(name: object) -> bool:
    return isinstance(name, str) and name.isascii() and name.isidentifier() and name[0] != "_" and len(name) <= MAX_NAME


def _known_shape(name: str, shape: object) -> Shape:
    fits = isinstance(shape, tuple | list) and len(shape) in (0, 2)
    if not fits or not all(_is_name(size) or (type(size) is int and 1 <= size <= MAX_SIZE) for size in shape):
        raise Problem(TEXT["own_shape"].format(name=name, most=MAX_SIZE, shape=shape), 0, 0)
    return tuple(shape)
