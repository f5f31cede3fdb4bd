"""The recordings of the Free Spoken Digit Dataset: who speaks which digit, and what is trained and tested on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from attention.speech.sound import RATE

FILE = "fsdd.npz"
SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
VALID_TAKES = (5, 6, 7)  # of the official training takes 5 to 49


class RecordingsError(ValueError):
    """Recordings that cannot be read; the message says what was wanted."""


@dataclass(frozen=True, eq=False)
class Recording:
    """One spoken digit as recorded: samples (n,) float32, -1 to 1, at 8,000 a second; takes 0 to 4 are the test."""

    digit: int
    speaker: str
    take: int
    samples: np.ndarray

    @property
    def voice(self) -> str:
        return self.speaker


@dataclass(frozen=True, eq=False)
class Split:
    """What to learn from, to choose by, to score with. A left-out speaker is in `test` alone, with all takes."""

    train: tuple[Recording, ...]
    valid: tuple[Recording, ...]
    test: tuple[Recording, ...]


def read_recordings(folder: Path | str) -> tuple[Recording, ...]:
    """Read all recordings of a folder that holds fsdd.npz.

    Raises RecordingsError when it is not there or not as its README describes it.
    """
    path = Path(folder) / FILE
    if not path.exists():
        path = Path(folder) / "fsdd" / FILE
    if not path.exists():
        raise RecordingsError(f"{Path(folder) / FILE} does not exist; give the folder with the recordings")
    try:
        with np.load(path, allow_pickle=False) as file:
            audio, offsets = file["audio"], file["offsets"]
            digits, speakers, takes = file["digit"], file["speaker"], file["index"]
            names, rate = [str(name) for name in file["speaker_names"]], int(file["sample_rate"])
    except (KeyError, ValueError, OSError) as error:
        raise RecordingsError(f"{path} cannot be read: {error}") from None
    if rate != RATE or len(offsets) != len(digits) + 1:
        raise RecordingsError(f"{path} has {rate} samples a second and {len(offsets)} offsets for {len(digits)} digits")
    scaled = audio.astype(np.float32) / 2**15
    return tuple(
        Recording(int(digits[i]), names[speakers[i]], int(takes[i]), scaled[offsets[i] : offsets[i + 1]])
        for i in range(len(digits))
    )


def split(recordings: tuple[Recording, ...], leave_out: str = "") -> Split:
    """Split by take: 0 to 4 for the test, 5 to 7 to choose by, the rest to learn from.

    leave_out: a speaker of whom nothing is learnt; `test` is then that speaker's every take.
    Raises RecordingsError for a speaker that is not there.
    """
    speakers = sorted({recording.speaker for recording in recordings})
    if leave_out and leave_out not in speakers:
        raise RecordingsError(f"speaker {leave_out!r} is not there; use one of {', '.join(speakers)}")
    known = [recording for recording in recordings if recording.speaker != leave_out]
    test = [r for r in recordings if (r.speaker == leave_out if leave_out else r.take < 5)]
    return Split(
        tuple(r for r in known if r.take >= 5 and r.take not in VALID_TAKES),
        tuple(r for r in known if r.take in VALID_TAKES),
        tuple(test),
    )


def by_speaker(recordings: tuple[Recording, ...]) -> dict[str, dict[int, list[Recording]]]:
    """Return the recordings by speaker, then by digit."""
    found: dict[str, dict[int, list[Recording]]] = {}
    for recording in recordings:
        found.setdefault(recording.speaker, {}).setdefault(recording.digit, []).append(recording)
    return found
