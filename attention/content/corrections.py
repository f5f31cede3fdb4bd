"""The article, corrected: each statement that does not hold, what holds instead, and where to see it live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from attention.content.reading import (
    FOLDER,
    ContentError,
    Link,
    check_entries,
    check_names,
    language_folder,
    parse_toml,
    read_link,
    read_text,
)
from attention.content.references import references

KINDS = ("claim", "formula", "shape", "code", "setup", "reference")
PAGES = ("playground", "theory", "translation")
ENTRIES = {
    "kind": str,
    "place": str,
    "says": str,
    "right": str,
    "page": str,
    "link": dict,
    "link_title": str,
}


@dataclass(frozen=True)
class Correction:
    """One row of the table.

    number: its place, from 1; kind: one of KINDS; place: the article's section; says: what it says, summarised;
    right: what holds. Both may hold LaTeX between dollar signs and code between backticks.
    source: where that can be read, as text; references: the keys of the works in it.
    page, link: a page of the lab and the state in which it shows the matter; link_title: the words of that link.
    """

    number: int
    kind: str
    place: str
    says: str
    right: str
    source: str
    references: tuple[str, ...]
    page: str
    link: Link
    link_title: str


@cache
def corrections(language: str = "en", root: Path = FOLDER) -> tuple[Correction, ...]:
    """Return all rows in the order of the article. Raises ContentError."""
    name, record = _read(language, root)
    rows = enumerate(record["correction"], start=1)
    return tuple(read_correction(number, row, f"{name}, row {number}", language, root) for number, row in rows)


@cache
def corrections_introduction(language: str = "en", root: Path = FOLDER) -> str:
    """Return the Markdown above the table. Raises ContentError."""
    return _read(language, root)[1]["introduction"].strip()


def read_correction(number: int, row: Mapping[str, Any], place: str, language: str, root: Path = FOLDER) -> Correction:
    """Return one row. Raises ContentError when something is missing, a source above all."""
    row = dict(row)
    known = references(language, root)
    keys = check_names(row.pop("references", []), known, place)
    detail = row.pop("source", "")
    if not isinstance(detail, str) or not (detail.strip() or keys):
        raise ContentError(f"{place}: needs references, or a source in words")
    check_entries(row, ENTRIES, place)
    if row["kind"] not in KINDS:
        raise ContentError(f"{place}: kind must be one of {', '.join(KINDS)}, got {row['kind']!r}")
    if row["page"] not in PAGES:
        raise ContentError(f"{place}: page must be one of {', '.join(PAGES)}, got {row['page']!r}")
    source = "; ".join(known[key].short for key in keys)
    texts = {name: " ".join(row[name].split()) for name in ("kind", "place", "says", "right", "page", "link_title")}
    return Correction(
        number=number,
        source=", ".join(part for part in (source, detail.strip()) if part),
        references=keys,
        link=read_link(row["link"], place),
        **texts,
    )


def _read(language: str, root: Path) -> tuple[str, dict[str, Any]]:
    path = language_folder(language, root) / "corrections.toml"
    record = parse_toml(read_text(path), path.name)
    check_entries(record, {"introduction": str, "correction": list}, path.name)
    return path.name, record
