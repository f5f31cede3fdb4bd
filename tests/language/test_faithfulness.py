from __future__ import annotations

import numpy as np
import pytest

from attention.language.faithfulness import emotion_importance, mean_agreement
from attention.language.labels import EMOTIONS, NEUTRAL
from attention.language.scores import log_odds
from attention.measures.faithfulness import kendall_tau
from attention.mechanisms import Mechanism
from tests.language.toy import toy_reader

READER = toy_reader()
TEXT = "Why is it so , I hate this table"


def test_leaving_a_word_out_is_reading_the_text_without_it():
    reading = READER.read(TEXT)
    for emotion in (0, EMOTIONS.index("anger"), NEUTRAL):
        found = emotion_importance(READER, reading, emotion)
        for i, word in enumerate(reading.words):
            shorter = READER.read(TEXT[: word.start] + TEXT[word.end :]).probabilities[emotion]
            assert found.leave_one_out[i] == pytest.approx(reading.probabilities[emotion] - shorter, abs=1e-5)
            drop = log_odds(reading.probabilities[emotion]) - log_odds(shorter)
            assert found.log_odds[i] == pytest.approx(drop, abs=1e-3)


def test_in_a_long_text_only_the_deciding_part_matters():
    text = ". ".join(f"{start} it was really the table today and so it is again" for start in ("Thanks", "Hate", "Why"))
    text = (text + ". ") * 3
    reading = READER.read(text)
    assert not reading.whole
    for emotion in (EMOTIONS.index("joy"), NEUTRAL):
        found = emotion_importance(READER, reading, emotion)
        for i in (0, 5, 13, len(reading.words) - 3):
            word = reading.words[i]
            shorter = READER.read(text[: word.start] + text[word.end :])
            if not shorter.whole and word.text.isalpha() and word.text.islower():
                wanted = reading.probabilities[emotion] - shorter.probabilities[emotion]
                assert found.leave_one_out[i] == pytest.approx(wanted, abs=1e-5)


def test_attention_and_random_shares_are_shares_and_taus_are_theirs():
    reading = READER.read(TEXT)
    found = emotion_importance(READER, reading, 3, seed=4)
    assert found.words == tuple(word.text for word in reading.words)
    assert found.attention.sum() == pytest.approx(1, abs=1e-5)
    assert found.random.sum() == pytest.approx(1)
    np.testing.assert_allclose(found.attention, reading.map.matrix()[3])
    assert found.tau_attention == kendall_tau(found.attention, found.log_odds)
    assert found.tau_random == kendall_tau(found.random, found.log_odds)
    np.testing.assert_array_equal(found.random, emotion_importance(READER, reading, 3, seed=4).random)
    assert not np.array_equal(found.random, emotion_importance(READER, reading, 3, seed=5).random)


def test_another_mechanism_is_measured_as_it_reads():
    hard = Mechanism(normaliser="hardmax")
    given = emotion_importance(READER, READER.read(TEXT), 7, mechanism=hard)
    own = emotion_importance(READER, READER.read(TEXT, hard), 7)
    np.testing.assert_allclose(given.log_odds, own.log_odds)
    np.testing.assert_allclose(given.attention, own.attention)


def test_one_word_has_nothing_to_rank():
    found = emotion_importance(READER, READER.read("why"), 7)
    assert np.isnan([found.tau_attention, found.tau_random]).all()
    assert found.leave_one_out.shape == (1,)


def test_an_emotion_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="from 0 to 27, got 28"):
        emotion_importance(READER, READER.read(TEXT), 28)


def test_random_weights_agree_with_nothing():
    texts = [
        f"{a} it is {b} and so {c} again" for a in ("why", "thanks") for b in ("the", "a") for c in ("scared", "so")
    ]
    emotions, neutral = mean_agreement(READER, [*texts * 5, "why"])
    assert emotions.texts + neutral.texts == 40
    for found in (emotions, neutral):
        assert np.isnan(found.random) == (found.texts == 0)
        assert found.texts < 20 or abs(found.random) < 0.25


def test_agreement_is_that_of_each_text():
    text = "Why is it so again"
    reading = READER.read(text)
    one = emotion_importance(READER, reading, reading.strongest, seed=2)
    found = mean_agreement(READER, [text], seed=2)[reading.strongest == NEUTRAL]
    assert (found.attention, found.random, found.texts) == (one.tau_attention, one.tau_random, 1)
    assert found.top_attention == float(one.attention.argmax() == one.log_odds.argmax())
    assert np.isnan(mean_agreement(READER, [])[0].attention)
