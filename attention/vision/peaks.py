"""Where attention gathers: one peak for each copy of a digit."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from attention.vision.drawing import SIDE
from attention.vision.finding import Peak

JOINED = 2  # pixels that may lie between two parts of one digit
LEAST_SHARE = 0.25  # of the strongest peak's share; less is no copy
MEANT = 0.4  # of the most attended digit's mean weight; a phrase for several means the digits above it

Box = tuple[float, float, float, float]


def copies_of(weights: np.ndarray, threshold: float, box: Box | None = None) -> tuple[Peak, ...]:
    """Return the places where weights gather, the largest share first.

    weights: (SIDE, SIDE), not negative. threshold: share of the largest weight from which on a pixel counts; parts that
    lie next to each other are one place. box: the model's own, taken where there is but one place.
    """
    largest = float(weights.max())
    if largest <= 0:
        return (Peak(SIDE / 2, SIDE / 2, 0.0, box or (0.0, 0.0, float(SIDE), float(SIDE))),)
    covered = weights >= threshold * largest
    near = ndimage.binary_dilation(covered, iterations=JOINED // 2, structure=np.ones((3, 3)))
    parts, count = ndimage.label(near, structure=np.ones((3, 3)))
    total = float(weights.sum())
    found = []
    for number in range(1, count + 1):
        part = parts == number
        inside = np.where(part, weights, 0.0)
        row, column = np.unravel_index(inside.argmax(), inside.shape)
        share = float(inside.sum()) / total
        found.append(Peak(float(column) + 0.5, float(row) + 0.5, share, _around(part & covered)))
    found.sort(key=lambda peak: -peak.share)
    kept = [peak for peak in found if peak.share >= LEAST_SHARE * found[0].share]
    if len(kept) == 1 and box is not None:
        kept = [kept[0]._replace(box=box)]
    return tuple(kept)


def meant_peaks(
    weights: np.ndarray, digits: dict[int, tuple[Peak, ...]], threshold: float, several: bool
) -> tuple[tuple[Peak, ...], tuple[int, ...]]:
    """Return the places that a phrase means and the digit at each, the most attended first.

    weights: (SIDE, SIDE) of the whole phrase. digits: the peaks of the digits that are there. several: whether the
    phrase may mean more than one. Where no digit is there, the places where the weights gather, and no digits.
    """
    total = max(float(weights.sum()), 1e-9)
    known = [(peak, digit) for digit, peaks in digits.items() for peak in peaks]
    if not known:
        peaks = copies_of(weights, threshold)
        return (peaks if several else peaks[:1]), ()
    inside = [weights[_pixels(peak.box)] for peak, _ in known]
    dense = np.array([float(part.mean()) if part.size else 0.0 for part in inside])
    order = np.argsort(-dense, kind="stable")
    chosen = [i for i in order if dense[i] >= MEANT * dense[order[0]]] if several else order[:1]
    peaks, numbers = [], []
    for i in chosen:
        peak, digit = known[i]
        rows, columns = _pixels(peak.box)
        part = weights[rows, columns]
        x, y, share = peak.x, peak.y, 0.0
        if part.size:
            row, column = np.unravel_index(part.argmax(), part.shape)
            x, y, share = columns.start + column + 0.5, rows.start + row + 0.5, float(part.sum()) / total
        peaks.append(Peak(float(x), float(y), share, peak.box))
        numbers.append(digit)
    return tuple(peaks), tuple(numbers)


def _around(part: np.ndarray) -> Box:
    rows, columns = (np.flatnonzero(part.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return (0.0, 0.0, 0.0, 0.0)
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _pixels(box: Box) -> tuple[slice, slice]:
    """Return the rows and columns of the pixels whose middles lie in a box."""
    left, top, right, bottom = (min(max(value, 0.0), float(SIDE)) for value in box)
    return slice(int(np.ceil(top - 0.5)), int(np.floor(bottom + 0.5))), slice(
        int(np.ceil(left - 0.5)), int(np.floor(right + 0.5))
    )
