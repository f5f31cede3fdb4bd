import pytest
import torch

from attention.formula import Formula, FormulaError

N, M, D = 2, 3, 4
OWN = {"W": ("d", "d"), "Wq": ("d", "d"), "Wk": ("d", "d"), "v": ("d", 1), "c": ()}


def inputs():
    draw = torch.Generator().manual_seed(5)
    shapes = {"Q": (N, D), "K": (M, D), "V": (M, D), "W": (D, D), "Wq": (D, D), "Wk": (D, D), "v": (D, 1)}
    given = {name: torch.randn(shape, generator=draw, dtype=torch.float64) for name, shape in shapes.items()}
    return {**given, "c": torch.tensor(0.7, dtype=torch.float64), "T": 0.8}


def by_differences(formula, given, name, cell, step=1e-6):
    """The slope of the output for every number of an input, by moving it a little up and down."""
    flat = torch.as_tensor(given[name], dtype=torch.float64).flatten()
    slopes = []
    for place in range(len(flat)):
        ends = []
        for sign in (1, -1):
            moved = flat.clone()
            moved[place] += sign * step
            value = formula.evaluate({**given, name: moved.reshape(torch.as_tensor(given[name]).shape)}).value
            ends.append(value.sum() if cell is None else value[cell])
        slopes.append((ends[0] - ends[1]) / (2 * step))
    return torch.stack(slopes).reshape(torch.as_tensor(given[name]).shape)


@pytest.mark.parametrize("cell", [None, (1, 2)])
@pytest.mark.parametrize(
    "text",
    [
        "S = Q @ K.T / sqrt(d)\nsoftmax(S / T) @ V * c",
        "general(Q, K, W) @ V + c",
        "softmax(additive(Q, K, Wq, Wk, v)) @ V",
        "cosine(Q, K) * exp(c) @ V",
        "sparsemax(Q @ K.T) @ V",
        "entmax15(Q @ K.T) @ V",
        "linear(Q, K) @ V / row_norm(Q)",
        "where(Q @ K.T > 0, Q @ K.T, -c) @ V",
        "rotary(Q) @ rotary(K).T @ tanh(V) - column_mean(V)",
    ],
)
def test_gradient_is_the_slope(text, cell):
    formula, given = Formula(text, OWN), inputs()
    evaluation = formula.evaluate(given)
    for name in sorted(formula.uses):
        wanted = by_differences(formula, given, name, cell)
        assert torch.allclose(evaluation.gradient(name, cell), wanted, atol=1e-5), name


def test_gradient_is_autograds():
    given = inputs()
    q, k, v = (given[name].clone().requires_grad_() for name in "QKV")
    output = torch.softmax(q @ k.T / D**0.5, -1) @ v
    wanted = torch.autograd.grad(output[0, 1], (q, k, v))
    evaluation = Formula("softmax(Q @ K.T / sqrt(d)) @ V").evaluate(given)
    for name, gradient in zip("QKV", wanted, strict=True):
        assert torch.allclose(evaluation.gradient(name, (0, 1)), gradient)


def test_gradient_with_respect_to_an_earlier_line():
    evaluation = Formula("weights = softmax(Q @ K.T)\noutput = weights @ V").evaluate(inputs())
    wanted = inputs()["V"].sum(dim=1).expand(N, M)
    assert torch.allclose(evaluation.gradient("weights"), wanted)
    assert torch.equal(evaluation.gradient("output"), torch.ones(N, D, dtype=torch.float64))


@pytest.mark.parametrize("name", ["hardmax", "uniform"])
def test_constant_weights_have_no_slope(name):
    evaluation = Formula(f"{name}(Q @ K.T) @ V").evaluate(inputs())
    assert torch.equal(evaluation.gradient("Q"), torch.zeros(N, D, dtype=torch.float64))
    assert evaluation.gradient("V").abs().sum() > 0


def test_input_that_the_output_does_not_need_has_gradient_zero():
    evaluation = Formula("S = Q @ K.T\nV + 1").evaluate(inputs())
    assert torch.equal(evaluation.gradient("Q"), torch.zeros(N, D, dtype=torch.float64))


def test_masked_cells_have_gradient_zero():
    mask = torch.ones(N, M, dtype=torch.bool)
    mask[0] = False
    evaluation = Formula("softmax(Q @ K.T, M) @ V").evaluate({**inputs(), "M": mask})
    gradient = evaluation.gradient("Q")
    assert gradient[0].tolist() == [0.0] * D
    assert gradient.isfinite().all()


@pytest.mark.parametrize(
    ("text", "name", "cell", "said"),
    [
        ("Q > 0", "Q", None, "output is a mask"),
        ("where(M, Q @ K.T, 0)", "M", None, "M is a mask"),
        ("Q", "K", None, "does not use 'K'; it uses Q"),
        ("Q", "d", None, "does not use 'd'"),
        ("Q", "Q", (2, 0), "within 2×4"),
        ("Q", "Q", (-1, 0), "within 2×4"),
        ("Q", "Q", (0.0, 0), "within 2×4"),
        ("Q", "Q", 3, "within 2×4"),
        ("sum(Q)", "Q", (0, 0), "leave cell out"),
    ],
)
def test_gradient_that_makes_no_sense_is_refused(text, name, cell, said):
    with pytest.raises(FormulaError) as caught:
        Formula(text).evaluate(inputs()).gradient(name, cell)
    assert said in caught.value.message
