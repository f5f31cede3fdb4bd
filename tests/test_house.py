"""The house rules that a machine can check: who imports what, and style."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

CODE = [*sorted(path for folder in ("attention", "pages") for path in (ROOT / folder).rglob("*.py")), ROOT / "app.py"]
# Imports run down this list, never up; rooms on one line do not know each other.
LEVELS = (
    ("pages",),
    ("ui", "commands"),
    ("figures",),
    ("translation", "language", "recommendation", "vision", "speech"),
    ("formula",),
    ("content",),
    ("training",),
    ("measures",),
    ("attention_map",),
    ("mechanisms",),
)


ROOMS = tuple(room for level in LEVELS for room in level)


def imports(path: Path) -> set[str]:
    """Return every module that a file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module)
    return found


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0] if parts[0] != "attention" else parts[1]


@pytest.mark.parametrize("path", CODE, ids=place)
def test_only_its_own_room_imports_a_library(path):
    allowed = {"streamlit": ("app.py", "pages/", "attention/ui/"), "plotly": ("attention/figures/",)}
    for library, rooms in allowed.items():
        if library in {name.split(".")[0] for name in imports(path)}:
            assert place(path).startswith(rooms)


@pytest.mark.parametrize("path", [path for path in CODE if room(path) in ROOMS], ids=place)
def test_imports_run_down_the_rooms(path):
    level = next(number for number, rooms in enumerate(LEVELS) if room(path) in rooms)
    below = {room(path)} | {name for rooms in LEVELS[level + 1 :] for name in rooms}
    used = {name.split(".")[1] for name in imports(path) if name.startswith("attention.")}
    assert used & set(ROOMS) <= below


@pytest.mark.parametrize("path", [path for path in CODE if room(path) == "mechanisms"], ids=place)
def test_mechanisms_know_torch_alone(path):
    foreign = {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names)
    assert foreign <= {"torch", "attention"}


def test_style_is_kept():
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "."], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
