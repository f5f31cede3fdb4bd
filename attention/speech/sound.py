"""Sounds as the model hears them: one channel, 8,000 samples a second; read from files by content, never by name."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from soundfile import SoundFile

RATE = 8_000  # samples a second of every Sound
MAX_BYTES = 10 * 2**20  # of a file
MAX_SECONDS = 15.0
MIN_SECONDS = 0.1
MOST_CHANNELS = 8
BLOCK = 65_536  # samples of every channel decoded at once
RATES = (4_000, 384_000)  # samples a second that a file may have
SILENT = 10 ** (-60 / 20)  # a peak under -60 dB of full scale
KINDS = {b"RIFF": "WAV", b"RIFX": "WAV", b"RF64": "WAV", b"fLaC": "FLAC", b"OggS": "OGG"}  # the first four bytes
STRANGERS = {
    b"ID3": "MP3",
    b"\xff\xfb": "MP3",
    b"\xff\xf3": "MP3",
    b"\x1aE\xdf\xa3": "WebM",
    b"FORM": "AIFF",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8": "JPEG",
    b"PK": "ZIP",
}

TEXT = {
    "empty": "The file is empty. Choose a WAV, FLAC or OGG file with a voice in it.",
    "big": "The file has {size:.1f} MB; at most {most:.0f} MB are read. Cut the recording to {seconds:.0f} seconds.",
    "kind": "This is not a WAV, FLAC or OGG file{looks}. Save the recording as WAV and try again.",
    "looks": ", it looks like {kind}",
    "broken": "The {kind} file cannot be read: it is damaged or cut off. Save it again as WAV.",
    "rate": "The file has {rate:,} samples a second; between {low:,} and {high:,} are read.",
    "channels": "The file has {channels} channels; at most {most} are read. Save it as mono or stereo.",
    "long": "The sound lasts {seconds:.1f} seconds; at most {most:.0f} are read. Cut it and try again.",
    "short": "The sound lasts {seconds:.2f} seconds; at least {least} are needed for a word.",
    "nothing": "The file holds no sound. Record again.",
    "silent": "The recording is silent. Check that the microphone is on, and record again.",
    "cut_off": "The file ends before its header says; what was there has been read.",
    "numbers": "Some samples were no numbers and were read as silence.",
}


class SoundError(ValueError):
    """A sound that cannot be read; the message is meant for people."""


class Span(NamedTuple):
    """A stretch of a sound in which a digit is spoken; start and end in seconds."""

    start: float
    end: float
    digit: int


@dataclass(frozen=True, eq=False)
class Sound:
    """A sound of one channel at 8,000 samples a second.

    samples: (n,) float32, -1 to 1. spans: where digits are truly spoken, where that is known. notes: for people, about
    how the sound was read.
    """

    samples: np.ndarray
    spans: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def read_sound(data: bytes) -> Sound:
    """Read a WAV, FLAC or OGG file: any sample rate, bit depth and number of channels, which are averaged.

    Raises SoundError, with what to do, for a file that is empty, over 10 MB, of another kind, damaged, longer than 15 s
    or shorter than 0.1 s, or silent.
    """
    if not data:
        raise SoundError(TEXT["empty"])
    if len(data) > MAX_BYTES:
        raise SoundError(TEXT["big"].format(size=len(data) / 2**20, most=MAX_BYTES / 2**20, seconds=MAX_SECONDS))
    kind = _kind(data)
    mono, rate, declared = _decode(data, kind)
    notes = (TEXT["cut_off"],) if _ends_early(data, kind, declared, len(mono)) else ()
    if not np.isfinite(mono).all():
        mono, notes = np.nan_to_num(mono, nan=0.0, posinf=0.0, neginf=0.0), (*notes, TEXT["numbers"])
    mono = mono - mono.mean()  # a microphone's offset is no sound
    if np.abs(mono).max() < SILENT:
        raise SoundError(TEXT["silent"])
    return Sound(np.clip(resampled(mono, rate), -1.0, 1.0), notes=notes)


def resampled(samples: np.ndarray, rate: float, wanted: float = RATE) -> np.ndarray:
    """Return the samples at another rate, without what is above half the lower of the two rates (soxr, high quality).

    samples: (n,) at `rate` samples a second. Returns about (n · wanted / rate,) float32.
    """
    import soxr

    if rate == wanted:
        return np.ascontiguousarray(samples, dtype=np.float32)
    return soxr.resample(np.ascontiguousarray(samples, dtype=np.float32), rate, wanted, quality="HQ")


def write_wav(sound: Sound) -> bytes:
    """Return the sound as a WAV file of 16 bits; `read_sound` gives it back up to rounding."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, np.clip(sound.samples, -1.0, 1.0), RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def trimmed(samples: np.ndarray, below_db: float = 35.0, margin_s: float = 0.01) -> np.ndarray:
    """Return the samples without the quiet before and after the voice.

    Quiet is a hundredth of a second whose energy is `below_db` or more under the loudest one's; `margin_s` stays.
    """
    first, last = voiced_range(samples, below_db, margin_s)
    return samples[first:last]


