import math

import pytest
import torch

from attention.mechanisms import sinusoidal_positions


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
