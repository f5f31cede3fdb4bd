import pytest

from attention.figures.saturation_curves import saturation_figure
from attention.measures.saturation import SaturationRow

ROWS = {
    "one": [SaturationRow(2, "one", 0.8, 0.7, 0.9, 0.4, 0.3, 0.25, 0.35), SaturationRow(8, "one", *[0.5] * 7)],
    "sqrt": [SaturationRow(2, "sqrt", 0.85, 0.8, 0.9, 0.3, 0.31, 0.3, 0.32), SaturationRow(8, "sqrt", *[0.6] * 7)],
}


def lines(figure):
    return [trace for trace in figure.data if trace.mode == "lines+markers"]


def test_lines_hold_the_means_and_bands_the_quartiles():
    figure = saturation_figure(ROWS)
    entropy, largest, gradient = (trace for trace in lines(figure) if trace.legendgroup == "q·k")
    assert list(entropy.x) == [2, 8]
    assert list(entropy.y) == [0.8, 0.5]
    assert list(largest.y) == [0.4, 0.5]
    assert list(gradient.y) == [0.3, 0.5]
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    assert len(bands) == 4
    assert list(bands[0].x) == [2, 8, 8, 2]
    assert list(bands[0].y) == [0.9, 0.5, 0.5, 0.7]


def test_axes_say_what_they_show():
    figure = saturation_figure(ROWS, title="Saturation")
    assert figure.layout.xaxis3.title.text == "size d of query and key"
    assert figure.layout.yaxis.title.text == "entropy / log(keys)"
    assert figure.layout.yaxis2.title.text == "largest weight"
    assert figure.layout.yaxis3.title.text.startswith("gradient")
    assert figure.layout.xaxis.ticktext == ("2", "8")
    assert figure.layout.title.text == "Saturation"


def test_colour_is_never_the_only_cue_and_the_legend_names_each_scale_once():
    found = [trace for trace in lines(saturation_figure(ROWS)) if trace.showlegend]
    assert [trace.name for trace in found] == ["q·k", "q·k / √d"]
    assert len({trace.line.dash for trace in found}) == len({trace.marker.symbol for trace in found}) == 2


def test_own_names_and_numbers_as_scales():
    figure = saturation_figure({0.3: ROWS["one"]}, names={0.3: "<b>free</b>"})
    assert lines(figure)[0].name == "&lt;b&gt;free&lt;/b&gt;"


@pytest.mark.parametrize("rows", [{}, {"one": []}, {i: ROWS["one"] for i in range(6)}])
def test_nothing_or_too_much_is_refused(rows):
    with pytest.raises(ValueError, match="1 to 5 scales"):
        saturation_figure(rows)
