"""Recordings of nobody: ten chords for ten digits, spoken by two speakers of different pitch."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from attention.speech.recipe import SpeechSettings
from attention.speech.sound import RATE
from attention.training.loop import RunSettings

SPEAKERS = ("george", "theo")
TAKES = 10
SMALL = SpeechSettings(
    longest=2, stage_epochs=0, rows=4, made_share=0.0, hidden_dim=8, decoder_dim=12, attention_dim=6, dropout=0.0
)
QUICK = RunSettings(max_minutes=0.02, precision="no", warmup_steps=5, learning_rate=3e-3, average=0.9)
README = """# Toy recordings

Licence: CC BY-SA 4.0 (nobody's voices).

Attribution line for the app: "Recordings: nobody, CC BY-SA 4.0."
"""


def chord(digit: int, speaker: int, take: int, seconds: float = 0.3) -> np.ndarray:
    """Return a chord that tells the digit, (n,) float32."""
    times = np.arange(int(seconds * RATE)) / RATE
    base = 180 + 40 * speaker
    tones = [base * (2 + digit % 5), base * (8 + digit // 5)]
    swell = np.sin(np.pi * times / seconds)
    draw = np.random.default_rng([digit, speaker, take])
    return (0.3 * swell * sum(np.sin(2 * np.pi * f * times + draw.uniform(0, 6)) for f in tones)).astype(np.float32)


def write_toy(folder: Path) -> Path:
    """Write a folder like that of the real recordings."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [(d, s, t) for d in range(10) for s in range(len(SPEAKERS)) for t in range(TAKES)]
    audio = [np.round(chord(*row) * (2**15 - 1)).astype(np.int16) for row in rows]
    digits, speakers, takes = (np.array(column) for column in zip(*rows, strict=True))
    np.savez(
        folder / "fsdd.npz",
        audio=np.concatenate(audio),
        offsets=np.cumsum([0, *map(len, audio)]),
        digit=digits,
        speaker=speakers,
        index=takes,
        is_test=takes < 5,
        speaker_names=np.array(SPEAKERS),
        sample_rate=RATE,
    )
    (folder / "README.md").write_text(README, encoding="utf-8")
    return folder
