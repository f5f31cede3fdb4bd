"""A drawing as a field of a page's address and of its saved state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from attention.ui.links import FieldError, Text
from attention.ui.pad.component import SAID_LIMIT
from attention.ui.pad.piece import MOST_PIECES, pieces_text, read_pieces
from attention.ui.pad.text import TEXT
from attention.vision.strokes import StrokesError


@dataclass(frozen=True)
class Drawing(Text):
    """What lies on a stage, written by `pieces_text`; "" for an empty one."""

    default: str = ""
    max_chars: int = SAID_LIMIT

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > self.max_chars:
            raise self.refusal()
        try:
            return pieces_text(read_pieces(value))
        except StrokesError:
            raise self.refusal() from None

    read = check

    def refusal(self) -> FieldError:
        return FieldError(TEXT["want_drawing"].format(most=MOST_PIECES))
