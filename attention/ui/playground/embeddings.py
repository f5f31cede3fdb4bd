"""Words of a sentence as short vectors: the shipped translation model's embeddings, along their main directions."""

from __future__ import annotations

import numpy as np
import streamlit as st
import torch

from attention.translation.sentences import clean_text
from attention.translation.tokens import END
from attention.ui import loading

DECIMALS = 2


def sentence_vectors(model: str, sentence: str, most_words: int, columns: int) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the words of a sentence and a vector for each: (words, columns).

    A word's embedding is the mean over its pieces. It is taken along the directions in which the embeddings of the
    model's vocabulary differ most (principal components, the first `columns` of them), and scaled so that such a number
    has mean square 1 over the vocabulary; rounded, so that the arithmetic can be followed.
    Raises TextError for a text without words, or that is too long.
    """
    translator = loading.translator(model)
    language = translator.languages[0]
    text, _ = clean_text(sentence, language)
    ids = translator.subwords.encode(text)
    words = [word for word in translator.subwords.words([*ids, END], language) if ids_of(word.pieces, ids)]
    words = words[:most_words]
    mean, directions, scale = main_directions(model)
    table = translator.model.embedding.weight
    rows = torch.stack([table[ids_of(word.pieces, ids)].mean(dim=0) for word in words])
    vectors = (rows - mean) @ directions[:, :columns] * scale
    return tuple(word.text for word in words), vectors.double().numpy().round(DECIMALS) + 0.0


def ids_of(positions: tuple[int, ...], ids: list[int]) -> list[int]:
    """Return the pieces at some positions; the end mark, which stands behind them all, has none."""
    return [ids[position] for position in positions if position < len(ids)]


@st.cache_resource(show_spinner=False)
def main_directions(model: str) -> tuple[torch.Tensor, torch.Tensor, float]:
    """Return the mean of a model's embeddings, their principal directions (size, size), strongest first, and a scale.

    The scale gives the coordinates along the first 16 directions mean square 1. Signs are chosen so that the largest
    number of each direction is positive, as a direction has no sign of its own.
    """
    table = loading.translator(model).model.embedding.weight.detach()
    mean = table.mean(dim=0)
    _, directions = torch.linalg.eigh(torch.cov((table - mean).T))  # columns, weakest first
    directions = directions.flip(1)
    largest = directions.abs().argmax(dim=0)
    directions = directions * directions[largest, torch.arange(directions.shape[1])].sign()
    scale = ((table - mean) @ directions[:, :16]).square().mean().rsqrt()
    return mean, directions, float(scale)
