"""Which words of two translations differ."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from html import escape

from attention.translation.tokens import Word


def changed_words(before: Sequence[Word], after: Sequence[Word]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the positions in each that have no equal in the other, in order (longest matching runs)."""
    texts = [[word.text for word in words] for words in (before, after)]
    only_before: list[int] = []
    only_after: list[int] = []
    for kind, start, end, other_start, other_end in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if kind != "equal":
            only_before.extend(range(start, end))
            only_after.extend(range(other_start, other_end))
    return tuple(only_before), tuple(only_after)


def marked_sentence(words: Sequence[Word], changed: Sequence[int], language: str) -> str:
    """Return the sentence as safe HTML with the changed words marked; the end-of-sentence mark is left out."""
    parts = []
    for position, word in enumerate(words[:-1]):
        text = escape(word.text)
        marked = f"<mark>{text}</mark>" if position in changed else text
        parts.append((" " if word.space_before else "") + marked)
    return f'<span lang="{escape(language)}">{"".join(parts)}</span>'
