"""The attention inspector with lists for rows and columns, in a real browser: emotions over words, books over books."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from attention.attention_map import AttentionMap
from attention.ui.inspector import Entry, InspectorView, Listing, Reading, Sentence, Step, inspector_html
from attention.ui.inspector.assets import inspector_script, inspector_style, present_script, present_style
from tests.browser.test_inspector import HARMFUL, button, mount_page, one_window, renewed, stop_the_clock

pytestmark = pytest.mark.browser
tab = pytest.fixture(scope="module")(one_window)
page = pytest.fixture(renewed)

WORDS = Sentence(("What", "a", "lovely", "day", "!"), ("", " ", " ", " ", ""), "en")
EMOTIONS = ("joy", "love", "surprise", "relief", "anger", "fear", "grief")
SHARES = (0.72, 0.41, 0.3, 0.052, 0.02, 0.004, 0.00001)
TITLE = "The Hitchhiker's Guide to the Galaxy (Hitchhiker's Guide to the Galaxy, volume {})"


def made_map(rows: int, columns: int, row: str, column: str, seed: int = 0) -> AttentionMap:
    weights = np.random.default_rng(seed).dirichlet(np.full(columns, 0.3), size=(1, 2, rows))
    labels = [tuple(f"{name}{i}" for i in range(count)) for name, count in (("r", rows), ("c", columns))]
    return AttentionMap(weights, *labels, row, column)


def emotion_view(key: Sentence = WORDS, seed: int = 0, deepest: float = 1.0, **options) -> InspectorView:
    found = made_map(len(EMOTIONS), len(key.words), "emotion", "word", seed)
    entries = tuple(Entry(name, share=s, mark=0.35, strong=s > 0.35) for name, s in zip(EMOTIONS, SHARES, strict=True))
    reading = Reading(
        found, "Emotions", "emotions", query=Listing(entries, first=4, title="Emotions"), key=key, deepest=deepest,
        steps=tuple(Step(name, table=(("lovely", 1.25, 0.5, 0.25),)) for name in EMOTIONS),
    )  # fmt: skip
    return InspectorView((reading,), meta="12 ms", caption="Each row is one emotion.", **options)


def book_view(**options) -> InspectorView:
    read = Listing(tuple(Entry(TITLE.format(i), "Douglas Adams") for i in range(5)), lang="en", title="You have read")
    entries = tuple(Entry(TITLE.format(10 + i), "Eoin Colfer", share=0.04 - 0.01 * i) for i in range(3))
    reading = Reading(made_map(3, 5, "book", "book read"), "Books", query=Listing(entries, full=0.05), key=read)
    return InspectorView((reading,), caption="Each row is one book.", **options)


def open_lists(page, folder: Path, view: InspectorView):
    path = folder / "saved.html"
    path.write_text(inspector_html(view, "A lovely day"), encoding="utf-8")
    page.goto(path.as_uri())
    page.locator(".inspector .listing").first.wait_for()
    return page


def glow_of(nodes) -> list[int | None]:
    """The level of the colour ramp of each node, 0 to 100; None where it has no glow."""
    found = [re.search(r"\bw(\d+)\b", node.get_attribute("class")) for node in nodes.all()]
    return [None if one is None else int(one.group(1)) for one in found]


def expected_glow(weights: np.ndarray, deepest: float = 1.0) -> list[int | None]:
    return [round(100 * min(1, float(w) / deepest)) if w >= 0.04 * deepest else None for w in weights]


def mean_of(view: InspectorView) -> np.ndarray:
    return view.readings[0].map.matrix()


def chosen(page):
    return page.get_by_role("option", selected=True).locator(".entrytext")


def test_a_click_chooses_and_lights_the_words_by_their_weights(page, tmp_path):
    view = emotion_view()
    open_lists(page, tmp_path, view)
    expect(chosen(page)).to_have_text("joy")
    assert glow_of(page.locator(".source .word")) == expected_glow(mean_of(view)[0])
    page.get_by_role("option", name="surprise").click()
    expect(chosen(page)).to_have_text("surprise")
    assert glow_of(page.locator(".source .word")) == expected_glow(mean_of(view)[2])
    expect(page.locator(".steptitle")).to_have_text("surprise")
    expect(page.locator(".row.chosen .rowlabel")).to_have_text("surprise")
    strongest = int(mean_of(view)[2].argmax())
    expect(page.locator(".attention .barname").first).to_have_text(WORDS.words[strongest])


def test_keys_choose_within_the_list(page, tmp_path):
    open_lists(page, tmp_path, emotion_view())
    listbox = page.get_by_role("listbox", name="Emotions")
    assert listbox.locator("[tabindex='0']").count() == 1
    page.get_by_role("option", name="joy").focus()
    for key, name in (
        ("ArrowDown", "love"), ("End", "relief"), ("ArrowDown", "relief"), ("Home", "joy"), ("ArrowUp", "joy"),
        ("s", "surprise"), ("ArrowUp", "love"), ("Enter", "love"),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(chosen(page)).to_have_text(name)
        assert page.evaluate("document.activeElement.querySelector('.entrytext').textContent") == name
    assert listbox.locator("[tabindex='0']").count() == 1


def test_the_pointer_moves_the_light_and_not_the_choice(page, tmp_path):
    view = emotion_view()
    open_lists(page, tmp_path, view)
    page.get_by_role("option", name="relief").hover()
    assert glow_of(page.locator(".source .word")) == expected_glow(mean_of(view)[3])
    expect(chosen(page)).to_have_text("joy")
    page.locator(".source .word").nth(2).hover()
    assert glow_of(page.locator(".entry")) == expected_glow(mean_of(view)[:4, 2])
    page.mouse.move(0, 0)
    assert glow_of(page.locator(".source .word")) == expected_glow(mean_of(view)[0])
    assert glow_of(page.locator(".entry")) == [None] * 4


def test_bars_say_the_shares_and_thresholds(page, tmp_path):
    open_lists(page, tmp_path, emotion_view())
    button(page, "Show all 7").click()
    said = [one.text_content().replace("\u00a0", " ") for one in page.locator(".entryshare").all()]
    shares = ("72 %", "41 %", "30 %", "5.2 %", "2.0 %", "0.40 %", "<0.01 %")
    assert said == [f"{share} threshold 35 %" for share in shares]
    bars = page.locator(".entrybar").evaluate_all(
        "(bars) => bars.map((bar) => [...bar.children].map((one) =>"
        " [one.getBoundingClientRect().left - bar.getBoundingClientRect().left, one.offsetWidth, bar.offsetWidth]))"
    )
    for share, ((_, filled, room), (tick, wide, _)) in zip(SHARES, bars, strict=True):
        assert filled == pytest.approx(max(share * room, 1), abs=1)
        assert tick + wide / 2 == pytest.approx(0.35 * room, abs=1)
    weights = page.locator(".entrytext").evaluate_all(
        "(all) => all.map((one) => Number(getComputedStyle(one).fontWeight))"
    )
    assert [weight >= 600 for weight in weights] == [share > 0.35 for share in SHARES]


def test_full_stretches_bars_and_not_numbers(page, tmp_path):
    open_lists(page, tmp_path, book_view())
    first = page.locator(".choices-list .entry").first
    assert first.locator(".entryshare").inner_text().replace("\u00a0", " ") == "4.0 %"
    filled, room = first.locator(".entryfill").evaluate("(one) => [one.offsetWidth, one.parentElement.offsetWidth]")
    assert filled == pytest.approx(0.8 * room, abs=1)


def test_books_read_glow_and_show_who_looked_at_them(page, tmp_path):
    view = book_view()
    open_lists(page, tmp_path, view)
    read, offered = page.locator(".keys-list .entry"), page.locator(".choices-list .entry")
    offered.nth(1).click()
    assert glow_of(read) == expected_glow(mean_of(view)[1])
    said = ["" if weight < 0.04 else f"{weight:.2f}" for weight in mean_of(view)[1]]
    assert page.locator(".keys-list .entryweight").all_inner_texts() == said
    read.nth(3).hover()
    assert glow_of(offered) == expected_glow(mean_of(view)[:, 3])
    expect(offered.nth(1)).to_have_attribute("aria-selected", "true")


def test_a_tap_on_a_key_shows_who_looked_at_it(open_window, tmp_path):
    view = book_view()
    page = open_lists(open_window(width=390, height=844, has_touch=True), tmp_path, view)
    page.locator(".keys-list .entry").nth(3).tap()
    assert glow_of(page.locator(".choices-list .entry")) == expected_glow(mean_of(view)[:, 3])
    page.locator(".keys-list .entry").nth(3).tap()
    assert glow_of(page.locator(".choices-list .entry")) == [None] * 3


def test_the_first_are_shown_and_the_chosen_one_wherever_it_stands(page, tmp_path):
    view = emotion_view(initial={"step": 5})
    open_lists(page, tmp_path, view)
    assert page.locator(".entrytext").all_inner_texts() == [*EMOTIONS[:4], "fear"]
    assert page.locator(".rowlabel").all_inner_texts() == [*EMOTIONS[:4], "fear"]
    assert glow_of(page.locator(".source .word")) == expected_glow(mean_of(view)[5])
    button(page, "Show all 7").press("Enter")
    assert page.locator(".entrytext").all_inner_texts() == list(EMOTIONS)
    assert page.locator(".rowlabel").all_inner_texts() == list(EMOTIONS)
    expect(button(page, "Show fewer")).to_be_focused()
    expect(button(page, "Show fewer")).to_have_attribute("aria-expanded", "true")


def test_reruns_keep_the_choice_the_opened_list_and_the_focus(open_window, tmp_path):
    page = open_window()
    stop_the_clock(page)
    data = {"view": emotion_view().payload(), "height": None}
    page.goto(mount_page(tmp_path, inspector_script(), inspector_style(), data, "call(data);").as_uri())
    button(page, "Show all 7").click()
    page.get_by_role("option", name="joy").focus()
    page.keyboard.press("End")
    page.clock.run_for(160)
    assert ["step", 6] in page.evaluate("told")
    second = emotion_view(seed=2, initial={"step": 6})
    page.evaluate("(view) => call({view, height: null})", second.payload())
    expect(chosen(page)).to_have_text("grief")
    assert page.locator(".entry").count() == 7
    assert page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"
    assert glow_of(page.locator(".source .word")) == expected_glow(mean_of(second)[6])


def test_nothing_speaks_of_writing_where_nothing_is_written(open_window, tmp_path):
    page = open_window()
    stop_the_clock(page)
    open_lists(page, tmp_path, emotion_view())
    assert page.locator(".unborn").count() == 0
    shown = page.locator(".inspector").inner_text()
    for word in ("Replay", "Skip", "Step ", "end of sentence", "write", "came next to mind", "probability of"):
        assert word not in shown
    assert page.get_by_role("slider").count() == 0
    assert "looked most at" in page.locator(".panel").inner_text()
    page.locator("summary").click()
    assert page.locator("table.how tbody tr").inner_text().split() == ["lovely", "1.25", "0.50", "0.25"]


def test_words_replace_those_of_the_panel(page, tmp_path):
    view = emotion_view(text={"step_of": "{query} is {step} of {steps}: it saw", "show_all": "All {n} emotions"})
    open_lists(page, tmp_path, view)
    assert "joy is 1 of 4: it saw" in page.locator(".panel").inner_text()
    assert button(page, "All 7 emotions").is_visible()


@pytest.mark.parametrize("make", [emotion_view, book_view])
def test_the_table_and_the_grid_show_the_numbers_of_the_map(page, tmp_path, make):
    view = make()
    open_lists(page, tmp_path, view)
    rows = page.locator(".choices-list .entry").count()
    cells = [float(one.get_attribute("aria-label").rsplit(" ", 1)[1]) for one in page.get_by_role("gridcell").all()]
    np.testing.assert_allclose(cells, mean_of(view)[:rows].ravel(), atol=0.0051)
    button(page, "Table").click()
    shown = [
        [float(cell) for cell in row.locator("td").all_inner_texts()] for row in page.locator(".weights tbody tr").all()
    ]
    np.testing.assert_allclose(shown, mean_of(view)[:rows], atol=0.0051)
    heads = page.locator("table.weights thead th[scope=col]").all_inner_texts()[1:]
    assert heads == list(view.readings[0].key.words)


def test_deepest_stretches_the_colours_and_says_so(page, tmp_path):
    view = emotion_view(deepest=0.4)
    open_lists(page, tmp_path, view)
    assert glow_of(page.locator(".source .word")) == expected_glow(mean_of(view)[0], 0.4)
    cells = page.locator(".row:not(.headrow) .cell")
    levels = [round(100 * min(1, float(weight) / 0.4)) for weight in mean_of(view)[:4].ravel()]
    np.testing.assert_allclose(glow_of(cells), levels, atol=1)
    first = float(cells.first.get_attribute("aria-label").rsplit(" ", 1)[1])
    assert first == pytest.approx(mean_of(view)[0, 0], abs=0.0051)
    assert "The deepest colour stands for a weight of 0.40." in page.locator(".caption").inner_text()


@pytest.mark.parametrize("make", [emotion_view, book_view])
def test_a_phone_shows_keys_then_list_then_picture_without_scrolling_sideways(open_window, tmp_path, make):
    page = open_lists(open_window(width=390, height=844), tmp_path, make())
    tops = [page.locator(place).bounding_box()["y"] for place in (".lines", ".choices-list", ".picture", ".panel")]
    assert tops == sorted(tops)
    for name in ("Heatmap", "Arcs", "All heads", "Table"):
        button(page, name).click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_wide_the_list_stands_beside_the_keys(page, tmp_path):
    open_lists(page, tmp_path, emotion_view())
    keys, listed = (page.locator(place).bounding_box() for place in (".lines", ".choices-list"))
    assert listed["x"] > keys["x"] + keys["width"]
    assert 1.2 < keys["width"] / listed["width"] < 1.7
    page.set_viewport_size({"width": 500, "height": 900})
    expect(page.locator(".inspector.beside")).to_have_count(0)
    assert page.locator(".choices-list").bounding_box()["y"] > page.locator(".lines").bounding_box()["y"]


def test_long_titles_wrap_in_lists_and_are_cut_in_pictures(page, tmp_path):
    open_lists(page, tmp_path, book_view())
    whole = TITLE.format(0)
    entry = page.locator(".keys-list .entrytext").first
    assert entry.inner_text() == whole
    assert page.evaluate(
        "[...document.querySelectorAll('.entryname')].every((one) => one.scrollWidth <= one.clientWidth)"
    )
    for place in (".collabel", ".rowlabel"):
        node = page.locator(place).first
        assert node.get_attribute("title") in (whole, TITLE.format(10))
        assert node.locator("span").evaluate("(one) => one.scrollWidth > one.clientWidth")
    assert page.locator(".barname").first.get_attribute("title").startswith("The Hitchhiker")
    button(page, "Arcs").click()
    assert page.locator(".arcword text").first.text_content().endswith("…")
    assert page.locator(".arcword title").first.text_content() == whole


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
@pytest.mark.parametrize("make", [emotion_view, book_view])
def test_nothing_bars_the_way_of_assistive_tools(open_window, accessible, tmp_path, make, width, scheme):
    page = open_lists(open_window(width=width, scheme=scheme), tmp_path, make())
    accessible(page)
    button(page, "Table").click()
    page.locator(".keys-list .entry, .source .word").nth(2).hover()
    accessible(page)


@pytest.mark.parametrize("view_name", ["Heatmap", "Arcs", "All heads", "Table"])
def test_saved_svg_carries_entries_and_numbers(page, tmp_path, view_name):
    view = emotion_view()
    open_lists(page, tmp_path, view)
    button(page, view_name).click()
    with page.expect_download() as waiting:
        button(page, "Save picture: SVG").click()
    waiting.value.save_as(tmp_path / "picture.svg")
    space = "{http://www.w3.org/2000/svg}"
    tree = ET.parse(tmp_path / "picture.svg").getroot()
    texts = [node.text for node in tree.iter(f"{space}text")]
    assert {"Emotions", *EMOTIONS[:4], *WORDS.words} <= set(texts)
    assert {"72\u00a0%", "41\u00a0%", "30\u00a0%", "5.2\u00a0%"} <= set(texts)
    if view_name == "Heatmap":
        titles = [node.text for node in tree.iter(f"{space}title")][1:]
        found = [float(title.rsplit(" ", 1)[1]) for title in titles]
        np.testing.assert_allclose(found, mean_of(view)[:4].ravel(), atol=0.00051)
    if view_name == "Table":
        numbers = [float(text) for text in texts if re.fullmatch(r"\d\.\d\d", text or "")]
        np.testing.assert_allclose(numbers, mean_of(view)[:4].ravel(), atol=0.0051)


def long_text(words: int) -> Sentence:
    before = tuple("" if i == 0 else "\n\n" if i % 100 == 0 else " " for i in range(words))
    return Sentence(tuple(f"word{i}" for i in range(words)), before, "en")


def test_a_long_text_keeps_its_lines_and_its_map_holds_only_what_is_seen(page, tmp_path):
    view = emotion_view(long_text(800), deepest=0.2)
    open_lists(page, tmp_path, view)
    start, last, next_line = (page.locator(".source .word").nth(i).bounding_box() for i in (0, 99, 100))
    assert next_line["x"] == pytest.approx(start["x"], abs=1)
    assert next_line["y"] > last["y"] + 1.5 * last["height"]
    assert page.locator(".cell").count() < 800
    page.locator(".cell[tabindex='0']").focus()
    page.keyboard.press("End")
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert name.startswith("joy looked at word799: ")
    assert float(name.rsplit(" ", 1)[1]) == pytest.approx(mean_of(view)[0, 799], abs=0.0051)
    assert page.locator(".cell").count() < 800
    label = page.locator(".collabel", has_text="word799").bounding_box()
    cell = page.locator(".cell:focus").bounding_box()
    assert label["x"] == pytest.approx(cell["x"], abs=2)
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("joy looked at word0: ")
    places = page.locator(".row:nth-child(2) .cell").evaluate_all("(all) => all.map((one) => Number(one.dataset.col))")
    assert places == sorted(places)
    button(page, "Arcs").click()
    assert page.locator(".arcword").count() == 40 + 4
    assert "Only the 40 most looked at" in page.locator(".caption").inner_text()


def test_a_choice_scrolls_its_strongest_word_into_the_map(page, tmp_path):
    view = emotion_view(long_text(800))
    open_lists(page, tmp_path, view)
    for row in (1, 2):
        page.get_by_role("option", name=EMOTIONS[row]).click()
        column = int(mean_of(view)[row].argmax())
        frame = page.locator(".scroller").bounding_box()
        cell = page.locator(f".row.chosen [data-col='{column}']").bounding_box()
        assert frame["x"] <= cell["x"] <= frame["x"] + frame["width"]


def test_long_notes_stand_below_and_changed_entries_are_marked(page, tmp_path):
    listing = Listing(
        (Entry("Emma", "Jane Austen, because you read Pride and Prejudice", 0.5), Entry("Dune", share=0.2))
    )
    reading = Reading(made_map(2, 2, "x", "y"), "Books", query=listing, changed=(1,))
    open_lists(page, tmp_path, InspectorView((reading,)))
    entry = page.locator(".entry").first
    title, note = (entry.locator(place).bounding_box() for place in (".entrytext", ".entrynote"))
    assert note["y"] >= title["y"] + 0.8 * title["height"]
    assert page.locator(".entry.changed .entrytext").all_inner_texts() == ["Dune"]
    assert "dotted line" in page.locator(".caption").inner_text()


def test_entries_are_text_never_markup(page, tmp_path):
    listing = Listing((Entry(HARMFUL, HARMFUL, share=0.5), Entry("b", share=0.1)), first=1, title=HARMFUL)
    key = Listing((Entry(HARMFUL, HARMFUL), Entry("c")), title=HARMFUL)
    reading = Reading(made_map(2, 2, "x", "y"), HARMFUL, query=listing, key=key)
    open_lists(page, tmp_path, InspectorView((reading,)))
    assert page.locator(".entrytext").first.text_content() == HARMFUL
    for name in ("Arcs", "Table", "Heatmap"):
        button(page, name).click()
    assert page.evaluate("window.harmed === undefined && document.querySelectorAll('img').length === 0")


@pytest.mark.parametrize("make", [emotion_view, book_view])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_stage_shows_the_list_whole_and_moves_its_choice(open_window, accessible, tmp_path, make, width, height):
    view = make(heading="Look")
    page = open_window(width=width, height=height)
    data = {"scenes": [view.payload()]}
    page.goto(mount_page(tmp_path, present_script(), present_style(), data, "call(data);").as_uri())
    stage = page.locator(".present")
    stage.wait_for()
    page.keyboard.press("ArrowDown")
    expect(stage.locator(".choices-list .entry.chosen")).to_have_attribute("data-index", "1")
    keys = stage.locator(".source .word, .keys-list .entry")
    assert glow_of(keys) == expected_glow(mean_of(view)[1])
    assert stage.locator(".unborn").count() == 0
    boxes = [one.bounding_box() for one in stage.locator(".entry, .comment").all()]
    assert all(box["y"] + box["height"] <= height + 1 and box["x"] + box["width"] <= width + 1 for box in boxes)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    accessible(page)
