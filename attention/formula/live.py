"""Let a formula take the place of attention in a trained model: find its weights, cut them into score and normaliser.

A model asks for the words one by one, so a weight may depend on its own query, on the keys and on the mask, but not on
other queries and not on which place a query has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from attention.formula.errors import FormulaError, Problem, excerpt
from attention.formula.evaluation import compute
from attention.formula.formula import Formula
from attention.formula.functions import FUNCTIONS
from attention.formula.inputs import Inputs
from attention.formula.plan import Operation, Plan, shape_text
from attention.formula.shapes import check
from attention.mechanisms import Mechanism

SUMS_TO_ONE = 1e-3  # how far a row may be from 1 and still count as shares

TEXT = {
    "self_only": "The formula fits self-attention only. In translation there are n target words and m source words: "
    "{reason}",
    "no_weights": "The model needs weights, n×m, that are multiplied with V. The output {text} is {shape} and is no "
    "product weights @ V.",
    "times_x": "The weights are multiplied with X, and the model passes on its values: write @ V.",
    "order": "V is multiplied with {text} first, so no n×m weights occur that the model could use.",
    "shape": "The weights {text} are {shape}, but the model needs n×m: one row for each target word, one column for "
    "each source word.",
    "mask": "The weights {text} are true or false; write where({text}, 1, 0).",
    "input": "The weights use {name}, {what}, which the model does not give to its attention: it has Q, K and M.",
    "X": "the input vectors",
    "V": "the values",
    "parameters": "{name} is a matrix of your own, and the model was not trained with it. Scores with learned matrices "
    "need training first.",
    "no_value": "{name} has no value; give it a number.",
    "other_queries": "{text} mixes several queries. The model writes word by word, so each query stands alone.",
    "place": "{text} needs to know which place the query has. The model asks for one word at a time and does not say.",
    "count": "n, the number of queries, has no fixed value in the model: it asks for one word at a time.",
    "split": "The formula cannot be cut into a score and a normaliser: outside {text}, too, it uses {name}.",
    "split_size": "The formula cannot be cut into a score and a normaliser: outside {text} it uses d. Write a "
    "number there instead.",
    "not_finite": "The formula gives weights that are no numbers or infinite for this sentence. Look for a division by "
    "0, the root or logarithm of a negative number, or exp of a large one.",
}


@dataclass(frozen=True)
class _Part:
    """Some steps of a plan, in order, that lead to the step `result`."""

    steps: tuple[Operation, ...]
    result: int

    def value(self, inputs: Inputs, given: Mapping[int, Tensor], mask: Tensor | None = None) -> Tensor:
        """Compute the result. given: steps whose values are known. mask: closes keys inside every normaliser."""
        values = dict(given)
        for step in self.steps:
            if step.index in values:
                continue
            operands = [values[operand] for operand in step.operands]
            if mask is not None and step.operation == "function" and FUNCTIONS[step.function].normaliser:
                operands[1:] = [operands[1] & mask if len(operands) > 1 else mask]
            values[step.index] = compute(step, operands, inputs)
        return values[self.result]


def live_mechanism(formula: Formula, values: Mapping[str, Any] | None = None) -> Mechanism:
    """Return the formula as a mechanism that any model of this project can run.

    values: numbers for T, 1 when left out, and for the visitor's own scalars.
    The weights are what is multiplied with V, or the output itself where that is n×m. They are cut before their
    outermost normaliser, which then works under the model's mask; without a normaliser, masked weights become 0, and
    rows that summed to 1 do so again. The mask M of the formula is the model's.
    Raises FormulaError, with place and reason, when the formula cannot fit; the mechanism itself raises FormulaError
    when a sentence gives weights that are not finite.
    """
    plan = _translation_plan(formula)
    try:
        weights = _weights_step(plan)
        inner = _ancestors(plan, weights.index, frozenset())
        scalars = _scalars(plan, inner, values or {})
        _check_rows(plan, inner)
        cut = _cut(plan, inner, weights)
        score = _Part(_ancestors(plan, cut, frozenset()), cut)
        normaliser = _Part(_ancestors(plan, weights.index, frozenset({cut})), weights.index)
        _check_normaliser(normaliser, plan.operations[cut])
    except Problem as problem:
        raise FormulaError(problem.message, formula.text, problem.start, problem.end, problem.advice) from None
    return Mechanism(score=_score(score, scalars), normaliser=_normaliser(normaliser, cut, scalars))


# what to run


def _score(part: _Part, scalars: Mapping[str, float]) -> Callable[[Tensor, Tensor], Tensor]:
    def score(query: Tensor, key: Tensor) -> Tensor:
        shape = (*torch.broadcast_shapes(query.shape[:-2], key.shape[:-2]), query.shape[-2], key.shape[-2])
        sizes = {"n": query.shape[-2], "m": key.shape[-2], "d": query.shape[-1]}
        mask = torch.ones(shape[-2:], dtype=torch.bool, device=query.device)
        found = part.value(_inputs({"Q": query, "K": key, "M": mask}, scalars, sizes, query), {})
        return torch.broadcast_to(found, shape)

    return score


def _normaliser(part: _Part, cut: int, scalars: Mapping[str, float]) -> Callable[..., Tensor]:
    normalised = any(step.operation == "function" and FUNCTIONS[step.function].normaliser for step in part.steps)

    def normaliser(scores: Tensor, mask: Tensor | None) -> Tensor:
        sizes = {"n": scores.shape[-2], "m": scores.shape[-1]}
        whole = torch.ones_like(scores, dtype=torch.bool) if mask is None else torch.broadcast_to(mask, scores.shape)
        inputs = _inputs({"M": whole}, scalars, sizes, scores)
        found = part.value(inputs, {cut: scores}, None if mask is None else whole)
        weights = torch.broadcast_to(found, scores.shape).to(scores.dtype)
        if mask is not None:
            weights = torch.where(whole, weights, 0) if normalised else _masked_shares(weights, whole)
        if not bool(weights.isfinite().all()):
            raise FormulaError(TEXT["not_finite"])
        return weights

    return normaliser


def _masked_shares(weights: Tensor, mask: Tensor) -> Tensor:
    """Take masked keys out; rows that summed to 1 before are divided by what is left, which for shares is the same as
    never having seen those keys."""
    open_weights = torch.where(mask, weights, 0)
    left = open_weights.sum(dim=-1, keepdim=True)
    were_shares = (weights.sum(dim=-1, keepdim=True) - 1).abs() < SUMS_TO_ONE
    return torch.where(were_shares & (left > 0), open_weights / torch.where(left > 0, left, 1), open_weights)


def _inputs(
    values: Mapping[str, Tensor], scalars: Mapping[str, float], sizes: Mapping[str, int], like: Tensor
) -> Inputs:
    numbers = {name: torch.tensor(number, dtype=torch.float64, device=like.device) for name, number in scalars.items()}
    return Inputs(MappingProxyType({**values, **numbers}), sizes, like.dtype, like.device, {})


# what fits


def _translation_plan(formula: Formula) -> Plan:
    """Return the formula's plan with n target words and m source words, also where it was meant for one sequence."""
    if not formula.shapes:
        return formula.plan
    try:
        return check(formula.plan.program, formula.parameters, {})
    except Problem as problem:
        said = TEXT["self_only"].format(reason=problem.message)
        raise FormulaError(said, formula.text, problem.start, problem.end) from None


