"""Every sentence that the strip of matrices shows, in one table, so that a translator finds them all.

Words in braces are filled in by the browser.
"""

from __future__ import annotations

TEXT: dict[str, str] = {
    "strip": "The computation, step by step",
    # cells, as a screen reader says them
    "cell": "{title}, {row}, {column}: {value}",
    "row": "row {number}",
    "column": "column {number}",
    "open": "open",
    "closed": "closed",
    "grid": "{title}, {rows} by {columns}",
    "grid_help": "Arrow keys move between cells; Enter chooses one.",
    "grid_help_input": "Arrow keys move between cells; Enter changes the number.",
    "grid_help_mask": "Arrow keys move between cells; space opens and closes one.",
    # the arithmetic
    "more": "… {sign} {count} more",
    "more_listed": "… {count} more",
    "row_of": "row {row} of {title}",
    "column_of": "column {column} of {title}",
    "entered": "an input",
    "masked": "masked, so it gets nothing",
    "all_masked": "every key is masked",
    "largest": "is the largest of",
    "not_largest": "is not the largest of",
    "and": "and",
    "or": "or",
    "not": "not",
    "mean_of_block": "mean of several cells",
    # below
    "touch": "Touch a cell to see the numbers that made it.",
    "about_values": "Purple is positive, orange negative.",
    "about_weights": "Indigo is attention.",
    "about_weights_rows": "Indigo is attention, and its rows add up to 1.",
    "about_mask": "A hatched cell may not be looked at; click cells to open and close them.",
    "about_mask_fixed": "A hatched cell may not be looked at.",
    "about_inputs": "Double-click an input to change it.",
    "about_difference": "In a difference, purple is more and orange is less.",
    "not_finite": "– is not a number, ∞ is beyond every number: the formula divides by zero or grows too large there.",
    "averaged": "{title} is {rows} × {columns}; each cell shown is the mean of its neighbours.",
    "legend_weights": "weights",
    "legend_inputs": "inputs",
    "legend_values": "results",
    "legend_difference": "difference",
    # editing
    "edit": "New value of {title}, {row}, {column}",
    "invalid": "“{typed}” is not a number. Type one such as −0.5 or 1.25, or press Esc to keep {value}.",
    "too_large": "“{typed}” is too large; the most is {most}.",
    # saving and the table
    "save": "Save",
    "png": "PNG",
    "svg": "SVG",
    "csv": "CSV",
    "table": "The same as a table",
    "nothing": "There is nothing to show yet.",
}
