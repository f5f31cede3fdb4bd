from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from attention.commands import speech  # noqa: F401, puts its commands on the command line
from attention.commands.terminal import app
from attention.speech.clips import clip
from attention.speech.model import Speller, SpellerConfig, config_dict
from attention.speech.sound import write_wav
from attention.speech.strings import join
from attention.training.checkpoint import save_checkpoint

SMALL = {"hidden_dim": 5, "decoder_dim": 7, "attention_dim": 6, "channels": 4}


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("commands")
    for name, location in (("aware", True), ("plain", False)):
        model = Speller(SpellerConfig(location=location, **SMALL))
        save_checkpoint(folder / name, model, {"task": "speech", "model": config_dict(model)})
    sound = join([clip(7, "scottish-woman"), clip(2, "american-man")], 0.2)
    (folder / "said.wav").write_bytes(write_wav(sound))
    (folder / "not.wav").write_bytes(b"seven two")
    return folder


def test_spell_writes_json_alone(folder):
    done = run("spell", folder / "said.wav", "--model", folder / "aware", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert {"text", "digits", "words", "letters", "weights", "starts", "ends", "peaks", "notes"} <= set(found)
    assert len(found["weights"]) == len(found["letters"])
    plain = run("spell", folder / "said.wav", "--model", folder / "plain", "--normaliser", "sparsemax")
    assert plain.exit_code == 0


def test_bad_sounds_end_with_one_line(folder):
    for arguments, said in (
        (("not.wav", "aware"), "not a WAV"),
        (("missing.wav", "aware"), "missing.wav"),
        (("said.wav", "nowhere"), "no checkpoint"),
    ):
        done = run("spell", folder / arguments[0], "--model", folder / arguments[1])
        assert done.exit_code == 2
        assert said in done.stderr
        assert "Traceback" not in done.output


def test_evaluate_names_its_scores(folder, toy_data):
    common = ("evaluate", "speech", "--data", toy_data, "--model", folder / "aware", "--share", 0.01)
    done = run(*common, "--plain", folder / "plain", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    wanted = {"digit_accuracy", "string_word_error_rate", "inside_span", "eight_digit_exact"}
    assert wanted <= set(found)
    assert wanted <= set(found["plain"])
    alone = run(*common, "--plain", "")
    assert alone.exit_code == 0
    assert "single digits" in alone.stdout


def test_recordings_that_are_not_there_are_said(folder, tmp_path):
    done = run("evaluate", "speech", "--data", tmp_path, "--model", folder / "aware")
    assert done.exit_code == 2
    assert "fsdd.npz does not exist" in done.stderr
    train = run("train", "speech", "--data", tmp_path, "--out", tmp_path / "run", "--max-minutes", 0.01)
    assert train.exit_code == 2
    assert (
        run("train", "speech", "--data", tmp_path, "--out", tmp_path, "--max-minutes", 1, "--leave-out", "me").exit_code
        == 2
    )
