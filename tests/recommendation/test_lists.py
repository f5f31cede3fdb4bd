import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention.recommendation import lists
from attention.recommendation.books import Book, Books
from attention.recommendation.lists import ListError, export_list, parse_list

GOODREADS = (
    "Book Id,Title,Author,Author l-f,My Rating,Date Read,Bookshelves,Exclusive Shelf\n"
    '77,"Pike story b (Pike Saga, #2)",A.B. Pikeson,"Pikeson, A.B.",4,2017/03/02,,read\n'
    '78,"Élan story a (Élan Saga, #1)",C.B. Élanson,,0,,to-read,to-read\n'
    '79,"Pike story a (Pike Saga, #1)",A.B. Pikeson,,5,2016/12/31,,read\n'
    '80,"A book, that is ""new""",New Writer,,5,2018/01/01,,read\n'
    '81,"Crow story a (Crow Saga, #1)",B.B. Crowson,,5,,,currently-reading\n'
)


@pytest.fixture(scope="module")
def books(recommender):
    return recommender.books


def ids(found):
    return [book.id for book in found.matched]


def test_goodreads_export_is_sorted_by_date_and_to_read_is_left_out(books):
    found = parse_list(GOODREADS, books)
    assert ids(found) == [7, 1, 2]
    assert found.unmatched == ('A book, that is "new"',)
    assert any("not marked as read" in note for note in found.notes)
    assert any("date read" in note for note in found.notes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(books, encoding):
    found = parse_list("Title\nÉlan story a\n".encode(encoding), books)
    assert ids(found) == [13]
    assert bool(found.notes) == (encoding == "cp1252")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_commas_semicolons_and_tabs(books, mark):
    text = f'Author{mark}Title\r\n"Crowson, B."{mark}"Crow story b"\r\nX{mark}Nothing\r\n'
    found = parse_list(text, books)
    assert ids(found) == [8]
    assert found.unmatched == ("Nothing",)


def test_without_a_header_the_first_column_is_the_title(books):
    found = parse_list("Crow story b,B. Crowson\nMoor story a\n", books)
    assert ids(found) == [8, 19]
    assert "first column" in found.notes[0]


COMMAS = (
    Book(1, "The Lion, the Witch, and the Wardrobe (Chronicles of Narnia, #1)", "C.S. Lewis", 1950, True, 90),
    Book(2, "The Lion (John Corey, #5)", "Nelson DeMille", 2010, True, 20),
    Book(3, "Dune (Dune Chronicles #1)", "Frank Herbert", 1965, True, 80),
    Book(4, "It", "Stephen King", 1986, True, 70),
    Book(5, "Guns, Germs, and Steel: The Fates of Human Societies", "Jared Diamond", 1997, True, 60),
)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("The Lion, the Witch and the Wardrobe", [1]),
        ("The Lion, the Witch, and the Wardrobe", [1]),
        ("The Lion, the Witch and the Wardrobe, C.S. Lewis", [1]),
        ("The Lion, the Witch, and the Wardrobe (Chronicles of Narnia, #1), Lewis", [1]),
        ("The Lion, the Witch and the Wardrobe, Frank Herbert", []),
        ("The Lion, Nelson DeMille", [2]),
        ("Guns, Germs, and Steel", [5]),
        ("Dune, Frank Herbert, 1965", [3]),
        ("Dune, the novel", []),
        ("Dune: a story, Nobody", []),
        ("Dune, (somebody else)", []),
    ],
)
def test_a_line_without_a_header_may_be_one_title_with_commas(line, wanted):
    found = parse_list(line + "\n", Books(COMMAS))
    assert ids(found) == wanted
    assert found.unmatched == (() if wanted else (line,))


def test_a_column_that_is_alone_keeps_its_commas():
    text = "Title\nThe Lion, the Witch and the Wardrobe\nDune, the novel\nIt, Stephen King\n"
    found = parse_list(text, Books(COMMAS))
    assert ids(found) == [1, 4]
    assert (found.unmatched, found.notes) == (("Dune, the novel",), ())


def test_titles_that_had_to_be_cut_are_told_unless_the_author_agrees():
    small = Books(COMMAS)
    found = parse_list("Title\nDune: The Graphic Novel\nIt: a guide\nThe Lion\nGuns; Germs\n", small)
    assert found.guessed == (("Dune: The Graphic Novel", small[3]), ("It: a guide", small[4]))
    assert ids(found) == [3, 4, 2]
    sure = parse_list('Title,Author\nDune: The Graphic Novel,Frank Herbert\n"It (1986)",King\nDune,\n', small)
    assert (ids(sure), sure.guessed) == ([4, 3], ())
    short = parse_list('"Guns, Germs, and Steel"\n', small)
    assert short.guessed == (("Guns, Germs, and Steel", small[5]),)


def test_a_book_twice_counts_at_its_last_place(books):
    found = parse_list("Title\nCrow story b\nMoor story a\ncrow STORY b\n", books)
    assert ids(found) == [19, 8]
    assert any("1 lines mean" in note for note in found.notes)


def test_empty_rows_and_missing_fields_are_passed_over(books):
    found = parse_list("\n\nTitle,Author\n\n,\n , \nMoor story a\n,Somebody\n", books)
    assert ids(found) == [19]
    assert found.unmatched == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b";", "empty"),
        (" \n\n", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (b"\x00\x01\x02binary\x00", "not a text file"),
        (bytes(range(1, 32)) * 40, "not a text file"),
        ('Title\n"not closed\n', "Check the quotes"),
        (b"x" * (lists.MOST_BYTES + 1), "at most"),
    ],
)
def test_what_is_no_list_is_refused(books, data, message):
    with pytest.raises(ListError, match=message):
        parse_list(data, books)


def test_long_lists_are_cut_and_said_so(books, monkeypatch):
    monkeypatch.setattr(lists, "MOST_ROWS", 4)
    monkeypatch.setattr(lists, "MOST_READ", 2)
    titles = "\n".join(f"Moor story {letter}" for letter in "abcdef")
    found = parse_list(f"Title\n{titles}\n", books)
    assert ids(found) == [20, 21]
    assert any("more than 4 lines" in note for note in found.notes)
    assert any("3 books were found; the last 2" in note for note in found.notes)


def test_a_field_of_a_thousand_letters_is_not_read(books):
    found = parse_list("Title\n" + "x" * 1001 + "\nMoor story a\n", books)
    assert ids(found) == [19]
    assert any("1 lines have a title of over" in note for note in found.notes)


def test_export_comes_back_whole_and_in_order(books):
    chosen = [books[number] for number in (14, 2, 25, 7)]
    found = parse_list(export_list(chosen), books)
    assert found == lists.ImportedList(tuple(chosen), (), ())
    assert parse_list(export_list(chosen).encode("utf-16"), books).matched == tuple(chosen)


def test_export_gives_a_spreadsheet_no_formula(books):
    from dataclasses import replace

    text = export_list([replace(books[1], title="=1+1", authors="@home")])
    assert text.splitlines()[1] == "'=1+1,'@home,1"


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_file_is_read_or_refused_with_words(data):
    small = Books([Book(1, "Emma", "Jane Austen", 1815, True, 9)])
    try:
        found = parse_list(data, small)
    except ListError as error:
        assert str(error)  # noqa: PT017, either way is right
    else:
        assert all(book.id == 1 for book in found.matched)
