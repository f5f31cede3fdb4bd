"""The scripts and styles of the drawing stage, put together from small files; no build step.

The makers of elements are those of the attention inspector.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from attention.ui.inspector import assets as inspector_assets

FOLDER = Path(__file__).parent
SHARED = ("dom.js",)
SCRIPTS = (
    "geometry.js",
    "words.js",
    "tell.js",
    "pen.js",
    "cursor.js",
    "move.js",
    "stage.js",
    "tools.js",
    "pad.js",
    "mount.js",
)


@cache
def pad_script() -> str:
    """Return one module whose default export mounts the stage."""
    paths = [inspector_assets.FOLDER / name for name in SHARED] + [FOLDER / name for name in SCRIPTS]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@cache
def pad_style() -> str:
    return (FOLDER / "pad.css").read_text(encoding="utf-8")
