"""Does attention tell which books mattered? Beside it: what each book added to the score, leaving each book out of the
list, and weights drawn by lot.

The question of Jain & Wallace 2019 (Attention is not Explanation), put to one recommended book at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from attention.measures.faithfulness import kendall_tau
from attention.mechanisms import Mechanism
from attention.recommendation.answer import HistoryError, Options
from attention.recommendation.books import Book
from attention.recommendation.recommender import BookRecommender


@dataclass(frozen=True, eq=False)
class LeftOut:
    """What becomes of one recommended book without each book of the list; arrays have one number a book of the list.

    item: the recommended book. history: the books the model looked at, oldest first.
    attention: the item's weights, means over the heads; they sum to 1. contributions: what each book added to the
    item's score, weight times value over all heads. random: shares drawn by lot; they sum to 1.
    log_odds, probabilities: the change when the book is left out, without - with: below 0 where it spoke for the item.
    ranks: the item's place without the book, 1 the best, among the books that were on offer before. rank: with all.
    tau_attention, tau_contributions, tau_random: Kendall's tau-b of each with the fall of the log-odds; NaN where
    nothing is ranked.
    """

    item: Book
    history: tuple[Book, ...]
    attention: np.ndarray
    contributions: np.ndarray
    random: np.ndarray
    log_odds: np.ndarray
    probabilities: np.ndarray
    ranks: np.ndarray
    rank: int
    tau_attention: float
    tau_contributions: float
    tau_random: float


class Agreement(NamedTuple):
    """Means over so many lists, for the first book recommended to each.

    attention, contributions, random: of the rank correlations. top_…: the share of lists in which its first book is the
    one whose loss costs most.
    """

    attention: float
    contributions: float
    random: float
    top_attention: float
    top_contributions: float
    top_random: float
    lists: int


def leave_one_out(
    recommender: BookRecommender,
    history: Sequence[int],
    options: Options | None = None,
    item: int = 0,
    mechanism: Mechanism | None = None,
    seed: int = 0,
) -> LeftOut:
    """Recommend again without each book of the list in turn, everything computed anew.

    item: which of the recommended books is watched, 0 the first. seed: of the random shares.
    The probability is that of the item among the books on offer with the whole list, so that the book left out does
    not compete with it.
    Raises HistoryError when there is no such item or no book to leave out, and as `recommend` does.
    """
    options = options or Options()
    answer = recommender.recommend(history, options, mechanism)
    if answer.map is None or not 0 <= item < len(answer.items):
        raise HistoryError(f"there is no recommended book number {item} that looked at a list; choose another")
    watched = recommender.item_of[answer.items[item].book.id]
    items = [recommender.item_of[book.id] for book in answer.history]
    offered = recommender.on_offer(items, options)
    shortened = [items, *([*items[:place], *items[place + 1 :]] for place in range(len(items)))]
    measured = [_measure(recommender, list_, watched, offered, mechanism) for list_ in shortened]
    log_odds, probabilities, ranks = (np.array(column) for column in zip(*measured, strict=True))
    attention = answer.map.matrix()[item].astype(np.float64)
    added = answer.contributions[item]
    drawn = np.random.default_rng([seed, item]).dirichlet(np.ones(len(items)))
    fall = log_odds[0] - log_odds[1:]
    return LeftOut(
        item=answer.items[item].book,
        history=answer.history,
        attention=attention,
        contributions=added,
        random=drawn,
        log_odds=-fall,
        probabilities=probabilities[1:] - probabilities[0],
        ranks=ranks[1:].astype(np.int64),
        rank=int(ranks[0]),
        tau_attention=kendall_tau(attention, fall),
        tau_contributions=kendall_tau(added, fall),
        tau_random=kendall_tau(drawn, fall),
    )


def agreement(recommender: BookRecommender, histories: Sequence[Sequence[int]], longest: int = 20) -> Agreement:
    """Compare attention with leaving out for the first book recommended after each list, and average.

    histories: lists of book numbers; of each the last `longest` books are used. Lists with nothing to rank are skipped.
    """
    found = []
    for seed, history in enumerate(histories):
        used, _ = recommender.used_books(list(history)[-longest:])
        if len(used) > 1:
            found.append(leave_one_out(recommender, [book.id for book in used], seed=seed))
    rows = [
        (
            *(one.tau_attention, one.tau_contributions, one.tau_random),
            *(part.argmax() == one.log_odds.argmin() for part in (one.attention, one.contributions, one.random)),
        )
        for one in found
    ]
    known = np.array(rows, dtype=np.float64).reshape(-1, 6)
    known = known[~np.isnan(known).any(axis=1)]
    means = known.mean(axis=0) if len(known) else np.full(6, np.nan)
    return Agreement(*map(float, means), lists=len(known))


def _measure(
    recommender: BookRecommender, items: Sequence[int], watched: int, offered: np.ndarray, mechanism: Mechanism | None
) -> tuple[float, float, int]:
    """Return log-odds, probability and place of one book among those on offer after a list."""
    scores = recommender.scores_after(items, mechanism)
    others = offered.copy()
    others[watched] = False
    rest = float(np.logaddexp.reduce(scores[others])) if others.any() else -np.inf
    log_odds = float(scores[watched]) - rest
    return log_odds, float(1 / (1 + np.exp(-log_odds))), int((scores[others] > scores[watched]).sum()) + 1
