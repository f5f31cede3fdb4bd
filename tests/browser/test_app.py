"""The frame of the app and its first page, in a real browser."""

import math
import re
import urllib.error
import urllib.request

import pytest

from tests.browser.conftest import Server, settle

pytestmark = pytest.mark.browser


def open_overview(page, app_url: str, query: str = ""):
    page.goto(f"{app_url}/{query}")
    page.locator(".lookup .handle").wait_for()
    settle(page)
    return page


def weights(page) -> dict[str, float]:
    rows = page.locator(".lookup tbody tr").all()
    return {row.locator("th").inner_text(): float(row.locator(".share").inner_text()) for row in rows}


def test_overview_opens_with_its_picture(page, app_url):
    open_overview(page, app_url)
    assert page.title() == "Overview · Attention Lab"
    assert page.locator("h1").count() == 1
    assert "bank" in page.locator(".lookup .sentence").inner_text()
    assert page.get_by_text("(CC BY 2.0 FR)").is_visible()


def test_shown_weights_are_the_softmax_of_the_shown_scores(page, app_url):
    open_overview(page, app_url, "?temperature=0.5")
    rows = page.locator(".lookup tbody tr").all()
    scores = [float(row.locator("td").first.inner_text().replace("−", "-")) for row in rows]
    shares = [math.exp(score / 0.5) for score in scores]
    shown = weights(page)
    assert list(shown.values()) == pytest.approx([share / sum(shares) for share in shares], abs=0.01)
    assert sum(shown.values()) == pytest.approx(1, abs=0.03)


def test_arrow_keys_move_the_query_and_the_address_follows(page, app_url):
    open_overview(page, app_url)
    entries = page.evaluate("history.length")
    page.locator(".lookup .handle").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"\?x=1\.5$"))
    assert page.locator(".lookup .sentence mark").inner_text() in ("money", "loan")
    assert page.evaluate("history.length") == entries


def test_dragging_moves_the_query(page, app_url):
    open_overview(page, app_url)
    box = page.locator(".lookup .knob").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 250, box["y"] + 20, steps=5)
    page.mouse.up()
    page.wait_for_url(re.compile(r"x=1\.\d"))


def test_address_reopens_the_same_picture(page, app_url):
    open_overview(page, app_url, "?x=1.5&y=0.3&temperature=0.2")
    assert page.locator(".lookup .handle").get_attribute("aria-valuetext") == "1.50 to the right, 0.30 up"
    assert weights(page)["money"] > 0.85


def test_wrong_link_is_explained_and_nothing_runs(page, app_url):
    open_overview(page, app_url, "?x=<script>window.hit=1</script>&y=99&zzz=1")
    notice = page.locator(".lab-notice").inner_text()
    assert "“x” as “<script>window.hit=1</script>”" in notice
    assert "“99”" in notice
    assert "“zzz”" in notice
    assert page.evaluate("window.hit") is None
    assert page.locator(".lookup .handle").get_attribute("aria-valuetext") == "−0.50 to the right, 0.90 up"


def test_menu_and_card_lead_to_translation_and_back(page, app_url):
    open_overview(page, app_url)
    page.locator(".lookup .handle").focus()
    page.keyboard.press("ArrowUp")
    page.wait_for_url(re.compile(r"\?y=1$"))
    page.locator(".st-key-card_translation a").click()
    page.wait_for_url(re.compile(r"/translation"))
    settle(page)
    page.get_by_test_id("stTopNavLink").filter(has_text="Overview").click()
    page.locator(".lookup .handle").wait_for()
    page.wait_for_url(re.compile(r"/\?y=1$"))
    assert page.locator(".lookup .handle").get_attribute("aria-valuetext") == "−0.50 to the right, 1.00 up"


def test_menu_opens_the_applications(page, app_url):
    open_overview(page, app_url)
    page.get_by_test_id("stTopNavSection").filter(has_text="Applications").click()
    links = page.get_by_test_id("stTopNavDropdownLink")
    assert links.all_inner_texts() == ["Emotions", "Next book", "Find the digit", "Spoken digits"]
    links.filter(has_text="Emotions").click()
    page.wait_for_url(re.compile(r"/language"))


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_overview_is_accessible(open_window, app_url, accessible, width, scheme):
    page = open_overview(open_window(width, 900, scheme), app_url)
    accessible(page)


def test_phone_scrolls_down_only(phone, app_url):
    open_overview(phone, app_url)
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


def test_keyboard_reaches_every_control_in_order(page, app_url):
    open_overview(page, app_url)
    seen = []
    for _ in range(20):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "(() => { let e = document.activeElement; while (e && e.shadowRoot && e.shadowRoot.activeElement)"
                " e = e.shadowRoot.activeElement; return e ? (e.getAttribute('aria-label') || e.type"
                " || e.textContent).slice(0, 40) : '' })()"
            )
        )
    seen = seen[seen.index("bank, the query") :]
    assert "range" in seen
    assert "button" in seen


def test_every_answer_carries_the_security_headers(app_url):
    for path in ("/", "/_stcore/health", "/no/such/file"):
        try:
            answer = urllib.request.urlopen(app_url + path)
        except urllib.error.HTTPError as error:
            answer = error
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy
        assert "unsafe-eval" not in policy
        assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "microphone=(self), camera=(self)" in answer.headers["Permissions-Policy"]


def test_server_speaks_to_no_other_machine(page, app_url, server: Server):
    open_overview(page, app_url)
    page.goto(app_url + "/translation")
    settle(page)
    assert server.calls_away() == []
