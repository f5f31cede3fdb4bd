"""Matrices as text: typed, or pasted from a spreadsheet; and a mask as rows of 0 and 1."""

from __future__ import annotations

import re

import numpy as np

LARGEST = 1e9  # numbers beyond it, either side of 0, are refused

TEXT = {
    "empty": "There are no numbers yet. Type one row a line, with commas, semicolons, tabs or spaces between.",
    "rows": "There are {found} rows; at most {most} fit here.",
    "columns": "There are {found} columns; at most {most} fit here.",
    "ragged": "Numbers in row {row}: {found}; in row 1: {wanted}. Every row needs the same count.",
    "blank": "Row {row}, column {column} is empty. Write 0 where you mean 0.",
    "number": "Row {row}, column {column} is “{found}”, which is not a number.",
    "large": "Row {row}, column {column} is {found}. Numbers may go from −1,000,000,000 to 1,000,000,000.",
}

NUMBER = re.compile(r"[+-]?(\d{1,17}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?", re.ASCII)
CELLS = re.compile(r"[01]{1,64}(\.[01]{1,64})*", re.ASCII)


class TableError(ValueError):
    """A text that is no matrix; the message is meant for people."""


def read_table(text: str, most_rows: int, most_columns: int) -> np.ndarray:
    """Read a matrix from text, one row a line; lines without anything are left out.

    Numbers are separated by tabs if there is one, else by semicolons, else by commas, else by spaces. With tabs or
    semicolons a comma may stand for the decimal point, as spreadsheets of many countries write it.
    Returns (rows, columns). Raises TableError with row and column.
    """
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    if not lines:
        raise TableError(TEXT["empty"])
    if len(lines) > most_rows:
        raise TableError(TEXT["rows"].format(found=len(lines), most=most_rows))
    separator = next((sign for sign in "\t;," if sign in text), None)
    rows = [_cells(line, separator) for line in lines]
    if len(rows[0]) > most_columns:
        raise TableError(TEXT["columns"].format(found=len(rows[0]), most=most_columns))
    for i, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise TableError(TEXT["ragged"].format(row=i, found=len(row), wanted=len(rows[0])))
    comma = separator in ("\t", ";")
    return np.array([[_number(cell, i, j, comma) for j, cell in enumerate(row, 1)] for i, row in enumerate(rows, 1)])


def write_table(matrix: np.ndarray) -> str:
    """Write a matrix so that `read_table` gives the same numbers back."""
    return "\n".join(",".join(repr(float(number)).removesuffix(".0") for number in row) for row in matrix)


def read_cells(text: str, rows: int, columns: int) -> np.ndarray:
    """Read a mask drawn by hand, fitted to a size: what the text does not say is open.

    Returns (rows, columns) of booleans. A text that is no mask counts as empty.
    """
    mask = np.ones((rows, columns), dtype=bool)
    if CELLS.fullmatch(text):
        for i, line in enumerate(text.split(".")[:rows]):
            drawn = [sign == "1" for sign in line[:columns]]
            mask[i, : len(drawn)] = drawn
    return mask


def write_cells(mask: np.ndarray) -> str:
    """Write a mask as `read_cells` reads it."""
    return ".".join("".join("1" if cell else "0" for cell in row) for row in mask)


def _cells(line: str, separator: str | None) -> list[str]:
    if separator is None:
        return line.split()
    cells = [cell.strip() for cell in line.split(separator)]
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells  # a spreadsheet may end its rows with a separator


def _number(cell: str, row: int, column: int, decimal_comma: bool) -> float:
    place = {"row": row, "column": column}
    if not cell:
        raise TableError(TEXT["blank"].format(**place))
    plain = cell.replace("−", "-")
    if decimal_comma and plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    if not NUMBER.fullmatch(plain):
        raise TableError(TEXT["number"].format(**place, found=_short(cell)))
    number = float(plain)
    if abs(number) > LARGEST:
        raise TableError(TEXT["large"].format(**place, found=_short(cell)))
    return number


def _short(cell: str) -> str:
    text = "".join(sign if sign.isprintable() else "�" for sign in cell[:21])
    return text if len(cell) <= 20 else text[:20] + "…"
