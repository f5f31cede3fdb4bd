import math

import pytest
import torch

from attention.measures.saturation import SCALES, jacobian_norm, saturation

DIMS = (1, 4, 64, 256)


@pytest.fixture(scope="module")
def rows():
    return {scale: saturation(DIMS, scale) for scale in SCALES}


def test_gradient_norm_is_that_of_the_written_out_jacobian():
    torch.manual_seed(0)
    scores = torch.randn(3, 5, dtype=torch.float64) * 2
    for row in scores:
        jacobian = torch.autograd.functional.jacobian(lambda s: torch.softmax(s, dim=-1), row)
        assert jacobian_norm(torch.softmax(row, dim=-1)) == pytest.approx(float(jacobian.norm()), rel=1e-12)


def test_gradient_norm_by_hand():
    even, certain, two = torch.tensor([[0.25] * 4, [1.0, 0, 0, 0], [0.5, 0.5, 0, 0]], dtype=torch.float64)
    assert jacobian_norm(even) == pytest.approx(math.sqrt(3) / 4)
    assert jacobian_norm(certain) == 0
    assert jacobian_norm(two) == pytest.approx(0.5)


def test_without_scale_long_vectors_saturate(rows):
    entropies = [row.entropy for row in rows["one"]]
    assert entropies == sorted(entropies, reverse=True)
    assert rows["one"][-1].entropy < 0.1 < 0.5 * rows["one"][0].entropy
    assert rows["one"][-1].max_weight > 0.9
    assert rows["one"][-1].gradient < 0.6 * rows["one"][0].gradient


def test_the_square_root_keeps_entropy_and_gradient(rows):
    for row in rows["sqrt"]:
        assert row.entropy == pytest.approx(rows["sqrt"][0].entropy, abs=0.1)
        assert row.gradient == pytest.approx(rows["sqrt"][0].gradient, abs=0.1)


def test_dividing_by_d_makes_all_keys_alike(rows):
    last = rows["d"][-1]
    assert last.entropy > 0.995
    assert last.max_weight == pytest.approx(1 / 16, abs=0.02)
    assert last.gradient == pytest.approx(math.sqrt(15) / 16, abs=0.01)


def test_numbers_are_those_of_a_slow_loop():
    dim, keys, seeds = 3, 4, 5
    (row,) = saturation([dim], 0.7, keys=keys, seeds=seeds, seed=9)
    generator = torch.Generator().manual_seed(9)
    vectors = torch.randn(seeds, 1 + keys, dim, generator=generator, dtype=torch.float64)
    entropies, largest = [], []
    for i in range(seeds):
        scores = [0.7 * sum(float(vectors[i, 0, c] * vectors[i, j, c]) for c in range(dim)) for j in range(1, 1 + keys)]
        total = sum(math.exp(s) for s in scores)
        shares = [math.exp(s) / total for s in scores]
        entropies.append(-sum(p * math.log(p) for p in shares) / math.log(keys))
        largest.append(max(shares))
    assert row.entropy == pytest.approx(sum(entropies) / seeds)
    assert row.max_weight == pytest.approx(sum(largest) / seeds)
    assert row.entropy_low == pytest.approx(sorted(entropies)[1])  # of five numbers the second and the fourth
    assert row.entropy_high == pytest.approx(sorted(entropies)[3])
    assert (row.dim, row.scale) == (3, 0.7)


def test_named_scales_are_numbers():
    for name, factor in (("one", 1.0), ("sqrt", 0.5), ("d", 0.25)):
        assert saturation([4], name)[0][2:] == pytest.approx(saturation([4], factor)[0][2:])


def test_rows_come_in_the_order_asked_for_and_again_the_same():
    assert [row.dim for row in saturation([8, 2, 4], "one")] == [8, 2, 4]
    assert saturation([8, 2], "one", seed=3) == saturation([8, 2], "one", seed=3)
    assert saturation([8, 2], "one", seed=3) != saturation([8, 2], "one", seed=4)
    assert saturation([], "one") == ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([4], "cube"), "one, sqrt, d"),
        (([4, 0], "one"), "1 or more, got 0"),
        (([4], "one", 1), "2 keys"),
        (([4], "one", 4, 0), "0 seeds"),
        (([100_000], "one"), "fewer seeds or keys"),
    ],
)
def test_what_cannot_be_measured_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        saturation(*arguments)
