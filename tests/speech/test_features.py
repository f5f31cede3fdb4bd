from __future__ import annotations

import numpy as np
import pytest
import scipy.fft

from attention.speech.features import DEPTH, HIGH_HZ, LOW_HZ, MELS, SPREAD, log_mels, loudest, mel_energies, normalised
from attention.speech.sound import RATE


def mels_by_hand(samples: np.ndarray) -> np.ndarray:
    """Mel energies as the docstring says, with NumPy and SciPy alone."""
    length, hop = RATE * 25 // 1000, RATE // 100
    frames = (len(samples) + hop // 2) // hop
    mirrored = np.concatenate([samples[:length][::-1], samples, samples[-length:][::-1]]).astype(np.float64)
    triangles = filters_by_hand()
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / (length - 1))) ** 0.85
    rows = []
    for i in range(frames):
        start = length + i * hop + hop // 2 - length // 2
        frame = mirrored[start : start + length]
        frame = frame - frame.mean()
        frame = frame - 0.97 * np.concatenate([frame[:1], frame[:-1]])
        power = np.abs(scipy.fft.rfft(frame * window, 256)) ** 2
        rows.append(triangles @ power[:128])
    return np.array(rows)


def filters_by_hand() -> np.ndarray:
    def mel(hertz):
        return 1127 * np.log(1 + np.asarray(hertz) / 700)

    edges = np.linspace(mel(LOW_HZ), mel(HIGH_HZ), MELS + 2)
    bins = mel(np.arange(128) * RATE / 256)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.clip(np.minimum(rising, falling), 0, None)


@pytest.mark.parametrize("count", [800, 2_347, 8_000])
def test_mels_agree_with_numpy_and_scipy(count):
    samples = 0.1 * np.random.default_rng(count).standard_normal(count).astype(np.float32)
    ours, theirs = mel_energies(samples), mels_by_hand(samples)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=2e-3, atol=1e-5 * theirs.max())


def test_a_tone_lights_its_mel_at_its_time():
    samples = np.zeros(RATE, dtype=np.float32)
    times = np.arange(RATE // 5) / RATE
    samples[RATE // 2 : RATE // 2 + RATE // 5] = 0.3 * np.sin(2 * np.pi * 1000 * times)
    logs = log_mels(samples)
    assert logs.shape == (100, MELS)
    middles = np.linspace(1127 * np.log(1 + LOW_HZ / 700), 1127 * np.log(1 + HIGH_HZ / 700), MELS + 2)[1:-1]
    nearest = np.abs(700 * (np.exp(middles / 1127) - 1) - 1000).argmin()
    assert abs(int(logs[60].argmax()) - nearest) <= 1
    loud = np.flatnonzero(logs.max(axis=1) > logs.max() - 3)
    assert 48 <= loud[0] <= 50
    assert 69 <= loud[-1] <= 71


def test_silence_has_finite_logarithms():
    assert np.isfinite(log_mels(np.zeros(RATE, dtype=np.float32))).all()


def test_loudness_does_not_matter():
    samples = 0.3 * np.random.default_rng(2).standard_normal(RATE).astype(np.float32)
    samples *= np.linspace(0.05, 1, RATE, dtype=np.float32)
    np.testing.assert_allclose(
        normalised(log_mels(samples)), normalised(log_mels(samples * np.float32(0.02))), atol=0.02
    )


def test_silence_around_a_word_does_not_change_it():
    word = 0.3 * np.random.default_rng(3).standard_normal(RATE // 2).astype(np.float32)
    around = np.concatenate([np.zeros(RATE // 2, dtype=np.float32), word, np.zeros(RATE, dtype=np.float32)])
    alone, among = normalised(log_mels(word)), normalised(log_mels(around))
    np.testing.assert_allclose(among[53:97], alone[3:47], atol=0.15)
    assert among[:45].max() == among[105:].max() == -DEPTH / 2 / SPREAD


def test_what_is_far_under_the_loudest_is_raised():
    logs = np.zeros((50, MELS), dtype=np.float32)
    logs[10:20] = -100.0
    logs[20:30] = -DEPTH / 2
    found = normalised(logs)
    assert loudest(logs) == 0.0
    assert found[0, 0] == -found[10, 0] == pytest.approx(DEPTH / 2 / SPREAD)
    assert found[20, 0] == 0.0


def test_no_frames_stay_none():
    assert normalised(np.zeros((0, MELS))).shape == (0, MELS)
