from __future__ import annotations

import numpy as np
import pytest

from attention.speech.clips import Clip
from attention.speech.sound import RATE
from attention.speech.strings import coloured_noise, join

LOUD, SOFT = (
    Clip(digit, "nobody", size * np.ones(count, dtype=np.float32))
    for digit, size, count in ((3, 0.8, 2000), (8, 0.1, 1200))
)


def test_spans_say_where_each_digit_is():
    sound = join([LOUD, SOFT], [0.1, 0.25, 0.3])
    assert [span.digit for span in sound.spans] == [3, 8]
    assert sound.spans[0][:2] == pytest.approx((0.1, 0.35))
    assert sound.spans[1][:2] == pytest.approx((0.6, 0.75))
    assert sound.seconds == pytest.approx(1.05)
    voiced = np.flatnonzero(sound.samples) / RATE
    inside = (voiced >= 0.1) & (voiced < 0.35) | (voiced >= 0.6) & (voiced < 0.75)
    assert inside.all()
    assert len(voiced) == 3200


def test_clips_become_equally_loud():
    sound = join([LOUD, SOFT], 0.1)
    assert {round(float(value), 3) for value in np.unique(sound.samples)} == {0.0, 0.5}


@pytest.mark.parametrize("speed", [0.7, 1.0, 1.4])
def test_speed_changes_voices_and_not_pauses(speed):
    sound = join([LOUD, LOUD], 0.2, speed=speed)
    first, second = sound.spans
    assert first.end - first.start == pytest.approx(0.25 / speed, abs=0.001)
    assert second.start - first.end == pytest.approx(0.2, abs=1e-4)
    assert first.start == pytest.approx(0.2)


@pytest.mark.parametrize("noise", ["white", "pink"])
@pytest.mark.parametrize("decibels", [0.0, 12.0, 30.0])
def test_noise_lies_so_far_under_the_voice(noise, decibels):
    clean = join([SOFT], [0.5, 0.5])
    sound = join([SOFT], [0.5, 0.5], noise_db=decibels, noise=noise, seed=4)
    added = sound.samples - clean.samples
    quiet = clean.samples == 0  # elsewhere full scale may cut the sum
    power = np.square(added[quiet]).mean()
    assert 10 * np.log10(0.25 / power) == pytest.approx(decibels, abs=1.5)


def test_a_seed_draws_the_same_noise():
    one, again, other = (join([LOUD], 0.2, noise_db=10, seed=seed).samples for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_pink_noise_falls_with_frequency():
    def octave(noise, low):
        power = np.abs(np.fft.rfft(noise)) ** 2
        hertz = np.fft.rfftfreq(len(noise), 1 / RATE)
        return power[(hertz >= low) & (hertz < 2 * low)].sum()

    pink, white = coloured_noise(80_000, "pink"), coloured_noise(80_000, "white")
    assert octave(pink, 1000) / octave(pink, 250) == pytest.approx(1.0, abs=0.15)  # equal power in every octave
    assert octave(white, 1000) / octave(white, 250) == pytest.approx(4.0, abs=0.5)


def test_what_cannot_be_joined_is_refused():
    with pytest.raises(ValueError, match="no clips"):
        join([])
    with pytest.raises(ValueError, match="need 3 pauses"):
        join([LOUD, SOFT], [0.1, 0.1])
    with pytest.raises(ValueError, match="cannot be -0"):
        join([LOUD], -0.1)
    with pytest.raises(ValueError, match="speed"):
        join([LOUD], speed=3)
    with pytest.raises(ValueError, match="brown"):
        join([LOUD], noise_db=10, noise="brown")
