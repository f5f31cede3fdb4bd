"""What the finder found in one picture: the ten digits, and what a phrase means in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from attention.attention_map import AttentionMap

if TYPE_CHECKING:
    from attention.vision.phrases import Phrase


class Peak(NamedTuple):
    """One place that is attended to: its strongest point, the share of the attention around it, and the box of that."""

    x: float
    y: float
    share: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class PhraseFinding:
    """What a phrase means in a picture.

    words: as typed, one for each row of the map but the last. map: (1 layer, 1 head), one row for each word and a last
    one for the whole phrase, over the same cells as the digits' map. found: how sure it is that there is such a digit,
    0 to 1. peaks: where, several for "every …"; box, x, y: of the strongest. digit: which one that is, None where no
    digit was found there. mask: (SIDE, SIDE) boolean.
    """

    text: str
    phrase: Phrase
    words: tuple[str, ...]
    map: AttentionMap
    found: float
    threshold: float
    digit: int | None
    digits: tuple[int, ...]
    peaks: tuple[Peak, ...]
    mask: np.ndarray

    @property
    def share(self) -> float:
        """How sure it is, as `found`."""
        return self.found

    @property
    def is_there(self) -> bool:
        return self.found >= self.threshold

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.peaks[0].box

    @property
    def boxes(self) -> np.ndarray:
        """All boxes, (peaks, 4), the strongest first."""
        return np.array([peak.box for peak in self.peaks], dtype=np.float32).reshape(-1, 4)

    @property
    def point(self) -> tuple[float, float]:
        return self.peaks[0].x, self.peaks[0].y


@dataclass(frozen=True, eq=False)
class Finding:
    """What the finder says of one picture; rows and columns of boxes and masks are pixels.

    image: (SIDE, SIDE) as it was given. presence: (10,) probabilities; a digit is there from its threshold on. boxes:
    (10, 4) left, top, right, bottom, around all copies of a digit; also for digits that are not there. masks:
    (10, SIDE, SIDE) boolean. digits: the map of the ten queries over the cells of the picture. encoder: the map of the
    patches over one another, (layers, heads). rollout: (10, columns of the digits' map): the same followed through the
    encoder.
    """

    image: np.ndarray
    presence: np.ndarray
    thresholds: np.ndarray
    boxes: np.ndarray
    masks: np.ndarray
    digits: AttentionMap | None
    encoder: AttentionMap | None
    rollout: np.ndarray | None
    copies: tuple[tuple[Peak, ...], ...]
    phrase: PhraseFinding | None = None
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def present(self) -> tuple[int, ...]:
        """The digits that are there."""
        return tuple(int(digit) for digit in np.flatnonzero(self.presence >= self.thresholds))

    def peaks(self, digit: int) -> tuple[Peak, ...]:
        """Return the places that a digit's query attends to, the strongest first: one for each copy, as a rule."""
        return self.copies[digit]

    def to_json(self) -> dict:
        """Return plain lists and numbers, without the maps."""
        found = {
            "present": list(self.present),
            "presence": [round(float(value), 4) for value in self.presence],
            "boxes": {str(digit): [round(float(v), 2) for v in self.boxes[digit]] for digit in self.present},
            "peaks": {str(digit): [_plain(peak) for peak in self.peaks(digit)] for digit in self.present},
            "notes": list(self.notes),
            "seconds": round(self.seconds, 4),
        }
        if self.phrase is not None:
            phrase = self.phrase
            found["phrase"] = {
                "text": phrase.text,
                "found": round(phrase.found, 4),
                "is_there": phrase.is_there,
                "digit": phrase.digit,
                "digits": list(phrase.digits),
                "peaks": [_plain(peak) for peak in phrase.peaks],
            }
        return found


def _plain(peak: Peak) -> dict:
    return {
        "x": round(peak.x, 2),
        "y": round(peak.y, 2),
        "share": round(peak.share, 4),
        "box": [round(value, 2) for value in peak.box],
    }
