"""The attention inspector in a real browser: as a saved page opened from a file, as a component, and on stage."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from attention.attention_map import AttentionMap
from attention.figures.theme import DARK, LIGHT
from attention.ui.inspector import InspectorView, Reading, Sentence, Step, inspector_html
from attention.ui.inspector.assets import inspector_script, inspector_style, present_script, present_style
from tests.browser.conftest import Watch
from tests.figures.test_theme import contrast

pytestmark = pytest.mark.browser

SOURCE = Sentence(("I", "see", "the", "white", "house", ".", "</s>"), ("", " ", " ", " ", " ", "", ""), "en")
ANSWER = Sentence(("Je", "vois", "la", "maison", "blanche", ".", "</s>"), ("", " ", " ", " ", " ", "", ""), "fr")
PEAKS = (0, 1, 2, 4, 3, 5, 6)
HARMFUL = "<img src=x onerror=window.harmed=1></script>"


def one_window(browser):
    """One watched window for all tests of a module: opening another for each costs as much again as the test."""
    watch = Watch()
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.on("page", watch.follow)
    yield context.new_page(), watch
    context.close()


def renewed(tab):
    """The module's window as new: its size, its media and its pointer; what it must not do is read after each test."""
    page, watch = tab
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.mouse.move(0, 0)
    yield page
    console, away = watch.console[:], watch.away[:]
    watch.console.clear()
    watch.away.clear()
    assert not console, f"errors in the console: {console}"
    assert not away, f"requests to other machines: {away}"


tab = pytest.fixture(scope="module")(one_window)
page = pytest.fixture(renewed)


def made_map(layers: int = 2, heads: int = 3, query_len: int = 7, key_len: int = 7, seed: int = 0) -> AttentionMap:
    weights = np.random.default_rng(seed).dirichlet(np.full(key_len, 0.4), size=(layers, heads, query_len))
    if query_len == len(PEAKS):
        weights[..., np.arange(7), PEAKS] += 1.5
    weights /= weights.sum(-1, keepdims=True)
    words = tuple(f"w{i}" for i in range(max(query_len, key_len)))
    return AttentionMap(weights, words[:query_len], words[:key_len], "French word", "English word")


def made_view(layers: int = 2, heads: int = 3, seed: int = 0, **options) -> InspectorView:
    found = made_map(layers, heads, seed=seed)
    steps = tuple(
        Step(word, ((word, 0.8), ("peut-être", 0.1)), tuple((key, 1.25, 0.5, 0.25) for key in SOURCE.words), -0.22)
        for word in ANSWER.words
    )
    cross = Reading(
        found, "From French to English", summary=found.matrix(1 if layers > 1 else 0), summary_title="layer 2, mean",
        query=ANSWER, key=SOURCE, steps=steps, query_end=(6,), key_end=(6,), changed=(3,),
    )  # fmt: skip
    return InspectorView((cross,), meta="12 ms", caption="Each row is one French word.", **options)


def open_view(page, folder: Path, view: InspectorView, theme: str = "light dark"):
    path = folder / "saved.html"
    path.write_text(inspector_html(view, "A white house", theme), encoding="utf-8")
    page.goto(path.as_uri())
    page.locator(".inspector .line").first.wait_for()
    return page


def mount_page(folder: Path, script: str, style: str, data: dict, call: str) -> Path:
    """A page that calls the component as Streamlit does; `told` gathers what would go to Python."""
    names = {
        "export default function inspector": "function component",
        "export default function present": "function component",
    }
    for old, new in names.items():
        script = script.replace(old, new)
    embedded = json.dumps(data).replace("<", "\\u003c")
    path = folder / "mounted.html"
    path.write_text(
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>x</title><style>{style}</style><main></main>"
        f"<script type='module'>{script}\nwindow.told = [];\nconst root = document.querySelector('main');\n"
        "window.call = (data) => component({data, parentElement: root, setStateValue: (k, v) => told.push([k, v]),"
        f" setTriggerValue: (k, v) => told.push([k, v])}});\nwindow.data = {embedded};\n{call}</script></html>",
        encoding="utf-8",
    )
    return path


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def test_cells_say_the_weights_of_the_map(page, tmp_path):
    view = made_view()
    open_view(page, tmp_path, view)
    names = [cell.get_attribute("aria-label") for cell in page.get_by_role("gridcell").all()]
    shown = [float(name.rsplit(" ", 1)[1]) for name in names if name.startswith(ANSWER.words) and "looked at" in name]
    np.testing.assert_allclose(shown, view.readings[0].summary[:6, :6].ravel(), atol=0.0051)


