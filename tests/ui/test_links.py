"""Addresses and state files: exact there and back, strict with what strangers send."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from attention.ui.links import (
    ADDRESS_LIMIT,
    FILE_LIMIT,
    Choice,
    Flag,
    Number,
    Text,
    Whole,
    defaults,
    read_link,
    read_state_json,
    state_json,
    write_link,
)

FIELDS = (
    Text("sentence", "Hello."),
    Choice("model", ("en-fr-recurrent", "en-zh-transformer"), "en-fr-recurrent"),
    Number("temperature", 0.1, 5.0, 1.0),
    Whole("beam", 1, 8, 4),
    Flag("end", True),
)
DEFAULTS = defaults(FIELDS)

texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200)
states = st.fixed_dictionaries(
    {
        "sentence": texts,
        "model": st.sampled_from(FIELDS[1].choices),
        "temperature": st.floats(0.1, 5.0),
        "beam": st.integers(1, 8),
        "end": st.booleans(),
    }
)


@given(states)
def test_address_gives_the_values_back(values):
    assert read_link(FIELDS, write_link(FIELDS, values)) == (values, [])


@given(states)
def test_file_gives_the_values_back(values):
    assert read_state_json(state_json("translation", FIELDS, values), "translation", FIELDS) == (values, [])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_written_exactly(value):
    field = Number("number", -1e308, 1e308, 0.0) if abs(value) <= 1e308 else Number("number", -1.8e308, 1.8e308, 0.0)
    values, problems = read_link([field], write_link([field], {"number": value}))
    assert values["number"] == value
    assert problems == []


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=8))
def test_any_address_is_read_without_error(given_params):
    values, problems = read_link(FIELDS, given_params)
    assert set(values) == set(DEFAULTS)
    assert all(isinstance(problem, str) for problem in problems)


@given(st.binary(max_size=300))
def test_any_file_is_read_without_error(data):
    assert read_state_json(data, "translation", FIELDS)[0] is None


def test_defaults_leave_the_address_bare():
    assert write_link(FIELDS, DEFAULTS) == {}
    assert write_link(FIELDS, {**DEFAULTS, "beam": 8}) == {"beam": "8"}
    assert write_link(FIELDS, {**DEFAULTS, "temperature": 2.0}) == {"temperature": "2"}


HOSTILE = [
    ("beam", "0"),
    ("beam", "9"),
    ("beam", "4.5"),
    ("beam", "٤"),  # a digit, but not one of 0–9
    ("beam", "1" * 5000 if ADDRESS_LIMIT > 5000 else "1" * 500),
    ("beam", "0x4"),
    ("beam", "4_0"),
    ("beam", ""),
    ("beam", "__import__('os').system('true')"),
    ("temperature", "nan"),
    ("temperature", "inf"),
    ("temperature", "-1"),
    ("temperature", "1e999"),
    ("temperature", "1,5"),
    ("temperature", " 1"),
    ("temperature", "1\n"),
    ("end", "yes"),
    ("end", "2"),
    ("model", "../../etc/passwd"),
    ("model", "en-fr-recurrent\x00"),
    ("model", "${jndi:ldap://x}"),
    ("sentence", "\x00"),
    ("sentence", "\x1b[2J"),
    ("sentence", "\ud800"),
    ("sentence", "a" * 2001),
]


@pytest.mark.parametrize(("name", "value"), HOSTILE)
def test_hostile_value_gives_the_default_and_a_message(name, value):
    values, problems = read_link(FIELDS, {name: value})
    assert values == DEFAULTS
    assert len(problems) == 1
    assert f"“{name}”" in problems[0]
    assert "must be" in problems[0]
    assert problems[0].isprintable()
    assert len(problems[0]) < 300


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'; DROP TABLE x; --", "{{7*7}}", "你好", "🙂", "a\tb\nc"]
)
def test_strange_text_is_only_text(text):
    values, problems = read_link(FIELDS, {"sentence": text})
    assert values["sentence"] == text
    assert problems == []


def test_message_says_what_was_wanted_and_what_came():
    _, problems = read_link(FIELDS, {"beam": "12"})
    assert problems == [
        "The link gives “beam” as “12”, but it must be a whole number from 1 to 8; “4” is used instead."
    ]


def test_good_values_survive_bad_neighbours():
    values, problems = read_link(FIELDS, {"beam": "12", "temperature": "2.5"})
    assert values == {**DEFAULTS, "temperature": 2.5}
    assert len(problems) == 1


def test_unknown_name_is_left_out_and_named():
    values, problems = read_link(FIELDS, {"bean": "3", "embed": "true"})
    assert values == DEFAULTS
    assert problems == ["The link also sets “bean”, which this page does not know; it was left out."]


def test_overlong_address_is_not_read():
    values, problems = read_link(FIELDS, {"beam": "2", "x": "a" * ADDRESS_LIMIT})
    assert values == DEFAULTS
    assert len(problems) == 1


def test_many_problems_are_counted_not_listed():
    _, problems = read_link(FIELDS, {f"unknown{i}": "1" for i in range(50)})
    assert len(problems) == 6
    assert "45 more" in problems[-1]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"app": "attention-lab", "version": 1, "page": "translation", "values": []}',
        b'{"app": "other", "version": 1, "page": "translation", "values": {}}',
        b'{"app": "attention-lab", "version": 2, "page": "translation", "values": {}}',
        b'{"app": "attention-lab", "version": 1, "page": "overview", "values": {}}',
        b" " * (FILE_LIMIT + 1),
    ],
)
def test_other_files_are_refused_with_one_message(data):
    values, problems = read_state_json(data, "translation", FIELDS)
    assert values is None
    assert len(problems) == 1


def test_file_with_wrong_types_gives_defaults_and_messages():
    record = json.loads(state_json("translation", FIELDS, DEFAULTS))
    record["values"] = {"beam": True, "temperature": "1.0", "end": 1, "sentence": ["a"], "model": None}
    values, problems = read_state_json(json.dumps(record).encode(), "translation", FIELDS)
    assert values == DEFAULTS
    assert len(problems) == 5


def test_file_carries_the_result_for_other_programs():
    record = json.loads(state_json("translation", FIELDS, DEFAULTS, result={"weights": [[1.0]]}))
    assert record["result"] == {"weights": [[1.0]]}
    assert record["values"] == DEFAULTS


# ---- in a running app ----

APP = """
import streamlit as st
from attention.ui.links import mark_page
page = st.navigation([st.Page("pages/one.py", default=True), st.Page("pages/two.py")])
mark_page(page.url_path or "one", ["one", "two"])
page.run()
"""
ONE = """
import streamlit as st
from attention.ui.links import *
FIELDS = (Text("sentence", "Hello."), Whole("beam", 1, 8, 4), Flag("end", True))
for problem in open_link("one", FIELDS):
    st.warning(problem)
