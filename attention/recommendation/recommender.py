"""`BookRecommender`: load a checkpoint once, then `recommend`; every answer carries its attention."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from attention.attention_map import AttentionMap
from attention.mechanisms import Mechanism
from attention.recommendation.answer import MOST_READ, HistoryError, Options, Recommendations, Recommended
from attention.recommendation.books import Book, Books
from attention.recommendation.candidates import Looked, Pairs
from attention.recommendation.lists import ImportedList, export_list, parse_list
from attention.recommendation.model import build_model
from attention.recommendation.neighbours import Neighbours
from attention.recommendation.relations import Relations
from attention.training.checkpoint import (
    CheckpointError,
    find_checkpoint,
    load_parameters,
    read_config,
)

__all__ = [
    "Book",
    "BookRecommender",
    "Books",
    "HistoryError",
    "ImportedList",
    "Options",
    "Recommendations",
    "Recommended",
]

TEXT = {
    "cold": "No book to look at, so these are the most read ones.",
    "unknown": "The model has not learnt {titles}: too few readers in its data. It looks at the other books.",
    "unknown_all": "The model has not learnt {titles}: too few readers in its data.",
    "twice": "{titles} stands on the list twice; the later place counts.",
    "older": "The model looks at the last {window} books of the list; the {count} before them get no weight.",
    "number": "{number!r} is no book; books are numbered from 1 to {most:,}.",
    "most": "The list has {count} books; at most {most} can be used. Leave out the oldest.",
    "and": "{first} and {last}",
    "more": "{first} and {count} more",
}


class BookRecommender:
    """A trained model with its books. Shared by all visitors: nothing in it changes after loading."""

    def __init__(
        self,
        model: nn.Module,
        books: Books,
        neighbours: Neighbours,
        config: dict,
        card: str = "",
        name: str = "",
        folder: Path | None = None,
    ) -> None:
        self.model, self.books, self.config, self.card = model.eval(), books, config, card
        self.name, self.folder = name, folder
        self.title: str = config.get("title", "")
        self.neighbours = neighbours
        self.known = books.known
        self.item_of = {book.id: item for item, book in enumerate(self.known)}
        self.relations = Relations(self.known)
        self._scale: float = config.get("score_scale", 1.0)
        self._readers = np.array([book.readers for book in self.known])
        self._popularity_rank = np.empty(len(self.known), dtype=np.int64)
        self._popularity_rank[np.argsort(-self._readers, kind="stable")] = np.arange(1, len(self.known) + 1)

    @classmethod
    def load(cls, name: str | Path = "next-book") -> BookRecommender:
        """Load a shipped model by name, or a checkpoint folder.

        Raises CheckpointError when there is none or its files do not belong together, DataError for a bad table of
        books.
        """
        folder = find_checkpoint(str(name))
        config = read_config(folder)
        if config.get("task") != "recommendation" or config.get("model", {}).get("architecture") != "candidates":
            raise CheckpointError(f"{folder} is not a checkpoint of the recommender; see its config.json")
        books = Books.load(folder)
        model = build_model(config["model"])
        try:
            model.load_state_dict(load_parameters(folder / "model.safetensors"))
        except RuntimeError as error:
            raise CheckpointError(f"{folder}: model.safetensors does not fit config.json: {error}") from None
        if len(books.known) != model.config.items:
            raise CheckpointError(
                f"{folder}: the model knows {model.config.items:,} books, its table {len(books.known):,} with enough "
                "readers; take the files of one checkpoint"
            )
        neighbours = Neighbours.load(folder, model.config.items)
        model.requires_grad_(False)
        card = folder / "README.md"
        text = card.read_text(encoding="utf-8") if card.exists() else ""
        return cls(model, books, neighbours, config, text, folder.name, folder)

    @property
    def parameters(self) -> int:
        """How many numbers training has set."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    @property
    def window(self) -> int:
        """How many of the last books the model looks at."""
        return self.model.config.window

    def recommend(
        self, history: Sequence[int], options: Options | None = None, mechanism: Mechanism | None = None
    ) -> Recommendations:
        """Recommend the next books after a list, oldest first; without a known book the most read ones.

        history: book numbers, at most 500. A book twice counts at its last place. mechanism: replaces the attention.
        Raises HistoryError, meant for people, for a number that is no book and a list that is too long; ValueError for
        a mechanism that the model cannot run.
        """
        start = time.perf_counter()
        options = options or Options()
        used, notes = self.used_books(history)
        items = [self.item_of[book.id] for book in used]
        looked = self.look(items, mechanism) if items else None
        scores = self._scores(looked)
        offered = self.on_offer(items, options)
        chosen = self._choose(scores, offered, options if looked else replace(options, popularity=0.0))
        probabilities = _softmax(scores, offered)
        weights = None if looked is None else _with_older(looked.weights[:, chosen], len(used))
        added = None if looked is None else self._scale * _with_older(looked.contributions[chosen], len(used))
        return Recommendations(
            history=used,
            items=tuple(
                Recommended(
                    self.known[item],
                    float(scores[item]),
                    float(probabilities[item]),
                    rank,
                    int(self._popularity_rank[item]),
                )
                for rank, item in enumerate(chosen, start=1)
            ),
            map=None if weights is None else self._map(weights, chosen, used),
            contributions=added,
            because=() if added is None else _order(added),
            notes=notes,
            seconds=time.perf_counter() - start,
            cold=looked is None,
            options=options,
            mechanism=mechanism,
        )

    def used_books(self, history: Sequence[int]) -> tuple[tuple[Book, ...], tuple[str, ...]]:
        """Return the books of a list that the model can look at, and what to say about the others.

        Raises HistoryError as `recommend` does.
        """
        numbers = self._checked(history)
        last = list(dict.fromkeys(reversed(numbers)))[::-1]
        books = [self.books[number] for number in last]
        used = tuple(book for book in books if book.known)
        notes = []
        if twice := [number for number in last if numbers.count(number) > 1]:
            notes.append(TEXT["twice"].format(titles=_named([self.books[number] for number in twice])))
        if unknown := [book for book in books if not book.known]:
            notes.append(TEXT["unknown" if used else "unknown_all"].format(titles=_named(unknown)))
        if not used:
            notes.append(TEXT["cold"])
        if len(used) > self.window:
            notes.append(TEXT["older"].format(window=self.window, count=len(used) - self.window))
        return used, tuple(notes)

    @torch.inference_mode()
    def look(self, items: Sequence[int], mechanism: Mechanism | None = None) -> Looked:
        """Let the model look at the last books of a list, given as its own numbers from 0."""
        recent = torch.tensor(list(items)[-self.window :])
        return self.model.look(recent, self.pairs(recent), mechanism)

    def pairs(self, items: Tensor) -> Pairs:
        """Return what is known of the pairs of some books with all books."""
        relations = torch.from_numpy(self.relations.rows(items.numpy()))
        return Pairs(self.neighbours.strengths(items), relations)

    def scores_after(self, items: Sequence[int], mechanism: Mechanism | None = None) -> np.ndarray:
        """Return the scores of all known books after a list, both in the model's own numbers from 0.

        Their softmax are the probabilities; after an empty list it is every book's share of the ratings.
        """
        return self._scores(self.look(items, mechanism) if len(items) else None)

    def on_offer(self, items: Sequence[int], options: Options) -> np.ndarray:
        """Return which of the known books may be recommended after a list: (known,) boolean."""
        offered = np.ones(len(self.known), dtype=bool)
        if options.hide_read:
            offered[list(items)] = False
        return offered

    def _scores(self, looked: Looked | None) -> np.ndarray:
        """Return the scores at the scale at which their softmax fitted the validation split best."""
        if looked is None:
            return np.log(self._readers / self._readers.sum())
        return self._scale * looked.scores.double().numpy()

    def parse_list(self, data: bytes | str) -> ImportedList:
        """Read a list of books from CSV; see `lists.parse_list`."""
        return parse_list(data, self.books)

    def export_list(self, history: Sequence[int]) -> str:
        """Write a list of books as CSV; `parse_list` reads it back. Raises HistoryError for what is no book."""
        return export_list([self.books[number] for number in self._checked(history)])

    def _checked(self, history: Sequence[int]) -> list[int]:
        if len(history) > MOST_READ:
            raise HistoryError(TEXT["most"].format(count=len(history), most=MOST_READ))
        for number in history:
            whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
            if not whole or number not in self.books:
                raise HistoryError(TEXT["number"].format(number=number, most=len(self.books)))
        return [int(number) for number in history]

    def _choose(self, scores: np.ndarray, offered: np.ndarray, options: Options) -> list[int]:
        """Return the best books by the dialled scores, at most so many of an author."""
        dialled = scores - options.popularity * np.log(self._readers)
        dialled[~offered] = -np.inf
        order = np.argsort(-dialled, kind="stable")[: int(offered.sum())]
        chosen: list[int] = []
        of_author: dict[str, int] = {}
        for item in order:
            author = self.known[item].first_author
            of_author[author] = of_author.get(author, 0) + 1
            if options.per_author is None or of_author[author] <= options.per_author:
                chosen.append(int(item))
            if len(chosen) == options.count:
                break
        return chosen

    def _map(self, weights: np.ndarray, chosen: Sequence[int], used: Sequence[Book]) -> AttentionMap:
        return AttentionMap(
            weights=weights[None],
            query_labels=tuple(self.known[item].title for item in chosen),
            key_labels=tuple(book.title for book in used),
            query_axis="book recommended",
            key_axis="book read",
        )


