from __future__ import annotations

import numpy as np
import pytest

from attention.language.calibration import Calibration
from attention.language.comments import find_split, label_matrix
from attention.language.evaluation import evaluate, score_baseline, score_split
from attention.language.labels import EKMAN, EMOTIONS, GROUPS
from tests.language.toy import toy_reader, write_toy


def test_scores_agree_with_scikit_learn_counts(tmp_path):
    from sklearn import metrics

    reader, comments = toy_reader(), find_split(write_toy(tmp_path), "test")
    found = evaluate(reader, comments)
    labels = label_matrix(comments)
    probabilities = np.stack([reader.read(comment.text).probabilities for comment in comments])
    chosen = probabilities >= reader.calibration.thresholds
    f1 = metrics.f1_score(labels, chosen, average=None, zero_division=0)
    assert found.macro_f1 == pytest.approx(f1.mean(), abs=1e-9)
    assert found.f1 == pytest.approx(dict(zip(EMOTIONS, f1, strict=True)))
    sentiments = np.stack([reader.read(comment.text).sentiments for comment in comments])
    for grouping, taken, wanted in (
        (GROUPS, sentiments >= reader.calibration.group_thresholds, found.sentiment_macro_f1),
        (EKMAN, None, found.ekman_macro_f1),
    ):
        places = [[EMOTIONS.index(name) for name in names] for names in grouping.values()]
        given = np.stack([labels[:, part].any(axis=1) for part in places], axis=1)
        if taken is None:
            taken = np.stack([chosen[:, part].any(axis=1) for part in places], axis=1)
        assert wanted == pytest.approx(metrics.f1_score(given, taken, average="macro", zero_division=0))


def test_perfect_predictions_score_one():
    labels = np.eye(28).repeat(2, axis=0)
    probabilities = np.where(labels > 0, 0.99, 0.01)
    scores = score_split(labels, probabilities, Calibration.plain())
    assert (scores.macro_f1, scores.sentiment_macro_f1, scores.ekman_macro_f1) == (1, 1, 1)
    assert scores.calibration_error == pytest.approx(0.01)
    assert scores.calibration_error_of_labels == pytest.approx(0.01)


def test_the_classic_method_is_scored_in_the_same_way(tmp_path):
    splits = [find_split(write_toy(tmp_path), split) for split in ("train", "dev", "test")]
    found = score_baseline(*splits)
    assert set(found) == {"macro_f1", "sentiment_macro_f1"}
    assert found["macro_f1"] > 0.9 * 6 / 28  # the toy comments have six of the labels
    assert found["sentiment_macro_f1"] > 0.9
    ahead = score_baseline(*splits, reader=toy_reader())["ahead"]
    wanted = evaluate(toy_reader(), splits[2]).macro_f1 - found["macro_f1"]
    assert ahead["macro_f1"]["value"] == pytest.approx(wanted)
    assert ahead["macro_f1"]["low"] <= wanted <= ahead["macro_f1"]["high"] < 0
