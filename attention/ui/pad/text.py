"""Every sentence of the drawing stage, in one table. Words in braces are filled in by the browser."""

from __future__ import annotations

TEXT: dict[str, str] = {
    # the stage and its pieces
    "stage": "Drawing stage",
    "piece": "Drawn digit {place} of {count}: {across} % across, {down} % down, size {size} %, turned {turn}°",
    "piece_digit": "Digit {digit}, {place} of {count}: {across} % across, {down} % down, size {size} %, turned {turn}°",
    "short": "Drawn digit {place}",
    "short_digit": "Digit {digit}",
    "drag_turn": "Drag to turn",
    "drag_size": "Drag to change the size",
    # the buttons
    "modes": "What the pointer does",
    "draw": "Draw",
    "move": "Move",
    "pens": "Thickness of the pen",
    "thin": "Thin pen",
    "usual": "Usual pen",
    "thick": "Thick pen",
    "undo": "Undo",
    "redo": "Redo",
    "clear": "Clear",
    "chosen": "The chosen digit",
    "smaller": "Smaller",
    "larger": "Larger",
    "turn_left": "Turn left",
    "turn_right": "Turn right",
    "remove": "Remove",
    "add": "Add a digit",
    "add_one": "Add a {digit}",
    # what to do
    "hint_draw": "Draw digits side by side. Strokes that follow quickly, or touch, belong to one digit.",
    "hint_move": "Press a digit and drag it.",
    "hint_empty": "Nothing to move yet: draw a digit, or add one.",
    "keys": "With the keyboard",
    "help": (
        "On the stage: arrow keys move a pen (two at once go aslant, Shift goes further), Space puts it down and lifts "
        "it, Enter ends the digit, Escape drops the stroke. On a digit, reached by Tab: arrow keys move it, + and − "
        "change its size, [ and ] turn it, Delete removes it. Ctrl+Z undoes, Ctrl+Y does again."
    ),
    # what is said to screen readers
    "said_drawn": "Digit {place} drawn.",
    "said_joined": "Stroke added to digit {place}.",
    "said_next": "The next stroke begins a new digit.",
    "said_dropped": "Stroke dropped.",
    "said_pen": "{across} % across, {down} % down.",
    "said_down": "Pen down at {across} % across, {down} % down.",
    "said_full": "The stage is full: it holds at most {most} digits. Remove one first.",
    "said_added": "A {digit} added at {across} % across, {down} % down.",
    "said_moved": "{across} % across, {down} % down.",
    "said_size": "{size} % of the stage.",
    "said_turn": "Turned {turn}°.",
    "said_removed": "Digit {place} removed. {count} left. Undo brings it back.",
    "said_cleared": "The stage is empty now. Undo brings the digits back.",
    "said_undone": "Undone. {count} digits on the stage.",
    "said_redone": "Done again. {count} digits on the stage.",
    # what a link or a saved file must hold
    "want_drawing": "it must be a drawing that this page wrote, of at most {most} digits",
}
