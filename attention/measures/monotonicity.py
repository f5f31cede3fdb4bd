"""Whether attention moves on: how a map's peaks run along the keys from query to query."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from attention.measures.sharpness import Weights, as_array, normalised_rows


class Monotonicity(NamedTuple):
    """How the peaks p_i = argmax_j a_ij and the centres c_i = sum_j j a_ij run over the queries i.

    forward: share of steps whose peak does not move back, 0 to 1. strict: share whose peak moves on, 0 to 1.
    centres_forward: share of steps whose centre does not move back. correlation: Spearman's rank correlation of peaks
    and queries, -1 to 1, ties sharing their mean rank. longest_back: keys of the longest step back, 0 for none.
    """

    forward: float
    strict: float
    centres_forward: float
    correlation: float
    longest_back: int


def monotonicity(weights: Weights) -> Monotonicity:
    """Return how far attention moves along the keys in one direction, as it should in speech.

    forward = 1/(I-1) sum_i [p_(i+1) >= p_i];  strict with >;  centres_forward with c for p
    correlation = Pearson's correlation of rank(p_i) and i      Spearman 1904

    weights: (query_len, key_len), or more axes in front, whose mean is taken. Rows of zeros are left out. With fewer
    than two rows nothing can move: all shares are 1, the correlation is 1. With all peaks at one key it is 0.
    """
    array = as_array(weights)
    array = array.mean(axis=tuple(range(array.ndim - 2)))
    shares = normalised_rows(array)
    shares = shares[np.isfinite(shares).all(axis=1)]
    if len(shares) < 2:
        return Monotonicity(1.0, 1.0, 1.0, 1.0, 0)
    peaks = shares.argmax(axis=1)
    centres = shares @ np.arange(shares.shape[1])
    steps = np.diff(peaks)
    return Monotonicity(
        forward=float((steps >= 0).mean()),
        strict=float((steps > 0).mean()),
        centres_forward=float((np.diff(centres) >= -1e-9).mean()),
        correlation=_rank_correlation(peaks),
        longest_back=int(max(0, -steps.min())),
    )


def _rank_correlation(values: np.ndarray) -> float:
    """Return Spearman's correlation of the values with their places."""
    ranks = np.array([(values < value).sum() + ((values == value).sum() - 1) / 2 for value in values])
    places = np.arange(len(values))
    if ranks.std() == 0:
        return 0.0
    return float(np.clip(np.corrcoef(ranks, places)[0, 1], -1.0, 1.0))
