import gzip

import numpy as np
import pytest

from attention.recommendation.data import DataError, read_books, read_readers, reader_counts
from tests.recommendation.toy import BOOKS, reader_lists, write_world

HEADER = "book_id,title,authors,original_publication_year\n"
RATINGS = "user_id,book_id,rating\n"


def books_file(tmp_path, text):
    (tmp_path / "books.csv").write_text(text, encoding="utf-8")
    return tmp_path


def ratings_file(tmp_path, text):
    (tmp_path / "ratings.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_quotes_commas_and_line_breaks_inside_quotes_are_text(tmp_path):
    folder = books_file(tmp_path, HEADER + '7,"He said ""no"", twice (Saga, #1)","A. B,\nC. D",1999.0\n')
    (book,) = read_books(folder)
    assert book == (7, 'He said "no", twice (Saga, #1)', "A. B, C. D", 1999)


def test_empty_rows_are_skipped_and_years_may_be_missing_or_before_our_era(tmp_path):
    found = read_books(books_file(tmp_path, HEADER + "\n1,A,B,\n\n , , ,\n2,Ilias,Homer,-750.0\n"))
    assert [(book.id, book.year) for book in found] == [(1, None), (2, -750)]


def test_columns_are_found_by_name_in_any_order(tmp_path):
    text = "title,x,original_publication_year,book_id,authors\nEmma,?,1815,9,Jane Austen\n"
    assert read_books(books_file(tmp_path, "\ufeff" + text)) == [(9, "Emma", "Jane Austen", 1815)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column book_id"),
        ("book_id,title,authors\n1,A,B\n", "no column original_publication_year"),
        (HEADER, "holds no book"),
        (HEADER + "1,A,B,1990,more\n", "line 2: 5 fields; the header has 4"),
        (HEADER + "x,A,B,1990\n", "line 2: book_id is 'x'"),
        (HEADER + "1,A,B,later\n", "line 2: the year is 'later'"),
        (HEADER + "10001,A,B,1990\n", "line 2: book_id 10001 is not from 1 to 10,000"),
        (HEADER + "1, ,B,1990\n", "line 2: book 1 has no title"),
        (HEADER + "1,A,B,1990\n1,C,D,1991\n", "line 3: book 1 came before"),
        (HEADER + '1,"A,B,1990\n', "check the quotes"),
    ],
)
def test_bad_books_are_refused_with_the_line(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        read_books(books_file(tmp_path, text))


def test_missing_files_are_named(tmp_path):
    with pytest.raises(DataError, match=r"none of books.csv, books.csv.gz"):
        read_books(tmp_path)
    with pytest.raises(DataError, match="does not exist"):
        read_readers(tmp_path / "nowhere")


def test_what_is_no_gzip_and_no_utf8_is_refused(tmp_path):
    (tmp_path / "books.csv.gz").write_bytes(b"no gzip")
    with pytest.raises(DataError, match="not a whole gzip file"):
        read_books(tmp_path)
    (tmp_path / "books.csv").write_bytes(HEADER.encode() + b"1,\xff\xfe,B,1990\n")
    with pytest.raises(DataError, match="not UTF-8"):
        read_books(tmp_path)


@pytest.mark.parametrize("npz", [True, False])
def test_readers_keep_their_order_and_their_last_two_books_are_held_out(tmp_path, npz):
    found = read_readers(write_world(tmp_path / "toy", npz=npz))
    for reader, books in zip(found, reader_lists(), strict=True):
        assert [*reader.books, reader.valid, reader.test] == books
        assert reader.history("valid").tolist() == books[:-2]
        assert reader.history("test").tolist() == books[:-1]
        assert reader.ratings.tolist() == [3 + book % 3 for book in books[:-2]]


def test_rows_of_readers_may_be_mixed_and_short_lists_are_left_out(tmp_path):
    rows = "5,1,3\n9,2,4\n5,2,3\n5,3,1\n9,1,5\n5,4,2\n"
    (reader,) = read_readers(ratings_file(tmp_path, RATINGS + rows))
    assert (reader.id, reader.books.tolist(), reader.valid, reader.test) == (5, [1, 2], 3, 4)


def test_a_hundred_thousand_rows(tmp_path):
    rows = [f"{1 + row // 100},{1 + row * 7 % 100},{1 + row % 5}" for row in range(100_000)]
    found = read_readers(ratings_file(tmp_path, RATINGS + "\n".join(rows)))
    assert len(found) == 1000
    assert {len(reader.books) for reader in found} == {98}
    counts = reader_counts(found)
    assert counts.sum() == 98_000
    assert counts[0] == 0


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,1,3\n1,1,4\n1,2,3\n", "reader 1 rated a book twice"),
        ("1,0,3\n", "rating number 1 has book_id 0"),
        ("1,1,3\n1,2,6\n1,3,3\n", "rating number 2 has rating 6; from 1 to 5"),
        ("1,1\n", "2 fields"),
        ("1,1,a\n", "line 2: rating is 'a'"),
        ("", "holds no rating"),
        ("1,1,3\n", "no reader with three books"),
    ],
)
def test_bad_ratings_are_refused(tmp_path, rows, message):
    with pytest.raises(DataError, match=message):
        read_readers(ratings_file(tmp_path, RATINGS + rows))


def test_an_npz_without_splits_with_other_splits_or_broken_is_refused(tmp_path):
    path = tmp_path / "ratings.npz"
    columns = {"user_id": np.ones(4, int), "book_id": np.arange(1, 5), "rating": np.full(4, 3)}
    np.savez(path, **columns)
    with pytest.raises(DataError, match="lacks the array split"):
        read_readers(tmp_path)
    np.savez(path, **columns, split=np.array([0, 1, 0, 2]))
    with pytest.raises(DataError, match="splits other than"):
        read_readers(tmp_path)
    np.savez(path, **columns, split=np.array([0, 1, 2]))
    with pytest.raises(DataError, match="differ in length"):
        read_readers(tmp_path)
    np.savez(path, **columns, split=np.array([{}, 1, 2, 3], dtype=object))
    with pytest.raises(DataError, match="plain arrays"):
        read_readers(tmp_path)
    path.write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(DataError, match="not a whole npz"):
        read_readers(tmp_path)


def test_a_file_of_another_name_can_be_given(tmp_path):
    path = tmp_path / "mine.csv.gz"
    path.write_bytes(gzip.compress((HEADER + "3,A,B,2000\n").encode()))
    assert read_books(path)[0].id == 3


def test_the_toy_world_has_all_its_books(tmp_path):
    assert len(read_books(write_world(tmp_path / "toy"))) == BOOKS
