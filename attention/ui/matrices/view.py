"""What a strip of matrices shows, as plain frozen data."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from attention.ui.inspector.view import encode_floats
from attention.ui.matrices.text import TEXT

KINDS = ("input", "value", "weights", "mask", "difference")
MOST_CELLS = 64  # rows and columns beyond which a matrix is averaged down
# What the browser can write out; the name of any other function is simply named with its operands.
OPERATIONS = (
    "input", "number", "size", "matmul", "transpose", "add", "subtract", "multiply", "divide", "power", "negative",
    "compare", "and", "or", "not", "function",
)  # fmt: skip

Place = tuple[str, int, int]  # id of a matrix, row, column; both counted from 0


@dataclass(frozen=True, eq=False)
class Matrix:
    """One matrix of the strip and how it came about.

    id: short and stable, e.g. the name of the step. title: plain text above it, e.g. "Kᵀ".
    values: (rows, columns), numbers or booleans; a single number counts as 1 × 1. Not-a-number and infinite cells are
        shown as such. Beyond MOST_CELLS rows or columns, neighbours are averaged, and the strip says so.
    kind: "input" and "value" are coloured around zero, "weights" from 0 to 1, "difference" around zero on its own
        scale; "mask" has open (True) and closed cells.
    shape_text: symbolic shape such as "n × d"; the real one is always shown.
    row_labels, column_labels: one each per row and column, or none. They name a cell in the line of arithmetic, as
        "scores(q₂, k₃)", and are written beside the matrix when `labelled` is True.
    operation, function, operands: how each cell was made; see the package's text.
    symbol: the sign before the matrix: "·", "=", "÷ √d", "→ softmax".
    editable: numbers are typed over (double click, Enter), cells of a mask switched (click, drag, space).
    Raises ValueError when something does not fit.
    """

    id: str
    title: str
    values: np.ndarray
    kind: str = "value"
    shape_text: str = ""
    row_labels: tuple[str, ...] = ()
    column_labels: tuple[str, ...] = ()
    operation: str = "input"
    operands: tuple[str, ...] = ()
    symbol: str = ""
    editable: bool = False
    function: str = ""
    labelled: bool = False

    def __post_init__(self) -> None:
        values = np.asarray(self.values, dtype=np.float64)
        values = values.reshape(1, 1) if values.ndim == 0 else values
        if values.ndim != 2 or 0 in values.shape:
            raise ValueError(f"matrix {self.id!r} has shape {values.shape}; give it rows and columns")
        if self.kind not in KINDS:
            raise ValueError(f"matrix {self.id!r} is of kind {self.kind!r}; use one of {KINDS}")
        for name, length in zip(("row_labels", "column_labels"), values.shape, strict=True):
            labels = tuple(str(label) for label in getattr(self, name))
            if labels and len(labels) != length:
                raise ValueError(f"{name} of {self.id!r} has {len(labels)} entries, the matrix needs {length} or none")
            object.__setattr__(self, name, labels)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "operands", tuple(str(operand) for operand in self.operands))

    def payload(self, ids: Sequence[str] = ()) -> dict[str, Any]:
        """Return what the browser gets. ids: the matrices on the strip, so that operands are told from numbers."""
        shown = averaged_down(self.values)
        whole = shown.shape == self.values.shape
        with np.errstate(over="ignore"):
            packed = encode_floats(shown)
        return {
            "id": self.id,
            "title": self.title,
            "kind": self.kind,
            "shape_text": self.shape_text,
            "shape": list(shown.shape),
            "full_shape": list(self.values.shape),
            "values": packed,
            "row_labels": list(self.row_labels) if whole else [],
            "column_labels": list(self.column_labels) if whole else [],
            "labelled": self.labelled and whole,
            "operation": self.function if self.operation == "function" else self.operation,
            "operands": [_operand(operand, ids) for operand in self.operands],
            "symbol": self.symbol,
            "editable": self.editable and whole,
        }


@dataclass(frozen=True, eq=False)
class StripView:
    """Everything that one strip shows.

    matrices: in the order of the computation; ids must differ. caption: one or two sentences below, "" for those that
    follow from the kinds shown, " " for none. chosen: the cell that the page wants chosen; it is taken over whenever
    it changes. initial: the cell chosen at first. file_stem: name of saved files, without ending.
    text: entries that replace those of TEXT. wide: the strip may reach beyond its column to stand on one line.
    Raises ValueError when two matrices share an id, or `text` has an unknown entry.
    """

    matrices: tuple[Matrix, ...]
    caption: str = ""
    chosen: Place | None = None
    initial: Place | None = None
    file_stem: str = "matrices"
    text: Mapping[str, str] = field(default_factory=dict)
    wide: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrices", tuple(self.matrices))
        ids = [matrix.id for matrix in self.matrices]
        if len(set(ids)) < len(ids):
            raise ValueError(f"matrices are named {ids}; give each an id of its own")
        unknown = set(self.text) - set(TEXT)
        if unknown:
            raise ValueError(f"text has unknown entries {sorted(unknown)}; see matrices.text.TEXT")

    def holds(self, place: Place | None) -> bool:
        """Tell whether a place is a cell of this strip, counted as the browser counts (after averaging)."""
        if place is None:
            return False
        for matrix in self.matrices:
            if matrix.id == place[0]:
                rows, columns = (min(length, MOST_CELLS) for length in matrix.values.shape)
                return 0 <= place[1] < rows and 0 <= place[2] < columns
        return False

    def payload(self) -> dict[str, Any]:
        """Return plain lists, strings and numbers: what the browser gets, on the page and in a saved file."""
        ids = [matrix.id for matrix in self.matrices]
        return {
            "matrices": [matrix.payload(ids) for matrix in self.matrices],
            "caption": self.caption,
            "chosen": None if self.chosen is None else list(self.chosen),
            "initial": None if self.initial is None else list(self.initial),
            "file_stem": self.file_stem,
            "wide": self.wide,
            "text": {**TEXT, **self.text},
        }


def averaged_down(values: np.ndarray, most: int = MOST_CELLS) -> np.ndarray:
    """Return at most `most` rows and columns, each the mean of neighbouring ones, not-a-number left out.

    values: (rows, columns). An axis that is short enough stays as it is.
    """
    for axis in (0, 1):
        if values.shape[axis] > most:
            parts = np.array_split(values, most, axis=axis)
            with warnings.catch_warnings(), np.errstate(invalid="ignore"):
                warnings.simplefilter("ignore", RuntimeWarning)  # a block of nothing but not-a-number stays so
                values = np.stack([np.nanmean(part, axis=axis) for part in parts], axis=axis)
    return values


def _operand(text: str, ids: Sequence[str]) -> dict[str, Any]:
    """Tell an id of the strip from a number, "name = number" and a mere name."""
    if text in ids:
        return {"id": text}
    name, _, written = text.rpartition("=")
    try:
        value = float(written)
    except ValueError:
        return {"name": text}
    if not math.isfinite(value):
        return {"name": text}
    return {"name": name.strip(), "value": value}
