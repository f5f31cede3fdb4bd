import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attention.formula import FUNCTIONS, Formula, FormulaError
from attention.formula.presets import PRESETS
from tests.formula import expressions
from tests.formula.checks import assert_balanced, run_script

MODERATE = settings(
    deadline=None,
    derandomize=True,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
SIGNS = (*"+-*/@(),<>&|~=#\n.^$'[]{}\\;:!%", "**", ".T", "<=", ">=", "==", "!=")
WORDS = ("Q", "K", "V", "X", "M", "T", "n", "m", "d", "W", "w", "c", "x", "lambda", "0", "1", "2.5", "1e9", ".5", "1e")
VALUES = expressions.values()
torch.manual_seed(0)


def accepted(text: str) -> Formula | None:
    """Return the formula, or None where it is refused; nothing else may happen, and a refusal must be of use."""
    try:
        return Formula(text, expressions.PARAMETERS)
    except FormulaError as error:
        assert_of_use(error, text)
        return None


def assert_of_use(error: FormulaError, text: str) -> None:
    assert 0 <= error.start <= error.end <= len(text)
    before = text[: error.start]
    assert error.line == before.count("\n") + 1
    assert error.column == len(before) - (before.rfind("\n") + 1) + 1
    assert error.message
    assert error.message in str(error)
    assert str(error).isprintable() or all(c.isprintable() or c == "\n" for c in str(error))
    if error.fixed is not None:
        Formula(error.fixed, expressions.PARAMETERS)


def real(shape: tuple) -> tuple[int, ...]:
    return tuple(expressions.SIZES.get(size, size) for size in shape)


def assert_consistent(formula: Formula) -> torch.Tensor | None:
    """Its value has the declared shape, its script gives the same, its LaTeX is whole. None: no finite value."""
    assert_balanced(formula.latex)
    try:
        found = formula.evaluate(VALUES)
    except FormulaError as error:
        assert_of_use(error, formula.text)
        return None
    assert tuple(found.value.shape) == real(formula.output_shape)
    for step in found.steps:
        assert tuple(step.value.shape) == real(step.shape)
        assert all(operand < step.index for operand in step.operands)
    same = run_script(found.code)
    assert same.shape == found.value.shape
    if found.notes:  # infinite scores: our softmax takes them for equal, torch's gives up
        return None
    assert_same(formula, same, found.value)
    return found.value


def assert_same(formula: Formula, found: torch.Tensor, wanted: torch.Tensor) -> None:
    """Equal up to rounding: in double precision where an input of the formula is, else in single."""
    exact = any(VALUES[name].ndim and name != "M" for name in formula.uses)
    tolerance = {"rtol": 1e-6, "atol": 1e-9} if exact else {"rtol": 1e-4, "atol": 1e-5}
    torch.testing.assert_close(found.to(wanted), wanted, **tolerance)


@given(st.text(max_size=60))
@MODERATE
def test_any_text_is_a_formula_or_an_error(text):
    formula = accepted(text)
    if formula is not None:
        assert_consistent(formula)


@given(st.lists(st.sampled_from((*SIGNS, *WORDS, *FUNCTIONS)), max_size=25), st.sampled_from(("", " ")))
@settings(MODERATE, max_examples=300)
def test_any_row_of_tokens_is_a_formula_or_an_error(tokens, space):
    formula = accepted(space.join(tokens))
    if formula is not None:
        assert_consistent(formula)


@given(st.data())
@settings(MODERATE, max_examples=200)
def test_a_preset_with_a_slip_is_a_formula_or_an_error(data):
    text = data.draw(st.sampled_from([preset.text for preset in PRESETS.values()]))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 4)))
    put = data.draw(st.sampled_from(("", " ", *SIGNS, *WORDS, "softmax", "é", "\u200b")))
    formula = accepted(text[:start] + put + text[end:])
    if formula is not None:
        assert_consistent(formula)


@given(expressions.formulas())
@settings(MODERATE, max_examples=200)
def test_a_right_formula_gives_what_torch_gives(expression):
    formula = Formula(expression.text, expressions.PARAMETERS)
    wanted = expression.compute(VALUES)
    assert real(formula.output_shape) == tuple(wanted.shape)
    found = assert_consistent(formula)
    assert found is not None
    assert_same(formula, found, wanted)


@given(expressions.formulas(), st.sampled_from(("Q", "K", "V", "X", "W", "w", "c", "T")))
@settings(MODERATE, max_examples=100)
def test_a_right_formula_has_the_gradient_of_autograd(expression, name):
    formula = Formula(expression.text, expressions.PARAMETERS)
    if name not in formula.uses:
        return
    leaves = {**VALUES, name: VALUES[name].clone().requires_grad_()}
    result = expression.compute(leaves).sum()
    (wanted,) = torch.autograd.grad(result, leaves[name], allow_unused=True) if result.requires_grad else (None,)
    wanted = torch.zeros_like(leaves[name]) if wanted is None else wanted
    found = formula.evaluate(VALUES).gradient(name)
    assert_same(formula, found, wanted)


@given(expressions.formulas())
@MODERATE
def test_costs_are_whole_numbers(expression):
    cost = Formula(expression.text, expressions.PARAMETERS).cost
    for count in (cost.operations(3, 5, 4), cost.memory(3, 5, 4)):
        assert count >= 0
        assert count == int(count)
    assert_balanced(cost.operations_latex)
    assert_balanced(cost.memory_latex)
