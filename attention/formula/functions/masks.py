"""Masks and positions of the language, made from sizes alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from attention.formula.functions.table import Function, Names, Parameter, Written, latex_call
from attention.mechanisms import (
    CATALOGUE,
    causal_mask,
    global_mask,
    linear_biases,
    local_mask,
    padding_mask,
    rotate,
    sinusoidal_positions,
    strided_mask,
)

ROWS = Parameter("queries", "size", ("a",), "n")
KEYS = Parameter("keys", "size", ("b",), "m")


def _whole(name: str, usual: str) -> Parameter:
    return Parameter(name, "whole", (), usual)


def _strided(query_len: int, key_len: int, window: int, stride: int) -> Tensor:
    return strided_mask(query_len, key_len, window=window, stride=stride)


def _global(query_len: int, key_len: int, count: int) -> Tensor:
    return global_mask(query_len, key_len, positions=range(count))


def _padding(query_len: int, key_len: int, length: int) -> Tensor:
    return padding_mask(torch.tensor([length]), key_len).expand(query_len, key_len)


def _alibi(query_len: int, key_len: int) -> Tensor:
    return linear_biases(1, query_len, key_len)[0]


def _template(pattern: str, single: bool = False) -> Callable[[Sequence[Written], Names], Written]:
    """Write code with {0}, {1}, … for the arguments. single: the result is float32 and may have to be widened."""

    def write(arguments: Sequence[Written], sizes: Names) -> Written:
        widened = sizes.get("widened", "") if single else ""
        return Written(pattern.format(*(argument.text for argument in arguments)) + widened)

    return write


def _causal_code(arguments: Sequence[Written], sizes: Names) -> Written:
    rows, keys = (argument.text for argument in arguments)
    shift = "" if rows == keys else f"{keys} - {rows}"
    return Written(f"torch.ones({rows}, {keys}, dtype=torch.bool).tril({shift})")


def _mask(name: str, entry: str, extra: tuple[Parameter, ...], evaluate, source, code, rows="place") -> Function:
    found = CATALOGUE[entry]
    return Function(
        name=name,
        subject="masks",
        summary=found.summary,
        parameters=(ROWS, KEYS, *extra),
        result=("a", "b"),
        evaluate=evaluate,
        latex=latex_call(name),
        code=code,
        operations=lambda sizes: found.operations(sizes["a"], sizes["b"], sizes["zero"]),
        memory=lambda sizes: found.memory(sizes["a"], sizes["b"], sizes["zero"]),
        gives_mask=True,
        rows=rows,
        sources=source,
    )


MASK_FUNCTIONS = (
    _mask("causal", "causal", (), causal_mask, (), _causal_code),
    _mask(
        "local", "local", (_whole("window", "1"),), local_mask, (local_mask,), _template("local_mask({0}, {1}, {2})")
    ),
    _mask(
        "strided",
        "strided",
        (_whole("window", "1"), _whole("stride", "2")),
        _strided,
        (strided_mask,),
        _template("strided_mask({0}, {1}, window={2}, stride={3})"),
    ),
    _mask(
        "global_tokens",
        "global",
        (_whole("count", "1"),),
        _global,
        (global_mask,),
        _template("global_mask({0}, {1}, positions=range({2}))"),
    ),
    _mask(
        "padding",
        "padding",
        (_whole("length", "m"),),
        _padding,
        (padding_mask,),
        _template("padding_mask(torch.tensor([{2}]), {1}).expand({0}, {1})"),
        rows="same",
    ),
)

POSITION_FUNCTIONS = (
    Function(
        name="sinusoidal",
        subject="positions",
        summary=CATALOGUE["sinusoidal"].summary,
        parameters=(Parameter("length", "size", ("a",), "n"), Parameter("size", "size", ("k",), "d")),
        result=("a", "k"),
        evaluate=sinusoidal_positions,
        latex=latex_call("sinusoidal"),
        code=_template("sinusoidal_positions({0}, {1})", single=True),
        operations=lambda s: CATALOGUE["sinusoidal"].operations(s["a"], s["zero"], s["k"]),
        memory=lambda s: CATALOGUE["sinusoidal"].memory(s["a"], s["zero"], s["k"]),
        rows="place",
        sources=(sinusoidal_positions,),
    ),
    Function(
        name="rotary",
        subject="positions",
        summary=CATALOGUE["rotary"].summary,
        parameters=(Parameter("vectors", "number", ("a", "k"), "Q"),),
        result=("a", "k"),
        evaluate=rotate,
        latex=latex_call("rotary"),
        code=_template("rotate({0})"),
        operations=lambda s: CATALOGUE["rotary"].operations(s["a"], s["zero"], s["k"]),
        memory=lambda s: CATALOGUE["rotary"].memory(s["a"], s["zero"], s["k"]),
        rows="place",
        sources=(rotate,),
    ),
    Function(
        name="alibi",
        subject="positions",
        summary=CATALOGUE["alibi"].summary,
        parameters=(ROWS, KEYS),
        result=("a", "b"),
        evaluate=_alibi,
        latex=latex_call("alibi"),
        code=_template("linear_biases(1, {0}, {1})[0]", single=True),
        operations=lambda s: CATALOGUE["alibi"].operations(s["a"], s["b"], s["zero"]),
        memory=lambda s: CATALOGUE["alibi"].memory(s["a"], s["b"], s["zero"]),
        rows="place",
        sources=(linear_biases,),
    ),
)
