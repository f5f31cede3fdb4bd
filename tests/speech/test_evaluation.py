from __future__ import annotations

import numpy as np
import pytest

from attention.attention_map import AttentionMap
from attention.speech.evaluation import (
    digit_accuracy,
    evaluate,
    peaks_inside,
    score_strings,
    strings_of,
)
from attention.speech.letters import WORDS, spelled, word_rows
from attention.speech.recordings import read_recordings, split
from attention.speech.sound import Sound, Span
from attention.speech.spelling import SpelledWord, Spelling


@pytest.fixture(scope="module")
def test_takes(toy_data):
    return split(read_recordings(toy_data)).test


def spelling_of(text: str, peaks: list[int], frames: int = 50) -> Spelling:
    """A spelling whose letters look at the given frames of 0.04 s."""
    letters = tuple(text)
    weights = np.eye(frames, dtype=np.float32)[peaks]
    starts = 0.04 * np.arange(frames)
    words = tuple(SpelledWord(text[a : b + 1], 0, a, b, 0.0, 0.0, 0.0, 1.0) for a, b in word_rows(text))
    found = AttentionMap(weights[None, None], letters, tuple(map(str, range(frames))))
    logs, mels = np.zeros(len(text)), np.zeros((40, 200))
    return Spelling(text, letters, found, starts, starts + 0.04, logs, words, 2.0, mels, (), 0.0)


def ideal(sound: Sound) -> Spelling:
    """Spells what is there and looks at the middle of each word."""
    text = spelled([span.digit for span in sound.spans])
    peaks = []
    for number, span in enumerate(sound.spans):
        middle = int((span.start + span.end) / 2 / 0.04)
        peaks += [middle] * (len(WORDS[span.digit]) + (number < len(sound.spans) - 1))
    return spelling_of(text, peaks, frames=int(sound.seconds / 0.04) + 1)


def test_peaks_are_inside_or_not():
    sound = Sound(np.zeros(16_000, dtype=np.float32), (Span(0.2, 0.6, 6), Span(1.0, 1.4, 1)))
    inside, offsets = peaks_inside(spelling_of("six one", [4, 5, 14, 0, 25, 34, 36]), sound)
    assert inside == [False, True, True, True, True, False]  # frame 4 is around 0.18 s, 36 around 1.46 s
    assert offsets[0] == pytest.approx(0.22)
    assert peaks_inside(spelling_of("six", [5, 6, 7]), sound) == ([False] * 3, [])


def test_an_ideal_speller_has_the_best_scores(test_takes):
    sounds = strings_of(test_takes, 3, 8)
    scores = score_strings(ideal, sounds)
    assert (scores.word_errors, scores.exact, scores.inside_span, scores.count) == (0.0, 1.0, 1.0, 8)
    assert scores.offset_s <= 0.02


def test_a_deaf_speller_has_the_worst(test_takes):
    sounds = strings_of(test_takes, 3, 4)
    scores = score_strings(lambda sound: spelling_of("", []), sounds)
    assert (scores.word_errors, scores.exact, scores.inside_span) == (1.0, 0.0, 0.0)
    always_one = digit_accuracy(lambda sound: spelling_of("one", [1, 1, 1]), test_takes)
    assert always_one == pytest.approx(0.1)


def test_strings_are_always_the_same_and_of_test_takes_alone(test_takes):
    one, again, other = strings_of(test_takes, 3, 5), strings_of(test_takes, 3, 5), strings_of(test_takes, 3, 5, seed=8)
    for a, b in zip(one, again, strict=True):
        assert a.spans == b.spans
        np.testing.assert_array_equal(a.samples, b.samples)
    assert any(a.spans != b.spans for a, b in zip(one, other, strict=True))
    assert {len(sound.spans) for sound in one} == {3}


def test_all_scores_have_their_names(test_takes):
    found = evaluate(ideal_or_word(test_takes), test_takes, share=0.02)
    assert found["eight_digit_exact"] == found["string_exact"] == found["inside_span"] == 1.0
    assert found["string_word_error_rate"] == found["eight_digit_word_error_rate"] == 0.0
    assert found["digit_accuracy"] == 1.0


def ideal_or_word(takes):
    """Know single recordings by heart, and strings by their spans."""
    known = {take.samples.tobytes(): take.digit for take in takes}

    def spell(sound):
        digit = known.get(sound.samples.tobytes())
        return ideal(sound) if digit is None else spelling_of(WORDS[digit], [0] * len(WORDS[digit]))

    return spell
