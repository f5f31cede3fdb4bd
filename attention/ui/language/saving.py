"""What a visitor can take along: weights and probabilities as CSV, the same in Python, the reading as plain data."""

from __future__ import annotations

import csv
import io
from typing import Any

from attention.language.labels import EMOTIONS, GROUPS
from attention.language.reading import EmotionReading
from attention.mechanisms import Mechanism
from attention.ui.exports import mechanism_code
from attention.ui.language.text import TEXT

MOST_WORDS = 400  # of a text whose weights a saved state holds
MOST_SENTENCES = 400

PYTHON = """\
from attention.language.labels import EMOTIONS
from attention.language.reader import EmotionReader
{imports}
reader = EmotionReader.load({model!r})
reading = reader.read({text!r}{changed})
print(EMOTIONS[reading.strongest], reading.probabilities[reading.strongest].round(3))
print(reading.map.matrix().round(2))  # rows: EMOTIONS; columns: reading.words
"""


def probabilities_csv(reading: EmotionReading) -> bytes:
    """Return probability and threshold of every emotion, for the whole text and for each sentence of a longer one.

    UTF-8 with a byte order mark so that spreadsheets read it.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    sentences = reading.sentences if len(reading.sentences) > 1 else ()
    numbers = [f"{TEXT['sentence_column']} {number}" for number in range(1, len(sentences) + 1)]
    writer.writerow([TEXT["emotion"], TEXT["probability_column"], TEXT["threshold_column"], *numbers])
    for i, name in enumerate(EMOTIONS):
        values = (reading.probabilities[i], reading.thresholds[i], *(one.probabilities[i] for one in sentences))
        writer.writerow([name, *(f"{value:.6f}" for value in values)])
    return out.getvalue().encode("utf-8-sig")


def python_code(model: str, text: str, mechanism: Mechanism | None) -> str:
    """Return a program that makes the same reading with the package."""
    imports = "from attention.mechanisms import Mechanism\n" if mechanism else ""
    changed = f", {mechanism_code(mechanism)}" if mechanism else ""
    return PYTHON.format(imports=imports, model=model, text=text, changed=changed)


def reading_record(reading: EmotionReading) -> dict[str, Any]:
    """Return the reading as plain lists and strings, for the saved state, which must stay small enough to be opened.

    A long text goes without its weights, a very long one without its sentences' numbers.
    """
    record: dict[str, Any] = {
        "text": reading.text,
        "strongest": EMOTIONS[reading.strongest],
        "above_threshold": [EMOTIONS[i] for i in reading.above],
        "probabilities": _by_name(EMOTIONS, reading.probabilities),
        "thresholds": _by_name(EMOTIONS, reading.thresholds),
        "sentiments": _by_name(GROUPS, reading.sentiments),
    }
    if len(reading.words) <= MOST_WORDS:
        record["words"] = [word.text for word in reading.words]
        record["weights"] = [[round(float(weight), 5) for weight in row] for row in reading.map.matrix()]
    if 1 < len(reading.sentences) <= MOST_SENTENCES:
        record["sentences"] = [
            {"text": one.text, "probabilities": _by_name(EMOTIONS, one.probabilities)} for one in reading.sentences
        ]
    return record


def _by_name(names: Any, values: Any) -> dict[str, float]:
    return {name: round(float(value), 5) for name, value in zip(names, values, strict=True)}
