"""The books a model was made with: looked up by number, searched while typing, matched with the titles of a list."""

from __future__ import annotations

import csv
import gzip
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from attention.recommendation.data import BOOK_COLUMNS, MOST_BOOKS, BookRow, DataError, read_books

FILE = "books.csv.gz"  # in a checkpoint's folder
LEAST_READERS = 5  # a book with fewer has taught the model nothing
LEAST_SHARED = 3  # letters of a word that two spellings of an author must share
MOST_QUERY = 200  # characters of a search that are read

_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "&": " and "}
)
_APOSTROPHES = re.compile("['’‘ʼ`]")
_NO_WORD = re.compile(r"[\W_]+")
_INITIALS = re.compile(r"\b\w(?: \w)+\b")
_SERIES = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_SUBTITLE = re.compile(r"\s*(?:[:;]|\s[-–—]\s).*$")
_ARTICLE_LAST = re.compile(r"^(.*), (the|a|an|le|la|les|el|der|die|das)$", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|a|an) ")


@dataclass(frozen=True)
class Book:
    """One book. id: 1…10,000, by popularity; year: None where unknown; readers: how many training readers rated it.

    known: the model has learnt it; a book with fewer than five readers it has not.
    """

    id: int
    title: str
    authors: str
    year: int | None
    known: bool
    readers: int

    @property
    def first_author(self) -> str:
        return self.authors.split(",")[0].strip()


class Books:
    """All books of a model, in the order of their numbers. Nothing in it changes after loading."""

    def __init__(self, books: Sequence[Book]) -> None:
        self._books = {book.id: book for book in sorted(books, key=lambda book: book.id)}
        self._by_readers = sorted(self._books.values(), key=lambda book: (-book.readers, book.id))
        self._texts = [_searchable(book) for book in self._by_readers]
        self._names = _names(self._by_readers)

    @classmethod
    def load(cls, folder: Path | str) -> Books:
        """Read a checkpoint's table of books. Raises DataError when there is none or it cannot be read."""
        path = Path(folder) / FILE
        rows = read_books(path)
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            counts = {row["book_id"]: row.get("readers") or "" for row in csv.DictReader(file)}
        wrong = [number for number, count in counts.items() if not count.isdecimal()]
        if wrong:
            raise DataError(f"{path}: book {wrong[0]} has no number of readers; take the file of the shipped model")
        return cls.of(rows, {row.id: int(counts[str(row.id)]) for row in rows})

    @classmethod
    def of(cls, rows: Sequence[BookRow], readers: dict[int, int]) -> Books:
        """Make the table from rows of data and the number of training readers by book id."""
        return cls([Book(*row, readers.get(row.id, 0) >= LEAST_READERS, readers.get(row.id, 0)) for row in rows])

    def save(self, folder: Path | str) -> None:
        """Write the table into a checkpoint's folder; the same books give the same bytes."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow((*BOOK_COLUMNS, "readers"))
        for book in self:
            year = "" if book.year is None else book.year
            writer.writerow((book.id, book.title, book.authors, year, book.readers))
        (Path(folder) / FILE).write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))

    def __getitem__(self, number: int) -> Book:
        """Return a book by its number. Raises KeyError, with what there is."""
        try:
            return self._books[number]
        except KeyError:
            raise KeyError(f"there is no book {number!r}; books are numbered from 1 to {MOST_BOOKS:,}") from None

    def __contains__(self, number: object) -> bool:
        return number in self._books

    def __iter__(self) -> Iterator[Book]:
        return iter(self._books.values())

    def __len__(self) -> int:
        return len(self._books)

    @property
    def known(self) -> tuple[Book, ...]:
        """The books the model has learnt, by number: its own numbering from 0."""
        return tuple(book for book in self if book.known)

    def search(self, text: str, limit: int = 12) -> tuple[Book, ...]:
        """Return the books in which every word of a query begins a word of title or authors.

        Accents, case, punctuation and the order of the words do not matter; initials may be joined ("jk rowling").
        First what is called exactly so, then titles that begin so, then titles that hold all words, then the rest;
        the most read first among equals.
        """
        words = fold(text[:MOST_QUERY]).split()
        if not words or limit < 1:
            return ()
        query, starts = " ".join(words), [f" {word}" for word in words]
        places: Sequence[int] = range(len(self._texts))
        for start in sorted(starts, key=len, reverse=True):  # the longest word leaves the fewest books
            places = [place for place in places if start in self._texts[place][1]]
        found = [(_rank(query, starts, self._texts[place][0]), place) for place in places]
        return tuple(self._by_readers[place] for _, place in sorted(found)[:limit])

    def match(self, title: str, author: str = "", cut: bool = True) -> Book | None:
        """Return the book that a list means by a title, or None.

        Compared without accents, case and punctuation: first as it stands, then without a series in brackets, then
        without a leading article, and last without a subtitle; `same_title` tells whether anything but a series and
        an article had to go. author: of the list, in any spelling; where one is given, a word of it must be among the
        book's authors. cut: a series and a subtitle of the title itself may be passed over, not only those of the
        books. Of several books the most read one is taken.
        """
        wanted = {word for word in fold(author).split() if len(word) >= LEAST_SHARED} or set(fold(author).split())
        for names, name in zip(self._names, _spellings(title, cut), strict=True):
            for book in names.get(name, ()):
                if not wanted or wanted & set(fold(book.authors).split()):
                    return book
        return None


def fold(text: str) -> str:
    """Return a text as it is compared: lower case, no accents, no punctuation, one space between words.

    Initials that stand together are joined: "J.K. Rowling" and "JK Rowling" become "jk rowling".
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = _NO_WORD.sub(" ", _APOSTROPHES.sub("", plain)).strip()
    return _INITIALS.sub(lambda found: found.group().replace(" ", ""), plain)


