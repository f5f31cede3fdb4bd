import pytest

from attention.formula import FUNCTIONS, SELF_ATTENTION, Formula, FormulaError
from attention.formula.limits import MAX_PARAMETERS
from attention.formula.plan import joined_shape

OWN = {"W": ("d", "d"), "v": ("d", 1), "c": (), "P": (4, "d"), "H": ("d", "h")}


def shape(text, shapes=None):
    return Formula(text, OWN, shapes).output_shape


def fault(text, shapes=None, own=OWN):
    with pytest.raises(FormulaError) as caught:
        Formula(text, own, shapes)
    return caught.value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Q @ K.T", ("n", "m")),
        ("softmax(Q @ K.T / sqrt(d)) @ V", ("n", "d")),
        ("Q @ W @ K.T", ("n", "m")),
        ("Q @ v", ("n", 1)),
        ("Q @ H", ("n", "h")),
        ("P @ K.T", (4, "m")),
        ("c * T / n", ()),
        ("Q * c + 1", ("n", "d")),
        ("Q / row_norm(Q)", ("n", "d")),
        ("K - column_mean(K)", ("m", "d")),
        ("sum(Q)", ()),
        ("row_sum(Q)", ("n", 1)),
        ("column_max(Q)", (1, "d")),
        ("where(M, Q @ K.T, 0)", ("n", "m")),
        ("where(Q > 0, row_sum(Q), column_sum(Q))", ("n", "d")),
        ("where(c > 0, 1, Q)", ("n", "d")),
        ("Q > 0", ("n", "d")),
        ("~M & causal(n, m)", ("n", "m")),
        ("eye(3)", (3, 3)),
        ("ones(n, 7)", ("n", 7)),
        ("tril(M)", ("n", "m")),
        ("v.T @ v + Q", ("n", "d")),
        ("additive(Q, K, W, W, v)", ("n", "m")),
        ("general(Q, K, W)", ("n", "m")),
        ("sinusoidal(m, d) + K", ("m", "d")),
        ("alibi(n, m)", ("n", "m")),
    ],
)
def test_shape_of_the_output(text, wanted):
    assert shape(text) == wanted


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ((), ("n", "m"), ("n", "m")),
        (("n", "m"), (), ("n", "m")),
        (("n", 1), ("n", "m"), ("n", "m")),
        ((1, "m"), ("n", "m"), ("n", "m")),
        ((1, 1), ("n", "m"), ("n", "m")),
        (("n", "m"), ("n", "m"), ("n", "m")),
        ((), (), ()),
        (("n", 1), (1, "m"), None),
        (("n", "d"), ("m", "d"), None),
        (("n", "m"), ("m", "n"), None),
        (("n", 4), ("n", "m"), None),
        ((1, "m"), ("m", "n"), None),
    ],
)
def test_cells_meet_a_number_a_column_a_row_or_the_same_shape(first, second, wanted):
    assert joined_shape(first, second) == wanted


