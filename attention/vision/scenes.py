"""One scene at a time: digits laid out by lot or by a visitor, with exact boxes and masks.

Strokes are bright on dark: 0 is dark paper, 1 full ink. Places are pixels from the scene's upper left corner, x to the
right and y down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.nn import functional as F

from attention.vision.batches import DIGITS, SCORED, Batch, Rules, draw_batch, paint
from attention.vision.bitmaps import FINE, MARGIN, bitmaps
from attention.vision.drawing import SIDE, boxes, place

__all__ = ["SIDE", "Piece", "Scene", "bitmaps", "compose", "draw_scene", "scenes_of"]

MOST_PIECES = 24  # of a composed scene
FAINT = 0.08  # ink below this does not count for the size of a piece
COARSER = (
    2.5  # an ink so many times larger than its piece is made smaller first, so that no stroke falls between pixels
)


@dataclass(frozen=True, eq=False)
class Piece:
    """What is laid into a scene: ink (h, w) 0 to 1, whose longer side becomes `size` pixels around (x, y).

    digit: what it is, None where nobody knows. turn: degrees, against the clock. bright: of full ink, 0 to 1.
    """

    ink: np.ndarray
    digit: int | None
    x: float
    y: float
    size: float
    turn: float = 0.0
    bright: float = 1.0


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture with what is true of it.

    image: (SIDE, SIDE) float32. pieces: from the lowest to the one on top. boxes: (pieces, 4) float32, left, top,
    right, bottom of all its ink, hidden parts as well; all 0 outside the picture. masks: (pieces, SIDE, SIDE) boolean,
    the ink that shows. digits: one for each piece.
    """

    image: np.ndarray
    pieces: tuple[Piece, ...]
    boxes: np.ndarray
    masks: np.ndarray

    @property
    def digits(self) -> tuple[int | None, ...]:
        return tuple(piece.digit for piece in self.pieces)


def draw_scene(
    seed: int,
    count: int | None = None,
    digits: Sequence[int] | None = None,
    clutter: float = 1.0,
    noise: float = 1.0,
    overlap: float = SCORED.overlap,
    repeats: bool = False,
    split: str = "test",
    cover: float = 0.0,
) -> Scene:
    """Draw a scene by lot, the same for the same arguments.

    count: how many digits, 1 to 5 by lot when left out. digits: exactly these, a digit twice is allowed. clutter,
    noise: 0 none, 1 as scored, up to 3. overlap: share of the smaller digit's square that another may cover. repeats:
    digits may come several times. cover: share of each digit that a bar hides, 0 to 0.9.
    Raises ValueError for what cannot be drawn.
    """
    if digits is not None:
        count = len(digits)
        if not all(0 <= digit < DIGITS for digit in digits):
            raise ValueError(f"digits must be 0 to 9, got {list(digits)}; leave the others out")
    if count is not None and not 1 <= count <= DIGITS:
        raise ValueError(f"a scene has 1 to {DIGITS} digits, got {count}; take fewer or more")
    for name, value, most in (
        ("clutter", clutter, 3),
        ("noise", noise, 3),
        ("overlap", overlap, 1),
        ("cover", cover, 0.9),
    ):
        if not 0 <= value <= most:
            raise ValueError(f"{name} must be between 0 and {most}, got {value}; choose a number in between")
    rules = replace(SCORED, clutter=clutter, noise=noise, overlap=overlap, repeats=float(repeats), cover=cover)
    if count is not None:
        rules = replace(rules, count=(count, count))
    chosen = None if digits is None else np.array([list(digits)], dtype=np.int64)
    return scenes_of(draw_batch(1, rules, split, np.random.default_rng(seed), chosen))[0]


