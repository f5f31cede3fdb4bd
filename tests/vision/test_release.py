"""From runs to shipped models: the card says how, and nothing of the machine."""

from dataclasses import replace

import pytest

from attention.training.card import read_metadata
from attention.training.checkpoint import CheckpointError, read_config
from attention.vision import recipe
from attention.vision.finder import DigitFinder
from attention.vision.recipe import train_vision
from attention.vision.release import release
from tests.vision.test_recipe import QUICK, TINY
from tests.vision.toy import few_together  # noqa: F401, a fixture


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipe, "STEPS", 1)
        train_vision(TINY, QUICK, folder / "one")
        train_vision(replace(TINY, start=str(folder / "one" / "best"), learn="heads"), QUICK, folder / "two")
        train_vision(replace(TINY, model="pooled"), QUICK, folder / "pooled")
    return folder


def test_release_writes_both_models_with_scores_and_cards(runs, tmp_path):
    folder = release(runs / "two", "toy", tmp_path, pooled_run=runs / "pooled", scenes=2)
    finder, pooled = DigitFinder.load(folder), DigitFinder.load(tmp_path / "toy-pooled")
    scores = finder.config["scores"]
    assert {"presence_f1", "box_iou", "pointing", "mask_iou", "uniform", "phrases"} <= set(scores)
    for name, value in pooled.config["scores"]["valid"].items():
        assert 0 <= value <= 1, name
    assert scores["without_attention"]["box_iou"] == pooled.config["scores"]["box_iou"]
    metadata = read_metadata(finder.card)
    assert metadata["license"] == "cc-by-4.0"
    for wanted in (
        "E. Alpaydin and C. Kaynak",
        "train vision --out runs/toy-1",
        "--start runs/toy-1/best",
        "toy-pooled",
    ):
        assert wanted in finder.card
    for path in (folder / "README.md", folder / "config.json"):
        assert str(runs) not in path.read_text(encoding="utf-8")
    assert len(read_config(folder)["log"]) == 2


def test_a_run_without_attention_is_no_finder(runs, tmp_path):
    with pytest.raises(CheckpointError, match="without attention"):
        release(runs / "pooled", "toy", tmp_path, scenes=2)
    with pytest.raises(ValueError, match="cannot name a folder"):
        release(runs / "two", "a/b", tmp_path)
