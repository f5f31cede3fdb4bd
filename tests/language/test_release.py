from __future__ import annotations

import json

import numpy as np
import pytest

from attention.language.comments import find_split, label_matrix
from attention.language.evaluation import evaluate
from attention.language.labels import EMOTIONS
from attention.language.reader import EmotionReader
from attention.language.recipe import train_emotions
from attention.language.release import release
from attention.training.card import CardError, read_metadata
from tests.language.toy import QUICK, SMALL, write_toy


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    data = write_toy(folder / "data")
    train_emotions(data, SMALL, QUICK, folder / "run")
    return folder


def test_a_release_is_calibrated_scored_and_carries_its_card(run, tmp_path):
    folder = release(run / "run", run / "data", "toy", tmp_path, baseline=False)
    reader = EmotionReader.load(folder)
    assert reader.name == "toy"
    test = find_split(run / "data", "test")
    scores = evaluate(reader, test)
    recorded = reader.config["scores"]
    assert recorded["macro_f1"] == pytest.approx(scores.macro_f1, abs=1e-4)
    assert recorded["calibration_error"] == pytest.approx(scores.calibration_error, abs=1e-4)
    assert recorded["calibration_error_of_labels"] == pytest.approx(scores.calibration_error_of_labels, abs=1e-4)
    dev = find_split(run / "data", "dev")
    shares = reader.scores([comment.text for comment in dev]).mean(axis=0)
    np.testing.assert_allclose(shares, label_matrix(dev).mean(axis=0), atol=0.08)
    header = read_metadata(reader.card)
    assert header["license"] == "cc-by-4.0"
    values = {metric["name"]: metric["value"] for metric in header["model-index"][0]["results"][0]["metrics"]}
    assert values["macro-F1, 28 labels"] == pytest.approx(scores.macro_f1, abs=1e-3)
    for wanted in (
        "python -m attention train emotions",
        "--seed 1",
        "Comments: nobody, CC BY 4.0.",
        "Kendall",
        "[NAME]",
    ):
        assert wanted in reader.card
    assert all(f"| {emotion} |" in reader.card for emotion in EMOTIONS)


def test_the_cards_command_is_the_runs(run, tmp_path):
    folder = release(run / "run", run / "data", "toy", tmp_path, baseline=False, most=30)
    training = json.loads((folder / "config.json").read_text())["training"]
    card = " ".join((folder / "README.md").read_text().replace("\\\n", " ").split())
    for name, value in training.items():
        if name != "minutes":
            text = int(value) if isinstance(value, float) and value.is_integer() else value
            assert f"--{name.replace('_', '-')} {text}" in card


def test_what_must_not_ship_is_refused(run, tmp_path):
    with pytest.raises(ValueError, match="cannot name a folder"):
        release(run / "run", run / "data", "../toy", tmp_path)
    bare = tmp_path / "bare"
    bare.mkdir()
    with pytest.raises(CardError, match="licence"):
        release(run / "run", bare, "toy", tmp_path)


def test_an_unreleased_checkpoint_reads_uncalibrated(run):
    reader = EmotionReader.load(run / "run" / "best")
    assert reader.calibration.scales.tolist() == [1] * 28
    assert reader.read("so scared").probabilities.shape == (28,)
