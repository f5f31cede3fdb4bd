from __future__ import annotations

import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attention.language.labels import EMOTIONS, NEUTRAL
from attention.language.model import config_dict
from attention.language.reader import MAX_WORDS, EmotionReader
from attention.language.words import MAX_CHARACTERS, TextError
from attention.mechanisms import Mechanism
from attention.training.checkpoint import CheckpointError, save_checkpoint
from tests.language.toy import toy_reader

READER = toy_reader()
LONG = "I am so happy today, thank you. " * 30
SENTENCES = "Why is it so? I hate this table!\nthank you"


def saved(tmp_path, **changes):
    config = {
        "task": "emotions",
        "emotions": list(EMOTIONS),
        "model": config_dict(READER.model),
        "calibration": READER.calibration.to_json(),
    }
    return save_checkpoint(tmp_path / "toy", READER.model, config | changes, READER.vocabulary, "# Toy", "float32")


def test_every_row_of_attention_sums_to_one():
    for text in ("why", SENTENCES, LONG):
        reading = READER.read(text)
        assert reading.map.weights.shape == (1, 2, 28, len(reading.words))
        np.testing.assert_allclose(reading.map.weights.sum(axis=-1), 1, atol=1e-4)
        assert reading.map.query_labels == EMOTIONS
        assert reading.map.key_labels == tuple(word.text for word in reading.words)
        assert (reading.map.query_axis, reading.map.key_axis) == ("emotion", "word")


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=300))
def test_words_stand_where_they_say_whatever_is_typed(text):
    try:
        reading = READER.read(text)
    except TextError:
        return
    assert reading.text == text
    assert all(text[word.start : word.end] == word.text for word in reading.words)
    for part in reading.sentences:
        assert part.text == text[part.start : part.end] or part is reading
        assert all(part.text[word.start : word.end] == word.text for word in part.words)
    together = [word.text for part in reading.sentences for word in part.words]
    assert together == [word.text for word in reading.words]


def test_many_texts_at_once_give_what_each_gives_alone():
    texts = ["why", SENTENCES, LONG, "Thank YOU soooo much, Maria", "😡"]
    scores = READER.scores(texts)
    for row, text in zip(scores, texts, strict=True):
        np.testing.assert_allclose(row, READER.read(text).probabilities, atol=1e-5)
    np.testing.assert_allclose(READER.sentiments_of(scores)[1], READER.read(SENTENCES).sentiments, atol=1e-5)


def test_empty_texts_give_rows_of_nothing_and_their_place_stays():
    scores = READER.scores(["", "why", " \n", "\u200b"])
    assert np.isnan(scores).all(axis=1).tolist() == [True, False, True, True]
    assert READER.scores([]).shape == (0, 28)
    with pytest.raises(TextError, match="at most 20,000"):
        READER.scores(["why", "a " * MAX_CHARACTERS])


def test_each_sentence_is_read_alone():
    reading = READER.read(SENTENCES)
    assert [part.text for part in reading.sentences] == ["Why is it so?", "I hate this table!", "thank you"]
    for part in reading.sentences:
        alone = READER.read(part.text)
        np.testing.assert_allclose(part.probabilities, alone.probabilities, atol=1e-5)
        np.testing.assert_allclose(part.map.weights, alone.map.weights, atol=1e-5)
        assert part.words == alone.words
    single = READER.read("why not")
    assert single.sentences == (single,)


def test_a_long_text_has_its_strongest_sentence_and_its_weakest_neutral():
    text = "thank you so much. " * 10 + "I hate this, it is really the table. " + "why is it so? " * 10
    reading = READER.read(text)
    parts = np.stack([part.probabilities for part in reading.sentences])
    wanted = parts.max(axis=0)
    wanted[NEUTRAL] = parts[:, NEUTRAL].min()
    np.testing.assert_allclose(reading.probabilities, wanted, atol=1e-6)
    assert f"Longer than {MAX_WORDS} words" in reading.notes[0]
    lit = reading.map.matrix()[EMOTIONS.index("anger")] > 0
    deciding = reading.sentences[int(parts[:, EMOTIONS.index("anger")].argmax())]
    inside = [deciding.start <= word.start < deciding.end for word in reading.words]
    assert lit.tolist() == inside or len({part.text for part in reading.sentences}) < len(reading.sentences)
    assert lit.sum() == len(deciding.words)


