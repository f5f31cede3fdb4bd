import pytest

from attention.figures.gradient_curve import gradient_figure
from attention.measures.gradient_flow import GradientRow

ROWS = [
    GradientRow(0, "rnn", 1.0, 0.9, 1.1),
    GradientRow(1, "rnn", 1e-20, 1e-21, 1e-19),
    GradientRow(2, "rnn", 0.0, 0.0, 0.0),
    GradientRow(0, "attention", 0.5, 0.4, 0.6),
    GradientRow(1, "attention", 0.4, 0.3, 0.5),
]


def test_one_line_a_model_with_its_gradients():
    rnn, attention = gradient_figure(ROWS).data
    assert (rnn.name, attention.name) == ("plain RNN", "attention")
    assert list(rnn.x) == [0, 1, 2]
    assert list(rnn.y) == [1.0, 1e-20, None]  # a power of 10 has no place for 0
    assert list(attention.y) == [0.5, 0.4]


def test_axes_say_what_they_show():
    figure = gradient_figure(ROWS, title="Gradients")
    assert "positions back" in figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text.startswith("gradient")
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.yaxis.range == (-16, 1)
    assert gradient_figure(ROWS[3:]).layout.yaxis.range is None
    assert figure.layout.title.text == "Gradients"


def test_colour_is_never_the_only_cue():
    found = gradient_figure(ROWS, names={"rnn": "RNN"}).data
    assert found[0].name == "RNN"
    assert len({trace.line.dash for trace in found}) == len({trace.marker.symbol for trace in found}) == 2


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match="1 to 5 models"):
        gradient_figure([])
