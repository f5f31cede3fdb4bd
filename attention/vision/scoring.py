"""Score a shipped finder, beside the one without attention, and beside itself with uniform attention."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from attention.mechanisms import Mechanism
from attention.vision.asking import questions
from attention.vision.batches import draw_batch
from attention.vision.evaluation import (
    PHRASE_RULES,
    Scored,
    f1,
    score_phrases,
    score_scenes,
    scored_batches,
    tuned_thresholds,
)
from attention.vision.finder import DigitFinder
from attention.vision.reader import word_numbers

POOLED = "digits-pooled"  # the shipped finder without attention
SCENES, SEED = 1000, 2026  # of the test scenes
VALID_SCENES, VALID_SEED = 1000, 7  # of the scenes that thresholds are tuned on
MASKS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)  # thresholds tried for the mask

Report = Callable[[str], None]


def score(
    finder: DigitFinder,
    pooled: DigitFinder | None = None,
    *,
    scenes: int = SCENES,
    seed: int = SEED,
    split: str = "test",
    report: Report = lambda line: None,
) -> dict:
    """Return presence_f1, box_iou, pointing and mask_iou, fractions, on scenes with each digit at most once.

    presence_f1: over all ten digits of all scenes, at the finder's thresholds. box_iou, pointing, mask_iou: means over
    the digits that are there; pointing: the attention's largest weight lies in the digit's box. "uniform": the same
    model with uniform attention. "without_attention": the pooled one, None when left out, whose point is its box's
    middle and whose mask is its box. "phrases": how often the largest weight lies in a box that the phrase means, with
    "unseen" for combinations kept from training; "phrases_uniform" with uniform attention.
    """
    start = time.perf_counter()
    report(f"digits in {scenes:,} scenes")
    found: dict = {"split": split, "scenes": scenes, "seed": seed, **_scores(finder, split, scenes, seed)}
    uniform = Mechanism(normaliser="uniform")
    if finder.attends:
        report("with uniform attention")
        found["uniform"] = _scores(finder, split, scenes, seed, uniform)
    if pooled is not None:
        report("without attention")
    found["without_attention"] = None if pooled is None else _scores(pooled, split, scenes, seed)
    if finder.attends:
        report("phrases")
        asked = max(1, scenes // 2)
        found["phrases"] = score_phrases(finder.model, split, asked, seed) | {"asked": asked}
        found["phrases_uniform"] = score_phrases(finder.model, split, max(1, asked // 4), seed, uniform)
    return found | {"seconds": time.perf_counter() - start}


def tune(finder: DigitFinder, scenes: int = VALID_SCENES, seed: int = VALID_SEED) -> dict:
    """Return the settings that do best on valid scenes: thresholds, mask_threshold, phrase_threshold.

    With them "valid": the four scores there.
    """
    scored = score_scenes(
        finder.model, scored_batches("valid", scenes, seed), None, MASKS if finder.attends else (0.5,)
    )
    thresholds = tuned_thresholds(scored)
    best = int(np.argmax([scored.summary(mask=i)["mask_iou"] for i in range(len(scored.masks))]))
    settings = {
        "thresholds": [round(float(value), 3) for value in thresholds],
        "mask_threshold": (MASKS if finder.attends else (0.5,))[best],
        "valid": scored.summary(thresholds, best),
    }
    if finder.attends:
        settings["phrase_threshold"] = phrase_threshold(finder, max(50, scenes // 2), seed)
    return settings


@torch.inference_mode()
def phrase_threshold(finder: DigitFinder, scenes: int, seed: int) -> float:
    """Return from which probability on a phrase counts as having found something, for the best F1 on valid scenes."""
    draw = np.random.default_rng(seed)
    sure, there = [], []
    for _ in range(0, scenes, 50):
        batch = draw_batch(50, replace(PHRASE_RULES, count=(1, 5)), "valid", draw)
        asked = questions(batch, draw, absent=0.4)
        seen = finder.model.see(batch.images)
        read = finder.model.reader(word_numbers([q.phrase for q in asked]), seen, finder.model.find(seen))
        sure.append(read.found.sigmoid().numpy())
        there.append(np.array([bool(q.meant) for q in asked]))
    sure_all, there_all = np.concatenate(sure), np.concatenate(there)
    tried = np.linspace(0.2, 0.8, 61)
    scores = np.array([f1(sure_all >= value, there_all) for value in tried])
    return round(float(np.median(tried[scores >= scores.max() - 1e-9])), 3)


def _scores(
    finder: DigitFinder, split: str, scenes: int, seed: int, mechanism: Mechanism | None = None
) -> dict[str, float]:
    scored: Scored = score_scenes(
        finder.model, scored_batches(split, scenes, seed), mechanism, (finder.mask_threshold,)
    )
    return scored.summary(finder.thresholds)