def test_hidden_end_of_sentence_is_said_and_can_be_shown(page, tmp_path):
    view = made_view()
    open_view(page, tmp_path, view)
    hidden = view.readings[0].summary[:6, 6]
    assert f"at most {100 * hidden.max():.1f}\u00a0% (Je)" in page.locator(".caption").inner_text()
    asides = [cell.inner_text() for cell in page.locator(".row:not(.headrow) .aside").all()]
    assert asides == [f"+{share:.2f}".replace("0.", ".") if share >= 0.005 else "" for share in hidden]
    page.get_by_label("Show end of sentence").check()
    assert page.locator(".rowlabel").last.inner_text() == "end"
    assert page.locator(".aside").count() == 0


def test_arrow_keys_move_through_the_grid_and_choose_the_step(page, tmp_path):
    open_view(page, tmp_path, made_view(initial={"step": 0}))
    page.locator(".cell[tabindex='0']").focus()
    assert page.locator(".cell[tabindex='0']").count() == 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.locator(".steptitle").inner_text() == "vois"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("vois looked at see")
    assert page.locator(".answer .chosen").inner_text() == "vois"
    assert page.locator(".tip.shown").inner_text().split()[:3] == ["vois", "←", "see"]
    page.keyboard.press("Control+End")
    assert page.locator(".steptitle").inner_text() == "."


def test_scrubber_and_its_buttons_choose_the_step(page, tmp_path):
    open_view(page, tmp_path, made_view(initial={"step": 3}))
    slider = page.get_by_role("slider", name="Step")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".steptitle").inner_text() == "blanche"
    button(page, "Previous step").click()
    button(page, "Previous step").click()
    assert page.locator(".steptitle").inner_text() == "la"
    assert slider.get_attribute("aria-valuetext") == "la, 3 / 6"


def test_panel_shows_the_numbers_of_the_step(page, tmp_path):
    view = made_view(initial={"step": 4})
    open_view(page, tmp_path, view)
    panel = page.locator(".panel")
    row = view.readings[0].summary[4, :6]
    assert panel.locator(".attention .barname").first.inner_text() == SOURCE.words[int(row.argmax())]
    assert float(panel.locator(".attention .barvalue").first.inner_text()) == pytest.approx(row.max(), abs=0.0051)
    assert panel.locator(".neutral .barname").all_inner_texts() == ["blanche", "peut-être"]
    assert "80\u00a0%" in panel.inner_text()
    panel.locator("summary").click()
    assert panel.locator("table tbody tr").count() == 7
    assert panel.locator("table tbody tr").first.inner_text().split() == ["I", "1.25", "0.50", "0.25"]


def test_glow_behind_the_source_words_is_the_rows_weights(page, tmp_path):
    view = made_view(initial={"step": 4})
    open_view(page, tmp_path, view)
    for i, weight in enumerate(view.readings[0].summary[4, :6]):
        classes = page.locator(f".source [data-index='{i}']").get_attribute("class").split()
        found = [int(name[1:]) for name in classes if re.fullmatch(r"w\d+", name)]
        assert found == ([round(100 * float(weight))] if weight >= 0.04 else [])


def test_arcs_follow_the_keyboard(page, tmp_path):
    open_view(page, tmp_path, made_view())
    button(page, "Arcs").click()
    words = page.get_by_role("listbox", name="English word").get_by_role("option")
    words.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("white was looked at by ")
    assert "blanche" in page.evaluate("document.activeElement.getAttribute('aria-label')").split("by ")[1]
    assert page.locator(".arcs.dimmed .arc.lit").count() >= 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert page.locator(".steptitle").inner_text() == "Je"


def test_arcs_light_up_under_the_pointer(page, tmp_path):
    view = made_view()
    open_view(page, tmp_path, view)
    button(page, "Arcs").click()
    page.get_by_role("option").filter(has_text="house").hover()
    column = view.readings[0].summary[:6, 4]
    assert page.locator(".arcs.dimmed .arc.lit").count() == int((column >= 0.03).sum())


def test_one_head_can_be_enlarged_and_left_again(page, tmp_path):
    view = made_view()
    open_view(page, tmp_path, view)
    button(page, "All heads").click()
    assert page.locator(".thumb").count() == 6
    button(page, "Enlarge layer 2, head 3").press("Enter")
    name = page.locator(".cell").first.get_attribute("aria-label")
    assert float(name.rsplit(" ", 1)[1]) == pytest.approx(view.readings[0].map.weights[1, 2, 0, 0], abs=0.0051)
    assert page.get_by_label("Head").input_value() == "2"
    button(page, "Back to the summary").click()
    assert page.get_by_label("Layer").input_value() == "-1"


