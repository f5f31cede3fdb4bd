"""The grammar of phrases: what can be asked, what it means in a scene, and phrases by lot to learn from.

phrase   = [article] name | [every] kind | [article] rank [kind] | [article] thing relation [article] name
name     = [digit | number] (zero … nine | 0 … 9)
kind     = [even | odd] (digit | number)
rank     = largest | smallest | leftmost | rightmost | highest | lowest
thing    = name | kind
relation = left of | right of | above | below | next to
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
PARITIES = ("even", "odd")
RANKS = ("largest", "smallest", "leftmost", "rightmost", "highest", "lowest")
RELATIONS = ("left", "right", "above", "below", "next")
SAME = {  # other words for the same thing; the model reads the word behind
    **{str(number): name for number, name in enumerate(NAMES)},
    **{f"{name}s" if name != "six" else "sixes": name for name in NAMES},
    **{f"{number}s": name for number, name in enumerate(NAMES)},
    "zeroes": "zero",
    "nought": "zero",
    "biggest": "largest",
    "tallest": "largest",
    "topmost": "highest",
    "uppermost": "highest",
    "bottommost": "lowest",
    "over": "above",
    "under": "below",
    "beneath": "below",
    "beside": "next",
    "near": "next",
    "a": "an",
    "all": "every",
    "each": "every",
    "any": "an",
    "digits": "digit",
    "number": "digit",
    "numbers": "digit",
    "numeral": "digit",
    "find": "",
    "show": "",
    "me": "",
    "where": "",
    "is": "",
    "are": "",
    "please": "",
    "that": "",
    "which": "",
}
WORDS = (*NAMES, *PARITIES, *RANKS, *RELATIONS, "the", "an", "every", "digit", "of", "to")
PLURALS = {"digits", "numbers", *(word for word, name in SAME.items() if name in NAMES and not word.isdigit())} - {
    "nought"
}
MOST_LETTERS = 80
SIZE_MARGIN = 1.2  # the largest must be so many times larger than the next
PLACE_MARGIN = 2.5  # px that the leftmost must lie further left than the next
SIDE_LEAST = 3.0  # px that a digit's middle must lie to a side of another's to be there
NEAR_MARGIN = 1.2  # the nearest must be so many times nearer than the next

TEXT = {
    "understood": (
        "Try “the seven”, “7”, “every even number”, “the largest digit”, “the smallest odd number”, or “the digit left "
        "of the four”."
    ),
    "empty": "Type what to look for.",
    "long": "That is {count} characters; a phrase has at most {most}.",
    "word": "“{word}” is not a word I know{guess}",
    "guess": "; did you mean “{guess}”?",
    "order": "I know the words of “{text}”, but not in this order.",
    "one": "“{text}” asks for several; with a place or a size I find one: say “the digit …”.",
}


class PhraseError(ValueError):
    """A phrase that the grammar does not know; the message, meant for people, says what it does know."""


@dataclass(frozen=True)
class Phrase:
    """What a phrase asks for.

    words: what the model reads, synonyms replaced. typed: the visitor's word behind each of them. digit: the digit it
    names, or None for any. parity: "even", "odd" or "". rank, relation: as in RANKS and RELATIONS, or "". landmark: the
    digit that the relation starts from. plural: asks for all of them.
    """

    words: tuple[str, ...]
    typed: tuple[str, ...]
    digit: int | None = None
    parity: str = ""
    rank: str = ""
    relation: str = ""
    landmark: int | None = None
    plural: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.typed)

    def fits(self, digit: int | None) -> bool:
        """Whether a digit is of the kind asked for, wherever it lies."""
        if digit is None:
            return False
        if self.digit is not None:
            return digit == self.digit
        return not self.parity or digit % 2 == PARITIES.index(self.parity)


def read_phrase(text: str) -> Phrase:
    """Read a phrase in everyday spelling: capitals, digits as numerals and full stops do not matter.

    Raises PhraseError, with what can be asked, for all else.
    """
    if len(text) > MOST_LETTERS:
        raise PhraseError(TEXT["long"].format(count=len(text), most=MOST_LETTERS) + " " + TEXT["understood"])
    typed = re.findall(r"\ds\b|[^\W\d_]+|\d|[^\w\s.,;:!?'\"“”‘’-]", text.lower())
    pairs = [(SAME.get(word, word), word) for word in typed]
    pairs = [(word, own) for word, own in pairs if word]
    if not pairs:
        raise PhraseError(f"{TEXT['empty']} {TEXT['understood']}")
    for word, own in pairs:
        if word not in WORDS:
            near = difflib.get_close_matches(own, [*WORDS, *(w for w in SAME if SAME[w])], n=1, cutoff=0.7)
            guess = TEXT["guess"].format(guess=near[0]) if near else "."
            raise PhraseError(f"{TEXT['word'].format(word=own[:20], guess=guess)} {TEXT['understood']}")
    words, typed = zip(*_joined(pairs), strict=True)
    several = any(part in PLURALS for own in typed for part in own.split())
    parsed = _parse(words, several)
    if parsed is not None and (parsed["rank"] or parsed["relation"]) and (several or "every" in words):
        raise PhraseError(f"{TEXT['one'].format(text=' '.join(typed))} {TEXT['understood']}")
    if parsed is None:
        raise PhraseError(f"{TEXT['order'].format(text=' '.join(typed))} {TEXT['understood']}")
    return Phrase(words, typed, **parsed)


def _joined(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Take "digit seven" for one word, "seven"."""
    joined: list[tuple[str, str]] = []
    for word, own in pairs:
        if word in NAMES and joined and joined[-1][0] == "digit":
            own = f"{joined.pop()[1]} {own}"
        joined.append((word, own))
    return joined


