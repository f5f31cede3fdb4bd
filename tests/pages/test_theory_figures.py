"""The live figures of the theory page: what they show follows their controls, and is what the mechanism gives."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from attention.ui.inspector import decode_floats
from attention.ui.theory import state
from attention.ui.theory.text import TEXT
from tests.pages.test_theory import CHAPTER_OF, html, needs_model, numbers, open_page, strip, trace


def open_figure(figure: str, **link: str) -> AppTest:
    return open_page(CHAPTER_OF[figure], **link)


def table(app: AppTest, number: int = 0):
    return app.table[number].value


def softmax(scores) -> np.ndarray:
    powers = np.exp(np.asarray(scores) - np.max(scores, axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


# ---- 1 to 5 ----


def test_search_gives_attention_by_the_number_of_wanted_features():
    weights = table(open_figure("visual_search", colour="orange", tilt="tilted", search_T="0.5"))
    matches = [(row[TEXT["item_colour"]] == "orange") + (row[TEXT["item_tilt"]] == "tilted") for _, row in
               weights.iterrows()]  # fmt: skip
    assert weights[TEXT["weight"]].to_numpy(dtype=float) == pytest.approx(softmax(np.array(matches) / 0.5), abs=1e-3)


def test_search_for_nothing_treats_all_alike():
    weights = table(open_figure("visual_search", colour="any", tilt="any"))[TEXT["weight"]].astype(float)
    assert weights.to_numpy() == pytest.approx(1 / 12, abs=1e-3)


def test_soft_lookup_answers_with_the_weighted_mean_of_the_values():
    found = table(open_figure("soft_lookup", soft_x="1.8", soft_y="0.1", soft_T="0.1"))
    assert float(found.loc["soup", TEXT["weight"]]) > 0.99
    keys = np.array([[-1.45, 1.4], [-0.9, 0.75], [-1.85, -0.35], [1.35, 1.45], [1.8, 0.1], [0.5, -0.7]])
    found = table(open_figure("soft_lookup", soft_x="0.5", soft_y="-0.3", soft_T="2"))
    wanted = softmax(keys @ [0.5, -0.3] / np.sqrt(2) / 2)
    assert found[TEXT["weight"]].to_numpy(dtype=float) == pytest.approx(wanted, abs=1e-3)
    answer = wanted @ [8, 6, -8, 65, 70, 22]
    assert f"{answer:.0f} °C" in html(open_figure("soft_lookup", soft_x="0.5", soft_y="-0.3", soft_T="2"))


def test_kernel_regression_is_that_of_nadaraya_and_watson():
    from attention.ui.theory.looking_up import POINTS_X, POINTS_Y

    app = open_figure("kernel_regression", bandwidth="0.7", at="4.2")
    place = np.linspace(0, 10, 201)[:, None]
    kernel = np.exp(-((place - POINTS_X) ** 2) / (2 * 0.7**2))
    assert numbers(trace(app, 0, 1)["y"]) == pytest.approx(kernel @ POINTS_Y / kernel.sum(axis=1), abs=1e-4)
    own = np.exp(-((4.2 - np.array(POINTS_X)) ** 2) / (2 * 0.7**2))
    assert numbers(trace(app, 0, 3)["y"]) == pytest.approx(own / own.sum(), abs=1e-4)


@pytest.mark.parametrize("name", state.SCORES)
def test_each_score_is_that_of_the_mechanism(name):
    from attention.ui.theory.scoring import KEYS, QUERY

    q, k = 1.5 * np.array(QUERY), np.array(KEYS)
    wanted = {
        "dot": k @ q,
        "scaled_dot": k @ q / np.sqrt(3),
        "general": k @ (q - q.mean()),
        "additive": np.tanh(q + k).sum(axis=1),
        "cosine": k @ q / np.linalg.norm(q) / np.linalg.norm(k, axis=1),
    }[name]
    shown = strip(open_figure("scores", score=name, stretch="1.5"))
    assert shown["scores"][0] == pytest.approx(wanted, abs=1e-5)
    assert shown["weights"][0] == pytest.approx(softmax(wanted), abs=1e-5)


def test_temperature_divides_the_scores():
    from attention.ui.theory.normalising import LOGITS

    app = open_figure("temperature")
    assert numbers(trace(app)["y"]) == pytest.approx(softmax(LOGITS), abs=1e-6)
    app.slider(key=state.key("T")).set_value(0.5).run()
    assert numbers(trace(app)["y"]) == pytest.approx(softmax(np.array(LOGITS) / 0.5), abs=1e-6)
    hard = open_figure("temperature", normaliser="hardmax")
    assert numbers(trace(hard)["y"]) == pytest.approx([1, 0, 0, 0, 0])


def test_saturation_shows_what_the_measure_found():
    from attention.measures.saturation import saturation
    from attention.ui.theory.normalising import DIMS, DRAWS

    app = open_figure("saturation", keys="4")
    lines = [trace(app, 1, number) for number in range(12)]
    curve = next(one for one in lines if one.get("name") == TEXT["scale_one"])
    wanted = [row.entropy for row in saturation(DIMS, "one", keys=4, seeds=DRAWS // 4)]
    assert numbers(curve["y"]) == pytest.approx(wanted, abs=1e-6)
    assert numbers(curve["y"])[-1] < 0.2 < numbers(curve["y"])[0]


def test_masked_weights_are_zero_and_rows_sum_to_one():
    shown = strip(open_figure("masks", mask="causal", length="5"))
    assert shown["mask"] == pytest.approx(np.tril(np.ones((5, 5))))
    scores = np.where(shown["mask"] > 0, shown["scores"], -np.inf)
    assert shown["weights"] == pytest.approx(softmax(scores), abs=1e-5)


def test_only_as_many_words_as_there_are_can_be_real():
    shown = strip(open_figure("masks", mask="padding", length="3", kept="9"))
    assert shown["mask"] == pytest.approx(1)


def test_rotary_match_depends_on_the_distance_alone():
    from attention.ui.theory.placing import match_by_place

    (near,), (far,) = (match_by_place("rotary", place).values() for place in (10, 20))
    assert near[10:38] == pytest.approx(far[20:48], abs=1e-5)
    shown = numbers(trace(open_figure("positions", position="rotary", place="10"), 0)["y"])
    assert shown == pytest.approx(near, abs=1e-6)


def test_sinusoidal_match_is_a_mean_of_cosines():
    speeds = 10000 ** (-np.arange(0, 16, 2) / 16)
    wanted = np.cos(np.outer(np.arange(48) - 7, speeds)).mean(axis=1)
    shown = numbers(trace(open_figure("positions", position="sinusoidal", place="7"), 1)["y"])
    assert shown == pytest.approx(wanted, abs=1e-5)


def test_alibi_falls_with_one_slope_a_head():
    app = open_figure("positions", position="alibi", place="0")
    slopes = [numbers(trace(app, 0, head)["y"])[1] for head in range(4)]
    assert slopes == pytest.approx([-(2 ** (-2 * h)) for h in range(1, 5)])


# ---- with the translation model ----


@needs_model
def test_heads_are_those_of_the_model():
    from attention.translation.translator import Translator

    app = open_figure("heads", heads_text="The cat sleeps.")
    blocks = [json.loads(block.proto.json) for block in app.get("bidi_component")]
    reading = next(one for one in blocks if "readings" in one.get("view", {}))["view"]["readings"][0]
    answer = Translator.load(state.MODEL).translate("The cat sleeps.")
    wanted = answer.word_maps["cross"].weights
    assert decode_floats(reading["weights"], reading["shape"]) == pytest.approx(wanted, abs=1e-5)


@needs_model
def test_without_attention_all_pieces_weigh_the_same():
    app = open_figure("switch", switch_text="She reads a book.")
    off = numbers(trace(app, 1)["z"])
    assert np.ptp(off.reshape(-1, 6), axis=0) == pytest.approx(0, abs=1e-6)
    logs = [float(text.replace("−", "-")) for text in re.findall(r"log-probability (−[\d.]+)", html(app))]
    assert logs[0] > logs[1]


@needs_model
def test_the_switch_marks_the_branch_that_is_taken():
    charts = {}
    for flag in ("0", "1"):
        blocks = [block.proto.json for block in open_figure("switch", attention=flag).get("bidi_component")]
        charts[flag] = next(json.loads(one)["svg"] for one in blocks if "svg" in one)
    assert TEXT["flow_chart_on"] in charts["1"]
    assert TEXT["flow_chart_off"] in charts["0"]


@needs_model
@pytest.mark.parametrize("figure", ["heads", "switch", "faithfulness"])
@pytest.mark.parametrize("text", ["", "   ", "<img src=x onerror=alert(1)>", "你好", "word " * 39, "One. Two! Three?"])
def test_no_sentence_breaks_a_figure(figure, text):
    field = {"heads": "heads_text", "switch": "switch_text", "faithfulness": "faith_text"}[figure]
    app = open_figure(figure)
    app.text_input(key=state.key(field)).set_value(text).run()
    assert not app.exception
    assert "<img src=x" not in html(app)


@needs_model
def test_faithfulness_shows_what_was_measured():
    from attention.translation.faithfulness import word_importance
    from attention.translation.translator import Translator

    app = open_figure("faithfulness", faith_text="She reads a book.", word="1")
    translator = Translator.load(state.MODEL)
    wanted = word_importance(translator, translator.translate("She reads a book."), 1)
    for number, measure in enumerate((wanted.attention, wanted.gradient, wanted.leave_one_out, wanted.random)):
        assert numbers(trace(app, 0, number)["y"]) == pytest.approx(measure, abs=1e-4)


@needs_model
def test_a_word_beyond_the_sentence_is_its_last():
    app = open_figure("faithfulness", faith_text="Hello.", word="60")
    assert app.session_state[state.key("word")] < 5


@needs_model
def test_tuning_scores_our_own_translations():
    from dataclasses import replace

    from attention.translation.translator import Translator
    from attention.translation.tuning import tuning_pairs

    translator = Translator.load(state.MODEL)
    mechanism = replace(translator.model.mechanism, temperature=2.0)
    answers = [translator.force(source, target, mechanism) for source, target in tuning_pairs(translator)]
    wanted = sum(one.log_probability for one in answers) / sum(len(one.steps) for one in answers)
    app = open_figure("tuning", tune_T="2")
    assert f"{wanted:.3f}".replace("-", "−") in html(app)
    assert TEXT["by_search"] not in json.dumps([json.loads(c.proto.spec) for c in app.get("plotly_chart")])
    app.button(key="theory_search_auto").click().run()
    assert len(numbers(trace(app, 0, 1)["x"])) == 10
    assert app.session_state[state.key("searched")] is True


@needs_model
def test_application_leads_to_the_translation_page_with_its_sentence():
    app = open_figure("applications", example="negation")
    link = next(one.proto for one in app.get("page_link") if one.proto.label == TEXT["open_translation"])
    assert "sing" in link.query_string
    assert link.page == "translation"
    assert {"language", "recommendation", "vision", "speech"} <= {one.proto.page for one in app.get("page_link")}


# ---- costs, efficient attention, the catalogue ----


def test_costs_are_those_of_the_formulas():
    app = open_figure("layer_costs", cost_n="16", cost_d="8")
    bars = [numbers(trace(app, 0, number)["y"]) for number in range(3)]
    n, d = 16, 8
    assert bars[0][[0, 2]] == pytest.approx([4 * n * d * d + n * d + 2 * n * n * d + 5 * n * n, 4 * d * d + 4 * d])
    assert bars[1] == pytest.approx([n * n * d * d, n * d, n * n * d * d + n * d])
    assert bars[2] == pytest.approx([8 * n * d * d + 13 * n * d, 6 * n * d, 8 * d * d + 8 * d])


def test_gradient_of_the_recurrent_layer_fades_and_that_of_attention_does_not():
    app = open_figure("gradient_flow", steps="24", seed="3")
    rnn, _, own = (numbers(trace(app, 1, number)["y"]) for number in range(3))
    assert len(rnn) == 24
    assert rnn[-1] / rnn[0] < 1e-3 < own[-1] / own[0]


def test_sparse_masks_say_how_much_is_open():
    app = open_figure("sparse_masks", sparse_n="20", sparse_window="1", stride="5")
    shown = strip(app)
    assert shown["local"].sum() == 20 + 2 * 19
    for name, mask in shown.items():
        assert f"{TEXT[f'mask_{name}']} {100 * mask.sum() / mask.size:.0f}" in html(app)


def test_linear_attention_errs_more_the_sharper_the_weights():
    from attention.mechanisms import linear_weights
    from attention.ui.theory.saving_work import DRAWS, SEED, SIZE, linear_errors

    assert linear_errors(2.0)[-1] > linear_errors(0.5)[-1]
    drawn = torch.randn(3, DRAWS, 8, SIZE, generator=torch.Generator().manual_seed(SEED))
    query, key, value = drawn.round(decimals=1)
    exact = torch.softmax(query @ key.mT / SIZE**0.5, dim=-1) @ value
    linear = linear_weights(query / SIZE**0.25, key / SIZE**0.25) @ value
    wanted = float((linear - exact).norm() / exact.norm())
    assert linear_errors(1.0)[0] == pytest.approx(wanted, rel=1e-4)
    shown = numbers(trace(open_figure("linear_error", sharpness="1"), 0)["y"])
    assert shown[0] == pytest.approx(100 * wanted, rel=1e-4)


def test_question_one_is_answered_step_by_step():
    from attention.ui.theory.answering import KEYS, QUERIES, VALUES

    shown = strip(open_figure("questions", row="2", question_T="0.5"))
    scores = np.array(KEYS) @ QUERIES[2] / np.sqrt(3)
    assert shown["scores"][0] == pytest.approx(scores, abs=1e-5)
    assert shown["weights"][0] == pytest.approx(softmax(scores / 0.5), abs=1e-5)
    assert shown["context"][0] == pytest.approx(softmax(scores / 0.5) @ np.array(VALUES), abs=1e-5)


@pytest.mark.parametrize("name", state.MECHANISMS)
def test_every_mechanism_shows_weights_that_sum_to_one(name):
    from attention.mechanisms import CATALOGUE

    app = open_figure("catalogue", mechanism=name)
    shown = strip(app)
    weights = [matrix for key, matrix in shown.items() if key.startswith("weights")]
    assert len(weights) == (2 if CATALOGUE[name].kind == "heads" else 1)
    assert all(one.sum(axis=1) == pytest.approx(1, abs=1e-5) for one in weights)
    assert CATALOGUE[name].latex in [block.value.strip("$\n ") for block in app.latex]


def test_catalogue_differs_where_the_mechanisms_do():
    from attention.mechanisms import CATALOGUE
    from attention.ui.theory.listing import weights_of

    alike = {"softmax", "scaled_dot"}  # one and the same attention
    found = {name: weights_of(name)[0] for name in CATALOGUE if name not in alike}
    names = list(found)
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            assert not torch.allclose(found[first], found[second], atol=1e-3), (first, second)


def test_catalogue_is_a_table_with_every_mechanism():
    from attention.mechanisms import CATALOGUE
    from attention.ui.theory.listing import listing

    lines = listing().splitlines()
    assert len(lines) == len(CATALOGUE) + 2
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 5 for line in lines)
