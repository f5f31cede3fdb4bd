"""Books and readers as a model numbers them, and the cases that it is scored on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from attention.recommendation.books import Book, Books
from attention.recommendation.data import DataError, read_books, read_readers, reader_counts
from attention.recommendation.evaluation import Case


class Corpus:
    """A data folder: its books, those known to a model numbered from 0, and every reader's list in these numbers.

    histories: of each reader the books to learn from, oldest first, without the unknown ones.
    """

    def __init__(self, folder: Path | str) -> None:
        """Raises DataError when books or ratings cannot be read, or no book has readers enough."""
        rows, self.readers = read_books(folder), read_readers(folder)
        counts = reader_counts(self.readers)
        self.books = Books.of(rows, {row.id: int(counts[row.id]) for row in rows})
        self.known: tuple[Book, ...] = self.books.known
        if not self.known:
            raise DataError(f"{folder}: no book has readers enough to be learnt; give more ratings")
        self._item = np.full(len(counts), -1, dtype=np.int64)
        self._item[[book.id for book in self.known]] = np.arange(len(self.known))
        self.histories = [self._items(reader.books) for reader in self.readers]

    @property
    def items(self) -> int:
        return len(self.known)

    def cases(self, split: str, every: int = 1) -> list[Case]:
        """Return every reader, or each so manieth, as a test case of a split ("valid" or "test").

        The history of the test holds the valid book. A next book that no model can know has the target None.
        """
        found = []
        for reader in self.readers[::every]:
            target = int(self._item[reader.valid if split == "valid" else reader.test])
            found.append(Case(self._items(reader.history(split)), target if target >= 0 else None))
        return found

    def _items(self, numbers: np.ndarray) -> np.ndarray:
        items = self._item[numbers]
        return items[items >= 0]
