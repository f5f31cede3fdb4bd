"""A visitor at the translation page: translates, steps, changes, compares, shares, saves, presents."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from attention.training.checkpoint import CHECKPOINTS
from tests.browser.conftest import settle

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (CHECKPOINTS / "en-fr-transformer" / "config.json").exists(), reason="the shipped checkpoints are absent"
    ),
]
SENTENCE = "I have not seen the white house yet."


def open_lab(page, app_url: str, query: str = ""):
    page.goto(f"{app_url}/translation{query}")
    page.locator(".grid, .arcs, .heads, .tablescroller").first.wait_for(timeout=90_000)
    settle(page)
    return page


def translate(page, sentence: str, new_word: str) -> None:
    """Type a sentence; new_word is one of its words that the page does not show yet."""
    box = page.get_by_role("textbox", name="Your sentence, in English")
    box.fill(sentence)
    box.press("Enter")
    page.locator(".collabel", has_text=new_word).first.wait_for()
    settle(page)


def rows(page) -> list[str]:
    return page.locator(".grid .rowlabel").all_inner_texts()


def test_first_picture_needs_no_click(page, app_url, accessible):
    open_lab(page, app_url)
    assert page.title() == "Translation · Attention Lab"
    assert {"maison", "blanche"} & set(rows(page))
    accessible(page)


def test_visitor_translates_a_sentence_of_their_own(page, app_url):
    open_lab(page, app_url)
    translate(page, "The black cat drinks milk.", "cat")
    assert "chat" in rows(page)
    page.wait_for_url(re.compile(r"sentence=The\+black\+cat"))


def test_example_is_one_click_away(page, app_url):
    open_lab(page, app_url)
    page.get_by_text("Question", exact=True).click()
    page.locator(".collabel", has_text="umbrella").wait_for()


def test_step_and_view_are_kept_in_the_address_and_come_back(page, app_url, open_window):
    open_lab(page, app_url)
    page.get_by_role("button", name="Next step").click()
    page.get_by_role("button", name="Arcs").click()
    page.wait_for_url(re.compile("view=arcs"))
    shared = page.url
    other = open_window()
    other.goto(shared)
    other.locator(".arcs").wait_for(timeout=90_000)
    settle(other)
    assert parse_qs(urlsplit(other.url).query)["view"] == ["arcs"]


def test_switching_the_model_keeps_the_sentence(page, app_url):
    open_lab(page, app_url, "?sentence=Where+is+my+book%3F")
    open_lab(page, app_url, "?sentence=Where+is+my+book%3F&model=en-fr-transformer")
    page.get_by_role("button", name="All heads").click()
    assert page.locator(".heads .thumb").count() == 12
    page.locator(".heads .thumb").nth(5).click()
    page.locator(".grid").wait_for()
    assert "book" in " ".join(page.locator(".collabel").all_inner_texts())


def test_switching_attention_off_shows_both_translations(page, app_url):
    open_lab(page, app_url, "?normaliser=uniform")
    versus = page.locator(".lab-versus")
    versus.wait_for()
    assert versus.locator("dd").count() == 2
    assert "maison" in versus.locator("dd").first.inner_text()


def test_state_file_saves_and_opens_again(page, app_url, tmp_path):
    open_lab(page, app_url, "?sentence=She+reads+a+book.&temperature=0.5")
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Exact state (JSON)").click()
    path = tmp_path / "state.json"
    download.value.save_as(path)
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["values"]["sentence"] == "She reads a book."
    assert all(sum(row) == pytest.approx(1, abs=1e-3) for row in record["result"]["weights"])
    open_lab(page, app_url)
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator('input[type="file"]').set_input_files(path)
    page.locator(".collabel", has_text="book").wait_for()


def test_saved_page_works_without_the_app(page, app_url, open_window, tmp_path):
    open_lab(page, app_url)
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Interactive page (HTML)").click()
    path = tmp_path / "saved.html"
    download.value.save_as(path)
    saved = open_window()
    saved.goto(path.as_uri())
    saved.locator(".grid").wait_for()
    assert rows(saved) == rows(page)


def test_pictures_are_saved_by_the_browser(page, app_url, tmp_path):
    open_lab(page, app_url)
    for name in ("SVG", "PNG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save picture: {name}").click()
        path = tmp_path / f"picture.{name.lower()}"
        download.value.save_as(path)
        assert path.stat().st_size > 1000
    assert "maison" in (tmp_path / "picture.svg").read_text(encoding="utf-8")


def test_presentation_opens_turns_and_closes_by_keyboard(page, app_url):
    open_lab(page, app_url)
    page.get_by_role("button", name="Present", exact=True).click()
    stage = page.locator("dialog.presentdialog")
    stage.wait_for()
    settle(page)
    assert stage.locator(".scenenumber").inner_text().startswith("1 ")
    page.keyboard.press("ArrowRight")
    stage.locator(".scenenumber", has_text="2 of").wait_for()
    page.keyboard.press("Escape")
    stage.wait_for(state="detached")


def test_page_recovers_from_an_empty_sentence(page, app_url):
    open_lab(page, app_url, "?temperature=0.5")
    box = page.get_by_role("textbox", name="Your sentence, in English")
    box.fill("")
    box.press("Enter")
    page.get_by_text("There is no text yet.").first.wait_for()
    translate(page, "The cat sleeps.", "cat")
    assert "chat" in rows(page)
    assert "temperature=0.5" in page.url


def test_own_translation_is_kept_while_another_section_is_open(page, app_url):
    open_lab(page, app_url, "?more=own&own=Je+ne+sais+pas.")
    page.get_by_text("About the model", exact=True).click()
    page.get_by_role("heading", name="Scores").wait_for()
    page.get_by_text("Your own translation", exact=True).click()
    own = page.get_by_label("Your French translation of the sentence above")
    own.wait_for()
    assert own.input_value() == "Je ne sais pas."


def test_hostile_sentence_is_only_text(page, app_url):
    open_lab(page, app_url)
    translate(page, "Hello <img src=x onerror=window.hit=1> </script><script>window.hit=1</script>", "Hello")
    assert page.evaluate("window.hit") is None


def test_wrong_link_is_explained(page, app_url):
    open_lab(page, app_url, "?model=%3Cb%3E&beam=99&temperature=hot")
    said = page.locator(".lab-notice").first.inner_text()
    assert "“beam” as “99”" in said
    assert "“temperature” as “hot”" in said


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_never_scrolls_sideways(open_window, app_url, accessible, scheme):
    phone = open_window(390, 844, scheme, has_touch=True)
    open_lab(phone, app_url)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= window.innerWidth")
    accessible(phone)


def test_server_called_nobody_else(server):
    assert server.calls_away() == []
