import gc
import tracemalloc

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from attention.formula import FUNCTIONS, SELF_ATTENTION, Formula, FormulaError
from attention.formula.limits import MAX_SIZE, MAX_WHOLE
from attention.mechanisms import (
    NORMALISERS,
    AdditiveLayer,
    GeneralLayer,
    additive_scores,
    cosine_scores,
    general_scores,
    linear_weights,
    strided_mask,
)

N, M, D, E, H = 2, 5, 4, 3, 7
TEXT = "scores = Q @ K.T / sqrt(d)\nweights = softmax(scores)\noutput = weights @ V"


def draw(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed + sum(shape)))


Q, K, V, X = draw(N, D), draw(M, D), draw(M, D, seed=1), draw(M, D, seed=2)
INPUTS = {"Q": Q, "K": K, "V": V, "X": X}


def value(text, inputs=INPUTS, own=None, **more):
    return Formula(text, own).evaluate({**inputs, **more}).value


def close(first, second, precision=1e-6):
    return first.shape == second.shape and torch.allclose(first.double(), second.double(), atol=precision)


def fault(text, inputs=INPUTS, own=None, shapes=None):
    formula = Formula(text, own, shapes)
    with pytest.raises(FormulaError) as caught:
        formula.evaluate(inputs)
    return caught.value


def test_attention_is_torchs_own():
    assert close(value(TEXT), F.scaled_dot_product_attention(Q[None], K[None], V[None])[0])


def test_every_step_is_there_in_order_with_its_value():
    evaluation = Formula(TEXT).evaluate(INPUTS)
    steps = evaluation.steps
    assert [step.text for step in steps] == [
        "Q",
        "K",
        "K.T",
        "Q @ K.T",
        "d",
        "sqrt(d)",
        "Q @ K.T / sqrt(d)",
        "softmax(scores)",
        "V",
        "weights @ V",
    ]
    assert [step.operation for step in steps] == [
        "input",
        "input",
        "transpose",
        "matmul",
        "size",
        "function",
        "divide",
        "function",
        "input",
        "matmul",
    ]
    assert [step.shape for step in steps[:4]] == [("n", "d"), ("m", "d"), ("d", "m"), ("n", "m")]
    assert [step.name for step in steps if step.name] == ["scores", "weights", "output"]
    assert [step.line for step in steps if step.name] == [1, 2, 3]
    assert steps[5].function == "sqrt"
    assert steps[6].operands == (3, 5)
    assert steps[4].value.item() == D
    assert all(step.index == place for place, step in enumerate(steps))
    assert all(set(step.operands) <= set(range(step.index)) for step in steps)
    assert close(steps[3].value, Q @ K.T)
    assert torch.equal(steps[-1].value, evaluation.value)
    assert set(evaluation.named) == {"Q", "K", "V", "scores", "weights", "output"}
    assert close(evaluation.named["weights"], (Q @ K.T / D**0.5).softmax(-1))
    assert evaluation.notes == ()


@pytest.mark.parametrize("name", NORMALISERS)
def test_normalisers_by_row_and_by_column(name):
    scores, mask = Q @ K.T, draw(N, M) > 0
    assert close(value(f"{name}(Q @ K.T)"), NORMALISERS[name](scores))
    assert close(value(f"{name}(Q @ K.T, M)", M=mask), NORMALISERS[name](scores, mask))
    assert close(value(f"{name}_columns(Q @ K.T, M)", M=mask), NORMALISERS[name](scores.T, mask.T).T)


def test_scores_with_parameters_are_the_mechanisms():
    w, wq, wk, v = draw(D, D), draw(D, H), draw(D, H, seed=1), draw(H, 1)
    general, additive = GeneralLayer(D, D), AdditiveLayer(D, D, H)
    with torch.no_grad():
        general.w_key.weight.copy_(w)
        additive.w_query.weight.copy_(wq.T)
        additive.w_key.weight.copy_(wk.T)
        additive.v.weight.copy_(v.T)
        assert close(value("general(Q, K, W)", own={"W": ("d", "d")}, W=w), general_scores(Q, K, general))
        own = {"Wq": ("d", "h"), "Wk": ("d", "h"), "v": ("h", 1)}
        found = value("additive(Q, K, Wq, Wk, v)", own=own, Wq=wq, Wk=wk, v=v)
        assert close(found, additive_scores(Q, K, additive))
    by_hand = [[(torch.tanh(q @ wq + k @ wk) @ v).item() for k in K] for q in Q]
    assert close(found, torch.tensor(by_hand), 1e-5)
    assert close(value("general(Q, K, W)", own={"W": ("d", "d")}, W=w), Q @ w @ K.T, 1e-5)


