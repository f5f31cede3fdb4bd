"""Score finders on scenes drawn by lot: presence, boxes, pointing, masks, and phrases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from attention.mechanisms import Mechanism
from attention.vision.asking import Question, questions, targets
from attention.vision.batches import CELLS, DIGITS, SCORED, Batch, Rules, draw_batch
from attention.vision.boxes import overlaps
from attention.vision.drawing import SIDE

TOGETHER = 50  # scenes that go through the model at once
PRESENCE, MASK = 0.5, 0.3  # thresholds before they are tuned: of probability, and of the largest weight

# Phrases are scored on scenes of three to five digits that do not overlap, so that what is clear to a person counts.
PHRASE_RULES = Rules(count=(3, 5), overlap=0.0)
PHRASE_KINDS = {  # by the name of the score: which are asked
    "names": {"kind": "name", "absent": 0.0},
    "parities": {"kind": "parity", "absent": 0.0},
    "sizes": {"kind": "size", "absent": 0.0, "unseen": None},
    "places": {"kind": "place", "absent": 0.0, "unseen": None},
    "relations": {"kind": "relation", "absent": 0.0},
    "unseen": {"kind": "relation", "absent": 0.0, "unseen": True},
    "unseen_ranks": {"kind": "size", "absent": 0.0, "unseen": True},
    "seen_sizes": {"kind": "size", "absent": 0.0},
}
VALIDATED = ("relations", "seen_sizes")  # what checkpoints are chosen by: nothing that training never combined


@dataclass(frozen=True, eq=False)
class Scored:
    """What a model says of some scenes and what is true, one row a scene.

    probabilities, present: (n, 10). overlap: (n, 10) IoU of boxes. pointed: (n, 10) 1 where the attention's largest
    weight, or without attention the middle of the box, lies in the true box, else 0; where several cells share the
    largest weight, the share of them in the box. masks: (thresholds, n, 10) IoU.
    """

    probabilities: np.ndarray
    present: np.ndarray
    overlap: np.ndarray
    pointed: np.ndarray
    masks: np.ndarray

    def summary(self, thresholds: np.ndarray | float = PRESENCE, mask: int = 0) -> dict[str, float]:
        """Return presence_f1, box_iou, pointing and mask_iou, fractions; `mask`: which of the mask thresholds."""
        there = self.present
        return {
            "presence_f1": f1(self.probabilities >= thresholds, there),
            "box_iou": _mean(self.overlap[there]),
            "pointing": _mean(self.pointed[there]),
            "mask_iou": _mean(self.masks[mask][there]),
        }


def f1(found: np.ndarray, there: np.ndarray) -> float:
    """Return the harmonic mean of precision and recall over all digits of all scenes."""
    hits = (found & there).sum()
    return float(2 * hits / max(1, found.sum() + there.sum()))


def scored_batches(split: str, scenes: int, seed: int, rules: Rules = SCORED) -> Iterator[Batch]:
    """Yield the scenes that a seed stands for, some at a time; fewer scenes are the first of more."""
    draw = np.random.default_rng(seed)
    for start in range(0, scenes, TOGETHER):
        batch = draw_batch(TOGETHER, rules, split, draw)
        yield batch if scenes - start >= TOGETHER else _first(batch, scenes - start)


@torch.inference_mode()
def score_scenes(
    model: nn.Module, batches: Iterator[Batch], mechanism: Mechanism | None = None, masks: tuple[float, ...] = (MASK,)
) -> Scored:
    """Score a model on scenes. masks: thresholds to try, shares of the largest weight."""
    parts = []
    for batch in batches:
        found = model(batch.images, mechanism)
        wanted, truth = batch.digit_boxes(), batch.digit_masks()
        if found.weights is None:
            inside = _inside(middles_of(found.boxes), wanted).float()
        else:
            inside = pointed_share(found.weights, wanted[..., None, :])
        drawn = [found_masks(found, threshold) for threshold in masks]
        shared = torch.stack([_mask_overlap(mask, truth) for mask in drawn])
        parts.append(
            (found.presence.sigmoid(), batch.present, overlaps(found.boxes, wanted), inside, shared.transpose(0, 1))
        )
    columns = [torch.cat(part).numpy() for part in zip(*parts, strict=True)]
    return Scored(*columns[:4], columns[4].swapaxes(0, 1))


def found_masks(found, threshold: float) -> Tensor:
    """Return which pixels the attention covers, (n, q, SIDE, SIDE) boolean; without attention the filled boxes.

    A pixel is covered where the weights, made smooth, reach a share of the largest.
    """
    if found.weights is None:
        return filled(found.boxes)
    fine = smooth_weights(found.weights)
    return fine >= threshold * fine.amax(dim=(-2, -1), keepdim=True).clamp_min(1e-9)


def smooth_weights(weights: Tensor) -> Tensor:
    """Spread weights over pixels, bilinearly: (n, q, cells²) -> (n, q, SIDE, SIDE)."""
    cells = int(weights.shape[-1] ** 0.5)
    return F.interpolate(weights.unflatten(-1, (cells, cells)), size=(SIDE, SIDE), mode="bilinear", align_corners=False)


def filled(boxes: Tensor) -> Tensor:
    """Return the pixels inside boxes: (..., 4) -> (..., SIDE, SIDE) boolean."""
    middles = torch.arange(SIDE, dtype=torch.float32) + 0.5
    columns = (middles >= boxes[..., :1]) & (middles <= boxes[..., 2:3])
    rows = (middles >= boxes[..., 1:2]) & (middles <= boxes[..., 3:4])
    return rows[..., :, None] & columns[..., None, :]


def strongest(weights: Tensor) -> Tensor:
    """Return the middle of the cell with the largest weight, in pixels: (..., cells²) -> (..., 2) x, y."""
    cells = int(weights.shape[-1] ** 0.5)
    best = weights.argmax(dim=-1)
    return (torch.stack([best % cells, best // cells], dim=-1) + 0.5) * SIDE / cells


def pointed_share(weights: Tensor, boxes: Tensor) -> Tensor:
    """Return which share of the cells that have the largest weight lies in one of some boxes: 0 or 1 but for ties.

    weights: (..., cells²); boxes: (..., boxes, 4). Returns (...). Constant weights point to the share of the cells that
    the boxes take: chance.
    """
    cells = int(weights.shape[-1] ** 0.5)
    middles = (torch.arange(cells, dtype=torch.float32) + 0.5) * SIDE / cells
    rows, columns = torch.meshgrid(middles, middles, indexing="ij")
    points = torch.stack([columns.flatten(), rows.flatten()], dim=-1)  # (cells², 2)
    inside = _inside(points, boxes[..., None, :]).any(dim=-2).float()  # (..., cells²)
    top = (weights >= weights.amax(dim=-1, keepdim=True) * (1 - 1e-5)).float()
    return (top * inside).sum(dim=-1) / top.sum(dim=-1)


def _inside(points: Tensor, boxes: Tensor) -> Tensor:
    return ((points >= boxes[..., :2]) & (points <= boxes[..., 2:])).all(dim=-1)


def middles_of(boxes: Tensor) -> Tensor:
    return (boxes[..., :2] + boxes[..., 2:]) / 2


@torch.inference_mode()
def score_phrases(
    model: nn.Module,
    split: str,
    scenes: int,
    seed: int,
    mechanism: Mechanism | None = None,
    kinds: tuple[str, ...] = tuple(PHRASE_KINDS),
) -> dict[str, float]:
    """Return for each kind of phrase how often the largest weight lies in a box that the phrase means.

    Keys: those of PHRASE_KINDS. Only clear phrases with a meaning count, on scenes of three to five digits.
    """
    result = {}
    for name in kinds:
        how = PHRASE_KINDS[name]
        draw = np.random.default_rng([seed, list(PHRASE_KINDS).index(name)])
        right = []
        for start in range(0, scenes, TOGETHER):
            batch = draw_batch(TOGETHER, PHRASE_RULES, split, draw)
            asked = questions(batch, draw, **how)
            kept = [row for row, question in enumerate(asked) if _counts(question, how)][: scenes - start]
            if kept:
                right += _pointed(model, batch, asked, mechanism)[kept].tolist()
        result[name] = _mean(np.array(right))
    return result


def score_model(
    model: nn.Module, split: str, scenes: int, seed: int, phrases: bool = True, mechanism: Mechanism | None = None
) -> dict:
    """Return the scores at untuned thresholds, with the cross entropy of presence: what training validates by."""
    scored = score_scenes(model, scored_batches(split, scenes, seed), mechanism)
    found: dict = scored.summary()
    sure = np.clip(scored.probabilities, 1e-6, 1 - 1e-6)
    found["loss"] = float(-np.where(scored.present, np.log(sure), np.log(1 - sure)).sum(axis=1).mean())
    if phrases:
        found["phrases"] = score_phrases(model, split, scenes // 2, seed, mechanism, VALIDATED)
    return found


def tuned_thresholds(scored: Scored) -> np.ndarray:
    """Return for each digit the probability from which on it counts as there, for the best F1: (10,)."""
    tried = np.linspace(0.3, 0.7, 41)
    best = np.full(DIGITS, PRESENCE)
    for digit in range(DIGITS):
        scores = np.array([f1(scored.probabilities[:, digit] >= t, scored.present[:, digit]) for t in tried])
        top = tried[scores >= scores.max() - 1e-9]
        best[digit] = float(top[np.abs(top - np.median(top)).argmin()])  # the middle of what does equally well
    return best


def _pointed(model: nn.Module, batch: Batch, asked: list[Question], mechanism: Mechanism | None) -> np.ndarray:
    """Return for each scene 1 where the whole phrase's largest weight lies in a box that is meant, (n,)."""
    seen = model.see(batch.images, mechanism)
    read = model.reader(targets(batch, asked).words, seen, model.find(seen, mechanism), mechanism)
    meant = [batch.boxes[row, list(question.meant)] for row, question in enumerate(asked)]
    return np.array([float(pointed_share(weights, boxes)) for weights, boxes in zip(read.weights, meant, strict=True)])


def _counts(question: Question, how: dict) -> bool:
    """Whether a question is of the kind that was wanted (and not what a scene without one was asked instead)."""
    phrase = question.phrase
    if not question.meant:
        return False
    return {
        "name": phrase.digit is not None and not phrase.relation,
        "parity": bool(phrase.parity) and not phrase.rank and not phrase.relation,
        "size": bool(phrase.rank),
        "place": bool(phrase.rank),
        "relation": bool(phrase.relation),
    }[how["kind"]]


def _mask_overlap(found: Tensor, truth: Tensor) -> Tensor:
    shared = (found & truth).sum(dim=(-2, -1)).float()
    return shared / (found | truth).sum(dim=(-2, -1)).clamp_min(1)


def _first(batch: Batch, count: int) -> Batch:
    return Batch(**{name: getattr(batch, name)[:count] for name in batch.__dataclass_fields__})


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else 0.0


__all__ = [
    "CELLS",
    "Scored",
    "f1",
    "score_model",
    "score_phrases",
    "score_scenes",
    "scored_batches",
    "tuned_thresholds",
]
