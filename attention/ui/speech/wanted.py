"""What is to be heard: digits that are put together, or the visitor's own sound, and how it is altered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from attention.ui.speech.text import DIGIT_WORDS, NOISES, TEXT

MOST_DIGITS = 12
MIXED = "mixed"  # the voice that is all voices in turn
NO_NOISE = NOISES[0]
WORDS = {**{word: digit for digit, word in enumerate(DIGIT_WORDS)}, "oh": 0, "nought": 0}
SHOWN = 20  # characters of a refused word that a message repeats


class DigitsError(ValueError):
    """Digits that cannot be read; the message says what was wanted."""


@dataclass(frozen=True)
class Wanted:
    """A sound by what makes it. mark: of the visitor's own sound; digits, voice and pause (seconds) else.

    speed: 1 as spoken. noise: one of NOISES, signal-to-noise ratio in dB.
    """

    digits: tuple[int, ...] = ()
    voice: str = ""
    pause: float = 0.0
    speed: float = 1.0
    noise: str = NO_NOISE
    mark: str = ""

    @property
    def is_own(self) -> bool:
        return bool(self.mark)

    @property
    def noise_db(self) -> float | None:
        return None if self.noise == NO_NOISE else float(self.noise)


def digits_of(text: str) -> tuple[int, ...]:
    """Read "7 2 9", "729", "7, 2, 9" or "seven two nine". Raises DigitsError."""
    found: list[int] = []
    for part in re.findall(r"[0-9]|[^\W\d_]+|[^\s,;.\-]", text):
        if part.isascii() and part.isdigit():
            found.append(int(part))
        elif part.casefold() in WORDS:
            found.append(WORDS[part.casefold()])
        else:
            raise DigitsError(TEXT["digits_wrong"].format(found=part[:SHOWN]))
    if not found:
        raise DigitsError(TEXT["digits_none"])
    if len(found) > MOST_DIGITS:
        raise DigitsError(TEXT["digits_many"].format(count=len(found), most=MOST_DIGITS))
    return tuple(found)


def digits_text(digits: tuple[int, ...]) -> str:
    return " ".join(map(str, digits))


def voice_of(voice: str, place: int, names: Sequence[str]) -> str:
    """Return who speaks the digit at a place: one voice all of them, or all voices in turn."""
    return names[place % len(names)] if voice == MIXED else voice
