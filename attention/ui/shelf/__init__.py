"""A reading list that the visitor fills: type a title, choose it, put the books in order, take some away.

    view = ShelfView(
        books=(ShelfBook(7, "The Hobbit", note="J.R.R. Tolkien"), ...),    # in reading order, oldest first
        query="hob", found=(ShelfBook(155, "The Two Towers", "The Lord of the Rings, #2", "J.R.R. Tolkien", 1954), ...),
        undo="Undo removing Emma", origin=3, answered=serial,
    )
    shelf(view, key="my_shelf", on_change=take_changes, on_query=search)

The component shows a change at once and tells Python afterwards: `on_change(serial, changes)` gets every step since the
last time, each with the whole list after it; `on_query(text)` gets what has been typed. Both are called as callbacks,
before the page runs. Two numbers keep the two sides together: the page hands `serial` back as `answered`, and raises
`origin` by one whenever it sets the list by itself (an example, an imported file, an undo); between them the browser
knows whether the list it is given is older or newer than its own.

By mouse a book is dragged anywhere, by touch at its grip; with the keyboard, arrow keys go from book to book, Shift
with an arrow key moves one, Delete removes it. What happened is said to screen readers.
"""

from attention.ui.shelf.component import Change, shelf, spoken_changes, spoken_query
from attention.ui.shelf.text import TEXT
from attention.ui.shelf.view import MOST_BOOKS, ShelfBook, ShelfView

__all__ = [
    "MOST_BOOKS",
    "TEXT",
    "Change",
    "ShelfBook",
    "ShelfView",
    "shelf",
    "spoken_changes",
    "spoken_query",
]
