"""Silenced words: what is drawn, and what is refused."""

import numpy as np
import pytest

from attention.figures.silenced_words import silenced_words

SHARES = {"looked": (1.0, 0.0), "elsewhere": (None, 1 / 3)}


def test_every_kind_has_a_bar_for_each_word_and_what_was_not_measured_has_none():
    figure = silenced_words(("seven", "two"), SHARES, "share")
    first, second = figure.data
    assert [bar.name for bar in figure.data] == ["looked", "elsewhere"]
    assert list(first.text) == ["100%", "0%"]
    assert list(second.text) == ["", "33%"]
    assert np.isnan(second.x[0])
    assert list(figure.layout.yaxis.ticktext) == ["seven", "two"]


def test_markup_in_a_word_stays_text():
    figure = silenced_words(("<b>",), {"looked": (1.0,)}, "share")
    assert figure.layout.yaxis.ticktext == ("&lt;b&gt;",)


@pytest.mark.parametrize("shares", [{"looked": (1.0,)}, {"looked": (1.0, 1.2)}, {"looked": (-0.1, 0.5)}])
def test_wrong_numbers_are_refused(shares):
    with pytest.raises(ValueError, match=r"words came with|between 0 and 1"):
        silenced_words(("seven", "two"), shares, "share")


def test_no_word_is_refused():
    with pytest.raises(ValueError, match="at least one word"):
        silenced_words((), {}, "share")
