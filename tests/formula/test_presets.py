import json
import math
import subprocess
import sys

import pytest
import torch
from torch.nn import functional as F

from attention.formula import (
    SELF_ATTENTION,
    Formula,
    FormulaError,
    Recipe,
    compose,
    live_mechanism,
    recipe_of,
    recipe_parameters,
)
from attention.formula.presets import PRESETS
from attention.mechanisms import CATALOGUE, attend
from tests.formula.checks import assert_balanced, imported, run_script

N, M, D = 3, 5, 4  # d is even, for rotary positions
TEMPERATURE = 0.7
REFUSED = ("article_weights", "article_output", "article_scale", "article_additive", "article_roles", "article_code")
RUNNING = [name for name in PRESETS if name not in REFUSED]


def formula(name: str) -> Formula:
    preset = PRESETS[name]
    return Formula(preset.text, preset.parameters, SELF_ATTENTION if preset.self_attention else None)


def inputs(name: str, seed: int = 3, sizes: tuple[int, int, int] = (N, M, D)) -> dict[str, torch.Tensor]:
    """Return double-precision inputs of the preset, every axis of another size."""
    draw = torch.Generator().manual_seed(seed)
    preset = PRESETS[name]
    queries, keys, dim = (sizes[1] if preset.self_attention else sizes[0]), *sizes[1:]
    symbols = {"n": queries, "m": keys, "d": dim}
    shapes = {"Q": (queries, dim), "K": (keys, dim), "V": (keys, dim), "X": (keys, dim)}
    for own, shape in preset.parameters.items():
        shapes[own] = tuple(symbols.get(size, size) for size in shape)
    given = {key: torch.randn(shape, generator=draw, dtype=torch.float64) for key, shape in shapes.items()}
    given["M"] = torch.rand(queries, keys, generator=draw) > 0.4
    given["M"][:, 0] = True
    given["T"] = torch.tensor(TEMPERATURE, dtype=torch.float64)
    return given


# an independent computation of each preset, by torch alone


def _scores(i):
    return i["Q"] @ i["K"].mT / math.sqrt(D)


def _fused(i, mask=None, scale=None):
    return F.scaled_dot_product_attention(i["Q"], i["K"], i["V"], attn_mask=mask, scale=scale)


def _open(rows, columns, is_open):
    return torch.tensor([[is_open(a, b) for b in range(columns)] for a in range(rows)])


def _general(i):
    return torch.einsum("id,de,je->ij", i["Q"], i["W"], i["K"])


def _additive(i):
    hidden = [[torch.tanh(q @ i["Wq"] + k @ i["Wk"]) @ i["v"][:, 0] for k in i["K"]] for q in i["Q"]]
    return torch.stack([torch.stack(row) for row in hidden])


def _sparse_row(row, power):
    """Weights max(z - τ, 0) ** power that sum to 1: by halving, then one exact step so that gradients are right."""
    low, high = row.detach().max() - 1, row.detach().max()
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if ((row.detach() - middle).clamp(min=0) ** power).sum() > 1 else (low, middle)
    weights = (row - low).clamp(min=0)
    slope = (power * weights.detach() ** (power - 1))[weights.detach() > 0].sum()
    tau = low + ((weights**power).sum() - 1) / slope
    return (row - tau).clamp(min=0) ** power


def _sparsemax(i):
    return torch.stack([_sparse_row(row, 1) for row in _scores(i)]) @ i["V"]


def _entmax15(i):
    return torch.stack([_sparse_row(row / 2, 2) for row in _scores(i)]) @ i["V"]


