from dataclasses import replace

import numpy as np
import pytest
import torch

from attention.measures.faithfulness import kendall_tau
from attention.mechanisms import Mechanism
from attention.training.checkpoint import CHECKPOINTS
from attention.translation.faithfulness import Importance, agreement, sentence_importance, word_importance
from attention.translation.tokens import BEGIN, END, PAD
from attention.translation.translator import Translator
from tests.translation.toy import untrained_checkpoint

SOURCE, TARGET = "I don't like the black cat!", "Le chien n'est pas là."


@pytest.fixture(scope="module", params=["recurrent", "transformer"])
def translator(request, tmp_path_factory):
    return Translator.load(untrained_checkpoint(tmp_path_factory.mktemp("model") / "one", request.param))


@pytest.fixture(scope="module")
def answer(translator):
    return translator.force(SOURCE, TARGET)


def log_probability(translator, source_ids, target_ids, positions, mechanism=None, embedded=None):
    """Go step by step, as decoding does, and add up the pieces of one word."""
    source = torch.tensor([source_ids])
    encoded = translator.model.encode(source, source != PAD, embedded=embedded)
    state, before, total = translator.model.start(encoded), BEGIN, 0.0
    for position, piece in enumerate(target_ids[: max(positions) + 1]):
        logits, state, _ = translator.model.step(encoded, state, torch.tensor([before]), mechanism)
        total = total + logits.log_softmax(dim=-1)[0, piece] * (position in positions)
        before = piece
    return total


def test_one_number_for_each_source_word_end_mark_included(translator, answer):
    found = word_importance(translator, answer, 1)
    assert found.words == ("I", "don't", "like", "the", "black", "cat", "!", "</s>")
    assert found.target == "chien"
    for values in (found.attention, found.gradient, found.leave_one_out, found.random):
        assert values.shape == (8,)
        assert np.isfinite(values).all()


def test_attention_is_the_row_of_the_map(translator, answer):
    for number, found in enumerate(sentence_importance(translator, answer)):
        assert found.attention == pytest.approx(answer.map.matrix(0, 0)[number], abs=1e-6)


def test_leaving_out_is_the_drop_without_the_pieces(translator, answer):
    target = 3
    pieces = answer.target_words[target].pieces
    whole = log_probability(translator, answer.source_ids, answer.target_ids, pieces)
    assert float(whole) == pytest.approx(answer.word_log_probabilities[target], abs=1e-5)
    found = word_importance(translator, answer, target)
    for number, word in enumerate(answer.source_words):
        shorter = [piece for position, piece in enumerate(answer.source_ids) if position not in word.pieces]
        without = log_probability(translator, shorter, answer.target_ids, pieces)
        assert found.leave_one_out[number] == pytest.approx(float(whole - without), abs=1e-5)


def test_gradient_is_that_of_finite_differences(translator, answer):
    target = 2
    pieces = answer.target_words[target].pieces
    model = translator.model
    source = torch.tensor([answer.source_ids])
    model.double()
    try:
        embedded = model.embed_source(source)
        slope = torch.zeros_like(embedded)
        step = 1e-5
        for place in np.ndindex(*embedded.shape):
            up, down = embedded.clone(), embedded.clone()
            up[place] += step
            down[place] -= step
            ends = [
                log_probability(translator, answer.source_ids, answer.target_ids, pieces, embedded=side)
                for side in (up, down)
            ]
            slope[place] = (ends[0] - ends[1]) / (2 * step)
    finally:
        model.float()
    lengths = (slope * embedded).norm(dim=-1)[0]
    expected = [float(lengths[list(word.pieces)].sum()) for word in answer.source_words]
    found = word_importance(translator, answer, target)
    assert found.gradient == pytest.approx(expected, rel=1e-3, abs=1e-6)
    assert found.gradient.max() > 0


def test_embedding_given_or_not_the_encoder_says_the_same(translator, answer):
    source = torch.tensor([answer.source_ids])
    mask = source != PAD
    plain = translator.model.encode(source, mask).memory
    given = translator.model.encode(source, mask, embedded=translator.model.embed_source(source)).memory
    assert torch.equal(plain, given)


def test_whole_sentence_says_the_same_as_word_by_word(translator, answer):
    together = sentence_importance(translator, answer, seed=5)
    assert [one.target for one in together] == [word.text for word in answer.target_words]
    for number, one in enumerate(together):
        alone = word_importance(translator, answer, number, seed=5)
        for measure in ("attention", "gradient", "leave_one_out", "random"):
            assert getattr(one, measure) == pytest.approx(getattr(alone, measure), abs=1e-5)


