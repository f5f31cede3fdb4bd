"""Masks: who may look where, and what that makes of the same scores."""

from __future__ import annotations

import streamlit as st
import torch
from torch import Tensor

from attention.mechanisms import attend, causal_mask, local_mask, padding_mask
from attention.ui.matrices import Matrix, matrix_strip
from attention.ui.theory import state
from attention.ui.theory.parts import Link, slider, switch, tell, typed
from attention.ui.theory.text import TEXT

SIZE = 4
SEED = 5


def mask_of(name: str, length: int, window: int, kept: int) -> Tensor:
    """Return the mask, (length, length); True = may attend."""
    if name == "causal":
        return causal_mask(length)
    if name == "local":
        return local_mask(length, length, window)
    return padding_mask(torch.tensor([min(kept, length)]), length).expand(length, length)


def self_attention_input(length: int, size: int = SIZE, seed: int = SEED) -> Tensor:
    """Return the vectors of a made-up sentence, (length, size); a longer one begins with the shorter one's."""
    return torch.randn(12, size, generator=torch.Generator().manual_seed(seed))[:length].round(decimals=1)


def masked_weights(mask: Tensor) -> Tensor:
    """Return the weights of self-attention over the made-up sentence under a mask, (length, length)."""
    x = self_attention_input(len(mask))
    return attend(x, x, x, mask=mask)[1]


def masks() -> Link:
    """Draw a mask, the scores it falls on, and the weights that are left."""
    columns = st.columns((1.6, 1, 1))
    with columns[0]:
        switch("mask", state.MASKS)
    with columns[1]:
        slider("length", 3, 12, 1)
    name, length = state.value("mask"), state.value("length")
    with columns[2]:
        if name == "local":
            slider("window", 0, 4, 1)
        elif name == "padding":
            slider("kept", 1, 12, 1)
    window, kept = state.value("window"), min(state.value("kept"), length)
    mask = mask_of(name, length, window, kept)
    x = self_attention_input(length)
    scores = x @ x.T / SIZE**0.5
    matrix_strip(
        (
            Matrix("scores", TEXT["scores"], scores.numpy(), "value", "m × m"),
            Matrix("mask", TEXT[f"mask_{name}"], mask.numpy(), "mask", "m × m"),
            Matrix(
                "weights", TEXT["weights"], masked_weights(mask).numpy(), "weights", "m × m",
                operation="function", function="softmax", operands=("scores", "mask"), symbol="→ softmax",
            ),
        ),
        key="theory_masks",
        initial=("weights", 1, 0),
        caption=TEXT["masks_caption"],
        file_stem="masks",
    )  # fmt: skip
    say = TEXT["masks_said"].format(open=int(mask.sum()), all=mask.numel())
    tell(TEXT[f"said_{name}"] + " " + say)
    rows = x.tolist()
    function = {"causal": "causal(n, m)", "local": f"local(n, m, {window})", "padding": f"padding(n, m, {kept})"}[name]
    formula = f"scores = Q @ K.T / sqrt(d)\nweights = softmax(scores, {function})\noutput = weights @ V"
    return typed(rows, rows, rows, formula=formula)
