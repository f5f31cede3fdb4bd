"""The parts of the language page that need no running app and no trained model."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

from attention.attention_map import AttentionMap
from attention.language.faithfulness import EmotionImportance
from attention.language.labels import EMOTIONS, GROUPS
from attention.language.reading import EmotionReading
from attention.language.words import find_words
from attention.measures.faithfulness import kendall_tau
from attention.mechanisms import Mechanism
from attention.ui.inspector import InspectorState, decode_floats
from attention.ui.language import state
from attention.ui.language.controls import part_of
from attention.ui.language.differences import changed_words, moved, said_emotions, said_words
from attention.ui.language.honesty import degree, said_agreement, said_drop, said_mean
from attention.ui.language.many import Job, results_csv, results_frame
from attention.ui.language.pictures import (
    answer_html,
    emotion_rows,
    emotion_view,
    headline,
    meta_line,
    percent,
    sentence_of,
)
from attention.ui.language.saving import MOST_WORDS, probabilities_csv, python_code, reading_record
from attention.ui.language.sections import said_scores, timeline_emotions, training_curves, twin_of
from attention.ui.language.text import EXAMPLES, NORMALISERS, SCENES, SECTIONS, TEXT
from attention.ui.links import FILE_LIMIT, state_json

JOY, REMORSE, NEUTRAL = (EMOTIONS.index(name) for name in ("joy", "remorse", "neutral"))


def made_reading(text: str, parts: tuple = (), **shares: float) -> EmotionReading:
    """A reading with given probabilities; all others are 0.01, every threshold is 0.3."""
    words = find_words(text)
    probabilities = np.full(28, 0.01)
    for name, share in shares.items():
        probabilities[EMOTIONS.index(name)] = share
    weights = np.random.default_rng(len(text)).dirichlet(np.ones(len(words)), size=(1, 2, 28))
    found = AttentionMap(weights, EMOTIONS, tuple(word.text for word in words), "emotion", "word")
    sentiments = np.array([max(probabilities[EMOTIONS.index(e)] for e in group) for group in GROUPS.values()])
    return EmotionReading(
        text, words, found, probabilities, np.full(28, 0.3), sentiments, np.full(4, 0.3), parts, 0, len(text)
    )


# ---- the picture ----


def test_rows_are_listed_by_probability_with_bars_and_ticks():
    reading = made_reading("Oh, <b>sorry</b>!", joy=0.4, remorse=0.8, fear=0.2)
    shown = emotion_view("m", reading).payload()["readings"][0]
    entries = shown["query"]["entries"]
    assert [entry["text"] for entry in entries[:3]] == ["remorse", "joy", "fear"]
    assert [entry["share"] for entry in entries[:3]] == [0.8, 0.4, 0.2]
    assert [entry["strong"] for entry in entries[:3]] == [True, True, False]
    assert {entry["mark"] for entry in entries} == {0.3}
    assert len(entries) == 28
    assert shown["query"]["first"] == 8


def test_picture_holds_the_weights_of_the_row_it_names():
    reading = made_reading("I am sorry.", joy=0.4, remorse=0.8)
    shown = emotion_view("m", reading).payload()["readings"][0]
    weights = decode_floats(shown["weights"], shown["shape"])
    for row, name in enumerate(shown["query_labels"]):
        np.testing.assert_allclose(weights[:, :, row], reading.map.weights[:, :, EMOTIONS.index(name)])


def test_lit_line_is_the_text_as_typed():
    text = "  Oh, <b>dear</b>!\n\nI'm “fine” ..."
    line = sentence_of(text, find_words(text))
    assert str(line) == text.rstrip()


def test_small_line_gives_length_and_time_where_there_is_one():
    reading = made_reading("I am sorry.")
    assert meta_line(reading) == "4 words and signs"
    assert meta_line(replace(reading, seconds=0.0251)) == "read in 25 ms · 4 words and signs"
    assert meta_line(replace(made_reading("Wow"), seconds=1e-6)) == "read in 1 ms · 1 word"


def test_rows_can_be_picked():
    found = made_reading("a b c").map
    picked = emotion_rows(found, [REMORSE, JOY])
    assert picked.query_labels == ("remorse", "joy")
    np.testing.assert_array_equal(picked.weights, found.weights[:, :, [REMORSE, JOY]])


def test_headline_names_the_strongest_and_what_stands_beside_it():
    name, more = headline(made_reading("x", joy=0.8, remorse=0.5, neutral=0.9))
    assert name == "Joy <span>80\u00a0%</span>"
    assert more == "with remorse 50\u00a0%"


def test_headline_says_when_nothing_is_clear():
    name, more = headline(made_reading("x", neutral=0.2))
    assert name == "Nothing clear"
    assert "neutral, 20\u00a0%" in more


def test_answer_has_a_bar_and_a_tick_for_each_group():
    html = answer_html(made_reading("x", joy=0.8))
    assert html.count("<dt>") == len(GROUPS)
    assert "width:80.0%" in html
    assert html.count("left:calc(30.0% - 1px)") == len(GROUPS)


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0"), (0.001, "<1"), (0.5, "50"), (0.994, "99"), (0.9999, ">99"), (1, "100")]
)
def test_small_shares_do_not_become_none_nor_large_ones_all(share, said):
    assert percent(share) == f"{said}\u00a0%"


# ---- the state ----


@pytest.fixture
def session(monkeypatch):
    values = {state.key(field.name): field.default for field in state.fields(("m",))}
    monkeypatch.setattr(st, "session_state", values)
    return values


def test_picture_starts_at_the_strongest_emotion_wherever_it_stands(session):
    reading = made_reading("x", neutral=0.9, joy=0.5)
    assert reading.strongest == JOY
    assert state.inspector_initial(reading)["step"] == 1


def test_choice_in_the_picture_goes_into_the_state(session):
    reading = made_reading("x", joy=0.5, remorse=0.4)
    state.keep_inspector(InspectorState(step=1, view="arcs", layer=0, head=3), reading)
    assert session[state.key("emotion")] == "remorse"
    assert (session[state.key("view")], session[state.key("layer")], session[state.key("head")]) == ("arcs", 0, 3)
    state.keep_inspector(InspectorState(step=0, view="arcs", layer=None, head=None), reading)
    assert session[state.key("emotion")] == ""
    assert session[state.key("head")] == state.NONE


def test_old_news_of_the_picture_does_not_choose_in_another_text(session):
    state.keep_inspector(InspectorState(step=1), made_reading("x", joy=0.5, remorse=0.4))
    state.forget()
    state.keep_inspector(InspectorState(step=1), made_reading("y", fear=0.5, love=0.4))
    assert session[state.key("emotion")] == ""


def test_another_text_or_attention_restores_the_picture(session):
    reading = made_reading("x", joy=0.5)
    marks = {
        state.restore_mark(reading, None),
        state.restore_mark(made_reading("y"), None),
        state.restore_mark(reading, Mechanism("dot", "sparsemax")),
    }
    state.restore()
    assert len(marks | {state.restore_mark(reading, None)}) == 4


def test_parts_are_counted_from_one_and_zero_is_the_whole():
    first, second = made_reading("a."), made_reading("b.")
    whole = made_reading("a. b.", parts=(first, second))
    assert [part_of(whole, number) for number in (0, 1, 2, 77)] == [whole, first, second, whole]


# ---- what differs ----


def test_words_that_only_one_text_has_are_named():
    first, second = made_reading("I am sorry."), made_reading("I AM glad.")
    assert changed_words(first.words, second.words) == ((2,), (2,))
    assert said_words(first, second) == "Only in the first: “sorry”. Only in the second: “glad”."
    assert said_words(first, made_reading("I am.")) == "Only in the first: “sorry”."
    assert said_words(made_reading("I am."), first) == "Only in the second: “sorry”."
    assert said_words(first, first) == TEXT["compare_order"]


def test_emotions_that_moved_are_named_the_furthest_first():
    before, after = made_reading("x", joy=0.2, remorse=0.9), made_reading("x", joy=0.6, remorse=0.1)
    assert moved(before, after) == [REMORSE, JOY]
    said = said_emotions(before, after)
    assert said == "Remorse falls from 90\u00a0% to 10\u00a0%; joy rises from 20\u00a0% to 60\u00a0%."
    assert said_emotions(before, before) == TEXT["compare_nothing"]


def test_timeline_draws_what_is_strongest_anywhere_and_never_neutral():
    found = np.full((3, 28), 0.01)
    found[0, JOY], found[2, REMORSE], found[1, NEUTRAL] = 0.6, 0.9, 0.99
    emotions = timeline_emotions(found, np.full(28, 0.3))
    assert emotions[:2] == [REMORSE, JOY]
    assert NEUTRAL not in emotions
    assert len(emotions) == 5


def test_training_is_drawn_from_what_the_log_holds():
    log = [{"minutes": 2, "macro_f1": 40.0, "sentiment_macro_f1": 60.0}, {"minutes": 4, "macro_f1": 45.0}]
    first, second = training_curves(log)
    assert (list(first.x), list(first.y)) == ([2, 4], [40, 45])
    assert (list(second.x), list(second.y)) == ([2], [60])
    assert training_curves([]) == []


def test_every_example_has_a_twin_that_differs():
    for example in EXAMPLES:
        assert example.twin != example.text
        assert twin_of(example.text) == example.twin
    assert twin_of("my own") == "my own"


# ---- is the light honest? ----


def importance(attention: list[float], drops: list[float]) -> EmotionImportance:
    lit, fallen = np.array(attention), np.array(drops)
    lot = np.linspace(0.1, 0.2, len(lit))
    words = tuple("abcdefgh"[: len(lit)])
    return EmotionImportance(
        JOY, words, lit, fallen, 4 * fallen, lot, kendall_tau(lit, fallen), kendall_tau(lot, fallen)
    )


def test_honest_light_is_said_to_be_so():
    found = importance([0.1, 0.7, 0.2], [0.01, 0.5, 0.1])
    assert "“b”, is also the one that matters most: without it, joy falls by 50 points" in said_drop(found, JOY)
    assert "agree closely (Kendall's τ 1.00" in said_agreement(found)


def test_misleading_light_is_said_to_be_so():
    found = importance([0.7, 0.2, 0.1], [0.01, 0.1, 0.5])
    assert said_drop(found, JOY).startswith("Joy falls most without “c” (50 points); its attention rests most on “a”")
    assert "rather disagree (Kendall's τ −1.00" in said_agreement(found)


def test_light_on_nothing_and_short_texts_are_said_in_words():
    assert said_drop(importance([0.5, 0.3, 0.2], [0.0, -0.1, 0.001]), JOY).startswith("No single word")
    assert said_agreement(importance([0.5, 0.5], [0.1, 0.2])) == TEXT["honest_short"]
    assert said_agreement(importance([0.4, 0.4, 0.4], [0.1, 0.2, 0.3])) == TEXT["honest_tied"]


def test_mean_over_many_comments_is_said_where_it_was_measured():
    light = {"attention": 0.305, "random": -0.0137, "top_attention": 0.85, "top_random": 0.12, "texts": 300}
    said = said_mean({"light": {"emotions": light}}, JOY)
    assert "300 held-out comments" in said
    assert "τ is 0.30 on average (by lot −0.01), and for 85\u00a0%" in said
    assert said_mean({"light": {"neutral": light | {"attention": -0.2}}}, NEUTRAL).startswith("Neutral is another")
    unknown = [None, {}, {"light": None}, {"light": {"emotions": light | {"attention": None}}}]
    assert [said_mean(scores, JOY) for scores in unknown] == [""] * 4


def test_scores_are_said_beside_the_baseline_s():
    errors = {"calibration_error": 0.0017, "calibration_error_of_labels": 0.0061}
    scores = {"macro_f1": 0.52, "sentiment_macro_f1": 0.6897, "comments": 5427} | errors
    said = said_scores(scores | {"baseline": {"macro_f1": 0.4722, "sentiment_macro_f1": 0.6582}})
    assert "0.520 over the 28 labels and 0.690" in said
    assert "has 0.472 and 0.658" in said
    assert "differ by 0.6 points on average" in said
    assert said_scores(None) == said_scores(scores) == said_scores(scores | {"baseline": None}) == ""


def test_degrees_follow_the_correlation():
    degrees = [degree(tau) for tau in (0.9, 0.5, 0.2, 0.0, -0.9)]
    assert degrees == [TEXT[f"degree_{name}"] for name in ("close", "fair", "little", "none", "opposite")]


# ---- many texts ----


@pytest.fixture
def job() -> Job:
    texts = ["=1+1", "", "so, “happy”"]
    made = Job(("m",), "f.csv", "text", texts, np.full((3, 28), np.nan), np.full((3, 4), np.nan),
               np.full(28, 0.3), np.full(4, 0.3))  # fmt: skip
    for row in (0, 2):
        made.probabilities[row], made.sentiments[row] = 0.02, 0.02
        made.probabilities[row, [JOY, REMORSE]], made.sentiments[row, 0] = (0.8, 0.5), 0.85
    made.done = 3
    return made


class Counting:
    """Reads nothing: it gives every text's length as its probability of everything, over 1,000."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def scores(self, texts: list[str]) -> np.ndarray:
        self.calls.append(len(texts))
        return np.repeat([[len(text) / 1000] for text in texts], 28, axis=1)

    def sentiments_of(self, probabilities: np.ndarray) -> np.ndarray:
        return probabilities[:, :4]


