"""The first page, without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(ROOT / "app.py", default_timeout=60)


def test_first_page_says_what_the_lab_is(app):
    app.run()
    assert not app.exception
    html = " ".join(block.body for block in app.get("html"))
    assert "See where a neural network looks" in html
    assert "Tatoeba" in html


def test_wrong_address_is_answered_with_words(app):
    app.query_params["x"] = "<img src=x onerror=alert(1)>"
    app.run()
    assert not app.exception
    html = " ".join(block.body for block in app.get("html"))
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "<img src=x" not in html


def test_page_runs_when_opened_alone():
    app = AppTest.from_file(ROOT / "pages" / "overview.py", default_timeout=60).run()
    assert not app.exception
