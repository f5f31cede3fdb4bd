"""How well the next book is found: its rank among all books, hit rate, NDCG, and intervals over readers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

CUT = 10  # HR@10 and NDCG@10
RESAMPLES = 2000
MISSED = np.inf  # the rank of a book that a model does not know

Scorer = Callable[[np.ndarray], np.ndarray]


class Quality(NamedTuple):
    """Means over readers, 0 to 1."""

    hr: float
    ndcg: float


class Interval(NamedTuple):
    """A difference of means and where 95 % of its resampled values lie."""

    difference: float
    low: float
    high: float


class Case(NamedTuple):
    """One reader as a test: books read, oldest first, as a model numbers them, and the next one; None if unknown."""

    history: np.ndarray
    target: int | None


def rank_of(scores: np.ndarray, target: int, read: np.ndarray) -> float:
    """Return how many books on offer stand before this one, 0 the best; of equal scores the others stand before it.

    scores: (items,), higher is better, and so a score for all alike finds nothing; read: books that are not on offer.
    Raises ValueError when the book itself was read.
    """
    offered = np.ones(len(scores), dtype=bool)
    offered[read] = False
    if not offered[target]:
        raise ValueError(f"book {target} was read before; it cannot be the next one")
    return float(np.count_nonzero(offered & ~(scores < scores[target])) - 1)


def ranks(cases: Sequence[Case], scorer: Scorer) -> np.ndarray:
    """Return the rank of every reader's next book, `MISSED` where the model does not know it.

    scorer: history -> scores of all books, (items,).
    """
    return np.array(
        [MISSED if case.target is None else rank_of(scorer(case.history), case.target, case.history) for case in cases]
    )


def hits(found: np.ndarray, cut: int = CUT) -> np.ndarray:
    """Return 1 for every rank among the first `cut`, else 0; their mean is HR@cut."""
    return (found < cut).astype(np.float64)


def gains(found: np.ndarray, cut: int = CUT) -> np.ndarray:
    """Return 1 / log2(2 + rank) for every rank among the first `cut`, else 0; their mean is NDCG@cut.

    Järvelin & Kekäläinen 2002 with one relevant book, whose best possible gain is 1
    """
    return np.where(found < cut, 1 / np.log2(2 + np.minimum(found, cut)), 0.0)


def quality(found: np.ndarray, cut: int = CUT) -> Quality:
    """Return HR and NDCG at `cut` of ranks."""
    return Quality(float(hits(found, cut).mean()), float(gains(found, cut).mean()))


def paired_interval(first: np.ndarray, second: np.ndarray, seed: int = 1, resamples: int = RESAMPLES) -> Interval:
    """Return the mean of first - second over readers with its percentile bootstrap interval of 95 %.

    Readers are drawn with replacement, both numbers of a reader together      Efron & Tibshirani 1993, chapter 13
    """
    gap = first - second
    draws = np.random.default_rng(seed)
    means = [gap[draws.integers(0, len(gap), len(gap))].mean() for _ in range(resamples)]
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(gap.mean()), float(low), float(high))