def test_texts_are_read_in_chunks_in_their_order():
    texts = ["x" * (i % 900) for i in range(150)]
    job = Job(("m",), "f", "c", texts, np.full((150, 28), np.nan), np.full((150, 4), np.nan), np.ones(28), np.ones(4))
    reader = Counting()
    while not job.is_finished:
        job.advance(reader)
    assert sum(reader.calls) == 150
    assert len(reader.calls) > 1
    np.testing.assert_allclose(job.probabilities[:, 0], [len(text) / 1000 for text in texts])


def test_chunk_of_long_texts_is_no_more_work_than_one_of_short_ones():
    texts = ["x" * 12_000] * 3 + ["x" * 9_000] * 2 + ["x" * 20_000] + ["x" * 20_001, "x", "x" * 19_999] + [""] * 70
    count = len(texts)
    job = Job(("m",), "f", "c", texts, np.full((count, 28), np.nan), np.full((count, 4), np.nan),
              np.ones(28), np.ones(4))  # fmt: skip
    reader = Counting()
    while not job.is_finished:
        job.advance(reader)
    assert reader.calls == [1, 1, 1, 2, 2, 64, 8]  # one over the limit costs nothing
    read = [len(text) / 1000 if len(text) <= 20_000 else 0 for text in texts]
    np.testing.assert_allclose(job.probabilities[:, 0], read)


