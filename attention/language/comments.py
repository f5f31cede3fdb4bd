"""Labelled comments: the TSV files of GoEmotions, plain or gzipped, read strictly."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from attention.language.labels import EMOTIONS

ENDINGS = (".tsv", ".tsv.gz")
SPLITS = ("train", "dev", "test")


class Comment(NamedTuple):
    """A comment: its text as published, the numbers of its labels in the order of EMOTIONS, and its id."""

    text: str
    labels: tuple[int, ...]
    id: str


class DataError(ValueError):
    """A file of comments that cannot be read; the message names the file, the line and what to do."""


def read_comments(path: Path | str) -> list[Comment]:
    """Read comments, one a line: text, label numbers joined by commas, comment id, between tabs, without a header.

    UTF-8; a name that ends in .gz is decompressed. Quotation marks are text like any other character.
    Raises DataError, with the line, for a missing, empty, badly compressed or badly encoded file, an empty line, a
    line without exactly three columns, an empty text or id, and labels that are no numbers from 0 to 27 or that
    come twice.
    """
    path = Path(path)
    comments = [_comment_of(line, path, number) for number, line in enumerate(_lines(path), start=1)]
    if not comments:
        raise DataError(f"{path} is empty; one comment a line was wanted")
    return comments


def find_split(folder: Path | str, split: str) -> list[Comment]:
    """Read the "train", "dev" or "test" split of a folder: `train.tsv` or `train.tsv.gz`, and so on.

    Raises DataError when there is none.
    """
    if split not in SPLITS:
        raise DataError(f"split {split!r} is not known; use one of {', '.join(SPLITS)}")
    paths = [Path(folder) / f"{split}{ending}" for ending in ENDINGS]
    for path in paths:
        if path.exists():
            return read_comments(path)
    raise DataError(f"{folder} has no {split} split; wanted {paths[0].name} or {paths[1].name}")


def label_matrix(comments: Sequence[Comment]) -> np.ndarray:
    """Return who has which label as (comments, 28) zeros and ones, float32."""
    matrix = np.zeros((len(comments), len(EMOTIONS)), dtype=np.float32)
    for row, comment in enumerate(comments):
        matrix[row, list(comment.labels)] = 1
    return matrix


def _lines(path: Path) -> Iterator[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    number = 1
    try:
        with opener(path, "rb") as file:
            for raw in file:
                yield raw.decode("utf-8" if number > 1 else "utf-8-sig").rstrip("\r\n")  # a byte order mark is no text
                number += 1
    except FileNotFoundError:
        raise DataError(f"{path} does not exist") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder; name a file in it") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path}, line {number}: not UTF-8 ({error.reason}); save the file as UTF-8") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path}: not a whole gzip file ({error}); compress it again or drop the .gz") from None


def _comment_of(line: str, path: Path, number: int) -> Comment:
    where = f"{path}, line {number}"
    if not line.strip():
        raise DataError(f"{where}: the line is empty; drop it")
    fields = line.split("\t")
    if len(fields) != 3:
        count = "1 column" if len(fields) == 1 else f"{len(fields)} columns"
        raise DataError(f"{where}: {count}; wanted text, label numbers and comment id between tabs")
    text, labels, name = fields
    if not text.strip() or not name.strip():
        raise DataError(f"{where}: the {'id' if text.strip() else 'text'} is empty; fill it or drop the line")
    return Comment(text, _labels_of(labels, where), name)


def _labels_of(field: str, where: str) -> tuple[int, ...]:
    parts = field.split(",")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise DataError(f"{where}: labels {field!r}; wanted numbers joined by commas, such as 3,10")
    labels = tuple(int(part) for part in parts)
    if wrong := [label for label in labels if label >= len(EMOTIONS)]:
        raise DataError(f"{where}: label {wrong[0]} does not exist; labels go from 0 to {len(EMOTIONS) - 1}")
    if len(set(labels)) < len(labels):
        raise DataError(f"{where}: labels {field!r} name one label twice; name each once")
    return labels
