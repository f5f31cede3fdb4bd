"""A visitor at the playground: writes formulas, mends one, draws a mask, shares, runs the model, saves."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest

from attention.training.checkpoint import CHECKPOINTS
from tests.browser.conftest import settle

pytestmark = pytest.mark.browser
WITH_MODEL = pytest.mark.skipif(
    not (CHECKPOINTS / "en-fr-transformer" / "config.json").exists(), reason="the shipped checkpoints are absent"
)


def expect(what):
    """Playwright's waiting assertion, as patient as the rest of these tests."""
    from playwright.sync_api import expect as patient

    patient.set_options(timeout=60_000)
    return patient(what)


def open_lab(page, app_url: str, query: str = ""):
    page.goto(f"{app_url}/playground{query}")
    page.locator(".matrices .cells").first.wait_for()
    settle(page)
    return page


def grid(page, title: str, number: int = 0):
    return page.get_by_role("grid", name=re.compile(rf"^{re.escape(title)}, ")).nth(number)


def cell(page, title: str, row: int, column: int, number: int = 0):
    """The cell of a matrix; row and column count from 1."""
    return grid(page, title, number).locator(f".cell[data-row='{row - 1}'][data-column='{column - 1}']")


def write(page, text: str, name: str = "Your formula") -> None:
    box = page.get_by_role("textbox", name=name)
    box.fill(text)
    box.press("Control+Enter")


def formula(page):
    return page.get_by_role("textbox", name="Your formula")


def test_first_picture_needs_no_click(page, app_url, accessible):
    open_lab(page, app_url)
    assert page.title() == "Playground · Attention Lab"
    for title in ("Q", "Kᵀ", "scores", "weights", "V", "output"):
        expect(grid(page, title)).to_be_visible()
    expect(page.locator(".katex").first).to_be_visible()
    expect(page.locator(".arithmetic")).to_contain_text("=")
    accessible(page)


def test_first_picture_stands_on_one_line_and_wraps_where_there_is_no_room(page, app_url):
    open_lab(page, app_url)
    tops = [grid(page, title).bounding_box()["y"] for title in ("Q", "weights", "output")]
    assert max(tops) - min(tops) < 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 900, "height": 900})
    expect(page.locator(".strip.compact")).to_have_count(0)
    assert grid(page, "output").bounding_box()["y"] > grid(page, "Q").bounding_box()["y"] + 50


def test_dark_is_readable_with_everything_open(open_window, app_url, accessible):
    page = open_lab(open_window(scheme="dark"), app_url, "?mask=causal&preset=masked&section=compare")
    for name in ("Every step", "Gradients", "Operations and memory", "The same in PyTorch", "Your own names"):
        page.locator("summary", has_text=name).click()
    expect(page.get_by_text("import torch").first).to_be_visible()
    expect(page.get_by_role("grid", name="∂ / ∂V, 4 by 3")).to_be_visible()
    settle(page)
    accessible(page)


def test_visitor_edits_the_formula(page, app_url):
    open_lab(page, app_url)
    write(page, "a = Q @ K.T\noutput = sparsemax(2 * a) @ V")
    expect(grid(page, "a")).to_be_visible()
    expect(grid(page, "scores")).to_have_count(0)
    expect(page).to_have_url(re.compile("sparsemax"))


def test_an_error_is_marked_and_mended_by_one_click(page, app_url, accessible):
    open_lab(page, app_url)
    write(page, "weights = softmax(Q @ K.T / V)\noutput = weights @ V")
    fault = page.get_by_role("alert").filter(has_text="Line 1")
    expect(fault.locator("mark")).to_have_text("Q @ K.T / V")
    expect(formula(page)).to_have_value("weights = softmax(Q @ K.T / V)\noutput = weights @ V")
    expect(page.get_by_text("The picture below is of the last formula that worked")).to_be_visible()
    expect(grid(page, "scores")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name=re.compile("^Use ")).click()
    expect(formula(page)).to_have_value(re.compile(r"sqrt\(d\)"))
    expect(page.get_by_role("alert").filter(has_text="Line 1")).to_have_count(0)
    expect(grid(page, "weights")).to_be_visible()


def test_undo_goes_back_several_steps(page, app_url):
    open_lab(page, app_url)
    first = formula(page).input_value()
    write(page, "output = Q @ K.T")
    expect(grid(page, "output")).to_be_visible()
    expect(grid(page, "weights")).to_have_count(0)
    write(page, "output = K @ Q.T")
    expect(grid(page, "Qᵀ")).to_be_visible()
    undo = page.get_by_role("button", name="Undo")
    undo.click()
    expect(formula(page)).to_have_value("output = Q @ K.T")
    undo.click()
    expect(formula(page)).to_have_value(first)
    expect(undo).to_be_disabled()


