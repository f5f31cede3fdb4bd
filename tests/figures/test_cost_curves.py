import pytest

from attention.figures.cost_curves import COST_NAMES, cost_figure
from attention.measures.cost import COST_VARIANTS, CostRow

ROWS = [
    CostRow("scaled_dot", 64, 0.001, 2_000_000, 1000, 500_000, 2e-7),
    CostRow("scaled_dot", 128, 0.004, 8_000_000, 4000, 2_000_000, 3e-7),
    CostRow("local", 64, 0.002, 1_000_000, 500, 250_000, 0.1),
    CostRow("local", 128, 0.003, 2_000_000, 1000, 500_000, 0.4),
    CostRow("additive", 64, 0.01, 9_000_000, 9000, 2_000_000, None),
    CostRow("additive", 128, None, None, 36_000, 8_000_000, None),
]


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def test_every_variant_has_a_name():
    assert tuple(COST_NAMES) == COST_VARIANTS


def test_measured_times_in_milliseconds_without_skipped_rows():
    found = traces(cost_figure(ROWS))
    assert list(found["scaled dot"].y) == [1, 4]
    assert list(found["additive"].x) == [64]


def test_theory_of_time_meets_the_longest_measured_row_and_goes_on():
    found = traces(cost_figure(ROWS))
    assert list(found["scaled dot, theory"].y) == pytest.approx([1, 4])
    assert list(found["local window, theory"].y) == pytest.approx([1.5, 3])
    assert list(found["additive, theory"].x) == [64, 128]
    assert list(found["additive, theory"].y) == pytest.approx([10, 40])


def test_theory_of_memory_is_four_bytes_a_number():
    found = traces(cost_figure(ROWS, "bytes_allocated"))
    assert list(found["scaled dot"].y) == pytest.approx([2, 8])
    assert list(found["scaled dot, theory"].y) == pytest.approx([2, 8])
    assert list(found["additive, theory"].y) == pytest.approx([8, 32])


def test_error_shows_approximations_only_and_no_theory():
    assert list(traces(cost_figure(ROWS, "error"))) == ["local window"]
    assert len(cost_figure(ROWS, theory=False).data) == 3


def test_axes_say_what_they_show():
    titles = {
        measure: cost_figure(ROWS, measure).layout.yaxis.title.text
        for measure in ("seconds", "bytes_allocated", "error")
    }
    assert titles["seconds"] == "time (ms)"
    assert titles["bytes_allocated"] == "memory held at most (MB)"
    assert titles["error"].startswith("error (share")
    figure = cost_figure(ROWS, title="Costs")
    assert figure.layout.xaxis.title.text == "length n (queries and keys)"
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    assert figure.layout.title.text == "Costs"


def test_colour_is_never_the_only_cue_and_stays_with_the_variant():
    rows = [CostRow(variant, 64, 0.001, 1000, 10, 10, 0.1) for variant in COST_VARIANTS]
    found = cost_figure(rows, theory=False).data
    assert len({trace.marker.symbol for trace in found}) == len(found) == 8
    alone = cost_figure(rows[5:], theory=False).data[0]
    assert (alone.line.color, alone.line.dash, alone.marker.symbol) == (
        found[5].line.color,
        found[5].line.dash,
        found[5].marker.symbol,
    )


def test_no_rows_yet_give_an_empty_figure():
    assert len(cost_figure([]).data) == 0


def test_another_measure_is_refused():
    with pytest.raises(ValueError, match="seconds, bytes_allocated, error"):
        cost_figure(ROWS, "watts")
