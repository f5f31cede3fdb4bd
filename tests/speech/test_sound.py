from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from attention.speech.sound import (
    MAX_BYTES,
    RATE,
    Sound,
    SoundError,
    read_sound,
    resampled,
    trimmed,
    voiced_range,
    write_wav,
)


def tone(rate: int = RATE, seconds: float = 0.5, hertz: float = 440.0, size: float = 0.4) -> np.ndarray:
    return (size * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def file_of(samples: np.ndarray, rate: int = RATE, kind: str = "WAV", subtype: str | None = None, **how) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, subtype=subtype, **how)
    return file.getvalue()


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"])
def test_any_bit_depth_is_the_same_sound(subtype):
    sound = read_sound(file_of(tone(), subtype=subtype))
    assert sound.samples.dtype == np.float32
    assert sound.notes == ()
    rounding = 0.02 if subtype in ("PCM_U8", "ULAW", "ALAW") else 1e-4
    np.testing.assert_allclose(sound.samples, tone(), atol=rounding)


@pytest.mark.parametrize(
    ("kind", "subtype"), [("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("WAVEX", "PCM_16"), ("RF64", "PCM_16")]
)
@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_other_containers_are_read_by_content(kind, subtype, rate):
    sound = read_sound(file_of(tone(rate), rate, kind, subtype))
    assert sound.seconds == pytest.approx(0.5, abs=0.002)
    inner = slice(400, 3600)
    assert np.corrcoef(sound.samples[:4000][inner], tone()[inner])[0, 1] > 0.99


@pytest.mark.parametrize("rate", [11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_any_rate_becomes_eight_thousand(rate):
    sound = read_sound(file_of(tone(rate), rate))
    assert len(sound.samples) == pytest.approx(4000, abs=2)
    np.testing.assert_allclose(sound.samples[400:3600], tone()[400:3600], atol=0.01)


@pytest.mark.parametrize(("rate", "up", "down"), [(16_000, 1, 2), (48_000, 1, 6), (44_100, 80, 441), (4_000, 2, 1)])
def test_resampling_agrees_with_scipy(rate, up, down):
    """The two filters fall off differently near half the lower rate; speech well under it must be the same."""
    draw = np.random.default_rng(1)
    times = np.arange(rate) / rate
    low = min(rate, RATE) / 2
    samples = sum(
        np.sin(2 * np.pi * f * times + draw.uniform(0, 6)) for f in draw.uniform(50, 0.7 * low, size=12)
    ).astype(np.float32)
    ours, theirs = resampled(samples, rate), resample_poly(samples, up, down)
    inner = slice(len(ours) // 8, -len(ours) // 8)
    error = np.sqrt(np.mean((ours[inner] - theirs[: len(ours)][inner]) ** 2) / np.mean(theirs**2))
    assert error < 0.02


def test_what_eight_thousand_cannot_hold_is_filtered_out():
    high = tone(48_000, hertz=7_000)
    assert np.abs(resampled(high, 48_000)[200:-200]).max() < 1e-3 < np.abs(high[::6]).max()


def test_channels_are_averaged():
    left, right = tone(hertz=300), tone(hertz=500)
    sound = read_sound(file_of(np.stack([left, right], axis=1)))
    np.testing.assert_allclose(sound.samples, (left + right) / 2, atol=1e-3)


def test_many_channels_at_a_high_rate_are_read_block_by_block():
    rate = 192_000
    sound = read_sound(file_of(np.stack([tone(rate, seconds=1.0)] * 3, axis=1), rate, "FLAC"))
    np.testing.assert_allclose(sound.samples[400:7600], tone(seconds=1.0)[400:7600], atol=0.01)


def test_written_sounds_are_read_back():
    sound = Sound(tone())
    np.testing.assert_allclose(read_sound(write_wav(sound)).samples, sound.samples, atol=1e-3)


def test_an_offset_and_numbers_that_are_none_are_no_sound():
    samples = tone() + 0.3
    samples[100] = np.nan
    sound = read_sound(file_of(samples, subtype="FLOAT"))
    assert abs(sound.samples.mean()) < 1e-3
    assert np.isfinite(sound.samples).all()
    assert any("no numbers" in note for note in sound.notes)


def test_a_file_that_was_cut_off_is_read_with_a_note():
    whole = file_of(tone(seconds=1.0))
    sound = read_sound(whole[: len(whole) // 2])
    assert sound.seconds == pytest.approx(0.5, abs=0.02)
    assert any("ends before" in note for note in sound.notes)


def test_a_streamed_file_without_a_length_needs_no_note():
    data = bytearray(file_of(tone()))
    place = data.index(b"data")
    data[4:8] = data[place + 4 : place + 8] = b"\xff\xff\xff\xff"
    sound = read_sound(bytes(data))
    assert sound.seconds == pytest.approx(0.5, abs=0.01)
    assert sound.notes == ()


WRONG = {
    "empty": (b"", "empty"),
    "big": (b"RIFF" + bytes(MAX_BYTES), "at most 10 MB"),
    "text": (b"seven two, please", "not a WAV"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(100), "looks like PNG"),
    "mp3": (b"ID3\x03" + bytes(100), "looks like MP3"),
    "m4a": (bytes(4) + b"ftypM4A " + bytes(100), "looks like MP4"),
    "webm": (b"\x1aE\xdf\xa3" + bytes(100), "looks like WebM"),
    "riff of another kind": (b"RIFF\x10\x00\x00\x00AVI " + bytes(100), "not a WAV"),
    "header alone": (b"RIFF\x10\x00\x00\x00WAVE", "cannot be read"),
    "no flac behind": (b"fLaC" + bytes(200), "cannot be read"),
    "no ogg behind": (b"OggS" + bytes(200), "cannot be read"),
    "no samples": (file_of(np.zeros(0, dtype=np.float32)), "no sound"),
    "short": (file_of(tone(seconds=0.05)), "at least 0.1"),
    "long": (file_of(tone(seconds=16)), "at most 15"),
    "long flac": (file_of(np.zeros(RATE * 60, dtype=np.float32), kind="FLAC"), "at most 15"),
    "silent": (file_of(np.zeros(RATE, dtype=np.float32)), "silent"),
    "steady": (file_of(np.full(RATE, 0.5, dtype=np.float32)), "silent"),
    "slow": (file_of(tone(1_000), 1_000), "samples a second"),
    "many channels": (file_of(np.zeros((RATE, 9), dtype=np.float32)), "9 channels"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_says_why(name):
    data, said = WRONG[name]
    with pytest.raises(SoundError, match=said):
        read_sound(data)


def test_bytes_by_chance_never_end_in_another_error():
    draw = np.random.default_rng(5)
    whole = file_of(tone(), kind="FLAC")
    for number in range(60):
        broken = bytearray(whole)
        for place in draw.integers(4, len(broken), size=1 + number % 8):
            broken[place] = draw.integers(256)
        try:
            sound = read_sound(bytes(broken[: draw.integers(40, len(broken))]))
        except SoundError:
            continue
        assert np.isfinite(sound.samples).all()


def test_quiet_around_a_voice_is_trimmed():
    samples = np.concatenate([np.zeros(800), tone(seconds=0.25), np.zeros(1600)]).astype(np.float32)
    assert voiced_range(samples) == (800 - 80, 800 + 2000 + 80)
    assert len(trimmed(samples)) == 2000 + 160
    assert len(trimmed(np.zeros(1000, dtype=np.float32))) == 1000
