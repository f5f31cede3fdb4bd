"""How two readings differ: words that only one has, and probabilities that moved."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np

from attention.language.labels import EMOTIONS
from attention.language.reading import EmotionReading
from attention.language.words import Word
from attention.ui.language.text import TEXT
from attention.ui.wording import percent

MOST_NAMED = 3  # emotions in the sentence about a difference
MOST_DRAWN = 8  # emotions in the picture of it
LEAST = 0.01  # a smaller change of a probability is none


def changed_words(before: Sequence[Word], after: Sequence[Word]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the positions in each that have no equal in the other, in order; case does not count."""
    texts = [[word.text.casefold() for word in words] for words in (before, after)]
    only_before: list[int] = []
    only_after: list[int] = []
    for kind, start, end, other_start, other_end in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if kind != "equal":
            only_before.extend(range(start, end))
            only_after.extend(range(other_start, other_end))
    return tuple(only_before), tuple(only_after)


def moved(before: EmotionReading, after: EmotionReading, most: int = MOST_DRAWN) -> list[int]:
    """Return the emotions whose probability moved by a percentage point or more, the furthest first."""
    change = np.abs(after.probabilities - before.probabilities)
    return [int(i) for i in np.argsort(-change, kind="stable")[:most] if change[i] >= LEAST]


def said_words(before: EmotionReading, after: EmotionReading) -> str:
    """Say which words only one of two texts has."""
    positions = changed_words(before.words, after.words)
    first, second = (
        ", ".join(f"“{reading.words[i].text}”" for i in places[:12]) + (", …" if len(places) > 12 else "")
        for reading, places in zip((before, after), positions, strict=True)
    )
    if first and second:
        return TEXT["compare_words"].format(first=first, second=second)
    if first:
        return TEXT["compare_first"].format(first=first)
    return TEXT["compare_second"].format(second=second) if second else TEXT["compare_order"]


def said_emotions(before: EmotionReading, after: EmotionReading) -> str:
    """Say which probabilities moved furthest between two readings."""
    found = moved(before, after, MOST_NAMED)
    if not found:
        return TEXT["compare_nothing"]
    parts = []
    for i in found:
        was, now = before.probabilities[i], after.probabilities[i]
        text = TEXT["compare_rises" if now > was else "compare_falls"]
        parts.append(text.format(emotion=EMOTIONS[i], before=percent(was), after=percent(now)))
    return "; ".join(parts)[0].upper() + "; ".join(parts)[1:] + "."