_DIGIT = "|".join(NAMES)
_GRAMMAR = re.compile(
    rf"(?P<article>the |an |every )?(?:every )?(?:the )?(?:(?P<rank>{'|'.join(RANKS)}) ?)?(?:(?P<parity>even|odd) ?)?"
    rf"(?:digit ?)?(?P<digit>{_DIGIT})? ?"
    rf"(?:(?:to )?(?:the )?(?P<relation>{'|'.join(RELATIONS)})(?: of| to)? (?:the |an )?(?P<landmark>{_DIGIT}))?"
)


def _parse(words: Sequence[str], plural: bool) -> dict | None:
    """Return the parts of a phrase, or None where the grammar has no such phrase."""
    text = " ".join(words)
    found = _GRAMMAR.fullmatch(text) or _GRAMMAR.fullmatch(f"{text} ")
    if found is None:
        return None
    rank, parity, digit, relation, landmark = (
        found[part] or "" for part in ("rank", "parity", "digit", "relation", "landmark")
    )
    named = rank or parity or digit or relation or "digit" in words
    if not named or (digit and parity) or (relation and rank) or (rank and digit):
        return None
    if relation and not (digit or parity or "digit" in words):
        return None
    return {
        "digit": NAMES.index(digit) if digit else None,
        "parity": parity,
        "rank": rank,
        "relation": relation,
        "landmark": NAMES.index(landmark) if landmark else None,
        "plural": not rank and not relation and ("every" in words or plural),
    }


def meant(phrase: Phrase, scene) -> tuple[int, ...]:
    """Return which pieces of a scene a phrase means, as places in scene.pieces; empty where there is none.

    The size of a digit is the longer side of its box. To a side of a landmark lies what has its middle at least 3 px
    further that way; of several, the nearest is meant.
    """
    return meant_pieces(phrase, scene.digits, scene.boxes)


def meant_pieces(phrase: Phrase, digits: Sequence[int | None], boxes: np.ndarray) -> tuple[int, ...]:
    """Return what `meant` does, for the digits of the pieces and their boxes (pieces, 4)."""
    return _meaning(phrase, digits, boxes)[0]


def is_clear(phrase: Phrase, digits: Sequence[int | None], boxes: np.ndarray) -> bool:
    """Whether a person would not hesitate between what a phrase means and the next best digit."""
    return _meaning(phrase, digits, boxes)[1]


def _meaning(phrase: Phrase, digits: Sequence[int | None], boxes: np.ndarray) -> tuple[tuple[int, ...], bool]:
    fitting = [i for i, digit in enumerate(digits) if phrase.fits(digit)]
    if phrase.rank:
        return _ranked(phrase.rank, fitting, boxes)
    if phrase.relation:
        marks = [i for i, digit in enumerate(digits) if digit == phrase.landmark]
        return _related(phrase.relation, fitting, marks, boxes)
    return tuple(fitting), phrase.plural or phrase.digit is None or len(fitting) < 2


def _ranked(rank: str, fitting: Sequence[int], boxes: np.ndarray) -> tuple[tuple[int, ...], bool]:
    if not fitting:
        return (), True
    left, top, right, bottom = np.asarray(boxes, dtype=float)[list(fitting)].T
    if rank in ("largest", "smallest"):
        values, margin = np.log(np.maximum(np.maximum(right - left, bottom - top), 1e-6)), np.log(SIZE_MARGIN)
    else:
        values, margin = (left + right if rank in ("leftmost", "rightmost") else top + bottom) / 2, PLACE_MARGIN
    values = values if rank in ("largest", "rightmost", "lowest") else -values
    order = np.argsort(-values, kind="stable")
    clear = len(order) < 2 or values[order[0]] - values[order[1]] >= margin
    return (int(fitting[order[0]]),), bool(clear)


def _related(
    relation: str, fitting: Sequence[int], marks: Sequence[int], boxes: np.ndarray
) -> tuple[tuple[int, ...], bool]:
    if len(marks) != 1:
        return (), not marks
    middles = (np.asarray(boxes)[:, :2] + np.asarray(boxes)[:, 2:]) / 2
    away = middles - middles[marks[0]]
    along = {"left": -away[:, 0], "right": away[:, 0], "above": -away[:, 1], "below": away[:, 1]}
    distance = np.hypot(*away.T)
    reach = along.get(relation, distance)
    there = [i for i in fitting if i != marks[0] and reach[i] >= SIDE_LEAST]
    doubtful = [i for i in fitting if i != marks[0] and relation in along and abs(reach[i] - SIDE_LEAST) < 1.5]
    if not there:
        return (), not doubtful
    order = sorted(there, key=lambda i: distance[i])
    clear = len(order) < 2 or distance[order[1]] >= NEAR_MARGIN * distance[order[0]]
    return (order[0],), bool(clear and not doubtful)
