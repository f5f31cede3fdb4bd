import pytest

from attention.formula import SELF_ATTENTION, Formula, FormulaError
from attention.formula.limits import MAX_TEXT
from attention.formula.search import MAX_ATTEMPTS

OWN = {"W": ("d", "d"), "c": ()}


def fault(text, shapes=None):
    with pytest.raises(FormulaError) as caught:
        Formula(text, OWN, shapes)
    return caught.value


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("Q @ K", "Q @ K.T"),
        ("Q.T @ K", "Q @ K.T"),
        ("Q.T @ K.T", "Q @ K.T"),
        ("Q * K", "Q @ K.T"),
        ("Q * K.T", "Q @ K.T"),
        ("(Q + 1) @ (K + 1)", "(Q + 1) @ (K + 1).T"),
        ("Q @ -K", "Q @ (-K).T"),
        ("V @ softmax(Q @ K.T)", "softmax(Q @ K.T) @ V"),
        ("softmax(Q @ K.T) * V", "softmax(Q @ K.T) @ V"),
        ("softmax(Q @ K.T / K)", "softmax(Q @ K.T / sqrt(d))"),
        ("softmax(Q @ K.T / V) @ V", "softmax(Q @ K.T / sqrt(d)) @ V"),
        ("Q @ 2", "Q * 2"),
        ("c @ Q", "c * Q"),
        ("c.T * Q", "c * Q"),
        ("W @ Q", "Q @ W"),
        ("row_sum(Q) + column_sum(K.T)", "row_sum(Q) @ ones(1, m) + column_sum(K.T)"),
        ("sftmax(Q @ K.T)", "softmax(Q @ K.T)"),
        ("SoftMax(Q @ K.T)", "softmax(Q @ K.T)"),
        ("Q @ K.T / sqrt(d_k)", "Q @ K.T / sqrt(d)"),
        ("q @ k.T", "Q @ K.T"),
        ("Q @ K.T / tau", "Q @ K.T / T"),
        ("scores = Q @ K.T\nsoftmax(score)", "scores = Q @ K.T\nsoftmax(scores)"),
        ("softmax(scores)\nscores = Q @ K.T", "scores = Q @ K.T\nsoftmax(scores)"),
        ("softmax(QK.T)", "softmax(Q @ K.T)"),
        ("Q K.T", "Q @ K.T"),
        ("2 Q", "2 * Q"),
        ("2d", "2 * d"),
        ("sqrt d", "sqrt(d)"),
        ("(Q)(K.T)", "(Q) @ (K.T)"),
        ("softmax(Q K^T / √d) V", "softmax(Q @ K.T / sqrt(d)) @ V"),
        ("softmax(Q·Kᵀ/√(d))·V", "softmax(Q @ K.T/sqrt(d)) @ V"),
        ("Q ^ 2", "Q ** 2"),
        ("Q @ K'", "Q @ K.T"),
        ("Q @ K.t()", "Q @ K.T"),
        ("Q @ K.transpose(-2, -1)", "Q @ K.T"),
        ("Q @ transpose(K)", "Q @ K.T"),
        ("np.exp(Q)", "exp(Q)"),
        ("torch.matmul(Q, K.T)", "Q @ K.T"),
        ("softmax(Q @ K.T, dim=-1)", "softmax(Q @ K.T)"),
        ("softmax(Q @ K.T, causal)", "softmax(Q @ K.T, causal(n, m))"),
        ("softmax(Q @ K.T, causal(Q, K))", "softmax(Q @ K.T, causal(n, m))"),
        ("softmax(Q @ K.T + M)", "softmax(Q @ K.T, M)"),
        ("softmax(M + Q @ K.T) @ V", "softmax(Q @ K.T, M) @ V"),
        ("Q @ K.T + M", "where(M, Q @ K.T, -1e9)"),
        ("softmax(Q @ K.T - 1e9 * (1 - M))", "softmax(Q @ K.T - 1e9 * (where(M, 0, 1)))"),
        ("softmax(Q @ K.T) * M", "where(M, softmax(Q @ K.T), 0)"),
        ("~Q", "~(Q > 0)"),
        ("M and Q @ K.T > 0", "M & Q @ K.T > 0"),
        ("not M", "~ M"),
        ("dot(Q)", "dot(Q, K)"),
        ("dot(Q, K.T)", "dot(Q, K)"),
        ("row_sum(Q, 1)", "row_sum(Q)"),
        ("softmax(Q @ K.T / sqrt(d) @ V", "softmax(Q @ K.T / sqrt(d)) @ V"),
        ("softmax(Q @ K.T / sqrt(d)", "softmax(Q @ K.T / sqrt(d))"),
        ("Q @ K.T)", "Q @ K.T"),
        ("softmax[Q @ K.T]", "softmax(Q @ K.T)"),
        ("Q @\nK.T", "Q @ K.T"),
        ("Q @ * K.T", "Q @  K.T"),
        ("V = sqrt(d)\nQ @ K.T / V", "V2 = sqrt(d)\nQ @ K.T / V2"),
        ("softmax(K @ Q.T) @ V", "softmax(Q @ K.T) @ V"),
        ("where(M, Q @ K.T, -inf)", "where(M, Q @ K.T, -1e9)"),
        ("σ(QKᵀ)", "sigmoid(Q @ K.T)"),
        ("Q × Kᵀ ÷ √d", "Q @ K.T / sqrt(d)"),
        ("𝑄𝐾ᵀ", "Q @ K.T"),
        ("Q @ Κ.T * １２", "Q @ K.T * 12"),
        ("α = Q @ K.T\nsoftmax(α) @ V", "alpha = Q @ K.T\nsoftmax(alpha) @ V"),
        (r"\frac{QK^T}{\sqrt{d}}", "(Q @ K.T) / (sqrt(d))"),
        (
            r"\text{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V",
            "softmax((Q @ K.T) / (sqrt(d))) @ V",
        ),
        (r"Q\frac{1}{d}\frac{T}{\exp\frac{T}{2}}", "Q * ((1) / (d)) * ((T) / (exp((T) / (2))))"),
        (r"\exp\frac{T}{d}", "exp((T) / (d))"),
        ("print(Q + 1) * 2", "(Q + 1) * 2"),
        ("attention(Q, K, V) ** 2", "(softmax(Q @ K.T / sqrt(d)) @ V) ** 2"),
        ("M - 1", "where(M, 1, 0) - 1"),
        ("softmax Q @ K.T", "softmax(Q @ K.T)"),
        ("Q @ K.T / sqrt d", "Q @ K.T / sqrt(d)"),
        ("attention(Q, K, V)", "softmax(Q @ K.T / sqrt(d)) @ V"),
        ("Attention(Q, K, V) = softmax(Q @ K.T) @ V", "Attention = softmax(Q @ K.T) @ V"),
        ("F.softmax(Q @ K.mT, -1) @ V", "softmax(Q @ K.T) @ V"),
        ("softmax(Q @ K.T, dim=0)", "softmax_columns(Q @ K.T)"),
        ("mean(V, axis=0)", "column_mean(V)"),
        ("exp(Q @ K.T) / sum(exp(Q @ K.T), -1)", "exp(Q @ K.T) / row_sum(exp(Q @ K.T))"),
        ("Q @ K.T / sqrt(Q.shape[-1])", "Q @ K.T / sqrt(d)"),
        ("Q @ K.T / |d|", "Q @ K.T / abs(d)"),
        ("norm(Q) * ||K||", "norm(Q) * norm(K)"),
        ("e^(Q @ K.T)", "exp(Q @ K.T)"),
        ("e ** (Q @ K.T)", "exp(Q @ K.T)"),
        ("QKV", "Q @ K.T @ V"),
        ("Q.K", "Q @ K.T"),
        ("softmax(Q @ K.T; M)", "softmax(Q @ K.T, M)"),
        ("where(M == 0, -1e9, Q @ K.T)", "where(~M, -1e9, Q @ K.T)"),
        ("(M & M) != 0", "(M & M)"),
        ("S = Q @ K.T, softmax = softmax(S)", "S = Q @ K.T\n softmax2 = softmax(S)"),
        ("w := softmax(Q @ K.T)", "w = softmax(Q @ K.T)"),
        ("softmax(Q Kᵀ ⁄ √dₖ) V", "softmax(Q @ K.T / sqrt(d)) @ V"),
        ("Q @ K.T // 2", "Q @ K.T / 2"),
        ("Q @ K.T  // all pairs of words", "Q @ K.T  # all pairs of words"),
        ("print(softmax(Q @ K.T))", "softmax(Q @ K.T)"),
        ("import torch\nQ @ K.T", "\nQ @ K.T"),
        ("return Q @ K.T", "Q @ K.T"),
        ("S = Q @ K.T\nS = S / 2\nsoftmax(S)", "S = Q @ K.T\nS2 = S / 2\nsoftmax(S2)"),
    ],
)
def test_nearest_formula_that_works(text, fixed):
    assert fault(text).fixed == fixed
    Formula(fixed, OWN)


