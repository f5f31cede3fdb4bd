"""What the recommender is asked with and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention.attention_map import AttentionMap
from attention.mechanisms import Mechanism
from attention.recommendation.books import Book

MOST_READ = 500  # books of a list
MOST_SHOWN = 100  # recommended books of one answer


class HistoryError(ValueError):
    """A list or options that cannot be used; the message is meant for people."""


@dataclass(frozen=True)
class Options:
    """What to recommend. Raises HistoryError for numbers out of range.

    count: how many books, 1 to 100. popularity: 0 as trained … 1 farthest from popular books: the books are ordered by
    score - popularity · log(readers), unless there is nothing but the readers to order by. hide_read: leave out the
    books of the list. per_author: at most so many books of one first author; None for no limit.
    """

    count: int = 10
    popularity: float = 0.0
    hide_read: bool = True
    per_author: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_SHOWN:
            raise HistoryError(f"count must be from 1 to {MOST_SHOWN}, got {self.count}")
        if not 0.0 <= self.popularity <= 1.0:
            raise HistoryError(f"popularity must be from 0 to 1, got {self.popularity}")
        if self.per_author is not None and self.per_author < 1:
            raise HistoryError(f"per_author must be 1 or more, or None for no limit, got {self.per_author}")


@dataclass(frozen=True)
class Recommended:
    """One recommended book.

    score: of the model before softmax. probability: softmax of the scores over all books on offer; the popularity dial
    changes the order, not this number. rank: 1 is the first of the answer. popularity_rank: 1 has the most readers.
    """

    book: Book
    score: float
    probability: float
    rank: int
    popularity_rank: int


@dataclass(frozen=True, eq=False)
class Recommendations:
    """What `recommend` answers.

    history: the books of the list that the model looked at, oldest first: none it has not learnt, none twice.
    items: best first. map: rows are the recommended books in that order, columns the history; one layer; None when
    there is no book to look at. contributions: (items, history), what each book read added to each item's score, weight
    times value over all heads; with a number of the item's own they make up the score; None as map. because: for each
    item the history's indices, the largest contribution first.
    cold: the answer is the most read books, as the model knew no book of the list. notes: what a person should know.
    mechanism: what replaced the model's own attention, or None. seconds: wall time.
    """

    history: tuple[Book, ...]
    items: tuple[Recommended, ...]
    map: AttentionMap | None
    contributions: np.ndarray | None
    because: tuple[tuple[int, ...], ...]
    notes: tuple[str, ...]
    seconds: float
    cold: bool
    options: Options = Options()
    mechanism: Mechanism | None = None
