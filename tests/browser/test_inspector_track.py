"""The attention inspector over a sound, in a real browser: letters, waveform, spectrogram and time."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from playwright.sync_api import expect

from attention.ui.inspector.assets import inspector_script, inspector_style, present_script, present_style
from tests.browser.test_inspector import HARMFUL, button, mount_page, open_view, stop_the_clock
from tests.ui.test_inspector_track import LETTERS, made_map, made_track, made_view

pytestmark = pytest.mark.browser

MATRIX = made_map().matrix()
PEAKS = (3, 5, 5, 10, 14, 17)  # columns of 0.04 s; the second and third letter share one
REACHED = (0.14, 0.21, 0.23, 0.42, 0.58, 0.70)  # seconds: the middle of the peak, or of its share of a shared column


def bar_time(page) -> float:
    """The seconds at which the bar stands in the picture."""
    return page.locator(".trackbar").evaluate(
        "(bar) => 0.8 * (bar.getBoundingClientRect().left + 0.75 - bar.parentElement.getBoundingClientRect().left)"
        " / bar.parentElement.offsetWidth"
    )


def chosen(page):
    return page.get_by_role("option", selected=True)


def point(page, place: str, time: float) -> tuple[float, float]:
    """Where a time lies in the sound or, at half its height, in a letter's row."""
    plot = page.locator(".trackpath").bounding_box()
    row = page.locator(place).bounding_box()
    return plot["x"] + plot["width"] * time / 0.8, row["y"] + row["height"] / 2


def test_time_moves_the_bar_and_letters_come_when_they_are_reached(page, tmp_path):
    stop_the_clock(page)
    data = {"view": made_view(sound=False).payload(), "height": None}
    page.goto(mount_page(tmp_path, inspector_script(), inspector_style(), data, "call(data);").as_uri())
    unborn, letters = page.locator(".answer .unborn"), page.locator(".trackletter:not(.unborn)")
    expect(unborn).to_have_count(6)  # a new answer: it listens once
    page.clock.run_for(900)
    expect(unborn).to_have_count(0)
    assert page.evaluate("told") == []
    button(page, "Play").click()
    expect(letters).to_have_count(0)
    for time in (0.1, 0.16, 0.22, 0.36, 0.5, 0.64):
        page.clock.run_for(round(1000 * (time - bar_time(page))))
        now = bar_time(page)
        assert now == pytest.approx(time, abs=0.04)
        reached = sum(one <= now for one in REACHED)
        assert (letters.count(), unborn.count()) == (reached, 6 - reached)
        if reached:
            assert chosen(page).get_attribute("data-row") == str(reached - 1)
            expect(page.locator(".answer .word.chosen")).to_have_text(LETTERS.words[reached - 1])
    page.keyboard.press(" ")  # on the button: pauses, and everything is there again
    button(page, "Play").wait_for()
    expect(unborn).to_have_count(0)
    page.clock.run_for(200)
    assert bar_time(page) == pytest.approx(now, abs=0.04)
    assert page.evaluate("told") == [["step", 4]]
    page.evaluate("(view) => call({view, height: null})", made_view(sound=False, initial={"step": 4}).payload())
    assert bar_time(page) == pytest.approx(now, abs=0.04)  # a rerun moves nothing
    page.get_by_role("option", selected=True).press(" ")
    expect(button(page, "Pause")).to_be_visible()
    page.keyboard.press("Escape")
    expect(button(page, "Play")).to_be_visible()


