"""Books and ratings, read strictly: `books.csv` and `ratings.npz` or `ratings.csv` of a data folder."""

from __future__ import annotations

import csv
import gzip
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

MOST_BOOKS = 10_000  # book ids go from 1 to here
TRAIN, VALID, TEST = 0, 1, 2  # the splits, as ratings.npz numbers them
BOOK_COLUMNS = ("book_id", "title", "authors", "original_publication_year")
RATING_COLUMNS = ("user_id", "book_id", "rating")


class DataError(ValueError):
    """Data that cannot be read; the message names the file, the line and what to do."""


class BookRow(NamedTuple):
    """One row of the list of books; `year` is None where it is not known, and below 0 before our era."""

    id: int
    title: str
    authors: str
    year: int | None


@dataclass(frozen=True, eq=False)
class Reader:
    """The books one reader rated, oldest first, in three parts.

    books, ratings: what a model may learn from, ids and stars 1–5. valid, test: the last but one and the last book.
    """

    id: int
    books: np.ndarray
    ratings: np.ndarray
    valid: int
    test: int

    def history(self, split: str) -> np.ndarray:
        """Return what the reader had read before the book of a split ("valid" or "test"), oldest first."""
        if split not in ("valid", "test"):
            raise ValueError(f"split {split!r} is not known; use valid or test")
        return self.books if split == "valid" else np.append(self.books, self.valid)


def read_books(folder: Path | str) -> list[BookRow]:
    """Read `books.csv` or `books.csv.gz` of a folder, or a file of that form.

    A header line names at least the columns book_id, title, authors and original_publication_year; commas, quotes and
    line breaks inside "double quotes" are text. Empty lines are skipped; the year may be empty.
    Raises DataError for a missing file, missing columns, a row of another width, an id that is no number from 1 to
    10,000 or comes twice, and an empty title.
    """
    path = _found(Path(folder), ("books.csv", "books.csv.gz"))
    rows: dict[int, BookRow] = {}
    for line, fields in _table(path, BOOK_COLUMNS):
        row = _book(fields, path, line)
        if row.id in rows:
            raise DataError(f"{path}, line {line}: book {row.id} came before; each book needs one line")
        rows[row.id] = row
    if not rows:
        raise DataError(f"{path} holds no book; one book a line was wanted below the header")
    return list(rows.values())


def read_readers(folder: Path | str) -> list[Reader]:
    """Read every reader's books in order from `ratings.npz`, `ratings.csv` or `ratings.csv.gz` of a folder, or a file.

    npz: arrays user_id, book_id, rating, split (0 train, 1 valid, 2 test), a reader's rows together and in order.
    csv: a header with user_id, book_id and rating, in the order of reading; of every reader the last book is the test,
    the one before it the valid book. Readers with fewer than three books are left out.
    Raises DataError for files that cannot be read so, ids outside 1…10,000, stars outside 1…5, a book that a reader
    rated twice, and splits that are not each reader's last two books.
    """
    path = _found(Path(folder), ("ratings.npz", "ratings.csv", "ratings.csv.gz"))
    arrays = _npz(path) if path.suffix == ".npz" else _csv(path)
    _check_numbers(arrays, path)
    order = np.argsort(arrays["user_id"], kind="stable")
    users, books, ratings = (arrays[name][order] for name in RATING_COLUMNS)
    splits = arrays["split"][order] if "split" in arrays else None
    starts = np.flatnonzero(np.diff(users, prepend=users[0] - 1))
    found = []
    for first, last in zip(starts, [*starts[1:], len(users)], strict=True):
        if last - first < 3:
            continue
        own = books[first:last]
        if len(np.unique(own)) < len(own):
            raise DataError(f"{path}: reader {users[first]} rated a book twice; keep one rating of each")
        if splits is not None and not _is_leave_one_out(splits[first:last]):
            raise DataError(
                f"{path}: reader {users[first]} has splits other than 0 … 0, 1, 2; the last two books are held out"
            )
        found.append(
            Reader(int(users[first]), own[:-2].copy(), ratings[first : last - 2].copy(), int(own[-2]), int(own[-1]))
        )
    if not found:
        raise DataError(f"{path} has no reader with three books or more")
    return found


