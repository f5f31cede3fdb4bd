"""What is silenced, where, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

from attention.speech.clips import clip, voices
from attention.speech.faithfulness import (
    check_words,
    most_listened,
    places_by_lot,
    share_changed,
    silenced,
    word_stretch,
)
from attention.speech.sound import RATE, Sound
from attention.speech.strings import join
from tests.ui.hearing import TrueSpeller


@pytest.fixture(scope="module")
def sound() -> Sound:
    name = voices()[0].name
    return join([clip(digit, name) for digit in (7, 2)], 0.2)


def test_a_stretch_is_silent_and_the_rest_as_it_was(sound):
    after = silenced(sound, 0.3, 0.2)
    first, last = round(0.3 * RATE), round(0.5 * RATE)
    fade = round(0.005 * RATE)
    assert np.abs(after.samples[first + fade : last - fade]).max() < 0.001
    assert (after.samples[:first] == sound.samples[:first]).all()
    assert (after.samples[last:] == sound.samples[last:]).all()
    assert np.abs(sound.samples[first:last]).max() > 0.05  # the sound given is left alone
    assert after.spans == sound.spans


@pytest.mark.parametrize("start", [-0.1, 0.0, 1.0, 99.0])
def test_a_stretch_over_the_edge_is_cut_there(sound, start):
    assert len(silenced(sound, start, 0.2).samples) == len(sound.samples)


def test_the_stretch_most_listened_to_holds_the_letters_of_the_word(sound):
    spelling = TrueSpeller().spell(sound)
    start, end = most_listened(spelling, 1, 0.5)
    span = sound.spans[1]
    assert end - start == pytest.approx(0.5)
    peaks = spelling.peaks[spelling.words[1].first : spelling.words[1].last + 1]
    assert sum(start <= peak <= end for peak in peaks) >= 2
    assert start >= span.start - 0.3


def test_places_by_lot_keep_clear_of_what_is_to_be_avoided():
    rng = np.random.default_rng(0)
    places = places_by_lot(rng, (0.0, 2.0), 0.2, ((0.5, 1.0), (1.5, 1.6)), 50)
    assert len(places) == 50
    for start in places:
        assert 0 <= start <= 1.8
        assert start + 0.2 <= 0.5 or (start >= 1.0 and start + 0.2 <= 1.5) or start >= 1.6


def test_where_there_is_no_room_there_is_no_place():
    rng = np.random.default_rng(0)
    assert places_by_lot(rng, (0.0, 0.3), 0.5, (), 3) == []
    assert places_by_lot(rng, (0.0, 1.0), 0.4, ((0.3, 0.7),), 3) == []


def test_a_word_lies_in_its_true_span_and_else_where_its_letters_listened(sound):
    spelling = TrueSpeller().spell(sound)
    assert word_stretch(sound, spelling, 0) == (sound.spans[0].start, sound.spans[0].end)
    unknown = Sound(sound.samples)
    assert word_stretch(unknown, spelling, 1) == (spelling.words[1].start, spelling.words[1].end)


def test_silencing_most_of_a_word_takes_it_away_and_silencing_another_does_not(sound):
    spelling = TrueSpeller().spell(sound)
    checks = list(check_words(TrueSpeller(), sound, spelling, length_s=0.4, draws=2))
    assert [check.word for check in checks] == [0, 1]
    second = checks[1]
    assert second.looked.changed
    assert second.looked.became is None
    assert second.looked.text == "seven"
    assert share_changed((second.looked,)) == 1.0
    assert share_changed(second.other) == 0.0
    assert share_changed(()) is None


def test_checks_are_the_same_each_time(sound):
    spelling = TrueSpeller().spell(sound)
    one, two = (list(check_words(TrueSpeller(), sound, spelling)) for _ in range(2))
    assert one == two
