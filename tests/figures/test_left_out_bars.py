import numpy as np
import pytest

from attention.figures.left_out_bars import LESS, MORE, MOST_SHOWN, counting_rows, left_out_bars
from attention.figures.theme import DARK, LIGHT

NAMES = ("Emma", "<b>Dune", "Ulysses")
WEIGHTS = (0.1, 0.7, 0.2)
CHANGES = (0.25, -2.0, 0.0)


def test_each_half_holds_its_numbers_with_the_first_name_on_top():
    figure = left_out_bars(NAMES, WEIGHTS, CHANGES)
    np.testing.assert_allclose(figure.data[0].x, WEIGHTS)
    np.testing.assert_allclose(figure.data[1].x, CHANGES)
    for trace in figure.data:  # the third writes the names
        assert list(np.diff(trace.y)) == [-1, -1]
    assert list(figure.data[1].text) == ["0.25", "−2.00", "0.00"]


def test_names_and_panels_are_written_and_markup_is_not_read():
    figure = left_out_bars(NAMES, WEIGHTS, CHANGES, ("share", "change"))
    assert [note.text for note in figure.layout.annotations] == ["share", "change"]
    assert list(figure.data[2].text) == ["Emma", "&lt;b&gt;Dune", "Ulysses"]


def test_less_is_orange_more_is_purple_and_only_weights_have_the_hue_of_attention():
    weights, changes, _ = left_out_bars(NAMES, WEIGHTS, CHANGES).data
    assert list(changes.marker.color) == [MORE, LESS, MORE]
    assert weights.marker.color in LIGHT.sequential
    assert not {*changes.marker.color} & {*LIGHT.sequential, *DARK.sequential}


def test_every_bar_and_its_number_have_room():
    low, high = left_out_bars(NAMES, WEIGHTS, CHANGES).layout.xaxis2.range
    assert low < -2.0
    assert high > 0.25


def test_nothing_changed_is_still_a_picture():
    low, high = left_out_bars(("a",), (1.0,), (0.0,)).layout.xaxis2.range
    assert low <= 0 < high


def test_of_many_those_that_count_are_drawn_in_their_order():
    weights, changes = np.zeros(50), np.zeros(50)
    weights[[3, 40]] = 0.5
    changes[[7, 20]] = (-1.0, 2.0)
    rows = counting_rows(weights, changes)
    assert len(rows) == MOST_SHOWN
    assert rows == sorted(rows)
    assert {3, 7, 20, 40} <= set(rows)
    assert len(left_out_bars([f"b{i}" for i in range(50)], weights, changes).data[0].x) == MOST_SHOWN


@pytest.mark.parametrize("wrong", [((), (), ()), (("a",), (1, 2), (1,)), (("a",), (1,), ())])
def test_lengths_must_agree(wrong):
    with pytest.raises(ValueError, match="give at least one name"):
        left_out_bars(*wrong)
