import math

import pytest
import torch
from torch.autograd import gradcheck

from attention.mechanisms import (
    Mechanism,
    attend,
    attention_scores,
    attention_weights,
    causal_mask,
    linear_biases,
    rotate,
    scaled_dot_scores,
    sinusoidal_positions,
)

BATCH, HEADS, LENGTH, DIM = 2, 3, 5, 8


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(6)


def test_positions_follow_the_formula():
    positions = sinusoidal_positions(5, 8)
    for p in range(5):
        for i in range(4):
            angle = p / 10000 ** (2 * i / 8)
            assert positions[p, 2 * i].item() == pytest.approx(math.sin(angle), abs=1e-7)
            assert positions[p, 2 * i + 1].item() == pytest.approx(math.cos(angle), abs=1e-7)


def test_position_zero_is_known():
    assert sinusoidal_positions(1, 6).tolist() == [[0, 1, 0, 1, 0, 1]]


def test_odd_size_ends_with_a_sine():
    positions = sinusoidal_positions(3, 7)
    assert positions.shape == (3, 7)
    assert positions[2, 6].item() == pytest.approx(math.sin(2 / 10000 ** (6 / 7)), abs=1e-7)


def test_distant_positions_stay_exact():
    assert sinusoidal_positions(100_001, 2)[100_000, 0].item() == pytest.approx(math.sin(100_000), abs=1e-6)


def test_similarity_depends_on_the_distance_only():
    positions = sinusoidal_positions(20, 16).double()
    similarity = positions @ positions.T
    for distance in range(5):
        diagonal = similarity.diagonal(distance)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal), rtol=0, atol=1e-5)


def test_impossible_sizes_are_refused():
    with pytest.raises(ValueError, match="d_model of 1 or more"):
        sinusoidal_positions(3, 0)
    assert sinusoidal_positions(0, 4).shape == (0, 4)


def test_hand_worked_rotation():
    x = torch.tensor([[3.0, 4.0], [1.0, 0.0], [0.0, 1.0]])
    expected = [[3.0, 4.0], [math.cos(1), math.sin(1)], [-math.sin(2), math.cos(2)]]
    torch.testing.assert_close(rotate(x), torch.tensor(expected))


@pytest.mark.parametrize("base", [10_000, 100.0])
@pytest.mark.parametrize("offset", [0, 9])
def test_rotation_equals_a_slow_loop_over_pairs(base, offset):
    x = torch.randn(BATCH, HEADS, LENGTH, DIM, dtype=torch.float64)
    turned = rotate(x, base, offset)
    for b in range(BATCH):
        for h in range(HEADS):
            for p in range(LENGTH):
                for i in range(DIM // 2):
                    angle = (p + offset) * base ** (-2 * i / DIM)
                    pair = complex(*x[b, h, p, 2 * i : 2 * i + 2].tolist()) * complex(math.cos(angle), math.sin(angle))
                    assert complex(*turned[b, h, p, 2 * i : 2 * i + 2].tolist()) == pytest.approx(pair, abs=1e-12)


@pytest.mark.parametrize("score", ["dot", "scaled_dot", "cosine"])
def test_scores_of_rotated_vectors_depend_on_the_distance_only(score):
    query, key = torch.randn(1, DIM, dtype=torch.float64), torch.randn(1, DIM, dtype=torch.float64)
    scores = attention_scores(rotate(query.expand(11, DIM)), rotate(key.expand(7, DIM)), Mechanism(score))
    for distance in range(-10, 7):
        diagonal = scores.diagonal(distance)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal))
    assert scores[0].std() > 0.01


def test_moving_all_positions_changes_no_weight_and_no_context():
    query, key, value = (torch.randn(BATCH, HEADS, n, DIM, dtype=torch.float64) for n in (LENGTH, 7, 7))
    here = attend(rotate(query), rotate(key), value)
    there = attend(rotate(query, offset=1000), rotate(key, offset=1000), value)
    torch.testing.assert_close(here, there)
    elsewhere = attend(rotate(query, offset=1000), rotate(key), value)
    assert not torch.allclose(here[1], elsewhere[1])


