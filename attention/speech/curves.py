"""Where a speller fails: word errors on strings drawn by lot, by noise or by length, one string at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from attention.speech.clips import clip, voices
from attention.speech.sound import MAX_SECONDS, Sound
from attention.speech.strings import join
from attention.speech.words import word_errors

if TYPE_CHECKING:
    from attention.mechanisms import Mechanism
    from attention.speech.speller import DigitSpeller

NOISES_DB = (30.0, 25.0, 20.0, 15.0, 10.0, 5.0, 0.0)
LENGTHS = (1, 2, 3, 4, 5, 6, 8, 10, 12)
NOISY_DIGITS = 3  # in each string of the curve by noise
EDGE_S = 0.15  # seconds of silence before and after


@dataclass(frozen=True)
class Setting:
    """How all strings of a curve are made: speed, seconds of silence between words, noise in dB (None: none)."""

    speed: float = 1.0
    pause_s: float = 0.15
    noise_db: float | None = None


@dataclass(frozen=True)
class Trial:
    """One string heard by all spellers. x: noise in dB or digits; errors: word errors of each; words: how many said."""

    x: float
    words: int
    errors: tuple[int, ...]


def places(kind: str) -> tuple[float, ...]:
    """Return where the curve is measured: "noise" in dB, "length" in digits. Raises ValueError for another kind."""
    if kind not in ("noise", "length"):
        raise ValueError(f'a curve goes by "noise" or by "length", not by {kind!r}')
    return NOISES_DB if kind == "noise" else tuple(map(float, LENGTHS))


def errors_along(
    spellers: Sequence[DigitSpeller],
    kind: str,
    strings: int,
    setting: Setting = Setting(),
    mechanisms: Sequence[Mechanism | None] = (),
    seed: int = 0,
) -> Iterator[Trial]:
    """Let all spellers hear the same strings of clips, drawn by lot; yields one string's result at a time.

    All places get a string before any gets its second, so that one who stops early has seen the whole curve.
    strings: at each place. mechanisms: one a speller, or none. Strings too long to be heard are left out.
    """
    attentions = list(mechanisms) or [None] * len(spellers)
    for number in range(strings):
        for x in places(kind):
            sound = random_string(kind, x, setting, seed=seed + 1000 * number + int(10 * x))
            if sound.seconds > MAX_SECONDS:
                continue
            said = [span.digit for span in sound.spans]
            errors = tuple(
                word_errors(speller.spell(sound, mechanism).digits, said)
                for speller, mechanism in zip(spellers, attentions, strict=True)
            )
            yield Trial(x, len(said), errors)


def random_string(kind: str, x: float, setting: Setting, seed: int) -> Sound:
    """Put a string of digits together, each digit and the voice of the whole drawn by lot."""
    rng = np.random.default_rng(seed)
    count = NOISY_DIGITS if kind == "noise" else int(x)
    voice = voices()[rng.integers(len(voices()))].name
    clips = [clip(int(digit), voice) for digit in rng.integers(0, 10, size=count)]
    pauses = [EDGE_S, *[setting.pause_s] * (count - 1), EDGE_S]
    return join(clips, pauses, setting.speed, x if kind == "noise" else setting.noise_db, seed)


def word_error_rates(trials: Sequence[Trial]) -> dict[float, tuple[float, ...]]:
    """Return the word errors for each word said, one number a speller, by place; places in their order of arrival."""
    by_place: dict[float, list[Trial]] = {}
    for trial in trials:
        by_place.setdefault(trial.x, []).append(trial)
    return {
        x: tuple(np.sum([trial.errors for trial in some], axis=0) / sum(trial.words for trial in some))
        for x, some in by_place.items()
    }
