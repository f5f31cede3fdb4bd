"""The strip of matrices in a real browser: as a saved page opened from a file, and as a component without a server."""

import csv
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from attention.figures.theme import DARK, LIGHT
from attention.ui.matrices import Matrix, StripView, strip_html
from attention.ui.matrices.assets import strip_script, strip_style
from tests.figures.test_theme import contrast

pytestmark = pytest.mark.browser

QUERIES = np.array([[2.0, -2.6, 0.4], [-0.6, -0.5, -0.2], [-2.0, -0.2, -0.9], [3.3, 0.2, -0.4]])
KEYS_T = np.array([[-0.3, -0.4, 1.0, 1.5], [-0.7, 0.5, -0.2, 0.5], [-1.1, -0.2, 0.0, -0.5]])
VALUES = np.array([[1.0, 2.0], [3.0, -4.0], [0.5, 0.25], [-1.0, 0.0]])
HARMFUL = "<img src=x onerror=window.harmed=1></script>"


def softmax(scores: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    powers = np.exp(scores) * (1 if mask is None else mask)
    return powers / powers.sum(axis=1, keepdims=True)


def made_strip(queries: np.ndarray = QUERIES, mask: np.ndarray | None = None) -> list[Matrix]:
    """Scaled dot-product attention of four words, d = 3, with numbers worked out by NumPy."""
    scores = queries @ KEYS_T
    scaled = scores / np.sqrt(3)
    mask = np.ones(scores.shape, dtype=bool) if mask is None else mask
    weights = softmax(scaled, mask)
    names = {"row_labels": ("q₁", "q₂", "q₃", "q₄"), "column_labels": ("k₁", "k₂", "k₃", "k₄")}
    return [
        Matrix("Q", "Q", queries, "input", "n × d", editable=True),
        Matrix("Kt", "Kᵀ", KEYS_T, "input", "d × n", symbol="·"),
        Matrix("scores", "score", scores, **names, operation="matmul", operands=("Q", "Kt"), symbol="="),
        Matrix("scaled", "scaled", scaled, operation="divide", operands=("scores", "√d = 1.7320508"), symbol="÷ √d"),
        Matrix("M", "M", mask, "mask", editable=True, symbol="&"),
        Matrix("weights", "weights", weights, "weights", operation="softmax", operands=("scaled", "M"), symbol="→"),
        Matrix("V", "V", VALUES, "input", "n × e", symbol="·"),
        Matrix("output", "output", weights @ VALUES, operation="matmul", operands=("weights", "V"), symbol="="),
    ]


def open_strip(page, folder: Path, matrices: list[Matrix], **options):
    path = folder / "saved.html"
    path.write_text(strip_html(matrices, "Scaled dot product", **options), encoding="utf-8")
    page.goto(path.as_uri())
    expect(page.locator(".matrices .caption")).not_to_be_empty()
    return page


def payload(matrices: list[Matrix], **options) -> dict:
    return {"view": StripView(tuple(matrices), **options).payload()}


def mount(page, folder: Path, matrices: list[Matrix], **options):
    """Open a page that calls the component as Streamlit does; `told` gathers what would go to Python."""
    script = strip_script().replace("export default function matrices", "function component")
    embedded = json.dumps(payload(matrices, **options)).replace("<", "\\u003c")
    path = folder / "mounted.html"
    path.write_text(
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>x</title><style>{strip_style()}</style>"
        f"<main></main><script type='module'>{script}\nwindow.told = [];\n"
        "const root = document.querySelector('main');\nwindow.call = (data) => component({data, parentElement: root,"
        " setStateValue: (k, v) => told.push([k, v]),"
        f" setTriggerValue: (k, v) => told.push([k, v])}});\ncall({embedded});</script></html>",
        encoding="utf-8",
    )
    page.goto(path.as_uri())
    expect(page.locator(".matrices .caption")).not_to_be_empty()
    return page


def send(page, matrices: list[Matrix], **options) -> None:
    """Send new data, as Python does after a run."""
    page.evaluate("(data) => call(data)", payload(matrices, **options))


def cell(page, title: str, row: int, column: int):
    """The cell of a matrix; row and column count from 1."""
    return page.get_by_role("grid", name=re.compile(rf"^{re.escape(title)}, ")).locator(
        f".cell[data-row='{row - 1}'][data-column='{column - 1}']"
    )


def line(page):
    return page.locator(".arithmetic")


def lit(page, title: str) -> list[tuple[int, int]]:
    grid = page.get_by_role("grid", name=re.compile(rf"^{re.escape(title)}, "))
    return [
        (int(one.get_attribute("data-row")) + 1, int(one.get_attribute("data-column")) + 1)
        for one in grid.locator(".lit").all()
    ]


def stop_the_clock(page) -> None:
    """From here on time passes only by `page.clock.run_for(ms)`, however slow the machine."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)


def test_cells_say_and_show_the_numbers(page, tmp_path):
    matrices = made_strip()
    open_strip(page, tmp_path, matrices)
    for matrix in matrices:
        grid = page.get_by_role("grid", name=re.compile(rf"^{re.escape(matrix.title)}, "))
        shown = [float(text.replace("−", "-")) for text in grid.locator(".number").all_inner_texts()]
        np.testing.assert_allclose(shown, matrix.values.ravel(), atol=0.00501)
        said = [one.get_attribute("aria-label") for one in grid.get_by_role("gridcell").all()]
        if matrix.kind != "mask":
            spoken = [float(one.rsplit(" ", 1)[1].replace("−", "-")) for one in said]
            np.testing.assert_allclose(spoken, matrix.values.ravel(), atol=0.00501)
    assert cell(page, "score", 2, 3).get_attribute("aria-label") == "score, q₂, k₃: −0.50"
    assert cell(page, "M", 1, 1).get_attribute("aria-label") == "M, row 1, column 1: open"


def test_a_score_is_written_out_as_a_dot_product(page, tmp_path):
    open_strip(page, tmp_path, made_strip())
    expect(line(page)).to_have_text("")
    cell(page, "score", 2, 3).hover()
    expect(line(page)).to_have_text("score(q₂, k₃) = −0.6·1.0 + (−0.5)·(−0.2) + (−0.2)·0.0 = −0.50")
    assert lit(page, "Q") == [(2, 1), (2, 2), (2, 3)]
    assert lit(page, "Kᵀ") == [(1, 3), (2, 3), (3, 3)]
    assert lit(page, "score") == [(2, 3)]
    assert lit(page, "weights") == []
    page.mouse.move(0, 0)
    expect(line(page)).to_have_text("")


def test_each_step_is_written_with_its_numbers(page, tmp_path):
    mask = np.tri(4, dtype=bool)
    open_strip(page, tmp_path, made_strip(mask=mask))
    cell(page, "scaled", 1, 2).hover()
    expect(line(page)).to_have_text("scaled₁₂ = −2.18 ÷ √d = −2.18 ÷ 1.73 = −1.26")
    assert lit(page, "score") == [(1, 2)]
    cell(page, "weights", 2, 1).hover()
    expect(line(page)).to_have_text("weights₂₁ = exp(0.43) ÷ (exp(0.43) + exp(0.017)) = 0.60")
    assert lit(page, "scaled") == [(2, 1), (2, 2), (2, 3), (2, 4)]
    assert lit(page, "M") == [(2, 1), (2, 2), (2, 3), (2, 4)]
    cell(page, "weights", 2, 4).hover()
    expect(line(page)).to_have_text("weights₂₄ = 0.00: masked, so it gets nothing")
    cell(page, "Q", 1, 1).hover()
    expect(line(page)).to_have_text("Q₁₁ = 2.00: an input")
    cell(page, "M", 1, 2).hover()
    expect(line(page)).to_have_text("M₁₂ = closed: an input")


OTHERS = {
    "add": (QUERIES + 1, ("Q", "1"), "x₂₁ = −0.6 + 1.0 = 0.40"),
    "subtract": (QUERIES - 0.5, ("Q", "0.5"), "x₂₁ = −0.6 − 0.5 = −1.10"),
    "multiply": (QUERIES * QUERIES, ("Q", "Q"), "x₂₁ = −0.6 · (−0.6) = 0.36"),
    "power": (QUERIES**2, ("Q", "2"), "x₂₁ = (−0.6)² = 0.36"),
    "negative": (-QUERIES, ("Q",), "x₂₁ = −(−0.6) = 0.60"),
    "transpose": (QUERIES.T, ("Q",), "x₂₁ = −2.6 = −2.60"),
    ">": (QUERIES > 0, ("Q", "0"), "x₂₁ = −0.6 > 0.0 = 0.00"),
    "and": (QUERIES > 0, ("P", "P"), "x₂₁ = closed and closed = 0.00"),
    "not": (QUERIES <= 0, ("P",), "x₂₁ = not closed = 1.00"),
    "exp": (np.exp(QUERIES), ("Q",), "x₂₁ = exp(−0.6) = 0.55"),
    "tanh": (np.tanh(QUERIES), ("Q",), "x₂₁ = tanh(−0.6) = −0.54"),
    "relu": (QUERIES.clip(0), ("Q",), "x₂₁ = max(0, −0.6) = 0.00"),
    "dot": (QUERIES @ QUERIES.T, ("Q", "Q"), "x₂₁ = −0.6·2.0 + (−0.5)·(−2.6) + (−0.2)·0.4 = 0.0200"),
    "scaled_dot": (
        QUERIES @ QUERIES.T / np.sqrt(3), ("Q", "Q"), "x₂₁ = (−0.6·2.0 + (−0.5)·(−2.6) + (−0.2)·0.4) ÷ √3 = 0.0115",
    ),
    "general": (
        QUERIES @ KEYS_T[:, :3] @ QUERIES.T, ("Q", "Q", "W"), "x₂₁ = 0.75·2.0 + 0.03·(−2.6) + (−0.5)·0.4 = 1.22",
    ),
    "additive": (
        np.tanh((QUERIES @ KEYS_T[:, :3])[:, None] + (QUERIES @ KEYS_T[:, :3])[None]) @ np.array([1.0, -1.0, 0.5]),
        ("Q", "Q", "W", "W", "v"), "x₂₁ = 1.0·tanh(1.53) + (−1.0)·tanh(−2.15) + 0.5·tanh(2.02) = 2.37",
    ),
    "row_sum": (QUERIES.sum(1, keepdims=True), ("Q",), "x₂₁ = −0.6 + (−0.5) + (−0.2) = −1.30"),
    "row_mean": (QUERIES.mean(1, keepdims=True), ("Q",), "x₂₁ = (−0.6 + (−0.5) + (−0.2)) ÷ 3 = −0.43"),
    "row_max": (QUERIES.max(1, keepdims=True), ("Q",), "x₂₁ = max(−0.6, −0.5, −0.2) = −0.20"),
    "hardmax": (np.eye(3)[[0, 2, 1, 0]], ("Q",), "x₂₁ = 0.00: −0.6 is not the largest of −0.6, −0.5, −0.2"),
    "uniform": (np.full((4, 3), 1 / 3), ("Q",), "x₂₁ = 1 ÷ 3 = 0.33"),
    "sparsemax": (
        np.array([[1, 0, 0], [0.5, 0.5, 0], [0, 1, 0], [1, 0, 0.0]]), ("S",), "x₂₁ = max(0, 1.0 − 0.5) = 0.50",
    ),
    "softmax_columns": (softmax(KEYS_T.T).T, ("Kt",), "x₂₁ = exp(−0.7) ÷ (exp(−0.3) + exp(−0.7) + exp(−1.1)) = 0.32"),
}  # fmt: skip


@pytest.mark.parametrize("operation", OTHERS)
def test_other_operations_are_written_out(page, tmp_path, operation):
    values, operands, wanted = OTHERS[operation]
    inputs = [
        Matrix("Q", "Q", QUERIES, "input"),
        Matrix("Kt", "Kᵀ", KEYS_T, "input"),
        Matrix("P", "P", QUERIES > 0, "mask"),
        Matrix("W", "W", KEYS_T[:, :3], "input"),
        Matrix("v", "v", np.array([[1.0], [-1.0], [0.5]]), "input"),
        Matrix("S", "S", np.array([[3, 0, 0], [1, 1, 0], [0, 2, 0], [5, 1, 1.0]]), "input"),
    ]
    open_strip(page, tmp_path, [*inputs, Matrix("x", "x", values, operation=operation, operands=operands)])
    target = "x₁₂" if values.shape[0] == 1 else wanted.split(" ")[0]
    row, column = (int("₀₁₂₃₄".index(digit)) for digit in target[1:])
    cell(page, "x", row, column).hover()
    expect(line(page)).to_have_text(wanted)


def test_a_step_whose_numbers_are_not_on_show_is_only_named(page, tmp_path):
    """The weights were divided by a temperature in between: no sum is written that would not add up."""
    scores = QUERIES @ KEYS_T
    weights = softmax(scores / 2)
    matrices = [
        Matrix("s", "scores", scores, operation="matmul", operands=("gone", "Kt")),
        Matrix("w", "weights", weights, "weights", operation="softmax", operands=("s",)),
        Matrix("g", "g", scores, operation="general", operands=("s", "W")),
        Matrix("bare", "bare", scores, operation="causal"),
    ]
    open_strip(page, tmp_path, matrices)
    cell(page, "weights", 2, 1).hover()
    expect(line(page)).to_have_text(f"weights₂₁ = softmax(row 2 of scores) = {weights[1, 0]:.2f}")
    cell(page, "scores", 1, 1).hover()
    expect(line(page)).to_have_text("scores₁₁ = matmul(gone, Kt) = 0.78")
    cell(page, "g", 1, 1).hover()
    expect(line(page)).to_have_text("g₁₁ = general(row 1 of scores, W) = 0.78")
    cell(page, "bare", 1, 1).hover()
    expect(line(page)).to_have_text("bare₁₁ = 0.78")


def test_long_sums_are_cut_short(page, tmp_path):
    left, right = np.full((1, 20), 0.5), np.full((20, 2), 2.0)
    product = Matrix("p", "p", left @ right, operation="matmul", operands=("a", "b"))
    matrices = [Matrix("a", "a", left, "input"), Matrix("b", "b", right, "input"), product]
    open_strip(page, tmp_path, matrices, initial=("p", 0, 1))
    expect(line(page)).to_have_text("p₁₂ = " + " + ".join(["0.5·2.0"] * 8) + " … + 12 more = 20.00")


def test_arrow_keys_move_inside_a_matrix_and_tab_between_them(page, tmp_path):
    open_strip(page, tmp_path, made_strip())
    page.keyboard.press("Tab")
    expect(cell(page, "Q", 1, 1)).to_be_focused()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(cell(page, "Q", 2, 3)).to_be_focused()
    assert page.get_by_role("grid", name="Q, ").locator(".cell[tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+End")
    expect(cell(page, "score", 4, 4)).to_be_focused()
    expect(line(page)).to_have_text("score(q₄, k₄) = 3.3·1.5 + 0.2·0.5 + (−0.4)·(−0.5) = 5.25")
    page.keyboard.press("Home")
    expect(cell(page, "score", 4, 1)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(cell(page, "Q", 2, 3)).to_be_focused()


def test_only_a_choice_goes_to_python_and_late(page, tmp_path):
    stop_the_clock(page)
    mount(page, tmp_path, made_strip())
    cell(page, "score", 1, 1).hover()
    cell(page, "score", 1, 2).focus()
    page.keyboard.press("ArrowDown")
    page.clock.run_for(1000)
    assert page.evaluate("told") == []
    cell(page, "score", 2, 3).click()
    cell(page, "score", 4, 4).click()
    page.clock.run_for(140)
    assert page.evaluate("told") == []
    page.clock.run_for(20)
    assert page.evaluate("told") == [["chosen", ["scores", 3, 3]]]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.clock.run_for(160)
    assert page.evaluate("told")[1:] == [["chosen", ["scores", 2, 3]]]
    page.keyboard.press("Escape")
    page.clock.run_for(160)
    assert page.evaluate("told")[2:] == [["chosen", []]]


def test_new_numbers_keep_nodes_focus_and_choice(page, tmp_path):
    mount(page, tmp_path, made_strip(), initial=("scores", 1, 2))
    cell(page, "score", 2, 2).focus()
    kept = cell(page, "score", 2, 2).element_handle()
    send(page, made_strip(QUERIES * 2), initial=("scores", 1, 2))
    expect(cell(page, "score", 2, 2)).to_be_focused()
    assert kept.evaluate("(node) => node.isConnected")
    expect(cell(page, "score", 2, 2)).to_have_text("0.06")
    cell(page, "score", 2, 2).blur()
    expect(line(page)).to_have_text("score(q₂, k₃) = −1.2·1.0 + (−1.0)·(−0.2) + (−0.4)·0.0 = −1.00")


def test_another_shape_keeps_the_focus_in_the_matrix(page, tmp_path):
    mount(page, tmp_path, made_strip())
    cell(page, "score", 4, 4).focus()
    smaller = [Matrix("scores", "score", np.ones((2, 3))), Matrix("new", "new", np.ones((1, 1)))]
    send(page, smaller)
    expect(cell(page, "score", 2, 3)).to_be_focused()
    assert page.get_by_role("grid").count() == 2
    send(page, made_strip())
    expect(cell(page, "score", 2, 3)).to_be_focused()
    assert page.locator(".title").all_inner_texts() == [matrix.title for matrix in made_strip()]


def test_the_page_can_move_the_choice(page, tmp_path):
    mount(page, tmp_path, made_strip(), chosen=("scores", 0, 0))
    expect(line(page)).to_contain_text("score(q₁, k₁)")
    cell(page, "Q", 1, 1).click()
    page.mouse.move(0, 0)
    cell(page, "Q", 1, 1).blur()
    send(page, made_strip(QUERIES * 2), chosen=("scores", 0, 0))
    expect(line(page)).to_contain_text("Q₁₁")
    send(page, made_strip(), chosen=("scores", 3, 3))
    expect(line(page)).to_contain_text("score(q₄, k₄)")
    send(page, made_strip(), chosen=("gone", 9, 9))
    expect(line(page)).to_have_text("")


def test_a_number_is_typed_over(page, tmp_path):
    stop_the_clock(page)
    mount(page, tmp_path, made_strip())
    cell(page, "Q", 2, 1).dblclick()
    editor = page.get_by_role("textbox", name="New value of Q, row 2, column 1")
    expect(editor).to_have_value("-0.6")
    editor.fill("1,25")
    editor.press("Enter")
    expect(editor).to_have_count(0)
    expect(cell(page, "Q", 2, 1)).to_have_text("1.25")
    expect(cell(page, "Q", 2, 1)).to_be_focused()
    page.clock.run_for(200)
    assert ["edits", [["Q", 1, 0, 1.25]]] in page.evaluate("told")


def test_typing_starts_an_edit_and_escape_leaves_it(page, tmp_path):
    stop_the_clock(page)
    mount(page, tmp_path, made_strip())
    cell(page, "Q", 1, 2).focus()
    page.keyboard.type("-3")
    editor = page.get_by_role("textbox")
    expect(editor).to_have_value("-3")
    page.keyboard.press("Escape")
    expect(editor).to_have_count(0)
    expect(cell(page, "Q", 1, 2)).to_have_text("−2.60")
    expect(cell(page, "Q", 1, 2)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(editor).to_have_count(0)
    page.clock.run_for(1000)
    assert page.evaluate("told") == []


@pytest.mark.parametrize("typed", ["half", "", "1..5", "1e99", "0x10", "--1", "Infinity"])
def test_what_is_no_number_stays_with_a_message(page, tmp_path, typed):
    stop_the_clock(page)
    mount(page, tmp_path, made_strip())
    cell(page, "Q", 1, 1).dblclick()
    editor = page.get_by_role("textbox")
    editor.fill(typed)
    editor.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(f"“{typed}”")
    expect(editor).to_have_value(typed)
    expect(editor).to_have_attribute("aria-invalid", "true")
    expect(editor).to_be_focused()
    page.clock.run_for(1000)
    assert page.evaluate("told.filter(([name]) => name === 'edits')") == []
    editor.fill("7")
    expect(page.get_by_role("alert")).to_have_count(0)
    editor.press("Enter")
    expect(cell(page, "Q", 1, 1)).to_have_text("7.00")


def test_an_open_edit_survives_new_numbers(page, tmp_path):
    mount(page, tmp_path, made_strip())
    cell(page, "Q", 1, 1).dblclick()
    page.get_by_role("textbox").fill("4.")
    send(page, made_strip(QUERIES + 1))
    expect(page.get_by_role("textbox")).to_have_value("4.")
    expect(page.get_by_role("textbox")).to_be_focused()
    wider = Matrix("Q", "Q", np.ones((3, 5)), "input", editable=True)
    send(page, [wider])
    expect(page.get_by_role("textbox")).to_have_value("4.")
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Enter")
    expect(cell(page, "Q", 1, 1)).to_have_text("4.00")


def test_mask_cells_are_switched_by_click_and_by_space(page, tmp_path):
    stop_the_clock(page)
    mount(page, tmp_path, made_strip())
    cell(page, "M", 1, 2).click()
    expect(cell(page, "M", 1, 2)).to_have_text("0")
    expect(cell(page, "M", 1, 2)).to_have_attribute("aria-label", "M, row 1, column 2: closed")
    cell(page, "M", 3, 4).focus()
    page.keyboard.press(" ")
    expect(cell(page, "M", 3, 4)).to_have_text("0")
    page.clock.run_for(200)
    assert page.evaluate("told") == [["edits", [["M", 0, 1, 0], ["M", 2, 3, 0]]]]


def test_a_mask_is_drawn_by_dragging(page, tmp_path):
    stop_the_clock(page)
    mount(page, tmp_path, made_strip())
    page.mouse.move(*centre(cell(page, "M", 2, 1)))
    page.mouse.down()
    for column in (2, 3, 4):
        page.mouse.move(*centre(cell(page, "M", 2, column)))
    page.mouse.up()
    page.mouse.move(*centre(cell(page, "M", 4, 4)))
    page.clock.run_for(200)
    assert page.evaluate("told") == [["edits", [["M", 1, column, 0] for column in range(4)]]]
    assert cell(page, "M", 4, 4).inner_text() == "1"


def centre(locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_mask_cells_are_switched_by_touch(open_window, tmp_path):
    page = open_window(390, 844, has_touch=True)
    mount(page, tmp_path, made_strip())
    cell(page, "M", 2, 2).tap()
    expect(cell(page, "M", 2, 2)).to_have_text("0")
    cell(page, "M", 2, 2).tap()
    expect(cell(page, "M", 2, 2)).to_have_text("1")


def test_changes_made_while_python_works_are_kept_and_told_afterwards(page, tmp_path):
    stop_the_clock(page)
    mount(page, tmp_path, made_strip())
    closed = np.ones((4, 4), dtype=bool)
    cell(page, "M", 1, 2).click()
    page.clock.run_for(200)
    cell(page, "M", 1, 3).click()
    page.clock.run_for(500)
    assert len(page.evaluate("told")) == 1
    closed[0, 1] = False
    send(page, made_strip(mask=closed))
    expect(cell(page, "M", 1, 3)).to_have_text("0")
    page.clock.run_for(200)
    assert page.evaluate("told")[1:] == [["edits", [["M", 0, 2, 0]]]]


def test_a_change_that_python_does_not_take_over_is_taken_back(page, tmp_path):
    stop_the_clock(page)
    mount(page, tmp_path, made_strip())
    cell(page, "M", 1, 2).click()
    page.clock.run_for(2000)
    expect(cell(page, "M", 1, 2)).to_have_text("0")
    send(page, made_strip())
    page.clock.run_for(10000)
    expect(cell(page, "M", 1, 2)).to_have_text("1")


def test_matrices_that_are_not_editable_stay_as_they_are(page, tmp_path):
    open_strip(page, tmp_path, made_strip())
    cell(page, "Q", 1, 1).dblclick()
    cell(page, "M", 1, 1).click()
    page.keyboard.press(" ")
    assert page.get_by_role("textbox").count() == 0
    expect(cell(page, "M", 1, 1)).to_have_text("1")


def test_what_is_no_number_is_shown_and_explained(page, tmp_path):
    values = np.array([[np.nan, np.inf, -np.inf, 1.0]])
    made = Matrix("y", "y", values * 2, operation="multiply", operands=("x", "2"))
    open_strip(page, tmp_path, [Matrix("x", "x", values), made])
    assert page.get_by_role("grid").first.locator(".number").all_inner_texts() == ["–", "∞", "−∞", "1.00"]
    expect(page.locator(".caption")).to_contain_text("– is not a number, ∞ is beyond every number")
    cell(page, "y", 1, 2).hover()
    expect(line(page)).to_have_text("y₁₂ = ∞ · 2.0 = ∞")
    open_strip(page, tmp_path, [Matrix("x", "x", QUERIES)])
    expect(page.locator(".caption")).not_to_contain_text("not a number")


LARGE = [(12.3456, "12.35"), (123.46, "123.5"), (1234.6, "1235"), (2.5e7, "2.5·10⁷")]


@pytest.mark.parametrize(("largest", "shown"), LARGE)
def test_large_numbers_are_written_shorter(page, tmp_path, largest, shown):
    open_strip(page, tmp_path, [Matrix("x", "x", np.array([[largest, -0.0001]]))])
    expect(cell(page, "x", 1, 1)).to_have_text(shown)


def test_captions_claim_only_what_holds(page, tmp_path):
    open_strip(page, tmp_path, made_strip())
    expect(page.locator(".caption")).to_contain_text("its rows add up to 1")
    columns = softmax(KEYS_T.T).T
    open_strip(page, tmp_path, [Matrix("w", "w", columns, "weights")])
    expect(page.locator(".caption")).to_contain_text("Indigo is attention.")
    open_strip(page, tmp_path, made_strip(), caption="Only this.")
    expect(page.locator(".caption")).to_have_text("Only this.")
    mount(page, tmp_path, made_strip())
    send(page, made_strip(), caption=" ")
    expect(page.locator(".caption")).to_be_hidden()


def test_large_matrices_are_maps_that_the_keyboard_reaches(page, tmp_path):
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(64, 8)), rng.normal(size=(8, 64))
    matrices = [
        Matrix("a", "a", left, "input"), Matrix("b", "b", right, "input"),
        Matrix("p", "p", left @ right, operation="matmul", operands=("a", "b")),
    ]  # fmt: skip
    mount(page, tmp_path, matrices)
    spot = page.get_by_role("grid", name="p, 64 by 64").get_by_role("gridcell")
    spot.focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("ArrowLeft")
    said = spot.get_attribute("aria-label")
    assert said.startswith("p, row 64, column 63: ")
    assert float(said.rsplit(" ", 1)[1].replace("−", "-")) == pytest.approx((left @ right)[63, 62], abs=0.006)
    expect(spot).to_be_focused()
    expect(line(page)).to_contain_text("p₆₄,₆₃ = ")
    assert page.locator(".marks .frame").count() == 3
    grid = page.get_by_role("grid", name="p, 64 by 64")
    box = grid.bounding_box()
    grid.click(position={"x": 1.5 * box["width"] / 64, "y": 2.5 * box["height"] / 64})
    expect(line(page)).to_contain_text("p₃,₂ = ")


def test_larger_ones_are_averaged_down_and_say_so(page, tmp_path):
    values = np.arange(128.0 * 4).reshape(128, 4)
    made = Matrix("t", "t", values, operation="relu", operands=("x",))
    open_strip(page, tmp_path, [Matrix("x", "x", values), made], initial=("t", 0, 0))
    expect(page.locator(".caption")).to_contain_text("x is 128 × 4; each cell shown is the mean of its neighbours.")
    expect(line(page)).to_have_text("t₁,₁ = 2.00: mean of several cells")


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_numbers_can_be_read_on_every_colour(open_window, tmp_path, palette):
    page = open_strip(open_window(scheme="light" if palette is LIGHT else "dark"), tmp_path, made_strip())
    names = [f"w{i}" for i in range(101)] + [f"v{i}" for i in range(81)] + ["x"] + [f"m{i}" for i in range(11)]
    tones = page.evaluate(
        "(names) => names.map((name) => { const s = document.createElement('i'); s.className = name;"
        " document.querySelector('.matrices').append(s); const c = getComputedStyle(s);"
        " return [c.getPropertyValue('--bg'), c.getPropertyValue('--fg')]; })",
        names,
    )
    assert min(contrast(colour, ink) for colour, ink in tones) >= 4.5
    assert tones[100][0] == palette.sequential[-1]
    assert len({colour for colour, _ in tones[101:182]}) >= 75


def test_colour_says_the_sign_and_the_size(page, tmp_path):
    values = np.array([[-4.0, -2.0, 0.0, 2.0, 4.0]])
    open_strip(page, tmp_path, [Matrix("x", "x", values), Matrix("w", "w", np.array([[0.0, 0.25, 1.0]]), "weights")])
    tones = [one.get_attribute("data-tone") for one in page.locator(".cell").all()]
    assert tones == ["v0", "v20", "v40", "v60", "v80", "w0", "w25", "w100"]


def test_one_huge_matrix_does_not_pale_the_others(page, tmp_path):
    matrices = [Matrix(name, name, np.array([[size]])) for name, size in (("a", 1.0), ("b", 4.0), ("c", 100.0))]
    open_strip(page, tmp_path, [*matrices, Matrix("q", "q", np.array([[0.5]]), "input")])
    assert [one.get_attribute("data-tone") for one in page.locator(".cell").all()] == ["v42", "v48", "v80", "v80"]
    assert page.locator(".legend .key").all_inner_texts() == ["inputs\n−0.5\n0.5", "results\n≤ −20.0\n≥ 20.0"]


def test_colours_follow_the_system_at_once(page, tmp_path):
    open_strip(page, tmp_path, made_strip())
    one = cell(page, "weights", 1, 3)
    before = one.evaluate("(node) => getComputedStyle(node).backgroundColor")
    page.emulate_media(color_scheme="dark")
    expect(one).not_to_have_css("background-color", before)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_nothing_bars_the_way_of_assistive_tools(open_window, accessible, tmp_path, width, scheme):
    labels = ("The", "white", "house", "stands")
    matrices = [
        *made_strip(mask=np.tri(4, dtype=bool)),
        Matrix("named", "named", np.eye(4), "weights", row_labels=labels, column_labels=labels, labelled=True),
        Matrix("map", "map", np.random.default_rng(0).normal(size=(20, 30))),
    ]
    page = open_window(width=width, scheme=scheme)
    mount(page, tmp_path, matrices, initial=("scores", 1, 2))
    page.locator("details summary").click()
    cell(page, "Q", 1, 1).dblclick()
    page.get_by_role("textbox").fill("half")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    accessible(page)


@pytest.mark.parametrize("columns", [3, 16, 64])
def test_the_page_never_scrolls_sideways(open_window, tmp_path, columns):
    page = open_window(width=390, height=844)
    labels = tuple(f"a long word {i}" for i in range(columns))
    wide = Matrix("wide", "wide", np.full((3, columns), -1.25), column_labels=labels, labelled=columns < 16)
    open_strip(page, tmp_path, [*made_strip(), wide], initial=("scores", 1, 2))
    page.locator("details summary").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    last = page.get_by_role("grid", name="wide, ").locator("canvas, .line:last-child .cell:last-child").last
    last.evaluate("(node) => node.scrollIntoView({inline: 'end'})")
    box = last.bounding_box()
    assert box["x"] + box["width"] <= 390


def test_words_are_text_never_markup(page, tmp_path):
    labels = {"row_labels": (HARMFUL, "b"), "column_labels": ("c", HARMFUL), "labelled": True}
    matrix = Matrix(HARMFUL, HARMFUL, np.eye(2), shape_text=HARMFUL, symbol=HARMFUL, operands=(HARMFUL,), **labels)
    open_strip(page, tmp_path, [matrix], caption=HARMFUL)
    page.locator("details summary").click()
    page.locator(".cell").nth(1).hover()
    expect(line(page)).to_contain_text(HARMFUL)
    assert page.evaluate("window.harmed === undefined && document.querySelectorAll('img').length === 0")


def test_the_table_holds_the_same_numbers(page, tmp_path):
    matrices = made_strip()
    mount(page, tmp_path, matrices)
    page.locator("details summary").click()
    table = page.locator("table").nth(2)
    expect(table.locator("thead th")).to_have_text(["k₁", "k₂", "k₃", "k₄"])
    shown = [float(text.replace("−", "-")) for text in table.locator("tbody td").all_inner_texts()]
    np.testing.assert_allclose(shown, matrices[2].values.ravel(), atol=0.0000501)
    send(page, made_strip(QUERIES * 2))
    expect(table.locator("tbody td").first).to_have_text("1.5600")


def save(page, kind: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Save {kind}", exact=True).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_saved_svg_carries_the_picture(page, tmp_path):
    matrices = made_strip(mask=np.tri(4, dtype=bool))
    open_strip(page, tmp_path, matrices, initial=("scores", 1, 2), file_stem="scaled dot")
    path = save(page, "SVG", tmp_path)
    assert path.name == "scaled-dot.svg"
    tree = ET.parse(path).getroot()
    space = "{http://www.w3.org/2000/svg}"
    texts = [node.text for node in tree.iter(f"{space}text")]
    assert {matrix.title for matrix in matrices} <= set(texts)
    assert "score(q₂, k₃) = −0.6·1.0 + (−0.5)·(−0.2) + (−0.2)·0.0 = −0.50" in texts
    titles = [node.text for node in tree.iter(f"{space}title") if (node.text or "").startswith("score, ")]
    numbers = [float(title.rsplit(" ", 1)[1].replace("−", "-")) for title in titles]
    np.testing.assert_allclose(numbers, matrices[2].values.ravel(), atol=0.00501)
    assert sum(node.get("stroke") == LIGHT.primary for node in tree.iter(f"{space}rect")) == 3 + 3 + 1
    assert "var(" not in path.read_text()


def test_saved_png_is_twice_the_size_of_the_drawing(page, tmp_path):
    open_strip(page, tmp_path, made_strip())
    drawn = ET.parse(save(page, "SVG", tmp_path)).getroot()
    header = save(page, "PNG", tmp_path).read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    sizes = [int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")]
    assert sizes == [2 * int(drawn.get("width")), 2 * int(drawn.get("height"))]


def test_saved_csv_holds_every_number(page, tmp_path):
    matrices = [*made_strip(), Matrix("x", "=HYPERLINK(1)", np.array([[np.nan, -np.inf]]), row_labels=('a "b", c',))]
    open_strip(page, tmp_path, matrices)
    path = save(page, "CSV", tmp_path)
    text = path.read_text(encoding="utf-8-sig")
    blocks = [list(csv.reader(block.splitlines())) for block in text.strip().split("\n\n")]
    assert len(blocks) == len(matrices)
    assert blocks[2][1] == ["", "k₁", "k₂", "k₃", "k₄"]
    found = [[float(number) for number in row[1:]] for row in blocks[2][2:]]
    np.testing.assert_allclose(found, matrices[2].values, rtol=1e-6)
    assert blocks[-1] == [["'=HYPERLINK(1) (1 × 2)"], ['a "b", c', "nan", "-inf"]]


def test_no_matrices_is_said(page, tmp_path):
    mount(page, tmp_path, made_strip())
    send(page, [])
    expect(page.locator(".strip")).to_have_text("There is nothing to show yet.")
    send(page, made_strip())
    assert page.get_by_role("grid").count() == len(made_strip())
