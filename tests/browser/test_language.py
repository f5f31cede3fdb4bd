"""A visitor at the emotions page: types, moves the light, goes deeper, uploads, shares, saves, presents."""

from __future__ import annotations

import csv
import json
import re
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from playwright.sync_api import expect

from attention.training.checkpoint import CHECKPOINTS
from attention.ui.language.text import EXAMPLES, TEXT
from tests.browser.conftest import WAIT_MS, settle

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (CHECKPOINTS / "emotions" / "config.json").exists(), reason="the shipped model of emotions is absent"
    ),
]
DAY = EXAMPLES[-1].text
expect.set_options(timeout=WAIT_MS)


def open_lab(page, app_url: str, query: str = ""):
    page.goto(f"{app_url}/language{query}")
    page.locator(".listing .entry").first.wait_for(timeout=WAIT_MS)
    settle(page)
    return page


def read_text(page, text: str) -> None:
    """Type a text and wait until its words stand in the line that lights up."""
    box = page.get_by_role("textbox", name=TEXT["text"])
    box.fill(text)
    box.press("Control+Enter")
    expect(line(page)).to_have_text(text)
    settle(page)


def line(page):
    return page.locator(".line").first


def light(page) -> list[int]:
    """Return how bright each word of the line is, 0 to 100."""
    names = line(page).locator(".word").evaluate_all("words => words.map(word => word.className)")
    found = [re.search(r"\bw(\d+)\b", name) for name in names]
    return [int(match.group(1)) if match else 0 for match in found]


def chosen(page):
    return page.locator(".listing .entry[aria-selected=true] .entrytext").first


def test_words_light_up_for_the_strongest_emotion_at_once(page, app_url, accessible):
    open_lab(page, app_url)
    assert page.title() == "Emotions · Attention Lab"
    expect(line(page)).to_have_text(EXAMPLES[0].text)
    assert max(light(page)) > 0
    name = chosen(page).inner_text()
    assert page.locator(".lab-feeling").inner_text().lower().startswith(name)
    accessible(page)


def test_choosing_another_emotion_moves_the_light_and_goes_into_the_address(page, app_url, open_window):
    open_lab(page, app_url, "?text=" + quote_plus("Thank you for the cake, and I am sorry for the mess."))
    before = light(page)
    entry = page.locator(".listing .entry").nth(1)
    name = entry.locator(".entrytext").inner_text()
    entry.click()
    expect(chosen(page)).to_have_text(name)
    assert light(page) != before
    page.wait_for_url(re.compile(f"emotion={name}"))
    moved = light(page)
    other = open_lab(open_window(), page.url.partition("/language")[0], "?" + urlsplit(page.url).query)
    expect(chosen(other)).to_have_text(name)
    assert light(other) == moved


def test_light_follows_the_keyboard(page, app_url):
    open_lab(page, app_url)
    page.locator(".listing .entry[aria-selected=true]").first.focus()
    page.keyboard.press("ArrowDown")
    expect(chosen(page)).to_have_text(page.locator(".listing .entrytext").nth(1).inner_text())


def test_visitor_reads_a_text_of_their_own_and_starts_at_its_strongest_emotion(page, app_url):
    open_lab(page, app_url)
    page.locator(".listing .entry").nth(3).click()
    page.wait_for_url(re.compile("emotion="))
    read_text(page, "I am so angry at the weather!")
    page.wait_for_url(re.compile(r"text=I\+am\+so\+angry"))
    assert "emotion" not in parse_qs(urlsplit(page.url).query)
    assert page.locator(".lab-feeling").inner_text().lower().startswith(chosen(page).inner_text())


def test_example_is_one_click_away(page, app_url):
    open_lab(page, app_url)
    page.get_by_text(EXAMPLES[2].title, exact=True).click()
    expect(line(page)).to_have_text(EXAMPLES[2].text)


def test_attention_switched_off_lights_every_word_alike(page, app_url):
    open_lab(page, app_url, "?normaliser=uniform")
    assert len(set(light(page))) == 1
    expect(page.get_by_text("Your changes move")).to_be_visible()
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.get_by_text("Your changes move")).to_have_count(0)
    assert len(set(light(page))) > 1


def test_longer_text_can_be_looked_into_from_its_timeline(page, app_url):
    open_lab(page, app_url, "?text=" + quote_plus(DAY))
    points = page.locator(".st-key-language_chart_timeline .scatterlayer .trace").first.locator(".point")
    points.first.wait_for()
    points.nth(1).click(force=True)
    expect(line(page)).to_have_text("I was so angry that I yelled at a duck.")
    page.wait_for_url(re.compile("part=2"))


def test_two_texts_and_their_difference(page, app_url, accessible):
    open_lab(page, app_url)
    page.get_by_text(TEXT["compare"], exact=True).click()
    expect(page.locator(".line")).to_have_count(2)
    expect(page.get_by_text("Only in the first: “sorry”. Only in the second: “glad”.")).to_be_visible()
    settle(page)
    accessible(page)


