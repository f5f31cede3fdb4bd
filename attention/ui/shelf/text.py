"""Every sentence of the reading list, in one table. Words in braces are filled in by the browser."""

from __future__ import annotations

TEXT: dict[str, str] = {
    # finding a book
    "search": "Add a book you have read",
    "placeholder": "Type a title or an author",
    "found": "Books found",
    "found_count": "{count} books found",
    "found_one": "1 book found",
    "found_none": "No book found for “{query}”.",
    "found_none_hint": "Only the 10,000 books of the data can be found.",
    "listed": "on your list",
    "unknown": "the model does not know it",
    # the list
    "list": "Your reading list, oldest first",
    "count": "{count} books, oldest first",
    "count_one": "1 book",
    "empty": "No book yet. Type a title above, or take one of the lists below.",
    "book": "{place} of {count}: {title}, {note}",
    "help": "Arrow keys go from book to book, Shift with an arrow key moves a book, Delete removes it.",
    "hint": "Drag to change the order.",
    "earlier": "Move {title} earlier",
    "later": "Move {title} later",
    "remove": "Remove {title}",
    "undo": "Undo",
    "clear": "Clear",
    # what is said to screen readers
    "said_added": "{title} added as book {place} of {count}.",
    "said_already": "{title} is already on your list.",
    "said_full": "The list is full: it holds at most {most} books.",
    "said_removed": "{title} removed. {count} books left.",
    "said_moved": "{title} is now book {place} of {count}.",
    "said_kept": "{title} stays where it was.",
    "said_cleared": "The list is empty now. Undo brings it back.",
    "said_undone": "Undone. {count} books on the list.",
}