def test_a_sentence_without_end_is_cut_to_fit():
    reading = READER.read("thank you so much and " * 100)
    assert len(reading.words) == 500
    assert len(reading.sentences) == 1
    np.testing.assert_allclose(reading.map.weights.sum(axis=-1), 1, atol=1e-4)


def test_strongest_is_neutral_only_when_nothing_else_is_found():
    for text in ("why", SENTENCES, "the table and the train", "thank you"):
        reading = READER.read(text)
        felt = [i for i in reading.above if i != NEUTRAL]
        assert list(reading.above) == sorted(reading.above, key=lambda i: -reading.probabilities[i])
        assert all((reading.probabilities[i] >= reading.thresholds[i]) == (i in reading.above) for i in range(28))
        wanted = max(felt or range(28), key=lambda i: reading.probabilities[i])
        assert reading.strongest == wanted


def test_another_mechanism_is_for_one_call_only():
    before = READER.read(SENTENCES)
    uniform = READER.read(SENTENCES, Mechanism(normaliser="uniform"))
    np.testing.assert_allclose(uniform.map.weights, 1 / len(uniform.words), atol=1e-6)
    assert np.abs(uniform.probabilities - before.probabilities).max() > 1e-3
    np.testing.assert_array_equal(READER.read(SENTENCES).probabilities, before.probabilities)
    with pytest.raises(ValueError, match="parameters"):
        READER.read(SENTENCES, Mechanism("general"))


def test_what_cannot_be_read_is_refused():
    for text, complaint in (("", "no text yet"), ("\u200b", "no word"), ("a" * 20_001, "20,001 characters")):
        with pytest.raises(TextError, match=complaint):
            READER.read(text)


def test_notes_name_what_was_guessed():
    notes = " ".join(READER.read("I hate this, Maria and the xyzzyfoo 🦤").notes)
    assert "Read as a name; the training comments hide the names of people: Maria" in notes
    assert "judged by their letters: xyzzyfoo" in notes
    assert "Never met in training: 🦤" in notes
    assert "another script" in READER.read("Я так счастлив сегодня").notes[0]


def test_saved_then_loaded_it_reads_the_same(tmp_path):
    again = EmotionReader.load(saved(tmp_path))
    assert (again.name, again.card, again.parameters) == ("toy", "# Toy", READER.parameters)
    for text in (SENTENCES, LONG):
        np.testing.assert_allclose(again.read(text).probabilities, READER.read(text).probabilities, atol=1e-6)


def test_files_that_do_not_belong_together_are_refused(tmp_path):
    sizes = config_dict(READER.model)
    for changes, complaint in (
        ({"task": "translation"}, "not an emotion checkpoint"),
        ({"model": sizes | {"hidden_dim": 9}}, "do not belong together"),
        ({"model": sizes | {"wings": 2}}, "wings"),
        ({"calibration": {"scales": []}}, "do not belong together"),
        ({"emotions": list(EMOTIONS)[::-1]}, "other emotions"),
    ):
        with pytest.raises(CheckpointError, match=complaint):
            EmotionReader.load(saved(tmp_path, **changes))
    folder = saved(tmp_path)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(CheckpointError, match=r"tokenizer\.json does not exist"):
        EmotionReader.load(folder)
    shutil.rmtree(folder)
    with pytest.raises(CheckpointError, match="no checkpoint is called"):
        EmotionReader.load(folder)


def test_json_holds_plain_numbers():
    import json

    record = json.loads(json.dumps(READER.read(SENTENCES).to_json()))
    assert set(record["emotions"]) == set(EMOTIONS)
    assert [part["text"] for part in record["sentences"]] == ["Why is it so?", "I hate this table!", "thank you"]
    assert np.array(record["weights"]).shape == (28, len(record["words"]))


def test_endless_words_are_cut_in_notes():
    note = READER.read("I saw " + "xy" * 500).notes[0]
    assert "xyxy…" in note
    assert len(note) < 120