st.text_input("Sentence", key=widget_key("one", "sentence"))

@st.fragment
def advanced():
    st.number_input("Beam", 1, 8, key=widget_key("one", "beam"))
    show_link("one", FIELDS, slot="advanced")

advanced()
if st.checkbox("More"):
    st.checkbox("End", key=widget_key("one", "end"))
st.text("fits" if show_link("one", FIELDS) else "too long")
st.text(link_query("one", FIELDS))
"""


@pytest.fixture
def app(tmp_path: Path) -> AppTest:
    (tmp_path / "pages").mkdir()
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "pages" / "one.py").write_text(ONE)
    (tmp_path / "pages" / "two.py").write_text("import streamlit as st\nst.text('two')")
    return AppTest.from_file(tmp_path / "app.py", default_timeout=60)


def test_address_fills_the_widgets(app):
    app.query_params["sentence"] = "Bonjour & <b>"
    app.query_params["beam"] = "7"
    app.run()
    assert not app.exception
    assert app.text_input[0].value == "Bonjour & <b>"
    assert app.number_input[0].value == 7
    assert app.text[-1].value == "one?sentence=Bonjour+%26+%3Cb%3E&beam=7"
    assert not app.warning


def test_values_survive_a_visit_to_another_page(app):
    app.run()
    app.text_input[0].set_value("Kept.").run()
    app.number_input[0].set_value(2).run()
    app.switch_page("pages/two.py").run()
    assert app.text[0].value == "two"
    app.switch_page("pages/one.py").run()
    assert app.text_input[0].value == "Kept."
    assert app.number_input[0].value == 2


def test_value_of_a_hidden_widget_survives(app):
    app.query_params["end"] = "0"
    app.run()
    app.checkbox[0].set_value(True).run()
    assert app.checkbox[1].value is False
    app.checkbox[0].set_value(False).run()
    app.checkbox[0].set_value(True).run()
    assert app.checkbox[1].value is False


def test_messages_stay_until_something_changes(app):
    app.query_params["beam"] = "99"
    app.run()
    assert len(app.warning) == 1
    app.run()
    assert len(app.warning) == 1
    app.text_input[0].set_value("New.").run()
    assert not app.warning


def test_too_long_for_an_address_is_said(app):
    app.run()
    assert app.text[0].value == "fits"
    app.text_input[0].set_value("好" * 1000).run()
    assert app.text[0].value == "too long"
