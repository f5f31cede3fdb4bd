"""What a visitor can take along: the books as CSV and JSON, and the same in Python."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from attention.mechanisms import Mechanism
from attention.recommendation.answer import Options, Recommendations
from attention.ui.exports import mechanism_code, safe_cell

PYTHON = """\
from attention.mechanisms import Mechanism
from attention.recommendation.answer import Options
from attention.recommendation.recommender import BookRecommender

recommender = BookRecommender.load({model!r})
answer = recommender.recommend({books!r}, {options!r}{changed})
for item in answer.items:
    print(item.rank, item.book.title, f"{{item.probability:.3f}}")
if answer.map is not None:  # without a known book nothing is looked at
    print(answer.map.matrix().round(2))  # rows: answer.items; columns: answer.history
"""

COLUMNS = ("rank", "book_id", "title", "authors", "year", "probability", "popularity_rank", "because")


def recommendations_csv(answer: Recommendations) -> bytes:
    """Return the recommended books as CSV, UTF-8 with a byte order mark so that spreadsheets read it.

    because: the book of the history with the largest weight. What a spreadsheet would run as a formula gets an
    apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for record in item_records(answer):
        cells = [*(record[name] for name in COLUMNS[:-1]), (record["because"] or [""])[0]]
        writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def item_records(answer: Recommendations) -> list[dict[str, Any]]:
    """Return the recommended books as plain values; because: titles of the history, largest weight first."""
    records = []
    for row, item in enumerate(answer.items):
        reasons = answer.because[row] if row < len(answer.because) else ()
        records.append(
            {
                "rank": item.rank,
                "book_id": item.book.id,
                "title": item.book.title,
                "authors": item.book.authors,
                "year": item.book.year,
                "probability": round(float(item.probability), 6),
                "popularity_rank": item.popularity_rank,
                "because": [answer.history[i].title for i in reasons],
            }
        )
    return records


def answer_record(answer: Recommendations) -> dict[str, Any]:
    """Return the answer as plain lists and strings, for the saved state."""
    weights = [] if answer.map is None else answer.map.matrix()
    return {
        "history": [{"book_id": book.id, "title": book.title, "authors": book.authors} for book in answer.history],
        "recommendations": item_records(answer),
        "weights": [[round(float(weight), 5) for weight in row] for row in weights],
    }


def python_code(model: str, books: Sequence[int], options: Options, mechanism: Mechanism | None) -> str:
    """Return a program that makes the same answer with the package."""
    changed = f", {mechanism_code(mechanism)}" if mechanism else ""
    return PYTHON.format(model=model, books=list(books), options=options, changed=changed)
