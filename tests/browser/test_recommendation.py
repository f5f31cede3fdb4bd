"""A visitor at the recommendation page: adds, moves and removes books, changes, imports, shares, saves, presents."""

from __future__ import annotations

import json
import re

import pytest

from attention.training.checkpoint import CHECKPOINTS
from tests.browser.conftest import settle

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (CHECKPOINTS / "next-book" / "config.json").exists(), reason="the shipped checkpoint is absent"
    ),
]


def open_lab(page, app_url: str, query: str = ""):
    page.goto(f"{app_url}/recommendation{query}")
    page.locator(".entries, .lab-books").first.wait_for(timeout=90_000)
    page.locator(".shelf .query").wait_for()
    settle(page)
    return page


def field(page):
    return page.get_by_role("combobox", name="Add a book you have read")


def shelf(page) -> list[str]:
    return page.locator(".shelf .book .title").all_inner_texts()


def next_books(page) -> list[str]:
    return page.locator(".choices-list .entrytext").all_inner_texts()


def address(books: str) -> re.Pattern:
    """An address whose list is exactly this one."""
    return re.compile(rf"[?&]books={re.escape(books)}(&|$)")


def add(page, typed: str, title: str) -> None:
    """Type and take the book of that title from the list."""
    field(page).fill(typed)
    page.get_by_role("option").filter(has_text=title).first.click()
    page.locator(".shelf .book", has_text=title).wait_for()


def test_first_picture_needs_no_click(page, app_url, accessible):
    open_lab(page, app_url)
    assert page.title() == "Next book · Attention Lab"
    assert len(next_books(page)) == 10
    assert page.get_by_text("because you read").count() >= 10
    accessible(page)


def test_visitor_types_a_title_and_the_list_grows(page, app_url):
    open_lab(page, app_url, "?books=7")
    before = next_books(page)
    field(page).press_sequentially("garcia marq")  # no accent, as people type
    page.get_by_role("option").filter(has_text="One Hundred Years of Solitude").wait_for()
    page.keyboard.press("Enter")
    page.locator(".shelf .book").nth(1).wait_for()
    page.wait_for_url(address("7.94"))
    settle(page)
    assert shelf(page)[1] == "One Hundred Years of Solitude"
    assert next_books(page) != before
    assert field(page).input_value() == ""


def test_arrow_keys_choose_among_the_books_found(page, app_url):
    open_lab(page, app_url, "?books=171")
    field(page).press_sequentially("tolkien")
    second = page.get_by_role("option").nth(1)
    second.wait_for()
    title = second.locator(".title").inner_text()
    page.keyboard.press("ArrowDown")
    assert second.get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    page.locator(".shelf .book", has_text=title).wait_for()
    assert shelf(page) == ["Emma", title]


def test_a_title_that_is_not_there_is_said(page, app_url):
    open_lab(page, app_url, "?books=7")
    field(page).press_sequentially("zzqx")
    page.get_by_text("No book found for “zzqx”.").first.wait_for()
    page.keyboard.press("Escape")
    page.locator(".shelf .none").wait_for(state="hidden")
    assert shelf(page) == ["The Hobbit"]


def test_books_are_moved_by_button_removed_and_brought_back(page, app_url):
    open_lab(page, app_url, "?books=7.2.53")
    page.locator(".shelf .book", has_text="Eragon").hover()
    page.get_by_role("button", name="Move Eragon earlier").click()
    page.wait_for_url(address("7.53.2"))
    page.locator(".shelf .book", has_text="Eragon").hover()
    page.get_by_role("button", name="Remove Eragon").click()
    page.wait_for_url(address("7.2"))
    page.get_by_role("button", name="Undo removing Eragon").click()
    page.wait_for_url(address("7.53.2"))
    page.get_by_role("button", name="Undo moving Eragon").click()
    page.wait_for_url(address("7.2.53"))
    assert shelf(page)[2] == "Eragon"


def test_a_book_is_dragged_to_another_place(page, app_url):
    open_lab(page, app_url, "?books=7.2.53.39")
    first, last = (page.locator(".shelf .book").nth(i).bounding_box() for i in (0, 3))
    page.mouse.move(first["x"] + 60, first["y"] + first["height"] / 2)
    page.mouse.down()
    page.mouse.move(first["x"] + 90, first["y"] + 30, steps=3)
    page.mouse.move(last["x"] + last["width"] / 2, last["y"] + last["height"] / 2, steps=6)
    page.mouse.up()
    page.wait_for_url(address("2.53.39.7"))
    assert shelf(page)[3] == "The Hobbit"


def test_a_book_is_dragged_by_touch_at_its_grip(phone, app_url):
    open_lab(phone, app_url, "?books=7.2.53")
    grip = phone.locator(".shelf .grip").first.bounding_box()
    last = phone.locator(".shelf .book").nth(2).bounding_box()
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    finger = phone.context.new_cdp_session(phone)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})

    touch("touchStart", (x, y))
    for step in range(1, 7):
        touch("touchMove", (x, y + (last["y"] + last["height"] / 2 - y) * step / 6))
    touch("touchEnd")
    phone.wait_for_url(address("2.53.7"))


def test_the_list_is_kept_by_keyboard_alone(page, app_url):
    open_lab(page, app_url, "?books=7.2.53")
    field(page).focus()
    page.keyboard.press("Tab")  # Clear
    page.keyboard.press("Tab")  # the list, at its last book
    assert page.locator(".shelf .spine:focus").get_attribute("aria-label").startswith("3 of 3: Eragon")
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_url(address("7.53.2"))
    page.keyboard.press("Home")
    page.keyboard.press("Delete")
    page.wait_for_url(address("53.2"))
    assert page.locator(".shelf .spine:focus").get_attribute("aria-label").startswith("1 of 2: Eragon")
    assert "The Hobbit removed" in page.locator(".shelf [aria-live]").inner_text()


