"""An alignment in numbers: does it move on, does it cover the sound, does it lie in the right words?"""

from __future__ import annotations

import numpy as np

from attention.measures.coverage import coverage
from attention.measures.monotonicity import monotonicity
from attention.speech.model import FRAME_S
from attention.speech.sound import Sound
from attention.speech.spelling import Spelling
from attention.speech.words import aligned, word_errors
from attention.ui.speech.pictures import letters_alone
from attention.ui.speech.text import TEXT
from attention.ui.wording import percent

LISTENED = 0.1  # of one letter's attention, from all letters together, and a moment counts as listened to
QUIET = 3.5 * np.log(10)  # natural logarithms of energy, 35 dB, under the loudest moment: there is no voice


def alignment_numbers(spelling: Spelling, sound: Sound) -> list[tuple[str, str, str]]:
    """Return name, number and meaning of each; the last two only where it is known what was said."""
    onward = monotonicity(letters_alone(spelling).weights)
    line = TEXT["monotonicity_line"]
    if onward.longest_back:
        line += TEXT["monotonicity_back"].format(seconds=f"{onward.longest_back * FRAME_S:.2f}")
    found = [
        (TEXT["monotonicity"], percent(onward.forward), line),
        (TEXT["coverage"], percent(covered_share(spelling)), TEXT["coverage_line"]),
    ]
    if not sound.spans:
        return found
    right, all_words, errors = words_right(spelling, sound)
    inside, letters = letters_inside(spelling, sound)
    line = TEXT["right_line"].format(errors=errors) if errors else TEXT["right_line_none"]
    return [
        (TEXT["right"], TEXT["of"].format(part=right, whole=all_words), line),
        *found,
        (TEXT["inside"], TEXT["of"].format(part=inside, whole=letters), TEXT["inside_line"]),
    ]


def covered_share(spelling: Spelling) -> float:
    """Return the share of the frames with a voice or a noise in them that the letters together listened to."""
    heard = coverage(letters_alone(spelling).matrix())  # (frames,)
    loud = voiced_frames(spelling)
    return float((heard[loud] >= LISTENED).mean()) if loud.any() else 0.0


def voiced_frames(spelling: Spelling) -> np.ndarray:
    """Return (frames,) whether there is more than silence in each frame."""
    energy = np.logaddexp.reduce(np.asarray(spelling.mels, dtype=np.float64), axis=0)  # (hundredths,)
    hundredths = np.clip(np.round(100 * spelling.starts).astype(int), 0, len(energy) - 1)
    frames = np.maximum.reduceat(energy, hundredths)
    return frames > frames.max() - QUIET


def words_right(spelling: Spelling, sound: Sound) -> tuple[int, int, int]:
    """Return how many of the words said were spelled right, how many were said, and the number of word errors."""
    said = [span.digit for span in sound.spans]
    pairs = aligned(spelling.digits, said)
    right = sum(one is not None and two is not None and spelling.digits[one] == said[two] for one, two in pairs)
    return right, len(said), word_errors(spelling.digits, said)


def true_words(spelling: Spelling, sound: Sound) -> list[int | None]:
    """Return, for each word spelled, which of the words said it stands for; None for one too many."""
    found: list[int | None] = [None] * len(spelling.words)
    for one, two in aligned(spelling.digits, [span.digit for span in sound.spans]):
        if one is not None:
            found[one] = two
    return found


def letters_inside(spelling: Spelling, sound: Sound) -> tuple[int, int]:
    """Return how many letters looked most within the word that their own stands for, and how many letters there are."""
    inside = letters = 0
    for word, place in zip(spelling.words, true_words(spelling, sound), strict=True):
        peaks = spelling.peaks[word.first : word.last + 1]
        letters += len(peaks)
        if place is not None:
            span = sound.spans[place]
            inside += int(((peaks >= span.start) & (peaks <= span.end)).sum())
    return inside, letters
