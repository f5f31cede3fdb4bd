"""What the reading list shows, as plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from attention.ui.shelf.text import TEXT

MOST_BOOKS = 500


@dataclass(frozen=True)
class ShelfBook:
    """One book. series: what is shown smaller beside the title, "The Lord of the Rings, #2"; note: the authors.

    known: False when the model has not learnt the book.
    """

    id: int
    title: str
    series: str = ""
    note: str = ""
    year: int | None = None
    known: bool = True

    def payload(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "series": self.series,
            "note": self.note,
            "year": self.year,
            "known": self.known,
        }


@dataclass(frozen=True)
class ShelfView:
    """Everything that one reading list shows.

    books: in reading order, oldest first. query, found: the text last looked for, and the books found for it.
    undo: the label of the undo button, "" when there is nothing to undo.
    origin: raised by one whenever the page sets the list. answered: the serial last given to `on_change`, "" at first.
    text: entries that replace those of TEXT.
    Raises ValueError when a book stands on the list twice, or `text` has an unknown entry.
    """

    books: tuple[ShelfBook, ...] = ()
    query: str = ""
    found: tuple[ShelfBook, ...] = ()
    undo: str = ""
    origin: int = 0
    answered: str = ""
    most: int = MOST_BOOKS
    text: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = [book.id for book in self.books]
        if len(set(ids)) < len(ids):
            twice = sorted({one for one in ids if ids.count(one) > 1})
            raise ValueError(f"books {twice} stand on the list twice; each may stand there once")
        unknown = set(self.text) - set(TEXT)
        if unknown:
            raise ValueError(f"text has unknown entries {sorted(unknown)}; see shelf.text.TEXT")

    def payload(self) -> dict[str, Any]:
        """Return plain lists, strings and numbers: what the browser gets."""
        return {
            "books": [book.payload() for book in self.books],
            "query": self.query,
            "found": [book.payload() for book in self.found],
            "undo": self.undo,
            "origin": self.origin,
            "answered": self.answered,
            "most": self.most,
            "text": {**TEXT, **self.text},
        }