def test_parameters_leave_the_random_numbers_alone():
    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    value("general(Q, K, W)", own={"W": ("d", "d")}, W=draw(D, D))
    assert torch.equal(torch.rand(1), wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("cosine(Q, K)", cosine_scores(Q, K)),
        ("scaled_dot(Q, K)", Q @ K.T / 2),
        ("linear(Q, K)", linear_weights(Q, K)),
        ("linear(Q, K, causal(n, m))", linear_weights(Q, K, mask=torch.ones(N, M, dtype=torch.bool).tril(M - N))),
        ("strided(n, m, 1, 3)", strided_mask(N, M, window=1, stride=3)),
        ("local(n, m, 1)", torch.tensor([[1, 1, 0, 0, 0], [1, 1, 1, 0, 0]]).bool()),
        ("causal(n, m)", torch.tensor([[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]]).bool()),
        ("global_tokens(n, m, 1)", torch.tensor([[1, 1, 1, 1, 1], [1, 0, 0, 0, 0]]).bool()),
        ("padding(n, m, m - 2)", torch.tensor([[1, 1, 1, 0, 0]] * 2).bool()),
        ("alibi(n, m) * 256", -torch.tensor([[0.0, 1, 2, 3, 4], [1, 0, 1, 2, 3]])),
        ("eye(n)", torch.eye(N)),
        ("ones(2, 3) + zeros(2, 3)", torch.ones(2, 3)),
        ("tril(ones(3, 3)) * triu(ones(3, 3))", torch.eye(3)),
        ("where(Q > 0, Q, 0)", Q.clamp(min=0)),
        ("relu(Q) + sigmoid(Q) - tanh(Q)", Q.relu() + Q.sigmoid() - Q.tanh()),
        ("log(exp(Q)) + sqrt(abs(Q)) + sin(Q) * cos(Q)", Q + Q.abs().sqrt() + Q.sin() * Q.cos()),
        ("sum(Q)", Q.double().sum()),
        ("mean(Q) + max(Q) - min(Q)", (Q.mean() + Q.max() - Q.min())),
        ("norm(Q)", (Q**2).sum().sqrt()),
        ("row_mean(Q) * row_norm(Q)", Q.mean(1, keepdim=True) * (Q**2).sum(1, keepdim=True).sqrt()),
        ("row_max(Q) - row_min(Q)", (Q.max(1).values - Q.min(1).values)[:, None]),
        ("column_sum(Q) + column_mean(Q)", Q.sum(0, keepdim=True) * (1 + 1 / N)),
        ("column_max(Q) + column_norm(Q)", (Q.max(0).values + (Q**2).sum(0).sqrt())[None]),
        ("(Q >= 0) & ~(Q == 0) | (Q != Q)", Q > 0),
        ("Q ** 2 - Q ** -1", Q**2 - 1 / Q),
        ("n + m * d", torch.tensor(N + M * D)),
    ],
)
def test_functions_and_signs(text, wanted):
    assert close(value(text), wanted, 1e-5)


def test_mask_is_all_open_and_temperature_one_unless_given():
    assert close(value("softmax(Q @ K.T / T, M)"), (Q @ K.T).softmax(-1))
    assert value("M").tolist() == [[True] * M] * N
    assert close(value("softmax(Q @ K.T / T)", T=0.5), (Q @ K.T * 2).softmax(-1))


def test_row_without_open_keys_stays_zero():
    mask = torch.ones(N, M, dtype=torch.bool)
    mask[0] = False
    weights = value("softmax(Q @ K.T, M)", M=mask)
    assert weights[0].tolist() == [0.0] * M
    assert weights[1].sum().item() == pytest.approx(1)


