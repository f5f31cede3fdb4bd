"""A formula computed with the visitor's numbers, once for everybody who has the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from attention.formula import SELF_ATTENTION, Evaluation, Formula
from attention.mechanisms import merge_heads, split_heads
from attention.ui.playground.inputs import Inputs, Settings, make_inputs

SPLIT = ("Q", "K", "V", "X")  # what each head gets its share of
KEPT = 256  # results of the latest formulas, a few kilobytes each


@dataclass(frozen=True, eq=False)
class Computed:
    """A formula with its numbers; with several heads, every value has the heads as its first axis."""

    text: str
    formula: Formula
    inputs: Inputs
    evaluation: Evaluation
    heads: int
    is_self: bool

    def matrix(self, value: torch.Tensor, head: int) -> np.ndarray:
        """Return a value as rows and columns, of one head where the heads differ."""
        value = value.detach()
        if value.ndim in (1, 3):  # a number, or a matrix, for every head
            value = value[min(head, len(value) - 1)]
        return (value if value.ndim else value.reshape(1, 1)).numpy()

    @property
    def joined(self) -> np.ndarray | None:
        """Return the outputs of several heads side by side (n, heads · columns); None with one head."""
        value = self.evaluation.value.detach()
        return merge_heads(value).numpy() if self.heads > 1 and value.ndim == 3 else None


@lru_cache(KEPT)
def numbers(chosen: Settings, text: str) -> Inputs:
    """Return the numbers for a formula."""
    return make_inputs(chosen, text)


@lru_cache(KEPT)
def parsed(text: str, parameters: tuple[tuple[str, tuple], ...], is_self: bool) -> Formula:
    """Read and check a formula. Raises FormulaError."""
    return Formula(text, dict(parameters), SELF_ATTENTION if is_self else None)


@lru_cache(KEPT)
def compute(text: str, chosen: Settings) -> Computed:
    """Evaluate a formula. Raises FormulaError."""
    inputs = numbers(chosen, text)
    formula = parsed(text, tuple(inputs.parameters.items()), chosen.is_self)
    evaluation = formula.evaluate(tensors(inputs, chosen.heads))
    return Computed(text, formula, inputs, evaluation, chosen.heads, chosen.is_self)


def tensors(inputs: Inputs, heads: int) -> Mapping[str, Any]:
    """Return the numbers as tensors, Q, K, V and X split over the heads: (heads, rows, d / heads)."""
    found = {name: torch.as_tensor(value) for name, value in inputs.values.items()}
    if heads > 1:
        found |= {name: split_heads(found[name], heads) for name in SPLIT}
    return found
