"""Strings of spoken digits put together from single ones, so that the true boundaries are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attention.speech.clips import Clip
from attention.speech.sound import RATE, Sound, Span, resampled, trimmed

SPEEDS = (0.5, 2.0)
PEAK = 0.5  # of the joined voice, before noise
TILTS = {"white": 0.0, "pink": 1.0}  # power falls with frequency to that power


def join(
    clips: Sequence[Clip],
    pauses: float | Sequence[float] = 0.2,
    speed: float = 1.0,
    noise_db: float | None = None,
    seed: int = 0,
    noise: str = "pink",
) -> Sound:
    """Join clips into one sound; its spans say where each digit truly is.

    pauses: seconds of silence, one number for all, or one before each clip and one after the last. speed: 2 plays twice
    as fast, and higher, as a tape does. noise_db: how far the voice's mean power lies above the noise's, None for no
    noise; noise: "white" or "pink". Clips are trimmed and made equally loud first; `seed` draws the noise.
    Raises ValueError for no clips, a wrong number of pauses, a negative pause, or a speed outside 0.5 to 2.
    """
    pauses = _pauses(pauses, len(clips))
    if not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise ValueError(f"speed must lie between {SPEEDS[0]} and {SPEEDS[1]}, got {speed}")
    parts, spans, place = [], [], 0
    for pause, clip in zip(pauses, clips, strict=False):
        voice = resampled(even(trimmed(clip.samples)), RATE * speed)
        quiet = round(pause * RATE)
        parts += [np.zeros(quiet, dtype=np.float32), voice]
        spans.append(Span((place + quiet) / RATE, (place + quiet + len(voice)) / RATE, clip.digit))
        place += quiet + len(voice)
    parts.append(np.zeros(round(pauses[-1] * RATE), dtype=np.float32))
    samples = np.concatenate(parts)
    if noise_db is not None:
        power = np.square(np.concatenate(parts[1::2])).mean()  # of the voices alone
        samples = samples + coloured_noise(len(samples), noise, seed) * np.sqrt(power * 10 ** (-noise_db / 10))
    return Sound(np.clip(samples, -1.0, 1.0).astype(np.float32), tuple(spans))


def even(samples: np.ndarray) -> np.ndarray:
    """Return the samples as loud as all others: the loudest of them at half of full scale."""
    peak = np.abs(samples).max(initial=0.0)
    return (samples * (PEAK / peak if peak > 0 else 1.0)).astype(np.float32)


def coloured_noise(count: int, kind: str = "white", seed: int = 0) -> np.ndarray:
    """Return noise of mean power 1, (count,) float32; "pink" has power that falls as 1 / frequency.

    Raises ValueError for a kind that is not known.
    """
    if kind not in TILTS:
        raise ValueError(f"noise {kind!r} is not known; use {' or '.join(TILTS)}")
    white = np.random.default_rng(seed).standard_normal(count)
    if count < 2 or TILTS[kind] == 0.0:
        return white.astype(np.float32)
    spectrum = np.fft.rfft(white)
    spectrum[1:] /= np.arange(1, len(spectrum)) ** (TILTS[kind] / 2)
    spectrum[0] = 0.0
    noise = np.fft.irfft(spectrum, count)
    return (noise / np.sqrt(np.square(noise).mean())).astype(np.float32)


def _pauses(pauses: float | Sequence[float], count: int) -> list[float]:
    if not count:
        raise ValueError("there are no clips to join; give at least one")
    listed = [float(pauses)] * (count + 1) if isinstance(pauses, int | float) else [float(pause) for pause in pauses]
    if len(listed) != count + 1:
        raise ValueError(
            f"{count} clips need {count + 1} pauses, one before each and one after the last, got {len(listed)}"
        )
    if min(listed) < 0:
        raise ValueError(f"a pause cannot be {min(listed)} seconds; use 0 or more")
    return listed