@pytest.mark.parametrize("text", ["Q[0]", "foo", "Q ** K", "import os", "x = ?", "Q.T @ 'a'", "eye(n * 2) @ ones"])
def test_without_a_remedy_nothing_wrong_is_offered(text):
    error = fault(text)
    if error.fixed is not None:
        Formula(error.fixed, OWN)
    else:
        assert "Try:" not in str(error)


@pytest.mark.parametrize("text", ["Q @ Wq", "concat(Q, K)", "len(Q)", "layernorm(X)", "v.T @ tanh(Wq @ Q)"])
def test_an_unrelated_name_is_not_taken_for_a_known_one(text):
    assert fault(text).fixed is None


def test_advice_where_no_formula_can_be_offered():
    assert "Set it in a line above, weights = …" in fault("weights @ V").remedy
    assert fault("additive(Q, K)").remedy.startswith("additive(query, key, Wq, Wk, v) needs Wq, Wk, v of your own")
    assert fault("foo(Q, -inf)").remedy == "Write 1e9."
    assert "word of Python" in fault("softmax(Q @ K.T) if M else 0").message


def test_remedy_is_one_line_where_that_is_short():
    error = fault("scores = Q @ K.T / sqrt(d)\nweights = softmax(scores)\noutput = V @ weights")
    assert error.remedy == "softmax(Q @ K.T / sqrt(d)) @ V"
    assert error.fixed.endswith("output = weights @ V")
    assert str(error).endswith("Try:\n" + error.remedy)


