"""Put a formula together from choices: score, scale, positions, temperature, normaliser, mask."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from itertools import product as combinations
from typing import Literal

from attention.formula.plan import Shape

Scale = Literal["sqrt", "one", "d", "free"]
Positions = Literal["none", "sinusoidal", "rotary", "alibi"]

SCORES = ("dot", "scaled_dot", "general", "additive", "cosine")
SCALES: tuple[Scale, ...] = ("sqrt", "one", "d", "free")
NORMALISERS = ("softmax", "sparsemax", "entmax15", "hardmax", "uniform")
POSITIONS: tuple[Positions, ...] = ("none", "sinusoidal", "rotary", "alibi")
SCALED = {"sqrt": " / sqrt(d)", "one": "", "d": " / d", "free": " * c"}
OWN: dict[str, dict[str, Shape]] = {  # the names that a score brings, by their shapes
    "general": {"W": ("d", "d")},
    "additive": {"Wq": ("d", "d"), "Wk": ("d", "d"), "v": ("d", 1)},
}
TEXT = {"choice": "{part} must be one of {choices}, got {choice!r}; choose one of these"}


@dataclass(frozen=True)
class Recipe:
    """The choices of which attention is made.

    score: dot and scaled_dot are written alike, the scale makes the difference. scale: what the scores are divided by,
    √d, nothing, d, or a number of the visitor's own, c, that they are multiplied with. mask: whether M is applied;
    temperature: whether the scores are divided by T. positions: what tells the order of queries and keys.
    Raises ValueError for a choice that does not exist.
    """

    score: str = "scaled_dot"
    scale: Scale = "sqrt"
    normaliser: str = "softmax"
    mask: bool = False
    temperature: bool = False
    positions: Positions = "none"

    def __post_init__(self) -> None:
        for part, choice, choices in (
            ("score", self.score, SCORES),
            ("scale", self.scale, SCALES),
            ("normaliser", self.normaliser, NORMALISERS),
            ("positions", self.positions, POSITIONS),
        ):
            if choice not in choices:
                raise ValueError(TEXT["choice"].format(part=part, choices=", ".join(choices), choice=choice))


def compose(recipe: Recipe) -> str:
    """Return the formula of a recipe; what is switched off leaves no trace in it."""
    query, key, lines = "Q", "K", []
    if recipe.positions == "sinusoidal":
        lines = ["query = Q + sinusoidal(n, d)", "key = K + sinusoidal(m, d)"]
        query, key = "query", "key"
    elif recipe.positions == "rotary":
        query, key = "rotary(Q)", "rotary(K)"
    product = recipe.score in ("dot", "scaled_dot")
    arguments = ", ".join((query, key, *OWN.get(recipe.score, {})))
    score = f"{query} @ {key}.T" if product else f"{recipe.score}({arguments})"
    bias = " + alibi(n, m)" if recipe.positions == "alibi" else ""
    cooled = "scores / T" if recipe.temperature else "scores"
    mask = ", M" if recipe.mask else ""
    lines += [
        f"scores = {score}{SCALED[recipe.scale]}{bias}",
        f"weights = {recipe.normaliser}({cooled}{mask})",
        "output = weights @ V",
    ]
    return "\n".join(lines)


def recipe_parameters(recipe: Recipe) -> dict[str, Shape]:
    """Return the visitor's own names that the formula of a recipe needs, with their shapes."""
    own: dict[str, Shape] = dict(OWN.get(recipe.score, {}))
    return {**own, "c": ()} if recipe.scale == "free" else own


def recipe_of(text: str) -> Recipe | None:
    """Return the recipe that gives this formula, up to spaces and empty lines, or None: it was written by hand."""
    return _recipes().get(_bare(text))


@cache
def _recipes() -> dict[str, Recipe]:
    choices = (SCORES[1:], SCALES, NORMALISERS, (False, True), (False, True), POSITIONS)
    names = [field.name for field in fields(Recipe)]
    recipes = (Recipe(**dict(zip(names, choice, strict=True))) for choice in combinations(*choices))
    return {_bare(compose(recipe)): recipe for recipe in recipes}


def _bare(text: str) -> str:
    lines = ("".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