def test_a_mask_is_drawn_by_hand(page, app_url):
    open_lab(page, app_url, "?preset=masked")
    cell(page, "M", 2, 3).click()
    expect(cell(page, "weights", 2, 3)).to_have_text("0.00")
    expect(page).to_have_url(re.compile(r"cells=1111\.1101"))
    cell(page, "M", 2, 3).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    expect(cell(page, "weights", 2, 2)).to_have_text("0.00")
    expect(page).to_have_url(re.compile(r"cells=1111\.1001"))


def test_a_number_is_typed_over_in_the_picture(page, app_url):
    open_lab(page, app_url)
    cell(page, "Kᵀ", 2, 3).dblclick()
    page.keyboard.type("2.5")
    page.keyboard.press("Enter")
    expect(cell(page, "Kᵀ", 2, 3)).to_have_text("2.50")
    typed = page.get_by_role("textbox", name=re.compile("^K, 4 × 3"))
    expect(typed).to_have_value(re.compile(r"^(.*\n){2}[^,]*,2\.5,"))
    expect(page).to_have_url(re.compile("input=typed"))


def test_an_own_matrix_is_typed_over_in_the_picture(page, app_url):
    open_lab(page, app_url, "?preset=general&d=2")
    cell(page, "W", 1, 2).dblclick()
    page.keyboard.type("-4")
    page.keyboard.press("Enter")
    expect(cell(page, "W", 1, 2)).to_have_text("−4.00")
    expect(page).to_have_url(re.compile(r"names=W%3A\+d\+x\+d"))


def test_a_shared_link_opens_the_same_picture(page, app_url, open_window):
    open_lab(page, app_url, "?d=5&seed=7&mask=causal&formula=" + quote("output = softmax(Q @ K.T, M) @ V"))
    page.get_by_text("Share", exact=True).click()
    link = page.locator("[data-testid=stPopoverBody] code")
    expect(link).to_contain_text("seed=7")
    shared = link.inner_text()
    other = open_window()
    other.goto(shared)
    other.locator(".matrices .cells").first.wait_for()
    settle(other)
    assert grid(other, "output").inner_text() == grid(page, "output").inner_text()
    expect(formula(other)).to_have_value("output = softmax(Q @ K.T, M) @ V")


def test_two_formulas_stand_side_by_side(page, app_url):
    open_lab(page, app_url)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("textbox", name="Second formula")).to_have_value(re.compile("sparsemax"))
    expect(grid(page, "weights: second − first")).to_be_visible()
    write(page, "output = hardmax(Q @ K.T) @ V", "Second formula")
    expect(grid(page, "hardmax(Q Kᵀ)")).to_be_visible()
    page.get_by_role("button", name="Close comparison").click()
    expect(page.get_by_role("textbox", name="Second formula")).to_have_count(0)


@WITH_MODEL
def test_the_formula_runs_in_the_live_model(page, app_url):
    open_lab(page, app_url, "?preset=uniform&live=" + quote("She reads a red book."))
    page.get_by_role("button", name="Run in the live model").click()
    versus = page.locator(".lab-versus")
    expect(versus.locator("dd").first).to_contain_text("livre rouge")
    expect(page.locator(".collabel", has_text="book")).to_have_count(2)
    write(page, "output = softmax(Q @ W @ K.T) @ V")
    expect(page.get_by_text("This formula cannot run in the model")).to_be_visible()
    expect(grid(page, "output")).to_be_visible()


@WITH_MODEL
def test_a_sentence_labels_the_rows(page, app_url, accessible):
    open_lab(page, app_url)
    page.get_by_text("A sentence", exact=True).click()
    expect(grid(page, "weights").get_by_role("rowheader", name="letter")).to_be_visible()
    settle(page)
    accessible(page)


def test_everything_works_by_keyboard_alone(page, app_url):
    open_lab(page, app_url)
    formula(page).focus()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("a = Q @ K.T\noutput = softmax(a / 2) @ V")
    page.keyboard.press("Control+Enter")
    expect(grid(page, "a")).to_be_visible()
    settle(page)
    cell(page, "Q", 1, 1).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("9")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("input=typed"))
    slider = page.get_by_role("slider", name="Dimension d")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"[?&]d=4"))
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_enabled()
    undo.focus()
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile(r"[?&]d=4"))


