import numpy as np
import pytest

from attention.attention_map import AttentionMap
from attention.translation.maps import alignment_map, block_diagonal


def some_map(layers, heads, rows, columns, seed=0):
    weights = np.random.default_rng(seed).dirichlet(np.ones(columns), (layers, heads, rows))
    return AttentionMap(weights, [f"q{i}" for i in range(rows)], [f"k{i}" for i in range(columns)], "a", "b")


def test_blocks_lie_on_the_diagonal_and_everything_else_is_zero():
    first, second = some_map(2, 3, 4, 5), some_map(2, 3, 6, 7, seed=1)
    joined = block_diagonal([first, second])
    assert joined.weights.shape == (2, 3, 10, 12)
    assert (joined.weights[..., :4, :5] == first.weights).all()
    assert (joined.weights[..., 4:, 5:] == second.weights).all()
    assert not joined.weights[..., :4, 5:].any()
    assert not joined.weights[..., 4:, :5].any()
    assert joined.query_labels == first.query_labels + second.query_labels
    assert joined.key_labels == first.key_labels + second.key_labels
    assert joined.weights.sum(axis=-1) == pytest.approx(1.0, abs=1e-5)


def test_alignment_map_is_the_mean_over_heads_of_the_chosen_layers():
    found = some_map(4, 3, 2, 5)
    wanted = sum(found.weights[layer, head] for layer in (0, 2) for head in range(3)) / 6
    assert alignment_map(found, (0, 2)).weights[0, 0] == pytest.approx(wanted, abs=1e-6)
    single = some_map(1, 1, 2, 5)
    assert alignment_map(single, (0,)) is single
