"""The scripts and styles of the strip, put together from small files; no build step.

Elements, colours, shapes and saving come from the attention inspector's files.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from attention.ui.inspector import assets as inspector_assets

FOLDER = Path(__file__).parent
SHARED = ("dom.js", "ramp.js", "drawing.js", "save.js")
SCRIPTS = (
    "tones.js",
    "numbers.js",
    "sources.js",
    "terms.js",
    "shares.js",
    "arithmetic.js",
    "grid.js",
    "map.js",
    "fit.js",
    "cursor.js",
    "edits.js",
    "picture.js",
    "fold.js",
    "strip.js",
)


@cache
def strip_script() -> str:
    """Return one module whose default export mounts the strip."""
    return _joined("mount.js")


@cache
def file_script() -> str:
    """Return the script of a saved page, which finds its data in the page."""
    return _joined("file.js")


@cache
def strip_style() -> str:
    return (FOLDER / "matrices.css").read_text(encoding="utf-8")


def _joined(last: str) -> str:
    paths = [inspector_assets.FOLDER / name for name in SHARED] + [FOLDER / name for name in (*SCRIPTS, last)]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)
