"""The terminal commands for pictures."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import attention.commands.vision  # noqa: F401, it puts its commands on the command line
from attention.commands.terminal import app
from attention.training.checkpoint import save_checkpoint
from attention.vision.model import config_dict
from attention.vision.scenes import draw_scene
from tests.vision.toy import few_together, toy_finder  # noqa: F401, a fixture

RUN = CliRunner()


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    finder = toy_finder()
    config = {**finder.config, "model": config_dict(finder.model)}
    return str(save_checkpoint(tmp_path_factory.mktemp("models") / "toy", finder.model, config, storage="float32"))


@pytest.fixture(scope="module")
def picture(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("pictures") / "scene.png"
    Image.fromarray((255 * draw_scene(1).image).astype(np.uint8)).save(path)
    return str(path)


def test_find_as_json(model, picture):
    done = RUN.invoke(app, ["find", picture, "--query", "7", "--model", model, "--json"])
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert record["model"] == "toy"
    assert record["phrase"]["text"] == "7"
    assert len(record["presence"]) == 10


def test_find_for_people_with_another_mechanism(model, picture):
    done = RUN.invoke(app, ["find", picture, "--query", "the largest digit", "--model", model, "--temperature", "2"])
    assert done.exit_code == 0, done.output
    assert "the largest digit" in done.stdout


@pytest.mark.parametrize("command", [["--query", "purple"], ["--normaliser", "none"]])
def test_bad_requests_end_with_one_line(model, picture, command):
    done = RUN.invoke(app, ["find", picture, "--model", model, *command])
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_no_picture_is_refused(model, tmp_path):
    path = tmp_path / "notes.png"
    path.write_text("no picture at all")
    done = RUN.invoke(app, ["find", str(path), "--model", model])
    assert done.exit_code == 2
    assert "error" in done.stderr


def test_evaluate_as_json(model):
    command = ["evaluate", "vision", "--model", model, "--no-pooled", "--scenes", "2", "--json"]
    done = RUN.invoke(app, command)
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert {"presence_f1", "box_iou", "pointing", "mask_iou", "uniform", "phrases"} <= set(record)
    assert record["without_attention"] is None