def test_honesty_is_measured_and_said_in_words(page, app_url, accessible):
    open_lab(page, app_url, "?more=honest")
    expect(page.get_by_text("Kendall's τ", exact=False).first).to_be_visible()
    page.locator(".st-key-language_chart_honesty .barlayer").first.wait_for()
    settle(page)
    accessible(page)


def test_file_goes_from_upload_to_download(page, app_url, accessible, tmp_path):
    open_lab(page, app_url, "?more=file")
    rows = ["id,comment", *(f'{i},"Thank you, number {i}!"' for i in range(200)), "201,=1+1"]
    upload = {"name": "texts.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode("utf-8-sig")}
    page.locator('.st-key-language_file input[type="file"]').set_input_files(upload)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("201 texts read.")).to_be_visible()
    settle(page)
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=TEXT["file_download"]).click()
    path = tmp_path / "emotions.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["Text"] for row in found[:2]] == ["Thank you, number 0!", "Thank you, number 1!"]
    assert found[-1]["Text"] == "'=1+1"
    assert all(0 <= float(row["gratitude"]) <= 1 for row in found)


def test_long_work_can_be_stopped_and_goes_on(page, app_url):
    open_lab(page, app_url, "?more=file")
    data = ("text\n" + "I like tea and I like the rain.\n" * 15_000).encode()
    upload = {"name": "texts.csv", "mimeType": "text/csv", "buffer": data}
    page.locator('.st-key-language_file input[type="file"]').set_input_files(upload)
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator(".st-key-language_file_stop button").click()
    expect(page.get_by_text("Stopped after")).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()


def test_wrong_file_is_explained(page, app_url):
    open_lab(page, app_url, "?more=file")
    upload = {"name": "bad.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2,3\n"}
    page.locator('.st-key-language_file input[type="file"]').set_input_files(upload)
    expect(page.get_by_role("alert").filter(has_text="Line 2 has 3 cells")).to_be_visible()


def test_state_file_saves_and_opens_again(page, app_url, tmp_path):
    open_lab(page, app_url, "?text=I+am+so+proud+of+you.&temperature=0.5&emotion=grief")
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=TEXT["save_json"]).click()
    path = tmp_path / "state.json"
    download.value.save_as(path)
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["values"]["text"] == "I am so proud of you."
    assert all(sum(row) == pytest.approx(1, abs=1e-3) for row in record["result"]["weights"])
    open_lab(page, app_url)
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator('.st-key-language_open input[type="file"]').set_input_files(path)
    expect(line(page)).to_have_text("I am so proud of you.")
    expect(chosen(page)).to_have_text("grief")


def test_saved_page_works_without_the_app(page, app_url, open_window, tmp_path):
    open_lab(page, app_url)
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=TEXT["save_html"]).click()
    path = tmp_path / "saved.html"
    download.value.save_as(path)
    saved = open_window()
    saved.goto(path.as_uri())
    expect(line(saved)).to_have_text(EXAMPLES[0].text)
    assert light(saved) == light(page)
    saved.locator(".listing .entry").nth(1).click()
    assert light(saved) != light(page)


def test_presentation_opens_turns_and_closes_by_keyboard(page, app_url):
    open_lab(page, app_url)
    page.get_by_role("button", name="Present", exact=True).click()
    stage = page.locator("dialog.presentdialog")
    stage.wait_for()
    settle(page)
    page.keyboard.press("ArrowRight")
    expect(stage.locator(".scenenumber")).to_have_text(re.compile("2 of"))
    page.keyboard.press("Escape")
    expect(stage).to_have_count(0)


def test_page_recovers_from_an_empty_text(page, app_url):
    open_lab(page, app_url, "?temperature=0.5")
    box = page.get_by_role("textbox", name=TEXT["text"])
    box.fill("")
    box.press("Control+Enter")
    expect(page.get_by_text("There is no text yet.").first).to_be_visible()
    read_text(page, "What a lovely day!")
    assert "temperature=0.5" in page.url


def test_hostile_text_is_only_text(page, app_url):
    open_lab(page, app_url)
    read_text(page, "Hello <img src=x onerror=window.hit=1> </script><script>window.hit=1</script>")
    assert page.evaluate("window.hit") is None


def test_wrong_link_is_explained(page, app_url):
    open_lab(page, app_url, "?emotion=envy&temperature=hot")
    said = page.locator(".lab-notice").first.inner_text()
    assert "“emotion” as “envy”" in said
    assert "“temperature” as “hot”" in said


@pytest.mark.parametrize(("more", "scheme"), [("compare", "dark"), ("file", "light"), ("card", "dark")])
def test_phone_never_scrolls_sideways(open_window, app_url, accessible, scheme, more):
    phone = open_window(390, 844, scheme, has_touch=True)
    open_lab(phone, app_url, f"?more={more}&text={quote_plus(DAY)}&second={quote_plus(EXAMPLES[-1].twin)}")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= window.innerWidth")
    accessible(phone)
