import pytest
import torch

from attention.mechanisms import Mechanism, attend, attention_weights, causal_mask
from attention.mechanisms.prefix import age_matrix, prefix_attend

LENGTH, QUERIES, HEADS, WIDTH = 7, 5, 3, 2


@pytest.fixture
def parts():
    draw = torch.Generator().manual_seed(4)
    query = torch.randn(HEADS, QUERIES, WIDTH, generator=draw)
    key = torch.randn(HEADS, LENGTH, WIDTH, generator=draw)
    value = torch.randn(HEADS, LENGTH, QUERIES, generator=draw)
    return query, key, value, torch.randn(HEADS, LENGTH, generator=draw)


def test_every_beginning_equals_a_softmax_over_it(parts):
    query, key, value, bias = parts
    scores = key @ query.transpose(1, 2)  # (heads, length, queries)
    found = prefix_attend(scores, value, bias)
    for t in range(LENGTH):
        ages = bias[:, : t + 1].flip(1)  # the newest key has age 0
        weights = attention_weights((scores[:, : t + 1] + ages[..., None]).transpose(1, 2))
        expected = (weights * value[:, : t + 1].transpose(1, 2)).sum(dim=-1)
        assert torch.allclose(found[:, t], expected, atol=1e-5)


def test_one_query_without_bias_is_attend_under_a_causal_mask(parts):
    _, key, _, _ = parts
    query = key[:, :1].expand(-1, LENGTH, -1)  # the same query at every place, as it does not grow with the sequence
    expected, _ = attend(query, key, key[..., :1], Mechanism(score="dot"), causal_mask(LENGTH))
    scores = key @ key[:, :1].transpose(1, 2)
    assert torch.allclose(prefix_attend(scores, key[..., :1], torch.zeros(HEADS, LENGTH)), expected, atol=1e-5)


def test_a_steep_bias_reads_the_newest_key_alone(parts):
    _, _, value, _ = parts
    steep = -60.0 * torch.arange(LENGTH).expand(HEADS, -1)
    assert torch.allclose(prefix_attend(torch.zeros_like(value), value, steep), value, atol=1e-6)


def test_gradients_are_those_of_the_slow_way(parts):
    query, key, value, bias = (part.double().requires_grad_() for part in parts)

    def quick(query, key, value, bias):
        return prefix_attend(key @ query.transpose(1, 2), value, bias)

    assert torch.autograd.gradcheck(quick, (query, key, value, bias))


def test_age_matrix_is_the_bias_by_distance_and_nothing_ahead():
    bias = torch.tensor([5.0, 6.0, 7.0])
    off = -torch.inf
    assert age_matrix(bias).tolist() == [[5, off, off], [6, 5, off], [7, 6, 5]]


def test_a_key_far_above_the_earlier_ones_leaves_a_number():
    scores = torch.tensor([[0.0], [500.0]])
    found = prefix_attend(scores, torch.ones(2, 1), torch.zeros(2))
    assert found.tolist() == [[0.0], [1.0]]


@pytest.mark.parametrize(("scores", "values", "bias"), [((4, 3), (4, 2), 4), ((4, 3), (4, 3), 5), ((4,), (4,), 4)])
def test_sizes_that_do_not_belong_together_are_refused(scores, values, bias):
    with pytest.raises(ValueError, match=r"must both be|ages"):
        prefix_attend(torch.zeros(scores), torch.zeros(values), torch.zeros(bias))
