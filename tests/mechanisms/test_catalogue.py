import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from attention.mechanisms import (
    CATALOGUE,
    LAYERS,
    NORMALISERS,
    SCORES,
    GroupedQueryAttention,
    MultiHeadAttention,
    linear_attend,
)

N, M, D, H, G = 3, 5, 24, 6, 2
BY_KIND = {kind: [e for e in CATALOGUE.values() if e.kind == kind] for kind in ("score", "normaliser", "mask")}


def _layer(score, d):
    return {"general": (d, d), "additive": (d, d, d)}.get(score) and LAYERS[score](
        *((d,) * (2 + (score == "additive")))
    )


def _matrix_operations(run):
    """Multiply-adds of the matrix products that really ran; the counter reports two operations for each."""
    with FlopCounterMode(display=False) as counter:
        run()
    return counter.get_total_flops() // 2


def test_catalogue_holds_what_mechanism_can_name():
    assert {e.name: e.function for e in BY_KIND["score"]} == SCORES
    assert {e.name: e.function for e in BY_KIND["normaliser"]} == NORMALISERS
    assert [e.name for e in BY_KIND["mask"]] == ["causal", "padding", "local", "strided", "global"]
    assert [e.name for e in CATALOGUE.values() if e.kind == "heads"] == ["multi_head", "grouped_query"]
    assert [e.name for e in CATALOGUE.values() if e.kind == "positions"] == ["sinusoidal", "rotary", "alibi"]
    assert [e.name for e in CATALOGUE.values() if e.kind == "efficient"] == ["linear"]
    assert all(name == entry.name for name, entry in CATALOGUE.items())


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_every_entry_is_complete(entry):
    for text in (entry.title, entry.latex, entry.paper, entry.equation, entry.operations_latex, entry.memory_latex):
        assert text
    assert entry.summary.endswith(".")
    assert entry.latex.count("{") == entry.latex.count("}")
    assert entry.latex.count(r"\left") == entry.latex.count(r"\right")
    assert callable(entry.function)
    assert entry.function.__doc__
    assert any(year in entry.paper for year in map(str, range(2014, 2024)))


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_formula_of_cost_says_what_the_code_of_cost_computes(entry):
    heads = {"grouped_query": {"h": H, "g": G}, "multi_head": {"h": H}, "alibi": {"h": H}}.get(entry.name, {})
    sizes = {"n": N, "m": M, "d": D, **heads}
    for latex, value in (
        (entry.operations_latex, entry.operations(N, M, D, **heads)),
        (entry.memory_latex, entry.memory(N, M, D, **heads)),
        (entry.parameters_latex, entry.parameters(D, **(heads if "g" in heads else {}))),
    ):
        plain = latex.replace(r"\lceil \log_2 m \rceil", "3").replace(r"\lceil d/2 \rceil", "12").replace("^2", "²")
        terms = [f"({sizes[c]})" if c in sizes else "**2" if c == "²" else c for c in plain]
        python = "".join(terms).replace(" ", "")
        for left, right in ((")(", ")*("), ("2)(", "2)*("), ("**2(", "**2*(")):
            python = python.replace(left, right)
        for digit in "0123456789":
            python = python.replace(f"{digit}(", f"{digit}*(").replace(f"){digit}", f")*{digit}")
        assert eval(python) == pytest.approx(value, rel=1e-12), (latex, python)


@pytest.mark.parametrize("entry", BY_KIND["score"], ids=lambda e: e.name)
def test_operations_of_a_score_are_its_matrix_products_and_its_steps(entry):
    query, key, layer = torch.randn(1, N, D), torch.randn(1, M, D), _layer(entry.name, D)
    elsewhere = {
        "dot": 0,
        "scaled_dot": N * D,  # each number of the query times 1 / √d
        "general": 0,
        "additive": 2 * N * M * D,  # add and tanh for each hidden number
        "cosine": 2 * (N + M) * D,  # square-and-add, then divide
    }
    counted = _matrix_operations(lambda: entry.function(query, key, *([layer] if layer else [])))
    assert counted + elsewhere[entry.name] == entry.operations(N, M, D)


def test_operations_of_multi_head_are_its_matrix_products_and_its_steps():
    entry, module = CATALOGUE["multi_head"], MultiHeadAttention(D, H)
    query, key = torch.randn(1, N, D), torch.randn(1, M, D)
    counted = _matrix_operations(lambda: module(query, key, key))
    assert counted + N * D + 5 * H * N * M == entry.operations(N, M, D, H)


def test_operations_of_grouped_query_are_its_matrix_products_and_its_steps():
    entry, module = CATALOGUE["grouped_query"], GroupedQueryAttention(D, H, G)
    query, key = torch.randn(1, N, D), torch.randn(1, M, D)
    counted = _matrix_operations(lambda: module(query, key, key))
    assert counted + N * D + 5 * H * N * M == entry.operations(N, M, D, h=H, g=G)
    assert entry.operations(N, M, D, h=H, g=H) == CATALOGUE["multi_head"].operations(N, M, D, h=H)
    assert entry.memory(N, M, D, h=H, g=H) == CATALOGUE["multi_head"].memory(N, M, D, h=H)


def test_operations_of_linear_attention_are_its_matrix_products_and_its_steps():
    query, key = torch.randn(1, N, D), torch.randn(1, M, D)
    counted = _matrix_operations(lambda: linear_attend(query, key, key))
    features = 3 * (N + M) * D  # compare, exponential, add for each number
    division = N * D
    assert counted + features + division == CATALOGUE["linear"].operations(N, M, D)


def test_operations_of_normalisers_and_masks_are_those_counted_by_hand():
    counted = {name: CATALOGUE[name].operations(N, M, D) for name in CATALOGUE}
    assert counted["softmax"] == 75  # 15 scores: compare, subtract, exponential, add, divide
    assert counted["sparsemax"] == 3 * (5 * 3 + 25)  # per row: sort 5 numbers in 3 rounds, then 5 steps on each
    assert counted["entmax15"] == 3 * (5 * 3 + 65)
    assert counted["hardmax"] == counted["uniform"] == counted["causal"] == 15
    assert counted["padding"] == 5
    assert counted["local"] == 45
    assert counted["strided"] == 15 * 6  # subtract, absolute, compare; remainder, compare; or
    assert counted["global"] == 3 + 5 + 15  # is it the open one: queries, keys; or
    assert counted["sinusoidal"] == 3 * 12 + 3 * 24  # one angle for a pair, one wave for each number
    assert counted["rotary"] == 8 * 12 + 8 * 24 * 4  # one angle for a pair; one wave, two products, one sum for each
    assert CATALOGUE["alibi"].operations(N, M, D, h=H) == 6 + 15 * 2 + 6 * 15  # slopes; distances; a product for each


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_parameters_are_those_of_the_module(entry):
    module = MultiHeadAttention(D, H) if entry.name == "multi_head" else _layer(entry.name, D)
    sizes = {}
    if entry.name == "grouped_query":
        module, sizes = GroupedQueryAttention(D, H, G), {"h": H, "g": G}
    found = sum(p.numel() for p in module.parameters()) if module else 0
    assert found == entry.parameters(D, **sizes)


def test_memory_counts_the_result_at_least():
    for entry in CATALOGUE.values():
        made = {"score": N * M, "normaliser": N * M, "mask": M, "heads": N * D, "positions": N * D, "efficient": N * D}
        result = N * M if entry.name == "alibi" else made[entry.kind]
        assert entry.memory(N, M, D) >= result
    assert CATALOGUE["additive"].memory(2, 3, 5) == 2 * 5 + 3 * 5 + 2 * 3 * 5 + 2 * 3
