"""Clips of spoken digits that ship with the app, made with eSpeak NG; the recordings of the data set never ship.

`clips/` holds a FLAC file a voice, its ten digits one after the other, and `manifest.json`, which says where each lies.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from attention.speech.letters import WORDS
from attention.speech.sound import RATE
from attention.speech.voices import PAGE_VOICES, Voice, speak

FOLDER = Path(__file__).parent / "clips"
GAP = RATE // 10  # samples of silence between two digits of a file
PEAK = 0.5


@dataclass(frozen=True, eq=False)
class Clip:
    """One spoken digit; voice: the name of who speaks; samples: (n,) float32 at 8,000 a second, trimmed."""

    digit: int
    voice: str
    samples: np.ndarray

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def voices() -> tuple[Voice, ...]:
    """Return the voices of the clips."""
    return PAGE_VOICES


def clip(digit: int, voice: str) -> Clip:
    """Return a clip that ships with the app. Raises ValueError for a digit or a voice that there is not."""
    known = [found.name for found in voices()]
    if voice not in known:
        raise ValueError(f"voice {voice!r} is not known; use one of {', '.join(known)}")
    if not 0 <= digit < len(WORDS):
        raise ValueError(f"digit {digit} is not known; use 0 to 9")
    return _clips(voice)[digit]


def make_clips(folder: Path | str = FOLDER, report: Callable[[str], None] = lambda line: None) -> Path:
    """Speak all clips with eSpeak NG and write them with their manifest; return the folder. Raises OSError."""
    import soundfile

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {"rate": RATE, "voices": {}}
    for voice in PAGE_VOICES:
        parts, places, start = [], [], 0
        for digit in range(len(WORDS)):
            samples = speak(digit, voice)
            samples = samples * (PEAK / np.abs(samples).max())
            places.append([start, start + len(samples)])
            parts += [samples, np.zeros(GAP, dtype=np.float32)]
            start += len(samples) + GAP
        soundfile.write(folder / f"{voice.name}.flac", np.concatenate(parts), RATE, subtype="PCM_16")
        manifest["voices"][voice.name] = places
        report(f"{voice.title}: {start / RATE:.1f} s")
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return folder


@cache
def _clips(voice: str) -> tuple[Clip, ...]:
    import soundfile

    manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    samples, _ = soundfile.read(FOLDER / f"{voice}.flac", dtype="float32")
    samples.setflags(write=False)
    return tuple(Clip(digit, voice, samples[start:end]) for digit, (start, end) in enumerate(manifest["voices"][voice]))