def _weights_step(plan: Plan) -> Operation:
    """Return the step that holds the weights."""
    output = plan.operations[plan.output]
    weights = output
    if output.operation == "matmul":
        left, right = (plan.operations[index] for index in output.operands)
        if right.symbol == "X":
            raise Problem(TEXT["times_x"], output.start, output.end)
        if right.symbol == "V":
            weights = left
        elif right.operation == "matmul" and plan.operations[right.operands[1]].symbol == "V":
            first = plan.operations[right.operands[0]]
            raise Problem(TEXT["order"].format(text=excerpt(first.text)), right.start, right.end)
    if weights is output and output.shape != ("n", "m"):
        said = TEXT["no_weights"].format(text=excerpt(output.text), shape=shape_text(output.shape, output.mask))
        raise Problem(said, output.start, output.end)
    if weights.shape != ("n", "m"):
        said = TEXT["shape"].format(text=excerpt(weights.text), shape=shape_text(weights.shape))
        raise Problem(said, weights.start, weights.end)
    if weights.mask:
        raise Problem(TEXT["mask"].format(text=excerpt(weights.text)), weights.start, weights.end)
    return weights


def _ancestors(plan: Plan, index: int, known: frozenset[int]) -> tuple[Operation, ...]:
    """Return the steps that lead to a step, itself included, in order; not those behind the known ones."""
    needed, waiting = set(), [index]
    while waiting:
        current = waiting.pop()
        if current not in needed and current not in known:
            needed.add(current)
            waiting.extend(plan.operations[current].operands)
    return tuple(plan.operations[number] for number in sorted(needed))


