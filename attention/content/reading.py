"""Reading of content files: where they lie, and checks whose errors name the file and the entry."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

FOLDER = Path(__file__).parent
LANGUAGE = re.compile(r"[a-z]{2,3}")

Link = Mapping[str, str | int | float | bool]  # values of a page's fields, by the field's name


class ContentError(ValueError):
    """A content file that cannot be used; the message names the file and what to change."""


def languages(root: Path = FOLDER) -> tuple[str, ...]:
    """Return the languages that have a folder."""
    return tuple(sorted(path.name for path in root.iterdir() if path.is_dir() and LANGUAGE.fullmatch(path.name)))


def language_folder(language: str, root: Path = FOLDER) -> Path:
    """Return a language's folder. Raises ContentError when there is none."""
    if language not in languages(root):
        raise ContentError(f"there is no content in {language!r}; choose one of {', '.join(languages(root))}")
    return root / language


def read_text(path: Path) -> str:
    """Return the text of a file. Raises ContentError when it is missing or no UTF-8 text."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{path.name}: could not be read ({error}); put a UTF-8 text there") from error


def parse_toml(text: str, place: str) -> dict[str, Any]:
    """Read TOML. Raises ContentError with the file's name."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{place}: not valid TOML ({error})") from error


def check_entries(record: Mapping[str, Any], wanted: Mapping[str, type], place: str) -> None:
    """Check that a record has exactly the wanted entries, each of its type and none empty. Raises ContentError."""
    if not isinstance(record, Mapping):
        raise ContentError(f"{place}: wanted a table, got {record!r}")
    missing, unknown = sorted(set(wanted) - set(record)), sorted(set(record) - set(wanted))
    if missing or unknown:
        lists = (", ".join(names) or "none" for names in (missing, unknown))
        raise ContentError("{}: missing: {}; unknown: {}".format(place, *lists))
    for name, kind in wanted.items():
        value = record[name]
        if type(value) is not kind:
            raise ContentError(f"{place}: {name} must be a {kind.__name__}, got {value!r}")
        if kind is str and not value.strip():
            raise ContentError(f"{place}: {name} is empty; write it")


def check_names(names: list[Any], known: Mapping[str, Any], place: str) -> tuple[str, ...]:
    """Return names as a tuple. Raises ContentError when one is unknown or comes twice."""
    unknown = [str(name) for name in names if not isinstance(name, str) or name not in known]
    if unknown:
        raise ContentError(f"{place}: {', '.join(unknown)} is not in references.toml; add it there")
    if len(set(names)) < len(names):
        raise ContentError(f"{place}: a reference is named twice")
    return tuple(names)


def read_link(record: Mapping[str, Any], place: str) -> Link:
    """Return the state that a link opens, as a mapping that cannot be changed. Raises ContentError for other values."""
    for name, value in record.items():
        if not isinstance(value, str | int | float | bool):
            raise ContentError(f"{place}: {name} must be a text, a number, true or false, got {value!r}")
    return MappingProxyType(dict(record))
