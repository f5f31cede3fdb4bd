"""A reader's own list as CSV: read from other programs' exports, Goodreads among them, and written for them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from attention.recommendation.answer import MOST_READ
from attention.recommendation.books import Book, Books, fold, same_title

MOST_BYTES = 5_000_000  # of a file: some 20,000 books of a Goodreads export
MOST_ROWS = 20_000
MOST_FIELD = 1_000  # characters of a title or an author that are read
COLUMNS = {
    "title": ("title", "book title", "book", "name"),
    "author": ("author", "authors", "author name", "first author"),
    "date": ("date read", "read at", "last date read", "finished", "date finished"),
    "shelf": ("exclusive shelf", "read status"),
    "number": ("attention lab number",),
}
READ_SHELVES = ("read", "currently reading", "")
UNREAD_NOTE = "{count} books that are not marked as read were left out."
DATE = re.compile(r"^\s*(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})")

TEXT = {
    "binary": "This is not a text file. Save the list as CSV (UTF-8) and try again.",
    "empty": "The file is empty. A list has one book a line, with a column called Title.",
    "large": "The file has {size:,} bytes; at most {most:,} are read. Cut it into parts.",
    "rows": "The file has more than {most:,} lines; only the first are read.",
    "quotes": "The file cannot be read as CSV after line {line}: {error}. Check the quotes.",
    "encoding": "The file is not UTF-8; it was read as Western European text, so check accented letters.",
    "no_title": "No column is called Title, so the first column was read as the titles.",
    "dates": "Sorted by the date read, oldest first; books without a date come first.",
    "twice": "{count} books stand on the list twice; the later place counts.",
    "same": "{count} lines mean a book that is on the list already.",
    "cut": "{count} books were found; the last {most} are used.",
    "long": "{count} lines have a title of over {most:,} characters and were not read.",
}


class ListError(ValueError):
    """A file that is no list of books; the message is meant for people."""


@dataclass(frozen=True)
class ImportedList:
    """What a file holds. matched: the books found, oldest first, none twice; unmatched: titles without a book.

    notes: what was assumed and left out, as sentences. guessed: titles of the file that are not the whole title of the
    book they were taken for, with that book, where no author of the file agrees; these books are among the matched.
    """

    matched: tuple[Book, ...]
    unmatched: tuple[str, ...]
    notes: tuple[str, ...]
    guessed: tuple[tuple[str, Book], ...] = ()


@dataclass(frozen=True)
class _Line:
    title: str
    author: str = ""
    date: tuple[int, int, int] | None = None
    shelf: str = ""
    number: str = ""
    row: tuple[str, ...] = ()  # all fields, where no header says how far the title goes

    @property
    def named(self) -> str:
        """What to call the line by."""
        return ", ".join(self.row)[:MOST_FIELD] or self.title


def parse_list(data: bytes | str, books: Books) -> ImportedList:
    """Read a list of books from CSV and match its titles.

    data: a file's bytes (UTF-8 with or without byte order mark, UTF-16 with one) or its text; commas, semicolons or
    tabs between fields, "double quotes" around them. A first line that names a column Title (and Author) is a header;
    else the first column is the titles and the second, if there is one, the authors; where no book is called so, the
    line is read as one title with commas, and then as such a title with the author last. Goodreads' export is
    understood: its Date Read sorts the list, and books that are only to be read are left out.
    Raises ListError, meant for people, for what is no text, empty, over 5 MB or with quotes that do not close.
    """
    text, notes = _text_of(data)
    rows, row_notes = _rows(text)
    if not rows:
        raise ListError(TEXT["empty"])
    lines, line_notes = _lines(rows)
    notes += row_notes + line_notes
    if any(line.date for line in lines):
        lines = sorted(lines, key=lambda line: line.date or (0, 0, 0))
        notes.append(TEXT["dates"])
    matched: list[Book] = []
    unmatched: list[str] = []
    guessed: list[tuple[str, Book]] = []
    for line in lines:
        book, sure = _book_of(line, books)
        if book is None:
            unmatched.append(line.named)
            continue
        matched.append(book)
        if not sure:
            guessed.append((line.named, book))
    kept = list(dict.fromkeys(reversed(matched)))[::-1]
    if len(kept) < len(matched):
        notes.append(TEXT["same"].format(count=len(matched) - len(kept)))
    if len(kept) > MOST_READ:
        notes.append(TEXT["cut"].format(count=len(kept), most=MOST_READ))
    used = set(kept[-MOST_READ:])
    taken = tuple(dict.fromkeys((title, book) for title, book in guessed if book in used))
    return ImportedList(tuple(kept[-MOST_READ:]), tuple(dict.fromkeys(unmatched)), tuple(notes), taken)


def export_list(books: Sequence[Book]) -> str:
    """Write books as CSV with the columns Title, Author and the book's number, oldest first.

    Titles that a spreadsheet would take for a formula get an apostrophe in front; the number finds the book again.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("Title", "Author", "Attention Lab number"))
    for book in books:
        writer.writerow((_plain(book.title), _plain(book.authors), book.id))
    return text.getvalue()