def test_values_may_have_a_size_of_their_own():
    evaluation = Formula(TEXT).evaluate({**INPUTS, "V": draw(M, E)})
    assert evaluation.value.shape == (N, E)
    assert evaluation.steps[-1].shape == ("n", "e")
    error = fault("softmax(Q @ K.T) @ V + Q", {**INPUTS, "V": draw(M, E)})
    assert "n×e" in error.message
    assert "V has 3 columns" in error.message
    assert Formula("V").evaluate({"V": draw(M, E)}).steps[0].shape == ("m", "d")


@pytest.mark.parametrize(
    "text", [TEXT, "linear(Q, K) @ V * sum(Q)", "where(M, Q @ K.T - max(Q @ K.T), 0) @ V / norm(V)"]
)
def test_batches_and_heads_are_computed_side_by_side(text):
    q, k, v = draw(3, 2, N, D), draw(3, 1, M, D), draw(2, M, D)
    whole = Formula(text).evaluate({"Q": q, "K": k, "V": v})
    assert whole.value.shape == (3, 2, N, D)
    for i in range(3):
        for j in range(2):
            assert close(whole.value[i, j], value(text, {"Q": q[i, j], "K": k[i, 0], "V": v[j]}), 1e-4)


def test_lists_arrays_and_numbers_are_inputs_too():
    assert value("Q + c", {"Q": [[1, 2]]}, {"c": ()}, c=1).tolist() == [[2.0, 3.0]]
    double = value("Q", {"Q": np.array([[0.1]])})
    assert double.dtype == torch.float64
    assert value("Q @ K.T", {"Q": Q.half(), "K": K}).dtype == torch.float32
    assert value("M", {}, M=[[1, 0]]).tolist() == [[True, False]]


def test_sizes_without_a_matrix_are_given_as_numbers():
    assert value("ones(n, d)", {"n": 3, "d": 2}).shape == (3, 2)
    assert "size n is not known" in fault("ones(n, n)", {"K": K}).message


def test_what_is_computed_does_not_change_with_the_callers_matrix():
    given = Q.clone()
    evaluation = Formula("Q").evaluate({"Q": given})
    given.zero_()
    assert torch.equal(evaluation.value, Q)


def test_inference_mode_and_gradients_outside_make_no_difference():
    with torch.inference_mode():
        evaluation = Formula(TEXT).evaluate({"Q": Q.clone(), "K": K, "V": V})
        assert evaluation.gradient("Q").shape == (N, D)
    assert not Formula(TEXT).evaluate({**INPUTS, "Q": Q.clone().requires_grad_()}).value.requires_grad


