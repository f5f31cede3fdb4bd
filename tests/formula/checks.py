"""What several formula tests look at: whether LaTeX is whole, and what a written script computes."""

from __future__ import annotations

import ast
import contextlib
import io
import re

import torch
from torch import Tensor

COMMAND = re.compile(r"\\([a-zA-Z]+|.)", re.DOTALL)


def assert_balanced(latex: str) -> None:
    """Every brace, \\left and \\begin has its partner, in order; nothing is a stray command or control character."""
    assert latex.strip()
    assert all(character.isprintable() or character == "\n" for character in latex)
    open_parts: list[str] = []
    place = 0
    while place < len(latex):
        command = COMMAND.match(latex, place)
        if command is None:
            place += 1
            if latex[place - 1] == "{":
                open_parts.append("{")
            elif latex[place - 1] == "}":
                assert open_parts, latex
                assert open_parts.pop() == "{", latex
            else:
                assert latex[place - 1] not in "$%#", latex
            continue
        place = command.end()
        word = command[1]
        if word in ("begin", "end"):
            environment = re.compile(r"\{(\w+)\}").match(latex, place)
            assert environment is not None, latex
            place = environment.end()
        if word == "left":
            open_parts.append("left")
        elif word == "right":
            assert open_parts, latex
            assert open_parts.pop() == "left", latex
        elif word == "begin":
            open_parts.append(environment[1])
        elif word == "end":
            assert open_parts, latex
            assert open_parts.pop() == environment[1], latex
    assert not open_parts, latex


def imported(code: str) -> set[str]:
    """Return the top-level modules that a script imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.split(".")[0])
    return found


def run_script(code: str) -> Tensor:
    """Run a written script as a program of its own and return its last value."""
    names: dict = {"__name__": "__main__"}
    usual = torch.get_default_dtype()
    try:
        with contextlib.redirect_stdout(io.StringIO()), torch.random.fork_rng():
            exec(compile(code, "formula.py", "exec"), names)
    finally:
        torch.set_default_dtype(usual)
    return torch.as_tensor(names["result"])
