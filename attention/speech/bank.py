"""Everything that training mixes sounds from, as mel energies computed once: voices at several speeds, and noises.

Sounds add up in their energies (but for the phase of two sounds at the same place, which is chance): so a joined,
filtered, reverberant, noisy string costs no Fourier transform while training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from attention.speech.features import MELS, mel_energies
from attention.speech.letters import WORDS
from attention.speech.recordings import Recording
from attention.speech.sound import RATE, resampled, trimmed
from attention.speech.strings import coloured_noise, even

SPEEDS = (0.82, 0.88, 0.94, 1.0, 1.06, 1.12, 1.19)
MADE_SPEEDS = (0.9, 1.0, 1.1)  # of voices made with eSpeak NG, which have paces of their own
EDGE = 3  # hundredths of a second of silence around a clip, in which its first and last frames ring out
NOISES = 8
NOISE_FRAMES = 3_000


@dataclass(frozen=True, eq=False)
class Piece:
    """A spoken digit at one speed. energies: (EDGE + frames + EDGE, 40); power: mean square of its samples."""

    energies: np.ndarray
    power: float

    @property
    def frames(self) -> int:
        return len(self.energies) - 2 * EDGE


@dataclass(eq=False)
class Bank:
    """pieces: by speaker, then digit: the takes, each a tuple of its speeds. noises: (NOISE_FRAMES, 40), of power 1."""

    people: dict[str, list[list[tuple[Piece, ...]]]] = field(default_factory=dict)
    made: dict[str, list[list[tuple[Piece, ...]]]] = field(default_factory=dict)
    noises: list[np.ndarray] = field(default_factory=list)


def fill_bank(
    recordings: Iterable[Recording],
    made: Mapping[str, Sequence[np.ndarray]],
    report: Callable[[str], None] = lambda line: None,
) -> Bank:
    """Compute the energies of recordings at seven speeds, of made voices at three, and of noises; seconds of work.

    made: by voice, the samples of its ten digits.
    """
    bank = Bank(noises=noises())
    grouped: dict[str, list[Recording]] = {}
    for recording in recordings:
        grouped.setdefault(recording.speaker, []).append(recording)
    for speaker, spoken in grouped.items():
        takes = bank.people[speaker] = [[] for _ in WORDS]
        for recording, found in zip(spoken, at_speeds([trimmed(r.samples) for r in spoken], SPEEDS), strict=True):
            takes[recording.digit].append(found)
    for voice, samples in made.items():
        bank.made[voice] = [[found] for found in at_speeds(samples, MADE_SPEEDS)]
    report(f"{len(bank.people)} people at {len(SPEEDS)} speeds, {len(bank.made)} made voices at {len(MADE_SPEEDS)}")
    return bank


def at_speeds(clips: Sequence[np.ndarray], speeds: Sequence[float]) -> list[tuple[Piece, ...]]:
    """Return each clip at each speed, all equally loud.

    The clips are put behind one another, whole hundredths of a second each, so that the filters are made once.
    """
    voices = [resampled(even(samples), RATE * speed) for samples in clips for speed in speeds]
    step = RATE // 100
    quiet = np.zeros(EDGE * step, dtype=np.float32)
    padded = [np.concatenate([quiet, np.pad(voice, (0, -len(voice) % step)), quiet]) for voice in voices]
    energies = mel_energies(np.concatenate(padded))
    ends = np.cumsum([len(part) // step for part in padded])
    pieces = [
        Piece(energies[end - len(part) // step : end], float(np.square(voice).mean()))
        for end, part, voice in zip(ends, padded, voices, strict=True)
    ]
    return [tuple(pieces[i : i + len(speeds)]) for i in range(0, len(pieces), len(speeds))]


def noises() -> list[np.ndarray]:
    """Return the energies of noises of power 1: white, pink, and mixtures and bands of both."""
    draw = np.random.default_rng(11)
    found = []
    for number in range(NOISES):
        kind = "white" if number % 4 == 0 else "pink"
        energies = mel_energies(coloured_noise(NOISE_FRAMES * RATE // 100, kind, seed=number))
        if number >= 4:  # a band of its own, as fans and streets have
            centre, width = draw.uniform(0, MELS), draw.uniform(4, 14)
            shape = np.exp(-0.5 * ((np.arange(MELS) - centre) / width) ** 2) + 0.02
            energies = energies * (shape / shape.mean()).astype(np.float32)
        found.append(energies.astype(np.float32))
    return found
