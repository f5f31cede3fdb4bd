"""A `Finding` as the inspector shows it: ten digits, the words of a phrase, and the patches among themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from attention.ui.inspector import Entry, InspectorView, Listing, Overlay, Picture, Reading, Sentence
from attention.ui.vision.answers import copies_of
from attention.ui.vision.meant import plain_digit
from attention.ui.vision.state import Seen
from attention.ui.vision.text import DIGIT_NAMES, TEXT
from attention.vision.finding import Finding
from attention.vision.scenes import Scene


def finding_view(
    name: str,
    finding: Finding,
    seen: Seen,
    meant: Sequence[int] | None = None,
    initial: Mapping[str, Any] | None = None,
    restore: str = "",
    heading: str = "",
    comment: str = "",
) -> InspectorView:
    """Return everything that the inspector shows of one finding; the reading that answers the question comes first.

    name: the model's. meant: which pieces of the scene the phrase means, or None where nobody knows.
    """
    readings = [digits_reading(finding, seen.scene), encoder_reading(finding)]
    if finding.phrase is not None:
        readings.insert(0 if first_reading(finding) == "phrase" else 1, phrase_reading(finding, seen.scene, meant))
    return InspectorView(
        readings=tuple(readings),
        meta=meta_line(finding, seen.scene),
        captions={"heads": TEXT["caption_heads"], "table": TEXT["caption_table"]},
        initial=initial or {},
        restore=restore,
        id=f"{name} {seen.mark}",
        file_stem=name,
        heading=heading,
        comment=comment,
    )


def first_reading(finding: Finding) -> str:
    """Return which reading answers the question: a phrase that names a digit is answered by that digit's query."""
    return "digits" if finding.phrase is None or plain_digit(finding.phrase.phrase) is not None else "phrase"


def first_row(finding: Finding) -> int:
    """Return the row of that reading which is shown first: the digit asked for, the likeliest, or the whole phrase."""
    if first_reading(finding) == "phrase":
        return len(finding.phrase.words)
    if finding.phrase is not None:
        return plain_digit(finding.phrase.phrase)
    return int(np.argmax(finding.presence))


def digits_reading(finding: Finding, scene: Scene | None) -> Reading:
    """Ten digits and where each one's query looked, with what it found and the truth."""
    entries = tuple(
        Entry(
            DIGIT_NAMES[digit],
            share=float(finding.presence[digit]),
            mark=float(finding.thresholds[digit]),
            strong=digit in finding.present,
        )
        for digit in range(10)
    )
    overlays = tuple(digit_overlays(finding, scene, digit) for digit in range(10))
    return Reading(
        finding.digits,
        TEXT["reading_digits"],
        "digits",
        query=Listing(entries, lang="en", title=TEXT["listing"]),
        key=picture_of(finding, overlays),
        default_layer=finding.digits.layers - 1,
        extras=((TEXT["rollout"], finding.rollout),),
        caption=TEXT["caption_digits"],
    )


def phrase_reading(finding: Finding, scene: Scene | None, meant: Sequence[int] | None) -> Reading:
    """The words of the phrase and where each looked; the last row, the whole phrase, carries what was found."""
    phrase, words = finding.phrase, finding.phrase.words
    found = list(found_overlays(phrase.boxes, phrase.mask)) if phrase.is_there else []
    if scene is not None and meant is not None:
        found += [truth_overlay(scene, piece) for piece in meant if is_box(scene.boxes[piece])]
    return Reading(
        phrase.map,
        TEXT["reading_phrase"],
        "phrase",
        query=Sentence((*words, TEXT["whole_phrase"]), ("", *[" "] * (len(words) - 1), " · "), lang="en"),
        key=picture_of(finding, ((),) * len(words) + (tuple(found),)),
        query_line="source",
        default_layer=phrase.map.layers - 1,
        caption=TEXT["caption_phrase"],
    )


def encoder_reading(finding: Finding) -> Reading:
    """Which patches each patch looked at while the model read the picture."""
    picture = Picture(pixels_of(finding.image), finding.encoder.key_geometry, TEXT["picture"])
    return Reading(
        finding.encoder,
        TEXT["reading_encoder"],
        "encoder",
        query=picture,
        key=picture,
        caption=TEXT["caption_encoder"],
    )


def picture_of(finding: Finding, overlays: Sequence[Sequence[Overlay]]) -> Picture:
    """The picture under the cells of the digits' and the phrase's map."""
    return Picture(pixels_of(finding.image), finding.digits.key_geometry, TEXT["picture"], tuple(map(tuple, overlays)))


def pixels_of(image: np.ndarray) -> np.ndarray:
    """Return a picture's grey values, 0 to 1, as bytes."""
    return np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)


def digit_overlays(finding: Finding, scene: Scene | None, digit: int) -> tuple[Overlay, ...]:
    """Return boxes and mask of what the model found, where it says yes, and the truth, where it is known."""
    overlays: tuple[Overlay, ...] = ()
    if digit in finding.present:
        peaks = finding.peaks(digit)
        boxes = [peak.box for peak in peaks] if len(peaks) > 1 else [finding.boxes[digit]]
        overlays = found_overlays(boxes, finding.masks[digit])
    if scene is not None:
        overlays += tuple(truth_overlay(scene, piece) for piece in copies_of(scene, digit))
    return overlays


def found_overlays(boxes: Sequence[Sequence[float]], mask: np.ndarray) -> tuple[Overlay, ...]:
    """Return what was found: a box each, the first with the mask of all."""
    boxes = [box for box in boxes if is_box(box)]
    shape = mask if mask.any() else None
    if not boxes:
        return () if shape is None else (Overlay(mask=shape, name=TEXT["found_box"]),)
    first, *others = (tuple(box) for box in boxes)
    return Overlay(first, shape, TEXT["found_box"]), *(Overlay(box, name=TEXT["found_box"]) for box in others)


def is_box(box: Sequence[float]) -> bool:
    """Tell whether a box has an extent; a digit outside the picture has none."""
    return bool(np.isfinite(box).all() and box[0] < box[2] and box[1] < box[3])


def truth_overlay(scene: Scene, piece: int) -> Overlay:
    mask = scene.masks[piece]
    return Overlay(tuple(scene.boxes[piece]), mask if mask.any() else None, TEXT["truth_box"], "truth")


def meta_line(finding: Finding, scene: Scene | None) -> str:
    """Return how long it took, and what the picture holds."""
    patches = finding.digits.weights.shape[-1]
    seconds = f"{1000 * finding.seconds:.0f} ms"
    if scene is None:
        return TEXT["meta_unknown"].format(seconds=seconds, patches=patches)
    count = len(scene.digits)
    return TEXT["meta_one" if count == 1 else "meta"].format(seconds=seconds, digits=count, patches=patches)
