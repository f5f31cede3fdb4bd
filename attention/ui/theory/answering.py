"""How attention works, on four words: one of them asks, and every step is shown."""

from __future__ import annotations

import streamlit as st
import torch
from torch import Tensor

from attention.mechanisms import Mechanism, attend, attention_scores
from attention.ui.matrices import Matrix, matrix_strip
from attention.ui.theory import state
from attention.ui.theory.parts import Link, percent, slider, tell, typed
from attention.ui.theory.text import TEXT

WORDS = ("the", "cat", "drinks", "milk")
# set by hand: what each word asks for, what it offers, and what it passes on
QUERIES = ((0.2, 0.4, 0.1), (0.3, 2.2, 0.4), (2.0, 0.2, 0.6), (0.4, 1.9, 0.8))
KEYS = ((0.1, 0.2, 0.3), (1.9, 0.1, 0.7), (0.3, 2.0, 0.4), (1.1, 0.6, 1.7))
VALUES = ((0.0, 0.1, 0.0), (1.0, 0.0, 0.2), (0.1, 1.0, 0.3), (0.4, 0.2, 1.0))


def answered(row: int, temperature: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return scores (1, 4), weights (1, 4) and context (1, 3) of the word that asks."""
    query = torch.tensor([QUERIES[row]])
    mechanism = Mechanism("scaled_dot", temperature=temperature)
    scores = attention_scores(query, torch.tensor(KEYS), Mechanism("scaled_dot"))
    context, weights = attend(query, torch.tensor(KEYS), torch.tensor(VALUES), mechanism)
    return scores, weights, context


def questions() -> Link:
    """Draw query, keys, scores, weights, values and context of one word."""
    columns = st.columns((1.6, 1))
    with columns[0]:
        st.segmented_control(
            TEXT["row"], range(len(WORDS)), format_func=WORDS.__getitem__, key=state.key("row"), required=True
        )
    with columns[1]:
        slider("question_T", 0.1, 3.0, 0.1)
    row, temperature = state.value("row"), state.value("question_T")
    scores, weights, context = answered(row, temperature)
    asks = (WORDS[row],)
    heat = f"{temperature:g}"
    matrix_strip(
        (
            Matrix("q", "q", torch.tensor([QUERIES[row]]).numpy(), "input", "1 × d", asks),
            Matrix("k", "K", torch.tensor(KEYS).numpy(), "input", "m × d", WORDS, labelled=True),
            Matrix(
                "scores", TEXT["scores"], scores.numpy(), "value", "1 × m", asks, WORDS,
                operation="function", function="scaled_dot", operands=("q", "k"), symbol="→ q · k ∕ √d",
            ),
            Matrix(
                "weights", TEXT["weights"], weights.numpy(), "weights", "1 × m", asks, WORDS,
                operation="function", function="softmax", operands=("scores",), labelled=True,
                symbol="→ softmax" if temperature == 1 else f"→ softmax( · ∕ {heat})",
            ),
            Matrix("v", "V", torch.tensor(VALUES).numpy(), "input", "m × d", WORDS, symbol="·", labelled=True),
            Matrix(
                "context", TEXT["context"], context.numpy(), "value", "1 × d", asks,
                operation="matmul", operands=("weights", "v"), symbol="=",
            ),
        ),
        key="theory_questions",
        initial=("weights", 0, 1),
        caption=TEXT["questions_caption"],
        file_stem="attention-of-a-word",
    )  # fmt: skip
    best = int(weights.argmax())
    say = TEXT["questions_said"].format(word=WORDS[row], best=WORDS[best], share=percent(float(weights.max())))
    tell(say)
    formula = "scores = Q @ K.T / sqrt(d)\nweights = softmax(scores / T)\noutput = weights @ V"
    return typed([QUERIES[row]], KEYS, VALUES, formula=formula, T=temperature)
