"""What every release of a model asks and does in the same way: its name, its size, its numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

MAX_BYTES = 15 * 2**20  # of a shipped folder
Item = TypeVar("Item")


def check_name(name: str) -> None:
    """Raise ValueError for a name that no folder of a model can have."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise ValueError(f"name {name!r} cannot name a folder; use letters, digits, - and _")


def check_size(folder: Path | str, storage: str) -> None:
    """Raise ValueError for a checkpoint's folder of over 15 MiB."""
    size = sum(path.stat().st_size for path in Path(folder).iterdir())
    if size > MAX_BYTES:
        raise ValueError(f"stored as {storage} it takes {size / 2**20:.1f} MiB; at most 15 MiB are shipped, use int8")


def evenly(items: Sequence[Item], most: int) -> list[Item]:
    """Return at most so many items, taken evenly from the whole."""
    count = min(most, len(items))
    return [items[i * len(items) // count] for i in range(count)]


def rounded(value: object, digits: int) -> object:
    """Return plain maps, lists and values with every fraction in them rounded; tuples become lists."""
    if isinstance(value, float | np.floating):
        return round(float(value), digits)
    if isinstance(value, dict):
        return {key: rounded(part, digits) for key, part in value.items()}
    return [rounded(part, digits) for part in value] if isinstance(value, list | tuple) else value
