from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from attention.mechanisms import Mechanism
from attention.speech.model import config_dict
from attention.speech.sound import RATE, Sound
from attention.speech.speller import MOST_LETTERS, DigitSpeller, spell_features
from attention.training.checkpoint import CheckpointError, save_checkpoint

HISS = Sound(0.1 * np.random.default_rng(1).standard_normal(4_321).astype(np.float32))


@pytest.fixture
def speller(model):
    with torch.no_grad():  # chatty, so that there is something to look at
        model.output.bias[0] = -1.0
    return DigitSpeller(model, {"task": "speech", "model": config_dict(model)})


def test_a_spelling_fits_together(speller):
    found = speller.spell(HISS)
    rows, frames = found.map.matrix().shape
    assert rows == len(found.letters) == len(found.text) == len(found.log_probabilities) == len(found.peaks)
    assert frames == len(found.starts) == len(found.ends) == -(-4_321 // 320)
    np.testing.assert_allclose(found.starts, 0.04 * np.arange(frames))
    assert found.ends[-1] == pytest.approx(found.seconds_of_sound) == pytest.approx(4_321 / RATE)
    assert found.mels.shape == (40, 4 * frames)
    np.testing.assert_allclose(found.map.matrix().sum(axis=1), 1, atol=1e-5)
    for word in found.words:
        assert found.text[word.first : word.last + 1] == word.text
        assert 0 <= word.start <= word.end <= found.seconds_of_sound + 1e-6
        assert 0 <= word.probability <= 1
    assert " ".join(word.text for word in found.words) == " ".join(found.text.split())
    assert json.loads(json.dumps(found.to_json()))["text"] == found.text


def test_two_calls_do_not_know_of_each_other(speller):
    first = speller.spell(HISS)
    speller.spell(HISS, Mechanism(score="additive", normaliser="uniform"))
    again = speller.spell(HISS)
    assert again.text == first.text
    np.testing.assert_array_equal(again.map.weights, first.map.weights)


def test_what_never_ends_is_cut(model):
    with torch.no_grad():
        model.output.bias[0] = -100.0
    found = DigitSpeller(model, {}).spell(HISS)
    assert not found.finished
    assert len(found.letters) == MOST_LETTERS
    assert any("was cut" in note for note in found.notes)
    assert max(map(len, found.notes)) < 200


def test_silence_and_a_click_are_answered(speller):
    silent = speller.spell(Sound(np.zeros(3_000, dtype=np.float32), notes=("Read.",)))
    assert silent.text == ""
    assert silent.notes == ("Read.", "The sound is silent, so there is nothing to spell.")
    assert silent.map.weights.shape[2:] == (0, 10)
    click = np.zeros(2, dtype=np.float32)
    click[0] = 0.5
    assert speller.spell(Sound(click)).map.matrix().shape[1] == 3


def test_what_cannot_be_spelled_is_refused(speller):
    with pytest.raises(ValueError, match="at most 15"):
        speller.spell(Sound(np.ones(17 * RATE, dtype=np.float32)))
    with pytest.raises(ValueError, match="finite"):
        speller.spell(Sound(np.full(800, np.nan, dtype=np.float32)))
    with pytest.raises(ValueError, match="finite"):
        speller.spell(Sound(np.zeros((800, 2), dtype=np.float32)))
    with pytest.raises(ValueError, match="additive"):
        speller.spell(HISS, Mechanism(score="dot"))


def test_greedy_letters_are_the_likeliest_ones(speller):
    features = np.random.default_rng(2).normal(size=(32, 40)).astype(np.float32)
    numbers, weights, logs = spell_features(speller.model, features)
    with torch.inference_mode():
        logits, forced = speller.model(torch.from_numpy(features)[None], torch.tensor([numbers]))
    assert logits[0].argmax(dim=-1).tolist() == numbers
    np.testing.assert_allclose(forced[0].numpy(), weights, atol=1e-5)
    np.testing.assert_allclose(logits[0].log_softmax(dim=-1).amax(dim=-1).numpy(), logs, atol=1e-5)


def test_saved_and_loaded_it_spells_the_same(speller, tmp_path):
    folder = save_checkpoint(tmp_path / "toy", speller.model, speller.config, card="A card.", storage="float32")
    again = DigitSpeller.load(folder)
    assert (again.name, again.card, again.parameters) == ("toy", "A card.", speller.parameters)
    assert again.location_aware is speller.location_aware
    assert again.spell(HISS).text == speller.spell(HISS).text
    assert not any(parameter.requires_grad for parameter in again.model.parameters())


def test_other_checkpoints_are_refused(speller, tmp_path):
    save_checkpoint(tmp_path / "other", speller.model, {"task": "emotions", "model": {}})
    with pytest.raises(CheckpointError, match="not a speech checkpoint"):
        DigitSpeller.load(tmp_path / "other")
    wrong = {"task": "speech", "model": config_dict(speller.model) | {"hidden_dim": 9}}
    save_checkpoint(tmp_path / "wrong", speller.model, wrong)
    with pytest.raises(CheckpointError, match="does not fit"):
        DigitSpeller.load(tmp_path / "wrong")
