import json
import re

import numpy as np
import pytest

from attention.attention_map import AttentionMap
from attention.figures.theme import DARK
from attention.ui.inspector import (
    PICTURE_TEXT,
    TEXT,
    Entry,
    InspectorView,
    Listing,
    Overlay,
    Picture,
    Reading,
    Sentence,
    decode_floats,
    decode_rows,
    inspector_html,
)
from attention.ui.inspector.assets import FOLDER
from attention.ui.inspector.picture import outlines

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 10), dtype=np.uint8)
PICTURE = Picture(PIXELS, (3, 5), "Noise")


def some_map(query_len: int = 2, key_len: int = 15, layers: int = 2, heads: int = 3) -> AttentionMap:
    weights = np.random.default_rng(1).dirichlet(np.full(key_len, 0.3), size=(layers, heads, query_len))
    labels = [tuple(f"{name}{i}" for i in range(count)) for name, count in (("q", query_len), ("k", key_len))]
    return AttentionMap(weights, *labels, "digit", "image patch")


def payload_of(reading: Reading) -> dict:
    return json.loads(json.dumps(InspectorView((reading,)).payload()))["readings"][0]


def test_a_picture_reaches_the_browser_pixel_by_pixel() -> None:
    overlay = Overlay(box=(1, 0.5, np.float32(4), 3), name="found")
    picture = Picture(PIXELS, (3, 5), "Noise", ((overlay,), ()))
    reading = payload_of(Reading(some_map(), "Digits", key=picture))
    key = reading["key"]
    assert (key["kind"], key["title"], key["grid"], key["width"], key["height"]) == ("picture", "Noise", [3, 5], 10, 6)
    assert key["overlays"] == [[{"name": "found", "kind": "found", "box": [1, 0.5, 4, 3], "outline": []}], []]
    assert reading["query"]["kind"] == "sentence"
    colours = Picture(np.stack([PIXELS] * 3, axis=-1), (3, 5)).payload()["pixels"]
    assert np.array_equal(unpacked(key["pixels"]).reshape(PIXELS.shape), PIXELS)
    assert np.array_equal(unpacked(colours).reshape(*PIXELS.shape, 3)[..., 2], PIXELS)


def unpacked(text: str) -> np.ndarray:
    import base64

    return np.frombuffer(base64.b64decode(text), dtype=np.uint8)


def test_patches_are_named_row_by_row() -> None:
    assert len(PICTURE.words) == 15
    assert (PICTURE.words[0], PICTURE.words[7]) == ("row 1, column 1", "row 2, column 3")


def test_a_small_map_over_a_picture_is_exact_and_a_large_one_within_its_step() -> None:
    found = some_map()
    reading = payload_of(Reading(found, "Digits", key=PICTURE, extras=(("Rollout", found.matrix(1)),)))
    np.testing.assert_array_equal(decode_floats(reading["weights"], reading["shape"]), found.weights)
    assert reading["extras"][0][0] == "Rollout"
    np.testing.assert_array_equal(decode_floats(reading["extras"][0][1], (2, 15)), found.matrix(1))

    patches = Picture(np.zeros((16, 16), np.uint8), (16, 16))
    found = some_map(256, 256, 2, 3)
    reading = payload_of(Reading(found, "Patches", query=patches, key=patches))
    step = found.weights.max(axis=-1, keepdims=True) / 510
    assert (np.abs(decode_rows(reading["weights"], reading["shape"]) - found.weights) <= step + 1e-7).all()
    assert len(json.dumps(reading)) < 700_000


def test_rows_without_weight_survive_packing() -> None:
    weights = np.zeros((1, 1, 400, 256), np.float32)
    weights[..., 1, 3] = 1
    found = AttentionMap(weights, ("q",) * 400, ("k",) * 256)
    packed = Reading(found, "x", key=Picture(np.zeros((16, 16), np.uint8), (16, 16))).payload()["weights"]
    np.testing.assert_array_equal(decode_rows(packed, weights.shape), weights)