def _text_of(data: bytes | str) -> tuple[str, list[str]]:
    """Return a file's text and what to say about how it was read."""
    if len(data) > MOST_BYTES:
        raise ListError(TEXT["large"].format(size=len(data), most=MOST_BYTES))
    if isinstance(data, str):
        text, notes = data, []
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text, notes = data.decode("utf-16", errors="replace"), []
    else:
        try:
            text, notes = data.decode("utf-8"), []
        except UnicodeDecodeError:
            text, notes = data.decode("cp1252", errors="replace"), [TEXT["encoding"]]
    text = text.removeprefix("\ufeff")
    strange = sum(not c.isprintable() and c not in "\r\n\t" for c in text[:10_000])
    if "\0" in text or 20 * strange > min(len(text), 10_000):
        raise ListError(TEXT["binary"])
    if not text.strip():
        raise ListError(TEXT["empty"])
    return text, notes


def _rows(text: str) -> tuple[list[list[str]], list[str]]:
    """Cut a text into rows of fields; empty rows are dropped."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True, skipinitialspace=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if any(field.strip() for field in row):
                rows.append([" ".join(field.split()) for field in row])
            if len(rows) > MOST_ROWS:
                return rows[:MOST_ROWS], [TEXT["rows"].format(most=MOST_ROWS)]
    except csv.Error as error:
        raise ListError(TEXT["quotes"].format(line=reader.line_num, error=error)) from None
    return rows, []


def _delimiter(text: str) -> str:
    """Return what separates the fields of the first line outside quotes: a semicolon, a tab or a comma."""
    first = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    counts = {mark: first.count(mark) for mark in (",", ";", "\t")}
    return max(counts, key=lambda mark: (counts[mark], mark == ","))


def _lines(rows: list[list[str]]) -> tuple[list[_Line], list[str]]:
    """Read rows by their header, or without one by their first two columns."""
    header = [fold(field) for field in rows[0]]
    places = {
        part: next((header.index(name) for name in names if name in header), None) for part, names in COLUMNS.items()
    }
    notes: list[str] = []
    free = places["title"] is None or len(header) == 1  # commas may belong to the titles
    if places["title"] is None:
        notes.append(TEXT["no_title"])
    else:
        rows = rows[1:]
    if free:
        places = dict.fromkeys(COLUMNS) | {"title": 0, "author": 1}
    lines, unread, too_long = [], 0, 0
    for row in rows:
        fields = {part: row[at] if at is not None and at < len(row) else "" for part, at in places.items()}
        if not fields["title"]:
            continue
        if max(len(fields["title"]), len(fields["author"])) > MOST_FIELD:
            too_long += 1
        elif fold(fields["shelf"]) not in READ_SHELVES:
            unread += 1
        else:
            found = DATE.match(fields["date"])
            date = tuple(map(int, found.groups())) if found else None
            whole = tuple(filter(None, row)) if free else ()
            lines.append(_Line(fields["title"], fields["author"], date, fields["shelf"], fields["number"], whole))
    if unread:
        notes.append(UNREAD_NOTE.format(count=unread))
    if too_long:
        notes.append(TEXT["long"].format(count=too_long, most=MOST_FIELD))
    return lines, notes


def _book_of(line: _Line, books: Books) -> tuple[Book | None, bool]:
    """Return the book that a line means, and whether its number, its author or its whole title says so."""
    if line.number.isascii() and line.number.isdigit() and len(line.number) < 6 and int(line.number) in books:
        return books[int(line.number)], True
    readings = [(line.title, line.author, True)]
    if len(line.row) > 1 and len(line.named) < MOST_FIELD:
        readings += [(line.named, "", False), (", ".join(line.row[:-1]), line.row[-1], False)]
    for title, author, cut in readings:
        book = books.match(title.removeprefix("'"), author.removeprefix("'"), cut)
        if book is not None:
            return book, bool(fold(author)) or same_title(book, title.removeprefix("'"))
    return None, False


def _plain(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
