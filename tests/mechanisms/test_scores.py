import math

import pytest
import torch
from torch.autograd import gradcheck

from attention.mechanisms import (
    AdditiveLayer,
    GeneralLayer,
    additive_scores,
    cosine_scores,
    dot_scores,
    general_scores,
    scaled_dot_scores,
)

BATCH, QUERY_LEN, KEY_LEN, DIM, HIDDEN = 2, 3, 5, 7, 11
SAME_SIZE = [dot_scores, scaled_dot_scores, cosine_scores]


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(1)


def _inputs(query_dim=DIM, key_dim=DIM, dtype=torch.float64):
    return torch.randn(BATCH, QUERY_LEN, query_dim, dtype=dtype), torch.randn(BATCH, KEY_LEN, key_dim, dtype=dtype)


def _loop(query, key, score):
    """One Python number at a time."""
    rows = [
        [[score(q.tolist(), k.tolist()) for k in keys] for q in queries]
        for queries, keys in zip(query, key, strict=True)
    ]
    return torch.tensor(rows, dtype=torch.float64)


def _dot(q, k):
    return sum(a * b for a, b in zip(q, k, strict=True))


def test_hand_worked_scores():
    query, key = torch.tensor([[3.0, 4.0]]), torch.tensor([[1.0, 0.0], [3.0, 4.0], [0.0, -2.0]])
    assert dot_scores(query, key).tolist() == [[3, 25, -8]]
    torch.testing.assert_close(scaled_dot_scores(query, key), torch.tensor([[3, 25, -8]]) / math.sqrt(2))
    torch.testing.assert_close(cosine_scores(query, key), torch.tensor([[0.6, 1.0, -0.8]]))


def test_hand_worked_general_score():
    layer = GeneralLayer(query_dim=2, key_dim=3)
    layer.w_key.weight.data = torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, 0.0]])
    query, key = torch.tensor([[1.0, 10.0]]), torch.tensor([[1.0, 2.0, 3.0]])  # W k = (7, 2)
    assert general_scores(query, key, layer).item() == 27


def test_hand_worked_additive_score():
    layer = AdditiveLayer(query_dim=1, key_dim=2, hidden_dim=2)
    layer.w_query.weight.data = torch.tensor([[1.0], [0.0]])
    layer.w_key.weight.data = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    layer.v.weight.data = torch.tensor([[2.0, -1.0]])
    query, key = torch.tensor([[0.5]]), torch.tensor([[0.25, 1.0]])  # hidden: tanh(0.5 + 1), tanh(0 + 0.25)
    assert additive_scores(query, key, layer).item() == pytest.approx(2 * math.tanh(1.5) - math.tanh(0.25))


def test_scores_equal_a_slow_loop():
    query, key = _inputs()
    for score, slow in (
        (dot_scores, _dot),
        (scaled_dot_scores, lambda q, k: _dot(q, k) / math.sqrt(DIM)),
        (cosine_scores, lambda q, k: _dot(q, k) / math.sqrt(_dot(q, q) * _dot(k, k))),
    ):
        torch.testing.assert_close(score(query, key), _loop(query, key, slow))


def test_scores_with_parameters_equal_a_slow_loop():
    query, key = _inputs(key_dim=4)
    general = GeneralLayer(DIM, 4).double()
    w = general.w_key.weight.tolist()
    torch.testing.assert_close(
        general_scores(query, key, general), _loop(query, key, lambda q, k: _dot(q, [_dot(row, k) for row in w]))
    )
    additive = AdditiveLayer(DIM, 4, HIDDEN).double()
    w_query, w_key, v = (p.tolist() for p in additive.parameters())

    def slow(q, k):
        hidden = [math.tanh(_dot(a, q) + _dot(b, k)) for a, b in zip(w_query, w_key, strict=True)]
        return _dot(v[0], hidden)

    torch.testing.assert_close(additive_scores(query, key, additive), _loop(query, key, slow))


