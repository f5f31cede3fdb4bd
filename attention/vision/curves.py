"""How accuracy falls as scenes get harder: one row of scores for each value, so that progress can be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from attention.mechanisms import Mechanism
from attention.vision.batches import SCORED, Rules
from attention.vision.evaluation import score_scenes, scored_batches
from attention.vision.finder import DigitFinder

VALUES: dict[str, tuple[float, ...]] = {
    "noise": (0, 1, 2, 3),
    "clutter": (0, 1, 2, 3),
    "cover": (0, 0.15, 0.3, 0.45, 0.6),
    "count": (1, 2, 3, 4, 5, 6, 7, 8),
}


class CurveRow(NamedTuple):
    """Scores at one value, fractions; mask_iou and the others as in the evaluation."""

    value: float
    presence_f1: float
    box_iou: float
    pointing: float
    mask_iou: float
    scenes: int


def accuracy_at(
    finder: DigitFinder,
    what: str,
    values: Sequence[float] | None = None,
    scenes: int = 100,
    seed: int = 0,
    mechanism: Mechanism | None = None,
) -> Iterator[CurveRow]:
    """Yield the scores on scenes of the test split, value by value.

    what: "noise", "clutter", "cover" or "count", as in `draw_scene`; the rest is as scored.
    Raises ValueError for something else.
    """
    if what not in VALUES:
        raise ValueError(f"there is no curve of {what!r}; use one of {', '.join(VALUES)}")
    for value in VALUES[what] if values is None else values:
        scored = score_scenes(
            finder.model,
            scored_batches("test", scenes, seed, rules_at(what, value)),
            mechanism,
            (finder.mask_threshold,),
        )
        yield CurveRow(float(value), **scored.summary(finder.thresholds), scenes=scenes)


def rules_at(what: str, value: float) -> Rules:
    """Return how scenes are drawn at one value."""
    if what == "count":
        return replace(SCORED, count=(int(value), int(value)))
    return replace(SCORED, **{what: float(value)})