def _scalars(plan: Plan, steps: tuple[Operation, ...], values: Mapping[str, Any]) -> dict[str, float]:
    """Return T and the visitor's own numbers; say why any other input does not fit."""
    scalars: dict[str, float] = {}
    for step in steps:
        if step.operation != "input" or step.symbol in ("Q", "K", "M"):
            continue
        if step.symbol in ("X", "V"):
            said = TEXT["input"].format(name=step.symbol, what=TEXT[step.symbol])
            raise Problem(said, step.start, step.end)
        if step.shape:
            raise Problem(TEXT["parameters"].format(name=step.symbol), step.start, step.end)
        number = values.get(step.symbol, 1.0 if step.symbol == "T" else None)
        if number is None:
            raise Problem(TEXT["no_value"].format(name=step.symbol), step.start, step.end)
        scalars[step.symbol] = float(number)
    return scalars


def _check_rows(plan: Plan, steps: tuple[Operation, ...]) -> None:
    """Raise Problem where a value depends on other queries than its row's, or on the row's place."""
    by_query: dict[int, bool] = {}  # step: whether its rows differ from query to query
    for step in steps:
        operands = [by_query[index] for index in step.operands]
        by_query[step.index] = any(operands) or step.symbol in ("Q", "M")
        if step.operation == "transpose" and operands[0]:
            raise Problem(TEXT["other_queries"].format(text=excerpt(step.text)), step.start, step.end)
        if step.operation == "matmul":
            shared = plan.operations[step.operands[0]].shape[1] == "n"
            if operands[1] or shared:
                raise Problem(TEXT["other_queries"].format(text=excerpt(step.text)), step.start, step.end)
        if step.operation == "function":
            _check_function_rows(plan, step, operands)
        elif any(plan.operations[index].symbol == "n" for index in step.operands):
            raise Problem(TEXT["count"], step.start, step.end)


def _check_function_rows(plan: Plan, step: Operation, by_query: list[bool]) -> None:
    function = FUNCTIONS[step.function]
    arguments = [plan.operations[index] for index in step.operands]
    for argument, parameter in zip(arguments, function.parameters, strict=False):
        if argument.symbol == "n" and parameter.kind != "size":
            raise Problem(TEXT["count"], step.start, step.end)
    queries = any(by_query) or any("n" in argument.shape for argument in arguments)
    others = function.rows == "first" and any(
        flag and not argument.mask for flag, argument in zip(by_query[1:], arguments[1:], strict=True)
    )
    if (function.rows == "mixed" and queries) or others:
        raise Problem(TEXT["other_queries"].format(text=excerpt(step.text)), step.start, step.end)
    if function.rows == "place" and (queries or "n" in step.letters.values()):
        raise Problem(TEXT["place"].format(text=excerpt(step.text)), step.start, step.end)


def _cut(plan: Plan, steps: tuple[Operation, ...], weights: Operation) -> int:
    """Return the step that is the score: what the outermost normaliser is applied to, or the weights themselves."""
    normalisers = [step for step in steps if step.operation == "function" and FUNCTIONS[step.function].normaliser]
    if normalisers:
        scores = plan.operations[normalisers[-1].operands[0]]
        if scores.shape == ("n", "m"):
            return scores.index
    return weights.index


def _check_normaliser(part: _Part, cut: Operation) -> None:
    """Raise Problem where what follows the score still needs queries, keys or their size."""
    if part.result == cut.index:
        return
    for step in part.steps:
        if step.symbol in ("Q", "K"):
            said = TEXT["split"].format(text=excerpt(cut.text), name=step.symbol)
            raise Problem(said, cut.start, cut.end)
        if step.symbol == "d" or "d" in step.letters.values():
            raise Problem(TEXT["split_size"].format(text=excerpt(cut.text)), cut.start, cut.end)
