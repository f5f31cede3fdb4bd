"""From scores to shares: the normalisers at a temperature, and what long vectors do to softmax."""

from __future__ import annotations

import pandas as pd
import streamlit as st
import torch

from attention.figures.saturation_curves import saturation_figure
from attention.figures.weight_bars import weight_bars
from attention.measures import row_entropy
from attention.measures.saturation import SCALES, SaturationRow
from attention.measures.saturation import saturation as measure_saturation
from attention.mechanisms import Mechanism, attention_weights
from attention.ui.theory import state
from attention.ui.theory.parts import Link, Opening, caption, chart, percent, slider, switch, table, tell, typed
from attention.ui.theory.text import TEXT

LOGITS = (3.0, 2.0, 1.5, 0.5, -1.0)
DIMS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
DRAWS = 4096  # keys drawn for every size: so many queries as that allows


def tempered(temperature: float, normaliser: str) -> torch.Tensor:
    """Return the weights of the five scores, (5,)."""
    scores = torch.tensor([LOGITS]) / temperature
    return attention_weights(scores, Mechanism("dot", normaliser))[0]


def temperature() -> Link:
    """Draw the weights of five scores as bars."""
    columns = st.columns((1, 1.6))
    with columns[0]:
        slider("T", 0.1, 5.0, 0.1)
    with columns[1]:
        switch("normaliser", state.NORMALISERS)
    heat, normaliser = state.value("T"), state.value("normaliser")
    weights = tempered(heat, normaliser).numpy()
    labels = [TEXT["score_is"].format(score=f"{score:g}".replace("-", "−")) for score in LOGITS]
    chart(weight_bars(labels, weights), "temperature", TEXT["temperature_alt"])
    bits = float(row_entropy(weights[None])[0])
    say = TEXT["temperature_said"].format(first=percent(weights[0]), keys=f"{2**bits:.1f}", bits=f"{bits:.2f}")
    tell(say)
    caption("temperature")
    frame = pd.DataFrame({TEXT["score"]: LOGITS, TEXT["weight"]: weights.round(3)})
    table(frame.set_index(TEXT["score"]), "temperature")
    formula = f"scores = Q @ K.T\nweights = {normaliser}(scores / T)\noutput = weights @ V"
    rows = [[score] for score in LOGITS]  # with one query of 1 and keys of one number, the scores are the keys
    return typed([[1.0]], rows, rows, formula=formula, T=heat)


@st.cache_data(show_spinner=False)
def measured_saturation(keys: int) -> dict[str, tuple[SaturationRow, ...]]:
    """Return the rows of every scale, by its name; measured once for all visitors."""
    return {scale: measure_saturation(DIMS, scale, keys=keys, seeds=DRAWS // keys) for scale in SCALES}


def saturation() -> Opening:
    """Draw entropy and gradient of softmax against the size d, for three scales."""
    switch("keys", state.KEY_COUNTS)
    found = measured_saturation(int(state.value("keys")))
    names = {scale: TEXT[f"scale_{scale}"] for scale in SCALES}
    chart(saturation_figure(found, names=names), "saturation", TEXT["saturation_alt"])
    last = {scale: rows[-1].max_weight for scale, rows in found.items()}
    say = TEXT["saturation_said"].format(d=DIMS[-1], one=percent(last["one"]), sqrt=percent(last["sqrt"]))
    tell(say)
    caption("saturation", draws=DRAWS // int(state.value("keys")))
    columns = {
        f"{TEXT[f'scale_{scale}']}, {TEXT[name]}": [round(getattr(row, name), 3) for row in rows]
        for scale, rows in found.items()
        for name in ("entropy", "gradient")
    }
    table(pd.DataFrame(columns, index=pd.Index(DIMS, name="d")), "saturation")
    return Opening({"preset": "dot", "n": 4, "m": 12, "d": 16, "section": "scaling"}, TEXT["saturation_opens"])
