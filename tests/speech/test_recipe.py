from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from attention.speech import recipe
from attention.speech.letters import decode
from attention.speech.model import Speller
from attention.speech.recipe import SpeechTask, train_speech
from attention.speech.recordings import RecordingsError, read_recordings, split
from attention.speech.release import release
from attention.speech.speller import DigitSpeller
from attention.training.card import CardError, read_metadata
from attention.training.checkpoint import CheckpointError, read_config
from tests.speech.toy import QUICK, SMALL


def test_recordings_are_split_by_take_and_by_speaker(toy_data):
    recordings = read_recordings(toy_data)
    parts = split(recordings)
    assert [len(part) for part in (parts.train, parts.valid, parts.test)] == [40, 60, 100]
    assert {r.take for r in parts.test} == set(range(5))
    assert not {r.take for r in parts.train} & ({r.take for r in parts.valid} | {r.take for r in parts.test})
    without = split(recordings, "theo")
    assert {r.speaker for r in (*without.train, *without.valid)} == {"george"}
    assert {r.speaker for r in without.test} == {"theo"}
    assert len(without.test) == 100
    with pytest.raises(RecordingsError, match="george, theo"):
        split(recordings, "nobody")


def test_recordings_that_are_not_there_are_refused(tmp_path):
    with pytest.raises(RecordingsError, match="does not exist"):
        read_recordings(tmp_path)
    (tmp_path / "fsdd.npz").write_bytes(b"no recordings")
    with pytest.raises(RecordingsError, match="cannot be read"):
        read_recordings(tmp_path)


@pytest.mark.parametrize("location", [True, False])
def test_loss_falls_in_a_few_steps(toy_data, location):
    task = SpeechTask(toy_data, replace(SMALL, location=location, longest=1), QUICK)
    torch.manual_seed(1)
    model = Speller(recipe._config(task.settings))
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    losses = []
    for order in task.batches(0)[:24]:
        summed, count = task.loss(model, order)
        optimiser.zero_grad()
        (summed / count).backward()
        optimiser.step()
        losses.append((summed / count).item())
    assert np.mean(losses[-5:]) < 0.85 * np.mean(losses[:3])


def test_guidance_counts_what_looks_elsewhere(task):
    order = task.batches(0)[0]
    model = Speller(recipe._config(task.settings)).eval()
    free = SpeechTask.__new__(SpeechTask)
    free.__dict__ = task.__dict__ | {"settings": replace(task.settings, guidance=0.0)}
    with torch.no_grad():
        guided, count = task.loss(model, order)
        unguided, same = free.loss(model, order)
    assert count == same
    assert 0 < (guided - unguided) < task.settings.guidance * count


def test_batches_can_be_mixed_again(task):
    assert task.batches(3) == task.batches(3) != task.batches(4)
    assert {order.digits for order in task.batches(0)} == {1, 2}
    staged = SpeechTask.__new__(SpeechTask)
    staged.__dict__ = task.__dict__ | {"settings": replace(task.settings, longest=10, stage_epochs=2)}
    longest = [max(order.digits for order in staged.batches(epoch)) for epoch in (0, 2, 4, 7)]
    assert longest[:3] == [2, 3, 5]
    assert longest[3] > 5


@pytest.fixture(scope="module")
def run(toy_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    train_speech(toy_data, SMALL, QUICK, folder / "whole")
    train_speech(toy_data, replace(SMALL, leave_out="theo", longest=1), QUICK, folder / "without")
    return folder


def test_a_run_leaves_a_checkpoint_and_its_log(run, toy_data):
    speller = DigitSpeller.load(run / "whole" / "best")
    assert set(decode([2, 3])) <= set("efghinorstuvwxz")
    assert speller.config["training"]["guidance"] == SMALL.guidance
    assert {"valid_loss", "valid_digits", "score"} <= set(speller.config["log"][0])
    with pytest.raises(ValueError, match="other settings"):
        train_speech(toy_data, replace(SMALL, guidance=0.1), QUICK, run / "whole")


def test_settings_that_cannot_be_are_refused(toy_data, tmp_path):
    with pytest.raises(ValueError, match="george"):
        train_speech(toy_data, replace(SMALL, leave_out="nobody"), QUICK, tmp_path)
    with pytest.raises(ValueError, match="1 to 10"):
        train_speech(toy_data, replace(SMALL, longest=11), QUICK, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_release_is_scored_and_carries_its_card(run, toy_data, tmp_path):
    folder = release(
        run / "whole", toy_data, "toy", tmp_path, left_out=[run / "without"], beside=[run / "without"], share=0.01
    )
    config, card = read_config(folder), (folder / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in folder.iterdir()} == {"config.json", "model.safetensors", "README.md"}
    scores = config["scores"]
    assert set(scores["new_voices"]) == {"theo"}
    assert scores["new_voice_accuracy"] == scores["new_voices"]["theo"]["accuracy"]
    header = read_metadata(card)
    assert header["license"] == "cc-by-sa-4.0"
    told = " ".join(card.replace("\\\n", " ").split())
    for wanted in (
        "python -m attention train speech",
        "--location",
        "--seed 1",
        "--longest 2",
        "Recordings: nobody, CC BY-SA 4.0.",
        "| theo | 0 | 1 |",
        "| location-aware, this model | 0 |",
        "Scottish woman",
        "women",
        "python -m attention evaluate speech",
    ):
        assert wanted in told
    assert json.dumps(config)


def test_what_must_not_ship_is_refused(run, toy_data, tmp_path):
    with pytest.raises(ValueError, match="cannot name a folder"):
        release(run / "whole", toy_data, "../toy", tmp_path)
    with pytest.raises(CheckpointError, match="left no speaker out"):
        release(run / "whole", toy_data, "toy", tmp_path, left_out=[run / "whole"], share=0.01)
    (tmp_path / "bare").mkdir()
    with pytest.raises(CardError, match="licence"):
        release(run / "whole", tmp_path / "bare", "toy", tmp_path)
