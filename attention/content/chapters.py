"""The chapters: front matter and Markdown in, text and figures in their order out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

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

# The live figures, by chapter; a page draws them under these names.
FIGURES: dict[str, int] = {
    "visual_search": 1,
    "soft_lookup": 2,
    "kernel_regression": 2,
    "scores": 3,
    "temperature": 4,
    "saturation": 4,
    "masks": 5,
    "positions": 5,
    "heads": 6,
    "switch": 7,
    "layer_costs": 8,
    "gradient_flow": 8,
    "sparse_masks": 9,
    "linear_error": 9,
    "faithfulness": 10,
    "applications": 11,
    "tuning": 12,
    "questions": 13,
    "catalogue": 14,
}

ENTRIES = {"title": str, "short": str, "figure": str, "playground": dict, "references": list}
FILE = re.compile(r"(\d\d)-([a-z][a-z-]*)\.md")
FRONT_MATTER = re.compile(r"\+\+\+\n(.*?)\n\+\+\+\n(.*)", re.DOTALL)
FIGURE_LINE = re.compile(r"^\{\{figure(?::([a-z_]+))?\}\}$", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """One piece of a chapter: Markdown text with LaTeX between dollar signs, or the name of a live figure."""

    kind: Literal["text", "figure"]
    content: str


@dataclass(frozen=True)
class Chapter:
    """One chapter.

    name: what an address calls it; number: its place, from 1; short: its title in a menu.
    playground: the state that its link to the playground opens; references: keys of `references`.
    """

    name: str
    number: int
    title: str
    short: str
    parts: tuple[Part, ...]
    playground: Link
    references: tuple[str, ...]

    @property
    def figures(self) -> tuple[str, ...]:
        """Return the names of its figures, in their order."""
        return tuple(part.content for part in self.parts if part.kind == "figure")

    @property
    def text(self) -> str:
        """Return its Markdown without the figures."""
        return "\n\n".join(part.content for part in self.parts if part.kind == "text")


@cache
def chapters(language: str = "en", root: Path = FOLDER) -> tuple[Chapter, ...]:
    """Return all chapters in their order. Raises ContentError."""
    folder = language_folder(language, root)
    found = tuple(read_chapter(path, language, root) for path in sorted(folder.glob("*.md")))
    numbers = [chapter.number for chapter in found]
    if numbers != list(range(1, len(found) + 1)):
        raise ContentError(f"{language}: the chapters' numbers are {numbers}; count from 1 without a gap")
    if len({chapter.name for chapter in found}) < len(found):
        raise ContentError(f"{language}: two chapters have the same name; rename a file")
    return found


def read_chapter(path: Path, language: str, root: Path = FOLDER) -> Chapter:
    """Return the chapter that a file holds. Raises ContentError."""
    named, whole = FILE.fullmatch(path.name), FRONT_MATTER.fullmatch(read_text(path))
    if not named:
        raise ContentError(f"{path.name}: a chapter's file is named like 01-attention.md")
    if not whole:
        raise ContentError(f"{path.name}: a chapter starts with front matter between two lines +++")
    front = parse_toml(whole[1], path.name)
    check_entries(front, ENTRIES, path.name)
    return Chapter(
        name=named[2],
        number=int(named[1]),
        title=front["title"],
        short=front["short"],
        parts=read_parts(whole[2], front["figure"], path.name),
        playground=read_link(front["playground"], path.name),
        references=check_names(front["references"], references(language, root), path.name),
    )


def read_parts(text: str, figure: str, place: str) -> tuple[Part, ...]:
    """Cut Markdown at its figures. `{{figure}}` is the chapter's own, `{{figure:name}}` a further one.

    Raises ContentError when a figure is unknown, comes twice, or when the chapter's own is missing.
    """
    pieces = FIGURE_LINE.split(text)  # text, name or None, text, name or None, …
    parts = []
    for index, piece in enumerate(pieces):
        if index % 2:
            parts.append(Part("figure", piece or figure))
        elif piece.strip():
            parts.append(Part("text", piece.strip()))
    names = [part.content for part in parts if part.kind == "figure"]
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        raise ContentError(f"{place}: there is no figure {', '.join(unknown)}; choose of {', '.join(FIGURES)}")
    if figure not in names or len(set(names)) < len(names):
        raise ContentError(f"{place}: needs each figure once, {figure} among them; got {', '.join(names) or 'none'}")
    if any("{{figure" in part.content for part in parts):
        raise ContentError(f"{place}: a figure stands alone on its line, as {{{{figure}}}} or {{{{figure:name}}}}")
    return tuple(parts)
