import inspect
import json
import subprocess
import sys

import pytest
import torch

from attention.formula import FUNCTIONS, SELF_ATTENTION, Formula
from attention.formula.sources import written_out
from attention.mechanisms import entmax15, linear_weights, rotate, softmax, strided_mask

N, M, D = 2, 5, 4
OWN = {"W": ("d", "d"), "Wq": ("d", "d"), "Wk": ("d", "d"), "v": ("d", 1), "c": ()}


def inputs(dtype=torch.float32):
    draw = torch.Generator().manual_seed(2)
    shapes = {"Q": (N, D), "K": (M, D), "V": (M, D), "W": (D, D), "Wq": (D, D), "Wk": (D, D), "v": (D, 1), "X": (M, D)}
    given = {name: torch.randn(shape, generator=draw).to(dtype) for name, shape in shapes.items()}
    return {**given, "c": -0.7, "T": 0.8, "M": torch.rand(N, M, generator=draw) > 0.4}


def result_of(script):
    names = {}
    try:
        exec(compile(script, "script", "exec"), names)
    finally:
        torch.set_default_dtype(torch.float32)
    return names["result"]


def same(text, given=None, own=OWN, shapes=None):
    """Run the script and compare its result with the evaluation."""
    given = given or inputs()
    formula = Formula(text, own, shapes)
    wanted = formula.evaluate(given).value
    found = torch.as_tensor(result_of(formula.torch_code(given)))
    result_of(formula.code)  # with random inputs of its own
    assert torch.allclose(found.double(), wanted.double(), atol=1e-5, equal_nan=True), text
    if wanted.ndim:
        assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype)
    return formula.torch_code(given)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_function_runs_in_the_script(function, dtype):
    usual = [parameter.usual for parameter in function.parameters]
    for count in range(function.required, len(usual) + 1):
        same(f"{function.name}({', '.join(usual[:count])})", inputs(dtype))


