"""Columns that are stretches of time of one sound: waveform, spectrogram and attention under one axis of seconds."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np

MOST_COLUMNS = 1200  # of a drawn waveform; more than a screen can show side by side
RIFF = (b"RIFF", b"WAVE")  # how a WAV file begins, at bytes 0 and 8
DARKEST, LIGHTEST = 99.5, 20  # percentiles of the log-mels that get the deepest and the palest grey
RANGE = 11.0  # natural logarithm of energy, 48 dB: what lies further below the loudest is paper


@dataclass(frozen=True)
class Span:
    """Where a word truly lies in a sound. start, end: seconds. Raises ValueError unless 0 <= start < end."""

    start: float
    end: float
    text: str

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end < float("inf"):
            raise ValueError(f"span {self.text!r} goes from {self.start} to {self.end} s; start must lie before end")

    def payload(self) -> list[Any]:
        return [round(float(self.start), 4), round(float(self.end), 4), self.text]


@dataclass(frozen=True, eq=False)
class Track:
    """One sound as the inspector shows it, where each column of the map is a stretch of time.

    seconds: length of the sound. The axis ends with it, or with the last column where that ends later.
    starts, ends: (key_len,) seconds at which each column's stretch begins and ends; starts never go back.
    wave: (n, 2) float in -1..1, lowest and highest sample of each of n equal columns of time, n at most 1200.
    spectrogram: (mels, frames) uint8, lowest band first, 0 quiet to 255 loud; frames are equal stretches of the whole.
    sound: the bytes of a WAV file, played in the browser; None: time runs silently.
    spans: true words, where they are known, drawn as quiet marks.
    Raises ValueError when anything does not fit.
    """

    seconds: float
    starts: np.ndarray
    ends: np.ndarray
    wave: np.ndarray
    spectrogram: np.ndarray
    sound: bytes | None = None
    spans: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.seconds < float("inf"):
            raise ValueError(f"seconds is {self.seconds}; a track needs a length above 0")
        object.__setattr__(self, "spans", tuple(self.spans))
        for name, kind in (("starts", np.float64), ("ends", np.float64), ("wave", np.float32)):
            object.__setattr__(self, name, np.array(getattr(self, name), dtype=kind))
        object.__setattr__(self, "spectrogram", np.asarray(self.spectrogram))
        self._check_times()
        self._check_pictures()
        if self.sound is not None and (self.sound[:4], self.sound[8:12]) != RIFF:
            raise ValueError("sound does not begin like a WAV file; write it as WAV, or give None")

    def _check_times(self) -> None:
        starts, ends = self.starts, self.ends
        if starts.ndim != 1 or starts.shape != ends.shape or not len(starts):
            raise ValueError(f"starts {starts.shape} and ends {ends.shape} must be two lists of one length, not empty")
        if not (np.isfinite(starts).all() and np.isfinite(ends).all() and (starts < ends).all()):
            raise ValueError("every column must start before it ends, at finite seconds")
        if (np.diff(starts) < 0).any() or starts[0] < 0:
            raise ValueError("starts must not go back, nor begin before 0 s")
        late = [span.text for span in self.spans if span.start >= self.seconds]
        if late:
            raise ValueError(f"the sound lasts {self.seconds} s, but {late[0]!r} is said to start after its end")

    def _check_pictures(self) -> None:
        wave, mels = self.wave, self.spectrogram
        if wave.ndim != 2 or wave.shape[1] != 2 or not 1 <= len(wave) <= MOST_COLUMNS:
            raise ValueError(f"wave has shape {wave.shape}; it must be (n, 2) with n from 1 to {MOST_COLUMNS}")
        if not (np.abs(wave) <= 1).all() or (wave[:, 0] > wave[:, 1]).any():
            raise ValueError("wave must lie in -1 to 1, the lower edge first")
        if mels.ndim != 2 or mels.dtype != np.uint8 or not mels.size:
            raise ValueError(f"spectrogram is {mels.dtype} {mels.shape}; it must be uint8 (mels, frames), not empty")

    @property
    def words(self) -> tuple[str, ...]:
        """A label for each column: "0.04–0.08 s"."""
        return tuple(f"{start:.2f}–{end:.2f} s" for start, end in zip(self.starts, self.ends, strict=True))

    def payload(self) -> dict[str, Any]:
        """Return plain lists, strings and numbers; pictures and sound as base64, the wave in steps of 1/127."""
        return {
            "kind": "track",
            "seconds": round(float(self.seconds), 4),
            "starts": [round(float(one), 4) for one in self.starts],
            "ends": [round(float(one), 4) for one in self.ends],
            "wave": _packed(np.round(self.wave * 127).astype(np.int8)),
            "spectrogram": {"mels": len(self.spectrogram), "grey": _packed(self.spectrogram)},
            "sound": None if self.sound is None else base64.b64encode(self.sound).decode("ascii"),
            "spans": [span.payload() for span in self.spans],
        }


def wave_of(samples: np.ndarray, columns: int = MOST_COLUMNS) -> np.ndarray:
    """Return (n, 2) lowest and highest sample of n equal columns, scaled so that the loudest reaches 1; n <= columns.

    samples: (length,) float. Silence stays flat. Raises ValueError when there is no sample.
    """
    samples = np.asarray(samples, dtype=np.float32)
    if samples.ndim != 1 or not len(samples):
        raise ValueError(f"samples have shape {samples.shape}; give one channel with at least one sample")
    loudest = float(np.abs(samples).max()) or 1.0
    count = min(columns, len(samples))
    edges = np.arange(count) * len(samples) // count
    low, high = (extreme.reduceat(samples, edges) for extreme in (np.minimum, np.maximum))
    return np.clip(np.stack([low, high], axis=1) / loudest, -1, 1)


def grey_of(log_mels: np.ndarray) -> np.ndarray:
    """Return (mels, frames) uint8 of log-mel energies of the same shape: 0 the quiet ground, 255 the loudest.

    log_mels: natural logarithms; complete silence does not take the contrast from what is heard.
    """
    log_mels = np.asarray(log_mels, dtype=np.float32)
    low, high = np.percentile(log_mels, [LIGHTEST, DARKEST])
    low = max(low, high - RANGE)
    return np.round(np.clip((log_mels - low) / max(high - low, 1e-6), 0, 1) * 255).astype(np.uint8)


def _packed(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
