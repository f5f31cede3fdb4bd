import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attention.training.batches import bucketed_batches, padded

LENGTHS = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), max_size=60)


def positions(batch, lengths):
    return max(max(lengths[i]) for i in batch) * len(batch)


@settings(max_examples=100, deadline=None)
@given(lengths=LENGTHS, tokens=st.integers(12, 80), seed=st.integers(0, 5), fixed_order=st.booleans())
def test_every_example_is_in_one_batch_that_is_not_too_large(lengths, tokens, seed, fixed_order):
    batches = bucketed_batches(lengths, tokens, seed, fixed_order)
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    assert all(batch and positions(batch, lengths) <= tokens for batch in batches)


def test_examples_of_like_length_share_a_batch():
    lengths = [(n % 9 + 1, n % 9 + 1) for n in range(900)]
    batches = bucketed_batches(lengths, 90, seed=0)
    real = sum(target for _, target in lengths)
    assert real / sum(positions(batch, lengths) for batch in batches) > 0.9


def test_the_seed_decides_the_batches():
    lengths = [(5, 5)] * 40
    first = bucketed_batches(lengths, 20, seed=1)
    assert first == bucketed_batches(lengths, 20, seed=1)
    other = bucketed_batches(lengths, 20, seed=2)
    assert {frozenset(batch) for batch in first} != {frozenset(batch) for batch in other}


def test_fixed_order_goes_from_short_to_long():
    lengths = [(7, 7), (2, 2), (5, 5), (3, 3)]
    assert bucketed_batches(lengths, 7, seed=0, fixed_order=True) == [[1, 3], [2], [0]]


def test_an_example_longer_than_a_batch_is_refused():
    with pytest.raises(ValueError, match="13 positions, a batch only 12"):
        bucketed_batches([(3, 4), (13, 2)], 12, seed=0)


def test_no_examples_make_no_batches():
    assert bucketed_batches([], 12, seed=0) == []
    assert padded([]).shape == (0, 0)


def test_sequences_are_filled_up_on_the_right():
    found = padded([[5, 6, 7], [8], []], value=9)
    assert found.dtype == torch.int64
    assert found.tolist() == [[5, 6, 7], [8, 9, 9], [9, 9, 9]]
