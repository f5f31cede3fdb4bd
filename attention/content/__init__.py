"""The theory as text: chapters in Markdown, the article's corrections and the references, read strictly, once.

Each language has a folder: `01-attention.md` and so on, `references.toml`, `corrections.toml`. A chapter starts with
front matter in TOML between two lines `+++`; a line `{{figure}}` marks where its live figure stands.
"""

from attention.content.chapters import FIGURES, Chapter, Part, chapters
from attention.content.corrections import KINDS, PAGES, Correction, corrections, corrections_introduction
from attention.content.reading import ContentError, languages
from attention.content.references import Reference, references

__all__ = [
    "FIGURES",
    "KINDS",
    "PAGES",
    "Chapter",
    "ContentError",
    "Correction",
    "Part",
    "Reference",
    "chapters",
    "corrections",
    "corrections_introduction",
    "languages",
    "references",
]
