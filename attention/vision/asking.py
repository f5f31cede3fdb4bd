"""Phrases by lot for scenes, with what their words should look at: what the reader learns from and is scored on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from attention.vision.batches import CELLS, DIGITS, Batch
from attention.vision.drawing import SIDE
from attention.vision.phrases import (
    NAMES,
    PARITIES,
    RANKS,
    RELATIONS,
    Phrase,
    is_clear,
    meant_pieces,
    read_phrase,
)
from attention.vision.reader import word_numbers

KINDS = {"name": 0.12, "parity": 0.1, "size": 0.34, "place": 0.1, "relation": 0.34}  # how often each is asked
ABSENT = 0.12  # share of names that are asked for though they are not there
TRIES = 8
# Combinations of relation and landmark, of rank and parity, that training never asks for: what the reader is scored on.
UNSEEN_RELATIONS = frozenset(
    {("left", 4), ("right", 7), ("above", 2), ("below", 9), ("next", 5), ("left", 0), ("above", 8), ("below", 1)}
)
UNSEEN_RANKS = frozenset({("largest", "odd"), ("smallest", "even"), ("leftmost", "even"), ("highest", "odd")})
SPOKEN = {
    "left": ("left of", "to the left of"),
    "right": ("right of", "to the right of"),
    "above": ("above",),
    "below": ("below",),
    "next": ("next to",),
}


class Question(NamedTuple):
    """A phrase put to a scene. meant: places of the pieces it means, empty where there is none."""

    phrase: Phrase
    meant: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Targets:
    """What attention should do with one question a scene, as tensors.

    words: (n, words) numbers. looks: (n, words, cells²) where each word should look, rows of 0 where that is left open.
    chosen: (n,) which word names the landmark, -1 for none. weights: (n, cells²) of the whole phrase, 0 where nothing
    is meant. found: (n,) 1 or 0.
    """

    words: Tensor
    looks: Tensor
    chosen: Tensor
    weights: Tensor
    found: Tensor


def is_unseen(phrase: Phrase) -> bool:
    """Whether a phrase combines what training never combined."""
    return (phrase.relation, phrase.landmark) in UNSEEN_RELATIONS or (phrase.rank, phrase.parity) in UNSEEN_RANKS


def ask(
    digits: np.ndarray,
    boxes: np.ndarray,
    draw: np.random.Generator,
    kind: str | None = None,
    unseen: bool | None = False,
    absent: float = ABSENT,
) -> Question | None:
    """Ask about a scene: digits (pieces,) and boxes (pieces, 4) of what is there; only what a person would find clear.

    kind: one of KINDS; by lot when left out. unseen: only combinations kept from training, or only others; None for
    all. Returns None when some tries gave no such question.
    """
    names = list(KINDS)
    for _ in range(TRIES):
        what = kind or names[draw.choice(len(names), p=list(KINDS.values()))]
        phrase = _phrase(what, digits, draw, absent)
        if unseen is not None and what in ("relation", "size", "place") and is_unseen(phrase) != unseen:
            continue
        found = meant_pieces(phrase, digits.tolist(), boxes)
        if is_clear(phrase, digits.tolist(), boxes) and (found or draw.random() < 3 * absent):
            return Question(phrase, found)
    return None


def questions(batch: Batch, draw: np.random.Generator, **how) -> list[Question]:
    """Ask one question of each scene of a batch; `how` as in `ask`. A scene that gives none is asked for a digit."""
    asked = []
    for row, numbers in enumerate(batch.digits.numpy()):
        there = np.flatnonzero(numbers >= 0)
        digits, boxes = numbers[there], batch.boxes[row].numpy()[there]
        question = ask(digits, boxes, draw, **how)
        if question is None:
            phrase = read_phrase(NAMES[int(digits[0])])
            question = Question(phrase, meant_pieces(phrase, digits.tolist(), boxes))
        asked.append(Question(question.phrase, tuple(int(there[i]) for i in question.meant)))
    return asked


def targets(batch: Batch, asked: list[Question]) -> Targets:
    """Return where words and phrases should look."""
    ink = F.avg_pool2d(batch.masks.float(), SIDE // CELLS).flatten(2)  # (n, p, cells²)
    words = word_numbers([question.phrase for question in asked])
    n, longest = words.shape
    named = torch.zeros(n, longest, batch.digits.shape[1])  # which pieces each word is about
    meant = torch.zeros(n, batch.digits.shape[1])
    chosen = torch.full((n,), -1)
    for row, (phrase, pieces) in enumerate(asked):
        digits = batch.digits[row]
        meant[row, list(pieces)] = 1
        for place, word in enumerate(phrase.words):
            if word in NAMES:
                named[row, place] = (digits == NAMES.index(word)).float()
            elif word in PARITIES:
                named[row, place] = ((digits >= 0) & (digits % 2 == PARITIES.index(word))).float()
            elif word == "digit":
                named[row, place] = (digits >= 0).float()
            elif word in RANKS:
                named[row, place] = meant[row]
        if phrase.relation:
            chosen[row] = len(phrase.words) - 1
    weights = torch.einsum("np,npc->nc", meant, ink)
    looks = torch.einsum("nwp,npc->nwc", named, ink)
    return Targets(words, _as_shares(looks), chosen, _as_shares(weights), (meant.sum(dim=1) > 0).float())


def _as_shares(ink: Tensor) -> Tensor:
    return ink / ink.sum(dim=-1, keepdim=True).clamp_min(1e-9)


def _phrase(kind: str, digits: np.ndarray, draw: np.random.Generator, absent: float) -> Phrase:
    """Return a phrase of a kind, mostly about digits that are there."""

    def some(choices):
        return choices[draw.integers(len(choices))]

    def a_digit() -> str:
        number = draw.integers(DIGITS) if draw.random() < absent else some(digits)
        return NAMES[int(number)] if draw.random() < 0.7 else str(number)

    if kind == "name":
        return read_phrase(some(("the {}", "{}", "every {}", "a {}")).format(a_digit()))
    if kind == "parity":
        return read_phrase(
            some(("an {} digit", "every {} number", "all {} digits", "{} digits")).format(some(PARITIES))
        )
    if kind == "relation":
        thing = some(("the digit", "the digit", "a number", f"the {a_digit()}", f"the {some(PARITIES)} digit"))
        return read_phrase(f"{thing} {some(SPOKEN[some(RELATIONS)])} the {a_digit()}")
    rank = some(RANKS[:2] if kind == "size" else RANKS[2:])
    return read_phrase(f"the {rank} {some(('digit', 'number', 'digit', some(PARITIES) + ' digit'))}")
