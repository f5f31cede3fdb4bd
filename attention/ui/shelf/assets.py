"""The scripts and styles of the reading list, put together from small files; no build step.

The makers of elements are those of the attention inspector.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from attention.ui.inspector import assets as inspector_assets

FOLDER = Path(__file__).parent
SHARED = ("dom.js",)
SCRIPTS = ("tell.js", "search.js", "list.js", "keys.js", "drag.js", "shelf.js", "mount.js")


@cache
def shelf_script() -> str:
    """Return one module whose default export mounts the list."""
    paths = [inspector_assets.FOLDER / name for name in SHARED] + [FOLDER / name for name in SCRIPTS]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@cache
def shelf_style() -> str:
    return (FOLDER / "shelf.css").read_text(encoding="utf-8")
