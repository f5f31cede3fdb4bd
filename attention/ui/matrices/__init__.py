"""A computation as a row of small matrices: touch a cell and see the numbers that made it.

A page lists its matrices in the order of the computation and shows them:

    strip = [
        Matrix("Q", "Q", queries, "input", "n × d", editable=True),
        Matrix("Kt", "Kᵀ", keys.T, "input", "d × n", symbol="·"),
        Matrix("scores", "scores", scores, "value", "n × n", row_labels=("q₁", "q₂"), column_labels=("k₁", "k₂"),
               operation="matmul", operands=("Q", "Kt"), symbol="="),
        Matrix("scaled", "scaled", scaled, "value", "n × n", operation="divide", operands=("scores", "√d = 1.732"),
               symbol="÷ √d"),
        Matrix("mask", "M", mask, "mask", "n × n", editable=True),
        Matrix("weights", "weights", weights, "weights", "n × n", operation="softmax", operands=("scaled", "mask"),
               symbol="→ softmax"),
    ]
    state = matrix_strip(strip, key="steps", initial=("scores", 1, 2))
    state.chosen                                   # ("scores", 1, 2), or None; rows and columns count from 0
    for edit in state.edits:                       # in the one run after the visitor changed cells, else empty
        edit.id, edit.row, edit.column, edit.value     # a mask's value is 1.0 (may attend) or 0.0

Operations are those of a step of `attention.formula` (with `function` naming the function), or the function's name
itself. Operands are ids of matrices on the strip, numbers as text, or "name = number"; any other text is only named.
The arithmetic is recomputed in the browser from the numbers on show; where it does not give the cell's value (because
a step in between is not shown), the line names the operation and its operands instead.

The chosen cell stays through reruns as long as `key` stays, also when the matrices change. Pass `chosen` to move it
from the page. For several heads pass the list of the head that is to be shown.

    strip_html(matrices, title) -> str             # one self-contained HTML file
"""

from attention.ui.matrices.component import Edit, StripState, matrix_strip
from attention.ui.matrices.export import strip_html
from attention.ui.matrices.text import TEXT
from attention.ui.matrices.view import KINDS, MOST_CELLS, OPERATIONS, Matrix, Place, StripView

__all__ = [
    "KINDS",
    "MOST_CELLS",
    "OPERATIONS",
    "TEXT",
    "Edit",
    "Matrix",
    "Place",
    "StripState",
    "StripView",
    "matrix_strip",
    "strip_html",
]
