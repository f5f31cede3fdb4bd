"""What every page lets a visitor take along in the same form: weights as CSV, the attention as Python."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attention.attention_map import AttentionMap
    from attention.mechanisms import Mechanism

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that begins with one


def safe_cell(text: str) -> str:
    """Return a text as a spreadsheet may hold it: what it would run as a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def weights_csv(found: AttentionMap) -> bytes:
    """Return a map's mean over layers and heads as CSV, UTF-8 with a byte order mark so that spreadsheets read it.

    The first row holds the key labels, the first column the query labels.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([f"{found.query_axis} \\ {found.key_axis}", *map(safe_cell, found.key_labels)])
    for label, row in zip(found.query_labels, found.matrix(), strict=True):
        writer.writerow([safe_cell(label), *(f"{weight:.6f}" for weight in row)])
    return out.getvalue().encode("utf-8-sig")


def mechanism_code(mechanism: Mechanism) -> str:
    """Return the Python expression that makes a mechanism."""
    settings = ", ".join(f"{name}={value!r}" for name, value in mechanism.to_json().items() if value is not None)
    return f"Mechanism({settings})"
