import numpy as np
import pytest

from attention.measures import attention_rollout, cross_rollout


def some_weights(*shape, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(shape[-1]), shape[:-1])


def slow_rollout(weights):
    """Follow every path through the layers."""
    layers, _, n, _ = weights.shape
    mixed = [(weights[layer].mean(axis=0) + np.eye(n)) / 2 for layer in range(layers)]
    reached = mixed[0]
    for layer in mixed[1:]:
        new = np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                new[i, j] = sum(layer[i, k] * reached[k, j] for k in range(n))
        reached = new
    return reached


def test_rollout_equals_following_every_path():
    weights = some_weights(3, 2, 5, 5)
    assert attention_rollout(weights)[-1] == pytest.approx(slow_rollout(weights))


def test_rows_sum_to_one_after_every_layer():
    rolled = attention_rollout(some_weights(4, 3, 7, 7))
    assert rolled.shape == (4, 7, 7)
    assert rolled.sum(axis=-1) == pytest.approx(1.0)


def test_one_layer_worked_by_hand():
    weights = np.array([[[0.0, 1.0], [1.0, 0.0]]])
    assert attention_rollout(weights)[0].tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert attention_rollout(weights, residual=0.0)[0].tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert attention_rollout(weights, residual=1.0)[0].tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_causal_attention_stays_causal():
    weights = np.tril(np.ones((3, 2, 5, 5)))
    weights /= weights.sum(axis=-1, keepdims=True)
    assert not np.triu(attention_rollout(weights)[-1], k=1).any()


def test_cross_attention_is_carried_to_the_source():
    cross, encoder = some_weights(3, 5, seed=1), some_weights(2, 2, 5, 5)
    found = cross_rollout(cross, encoder)
    assert found == pytest.approx(cross @ slow_rollout(encoder))
    assert found.sum(axis=-1) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="attends to 5 keys"):
        cross_rollout(cross, some_weights(2, 2, 4, 4))


@pytest.mark.parametrize(("shape", "residual"), [((2, 3, 4, 5), 0.5), ((4, 4), 0.5), ((2, 4, 4), 1.5)])
def test_what_is_not_self_attention_is_refused(shape, residual):
    with pytest.raises(ValueError, match=r"rollout needs|residual must"):
        attention_rollout(some_weights(*shape), residual)
