"""A visitor's CSV file of texts: what is read, and what is refused in words."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from attention.ui.language.texts_file import MAX_MEGABYTES, MAX_ROWS, FileError, read_table


def test_plain_file_is_read():
    table = read_table(b"id,text\n1,I like tea.\n2,I hate tea.\n")
    assert table.names(header=True) == ["id", "text"]
    assert table.texts(1, header=True) == ["I like tea.", "I hate tea."]
    assert table.texts(1, header=False) == ["text", "I like tea.", "I hate tea."]


def test_quoted_cells_keep_commas_quotes_and_line_breaks():
    table = read_table(b'text,n\n"Well, well",1\n"He said ""no""",2\n"two\nlines",3\n')
    assert table.texts(0, header=True) == ["Well, well", 'He said "no"', "two\nlines"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_told_from_the_rows(delimiter):
    data = f"text{delimiter}n\nI like tea{delimiter}1\nno{delimiter}2\n".encode()
    assert read_table(data).rows == (("text", "n"), ("I like tea", "1"), ("no", "2"))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_with_and_without_a_mark_are_told(codec):
    table = read_table("text,n\nnaïve café 🙂,1\n".encode(codec))
    assert table.names(header=True) == ["text", "n"]
    assert table.texts(0, header=True) == ["naïve café 🙂"]
    assert "Windows" not in " ".join(table.notes)


@pytest.mark.parametrize("byte_order", ["utf-16-le", "utf-16-be"])
def test_both_byte_orders_are_read(byte_order):
    assert read_table("\ufefftext\nyes\n".encode(byte_order)).texts(0, header=True) == ["yes"]


def test_old_windows_file_is_read_and_says_so():
    table = read_table("text\nnaïve café\n".encode("cp1252"))
    assert table.texts(0, header=True) == ["naïve café"]
    assert "Windows-1252" in " ".join(table.notes)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_one(end):
    assert read_table(f"text{end}yes{end}no{end}".encode()).texts(0, header=True) == ["yes", "no"]


def test_empty_rows_are_left_out_and_counted():
    table = read_table(b"text,n\n\nyes,1\n,\n  , \nno,2\n")
    assert table.texts(0, header=True) == ["yes", "no"]
    assert "3 empty rows" in " ".join(table.notes)


def test_file_of_one_column_needs_no_delimiter():
    assert read_table(b"I like tea.\nMe too!\n").texts(0, header=False) == ["I like tea.", "Me too!"]


def test_a_column_name_that_stands_twice_or_not_at_all_gets_its_number():
    table = read_table(b"text,text,,n\na,b,c,d\n")
    assert table.names(header=True) == ["text (column 1)", "text (column 2)", "column 3", "n"]
    assert table.names(header=False)[0] == "column 1"


def test_column_of_texts_is_proposed():
    assert read_table(b"id,when,comment\nx1,mon,What a lovely day it was\n").likely_column(header=True) == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b",,\n,,\n", "no row"),
        (b"text,n\nyes,1,2\n", "Line 2 has 3 cells, the first row has 2"),
        (b"text\nyes, and no\n", "Line 2 has 2 cells, the first row has 1"),
        (b'text\n"never closed\n', "cannot be read as CSV"),
        (b'text\n"a"b\n', "Line 2 cannot be read as CSV"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"text\nye\x00s\n", "null bytes"),
        (b"text\n\x81\x8d\n", "neither UTF-8"),
        (b"\xef\xbb\xbftext\n\xff\n", "begins like UTF-8"),
        (b"\xff\xfea", "begins like UTF-16"),
        (b"a," * 300 + b"\n", "columns"),
        (b"x" * (MAX_MEGABYTES * 2**20 + 1), "10 MB"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(data, said):
    with pytest.raises(FileError, match=said):
        read_table(data)


def test_giant_cell_is_said_to_be_one():
    with pytest.raises(FileError, match="Line 3 has a cell of more than 131,072 characters") as raised:
        read_table(b"text,n\nyes,1\n" + b"x" * 131_073 + b",2\n")
    assert "doubled" not in str(raised.value)
    assert len(read_table(b"text\n" + b"x" * 131_072 + b"\n").texts(0, header=True)[0]) == 131_072


def test_line_of_the_trouble_is_that_of_the_file():
    with pytest.raises(FileError, match="Line 5 "):
        read_table(b'text,n\n"two\nlines",1\n\nwrong,2,3\n')


def test_hundred_thousand_rows_are_counted_and_refused():
    with pytest.raises(FileError, match="100,001 rows; at most 20,000"):
        read_table(b"text,n\n" + b"I like tea,1\n" * 100_000)


def test_as_many_rows_as_promised_are_read():
    assert len(read_table(b"text\n" + b"tea\n" * MAX_ROWS).texts(0, header=True)) == MAX_ROWS


CELLS = some.text(some.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(some.lists(some.tuples(CELLS, CELLS), min_size=1, max_size=8))
def test_what_the_csv_module_writes_is_read_back(rows):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    kept = tuple(row for row in rows if any(cell.strip() for cell in row))
    if kept:
        assert read_table(out.getvalue().encode()).rows == kept


@settings(max_examples=150, deadline=None)
@given(some.binary(max_size=200))
def test_any_bytes_are_a_table_or_refused(data):
    try:
        table = read_table(data)
    except FileError:
        return
    assert len({len(row) for row in table.rows}) == 1
