from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import attention.commands.language  # noqa: F401, it puts its commands on the command line
from attention.commands.terminal import app
from attention.language.labels import EMOTIONS
from attention.language.model import config_dict
from attention.training.checkpoint import save_checkpoint
from tests.language.toy import toy_reader, write_toy

RUN = CliRunner()


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    reader = toy_reader()
    config = {
        "task": "emotions",
        "emotions": list(EMOTIONS),
        "model": config_dict(reader.model),
        "calibration": reader.calibration.to_json(),
    }
    folder = tmp_path_factory.mktemp("models") / "toy"
    return str(save_checkpoint(folder, reader.model, config, reader.vocabulary, storage="float32"))


def test_emotions_as_json(model):
    done = RUN.invoke(app, ["emotions", "Why? I hate this table", "--model", model, "--json"])
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert record["model"] == "toy"
    assert list(record["emotions"]) == list(EMOTIONS)
    assert record["strongest"] in EMOTIONS
    assert [part["text"] for part in record["sentences"]] == ["Why?", "I hate this table"]
    assert sum(record["weights"][0]) == pytest.approx(1, abs=1e-4)


def test_emotions_from_standard_input_and_for_people(model):
    done = RUN.invoke(app, ["emotions", "-", "--model", model], input="Why? I hate this table")
    assert done.exit_code == 0, done.output
    assert "%" in done.stdout
    assert "I hate this table" in done.stdout


def test_another_mechanism_from_the_terminal(model):
    command = ["emotions", "I hate this", "--model", model, "--normaliser", "uniform", "--json"]
    weights = json.loads(RUN.invoke(app, command).stdout)["weights"]
    assert weights[3] == pytest.approx([1 / 3] * 3, abs=1e-4)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["emotions", " "], "no text yet"),
        (["emotions", "why", "--normaliser", "sharpmax"], "sharpmax"),
        (["emotions", "why", "--temperature", "0"], "temperature"),
        (["evaluate", "emotions", "--data", "nowhere"], "no test split"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(model, arguments, complaint):
    done = RUN.invoke(app, [*arguments, "--model", model])
    assert done.exit_code == 2
    assert complaint in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_evaluate_as_json(model, tmp_path):
    command = ["evaluate", "emotions", "--data", str(write_toy(tmp_path)), "--model", model, "--json"]
    record = json.loads(RUN.invoke(app, [*command, "--no-baseline"]).stdout)
    wanted = {"macro_f1", "sentiment_macro_f1", "calibration_error", "calibration_error_of_labels", "baseline"}
    assert wanted <= set(record)
    assert 0 <= record["macro_f1"] <= 1
    assert record["baseline"] is None
    assert record["comments"] == 60


def test_train_then_release_then_read(tmp_path):
    data, run = str(write_toy(tmp_path / "data")), str(tmp_path / "run")
    sizes = ["--buckets", "50", "--embedding-dim", "8", "--phrase-dim", "4", "--hidden-dim", "4", "--heads", "2"]
    quick = ["--max-minutes", "0.02", "--validate-minutes", "0.01", "--folds", "2"]
    done = RUN.invoke(app, ["train", "emotions", "--data", data, "--out", run, *sizes, *quick])
    assert done.exit_code == 0, done.output
    assert "best: " in done.stdout
    shipped = ["--run", run, "--data", data, "--name", "toy", "--out", str(tmp_path), "--no-baseline", "--most", "40"]
    done = RUN.invoke(app, ["release", "emotions", *shipped])
    assert done.exit_code == 0, done.output
    done = RUN.invoke(app, ["emotions", "so scared", "--model", str(tmp_path / "toy"), "--json"])
    assert json.loads(done.stdout)["strongest"] in EMOTIONS
