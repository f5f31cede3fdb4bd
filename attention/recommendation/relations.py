"""What the titles alone say about two books: same author, same series, and which comes first."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from attention.recommendation.books import Book, fold

NONE, AUTHOR, NEXT, LATER, EARLIER = range(5)
RELATIONS = ("same author", "next in the series", "later in the series", "earlier in the series")  # from AUTHOR on
_SERIES = re.compile(r"\(([^()]*?),?\s*#\s*(\d+(?:\.\d+)?)[^()]*\)\s*$")


def series_of(title: str) -> tuple[str, float] | None:
    """Return the series that a title names in brackets at its end, folded, and the volume's number, or None.

    "Catching Fire (The Hunger Games, #2)" is ("the hunger games", 2.0); of two series the first is taken.
    """
    found = _SERIES.search(title)
    if found is None:
        return None
    name = fold(re.split(r",?\s*#|;", found.group(1))[0])
    return (name, float(found.group(2))) if name else None


class Relations:
    """Authors, series and volumes of a list of books, compared a row at a time. Nothing in it changes."""

    def __init__(self, books: Sequence[Book]) -> None:
        series = [series_of(book.title) for book in books]
        self.authors = _numbered([fold(book.first_author) for book in books])
        self.series = _numbered(["" if one is None else one[0] for one in series])
        self.volumes = np.array([0.0 if one is None else one[1] for one in series])

    def rows(self, places: np.ndarray) -> np.ndarray:
        """Return how every book stands to each of the given ones: (given, books) uint8.

        NEXT is the volume whose number is one higher, LATER has a still higher one, EARLIER are the others of the
        series; AUTHOR is the same first author without a series in common; a book to itself is NONE.
        """
        found = np.where(self.authors[places][:, None] == self.authors, AUTHOR, NONE).astype(np.uint8)
        given, other = np.nonzero(self.series[places][:, None] == self.series)
        ahead = self.volumes[other] - self.volumes[places][given]
        found[given, other] = np.where(ahead == 1, NEXT, np.where(ahead > 1, LATER, EARLIER))
        found[np.arange(len(places)), places] = NONE
        return found


def _numbered(names: Sequence[str]) -> np.ndarray:
    """Give equal names one number; "" is no name and gets a number below 0 that nothing else has."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) if name else -1 - i for i, name in enumerate(names)])