def test_concat_with_tanh_is_the_additive_score():
    query, key = _inputs(key_dim=4)
    layer = AdditiveLayer(DIM, 4, HIDDEN).double()
    both = torch.cat((query[:, :, None].expand(-1, -1, KEY_LEN, -1), key[:, None].expand(-1, QUERY_LEN, -1, -1)), -1)
    w = torch.cat((layer.w_query.weight, layer.w_key.weight), dim=1)  # Luong's W for [q; k]
    concat = torch.tanh(both @ w.mT) @ layer.v.weight[0]
    torch.testing.assert_close(additive_scores(query, key, layer), concat)


@pytest.mark.parametrize("score", SAME_SIZE)
def test_gradient_of_score_is_right(score):
    query, key = (x.requires_grad_() for x in _inputs())
    assert gradcheck(score, (query, key))


@pytest.mark.parametrize("layer", [GeneralLayer(7, 4), AdditiveLayer(7, 4, 3)])
def test_gradient_of_layer_is_right(layer):
    layer = layer.double()
    query, key = (x.requires_grad_() for x in _inputs(key_dim=4))
    assert gradcheck(lambda q, k, *_: layer(q, k), (query, key, *layer.parameters()))


@pytest.mark.parametrize("layer", [GeneralLayer(7, 4), AdditiveLayer(7, 4, 3)])
def test_projected_key_can_be_reused(layer):
    query, key = _inputs(key_dim=4, dtype=torch.float32)
    kept = layer.project_key(key)
    step_by_step = torch.cat([layer(query[:, i : i + 1], key, kept) for i in range(QUERY_LEN)], dim=1)
    torch.testing.assert_close(step_by_step, layer(query, key))
    torch.testing.assert_close(kept, layer.project_key(key), rtol=0, atol=0)


@pytest.mark.parametrize("score", SAME_SIZE)
def test_different_sizes_are_refused_with_a_way_out(score):
    query, key = _inputs(key_dim=4)
    with pytest.raises(ValueError, match=r"query has size 7, key has size 4.*project the query"):
        score(query, key)


@pytest.mark.parametrize("layer", [GeneralLayer(7, 4), AdditiveLayer(7, 4, 3)])
def test_layer_refuses_vectors_of_another_size(layer):
    query, key = _inputs(key_dim=4, dtype=torch.float32)
    with pytest.raises(ValueError, match="query has size 6, the layer was made for 7"):
        layer(query[..., :6], key)
    with pytest.raises(ValueError, match="key has size 3, the layer was made for 4"):
        layer(query, key[..., :3])


@pytest.mark.parametrize("score", SAME_SIZE)
def test_leading_axes_broadcast(score):
    query, key = torch.randn(2, 1, 3, 7), torch.randn(5, 4, 7)
    scores = score(query, key)
    assert scores.shape == (2, 5, 3, 4)
    torch.testing.assert_close(scores[1, 2], score(query[1, 0], key[2]))


def test_leading_axes_broadcast_with_parameters():
    query, key = torch.randn(2, 1, 3, 7), torch.randn(5, 4, 6)
    for layer in (GeneralLayer(7, 6), AdditiveLayer(7, 6, 11)):
        torch.testing.assert_close(layer(query, key)[1, 2], layer(query[1, 0], key[2]))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_cosine_survives_zero_huge_and_tiny_vectors(dtype):
    query = torch.tensor([[0.0, 0.0], [1e30, 1e30], [1e-30, 0.0]], dtype=dtype, requires_grad=True)
    key = torch.tensor([[3e30, 0.0], [0.0, 0.0]], dtype=dtype)
    scores = cosine_scores(query, key)
    torch.testing.assert_close(
        scores.double(), torch.tensor([[0, 0], [0.5**0.5, 0], [1, 0]]).double(), rtol=0, atol=4e-3
    )
    scores.sum().backward()
    assert query.grad[0].tolist() == [0, 0]
    assert query.grad[1].isfinite().all()


def test_cosine_ignores_length():
    query, key = _inputs()
    torch.testing.assert_close(cosine_scores(query * 1000, key * 0.001), cosine_scores(query, key))