def area(loop: np.ndarray) -> float:
    """The area inside a loop of half pixels by the shoelace formula, in pixels; negative if it runs the other way."""
    x, y = loop.T / 2
    return float(0.5 * (x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def test_outlines_walk_round_what_is_inside() -> None:
    mask = np.zeros((5, 7), bool)
    mask[1:4, 2:6] = True
    (loop,) = outlines(mask)
    assert len(loop) == 14  # one point for each pixel edge between inside and outside
    assert loop.min(axis=0).tolist() == [4, 2]
    assert loop.max(axis=0).tolist() == [12, 8]
    assert area(loop) == pytest.approx(12 - 4 * 1 / 8)  # the corners are cut
    mask[2, 3] = False
    outer, hole = sorted(outlines(mask), key=len, reverse=True)
    assert (area(outer) > 0, area(hole) < 0, len(hole)) == (True, True, 4)


@pytest.mark.parametrize("seed", range(3))
def test_outlines_have_one_point_for_each_edge_and_close(seed: int) -> None:
    mask = np.random.default_rng(seed).random((9, 8)) < 0.5
    padded = np.pad(mask, 1)
    edges = sum(int((padded != np.roll(padded, 1, axis)).sum()) for axis in (0, 1))
    loops = outlines(mask)
    assert sum(map(len, loops)) == edges
    for loop in loops:
        steps = np.abs(np.diff(np.vstack([loop, loop[:1]]), axis=0))
        assert (steps.sum(axis=1) == 2).all()
        assert (steps <= 2).all()
    assert outlines(np.zeros((3, 4), bool)) == []


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Picture(PIXELS.astype(float), (3, 5)), "pixels are float64"),
        (lambda: Picture(PIXELS[None], (3, 5)), "of shape (1, 6, 10)"),
        (lambda: Picture(np.zeros((4, 600), np.uint8), (2, 2)), "1 to 512"),
        (lambda: Picture(PIXELS, (7, 5)), "grid (7, 5) does not fit"),
        (lambda: Overlay(), "neither box nor mask"),
        (lambda: Overlay((0, 0, 0, 3)), "it must be left, top, right, bottom"),
        (lambda: Overlay((0, 0, float("nan"), 3)), "it must be left, top, right, bottom"),
        (lambda: Overlay((0, 0, 1, 3), kind="guess"), "is of kind 'guess'"),
        (lambda: Picture(PIXELS, (3, 5), "", ((Overlay(mask=np.ones((6, 9))),),)), "mask of overlay 'found' is (6, 9)"),
        (lambda: Reading(some_map(), "x", key=Picture(PIXELS, (3, 2))), "key of reading 'cross' has 6 entries"),
        (lambda: Reading(some_map(), "x", key=Picture(PIXELS, (3, 5), "", ((),))), "overlays of reading 'cross' has 1"),
        (lambda: Reading(some_map(), "x", extras=(("R", np.zeros((2, 14))),)), "extra 'R' has shape (2, 14)"),
        (lambda: Reading(some_map(), "x", default_layer=2), "default_layer of reading 'cross'"),
    ],
)
def test_what_does_not_fit_is_refused(make, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


def test_an_extra_may_be_shown_first() -> None:
    found = some_map()
    assert payload_of(Reading(found, "x", extras=(("R", found.matrix()),), default_layer=2))["default_layer"] == 2


def test_wording_of_pictures_applies_to_pictures_and_can_be_replaced() -> None:
    reading = Reading(some_map(), "Digits", key=PICTURE)
    assert InspectorView((reading,)).payload()["text"] == {**TEXT, **PICTURE_TEXT}
    assert InspectorView((Reading(some_map(), "Words"),)).payload()["text"] == TEXT
    assert InspectorView((reading,), text={"found": "Gefunden"}).payload()["text"]["found"] == "Gefunden"
    assert set(PICTURE_TEXT) <= set(TEXT)


def test_the_dark_ramp_is_that_of_the_theme() -> None:
    script = (FOLDER / "veil.js").read_text(encoding="utf-8")
    assert f'const DARK_RAMP = "{",".join(DARK.sequential)}";' in script


def test_a_saved_page_holds_the_picture_and_no_markup_of_its_names() -> None:
    harmful = "</script><script>alert(1)</script>"
    picture = Picture(PIXELS, (3, 5), harmful, ((Overlay((0, 0, 2, 2), name=harmful),), ()))
    listing = Listing((Entry("7", share=0.9, mark=0.5), Entry("4")))
    page = inspector_html(InspectorView((Reading(some_map(), "Digits", query=listing, key=picture),)), "Title")
    assert page.count("</script>") == 2
    assert "media-src blob: data:" in page
    assert str(picture) == harmful
    assert str(Sentence(("the", "seven"))) == "the seven"
