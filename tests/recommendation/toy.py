"""A small world of books: four series of six volumes that are read in order, and some books nobody knows."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

SERIES, VOLUMES, RARE = 4, 6, 3
BOOKS = SERIES * VOLUMES + RARE
NAMES = ("Pike", "Crow", "Élan", "Moor")
ATTRIBUTION = "Book ratings: a toy world, CC BY-SA 4.0."
README = f'# Toy books\n\nLicence: CC BY-SA 4.0. Share alike.\n\nAttribution line for the app: "{ATTRIBUTION}"\n'


def title(number: int) -> str:
    series, volume = divmod(number - 1, VOLUMES)
    if series >= SERIES:
        return f"Rare book {number}"
    return f"{NAMES[series]} story {'abcdef'[volume]} ({NAMES[series]} Saga, #{volume + 1})"


def author(number: int) -> str:
    series = (number - 1) // VOLUMES
    return f"{'ABCD'[series]}.B. {NAMES[series]}son, Some Translator" if series < SERIES else f"Writer {number}"


def reader_lists(readers: int = 60, seed: int = 3) -> list[list[int]]:
    """Return lists of two or three whole series, each in order; the first readers have a rare book in the middle."""
    draw = np.random.default_rng(seed)
    lists = []
    for reader in range(readers):
        order = draw.permutation(SERIES)[: 2 + reader % 2]
        books = [int(series) * VOLUMES + volume + 1 for series in order for volume in range(VOLUMES)]
        if reader < RARE:
            books.insert(4, SERIES * VOLUMES + 1 + reader)
        lists.append(books)
    return lists


def write_world(folder: Path, readers: int = 60, npz: bool = True) -> Path:
    """Write the data folder of the toy world and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["book_id,title,authors,original_publication_year"]
    rows += [f'{number},"{title(number)}","{author(number)}",{1900 + number}.0' for number in range(1, BOOKS + 1)]
    with gzip.open(folder / "books.csv.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")
    lists = reader_lists(readers)
    user = np.concatenate([np.full(len(books), 10 + 3 * place) for place, books in enumerate(lists)])
    book = np.concatenate(lists)
    rating = 3 + book % 3
    split = np.concatenate([[0] * (len(books) - 2) + [1, 2] for books in lists])
    if npz:
        columns = {"user_id": user.astype(np.int32), "book_id": book.astype(np.int16)}
        np.savez(folder / "ratings.npz", **columns, rating=rating.astype(np.uint8), split=split.astype(np.uint8))
    else:
        lines = [f"{u},{b},{r}" for u, b, r in zip(user, book, rating, strict=True)]
        (folder / "ratings.csv").write_text("user_id,book_id,rating\n" + "\n".join(lines) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(README, encoding="utf-8")
    return folder
