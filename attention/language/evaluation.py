"""How well a reader finds the emotions of labelled comments, and how well the classic method does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from attention.language.baseline import baseline_logits
from attention.language.calibration import Calibration
from attention.language.comments import Comment, label_matrix
from attention.language.labels import EKMAN, EMOTIONS, GROUPS, group_labels
from attention.language.reader import EmotionReader
from attention.language.recipe import encode_comments
from attention.language.scores import (
    bootstrap_difference,
    calibration_error,
    cross_validated_f1,
    f1_scores,
    macro_f1,
    mean_calibration_error,
)


@dataclass(frozen=True)
class EmotionScores:
    """Scores of one split. F1 and errors are fractions, 0 … 1.

    macro_f1: over the 28 labels. sentiment_macro_f1: over the four groups. ekman_macro_f1: over Ekman's six and
    neutral; a group of those counts as found when one of its labels is above its threshold.
    calibration_error, sentiment_calibration_error: with all labels, all groups, counted together, so that one label's
    error can make up for another's. calibration_error_of_labels: the mean of the 28 labels' own errors, which cannot.
    f1, sentiment_f1: by name.
    """

    macro_f1: float
    sentiment_macro_f1: float
    ekman_macro_f1: float
    calibration_error: float
    calibration_error_of_labels: float
    sentiment_calibration_error: float
    f1: dict[str, float]
    sentiment_f1: dict[str, float]
    comments: int
    seconds: float

    def to_json(self) -> dict:
        return asdict(self)


def evaluate(reader: EmotionReader, comments: Sequence[Comment]) -> EmotionScores:
    """Score a reader with the thresholds that it came with."""
    start = time.perf_counter()
    probabilities = reader.scores([comment.text for comment in comments])
    # a published text without any word is judged as one that says nothing: no label above its threshold
    probabilities = np.nan_to_num(probabilities, nan=0.0)
    seconds = time.perf_counter() - start
    return score_split(label_matrix(comments), probabilities, reader.calibration, seconds)


def score_split(
    labels: np.ndarray, probabilities: np.ndarray, calibration: Calibration, seconds: float = 0.0
) -> EmotionScores:
    """Score calibrated probabilities (n, 28) against labels (n, 28)."""
    groups, sentiments = group_labels(labels), calibration.sentiments(probabilities)
    chosen, chosen_groups = decisions(probabilities, calibration)
    members = [[EMOTIONS.index(name) for name in names] for names in EKMAN.values()]
    ekman = [np.stack([table[:, part].max(axis=1) for part in members], axis=1) for table in (labels, chosen)]
    return EmotionScores(
        macro_f1=macro_f1(labels, chosen),
        sentiment_macro_f1=macro_f1(groups, chosen_groups),
        ekman_macro_f1=macro_f1(*ekman),
        calibration_error=calibration_error(labels, probabilities),
        calibration_error_of_labels=mean_calibration_error(labels, probabilities),
        sentiment_calibration_error=calibration_error(groups, sentiments),
        f1=dict(zip(EMOTIONS, map(float, f1_scores(labels, chosen)), strict=True)),
        sentiment_f1=dict(zip(GROUPS, map(float, f1_scores(groups, chosen_groups)), strict=True)),
        comments=len(labels),
        seconds=seconds,
    )


def score_baseline(
    train: Sequence[Comment],
    dev: Sequence[Comment],
    test: Sequence[Comment],
    reader: EmotionReader | None = None,
) -> dict:
    """Return macro_f1 and sentiment_macro_f1 of TF-IDF with logistic regression on `test`, tuned on `dev`.

    Scales and thresholds are fitted as the model's; of the two ways to tune thresholds (with and without trust in the
    probabilities) the baseline gets the one that is better on the dev split, halves against halves.
    reader: when given, "ahead" says by how much it is better: value, low and high of the 95 % interval, for both.
    """
    texts = [encode_comments(split) for split in (train, dev, test)]
    dev_logits, test_logits = baseline_logits(texts[0], label_matrix(train), *texts[1:])
    labels, wanted = label_matrix(dev), label_matrix(test)
    probabilities = Calibration.fit(labels, dev_logits, trust=0.0).probabilities(dev_logits)
    trust = max((0.0, 1.0), key=lambda trust: cross_validated_f1(labels, probabilities, trust))
    calibration = Calibration.fit(labels, dev_logits, trust)
    found = calibration.probabilities(test_logits)
    scores = score_split(wanted, found, calibration)
    result: dict = {"macro_f1": scores.macro_f1, "sentiment_macro_f1": scores.sentiment_macro_f1}
    if reader is not None:
        own = np.nan_to_num(reader.scores([comment.text for comment in test]))
        first, second = decisions(own, reader.calibration), decisions(found, calibration)
        result["ahead"] = {
            name: dict(zip(("value", "low", "high"), bootstrap_difference(table, a, b), strict=True))
            for name, table, a, b in zip(
                ("macro_f1", "sentiment_macro_f1"), (wanted, group_labels(wanted)), first, second, strict=True
            )
        }
    return result


def decisions(probabilities: np.ndarray, calibration: Calibration) -> tuple[np.ndarray, np.ndarray]:
    """Return which labels (n, 28) and which groups (n, 4) are at or above their thresholds."""
    groups = calibration.sentiments(probabilities) >= calibration.group_thresholds
    return probabilities >= calibration.thresholds, groups
