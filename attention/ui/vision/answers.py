"""What was found, in words: the large line, whether it is right, and how well box and mask fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from attention.ui.vision.meant import plain_digit
from attention.ui.vision.text import DIGIT_NAMES, TEXT
from attention.ui.wording import percent
from attention.vision.finding import Finding
from attention.vision.scenes import Scene

STYLE = """<style>
.lab-found { font-family: var(--lab-serif); font-weight: 600; font-size: clamp(1.6rem, 1.2rem + 1.8vw, 2.25rem);
  line-height: 1.2; margin: 0.25rem 0 0.15rem; padding: 0; text-wrap: balance; }
.lab-found.no { font-weight: 400; }
</style>"""
GOOD_BOX = 0.5  # overlap with the true box from which a box counts as right


@dataclass(frozen=True)
class Answer:
    """What the model says to a phrase.

    digits: what it found, in order; None for something that it took for no digit. sure: how sure it is, of the one
    digit or of there being such a digit. wanted: the digit that the phrase names and nothing else. phrase: as typed, ""
    where all digits are asked for. takes_any: one of several meant digits is enough ("an even digit"). place: x and y
    in pixels of what was pointed at, where the phrase is about size or place.
    """

    digits: tuple[int | None, ...]
    sure: float
    threshold: float
    wanted: int | None
    phrase: str
    takes_any: bool = False
    place: tuple[float, float] | None = None


def answer_of(finding: Finding) -> Answer:
    """Return what the model says: a phrase that names a digit is answered by that digit's own query."""
    found = finding.phrase
    if found is None:
        return Answer(finding.present, 1.0, 0.5, None, "")
    digit = plain_digit(found.phrase)
    if digit is not None:
        there = (digit,) if digit in finding.present else ()
        sure, threshold = float(finding.presence[digit]), float(finding.thresholds[digit])
        return Answer(there, sure, threshold, digit, found.text)
    digits = (found.digits if found.phrase.plural else (found.digit,)) if found.is_there else ()
    about_place = bool(found.phrase.rank or found.phrase.relation)
    takes_any = not (found.phrase.plural or about_place)
    place = found.point if about_place and digits else None
    return Answer(tuple(digits), float(found.found), float(found.threshold), None, found.text, takes_any, place)


def digit_name(digit: int) -> str:
    return DIGIT_NAMES[digit]


def with_article(digit: int) -> str:
    """Return "a seven", "an eight"."""
    name = digit_name(digit)
    return f"{'an' if name[0] in 'aeiou' and name != 'one' else 'a'} {name}"


def the_digit(digit: int) -> str:
    return TEXT["the"].format(digit=digit_name(digit))


def joined(parts: Sequence[str]) -> str:
    """Return "a, b and c"; the word for nothing where there are none."""
    if not parts:
        return TEXT["nothing"]
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + TEXT["and"] + parts[-1]


def listed(digits: Sequence[int | None]) -> str:
    return joined([TEXT["something"] if digit is None else with_article(digit) for digit in digits])


def answer_line(answer: Answer) -> str:
    """Return the large line."""
    if answer.digits:
        if not answer.phrase:
            return TEXT["found_all"].format(what=listed(answer.digits))
        if len(answer.digits) > 1:
            return TEXT["found_many"].format(what=listed(answer.digits))
        return TEXT["found_one"].format(what=listed(answer.digits), sure=percent(answer.sure))
    if not answer.phrase:
        return TEXT["found_empty"]
    if answer.wanted is not None:
        return TEXT["found_none"].format(what=digit_name(answer.wanted))
    return TEXT["found_nothing"].format(phrase=answer.phrase)


def answer_html(answer: Answer) -> str:
    look = "lab-found" if answer.digits else "lab-found no"
    return f'{STYLE}<p class="{look}" role="status">{escape(answer_line(answer))}</p>'


def verdict(answer: Answer, scene: Scene | None, pieces: Sequence[int] | None) -> str:
    """Say how sure a "no" is, and whether the answer is right. pieces: those meant, or None where nobody knows them."""
    unsure = "" if answer.digits or not answer.phrase else no_line(answer)
    if scene is None or pieces is None:
        return " ".join(line for line in (unsure, TEXT["unknown_truth"]) if line)
    truth, found = {scene.digits[piece] for piece in pieces}, set(answer.digits)
    right = found == truth or (answer.takes_any and bool(found) and found <= truth)
    if answer.place is not None:  # of several copies, only one is the largest or the leftmost
        right = right and any(is_inside(answer.place, scene.boxes[piece]) for piece in pieces)
    if right:
        said = TEXT["right" if found else "right_none"]
    else:
        line = "wrong_copy" if found == truth else "wrong" if truth else "wrong_none"
        said = TEXT[line].format(truth=listed(sorted(truth)))
    return " ".join(line for line in (unsure, said) if line)


def no_line(answer: Answer) -> str:
    return TEXT["none_sure"].format(share=percent(answer.sure), threshold=percent(answer.threshold))


def copies_of(scene: Scene, digit: int) -> list[int]:
    """Return which pieces of a scene are that digit, those outside the picture left out."""
    return [i for i, one in enumerate(scene.digits) if one == digit and scene.boxes[i][2] > scene.boxes[i][0]]


def truth_of(scene: Scene | None, digit: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the box around all copies of a digit and their ink that shows; None where it is not there or unknown."""
    copies = copies_of(scene, digit) if scene is not None else []
    if not copies:
        return None
    boxes = scene.boxes[copies]
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)]), scene.masks[copies].any(axis=0)


def box_overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Return intersection over union of two boxes (left, top, right, bottom), 0 to 1."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, float(width)) * max(0.0, float(height))
    areas = sum(float((box[2] - box[0]) * (box[3] - box[1])) for box in (one, other))
    return shared / (areas - shared) if areas > shared else 0.0


def mask_overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Return intersection over union of two boolean masks, 0 to 1."""
    union = np.logical_or(one, other).sum()
    return float(np.logical_and(one, other).sum() / union) if union else 0.0


def overlap_line(finding: Finding, scene: Scene | None, digit: int | None) -> str:
    """Say how well box and mask of a digit fit the truth, of several copies how many were looked at; "" if unknown."""
    truth = None if digit is None else truth_of(scene, digit)
    if truth is None:
        return ""
    mask = percent(mask_overlap(finding.masks[digit], truth[1]))
    copies = copies_of(scene, digit)
    if len(copies) > 1:
        hit = sum(any(is_inside(peak, scene.boxes[piece]) for peak in finding.peaks(digit)) for piece in copies)
        return TEXT["copies"].format(hit=hit, count=len(copies), digit=the_digit(digit), mask=mask)
    box = box_overlap(finding.boxes[digit], truth[0])
    return TEXT["overlap_line" if box >= GOOD_BOX else "overlap_off"].format(box=percent(box), mask=mask)


def is_inside(place: Sequence[float], box: Sequence[float]) -> bool:
    """Tell whether a place, x and y first, lies in a box."""
    return bool(box[0] <= place[0] <= box[2] and box[1] <= place[1] <= box[3])
