import pytest

from attention.figures.emotion_importance import emotion_importance_figure
from attention.figures.theme import DARK, LIGHT

MEASURES = {"attention": [0.1, 0.7, 0.2], "left out": [-0.5, 4.25, 0.0], "by lot": [0.2, 0.2, 0.6]}
FIGURE = emotion_importance_figure(["the", "<b>", "!"], MEASURES)


def test_a_panel_for_each_measure_with_its_numbers_and_name():
    assert [list(trace.y) for trace in FIGURE.data] == list(MEASURES.values())
    assert [trace.yaxis for trace in FIGURE.data] == ["y", "y2", "y3"]
    assert [note.text for note in FIGURE.layout.annotations] == list(MEASURES)
    assert FIGURE.layout.xaxis3.ticktext == ("the", "&lt;b&gt;", "!")


def test_first_rank_carries_its_number_and_an_outline():
    assert list(FIGURE.data[1].text) == ["", "4.25", ""]
    assert list(FIGURE.data[1].marker.line.width) == [0, 2.5, 0]


def test_large_numbers_have_no_more_digits_than_they_need():
    assert list(emotion_importance_figure(["a", "b"], {"x": [56.88, 1.0]}).data[0].text) == ["57", ""]


def test_negative_bars_fit_on_the_axis():
    low, high = FIGURE.layout.yaxis2.range
    assert low < -0.5
    assert high > 4.25


def test_only_attention_has_the_hue_of_attention():
    first, *others = (trace.marker.color for trace in FIGURE.data)
    assert first in LIGHT.sequential
    assert not {*others} & {*LIGHT.sequential, *DARK.sequential}


def test_equal_numbers_do_not_break_the_axis():
    low, high = emotion_importance_figure(["a"], {"x": [0.0]}).layout.yaxis.range
    assert low < 0 < high


def test_measures_of_other_words_are_refused():
    with pytest.raises(ValueError, match="one number a word"):
        emotion_importance_figure(["a", "b"], {"x": [1.0]})
