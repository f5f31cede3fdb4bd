"""The inspector's scripts and styles, put together from small files; no build step."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
SCRIPTS = (
    "dom.js",
    "kinds.js",
    "ramp.js",
    "state.js",
    "cut.js",
    "lines.js",
    "listing.js",
    "arrange.js",
    "sizes.js",
    "heatmap.js",
    "window.js",
    "arcs.js",
    "heads.js",
    "table.js",
    "panel.js",
    "controls.js",
    "drawing.js",
    "drawmap.js",
    "drawlist.js",
    "save.js",
    "play.js",
    "inspector.js",
    "words.js",
    "veil.js",
    "overlays.js",
    "veils.js",
    "patchtable.js",
    "drawpicture.js",
    "picture.js",
    "track.js",
    "trackdraw.js",
    "trackinput.js",
    "trackpaint.js",
    "trackpicture.js",
    "trackplay.js",
    "tracksize.js",
    "tracktable.js",
)
STYLES = ("inspector.css", "listing.css", "picture.css", "track.css")


@cache
def inspector_script() -> str:
    """Return one module whose default export mounts the inspector."""
    return _joined(*SCRIPTS, "mount.js")


@cache
def present_script() -> str:
    """Return one module whose default export mounts the presentation."""
    return _joined(*SCRIPTS, "present.js")


@cache
def file_script() -> str:
    """Return the script of a saved page, which finds its data in the page."""
    return _joined(*SCRIPTS, "file.js")


@cache
def inspector_style() -> str:
    return _joined(*STYLES)


@cache
def present_style() -> str:
    return inspector_style() + (FOLDER / "present.css").read_text(encoding="utf-8")


def _joined(*names: str) -> str:
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)
