import pytest

from attention.formula import SELF_ATTENTION, Formula
from attention.formula.polynomial import ZERO, Polynomial
from attention.mechanisms import CATALOGUE, NORMALISERS

SIZES = [(2, 3, 5), (7, 4, 6), (1, 1, 1), (16, 16, 8)]
OWN = {"W": ("d", "d"), "Wq": ("d", "d"), "Wk": ("d", "d"), "v": ("d", 1), "c": ()}
SAME = {  # formula: catalogue entries whose costs it has, together
    "Q @ K.T": ["dot"],
    "dot(Q, K)": ["dot"],
    "(Q / sqrt(d)) @ K.T": ["scaled_dot"],
    "scaled_dot(Q, K)": ["scaled_dot"],
    "Q @ (W @ K.T)": ["general"],
    "general(Q, K, W)": ["general"],
    "additive(Q, K, Wq, Wk, v)": ["additive"],
    "cosine(Q, K)": ["cosine"],
    "causal(n, m)": ["causal"],
    "local(n, m, 1)": ["local"],
    "strided(n, m, 1, 2)": ["strided"],
    "global_tokens(n, m, 1)": ["global"],
    "padding(n, m, 2)": ["padding"],
    "alibi(n, m)": ["alibi"],
    **{f"{name}(dot(Q, K))": ["dot", name] for name in NORMALISERS},
    "softmax(scaled_dot(Q, K), causal(n, m))": ["scaled_dot", "causal", "softmax"],
}


def cost(text, shapes=None):
    return Formula(text, OWN, shapes).cost


@pytest.mark.parametrize(("text", "entries"), SAME.items())
def test_formula_costs_what_the_catalogue_says(text, entries):
    for n, m, d in SIZES:
        assert cost(text).operations(n, m, d) == sum(CATALOGUE[name].operations(n, m, d) for name in entries)
        assert cost(text).memory(n, m, d) == sum(CATALOGUE[name].memory(n, m, d) for name in entries)


def test_positions_cost_what_the_catalogue_says():
    for n, m, d in SIZES:
        waves = CATALOGUE["sinusoidal"]
        assert cost("sinusoidal(n, d)").operations(n, m, d) == waves.operations(n, m, d)
        turned = cost("rotary(Q) @ rotary(K).T")
        if d % 2 == 0:
            assert turned.operations(n, m, d) == CATALOGUE["rotary"].operations(n, m, d) + n * m * d


@pytest.mark.parametrize(
    ("text", "operations", "memory"),
    [
        ("Q", "0", "0"),
        ("Q.T", "0", "0"),
        ("sqrt(d) * 2 + n", "0", "0"),
        ("c * 2", "1", "1"),
        ("Q + 1", "nd", "nd"),
        ("Q ** 2", "nd", "nd"),
        ("sum(Q)", "nd", "1"),
        ("row_mean(Q)", "nd + n", "n"),
        ("column_norm(Q)", "2nd + d", "d"),
        ("Q @ K.T / sqrt(d)", "nmd + nm", "2nm"),
        ("softmax(Q @ K.T / sqrt(d)) @ V", "2nmd + 6nm", "3nm + nd"),
        ("Q @ (K.T @ V)", "nd^2 + md^2", "nd + d^2"),
        ("where(M, Q @ K.T, 0)", "nmd + nm", "2nm"),
        ("Q @ K.T > 0", "nmd + nm", "2nm"),
        ("ones(2, 3)", "6", "6"),
        ("sparsemax(ones(n, 4))", "32n", "20n"),
        ("sparsemax(ones(n, m))", r"nm \lceil \log_2 m \rceil + 6nm", "5nm"),
        ("sinusoidal(n, d)", r"nd + n \lceil d/2 \rceil", r"nd + n \lceil d/2 \rceil"),
        ("rotary(Q)", r"4nd + \lfloor nd/2 \rfloor", r"3nd + \lfloor nd/2 \rfloor"),
        ("a = Q @ K.T\nsum(Q @ K.T) + a", "nmd + 2nm", "2nm + 1"),
    ],
)
def test_cost_counted_by_hand(text, operations, memory):
    assert (cost(text).operations_latex, cost(text).memory_latex) == (operations, memory)


def test_latex_says_what_the_numbers_are():
    found = cost("entmax15(Q @ K.T) @ V + sinusoidal(n, d)")
    n, m, d = 3, 5, 7
    latex = found.operations_latex
    for sign, number in ((r"\lceil \log_2 m \rceil", "3"), (r"\lceil d/2 \rceil", "4"), ("^2", "²")):
        latex = latex.replace(sign, number)
    assert latex == "2nmd + nm 3 + 13nm + 2nd + n 4"
    assert found.operations(n, m, d) == 2 * n * m * d + 3 * n * m + 13 * n * m + 2 * n * d + 4 * n


def test_linear_attention_grows_with_the_length_and_softmax_with_its_square():
    linear = cost("query = exp(Q)\nkey = exp(K)\nquery @ (key.T @ V) / (query @ column_sum(key).T)")
    exact = cost("softmax(Q @ K.T / sqrt(d)) @ V")
    assert linear.operations(2_000, 2_000, 8) == 2 * linear.operations(1_000, 1_000, 8)
    assert exact.operations(2_000, 2_000, 8) == 4 * exact.operations(1_000, 1_000, 8)


def test_features_of_linear_attention_count_as_in_the_catalogue():
    n, m, d = 3, 5, 7
    features = CATALOGUE["linear"].operations(n, m, d) - (n + m) * (d * d + d) - n * d  # less products and division
    assert cost("linear(Q, K)").operations(n, m, d) == features + n * m * d + 2 * n * m


def test_in_self_attention_the_queries_are_the_keys():
    assert cost("Q @ K.T", SELF_ATTENTION).operations_latex == "m^2d"


def test_other_sizes_count_as_d():
    formula = Formula("Q @ H", {"H": ("d", "h")})
    assert formula.cost.operations(2, 3, 5) == 50


def test_polynomials_add_multiply_and_divide():
    n, m = Polynomial.of("n"), Polynomial.of("m")
    assert (n + m) * (n + m) == n * n + 2 * n * m + m * m
    assert n - n == ZERO
    assert (n * 2 + 4) // 2 == n + 2
    assert Polynomial.of(7) // 2 == Polynomial.of(3)
    assert ((n + 1) // 2).value({"n": 5}) == 3
    assert (m - 1).bit_length().value({"m": 5}) == 3
    assert (Polynomial.of(5) - 1).bit_length() == Polynomial.of(3)
    assert (m - 1).bit_length().value({"m": 1}) == 0
    assert (n * m - n).latex() == "nm - n"
    assert hash(n + m) == hash(m + n)
