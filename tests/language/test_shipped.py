"""The model that ships: laws it must keep, and bars that it must pass on the official test split."""

from __future__ import annotations

import re

import numpy as np
import pytest

from attention.language.comments import SPLITS, find_split
from attention.language.evaluation import EmotionScores, evaluate, score_baseline
from attention.language.faithfulness import mean_agreement
from attention.language.labels import EMOTIONS, GROUPS
from attention.language.reader import EmotionReader
from attention.training.card import read_metadata
from attention.training.checkpoint import CHECKPOINTS

TELLING = {
    "Thank you so much for your help!": "gratitude",
    "I am so angry, this makes me furious.": "anger",
    "I love you, my dear": "love",
    "I'm scared, this is terrifying": "fear",
    "Sorry, I apologize for that": "remorse",
    "Haha, that is hilarious": "amusement",
}


@pytest.fixture(scope="module")
def reader() -> EmotionReader:
    return EmotionReader.load()


def test_it_is_small_enough_and_holds_no_code():
    files = {path.name: path.stat().st_size for path in (CHECKPOINTS / "emotions").iterdir()}
    assert set(files) == {"README.md", "config.json", "model.safetensors", "tokenizer.json"}
    assert max(files.values()) < 15 * 2**20


def test_plain_words_are_felt(reader):
    for text, emotion in TELLING.items():
        reading = reader.read(text)
        assert EMOTIONS[reading.strongest] == emotion
        assert reading.sentiments.shape == (len(GROUPS),)


def test_one_text_or_many_give_the_same(reader):
    together = reader.scores(list(TELLING))
    for row, text in zip(together, TELLING, strict=True):
        np.testing.assert_allclose(row, reader.read(text).probabilities, atol=1e-5)


def test_the_light_is_better_than_random(reader):
    found, _ = mean_agreement(reader, list(TELLING))
    assert found.texts == len(TELLING)
    assert found.attention > found.random
    assert found.top_attention > 0.5


def test_the_card_states_what_a_card_must(reader):
    header = read_metadata(reader.card)
    assert header["license"] == "cc-by-4.0"
    scores = reader.config["scores"]
    for wanted in (
        "python -m attention train emotions",
        "Emotion labels and comments: GoEmotions, Demszky et al. 2020, Google Research, CC BY 4.0.",
        f"{scores['macro_f1']:.3f}",
        f"{scores['baseline']['macro_f1']:.3f}",
        f"{scores['calibration_error']:.2%}",
        f"{scores['calibration_error_of_labels']:.2%}",
        "Reddit",
        "[NAME]",
    ):
        assert wanted in reader.card
    assert re.search(r"--seed \d", reader.card)


@pytest.fixture(scope="module")
def found(reader, data_folder) -> EmotionScores:
    return evaluate(reader, find_split(data_folder / "goemotions", "test"))


def test_it_passes_the_bars_on_the_test_split(reader, found):
    scores = reader.config["scores"]
    assert found.macro_f1 >= 0.48
    assert found.sentiment_macro_f1 >= 0.67
    assert found.calibration_error < 0.01
    assert found.calibration_error <= found.calibration_error_of_labels < 0.01
    assert found.macro_f1 == pytest.approx(scores["macro_f1"], abs=2e-3)
    assert found.calibration_error_of_labels == pytest.approx(scores["calibration_error_of_labels"], abs=5e-4)


def test_it_is_better_than_the_classic_method_fitted_here_and_now(reader, found, data_folder):
    classic = score_baseline(*(find_split(data_folder / "goemotions", split) for split in SPLITS))
    for name, own in (("macro_f1", found.macro_f1), ("sentiment_macro_f1", found.sentiment_macro_f1)):
        assert own > classic[name]
        assert classic[name] == pytest.approx(reader.config["scores"]["baseline"][name], abs=5e-3)
