"""Covering patches: what is painted over, and what a model with one place to look makes of it."""

from __future__ import annotations

import numpy as np
import pytest

from attention.vision.faithfulness import cover_patches, painted, paper_around

GRID = (4, 6)
IMAGE = np.full((8, 18), 0.2, dtype=np.float32)
IMAGE[2:4, 3:6] = 1.0  # the ink: patch 7 of the grid, row 1, column 1


def sees_ink(images: np.ndarray) -> np.ndarray:
    """A model that is as sure of digit 1 as that one patch is bright."""
    inked = images[:, 2:4, 3:6].mean(axis=(1, 2))
    return np.stack([1 - inked, inked], axis=1)


def test_covered_patches_take_the_colour_of_the_paper():
    paper = paper_around(IMAGE, GRID)
    assert paper == pytest.approx(0.2)
    covered = painted(IMAGE, paper, [7], GRID)
    assert covered == pytest.approx(0.2)
    assert IMAGE[2, 3] == 1.0


def test_honest_attention_beats_patches_by_lot():
    weights = np.full(GRID, 0.5 / 23)
    weights[1, 1] = 0.5
    found = cover_patches(sees_ink, IMAGE, weights, 1, counts=(1, 4), draws=40)
    assert found.counts == (0, 1, 4)
    assert found.attended == pytest.approx([1.0, 0.2, 0.2])
    assert found.random[0] == 1.0
    assert found.attended[1] < found.random[2] < found.random[1] < 1.0  # four patches hit the ink more often than one


def test_attention_beside_the_ink_tells_nothing():
    weights = np.zeros(GRID)
    weights[3, 5] = 1.0
    assert cover_patches(sees_ink, IMAGE, weights, 1, counts=(1,)).attended == pytest.approx([1.0, 1.0])


def test_same_seed_draws_the_same_patches():
    weights = np.full(GRID, 1 / 24)
    one, two = (cover_patches(sees_ink, IMAGE, weights, 1, counts=(8,), seed=5) for _ in range(2))
    assert one.random == pytest.approx(two.random)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="does not divide"):
        cover_patches(sees_ink, IMAGE, np.ones((3, 6)), 1)
    with pytest.raises(ValueError, match="the grid has 24"):
        cover_patches(sees_ink, IMAGE, np.ones(GRID), 1, counts=(25,))
