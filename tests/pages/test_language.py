"""The language page without a browser: what it shows, and that nothing typed or uploaded can break it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from attention.training.checkpoint import CHECKPOINTS
from attention.ui.language.many import JOB
from attention.ui.language.text import EXAMPLES, SECTIONS, TEXT

ROOT = Path(__file__).parent.parent.parent
DAY = EXAMPLES[-1].text
pytestmark = pytest.mark.skipif(
    not (CHECKPOINTS / "emotions" / "config.json").exists(), reason="the shipped model of emotions is absent"
)


def open_page(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.run()
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page("pages/language.py")
    app.run()
    assert not app.exception
    return app


def view_of(app: AppTest, number: int = 0) -> dict:
    """Return the data that an inspector on the page was given."""
    found = [json.loads(block.proto.json) for block in app.get("bidi_component") if '"readings"' in block.proto.json]
    return found[number]["view"]


def line_of(view: dict) -> str:
    key = view["readings"][0]["key"]
    return "".join(before + word for before, word in zip(key["before"], key["words"], strict=True))


def entries_of(view: dict) -> list[dict]:
    return view["readings"][0]["query"]["entries"]


def said(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def type_text(app: AppTest, text: str) -> AppTest:
    app.text_area(key="language_text").set_value(text).run()
    assert not app.exception
    return app


# ---- what is there at once ----


def test_the_first_picture_is_there_without_a_click():
    view = view_of(open_page())
    assert line_of(view) == EXAMPLES[0].text
    shares = [entry["share"] for entry in entries_of(view)]
    assert len(shares) == 28
    assert shares == sorted(shares, reverse=True)


def test_every_emotion_has_its_own_light_and_each_row_sums_to_one():
    from attention.ui.inspector import decode_floats

    reading = view_of(open_page())["readings"][0]
    weights = decode_floats(reading["weights"], reading["shape"])
    assert weights.sum(axis=-1) == pytest.approx(1.0, abs=1e-4)
    assert abs(weights[:, :, 0] - weights[:, :, 1]).max() > 0.01


def test_picture_and_saved_csv_show_the_numbers_of_the_model():
    from attention.language.labels import EMOTIONS
    from attention.language.reader import EmotionReader
    from attention.ui.exports import weights_csv

    view = view_of(open_page())
    reading = EmotionReader.load().read(EXAMPLES[0].text)
    for entry in entries_of(view):
        assert entry["share"] == pytest.approx(reading.probabilities[EMOTIONS.index(entry["text"])], abs=1e-5)
        assert entry["mark"] == pytest.approx(reading.thresholds[EMOTIONS.index(entry["text"])], abs=1e-5)
    rows = weights_csv(reading.map).decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + 28


def test_examples_are_one_click_away():
    app = open_page()
    app.button_group(key="language_example").set_value(EXAMPLES[1].title).run()
    assert not app.exception
    assert line_of(view_of(app)) == EXAMPLES[1].text


# ---- the visitor's text ----


def test_another_text_gives_another_picture_and_forgets_the_choice():
    app = type_text(open_page(emotion="grief"), "What a day!")
    assert line_of(view_of(app)) == "What a day!"
    assert app.session_state["language_emotion"] == ""


def test_chosen_emotion_comes_back_by_link():
    view = view_of(open_page(emotion="grief"))
    assert entries_of(view)[view["initial"]["step"]]["text"] == "grief"


HOSTILE = [
    "",
    "   \n ",
    "\x00",
    "fine\x00 thank you\x07",
    "a" * 20_001,
    "<script>alert(1)</script> <b>hi</b>",
    "<img src=x onerror=alert(1)>",
    "🙂🙃👩‍👩‍👧",
    "你好，世界。我很高兴！",
    "Привет, как дела?",
    "....!!!???",
    "=HYPERLINK(1)",
    "‮abc",
    "{{7*7}} ${7*7} %s {emotion}",
    "a\n" * 2_000,
    "word " * 1_500,
    "x",
    "'",
    "[NAME] told [NAME]",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
@pytest.mark.parametrize("more", ["", "compare", "honest"])
def test_no_text_breaks_the_page(text, more):
    app = type_text(open_page(more=more), text)
    app.text_area(key="language_text").set_value(EXAMPLES[0].text).run()
    assert line_of(view_of(app)) == EXAMPLES[0].text


def test_an_empty_text_is_asked_for_and_a_long_one_is_counted():
    assert "Type a sentence" in said(type_text(open_page(), ""))
    app = type_text(open_page(), "a" * 20_001)
    assert "20,001 characters" in said(app)
    assert app.text_area(key="language_text").value == "a" * 20_001


def test_markup_in_a_text_is_shown_and_not_run():
    app = type_text(open_page(more="compare"), "<b>so</b> <i>glad</i>")
    assert line_of(view_of(app)).startswith("<b>so</b>")
    assert "<i>glad" not in said(app)


@pytest.mark.parametrize(
    "link",
    [
        {"model": "no-such"},
        {"temperature": "nan"},
        {"normaliser": "<b>"},
        {"emotion": "envy"},
        {"view": "<b>"},
        {"part": "77"},
        {"part": "-3"},
        {"layer": "60", "head": "60"},
        {"text": "x" * 5000},
        {"second": "<b>", "more": "compare"},
        {"nonsense": "1"},
    ],
)
def test_no_link_breaks_the_page(link):
    assert view_of(open_page(**link))["readings"]


# ---- longer texts ----


def test_longer_text_has_a_timeline_and_its_sentences_can_be_looked_into():
    app = open_page(text=DAY)
    figures = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    assert len(figures) == 1
    sentences = len(app.selectbox(key="language_part").options) - 1
    assert sentences >= 8
    app.selectbox(key="language_part").set_value(2).run()
    assert not app.exception
    assert line_of(view_of(app)) in DAY
    assert len(line_of(view_of(app))) < 80


def test_one_sentence_has_no_timeline():
    app = open_page()
    assert not app.get("plotly_chart")
    assert not [box for box in app.selectbox if box.key == "language_part"]


def test_very_long_text_is_shown_one_sentence_at_a_time():
    app = type_text(open_page(), "I like tea. " * 200)
    assert "one sentence at a time" in said(app)
    assert line_of(view_of(app)) == "I like tea."


# ---- the mechanism ----


def test_attention_switched_off_looks_everywhere_alike_beside_the_original():
    from attention.ui.inspector import decode_floats

    app = open_page(normaliser="uniform")
    reading = view_of(app)["readings"][0]
    weights = decode_floats(reading["weights"], reading["shape"])
    assert weights == pytest.approx(1 / weights.shape[-1], abs=1e-5)
    assert "Your changes move" in said(app)
    assert app.get("plotly_chart")


def test_reset_gives_the_model_its_own_attention_back():
    app = open_page(temperature="3", normaliser="sparsemax")
    app.button(key="language_reset").click().run()
    assert not app.exception
    assert app.slider(key="language_temperature").value == 1.0
    assert not app.get("plotly_chart")


# ---- deeper looks ----


@pytest.mark.parametrize("section", SECTIONS)
def test_every_deeper_look_opens_and_needs_no_text(section):
    type_text(open_page(more=section), "")


def test_two_texts_stand_side_by_side_and_their_difference_is_named():
    app = open_page(text="I am so happy today.", more="compare", second="I am so sad today.")
    assert [line_of(view_of(app, i)) for i in (0, 1)] == ["I am so happy today.", "I am so sad today."]
    assert "“happy”. Only in the second: “sad”." in said(app)


def test_second_text_begins_with_the_twin_of_the_example():
    app = open_page()
    app.button_group(key="language_section").set_value("compare").run()
    assert not app.exception
    assert app.text_area(key="language_second").value == EXAMPLES[0].twin


def test_honesty_measures_the_chosen_emotion():
    app = open_page(more="honest", emotion="grief")
    assert app.selectbox(key="language_honest_emotion").value == 16
    assert "Kendall" in said(app)
    assert len(json.loads(app.get("plotly_chart")[0].proto.spec)["data"]) == 3


def test_card_carries_the_attribution():
    app = open_page(more="card")
    assert TEXT["attribution"] in said(app) + " ".join(block.value for block in app.markdown)


# ---- many texts ----


def upload(data: bytes, name: str = "texts.csv") -> AppTest:
    app = open_page(more="file")
    app.file_uploader(key="language_file").set_value((name, data, "text/csv")).run()
    assert not app.exception
    return app


def column_box(app: AppTest):
    return next(box for box in app.selectbox if box.label == TEXT["file_column"])


def header_box(app: AppTest):
    return next(box for box in app.checkbox if box.label == TEXT["file_header"])


def run_to_the_end(app: AppTest) -> None:
    """Press Run, then look as often as the browser would."""
    app.button(key="language_file_run").click().run()
    while app.session_state[JOB].running:
        app.run()
    assert not app.exception


def test_file_is_read_from_upload_to_results():
    rows = b"id,comment\n" + b"".join(b'%d,"Thank you, I love it!"\n' % i for i in range(150)) + b"x,\n"
    app = upload(rows)
    assert column_box(app).value == 1
    run_to_the_end(app)
    job = app.session_state[JOB]
    assert (job.done, job.running) == (151, False)
    assert "1 of them hold nothing" in said(app)
    table = app.dataframe[0].value
    assert len(table) == 151
    assert table[TEXT["column_emotion"]].iloc[-1] == ""
    assert app.get("plotly_chart")


def test_another_column_is_another_reading():
    app = upload(b"a,b\nI love it,I hate it\n")
    column_box(app).set_value(1).run()
    run_to_the_end(app)
    assert app.session_state[JOB].texts == ["I hate it"]
    column_box(app).set_value(0).run()
    assert not app.exception
    assert not app.dataframe
    header_box(app).uncheck().run()
    run_to_the_end(app)
    assert app.session_state[JOB].texts == ["a", "I love it"]


def test_stopped_work_keeps_what_was_read_and_goes_on():
    from attention.ui.language import many

    app = upload(b"text\n" + b"Thank you!\n" * 10)
    run_to_the_end(app)
    job = app.session_state[JOB]
    job.done, job.running = 4, False
    app.run()
    assert "Stopped after 4 of 10" in said(app)
    assert len(app.dataframe[0].value) == 4
    run_to_the_end(app)
    assert app.session_state[many.JOB].done == 10


def test_results_are_still_there_when_the_section_is_opened_again():
    app = upload(b"a,b\nI love it,I hate it very much\n")
    column_box(app).set_value(0).run()
    run_to_the_end(app)
    for section in ("card", "file"):
        app.button_group(key="language_section").set_value(section).run()
    assert not app.exception
    assert column_box(app).value == 0
    assert len(app.dataframe[0].value) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b'text\n"never closed', "cannot be read as CSV"),
        (b"a,b\n1,2,3\n", "Line 2 has 3 cells"),
        (b"\x00\x01\x02", "null bytes"),
        (b"text,n\n" + b"tea,1\n" * 100_000, "100,001 rows"),
    ],
    ids=["empty", "quotes", "columns", "bytes", "rows"],
)
def test_file_that_cannot_be_read_says_why(data, words):
    app = upload(data)
    assert words in said(app)
    assert not [button for button in app.button if button.key == "language_file_run"]


def test_file_of_a_single_row_can_be_read():
    app = upload(b"I love it\n")
    run_to_the_end(app)
    assert app.session_state[JOB].texts == ["I love it"]


# ---- taking along ----


def test_copied_python_reproduces_the_reading(capsys):
    from attention.language.labels import EMOTIONS
    from attention.language.reader import EmotionReader
    from attention.mechanisms import Mechanism
    from attention.ui.language.saving import python_code

    reader = EmotionReader.load()
    own = reader.model.mechanism
    text, mechanism = 'He said: "It\'s lovely."', Mechanism(own.score, "sparsemax", own.scale, 0.7)
    exec(python_code("emotions", text, mechanism), {})
    reading = reader.read(text, mechanism)
    assert capsys.readouterr().out.split()[0] == EMOTIONS[reading.strongest]