def compose(
    pieces: Sequence[Piece], clutter: float = 0.0, noise: float = 0.0, seed: int = 0, cover: float = 0.0
) -> Scene:
    """Lay pieces into a scene, the last one on top; clutter, noise and cover as in `draw_scene`, drawn by lot.

    Raises ValueError for too many pieces, an ink that is no picture, or a size that is not above 0.
    """
    if len(pieces) > MOST_PIECES:
        raise ValueError(f"a scene holds {MOST_PIECES} pieces, got {len(pieces)}; leave some out")
    alphas = torch.zeros(1, max(1, len(pieces)), SIDE, SIDE)
    for row, piece in enumerate(pieces):
        alphas[0, row] = _laid(piece)
    bright = torch.tensor([[piece.bright for piece in pieces] or [0.0]], dtype=torch.float32)
    rules = Rules(clutter=clutter, noise=noise, cover=cover)
    image, masks, whole = paint(alphas, bright, rules, np.random.default_rng(seed))
    some = len(pieces)
    return Scene(image[0].numpy(), tuple(pieces), boxes(whole)[0, :some].numpy(), masks[0, :some].numpy())


def scenes_of(batch: Batch) -> list[Scene]:
    """Return the scenes of a batch one by one; composing a scene's pieces gives its ink again."""
    scenes = []
    for row in range(len(batch.images)):
        there = [column for column, digit in enumerate(batch.digits[row].tolist()) if digit >= 0]
        pieces = tuple(_piece(batch, row, column) for column in there)
        scenes.append(
            Scene(batch.images[row].numpy(), pieces, batch.boxes[row, there].numpy(), batch.masks[row, there].numpy())
        )
    return scenes


def _piece(batch: Batch, row: int, column: int) -> Piece:
    """Return a piece of a batch with its ink cut to what is drawn."""
    ink = batch.inks[row, column].numpy()
    rows, columns = (np.flatnonzero((ink > FAINT).any(axis=axis)) for axis in (1, 0))
    top, bottom = (rows[0], rows[-1] + 1) if len(rows) else (0, FINE)
    left, right = (columns[0], columns[-1] + 1) if len(columns) else (0, FINE)
    scale = float(batch.size[row, column]) / (FINE - 2 * MARGIN)
    across, down = (scale * ((first + last) / 2 - FINE / 2) for first, last in ((left, right), (top, bottom)))
    turn = float(batch.turn[row, column])
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    return Piece(
        ink=ink[top:bottom, left:right].copy(),
        digit=int(batch.digits[row, column]),
        x=float(batch.x[row, column]) + across * cos + down * sin,
        y=float(batch.y[row, column]) - across * sin + down * cos,
        size=scale * max(bottom - top, right - left),
        turn=turn,
        bright=float(batch.bright[row, column]),
    )


def _laid(piece: Piece) -> torch.Tensor:
    """Return how much of each pixel a piece's ink covers, (SIDE, SIDE)."""
    ink = torch.as_tensor(np.asarray(piece.ink, dtype=np.float32))
    if ink.ndim != 2 or not ink.numel():
        raise ValueError(f"a piece's ink must be rows and columns, got shape {tuple(ink.shape)}; give a picture")
    if not (np.isfinite(piece.size) and piece.size > 0):
        raise ValueError(f"a piece's size must be above 0, got {piece.size}; make it larger")
    longer = max(ink.shape)
    scale = piece.size / longer
    if longer > COARSER * piece.size:
        shape = [max(1, round(2 * side * scale)) for side in ink.shape]
        ink = F.interpolate(ink[None, None], size=shape, mode="bilinear", antialias=True, align_corners=False)[0, 0]
    framed = F.pad(ink, (1, 1, 1, 1))  # so that the outermost ink ends smoothly
    high, wide = (scale_of * side for scale_of, side in zip(_sides(piece, ink), framed.shape, strict=True))
    numbers = (torch.tensor([float(value)]) for value in (piece.x, piece.y, wide, high, piece.turn))
    return place(framed[None], *numbers)[0]


def _sides(piece: Piece, ink: torch.Tensor) -> tuple[float, float]:
    """Return how many pixels of the scene one row and one column of an ink take."""
    high, wide = np.asarray(piece.ink).shape
    scale = piece.size / max(high, wide)
    return scale * high / ink.shape[0], scale * wide / ink.shape[1]
