import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention.recommendation.books import FILE, Book, Books, bare_title, fold, same_title
from attention.recommendation.data import DataError, read_books

ROWS = (
    ("Harry Potter and the Sorcerer's Stone (Harry Potter, #1)", "J.K. Rowling, Mary GrandPré", 900),
    ("Harry Potter and the Chamber of Secrets (Harry Potter, #2)", "J.K. Rowling, Mary GrandPré", 800),
    ("Les Misérables", "Victor Hugo, Lee Fahnestock", 500),
    ("The Hobbit", "J.R.R. Tolkien", 850),
    ("The Hobbit: Graphic Novel", "Chuck Dixon, J.R.R. Tolkien", 40),
    ("Freakonomics: A Rogue Economist Explores Everything (Freakonomics, #1)", "Steven D. Levitt", 300),
    ("1984", "George Orwell", 700),
    ("Animal Farm / 1984", "George Orwell", 90),
    ("Ensaio sobre a cegueira", "José Saramago", 4),
    ("Pride & Prejudice", "Jane Austen", 600),
    ("Smilla's Sense of Snow", "Peter Høeg", 60),
    ("The Secret", "Rhonda Byrne", 50),
    ("The Secret", "Julie Garwood", 70),
)  # fmt: skip


@pytest.fixture(scope="module")
def books():
    return Books([Book(i, title, who, 1900 + i, n >= 5, n) for i, (title, who, n) in enumerate(ROWS, start=1)])


def ids(found):
    return [book.id for book in found]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("harry", [1, 2]),
        ("HARRY potter cham", [2]),
        ("stone sorcerers", [1]),
        ("sorcerer's STONE", [1]),
        ("rowling secrets", [2]),
        ("jk rowling", [1, 2]),
        ("j. k. rowling", [1, 2]),
        ("miserables", [3]),
        ("MISÉRABLES hugo", [3]),
        ("hobbit", [4, 5]),
        ("the hobbit", [4, 5]),
        ("tolkien", [4, 5]),
        ("1984", [7, 8]),
        ("farm", [8]),
        ("saramago jose", [9]),
        ("pride and prejudice", [10]),
        ("pride & prejudice", [10]),
        ("hoeg", [11]),
        ("the secret", [13, 12, 2]),
        ("obbit", []),
        ("hobbit rowling", []),
        ("", []),
        (" ?! ", []),
    ],
)
def test_search_ignores_accents_case_order_and_signs(books, query, wanted):
    assert ids(books.search(query)) == wanted


def test_search_puts_the_title_itself_before_more_popular_ones(books):
    rows = [Book(1, "Emma and Friends", "A", None, True, 99), Book(2, "Emma", "B", None, True, 9)]
    rows += [Book(3, "Dear Emma", "C", None, True, 999), Book(4, "Pride", "Emma Writer", None, True, 9999)]
    assert ids(Books(rows).search("emma")) == [2, 1, 3, 4]


def test_search_gives_no_more_than_the_limit(books):
    assert ids(books.search("h", limit=2)) == ids(books.search("h"))[:2]
    assert books.search("h", limit=0) == ()


@given(st.text(max_size=40))
def test_any_text_can_be_searched_matched_and_folded(text):
    small = Books([Book(1, "Emma", "Jane Austen", 1815, True, 9)])
    assert small.search(text) in ((), (small[1],))
    assert small.match(text) in (None, small[1])
    assert fold(fold(text)) == fold(text)


def test_every_title_finds_its_own_book(books):
    for book in books:
        assert book in books.search(book.title)
        assert books.match(book.title, book.authors) == book


@pytest.mark.parametrize(
    ("title", "author", "wanted"),
    [
        ("Harry Potter and the Sorcerer's Stone", "", 1),
        ("harry potter and the sorcerers stone (Harry Potter #1)", "Rowling, J. K.", 1),
        ("Hobbit, The", "", 4),
        ("The Hobbit", "Chuck Dixon", 5),
        ("Hobbit", "Tolkien", 4),
        ("Freakonomics", "", 6),
        ("The Secret", "", 13),
        ("The Secret", "Byrne", 12),
        ("The Secret", "Somebody Else", None),
        ("Les Miserables", "Hugo, Victor", 3),
        ("Never written", "", None),
        ("", "", None),
        ("()", "", None),
    ],
)
def test_titles_of_lists_are_matched(books, title, author, wanted):
    found = books.match(title, author)
    assert (found and found.id) == wanted


@pytest.mark.parametrize(
    ("title", "number", "same"),
    [
        ("the HOBBIT", 4, True),
        ("Hobbit, The", 4, True),
        ("Hobbit", 4, True),
        ("Harry Potter and the Chamber of Secrets", 2, True),
        ("Harry Potter and the Chamber of Secrets (Harry Potter #2)", 2, True),
        ("The Hobbit: A Colouring Book", 4, False),
        ("The Hobbit (Sticker Album)", 4, False),
        ("Freakonomics", 6, False),
        ("Harry Potter", 1, False),
    ],
)
def test_a_title_is_the_same_but_for_series_and_article(books, title, number, same):
    assert same_title(books[number], title) == same


def test_a_whole_title_goes_before_a_more_read_one_with_a_subtitle():
    rows = [Book(1, "Secret: A Novel", "A", None, True, 99), Book(2, "The Secret", "B", None, True, 9)]
    assert Books(rows).match("Secret").id == 2


def test_a_title_that_may_not_be_cut_is_matched_whole_or_not_at_all(books):
    assert books.match("The Hobbit: A Colouring Book").id == 4
    assert books.match("The Hobbit: A Colouring Book", cut=False) is None
    assert books.match("The Hobbit (Sticker Album)", cut=False) is None
    assert books.match("Freakonomics", cut=False).id == 6
    assert books.match("Harry Potter and the Chamber of Secrets", cut=False).id == 2


def test_a_table_of_books_survives_the_disk_byte_by_byte(books, tmp_path):
    books.save(tmp_path)
    first = (tmp_path / FILE).read_bytes()
    again = Books.load(tmp_path)
    assert list(again) == list(books)
    again.save(tmp_path)
    assert (tmp_path / FILE).read_bytes() == first


def test_a_table_without_readers_is_refused(tmp_path):
    text = "book_id,title,authors,original_publication_year\n1,A,B,2000\n"
    (tmp_path / FILE).write_bytes(gzip.compress(text.encode()))
    assert len(read_books(tmp_path / FILE)) == 1
    with pytest.raises(DataError, match="book 1 has no number of readers"):
        Books.load(tmp_path)
    with pytest.raises(DataError, match="does not exist"):
        Books.load(tmp_path / "nowhere")


def test_books_are_known_from_five_readers_on_and_found_by_number(books):
    assert ids(books.known) == [book.id for book in books if book.readers >= 5]
    assert books[9].known is False
    assert 9 in books
    assert 99 not in books
    assert len(books) == len(ROWS)
    with pytest.raises(KeyError, match="no book 99"):
        books[99]


def test_bare_title_loses_the_series_only():
    assert bare_title("Catching Fire (The Hunger Games, #2)") == "Catching Fire"
    assert bare_title("(500) Days") == "(500) Days"
    assert bare_title("(all in brackets)") == "(all in brackets)"
