"""Does an alignment point at what counts? Silence what a word listened to, and see whether it is still spelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from attention.speech.sound import RATE, Sound
from attention.speech.spelling import Spelling
from attention.speech.words import aligned

if TYPE_CHECKING:
    from attention.mechanisms import Mechanism
    from attention.speech.speller import DigitSpeller

FADE_S = 0.005  # seconds over which the voice goes down to silence and comes back: a cut would click
QUIET = 1e-4  # of the noise that takes the place of the voice; digital zero is found in no recording
TRIES = 200  # places drawn to find some that overlap nothing


@dataclass(frozen=True)
class Silenced:
    """What became of one word when a stretch of sound was silenced.

    start, end: seconds. became: the word now spelled in its place, None where there is none. changed: whether it is
    another one. text: the whole spelling.
    """

    start: float
    end: float
    became: str | None
    changed: bool
    text: str


@dataclass(frozen=True)
class WordCheck:
    """One word with its stretches silenced: most listened to; by lot elsewhere in the word; by lot anywhere else."""

    word: int
    looked: Silenced
    same: tuple[Silenced, ...]
    other: tuple[Silenced, ...]


def check_words(
    speller: DigitSpeller,
    sound: Sound,
    spelling: Spelling,
    length_s: float = 0.2,
    draws: int = 3,
    mechanism: Mechanism | None = None,
    seed: int = 0,
) -> Iterator[WordCheck]:
    """Silence, for each word of a spelling, the stretch most listened to, and stretches as long drawn by lot.

    Yields one word's result at a time.

    Stretches drawn by lot do not overlap the one listened to; there may be fewer than `draws`, or none, where the word
    or the sound is too short. One run of the model each. Where true spans are known they say where a word lies.
    """
    rng = np.random.default_rng(seed)
    for number in range(len(spelling.words)):
        looked = most_listened(spelling, number, length_s)
        word = word_stretch(sound, spelling, number)
        inside = places_by_lot(rng, word, length_s, (looked,), draws)
        outside = places_by_lot(rng, (0.0, sound.seconds), length_s, (looked, word), draws)

        def silence(start: float, number: int = number) -> Silenced:
            return _silence(speller, sound, spelling, number, start, length_s, mechanism)

        yield WordCheck(number, silence(looked[0]), tuple(map(silence, inside)), tuple(map(silence, outside)))


def most_listened(spelling: Spelling, word: int, length_s: float) -> tuple[float, float]:
    """Return the stretch of that length, in seconds, that holds most of the attention of a word's letters."""
    found = spelling.words[word]
    mass = spelling.map.matrix()[found.first : found.last + 1].sum(axis=0)  # (frames,)
    latest = max(spelling.seconds_of_sound - length_s, 0.0)
    starts = np.arange(0.0, latest + 1e-9, 0.01)
    widths = spelling.ends - spelling.starts
    overlaps = np.minimum(spelling.ends, starts[:, None] + length_s) - np.maximum(spelling.starts, starts[:, None])
    held = (np.clip(overlaps, 0.0, None) / widths * mass).sum(axis=1)
    best = np.flatnonzero(held >= held.max() - 1e-6)
    start = float(starts[best[len(best) // 2]])  # where all attention lies in one frame many are equal: the middle one
    return start, start + length_s


def word_stretch(sound: Sound, spelling: Spelling, word: int) -> tuple[float, float]:
    """Return where a word lies: its true span where that is known, else what its letters listened to."""
    if sound.spans:
        for found, wanted in aligned(spelling.digits, [span.digit for span in sound.spans]):
            if found == word and wanted is not None:
                return sound.spans[wanted].start, sound.spans[wanted].end
    return spelling.words[word].start, spelling.words[word].end


def places_by_lot(
    rng: np.random.Generator,
    within: tuple[float, float],
    length_s: float,
    avoid: Sequence[tuple[float, float]],
    count: int,
) -> list[float]:
    """Draw where stretches begin that lie within one stretch and overlap none of those to avoid, at most `count`."""
    latest = within[1] - length_s
    if latest < within[0]:
        return []
    drawn = rng.uniform(within[0], latest, size=TRIES)
    free = [float(start) for start in drawn if all(start + length_s <= low or start >= high for low, high in avoid)]
    return free[:count]


def silenced(sound: Sound, start: float, length_s: float) -> Sound:
    """Return the sound with a stretch of it silenced: faded down to a noise of about -80 dB, and back."""
    samples = np.array(sound.samples, dtype=np.float32)
    first, last = round(start * RATE), min(round((start + length_s) * RATE), len(samples))
    first = min(max(first, 0), last)
    fade = min(round(FADE_S * RATE), (last - first) // 2)
    gain = np.zeros(last - first, dtype=np.float32)
    if fade:
        gain[:fade] = np.linspace(1, 0, fade, endpoint=False)
        gain[-fade:] = gain[:fade][::-1]
    noise = np.random.default_rng(0).standard_normal(last - first).astype(np.float32) * QUIET
    samples[first:last] = samples[first:last] * gain + noise
    return replace(sound, samples=samples)


def share_changed(found: Sequence[Silenced]) -> float | None:
    """Return the share of stretches whose silence changed the word; None where there was no stretch."""
    return sum(one.changed for one in found) / len(found) if found else None


def _silence(
    speller: DigitSpeller,
    sound: Sound,
    spelling: Spelling,
    word: int,
    start: float,
    length_s: float,
    mechanism: Mechanism | None,
) -> Silenced:
    again = speller.spell(silenced(sound, start, length_s), mechanism)
    before, after = [one.text for one in spelling.words], [one.text for one in again.words]
    place = next((found for found, wanted in aligned(after, before) if wanted == word), None)
    became = None if place is None else after[place]
    return Silenced(start, start + length_s, became, became != before[word], again.text)
