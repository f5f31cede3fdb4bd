"""Every sentence of the recommendation page, in one table, and its example readers, who are made up."""

from __future__ import annotations

from typing import NamedTuple

TEXT: dict[str, str] = {
    "title": "Ten books to read next, and what each found among yours",
    "examples": "Example readers",
    "import": "Import",
    "present": "Present",
    "share": "Share",
    "save": "Save",
    # the answer
    "found": "Your next ten books",
    "found_count": "Your next {count} books",
    "read": "What you have read",
    "because": "because you read {title}",
    "meta": "{count} of {offered} books, chosen in {seconds}",
    "caption": "Each row is a recommended book; its colours show which of your books the model looked at for it, and"
    " add up to 1. The bar is the probability that this book comes next. “Because you read” names the book that added"
    " most to its score: the weight times what the two books have in common.",
    "caption_arcs": "Each line joins a recommended book to one that you have read: the stronger and thicker, the more"
    " the model looked at it. Point at a book to see its lines alone.",
    "caption_heads": "One small picture a head: rows are recommended books, columns yours, oldest first. Heads differ:"
    " some look only at the last books, some far back. Choose one to enlarge it.",
    "reading": "Recommended books to yours",
    "step_of": "Book {step} of {steps}. For this book the model looked at",
    "cell": "{query} looked at {key}: {weight}",
    "previous": "Previous book",
    "next": "Next book",
    "step": "Book",
    "add_chosen": "I have read “{title}”",
    "weights": "Weights say which of your books the model looked at, most of all the latest; not why you would like the"
    " next one.",
    "weights_more": "Why weights are not reasons",
    "weights_long": "Every book on offer looks at your list by itself. A weight says how much it listened to one of"
    " your books; what that book then said, for it or against it, is not in the weight, and other books may say the"
    " same (Jain & Wallace 2019; for the other side, Wiegreffe & Pinter 2019). Below, each book is taken away in turn:"
    " compare the weights with what really changes.",
    # no picture
    "cold_none": "Nothing is on your list yet, so these are the most-read books of the data. Add one book, and the"
    " model begins to look.",
    "cold_unknown": "The model knows no book on your list, so these are the most-read books of the data. Add a"
    " better-known one, and the model begins to look.",
    "cold_one": "With a single book there is nothing to weigh: all attention rests on it. Add a second one.",
    "nothing_left": "No book is left to recommend with these settings. Show books already read, or allow more by one"
    " author.",
    "rank": "Rank",
    "book": "Book",
    "authors": "Author",
    "probability": "Probability",
    "popularity_rank": "Place by popularity",
    "because_column": "Because you read",
    # change it live
    "surprise": "Surprise",
    "surprise_help": "Takes popularity out of the order, step by step: the more readers a book has, the more it loses."
    " 0 is as trained, 1 looks furthest from the bestsellers.",
    "surprise_price": "The price, measured on readers held out: the book they really read next is among the ten for"
    " {before} of them without surprise, for {after} at {surprise}.",
    "surprise_cold": "Surprise waits for a book that the model knows: without one, only the number of readers orders"
    " the list.",
    "per_author": "By one author",
    "per_author_help": "At most so many of the ten books by the same author.",
    "any": "any number",
    "1": "at most 1",
    "2": "at most 2",
    "3": "at most 3",
    "hide_read": "Hide books already read",
    "temperature": "Temperature",
    "temperature_help": "Divides the scores of the attention over your books: below 1 sharpens, above 1 blurs.",
    "normaliser": "Normaliser",
    "normaliser_help": "What turns the scores of the attention over your books into weights.",
    "reset": "Reset",
    "softmax": "softmax",
    "sparsemax": "sparsemax",
    "entmax15": "entmax-1.5",
    "hardmax": "hard argmax",
    "uniform": "off: equal weights",
    # what changed
    "original": "Without your changes",
    "yours": "With your changes",
    "new": "new",
    "gone": "gone",
    "up": "up {places}",
    "down": "down {places}",
    "list_same": "Your last change to the list left the ten books as they were, at most in another order.",
    "list_one": "Through your last change to the list, one of the ten books is new; a dotted line marks it.",
    "list_some": "Through your last change to the list, {count} of the ten books are new; dotted lines mark them.",
    "changed_nothing": "Your changes leave the ten books and their order as they were.",
    "changed_order": "The same books, in another order.",
    "changed_some": "{count} of the ten books are new.",
    "changed_one": "One of the ten books is new.",
    "half": "Half of them are among the {rank} most-read books; without your changes, among the {before} most-read.",
    "before_picture": "Weights without your changes",
    "before_caption": "The model's own attention, before your changes: rows are recommended books, and add up to 1.",
    "difference_picture": "What your changes did to the weights",
    "difference_caption": "Books that are on both lists. Purple: more attention with your changes; orange: less;"
    " nothing: the same.",
    # go deeper
    "more": "Go deeper",
    "honest": "Is the attention honest?",
    "table_section": "All ten as a table",
    "card": "About the model",
    "honest_lead": "Take each book off your list in turn and ask the model again: how much less likely does “{title}”"
    " become?",
    "honest_caption": "Left: how much the model looked at each of your books for “{title}”. Right: how the logarithm of"
    " its odds changes when that book is taken away; orange means it becomes less likely.",
    "honest_needs_two": "With one book there is nothing to compare: take it away, and no list is left.",
    "honest_needs_map": "There are no weights to check yet. Add two books that the model knows.",
    "honest_long": "Your list has {count} books, and each would cost one more run of the model; up to {most} are"
    " checked. Open the page with a shorter list to see it.",
    "checking": "Taking each book away in turn …",
    "odds_fewer": "{times} times less likely",
    "odds_more": "{times} times more likely",
    "odds_same": "about as likely",
    "tau_line": "For “{title}”, the rank correlation between the weights and what really matters is {tau} (1 the same"
    " order, 0 no relation, −1 the opposite). Weights drawn by lot have {random} this time; of {draws} such draws,"
    " {better} agree as well as the attention or better.",
    "tau_added": "Ranked by what each book added to the score (weight times what the two books have in common) instead"
    " of by weight alone, the correlation is {tau}.",
    "tau_mean": "Over {count} readers held out the correlation is {tau} on average for the weights, {added} for what"
    " each book added, {random} by lot; the book that matters most is the one looked at most for {top} of them, the"
    " one that added most for {top_added}, and one drawn by lot for {top_random}.",
    "tau_strong": "So here the attention is mostly honest: the books it points at are those that count.",
    "tau_some": "So here the attention is honest in part: it points in the right direction, but is no ranking to rely"
    " on.",
    "tau_first": "So here the attention is honest about one thing: the book it looks at most is the one that counts"
    " most. The order of the others says little.",
    "tau_none": "So here the attention is no guide: the books it points at are not those that count most.",
    "weight": "Weight",
    "added": "Added to the score",
    "left_out": "Change without it",
    "left_out_factor": "Its chances without that book",
    "left_out_rank": "Place without it",
    "your_book": "Your book",
    "strongest_out": "Without {book} it would be {change}, at place {rank} instead of {before}.",
    "curve_caption": "How training went, on readers held out: HR@10 is the share of readers whose next book is among"
    " the ten; NDCG@10 also counts how high it stands.",
    "minutes": "minutes of training",
    "share_axis": "percent",
    "scores_caption": "By how many more readers in a hundred (percentage points of HR@10) this model finds the next"
    " book than each simpler method; the line is the 95 % interval over the {readers} readers of the test split, the"
    " same for all.",
    "scores_axis": "percentage points, this model less the other",
    "scores_line": "For {share} of the readers held out, the book they really read next is among this model's ten; with"
    " popularity alone for {popularity}, with the best of the simpler methods ({name}) for {best}. All rank every"
    " book.",
    "difference_hr": "Difference in HR@10 (95 % interval)",
    "difference_ndcg": "Difference in NDCG@10 (95 % interval)",
    "model": "Model",
    "ours": "this model",
    "popularity": "popularity",
    "item_knn": "books with the same readers (item-kNN)",
    "recency_knn": "the same, the latest books first (recency-weighted item-kNN)",
    "gru": "a network without attention (GRU)",
    "attribution": "Book ratings: goodbooks-10k by Zygmunt Zając, CC BY-SA 4.0 (5% of its users).",
    # import
    "import_file": "A list of books (CSV)",
    "import_hint": "One book a line: title, author. Exports from Goodreads are understood, oldest first by the date"
    " read.",
    "import_mode": "What to do with it",
    "append": "Add to my list",
    "replace": "Replace my list",
    "import_done": "{matched} of {all} books were found and put on your list.",
    "import_again": "{count} of them were already on your list.",
    "import_none": "None of the {all} books was found; your list is as it was.",
    "import_unmatched": "Not found ({count})",
    "import_guessed": "Taken for a similar title ({count})",
    "import_taken": "“{listed}” was taken for “{title}” by {author}",
    "import_cut": "A list holds at most {most} books: the oldest {count} were left out.",
    "import_unread": "The file could not be read: {reason} Your list is as it was.",
    "dismiss": "Close",
    # undo
    "undo_add": "Undo adding {title}",
    "undo_remove": "Undo removing {title}",
    "undo_move": "Undo moving {title}",
    "undo_clear": "Undo clearing",
    "undo_example": "Back to the list before",
    "undo_import": "Undo the import",
    "undo_open": "Back to the list before",
    # share and save
    "save_html": "Interactive page (HTML)",
    "save_csv": "Weights (CSV)",
    "save_list": "Your list (CSV)",
    "save_books": "Recommendations (CSV)",
    "save_json": "Exact state (JSON)",
    "save_picture": "PNG and SVG are made in your browser: press “Save picture” under the picture.",
    "python": "The same in Python",
    "own_scene": "Your list, and the books that come next.",
    "own_scene_comment": "Indigo lies on the books that the model looked at for the book in front.",
    "no_model": "No book recommender is installed. Train one with the commands in the README.",
    "want_books": "it must be numbers of books from 1 to {highest:,} joined by dots, each once and at most {most}",
}

