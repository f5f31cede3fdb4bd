"""A text as words: where each stands, how it is written, what of it the model looks up, and where sentences end.

The text itself is never changed: every word knows its place in it, so a picture can light it up where it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

MAX_CHARACTERS = 20_000  # of one text
LOOKED_BACK = 40  # characters before a full stop in which an abbreviation would stand
SHAPES = 6  # (lower, Capital, ALL CAPITALS) × (plain, a letter loooong)
NAME = "[name]"  # how the comments write a person's name

TEXT = {
    "empty": "There is no text yet. Type a sentence.",
    "unreadable": "The text holds no word and no sign that could be read. Type a sentence.",
    "too_long": "The text has {count:,} characters; at most {most:,} can be read at once. Shorten it.",
}

_LETTER = r"[^\W_\u200d]"
_MARKS = r"[\u0300-\u036f\ufe0f\u200d\U0001f3fb-\U0001f3ff]"  # accents, joiners, skin tones: part of what is before
_WORD = re.compile(
    rf"\[[A-Za-z]+\]"  # [NAME], [RELIGION]
    rf"|{_LETTER}(?:{_LETTER}|{_MARKS})*(?:['’‘]{_LETTER}(?:{_LETTER}|{_MARKS})*)*"  # don't, café, 2019
    r"|[:;=][-o'^]?[()\[\]DPpOo/\\|3*](?!\w)|<3"  # :-) ;) :D <3
    r"|([!?.,])\1*"  # !!! counts as one sign
    rf"|[^\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x1f\x7f-\x9f\ud800-\udfff]"
    rf"(?:{_MARKS}|(?<=\u200d)[^\s\w])*"
)
_LINE_BREAK = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]")
_STRAIGHT = str.maketrans("’‘“”", "''\"\"")
_REPEATED = re.compile(r"(.)\1{2,}", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?=\s)\s*|[。！？]+|\n\s*")
_ABBREVIATION = re.compile(r"(?i)(?:mrs?|ms|dr|prof|st|[js]r|vs|e\.g|i\.e|etc)|(?!i$)[a-z](?:\.[a-z])*")
_CLAUSE_END = re.compile(r"[,;:—–]+$")


class TextError(ValueError):
    """A text that cannot be read; the message is for the person who typed it."""


@dataclass(frozen=True)
class Word:
    """A word or sign of a text, and where it stands: text[start:end] is it, character for character.

    starts_line: whether a line break lies between it and the word before.
    """

    text: str
    start: int
    end: int
    starts_line: bool = False


@dataclass(frozen=True)
class Span:
    """A part of a text, by the places of its first character and of the one after its last."""

    start: int
    end: int


def find_words(text: str) -> tuple[Word, ...]:
    """Return the words and signs of a text in order; spaces, controls and invisible marks are none.

    A word keeps its apostrophe ("don't"), a run of one sign is one ("!!!"), an emoji keeps its skin tone.
    """
    words: list[Word] = []
    for match in _WORD.finditer(text):
        starts_line = bool(words and _LINE_BREAK.search(text, words[-1].end, match.start()))
        words.append(Word(match.group(), match.start(), match.end(), starts_line))
    return tuple(words)


def check_text(text: str) -> tuple[Word, ...]:
    """Return the words of a visitor's text. Raises TextError, meant for people, when there is nothing to read."""
    if len(text) > MAX_CHARACTERS:
        raise TextError(TEXT["too_long"].format(count=len(text), most=MAX_CHARACTERS))
    words = find_words(text)
    if not words:
        raise TextError(TEXT["unreadable" if text.strip() else "empty"])
    return words


def look_up_form(word: str) -> str:
    """Return the form under which a word is looked up.

    Small letters, straight apostrophes, composed accents, a sign or letter at most twice in a row ("soooo" is "soo"),
    and every whole number the same.
    """
    form = unicodedata.normalize("NFC", word).translate(_STRAIGHT).lower()
    return "0" if form.isdigit() else _REPEATED.sub(r"\1\1", form)


def shape(word: str) -> int:
    """Return how a word is written: 0 small, 1 with a capital, 2 in capitals; 3 more when a letter is drawn out."""
    written = 2 if len(word) > 1 and word.isupper() and word[0] != "[" else 1 if word[:1].isupper() else 0
    return written + 3 * (_REPEATED.search(word) is not None)


def split_sentences(text: str) -> tuple[Span, ...]:
    """Return where the sentences of a text stand, without the spaces around them; none is empty of words.

    A sentence ends after . ! ? … and a space, unless the full stop belongs to an abbreviation or an initial; after
    。！？; and at a line break. A part without a word joins the sentence before it.
    """
    spans: list[Span] = []
    start = 0
    for place in [*_ends(text), len(text)]:
        part = text[start:place]
        if part.strip():
            left = start + len(part) - len(part.lstrip())
            span = Span(left, start + len(part.rstrip()))
            if any(c.isalnum() for c in part) or not spans:
                spans.append(span)
            else:
                spans[-1] = Span(spans[-1].start, span.end)
        start = place
    if len(spans) > 1 and not any(c.isalnum() for c in text[spans[0].start : spans[0].end]):
        spans[:2] = [Span(spans[0].start, spans[1].end)]
    return tuple(spans)


def split_to_fit(words: Sequence[Word], most: int) -> list[tuple[Word, ...]]:
    """Cut the words of a sentence into parts of at most `most`, after a comma near the middle where there is one."""
    words = tuple(words)
    if len(words) <= most:
        return [words] if words else []
    middle = len(words) / 2
    places = [i + 1 for i, word in enumerate(words[:-1]) if _CLAUSE_END.search(word.text)]
    places = [place for place in places if len(words) / 4 <= place <= 3 * len(words) / 4] or [int(middle)]
    cut = min(places, key=lambda place: abs(place - middle))
    return split_to_fit(words[:cut], most) + split_to_fit(words[cut:], most)


def _ends(text: str) -> list[int]:
    found, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        if "\n" not in match.group() and match.group().strip() == ".":
            before = text[max(start, match.start() - LOOKED_BACK) : match.start()].split()
            following = text[match.end() : match.end() + 1]
            last = before[-1].lstrip("(\"'“‘«[") if before else ""
            if _ABBREVIATION.fullmatch(last) or following.islower():
                continue
        found.append(match.end())
        start = match.end()
    return found
