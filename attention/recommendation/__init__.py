"""The next book: a model that attends to a reader's list, and for every book on offer to another part of it."""