def test_clearing_leaves_a_sensible_answer(page, app_url, accessible):
    open_lab(page, app_url)
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("Nothing is on your list yet").wait_for()
    page.wait_for_url(address("none"))
    assert page.locator(".lab-books li").count() == 10
    accessible(page)
    page.get_by_role("button", name="Undo clearing").click()
    page.locator(".choices-list .entry").nth(9).wait_for()


def test_choosing_a_book_moves_the_light_and_the_check(page, app_url):
    open_lab(page, app_url)
    third = page.locator(".choices-list .entry").nth(2)
    title = third.locator(".entrytext").inner_text()
    third.click()
    page.get_by_role("button", name=f"I have read “{title}”").wait_for()
    page.get_by_text(f"how much less likely does “{title}” become?").wait_for()
    page.wait_for_url(re.compile("step=2"))


def test_a_recommended_book_is_added_by_its_button(page, app_url):
    open_lab(page, app_url, "?books=7.2")
    title = next_books(page)[0]
    page.get_by_role("button", name=f"I have read “{title}”").click()
    page.locator(".shelf .book").nth(2).wait_for()
    assert shelf(page)[2] == title


def test_surprise_and_author_limit_show_what_changed(page, app_url):
    open_lab(page, app_url, "?surprise=0.8&per_author=1")
    page.get_by_text("Without your changes", exact=True).wait_for()
    lists = page.locator(".lab-books")
    assert lists.count() == 2
    assert lists.nth(1).locator("li.new").count() >= 1


def test_a_list_is_imported_and_what_is_missing_named(page, app_url, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Title,Author,Date Read\nEmma,Jane Austen,2020/01/05\nA Book Nobody Wrote,X,\n", encoding="utf-8")
    open_lab(page, app_url, "?books=7")
    page.get_by_role("button", name="Import").click()
    page.locator('input[type="file"]').first.set_input_files(path)
    page.get_by_text("1 of 2 books were found and put on your list.").wait_for()
    page.locator(".shelf .book", has_text="Emma").wait_for()
    page.keyboard.press("Escape")
    page.get_by_text("Not found (1)").click()
    page.get_by_text("A Book Nobody Wrote").wait_for()
    page.get_by_role("button", name="Undo the import").click()
    page.wait_for_url(address("7"))


def test_link_brings_everything_back(page, app_url, open_window):
    open_lab(page, app_url, "?books=7.2.53")
    add(page, "emma", "Emma")
    page.wait_for_url(address("7.2.53.171"))
    page.get_by_role("button", name="Arcs").click()
    page.wait_for_url(re.compile("view=arcs"))
    other = open_window()
    other.goto(page.url)
    other.locator(".arcs").wait_for(timeout=90_000)
    assert shelf(other) == shelf(page)


def test_state_file_saves_and_opens_again(page, app_url, tmp_path):
    open_lab(page, app_url, "?books=7.2.53&surprise=0.5")
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Exact state (JSON)").click()
    path = tmp_path / "state.json"
    download.value.save_as(path)
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["values"]["books"] == "7.2.53"
    assert len(record["result"]["recommendations"]) == 10
    open_lab(page, app_url, "?books=171")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator('[data-testid="stPopoverBody"] input[type="file"]').set_input_files(path)
    page.locator(".shelf .book").nth(2).wait_for()
    page.wait_for_url(address("7.2.53"))
    assert shelf(page)[0] == "The Hobbit"


def test_saved_page_works_without_the_app(page, app_url, open_window, tmp_path):
    open_lab(page, app_url)
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Interactive page (HTML)").click()
    path = tmp_path / "saved.html"
    download.value.save_as(path)
    saved = open_window()
    saved.goto(path.as_uri())
    saved.locator(".choices-list .entry").first.wait_for()
    assert next_books(saved) == next_books(page)


def test_presentation_opens_and_closes_by_keyboard(page, app_url):
    open_lab(page, app_url)
    page.get_by_role("button", name="Present", exact=True).click()
    stage = page.locator("dialog.presentdialog")
    stage.wait_for()
    settle(page)
    page.keyboard.press("ArrowRight")
    stage.locator(".scenenumber", has_text="2 of").wait_for()
    page.keyboard.press("Escape")
    stage.wait_for(state="detached")


def test_wrong_link_is_explained(page, app_url):
    open_lab(page, app_url, "?books=%3Cb%3E&surprise=9")
    told = page.locator(".lab-notice").first.inner_text()
    assert "“books” as “<b>”" in told
    assert "“surprise” as “9”" in told


def test_list_survives_a_visit_to_another_page(page, app_url):
    open_lab(page, app_url, "?books=7.2")
    add(page, "emma", "Emma")
    page.wait_for_url(address("7.2.171"))
    page.get_by_role("link", name="Overview").first.click()
    page.locator(".lookup .handle").wait_for()
    settle(page)
    page.go_back()
    page.locator(".shelf .book").nth(2).wait_for(timeout=90_000)
    assert shelf(page)[2] == "Emma"


@pytest.mark.parametrize(("scheme", "query"), [("light", "?surprise=0.3"), ("dark", "?more=card")])
def test_phone_never_scrolls_sideways(open_window, app_url, accessible, scheme, query):
    phone = open_window(390, 844, scheme, has_touch=True)
    open_lab(phone, app_url, query)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= window.innerWidth")
    accessible(phone)


def test_server_called_nobody_else(server):
    assert server.calls_away() == []
