"""A run's folder beside what the training loop keeps there: the settings it was begun with, and its log as numbers."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any


def keep_settings(folder: Path, settings: Any) -> None:
    """Write the settings, a dataclass, into a new run's folder.

    Raises ValueError where the folder holds a run of other settings.
    """
    path = folder / "settings.json"
    if path.exists():
        before = type(settings)(**json.loads(path.read_text(encoding="utf-8")))
        if before != settings:
            raise ValueError(f"{folder} holds a run with other settings ({before}); use them or another folder")
        return
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(path, lambda part: part.write_text(json.dumps(asdict(settings)) + "\n", encoding="utf-8"))


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the file, then swap, so that another process never reads half of it."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    write(part)
    part.replace(path)


def read_log(run_folder: Path | str) -> list[dict]:
    """Return the rows of a run's log.csv as numbers; empty when there is none."""
    path = Path(run_folder) / "log.csv"
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    return [row | {"step": int(row["step"]), "epoch": int(row["epoch"])} for row in rows]
