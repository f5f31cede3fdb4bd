import pytest

from attention.formula import Formula, FormulaError
from attention.formula.errors import Problem
from attention.formula.limits import MAX_DEPTH, MAX_LINES, MAX_NAME, MAX_NODES, MAX_TEXT
from attention.formula.nodes import Binary, Call, Name, Number, Transpose, Unary, post_order
from attention.formula.reading import read


def value(text):
    return Formula(text).evaluate({"n": 2, "m": 3, "d": 5}).value.item()


def spans(text):
    """The source of every node, operands first."""
    return [text[node.start : node.end] for node in post_order(read(text).lines[-1].expression)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("8 / 4 / 2", 1),
        ("2 - 3 - 4", -5),
        ("-2 ** 2", -4),
        ("(-2) ** 2", 4),
        ("2 ** 2 ** 3", 256),
        ("2 ** -1", 0.5),
        ("16 ** (1 / 4)", 2),
        ("- -3", 3),
        ("+3 - +2", 1),
        ("-2 * 3", -6),
        ("2 * -3", -6),
        (".5 + 1.", 1.5),
        ("1.5e2 - 5E-1", 149.5),
        ("1 < 2 & 3 < 4", True),
        ("1 < 2 | 3 < 2 & 4 < 1", True),
        ("~(1 < 2) | 2 <= 2", True),
        ("d * n - m", 7),
    ],
)
def test_signs_bind_as_in_mathematics(text, wanted):
    assert value(text) == wanted


def test_nodes_know_their_place():
    text = "softmax( (Q @ K.T) / 2 )"
    assert spans(text) == ["Q", "K", "K.T", "Q @ K.T", "2", "(Q @ K.T) / 2", text]
    root = read(text).lines[0].expression
    assert [type(node) for node in post_order(root)] == [Name, Name, Transpose, Binary, Number, Binary, Call]
    product = root.arguments[0].left
    assert text[slice(*product.span)] == "(Q @ K.T)"
    assert isinstance(read("-Q").lines[0].expression, Unary)


def test_lines_comments_and_parentheses_over_several_lines():
    text = "# one\n\nscores = Q @ K.T  # all pairs\r\n\nweights = softmax(\n  scores / sqrt(d), # cooled\n  M)\n\n"
    lines = read(text).lines
    assert [(line.name, line.number) for line in lines] == [("scores", 3), ("weights", 5)]
    assert Formula(text).output_shape == ("n", "m")


def test_flat_chain_as_long_as_allowed_is_computed():
    chain = " + ".join(["1"] * ((MAX_NODES + 1) // 2))
    assert value(chain) == (MAX_NODES + 1) // 2
    formula = Formula("Q" + " - Q" * ((MAX_NODES - 1) // 2))
    evaluation = formula.evaluate({"Q": [[1.0, 2.0]]})
    assert evaluation.gradient("Q").tolist() == [[2 - (MAX_NODES + 1) // 2] * 2]
    assert formula.latex.count("Q") == formula.code.split("# The formula")[1].count("Q") == (MAX_NODES + 1) // 2


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH, "(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1)),
        ("-" * MAX_DEPTH + "1", "-" * (MAX_DEPTH + 1) + "1"),
        ("abs(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH, "abs(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1)),
        (" + ".join(["1"] * 200), " + ".join(["1"] * 201)),
        ("\n".join(["1"] * MAX_LINES), "\n".join(["1"] * (MAX_LINES + 1))),
        ("1" + " " * (MAX_TEXT - 1), "1" + " " * MAX_TEXT),
        ("a" * MAX_NAME + " = 1", "a" * (MAX_NAME + 1) + " = 1"),
        ("1e9", "1.1e9"),
        ("2 ** 8", "2 ** 9"),
        ("2 ** -8", "2 ** -8.5"),
    ],
)
def test_limits_hold_exactly(inside, outside):
    Formula(inside)
    with pytest.raises(FormulaError) as caught:
        Formula(outside)
    assert "most" in caught.value.message or "up to" in caught.value.message or "from -8 to 8" in caught.value.message


@pytest.mark.parametrize("text", ["(" * 2_000, "-" * 2_000, "f(" * 1_000, "~(" * 1_000, "1**" * 600, "Q" + ".T" * 900])
def test_deep_text_is_refused_before_python_would_give_up(text):
    with pytest.raises(FormulaError):
        Formula(text)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("Q K.T", "Q K.T", "no sign between Q and K.T"),
        ("softmax(Q @ K.T) V", "softmax(Q @ K.T) V", "no sign between softmax(Q @ K.T) and V"),
        ("2d", "2d", "no sign between 2 and d"),
        ("Q(K)", "Q", "Q is n×d, not a function"),
        ("(Q)(K.T)", "(Q)(", "no sign"),
        ("a = b = c", "b =", "single name"),
        ("1 < 2 < 3", "1 < 2 <", "two sides"),
        ("Q @", "@", "ends after “@”"),
        ("x =", "x =", "must stand after ="),
        ("Q, K", ",", "comma"),
        ("softmax(Q, dim=-1)", "dim=-1", "no names"),
        ("max()", "max()", "takes 1 argument"),
        ("max(Q,)", ")", "argument is missing"),
        ("softmax(Q", "(", "never closed"),
        ("Q)", ")", "never opened"),
        ("* Q", "*", "should stand here"),
        ("Q ^ 2", "^", "write ** for a power"),
        ("Q'", "'", "transpose is written .T"),
        ("Q[0]", "[", "no picking of cells"),
        ("Q.shape", ".shape", "Only .T"),
        ("__import__", "__import__", "starts with a letter"),
        ("Q $ K", "$", "not a sign"),
        ("Q += 1", "+=", "set once"),
    ],
)
def test_fault_is_named_at_its_place(text, place, said):
    with pytest.raises(FormulaError) as caught:
        Formula(text)
    error = caught.value
    assert text[error.start : error.end] == place
    assert said in error.message
    assert isinstance(error, ValueError)


def test_line_and_column_count_from_one():
    with pytest.raises(FormulaError) as caught:
        Formula("# first\nS = Q @ K.T\nsoftmax(S) @ U")
    assert (caught.value.line, caught.value.column) == (3, 14)
    assert str(caught.value).startswith("Line 3, column 14: U is not known")


@pytest.mark.parametrize("text", ["", "   ", "# only a comment", "\n\n"])
def test_empty_formula_offers_a_first_one(text):
    with pytest.raises(FormulaError) as caught:
        Formula(text)
    assert caught.value.fixed == "softmax(Q @ K.T / sqrt(d)) @ V"


@pytest.mark.parametrize("text", [None, 3, b"Q", ["Q"]])
def test_only_text_is_read(text):
    with pytest.raises(FormulaError, match="A formula is text"):
        Formula(text)


def test_reader_alone_tells_of_faults_as_problems():
    with pytest.raises(Problem) as caught:
        read("Q K")
    assert caught.value.repairs
