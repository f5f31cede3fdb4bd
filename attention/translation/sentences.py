"""A visitor's text before the model sees it: cleaned, checked, and cut into sentences that fit.

Nothing here changes what the words are: control characters are dropped and counted, curly quotes made straight, all
else is kept, and the parts of a text joined give the text again.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable

MAX_CHARACTERS = 2000  # of one text
LANGUAGES = {"en": "English", "fr": "French", "zh": "Chinese"}
SCRIPTS = {"en": "LATIN", "fr": "LATIN", "zh": "CJK"}
SCRIPT_NAMES = {"LATIN": "Latin", "CJK": "Chinese"}

TEXT = {
    "empty": "There is no text yet. Type a sentence.",
    "controls_only": "The text holds only control characters. Type a sentence.",
    "too_long": "The text has {count:,} characters; at most {most:,} can be translated at once. Shorten it.",
    "controls": "{count} invisible control characters were left out.",
    "one_control": "1 invisible control character was left out.",
    "script": "This model reads {language}, and most of these letters are {script}. It tries anyway; expect nonsense.",
    "unknown": "Never seen in training, so read as bytes: {characters}",
}

# Letters that change the direction of writing, or have no width: a text can hide behind them.
_INVISIBLE = {0x00AD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF} | {*range(0x202A, 0x202F)}
_INVISIBLE |= {*range(0x2066, 0x206A)}
_STRAIGHT = str.maketrans("‘’‛“”‟", "'''\"\"\"")  # as in the corpora; Chinese keeps its own quotes

_CLOSERS = "\"'”’»)\\]）】」』"
_END = re.compile(rf"(?:[.!?…]+[{_CLOSERS}]*(?=\s)|[。！？]+[{_CLOSERS}]*)\s*|\n\s*")
_CLAUSE = re.compile(rf"[,;:，；：、—–]+[{_CLOSERS}]*\s*")
_SPACE = re.compile(r"\s+")
_INITIALS = re.compile(r"(?!i$|[ap]\.m$)[^\W\d_](?:\.[^\W\d_])*")  # J. or U.S., but not "So do I." or "at 5 p.m."
_ABBREVIATIONS = re.compile(r"mrs?|ms|dr|prof|st|[js]r|vs|e\.g|i\.e|mt|gen|col|sgt|capt|rev|mm|mme|mlle|mgr|p\.ex")


class TextError(ValueError):
    """A text that cannot be translated; the message is for the person who typed it."""


def clean_text(text: str, language: str = "en") -> tuple[str, tuple[str, ...]]:
    """Return the text without control characters and outer spaces, in Unicode form NFC, and notes of what was dropped.

    Line breaks stay; tabs become spaces; curly quotes become straight, except in Chinese. Dropped are controls, lone
    surrogates, and invisible and direction marks.
    Raises TextError for a text that is empty, only spaces, only control characters, or over 2,000 characters.
    """
    if len(text) > MAX_CHARACTERS:
        raise TextError(TEXT["too_long"].format(count=len(text), most=MAX_CHARACTERS))
    lines = re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text).replace("\t", " ")
    kept = "".join(c for c in lines if c == "\n" or not _is_control(c))
    dropped = len(lines) - len(kept)
    kept = unicodedata.normalize("NFC", kept).strip()
    if language != "zh":
        kept = kept.translate(_STRAIGHT)
    if not kept:
        raise TextError(TEXT["controls_only" if dropped else "empty"])
    if not dropped:
        return kept, ()
    return kept, (TEXT["one_control"] if dropped == 1 else TEXT["controls"].format(count=dropped),)


def script_note(text: str, language: str) -> str | None:
    """Return a note when most letters belong to a script that the language is not written in, else None."""
    wanted = SCRIPTS.get(language)
    scripts = Counter(_script(c) for c in text if c.isalpha())
    if wanted is None or not scripts:
        return None
    common, count = scripts.most_common(1)[0]
    if common == wanted or 2 * count <= scripts.total():
        return None
    return TEXT["script"].format(language=LANGUAGES[language], script=SCRIPT_NAMES.get(common, common.title()))


def unknown_note(characters: list[str]) -> str | None:
    """Return a note that names the characters which the model never saw, or None when there are none."""
    shown = " ".join(characters[:12]) + (" …" if len(characters) > 12 else "")
    return TEXT["unknown"].format(characters=shown) if characters else None


def split_sentences(text: str) -> list[str]:
    """Cut a text after each sentence; the parts joined are the text.

    A sentence ends after . ! ? … and a space, unless the next word starts with a small letter or the full stop belongs
    to an abbreviation or an initial; after 。！？ with or without a space; and at a line break.
    """
    parts, start = [], 0
    for match in _END.finditer(text):
        if _ends_sentence(text, start, match):
            parts.append(text[start : match.end()])
            start = match.end()
    return [*parts, text[start:]] if start < len(text) else parts


def split_to_fit(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Cut a sentence into parts that fit; the parts joined are the text.

    Each cut falls where it leaves the two sides most alike in length: after clause punctuation if there is any, else
    after a space, else between two characters. A single character is never cut.
    """
    if len(text) < 2 or fits(text):
        return [text] if text else []
    for pattern in (_CLAUSE, _SPACE):
        places = [m.end() for m in pattern.finditer(text) if 0 < m.end() < len(text) and text[: m.end()].strip()]
        places = [place for place in places if text[place:].strip()]
        if places:
            break
    else:
        places = [i for i in range(1, len(text)) if not _continues(text[i - 1], text[i])] or [len(text) // 2]
    middle = min(places, key=lambda place: abs(2 * place - len(text)))
    return split_to_fit(text[:middle], fits) + split_to_fit(text[middle:], fits)


def join_translations(parts: list[str], translations: list[str], language: str) -> str:
    """Join the translations of a text's parts; a line break after a part stays, else a space (none in Chinese)."""
    joined = ""
    for part, translation in zip(parts, translations, strict=True):
        tail = part[len(part.rstrip()) :]
        joined += translation + ("\n" * tail.count("\n") or ("" if language == "zh" else " "))
    return joined.strip()


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or ord(character) in _INVISIBLE


def _script(character: str) -> str:
    name = unicodedata.name(character, "OTHER").split(" ")[0].split("-")[0]
    return "LATIN" if name == "FULLWIDTH" else name


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    mark, after = match.group(), text[match.end() :]
    if "\n" in mark or mark[0] in "。！？":
        return True
    if not after or after[0].islower():
        return not after
    if mark.strip() != ".":
        return True
    word = _SPACE.split(text[start : match.start()])[-1].lstrip("(\"'“‘«[").lower()
    return not (_ABBREVIATIONS.fullmatch(word) or _INITIALS.fullmatch(word))


def _continues(before: str, after: str) -> bool:
    """Tell whether a character belongs to the one before it: an accent, a joiner, a skin tone."""
    joiner, tone = "\u200d", "\U0001f3fb" <= after <= "\U0001f3ff"
    return unicodedata.category(after)[0] == "M" or joiner in (before, after) or tone
