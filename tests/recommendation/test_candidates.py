from dataclasses import replace

import pytest
import torch

from attention.mechanisms import Mechanism, attend
from attention.recommendation.candidates import CandidateAttention, CandidateConfig, Pairs
from attention.recommendation.neighbours import KINDS
from attention.recommendation.relations import RELATIONS

ITEMS, READ, OFFERED = 9, 5, 4
CONFIG = CandidateConfig(ITEMS, d_model=6, heads=3, head_dim=2, window=7)


@pytest.fixture
def model():
    torch.manual_seed(3)
    model = CandidateAttention(CONFIG)
    for parameter in model.parameters():
        parameter.data = torch.randn_like(parameter)
    return model.requires_grad_(False)


def pairs_of(read, offered, seed=0):
    draw = torch.Generator().manual_seed(seed)
    strengths = torch.rand(len(KINDS), read, offered, generator=draw)
    return Pairs(strengths, torch.randint(0, len(RELATIONS) + 1, (read, offered), generator=draw))


def slow_score(model, history, pairs, book, head):
    """Return score and weights of one book by one head, with plain loops."""
    width, size = CONFIG.d_model // CONFIG.heads, CONFIG.head_dim
    own, keys = slice(head * width, (head + 1) * width), slice(head * size, (head + 1) * size)
    query = (model.query_proj.weight @ model.offered[book])[keys]
    logits, values = [], []
    for i, read in enumerate(history):
        features = torch.cat([pairs.strengths[:, i, book], torch.zeros(len(RELATIONS))])
        if relation := int(pairs.relations[i, book]):
            features[len(KINDS) + relation - 1] = 1
        key = (model.key_proj.weight @ model.read[read])[keys]
        age = len(history) - 1 - i
        logits.append(query @ key / size**0.5 + model.age_bias[head, age] + features @ model.pair_bias[head])
        values.append(model.offered[book][own] @ model.read[read][own] + features @ model.pair_value[head])
    weights = torch.stack(logits).softmax(dim=0)
    return float(weights @ torch.stack(values)), weights


def test_look_is_the_formula_of_the_docstring(model):
    history, pairs = torch.tensor([2, 0, 7, 4, 1]), pairs_of(READ, ITEMS)
    found = model.look(history, pairs)
    for book in range(ITEMS):
        slow = [slow_score(model, history, pairs, book, head) for head in range(CONFIG.heads)]
        assert found.scores[book].item() == pytest.approx(sum(s for s, _ in slow) + model.bias[book].item(), abs=1e-4)
        assert torch.allclose(found.weights[:, book], torch.stack([weights for _, weights in slow]), atol=1e-5)


def test_every_beginning_in_training_is_what_look_says_after_it(model):
    history, offered = torch.tensor([2, 0, 7, 4, 1]), torch.tensor([3, 5, 8, 6])
    pairs = pairs_of(READ, ITEMS)
    some = Pairs(pairs.strengths[:, :, offered], pairs.relations[:, offered])
    found = model.prefixes(model.read[history], model.offered[offered], some, model.bias[offered])
    for t in range(READ):
        beginning = Pairs(pairs.strengths[:, : t + 1], pairs.relations[: t + 1])
        expected = model.look(history[: t + 1], beginning).scores[offered]
        assert torch.allclose(found[t], expected, atol=1e-3)


def test_books_left_out_in_training_get_no_weight(model):
    history, offered = torch.tensor([2, 0, 7, 4, 1]), torch.arange(OFFERED)
    pairs = pairs_of(READ, OFFERED)
    keep = torch.tensor([False, True, True, False, True])
    found = model.prefixes(model.read[history], model.offered[offered], pairs, model.bias[offered], keep)
    other = model.read[history].clone()
    other[~keep] = 0.0  # whatever they hold must not matter, but for the key, which has no weight
    strange = Pairs(pairs.strengths.clone(), pairs.relations)
    strange.strengths[:, ~keep] = 0.3
    again = model.prefixes(other, model.offered[offered], strange, model.bias[offered], keep)
    assert torch.allclose(found[-1], again[-1], atol=1e-4)


def test_without_biases_it_is_plain_attention_from_every_book(model):
    for parameter in (model.ages, model.pair_biases, model.pair_values, model.bias):
        parameter.data.zero_()
    history = torch.tensor([2, 0, 7])
    pairs = pairs_of(3, ITEMS)
    found = model.look(history, pairs)
    key, value = model._read(model.read[history])
    query, offered = model._offered(model.offered)
    context, weights = attend(query, key, value)
    assert torch.allclose(found.weights, weights, atol=1e-6)
    assert torch.allclose(found.scores, (context * offered).sum(dim=(0, 2)), atol=1e-4)


def test_it_starts_as_the_rule_of_recent_neighbours():
    model = CandidateAttention(replace(CONFIG, heads=1)).requires_grad_(False)
    for table in (model.read, model.offered, model.pair_biases):
        table.data.zero_()
    model.pair_values[len(KINDS) :] = 0.0
    pairs = pairs_of(READ, ITEMS)
    age = torch.arange(READ - 1, -1, -1)
    weights = torch.exp(-0.8 * age / 2)
    expected = (weights / weights.sum()) @ pairs.strengths[0]
    assert torch.allclose(model.look(torch.arange(READ), pairs).scores, expected, atol=1e-5)


def test_temperature_and_normaliser_can_be_swapped(model):
    history, pairs = torch.tensor([2, 0, 7]), pairs_of(3, ITEMS)
    flat = model.look(history, pairs, Mechanism(temperature=1e6)).weights
    assert torch.allclose(flat, torch.full_like(flat, 1 / 3), atol=1e-4)
    hard = model.look(history, pairs, Mechanism(normaliser="hardmax")).weights
    assert set(hard.unique().tolist()) == {0.0, 1.0}
    assert torch.equal(hard.argmax(dim=-1), model.look(history, pairs).weights.argmax(dim=-1))


def test_a_model_keeps_nothing_of_its_last_run(model):
    history, pairs = torch.tensor([2, 0, 7]), pairs_of(3, ITEMS)
    before = model.look(history, pairs)
    model.look(torch.tensor([1]), pairs_of(1, ITEMS, seed=5), Mechanism(temperature=0.2))
    after = model.look(history, pairs)
    assert torch.equal(before.scores, after.scores)
    assert torch.equal(before.weights, after.weights)


def test_weighing_the_vectors_changes_values_and_not_the_attention(model):
    history, pairs = torch.tensor([2, 0, 7]), pairs_of(3, ITEMS)
    before = model.look(history, pairs)
    model.weigh_vectors(0.5)
    after = model.look(history, pairs)
    assert torch.allclose(after.weights, before.weights, atol=1e-5)
    model.weigh_vectors(1e-6)
    without = model.look(history, pairs).scores
    assert torch.allclose(after.scores - without, (before.scores - without) / 2, atol=1e-3)
