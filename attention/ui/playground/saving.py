"""What a visitor can take along: code, notebook, every step as CSV, an interactive page, the state itself."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from attention.ui.exports import safe_cell
from attention.ui.links import current_values, state_json
from attention.ui.matrices import strip_html
from attention.ui.page import offer_file, quiet
from attention.ui.playground.computing import SPLIT, Computed, tensors
from attention.ui.playground.pictures import strip_matrices
from attention.ui.playground.state import FIELDS, PAGE
from attention.ui.playground.text import TEXT
from attention.ui.sharing import show_open


def show_save(computed: Computed | None, head: int) -> None:
    """Offer the files, and the way back in for a saved state."""
    values = current_values(PAGE, FIELDS)
    if computed:
        _downloads(computed, head)
    else:
        quiet(TEXT["save_nothing"])
    _download("save_json", "json", "application/json", lambda: state_json(PAGE, FIELDS, values, record(computed)))
    if computed:
        quiet(TEXT["save_picture"])
    show_open(PAGE, FIELDS)


def chart_config(name: str) -> dict:
    """Return the settings of a Plotly figure that has one button, which saves it as a picture."""
    saving = {"format": "svg", "filename": name}
    return {"displaylogo": False, "modeBarButtons": [["toImage"]], "toImageButtonOptions": saving}


def code_of(computed: Computed, head: int = 0) -> str:
    """Return a program that computes the formula with the numbers of the picture, one head of several."""
    return computed.formula.torch_code(inputs_of(computed, head))


def notebook_of(computed: Computed, head: int = 0) -> bytes:
    """Return the formula as a notebook with the numbers of the picture, one head of several."""
    return json.dumps(computed.formula.notebook(inputs_of(computed, head)), ensure_ascii=False, indent=1).encode()


def inputs_of(computed: Computed, head: int) -> dict[str, Any]:
    """Return the numbers of the picture by name; of several heads, those of one."""
    given = dict(tensors(computed.inputs, computed.heads))
    if computed.heads > 1:
        given |= {name: given[name][min(head, computed.heads - 1)] for name in SPLIT}
    return given


def steps_csv(computed: Computed) -> bytes:
    """Return every step, one block after the other: a line with its name, text and shape, then its rows.

    With several heads each block is repeated for each head. UTF-8 with a byte order mark, so that spreadsheets read it.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    for step in computed.evaluation.steps:
        value = step.value.detach().numpy()
        heads = value if value.ndim > 2 else [value]
        for number, matrix in enumerate(heads, 1):
            head = [TEXT["head_number"].format(number=number)] if len(heads) > 1 else []
            writer.writerow([safe_cell(step.name), safe_cell(step.text), " x ".join(map(str, step.shape)), *head])
            writer.writerows([f"{float(number):.9g}" for number in row] for row in np.atleast_2d(matrix))
            writer.writerow([])
    return out.getvalue().encode("utf-8-sig")


def record(computed: Computed | None) -> dict | None:
    """Return the numbers of every named step and of the output, for other programs."""
    if computed is None:
        return None
    named = {step.name: step for step in computed.evaluation.steps if step.name}
    values = {name: step.value.detach().numpy() for name, step in named.items()}
    values["output"] = computed.evaluation.value.detach().numpy()
    return {
        "formula": computed.text,
        "values": {name: rounded(value) for name, value in values.items()},
    }


def rounded(value: np.ndarray) -> list | float | None:
    """Return numbers as lists, six decimals; what is not finite as None, which JSON can hold."""
    if value.ndim:
        return [rounded(part) for part in value]
    number = float(value)
    return round(number, 6) if np.isfinite(number) else None


def _downloads(computed: Computed, head: int) -> None:
    """Offer the files, each made only when asked for; that happens outside the session, so all they need goes along."""

    def page() -> bytes:
        return strip_html(strip_matrices(computed, head, editable=False), title_of(computed.text)).encode()

    _download("save_py", "py", "text/x-python", lambda: code_of(computed, head).encode())
    _download("save_ipynb", "ipynb", "application/x-ipynb+json", lambda: notebook_of(computed, head))
    _download("save_csv", "csv", "text/csv", lambda: steps_csv(computed))
    _download("save_html", "html", "text/html", page)


def title_of(text: str) -> str:
    """Return a formula on one line, as the title of a page."""
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())


def _download(name: str, ending: str, kind: str, make: Callable[[], bytes]) -> None:
    offer_file(TEXT[name], make, f"attention-formula.{ending}", kind, f"playground_{name}", "stretch")
