"""The parts of the vision page that need no running app and no trained model."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from attention.attention_map import AttentionMap
from attention.ui.vision.answers import (
    Answer,
    answer_html,
    answer_line,
    answer_of,
    box_overlap,
    mask_overlap,
    overlap_line,
    truth_of,
    verdict,
)
from attention.ui.vision.honesty import covered_said, known_digits, scores_rows
from attention.ui.vision.meant import is_here, kind_of, meant_pieces, plain_digit
from attention.ui.vision.pictures import finding_view, first_reading, first_row
from attention.ui.vision.saving import digits_csv, python_code, scene_png
from attention.ui.vision.state import Seen, Settings, fields, settings_of
from attention.ui.vision.text import (
    CURVES,
    EXAMPLES,
    NORMALISERS,
    PHRASE_KINDS,
    PHRASES,
    SCENES,
    SCORES,
    SECTIONS,
    SOURCES,
    TEXT,
)
from attention.vision.faithfulness import Covered
from attention.vision.finding import Finding, Peak, PhraseFinding
from attention.vision.phrases import PhraseError, read_phrase
from attention.vision.scenes import SIDE, draw_scene

CELLS, PATCHES = 8, 4
SETTINGS = Settings(seed=1, count=2, clutter=0.0, noise=0.0, cover=0.0, overlap=0.0, repeats=False)


@pytest.fixture(scope="module")
def scene():
    """A seven and a four."""
    return draw_scene(3, digits=(7, 4), clutter=0.0, noise=0.0)


def finding_of(scene, phrase: str = "", is_there: bool = True, copies: int = 1) -> Finding:
    """What a perfect finder would say of a scene: digits of the scene are there, boxes and masks are true."""
    presence, boxes = np.full(10, 0.02), np.tile(np.array([0.0, 0, 4, 4]), (10, 1))
    masks = np.zeros((10, SIDE, SIDE), dtype=bool)
    for digit, box, mask in zip(scene.digits, scene.boxes, scene.masks, strict=True):
        presence[digit], boxes[digit] = 0.98, box
        masks[digit] |= mask
    weights = np.full((1, 1, 10, CELLS**2), 1 / CELLS**2)
    digits = AttentionMap(weights, tuple("0123456789"), cells(CELLS), "digit", "image patch",
                          key_geometry=(CELLS, CELLS))  # fmt: skip
    encoder = AttentionMap(np.full((2, 2, PATCHES**2, PATCHES**2), 1 / PATCHES**2), cells(PATCHES), cells(PATCHES),
                           kind="encoder", query_geometry=(PATCHES,) * 2, key_geometry=(PATCHES,) * 2)  # fmt: skip
    peaks = tuple((Peak(8.0, 8.0, 1 / copies, (2.0, 2.0, 14.0, 14.0)),) * copies for _ in range(10))
    found = phrase_finding(scene, phrase, is_there) if phrase else None
    return Finding(scene.image, presence, np.full(10, 0.4), boxes, masks, digits, encoder, weights[0, 0], peaks, found)


def cells(side: int) -> tuple[str, ...]:
    return tuple(f"row {i // side + 1}, column {i % side + 1}" for i in range(side**2))


def phrase_finding(scene, text: str, is_there: bool) -> PhraseFinding:
    phrase = read_phrase(text)
    pieces = meant_pieces(text, scene)
    digits = tuple(scene.digits[piece] for piece in pieces)
    rows = (*phrase.typed, "all")
    weights = np.full((1, 1, len(rows), CELLS**2), 1 / CELLS**2)
    found = AttentionMap(weights, rows, cells(CELLS), "word", "image patch", key_geometry=(CELLS, CELLS))
    peaks = tuple(Peak(8.0, 8.0, 0.5, tuple(scene.boxes[piece])) for piece in pieces)
    mask = scene.masks[list(pieces)].any(axis=0)
    digit = digits[0] if digits else None
    share = 0.9 if is_there else 0.1
    return PhraseFinding(text, phrase, phrase.typed, found, share, 0.5, digit, digits, peaks, mask)


def seen_of(scene, settings: Settings | None = SETTINGS) -> Seen:
    return Seen(("scene", settings) if settings else ("own", "x"), scene.image, scene)


# ---- what is said ----


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("", "In this picture: a four and a seven"),
        ("the seven", "Found: a seven, 98\u00a0% sure"),
        ("2", "No two here"),
        ("an even digit", "Found: a four, 90\u00a0% sure"),
        ("every number", "Found: a seven and a four"),
    ],
)
def test_the_answer_is_one_plain_line(scene, phrase, said):
    assert answer_line(answer_of(finding_of(scene, phrase))) == said


def test_a_phrase_without_anything_that_fits_is_answered_with_it(scene):
    answer = answer_of(finding_of(scene, "the digit left of the two", is_there=False))
    assert answer_line(answer) == "Nothing here that “the digit left of the two” could mean"
    assert answer_line(Answer((None,), 0.8, 0.5, None, "the largest digit")).startswith("Found: something")


def test_the_answer_is_safe_html():
    assert "<b>" not in answer_html(Answer((), 0.1, 0.5, None, "<b>"))


@pytest.mark.parametrize(
    ("digits", "phrase", "line"),
    [
        ((7,), "the seven", "right"),
        ((), "the two", "right_none"),
        ((), "the seven", "wrong"),
        ((2,), "the two", "wrong_none"),
        ((7,), "a digit", "right"),  # any of them will do
        ((7,), "every digit", "wrong"),
        ((7, 4), "", "right"),
    ],
)
def test_the_verdict_compares_with_the_truth(scene, digits, phrase, line):
    takes_any = phrase == "a digit"
    answer = Answer(digits, 0.9, 0.5, None, phrase, takes_any)
    said = verdict(answer, scene, meant_pieces(phrase, scene))
    assert TEXT[line].partition("{")[0] in said
    assert ("from 50\u00a0% on" in said) == (not digits)


def test_where_nobody_knows_the_truth_nobody_is_right(scene):
    assert verdict(Answer((7,), 0.9, 0.5, 7, "7"), None, None) == TEXT["unknown_truth"]
    unnamed = replace(scene, pieces=tuple(replace(piece, digit=None) for piece in scene.pieces))
    assert meant_pieces("the seven", unnamed) is None
    assert known_digits(seen_of(unnamed)) is None
    assert known_digits(seen_of(scene)) == (4, 7)


def test_overlap_is_said_in_percent(scene):
    finding = finding_of(scene)
    assert overlap_line(finding, scene, 7) == TEXT["overlap_line"].format(box="100\u00a0%", mask="100\u00a0%")
    assert "off" in overlap_line(replace(finding, boxes=np.tile([0.0, 0.0, 1.0, 1.0], (10, 1))), scene, 7)
    assert overlap_line(finding, scene, 2) == overlap_line(finding, None, 7) == ""


def test_the_truth_of_several_copies_is_the_box_around_them():
    twice = draw_scene(5, digits=(3, 3, 8))
    box, mask = truth_of(twice, 3)
    assert box[:2] == pytest.approx(twice.boxes[:2, :2].min(axis=0))
    assert box[2:] == pytest.approx(twice.boxes[:2, 2:].max(axis=0))
    assert (mask == (twice.masks[0] | twice.masks[1])).all()


def test_overlaps_by_hand():
    assert box_overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert box_overlap((0, 0, 1, 1), (2, 2, 3, 3)) == 0
    assert box_overlap((0, 0, 0, 0), (0, 0, 0, 0)) == 0
    assert mask_overlap(np.array([True, True, False]), np.array([False, True, True])) == pytest.approx(1 / 3)
    assert mask_overlap(np.zeros(2, bool), np.zeros(2, bool)) == 0


def test_copies_with_a_peak_are_counted():
    twice = draw_scene(5, digits=(3, 3, 8))
    left, top, right, bottom = map(float, twice.boxes[0])
    peak = Peak((left + right) / 2, (top + bottom) / 2, 1.0, (left, top, right, bottom))
    finding = replace(finding_of(twice), copies=((peak,),) * 10)
    assert "2 copies of the three; copies with a peak of its attention and a box of their own: 1." in overlap_line(
        finding, twice, 3
    )


def test_another_copy_of_the_right_digit_is_the_wrong_one(scene):
    middle = scene.boxes[0].reshape(2, 2).mean(axis=0)
    answer = Answer((scene.digits[0],), 0.9, 0.5, None, "the largest digit", place=tuple(middle))
    assert verdict(answer, scene, (0,)) == TEXT["right"]
    assert verdict(replace(answer, place=(-5.0, -5.0)), scene, (0,)) == TEXT["wrong_copy"]


# ---- the picture ----


@pytest.mark.parametrize(
    ("phrase", "first", "row"), [("", "digits", 4), ("7", "digits", 7), ("the largest digit", "phrase", 3)]
)
def test_the_reading_that_answers_comes_first(scene, phrase, first, row):
    finding = finding_of(scene, phrase)
    view = finding_view("digits", finding, seen_of(scene))
    assert view.readings[0].name == first_reading(finding) == first
    assert first_row(finding) == row
    assert view.payload()["readings"][0]["name"] == first


def test_found_and_truth_lie_over_their_own_digit_only(scene):
    reading = finding_view("digits", finding_of(scene), seen_of(scene)).readings[0]
    kinds = [{overlay.kind for overlay in row} for row in reading.key.overlays]
    assert [digit for digit, found in enumerate(kinds) if found == {"found", "truth"}] == [4, 7]
    assert not any(kinds[digit] for digit in (0, 1, 2, 3, 5, 6, 8, 9))


def test_each_copy_gets_its_own_box(scene):
    reading = finding_view("digits", finding_of(scene, copies=3), seen_of(scene)).readings[0]
    boxes = [overlay for overlay in reading.key.overlays[7] if overlay.kind == "found" and overlay.box]
    assert len(boxes) == 3


def test_rollout_is_offered_beside_the_layers(scene):
    reading = finding_view("digits", finding_of(scene), seen_of(scene)).readings[0]
    assert [name for name, _ in reading.extras] == [TEXT["rollout"]]


def test_the_whole_phrase_carries_what_was_meant(scene):
    finding = finding_of(scene, "the digit left of the seven")
    pieces = meant_pieces("the digit left of the seven", scene)
    reading = finding_view("digits", finding, seen_of(scene), pieces).readings[0]
    assert len(reading.query.words) == 7
    assert not any(reading.key.overlays[:-1])
    assert sum(overlay.kind == "truth" for overlay in reading.key.overlays[-1]) == len(pieces)


def test_an_unknown_picture_has_no_truth(scene):
    view = finding_view("digits", finding_of(scene), Seen(("photo", "x"), scene.image, None))
    assert not any(overlay.kind == "truth" for row in view.readings[0].key.overlays for overlay in row)
    assert "digits" not in view.meta


# ---- phrases, settings ----


@pytest.mark.parametrize(
    ("text", "digit"),
    [("seven", 7), ("every 7", 7), ("the seven left of the four", None), ("an even digit", None), ("smallest", None)],
)
def test_a_plain_digit_is_told_from_a_phrase_about_it(text, digit):
    assert plain_digit(read_phrase(text)) == digit


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("7", "names"),
        ("every odd number", "parities"),
        ("the largest digit", "sizes"),
        ("the leftmost digit", "places"),
        ("the digit left of the five", "relations"),
        ("the digit left of the four", "unseen"),
        ("the largest odd number", "unseen_ranks"),
    ],
)
def test_each_phrase_has_the_kind_it_was_scored_under(text, kind):
    assert kind_of(read_phrase(text)) == kind
    assert kind in PHRASE_KINDS


def test_new_scenes_are_looked_through_for_the_phrase(scene):
    assert is_here("seven", scene)
    assert not is_here("two", scene)
    assert is_here("complete nonsense", scene)
    with pytest.raises(PhraseError):
        meant_pieces("complete nonsense", scene)


def test_every_choice_has_a_text_and_every_phrase_is_understood():
    assert {*NORMALISERS, *SECTIONS, *SOURCES, *CURVES, *SCORES, *PHRASE_KINDS} <= set(TEXT)
    for phrase in (*PHRASES, *(example.find for example in EXAMPLES)):
        assert read_phrase(phrase)


def test_every_example_is_a_scene_in_which_its_phrase_means_something():
    for example in (*EXAMPLES, *(example for example, *_ in SCENES)):
        settings = settings_of(example.settings)
        drawn = draw_scene(**{name: getattr(settings, name) for name in settings.__dataclass_fields__})
        assert meant_pieces(example.find, drawn), example.title


def test_every_suggested_phrase_means_something_in_the_first_scene():
    settings = settings_of({})
    drawn = draw_scene(**{name: getattr(settings, name) for name in settings.__dataclass_fields__})
    for phrase in PHRASES:
        assert meant_pieces(phrase, drawn), phrase


def test_a_drawing_survives_the_link():
    from attention.ui.pad import digit_piece, pieces_text

    field = next(field for field in fields() if field.name == "pieces")
    text = pieces_text([digit_piece(7, 0.3, 0.4, 0.3)])
    assert field.read(field.write(text)) == text


# ---- honesty, files ----


@pytest.mark.parametrize(("attended", "line"), [(0.1, "covered_strong"), (0.85, "covered_weak")])
def test_covering_is_put_in_words(attended, line):
    counts = (0, 8)
    found = Covered(counts, np.array([0.98, attended]), np.array([0.98, 0.9]), draws=5)
    assert covered_said(found, 7).endswith(TEXT[line])


def test_scores_that_were_not_measured_are_left_out():
    ours = {"presence_f1": 0.97, "box_iou": 0.8, "pointing": 0.99, "mask_iou": 0.7}
    assert scores_rows({}) == []
    rows = scores_rows(ours | {"without_attention": {"presence_f1": 0.3, "box_iou": 0.2, "pointing": None}})
    assert [row[TEXT["model"]] for row in rows] == [TEXT["ours"], TEXT["without_attention"]]
    assert rows[1][TEXT["pointing"]] == "–"


def test_csv_holds_every_digit_with_its_box_and_the_truth(scene):
    rows = list(csv.DictReader(io.StringIO(digits_csv(finding_of(scene), scene).decode("utf-8-sig"))))
    assert [row["digit"] for row in rows if row["found"] == "1"] == ["4", "7"]
    assert [row["truth"] for row in rows] == [str(int(digit in (4, 7))) for digit in range(10)]
    assert float(rows[7]["left"]) == pytest.approx(scene.boxes[0][0], abs=0.01)
    assert rows[2]["left"] == ""
    unknown = list(csv.DictReader(io.StringIO(digits_csv(finding_of(scene), None).decode("utf-8-sig"))))
    assert {row["truth"] for row in unknown} == {""}


def test_saved_scene_is_the_picture_that_the_model_saw(scene):
    from PIL import Image

    saved = Image.open(io.BytesIO(scene_png(scene.image)))
    small = np.asarray(saved.resize((SIDE, SIDE), Image.Resampling.NEAREST), dtype=float) / 255
    assert small == pytest.approx(scene.image, abs=0.003)


@pytest.mark.parametrize("settings", [SETTINGS, None])
def test_copied_python_is_python(scene, settings):
    from attention.mechanisms import Mechanism

    code = python_code(seen_of(scene, settings), "the seven", Mechanism(normaliser="sparsemax"))
    compile(code, "copied", "exec")
    assert ("draw_scene(1, count=2" in code) == (settings is not None)
    assert "sparsemax" in code