NORMALISERS = ("softmax", "sparsemax", "entmax15", "hardmax", "uniform")
AUTHORS = ("any", "1", "2", "3")
SECTIONS = ("honest", "table_section", "card")
BASELINES = ("popularity", "item_knn", "recency_knn", "gru")


class Reader(NamedTuple):
    """A reader whom we made up: what the button says, and the numbers of the books, oldest first."""

    title: str
    books: tuple[int, ...]


READERS: tuple[Reader, ...] = (
    Reader("Fantasy", (7, 2, 53, 39, 192, 429, 598)),  # The Hobbit … Assassin's Apprentice
    Reader("Classics", (10, 43, 160, 63, 172, 177, 194)),  # Pride and Prejudice … Moby-Dick
    Reader("Crime", (618, 672, 1160, 200, 209, 16, 473)),  # The Hound of the Baskervilles … In the Woods
    Reader("Science fiction", (126, 276, 360, 70, 54, 400, 442)),  # Dune … Snow Crash
    Reader("Young adult", (1, 68, 74, 6, 164, 234)),  # The Hunger Games … Speak
    Reader("Non-fiction", (439, 900, 408, 374, 92, 619)),  # A Brief History of Time … Thinking, Fast and Slow
    Reader("Graphic novels", (191, 490, 828, 365, 568)),  # Watchmen … Batman
)

SCENES: tuple[tuple[int, str, str], ...] = (
    # number of the reader, heading, comment
    (0, "A model reads a reading list and says what comes next.",
     "Each row is a recommended book; the strong cells show the books that it looked at."),
    (2, "Another reader, another ten books.", "The last books count most, but not alone."),
    (5, "The same model, fact instead of fiction.",
     "It knows who read what in which order, the author and the series; never what a book is about."),
)  # fmt: skip
