"""What a visitor can take along: the answer as plain data, and the program that makes it."""

from __future__ import annotations

from typing import Any

from attention.mechanisms import Mechanism
from attention.translation.decoding import DecodingOptions
from attention.translation.translator import Translation
from attention.ui.exports import mechanism_code

PYTHON = """\
from attention.mechanisms import Mechanism
from attention.translation.decoding import DecodingOptions
from attention.translation.translator import Translator

translator = Translator.load({model!r})
{call}
print(answer.translation)
print(answer.map.matrix().round(2))  # rows: answer.target_words; columns: answer.source_words
"""


def python_code(
    model: str, text: str, options: DecodingOptions, mechanism: Mechanism | None, own: str | None = None
) -> str:
    """Return a program that makes the same answer with the package; own: the visitor's translation, if forced."""
    changed = f", {mechanism_code(mechanism)}" if mechanism else ""
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
