import json
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from attention.attention_map import AttentionMap

LAYERS, HEADS, QUERY_LEN, KEY_LEN = 2, 3, 4, 5


def _map(**changes) -> AttentionMap:
    random = np.random.default_rng(5).random((LAYERS, HEADS, QUERY_LEN, KEY_LEN))
    whole = AttentionMap(
        weights=random / random.sum(axis=-1, keepdims=True),
        query_labels=("n'", "ai", "p", "as"),
        key_labels=("I", "do", "n't", "kno", "w"),
        query_axis="French word",
        key_axis="English word",
    )
    return replace(whole, **changes) if changes else whole


def test_weights_are_single_precision_and_cannot_be_changed():
    found = _map()
    assert found.weights.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        found.weights[0, 0, 0, 0] = 1
    with pytest.raises(FrozenInstanceError):
        found.kind = "encoder"


def test_map_keeps_a_copy_of_its_own():
    weights = np.full((1, 1, 1, 2), 0.5, dtype=np.float32)
    found = AttentionMap(weights, ("a",), ("b", "c"))
    weights[:] = 0
    assert found.weights.sum() == 1


def test_layers_and_heads_have_names_when_none_are_given():
    found = _map()
    assert found.layer_names == ("layer 1", "layer 2")
    assert found.head_names == ("head 1", "head 2", "head 3")
    assert (found.layers, found.heads) == (LAYERS, HEADS)


@pytest.mark.parametrize("part", ["query_labels", "key_labels", "layer_names", "head_names"])
def test_labels_that_do_not_fit_are_refused(part):
    with pytest.raises(ValueError, match=f"{part} has 1 entries"):
        _map(**{part: ("one",)})


def test_geometry_that_does_not_fit_is_refused():
    assert _map(query_geometry=(2, 2)).query_geometry == (2, 2)
    with pytest.raises(ValueError, match=r"key_geometry \(2, 3\) has 6 cells, the axis has 5"):
        _map(key_geometry=(2, 3))


@pytest.mark.parametrize("shape", [(4, 5), (3, 4, 5), (1, 2, 3, 4, 5)])
def test_weights_of_other_axes_are_refused(shape):
    with pytest.raises(ValueError, match=r"must be \(layers, heads, query_len, key_len\)"):
        AttentionMap(np.zeros(shape), ("a",), ("b",))


def test_matrix_chooses_or_averages_layers_and_heads():
    found = _map()
    np.testing.assert_array_equal(found.matrix(1, 2), found.weights[1, 2])
    np.testing.assert_allclose(found.matrix(0), found.weights[0].mean(axis=0))
    np.testing.assert_allclose(found.matrix(head=1), found.weights[:, 1].mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(found.matrix(), found.weights.mean(axis=(0, 1)), rtol=1e-6)
    assert found.matrix().shape == (QUERY_LEN, KEY_LEN)


def test_mean_over_layers_is_one_map_that_names_them():
    found = _map().mean_over([1])
    np.testing.assert_allclose(found.weights[0, 0], _map().weights[1].mean(axis=0), rtol=1e-6)
    assert found.layer_names == ("layer 2",)
    assert found.head_names == ("mean of heads",)
    assert _map().mean_over([0, 1]).layer_names == ("layer 1, layer 2",)


def test_joining_by_hand():
    pieces = AttentionMap([[[[0.1, 0.2, 0.7], [0.5, 0.3, 0.2]]]], ("un", "do"), ("re", "do", "!"))
    words = pieces.joined([[0, 1]], [[0, 1], [2]])
    np.testing.assert_allclose(words.weights, [[[[0.55, 0.45]]]], rtol=1e-6)  # columns 0.3, 0.8 summed, rows averaged
    assert words.query_labels == ("undo",)
    assert words.key_labels == ("redo", "!")


def test_joining_keeps_the_sum_of_every_row():
    words = _map().joined([[0], [1], [2, 3]], [[0], [1, 2], [3, 4]])
    assert words.weights.shape == (LAYERS, HEADS, 3, 3)
    np.testing.assert_allclose(words.weights.sum(axis=-1), 1, rtol=1e-6)


def test_joining_each_piece_alone_changes_nothing():
    found = _map()
    same = found.joined([[i] for i in range(QUERY_LEN)], [[j] for j in range(KEY_LEN)])
    np.testing.assert_array_equal(same.weights, found.weights)
    assert same.key_labels == found.key_labels


def test_joining_forgets_the_grid():
    assert _map(query_geometry=(2, 2)).joined([[0, 1], [2, 3]], [[j] for j in range(KEY_LEN)]).query_geometry is None


def test_relabelling_keeps_the_weights():
    found = _map().relabelled("abcd", "vwxyz")
    assert found.query_labels == ("a", "b", "c", "d")
    np.testing.assert_array_equal(found.weights, _map().weights)


def test_written_and_read_again_is_the_same():
    found = _map(query_geometry=(2, 2), kind="encoder", head_names=("a", "b", "c"))
    again = AttentionMap.from_json(json.loads(json.dumps(found.to_json())))
    np.testing.assert_array_equal(again.weights, found.weights)
    assert again.to_json() == found.to_json()
    assert again.query_geometry == (2, 2)
    assert again.key_geometry is None


def test_what_is_not_a_map_is_refused():
    with pytest.raises(KeyError):
        AttentionMap.from_json({})
    with pytest.raises(ValueError, match="must be"):
        AttentionMap.from_json(_map().to_json() | {"weights": [[1.0]]})
