import pytest

from attention.formula import FUNCTIONS, SELF_ATTENTION, Formula

OWN = {"W": ("d", "d"), "Wq": ("d", "d"), "Wk": ("d", "d"), "v": ("d", 1), "c": (), "W_out": ("d", "d")}


def latex(text, shapes=None):
    return Formula(text, OWN, shapes).latex


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Q @ K.T / sqrt(d)", r"\frac{Q\, K^{\top}}{\sqrt{d}}"),
        ("(Q + 1) @ K.T", r"\left(Q + 1\right)\, K^{\top}"),
        ("Q @ (K + 1).T", r"Q\, \left(K + 1\right)^{\top}"),
        ("Q @ (K.T @ V)", r"Q\, \left(K^{\top}\, V\right)"),
        ("Q @ K.T @ V", r"Q\, K^{\top}\, V"),
        ("K.T.T", r"\left(K^{\top}\right)^{\top}"),
        ("c * Q", r"c \cdot Q"),
        ("Q * Q", r"Q \odot Q"),
        ("Q ** 2", r"Q^{\circ 2}"),
        ("Q ** (1 / 2)", r"Q^{\circ \frac{1}{2}}"),
        ("c ** -1", r"c^{-1}"),
        ("(c ** 2) ** 3", r"\left(c^{2}\right)^{3}"),
        ("c - (T - 1)", r"c - \left(T - 1\right)"),
        ("c - T - 1", r"c - T - 1"),
        ("c - -T", r"c - \left(-T\right)"),
        ("-(c + T)", r"-\left(c + T\right)"),
        ("-c * T", r"\left(-c\right) \cdot T"),
        ("(c + T) / (c - T)", r"\frac{c + T}{c - T}"),
        ("2.5e-9 + 1e9", r"2.5 \cdot 10^{-9} + 10^{9}"),
        ("1000 * 0.25", r"1000 \cdot 0.25"),
        ("M & ~(Q @ K.T <= 0)", r"M \land \lnot \left(Q\, K^{\top} \le 0\right)"),
        ("Q != 1", r"Q \ne 1"),
        ("softmax(Q @ K.T, M)", r"\operatorname{softmax}\left(Q\, K^{\top};\, M\right)"),
        ("softmax_columns(Q)", r"\operatorname{softmax}_{\text{each column}}\left(Q\right)"),
        ("scaled_dot(Q, K + 1)", r"\frac{Q\, \left(K + 1\right)^{\top}}{\sqrt{d}}"),
        ("general(Q, K, W)", r"Q\, W\, K^{\top}"),
        ("additive(Q, K, Wq, Wk, v)", r"\tanh\left(Q\, W_{q} \oplus K\, W_{k}\right) v"),
        ("abs(c) + norm(Q)", r"\left|c\right| + \left\lVert Q \right\rVert"),
        ("row_max(Q)", r"\max_{\text{each row}}\left(Q\right)"),
        ("eye(n)", r"I_{n}"),
        ("global_tokens(n, m, 2)", r"\operatorname{global\_tokens}\left(n,\, m,\, 2\right)"),
        ("Q @ W_out", r"Q\, \mathrm{W\_out}"),
    ],
)
def test_line_is_typeset(text, wanted):
    assert latex(text) == wanted


def test_lines_are_aligned_and_names_upright():
    formula = Formula("scores = Q @ K.T\nX2 = scores @ V\nX2 > 0")
    assert formula.line_latex == (r"\mathrm{scores} = Q\, K^{\top}", r"X_{2} = \mathrm{scores}\, V", "X_{2} > 0")
    assert formula.latex == (
        "\\begin{aligned}\n\\mathrm{scores} &= Q\\, K^{\\top} \\\\\n"
        "X_{2} &= \\mathrm{scores}\\, V \\\\\n&X_{2} > 0\n\\end{aligned}"
    )


def test_comparison_in_a_named_line_is_not_aligned():
    assert latex("a = c == 1\nwhere(a, 1, 0)").splitlines()[1] == r"a &= c = 1 \\"


def test_every_step_has_its_own_latex():
    evaluation = Formula("S = Q @ K.T\nsoftmax(S / sqrt(d))").evaluate({"Q": [[1.0]], "K": [[1.0]]})
    assert [step.latex for step in evaluation.steps] == [
        "Q",
        "K",
        r"K^{\top}",
        r"Q\, K^{\top}",
        "d",
        r"\sqrt{d}",
        r"\frac{S}{\sqrt{d}}",
        r"\operatorname{softmax}\left(\frac{S}{\sqrt{d}}\right)",
    ]
    assert evaluation.latex == Formula("S = Q @ K.T\nsoftmax(S / sqrt(d))").latex


def test_in_self_attention_n_is_written_m():
    assert latex("eye(n)", SELF_ATTENTION) == "I_{m}"


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_function_is_typeset_with_closed_braces(function):
    usual = [parameter.usual for parameter in function.parameters]
    for count in range(function.required, len(usual) + 1):
        written = latex(f"{function.name}({', '.join(usual[:count])})")
        assert written.count("{") == written.count("}")
        assert written.count(r"\left") == written.count(r"\right")
        assert written.count(r"\begin") == written.count(r"\end")
        assert "_" not in written.replace(r"\_", "").replace("_{", "")
