"""A visitor's CSV file of texts, read strictly: what does not fit is named with its line, nothing is guessed away."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass

MAX_MEGABYTES = 10
MAX_ROWS = 20_000
MAX_COLUMNS = 200
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
LOOKED_AT = 20  # rows from which the delimiter is told
BYTE_ORDER_MARKS = (  # the longer first: the mark of UTF-32 begins with that of UTF-16
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "UTF-32"),
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
ZIP_MARK = b"PK\x03\x04"

TEXT = {
    "empty": "The file is empty. Choose one with a text in each row.",
    "too_large": "The file has {size:.1f} MB; at most {limit} MB are read. Split it.",
    "zip": "This is a spreadsheet or an archive, not a CSV file. Save it as “CSV UTF-8” and choose that.",
    "encoding": "The file begins like {name} text, but byte {place:,} does not fit. Save it as “CSV UTF-8”.",
    "binary": "The file is not text: it holds null bytes. Save it as “CSV UTF-8”.",
    "not_text": "The file is neither UTF-8 nor Windows-1252 text. Save it as “CSV UTF-8”.",
    "broken": "Line {line:,} cannot be read as CSV: {problem}. Quotes inside a quoted text must be doubled.",
    "long": "Line {line:,} has a cell of more than {limit:,} characters. Shorten that text, or close a quote that was"
    " opened before it.",
    "width": "Line {line:,} has {found} cells, the first row has {wanted}. A text with {delimiter} in it must stand in"
    " quotes.",
    "rows": "The file has {rows:,} rows; at most {limit:,} are read at once. Split it.",
    "columns": "The file has {columns:,} columns; at most {limit} are read. Keep the column with the texts.",
    "nothing": "The file holds no row with anything in it.",
    "old": "It is not UTF-8 and was read as Windows-1252: see whether the accents are right.",
    "blank": "{count:,} empty rows were left out.",
    "blank_one": "1 empty row was left out.",
    "separated": "Cells are separated by {delimiter}.",
    "column": "column {number}",
}


class FileError(ValueError):
    """A file that cannot be read as a table of texts; the message says where and what to do."""


@dataclass(frozen=True)
class TextTable:
    """Rows of equal width, as the file has them, the first one perhaps the columns' names; notes for the visitor."""

    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> int:
        return len(self.rows[0])

    def names(self, header: bool) -> list[str]:
        """Return a name for every column: of the first row, or by number; a name that stands twice gets its number."""
        numbered = [TEXT["column"].format(number=number) for number in range(1, self.columns + 1)]
        if not header:
            return numbered
        found = [" ".join(name.split()) for name in self.rows[0]]
        twice = {name for name, count in Counter(found).items() if count > 1}
        return [
            number if not name else f"{name} ({number})" if name in twice else name
            for name, number in zip(found, numbered, strict=True)
        ]

    def texts(self, column: int, header: bool) -> list[str]:
        """Return one column's cells, without the row of names."""
        return [row[column] for row in self.rows[int(header) :]]

    def likely_column(self, header: bool) -> int:
        """Return the column with the most letters: where the texts are, most often."""
        rows = self.rows[int(header) :][:200]
        letters = [sum(sum(map(str.isalpha, row[column])) for row in rows) for column in range(self.columns)]
        return letters.index(max(letters))


def read_table(data: bytes) -> TextTable:
    """Read a CSV or TSV file. Raises FileError when it is none, is too long, or has a row of another width."""
    if not data.strip():
        raise FileError(TEXT["empty"])
    if len(data) > MAX_MEGABYTES * 2**20:
        raise FileError(TEXT["too_large"].format(size=len(data) / 2**20, limit=MAX_MEGABYTES))
    text, notes = _decoded(data)
    delimiter = _delimiter(text)
    rows, blank = _rows(text, delimiter)
    if not rows:
        raise FileError(TEXT["nothing"])
    if len(rows[0]) > MAX_COLUMNS:
        raise FileError(TEXT["columns"].format(columns=len(rows[0]), limit=MAX_COLUMNS))
    if len(rows[0]) > 1:
        notes.append(TEXT["separated"].format(delimiter=DELIMITERS[delimiter]))
    if blank:
        notes.append(TEXT["blank_one"] if blank == 1 else TEXT["blank"].format(count=blank))
    return TextTable(tuple(rows), tuple(notes))


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """Return the text and notes; the byte order mark decides, then UTF-8, then Windows-1252."""
    if data.startswith(ZIP_MARK):
        raise FileError(TEXT["zip"])
    for mark, codec, name in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return _without_nulls(data.decode(codec)), []
            except UnicodeDecodeError as error:
                raise FileError(TEXT["encoding"].format(name=name, place=error.start)) from None
    try:
        return _without_nulls(data.decode("utf-8")), []
    except UnicodeDecodeError:
        pass
    try:
        return _without_nulls(data.decode("cp1252")), [TEXT["old"]]
    except UnicodeDecodeError:
        raise FileError(TEXT["not_text"]) from None


def _without_nulls(text: str) -> str:
    if "\x00" in text:
        raise FileError(TEXT["binary"])
    return text


def _delimiter(text: str) -> str:
    """Return the delimiter under which the first rows are widest and all alike; a comma where there is none."""
    best, width = ",", 1
    for delimiter in DELIMITERS:
        widths = set()
        try:
            for row, _ in zip(_reader(text, delimiter), range(LOOKED_AT), strict=False):
                if any(cell.strip() for cell in row):
                    widths.add(len(row))
        except csv.Error:
            continue
        if len(widths) == 1 and max(widths) > width:
            best, width = delimiter, max(widths)
    return best


def _rows(text: str, delimiter: str) -> tuple[list[tuple[str, ...]], int]:
    """Return the rows that hold anything, and how many hold nothing; too many are counted, not kept."""
    reader = _reader(text, delimiter)
    rows: list[tuple[str, ...]] = []
    blank = count = 0
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                blank += 1
                continue
            count += 1
            if rows and len(row) != len(rows[0]):
                wanted = {"line": reader.line_num, "found": len(row), "wanted": len(rows[0])}
                raise FileError(TEXT["width"].format(delimiter=DELIMITERS[delimiter], **wanted))
            if count <= MAX_ROWS + 1:  # one more, since the first may hold the columns' names
                rows.append(tuple(row))
    except csv.Error as error:
        if "field limit" in str(error):
            raise FileError(TEXT["long"].format(line=reader.line_num, limit=csv.field_size_limit())) from None
        raise FileError(TEXT["broken"].format(line=reader.line_num, problem=error)) from None
    if count > MAX_ROWS + 1:
        raise FileError(TEXT["rows"].format(rows=count, limit=MAX_ROWS))
    return rows, blank


def _reader(text: str, delimiter: str) -> csv.reader:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
