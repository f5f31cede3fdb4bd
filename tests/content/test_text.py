"""What chapters, corrections and references say: complete, within their length, and every link leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

from attention.content import FIGURES, KINDS, PAGES, Correction, chapters, corrections, references
from attention.content import corrections_introduction as introduction
from attention.ui.links import FieldError
from tests.conftest import ROOT

CHAPTERS = chapters()
CORRECTIONS = corrections()
REFERENCES = references()
WORDS = (250, 450)  # of a chapter, each formula counted as one
CITED = re.compile(r"[A-ZŁ][\w-]+(?:(?:-[A-Z]\w+)? & [A-Z][\w-]+| et al\.)? (?:18|19|20)\d\d\b")
MATH = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.DOTALL)
STATES = {  # page -> the module that declares the fields of its address
    "playground": "attention.ui.playground.state",
    "theory": "attention.ui.theory.state",
    "translation": "attention.ui.translation.state",
}


def flat(text: str) -> str:
    return " ".join(text.split())


def named(row: Correction) -> str:
    return f"{row.number}: {row.says[:40]}"


def fields_of(page: str) -> dict:
    """Return a page's fields by name; skips where the page does not exist."""
    try:
        exists = find_spec(STATES[page])
    except ModuleNotFoundError:
        exists = None
    if exists is None:
        pytest.skip(f"the page {page} has no {STATES[page]} to check its links with")
    if page == "translation":
        from attention.translation.translator import available_models
        from attention.ui.translation.state import fields

        return {field.name: field for field in fields(tuple(available_models()))}
    module = __import__(STATES[page], fromlist=["FIELDS"])
    return {field.name: field for field in module.FIELDS}


def check_state(page: str, state: dict) -> None:
    fields = fields_of(page)
    for name, value in state.items():
        assert name in fields, f"{page} has no field {name}"
        try:
            fields[name].check(value)
        except FieldError as error:
            pytest.fail(f"{page}, {name} = {value!r}: {error}")


def test_there_are_fourteen_chapters_with_every_figure_once():
    assert len(CHAPTERS) == 14
    placed = [(name, chapter.number) for chapter in CHAPTERS for name in chapter.figures]
    assert dict(placed) == FIGURES
    assert len(placed) == len(FIGURES)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
class TestEachChapter:
    def test_is_neither_too_short_nor_too_long(self, chapter):
        assert WORDS[0] <= len(MATH.sub(" formula ", chapter.text).split()) <= WORDS[1]
        assert len(chapter.short) <= 20

    def test_says_what_to_do_and_what_to_notice_where_a_figure_stands(self, chapter):
        assert "**Try it.**" in chapter.text
        assert chapter.number in (13, 14) or "**Notice**" in chapter.text

    def test_cites_all_that_it_lists_and_lists_all_that_it_cites(self, chapter):
        text = flat(chapter.text).replace("**", "")
        listed = {REFERENCES[key].short for key in chapter.references}
        assert {short for short in listed if short not in text} == set()
        assert {found for found in CITED.findall(text) if not any(found in short for short in listed)} == set()

    def test_has_balanced_formulas(self, chapter):
        check_latex(chapter.text)

    def test_opens_the_playground_in_a_state_that_it_accepts(self, chapter):
        check_state("playground", chapter.playground)

    def test_refers_to_chapters_that_exist(self, chapter):
        numbers = [int(number) for number in re.findall(r"[Cc]hapter (\d+)", chapter.text)]
        assert all(1 <= number <= len(CHAPTERS) for number in numbers)


@pytest.mark.parametrize("row", CORRECTIONS, ids=named)
class TestEachCorrection:
    def test_is_complete_and_short(self, row):
        assert row.kind in KINDS
        assert row.page in PAGES
        assert row.source
        assert 2 <= len(row.right.split()) <= 70
        assert len(row.says.split()) <= 40
        assert len(row.link_title) <= 60

    def test_has_balanced_formulas(self, row):
        check_latex(row.says)
        check_latex(row.right)

    def test_links_to_a_state_that_the_page_accepts(self, row):
        assert row.link
        check_state(row.page, row.link)

    def test_links_to_a_chapter_that_exists(self, row):
        if row.page == "theory":
            assert row.link["chapter"] in {chapter.name for chapter in CHAPTERS}

    def test_refers_to_chapters_that_exist(self, row):
        numbers = [int(number) for number in re.findall(r"[Cc]hapter (\d+)", row.right)]
        assert all(1 <= number <= len(CHAPTERS) for number in numbers)


