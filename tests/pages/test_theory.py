"""The theory page without a browser: every chapter opens, every figure follows its controls and its mechanism."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from attention.content import FIGURES, chapters, corrections
from attention.training.checkpoint import CHECKPOINTS
from attention.ui.inspector import decode_floats
from attention.ui.theory import state
from attention.ui.theory.lab import MODULES
from attention.ui.theory.text import TEXT
from tests.conftest import ROOT

needs_model = pytest.mark.skipif(
    not (CHECKPOINTS / state.MODEL / "config.json").exists(), reason="the shipped checkpoints are absent"
)
CHAPTER_OF = {figure: chapters()[number - 1].name for figure, number in FIGURES.items()}


def open_page(chapter: str, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.run()
    app.query_params["chapter"] = chapter
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page("pages/theory.py")
    app.run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def strip(app: AppTest) -> dict[str, np.ndarray]:
    """Return the matrices of the strip on the page, by id."""
    found = [json.loads(block.proto.json) for block in app.get("bidi_component") if '"matrices"' in block.proto.json]
    return {one["id"]: decode_floats(one["values"], one["shape"]) for one in found[0]["view"]["matrices"]}


def trace(app: AppTest, chart: int = 0, number: int = 0) -> dict:
    return json.loads(app.get("plotly_chart")[chart].proto.spec)["data"][number]


def numbers(values) -> np.ndarray:
    """Read an array of a figure, which travels packed."""
    if not isinstance(values, dict):
        return np.asarray(values, dtype=np.float64)
    import base64

    return np.frombuffer(base64.b64decode(values["bdata"]), dtype=np.dtype(values["dtype"])).astype(np.float64)


def playground_link(app: AppTest, number: int = 0) -> dict[str, str]:
    from urllib.parse import parse_qsl

    links = [one.proto for one in app.get("page_link") if one.proto.label == TEXT["open_playground"]]
    return dict(parse_qsl(links[number].query_string, keep_blank_values=True))


# ---- the page as a whole ----


@needs_model
@pytest.mark.parametrize("name", state.NAMES)
def test_every_chapter_opens(name):
    app = open_page(name)
    assert app.session_state[state.key("chapter")] == name
    assert "lab-title" in html(app)


def test_fourteen_chapters_and_the_article_are_offered():
    app = open_page(state.NAMES[0])
    assert len(app.radio(key="theory_contents").options) == 15
    assert app.selectbox(key="theory_menu").options == app.radio(key="theory_contents").options


def test_every_figure_of_the_chapters_can_be_drawn():
    named = {figure for chapter in chapters() for figure in chapter.figures}
    assert named == set(MODULES) == set(state.CONTROLS)


def test_catalogue_names_are_those_of_the_mechanisms():
    from attention.mechanisms import CATALOGUE

    assert set(state.MECHANISMS) == set(CATALOGUE)


def test_fields_have_names_of_their_own():
    names = [field.name for field in state.FIELDS]
    assert len(set(names)) == len(names)


def test_contents_box_and_buttons_turn_the_page():
    app = open_page(state.NAMES[0])
    app.radio(key="theory_contents").set_value(state.NAMES[1]).run()
    assert chapters()[1].title in html(app).replace("&#x27;", "'")
    app.button(key="theory_next").click().run()
    assert not app.exception
    assert app.session_state[state.key("chapter")] == state.NAMES[2]
    app.button(key="theory_previous").click().run()
    app.selectbox(key="theory_menu").set_value(state.CORRECTIONS).run()
    assert not app.exception
    assert app.session_state[state.key("chapter")] == state.CORRECTIONS


def test_what_was_set_is_kept_while_another_chapter_is_read():
    app = open_page(CHAPTER_OF["temperature"])
    app.slider(key=state.key("T")).set_value(0.5).run()
    app.radio(key="theory_contents").set_value(CHAPTER_OF["masks"]).run()
    app.radio(key="theory_contents").set_value(CHAPTER_OF["temperature"]).run()
    assert app.slider(key=state.key("T")).value == 0.5


@pytest.mark.parametrize(
    "link",
    [
        {"chapter": "no-such"},
        {"chapter": "<b>"},
        {"T": "nan"},
        {"T": "99"},
        {"row": "77"},
        {"nonsense": "1"},
        {"kind": "x" * 3000},
    ],
)
def test_no_link_breaks_the_page(link):
    app = open_page(link.pop("chapter", CHAPTER_OF["temperature"]), **link)
    assert 'role="alert"' in html(app)


def test_page_runs_when_opened_alone():
    app = AppTest.from_file(str(ROOT / "pages" / "theory.py"), default_timeout=120).run()
    assert not app.exception


# ---- corrections ----


def test_corrections_are_all_there_and_can_be_filtered():
    app = open_page(state.CORRECTIONS)
    rows = corrections()
    assert f"{len(rows)} of {len(rows)}" in html(app)
    shown = " ".join(block.value for block in app.markdown)
    assert all(row.right in shown for row in rows)
    app = open_page(state.CORRECTIONS, kind="code")
    shown = " ".join(block.value for block in app.markdown)
    assert all((row.right in shown) == (row.kind == "code") for row in rows)


def test_links_of_the_corrections_are_read_by_their_pages():
    from attention.ui.links import read_link
    from attention.ui.playground import state as playground
    from attention.ui.theory.parts import as_query
    from attention.ui.translation import state as translation

    fields = {
        "theory": state.FIELDS,
        "playground": playground.FIELDS,
        "translation": translation.fields(tuple(translation.model_titles())),
    }
    wrong = {row.number: read_link(fields[row.page], as_query(row.link))[1] for row in corrections()}
    assert not {number: problems for number, problems in wrong.items() if problems}


def test_corrections_are_one_table_whose_links_hold_their_state():
    from urllib.parse import parse_qsl

    from attention.ui.theory.corrections import COLUMNS, address, markdown_table
    from attention.ui.theory.parts import as_query

    rows = corrections()
    lines = markdown_table(rows).splitlines()
    assert len(lines) == len(rows) + 2
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {len(COLUMNS) + 1}
    for row, line in zip(rows, lines[2:], strict=True):
        assert f"[{row.link_title}]({address(row)})" in line
        assert not set(address(row)) & set(" ()<>|\n")
        page, _, query = address(row).partition("?")
        assert (page, dict(parse_qsl(query))) == (row.page, as_query(row.link))


# ---- links to the playground ----


@needs_model
@pytest.mark.parametrize("chapter", [chapter.name for chapter in chapters()])
def test_playground_reads_every_link_without_a_complaint(chapter):
    from attention.ui.links import read_link
    from attention.ui.playground.state import FIELDS

    app = open_page(chapter)
    figures = next(one for one in chapters() if one.name == chapter).figures
    for number in range(len(figures)):
        values, problems = read_link(FIELDS, playground_link(app, number))
        assert not problems
        assert values


@pytest.mark.parametrize(
    ("figure", "control", "weights"),
    [
        ("visual_search", {"colour": "green", "tilt": "any", "search_T": "0.7"}, "selecting"),
        ("soft_lookup", {"soft_x": "-1", "soft_y": "0.5", "soft_T": "0.5"}, "looking_up"),
        ("kernel_regression", {"bandwidth": "0.8", "at": "6.1"}, "kernel"),
        ("temperature", {"T": "0.6", "normaliser": "entmax15"}, "normalising"),
        ("scores", {"score": "additive", "stretch": "1.5"}, "scoring"),
        ("scores", {"score": "general", "stretch": "2"}, "scoring"),
        ("masks", {"mask": "local", "length": "7", "window": "2"}, "masking"),
        ("masks", {"mask": "padding", "length": "5", "kept": "3"}, "masking"),
        ("questions", {"row": "3", "question_T": "0.4"}, "answering"),
    ],
)
def test_link_carries_the_very_numbers_to_the_playground(figure, control, weights):
    """The formula of the link, computed on the numbers of the link, gives the weights that the figure shows."""
    from attention.formula import Formula

    app = open_page(CHAPTER_OF[figure], **control)
    figures = next(one for one in chapters() if one.name == CHAPTER_OF[figure]).figures
    link = playground_link(app, figures.index(figure))
    inputs = {name.upper(): np.array([[float(x) for x in row.split(",")] for row in link[name].split("\n")])
              for name in ("q", "k", "v")}  # fmt: skip
    formula = Formula(link["formula"], parameters={"c": ()})
    inputs |= {"T": float(link.get("T", 1)), "c": float(link.get("c", 1))}
    inputs["M"] = np.ones((len(inputs["Q"]), len(inputs["K"])), dtype=bool)
    found = formula.evaluate({name: inputs[name] for name in formula.uses | {"c"} if name in inputs}).named["weights"]
    assert np.asarray(found, dtype=float) == pytest.approx(shown_weights(weights, control), abs=2e-3)


@pytest.mark.parametrize("name", state.MECHANISMS)
def test_catalogue_opens_the_very_weights_in_the_playground(name):
    from attention.ui.theory.listing import weights_of

    link = playground_link(open_page(CHAPTER_OF["catalogue"], mechanism=name))
    assert computed(link)["weights"] == pytest.approx(weights_of(name)[0].numpy(), abs=1e-5)


@pytest.mark.parametrize("kind", state.POSITIONS)
def test_positions_open_the_same_match_for_the_first_places(kind):
    from attention.ui.theory.placing import MOST, match_by_place

    app = open_page(CHAPTER_OF["positions"], position=kind, place="5")
    found = computed(playground_link(app, 1))
    for number, curve in enumerate(match_by_place(kind, 5).values(), start=1):
        name = f"head_{number}" if kind == "alibi" else "match"
        assert found[name][5] == pytest.approx(curve[:MOST], abs=1e-5)
    assert f"{MOST}" in html(app)


def test_sparse_masks_open_their_upper_left_corner():
    from attention.ui.theory.saving_work import MOST, sparse

    app = open_page(CHAPTER_OF["sparse_masks"], sparse_window="1", stride="3", sparse_n="30")
    found = computed(playground_link(app))
    names = {"near": "local", "wide": "strided", "back": "strided_causal", "hub": "global"}
    masks = sparse(30, 1, 3)
    for name, mask in names.items():
        assert (found[name] == masks[mask].numpy()[:MOST, :MOST]).all()


def test_linear_attention_opens_one_of_the_very_draws():
    from attention.mechanisms import attend, linear_attend
    from attention.ui.theory.saving_work import SIZE, drawn_vectors

    link = playground_link(open_page(CHAPTER_OF["linear_error"], sharpness="2"), 1)
    assert sum(len(name) + len(value) for name, value in link.items()) < 4096
    query, key, value = (part[0] for part in drawn_vectors()[0])
    linear = linear_attend(2 * query / SIZE**0.25, key / SIZE**0.25, value)
    assert computed(link)["output"] == pytest.approx(linear.numpy(), abs=1e-4)
    exact = attend(2 * query, key, value)[0]
    assert computed(link, link["second"])["output"] == pytest.approx(exact.numpy(), abs=1e-4)


def computed(link: dict[str, str], formula: str = "") -> dict[str, np.ndarray]:
    """Return what the playground computes from a link, by name; it must have nothing to complain about."""
    from dataclasses import fields

    from attention.formula.presets import PRESETS
    from attention.ui.links import read_link
    from attention.ui.playground.computing import compute
    from attention.ui.playground.inputs import Settings
    from attention.ui.playground.state import FIELDS

    values, problems = read_link(FIELDS, link)
    assert not problems
    preset = PRESETS[values["preset"]]
    is_self = values["self"] or (not values["formula"] and preset.self_attention)
    kept = {field.name: values[field.name] for field in fields(Settings) if field.name in values}
    settings = Settings(**kept | {"is_self": is_self, "heads": values["heads"]})
    found = compute(formula or values["formula"] or preset.text, settings)
    assert not found.inputs.problems
    return {name: value.detach().numpy() for name, value in found.evaluation.named.items()}


def shown_weights(module: str, control: dict[str, str]) -> np.ndarray:
    import torch

    from attention.ui.lookup import Position
    from attention.ui.theory import answering, looking_up, masking, normalising, scoring, selecting

    given = list(control.values())
    if module == "selecting":
        return selecting.search_weights(given[0], given[1], float(given[2]))[None].numpy()
    if module == "looking_up":
        return looking_up.soft_weights(Position(*map(float, given)))[None].numpy()
    if module == "kernel":
        return looking_up.kernel_answer(torch.tensor([float(given[1])]), float(given[0]))[1].numpy()
    if module == "normalising":
        return normalising.tempered(float(given[0]), given[1])[None].numpy()
    if module == "scoring":
        return scoring.scored(given[0], float(given[1]))[1].numpy()
    if module == "masking":
        mask = masking.mask_of(given[0], int(given[1]), int(control.get("window", 1)), int(control.get("kept", 4)))
        return masking.masked_weights(mask).numpy()
    return answering.answered(int(given[0]), float(given[1]))[1].numpy()


def test_text_comes_without_torch():
    """The frame and the corrections need no model; only a figure imports torch."""
    import subprocess
    import sys

    code = (
        "import sys; from streamlit.testing.v1 import AppTest;"
        "app = AppTest.from_file('pages/theory.py', default_timeout=120);"
        "app.query_params['chapter'] = 'corrections'; app.run();"
        "assert not app.exception; assert len(app.markdown[1].value.splitlines()) > 50;"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