@pytest.mark.parametrize(
    "text",
    [
        "scores = Q @ K.T / sqrt(d)\nweights = softmax(scores / T, M)\noutput = weights @ V",
        "-Q ** 2 - (-Q) ** 2 + 2 ** -1",
        "Q - (Q - 1) - Q / 2 / c",
        "Q @ (K.T @ V) * c",
        "(Q + 1).T @ (-Q)",
        "M & ~(Q @ K.T > 0) | causal(n, m) & (c < T)",
        "where(n < m, Q, 0) + where(c == T, 1, 0) * Q",
        "where(M, 1, 0) @ V",
        "where(~(n > m), 1, 2)",
        "sqrt(c) + sqrt(d) + sqrt(d - 9) + exp(c) + abs(n - m)",
        "1 / (n - n) + (1 - n) / (d - d)",
        "(n - m) ** 0.5 + c ** 0.5 + (-2) ** (1 / 2)",
        "a = c * 2\nb = a ** 3 / (a - a)\nQ * b",
        "((1e9 ** 8) ** 8) ** 8",
        "local(n, m, c + 1.7)",
        "padding(n, m, m - 1) | strided(n, m, 1, d / 2)",
        "exp(2) + log(n) + tanh(0.5) + relu(-c)",
        "softmax_columns(additive(Q + 1, -K, Wq, Wk, v), M)",
        "sinusoidal(n, d) @ W + rotary(Q @ W)",
        "alibi(n, m) @ V",
        "eye(3) @ ones(3, 2) / norm(ones(3, 2))",
        "M",
        "n",
        "c",
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_script_gives_the_same_numbers(text, dtype):
    same(text, inputs(dtype))


def test_script_runs_in_a_process_of_its_own(tmp_path):
    formula = Formula("weights = entmax15(rotary(Q) @ rotary(K).T, strided(n, m, 1, 2))\noutput = weights @ V")
    script = tmp_path / "script.py"
    script.write_text(formula.torch_code(inputs()), encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("tensor([[")
    first = formula.evaluate(inputs()).value[0, 0].item()
    assert f"{first:.4f}" in done.stdout


def test_script_needs_torch_alone():
    script = Formula("\n".join(f"a{i} = {name}(Q, K)" for i, name in enumerate(("dot", "cosine", "linear")))).code
    imported = [line for line in script.splitlines() if line.startswith(("import", "from"))]
    assert imported == ["from __future__ import annotations", "import torch", "from torch import Tensor"]
    assert "attention" not in script.split("# The formula")[1]


def test_mechanisms_are_written_out_word_for_word():
    script = Formula("entmax15(Q @ K.T)").code
    assert inspect.getsource(entmax15).strip() in script
    assert script.index("def _gaps_to_best") < script.index("def entmax15")
    assert "def " not in Formula("softmax(Q @ K.T) @ V").code
    assert inspect.getsource(softmax).strip() in Formula("softmax(Q @ K.T, M)").code


@pytest.mark.parametrize("function", [softmax, entmax15, linear_weights, rotate, strided_mask])
def test_written_out_functions_stand_alone(function):
    imports, definitions = written_out([function])
    names = {}
    exec("\n\n".join(["from __future__ import annotations", *imports, *definitions]), names)
    argument = torch.arange(12.0).reshape(3, 4).sin()
    call = {"linear_weights": (argument, argument), "strided_mask": (3, 4)}.get(function.__name__, (argument,))
    more = {"window": 1, "stride": 2} if function is strided_mask else {}
    assert torch.equal(names[function.__name__](*call, **more), function(*call, **more))


@pytest.mark.parametrize(
    "text",
    [
        "torch = Q @ K.T\nmath = sparsemax(torch, M)\nmath @ V",
        "int = Q + 1\nall = local(n, m, 1)\nlambda = softmax(int @ K.T, all)\nprint = lambda @ V",
        "local_mask = 2\nrotate = rotary(Q)\nTensor = rotate * local_mask\nTensor @ K.T > 0 & local(n, m, 1)",
        "result = Q\nresult2 = result + 1",
        "None2 = Q\nTrue2 = None2 * c\nfloat = True2 + c",
    ],
)
def test_names_that_python_has_taken_are_changed(text):
    same(text)


def test_name_of_ones_own_may_be_a_word_of_python():
    own = {"lambda": ("d", "d"), "torch": (), "is": ()}
    same("Q @ lambda + torch + is", {**inputs(), "lambda": torch.eye(D), "torch": 1.0, "is": 2.0}, own)


def test_given_inputs_are_written_exactly():
    script = Formula("Q").torch_code({"Q": [[0.1, 1 / 3, 1e-30], [3e38, -0.0, 7]]})
    given = torch.tensor([[0.1, 1 / 3, 1e-30], [3e38, -0.0, 7]])
    assert torch.equal(result_of(script), given)
    double = torch.tensor([[0.1, 1 / 3]], dtype=torch.float64)
    assert torch.equal(result_of(Formula("Q").torch_code({"Q": double})), double)
    odd = result_of(Formula("Q").torch_code({"Q": [[float("inf"), float("nan")]]}))
    assert odd[0, 0] == torch.inf
    assert odd[0, 1].isnan()


def test_large_inputs_are_drawn_again_in_the_script():
    formula = Formula("Q @ K.T")
    script = formula.torch_code({"Q": torch.zeros(100, 30), "K": torch.zeros(20, 30)})
    assert "torch.randn(n, d)" in script
    assert result_of(script).shape == (100, 20)
    assert len(script) < 1_000


def test_heads_and_batches_are_written_out_too():
    heads = {
        "Q": torch.randn(2, 3, N, D),
        "K": torch.randn(3, M, D),
        "V": torch.randn(M, D),
        "M": torch.ones(1, N, M) > 0,
    }
    same("softmax(rotary(Q) @ K.T / sqrt(d), M & causal(n, m)) @ V", heads)
    same("Q / norm(Q) - row_sum(Q) * mean(K)", heads)
    same("additive(Q, K, Wq, Wk, v)", {**inputs(), **heads})


def test_infinite_scores_become_shares_in_the_script_too():
    scores = "S = Q @ K.T\nH = where(S > 0, S / 0, S)"
    for text in ("softmax(H) @ V", "softmax_columns(H)"):
        same(f"{scores}\n{text}")
    script = same("softmax(where(M, Q @ K.T, -1 / 0)) @ V", {**inputs(), "M": torch.zeros(N, M) > 0})
    assert inspect.getsource(softmax).strip() in script


def test_self_attention_and_other_sizes_run_too():
    same("tril(Q @ K.T) + eye(n) * n", {"Q": torch.rand(M, D), "K": torch.rand(M, D)}, {}, SELF_ATTENTION)
    own = {"Wq": ("d", "h"), "Wk": ("d", "h"), "v": ("h", 1), "P": (3, "d")}
    given = {**inputs(), "Wq": torch.rand(D, 7), "Wk": torch.rand(D, 7), "v": torch.rand(7, 1), "P": torch.rand(3, D)}
    same("additive(Q, K, Wq, Wk, v) @ V @ P.T", given, own)
    same("softmax(Q @ K.T) @ V", {**inputs(), "V": torch.rand(M, 3)})


def test_evaluation_carries_the_script_of_its_inputs():
    evaluation = Formula("Q @ K.T").evaluate(inputs())
    assert torch.allclose(result_of(evaluation.code), evaluation.value)


def test_notebook_holds_mathematics_and_code_that_runs():
    formula = Formula("weights = softmax(Q @ K.T / sqrt(d))\noutput = weights @ V")
    notebook = json.loads(json.dumps(formula.notebook(inputs())))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    assert formula.latex in "".join(cells["formula"]["source"])
    assert "| weights | n×m | Q, K |" in "".join(cells["lines"]["source"])
    assert "| output | n×d | weights, V |" in "".join(cells["lines"]["source"])
    found = result_of("".join(cells["code"]["source"]))
    assert torch.allclose(found, formula.evaluate(inputs()).value, atol=1e-6)
    assert all({"id", "cell_type", "metadata", "source"} <= set(cell) for cell in notebook["cells"])
