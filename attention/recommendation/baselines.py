"""What a sequence model must beat: popularity, and neighbours of the books read, with and without recency.

Books are numbered as a model numbers them, from 0 in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

AGES = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0)  # tried for the recency of the neighbours, in books
FARTHEST = 25  # so many times the age back a book weighs e^-25, nothing


def popularity_scores(histories: Sequence[np.ndarray], items: int) -> np.ndarray:
    """Return how many of the histories hold each book, (items,)."""
    counts = np.zeros(items)
    for history in histories:
        counts[history] += 1
    return counts


def cosine_similarities(histories: Sequence[np.ndarray], items: int) -> Tensor:
    """Return how alike the readers of any two books are.

    cos(i, j) = readers of both / √(readers of i · readers of j)      Sarwar et al. 2001, section 3.1.1, by readers

    histories: book numbers of each reader, none twice. Returns (items, items) float32 from 0 to 1, the diagonal 0, and
    0 for books without readers.
    """
    rows = np.concatenate([np.full(len(history), row) for row, history in enumerate(histories)])
    read = torch.zeros(len(histories), items)
    read[torch.from_numpy(rows), torch.from_numpy(np.concatenate(histories))] = 1.0
    both = read.T @ read  # (items, items)
    length = both.diagonal().clamp_min(1.0).rsqrt()
    similar = both.mul_(length[:, None]).mul_(length)
    return similar.fill_diagonal_(0.0)


def neighbour_scores(similar: Tensor, history: np.ndarray, ages: Sequence[float | None]) -> Tensor:
    """Return the score of every book for one reader: the similarity to the books read, weighted by their recency.

    score_j = Σ_i exp(-age_i / τ) cos(i, j), age 0 for the last book read

    similar: (items, items). history: book numbers, oldest first. ages: several τ at once, in books; None weighs all
    books alike. Returns (ages, items).
    """
    farthest = len(history) if None in ages else min(len(history), int(FARTHEST * max(ages, default=0)) + 1)
    recent = torch.from_numpy(history[len(history) - farthest :].copy())
    age = torch.arange(farthest - 1, -1, -1, dtype=torch.float32)
    weights = torch.stack([torch.ones(farthest) if tau is None else torch.exp(-age / tau) for tau in ages])
    return weights @ similar[recent]
