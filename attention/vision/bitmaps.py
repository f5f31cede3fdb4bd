"""The handwriting that scenes are made of: scikit-learn's bundled digits, split once and for all.

Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine Learning Repository 1998: 1,797
bitmaps of 8 × 8 with 17 shades, written by 13 people.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from scipy import ndimage

SPLITS = {"train": (0, 1200), "valid": (1200, 1400), "test": (1400, 1797)}  # first and last + 1 of the shuffled order
ORDER = 1998  # seed of that order
SHADES = 16  # of a pixel that ink covers wholly
FINE = 40  # pixels of a side of the smooth copies that are drawn into scenes
MARGIN = 4  # of them left free on each side, so that a thick stroke is not cut


@dataclass(frozen=True, eq=False)
class Handwriting:
    """One split's bitmaps with two smooth copies, (n, FINE, FINE) float32 each.

    shades: ink 0 to 1, resampled from the 8 × 8 bitmap. sharp: the same with finer strokes. digits: (n,) 0 to 9.
    """

    shades: torch.Tensor
    sharp: torch.Tensor
    digits: np.ndarray


def bitmaps(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a split's bitmaps (n, 8, 8) float32, 0 paper to 1 ink, and their digits (n,).

    No bitmap is in two splits. Raises ValueError for a split that is not train, valid or test.
    """
    if split not in SPLITS:
        raise ValueError(f"split {split!r} is not known; use one of {', '.join(SPLITS)}")
    images, digits = _all_bitmaps()
    first, last = SPLITS[split]
    return images[first:last], digits[first:last]


@lru_cache(maxsize=3)
def handwriting(split: str) -> Handwriting:
    """Return a split's bitmaps ready to be drawn. Raises ValueError as `bitmaps` does."""
    images, digits = bitmaps(split)
    shades = smooth(images)
    return Handwriting(torch.from_numpy(shades), torch.from_numpy(sharpened(shades)), digits)


def smooth(images: np.ndarray) -> np.ndarray:
    """Resample bitmaps (n, 8, 8) to (n, FINE, FINE) by cubic convolution (Keys 1981), with the margin around them."""
    framed = torch.nn.functional.pad(torch.tensor(images)[:, None], (2, 2, 2, 2))  # so that edges fall to 0
    scale = (FINE - 2 * MARGIN) // images.shape[1]
    fine = torch.nn.functional.interpolate(framed, scale_factor=scale, mode="bicubic", align_corners=False)
    cut = 2 * scale - MARGIN
    return fine[:, 0, cut:-cut, cut:-cut].clamp(0, 1).numpy()


def sharpened(shades: np.ndarray) -> np.ndarray:
    """Open the small loops that resampling filled: shades (n, h, w) less their own blur, 0 to 1 again."""
    blurred = ndimage.gaussian_filter(shades, (0, 3.5, 3.5))
    return np.clip(1.9 * shades - 1.3 * blurred, 0, 1).astype(np.float32)


@lru_cache(maxsize=1)
def _all_bitmaps() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    data = load_digits()
    order = np.random.default_rng(ORDER).permutation(len(data.images))
    images, digits = (data.images[order] / SHADES).astype(np.float32), data.target[order]
    images.setflags(write=False)
    digits.setflags(write=False)
    return images, digits
