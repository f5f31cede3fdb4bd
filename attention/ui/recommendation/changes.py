"""What the visitor's changes did to the ten books: which are new, which moved, how far from the bestsellers."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from attention.attention_map import AttentionMap
from attention.recommendation.answer import Recommendations, Recommended
from attention.ui.recommendation.text import TEXT
from attention.ui.recommendation.titles import authors_line, distinct_titles


def new_rows(original: Recommendations, answer: Recommendations) -> tuple[int, ...]:
    """Return the places of the answer whose book the original does not have."""
    before = _ids(original)
    return tuple(row for row, one in enumerate(_ids(answer)) if one not in before)


def list_rows(items: Sequence[Recommended], other: Sequence[Recommended], is_after: bool) -> list[dict[str, Any]]:
    """Return one of the two lists for `books_html`; of the later one, how each book moved.

    items: the list to show; other: the one it is compared with.
    """
    places = {item.book.id: place for place, item in enumerate(other)}
    titles = distinct_titles([item.book for item in items])
    rows = []
    for place, (title, item) in enumerate(zip(titles, items, strict=True)):
        row = {"rank": place + 1, "title": title, "note": authors_line(item.book)}
        if item.book.id not in places:
            row |= {"state": "new", "aside": TEXT["new"], "look": "up"} if is_after else {
                "state": "gone", "aside": TEXT["gone"], "look": "down"}  # fmt: skip
        elif is_after:
            row |= _moved(places[item.book.id] - place)
        rows.append(row)
    return rows


def change_line(original: Recommendations, answer: Recommendations) -> str:
    """Say in one sentence what became of the ten books."""
    before, after = _ids(original), _ids(answer)
    if before == after:
        return TEXT["changed_nothing"]
    count = len(set(after) - set(before))
    if count == 0:
        return TEXT["changed_order"]
    return TEXT["changed_one"] if count == 1 else TEXT["changed_some"].format(count=count)


def popularity_line(original: Recommendations, answer: Recommendations) -> str:
    """Say how popular the books are: the middle place by popularity, without and with the changes."""
    middle = [statistics.median(item.popularity_rank for item in one.items) for one in (answer, original)]
    return TEXT["half"].format(rank=f"{middle[0]:,.0f}", before=f"{middle[1]:,.0f}")


def shared_maps(original: Recommendations, answer: Recommendations) -> tuple[AttentionMap, AttentionMap] | None:
    """Return both maps over the books that are on both lists, in the order of the answer; None where there are none."""
    if original.map is None or answer.map is None or original.history != answer.history:
        return None
    places = {one: row for row, one in enumerate(_ids(original))}
    pairs = [(places[one], row) for row, one in enumerate(_ids(answer)) if one in places]
    if not pairs:
        return None
    return tuple(_rows(found.map, [pair[side] for pair in pairs]) for side, found in enumerate((original, answer)))


def _rows(found: AttentionMap, rows: Sequence[int]) -> AttentionMap:
    labels = tuple(found.query_labels[row] for row in rows)
    return replace(found, weights=found.weights[:, :, list(rows)], query_labels=labels, query_geometry=None)


def _moved(places: int) -> dict[str, str]:
    if not places:
        return {}
    look = "up" if places > 0 else "down"
    return {"aside": TEXT[look].format(places=abs(places)), "look": look}


def _ids(answer: Recommendations) -> list[int]:
    return [item.book.id for item in answer.items]
