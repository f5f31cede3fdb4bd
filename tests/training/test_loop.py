import csv
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from attention.training import loop
from attention.training.loop import RunSettings, precision_of, train

ROOT = Path(__file__).parent.parent.parent
SETTINGS = RunSettings(
    max_minutes=6,
    learning_rate=0.02,
    warmup_steps=5,
    validate_minutes=1.5,
    save_minutes=0.7,
    average=0.9,
    precision="no",
)


class Killed(Exception):
    """Stands for the moment when the machine is switched off."""


class Task:
    """Four numbers predict three; `validate` returns the negative loss unless other scores are given."""

    def __init__(self, die_at=None, scores=()):
        generator = torch.Generator().manual_seed(7)
        self.x = torch.randn(70, 4, generator=generator)
        self.y = torch.tanh(self.x @ torch.randn(4, 3, generator=generator))
        self.die_at, self.calls, self.scores, self.saved = die_at, 0, list(scores), []

    def batches(self, epoch):
        order = torch.randperm(70, generator=torch.Generator().manual_seed(epoch))
        return list(order.split(10))

    def loss(self, model, batch):
        self.calls += 1
        if self.calls == self.die_at:
            raise Killed
        return (model(self.x[batch]) - self.y[batch]).square().sum(), torch.tensor(float(len(batch)))

    def validate(self, model):
        assert not model.training
        loss = (model(self.x) - self.y).square().mean().item()
        return {"valid_loss": loss, "score": self.scores.pop(0) if self.scores else -loss}

    def save(self, folder, model, log):
        folder.mkdir(parents=True, exist_ok=True)
        torch.save({name: value.clone() for name, value in model.state_dict().items()}, folder / "model.pt")
        self.saved.append(log[-1]["score"])