def test_text_over_the_limit_is_left_unread_and_does_not_stop_the_others():
    job = Job(("m",), "f", "c", ["x" * 20_001, "ab"], np.full((2, 28), np.nan), np.full((2, 4), np.nan),
              np.ones(28), np.ones(4))  # fmt: skip
    job.advance(Counting())
    np.testing.assert_allclose(job.probabilities[:, 0], [0, 0.002])


def test_results_name_what_was_found_in_each_text(job):
    frame = results_frame(job)
    assert list(frame[TEXT["column_emotion"]]) == ["joy", "", "joy"]
    assert list(frame[TEXT["column_above"]]) == ["joy, remorse", "", "joy, remorse"]
    assert list(frame[TEXT["column_sentiment"]]) == ["positive", "", "positive"]
    assert np.isnan(frame[TEXT["column_probability"]][1])


def test_results_file_reads_back_and_runs_nothing_in_a_spreadsheet(job):
    rows = list(csv.reader(io.StringIO(results_csv(job).decode("utf-8-sig"))))
    assert rows[0][-32:] == [*EMOTIONS, *(f"sentiment {group}" for group in GROUPS)]
    assert len(set(rows[0])) == len(rows[0])
    assert rows[1][1] == "'=1+1"
    assert rows[3][1] == "so, “happy”"
    assert rows[1][-32 + JOY] == "0.8000"
    assert set(rows[2][-32:]) == {""}


