"""Titles and authors as they are shown: the series apart from the title, long lists of names cut short."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from attention.recommendation.books import Book
from attention.ui.shelf import ShelfBook

SERIES = re.compile(r"(?P<title>.*\S)\s*\((?P<series>[^()]*#[^()]*)\)")  # "Eclipse (Twilight, #3)"
MOST_AUTHORS = 2  # the data names translators and illustrators too
LONG = 34  # characters from which a title is shown without its subtitle
LEAST = 8  # characters that must stand before a subtitle: "Y: The Last Man, Vol. 1: Unmanned"


def title_and_rest(book: Book) -> tuple[str, str]:
    """Return the title alone, and what is shown smaller: the subtitle of a long title, the series with the number."""
    whole = " ".join(book.title.split())
    found = SERIES.fullmatch(whole)
    title, series = (found["title"], found["series"]) if found else (whole, "")
    place = title.find(": ", LEAST) if len(title) >= LONG else -1
    subtitle = title[place + 2 :] if place > 0 else ""
    return (title[:place] if subtitle else title), " · ".join(part for part in (subtitle, series) if part)


def short_title(book: Book) -> str:
    return title_and_rest(book)[0]


def distinct_titles(books: Sequence[Book]) -> tuple[str, ...]:
    """Return short titles; where two books share one, both keep their series, or else their first author."""
    titles = [short_title(book) for book in books]
    counts = Counter(titles)
    return tuple(
        title if counts[title] == 1 else f"{title} ({title_and_rest(book)[1] or authors_line(book, 1)})"
        for title, book in zip(titles, books, strict=True)
    )


def authors_line(book: Book, most: int = MOST_AUTHORS) -> str:
    """Return the first authors, and how many more there are."""
    names = [" ".join(name.split()) for name in book.authors.split(",") if name.strip()]
    more = len(names) - most
    return ", ".join(names[:most]) + (f" + {more}" if more > 0 else "")


def shelf_book(book: Book) -> ShelfBook:
    """Return a book as the reading list shows it."""
    title, rest = title_and_rest(book)
    return ShelfBook(book.id, title, rest, authors_line(book), book.year, book.known)
