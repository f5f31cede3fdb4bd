"""Rows or columns that are alternatives or things, not the words of a sentence: emotions, books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One line of a Listing.

    text: what it is ("joy", a book's title); note: said more quietly behind or below it (the book's authors).
    share: 0 to 1, drawn as a bar with the number as a percentage; None: no bar. mark: 0 to 1, a tick on the bar such
    as the decision threshold. strong: set in heavier type, such as an emotion above its threshold.
    Raises ValueError when the text is empty, a share or mark lies outside 0 to 1, or a mark comes without a share.
    """

    text: str
    note: str = ""
    share: float | None = None
    mark: float | None = None
    strong: bool = False

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("an entry has no text; say what it is")
        for what in ("share", "mark"):
            value = getattr(self, what)
            if value is not None and not 0 <= value <= 1:
                raise ValueError(f"{what} of {self.text!r} is {value}; it must lie in 0 to 1")
        if self.mark is not None and self.share is None:
            raise ValueError(f"{self.text!r} has a mark but no share; a tick needs a bar to stand on")

    def payload(self) -> dict[str, Any]:
        share, mark = (None if value is None else round(float(value), 6) for value in (self.share, self.mark))
        return {"text": self.text, "note": self.note, "share": share, "mark": mark, "strong": bool(self.strong)}


@dataclass(frozen=True)
class Listing:
    """Entries one below the other, one per row (or column) of the map, in the map's order.

    lang: language code of the texts, for fonts and screen readers. title: a small heading above the list.
    first: as many as are shown at first, the others behind "Show all"; None: all of them.
    full: the share whose bar fills the room, for shares that are all small; 1: bars show the share of the whole.
    Raises ValueError when `first` is below 1, `full` is not in 0 to 1, or a share or mark is above `full`.
    """

    entries: tuple[Entry, ...]
    lang: str = ""
    first: int | None = None
    title: str = ""
    full: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "entries", tuple(self.entries))
        if self.first is not None and self.first < 1:
            raise ValueError(f"first is {self.first}; show at least one entry, or None for all")
        if not 0 < self.full <= 1:
            raise ValueError(f"full is {self.full}; it must lie above 0 and at most at 1")
        for entry in self.entries:
            for what, value in (("share", entry.share), ("mark", entry.mark)):
                if value is not None and value > self.full:
                    raise ValueError(f"{what} of {entry.text!r} is {value}, above full = {self.full}; raise full")

    @property
    def words(self) -> tuple[str, ...]:
        """The texts of the entries."""
        return tuple(entry.text for entry in self.entries)

    def __str__(self) -> str:
        return "; ".join(self.words)

    def payload(self) -> dict[str, Any]:
        return {
            "kind": "listing",
            "words": list(self.words),
            "before": ["" if i == 0 else " " for i in range(len(self.entries))],
            "lang": self.lang,
            "entries": [entry.payload() for entry in self.entries],
            "first": None if self.first is None else int(self.first),
            "title": self.title,
            "full": float(self.full),
        }
