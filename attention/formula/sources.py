"""Write out functions of `attention.mechanisms` with all that they call, so that a script needs nothing but torch."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

import torch
from torch.nn import functional

HOME = "attention.mechanisms"
NAME = re.compile(r"[A-Za-z_]\w*")
COMMENT = re.compile(r"#[^\n]*")
IMPORTS = {"torch": "import torch", "math": "import math"}


def written_out(functions: Iterable[Callable]) -> tuple[list[str], list[str]]:
    """Return the import lines and the definitions, in an order in which they can run, of some mechanisms."""
    imports: dict[str, None] = {}
    definitions: dict[str, str] = {}
    for function in functions:
        more_imports, more_definitions = _closure(function)
        imports |= dict.fromkeys(more_imports)
        definitions |= dict(more_definitions)
    return list(imports), list(definitions.values())


def names_of(functions: Iterable[Callable]) -> set[str]:
    """Return the names that these functions and what they call take in a script."""
    return {name for function in functions for name, _ in _closure(function)[1]}


@cache
def _closure(function: FunctionType) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return import lines and (name, source) of a function and all it needs, what is needed first."""
    imports: dict[str, None] = {}
    definitions: dict[str, str] = {}
    waiting: list[tuple[FunctionType, bool]] = [(function, False)]
    met: set[str] = set()
    while waiting:
        current, needs_done = waiting.pop()
        source = inspect.getsource(current).strip()
        if needs_done:
            definitions[current.__name__] = source
            continue
        if current.__name__ in met:
            continue
        met.add(current.__name__)
        waiting.append((current, True))
        for name, value in _globals_in(current, source):
            if isinstance(value, FunctionType) and value.__module__.startswith(HOME):
                waiting.append((value, False))
            elif line := _import_line(name, value):
                imports[line] = None
            elif isinstance(value, int | float):
                definitions[name] = f"{name} = {value!r}"
    return tuple(imports), tuple(definitions.items())


def _globals_in(function: FunctionType, source: str) -> list[tuple[str, Any]]:
    """Return the module's own names that a function's source uses, its docstring and comments left aside."""
    code = COMMENT.sub("", source.replace(function.__doc__ or "", ""))
    known = function.__globals__
    return [(name, known[name]) for name in dict.fromkeys(NAME.findall(code)) if name in known]


def _import_line(name: str, value: Any) -> str:
    if value is torch.Tensor:
        return "from torch import Tensor"
    if value is functional:
        return f"from torch.nn import functional as {name}"
    return IMPORTS.get(name, "") if isinstance(value, ModuleType) else ""
