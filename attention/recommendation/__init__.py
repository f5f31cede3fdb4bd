"""The next book: a model that attends to a reader's list, and each book on offer in its own way."""
