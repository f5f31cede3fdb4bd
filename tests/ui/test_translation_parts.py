"""The parts of the translation page that need no running app."""

from __future__ import annotations

import json

import numpy as np
import pytest

from attention.attention_map import AttentionMap
from attention.figures.beam_tree import Branch, beam_tree_figure
from attention.mechanisms import Mechanism
from attention.training.card import card_text
from attention.training.checkpoint import CHECKPOINTS
from attention.translation.decoding import DecodingOptions
from attention.translation.tokens import Word
from attention.translation.translator import Translator
from attention.ui.exports import weights_csv
from attention.ui.inspector import decode_floats
from attention.ui.translation.differences import changed_words, marked_sentence
from attention.ui.translation.pictures import likelihood_ratio, translation_view
from attention.ui.translation.saving import answer_record, python_code
from attention.ui.translation.text import EXAMPLES, NORMALISERS, SCENES, SECTIONS, TEXT
from tests.translation.toy import untrained_checkpoint


def words(text: str) -> list[Word]:
    return [Word(w, i > 0, (i,)) for i, w in enumerate([*text.split(), "</s>"])]


@pytest.fixture(scope="module", params=["recurrent", "transformer"])
def translator(request, tmp_path_factory) -> Translator:
    return Translator.load(untrained_checkpoint(tmp_path_factory.mktemp(request.param), request.param, "en-fr"))


def test_words_that_only_one_side_has_are_found():
    assert changed_words(words("la maison blanche"), words("la grande maison")) == ((2,), (1,))


def test_equal_translations_have_no_changed_word():
    assert changed_words(words("a b c"), words("a b c")) == ((), ())


def test_marked_sentence_is_safe_and_leaves_out_the_end_mark():
    html = marked_sentence(words("<b> & x"), (0,), "fr")
    assert html == '<span lang="fr"><mark>&lt;b&gt;</mark> &amp; x</span>'


@pytest.mark.parametrize(
    ("log_ratio", "said"),
    [
        (0.0, "about as likely as"),
        (np.log(2), "2.0 times more likely than"),
        (-np.log(20000), "20,000 times less likely than"),
    ],
)
def test_likelihood_is_said_in_words(log_ratio, said):
    assert likelihood_ratio(log_ratio) == said


def test_endless_unlikelihood_is_still_a_sentence():
    assert "times less likely" in likelihood_ratio(-1e9)


def test_csv_holds_labels_and_weights_and_runs_nothing_in_a_spreadsheet():
    found = AttentionMap(np.array([[[[0.25, 0.75]]]]), ("=1+1",), ("a", "-b"), "French word", "English word")
    rows = weights_csv(found).decode("utf-8-sig").splitlines()
    assert rows == ["French word \\ English word,a,'-b", "'=1+1,0.250000,0.750000"]


def test_copied_python_holds_what_the_visitor_changed():
    code = python_code("m", "it's", DecodingOptions(2, 0.5), Mechanism("additive", "entmax15", None, 2.0))
    compile(code, "copied", "exec")
    assert "beam=2, length_penalty=0.5" in code
    assert "normaliser='entmax15', temperature=2.0" in code
    assert '"it\'s"' in code


def test_view_shows_the_numbers_of_the_answer(translator):
    answer = translator.translate("A cat sees a dog.", DecodingOptions(beam=2, max_length=6))
    readings = {reading["name"]: reading for reading in translation_view(translator, answer).payload()["readings"]}
    for name, found in (("cross", answer.word_maps["cross"]), ("pieces", answer.piece_maps["cross"])):
        shown = decode_floats(readings[name]["weights"], readings[name]["shape"])
        assert shown == pytest.approx(found.weights, abs=1e-6)


def test_table_of_every_step_adds_up_to_its_row(translator):
    answer = translator.translate("A cat sees a dog.", DecodingOptions(beam=2, max_length=6))
    view = translation_view(translator, answer)
    for step, row in zip(view.readings[0].steps, answer.map.matrix(), strict=True):
        _, _, weights, shares = zip(*step.table, strict=True)
        assert weights == pytest.approx(row, abs=1e-5)
        assert sum(shares) == pytest.approx(1, abs=1e-4)


def test_saved_record_rows_sum_to_one(translator):
    record = answer_record(translator.translate("A cat.", DecodingOptions(max_length=6)))
    assert np.sum(record["weights"], axis=1) == pytest.approx(1, abs=1e-4)


def test_beam_tree_draws_the_answer_thick_and_shows_markup_as_text():
    branches = [
        Branch(0, None, "<s>", 0, 0.0, True, True),
        Branch(1, 0, "<b>", 1, -0.1, True, True),
        Branch(2, 0, "x", 1, -2.0, False, False),
    ]
    figure = beam_tree_figure(branches)
    assert [trace.line.width for trace in figure.data[:3]] == [1, 1.5, 4]
    assert list(figure.data[2].x) == [0, 1, None]
    assert list(figure.data[3].text) == ["<b>&lt;s&gt;</b>", "<b>&lt;b&gt;</b>", "x"]


@pytest.mark.skipif(not (CHECKPOINTS / "en-zh-transformer" / "config.json").exists(), reason="no shipped checkpoint")
def test_scenes_say_what_the_models_do():
    said = {}
    for model, sentence, heading, _ in SCENES:
        said[heading] = Translator.load(model).translate(sentence).translation
    assert "maison blanche" in said["Word order changes, and attention follows."]
    assert "ne veut pas" in said["One English word, two French ones."]
    last = said["Another language, another order."]
    assert last.index("明天") < last.index("火车") < last.index("北京")


def test_saved_record_of_a_long_text_stays_small(translator):
    text = "A cat sees a dog. " * 110
    record = answer_record(translator.translate(text[:1990], DecodingOptions(beam=1, max_length=20)))
    assert len(json.dumps(record)) < 1 << 20
    assert len(record["sentences"]) > 50


def test_card_is_shown_without_its_header():
    assert card_text("---\nlicence: x\n---\n# Title\n") == "# Title\n"
    assert card_text("# Title\n") == "# Title\n"


def test_every_choice_has_a_text():
    assert set(NORMALISERS) | set(SECTIONS) <= set(TEXT)
    assert all(example.sentence for examples in EXAMPLES.values() for example in examples)
