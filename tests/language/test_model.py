from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from attention.language.labels import EMOTIONS
from attention.language.model import build_model, config_dict, reversed_within
from attention.language.vocabulary import Encoded, encode, make_batch
from attention.language.words import find_words
from attention.mechanisms import Mechanism
from tests.language.toy import toy_reader

TEXTS = ("thank you so much", "why", "I really hate this, again!")


def encoded(text: str) -> Encoded:
    return encode(find_words(text))


def test_a_batch_gives_what_each_text_gives_alone():
    reader = toy_reader()
    texts = [encoded(text) for text in TEXTS]
    together = reader.model(make_batch(texts, reader.vocabulary), need_weights=True)
    assert together.logits.shape == (3, len(EMOTIONS))
    for row, text in enumerate(texts):
        alone = reader.model(make_batch([text], reader.vocabulary), need_weights=True)
        torch.testing.assert_close(together.logits[row], alone.logits[0], atol=1e-5, rtol=1e-4)
        length = len(text.forms)
        torch.testing.assert_close(together.weights[row, ..., :length], alone.weights[0], atol=1e-5, rtol=1e-4)
        assert together.weights[row, ..., length:].abs().max() == 0 if length < 7 else True


def test_the_lstm_reads_backwards_from_each_texts_own_end():
    mask = torch.tensor([[True, True, True, False], [True, False, False, False]])
    assert reversed_within(mask).tolist() == [[2, 1, 0, 3], [0, 1, 2, 3]]


def test_label_attention_is_the_written_formula():
    """Slow loops over emotions, heads and words, against the module."""
    reader = toy_reader()
    batch = make_batch([encoded(TEXTS[2])], reader.vocabulary)
    layer, states = reader.model.labels, reader.model.encode(batch)
    answer = layer(states, batch.mask, reader.model.mechanism, True)
    keys, values, queries = layer.key(states)[0], layer.value(states)[0], layer.queries()
    key_dim, part = queries.shape[-1], values.shape[-1] // 2
    for emotion in (0, 5, 27):
        logit = layer.bias[emotion].clone()
        for head in range(2):
            own_keys = keys[:, head * key_dim : (head + 1) * key_dim]
            weights = torch.softmax(own_keys @ queries[head, emotion] / key_dim**0.5, dim=0)
            torch.testing.assert_close(answer.weights[0, head, emotion], weights, atol=1e-5, rtol=1e-4)
            for j, weight in enumerate(weights):
                value = values[j, head * part : (head + 1) * part]
                logit += weight * (layer.read_out[emotion, head * part : (head + 1) * part] @ value)
        torch.testing.assert_close(answer.logits[0, emotion], logit, atol=1e-4, rtol=1e-4)


def test_another_mechanism_runs_and_changes_the_answer():
    reader = toy_reader()
    batch = make_batch([encoded(TEXTS[2])], reader.vocabulary)
    own = reader.model(batch, need_weights=True)
    uniform = reader.model(batch, Mechanism(normaliser="uniform"), True)
    assert torch.allclose(uniform.weights, torch.full_like(uniform.weights, 1 / batch.mask.sum()))
    assert not torch.allclose(uniform.logits, own.logits, atol=1e-3)
    hard = reader.model(batch, Mechanism(normaliser="hardmax"), True)
    assert torch.equal(hard.weights.argmax(-1), own.weights.argmax(-1))
    for mechanism in (
        Mechanism("cosine"),
        Mechanism("dot"),
        Mechanism(temperature=0.3),
        Mechanism(normaliser="sparsemax"),
    ):
        weights = reader.model(batch, mechanism, True).weights
        torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))
    torch.testing.assert_close(reader.model(batch).logits, own.logits)
    with pytest.raises(ValueError, match="parameters"):
        reader.model(batch, Mechanism("additive"))


def test_an_emotion_hears_of_the_text_through_its_attention_alone():
    """Where a made-up normaliser gives no weight to anything, only the bias is left."""
    reader = toy_reader()
    batch = make_batch([encoded(TEXTS[0])], reader.vocabulary)
    nothing = Mechanism(normaliser=lambda scores, mask: torch.zeros_like(scores))
    torch.testing.assert_close(reader.model(batch, nothing).logits[0], reader.model.labels.bias)


def test_letters_alone_tell_unknown_words_apart():
    reader = toy_reader()
    one, other = (reader.model(make_batch([encoded(word)], reader.vocabulary)).logits for word in ("xyzzy", "plugh"))
    assert not torch.allclose(one, other, atol=1e-3)


def test_training_draws_lots_and_reading_does_not():
    reader = toy_reader()
    batch = make_batch([encoded(text) for text in TEXTS], reader.vocabulary)
    torch.testing.assert_close(reader.model(batch).logits, reader.model(batch).logits)
    reader.model.train()
    assert not torch.allclose(reader.model(batch).logits, reader.model(batch).logits)


def test_settings_build_the_same_model():
    model = toy_reader().model
    again = build_model(config_dict(model))
    assert {name: p.shape for name, p in again.named_parameters()} == {
        name: p.shape for name, p in model.named_parameters()
    }
    sizes = config_dict(model)
    for wrong, complaint in (({**sizes, "wings": 2}, "wings"), ({**sizes, "architecture": "x"}, "'x' is not known")):
        with pytest.raises(ValueError, match=complaint):
            build_model(wrong)
    with pytest.raises(ValueError, match="lack vocab_size"):
        build_model({"buckets": 9})


def test_heads_must_divide_the_states():
    config = replace(toy_reader().model.config, heads=3)
    model = build_model(config.__dict__)
    with pytest.raises(ValueError, match="14 cannot be split over 3 heads"):
        model(make_batch([encoded("why")], toy_reader().vocabulary))