@pytest.mark.parametrize(
    ("text", "inputs", "said"),
    [
        (TEXT, {"Q": Q, "K": K}, "uses V, but no V was given; pass a matrix of m×d"),
        ("Q * c", {"Q": Q}, "uses c, but no c was given; pass a number"),
        (TEXT, {**INPUTS, "K": draw(M, D + 1)}, "must be m×d: d is 4 by Q"),
        (TEXT, {**INPUTS, "V": draw(M + 1, D)}, "V is 6×4, but must be m×d: m is 5 by K"),
        ("softmax(Q @ K.T, M)", {**INPUTS, "M": torch.ones(M, N).bool()}, "M is 5×2, but must be n×m"),
        ("softmax(Q @ K.T, M)", {**INPUTS, "M": draw(N, M)}, "M is a mask"),
        ("Q", {"Q": draw(N)}, "Q must be n×d, a matrix"),
        ("Q", {"Q": "text"}, "Q must be numbers, got str"),
        ("Q", {"Q": [[1], [1, 2]]}, "Q must be numbers"),
        ("Q", {"Q": [[1j]]}, "complex"),
        ("Q", {"Q": torch.zeros(0, 4)}, "from 1 to 256"),
        ("Q", {"Q": torch.zeros(MAX_SIZE + 1, 4)}, "from 1 to 256"),
        ("Q", {"Q": torch.zeros(200, 100, 100)}, "from 1 to 256"),
        ("T * 2", {"T": [1, 2]}, "T must be one number"),
        ("P @ K.T", {"K": K, "P": draw(2, D)}, "P is 2×4, but must be 3×d"),
        ("Q @ K.T", {"Q": draw(2, N, D), "K": draw(3, M, D)}, "batch axes of Q @ K.T do not fit"),
    ],
)
def test_inputs_that_contradict_the_symbols_are_refused(text, inputs, said):
    assert said in fault(text, inputs, {"c": (), "P": (3, "d")}).message


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("where(causal(m, n), 1, 0)", "causal(m, n)", "at least as many keys"),
        ("local(n, m, 0.5)", "local(n, m, 0.5)", "window must be a whole number from 0 to 1,000, but is 0.5"),
        ("local(n, m, -1)", "local(n, m, -1)", "window must be a whole number"),
        ("global_tokens(n, m, 1e9)", "global_tokens(n, m, 1e9)", "count must be a whole number"),
        ("local(n, m, 0 / 0)", "local(n, m, 0 / 0)", "window must be a whole number"),
        ("padding(n, m, m + 1)", "padding(n, m, m + 1)", "cannot be computed: lengths must be from 0"),
        ("strided(n, m, 1, 0)", "strided(n, m, 1, 0)", "stride must be 1 or more"),
        ("rotary(ones(2, 3))", "rotary(ones(2, 3))", "even"),
    ],
)
def test_what_cannot_be_computed_is_said_at_its_place(text, place, said):
    error = fault(text)
    assert text[error.start : error.end] == place
    assert said in error.message
    assert MAX_WHOLE == 1_000


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("exp(Q * 1e9)", "exp(Q * 1e9) is infinite in"),
        ("log(0 * Q)", "log(0 * Q) is infinite in 8 of 8 cells"),
        ("sqrt(-abs(Q) - 1)", "not a number in 8 of 8 cells"),
        ("1 / (n - n)", "1 / (n - n) is infinite in 1 of 1 cells"),
        ("((1e9 ** 8) ** 8) ** 8 * 0", "not a number"),
        ("Q / 0", "infinite"),
    ],
)
def test_overflow_is_a_note_and_no_crash(text, note):
    evaluation = Formula(text).evaluate(INPUTS)
    assert any(note in said for said in evaluation.notes)
    assert evaluation.value.shape in ((N, D), ())


def test_large_work_is_refused_before_it_is_done():
    big = torch.zeros(MAX_SIZE, MAX_SIZE)
    own = {"Wq": ("d", "d"), "Wk": ("d", "d"), "v": ("d", 1)}
    parameters = {"Wq": big, "Wk": big, "v": torch.zeros(MAX_SIZE, 1)}
    inputs = {"Q": big, "K": big, **parameters}
    assert "16,777,216 numbers" in fault("additive(Q, K, Wq, Wk, v)", inputs, own).message
    chain = "Q" + " @ K.T @ X" * 70
    assert "steps of arithmetic" in fault(chain, {**inputs, "X": big}).message
    batch = torch.zeros(15, MAX_SIZE, MAX_SIZE)
    assert "All steps together" in fault(" + ".join(f"(Q + {i})" for i in range(20)), {"Q": batch}).message


def test_evaluating_does_not_leak():
    formula = Formula(TEXT)
    formula.evaluate(INPUTS).gradient("Q")
    gc.collect()
    tracemalloc.start()
    for _ in range(30):
        formula.evaluate(INPUTS).gradient("Q")
        with pytest.raises(FormulaError):
            Formula("softmax(Q @ K) @ @")
    gc.collect()
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 500_000


def test_self_attention_takes_one_sequence():
    formula = Formula("softmax(Q @ K.T, causal(n, m)) @ X", shapes=SELF_ATTENTION)
    inputs = {"Q": draw(M, D), "K": K, "X": X}
    mask = torch.ones(M, M, dtype=torch.bool).tril()
    wanted = torch.softmax((inputs["Q"] @ K.T).masked_fill(~mask, -torch.inf), -1) @ X
    assert close(formula.evaluate(inputs).value, wanted)
    with pytest.raises(FormulaError, match="m is 2 by Q"):
        formula.evaluate({**inputs, "Q": Q})


def test_functions_are_grouped_for_a_reader():
    subjects = dict.fromkeys(function.subject for function in FUNCTIONS.values())
    assert list(subjects) == ["scores", "normalisers", "masks", "positions", "numbers", "sums", "matrices"]