def written_formulas() -> dict[str, dict]:
    """Return every state for the playground that writes out a formula of its own, by where it stands."""
    states = {f"chapter {chapter.number}": chapter.playground for chapter in CHAPTERS}
    states |= {f"correction {row.number}": row.link for row in CORRECTIONS if row.page == "playground"}
    return {place: state for place, state in states.items() if {"formula", "second"} & set(state)}


@pytest.mark.parametrize("state", written_formulas().values(), ids=written_formulas())
def test_formulas_written_into_links_are_valid(state):
    Formula = getattr(pytest.importorskip("attention.formula"), "Formula", None)
    if Formula is None:
        pytest.skip("attention.formula has no Formula to read them with")
    for name in {"formula", "second"} & set(state):
        formula = Formula(state[name])
        assert formula.output_shape == ("n", "d")


def test_corrections_follow_the_article_and_cover_every_kind():
    sections = [re.search(r"\d+(\.\d+)?", row.place) for row in CORRECTIONS[1:]]
    numbers = [float(found[0]) for found in sections]
    assert numbers == sorted(numbers)
    assert {row.kind for row in CORRECTIONS} == set(KINDS)


@pytest.mark.parametrize(
    "words",
    [
        ["d \\times d", "m \\times m"],
        ["XW", "WX"],
        ["$V$ is the scaling factor", "values"],
        ["dot product", "matrix product"],
        ["queries come from the encoder", "decoder* asks"],
        ["Additive attention", "tanh"],
        ["scale avoids", "saturated softmax"],
        ["less computation", "164 million"],
        ["many parameters", "263,168"],
        ["gradients vanish", "recurrent"],
        ["number of samples", "positions"],
        ["layers Activation", "dot is missing"],
        ["encoder_lstm.output", "AttributeError"],
        ["np.random.random", "word 0"],
        ["pytorch", "`torch`"],
        ["conda", "Create and activate first"],
        ["Rozelle", "could not find"],
        ["自然语言处理综合教程", "could not find"],
    ],
    ids=lambda words: words[0],
)
def test_the_article_s_known_slips_are_listed(words):
    assert any(all(word in f"{row.says} {row.right}" for word in words) for row in CORRECTIONS)


def test_every_reference_is_used():
    used = {key for part in (*CHAPTERS, *CORRECTIONS) for key in part.references}
    assert set(REFERENCES) == used


def test_no_two_references_are_cited_alike():
    shorts = [reference.short for reference in REFERENCES.values()]
    assert len(shorts) == len(set(shorts))


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=lambda reference: reference.key)
def test_a_reference_is_complete(reference):
    assert reference.key.startswith(re.sub(r"[^a-z]", "", reference.short.split(" ")[0].lower()))
    assert 1800 < reference.year < 2030
    assert not reference.title.endswith(".")
    assert not any(re.search(r"et al|others", author) for author in reference.authors)


def test_the_introduction_has_balanced_formulas():
    check_latex(introduction())


def test_reading_the_content_needs_neither_torch_nor_streamlit():
    code = (
        "import sys; from attention.content import chapters, corrections; chapters(); corrections();"
        "sys.exit(bool({'torch', 'streamlit', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def check_latex(text: str) -> None:
    """Check that dollar signs, braces, \\left and \\right, and display formulas pair up."""
    code_free = re.sub(r"`[^`]*`", "", text)
    assert code_free.count("$") % 2 == 0
    assert code_free.count("$$") % 2 == 0
    for formula in MATH.findall(code_free):
        bare = formula.replace(r"\{", "").replace(r"\}", "")
        assert bare.count("{") == bare.count("}"), formula
        assert len(re.findall(r"\\left(?![a-z])", bare)) == len(re.findall(r"\\right(?![a-z])", bare)), formula
        assert "\n\n" not in formula, formula
        assert formula.startswith("$$") or "\n" not in formula, formula
        assert formula.startswith("$$\n") or "$$" not in formula, formula
    rest = MATH.sub("", code_free)
    assert "\\" not in rest, rest
