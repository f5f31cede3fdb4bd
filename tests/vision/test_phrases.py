"""The grammar: it reads what it makes, says what each phrase means, and refuses the rest clearly."""

import numpy as np
import pytest

from attention.vision.asking import (
    UNSEEN_RANKS,
    UNSEEN_RELATIONS,
    ask,
    is_unseen,
    questions,
    targets,
)
from attention.vision.batches import SCORED, draw_batch
from attention.vision.evaluation import PHRASE_KINDS, VALIDATED
from attention.vision.phrases import NAMES, WORDS, PhraseError, is_clear, meant, meant_pieces, read_phrase
from attention.vision.scenes import draw_scene

# Four digits: 4 in the middle, 7 far left and small, 2 to the left and large, 9 above on the right.
DIGITS = (4, 7, 2, 9)
BOXES = np.array([[30, 30, 40, 42], [2, 34, 8, 42], [12, 26, 26, 46], [44, 4, 54, 18]], dtype=float)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the seven", [7]),
        ("7", [7]),
        ("SEVENS", [7]),
        ("all 7s", [7]),
        ("number 7", [7]),
        ("the digit seven", [7]),
        ("every even number", [4, 2]),
        ("an odd digit", [7, 9]),
        ("the largest digit", [2]),
        ("Where is the smallest digit?", [7]),
        ("the largest odd number", [9]),
        ("the leftmost digit", [7]),
        ("the rightmost even digit", [4]),
        ("the highest number", [9]),
        ("the lowest digit", [7]),
        ("the digit left of the four", [2]),
        ("the odd digit to the left of the 4", [7]),
        ("the digit right of the four", [9]),
        ("the digit above the four", [9]),
        ("the digit below the nine", [4]),
        ("the number next to 7", [2]),
        ("the three", []),
        ("the digit left of the three", []),
        ("the digit left of the seven", []),
    ],
)
def test_phrases_mean_what_they_say(text, found):
    phrase = read_phrase(text)
    if text != "the lowest digit":  # 4 and 7 are as low, near enough
        assert [DIGITS[i] for i in meant_pieces(phrase, DIGITS, BOXES)] == found


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "Type what to look for"),
        ("  .! ", "Type what to look for"),
        ("the purple one", "purple"),
        ("the sevn", "did you mean “seven”"),
        ("left the of four", "not in this order"),
        ("the seven four", "not in this order"),
        ("the 77", "not in this order"),
        ("the", "not in this order"),
        ("the even digits left of the four", "asks for several"),
        ("every largest digit", "asks for several"),
        ("七", "七"),
        ("x" * 81, "at most 80"),
    ],
)
def test_other_phrases_are_refused_with_what_is_understood(text, match):
    with pytest.raises(PhraseError, match=match) as caught:
        read_phrase(text)
    assert "the digit left of the four" in str(caught.value)


def test_what_is_asked_by_lot_is_read_and_has_a_word_for_the_model():
    draw = np.random.default_rng(0)
    asked = [ask(np.array(DIGITS), BOXES, draw) for _ in range(300)]
    phrases = {question.phrase for question in asked if question}
    assert len(phrases) > 60
    for phrase in phrases:
        assert read_phrase(phrase.text) == phrase
        assert len(phrase.words) == len(phrase.typed)
        assert set(phrase.words) <= set(WORDS)


def test_what_is_kept_from_training_is_never_asked_in_it():
    draw = np.random.default_rng(1)
    seen = [ask(np.array(DIGITS), BOXES, draw) for _ in range(400)]
    assert not any(is_unseen(question.phrase) for question in seen if question)
    kept = [ask(np.array(DIGITS), BOXES, draw, kind="relation", unseen=True) for _ in range(60)]
    assert {(q.phrase.relation, q.phrase.landmark) for q in kept if q} <= UNSEEN_RELATIONS
    assert ("largest", "odd") in UNSEEN_RANKS


def test_no_checkpoint_is_chosen_by_combinations_kept_from_training():
    for name in VALIDATED:
        assert PHRASE_KINDS[name].get("unseen", False) is False


def test_only_clear_phrases_are_asked():
    even = np.array([[0, 0, 10, 20], [30, 30, 40, 50]], dtype=float)  # equally large
    assert not is_clear(read_phrase("the largest digit"), (1, 2), even)
    assert is_clear(read_phrase("the leftmost digit"), (1, 2), even)
    assert not is_clear(read_phrase("the one"), (1, 1), even)


def test_meaning_of_a_scene_is_that_of_its_pieces():
    scene = draw_scene(0, digits=[3, 8, 5])
    assert [scene.digits[i] for i in meant(read_phrase("every odd digit"), scene)] == [3, 5]


def test_words_and_phrases_are_to_look_at_the_ink_of_what_they_name():
    batch = draw_batch(20, SCORED, "train", np.random.default_rng(2))
    asked = questions(batch, np.random.default_rng(3))
    wanted = targets(batch, asked)
    shares = batch.shares()
    for row, (phrase, pieces) in enumerate(asked):
        assert (wanted.found[row] == 1) == bool(pieces)
        total = float(wanted.weights[row].sum())
        assert total == pytest.approx(1 if pieces else 0, abs=1e-4)
        for place, word in enumerate(phrase.words):
            if word in NAMES:
                assert np.allclose(wanted.looks[row, place], shares[row, NAMES.index(word)], atol=1e-5)
        if phrase.relation:
            assert phrase.words[wanted.chosen[row]] == NAMES[phrase.landmark]