def test_the_cost_laboratory_shows_progress_and_stops(page, app_url):
    open_lab(page, app_url, "?section=cost")
    longest = page.locator(".st-key-playground_cost_lengths input[type=range]").last
    longest.press("End")
    expect(longest).to_have_attribute("aria-valuetext", "2048")
    settle(page)
    page.get_by_role("button", name="Run", exact=True).click()
    stop = page.get_by_role("button", name="Stop", exact=True)
    expect(stop).to_be_enabled()
    stop.evaluate("(button) => button.click()")  # at once: a fast machine may be done before a patient click
    expect(page.get_by_text(re.compile("^(Stopped after|48 measurements)"))).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()


def test_the_scaling_laboratory_draws_its_curves(page, app_url, accessible):
    open_lab(page, app_url)
    page.get_by_text("Scaling: why √d", exact=True).click()
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    expect(page.get_by_text("measured just now")).to_be_visible()
    settle(page)
    accessible(page)


def test_state_and_files_are_saved_and_the_state_opens_again(page, app_url, tmp_path):
    open_lab(page, app_url, "?seed=5&formula=" + quote("output = softmax(Q @ K.T) @ V"))
    page.get_by_text("Save", exact=True).first.click()
    saved = {}
    for name in ("Exact state (JSON)", "PyTorch script (.py)", "Notebook (.ipynb)", "Every step (CSV)"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        saved[name] = path
    record = json.loads(saved["Exact state (JSON)"].read_text(encoding="utf-8"))
    assert record["values"]["seed"] == 5
    assert "torch" in saved["PyTorch script (.py)"].read_text(encoding="utf-8")
    assert json.loads(saved["Notebook (.ipynb)"].read_text(encoding="utf-8"))["nbformat"] == 4
    assert "output" in saved["Every step (CSV)"].read_text(encoding="utf-8-sig")
    open_lab(page, app_url)
    page.get_by_text("Save", exact=True).first.click()
    page.locator('input[type="file"]').set_input_files(saved["Exact state (JSON)"])
    expect(formula(page)).to_have_value("output = softmax(Q @ K.T) @ V")
    expect(page).to_have_url(re.compile("seed=5"))


def test_saved_page_works_without_the_app(page, app_url, open_window, tmp_path):
    open_lab(page, app_url)
    page.get_by_text("Save", exact=True).first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Interactive page (HTML)").click()
    path = tmp_path / "saved.html"
    download.value.save_as(path)
    other = open_window()
    other.goto(path.as_uri())
    expect(grid(other, "output")).to_have_text(grid(page, "output").inner_text().replace("\n", ""))


HOSTILE = (
    "<img src=x onerror=window.hit=1></textarea><script>window.hit=1</script> $\\href{javascript:window.hit=1}{x}$"
)


def test_hostile_formula_is_only_text(page, app_url):
    open_lab(page, app_url)
    write(page, HOSTILE)
    expect(page.get_by_role("alert").filter(has_text="Line 1")).to_be_visible()
    assert page.evaluate("window.hit") is None
    write(page, "a = Q @ K.T # " + HOSTILE + "\noutput = a")
    expect(grid(page, "a")).to_be_visible()
    assert page.evaluate("window.hit") is None


def test_hostile_links_are_explained_and_run_nothing(page, app_url):
    query = "?" + "&".join(f"{name}={quote(HOSTILE)}" for name in ("preset", "n", "names", "q", "cell", "mask"))
    open_lab(page, app_url, query + "&input=typed&T=nan")
    told = page.locator(".lab-notice").first
    expect(told).to_contain_text("“preset” as “<img")
    expect(told).to_contain_text("“T” as “nan”")
    expect(page.get_by_text("Q: Row 1, column 1 is")).to_be_visible()
    assert page.evaluate("window.hit") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_never_scrolls_sideways(open_window, app_url, accessible, scheme):
    phone = open_window(390, 844, scheme, has_touch=True)
    wide = "weights = softmax(where(Q @ K.T > 0, exp(Q @ K.T / sqrt(d)) + tanh(Q @ K.T) * sigmoid(Q @ K.T), 0), M)"
    open_lab(phone, app_url, f"?n=12&m=12&d=16&mask=local&formula={quote(wide)}%0Aoutput+%3D+weights+%40+V")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= window.innerWidth")
    accessible(phone)


def test_server_called_nobody_else(server):
    assert server.calls_away() == []
