"""The works that chapters and corrections refer to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from attention.content.reading import FOLDER, ContentError, check_entries, language_folder, parse_toml, read_text

ENTRIES = {"authors": list, "year": int, "title": str, "venue": str, "url": str}
KEY = re.compile(r"[a-z]+(\d{4})[a-z]?")


@dataclass(frozen=True)
class Reference:
    """One work. key: "vaswani2017"; authors: full names in the order of the title page; url: a page that holds it."""

    key: str
    authors: tuple[str, ...]
    year: int
    title: str
    venue: str
    url: str

    @property
    def short(self) -> str:
        """Return what a text writes, such as "Jain & Wallace 2019" or "Vaswani et al. 2017"."""
        names = [family_name(author) for author in self.authors]
        listed = " & ".join(names) if len(names) < 3 else f"{names[0]} et al."
        return f"{listed} {self.year}"

    @property
    def line(self) -> str:
        """Return the whole entry as one line of plain text."""
        return f"{', '.join(self.authors)} ({self.year}). {self.title}. {self.venue}."


def family_name(author: str) -> str:
    """Return the name to cite: the last word, with the small words that belong to it, as in "de Jong"."""
    words = author.split()
    start = next((place for place, word in enumerate(words) if place and word[0].islower()), len(words) - 1)
    return " ".join(words[start:])


@cache
def references(language: str = "en", root: Path = FOLDER) -> Mapping[str, Reference]:
    """Return every reference by its key, in the order of the file. Raises ContentError."""
    path = language_folder(language, root) / "references.toml"
    found = {}
    for key, record in parse_toml(read_text(path), path.name).items():
        found[key] = read_reference(key, record, f"{path.name}, {key}")
    return MappingProxyType(found)


def read_reference(key: str, record: Mapping, place: str) -> Reference:
    """Return one reference. Raises ContentError when something is missing or the key does not end in the year."""
    check_entries(record, ENTRIES, place)
    named = KEY.fullmatch(key)
    if not named or int(named[1]) != record["year"]:
        raise ContentError(f"{place}: a key is a family name and the year {record['year']}, such as vaswani2017")
    authors = record["authors"]
    if not authors or not all(isinstance(author, str) and author.strip() for author in authors):
        raise ContentError(f"{place}: authors must be names, got {authors!r}")
    if not record["url"].startswith("https://"):
        raise ContentError(f"{place}: url must start with https://, got {record['url']!r}")
    return Reference(key, tuple(authors), *(record[name] for name in ("year", "title", "venue", "url")))
