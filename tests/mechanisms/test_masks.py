import pytest
import torch

from attention.mechanisms import causal_mask, combine_masks, local_mask, padding_mask


def test_causal_mask_shows_the_past_and_hides_the_future():
    assert causal_mask(3).int().tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_causal_queries_are_the_last_positions():
    assert causal_mask(2, 5).int().tolist() == [[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]]
    torch.testing.assert_close(causal_mask(2, 5), causal_mask(5)[-2:])


def test_causal_mask_refuses_fewer_keys_than_queries():
    with pytest.raises(ValueError, match="5 queries need at least as many keys, got 3"):
        causal_mask(5, 3)


def test_padding_mask_marks_real_positions():
    mask = padding_mask(torch.tensor([2, 0, 3]), 3)
    assert mask.int().tolist() == [[1, 1, 0], [0, 0, 0], [1, 1, 1]]
    assert mask.dtype == torch.bool


@pytest.mark.parametrize("lengths", [[2, 4], [-1, 2]])
def test_padding_mask_refuses_impossible_lengths(lengths):
    with pytest.raises(ValueError, match="lengths must be from 0 to max_len 3"):
        padding_mask(torch.tensor(lengths), 3)
    with pytest.raises(ValueError, match="one length per sequence"):
        padding_mask(torch.tensor([lengths]), 5)


def test_local_mask_shows_the_neighbours():
    assert local_mask(3, 5, 1).int().tolist() == [[1, 1, 0, 0, 0], [1, 1, 1, 0, 0], [0, 1, 1, 1, 0]]
    torch.testing.assert_close(local_mask(4, 4, 0), torch.eye(4, dtype=torch.bool))
    assert local_mask(3, 5, 4).all()


def test_local_mask_refuses_a_negative_window():
    with pytest.raises(ValueError, match="window must be 0 or more"):
        local_mask(3, 5, -1)


def test_combined_masks_allow_what_all_allow():
    padding = padding_mask(torch.tensor([1, 3]), 3)[:, None]
    combined = combine_masks(causal_mask(3), None, padding)
    assert combined.int().tolist() == [[[1, 0, 0]] * 3, [[1, 0, 0], [1, 1, 0], [1, 1, 1]]]


def test_no_mask_combines_to_none():
    assert combine_masks() is None
    assert combine_masks(None, None) is None


def test_combining_refuses_what_is_not_a_mask():
    with pytest.raises(ValueError, match=r"must be boolean.*mask\.bool\(\)"):
        combine_masks(torch.zeros(2, 3))
    with pytest.raises(ValueError, match=r"\(2, 3\) and \(5, 7\) do not fit"):
        combine_masks(torch.ones(2, 3, dtype=torch.bool), torch.ones(5, 7, dtype=torch.bool))


@pytest.mark.parametrize("device", ["cpu", torch.device("meta")])
def test_masks_are_made_where_they_are_asked_for(device):
    assert causal_mask(3, device=device).device.type == torch.device(device).type
    assert local_mask(3, 2, 1, device=device).device.type == torch.device(device).type