def _with_older(values: Tensor, length: int) -> np.ndarray:
    """Return (…, looked at) values over a whole list: zeros for the older books before them, (…, length)."""
    older = length - values.shape[-1]
    return np.pad(values.double().numpy(), [*[(0, 0)] * (values.ndim - 1), (older, 0)])


def _order(values: np.ndarray) -> tuple[tuple[int, ...], ...]:
    """Return for each row the columns, the largest value first; of equal ones the later book first."""
    return tuple(tuple(sorted(range(len(row)), key=lambda i: (-row[i], -i))) for row in values)


def _softmax(scores: np.ndarray, offered: np.ndarray) -> np.ndarray:
    """Return probabilities over the books on offer, 0 for the others."""
    if not offered.any():
        return np.zeros_like(scores)
    exps = np.where(offered, np.exp(scores - scores[offered].max()), 0.0)
    return exps / exps.sum()


def _named(books: Sequence[Book]) -> str:
    """Write some titles into a sentence; at most three are named."""
    titles = [f"“{book.title}”" for book in books]
    if len(titles) > 3:
        return TEXT["more"].format(first=", ".join(titles[:3]), count=len(titles) - 3)
    return titles[0] if len(titles) == 1 else TEXT["and"].format(first=", ".join(titles[:-1]), last=titles[-1])
