import pytest
import torch
from torch import nn

from attention.measures.gradient_flow import FLOW_MODELS, flow_layer, gradient_by_distance, layer_costs


@pytest.fixture(scope="module")
def curves():
    rows = gradient_by_distance(40, size=16, seeds=5)
    return {model: [row.gradient for row in rows if row.model == model] for model in FLOW_MODELS}


def test_a_row_for_each_model_and_distance():
    rows = gradient_by_distance(3, size=4, seeds=2)
    assert [(row.model, row.distance) for row in rows] == [(m, d) for m in FLOW_MODELS for d in range(3)]
    assert all(row.low <= row.gradient <= row.high for row in rows)


def test_recurrent_gradients_vanish_and_those_of_attention_do_not(curves):
    assert curves["rnn"][39] < 1e-6 * curves["rnn"][0]
    assert curves["lstm"][39] < 1e-4 * curves["lstm"][0]
    far, near = curves["attention"][20:], curves["attention"][1:20]
    assert min(far) > 0.3 * sum(near) / len(near)


@pytest.mark.parametrize("model", FLOW_MODELS)
def test_norms_are_those_of_the_written_out_jacobians(model):
    length, size = 5, 3
    rows = [row for row in gradient_by_distance(length, size=size, seeds=1, seed=7) if row.model == model]
    generator = torch.Generator().manual_seed(7)
    layer = flow_layer(model, size, generator)
    vectors = torch.randn(length, size, generator=generator, dtype=torch.float64)

    def last_output(x):
        batch = x[None]
        return (layer(batch, batch, batch) if model == "attention" else layer(batch))[0][0, -1]

    jacobian = torch.autograd.functional.jacobian(last_output, vectors)  # (size, length, size)
    for row in rows:
        assert row.gradient == pytest.approx(float(jacobian[:, length - 1 - row.distance].norm()), rel=1e-9)


@pytest.mark.parametrize(("model", "cls"), [("rnn", nn.RNN), ("lstm", nn.LSTM)])
def test_recurrent_parameters_are_drawn_as_torch_draws_them(model, cls):
    ours = flow_layer(model, 25, torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    theirs = cls(25, 25)
    for own, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert own.shape == other.shape
        assert float(own.detach().abs().max()) <= 0.2  # 1 / √25
        assert float(own.detach().std()) == pytest.approx(float(other.detach().std()), rel=0.35)


def test_the_same_seed_gives_the_same_numbers_whatever_else_was_drawn():
    first = gradient_by_distance(4, size=3, seeds=2)
    torch.rand(17)
    assert gradient_by_distance(4, size=3, seeds=2) == first
    assert gradient_by_distance(4, size=3, seeds=2, seed=1) != first


def test_parameters_are_those_of_torch():
    n, d = 5, 6
    modules = {
        "self_attention": nn.MultiheadAttention(d, 1),
        "dense": nn.Linear(n * d, n * d),
        "lstm": nn.LSTM(d, d),
    }
    for row in layer_costs(n, d):
        assert row.parameters == sum(parameter.numel() for parameter in modules[row.layer].parameters())


def test_costs_by_hand():
    attention, dense, lstm = layer_costs(2, 3)
    assert (attention.operations, attention.memory) == (4 * 18 + 6 + 2 * 12 + 20, 36 + 8)
    assert (dense.operations, dense.memory) == (36, 6)
    assert (lstm.operations, lstm.memory) == (8 * 18 + 13 * 6, 36)
    assert [row.steps for row in (attention, dense, lstm)] == [1, 1, 2]


@pytest.mark.parametrize(("n", "d"), [(2, 3), (64, 32), (7, 100)])
def test_formulas_say_the_numbers(n, d):
    for row in layer_costs(n, d):
        for latex, number in (
            (row.operations_latex, row.operations),
            (row.memory_latex, row.memory),
            (row.parameters_latex, row.parameters),
        ):
            assert value_of(latex, n, d) == number


def value_of(latex, n, d):
    """Add up terms such as 4nd^2."""
    total = 0
    for term in latex.split(" + "):
        product, i = 1, 0
        while i < len(term):
            digits = term[i:]
            number = len(digits) - len(digits.lstrip("0123456789"))
            if number:
                product, i = product * int(term[i : i + number]), i + number
                continue
            power = 2 if term[i + 1 : i + 3] == "^2" else 1
            product *= {"n": n, "d": d}[term[i]] ** power
            i += 1 + (2 if power == 2 else 0)
        total += product
    return total


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(ValueError, match="wanted length 1 to 512"):
        gradient_by_distance(513)
    with pytest.raises(ValueError, match="wanted length"):
        gradient_by_distance(3, size=0)
    with pytest.raises(ValueError, match="n and d of 1 or more"):
        layer_costs(0, 3)
    with pytest.raises(ValueError, match="rnn, lstm, attention"):
        flow_layer("gru", 3, torch.Generator())
