"""Does attention tell what mattered in a picture? Patches are painted over, those looked at most or some by lot.

The deletion test of Samek et al. 2017 (Evaluating the visualization of what a deep neural network has learned), with
patches as regions and the colour of the paper around them as what takes their place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

COUNTS = (1, 2, 4, 8, 16, 32)  # patches covered
DRAWS = 8  # random choices of patches for each count
AROUND = 2  # patches to each side whose pixels tell the colour of the paper

Presence = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Covered:
    """How sure a model is of one digit when more and more patches are covered.

    counts: how many patches, 0 first. attended: with those looked at most covered. random: the mean over `draws`
    random choices. Both are probabilities, one a count; at 0 both are what the model said of the whole picture.
    """

    counts: tuple[int, ...]
    attended: np.ndarray
    random: np.ndarray
    draws: int


def cover_patches(
    presence: Presence,
    image: np.ndarray,
    weights: np.ndarray,
    digit: int,
    counts: Sequence[int] = COUNTS,
    draws: int = DRAWS,
    seed: int = 0,
) -> Covered:
    """Cover the patches with the largest weights, and as many drawn by lot, and ask again how sure the model is.

    presence: pictures (n, height, width) -> probabilities (n, digits). image: (height, width), 0 to 1.
    weights: (rows, columns), the attention of the digit's query on a grid that lies over the whole picture.
    Raises ValueError when the grid does not divide the picture or has fewer patches than the largest count.
    """
    image, weights = np.asarray(image, dtype=np.float32), np.asarray(weights)
    if image.shape[0] % weights.shape[0] or image.shape[1] % weights.shape[1]:
        raise ValueError(f"a grid of {weights.shape} patches does not divide a picture of {image.shape} pixels")
    if max(counts) > weights.size:
        raise ValueError(f"{max(counts)} patches shall be covered, the grid has {weights.size}")
    generator = np.random.default_rng(seed)
    order = np.argsort(-weights, axis=None, kind="stable")
    choices = [np.empty(0, dtype=int), *(order[:count] for count in counts)]
    for count in counts:
        choices += [generator.choice(weights.size, count, replace=False) for _ in range(draws)]
    paper = paper_around(image, weights.shape)
    found = np.asarray(presence(np.stack([painted(image, paper, chosen, weights.shape) for chosen in choices])))
    told = found[:, digit].astype(np.float64)
    by_lot = told[1 + len(counts) :].reshape(len(counts), draws).mean(axis=1)
    return Covered((0, *counts), told[: 1 + len(counts)], np.concatenate([told[:1], by_lot]), draws)


def painted(image: np.ndarray, paper: np.ndarray, patches: Sequence[int], grid: tuple[int, int]) -> np.ndarray:
    """Return the picture with some patches in the colour of the paper.

    paper: one grey value a patch. patches: their numbers, row by row from the top left.
    """
    covered = image.copy()
    high, wide = image.shape[0] // grid[0], image.shape[1] // grid[1]
    for patch in patches:
        row, column = divmod(int(patch), grid[1])
        covered[row * high : (row + 1) * high, column * wide : (column + 1) * wide] = paper[row, column]
    return covered


def paper_around(image: np.ndarray, grid: tuple[int, int]) -> np.ndarray:
    """Return for each patch the median grey of the pixels around it; strokes are thin, so that is the paper's."""
    high, wide = image.shape[0] // grid[0], image.shape[1] // grid[1]
    paper = np.empty(grid, dtype=np.float32)
    for row in range(grid[0]):
        rows = slice(max(0, row - AROUND) * high, (row + AROUND + 1) * high)
        for column in range(grid[1]):
            columns = slice(max(0, column - AROUND) * wide, (column + AROUND + 1) * wide)
            paper[row, column] = np.median(image[rows, columns])
    return paper
