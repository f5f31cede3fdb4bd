"""The visitor's own names: scalars such as `a = 1.5`, matrices such as `W: d x d`, given or drawn at random."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from attention.formula import FUNCTIONS, INPUTS, SIZES
from attention.ui.playground.tables import TableError, read_table, write_table

MOST_NAMES = 12
MOST_SIZE = 16

TEXT = {
    "many": "There are {found} names; at most {most} are allowed.",
    "form": "Line {line}, “{found}”, is neither a number such as “a = 1.5” nor a matrix such as “W: d x d”.",
    "twice": "Line {line} names {name} once more; one line is enough.",
    "taken": "Line {line}: {name} already stands for something in every formula; choose another name.",
    "number": "Line {line}: “{found}” is not a number.",
    "size": "Line {line}: a size is n, m, d or a whole number from 1 to {most}, not “{found}”.",
    "values": "Line {line}, the numbers of {name}: {problem}",
    "shape": "Line {line}: {name} is {wanted}, here {size}, but {found} are given.",
}

SCALAR = re.compile(r"([A-Za-z]\w{0,30})\s*=\s*(\S+)", re.ASCII)
MATRIX = re.compile(r"([A-Za-z]\w{0,30})\s*:\s*(\w+)\s*[x×*]\s*(\w+)\s*(?:=\s*(.+))?")
NUMBER = re.compile(r"[+-]?(\d{1,9}(\.\d{0,12})?|\.\d{1,12})(e[+-]?\d)?", re.ASCII)
TAKEN = frozenset((*INPUTS, *SIZES, *FUNCTIONS))
Size = str | int
Shape = tuple[Size, ...]


class NamesError(ValueError):
    """A line that names nothing; the message is meant for people."""


@dataclass(frozen=True)
class Name:
    """One name: its shape, () for a scalar, and its numbers where the visitor gave them."""

    name: str
    shape: Shape
    numbers: tuple[tuple[float, ...], ...] = ()


def read_names(text: str) -> tuple[Name, ...]:
    """Read the visitor's names, one a line: `a = 1.5`, `W: d x d`, or `W: d x d = 1, 0; 0, 1`.

    Raises NamesError with the line.
    """
    lines = [(i, line.strip()) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_NAMES:
        raise NamesError(TEXT["many"].format(found=len(lines), most=MOST_NAMES))
    found: dict[str, Name] = {}
    for i, line in lines:
        name = _read_line(i, line)
        if name.name in TAKEN:
            raise NamesError(TEXT["taken"].format(line=i, name=name.name))
        if name.name in found:
            raise NamesError(TEXT["twice"].format(line=i, name=name.name))
        found[name.name] = name
    return tuple(found.values())


def write_names(names: tuple[Name, ...]) -> str:
    """Write names so that `read_names` gives them back."""
    lines = []
    for one in names:
        if not one.shape:
            lines.append(f"{one.name} = {write_table(np.array(one.numbers))}")
            continue
        numbers = f" = {write_table(np.array(one.numbers)).replace(chr(10), '; ')}" if one.numbers else ""
        lines.append(f"{one.name}: {one.shape[0]} x {one.shape[1]}{numbers}")
    return "\n".join(lines)


def values_of(names: tuple[Name, ...], sizes: Mapping[str, int], seed: int) -> dict[str, float | np.ndarray]:
    """Return the numbers of every name, drawn at random where none are given.

    sizes: n, m and d. Raises NamesError when given numbers do not have their shape.
    """
    values: dict[str, float | np.ndarray] = {}
    for line, one in enumerate(names, 1):
        shape = tuple(sizes[size] if isinstance(size, str) else size for size in one.shape)
        if not one.numbers:
            values[one.name] = random_matrix(one.name, *shape, seed) if shape else 1.0
            continue
        numbers = np.array(one.numbers)
        if shape and numbers.shape != shape:
            wanted, size, found = (" × ".join(map(str, part)) for part in (one.shape, shape, numbers.shape))
            raise NamesError(TEXT["shape"].format(line=line, name=one.name, wanted=wanted, size=size, found=found))
        values[one.name] = numbers if shape else float(numbers[0, 0])
    return values


def random_matrix(name: str, rows: int, columns: int, seed: int) -> np.ndarray:
    """Draw from the standard normal distribution, rounded to one decimal so that the arithmetic can be followed.

    A larger matrix begins with the numbers of the smaller one.
    """
    drawn = np.random.default_rng([seed, zlib.crc32(name.encode())]).standard_normal((MOST_SIZE, MOST_SIZE))
    return drawn[:rows, :columns].round(1) + 0.0  # no negative zero


def _read_line(i: int, line: str) -> Name:
    if match := SCALAR.fullmatch(line):
        number = match[2].replace("−", "-")
        if not NUMBER.fullmatch(number):
            raise NamesError(TEXT["number"].format(line=i, found=match[2][:20]))
        return Name(match[1], (), ((float(number),),))
    match = MATRIX.fullmatch(line)
    if not match:
        raise NamesError(TEXT["form"].format(line=i, found=line[:40]))
    shape = tuple(_read_size(i, size) for size in match.group(2, 3))
    if match[4] is None:
        return Name(match[1], shape)
    try:
        numbers = read_table(match[4].replace(";", "\n"), MOST_SIZE, MOST_SIZE)
    except TableError as error:
        raise NamesError(TEXT["values"].format(line=i, name=match[1], problem=error)) from None
    return Name(match[1], shape, tuple(map(tuple, numbers.tolist())))


def _read_size(i: int, size: str) -> Size:
    if size in ("n", "m", "d"):
        return size
    if size.isascii() and size.isdigit() and len(size) <= 2 and 1 <= int(size) <= MOST_SIZE:
        return int(size)
    raise NamesError(TEXT["size"].format(line=i, most=MOST_SIZE, found=size[:20]))
