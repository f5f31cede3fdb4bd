"""The numbers that go into a formula: Q, K, V, X, the mask M, the temperature T and the visitor's own names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np

from attention.formula.presets import PRESETS
from attention.mechanisms import causal_mask, global_mask, local_mask, strided_mask
from attention.translation.sentences import TextError
from attention.ui.playground import state
from attention.ui.playground.names import Name, NamesError, random_matrix, read_names, values_of
from attention.ui.playground.tables import TableError, read_cells, read_table

TEXT = {
    "matrix": "{name}: {problem}",
    "filled": "{name} was given as {given}; to make it {wanted}, random numbers were added.",
    "words": "The sentence has more than {most} words; the first {most} are taken.",
}

# What a formula may use without naming it first: these get random numbers, and c has a slider.
KNOWN = (
    *(Name(name, ("d", "d")) for name in ("W", "Wq", "Wk", "Wv")),
    Name("v", ("d", 1)),
    Name("c", ()),
)
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
ASSIGNED = re.compile(r"^\s*([A-Za-z_]\w*)\s*=(?!=)", re.ASCII | re.MULTILINE)
TURNED = re.compile(r"\.\s*T\b")  # the T of K.T is not the temperature
COMMENT = re.compile(r"#.*")


@dataclass(frozen=True)
class Settings:
    """All that decides the numbers, as the visitor has it; hashable, so that results can be kept by it."""

    preset: str
    n: int
    m: int
    d: int
    heads: int
    is_self: bool
    seed: int
    T: float
    c: float
    names: str
    mask: str
    window: int
    stride: int
    cells: str
    input: str
    q: str
    k: str
    v: str
    x: str
    sentence: str
    model: str


@dataclass(frozen=True)
class Inputs:
    """Numbers for a formula.

    values: Q (n, d), K, V, X (m, d), M (n, m) of booleans, T, and every name of `parameters`, whose matrices have the
        size of one head. words: the labels of the rows, where they are words. notes: what a person should know.
    problems: what could not be read; random numbers stand in for it.
    """

    values: Mapping[str, np.ndarray | float]
    parameters: Mapping[str, tuple[str | int, ...]]
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = field(default=())

    @property
    def sizes(self) -> dict[str, int]:
        """Return n, m and d."""
        return {"n": len(self.values["Q"]), "m": len(self.values["K"]), "d": self.values["Q"].shape[1]}


def settings() -> Settings:
    """Return the visitor's settings; what has no effect is left at its default, so that equal numbers are kept once."""
    own = {one.name: state.value(one.name) for one in fields(Settings) if one.name not in ("is_self", "heads")}
    if own["input"] != "typed":
        own |= dict.fromkeys(state.MATRICES, "")
    if own["input"] != "sentence":
        own |= {"sentence": "", "model": ""}
    is_self = state.is_self()
    if is_self:
        own["n"] = own["m"]
    return Settings(**own, is_self=is_self, heads=state.heads())


