import pytest
import torch

from attention.mechanisms import (
    attend,
    causal_mask,
    combine_masks,
    global_mask,
    local_mask,
    padding_mask,
    strided_mask,
)


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


def test_strided_mask_shows_neighbours_and_every_stride_th():
    assert strided_mask(3, 7, window=1, stride=3).int().tolist() == [
        [1, 1, 0, 1, 0, 0, 1],
        [1, 1, 1, 0, 1, 0, 0],
        [0, 1, 1, 1, 0, 1, 0],
    ]
    assert strided_mask(5, 3, window=0, stride=4).int().tolist() == [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
        [1, 0, 0],
    ]


@pytest.mark.parametrize(("query_len", "key_len"), [(1, 1), (4, 11), (11, 4), (9, None)])
@pytest.mark.parametrize(("window", "stride"), [(0, 1), (0, 5), (2, 3), (3, 7), (20, 30)])
def test_strided_mask_equals_a_slow_loop(query_len, key_len, window, stride):
    slow = [
        [abs(i - j) <= window or (i - j) % stride == 0 for j in range(key_len or query_len)] for i in range(query_len)
    ]
    assert strided_mask(query_len, key_len, window=window, stride=stride).tolist() == slow


def test_causal_strided_mask_is_the_union_of_the_papers_two_patterns():
    length, stride = 23, 5
    near = [set(range(max(0, i - stride), i + 1)) for i in range(length)]
    far = [{j for j in range(i + 1) if (i - j) % stride == 0} for i in range(length)]
    mask = combine_masks(causal_mask(length), strided_mask(length, window=stride, stride=stride))
    assert [set(row.nonzero().flatten().tolist()) for row in mask] == [a | b for a, b in zip(near, far, strict=True)]


def test_strided_mask_follows_its_laws():
    torch.testing.assert_close(strided_mask(7, window=2, stride=3), strided_mask(7, window=2, stride=3).T)
    assert (strided_mask(7, 9, window=2, stride=4) >= local_mask(7, 9, 2)).all()
    torch.testing.assert_close(strided_mask(7, 9, window=2, stride=50), local_mask(7, 9, 2))
    assert strided_mask(5, 7, window=0, stride=1).all()
    assert strided_mask(6, window=0, stride=3).diagonal().all()


def test_strided_mask_refuses_impossible_sizes():
    with pytest.raises(ValueError, match="window must be 0 or more"):
        strided_mask(3, window=-1, stride=2)
    with pytest.raises(ValueError, match="stride must be 1 or more positions, got 0"):
        strided_mask(3, window=1, stride=0)


def test_global_mask_opens_rows_and_columns():
    assert global_mask(4, positions=(0, 2)).int().tolist() == [[1, 1, 1, 1], [1, 0, 1, 0], [1, 1, 1, 1], [1, 0, 1, 0]]
    assert global_mask(2, 3).int().tolist() == [[1, 1, 1], [1, 0, 0]]
    assert global_mask(2, 5, positions=[4]).int().tolist() == [[0, 0, 0, 0, 1]] * 2
    assert global_mask(3, 2, positions=[2]).int().tolist() == [[0, 0], [0, 0], [1, 1]]


@pytest.mark.parametrize("positions", [(), (0,), (1, 3), range(2), (4, 4), {0, 4}])
@pytest.mark.parametrize(("query_len", "key_len"), [(5, 7), (7, 5), (6, None)])
def test_global_mask_equals_a_slow_loop(query_len, key_len, positions):
    slow = [[i in positions or j in positions for j in range(key_len or query_len)] for i in range(query_len)]
    assert global_mask(query_len, key_len, positions=positions).tolist() == slow


def test_global_and_local_joined_let_news_cross_in_two_steps():
    mask = local_mask(11, 11, 1) | global_mask(11)
    reach = mask.double()
    assert not local_mask(11, 11, 1)[10, 0]
    assert (reach @ reach > 0).all()


@pytest.mark.parametrize("positions", [(3,), (0, -1)])
def test_global_mask_refuses_positions_outside(positions):
    with pytest.raises(ValueError, match="positions must be from 0 to 2, got"):
        global_mask(3, 2, positions=positions)


def test_query_that_a_sparse_mask_leaves_alone_has_context_zero():
    for mask in (global_mask(3, 5), strided_mask(9, 5, window=1, stride=9), local_mask(9, 5, 1)):
        query, key, value = torch.randn(mask.shape[0], 7), torch.randn(5, 7), torch.randn(5, 2)
        context, weights = attend(query, key, value, mask=mask)
        alone = ~mask.any(-1)
        torch.testing.assert_close(weights.sum(-1), (~alone).float())
        assert (context[alone] == 0).all()
        assert (weights[~mask] == 0).all()


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
    assert strided_mask(3, window=1, stride=2, device=device).device.type == torch.device(device).type
    assert global_mask(3, device=device).device.type == torch.device(device).type
