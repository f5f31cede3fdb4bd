"""What a visitor can take along: weights as CSV, the same in Python, an interactive page."""

from __future__ import annotations

import csv
import io
from typing import Any

from attention.attention_map import AttentionMap
from attention.mechanisms import Mechanism
from attention.translation.decoding import DecodingOptions
from attention.translation.translator import Translation

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that begins with one

PYTHON = """\
from attention.mechanisms import Mechanism
from attention.translation.decoding import DecodingOptions
from attention.translation.translator import Translator

translator = Translator.load({model!r})
{call}
print(answer.translation)
print(answer.map.matrix().round(2))  # rows: answer.target_words; columns: answer.source_words
"""


def weights_csv(found: AttentionMap) -> bytes:
    """Return a map's mean over layers and heads as CSV, UTF-8 with a byte order mark so that spreadsheets read it.

    The first row holds the key labels, the first column the query labels; a label that a spreadsheet would run as a
    formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([f"{found.query_axis} \\ {found.key_axis}", *map(_safe, found.key_labels)])
    for label, row in zip(found.query_labels, found.matrix(), strict=True):
        writer.writerow([_safe(label), *(f"{weight:.6f}" for weight in row)])
    return out.getvalue().encode("utf-8-sig")


def python_code(
    model: str, text: str, options: DecodingOptions, mechanism: Mechanism | None, own: str | None = None
) -> str:
    """Return a program that makes the same answer with the package; own: the visitor's translation, if forced."""
    changed = f", {_mechanism_code(mechanism)}" if mechanism else ""
    if own is not None:
        call = f"answer = translator.force({text!r}, {own!r}{changed})"
    else:
        search = f"DecodingOptions(beam={options.beam}, length_penalty={options.length_penalty})"
        call = f"answer = translator.translate({text!r}, {search}{changed})"
    return PYTHON.format(model=model, call=call)


def answer_record(answer: Translation) -> dict[str, Any]:
    """Return the answer as plain lists and strings, for the saved state; a longer text as its sentences."""
    if answer.sentences:
        return {"translation": answer.translation, "sentences": [answer_record(part) for part in answer.sentences]}
    return {
        "source": answer.source,
        "translation": answer.translation,
        "log_probability": answer.log_probability,
        "source_words": [word.text for word in answer.source_words],
        "target_words": [word.text for word in answer.target_words],
        "weights": [[round(float(weight), 5) for weight in row] for row in answer.map.matrix()],
    }


def _mechanism_code(mechanism: Mechanism) -> str:
    settings = ", ".join(f"{name}={value!r}" for name, value in mechanism.to_json().items() if value is not None)
    return f"Mechanism({settings})"


def _safe(label: str) -> str:
    return f"'{label}" if label.startswith(FORMULA_SIGNS) else label
