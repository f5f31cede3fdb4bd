"""The loader: what a content file must hold, and what its errors say."""

from __future__ import annotations

import shutil

import pytest

from attention.content import ContentError, chapters, corrections, corrections_introduction, languages, references
from attention.content.chapters import read_parts
from attention.content.reading import FOLDER
from attention.content.references import family_name

CHAPTER = """+++
title = "One"
short = "1"
figure = "scores"
playground = { preset = "dot", d = 8, self = true, T = 0.5 }
references = ["mill1843"]
+++

Before $x^2$.

{{figure}}

Between.

{{figure:masks}}
"""
REFERENCE = """[mill1843]
authors = ["John Stuart Mill"]
year = 1843
title = "A System of Logic"
venue = "John W. Parker"
url = "https://example.org/logic"
"""
CORRECTION = """introduction = "A map."

[[correction]]
kind = "formula"
place = "3.2"
says = "It is
so."
right = "It is not."
references = ["mill1843"]
source = "book 6"
page = "playground"
link = { preset = "dot" }
link_title = "See it"
""".replace('"It is\nso."', '"""It is\nso."""')


@pytest.fixture
def folder(tmp_path):
    """Return a folder with one language, one chapter, one reference and one correction."""
    place = tmp_path / "en"
    place.mkdir()
    (place / "01-one.md").write_text(CHAPTER)
    (place / "references.toml").write_text(REFERENCE)
    (place / "corrections.toml").write_text(CORRECTION)
    return tmp_path


def test_a_chapter_is_cut_at_its_figures(folder):
    (chapter,) = chapters("en", folder)
    assert (chapter.name, chapter.number, chapter.title, chapter.short) == ("one", 1, "One", "1")
    pieces = [(part.kind, part.content) for part in chapter.parts]
    assert pieces == [("text", "Before $x^2$."), ("figure", "scores"), ("text", "Between."), ("figure", "masks")]
    assert chapter.figures == ("scores", "masks")
    assert chapter.text == "Before $x^2$.\n\nBetween."
    assert dict(chapter.playground) == {"preset": "dot", "d": 8, "self": True, "T": 0.5}
    assert chapter.references == ("mill1843",)


def test_a_state_cannot_be_changed_by_those_who_share_it(folder):
    with pytest.raises(TypeError):
        chapters("en", folder)[0].playground["d"] = 9
    with pytest.raises(TypeError):
        references("en", folder)["new1900"] = None


def test_a_reference_has_a_short_form_and_a_line(folder):
    reference = references("en", folder)["mill1843"]
    assert reference.short == "Mill 1843"
    assert reference.line == "John Stuart Mill (1843). A System of Logic. John W. Parker."


def test_small_words_belong_to_a_family_name():
    assert [family_name(name) for name in ("Michiel de Jong", "Quoc V. Le", "Plato")] == ["de Jong", "Le", "Plato"]


def test_one_two_and_more_authors_are_cited_differently():
    shorts = {key: reference.short for key, reference in references().items()}
    assert shorts["graves2013"] == "Graves 2013"
    assert shorts["jain2019"] == "Jain & Wallace 2019"
    assert shorts["vaswani2017"] == "Vaswani et al. 2017"


def test_a_correction_names_its_source(folder):
    (row,) = corrections("en", folder)
    assert (row.number, row.kind, row.page, row.link_title) == (1, "formula", "playground", "See it")
    assert row.says == "It is so."
    assert row.source == "Mill 1843, book 6"
    assert dict(row.link) == {"preset": "dot"}
    assert corrections_introduction("en", folder) == "A map."


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("01-one.md", "title =", "titel =", "missing: title; unknown: titel"),
        ("01-one.md", 'title = "One"', "title = 1", "title must be a str"),
        ("01-one.md", 'title = "One"', 'title = " "', "title is empty"),
        ("01-one.md", 'title = "One"', "title = One", "not valid TOML"),
        ("01-one.md", '+++\ntitle = "One"', 'title = "One"', "front matter"),
        ("01-one.md", '"scores"', '"sketch"', "no figure sketch"),
        ("01-one.md", "{{figure}}", "", "needs each figure once, scores among them"),
        ("01-one.md", "{{figure:masks}}", "{{figure}}", "needs each figure once"),
        ("01-one.md", "Between.", "See {{figure}}.", "alone on its line"),
        ("01-one.md", "mill1843", "mill1844", "mill1844 is not in references.toml"),
        ("01-one.md", '["mill1843"]', '["mill1843", "mill1843"]', "named twice"),
        ("01-one.md", "d = 8", "d = [8]", "d must be a text, a number"),
        ("references.toml", "year = 1843", "year = 1844", "the year 1844"),
        ("references.toml", "year = 1843", 'year = "1843"', "year must be a int"),
        ("references.toml", '["John Stuart Mill"]', "[]", "authors must be names"),
        ("references.toml", "https:", "http:", "url must start with https"),
        ("references.toml", "[mill1843]", "[Mill-1843]", "a key is a family name"),
        ("corrections.toml", 'kind = "formula"', 'kind = "slip"', "kind must be one of"),
        ("corrections.toml", 'page = "playground"', 'page = "vision"', "page must be one of"),
        ("corrections.toml", "mill1843", "mill1844", "mill1844 is not in references.toml"),
        ("corrections.toml", 'right = "It is not."\n', "", "missing: right"),
        (
            "corrections.toml",
            'references = ["mill1843"]\nsource = "book 6"\n',
            "",
            "needs references, or a source in words",
        ),
    ],
)
def test_a_slip_in_a_file_is_named(folder, file, old, new, message):
    path = folder / "en" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ContentError, match=message) as raised:
        chapters("en", folder), corrections("en", folder)
    assert file in str(raised.value)


def test_chapters_are_counted_without_a_gap(folder):
    (folder / "en" / "03-three.md").write_text(CHAPTER)
    with pytest.raises(ContentError, match="count from 1"):
        chapters("en", folder)


def test_a_file_that_is_no_chapter_is_refused(folder):
    (folder / "en" / "notes.md").write_text(CHAPTER)
    with pytest.raises(ContentError, match="named like 01-attention"):
        chapters("en", folder)


def test_a_missing_file_is_named(folder):
    (folder / "en" / "corrections.toml").unlink()
    with pytest.raises(ContentError, match=r"corrections\.toml"):
        corrections("en", folder)


@pytest.mark.parametrize("language", ["xx", "..", "", "EN", "en/"])
def test_an_unknown_language_is_refused(language):
    with pytest.raises(ContentError, match="choose one of en"):
        chapters(language)


def test_a_language_is_a_folder(folder):
    shutil.copytree(folder / "en", folder / "zh")
    assert languages(folder) == ("en", "zh")
    assert "en" in languages(FOLDER)


def test_braces_of_latex_are_no_figures():
    (text, _) = read_parts("$\\frac{a}{\\sqrt{d_{k}}}$\n\n{{figure}}", "scores", "place")
    assert text.content.endswith("}}$")
