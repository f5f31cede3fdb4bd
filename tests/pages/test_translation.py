"""The translation page without a browser: what it shows, and that nothing typed can break it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from attention.training.checkpoint import CHECKPOINTS
from attention.ui.translation.text import EXAMPLES, TEXT

ROOT = Path(__file__).parent.parent.parent
NAMES = ("en-fr-recurrent", "en-fr-transformer", "en-zh-transformer")
pytestmark = pytest.mark.skipif(
    not all((CHECKPOINTS / name / "config.json").exists() for name in NAMES),
    reason="the shipped checkpoints are absent",
)


def open_page(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.run()
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page("pages/translation.py")
    app.run()
    assert not app.exception
    return app


def view_of(app: AppTest, number: int = 0) -> dict:
    """Return the data that an inspector on the page was given."""
    found = [json.loads(block.proto.json) for block in app.get("bidi_component") if '"readings"' in block.proto.json]
    return found[number]["view"]


def sentence_of(line: dict) -> str:
    return "".join(before + word for before, word in zip(line["before"], line["words"], strict=True))


def test_the_first_picture_is_there_without_a_click():
    view = view_of(open_page())
    assert sentence_of(view["readings"][0]["key"]).startswith(EXAMPLES["fr"][0].sentence)
    assert "maison" in sentence_of(view["readings"][0]["query"])


def test_another_sentence_gives_another_picture():
    app = open_page()
    app.text_input(key="translation_sentence").set_value("The cat is black.").run()
    view = view_of(app)
    assert sentence_of(view["readings"][0]["key"]).startswith("The cat is black.")
    assert "chat" in sentence_of(view["readings"][0]["query"])


def test_every_row_of_the_picture_sums_to_one():
    from attention.ui.inspector import decode_floats

    for reading in view_of(open_page(model="en-fr-transformer"))["readings"]:
        weights = decode_floats(reading["weights"], reading["shape"])
        assert weights.sum(axis=-1) == pytest.approx(1.0, abs=1e-4)


def test_picture_and_saved_csv_and_chart_show_the_same_numbers():
    from attention.figures.attention_heatmap import attention_heatmap
    from attention.translation.translator import Translator
    from attention.ui.exports import weights_csv
    from attention.ui.inspector import decode_floats

    reading = view_of(open_page())["readings"][0]
    shown = decode_floats(reading["weights"], reading["shape"])[0, 0]
    answer = Translator.load("en-fr-recurrent").translate(EXAMPLES["fr"][0].sentence)
    rows = weights_csv(answer.map).decode("utf-8-sig").splitlines()[1:]
    saved = [[float(cell) for cell in row.split(",")[-len(shown[0]) :]] for row in rows]
    assert saved == pytest.approx(shown, abs=1e-5)
    assert attention_heatmap(answer.map).data[0].z == pytest.approx(shown, abs=1e-5)


@pytest.mark.parametrize("model", NAMES)
def test_every_model_opens_by_link(model):
    assert view_of(open_page(model=model))["file_stem"] == model


def test_a_transformer_offers_its_self_attention_too():
    names = [reading["name"] for reading in view_of(open_page(model="en-fr-transformer"))["readings"]]
    assert {"cross", "encoder", "decoder", "pieces"} <= set(names)


def test_attention_switched_off_looks_everywhere_alike():
    from attention.ui.inspector import decode_floats

    app = open_page(normaliser="uniform")
    pieces = next(r for r in view_of(app)["readings"] if r["name"] == "pieces")
    weights = decode_floats(pieces["weights"], pieces["shape"])
    assert weights == pytest.approx(1 / weights.shape[-1], abs=1e-5)
    assert TEXT["original"] in " ".join(block.proto.body for block in app.get("html"))


def test_reset_gives_the_model_its_own_attention_back():
    app = open_page(temperature="3", beam="1")
    app.button(key="translation_reset").click().run()
    assert not app.exception
    assert app.slider(key="translation_temperature").value == 1.0
    assert app.slider(key="translation_beam").value == 4


@pytest.mark.parametrize("section", ["compare", "own", "beam_tree", "card"])
def test_every_deeper_look_opens(section):
    open_page(more=section)


def test_own_translation_is_forced_through_the_model():
    app = open_page(more="own", own="Je n'ai pas vu la maison.")
    assert sentence_of(view_of(app, 1)["readings"][0]["query"]).startswith("Je n'ai pas vu la maison.")


def test_two_models_stand_side_by_side():
    app = open_page(more="compare")
    assert [view_of(app, i)["file_stem"] for i in (0, 1)] == ["en-fr-recurrent", "en-fr-transformer"]


HOSTILE = [
    "",
    "   ",
    "\x00\x07",
    "a" * 2001,
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "🙂🙃👩‍👩‍👧",
    "你好，世界",
    "Привет, как дела?",
    "</s> <s> <pad> <0xFF>",
    "word " * 300,
    "....!!!???",
    "=HYPERLINK(1)",
    "‮abc",
    "{{7*7}} ${7*7} %s %n",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_sentence_breaks_the_page(text):
    app = open_page()
    app.text_input(key="translation_sentence").set_value(text).run()
    assert not app.exception


def test_an_empty_sentence_is_asked_for_in_words():
    app = open_page()
    app.text_input(key="translation_sentence").set_value("").run()
    assert "Type a sentence" in " ".join(block.proto.body for block in app.get("html"))


@pytest.mark.parametrize(
    "link",
    [
        {"model": "no-such"},
        {"temperature": "nan"},
        {"temperature": "-1"},
        {"beam": "9999999"},
        {"view": "<b>"},
        {"part": "77"},
        {"step": "400"},
        {"layer": "60", "head": "60"},
        {"map": "encoder"},
        {"sentence": "x" * 5000},
        {"nonsense": "1"},
    ],
)
def test_no_link_breaks_the_page(link):
    assert view_of(open_page(**link))["readings"]


def test_a_long_text_is_translated_sentence_by_sentence_and_says_so():
    text = "I like tea. " * 20
    app = open_page()
    app.text_input(key="translation_sentence").set_value(text).run()
    assert not app.exception
    assert "parts" in " ".join(block.proto.body for block in app.get("html"))
    assert len(app.selectbox(key="translation_part").options) == 20


def test_copied_python_reproduces_the_answer(capsys):
    from attention.mechanisms import Mechanism
    from attention.translation.decoding import DecodingOptions
    from attention.translation.translator import Translator
    from attention.ui.translation.saving import python_code

    text = 'He said: "It\'s late."'
    options, mechanism = DecodingOptions(beam=2, length_penalty=0.5), Mechanism("additive", "sparsemax", None, 0.7)
    exec(python_code("en-fr-recurrent", text, options, mechanism), {})
    answer = Translator.load("en-fr-recurrent").translate(text, options, mechanism)
    assert capsys.readouterr().out.splitlines()[0] == answer.translation