def make_inputs(chosen: Settings, formula: str) -> Inputs:
    """Return the numbers for a formula. Never raises: what cannot be read is named in `problems`."""
    notes: list[str] = []
    problems: list[str] = []
    words, given = _sentence(chosen, notes, problems) if chosen.input == "sentence" else ((), {})
    n, m = (len(words), len(words)) if words else (chosen.n, chosen.m)
    sizes = {"Q": (n, chosen.d), "K": (m, chosen.d), "V": (m, chosen.d), "X": (m, chosen.d)}
    if chosen.input == "typed":
        given = _typed(chosen, problems)
    values: dict[str, np.ndarray | float] = {
        name: _fitted(name, given.get(name), *size, chosen.seed, notes) for name, size in sizes.items()
    }
    values |= {"M": make_mask(chosen, n, m), "T": chosen.T}
    names = _names(chosen, formula, problems)
    try:
        own = values_of(names, {"n": n, "m": m, "d": chosen.d // chosen.heads}, chosen.seed)
    except NamesError as error:
        problems.append(str(error))
        names = tuple(Name(one.name, one.shape) for one in names)
        own = values_of(names, {"n": n, "m": m, "d": chosen.d // chosen.heads}, chosen.seed)
    if any(one.name == "c" and not one.numbers for one in names):
        own["c"] = chosen.c
    return Inputs(values | own, {one.name: one.shape for one in names}, words, tuple(notes), tuple(problems))


def make_mask(chosen: Settings, n: int, m: int) -> np.ndarray:
    """Return the mask M, (n, m) of booleans, True = may attend; `window` counts the filler keys of a padding mask."""
    if chosen.mask == "causal":
        return causal_mask(n, m).numpy()
    if chosen.mask == "local":
        return local_mask(n, m, chosen.window).numpy()
    if chosen.mask == "strided":
        return strided_mask(n, m, window=chosen.window, stride=chosen.stride).numpy()
    if chosen.mask == "global":
        return (local_mask(n, m, chosen.window) | global_mask(n, m, positions=(0,))).numpy()
    if chosen.mask == "padding":
        real = np.arange(m) < max(m - chosen.window, 0)
        return np.broadcast_to(real, (n, m)).copy()
    if chosen.mask == "drawn":
        return read_cells(chosen.cells, n, m)
    return np.ones((n, m), dtype=bool)


def uses(formula: str, name: str) -> bool:
    """Tell whether a formula mentions a name."""
    return name in NAME.findall(TURNED.sub("", COMMENT.sub("", formula)))


def _names(chosen: Settings, formula: str, problems: list[str]) -> tuple[Name, ...]:
    """Return the names that the formula may use and does not define: the visitor's, the preset's, the usual ones."""
    try:
        own = read_names(chosen.names)
    except NamesError as error:
        problems.append(str(error))
        own = ()
    offered = {one.name: one for one in KNOWN}
    offered |= {name: Name(name, tuple(shape)) for name, shape in PRESETS[chosen.preset].parameters.items()}
    text = COMMENT.sub("", formula)
    used, assigned = set(NAME.findall(text)), set(ASSIGNED.findall(text))
    taken = {one.name for one in own} | assigned
    return (*own, *(one for name, one in offered.items() if name in used and name not in taken))


def _sentence(chosen: Settings, notes: list[str], problems: list[str]) -> tuple[tuple[str, ...], dict]:
    from attention.ui.playground.embeddings import sentence_vectors

    try:
        words, vectors = sentence_vectors(chosen.model, chosen.sentence, state.MOST_ROWS + 1, chosen.d)
    except TextError as error:
        problems.append(str(error))
        return (), {}
    if len(words) > state.MOST_ROWS:
        notes.append(TEXT["words"].format(most=state.MOST_ROWS))
        words, vectors = words[: state.MOST_ROWS], vectors[: state.MOST_ROWS]
    return words, dict.fromkeys(("Q", "K", "V", "X"), vectors)


def _typed(chosen: Settings, problems: list[str]) -> dict[str, np.ndarray]:
    found = {}
    for name in state.MATRICES:
        text = getattr(chosen, name)
        if text.strip():
            try:
                found[name.upper()] = read_table(text, state.MOST_ROWS, state.MOST_COLUMNS)
            except TableError as error:
                problems.append(TEXT["matrix"].format(name=name.upper(), problem=error))
    return found


def _fitted(name: str, given: np.ndarray | None, rows: int, columns: int, seed: int, notes: list[str]) -> np.ndarray:
    """Return a matrix of the size that is wanted: what is given, cut, or filled up with random numbers."""
    matrix = random_matrix(name, rows, columns, seed)
    if given is None:
        return matrix
    kept = given[:rows, :columns]
    matrix[: kept.shape[0], : kept.shape[1]] = kept
    if kept.shape != matrix.shape:
        shapes = {"given": " × ".join(map(str, given.shape)), "wanted": f"{rows} × {columns}"}
        notes.append(TEXT["filled"].format(name=name, **shapes))
    return matrix