def voiced_range(samples: np.ndarray, below_db: float = 35.0, margin_s: float = 0.01) -> tuple[int, int]:
    """Return the first sample of the voice and the one after its last, as `trimmed` cuts."""
    step = RATE // 100
    whole = len(samples) // step
    if whole == 0:
        return 0, len(samples)
    energy = np.square(samples[: whole * step].astype(np.float64)).reshape(whole, step).mean(axis=1)
    loud = np.flatnonzero(energy > energy.max() * 10 ** (-below_db / 10))
    if not len(loud):
        return 0, len(samples)
    margin = round(margin_s * RATE)
    return max(0, loud[0] * step - margin), min(len(samples), (loud[-1] + 1) * step + margin)


def _kind(data: bytes) -> str:
    kind = KINDS.get(data[:4])
    if kind == "WAV" and data[8:12] != b"WAVE":
        kind = None
    if kind is None:
        stranger = next((name for start, name in STRANGERS.items() if data.startswith(start)), "")
        if data[4:8] == b"ftyp":
            stranger = "MP4 or M4A"
        raise SoundError(TEXT["kind"].format(looks=TEXT["looks"].format(kind=stranger) if stranger else ""))
    return kind


def _decode(data: bytes, kind: str) -> tuple[np.ndarray, int, int]:
    """Return the mean of the channels (n,) float32, its rate, and how many samples the header declares."""
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            _check(file.samplerate, file.channels, file.frames)
            # one more than allowed, so that a header that understates the length is found out
            samples = _mono(file, int(MAX_SECONDS * file.samplerate) + 1)
            rate, declared = file.samplerate, file.frames
    except (soundfile.SoundFileError, RuntimeError, TypeError) as error:
        raise SoundError(TEXT["broken"].format(kind=kind)) from error
    seconds = len(samples) / rate
    if not len(samples):
        raise SoundError(TEXT["nothing"])
    if seconds > MAX_SECONDS:
        raise SoundError(TEXT["long"].format(seconds=seconds, most=MAX_SECONDS))
    if seconds < MIN_SECONDS:
        raise SoundError(TEXT["short"].format(seconds=seconds, least=MIN_SECONDS))
    return samples, rate, declared


def _mono(file: SoundFile, most: int) -> np.ndarray:
    """Read at most so many samples, block by block, so that many channels of silence take no room."""
    blocks, left = [np.zeros(0, dtype=np.float32)], most
    while left and len(block := file.read(min(BLOCK, left), dtype="float32", always_2d=True)):
        blocks.append(block.mean(axis=1))
        left -= len(block)
    return np.concatenate(blocks)


def _check(rate: int, channels: int, frames: int) -> None:
    if not RATES[0] <= rate <= RATES[1]:
        raise SoundError(TEXT["rate"].format(rate=rate, low=RATES[0], high=RATES[1]))
    if channels > MOST_CHANNELS:
        raise SoundError(TEXT["channels"].format(channels=channels, most=MOST_CHANNELS))
    if 0 < frames < 2**40 and frames / rate > MAX_SECONDS:
        raise SoundError(TEXT["long"].format(seconds=frames / rate, most=MAX_SECONDS))


def _ends_early(data: bytes, kind: str, declared: int, found: int) -> bool:
    """Tell whether the file was cut off: fewer samples than declared, or a WAV whose header counts more bytes."""
    if 0 < declared < 2**40 and found < declared:
        return True
    size = int.from_bytes(data[4:8], "little")
    streamed = size in (0, 0xFFFFFFFF) or size >= 0x7FFFFF00  # written before the length was known
    return kind == "WAV" and data[:4] == b"RIFF" and not streamed and size + 8 > len(data) + 1
