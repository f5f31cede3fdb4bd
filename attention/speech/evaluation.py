"""How well a speller spells: single digits, strings whose true boundaries are known, and where its attention peaks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from attention.speech.letters import WORDS, spelled
from attention.speech.recordings import Recording, by_speaker
from attention.speech.sound import Sound
from attention.speech.spelling import Spelling
from attention.speech.strings import join
from attention.speech.words import word_errors

Spell = Callable[[Sound], Spelling]
SEED = 7  # of the test strings
STRINGS = {3: 200, 8: 100, 12: 50}  # how many strings of how many digits; twelve are more than training had
NOISE_DB = (20.0, 35.0)  # of the test strings
PAUSES_S = (0.05, 0.8)
PACES = (0.9, 1.1)
MIXED_SHARE = 0.25  # of strings whose digits have several voices


@dataclass(frozen=True)
class StringScores:
    """Scores over strings. word_errors: substitutions, insertions and deletions for each true word, 0 to 1 and above.

    exact: share of strings spelled letter by letter as they should be. inside_span: share of written letters whose
    attention peaks inside their word's true span; all letters of a string with too few or too many words count as
    outside. offset_s: seconds from the peak to the word's middle, the median.
    """

    word_errors: float
    exact: float
    inside_span: float
    offset_s: float
    count: int


def strings_of(recordings: Sequence[Recording], digits: int, count: int, seed: int = SEED) -> list[Sound]:
    """Return `count` strings of so many digits, joined with pauses, paces and noise; a seed gives the same ones."""
    draw = np.random.default_rng([seed, digits])
    people = by_speaker(tuple(recordings))
    names = sorted(people)
    found = []
    for number in range(count):
        one, mixed = names[draw.integers(len(names))], draw.random() < MIXED_SHARE
        clips = []
        for _ in range(digits):
            takes = people[names[draw.integers(len(names))] if mixed else one][int(draw.integers(len(WORDS)))]
            clips.append(takes[draw.integers(len(takes))])
        pauses, pace = draw.uniform(*PAUSES_S, size=digits + 1), draw.uniform(*PACES)
        found.append(join(clips, list(pauses), pace, draw.uniform(*NOISE_DB), seed=1000 * seed + number))
    return found


def digit_accuracy(spell: Spell, recordings: Iterable[Recording]) -> float:
    """Return the share of single recordings, as they are, that are spelled exactly, 0 to 1."""
    right = [spell(Sound(recording.samples)).text == WORDS[recording.digit] for recording in recordings]
    return float(np.mean(right))


def score_strings(spell: Spell, sounds: Sequence[Sound]) -> StringScores:
    """Spell strings with known spans and count."""
    errors, words, exact, inside, offsets = 0, 0, 0, [], []
    for sound in sounds:
        found, truth = spell(sound), spelled([span.digit for span in sound.spans])
        errors += word_errors(found.text.split(), truth.split())
        words += len(sound.spans)
        exact += found.text == truth
        looked, off = peaks_inside(found, sound)
        inside += looked
        offsets += off
    return StringScores(
        errors / max(1, words),
        exact / max(1, len(sounds)),
        float(np.mean(inside)) if inside else 0.0,
        float(np.median(offsets)) if offsets else float("nan"),
        len(sounds),
    )


def peaks_inside(spelling: Spelling, sound: Sound) -> tuple[list[bool], list[float]]:
    """Return, for every letter, whether it peaks inside its word's true span, and how far from the word's middle.

    The first word belongs to the first span, and so on; with another number of words no letter is inside.
    """
    peaks = spelling.peaks
    rows = [range(word.first, word.last + 1) for word in spelling.words]
    if len(rows) != len(sound.spans):
        return [False] * sum(map(len, rows)), []
    inside, offsets = [], []
    for letters, span in zip(rows, sound.spans, strict=True):
        for row in letters:
            inside.append(bool(span.start <= peaks[row] <= span.end))
            offsets.append(abs(float(peaks[row]) - (span.start + span.end) / 2))
    return inside, offsets


def evaluate(spell: Spell, recordings: Sequence[Recording], share: float = 1.0) -> dict[str, float]:
    """Score a speller on test recordings: single digits, strings of three, of eight and of twelve digits.

    share: of the strings, and of the single digits, for a trial. Returns fractions 0 to 1 and the seconds it took.
    """
    start = time.perf_counter()
    every = max(1, round(1 / share))
    three, eight, twelve = (
        score_strings(spell, strings_of(recordings, digits, max(1, count // every)))
        for digits, count in STRINGS.items()
    )
    return {
        "digit_accuracy": digit_accuracy(spell, recordings[::every]),
        "string_word_error_rate": three.word_errors,
        "string_exact": three.exact,
        "inside_span": three.inside_span,
        "inside_span_of_eight": eight.inside_span,
        "eight_digit_exact": eight.exact,
        "eight_digit_word_error_rate": eight.word_errors,
        "twelve_digit_exact": twelve.exact,
        "twelve_digit_word_error_rate": twelve.word_errors,
        "offset_s": three.offset_s,
        "seconds": time.perf_counter() - start,
    }