def _positions(length):
    angles = [[p / 10_000 ** (2 * (k // 2) / D) for k in range(D)] for p in range(length)]
    return torch.tensor(
        [[math.cos(a) if k % 2 else math.sin(a) for k, a in enumerate(row)] for row in angles], dtype=torch.float64
    )


def _turned(vectors):
    speeds = 10_000 ** (-torch.arange(0, D, 2, dtype=torch.float64) / D)
    angles = torch.arange(len(vectors), dtype=torch.float64)[:, None] * speeds
    turned = torch.complex(vectors[:, 0::2], vectors[:, 1::2]) * torch.polar(torch.ones_like(angles), angles)
    return torch.view_as_real(turned).flatten(-2)


def _head(i, query):
    return F.scaled_dot_product_attention(i["Q"] @ i[query], i["K"] @ i["Wk"], i["V"] @ i["Wv"])


def _linear(i):
    query, key = (F.elu(i[name]) + 1 for name in "QK")
    weights = torch.einsum("id,jd->ij", query, key)
    return weights / weights.sum(1, keepdim=True) @ i["V"]


def _code_weights(i):
    return torch.softmax(torch.tanh(i["Q"] @ i["w"] + i["b"]).mT, dim=-1)


ORACLES = {
    "scaled_dot": _fused,
    "dot": lambda i: _fused(i, scale=1.0),
    "general": lambda i: F.softmax(_general(i), dim=1) @ i["V"],
    "additive": lambda i: F.softmax(_additive(i), dim=1) @ i["V"],
    "cosine": lambda i: F.softmax(F.cosine_similarity(i["Q"][:, None], i["K"], dim=-1), dim=1) @ i["V"],
    "gaussian": lambda i: F.softmax(-((i["Q"][:, None] - i["K"]) ** 2).sum(-1) / 2, dim=1) @ i["V"],
    "softmax": _fused,
    "temperature": lambda i: F.softmax(_scores(i) / i["T"], dim=1) @ i["V"],
    "sparsemax": _sparsemax,
    "entmax15": _entmax15,
    "hardmax": lambda i: i["V"][_scores(i).argmax(1)],
    "uniform": lambda i: i["V"].mean(0).expand(N, D),
    "columnwise": lambda i: F.softmax(_scores(i), dim=0) @ i["V"],
    "causal": lambda i: F.scaled_dot_product_attention(i["Q"], i["K"], i["V"], is_causal=True),
    "padding": lambda i: F.scaled_dot_product_attention(i["Q"], i["K"][:-1], i["V"][:-1]),
    "local": lambda i: _fused(i, _open(N, M, lambda a, b: abs(a - b) <= 1)),
    "strided": lambda i: _fused(i, _open(M, M, lambda a, b: abs(a - b) <= 1 or (a - b) % 3 == 0)),
    "global": lambda i: _fused(i, _open(M, M, lambda a, b: abs(a - b) <= 1 or a == 0 or b == 0)),
    "masked": lambda i: _fused(i, i["M"]),
    "sinusoidal": lambda i: F.scaled_dot_product_attention(i["Q"] + _positions(N), i["K"] + _positions(M), i["V"]),
    "rotary": lambda i: F.scaled_dot_product_attention(_turned(i["Q"]), _turned(i["K"]), i["V"]),
    "alibi": lambda i: _fused(i, _open(N, M, lambda a, b: -abs(a - b) / 256).double()),
    "multi_head": lambda i: _head(i, "Wq"),
    "grouped_query": lambda i: (_head(i, "A") + _head(i, "B")) / 2,
    "self_attention": lambda i: F.scaled_dot_product_attention(i["X"], i["X"], i["X"]),
    "linear": _linear,
    "linear_order": _linear,
    "article_corrected": lambda i: F.softmax(_scores(i), dim=1) @ i["X"],
    "article_size": lambda i: i["X"] @ F.softmax(i["Q"].mT @ i["K"] / math.sqrt(D), dim=1),
    "article_scale_d": lambda i: F.softmax(_scores(i) / math.sqrt(D), dim=1) @ i["X"],
    "article_scale_before": _fused,
    "article_without": lambda i: i["X"].clone(),
    "article_code_scores": lambda i: _code_weights(i) @ i["V"],
}


def _gradient(result, inputs):
    """Gradients of a number with respect to all inputs that have one, zero where the input plays no part."""
    leaves = {key: x for key, x in inputs.items() if x.requires_grad}
    if not result.requires_grad:
        return {key: torch.zeros_like(x) for key, x in leaves.items()}
    found = torch.autograd.grad(result, list(leaves.values()), allow_unused=True, retain_graph=True)
    pairs = zip(leaves.items(), found, strict=True)
    return {key: torch.zeros_like(x) if gradient is None else gradient for (key, x), gradient in pairs}


# all presets


def test_the_first_preset_is_scaled_dot():
    assert next(iter(PRESETS)) == "scaled_dot"


def test_every_mechanism_of_the_catalogue_has_a_preset():
    groups = {
        "score": "scores",
        "normaliser": "normalisers",
        "mask": "masks",
        "heads": "heads",
        "positions": "positions",
        "efficient": "efficient",
    }
    for name, entry in CATALOGUE.items():
        assert PRESETS[name].group == groups[entry.kind]
        assert PRESETS[name].title.startswith(entry.title.split(" ")[0].removesuffix("-query"))


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_a_preset_says_what_it_is(preset):
    assert PRESETS[preset.name] is preset
    assert preset.title
    assert preset.source
    assert preset.note.endswith(".")
    assert preset.note.count(". ") <= 2
    assert len(preset.note) <= 200
    assert max(map(len, preset.text.splitlines())) <= 75


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_a_wrong_preset_names_a_right_one(preset):
    if preset.wrong:
        assert not PRESETS[preset.corrected].wrong
        assert preset.group == "article"
    else:
        assert not preset.corrected


def test_titles_differ():
    titles = [preset.title for preset in PRESETS.values()]
    assert len(set(titles)) == len(titles)


def test_every_running_preset_has_an_oracle():
    assert set(ORACLES) == set(RUNNING)


# presets that run


@pytest.mark.parametrize("name", RUNNING)
def test_value_is_what_torch_computes(name):
    given = inputs(name)
    found = formula(name).evaluate(given)
    torch.testing.assert_close(found.value, ORACLES[name](given), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", RUNNING)
def test_heads_and_batches_run_side_by_side(name):
    parts = [inputs(name, seed) for seed in (4, 5)]
    shared = {key: parts[0][key] for key in (*PRESETS[name].parameters, "M", "T")}
    stacked = {key: torch.stack([part[key] for part in parts]) for key in "QKVX"}
    together = formula(name).evaluate(stacked | shared).value
    for one, part in zip(together, parts, strict=True):
        torch.testing.assert_close(one, ORACLES[name](part | shared), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", RUNNING)
@pytest.mark.parametrize("cell", [None, (0, 2)])
def test_gradients_are_those_of_autograd(name, cell):
    given = inputs(name)
    given = {key: x.requires_grad_() if x.dtype == torch.float64 else x for key, x in given.items()}
    result = ORACLES[name](given)
    wanted = _gradient(result.sum() if cell is None else result[cell], given)
    preset = formula(name)
    found = preset.evaluate({key: x.detach() for key, x in given.items()})
    for key in preset.uses - {"M"}:
        torch.testing.assert_close(found.gradient(key, cell), wanted[key], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", RUNNING)
def test_code_runs_by_itself_and_gives_the_same_numbers(name):
    given = {key: x for key, x in inputs(name).items() if key in formula(name).uses}
    found = formula(name).evaluate(given)
    assert imported(found.code) <= {"__future__", "math", "torch"}
    torch.testing.assert_close(run_script(found.code).to(found.value), found.value, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", RUNNING)
def test_code_makes_inputs_of_its_own(name):
    result = run_script(formula(name).code)
    assert result.ndim == 2
    assert bool(result.isfinite().all())
    torch.testing.assert_close(run_script(formula(name).code), result)


def test_code_runs_in_a_fresh_process(tmp_path):
    script = tmp_path / "additive.py"
    script.write_text(formula("additive").code, encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "tensor" in done.stdout


@pytest.mark.parametrize("name", RUNNING)
def test_latex_is_whole(name):
    preset = formula(name)
    assert_balanced(preset.latex)
    assert len(preset.line_latex) == len(PRESETS[name].text.splitlines())
    for line in preset.line_latex:
        assert_balanced(line)
    for step in preset.evaluate(inputs(name)).steps:
        assert_balanced(step.latex)


@pytest.mark.parametrize("name", RUNNING)
def test_the_smallest_sizes_compute_or_say_why_not(name):
    given = inputs(name, sizes=(1, 1, 1))
    if name == "rotary":
        with pytest.raises(FormulaError, match="even"):
            formula(name).evaluate(given)
    else:
        assert bool(formula(name).evaluate(given).value.isfinite().all())


@pytest.mark.parametrize("name", RUNNING)
def test_notebook_holds_the_script(name):
    notebook = formula(name).notebook()
    assert notebook["nbformat"] == 4
    sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    torch.testing.assert_close(run_script("\n".join(sources)), run_script(formula(name).code))
    json.dumps(notebook)


RECIPES = {
    "scaled_dot": Recipe(),
    "dot": Recipe("dot", "one"),
    "general": Recipe("general", "one"),
    "additive": Recipe("additive", "one"),
    "cosine": Recipe("cosine", "one"),
    "softmax": Recipe(normaliser="softmax"),
    "sparsemax": Recipe(normaliser="sparsemax"),
    "entmax15": Recipe(normaliser="entmax15"),
    "hardmax": Recipe(normaliser="hardmax"),
    "uniform": Recipe(normaliser="uniform"),
    "temperature": Recipe(temperature=True),
    "masked": Recipe(mask=True),
    "sinusoidal": Recipe(positions="sinusoidal"),
    "rotary": Recipe(positions="rotary"),
    "alibi": Recipe(positions="alibi"),
}


@pytest.mark.parametrize("name", PRESETS)
def test_what_can_be_composed_is_written_as_composed(name):
    preset = PRESETS[name]
    if name in RECIPES:
        assert preset.text == compose(RECIPES[name])
        assert dict(preset.parameters) == recipe_parameters(RECIPES[name])
    else:
        assert recipe_of(preset.text) is None


LIVE = (  # they ask for one query at a time and need no trained matrices
    *("scaled_dot", "dot", "cosine", "gaussian"),
    *("softmax", "temperature", "sparsemax", "entmax15", "hardmax", "uniform"),
    *("padding", "masked", "linear", "article_scale_before"),
)


@pytest.mark.parametrize("name", RUNNING)
def test_a_trained_model_can_run_what_asks_for_one_query_at_a_time(name):
    if name not in LIVE:
        with pytest.raises(FormulaError):
            live_mechanism(formula(name))
        return
    given = inputs(name)
    mechanism = live_mechanism(formula(name), {"T": TEMPERATURE})
    context, weights = attend(given["Q"], given["K"], given["V"], mechanism, given["M"] if name == "masked" else None)
    torch.testing.assert_close(context, ORACLES[name](given), rtol=1e-6, atol=1e-7)
    torch.testing.assert_close(weights.sum(-1), torch.ones(N, dtype=torch.float64))


# presets that are wrong


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_computed_is_refused_with_a_remedy_that_works(name):
    preset = PRESETS[name]
    assert preset.wrong
    with pytest.raises(FormulaError) as raised:
        formula(name)
    error = raised.value
    assert preset.text[error.start : error.end] == FAULTS[name]
    assert error.fixed is not None
    mended = Formula(error.fixed, preset.parameters, SELF_ATTENTION if preset.self_attention else None)
    assert_balanced(mended.latex)
    assert mended.evaluate(inputs(name)).value.isfinite().all()


FAULTS = {
    "article_weights": "Q @ K.T / V",
    "article_output": "X @ W",
    "article_scale": "V",
    "article_additive": "X + W",
    "article_roles": "W @ V",
    "article_code": "weights * V",
}


def test_the_remedy_for_weights_over_v_is_the_scale():
    with pytest.raises(FormulaError) as raised:
        formula("article_weights")
    assert raised.value.fixed == "W = softmax(Q @ K.T / sqrt(d))"
    assert "m×m" in raised.value.message
    assert "m×d" in raised.value.message


def test_the_remedy_for_features_times_weights_is_the_corrected_preset():
    with pytest.raises(FormulaError) as raised:
        formula("article_output")
    assert raised.value.fixed == PRESETS["article_corrected"].text
    assert raised.value.remedy == "softmax(Q @ K.T / sqrt(d)) @ X"


def test_weights_of_size_d_by_d_mix_features_and_not_positions():
    """What its note says: no position takes anything from another."""
    given = inputs("article_size")
    changed = {**given, "X": given["X"].clone()}
    changed["X"][2] += 1
    before, after = (formula("article_size").evaluate(some).value for some in (given, changed))
    torch.testing.assert_close(before[[0, 1, 3, 4]], after[[0, 1, 3, 4]])
    assert not torch.allclose(before[2], after[2])


def test_the_weights_of_the_article_s_code_do_not_ask_the_source():
    """What its note says: K is missing, and there is one row of weights for all."""
    preset = formula("article_code_scores")
    assert "K" not in preset.uses
    assert preset.evaluate(inputs("article_code_scores")).named["weights"].shape == (1, M)


@pytest.mark.parametrize("name", [name for name in PRESETS if PRESETS[name].wrong and name in RUNNING])
def test_what_is_wrong_in_meaning_differs_from_its_correction(name):
    corrected = PRESETS[name].corrected
    given = inputs(corrected) | inputs(name)
    assert formula(name).evaluate(given).value.shape != formula(corrected).evaluate(given).value.shape or not (
        torch.allclose(formula(name).evaluate(given).value, formula(corrected).evaluate(given).value)
    )


# what notes promise


def test_divided_by_d_the_weights_level_out_as_d_grows():
    draw = torch.Generator().manual_seed(6)
    spreads = []
    for size in (4, 256):
        given = {key: torch.randn(M, size, generator=draw, dtype=torch.float64) for key in "QKX"}
        weights = formula("article_scale_d").evaluate(given).named["W"]
        spreads.append(float(weights.std()))
    assert spreads[1] < spreads[0] / 2


def test_linear_attention_never_makes_a_matrix_of_weights():
    steps = formula("linear_order").evaluate(inputs("linear_order")).steps
    assert ("n", "m") not in {step.shape for step in steps}
    assert formula("linear_order").cost.memory(100, 100, 4) < formula("linear").cost.memory(100, 100, 4)


def test_additive_scores_stay_within_the_sum_of_v():
    given = inputs("additive") | {"Q": 50 * inputs("additive")["Q"]}
    scores = formula("additive").evaluate(given).named["scores"]
    assert float(scores.abs().max()) <= float(given["v"].abs().sum())


def test_hard_attention_has_no_gradient_for_queries():
    assert not formula("hardmax").evaluate(inputs("hardmax")).gradient("Q").any()
