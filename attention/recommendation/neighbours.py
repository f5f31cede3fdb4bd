"""How often two books were read near each other, and by whom: three counts over the training readers.

    near      Σ over readers of e^-((|places apart| - 1) / 5), up to 25 places, either book first
    together  readers of both books, however far apart
    after     Σ over readers of e^-((places apart - 1) / 2), up to 8 places, the second book later

The strength of a pair is log(1 + 10 · count / √readers of the book read / (readers of the other)^0.3): with the square
root on both sides `together` would be the cosine; 0.3 leaves better-read books a little ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from attention.training.checkpoint import CheckpointError

FILE = "neighbours.safetensors"  # in a checkpoint's folder
KEPT = 96  # strongest neighbours of a book, of each kind, that a checkpoint holds
READ_POWER, OTHER_POWER, SCALE = 0.5, 0.3, 10.0


class Kind(NamedTuple):
    """decay: of the weight, in places; None counts all alike. farthest: places apart. ordered: the second is later."""

    name: str
    decay: float | None
    farthest: int
    ordered: bool


KINDS = (Kind("near", 5.0, 25, False), Kind("together", None, 10_000, False), Kind("after", 2.0, 8, True))


class Counts:
    """The counts of all pairs of books, whole; from them, for a reader who is among the counted, those of the others.

    histories: book numbers of each reader in order. items: how many books there are.
    """

    def __init__(self, histories: Sequence[np.ndarray], items: int) -> None:
        self.items = items
        self.readers = torch.zeros(items)
        for history in histories:
            self.readers[torch.from_numpy(history)] += 1
        self.tables = [_table(kind, histories, items) for kind in KINDS]

    def strengths(self, books: Tensor, others: Tensor | None = None) -> Tensor:
        """Return the strengths of pairs: (kinds, books, others); others are all books when left out."""
        found = []
        for table in self.tables:
            rows = table[books]
            found.append(rows if others is None else rows[:, others])
        readers = self.readers if others is None else self.readers[others]
        return _strength(torch.stack(found), self.readers[books], readers)

    def strengths_without(self, books: Tensor, others: Tensor, places: Tensor, other_places: Tensor) -> Tensor:
        """Return the strengths as they would be without one reader.

        A model that learns from a reader's next book must not see that this very reader read the two together.

        places: (books,) where the reader has them; other_places: (others,), below 0 for books the reader has not.
        """
        own = (other_places >= 0).nonzero()[:, 0]
        ahead = other_places[own][None, :] - places[:, None]  # (books, own)
        found = []
        for kind, table in zip(KINDS, self.tables, strict=True):
            rows = table[books][:, others]
            rows[:, own] = (rows[:, own] - _weight(kind, ahead)).clamp_min(0)
            found.append(rows)
        fewer = self.readers[others] - (other_places >= 0).float()
        return _strength(torch.stack(found), self.readers[books] - 1, fewer)

    def near(self) -> Tensor:
        """Return the strengths of the first kind of all pairs, (items, items)."""
        return _strength(self.tables[0][None], self.readers, self.readers)[0]

    def neighbours(self, kept: int = KEPT) -> Neighbours:
        """Return the strongest neighbours of every book, as a checkpoint holds them."""
        kept = min(kept, self.items)
        found = [self.strengths(torch.arange(self.items)[rows]).topk(kept, dim=-1) for rows in _blocks(self.items)]
        books = torch.cat([block.indices for block in found], dim=1)
        return Neighbours(books, torch.cat([block.values for block in found], dim=1), self.items)


class Neighbours:
    """The strongest neighbours of every book. books, strengths: (kinds, items, kept)."""

    def __init__(self, books: Tensor, strengths: Tensor, items: int) -> None:
        self.books, self.values, self.items = books, strengths, items

    def strengths(self, books: Tensor) -> Tensor:
        """Return the strengths of pairs, (kinds, books, items), 0 for all but the strongest neighbours."""
        whole = torch.zeros(len(self.books), len(books), self.items)
        return whole.scatter_(-1, self.books[:, books], self.values[:, books])

    def save(self, folder: Path | str) -> None:
        """Write the table into a checkpoint's folder: 16-bit numbers of books, 8-bit strengths with a scale a row."""
        scale = (self.values.amax(dim=-1, keepdim=True) / 255).clamp_min(2**-24)
        tensors = {
            "books": self.books.to(torch.int16),
            "strengths": (self.values / scale).round().clamp(0, 255).to(torch.uint8),
            "scale": scale.half(),
        }
        path = Path(folder) / FILE
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, str(path))
        path.chmod(0o644)

    @classmethod
    def load(cls, folder: Path | str, items: int) -> Neighbours:
        """Read what `save` wrote. Raises CheckpointError for another file, or one for another number of books."""
        path = Path(folder) / FILE
        try:
            stored = load_file(str(path))
        except (SafetensorError, OSError) as error:
            raise CheckpointError(f"{path} is not a readable safetensors file: {error}") from None
        if set(stored) != {"books", "strengths", "scale"}:
            raise CheckpointError(f"{path} must hold books, strengths and scale; take the file of the shipped model")
        books = stored["books"].long()
        fits = books.ndim == 3 and books.shape[:2] == (len(KINDS), items) == stored["scale"].shape[:2]
        if (
            not fits
            or books.shape != stored["strengths"].shape
            or not 0 <= int(books.min()) <= int(books.max()) < items
        ):
            raise CheckpointError(f"{path} does not fit a model of {items:,} books; take the files of one checkpoint")
        return cls(books, stored["strengths"].float() * stored["scale"].float(), items)


def _table(kind: Kind, histories: Sequence[np.ndarray], items: int) -> Tensor:
    """Count all pairs of one kind, (items, items), row the book read, column the other."""
    if kind.decay is None:
        read = torch.zeros(len(histories), items)
        for row, history in enumerate(histories):
            read[row, torch.from_numpy(history)] = 1.0
        return (read.T @ read).fill_diagonal_(0.0)
    table = torch.zeros(items * items)
    for apart in range(1, kind.farthest + 1):
        pairs = [history[:-apart] * items + history[apart:] for history in histories if len(history) > apart]
        if pairs:
            places = torch.from_numpy(np.concatenate(pairs))
            weight = float(_weight(kind, torch.tensor(apart)))
            table.index_add_(0, places, torch.full((len(places),), weight))
    table = table.view(items, items)
    return table if kind.ordered else table + table.T


def _weight(kind: Kind, ahead: Tensor) -> Tensor:
    """Return what a pair adds to the count, `ahead` places from the first book to the second."""
    apart = ahead if kind.ordered else ahead.abs()
    counted = (apart > 0) & (apart <= kind.farthest)
    weight = torch.ones_like(apart, dtype=torch.float32)
    if kind.decay is not None:
        weight = torch.exp(-(apart.clamp(1, kind.farthest) - 1).float() / kind.decay)
    return weight * counted


def _strength(counts: Tensor, readers: Tensor, other_readers: Tensor) -> Tensor:
    """counts: (kinds, books, others); readers: (books,); other_readers: (others,)."""
    norm = readers.clamp_min(1) ** -READ_POWER
    return torch.log1p(SCALE * counts * norm[:, None] * other_readers.clamp_min(1) ** -OTHER_POWER)


def _blocks(items: int, size: int = 512) -> list[slice]:
    return [slice(first, min(first + size, items)) for first in range(0, items, size)]
