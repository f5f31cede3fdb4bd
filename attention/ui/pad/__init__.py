"""A square stage on which a visitor draws digits by mouse, finger or keys, and moves, resizes and turns them.

    state = pad(start, key="my_stage", on_change=keep)      # start: some PadPieces, such as digit_piece(7, 0.3, 0.4)
    scene = compose(scene_pieces(state.pieces))             # attention.vision.scenes

Strokes that follow each other quickly and lie together, or touch, are one piece; the next digit begins by itself. A
change is shown at once, can be undone, and is told to Python after a short pause: `on_change(pieces)` is called before
the page runs, as callbacks of widgets are. What the visitor drew stays through reruns; the page sets the pieces by
passing others than before.

Every piece can be reached with Tab and moved, resized, turned and removed by keys; a pen follows the arrow keys. What
happened is said to screen readers. `pieces_text` and `read_pieces` write a drawing as a short text, `Drawing` is the
field of a page's address that holds it.
"""

from attention.ui.pad.component import PadState, pad
from attention.ui.pad.hands import digit_piece, handwritten
from attention.ui.pad.link import Drawing
from attention.ui.pad.piece import (
    MOST_PIECES,
    PadPiece,
    drawn_piece,
    pieces_text,
    read_pieces,
    scene_piece,
    scene_pieces,
)
from attention.ui.pad.text import TEXT
from attention.ui.pad.view import PENS, PadView

__all__ = [
    "MOST_PIECES",
    "PENS",
    "TEXT",
    "Drawing",
    "PadPiece",
    "PadState",
    "PadView",
    "digit_piece",
    "drawn_piece",
    "handwritten",
    "pad",
    "pieces_text",
    "read_pieces",
    "scene_piece",
    "scene_pieces",
]
