"""What the drawing stage shows, as plain frozen data."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from attention.ui.pad.hands import offered
from attention.ui.pad.piece import LARGEST, MOST_PIECES, SMALLEST, PadPiece, piece_text, pieces_text
from attention.ui.pad.text import TEXT
from attention.vision.strokes import MOST_POINTS, MOST_STROKES

MODES = ("draw", "move")
PENS = {"thin": 0.042, "usual": 0.06, "thick": 0.08}  # thickness in shares of the stage


@dataclass(frozen=True, eq=False)
class PadView:
    """Everything that one stage shows.

    pieces: those on the stage, in the order they were drawn; the last lies on top. origin: raised by one whenever
    Python sets the pieces; while it stays, the browser keeps its own. background: (h, w) in 0..1 beneath the pieces,
    0 dark, or None. mode: one of MODES, at first. text: entries that replace those of TEXT.
    Raises ValueError when the mode is none, the background no picture, or `text` has an unknown entry.
    """

    pieces: tuple[PadPiece, ...] = ()
    origin: int = 0
    background: np.ndarray | None = None
    mode: str = "draw"
    text: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode {self.mode!r} is none of {MODES}")
        if self.background is not None and np.ndim(self.background) != 2:
            raise ValueError(f"the background must have two axes, not {np.ndim(self.background)}")
        unknown = set(self.text) - set(TEXT)
        if unknown:
            raise ValueError(f"text has unknown entries {sorted(unknown)}; see pad.text.TEXT")

    def payload(self) -> dict[str, Any]:
        """Return plain lists, strings and numbers: what the browser gets."""
        return {
            "pieces": pieces_text(self.pieces),
            "origin": self.origin,
            "background": "" if self.background is None else png_address(self.background),
            "mode": self.mode,
            "pen": PENS["usual"],
            "pens": [[name, width] for name, width in PENS.items()],
            "hands": offered_texts(),
            "most": MOST_PIECES,
            "mostStrokes": MOST_STROKES,
            "mostPoints": MOST_POINTS,
            "smallest": SMALLEST,
            "largest": LARGEST,
            "text": {**TEXT, **self.text},
        }


@cache
def offered_texts() -> list[list[str]]:
    """Return the digits that the buttons insert, as text."""
    return [[piece_text(piece) for piece in hands] for hands in offered()]


def png_address(grey: np.ndarray) -> str:
    """Return a picture in 0..1 as a data: address of a PNG of eight bits."""
    from PIL import Image

    levels = np.round(np.clip(np.asarray(grey, dtype=np.float64), 0, 1) * 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