def test_a_sound_is_heard_to_its_end_and_keys_and_pointer_choose(page, tmp_path):
    open_view(page, tmp_path, made_view(initial={"step": 2}))
    assert bar_time(page) == pytest.approx(REACHED[2], abs=0.01)
    button(page, "Play").click()
    page.locator(".trackletter.chosen[data-row='5']").wait_for()
    button(page, "Play").wait_for()  # again: the sound has ended
    assert bar_time(page) == pytest.approx(0.8, abs=0.01)
    expect(page.locator(".tracknote")).to_have_text("")
    page.get_by_role("slider", name="Time in the sound").focus()
    for key, row in (("Home", 0), ("ArrowRight", 1), ("ArrowDown", 2), ("End", 5), ("ArrowLeft", 4), ("ArrowUp", 3)):
        page.keyboard.press(key)
        expect(chosen(page)).to_have_attribute("data-row", str(row))
        assert bar_time(page) == pytest.approx(REACHED[row], abs=0.01)
    for time, row in ((0.3, 2), (0.65, 4), (0.05, 0)):
        page.mouse.click(*point(page, ".tracksound", time))
        assert bar_time(page) == pytest.approx(time, abs=0.01)
        expect(chosen(page)).to_have_attribute("data-row", str(row))
    page.mouse.down()
    page.mouse.move(*point(page, ".tracksound", 0.6))
    page.mouse.up()
    expect(chosen(page)).to_have_attribute("data-row", "4")
    page.locator(".answer .word").nth(1).click()
    assert bar_time(page) == pytest.approx(REACHED[1], abs=0.01)
    page.get_by_role("slider", name="Letter").press("ArrowRight")
    assert bar_time(page) == pytest.approx(REACHED[2], abs=0.01)


def test_picture_table_and_file_say_the_numbers_of_the_map(page, accessible, tmp_path):
    open_view(page, tmp_path, made_view(text=HARMFUL))
    deepest = float(re.search(r"weight of (0\.\d+)", page.locator(".caption").inner_text())[1])
    assert 0 <= deepest - MATRIX.max() < 0.05
    page.mouse.move(*point(page, ".trackletter >> nth=4", 14.5 * 0.04))
    tip = page.locator(".tip.shown")
    assert tip.inner_text().split() == ["i", "←", "0.56–0.60", "s", f"{MATRIX[4, 14]:.3f}"]
    page.mouse.move(*point(page, ".tracksound", 5.5 * 0.04))
    levels = [re.search(r"\bw(\d+)\b", one.get_attribute("class")) for one in page.locator(".answer .word").all()]
    shares = MATRIX[:, 5] / deepest
    expected = [round(100 * min(1, share)) if share >= 0.04 else None for share in shares]
    assert [one and int(one[1]) for one in levels] == expected
    accessible(page)
    with page.expect_download() as waiting:
        button(page, "Save picture: SVG").click()
    waiting.value.save_as(tmp_path / "picture.svg")
    space = "{http://www.w3.org/2000/svg}"
    tree = ET.parse(tmp_path / "picture.svg").getroot()
    titles = [node.text for node in tree.iter(f"{space}title") if " listened to " in node.text]
    drawn = MATRIX[np.round(100 * np.minimum(MATRIX / deepest, 1)) >= 1]
    np.testing.assert_allclose([float(title.rsplit(" ", 1)[1]) for title in titles], drawn, atol=0.00051)
    assert {HARMFUL, "six", *LETTERS.words} <= {node.text for node in tree.iter(f"{space}text")}
    assert len(list(tree.iter(f"{space}image"))) == 2
    button(page, "Table").click()
    rows = page.locator(".weights").last.locator("tbody tr").all()
    shown = [[float(cell) for cell in row.locator("td").all_inner_texts()] for row in rows]
    np.testing.assert_allclose(shown, MATRIX, atol=0.0051)
    peaks = page.locator(".weights.letters td:nth-child(2)").all_inner_texts()
    assert peaks == [made_track().words[peak] for peak in PEAKS]
    accessible(page)
    assert page.evaluate("window.harmed === undefined && document.querySelectorAll('img').length === 0")


def test_a_phone_holds_it_and_the_stage_shows_it_whole(open_window, accessible, tmp_path):
    page = open_window(width=390, height=844, scheme="dark")
    open_view(page, tmp_path, made_view())
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    data = {"scenes": [made_view(heading="Listen").payload()]}
    page.goto(mount_page(tmp_path, present_script(), present_style(), data, "call(data);").as_uri())
    stage = page.locator(".present")
    letters = stage.locator(".trackletter:not(.unborn)")
    expect(letters).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(letters).to_have_count(2)
    box = stage.locator(".track").bounding_box()
    assert box["y"] + box["height"] <= 844
    assert box["x"] + box["width"] <= 390
    accessible(page)
    page.keyboard.press("p")
    letters.nth(5).wait_for()
    button(page, "Play").wait_for()