def reader_counts(readers: Sequence[Reader]) -> np.ndarray:
    """Return how many readers have each book in the part to learn from: (10,001,) whole numbers, by book id."""
    counts = np.zeros(MOST_BOOKS + 1, dtype=np.int64)
    for reader in readers:
        counts[reader.books] += 1
    return counts


def _found(place: Path, names: Sequence[str]) -> Path:
    if not place.is_dir():
        if place.exists():
            return place
        raise DataError(f"{place} does not exist; name the data folder")
    for name in names:
        if (place / name).exists():
            return place / name
    raise DataError(f"{place} has none of {', '.join(names)}; name the folder that holds the books and the ratings")


def _table(path: Path, wanted: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and named fields of every row that is not empty."""
    opener = gzip.open if path.suffix == ".gz" else open
    line = 1
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            header = [name.strip() for name in next(rows, [])]
            if missing := [name for name in wanted if name not in header]:
                raise DataError(f"{path}, line 1: no column {' and '.join(missing)}; the first line must name them")
            for fields in rows:
                line = rows.line_num
                if not any(field.strip() for field in fields):
                    continue
                if len(fields) != len(header):
                    raise DataError(f"{path}, line {line}: {len(fields)} fields; the header has {len(header)}")
                yield line, dict(zip(header, fields, strict=True))
    except csv.Error as error:
        raise DataError(f"{path}, after line {line}: {error}; check the quotes") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path}, after line {line}: not UTF-8 ({error.reason}); save the file as UTF-8") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path}: not a whole gzip file ({error}); compress it again or drop the .gz") from None


def _book(fields: dict[str, str], path: Path, line: int) -> BookRow:
    number = _whole(fields["book_id"], "book_id", path, line)
    title, authors = " ".join(fields["title"].split()), " ".join(fields["authors"].split())
    if not title:
        raise DataError(f"{path}, line {line}: book {number} has no title; fill it in or drop the line")
    if not 1 <= number <= MOST_BOOKS:
        raise DataError(f"{path}, line {line}: book_id {number} is not from 1 to {MOST_BOOKS:,}")
    year = fields["original_publication_year"].strip().removesuffix(".0")
    return BookRow(number, title, authors, _whole(year, "the year", path, line) if year else None)


def _whole(text: str, what: str, path: Path, line: int) -> int:
    try:
        return int(text)
    except ValueError:
        raise DataError(f"{path}, line {line}: {what} is {text[:40]!r}; a whole number was wanted") from None


def _csv(path: Path) -> dict[str, np.ndarray]:
    columns: dict[str, list[int]] = {name: [] for name in RATING_COLUMNS}
    for line, fields in _table(path, RATING_COLUMNS):
        for name, column in columns.items():
            column.append(_whole(fields[name], name, path, line))
    return {name: np.array(column, dtype=np.int64) for name, column in columns.items()}


def _npz(path: Path) -> dict[str, np.ndarray]:
    wanted = (*RATING_COLUMNS, "split")
    try:
        with np.load(path, allow_pickle=False) as file:
            if missing := [name for name in wanted if name not in file]:
                raise DataError(f"{path} lacks the array {' and '.join(missing)}; it must hold {', '.join(wanted)}")
            arrays = {name: file[name].astype(np.int64) for name in wanted}
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is not a whole npz file: {error}") from None
    except (ValueError, TypeError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path} does not hold plain arrays of numbers: {error}") from None
    return arrays


def _check_numbers(arrays: dict[str, np.ndarray], path: Path) -> None:
    if len({array.shape for array in arrays.values()}) > 1 or arrays["user_id"].ndim != 1:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise DataError(f"{path}: the columns differ in length: {shapes}")
    if not len(arrays["user_id"]):
        raise DataError(f"{path} holds no rating")
    for name, least, most in (("book_id", 1, MOST_BOOKS), ("rating", 1, 5)):
        wrong = np.flatnonzero((arrays[name] < least) | (arrays[name] > most))
        if len(wrong):
            raise DataError(
                f"{path}: rating number {wrong[0] + 1} has {name} {arrays[name][wrong[0]]}; "
                f"from {least} to {most:,} was wanted"
            )


def _is_leave_one_out(splits: np.ndarray) -> bool:
    return bool((splits[:-2] == TRAIN).all() and splits[-2] == VALID and splits[-1] == TEST)
