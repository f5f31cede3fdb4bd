from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from attention.language import recipe
from attention.language.comments import Comment, DataError, find_split, label_matrix
from attention.language.labels import EMOTIONS, GROUP_MEMBERS
from attention.language.reader import EmotionReader
from attention.language.recipe import (
    EmotionTask,
    encode_comments,
    group_loss,
    repeat_factors,
    teacher_probabilities,
    train_emotions,
)
from attention.language.vocabulary import length_batches, make_batch
from attention.training import loop
from attention.training.checkpoint import load_parameters
from attention.training.run_folder import read_log
from tests.language.toy import QUICK, SMALL, TELLING, toy_reader, write_toy


class Clock:
    """A clock on which every look takes a tenth of a second, so that a run has the same steps on every machine."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 0.1
        return self.now


def test_a_tiny_seeded_training_learns(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "time", Clock())
    settings = replace(QUICK, max_minutes=0.3, validate_minutes=0.06)
    best = train_emotions(write_toy(tmp_path / "data"), SMALL, settings, tmp_path / "run")
    log = read_log(tmp_path / "run")
    assert best["score"] == pytest.approx(max(row["score"] for row in log), abs=1e-3)
    assert log[-1]["valid_loss"] < 0.7 * log[0]["valid_loss"]
    reader = EmotionReader.load(tmp_path / "run" / "best")
    scores = reader.scores([f"so {phrases[0]} it is" for phrases in TELLING.values()])
    found = [EMOTIONS[i] for i in scores.argmax(axis=1)]
    assert sum(emotion == wanted for emotion, wanted in zip(found, TELLING, strict=True)) >= 4


class Killed(Exception):
    """The machine went down."""


def test_a_killed_run_goes_on_with_its_teachers(tmp_path, monkeypatch):
    data, out = write_toy(tmp_path / "data"), tmp_path / "run"
    asked = []
    real = teacher_probabilities

    def dies_at_the_second(texts, labels, fold, number):
        asked.append(number)
        if len(asked) == 2:
            raise Killed
        return real(texts, labels, fold, number)

    monkeypatch.setattr(recipe, "teacher_probabilities", dies_at_the_second)
    with pytest.raises(Killed):
        train_emotions(data, SMALL, QUICK, out)
    kept = (out / "teachers" / "fold-1.safetensors").read_bytes()

    real_loss, steps = EmotionTask.loss, []

    def dies_in_training(task, model, batch):
        steps.append(1)
        if len(steps) > 2 and (out / "state" / "state.safetensors").exists():
            raise Killed
        return real_loss(task, model, batch)

    monkeypatch.setattr(EmotionTask, "loss", dies_in_training)
    with pytest.raises(Killed):
        train_emotions(data, SMALL, replace(QUICK, max_minutes=60), out)
    assert asked == [0, 1, 1]
    assert (out / "teachers" / "fold-1.safetensors").read_bytes() == kept
    stood_at = load_parameters(out / "state" / "state.safetensors")

    monkeypatch.setattr(EmotionTask, "loss", real_loss)
    train_emotions(data, SMALL, replace(QUICK, max_minutes=0.06), out)
    assert asked == [0, 1, 1]
    after = load_parameters(out / "state" / "state.safetensors")
    name = "model.words.own.weight"
    assert not torch.equal(after[name], stood_at[name])
    assert read_log(out)[-1]["step"] > len(steps) - 1


def test_a_folder_of_other_settings_is_left_alone(tmp_path):
    data = write_toy(tmp_path / "data")
    train_emotions(data, SMALL, replace(QUICK, max_minutes=0.001), tmp_path / "run")
    with pytest.raises(ValueError, match="holds a run with other settings"):
        train_emotions(data, replace(SMALL, dropout=0.1), QUICK, tmp_path / "run")
    with pytest.raises(DataError, match="no train split"):
        train_emotions(tmp_path, SMALL, QUICK, tmp_path / "other")


def task(tmp_path) -> tuple[EmotionTask, np.ndarray]:
    comments = find_split(write_toy(tmp_path), "train")
    labels = label_matrix(comments)
    repeats = repeat_factors(labels, 0.3)
    texts = encode_comments(comments)
    return EmotionTask(texts, labels, repeats, comments[:30], toy_reader().vocabulary, SMALL, QUICK), repeats


def test_an_epoch_shows_every_comment_and_rare_ones_more_often(tmp_path):
    own, repeats = task(tmp_path)
    shown = np.zeros(len(repeats))
    for epoch in range(20):
        np.add.at(shown, [i for batch in own.batches(epoch) for i in batch], 1)
    assert shown.min() >= 20
    np.testing.assert_allclose(shown.sum() / 20, repeats.sum(), rtol=0.05)
    assert own.batches(3) == own.batches(3) != own.batches(4)
    assert all(sum(len(own.texts[i].forms) for i in batch) <= SMALL.words_per_batch for batch in own.batches(0))


def test_repeat_factors_are_those_of_the_paper():
    labels = np.zeros((100, 3))
    labels[:, 0] = 1
    labels[:4, 1] = 1
    labels[99, 2] = 1
    factors = repeat_factors(labels, rare_share=0.16)
    assert factors[0] == pytest.approx(2)
    assert factors[99] == pytest.approx(4)
    assert factors[50] == 1
    assert repeat_factors(labels, rare_share=1.0)[99] == 6


def test_the_loss_is_cross_entropy_with_that_of_the_groups(tmp_path):
    own, _ = task(tmp_path)
    model = toy_reader().model
    summed, count = own.loss(model, [0, 5, 9])
    logits = model(make_batch([own.texts[i] for i in (0, 5, 9)], own.vocabulary)).logits.double()
    target = own.targets[[0, 5, 9]].double()
    p = torch.sigmoid(logits)
    wanted = -(target * p.log() + (1 - target) * (1 - p).log()).sum()
    for members in map(list, GROUP_MEMBERS):
        q, t = 1 - (1 - p[:, members]).prod(1), target[:, members].amax(1)
        wanted -= SMALL.group_weight * (t * q.log() + (1 - t) * (1 - q).log()).sum()
    assert count == 3
    assert summed.item() == pytest.approx(wanted.item(), rel=1e-4)


def test_the_group_loss_stays_finite_for_sure_logits():
    logits = torch.tensor([[-90.0] * 28, [90.0] * 28], requires_grad=True)
    loss = group_loss(logits, torch.ones(2, 28))
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(logits.grad).all()


def test_a_teacher_never_saw_its_own_part():
    """Labels of the asked part are drawn anew: the teacher says the same."""
    comments = [Comment(f"word{i % 7} and word{i % 5}", (i % 3,), str(i)) for i in range(60)]
    texts, labels = encode_comments(comments), label_matrix(comments)
    fold = np.arange(60) % 4
    other = labels.copy()
    other[fold == 2] = np.roll(labels[fold == 2], 1, axis=1)
    said = teacher_probabilities(texts, labels, fold, 2)
    np.testing.assert_array_equal(said, teacher_probabilities(texts, other, fold, 2))
    assert not np.allclose(teacher_probabilities(texts, labels, fold, 1), teacher_probabilities(texts, other, fold, 1))


def test_batches_hold_texts_of_like_length():
    lengths = [5, 1, 9, 5, 2, 300]
    batches = length_batches(lengths, 20)
    assert sorted(i for batch in batches for i in batch) == list(range(6))
    assert all(len(batch) == 1 or max(lengths[i] for i in batch) * len(batch) <= 20 for batch in batches)
