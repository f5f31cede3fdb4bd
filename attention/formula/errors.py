"""What is wrong with a formula, where, and what would work."""

from __future__ import annotations

from dataclasses import dataclass

QUOTED = 60  # characters of a formula that a message repeats at most

TEXT = {
    "place": "Line {line}, column {column}: {message}",
    "try": "{said} Try:\n{remedy}",
    "advice": "{said} {remedy}",
}


@dataclass(frozen=True)
class Edit:
    """Replace text[start:end] by new."""

    start: int
    end: int
    new: str


Repair = tuple[Edit, ...]


class Problem(Exception):
    """A fault found while reading or checking, before a remedy was looked for.

    start, end: the sub-expression, as places in the text. repairs: edits that may help, the likeliest first.
    remaining: how much was not yet looked at: (0, nodes) while checking, (1, characters) while reading, (2, characters)
    while cutting into tokens; less is better.
    advice: a sentence to show where no repair works.
    """

    def __init__(self, message: str, start: int, end: int, repairs: tuple[Repair, ...] = (), advice: str = "") -> None:
        super().__init__(message)
        self.message, self.start, self.end, self.repairs, self.advice = message, start, end, repairs, advice
        self.remaining: tuple[int, int] = (2, 0)


class FormulaError(ValueError):
    """A formula that cannot be read, whose shapes do not fit, or that cannot be computed with these inputs.

    message: what was wanted and what came. start, end: places in the text of the very sub-expression.
    line, column: of start, counted from 1. remedy: a formula that works, or a sentence, or "".
    fixed: the whole text with the fault mended, or None.
    """

    def __init__(
        self,
        message: str,
        text: str = "",
        start: int = 0,
        end: int = 0,
        remedy: str = "",
        fixed: str | None = None,
    ) -> None:
        self.message, self.text, self.remedy, self.fixed = message, text, remedy, fixed
        self.start = min(max(start, 0), len(text))
        self.end = min(max(end, self.start), len(text))
        self.line = text.count("\n", 0, self.start) + 1
        self.column = self.start - (text.rfind("\n", 0, self.start) + 1) + 1
        super().__init__(self._whole())

    def _whole(self) -> str:
        said = self.message
        if self.text:
            said = TEXT["place"].format(line=self.line, column=self.column, message=said)
        if self.remedy:
            said = TEXT["try" if self.fixed is not None else "advice"].format(said=said, remedy=visible(self.remedy))
        return said

    def __reduce__(self) -> tuple:
        return FormulaError, (self.message, self.text, self.start, self.end, self.remedy, self.fixed)


def excerpt(text: str) -> str:
    """Return a piece of a formula on one line, short enough for a message, without unprintable characters."""
    flat = " ".join(text.split())
    flat = visible(flat[: QUOTED + 1])
    return flat if len(flat) <= QUOTED else f"{flat[: QUOTED - 1]}…"


def visible(text: str) -> str:
    """Return a text with the number of every unprintable character in its place, line ends excepted."""
    return "".join(c if c.isprintable() or c == "\n" else f"U+{ord(c):04X}" for c in text)


def apply_repair(text: str, repair: Repair) -> str:
    """Return the text with the edits of a repair made; they must not overlap."""
    for edit in sorted(repair, key=lambda edit: (edit.start, edit.end), reverse=True):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text
