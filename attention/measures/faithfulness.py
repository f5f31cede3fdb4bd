"""Whether two rankings agree: do the inputs that attention points at also matter by another measure?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class RankCorrelation(NamedTuple):
    """Agreement of two rankings, -1 (reversed) to 1 (the same); about 0 when they have nothing to do with each other.

    NaN where one side ranks nothing: fewer than two numbers, or all of them equal.
    """

    kendall: float
    spearman: float


def rank_correlation(first: Sequence[float] | np.ndarray, second: Sequence[float] | np.ndarray) -> RankCorrelation:
    """Compare the order of two lists of numbers about the same things; ties are allowed.

    Used for attention against other measures of importance by Jain & Wallace 2019 (Attention is not Explanation).
    Raises ValueError when the lists differ in length, are no lists, or hold a number that is not finite.
    """
    a, b = _pair(first, second)
    return RankCorrelation(kendall_tau(a, b), spearman_rho(a, b))


def kendall_tau(first: Sequence[float] | np.ndarray, second: Sequence[float] | np.ndarray) -> float:
    """Return tau-b: pairs in the same order less pairs in the opposite order, over pairs that could have had an order.

    τ_b = (C - D) / √((P - T_a)(P - T_b))      Kendall 1945, with P pairs of which T_a, T_b are tied in a, in b
    """
    a, b = _pair(first, second)
    upper = np.triu_indices(len(a), k=1)
    order_a = np.sign(a[:, None] - a[None, :])[upper]
    order_b = np.sign(b[:, None] - b[None, :])[upper]
    untied = np.count_nonzero(order_a) * np.count_nonzero(order_b)
    return float((order_a * order_b).sum() / np.sqrt(untied)) if untied else float("nan")


def draws_as_good(values: Sequence[float] | np.ndarray, tau: float, draws: int, seed: int = 0) -> int:
    """Count how many rankings drawn by lot agree with the values at least as well: Kendall's tau-b ≥ tau."""
    array = np.asarray(values, dtype=np.float64)
    upper = np.triu_indices(len(array), k=1)
    order = np.sign(array[:, None] - array[None, :])[upper]
    untied = len(order) * np.count_nonzero(order)  # draws have no ties
    if not untied:
        return 0
    lot = np.random.default_rng(seed).random((draws, len(array)))
    agreed = np.sign(lot[:, upper[0]] - lot[:, upper[1]]) @ order  # all draws at once: pages ask at every change
    return int((agreed / np.sqrt(untied) >= tau).sum())


def spearman_rho(first: Sequence[float] | np.ndarray, second: Sequence[float] | np.ndarray) -> float:
    """Return the ordinary (Pearson) correlation of the ranks; equal numbers share the mean of their ranks.

    Spearman 1904
    """
    a, b = (ranks(values) for values in _pair(first, second))
    a, b = a - a.mean() if a.size else a, b - b.mean() if b.size else b
    spread = np.sqrt((a * a).sum() * (b * b).sum())
    return float(np.clip((a * b).sum() / spread, -1.0, 1.0)) if spread > 0 else float("nan")


def ranks(values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return the rank of every number, the smallest 1; equal numbers share the mean of their ranks."""
    array = np.asarray(values, dtype=np.float64)
    _, place, counts = np.unique(array, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2.0)[place]


def _pair(first: Sequence[float] | np.ndarray, second: Sequence[float] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"wanted two lists of one length, got shapes {a.shape} and {b.shape}; give one number each")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("numbers to rank must be finite; leave out what could not be measured, on both sides")
    return a, b
