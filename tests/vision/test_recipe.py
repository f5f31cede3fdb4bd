"""Training: the loss falls, a killed run goes on as if nothing had been, and a second step keeps what it must."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from attention.training.checkpoint import load_parameters, read_config
from attention.training.loop import Run, RunSettings
from attention.vision import recipe
from attention.vision.finder import DigitFinder
from attention.vision.model import build_model
from attention.vision.recipe import VisionSettings, VisionTask, divergence, take_parameters, train_vision
from tests.vision.toy import SMALL, few_together  # noqa: F401, a fixture

QUICK = RunSettings(max_minutes=1e-9, validate_minutes=1e9, save_minutes=1e9, warmup_steps=2, precision="no")
TINY = VisionSettings(**SMALL, scenes_per_batch=3, valid_scenes=2)


def network(architecture: str = "attention"):
    torch.manual_seed(0)
    return build_model({**SMALL, "architecture": architecture})


@pytest.mark.parametrize("model", ["attention", "pooled"])
def test_loss_falls_on_scenes_seen_again(model):
    task = VisionTask(replace(TINY, model=model), QUICK)
    net = network(model)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01)
    losses = []
    for _ in range(20):
        summed, count = task.loss(net, (1, 0, 0))
        optimiser.zero_grad()
        (summed / count).backward()
        optimiser.step()
        losses.append((summed / count).item())
    assert np.mean(losses[-3:]) < 0.85 * losses[0]


def test_a_killed_run_goes_on_where_it_stopped(tmp_path):
    """Parameters after a restart are those of a run that was never killed."""

    def run_of(folder):
        return Run(network(), VisionTask(TINY, QUICK), QUICK, folder)

    whole, killed = run_of(tmp_path / "whole"), run_of(tmp_path / "killed")
    for run, steps in ((whole, 4), (killed, 2)):
        for _, batch in zip(range(steps), run.rest_of_epoch(), strict=False):
            run.minutes = 0.0
            run.update(batch)
    killed.minutes = 0.0
    killed._save_state()
    again = run_of(tmp_path / "killed")
    again.resume()
    assert again.step == 2
    for _, batch in zip(range(2), again.rest_of_epoch(), strict=False):
        again.minutes = 0.0
        again.update(batch)
    for name, value in whole.plain.state_dict().items():
        assert torch.allclose(value, again.plain.state_dict()[name], atol=1e-6), name


def test_a_run_ends_with_a_checkpoint_that_loads(tmp_path, monkeypatch):
    monkeypatch.setattr(recipe, "STEPS", 1)
    first = train_vision(TINY, QUICK, tmp_path / "first")
    assert set(first) >= {"presence_f1", "box_iou", "pointing", "mask_iou", "phrases", "sizes", "score"}
    start = str(tmp_path / "first" / "best")
    train_vision(replace(TINY, start=start, learn="heads", questions=2, reuse=2), QUICK, tmp_path / "second")
    before, after = (load_parameters(tmp_path / step / "best" / "model.safetensors") for step in ("first", "second"))
    moved = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert moved <= {"reader", "edges"}
    assert "reader" in moved
    assert len(read_config(tmp_path / "second" / "best")["steps"]) == 1
    assert DigitFinder.load(tmp_path / "second" / "best").attends


def test_settings_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(ValueError, match="pooled"):
        train_vision(replace(TINY, model="pooled", learn="heads"), QUICK, tmp_path / "a")
    with pytest.raises(ValueError, match="attention, pooled"):
        train_vision(replace(TINY, model="other"), QUICK, tmp_path / "b")


def test_steps_that_share_their_scenes_ask_other_questions():
    task = VisionTask(replace(TINY, reuse=2), QUICK)
    first, second, third = (task._scenes((1, 0, step)).images for step in (0, 1, 2))
    assert (first == second).all()
    assert not (first == third).all()


def test_parameters_that_do_not_fit_stay(tmp_path):
    train_vision(replace(TINY, d_model=32), QUICK, tmp_path / "wide")
    net = network()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    take_parameters(net, tmp_path / "wide" / "best")
    kept = [name for name, value in net.state_dict().items() if torch.equal(value, before[name])]
    assert "places" in kept
    assert "stem.first.weight" not in kept


def test_divergence_is_zero_for_the_same_shares_and_that_of_torch():
    shares = torch.tensor([[0.5, 0.25, 0.25, 0.0], [0.0, 0.0, 0.0, 0.0]])
    other = torch.tensor([[0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.25, 0.25]])
    assert float(divergence(shares, shares.clamp_min(1e-9).log())) == pytest.approx(0, abs=1e-6)
    wanted = torch.nn.functional.kl_div(other[:1].log(), shares[:1], reduction="sum")
    assert float(divergence(shares, other.log())) == pytest.approx(float(wanted), abs=1e-6)