def test_article_is_told_all_that_is_wrong_and_what_is_right():
    error = fault("W = softmax(Q @ K.T / V)\nX2 = X @ W", own={})
    assert (error.line, error.column) == (1, 13)
    for said in ("Q @ K.T is n×m (m×m in self-attention)", "V is m×d", "V holds the values", "(m×d)(m×m)"):
        assert said in error.message
    assert "cannot be a number to divide by" in error.message
    assert error.remedy == "softmax(Q @ K.T / sqrt(d)) @ X"
    assert error.fixed == "W = softmax(Q @ K.T / sqrt(d))\nX2 = W @ X"
    in_self = fault("W = softmax(Q @ K.T / V)\nX2 = X @ W", SELF_ATTENTION, {})
    assert "Q @ K.T is m×m and V is m×d" in in_self.message
    assert "(m×d)(m×m) does not exist" in in_self.message
    assert in_self.fixed == error.fixed


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("softmax(Q @ K) @ V", "Q @ K", "(n×d)(m×d) does not exist, because d columns meet m rows"),
        ("1 + (Q + K)", "Q + K", "Q is n×d and K is m×d, so they cannot be added"),
        ("Q @ 2", "Q @ 2", "2 is a number"),
        ("c.T", "c.T", "only a matrix can be transposed"),
        ("Q + M", "M", "M is a mask"),
        ("-M", "M", "M is a mask"),
        ("M ** 2", "M", "M is a mask"),
        ("M & Q", "Q", "Q holds numbers"),
        ("~Q", "Q", "Q holds numbers"),
        ("M < M", "M", "M is a mask"),
        ("softmax(M)", "M", "must hold numbers"),
        ("softmax(Q @ K.T, Q @ K.T)", "Q @ K.T", "must be a mask"),
        ("softmax(Q @ K.T, M.T)", "softmax(Q @ K.T, M.T)", "must be as many as"),
        ("softmax(c)", "c", "must be a matrix"),
        ("where(Q, 1, 0)", "Q", "must be a mask"),
        ("where(M, Q, K)", "where(M, Q, K)", "must fit cell by cell"),
        ("dot(Q, K.T)", "dot(Q, K.T)", "the columns of key must be as many as the columns of query"),
        ("additive(Q, K, W, W, W)", "W", "must have 1 columns"),
        ("additive(Q, K, H, H, v)", "additive(Q, K, H, H, v)", "the rows of v must be as many as the columns of Wq"),
        ("eye(Q)", "Q", "must be n, m, d or a whole number"),
        ("eye(257)", "257", "from 1 to 256"),
        ("eye(n * 2)", "n * 2", "must be n, m, d or a whole number"),
        ("local(n, m, Q)", "Q", "must be one number"),
        ("dot(Q)", "dot(Q)", "takes 2 arguments; here 1 argument came"),
        ("softmax(Q, M, M)", "softmax(Q, M, M)", "takes 1 or 2 arguments; here 3 arguments came"),
        ("Q ** K", "K", "written number from -8 to 8"),
        ("Q ** c", "c", "written number from -8 to 8"),
        ("foo(Q)", "foo", "not a function"),
        ("bar", "bar", "bar is not known"),
        ("softmax", "softmax", "softmax is a function"),
        ("K = Q", "K", "K already stands for the keys"),
        ("n = 3", "n", "already stands for a size"),
        ("softmax = 3", "softmax", "already stands for a function"),
        ("c = 3", "c", "a name of your own"),
        ("a = 1\na = 2", "a", "already set in line 1"),
        ("a = b + 1\nb = 2", "b", "set only in line 2"),
    ],
)
def test_fault_is_named_at_the_very_sub_expression(text, place, said):
    error = fault(text)
    assert text[error.start : error.end] == place
    assert said in error.message


def test_place_is_the_right_one_of_several_alike():
    text = "(Q @ K.T) + softmax(Q @ K.T, Q @ K.T)"
    assert fault(text).start == text.rindex("Q @ K.T")


def test_sizes_are_compared_as_symbols():
    with pytest.raises(FormulaError, match="4 columns meet m rows"):
        Formula("P.T @ V", OWN)
    assert Formula("P @ V.T", OWN).output_shape == (4, "m")


def test_in_self_attention_n_means_m():
    formula = Formula("tril(Q @ K.T) + eye(n) * n", shapes=SELF_ATTENTION)
    assert formula.output_shape == ("m", "m")
    sizes = {step.symbol for step in formula.plan.operations if step.operation == "size"}
    assert sizes == {"m"}
    with pytest.raises(FormulaError):
        Formula("Q @ K.T + eye(n)")


def test_same_expression_is_one_step():
    formula = Formula("a = Q @ K.T\nsoftmax(Q @ K.T) + a / sum(Q@K.T)")
    texts = [step.text for step in formula.plan.operations]
    assert texts.count("Q @ K.T") == 1
    assert len(texts) == len(set(texts))


def test_uses_names_what_must_be_given():
    formula = Formula("S = Q @ W @ K.T\nsoftmax(S / T, M) @ V * c * d", OWN)
    assert formula.uses == {"Q", "W", "K", "T", "M", "V", "c"}


@pytest.mark.parametrize(
    "own",
    [
        {"Q": ("d", "d")},
        {"softmax": ()},
        {"n": ()},
        {"_x": ()},
        {"a b": ()},
        {"é": ()},
        {"": ()},
        {"x" * 31: ()},
        {"W": ("d",)},
        {"W": ("d", "d", "d")},
        {"W": ("d", 0)},
        {"W": ("d", 257)},
        {"W": ("d", 2.0)},
        {"W": ("d", True)},
        {"W": "dd"},
        {"W": None},
        {3: ()},
        {f"a{i}": () for i in range(MAX_PARAMETERS + 1)},
    ],
)
def test_names_of_ones_own_are_checked(own):
    with pytest.raises(FormulaError):
        Formula("1", own)


def test_shapes_are_of_inputs_only():
    with pytest.raises(FormulaError, match="not an input"):
        Formula("1", shapes={"W": ("d", "d")})
    assert Formula("X", shapes={"X": ("n", "d")}).output_shape == ("n", "d")


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_function_can_be_called_as_its_signature_says(function):
    own = {"W": ("d", "d"), "Wq": ("d", "d"), "Wk": ("d", "d"), "v": ("d", 1)}
    usual = [parameter.usual for parameter in function.parameters]
    assert all(usual)
    for count in range(function.required, len(usual) + 1):
        Formula(f"{function.name}({', '.join(usual[:count])})", own)
    assert function.summary.endswith(".")
    assert function.signature.startswith(f"{function.name}(")
