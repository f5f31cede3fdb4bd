"""A reader of the theory page: turns pages, moves figures by keyboard, follows links, reads on a phone."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from attention.content import chapters, corrections
from attention.training.checkpoint import CHECKPOINTS
from attention.ui.theory import state
from attention.ui.theory.text import TEXT
from tests.browser.conftest import WAIT_MS, settle

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHECKPOINTS / state.MODEL / "config.json").exists(), reason="a shipped model is absent"),
]
FIRST, SECOND, THIRD = (chapter.name for chapter in chapters()[:3])
SOFTMAX, CODE_KIND = chapters()[3].name, "code"
DRAWN = ".stPlotlyChart .main-svg, .place svg, .matrices .strip, .heads, .lookup .handle"  # a figure of any kind
INLINE_FORMULA = ':is([class*="st-key-theory_text"], .st-key-theory_corrections) :is(p, li, td) .katex'


@pytest.fixture
def expect():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    sync_api.expect.set_options(timeout=WAIT_MS)
    return sync_api.expect


def open_chapter(page, app_url: str, name: str, query: str = ""):
    page.goto(f"{app_url}/theory?chapter={name}{query}")
    page.locator(".lab-title").wait_for()
    settle(page)
    return page


def title_of(name: str) -> str:
    return next(chapter.title for chapter in chapters() if chapter.name == name)


def test_the_first_chapter_opens_with_its_figure(page, app_url, expect):
    page.goto(f"{app_url}/theory")
    expect(page.locator(".lab-title")).to_have_text(chapters()[0].title)
    assert page.title() == "Theory · Attention Lab"
    expect(page.get_by_role("img", name=TEXT["search_alt"])).to_be_visible()
    expect(page.get_by_role("radiogroup", name=TEXT["contents"])).to_be_visible()


def test_turning_the_page_begins_at_the_top_of_the_next(page, app_url, expect):
    open_chapter(page, app_url, FIRST)
    page.get_by_role("button", name=TEXT["next"].format(title=chapters()[1].short)).click()
    title = page.locator(".lab-title")
    expect(title).to_have_text(title_of(SECOND))
    expect(title).to_be_in_viewport()
    expect(title).to_be_focused()
    page.wait_for_url(re.compile(f"chapter={SECOND}"))
    page.get_by_role("button", name=TEXT["previous"].format(title=chapters()[0].short)).click()
    expect(title).to_have_text(title_of(FIRST))


def test_contents_lead_through_the_chapters_by_keyboard(page, app_url, expect):
    open_chapter(page, app_url, FIRST)
    contents = page.get_by_role("radiogroup", name=TEXT["contents"])
    contents.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".lab-title")).to_have_text(title_of(SECOND))
    contents.get_by_text(TEXT["corrections_short"]).click()
    expect(page.locator(".lab-title")).to_have_text(TEXT["corrections_title"])
    page.wait_for_url(re.compile("chapter=corrections"))


def test_figure_follows_its_slider_by_keyboard_and_the_address_follows_both(page, app_url, expect):
    open_chapter(page, app_url, SOFTMAX)
    said = page.locator(".st-key-theory_figure_temperature .theory-say")
    expect(said).to_contain_text("59")  # per cent: softmax of the five scores
    slider = page.locator(".st-key-theory_figure_temperature").get_by_role("slider", name=TEXT["T"])
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile(r"[?&]T=0\.5(&|$)"))
    expect(said).to_contain_text("84")
    expect(slider).to_have_value("0.5")


def test_a_shared_link_opens_the_same_figure(page, app_url, expect):
    open_chapter(page, app_url, SOFTMAX, "&T=0.5&normaliser=sparsemax")
    expect(page.locator(".st-key-theory_figure_temperature .theory-say")).to_contain_text("100")
    expect(page.locator(".lab-notice")).to_have_count(0)


def test_table_below_a_figure_opens_by_keyboard(page, app_url, expect):
    open_chapter(page, app_url, SOFTMAX)
    figure = page.locator(".st-key-theory_figure_temperature")
    figure.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(figure.get_by_role("table")).to_contain_text("0.59")


def test_playground_opens_in_the_very_state_without_a_reload(page, app_url, expect):
    open_chapter(page, app_url, SOFTMAX, "&T=0.5&normaliser=entmax15")
    page.evaluate("window.kept = true")
    page.locator(".st-key-theory_figure_temperature").get_by_role("link", name=TEXT["open_playground"]).click()
    page.wait_for_url(re.compile(r"/playground\?"))
    box = page.get_by_role("textbox").first
    expect(box).to_have_value(re.compile(r"entmax15\(scores / T\)"))
    settle(page)
    query = parse_qs(urlsplit(page.url).query)
    assert query["T"] == ["0.5"]
    assert query["k"] == ["3\n2\n1.5\n0.5\n-1"]
    expect(page.locator(".lab-notice.error")).to_have_count(0)
    assert page.evaluate("window.kept") is True


def test_switch_of_the_flow_chart_shows_the_other_branch(page, app_url, expect):
    open_chapter(page, app_url, chapters()[6].name)
    expect(page.get_by_role("img", name=TEXT["flow_chart_on"])).to_be_visible()
    page.get_by_role("switch", name=TEXT["attention_on"]).focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("img", name=TEXT["flow_chart_off"])).to_be_visible()
    page.wait_for_url(re.compile("attention=0"))


def test_a_sentence_of_ones_own_in_a_figure(page, app_url, expect):
    open_chapter(page, app_url, chapters()[9].name)
    box = page.get_by_role("textbox", name=TEXT["sentence"])
    box.fill("The cat is black.")
    box.press("Enter")
    expect(page.locator(".st-key-theory_figure_faithfulness").get_by_text("chat", exact=True)).to_be_visible()
    page.wait_for_url(re.compile(r"faith_text=The\+cat"))


def test_automatic_search_shows_its_steps(page, app_url, expect):
    open_chapter(page, app_url, chapters()[11].name)
    figure = page.locator(".st-key-theory_figure_tuning")
    figure.get_by_role("button", name=TEXT["search_auto"]).click()
    expect(figure.locator(".theory-say")).to_contain_text("The search tried 10")
    expect(figure.get_by_role("button", name=TEXT["search_hide"])).to_be_visible()


def test_corrections_are_a_table_filtered_and_lead_to_what_shows_them(page, app_url, expect):
    rows = corrections()
    open_chapter(page, app_url, state.CORRECTIONS)
    table = page.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(len(rows) + 1)
    expect(table.get_by_role("columnheader")).to_have_count(5)
    page.get_by_role("button", name=re.compile(rf"^{TEXT[f'kind_{CODE_KIND}']} \d+$")).or_(
        page.get_by_role("radio", name=re.compile(rf"^{TEXT[f'kind_{CODE_KIND}']} \d+$"))
    ).click()
    expect(table.get_by_role("row")).to_have_count(1 + sum(row.kind == CODE_KIND for row in rows))
    page.wait_for_url(re.compile(f"kind={CODE_KIND}"))
    row = next(row for row in rows if row.page == "playground" and row.kind == CODE_KIND)
    with page.expect_popup() as opened:
        table.get_by_role("link", name=row.link_title).first.click()
    expect(opened.value.get_by_role("textbox").first).to_be_visible()
    assert f"preset={row.link['preset']}" in opened.value.url
    expect(table.get_by_role("row")).to_have_count(1 + sum(row.kind == CODE_KIND for row in rows))


def test_references_are_plain_links_that_nobody_fetches(page, app_url, expect):
    open_chapter(page, app_url, FIRST)
    links = page.locator(".theory-references a")
    expect(links.first).to_have_attribute("href", re.compile("^https://"))
    assert links.count() == len(chapters()[0].references)


@pytest.mark.parametrize("name", [*(chapter.name for chapter in chapters()), state.CORRECTIONS])
def test_phone_shows_one_box_of_chapters_and_nothing_wider_than_itself(phone, app_url, expect, name):
    open_chapter(phone, app_url, name)
    if name != state.CORRECTIONS:
        expect(phone.locator(DRAWN).first).to_be_visible()
    expect(phone.get_by_role("radiogroup", name=TEXT["contents"])).to_be_hidden()
    expect(phone.get_by_role("combobox").first).to_be_visible()
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    expect(phone.get_by_role("button", name=re.compile("[←→]")).first).to_be_visible()
    wide = "nodes => nodes.filter(node => node.getBoundingClientRect().right > 390).map(node => node.textContent)"
    assert phone.locator(INLINE_FORMULA).evaluate_all(wide) == []


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        (FIRST, "light"),
        (THIRD, "dark"),
        (chapters()[6].name, "light"),
        (chapters()[6].name, "dark"),
        (chapters()[13].name, "light"),
        (state.CORRECTIONS, "dark"),
    ],
)
def test_chapters_are_accessible(open_window, app_url, accessible, expect, name, scheme):
    page = open_chapter(open_window(1440, 900, scheme), app_url, name)
    if name != state.CORRECTIONS:
        expect(page.locator(DRAWN).first).to_be_visible()
    accessible(page)


def test_server_called_nobody_else(server):
    assert server.calls_away() == []
