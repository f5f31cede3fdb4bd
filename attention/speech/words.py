"""Which word of a spelling stands for which word that was said, and how many are wrong."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

Pairs = list[tuple[int | None, int | None]]


def aligned(found: Sequence[Hashable], wanted: Sequence[Hashable]) -> Pairs:
    """Pair the words found with those wanted, in order, with the fewest errors (Levenshtein 1966).

    Returns pairs of positions; None on the left for a word that is missing, on the right for one too many. Among
    equally good ways the one with more pairs in their place is taken: words are rather replaced than lost and made up.
    """
    costs = _costs(found, wanted)
    row, column, pairs = len(found), len(wanted), []
    while row or column:
        differs = row and column and found[row - 1] != wanted[column - 1]
        if row and column and costs[row, column] == costs[row - 1, column - 1] + differs:
            row, column = row - 1, column - 1
            pairs.append((row, column))
        elif row and costs[row, column] == costs[row - 1, column] + 1:
            row -= 1
            pairs.append((row, None))
        else:
            column -= 1
            pairs.append((None, column))
    return pairs[::-1]


def word_errors(found: Sequence[Hashable], wanted: Sequence[Hashable]) -> int:
    """Return the fewest words to replace, to leave out and to add that make one list the other."""
    return int(_costs(found, wanted)[-1, -1])


def _costs(found: Sequence[Hashable], wanted: Sequence[Hashable]) -> np.ndarray:
    """Return (found + 1, wanted + 1) the errors between the beginnings of the two lists."""
    costs = np.zeros((len(found) + 1, len(wanted) + 1), dtype=int)
    costs[:, 0], costs[0] = np.arange(len(found) + 1), np.arange(len(wanted) + 1)
    for row, one in enumerate(found, start=1):
        for column, other in enumerate(wanted, start=1):
            costs[row, column] = min(
                costs[row - 1, column - 1] + (one != other), costs[row - 1, column] + 1, costs[row, column - 1] + 1
            )
    return costs
