"""A Jupyter notebook of a formula: its lines in mathematics, what it costs, and the code that computes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attention.formula.plan import shape_text

if TYPE_CHECKING:
    from attention.formula.formula import Formula

TEXT = {
    "title": "# A formula of attention",
    "lines": "| Line | Shape | Reads |\n| --- | --- | --- |",
    "last": "output",
    "nothing": "nothing",
    "cost": "It takes ${operations}$ steps of arithmetic and makes ${memory}$ numbers, for $n$ queries, $m$ keys and "
    "vectors of size $d$.",
    "code": "The same in torch. The result is in `result`.",
}


def notebook_of(formula: Formula, code: str) -> dict[str, Any]:
    """Return the notebook as JSON, in the format nbformat 4.5."""
    cost = formula.cost
    words = TEXT["cost"].format(operations=cost.operations_latex, memory=cost.memory_latex)
    cells = [
        _markdown("title", TEXT["title"]),
        _markdown("formula", f"$$\n{formula.latex}\n$$"),
        _markdown("lines", _table(formula)),
        _markdown("cost", words),
        _markdown("words", TEXT["code"]),
        {
            "id": "code",
            "cell_type": "code",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": code.splitlines(keepends=True),
        },
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


def _markdown(name: str, text: str) -> dict[str, Any]:
    return {"id": name, "cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _table(formula: Formula) -> str:
    """Return one row for every line: its name, its shape, and the names it reads."""
    plan = formula.plan
    rows = [TEXT["lines"]]
    for line in plan.program.lines:
        step = plan.operations[plan.where[line.expression]]
        reads = ", ".join(formula.reads(line)) or TEXT["nothing"]
        rows.append(f"| {line.name or TEXT['last']} | {shape_text(step.shape, step.mask)} | {reads} |")
    return "\n".join(rows)