def test_of_a_longer_text_the_words_own_sentence_is_measured(translator):
    text = "The cat sleeps on the mat.\nIs the dog there?"
    answer = translator.force(text, "Le chat dort. Le chien est-il là ?")
    first = len(answer.sentences[0].target_words)
    found = word_importance(translator, answer, first)
    assert found.words == ("Is", "the", "dog", "there", "?", "</s>")
    assert found.target == "Le"
    together = sentence_importance(translator, answer)
    assert [one.target for one in together] == [word.text for word in answer.target_words]
    assert together[first].leave_one_out == pytest.approx(found.leave_one_out, abs=1e-5)
    assert together[first].random == pytest.approx(found.random)


def test_another_mechanism_is_the_one_that_is_measured(translator, answer):
    uniform = Mechanism(translator.model.mechanism.score, "uniform")
    found = word_importance(translator, answer, 1, uniform)
    pieces = [len(word.pieces) for word in answer.source_words]
    assert found.attention == pytest.approx(np.array(pieces) / sum(pieces), abs=1e-6)
    own = word_importance(translator, answer, 1)
    assert found.leave_one_out != pytest.approx(own.leave_one_out, abs=1e-7)
    assert found.gradient != pytest.approx(own.gradient, abs=1e-9)
    kept = translator.force(SOURCE, TARGET, uniform)
    assert word_importance(translator, kept, 1).gradient == pytest.approx(found.gradient)


def test_the_shared_model_stays_as_it_is(translator, answer):
    before = {name: value.clone() for name, value in translator.model.state_dict().items()}
    with torch.inference_mode():
        sentence_importance(translator, answer)
    for name, parameter in translator.model.named_parameters():
        assert parameter.grad is None
        assert not parameter.requires_grad
        assert torch.equal(parameter, before[name])
    assert not translator.model.training


def test_shares_drawn_by_lot_depend_on_the_seed_and_the_word(translator, answer):
    one, other = (word_importance(translator, answer, 1, seed=seed).random for seed in (0, 1))
    assert one.sum() == pytest.approx(1)
    assert (one >= 0).all()
    assert not np.allclose(one, other)
    assert not np.allclose(one, word_importance(translator, answer, 2).random)


@pytest.mark.parametrize("word", [-1, 99])
def test_a_word_that_is_not_there_is_refused(translator, answer, word):
    with pytest.raises(ValueError, match="target_word must be from 0"):
        word_importance(translator, answer, word)


def test_an_answer_without_pieces_is_refused(translator, answer):
    with pytest.raises(ValueError, match="does not carry its pieces"):
        word_importance(translator, replace(answer, target_ids=()), 0)


def test_answers_carry_the_pieces_that_the_model_read(translator, answer):
    subwords = translator.subwords
    assert answer.source_ids == (*subwords.encode(SOURCE), END)
    assert answer.target_ids == (*subwords.encode(TARGET), END)
    longer = translator.force("The cat.\nThe dog.", "Le chat. Le chien.")
    assert longer.target_ids == sum((part.target_ids for part in longer.sentences), ())
    assert len(longer.source_ids) == len(longer.source_pieces)


def importance(attention, gradient, leave_one_out, drawn):
    words = tuple("abcd"[: len(attention)])
    return Importance(
        "x", words, *(np.array(part, dtype=float) for part in (attention, gradient, leave_one_out, drawn))
    )


def test_agreement_is_the_mean_of_the_words():
    first = importance([0.1, 0.2, 0.7], [1, 2, 3], [3, 2, 1], [0.2, 0.5, 0.3])
    second = importance([0.5, 0.3, 0.2], [3, 1, 2], [3, 2, 1], [0.6, 0.3, 0.1])
    found = agreement([first, second])
    assert found.words == 2
    assert found.gradient == pytest.approx((1 + kendall_tau([0.5, 0.3, 0.2], [3, 1, 2])) / 2)
    assert found.leave_one_out == pytest.approx((-1 + 1) / 2)
    assert found.random_leave_one_out == pytest.approx((kendall_tau([0.2, 0.5, 0.3], [3, 2, 1]) + 1) / 2)
    assert found.gradient_leave_one_out == pytest.approx((-1 + kendall_tau([3, 1, 2], [3, 2, 1])) / 2)


def test_words_without_an_order_do_not_count():
    flat = importance([0.5, 0.5], [1, 2], [2, 1], [0.4, 0.6])
    clear = importance([0.4, 0.6], [1, 2], [2, 1], [0.4, 0.6])
    assert agreement([flat, clear]).gradient == 1
    assert np.isnan(agreement([flat]).gradient)
    assert np.isnan(agreement([]).leave_one_out)


@pytest.mark.skipif(not (CHECKPOINTS / "en-fr-recurrent").exists(), reason="the shipped checkpoint is absent")
def test_a_trained_model_needs_the_word_that_it_translates():
    translator = Translator.load("en-fr-recurrent")
    answer = translator.force("The cat sleeps on the chair.", "Le chat dort sur la chaise.")
    found = word_importance(translator, answer, 1)
    for measure in ("attention", "gradient", "leave_one_out"):
        assert found.words[int(getattr(found, measure).argmax())] == "cat"
