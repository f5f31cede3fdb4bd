"""One piece on the stage: the strokes of a digit, where they lie, how large and how turned; as text, and as ink."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from attention.vision.strokes import (
    Strokes,
    StrokesError,
    boxed,
    number_text,
    rasterise,
    read_number,
    read_strokes,
    strokes_text,
)

if TYPE_CHECKING:
    from attention.vision.scenes import Piece

MOST_PIECES = 12
SMALLEST, LARGEST = 0.06, 1.4  # longer side of a piece, in shares of the stage
HEAD = 11  # characters before the strokes: x, y, size, turn, width of two each, and the digit
NO_DIGIT = "-"
AMONG = "~"  # between two pieces
FINE = 4095  # twelve bits
ROUNDING = 0.001  # of a size, by which its text may be larger
SHARPNESS = 2  # pixels of ink for each pixel of the scene


@dataclass(frozen=True)
class PadPiece:
    """Strokes that are moved as one.

    strokes: in the unit square of their own box, whose longer side, with the pen's thickness, is 1.
    x, y: the middle of that box on the stage, 0..1; size: its longer side, in shares of the stage, up to LARGEST.
    turn: degrees clockwise around the middle, 0 ≤ turn < 360. width: the pen's thickness in shares of the longer side.
    digit: what it is meant to be; None where nobody said.
    """

    strokes: Strokes
    x: float
    y: float
    size: float
    turn: float = 0.0
    width: float = 0.12
    digit: int | None = None


def drawn_piece(polylines: Sequence[Sequence[tuple[float, float]]], pen: float, digit: int | None = None) -> PadPiece:
    """Make a piece of strokes in shares of the stage; pen: the pen's thickness in the same unit."""
    strokes, width, (x, y), size = boxed(polylines, pen)
    return rounded(PadPiece(strokes, x, y, size, 0.0, width, digit))


def piece_text(piece: PadPiece) -> str:
    """Write one piece: eleven characters, and its strokes. Raises StrokesError when a number is out of range."""
    shares = (piece.x, piece.y, piece.size / 2, piece.turn % 360 / 360, piece.width)
    fits = all(math.isfinite(share) and 0 <= share <= 1 for share in shares)
    if not fits or piece.size > LARGEST + ROUNDING:
        raise StrokesError(f"place and width of a piece must lie in 0..1, and its size in 0..{LARGEST}")
    levels = [round(share * FINE) for share in shares]
    levels[3] = round(shares[3] * (FINE + 1)) % (FINE + 1)  # a full turn is none
    head = "".join(number_text(level, 2) for level in levels)
    return head + (NO_DIGIT if piece.digit is None else str(piece.digit)) + strokes_text(piece.strokes)


def read_piece(text: str) -> PadPiece:
    """Read what `piece_text` wrote. Raises StrokesError."""
    head, digit = text[: HEAD - 1], text[HEAD - 1 : HEAD]
    if len(head) < HEAD - 1 or not (digit == NO_DIGIT or (digit.isascii() and digit.isdigit())):
        raise StrokesError("a piece starts with its place, size, turn and width, and a digit or -")
    x, y, size, turn, width = (read_number(head[place : place + 2]) for place in range(0, HEAD - 1, 2))
    if size == 0 or width == 0 or 2 * size / FINE > LARGEST + ROUNDING:
        raise StrokesError(f"a piece needs a width above 0, and a size above 0 and up to {LARGEST}")
    meant = None if digit == NO_DIGIT else int(digit)
    placed = x / FINE, y / FINE, 2 * size / FINE, 360 * turn / (FINE + 1), width / FINE
    return PadPiece(read_strokes(text[HEAD:]), *placed, meant)


def pieces_text(pieces: Sequence[PadPiece]) -> str:
    """Write pieces for a link or a file; "" for none. Raises StrokesError."""
    if len(pieces) > MOST_PIECES:
        raise StrokesError(f"there are at most {MOST_PIECES} pieces, not {len(pieces)}")
    return AMONG.join(piece_text(piece) for piece in pieces)


def read_pieces(text: str) -> tuple[PadPiece, ...]:
    """Read what `pieces_text` wrote; writing it again gives the same text. Raises StrokesError."""
    pieces = tuple(read_piece(part) for part in text.split(AMONG)) if text else ()
    if len(pieces) > MOST_PIECES:
        raise StrokesError(f"there are at most {MOST_PIECES} pieces, not {len(pieces)}")
    return pieces


def rounded(piece: PadPiece) -> PadPiece:
    """Return the piece as its text gives it back. Raises StrokesError."""
    kept = min(max(piece.x, 0.0), 1.0), min(max(piece.y, 0.0), 1.0)
    return read_piece(piece_text(replace(piece, x=kept[0], y=kept[1])))


def scene_piece(piece: PadPiece) -> Piece:
    """Return the piece as scenes are composed of: its ink, and its place in pixels of the scene."""
    from attention.vision.scenes import SIDE, Piece

    longer = max(8, round(piece.size * SIDE * SHARPNESS))
    ink = rasterise(piece.strokes, longer, piece.width)
    place = piece.x * SIDE, piece.y * SIDE, piece.size * SIDE
    return Piece(ink, piece.digit, *place, turn=-piece.turn)  # a scene's pieces turn against the clock


def scene_pieces(pieces: Sequence[PadPiece]) -> tuple[Piece, ...]:
    """Return all pieces as `attention.vision.scenes.compose` takes them, in the order they were drawn."""
    return tuple(scene_piece(piece) for piece in pieces)