def network():
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Dropout(0.2), nn.Linear(16, 3))


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock on which every look takes a twentieth of a minute, so that a run is a fixed number of steps."""
    now = SimpleNamespace(seconds=0.0)

    def monotonic():
        now.seconds += 3.0
        return now.seconds

    monkeypatch.setattr(loop, "time", SimpleNamespace(monotonic=monotonic, perf_counter=lambda: 0.0))


def rows(folder):
    with open(folder / "log.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_run_learns_and_writes_a_row_for_each_validation(tmp_path):
    task = Task()
    best = train(network(), task, SETTINGS, tmp_path)
    log = rows(tmp_path)
    assert list(log[0]) == ["minutes", "step", "epoch", "train_loss", "valid_loss", "score"]
    assert len(log) == 4
    assert float(log[-1]["valid_loss"]) < 0.75 * float(log[0]["valid_loss"])
    assert [float(row["minutes"]) for row in log] == sorted(float(row["minutes"]) for row in log)
    assert float(log[-1]["minutes"]) >= SETTINGS.max_minutes
    assert int(log[-1]["epoch"]) == 1 + int(log[-1]["step"]) // 7
    assert best["score"] == pytest.approx(max(float(row["score"]) for row in log), abs=1e-4)


@pytest.mark.parametrize("die_at", [2, 29, 34, 60, 110])
def test_a_killed_run_goes_on_to_the_same_parameters(tmp_path, die_at):
    whole, killed = network(), network()
    train(whole, Task(), SETTINGS, tmp_path / "whole")
    with pytest.raises(Killed):
        train(killed, Task(die_at=die_at), SETTINGS, tmp_path / "killed")
    resumed = network()
    train(resumed, Task(), SETTINGS, tmp_path / "killed")
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name
    assert rows(tmp_path / "whole") == rows(tmp_path / "killed")
    best = [torch.load(tmp_path / kind / "best" / "model.pt") for kind in ("whole", "killed")]
    assert all(torch.equal(best[0][name], best[1][name]) for name in best[0])


def test_a_finished_run_is_not_trained_again(tmp_path):
    first = train(network(), Task(), SETTINGS, tmp_path)
    task = Task()
    assert train(network(), task, SETTINGS, tmp_path) == first
    assert task.calls == 0


def test_a_longer_budget_goes_on_where_the_run_stopped(tmp_path):
    train(network(), Task(), SETTINGS, tmp_path)
    steps = int(rows(tmp_path)[-1]["step"])
    train(network(), Task(), replace(SETTINGS, max_minutes=7.5), tmp_path)
    assert int(rows(tmp_path)[-1]["step"]) > steps
    assert float(rows(tmp_path)[0]["minutes"]) < 2


def test_other_settings_in_the_same_folder_are_refused(tmp_path):
    train(network(), Task(), SETTINGS, tmp_path)
    with pytest.raises(ValueError, match="a run with other settings"):
        train(network(), Task(), replace(SETTINGS, learning_rate=0.5), tmp_path)


def test_the_checkpoint_that_validated_best_is_kept(tmp_path):
    task = Task(scores=[1.0, 3.0, 2.0, 3.0])
    assert train(network(), task, SETTINGS, tmp_path)["score"] == 3.0
    assert task.saved == [1.0, 3.0]


def test_what_is_validated_and_kept_is_the_moving_average(tmp_path):
    model = network()
    train(model, Task(), SETTINGS, tmp_path)
    kept = torch.load(tmp_path / "best" / "model.pt")
    assert all(not torch.equal(kept[name], value) for name, value in model.state_dict().items())


def test_the_learning_rate_rises_stays_and_falls(tmp_path, monkeypatch):
    rates = []
    update = loop.Run.update

    def record(run, batch):
        update(run, batch)
        rates.append(run.optimiser.param_groups[0]["lr"])

    monkeypatch.setattr(loop.Run, "update", record)
    train(network(), Task(), SETTINGS, tmp_path)
    assert rates[:5] == pytest.approx([0.004, 0.008, 0.012, 0.016, 0.02])
    assert rates[20] == 0.02
    assert all(later <= earlier for earlier, later in pairwise(rates[5:]))
    assert rates[-1] == pytest.approx(0.02 * SETTINGS.final_rate, abs=6e-4)


def test_only_matrices_decay():
    matrices, rest = loop._decay_groups(network(), 0.01)
    assert [p.ndim for p in matrices["params"]] == [2, 2]
    assert [p.ndim for p in rest["params"]] == [1, 1]
    assert (matrices["weight_decay"], rest["weight_decay"]) == (0.01, 0.0)


def test_an_epoch_without_batches_is_refused_instead_of_waiting_for_ever(tmp_path):
    task = Task()
    task.batches = lambda epoch: []
    with pytest.raises(ValueError, match="0 batches for 1 processes"):
        train(network(), task, SETTINGS, tmp_path)


@pytest.mark.parametrize("precision", ["bf16", "fp16", "no"])
def test_a_named_precision_is_taken(precision):
    assert precision_of(precision) == precision


@pytest.mark.parametrize(("faster", "expected"), [(2.0, "bf16"), (1.1, "no"), (0.5, "no")])
def test_auto_takes_bfloat16_only_where_it_is_faster(monkeypatch, faster, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(loop, "_seconds_of_product", lambda kind: 1.0 if kind == torch.float32 else 1.0 / faster)
    assert precision_of("auto") == expected


def test_an_unknown_precision_is_refused():
    with pytest.raises(ValueError, match="auto, bf16, fp16 or no"):
        precision_of("int8")


def test_two_processes_train_together(tmp_path):
    """Both must take the same steps and stop together; what comes out is one run's folder."""
    words = [("one", "un"), ("two", "deux"), ("red", "rouge"), ("big", "grand"), ("cat", "chat"), ("dog", "chien")]
    lines = [f"{a} {b}.\t{c} {d}.\n" for a, c in words for b, d in words]
    data, out = tmp_path / "data", tmp_path / "run"
    data.mkdir()
    for split, some in (("train", lines), ("valid", lines[:3]), ("test", lines[:3])):
        (data / f"{split}.tsv").write_text("".join(some), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc_per_node",
        "2",
        "-m",
        "attention",
    ]
    command += ["train", "translation", "--data", data, "--pair", "en-fr", "--model", "recurrent", "--out", out]
    command += ["--max-minutes", "0.01", "--vocab-size", "320", "--tokens-per-batch", "64", "--precision", "no"]
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        list(map(str, command)), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stderr[-2000:]
    assert len(rows(out)) == 1
    assert float(rows(out)[0]["minutes"]) >= 0.01
    assert sorted(path.name for path in (out / "best").iterdir()) == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    ]
    assert not list(out.glob("*.json.*"))  # no half-written file of one process is left