def bare_title(title: str) -> str:
    """Return a title without the series in brackets at its end: "Catching Fire (The Hunger Games, #2)"."""
    return _SERIES.sub("", title) or title


def same_title(book: Book, title: str) -> bool:
    """Return whether a title is all of a book's own; the book's series and a leading article may be left out."""
    return _whole(title) in (_whole(book.title), _whole(bare_title(book.title.strip())))


def _searchable(book: Book) -> tuple[str, str]:
    """Return the folded title, and title with authors, a space before each word; single initials can be found, too."""
    authors = fold(book.authors)
    apart = _NO_WORD.sub(" ", book.authors.casefold())
    return f" {fold(book.title)}", f" {fold(book.title)} {authors} {apart}"


def _rank(query: str, starts: Sequence[str], title: str) -> int:
    """Return 0 for the title itself, 1 for its beginning, 2 for a title with all words, 3 for words of the authors."""
    if title.startswith(f" {query}"):
        rest = title[len(query) + 1 :]
        return 0 if not rest else 1
    return 2 if all(start in title for start in starts) else 3


def _spellings(title: str, cut: bool = True) -> tuple[str, str, str, str]:
    """Return a title folded as it stands, without its series, without the article too, and without subtitle as well.

    cut: False leaves series and subtitle where they are.
    """
    turned = _turned(bare_title(title.strip()) if cut else title)
    return fold(title), fold(turned), _whole(turned), _whole(_SUBTITLE.sub("", turned) if cut else turned)


def _turned(title: str) -> str:
    """Return "The Hobbit" for "Hobbit, The"."""
    return _ARTICLE_LAST.sub(r"\2 \1", title.strip())


def _whole(title: str) -> str:
    """Return a title folded, without a leading article alone."""
    return _ARTICLE.sub("", fold(_turned(title)))


def _names(books: Sequence[Book]) -> tuple[dict[str, list[Book]], ...]:
    """Return the books by each of their four spellings, most read first."""
    found: tuple[dict[str, list[Book]], ...] = tuple(defaultdict(list) for _ in range(4))
    for book in books:
        for names, name in zip(found, _spellings(book.title), strict=True):
            if name:
                names[name].append(book)
    return tuple(map(dict, found))
