from __future__ import annotations

import numpy as np
import pytest
import torch

from attention.language.vectors import starting_vectors
from attention.language.vocabulary import Encoded, Vocabulary, encode
from attention.language.words import find_words


def corpus() -> tuple[list[Encoded], Vocabulary]:
    lots = np.random.default_rng(0)
    scenes = [["cat", "dog", "purrs", "barks", "pet"], ["car", "bus", "drives", "honks", "road"]]
    texts = [" ".join(lots.permutation(scenes[i % 2])[:4]) for i in range(200)]
    encoded = [encode(find_words(text)) for text in texts]
    return encoded, Vocabulary.learn(encoded, buckets=10)


def test_words_of_one_scene_lie_near_each_other():
    texts, known = corpus()
    vectors = starting_vectors(texts, known, dim=3)
    assert vectors.shape == (12, 3)
    cosine = torch.nn.functional.cosine_similarity
    cat, dog, bus = (vectors[known.number(word)] for word in ("cat", "dog", "bus"))
    assert cosine(cat, dog, dim=0) > 0.5 > cosine(cat, bus, dim=0)
    assert vectors[:2].abs().max() < 1e-3
    assert vectors[2:].norm(dim=1).mean() == pytest.approx(2, abs=0.2)


def test_inner_products_rebuild_the_information_of_the_definition():
    """With as many numbers as words the SVD loses nothing: U √S (V √S)ᵀ is the table, and U, V differ by signs only."""
    texts, known = corpus()
    size, counts = len(known), np.zeros((len(known), len(known)))
    for text in texts:
        numbers = [known.number(form) for form in text.forms]
        for i, first in enumerate(numbers):
            for j, second in enumerate(numbers):
                if 0 < abs(i - j) <= 4:
                    counts[first, second] += 1 / abs(i - j)
    given = counts.sum(axis=1)
    context = given**0.75 / (given**0.75).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        table = np.nan_to_num(np.maximum(0, np.log(counts / (given[:, None] * context))), neginf=0.0)
    left, strength, _ = np.linalg.svd(table)
    wanted = left * np.sqrt(strength)
    found = starting_vectors(texts, known, dim=size - 1).numpy()
    scale = np.linalg.norm(found) / np.linalg.norm(wanted[:, :-1])
    products = (wanted * strength)[:, :-1] @ wanted[:, :-1].T
    rebuilt = (found / scale * strength[:-1]) @ (found / scale).T
    np.testing.assert_allclose(rebuilt, products, atol=1e-2)


def test_the_same_seed_gives_the_same_vectors_and_leaves_other_lots_alone():
    texts, known = corpus()
    torch.manual_seed(5)
    first = starting_vectors(texts, known, dim=3, seed=1)
    after = torch.rand(1)
    torch.manual_seed(5)
    assert torch.equal(after, torch.rand(1))
    assert torch.equal(first, starting_vectors(texts, known, dim=3, seed=1))


def test_too_many_numbers_are_refused():
    texts, known = corpus()
    with pytest.raises(ValueError, match="12 words cannot have vectors of 12"):
        starting_vectors(texts, known, dim=12)