def test_one_layer_and_head_offer_no_heads(page, tmp_path):
    open_view(page, tmp_path, made_view(1, 1))
    assert [one.inner_text() for one in page.locator(".segmented button").all()] == ["Heatmap", "Arcs", "Table"]
    assert page.locator("select").count() == 0


def test_table_is_a_table_with_the_same_numbers(page, tmp_path):
    view = made_view()
    open_view(page, tmp_path, view)
    button(page, "Table").click()
    rows = page.locator("table.weights tbody tr").all()
    assert [row.locator("th").inner_text().split()[0] for row in rows] == list(ANSWER.words[:6])
    assert page.locator("table.weights thead th[scope=col]").count() == 8
    shown = [[float(cell) for cell in row.locator("td").all_inner_texts()] for row in rows]
    np.testing.assert_allclose(shown, view.readings[0].summary[:6], atol=0.0051)


@pytest.mark.parametrize("view_name", ["Heatmap", "Arcs", "All heads", "Table"])
def test_saved_svg_carries_words_and_numbers(page, tmp_path, view_name):
    view = made_view(initial={"step": 4})
    open_view(page, tmp_path, view)
    button(page, view_name).click()
    with page.expect_download() as waiting:
        button(page, "Save picture: SVG").click()
    waiting.value.save_as(tmp_path / "picture.svg")
    assert waiting.value.suggested_filename.startswith("attention-")
    tree = ET.parse(tmp_path / "picture.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    texts = [node.text for node in tree.iter(f"{space}text")]
    assert "blanche" in texts
    assert any(text.startswith("Each row is one French word.") for text in texts)
    assert tree.find(f"{space}rect").get("fill") == LIGHT.background
    assert "var(" not in (tmp_path / "picture.svg").read_text()
    summary = view.readings[0].summary
    if view_name == "Heatmap":
        titles = [node.text for node in tree.iter(f"{space}title")][1:]
        np.testing.assert_allclose([float(t.rsplit(" ", 1)[1]) for t in titles], summary[:6, :6].ravel(), atol=0.00051)
    if view_name == "Table":
        numbers = [float(text) for text in texts if re.fullmatch(r"\d\.\d\d", text or "")]
        np.testing.assert_allclose(numbers, summary[:6, :6].ravel(), atol=0.0051)


def test_saved_png_is_twice_the_size_of_the_drawing(page, tmp_path):
    open_view(page, tmp_path, made_view(file_stem="en-fr"))
    sizes = {}
    for kind in ("PNG", "SVG"):
        with page.expect_download() as waiting:
            button(page, f"Save picture: {kind}").click()
        waiting.value.save_as(tmp_path / f"picture.{kind}")
        assert waiting.value.suggested_filename == f"en-fr-heatmap.{kind.lower()}"
    header = (tmp_path / "picture.PNG").read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    sizes = [int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")]
    drawn = ET.parse(tmp_path / "picture.SVG").getroot()
    assert sizes == [2 * int(drawn.get("width")), 2 * int(drawn.get("height"))]


def stop_the_clock(page) -> None:
    """From here on time passes only by `page.clock.run_for(ms)`, however slow the machine."""
    page.emulate_media(reduced_motion="no-preference")
    page.clock.install(time=0)
    page.clock.pause_at(1000)


def test_words_come_one_by_one_and_can_be_skipped(open_window, tmp_path):
    page = open_window()
    stop_the_clock(page)
    open_view(page, tmp_path, made_view(initial={"step": 4}))
    unborn = page.locator(".answer .unborn")
    assert unborn.count() == page.locator(".row.unborn").count() == 6
    page.clock.run_for(350)
    assert 3 <= unborn.count() <= 4
    assert page.locator(".row.unborn").count() == unborn.count()
    button(page, "Skip").click()
    assert page.locator(".unborn").count() == 0
    assert page.locator(".steptitle").inner_text() == "blanche"
    button(page, "Replay").click()
    assert unborn.count() == 6
    page.clock.run_for(2500)
    assert page.locator(".unborn").count() == 0
    assert button(page, "Replay").is_visible()


def test_reduced_motion_shows_all_at_once(page, tmp_path):
    open_view(page, tmp_path, made_view())
    assert page.locator(".unborn").count() == 0
    assert button(page, "Replay").is_visible()


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_numbers_can_be_read_on_every_colour(open_window, tmp_path, palette):
    page = open_view(open_window(scheme="light" if palette is LIGHT else "dark"), tmp_path, made_view())
    levels = page.evaluate(
        "[...Array(101).keys()].map((i) => { const s = document.createElement('i'); s.className = `w${i}`;"
        " document.querySelector('.inspector').append(s); const c = getComputedStyle(s);"
        " return [c.getPropertyValue('--w-bg'), c.getPropertyValue('--w-fg')]; })"
    )
    assert min(contrast(colour, ink) for colour, ink in levels) >= 4.5
    assert levels[100][0] == palette.sequential[-1]


def test_colours_follow_the_system_at_once(page, tmp_path):
    open_view(page, tmp_path, made_view())
    cell = page.locator(".cell").first
    before = cell.evaluate("(node) => getComputedStyle(node).backgroundColor")
    page.emulate_media(color_scheme="dark")
    expect(cell).not_to_have_css("background-color", before)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_nothing_bars_the_way_of_assistive_tools(open_window, accessible, tmp_path, width, scheme):
    page = open_view(open_window(width=width, scheme=scheme), tmp_path, made_view())
    for name in ("Heatmap", "Arcs", "All heads", "Table"):
        button(page, name).click()
        if page.locator("details:not([open])").count():
            page.locator("details").evaluate("(fold) => (fold.open = true)")
        accessible(page)


@pytest.mark.parametrize("words", [7, 60])
def test_the_page_never_scrolls_sideways(open_window, tmp_path, words):
    found = made_map(1, 1, query_len=words, key_len=words)
    view = InspectorView((Reading(found, "Cross"),))
    page = open_view(open_window(width=390, height=844), tmp_path, view)
    for name in ("Heatmap", "Arcs", "Table"):
        button(page, name).click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    button(page, "Heatmap").click()
    assert page.locator(".cell").first.bounding_box()["width"] >= 24  # a column of 26 px less the gap
    if words == 60:
        page.locator(".scroller").evaluate("(node) => node.scrollTo(600, 600)")
        frame = page.locator(".scroller").bounding_box()
        assert page.locator(".rowlabel").nth(40).bounding_box()["x"] == pytest.approx(frame["x"], abs=2)
        assert page.locator(".headrow").bounding_box()["y"] == pytest.approx(frame["y"], abs=3)


def test_words_are_text_never_markup(page, tmp_path):
    found = made_map(1, 1, 2, 2).relabelled((HARMFUL, "b"), ("c", HARMFUL))
    step = Step(HARMFUL, ((HARMFUL, 0.5),), ((HARMFUL, 1, 0.5, 0.5),))
    view = InspectorView((Reading(found, HARMFUL, steps=(step, step)),), meta=HARMFUL, caption=HARMFUL)
    open_view(page, tmp_path, view)
    for name in ("Heatmap", "Arcs", "Table"):
        button(page, name).click()
        assert HARMFUL in page.locator(".picture").text_content()
    assert page.evaluate("window.harmed === undefined && document.querySelectorAll('img').length === 0")


def test_wrong_state_does_no_harm(page, tmp_path):
    wrong = {"step": 99, "view": "cube", "map": "nothing", "layer": 7, "head": "x", "end": "yes", "pieces": True}
    open_view(page, tmp_path, made_view(initial=wrong))
    assert page.get_by_role("grid").is_visible()
    assert page.locator(".steptitle").inner_text() == "blanche"


def test_pieces_are_a_switch_away_and_keep_the_place(page, tmp_path):
    pieces = Sentence(
        ("Je", "voi", "s", "la", "mais", "on", "blan", "che", ".", "</s>"),
        ("", " ", "", " ", " ", "", " ", "", "", ""),
        "fr",
    )
    words = made_view().readings[0]
    fine = Reading(
        made_map(2, 3, 10, 7),
        "Pieces",
        "pieces",
        query=pieces,
        key=SOURCE,
        query_end=(9,),
        key_end=(6,),
        pieces_of="cross",
    )
    open_view(page, tmp_path, InspectorView((words, fine), initial={"step": 4}))
    page.get_by_label("Word pieces").check()
    assert page.locator(".steptitle").inner_text() == "blan"
    page.get_by_label("Word pieces").uncheck()
    assert page.locator(".steptitle").inner_text() == "blanche"


def test_component_reports_late_and_only_what_changed(open_window, tmp_path):
    page = open_window()
    stop_the_clock(page)
    data = {"view": made_view(initial={"step": 0}).payload(), "height": None}
    page.goto(mount_page(tmp_path, inspector_script(), inspector_style(), data, "call(data);").as_uri())
    for _ in range(3):
        button(page, "Next step").click()
    page.clock.run_for(140)
    assert page.evaluate("told") == []
    page.clock.run_for(20)
    assert page.evaluate("told") == [["step", 3]]
    button(page, "Arcs").click()
    page.clock.run_for(160)
    assert page.evaluate("told")[1:] == [["view", "arcs"]]


def test_new_numbers_keep_step_and_view_and_a_new_answer_plays(open_window, tmp_path):
    page = open_window()
    stop_the_clock(page)
    first, second = made_view(seed=1, id="same"), made_view(seed=2, id="same")
    data = {"view": first.payload(), "height": None}
    page.goto(mount_page(tmp_path, inspector_script(), inspector_style(), data, "call(data);").as_uri())
    button(page, "Skip").click()
    button(page, "Table").click()
    button(page, "Previous step").click()
    kept = page.locator(".steptitle").inner_text()
    node = page.locator(".inspector").element_handle()
    page.evaluate("(view) => call({view, height: null})", second.payload())
    assert page.locator(".steptitle").inner_text() == kept == "maison"
    assert node.evaluate("(node) => node.isConnected")
    assert button(page, "Replay").is_visible()
    shown = float(page.locator("table.weights tbody td").first.inner_text())
    assert shown == pytest.approx(second.readings[0].summary[0, 0], abs=0.0051)
    page.evaluate("(view) => call({view, height: null})", made_view(seed=2, id="other").payload())
    assert button(page, "Skip").is_visible()


def test_a_restored_state_is_taken_over_and_told(open_window, tmp_path):
    page = open_window()
    stop_the_clock(page)
    data = {"view": made_view(id="same").payload(), "height": None}
    page.goto(mount_page(tmp_path, inspector_script(), inspector_style(), data, "call(data);").as_uri())
    restored = made_view(id="same", initial={"step": 1, "view": "table", "end": True}, restore="file 1")
    page.evaluate("(view) => call({view, height: null})", restored.payload())
    assert page.locator(".steptitle").inner_text() == "vois"
    assert page.locator("table.weights tbody tr").count() == 7
    page.clock.run_for(160)
    told = dict(page.evaluate("told"))
    assert told == {"step": 1, "view": "table", "map": "cross", "layer": -1, "head": -1, "end": True, "pieces": False}


def test_words_of_both_lines_show_their_ties_under_the_pointer(page, tmp_path):
    view = made_view(initial={"step": 0})
    open_view(page, tmp_path, view)
    page.locator(".answer .word", has_text="blanche").hover()
    assert page.locator(".answer .chosen").inner_text() == "blanche"
    page.locator(".source .word", has_text="white").hover()
    column = view.readings[0].summary[:6, 3]
    assert page.locator(".answer .word[class*=' w']").count() == int((column >= 0.04).sum())
    page.mouse.move(0, 0)
    assert page.locator(".answer .chosen").inner_text() == "Je"


def test_stage_moves_by_keys_and_leaves_by_escape(open_window, tmp_path, accessible):
    page = open_window()
    scenes = [
        made_view(heading="Colours follow", comment="A comment."),
        made_view(seed=3, heading="The second", initial={"view": "arcs"}),
    ]
    data = {"scenes": [scene.payload() for scene in scenes]}
    page.goto(mount_page(tmp_path, present_script(), present_style(), data, "call(data);").as_uri())
    stage = page.locator(".present")
    stage.wait_for()
    assert stage.locator(".answer .word:not(.unborn)").count() == 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    assert stage.locator(".answer .word:not(.unborn)").all_inner_texts() == ["Je", "vois", "la"]
    page.keyboard.press("ArrowUp")
    assert stage.locator(".answer .chosen").inner_text() == "vois"
    accessible(page)
    page.keyboard.press("End")
    assert stage.locator(".heading").inner_text() == "The second"
    assert stage.locator(".arcs").is_visible()
    page.keyboard.press("ArrowLeft")
    assert stage.locator(".heading").inner_text() == "Colours follow"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    if stage.count():  # the first Escape may only end the full screen
        page.keyboard.press("Escape")
    stage.wait_for(state="detached")
    assert ["leave", True] in page.evaluate("told")


def test_stage_moves_by_touch(open_window, tmp_path):
    page = open_window(844, 390, has_touch=True)
    data = {"scenes": [made_view(heading="One").payload(), made_view(heading="Two").payload()]}
    page.goto(mount_page(tmp_path, present_script(), present_style(), data, "call(data);").as_uri())
    page.locator(".present").wait_for()
    page.touchscreen.tap(700, 200)
    assert page.locator(".answer .chosen").inner_text() == "vois"
    page.touchscreen.tap(100, 200)
    assert page.locator(".answer .chosen").inner_text() == "Je"
