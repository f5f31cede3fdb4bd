"""The attention inspector over an image in a real browser: digits over a scene, words over it, patches over patches."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from playwright.sync_api import expect

from attention.attention_map import AttentionMap
from attention.ui.inspector import Entry, InspectorView, Listing, Overlay, Picture, Reading, Sentence
from attention.ui.inspector.assets import present_script, present_style
from tests.browser.test_inspector import button, mount_page, one_window, renewed
from tests.browser.test_inspector_listing import chosen, open_lists

pytestmark = pytest.mark.browser
tab = pytest.fixture(scope="module")(one_window)
page = pytest.fixture(renewed)

ROWS, COLUMNS = 3, 5
GRID = (ROWS, COLUMNS)
DIGITS = ("3", "5", "7")
SHARES = (0.9, 0.1, 0.7)
DARK = np.zeros((6, 10), np.uint8)  # all ground: what is painted is the colour of the weights alone


def made_map(rows: int, heads: int = 2, seed: int = 0) -> AttentionMap:
    count = ROWS * COLUMNS
    weights = np.random.default_rng(seed).dirichlet(np.full(count, 0.4), size=(1, heads, rows))
    labels = [tuple(f"{name}{i}" for i in range(many)) for name, many in (("q", rows), ("k", count))]
    return AttentionMap(weights, *labels, "digit", "image patch")


def digit_view(pixels: np.ndarray = DARK, **options) -> InspectorView:
    mask = np.zeros(pixels.shape, bool)
    mask[1:3, 2:5] = True
    overlays = ((Overlay((2, 1, 5, 3), mask, "found"), Overlay((2, 0, 6, 3), name="truth", kind="truth")), (), ())
    found = made_map(3)
    entries = tuple(Entry(name, share=share, mark=0.5) for name, share in zip(DIGITS, SHARES, strict=True))
    reading = Reading(
        found, "Digits", "digits", query=Listing(entries, title="Digits"), key=Picture(pixels, GRID, "Scene", overlays),
        extras=(("Rollout", found.matrix()[::-1].copy()),),
    )  # fmt: skip
    words = Sentence(("the", "seven"), lang="en")
    phrase = Reading(made_map(2, 1, 4), "Phrase", "phrase", query=words, key=Picture(pixels, GRID, "Scene"))
    patches = Picture(pixels, GRID, "Scene")
    among = Reading(made_map(ROWS * COLUMNS, 1, 5), "Patches", "among", query=patches, key=patches)
    return InspectorView((reading, phrase, among), caption="Bright patches were looked at.", **options)


def said(page) -> np.ndarray:
    """The weights that the patches say of themselves, row by row."""
    names = page.get_by_role("gridcell").evaluate_all("(all) => all.map((one) => one.getAttribute('aria-label'))")
    return np.array([float(name.rsplit(" ", 1)[1]) for name in names])


def painted(page) -> np.ndarray:
    """(patches, 3) colours in the middle of the patches."""
    script = """(canvas, [rows, columns]) => [...Array(rows * columns).keys()].map((i) => {
      const [x, y] = [(i % columns + 0.5) / columns, (Math.floor(i / columns) + 0.5) / rows];
      const { data } = canvas.getContext("2d").getImageData(x * canvas.width, y * canvas.height, 1, 1);
      return [...data].slice(0, 3);
    })"""
    return np.array(page.locator(".pictureframe canvas").evaluate(script, list(GRID)))


def test_the_veil_and_the_patches_show_the_weights_of_the_chosen_row(page, tmp_path, accessible):
    view = digit_view()
    weights = view.readings[0].map.matrix()
    open_lists(page, tmp_path, view)
    np.testing.assert_allclose(said(page), weights[0], atol=0.00051)
    for row in (1, 0):
        page.locator(".choices-list .entry").nth(row).click()
        np.testing.assert_allclose(said(page), weights[row], atol=0.00051)
        light = painted(page).sum(axis=1)
        assert (np.diff(light[np.argsort(weights[row])]) >= -3).all()  # the more weight, the lighter (up to rounding)
        assert light.max() > light.min() + 150
    assert page.locator(".overlays .overlay").count() == 2
    page.get_by_role("checkbox", name="Truth").uncheck()
    assert page.locator(".overlaylabel").all_inner_texts() == ["found"]
    page.get_by_role("checkbox", name="Attention").uncheck()
    assert painted(page).max() == 0  # the image as it is
    page.get_by_role("checkbox", name="Attention").check()
    accessible(page)
    page.get_by_label("Layer").select_option(label="Rollout")
    np.testing.assert_allclose(said(page), weights[2], atol=0.00051)
    button(page, "Back to the summary").click()
    button(page, "Table").click()
    rows = [row.locator("th, td").all_inner_texts()[:3] for row in page.locator(".patchtable tbody tr").all()]
    places = [(int(row) - 1) * COLUMNS + int(column) - 1 for row, column, _ in rows]
    assert places == np.argsort(-weights[0], kind="stable").tolist()
    np.testing.assert_allclose([float(weight) for *_, weight in rows], weights[0][places], atol=0.00051)
    with page.expect_download() as waiting:
        button(page, "Save table: CSV").click()
    lines = waiting.value.path().read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 3 * ROWS * COLUMNS
    np.testing.assert_allclose([float(line.rsplit(",", 1)[1]) for line in lines[1:]], weights.ravel(), rtol=1e-4)


def test_keys_move_over_the_picture_and_choose_where_patches_look_at_patches(open_window, tmp_path, accessible):
    view = digit_view()
    page = open_lists(open_window(scheme="dark"), tmp_path, view)
    peak = int(view.readings[0].map.matrix()[0].argmax())
    stop = page.locator(".patch[tabindex='0']")
    expect(stop).to_have_attribute("data-patch", str(peak))  # the keyboard enters where most was looked at
    stop.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert name.startswith("3 looked at row 2, column 2: ")
    assert page.locator(".tip.shown").inner_text().split()[-1] == name.rsplit(" ", 1)[1]
    expect(chosen(page)).to_have_text("3")
    accessible(page)
    page.get_by_role("combobox", name="Attention").select_option(label="Patches")
    weights = view.readings[2].map.matrix()
    page.locator(".patch[tabindex='0']").focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    np.testing.assert_allclose(said(page), weights[1], atol=0.00051)
    expect(page.locator(".patch.chosen")).to_have_attribute("data-patch", "1")
    expect(page.locator(".steptitle")).to_have_text("row 1, column 2")
    page.get_by_role("combobox", name="Attention").select_option(label="Phrase")
    page.get_by_role("slider", name="Where it looked").press("Home")
    np.testing.assert_allclose(said(page), view.readings[1].map.matrix()[0], atol=0.00051)
    expect(page.locator(".answer .chosen")).to_have_text("the")


def test_a_phone_shows_the_picture_then_the_list_and_a_tap_tells_a_weight(open_window, tmp_path, accessible):
    view = digit_view(np.full((6, 10), 255, np.uint8))
    page = open_lists(open_window(390, 844, has_touch=True), tmp_path, view)
    tops = [page.locator(place).bounding_box()["y"] for place in (".picture", ".choices-list", ".controls", ".panel")]
    assert tops == sorted(tops)
    page.locator(".patch").nth(7).tap()
    expect(page.locator(".tip.shown")).to_contain_text("row 2, column 3")
    page.locator(".choices-list .entry").nth(2).tap()
    np.testing.assert_allclose(said(page), view.readings[0].map.matrix()[2], atol=0.00051)
    for name in ("Picture", "All heads", "Table"):
        button(page, name).click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    accessible(page)


def test_the_saved_picture_and_the_stage_show_the_same(page, tmp_path, accessible):
    view = digit_view(heading="Find the three")
    weights = view.readings[0].map.matrix()
    open_lists(page, tmp_path, view)
    with page.expect_download() as waiting:
        button(page, "Save picture: SVG").click()
    tree = ET.parse(waiting.value.path()).getroot()
    space = "{http://www.w3.org/2000/svg}"
    titles = [node.text for node in tree.iter(f"{space}title") if "looked at row" in (node.text or "")]
    np.testing.assert_allclose([float(title.rsplit(" ", 1)[1]) for title in titles], weights[0], atol=0.00051)
    assert {"found", "truth", "Digits", "90\u00a0%"} <= {node.text for node in tree.iter(f"{space}text")}
    assert tree.find(f"{space}image").get("href").startswith("data:image/png;base64,")
    data = {"scenes": [view.payload()]}
    page.goto(mount_page(tmp_path, present_script(), present_style(), data, "call(data);").as_uri())
    stage = page.locator(".present")
    stage.wait_for()
    page.keyboard.press("ArrowDown")
    expect(stage.locator(".choices-list .entry.chosen")).to_have_attribute("data-index", "1")
    assert painted(page).sum(axis=1).argmax() == weights[1].argmax()
    box = stage.locator(".pictureframe").bounding_box()
    assert box["width"] > 300
    assert box["y"] + box["height"] <= 900
    accessible(page)
