"""How evenly attention covers its keys, and how much confidence that earns a translation."""

from __future__ import annotations

import numpy as np

from attention.measures.sharpness import Weights, as_array, row_entropy


def coverage(weights: Weights) -> np.ndarray:
    """Return how much attention each key received from all queries together.

    coverage_j = sum_i a_ij      Tu et al. 2016 (with fertility 1)

    weights: (..., query_len, key_len). Returns (..., key_len), 0 to query_len.
    """
    return as_array(weights).sum(axis=-2)


def coverage_deviation_penalty(weights: Weights) -> np.ndarray:
    """Return how far the coverage of the keys is from 1, as a penalty of at most 0.

    CDP = -1/J sum_j log(1 + (1 - sum_i a_ij)^2)      Rikters et al. 2017

    weights: (..., query_len, key_len) with J keys. Returns (...), 0 when every key was attended to exactly once.
    """
    return -np.log1p((1.0 - coverage(weights)) ** 2).mean(axis=-1)


def absentmindedness_penalty(weights: Weights) -> np.ndarray:
    """Return how scattered the rows are, as a penalty of at most 0.

    AP_out = 1/I sum_i sum_j a_ij log a_ij, natural logarithm      Rikters et al. 2017

    weights: (..., query_len, key_len) with I queries. Returns (...); 0 when every query looks at one key. Rows are
    divided by their sum first; rows of zeros count as 0. AP_in of the paper is this function of the transposed map.
    """
    return -np.nan_to_num(row_entropy(weights)).mean(axis=-1) * np.log(2.0)


def confidence(weights: Weights) -> np.ndarray:
    """Return the confidence that the shape of the attention alone gives.

    exp(CDP + AP_out + AP_in)      Rikters et al. 2017

    weights: (..., query_len, key_len). Returns (...), above 0 to 1; 1 for a one-to-one alignment of all positions.
    """
    array = as_array(weights)
    inward = absentmindedness_penalty(np.swapaxes(array, -1, -2))
    return np.exp(coverage_deviation_penalty(array) + absentmindedness_penalty(array) + inward)