def test_half_finished_work_shows_what_is_there(job):
    job.done = 1
    assert len(results_frame(job)) == 1
    assert len(results_csv(job).decode("utf-8-sig").splitlines()) == 2


# ---- what can be saved ----


def test_copied_python_holds_what_the_visitor_changed():
    code = python_code("emotions", 'it\'s "late"', Mechanism("dot", "entmax15", None, 2.0))
    compile(code, "copied", "exec")
    assert "normaliser='entmax15', temperature=2.0" in code
    assert "Mechanism" not in python_code("emotions", "x", None)


def test_probabilities_are_saved_for_the_whole_and_each_sentence():
    parts = (made_reading("a.", joy=0.1), made_reading("b.", joy=0.2))
    rows = probabilities_csv(made_reading("a. b.", parts, joy=0.3)).decode("utf-8-sig").splitlines()
    assert len(rows) == 29
    assert rows[1 + JOY] == "joy,0.300000,0.300000,0.100000,0.200000"
    assert len(probabilities_csv(parts[0]).decode("utf-8-sig").splitlines()[1].split(",")) == 3


def test_saved_record_holds_the_numbers_of_the_reading():
    record = reading_record(made_reading("I am sorry.", remorse=0.8))
    json.dumps(record, allow_nan=False)
    assert record["strongest"] == "remorse"
    assert record["probabilities"]["remorse"] == 0.8
    assert [sum(row) for row in record["weights"]] == pytest.approx([1.0] * 28, abs=1e-3)


def test_state_of_the_longest_text_can_be_opened_again():
    word, sentence = made_reading("a"), made_reading("a a a a.")
    many = made_reading("a " * 9_999, parts=(word,) * 9_999)
    long = made_reading("a a a a. " * 100, parts=(sentence,) * 100)
    assert len(long.words) > MOST_WORDS
    fields = state.fields(("m",))
    for reading in (many, long, made_reading("a " * MOST_WORDS, parts=(word,) * MOST_WORDS)):
        data = state_json(state.PAGE, fields, {"text": reading.text, "second": reading.text}, reading_record(reading))
        assert len(data) < FILE_LIMIT


# ---- words ----


def test_every_choice_has_its_words():
    assert all(TEXT[name] for name in (*NORMALISERS, *SECTIONS, *GROUPS))
    assert len({example.title for example in EXAMPLES}) == len(EXAMPLES)
    assert {text for text, *_ in SCENES} <= {example.text for example in EXAMPLES}
