"""Efficient attention: fewer pairs by a mask, or no pairs at all by a feature map."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import streamlit as st
import torch
from torch import Tensor

from attention.figures.line_chart import Line, line_chart
from attention.mechanisms import attend, causal_mask, global_mask, linear_attend, local_mask, strided_mask
from attention.ui.matrices import Matrix, matrix_strip
from attention.ui.theory import state
from attention.ui.theory.parts import Opening, caption, chart, percent, slider, table, tell, typed
from attention.ui.theory.text import TEXT

LENGTHS = (8, 16, 32, 64, 128, 256, 512)
SIZE, SEED, DRAWS = 16, 3, 8
MOST = 12  # positions that the playground holds
OUTPUT = "output = weights @ V"
LINEAR = f"weights = linear(c * Q / d ** 0.25, K / d ** 0.25)\n{OUTPUT}"
EXACT = f"weights = softmax(c * Q @ K.T / sqrt(d))\n{OUTPUT}"


def sparse(length: int, window: int, stride: int) -> dict[str, Tensor]:
    """Return the masks by name, (length, length) each; True = may attend."""
    near = local_mask(length, length, window)
    wide = strided_mask(length, window=window, stride=stride)
    return {
        "local": near,
        "strided": wide,
        "strided_causal": wide & causal_mask(length),
        "global": near | global_mask(length),
    }


def sparse_masks() -> Opening:
    """Draw four sparse masks, and how many of all pairs each computes."""
    columns = st.columns(3)
    for column, (name, low, high) in zip(
        columns, (("sparse_n", 17, 48), ("sparse_window", 0, 6), ("stride", 2, 8)), strict=True
    ):
        with column:
            slider(name, low, high, 1)
    length, window, stride = (state.value(name) for name in ("sparse_n", "sparse_window", "stride"))
    found = sparse(length, window, stride)
    matrix_strip(
        tuple(Matrix(name, TEXT[f"mask_{name}"], mask.numpy(), "mask", "n × n") for name, mask in found.items()),
        key="theory_sparse",
        caption=TEXT["sparse_masks_caption"],
        file_stem="sparse-masks",
    )
    open_share = {name: percent(int(mask.sum()) / mask.numel()) for name, mask in found.items()}
    shares = "; ".join(f"{TEXT[f'mask_{name}']} {share}" for name, share in open_share.items())
    tell(TEXT["sparse_said"].format(all=length**2, shares=shares))
    formula = (
        f"near = local(n, m, {window})\nhub = near | global_tokens(n, m, 1)\nwide = strided(n, m, {window}, {stride})\n"
        "back = wide & causal(n, m)\n"
        f"weights = softmax(Q @ K.T / sqrt(d), wide)\n{OUTPUT}"
    )
    opening = {"formula": formula, "self": True, "n": MOST, "m": MOST, "d": 4}
    return Opening(opening, TEXT["sparse_masks_opens"].format(most=MOST))


@cache
def drawn_vectors() -> tuple[Tensor, ...]:
    """Return queries, keys and values for every length, (3, draws, length, 16), normally distributed, to a tenth."""
    generator = torch.Generator().manual_seed(SEED)
    return tuple(torch.randn(3, DRAWS, length, SIZE, generator=generator).round(decimals=1) for length in LENGTHS)


def linear_errors(sharpness: float) -> np.ndarray:
    """Return the error of linear against exact attention for every length, (7,): relative, root mean square.

    Queries and keys are random normal, of 16 numbers; queries are made `sharpness` times as long.
    """
    errors = []
    for query, key, value in drawn_vectors():
        exact, _ = attend(query * sharpness, key, value)
        linear = linear_attend(query * sharpness / SIZE**0.25, key / SIZE**0.25, value)
        errors.append(float((linear - exact).norm() / exact.norm()))
    return np.array(errors)


def linear_error() -> Opening:
    """Draw how far linear attention is from exact softmax attention as sequences grow."""
    slider("sharpness", 0.1, 4.0, 0.1)
    sharpness = state.value("sharpness")
    errors = linear_errors(sharpness)
    lines = [Line(TEXT["linear"], LENGTHS, 100 * errors)]
    axes = (TEXT["length_axis"], TEXT["error_axis"])
    figure = line_chart(lines, *axes, log_x=True, dots=True, ticks=LENGTHS, from_zero=True)
    chart(figure, "linear", TEXT["linear_alt"])
    say = TEXT["linear_said"].format(length=LENGTHS[-1], error=percent(errors[-1]))
    tell(say)
    caption("linear_error")
    frame = pd.DataFrame({TEXT["length_axis"]: LENGTHS, TEXT["error_axis"]: (100 * errors).round(1)})
    table(frame.set_index(TEXT["length_axis"]), "linear")
    first = (part[0].tolist() for part in drawn_vectors()[0])
    opening = typed(*first, formula=LINEAR, second=EXACT, section="compare", c=sharpness)
    return Opening(opening, TEXT["linear_error_opens"].format(length=LENGTHS[0]))
