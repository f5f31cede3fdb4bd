"""The playground without a browser: what it computes and shows, and that nothing typed or linked can break it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from attention.formula.presets import PRESETS
from attention.training.checkpoint import CHECKPOINTS
from attention.ui.playground import computing, cost, saving
from attention.ui.playground.text import TEXT
from tests.formula.checks import run_script

ROOT = Path(__file__).parent.parent.parent
WITH_MODEL = pytest.mark.skipif(
    not (CHECKPOINTS / "en-fr-transformer" / "config.json").exists(), reason="the shipped checkpoints are absent"
)


def open_page(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.run()
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page("pages/playground.py")
    app.run()
    assert not app.exception
    return app


def strip_of(app: AppTest, number: int = 0) -> dict[str, np.ndarray]:
    """Return the numbers of a strip on the page by the ids of its matrices."""
    from attention.ui.inspector import decode_floats

    found = [json.loads(block.proto.json) for block in app.get("bidi_component") if '"matrices"' in block.proto.json]
    matrices = found[number]["view"]["matrices"]
    return {one["id"]: decode_floats(one["values"], one["shape"]) for one in matrices}


def titles_of(app: AppTest, number: int = 0) -> list[str]:
    found = [json.loads(block.proto.json) for block in app.get("bidi_component") if '"matrices"' in block.proto.json]
    return [one["title"] for one in found[number]["view"]["matrices"]]


def said(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html") if not block.proto.body.startswith("<style"))


def formula_of(app: AppTest) -> str:
    return app.text_area(key="playground_text_formula").value


def write(app: AppTest, text: str) -> AppTest:
    return app.text_area(key="playground_text_formula").set_value(text).run()


def test_the_first_picture_is_attention_itself():
    strip = strip_of(open_page())
    query, key, value = (torch.tensor(strip[name]) for name in ("Q", "K.T", "V"))
    wanted = torch.nn.functional.scaled_dot_product_attention(query, key.T, value)
    assert strip["output"] == pytest.approx(wanted.numpy(), abs=1e-5)
    assert strip["weights"].sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_the_strip_shows_inputs_products_and_named_lines_once():
    assert titles_of(open_page()) == ["Q", "Kᵀ", "Q Kᵀ", "scores", "weights", "V", "output"]


def test_a_new_formula_gives_a_new_picture():
    app = write(open_page(), "a = Q @ K.T\noutput = sparsemax(a) @ V")
    strip = strip_of(app)
    assert strip["a"] == pytest.approx(strip["Q"] @ strip["K.T"], abs=1e-5)
    assert "sparsemax(a)" in strip


def test_an_error_keeps_the_text_marks_the_place_and_leaves_the_last_good_picture():
    app = write(open_page(), "a = Q @ K.T\noutput = softmax(a / V) @ V")
    assert not app.exception
    assert formula_of(app) == "a = Q @ K.T\noutput = softmax(a / V) @ V"
    assert "<mark>a / V</mark>" in said(app)
    assert "Line 2" in said(app)
    assert TEXT["last_good"].split("{")[0] in said(app)
    assert "output" in strip_of(app)


def test_the_remedy_is_one_click_away():
    app = open_page(preset="article_weights")
    assert "<mark>Q @ K.T / V</mark>" in said(app)
    app.button(key="playground_fix_formula").click().run()
    assert not app.exception
    assert "mark" not in said(app)
    assert "/ sqrt(d)" in formula_of(app)
    assert strip_of(app)["W"].sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_a_wrong_preset_leads_to_the_right_one():
    app = open_page(preset="article_output")
    app.button(key="playground_correct").click().run()
    assert app.selectbox(key="playground_preset").value == "article_corrected"
    assert "mark" not in said(app)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_opens_by_link(name):
    app = open_page(preset=name)
    assert ("<mark>" in said(app)) == (name in WRONG_SHAPES)


def test_an_odd_d_with_rotary_positions_is_one_click_away_from_an_even_one():
    app = open_page(preset="rotary", d="5")
    assert TEXT["even"] in said(app)
    app.button(key="playground_even_formula").click().run()
    assert app.slider(key="playground_d").value == 6
    assert "<mark>" not in said(app)


def test_a_preset_that_needs_an_even_d_keeps_the_messages_about_its_link():
    app = open_page(preset="rotary", n="99")
    assert app.slider(key="playground_d").value == 4
    assert "“99”" in said(app)


WRONG_SHAPES = {
    "article_weights", "article_output", "article_scale", "article_additive", "article_code", "article_roles",
}  # fmt: skip


def test_choosing_a_preset_shows_it_with_what_it_needs():
    app = open_page()
    app.selectbox(key="playground_preset").set_value("rotary").run()
    assert "mark" not in said(app)
    assert app.slider(key="playground_d").value == 4
    app.selectbox(key="playground_preset").set_value("masked").run()
    assert "M" in strip_of(app)


def test_controls_rewrite_the_formula_and_undo_brings_it_back():
    app = open_page()
    first = formula_of(app)
    app.selectbox(key="playground_control_normaliser").set_value("entmax15").run()
    assert "entmax15(scores)" in formula_of(app)
    app.selectbox(key="playground_control_score").set_value("cosine").run()
    assert "cosine(Q, K)" in formula_of(app)
    app.button(key="playground_undo").click().run()
    assert "Q @ K.T" in formula_of(app)
    app.button(key="playground_undo").click().run()
    assert formula_of(app) == first
    assert app.button(key="playground_undo").disabled


def test_a_formula_written_by_hand_leaves_the_controls_open():
    app = write(open_page(), "output = softmax(Q @ K.T) @ V")
    assert app.selectbox(key="playground_control_normaliser").value is None
    app.selectbox(key="playground_control_normaliser").set_value("sparsemax").run()
    assert "sparsemax" in formula_of(app)
    app.button(key="playground_undo").click().run()
    assert formula_of(app) == "output = softmax(Q @ K.T) @ V"


def test_undo_and_reset_cover_sizes_and_numbers():
    app = open_page()
    before = strip_of(app)
    app.slider(key="playground_d").set_value(8).run()
    app.slider(key="playground_T").set_value(2.0).run()
    assert "/ T" in formula_of(app)
    app.button(key="playground_undo").click().run()
    assert "/ T" not in formula_of(app)
    assert app.slider(key="playground_d").value == 8
    app.button(key="playground_reset").click().run()
    assert strip_of(app)["output"] == pytest.approx(before["output"])
    app.button(key="playground_undo").click().run()
    assert app.slider(key="playground_d").value == 8


def test_the_causal_mask_leaves_nothing_above_the_diagonal():
    app = open_page()
    app.selectbox(key="playground_mask").set_value("causal").run()
    assert "M" in formula_of(app)
    assert np.triu(strip_of(app)["weights"], 1).max() == 0
    app.selectbox(key="playground_mask").set_value("none").run()
    assert "M" not in formula_of(app)


@pytest.mark.parametrize("mask", ["local", "padding", "strided", "global", "drawn"])
def test_every_mask_closes_what_it_shows_as_closed(mask):
    app = open_page(preset="masked", mask=mask, n="5", m="6", cells="011111.111110", seed="3")
    strip = strip_of(app)
    assert (strip["weights"][strip["M"] == 0] == 0).all()
    assert (strip["M"] == 0).any()


def test_heads_run_the_formula_in_each_and_join_the_outputs():
    from attention.mechanisms import attend, merge_heads, split_heads

    whole = strip_of(open_page(d="4"))
    app = open_page(d="4", heads="2", head="1")
    strip = strip_of(app)
    query, key, value = (torch.tensor(whole[name]) for name in ("Q", "K.T", "V"))
    context, weights = attend(*(split_heads(x, 2) for x in (query, key.T, value)))
    assert strip["weights"] == pytest.approx(weights[1].numpy(), abs=1e-5)
    assert strip["joined"] == pytest.approx(merge_heads(context).numpy(), abs=1e-5)


def test_controls_without_effect_say_so():
    assert TEXT["temperature_unused"] in said(open_page(T="0.5"))
    assert TEXT["temperature_unused"] not in said(open_page(preset="temperature", T="0.5"))
    assert TEXT["mask_unused"] in said(open_page(mask="causal"))


def test_heads_that_do_not_divide_d_are_not_used():
    app = open_page(d="3", heads="2")
    assert app.session_state["playground_heads"] == 1
    assert "2 heads do not divide d = 3" in said(app)


def test_pasted_numbers_set_the_sizes():
    app = open_page(input="typed")
    app.text_area(key="playground_q").set_value("1\t2\n3\t4\n5\t6").run()
    strip = strip_of(app)
    assert strip["Q"].tolist() == [[1, 2], [3, 4], [5, 6]]
    assert strip["K.T"].shape[0] == 2


def test_numbers_that_cannot_be_read_are_explained_and_kept():
    app = open_page(input="typed")
    app.text_area(key="playground_k").set_value("1,2,3\n4,x,6").run()
    assert "K: Row 2, column 2 is “x”" in said(app)
    assert app.text_area(key="playground_k").value == "1,2,3\n4,x,6"
    assert "output" in strip_of(app)


def test_what_was_random_can_be_typed_over():
    app = open_page()
    before = strip_of(app)
    app.button_group(key="playground_input_choice").set_value("typed").run()
    assert app.text_area(key="playground_q").value
    assert strip_of(app)["output"] == pytest.approx(before["output"], abs=1e-6)


def test_own_names_take_part():
    app = open_page(names="a = 2\nU: d x d", formula="output = softmax(a * Q @ U @ K.T) @ V")
    assert "mark" not in said(app)
    assert strip_of(app)["U"].shape == (3, 3)
    app.text_area(key="playground_names").set_value("a = x").run()
    assert "Line 1: “x” is not a number" in said(app)


@WITH_MODEL
def test_a_sentence_gives_one_row_a_word():
    app = open_page(input="sentence", sentence="The cat sleeps.", d="5")
    strip = strip_of(app)
    assert strip["Q"].shape == (4, 5)
    assert (strip["Q"] == strip["K.T"].T).all()
    found = next(json.loads(b.proto.json) for b in app.get("bidi_component") if '"matrices"' in b.proto.json)
    assert found["view"]["matrices"][0]["row_labels"] == ["The", "cat", "sleeps", "."]
    app.text_input(key="playground_sentence").set_value("").run()
    assert "There is no text yet" in said(app)


def test_two_formulas_are_subtracted():
    app = open_page(section="compare", second="output = hardmax(Q @ K.T) @ V")
    first, second, difference = (strip_of(app, i) for i in range(3))
    assert difference["difference_output"] == pytest.approx(second["second output"] - first["output"], abs=1e-5)
    weights = second["second hardmax(Q @ K.T)"] - first["weights"]
    assert difference["difference_weights"] == pytest.approx(weights, abs=1e-5)


def test_a_wrong_second_formula_leaves_the_first_alone():
    app = open_page(section="compare", second="output = Q @ K")
    assert "<mark>" in said(app)
    assert "output" in strip_of(app)


@WITH_MODEL
def test_the_formula_takes_the_place_of_attention_in_the_model():
    from attention.mechanisms import Mechanism
    from attention.translation.decoding import DecodingOptions
    from attention.translation.translator import Translator

    app = open_page(section="live", preset="uniform", live="She reads a red book.")
    translator = Translator.load("en-fr-transformer")
    mine = translator.translate("She reads a red book.", DecodingOptions(beam=1), Mechanism(normaliser="uniform"))
    views = [json.loads(b.proto.json)["view"] for b in app.get("bidi_component") if '"readings"' in b.proto.json]
    words = [word.text for word in mine.target_words]
    assert len(views) == 2
    assert views[1]["readings"][0]["query"]["words"] == words


@WITH_MODEL
@pytest.mark.parametrize(("name", "reason"), [("general", "not trained"), ("self_attention", "X"), ("causal", "place")])
def test_what_cannot_run_in_the_model_says_why(name, reason):
    app = open_page(section="live", preset=name)
    assert "cannot run in the model" in said(app)
    assert reason in said(app)


def test_the_scaling_laboratory_measures_at_once():
    app = open_page(section="scaling")
    assert app.get("plotly_chart")
    assert "measured just now" in said(app)


def test_the_cost_laboratory_measures_what_was_chosen():
    app = open_page(section="cost")
    app.select_slider(key="playground_cost_lengths").set_value((64, 64)).run()
    app.button(key="playground_cost_run").click().run()
    assert app.session_state[cost.JOB]["measurement"].wait(120)
    app.run()
    assert not app.exception
    assert "8 measurements, done." in said(app)
    assert app.get("plotly_chart")


def test_a_stopped_measurement_keeps_its_rows():
    app = open_page(section="cost")
    app.select_slider(key="playground_cost_lengths").set_value((64, 2048)).run()
    app.button(key="playground_cost_run").click().run()
    app.button(key="playground_cost_stop").click().run()
    assert app.session_state[cost.JOB]["measurement"].wait(120)
    app.run()
    assert "Stopped after" in said(app)
    assert not app.button(key="playground_cost_run").disabled


@pytest.mark.parametrize("fold", ["steps", "gradients", "costs", "code"])
@pytest.mark.parametrize("heads", ["1", "2"])
def test_every_fold_opens(fold, heads):
    app = open_page(d="4", heads=heads)
    app.session_state[f"playground_fold_{fold}"] = True
    app.run()
    assert not app.exception
    body = {
        "steps": lambda: app.table[0].value.shape[0] >= 8,
        "gradients": lambda: set(strip_of(app, 1)) == {"gradient Q", "gradient K", "gradient V"},
        "costs": lambda: any("nmd" in one.value for one in app.latex),
        "code": lambda: any("import torch" in one.value for one in app.code),
    }
    assert body[fold]()


def computed_with(text: str, **changes) -> computing.Computed:
    from dataclasses import replace

    from attention.ui.links import defaults
    from attention.ui.playground.inputs import Settings
    from attention.ui.playground.state import FIELDS

    values = {name: value for name, value in defaults(FIELDS).items() if name in Settings.__dataclass_fields__}
    return computing.compute(text, replace(Settings(**values, is_self=False), **changes))


@pytest.mark.parametrize("heads", [1, 2])
def test_saved_code_gives_the_numbers_of_the_picture(heads):
    computed = computed_with(PRESETS["additive"].text, d=4, heads=heads)
    result = run_script(saving.code_of(computed, head=heads - 1))
    wanted = computed.matrix(computed.evaluation.value, heads - 1)
    assert result.double().numpy() == pytest.approx(wanted, abs=1e-6)


def test_saved_steps_hold_every_number():
    computed = computed_with(PRESETS["scaled_dot"].text)
    lines = saving.steps_csv(computed).decode("utf-8-sig").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("output,"))
    rows = [[float(cell) for cell in line.split(",")] for line in lines[start + 1 : start + 5]]
    assert rows == pytest.approx(computed.evaluation.value.numpy(), abs=1e-6)


def test_a_saved_state_opens_again():
    from attention.ui.links import defaults, read_state_json, state_json
    from attention.ui.playground.state import FIELDS, PAGE

    values = defaults(FIELDS) | {"formula": "output = Q @ K.T", "cells": "10.01", "q": "1,2\n3,4"}
    data = state_json(PAGE, FIELDS, values, saving.record(computed_with("output = Q @ K.T")))
    assert read_state_json(data, PAGE, FIELDS) == (values, [])


@pytest.mark.parametrize("heads", [1, 2])
def test_the_saved_notebook_holds_the_numbers_of_the_picture(heads):
    computed = computed_with(PRESETS["scaled_dot"].text, d=4, heads=heads)
    book = json.loads(saving.notebook_of(computed, heads - 1))
    assert book["nbformat"] == 4
    code = "".join(next(cell["source"] for cell in book["cells"] if cell["cell_type"] == "code"))
    wanted = computed.matrix(computed.evaluation.value, heads - 1)
    assert run_script(code).double().numpy() == pytest.approx(wanted, abs=1e-6)


def test_every_link_of_the_theory_page_is_understood():
    from attention.content import chapters, corrections
    from attention.ui.links import read_values
    from attention.ui.playground.state import FIELDS

    links = [chapter.playground for chapter in chapters()]
    links += [one.link for one in corrections() if one.page == "playground"]
    assert len(links) > 14
    for link in links:
        assert read_values(FIELDS, dict(link), as_text=False)[1] == []


HOSTILE = [
    "__import__('os').system('id')",
    "().__class__.__bases__[0].__subclasses__()",
    "Q.__class__",
    "exec('1')",
    "lambda: Q",
    "9**9**9**9",
    "(" * 1000,
    "softmax(" * 200 + "Q" + ")" * 200,
    "Q @ " * 300 + "K",
    "\x00",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "$\\href{javascript:alert(1)}{x}$",
    "`rm -rf` # `]( x",
    "🙂 = Q",
    "Ｑ @ Ｋ.T",
    "ones(256, 256) @ ones(256, 256)",
    "1e999",
    "Q / 0",
    "log(Q)",
    " ",
    "\n" * 100,
    "x" * 1999,
    "Q K.T",
    "Q = K",
    "T",
    "‮abc",
    "{{7*7}} {0} %s",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_formula_breaks_the_page(text):
    app = open_page(section="compare")
    write(app, text)
    assert not app.exception
    app.text_area(key="playground_text_second").set_value(text).run()
    assert not app.exception
    assert "<script>" not in said(app)
    assert "<img" not in said(app)


@pytest.mark.parametrize(
    "link",
    [
        {"preset": "no-such"},
        {"n": "0", "m": "-1", "d": "99"},
        {"T": "nan", "c": "1e999"},
        {"heads": "8", "d": "3"},
        {"mask": "drawn", "cells": "2x." * 300},
        {"mask": "padding", "window": "8", "preset": "masked"},
        {"input": "typed", "q": "<b>", "k": "1,2", "v": "1\n" * 99},
        {"names": "a = __import__('os')"},
        {"cell": "output,99,99", "head": "7"},
        {"cell": "<script>,1,1"},
        {"section": "everything"},
        {"formula": "x" * 2001},
        {"formula": "Q @ K.T\x00"},
        {"nonsense": "1"},
        {"n": "12", "m": "12", "d": "16"},
        {"n": "1", "m": "1", "d": "1"},
        {"self": "1", "n": "2", "m": "7"},
    ],
)
def test_no_link_breaks_the_page(link):
    assert "output" in strip_of(open_page(**link))
