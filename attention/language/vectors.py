"""Starting vectors for words, from which words stand near which: positive pointwise mutual information, then SVD."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from attention.language.vocabulary import UNKNOWN, Encoded, Vocabulary

WINDOW = 4  # words to either side
CONTEXT_POWER = 0.75  # rare neighbours count less surprising than they look; Levy et al. 2015, section 3.2
MEAN_LENGTH = 2.0  # of the vectors, as trained ones come to have


def starting_vectors(texts: Sequence[Encoded], vocabulary: Vocabulary, dim: int, seed: int = 0) -> Tensor:
    """Return a vector for every known word, (vocab_size, dim), of mean length 2 over the words that have any.

    PPMI(w, c) = max(0, log p(w, c) / (p(w) p(c)^0.75)),  vector(w) = row of U √S,  U S Vᵀ = SVD(PPMI)
    Levy, Goldberg & Dagan 2015 (Improving Distributional Similarity), sections 2 and 3

    A neighbour k words away counts 1 / k. Marks, and words that stand near no other, have vectors of 0.
    Raises ValueError when the vocabulary has fewer words than `dim`.
    """
    size = len(vocabulary)
    if size <= dim:
        raise ValueError(f"{size} words cannot have vectors of {dim} numbers; use fewer numbers or more text")
    rows, columns, counts = _neighbours(texts, vocabulary)
    vectors = torch.zeros(size, dim)
    if not len(counts):
        return vectors
    given = np.bincount(rows, counts, size)
    context = given**CONTEXT_POWER / (given**CONTEXT_POWER).sum()
    values = np.log(counts / (given[rows] * context[columns]))
    kept = values > 0
    places = torch.from_numpy(np.stack([rows[kept], columns[kept]]))
    strength = torch.from_numpy(values[kept]).float()
    table = torch.sparse_coo_tensor(places, strength, (size, size), check_invariants=False).coalesce()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        left, spread, _ = torch.svd_lowrank(table, q=min(size, dim + 16), niter=3)
    vectors = left[:, :dim] * spread[:dim].sqrt()
    lengths = vectors.norm(dim=1)
    return vectors * (MEAN_LENGTH / lengths[lengths > 1e-6].mean())


def _neighbours(texts: Sequence[Encoded], vocabulary: Vocabulary) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return word, neighbour and weighted count of every pair of known words that stand near each other."""
    size, gap = len(vocabulary), [0] * WINDOW  # nobody is a neighbour across two texts
    line = np.array([number for text in texts for number in [*map(vocabulary.number, text.forms), *gap]], dtype=int)
    keys, weights = [], []
    for distance in range(1, WINDOW + 1):
        first, second = line[:-distance], line[distance:]
        known = (first > UNKNOWN) & (second > UNKNOWN)
        first, second = first[known], second[known]
        keys += [first * size + second, second * size + first]
        weights += [np.full(2 * len(first), 1 / distance)]
    pairs, places = np.unique(np.concatenate(keys), return_inverse=True)
    return pairs // size, pairs % size, np.bincount(places, np.concatenate(weights), len(pairs))
