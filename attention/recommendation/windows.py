"""What a training step sees: windows of some readers' lists, and the books that compete for every next place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Window(NamedTuple):
    """A stretch of one reader's list. start: its place in the list; books: one more than are looked at."""

    reader: int
    start: int
    books: Tensor


class Contest(NamedTuple):
    """The books that compete in one step.

    books: (offered,) numbers, in order; place: (items,) where each book stands among them, -1 elsewhere.
    log_odds: (offered,) natural log of the chance that a book is drawn, to be taken from its score, so that the few
    stand for all (Bengio & Senécal 2003; Yi et al. 2019, section 4).
    """

    books: Tensor
    place: Tensor
    log_odds: Tensor


def epoch_windows(histories: Sequence[np.ndarray], window: int, batch: int, seed: int) -> list[list[Window]]:
    """Return one window of every list with two books or more, at a random place, in batches of `batch` readers."""
    draw = np.random.default_rng(seed)
    windows = []
    for reader in draw.permutation(len(histories)):
        history = histories[reader]
        if len(history) < 2:
            continue
        start = int(draw.integers(0, max(1, len(history) - window)))
        windows.append(Window(int(reader), start, torch.from_numpy(history[start : start + window + 1].copy())))
    return [windows[first : first + batch] for first in range(0, len(windows), batch)]


def draw_contest(targets: Tensor, shares: Tensor, negatives: int) -> Contest:
    """Return the step's next books together with as many others drawn evenly from all; all books when 0.

    targets: the next books of the step. shares: (items,) of all ratings, which tell how likely a book is a target.
    """
    items = len(shares)
    if not negatives or negatives >= items:
        books, log_odds = torch.arange(items), torch.zeros(items)
    else:
        books = torch.unique(torch.cat([targets, torch.randint(0, items, (negatives,))]))
        missed = (1 - shares[books]) ** len(targets) * (1 - 1 / items) ** negatives
        log_odds = (1 - missed).clamp_min(1e-9).log()
    place = torch.full((items,), -1)
    place[books] = torch.arange(len(books))
    return Contest(books, place, log_odds)
