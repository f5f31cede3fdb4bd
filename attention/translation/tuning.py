"""Tuning attention: which temperature makes given translations likeliest, tried one by one or found by a search."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import torch

from attention.mechanisms import Mechanism
from attention.training.batches import padded
from attention.translation.model import Encoded
from attention.translation.tokens import BEGIN, END, PAD
from attention.translation.translator import Translator

TUNING_PAIRS: dict[str, tuple[tuple[str, str], ...]] = {  # our own sentences, by language pair
    "en-fr": (
        ("The cat sleeps on the chair.", "Le chat dort sur la chaise."),
        ("I have not seen your brother today.", "Je n'ai pas vu ton frère aujourd'hui."),
        ("She is reading an old book.", "Elle lit un vieux livre."),
        ("Where is the train station?", "Où est la gare ?"),
        ("We are going to buy some bread tomorrow.", "Nous allons acheter du pain demain."),
        ("My sister does not like black coffee.", "Ma sœur n'aime pas le café noir."),
        ("It was raining when they left the house.", "Il pleuvait quand ils ont quitté la maison."),
        ("Can you open the window, please?", "Peux-tu ouvrir la fenêtre, s'il te plaît ?"),
    ),
    "en-zh": (
        ("I like this book.", "我喜欢这本书。"),
        ("Where is the train station?", "火车站在哪里？"),
        ("She is not at home today.", "她今天不在家。"),
        ("We are going to school tomorrow.", "我们明天去学校。"),
    ),
}
LOWEST, HIGHEST = 0.1, 5.0  # temperatures between which a search looks
TEMPERATURES = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)
GOLDEN = (math.sqrt(5) - 1) / 2


class TuningRow(NamedTuple):
    """One setting that was tried. log_probability: mean over all target pieces, end marks included; natural log."""

    temperature: float
    normaliser: str
    log_probability: float


def tuning_pairs(translator: Translator) -> tuple[tuple[str, str], ...]:
    """Return our own sentence pairs in the model's languages. Raises ValueError when there are none."""
    if translator.pair not in TUNING_PAIRS:
        known = ", ".join(TUNING_PAIRS)
        raise ValueError(f"there are sentence pairs for {known}, not for {translator.pair}; give your own")
    return TUNING_PAIRS[translator.pair]


class Scorer:
    """Given translations, ready to be scored under any attention; what attention cannot change is computed once."""

    def __init__(self, translator: Translator, pairs: Sequence[tuple[str, str]] | None = None) -> None:
        """pairs: (source, translation), each one sentence; our own when left out. Raises ValueError when empty."""
        pairs = tuning_pairs(translator) if pairs is None else pairs
        if not pairs:
            raise ValueError("there is no sentence pair to score; give at least one")
        encode = translator.subwords.encode
        sources, targets = ([[*encode(text), END] for text in side] for side in zip(*pairs, strict=True))
        self._model = translator.model
        self._target = padded(targets, PAD).to(translator.device)  # (pairs, target_len)
        self._target_in = padded([[BEGIN, *ids[:-1]] for ids in targets], PAD).to(translator.device)
        source = padded(sources, PAD).to(translator.device)
        with torch.inference_mode():
            self._encoded: Encoded = self._model.encode(source, source != PAD)

    @torch.inference_mode()
    def log_probability(self, mechanism: Mechanism | None = None) -> float:
        """Return the mean log-probability of all pieces of the translations, at most 0."""
        logs = self._model.force(self._encoded, self._target_in, mechanism).logits.float().log_softmax(dim=-1)
        own = logs.gather(-1, self._target[..., None])[..., 0]
        return float(own[self._target != PAD].double().mean())

    def row(self, temperature: float, normaliser: str = "softmax") -> TuningRow:
        """Score the model's own attention with another temperature and normaliser."""
        mechanism = replace(self._model.mechanism, temperature=temperature, normaliser=normaliser)
        return TuningRow(temperature, normaliser, self.log_probability(mechanism))


def tune_by_grid(
    scorer: Scorer, temperatures: Sequence[float] = TEMPERATURES, normaliser: str = "softmax"
) -> tuple[TuningRow, ...]:
    """Try every temperature of a list, in its order: tuning by hand."""
    return tuple(scorer.row(temperature, normaliser) for temperature in temperatures)


def tune_by_search(
    scorer: Scorer, normaliser: str = "softmax", low: float = LOWEST, high: float = HIGHEST, steps: int = 10
) -> tuple[TuningRow, ...]:
    """Close in on the best temperature by golden-section search (Kiefer 1953), on the logarithm of the temperature.

    Each step keeps the part of the range that must hold the best, 0.618 of it, where the score first rises and then
    falls. Returns the `steps` settings in the order in which they were tried.
    Raises ValueError when the range is empty or not above 0, or for fewer than two steps.
    """
    _check_range(low, high, steps)
    rows: list[TuningRow] = []

    def tried(logarithm: float) -> float:
        rows.append(scorer.row(math.exp(logarithm), normaliser))
        return rows[-1].log_probability

    golden_section(tried, math.log(low), math.log(high), steps)
    return tuple(rows)


def tune_at_random(
    scorer: Scorer,
    normalisers: Sequence[str] = ("softmax", "sparsemax", "entmax15"),
    low: float = LOWEST,
    high: float = HIGHEST,
    steps: int = 12,
    seed: int = 0,
) -> tuple[TuningRow, ...]:
    """Draw temperature (evenly on the logarithm) and normaliser by lot: random search (Bergstra & Bengio 2012)."""
    _check_range(low, high, steps)
    lot = random.Random(seed)
    settings = [(math.exp(lot.uniform(math.log(low), math.log(high))), lot.choice(normalisers)) for _ in range(steps)]
    return tuple(scorer.row(temperature, normaliser) for temperature, normaliser in settings)


def best_row(rows: Sequence[TuningRow]) -> TuningRow:
    """Return the setting with the highest log-probability, the first of equals. Raises ValueError for no settings."""
    if not rows:
        raise ValueError("no setting was tried, so none is best; try at least one")
    return max(rows, key=lambda row: row.log_probability)


def golden_section(score: Callable[[float], float], low: float, high: float, steps: int) -> tuple[float, float]:
    """Ask for the score `steps` times, 2 or more, and return the range in which its single peak must lie."""
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    left_score, right_score = score(left), score(right)
    for _ in range(steps - 2):
        if left_score >= right_score:
            high, right, right_score = right, left, left_score
            left = high - GOLDEN * (high - low)
            left_score = score(left)
        else:
            low, left, left_score = left, right, right_score
            right = low + GOLDEN * (high - low)
            right_score = score(right)
    return (low, right) if left_score >= right_score else (left, high)


def _check_range(low: float, high: float, steps: int) -> None:
    if not 0 < low < high or steps < 2:
        raise ValueError(
            f"wanted a lowest temperature above 0, a highest above that and 2 steps or more, got {low}, {high}, {steps}"
        )
