"""Hostile formulas: each is refused with a place and a message, or does no harm; nothing stays behind."""

import ast
import gc
import sys
import tracemalloc
from pathlib import Path

import pytest
import torch

import attention.formula
from attention.formula import SELF_ATTENTION, Formula, FormulaError
from attention.formula.presets import PRESETS
from tests.formula.checks import assert_balanced
from tests.formula.hostile import HOSTILE

TEXTS = [text for texts in HOSTILE.values() for text in texts]
FOLDER = Path(attention.formula.__file__).parent
INPUTS = {
    "Q": torch.linspace(-1, 1, 6).reshape(2, 3),
    "K": torch.linspace(-2, 1, 12).reshape(4, 3),
    "V": torch.linspace(1, 2, 12).reshape(4, 3),
    "X": torch.linspace(0, 2, 12).reshape(4, 3),
}
MOST_CALLS = 60_000  # of Python functions, for one text: reading, the search for a remedy, computing
MOST_MEMORY = 8_000_000  # bytes that Python objects of one text take at most at once
MOST_GROWTH = 60_000  # bytes that may stay after all texts have been tried again


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    """Small matrices gain nothing from more threads, and on a busy machine they wait for one another."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try_out("softmax(Q @ K.T) @ V")  # loads what is loaded on first use
    yield
    torch.set_num_threads(threads)


def try_out(text: str) -> str:
    """Read a text and, if it is a formula, compute and write it out. Returns what became of it."""
    try:
        formula = Formula(text)
    except FormulaError as error:
        assert_of_use(error, text)
        return "refused"
    assert_balanced(formula.latex)
    try:
        found = formula.evaluate(INPUTS)
    except FormulaError as error:
        assert_of_use(error, text)
        return "too much"
    for step in found.steps:
        finite = step.value.dtype == torch.bool or bool(step.value.isfinite().all())
        assert finite == (not step.note)
        assert step.value.numel() <= 1_000_000
    return "computed"


def assert_of_use(error: FormulaError, text: str, shapes=None) -> None:
    assert 0 <= error.start <= error.end <= len(text)
    assert 1 <= error.line <= text.count("\n") + 1
    assert error.column >= 1
    assert error.message
    assert len(error.message) < 1_000
    assert all(character.isprintable() or character == "\n" for character in error.message)
    if error.fixed is not None:
        Formula(error.fixed, None, shapes)


def test_the_list_is_long_and_has_no_doubles():
    assert len(TEXTS) >= 150
    assert len(set(TEXTS)) == len(TEXTS)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_refused_or_harmless(kind):
    for text in HOSTILE[kind]:
        try_out(text)


@pytest.mark.parametrize("kind", ["python", "attributes", "unicode", "control"])
def test_no_foreign_language_is_understood(kind):
    for text in HOSTILE[kind]:
        if text in UNDERSTOOD:
            continue
        with pytest.raises(FormulaError):
            Formula(text)


UNDERSTOOD: tuple[str, ...] = ()


def test_read_only_names_stay_as_they_are():
    for name in (*"QKVXMT", "n", "m", "d", "softmax", "exp"):
        with pytest.raises(FormulaError, match=name) as raised:
            Formula(f"{name} = 1\n{name}")
        assert (raised.value.start, raised.value.end) == (0, len(name))


def test_reading_runs_no_python_and_opens_nothing():
    """The interpreter itself reports what a text makes it compile, run, open or import."""
    seen: list[str] = []
    watching = False

    def hook(event: str, arguments: tuple) -> None:
        if watching and event.split(".")[0] in ("compile", "exec", "open", "import", "os", "subprocess", "socket"):
            seen.append(f"{event} {arguments!r}"[:200])

    for text in TEXTS:  # what is loaded on first use is loaded here
        try_out(text)
    sys.addaudithook(hook)
    try:
        watching = True
        for text in TEXTS:
            try_out(text)
    finally:
        watching = False
    assert seen == []


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_the_package_has_no_way_to_run_text(path):
    forbidden = {"eval", "exec", "compile", "getattr", "setattr", "globals", "locals", "vars", "__import__", "open"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if path.name == "compose.py":  # looks up the fields of its own record, and reads no text
        names.discard("getattr")
    assert not names & forbidden
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {module.split(".")[0] for module in modules} & {"ast", "os", "sys", "subprocess", "importlib", "pickle"}


def _calls(text: str) -> int:
    """Return how many Python functions a text makes the interpreter enter."""
    count = 0

    def count_call(frame, event, argument) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(count_call)
    try:
        try_out(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", HOSTILE)
def test_work_is_bounded(kind):
    for text in HOSTILE[kind]:
        assert _calls(text) <= MOST_CALLS, text[:80]


def test_the_longest_formulas_are_bounded_too():
    longest = ("Q+" * 199 + "Q", "\n".join(f"a{i}=softmax(Q@K.T)+softmax(Q@K.T)*{i}" for i in range(30)))
    for text in longest:
        assert try_out(text) == "computed"
        assert _calls(text) <= MOST_CALLS


def test_memory_does_not_grow():
    tracemalloc.start()
    try:
        for text in TEXTS:  # fills what is kept on purpose, such as compiled patterns
            try_out(text)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for text in TEXTS:
            tracemalloc.reset_peak()
            start = tracemalloc.get_traced_memory()[0]
            try_out(text)
            assert tracemalloc.get_traced_memory()[1] - start <= MOST_MEMORY, text[:80]
        gc.collect()
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert after - before <= MOST_GROWTH


def test_a_hostile_name_of_a_parameter_is_refused():
    for name in ("Q", "softmax", "__class__", "a b", "", "1a", "a.b", "é", "a" * 31, "T", "n", "\0", "a\n"):
        with pytest.raises(FormulaError):
            Formula("Q @ K.T", {name: ()})


def test_hostile_shapes_of_parameters_are_refused():
    for shape in (("d", 10**9), (0, "d"), (-1, 2), (1.5, 2), ("d",), ("d", "d", "d"), "dd", None, 5):
        with pytest.raises(FormulaError):
            Formula("Q @ K.T", {"W": shape})


def test_what_is_not_text_is_refused():
    for text in (None, 5, b"Q", ["Q"], Formula):
        with pytest.raises(FormulaError, match="text"):
            Formula(text)


def test_inputs_that_are_no_matrices_are_refused():
    formula = Formula(PRESETS["scaled_dot"].text)
    for bad in (None, "Q", object(), [], [[]], [1.0], [[1.0], [1.0, 2.0]], [["a"]], 5, torch.zeros(0, 3), {1: 2}):
        with pytest.raises(FormulaError, match="Q"):
            formula.evaluate({**INPUTS, "Q": bad})
    with pytest.raises(FormulaError):
        formula.evaluate({**INPUTS, "Q": torch.zeros(300, 3)})
    with pytest.raises(FormulaError):
        formula.evaluate({**INPUTS, "Q": torch.zeros(2, 3, dtype=torch.complex64)})


def test_self_attention_takes_the_same_texts():
    for text in TEXTS:
        try:
            found = Formula(text, None, SELF_ATTENTION)
        except FormulaError as error:
            assert_of_use(error, text, SELF_ATTENTION)
        else:
            assert "n" not in found.output_shape