def test_rotation_keeps_lengths_and_the_first_position():
    x = torch.randn(BATCH, LENGTH, DIM)
    torch.testing.assert_close(rotate(x).norm(dim=-1), x.norm(dim=-1))
    torch.testing.assert_close(rotate(x)[:, 0], x[:, 0], rtol=0, atol=0)
    torch.testing.assert_close(rotate(rotate(x, offset=4)[:, :1], offset=-4), x[:, :1])


def test_rotation_goes_on_where_a_decoder_stopped():
    x = torch.randn(BATCH, LENGTH, DIM)
    parts = [rotate(x[:, i : i + 1], offset=i) for i in range(LENGTH)]
    torch.testing.assert_close(torch.cat(parts, dim=1), rotate(x))


def test_distant_rotations_stay_exact():
    turned = rotate(torch.tensor([[1.0, 0.0]]), offset=1_000_000)
    torch.testing.assert_close(turned, torch.tensor([[math.cos(1e6), math.sin(1e6)]]))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_rotation_keeps_the_type(dtype):
    x = torch.randn(LENGTH, DIM, dtype=dtype)
    assert rotate(x).dtype == dtype
    torch.testing.assert_close(rotate(x).double(), rotate(x.double()), rtol=0.02, atol=0.03 * (dtype != torch.float64))


def test_gradient_of_rotation_is_right():
    assert gradcheck(rotate, (torch.randn(BATCH, LENGTH, 6, dtype=torch.float64, requires_grad=True),))


def test_rotation_refuses_what_cannot_turn():
    with pytest.raises(ValueError, match=r"even dim\), got shape \(5, 7\)"):
        rotate(torch.randn(5, 7))
    with pytest.raises(ValueError, match=r"got shape \(8,\)"):
        rotate(torch.randn(8))
    for base in (0, -1, math.inf, math.nan):
        with pytest.raises(ValueError, match="base must be a finite number above 0"):
            rotate(torch.randn(5, 8), base)
    assert rotate(torch.randn(0, 4)).shape == (0, 4)


def test_biases_follow_the_formula():
    for heads, query_len, key_len in ((1, 2, 3), (3, 5, 7), (8, 7, 5)):
        biases = linear_biases(heads, query_len, key_len)
        for h in range(heads):
            slow = [[-(2 ** (-8 * (h + 1) / heads)) * abs(i - j) for j in range(key_len)] for i in range(query_len)]
            torch.testing.assert_close(biases[h], torch.tensor(slow))


def test_eight_heads_have_the_papers_slopes():
    assert (-linear_biases(8, 1, 2)[:, 0, 1]).tolist() == [2.0**-h for h in range(1, 9)]


def test_biases_depend_on_the_distance_only_and_favour_the_own_position():
    biases = linear_biases(3, 6)
    torch.testing.assert_close(biases, biases.mT)
    assert (biases.diagonal(dim1=-2, dim2=-1) == 0).all()
    torch.testing.assert_close(biases[:, 1:, 1:], biases[:, :-1, :-1])
    assert (biases[:, 0, 1:] < biases[:, 0, :-1]).all()


def test_biases_go_on_where_a_decoder_stopped():
    whole = linear_biases(3, 5)
    torch.testing.assert_close(linear_biases(3, 1, 5, offset=4), whole[:, 4:])


def test_causal_biased_weights_are_those_of_the_papers_row_of_numbers():
    query, key = torch.randn(HEADS, LENGTH, DIM).double(), torch.randn(HEADS, LENGTH, DIM).double()
    scores = scaled_dot_scores(query, key)
    weights = attention_weights(scores + linear_biases(HEADS, LENGTH), mask=causal_mask(LENGTH))
    for h in range(HEADS):
        for i in range(LENGTH):
            row = 2 ** (-8 * (h + 1) / HEADS) * torch.arange(-i, 1)  # [-(i-1), ..., -2, -1, 0], counted from 0
            torch.testing.assert_close(weights[h, i, : i + 1], torch.softmax(scores[h, i, : i + 1] + row, -1))


def test_biases_refuse_no_heads_and_are_made_where_asked_for():
    with pytest.raises(ValueError, match="heads must be 1 or more, got 0"):
        linear_biases(0, 3)
    assert linear_biases(2, 3, device="meta").device.type == "meta"
