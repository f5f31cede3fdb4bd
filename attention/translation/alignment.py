"""Which word translates which: IBM model 1, learnt in both directions and intersected.

A statistical aligner that knows nothing of attention, so it can be asked for a second opinion on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Sentence = Sequence[str]
Link = tuple[int, int]  # (source word, target word), as in "0-0 1-2"

NULL = "<null>"  # the word that stands for "translates nothing"
UNSEEN = 1e-9  # probability of a pair of words that never met in training


@dataclass(frozen=True)
class LexicalTable:
    """t(f | e): how likely word e is translated as word f; `NULL` is one of the e.

    keys: sorted numbers e * (number of f) + f of the pairs that met; probabilities: one a key.
    """

    given: dict[str, int]
    made: dict[str, int]
    keys: np.ndarray
    probabilities: np.ndarray

    def matrix(self, given: Sentence, made: Sentence) -> np.ndarray:
        """Return t(f | e) of every pair, (len(given), len(made)); what never met gets a very small number."""
        rows = np.array([self.given.get(word, -1) for word in given])[:, None]
        columns = np.array([self.made.get(word, -1) for word in made])[None, :]
        keys = rows * len(self.made) + columns
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        met = (rows >= 0) & (columns >= 0) & (self.keys[places] == keys)
        return np.where(met, self.probabilities[places], UNSEEN)

    def best_links(self, given: Sentence, made: Sentence) -> set[Link]:
        """Return for each made word the given word that most likely made it, unless NULL did, as (given, made)."""
        if not given or not made:
            return set()
        table = self.matrix([NULL, *given], made)
        return {(int(row) - 1, column) for column, row in enumerate(table.argmax(axis=0)) if row}


@dataclass(frozen=True)
class Aligner:
    """Both directions of IBM model 1."""

    forward: LexicalTable  # t(target | source)
    backward: LexicalTable  # t(source | target)

    def links(self, source: Sentence, target: Sentence) -> set[Link]:
        """Return the links (source word, target word) that both directions agree on; at most one a word."""
        source, target = _folded(source), _folded(target)
        there = self.forward.best_links(source, target)
        back = {(s, t) for t, s in self.backward.best_links(target, source)}
        return there & back


def train_aligner(pairs: Sequence[tuple[Sentence, Sentence]], iterations: int = 5) -> Aligner:
    """Learn both directions from sentence pairs that are cut into words already; case does not count.

    Raises ValueError when there is no pair with words on both sides.
    """
    folded = [(_folded(source), _folded(target)) for source, target in pairs]
    return Aligner(ibm_model_1(folded, iterations), ibm_model_1([(t, s) for s, t in folded], iterations))


def ibm_model_1(pairs: Sequence[tuple[Sentence, Sentence]], iterations: int = 5) -> LexicalTable:
    """Learn t(f | e) by expectation maximisation, from uniform probabilities.

    c(f | e) = sum over pairs of t(f | e) / sum_e' t(f | e'), over each f and each e of the pair, NULL among them
    t(f | e) = c(f | e) / sum_f' c(f' | e)      Brown et al. 1993, section 4.2

    pairs: (e words, f words). Only pairs of words that meet are stored; time and memory grow with their number.
    Raises ValueError when no pair has words on both sides.
    """
    pairs = [(given, made) for given, made in pairs if given and made]
    if not pairs:
        raise ValueError("no sentence pair has words on both sides; there is nothing to learn from")
    given_ids, given_flat, given_lengths = _numbered([[NULL, *given] for given, _ in pairs])
    made_ids, made_flat, made_lengths = _numbered([made for _, made in pairs])
    # One cell for each made word of the corpus and each given word of its sentence.
    width = np.repeat(given_lengths, made_lengths)  # of each made word: how many given words it may come from
    starts = np.concatenate([[0], np.cumsum(width)[:-1]])
    sentence_start = np.repeat(np.concatenate([[0], np.cumsum(given_lengths)[:-1]]), made_lengths)
    within = np.arange(width.sum()) - np.repeat(starts, width)
    cells = given_flat[np.repeat(sentence_start, width) + within].astype(np.int64) * len(made_ids)
    cells += np.repeat(made_flat, width)
    keys, cell_key = np.unique(cells, return_inverse=True)
    del cells, within
    cell_key = cell_key.astype(np.int32)
    key_given = (keys // len(made_ids)).astype(np.int32)
    table = np.ones(len(keys))
    for _ in range(iterations):
        expected = table[cell_key]
        expected /= np.repeat(np.add.reduceat(expected, starts), width)
        counts = np.bincount(cell_key, weights=expected, minlength=len(keys))
        table = counts / np.bincount(key_given, weights=counts)[key_given]
    return LexicalTable(given_ids, made_ids, keys, table)


def _folded(words: Sentence) -> list[str]:
    return [word.lower() for word in words]


def _numbered(sentences: Sequence[Sentence]) -> tuple[dict[str, int], np.ndarray, np.ndarray]:
    """Return the number of each word, all words as numbers one after the other, and the sentences' lengths."""
    ids: dict[str, int] = {}
    flat = np.array([ids.setdefault(word, len(ids)) for sentence in sentences for word in sentence], dtype=np.int64)
    return ids, flat, np.array([len(sentence) for sentence in sentences])
