"""A visitor at the page of spoken digits: builds a string, alters it, speaks into a microphone, saves, on a phone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from attention.training.checkpoint import shipped_models
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS, Watch, settle

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shipped_models("speech"), reason="no shipped checkpoint of speech"),
]


def open_lab(page: Any, app_url: str, query: str = "") -> Any:
    page.goto(f"{app_url}/speech{query}")
    page.locator(".lab-numbers").wait_for()
    settle(page)
    return page


def spelled(page: Any, text: str) -> Any:
    """The large line, once it reads like that."""
    return page.locator(".st-key-speech_inspector, [class*=inspector]").get_by_text(text, exact=True).first


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound file: what the microphone of the tests hears, over and over."""
    from attention.speech.clips import clip, voices
    from attention.speech.sound import write_wav
    from attention.speech.strings import join

    path = tmp_path_factory.mktemp("microphone") / "spoken.wav"
    path.write_bytes(write_wav(join([clip(digit, voices()[0].name) for digit in (7, 2)], 0.3)))
    return path


@pytest.fixture
def speaking(browser: Any, spoken: Path) -> Iterator[Any]:
    """A window of a Chromium with a microphone that hears the file, and may use it without asking."""
    microphone = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    microphone.append(f"--use-file-for-fake-audio-capture={spoken}")
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=[*CHROMIUM_ARGS, *microphone])
    watch = Watch()
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.on("page", watch.follow)
    yield context.new_page()
    chromium.close()
    assert not watch.console, f"errors in the console: {watch.console}"
    assert not watch.away, f"requests to other machines: {watch.away}"


def test_a_string_is_there_and_another_is_built_and_altered(page, app_url, accessible, tmp_path):
    open_lab(page, app_url)
    assert page.title() == "Spoken digits · Attention Lab"
    page.locator("canvas, svg").first.wait_for()
    accessible(page)
    page.get_by_role("textbox", name="Digits").fill("4 0")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"digits=4\+0"))
    page.get_by_text("2 of 2").first.wait_for()
    page.get_by_role("slider", name="Speed").press("ArrowRight")
    page.wait_for_url(re.compile(r"speed=1\.05"))
    settle(page)
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Exact state (JSON)").click()
    download.value.save_as(tmp_path / "state.json")
    record = json.loads((tmp_path / "state.json").read_text(encoding="utf-8"))
    assert record["values"]["digits"] == "4 0"
    assert record["result"]["digits"] == [4, 0]


def test_a_voice_is_recorded_spelled_and_kept_out_of_the_link(speaking, app_url):
    open_lab(speaking, app_url, "?source=record")
    speaking.get_by_text("Nothing is recorded yet").wait_for()
    speaking.get_by_role("button", name="Record", exact=True).last.click()
    speaking.get_by_text(re.compile("00:0[2-9]|00:1")).wait_for()
    speaking.get_by_role("button", name="Stop recording").click()
    speaking.get_by_text("Shown below: your recording").wait_for()
    speaking.get_by_text("Nothing is recorded yet").wait_for(state="detached")
    settle(speaking)
    assert speaking.locator(".lab-numbers").get_by_text("Words right").count() == 0  # what was said is not known
    assert set(re.findall(r"[?&](\w+)=", speaking.url)) <= {"source", "step", "view"}


def test_a_file_that_is_no_sound_is_said_and_a_curve_runs(page, app_url, tmp_path):
    path = tmp_path / "voice.wav"
    path.write_bytes(b"RIFF but no sound")
    open_lab(page, app_url, "?source=upload&more=curve")
    page.locator('input[type="file"]').first.set_input_files(path)
    page.get_by_role("alert").filter(has_text="not a WAV, FLAC or OGG file").wait_for()
    page.get_by_text("seven").first.wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text(re.compile(r"[1-9]\d* of 56 strings spelled")).wait_for()
    stop = page.locator(".st-key-speech_curve_stop button")  # Streamlit shows a “Stop” of its own while a page runs
    stop.evaluate("button => button.click()")  # a quick machine may be done by now, and then this does nothing
    page.get_by_text(re.compile("Stopped after|strings spelled by each model")).wait_for()


@pytest.mark.parametrize(("scheme", "query"), [("dark", "?more=compare&noise=10")])
def test_phone_never_scrolls_sideways(open_window, app_url, accessible, scheme, query):
    phone = open_window(390, 844, scheme, has_touch=True)
    open_lab(phone, app_url, query)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= window.innerWidth")
    accessible(phone)
