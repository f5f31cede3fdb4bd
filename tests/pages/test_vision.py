"""The page that finds digits, without a browser: what it shows, and that no phrase, link or file can break it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from attention.training.checkpoint import CHECKPOINTS
from attention.ui.vision.text import CURVES, DIGIT_NAMES, EXAMPLES, NORMALISERS, PHRASES, SECTIONS, TEXT

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(
    not (CHECKPOINTS / "digits" / "config.json").exists(), reason="the shipped model that finds digits is absent"
)


def open_page(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.run()
    for name, value in {"more": "", **link}.items():  # the deeper looks have tests of their own
        app.query_params[name] = value
    app.switch_page("pages/vision.py")
    app.run()
    assert not app.exception
    return app


def view(app: AppTest) -> dict:
    """Return what the inspector was given."""
    found = [block.proto.json for block in app.get("bidi_component")]
    return next(json.loads(text)["view"] for text in found if '"readings"' in text)


def reading(app: AppTest, name: str) -> dict:
    return next(one for one in view(app)["readings"] if one["name"] == name)


def weights_of(one: dict) -> np.ndarray:
    """Return the weights of a reading, however they travel: as floats, or large ones as bytes."""
    from attention.ui.inspector import decode_floats, decode_rows

    decode = decode_floats if isinstance(one["weights"], str) else decode_rows
    return decode(one["weights"], one["shape"])


def said(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def answer(app: AppTest) -> str:
    """Return the large line."""
    body = next(block.proto.body for block in app.get("html") if 'class="lab-found' in block.proto.body)
    return body.rpartition("<p")[2].partition(">")[2].partition("<")[0]


def picture(pixels: np.ndarray) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(out, format="PNG")
    return out.getvalue()


def paper_with_strokes() -> bytes:
    """A sheet with an upright stroke and a ring of ink on it."""
    rows, columns = np.mgrid[:300, :400]
    ring = np.abs(np.hypot(rows - 150, columns - 280) - 60) < 9
    stroke = (np.abs(columns - 100) < 9) & (np.abs(rows - 150) < 70)
    return picture(np.where(ring | stroke, 30, 235))


def test_the_first_answer_is_there_without_a_click():
    app = open_page()
    assert answer(app).startswith("Found: a seven, ")
    entries = reading(app, "digits")["query"]["entries"]
    assert [entry["text"] for entry in entries] == list(DIGIT_NAMES)
    assert all(0 <= entry["share"] <= 1 for entry in entries)
    assert view(app)["initial"]["step"] == 7


def test_every_row_of_every_picture_sums_to_one():
    app = open_page(find="the digit left of the four")
    assert [one["name"] for one in view(app)["readings"]] == ["phrase", "digits", "encoder"]
    for one in view(app)["readings"]:
        assert np.abs(weights_of(one).sum(axis=-1) - 1).max() < 0.1  # large maps travel as bytes


def test_found_and_truth_lie_over_the_picture():
    overlays = reading(open_page(), "digits")["key"]["overlays"]
    kinds = {overlay["kind"] for row in overlays for overlay in row}
    assert kinds == {"found", "truth"}


def test_suggested_phrases_are_one_click_away():
    app = open_page()
    for phrase in PHRASES[1:]:
        app.pills(key="vision_phrase").set_value(phrase).run()
        assert not app.exception
        assert app.text_input(key="vision_find").value == phrase
        assert view(app)["readings"][0]["name"] == "phrase"


def test_anything_sensible_can_be_typed():
    app = open_page()
    for typed in ("7", "Seven!", "every even number", "", "   "):
        app.text_input(key="vision_find").set_value(typed).run()
        assert not app.exception
        assert answer(app)
        assert 'role="alert"' not in said(app)


def test_what_the_grammar_does_not_know_is_said_and_the_picture_stays():
    app = open_page()
    for typed in ("the dog", "left of", "7 8 9", "<script>alert(1)</script>", "{seven}", "七"):
        app.text_input(key="vision_find").set_value(typed).run()
        assert not app.exception
        assert 'role="alert"' in said(app)
        assert "<script>" not in said(app)
        assert [one["name"] for one in view(app)["readings"]] == ["digits", "encoder"]
        assert app.text_input(key="vision_find").value == typed


def test_a_new_scene_is_another_scene_and_in_the_link():
    app = open_page()
    before = reading(app, "digits")["key"]["pixels"]
    app.button(key="vision_new").click().run()
    assert not app.exception
    assert reading(app, "digits")["key"]["pixels"] != before
    assert app.session_state["vision_seed"] != 73


def test_the_same_link_gives_the_same_scene():
    one, other = (reading(open_page(seed="17", count="3"), "digits")["key"]["pixels"] for _ in range(2))
    assert one == other


def test_examples_are_one_click_away():
    app = open_page()
    for example in EXAMPLES:
        app.pills(key="vision_example").set_value(example.title).run()
        assert not app.exception
        assert app.text_input(key="vision_find").value == example.find
        assert app.pills(key="vision_example").value == example.title


def test_equal_weights_look_everywhere_alike():
    app = open_page(normaliser="uniform")
    weights = weights_of(reading(app, "digits"))
    assert weights == pytest.approx(1 / weights.shape[-1], rel=0.01)
    assert "With your changes" in said(app) or "Your changes leave" in said(app)


def test_every_normaliser_works():
    app = open_page(temperature="0.5")
    for normaliser in NORMALISERS:
        app.selectbox(key="vision_normaliser").set_value(normaliser).run()
        assert not app.exception
        assert answer(app)


def test_reset_gives_the_model_its_own_attention_back():
    app = open_page(temperature="3", normaliser="sparsemax")
    app.button(key="vision_reset").click().run()
    assert not app.exception
    assert app.slider(key="vision_temperature").value == 1.0
    assert app.button(key="vision_reset").disabled


def test_every_deeper_look_opens():
    app = open_page()
    for section in SECTIONS:
        app.segmented_control(key="vision_section").set_value(section).run()
        assert not app.exception
        assert app.session_state["vision_more"] == section


def test_covering_patches_is_put_in_words():
    app = open_page(more="honest")
    assert TEXT["covered_strong"] in said(app) or TEXT["covered_weak"] in said(app)
    assert "With equal weights the model finds" in said(app)


def test_honesty_without_a_digit_found_says_so():
    app = open_page(more="honest", find="the one", seed="73")
    assert TEXT["honest_none"] in said(app) or "a one" in answer(app)


# ---- the visitor's own pictures ----


def test_drawing_begins_with_two_digits():
    app = open_page()
    app.segmented_control(key="vision_source_choice").set_value("own").run()
    assert not app.exception
    assert app.session_state["vision_pieces"]
    assert {7, 4} <= {i for i, row in enumerate(reading(app, "digits")["key"]["overlays"]) if row}


def test_a_drawn_scene_comes_back_from_the_link():
    from attention.ui.pad import digit_piece, pieces_text

    text = pieces_text([digit_piece(3, 0.5, 0.5, 0.5)])
    app = open_page(source="own", pieces=text, find="3")
    truths = [any(one["kind"] == "truth" for one in row) for row in reading(app, "digits")["key"]["overlays"]]
    assert truths == [digit == 3 for digit in range(10)]


def test_an_empty_stage_is_no_error():
    app = open_page(source="own")
    assert TEXT["own_empty"] in said(app)
    assert answer(app)


def test_a_photograph_of_handwriting_is_read():
    app = open_page(source="photo", find="")
    assert TEXT["photo_none"] in said(app)
    app.file_uploader(key="vision_file").set_value(("notes.png", paper_with_strokes(), "image/png")).run()
    assert not app.exception
    assert "2 pieces of handwriting" in said(app)
    assert TEXT["unknown_truth"] in said(app)
    assert app.slider(key="vision_own_noise").value == 0.0


def test_a_saved_scene_is_taken_as_it_is():
    from attention.ui.vision.own import read_photo
    from attention.ui.vision.saving import scene_png
    from attention.vision.scenes import draw_scene

    scene = draw_scene(760, 4, overlap=0.1)
    photo = read_photo(scene_png(scene.image))
    assert photo.pieces == ()
    assert photo.image == pytest.approx(scene.image, abs=0.01)


def test_what_is_no_picture_is_said_and_the_scene_stays():
    app = open_page(source="photo")
    for data in (b"", b"no picture at all", b"\x89PNG\r\n\x1a\n"):
        app.file_uploader(key="vision_file").set_value(("notes.png", data, "image/png")).run()
        assert not app.exception
        assert 'role="alert"' in said(app)
        assert answer(app)


def test_blank_paper_is_shown_whole():
    app = open_page(source="photo", find="")
    app.file_uploader(key="vision_file").set_value(("a.png", picture(np.full((90, 90), 250)), "image/png")).run()
    assert not app.exception
    assert TEXT["photo_no_ink"] in said(app)


# ---- how accuracy falls ----


def test_the_curve_is_measured_value_by_value(monkeypatch):
    from attention.ui.vision import falls

    monkeypatch.setattr(falls, "SCENES", 4)
    monkeypatch.setitem(falls.VALUES, "noise", (0.0, 1.0))
    steps, count = falls.work_for("noise")
    found = list(steps)
    assert len(found) == count
    ours = [one.row for one in found if one.model == "digits"]
    assert [row.value for row in ours] == [0.0, 1.0]
    assert all(0 <= row.presence_f1 <= 1 for row in ours)
    assert len(falls.curves(found)) >= 4
    assert list(falls.curves_frame(found, "Noise").index) == [0.0, 1.0]


def test_a_single_digit_can_be_drawn_and_measured(monkeypatch):
    from attention.ui.vision import falls

    monkeypatch.setattr(falls, "SCENES", 4)
    monkeypatch.setitem(falls.VALUES, "count", (1,))
    assert {one.row.value for one in falls.work_for("count")[0]} == {1.0}
    app = open_page(count="1")
    for seed in range(4):
        app.session_state["vision_seed"] = seed
        app.run()
        assert not app.exception
        assert sum(bool(row) for row in reading(app, "digits")["key"]["overlays"]) >= 1


def test_each_curve_can_be_chosen():
    app = open_page(more="falls", curve="cover")
    assert app.segmented_control(key="vision_curve_choice").value == "cover"
    assert app.button(key="vision_falls_stop").disabled
    for what in CURVES:
        app.segmented_control(key="vision_curve_choice").set_value(what).run()
        assert not app.exception


# ---- links and files ----


@pytest.mark.parametrize(
    "link",
    [
        {"seed": "-1", "count": "99", "noise": "nan", "cover": "2", "repeats": "maybe", "source": "elsewhere"},
        {"find": "x" * 500, "pieces": "<b>", "source": "own", "normaliser": "<script>"},
        {"find": "\x00", "curve": "luck", "more": "falls", "view": "arcs", "nonsense": "1"},
        {"map": "phrase", "find": "nonsense", "layer": "60", "head": "60"},  # there is no such reading
        {"map": "digits", "row": "900"},
    ],
    ids=lambda link: " ".join(link),
)
def test_no_link_breaks_the_page(link):
    assert answer(open_page(**link))


def test_a_wrong_link_is_explained():
    told = said(open_page(noise="9", pieces="<b>"))
    assert "“noise” as “9”" in told
    assert "“pieces” as" in told


def test_a_saved_state_is_opened_and_a_broken_one_changes_nothing():
    from attention.ui.links import state_json
    from attention.ui.vision.state import fields

    app = open_page(seed="12")
    for data, seed in ((b"{}", 12), (state_json("vision", fields(), {"seed": 33}), 33)):
        app.file_uploader(key="vision_open").set_value(("state.json", data, "application/json")).run()
        assert not app.exception
        assert app.session_state["vision_seed"] == seed


def test_copied_python_finds_the_same(capsys):
    from attention.ui.vision.saving import python_code
    from attention.ui.vision.state import Seen, Settings
    from attention.vision.finder import DigitFinder
    from attention.vision.scenes import draw_scene

    settings = Settings(5, 3, 1.0, 1.0, 0.0, 0.1, False)
    scene = draw_scene(5, 3, overlap=0.1)
    exec(python_code(Seen(("scene", settings), scene.image, scene), "the seven", None), {})
    found = DigitFinder.load("digits").find(scene.image)
    lines = capsys.readouterr().out.splitlines()[: len(found.present)]
    assert [line.split()[:2] for line in lines] == [[str(d), f"{found.presence[d]:.3f}"] for d in found.present]
