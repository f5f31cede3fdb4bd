import pytest
import torch

from attention.measures import cost
from attention.measures.cost import (
    COST_VARIANTS,
    Sizes,
    measure_costs,
    peak_bytes,
    random_input,
    relative_error,
    theory,
)
from attention.mechanisms import CATALOGUE, attend, linear_attend, local_mask, strided_mask

SMALL = {"d": 8, "heads": 2, "window": 3, "stride": 5, "repeats": 1}
SIZES = Sizes(d=8, heads=2, window=3, stride=5)


@pytest.fixture(scope="module")
def rows():
    return {(row.variant, row.length): row for row in measure_costs([20, 33], **SMALL)}


def test_every_variant_at_every_length_in_order():
    found = [(row.variant, row.length) for row in measure_costs([20, 33], **SMALL)]
    assert found == [(variant, length) for length in (20, 33) for variant in COST_VARIANTS]


def test_every_row_is_measured(rows):
    for row in rows.values():
        assert row.seconds > 0
        assert row.bytes_allocated >= 4 * row.length * SMALL["d"]  # the result at least
        assert not row.skipped


def test_errors_are_those_of_the_masks_and_of_linear_attention(rows):
    query, key, value = random_input(33, 8, related=0.8, seed=0)
    exact, _ = attend(query, key, value)
    contexts = {
        "local": attend(query, key, value, mask=local_mask(33, 33, 3))[0],
        "strided": attend(query, key, value, mask=strided_mask(33, window=3, stride=5))[0],
        "linear": linear_attend(query, key, value),
    }
    for variant, context in contexts.items():
        expected = float((context - exact).norm() / exact.norm())
        assert rows[variant, 33].error == pytest.approx(expected, rel=1e-3)
        assert expected > 0.01


def test_exact_variants_have_no_error_and_other_scores_none_at_all(rows):
    for variant in ("scaled_dot", "fused"):
        assert rows[variant, 33].error == pytest.approx(0, abs=1e-5)
    for variant in ("dot", "additive", "multi_head"):
        assert rows[variant, 33].error is None


def test_relative_error_by_hand():
    exact = torch.tensor([[3.0, 4.0]])
    assert relative_error(torch.tensor([[3.0, 4.0]]), exact) == 0
    assert relative_error(torch.zeros(1, 2), exact) == pytest.approx(1)
    assert relative_error(torch.tensor([[3.0, 9.0]]), exact) == pytest.approx(1)
    assert relative_error(torch.tensor([[6.0, 4.0]]), exact) == pytest.approx(0.6)


def test_peak_is_the_most_held_at_one_time():
    def run():
        first = torch.ones(1000)  # 4,000 bytes
        second = first + 1  # 8,000 together
        del first
        third = second[:500] + 1  # 6,000 together
        del second
        return third

    run()
    assert peak_bytes(run) == pytest.approx(8000, abs=200)


def test_memory_grows_with_the_square_where_weights_are_made_and_not_in_blocks():
    lengths = (256, 1024)
    chosen = ("scaled_dot", "local", "linear", "fused")
    found = {(r.variant, r.length): r.bytes_allocated for r in measure_costs(lengths, 8, chosen, repeats=1)}
    growth = {variant: found[variant, 1024] / found[variant, 256] for variant in chosen}
    assert growth["scaled_dot"] > 12
    assert growth["local"] < 6
    assert growth["linear"] < 6
    assert growth["fused"] < 12


def test_theory_by_hand():
    # n = 4, d = 8: scores 4·4·8, softmax 5·4·4, sum 4·4·8; numbers: scores, weights, context
    assert theory("dot", 4, SIZES) == (128 + 80 + 128, 16 + 16 + 32)
    assert theory("scaled_dot", 4, SIZES) == (32 + 128 + 80 + 128, 32 + 16 + 16 + 32)
    assert theory("fused", 4, SIZES) == (32 + 128 + 80 + 128, 32 + 4)
    # window 1 leaves 4 + 2·3 = 10 pairs open; a stride of 3 adds the two corners
    narrow = SIZES._replace(window=1, stride=3)
    assert theory("local", 4, narrow) == (10 * 21 + 32, 20 + 64)
    assert theory("strided", 4, narrow) == (12 * 21 + 32, 24 + 64)


@pytest.mark.parametrize("variant", ["multi_head", "linear"])
def test_theory_is_the_catalogue(variant):
    more = {"h": 2} if variant == "multi_head" else {}
    entry = CATALOGUE[variant]
    assert theory(variant, 7, SIZES) == (entry.operations(7, 7, 8, **more), entry.memory(7, 7, 8, **more))


def test_what_needs_too_much_memory_is_skipped_and_said_so(monkeypatch):
    monkeypatch.setattr(cost, "MOST_NUMBERS", 20_000)
    found = {row.variant: row for row in measure_costs([64], **SMALL)}
    assert found["additive"].skipped
    assert found["additive"][2:4] == (None, None)
    assert found["additive"].error is None
    assert found["additive"].memory_numbers > 20_000
    assert not found["local"].skipped


def test_stop_ends_the_rows():
    rows = []
    for row in measure_costs([20, 33], should_stop=lambda: len(rows) >= 3, **SMALL):
        rows.append(row)
    assert [row.variant for row in rows] == list(COST_VARIANTS[:3])


def test_the_input_has_unit_variance_and_neighbours_alike():
    for related in (0.0, 0.8, 1.0):
        query, key, value = random_input(4000, 16, related, seed=1)
        for vectors in (query, key, value):
            assert float(vectors.mean()) == pytest.approx(0, abs=0.1)
            assert float(vectors.var()) == pytest.approx(1, abs=0.1)
        assert float((query * key).mean()) == pytest.approx(related, abs=0.1)
        neighbour = float((query[:-8] * key[8:]).mean())
        assert neighbour == pytest.approx(related / 2.718, abs=0.1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lengths": [0]}, "from 1 to"),
        ({"lengths": [100_000]}, "from 1 to"),
        ({"variants": ("dot", "flash")}, "'flash'"),
        ({"d": 9, "heads": 2}, "2 heads"),
        ({"window": -1}, "window"),
        ({"stride": 0}, "stride"),
        ({"repeats": 0}, "repeats"),
        ({"related": 1.5}, "share from 0 to 1"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_the_first_row(arguments, message):
    with pytest.raises(ValueError, match=message):
        measure_costs(**{"lengths": [8], **arguments})
