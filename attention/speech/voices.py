"""Digits spoken by eSpeak NG: who speaks for the page, and who for training; nobody speaks for both."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from attention.speech.letters import WORDS
from attention.speech.sound import RATE, resampled, trimmed
from attention.training.run_folder import write_whole

PROGRAM = "espeak-ng"


@dataclass(frozen=True)
class Voice:
    """A voice of eSpeak NG.

    name: in links and files. title: for people. accent: eSpeak NG's name of the language variety. variant: of the
    speaker, "" for the accent's own. pitch: 0 to 99. words_per_minute: how fast it speaks.
    """

    name: str
    title: str
    accent: str
    variant: str = ""
    pitch: int = 50
    words_per_minute: int = 160
    woman: bool = False


# Speaks on the page and in tests; neither these speakers nor the accents of Scotland and the Caribbean are trained on.
PAGE_VOICES = (
    Voice("american-woman", "American woman", "en-us", "f4", woman=True),
    Voice("american-man", "American man", "en-us", "m4"),
    Voice("english-woman", "English woman", "en-gb-x-rp", "Annie", woman=True),
    Voice("english-man", "English man", "en-gb-x-rp", "Michael"),
    Voice("scottish-woman", "Scottish woman", "en-gb-scotland", "Andrea", woman=True),
    Voice("scottish-man", "Scottish man", "en-gb-scotland", "m4"),
    Voice("caribbean-woman", "Caribbean woman", "en-029", "f4", woman=True),
    Voice("caribbean-man", "Caribbean man", "en-029", "Michael"),
)
TRAINING_ACCENTS = ("en-us", "en-gb", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-us-nyc")
TRAINING_WOMEN = ("f1", "f2", "f3", "f5", "linda", "Alicia", "anika", "belinda", "steph", "aunty", "grandma")
TRAINING_MEN = ("", "m1", "m2", "m3", "m5", "m6", "m7", "m8", "klatt2", "adam", "max", "victor", "Mario", "Gene")


def training_voices() -> tuple[Voice, ...]:
    """Return the voices to learn from: each speaker in each accent, with a pitch and a pace of its own."""
    draw = np.random.default_rng(5)
    found = []
    for accent in TRAINING_ACCENTS:
        for variant in (*TRAINING_WOMEN, *TRAINING_MEN):
            pitch, pace = int(draw.integers(25, 76)), int(draw.integers(115, 200))
            name = f"{accent}+{variant}" if variant else accent
            found.append(Voice(name, name, accent, variant, pitch, pace, variant in TRAINING_WOMEN))
    return tuple(found)


def can_speak() -> bool:
    """Tell whether eSpeak NG is installed."""
    return shutil.which(PROGRAM) is not None


def speak(digit: int, voice: Voice) -> np.ndarray:
    """Return the digit's word spoken by a voice, (n,) float32 at 8,000 samples a second, trimmed.

    Raises OSError when eSpeak NG is not installed or refuses.
    """
    import soundfile

    if not can_speak():
        raise OSError(f"{PROGRAM} is not installed; install eSpeak NG to make voices")
    named = f"{voice.accent}+{voice.variant}" if voice.variant else voice.accent
    command = [
        PROGRAM,
        "-v",
        named,
        "-p",
        str(voice.pitch),
        "-s",
        str(voice.words_per_minute),
        "--stdout",
        WORDS[digit],
    ]
    done = subprocess.run(command, capture_output=True)
    if done.returncode or not done.stdout:
        raise OSError(f"{PROGRAM} could not speak with the voice {named}: {done.stderr.decode(errors='replace')[:200]}")
    samples, rate = soundfile.read(io.BytesIO(done.stdout), dtype="float32")
    return trimmed(resampled(samples, rate, RATE))


def training_clips(
    kept: Path | str | None = None, report: Callable[[str], None] = lambda line: None
) -> dict[str, list[np.ndarray]]:
    """Return the ten digits of every training voice; a minute of work, or read from the file `kept` where it exists.

    Raises OSError when eSpeak NG is needed and not installed.
    """
    names = [voice.name for voice in training_voices()]
    if kept is not None and Path(kept).exists():
        with np.load(kept, allow_pickle=False) as file:
            return {
                name: [file[f"{name} {digit}"] / np.float32(2**15) for digit in range(len(WORDS))] for name in names
            }
    report(f"eSpeak NG speaks {len(names)} voices")
    spoken = {voice.name: [speak(digit, voice) for digit in range(len(WORDS))] for voice in training_voices()}
    if kept is not None:
        whole = {
            f"{name} {digit}": np.round(np.clip(samples, -1, 1) * (2**15 - 1)).astype(np.int16)
            for name, clips in spoken.items()
            for digit, samples in enumerate(clips)
        }
        Path(kept).parent.mkdir(parents=True, exist_ok=True)
        write_whole(Path(kept), lambda part: _save(part, whole))
    return spoken


def _save(path: Path, arrays: dict[str, np.ndarray]) -> None:
    with open(path, "wb") as file:
        np.savez(file, **arrays)
