import numpy as np

from attention.figures.importance_bars import importance_figure
from attention.figures.theme import DARK, LIGHT
from attention.translation.faithfulness import Importance

IMPORTANCE = Importance(
    target="chat",
    words=("the", "<b>", "</s>"),
    attention=np.array([0.1, 0.7, 0.2]),
    gradient=np.array([0.3, 0.02, 0.01]),
    leave_one_out=np.array([-0.5, 4.25, 0.0]),
    random=np.array([0.2, 0.2, 0.6]),
)


def test_a_panel_for_each_measure_with_its_numbers():
    figure = importance_figure(IMPORTANCE)
    assert len(figure.data) == 4
    for trace, measure in zip(figure.data, ("attention", "gradient", "leave_one_out", "random"), strict=True):
        np.testing.assert_array_equal(trace.y, getattr(IMPORTANCE, measure))
    assert [trace.yaxis for trace in figure.data] == ["y", "y2", "y3", "y4"]


def test_panels_and_words_are_named_and_markup_is_not_read():
    figure = importance_figure(IMPORTANCE, title="chat", names={"random": "by lot"})
    titles = [note.text for note in figure.layout.annotations]
    assert titles[0] == "attention, share"
    assert "log-probability" in titles[2]
    assert titles[3] == "by lot"
    assert figure.layout.xaxis4.ticktext == ("the", "&lt;b&gt;", "&lt;/s&gt;")
    assert figure.layout.title.text == "chat"


def test_first_rank_carries_its_number_and_an_outline():
    figure = importance_figure(IMPORTANCE)
    assert list(figure.data[2].text) == ["", "4.25", ""]
    assert list(figure.data[2].marker.line.width) == [0, 2.5, 0]
    assert list(figure.data[1].text) == ["0.30", "", ""]


def test_negative_bars_fit_on_the_axis():
    low, high = importance_figure(IMPORTANCE).layout.yaxis3.range
    assert low < -0.5
    assert high > 4.25


def test_only_attention_has_the_hue_of_attention():
    first, *others = (trace.marker.color for trace in importance_figure(IMPORTANCE).data)
    assert first in LIGHT.sequential
    assert not {*others} & {*LIGHT.sequential, *DARK.sequential}


def test_equal_numbers_do_not_break_the_axis():
    flat = Importance("x", ("a", "b"), *[np.zeros(2)] * 4)
    low, high = importance_figure(flat).layout.yaxis.range
    assert low < 0 < high