def test_inlined_remedy_keeps_its_meaning():
    error = fault("a = Q + 1\nb = a * 2\nb @ K")
    assert error.remedy == "((Q + 1) * 2) @ K.T"
    left, right = Formula(error.remedy, OWN), Formula(error.fixed, OWN)
    inputs = {"Q": [[1.0, 2.0]], "K": [[3.0, 4.0], [5.0, 6.0]]}
    assert left.evaluate(inputs).value.tolist() == right.evaluate(inputs).value.tolist()


def test_remedy_that_would_break_another_line_is_passed_over():
    error = fault("weights = softmax(K @ Q)\noutput = weights @ V")
    assert Formula(error.fixed, OWN).output_shape[1] == "d"
    assert "K @ Q\n" not in error.fixed


def test_remedy_fits_the_shapes_that_were_given():
    assert fault("W2 = softmax(X @ K.T)\nX @ W2", SELF_ATTENTION).fixed == "W2 = softmax(X @ K.T)\nW2 @ X"


@pytest.mark.parametrize("text", ["Q K " * 500, "(" * MAX_TEXT, "a @ " * 100 + "b", "foo(" * 39 + ")" * 39, "x" * 30])
def test_search_ends_soon(text, monkeypatch):
    from attention.formula import formula as module

    tried = []
    original = module.read
    monkeypatch.setattr(module, "read", lambda given: (tried.append(given), original(given))[1])
    fault(text[:MAX_TEXT])
    assert len(tried) <= MAX_ATTEMPTS + 2
