"""Parallel text: one TSV file or two aligned files, plain or gzipped, read strictly."""

from __future__ import annotations

import gzip
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ENDINGS = (".tsv", ".tsv.gz")
SPLITS = ("train", "valid", "test")


class Pair(NamedTuple):
    source: str
    target: str


class CorpusError(ValueError):
    """A corpus that cannot be read; the message names the file, the line and what to do."""


def read_pairs(path: Path | str, other: Path | str | None = None) -> list[Pair]:
    """Read sentence pairs, one a line, in order.

    path: UTF-8 text, `source<TAB>target` a line without a header; or, when `other` is given, the source side of two
    files whose lines belong together. A name that ends in .gz is decompressed. Text is put in Unicode form NFC.
    Raises CorpusError for a missing, empty, badly compressed or badly encoded file, a line without exactly one tab, an
    empty side, and aligned files of different lengths.
    """
    path = Path(path)
    if other is None:
        pairs = [_pair_of(line, path, number) for number, line in enumerate(_lines(path), start=1)]
    else:
        pairs = list(_aligned(path, Path(other)))
    if not pairs:
        raise CorpusError(f"{path} is empty; one sentence pair a line was wanted")
    return pairs


def find_split(folder: Path | str, pair: str, split: str) -> list[Pair]:
    """Read one split of a corpus folder, whichever of the known forms it has.

    folder: holds `train.tsv` (or `.tsv.gz`), `valid…`, `test…`; or aligned `train.en` and `train.fr` (also `.gz`).
    pair: source and target language joined by a hyphen, such as "en-fr". split: "train", "valid" or "test".
    Raises CorpusError when the folder holds neither form.
    """
    folder = Path(folder)
    source, target = split_pair(pair)
    if split not in SPLITS:
        raise CorpusError(f"split {split!r} is not known; use one of {', '.join(SPLITS)}")
    for ending in ENDINGS:
        if (folder / f"{split}{ending}").exists():
            return read_pairs(folder / f"{split}{ending}")
    for ending in ("", ".gz"):
        paths = [folder / f"{split}.{language}{ending}" for language in (source, target)]
        if all(path.exists() for path in paths):
            return read_pairs(*paths)
    raise CorpusError(
        f"{folder} has no {split} split; wanted {split}.tsv, {split}.tsv.gz, or {split}.{source} with {split}.{target}"
    )


def split_pair(pair: str) -> tuple[str, str]:
    """Split "en-fr" into ("en", "fr"). Raises CorpusError for anything of another form."""
    languages = pair.split("-")
    if len(languages) != 2 or not all(language.isalpha() for language in languages):
        raise CorpusError(f"pair {pair!r} is not two languages joined by a hyphen; write for example en-fr")
    return languages[0], languages[1]


def references(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """Group the targets by their source: distinct sources in order of appearance, each with all its translations."""
    grouped: dict[str, list[str]] = {}
    for source, target in pairs:
        grouped.setdefault(source, []).append(target)
    return grouped


def _lines(path: Path) -> Iterator[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    number = 1
    try:
        with opener(path, "rb") as file:
            for raw in file:
                line = raw.decode("utf-8" if number > 1 else "utf-8-sig")  # a byte order mark is no text
                yield unicodedata.normalize("NFC", line.rstrip("\r\n"))
                number += 1
    except FileNotFoundError:
        raise CorpusError(f"{path} does not exist") from None
    except IsADirectoryError:
        raise CorpusError(f"{path} is a folder; name a file in it") from None
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}, line {number}: not UTF-8 ({error.reason}); save the file as UTF-8") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise CorpusError(f"{path}: not a whole gzip file ({error}); compress it again or drop the .gz") from None


def _pair_of(line: str, path: Path, number: int) -> Pair:
    fields = line.split("\t")
    if not line.strip(" "):
        raise CorpusError(f"{path}, line {number}: the line is empty; drop it")
    if len(fields) != 2:
        count = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
        raise CorpusError(f"{path}, line {number}: {count}; wanted source, one tab, target")
    return _checked(*fields, path, number)


def _checked(source: str, target: str, path: Path, number: int) -> Pair:
    if not source.strip() or not target.strip():
        side = "target" if source.strip() else "source"
        raise CorpusError(f"{path}, line {number}: the {side} is empty; fill it or drop the line")
    return Pair(source.strip(), target.strip())


def _aligned(path: Path, other: Path) -> Iterator[Pair]:
    sources, targets = list(_lines(path)), list(_lines(other))
    if len(sources) != len(targets):
        raise CorpusError(f"{path} has {len(sources)} lines, {other} has {len(targets)}; they must belong together")
    for number, (source, target) in enumerate(zip(sources, targets, strict=True), start=1):
        yield _checked(source, target, path, number)
