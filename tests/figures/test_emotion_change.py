import pytest

from attention.figures.emotion_change import LESS, MORE, emotion_change, points

FIGURE = emotion_change(["joy", "<i>"], [0.2, 0.9], [0.6, 0.1], ("without", "with"))


def test_ring_and_dot_stand_where_the_numbers_say():
    *_, ring, dot = FIGURE.data
    assert (list(ring.x), list(dot.x)) == ([0.2, 0.9], [0.6, 0.1])
    assert (ring.name.strip(), dot.name.strip()) == ("without", "with")
    assert list(dot.y) == ["joy", "&lt;i&gt;"]


def test_a_line_joins_the_two_in_the_colour_of_its_direction():
    rose, fell, *_ = FIGURE.data
    assert (list(rose.x), rose.line.color) == ([0.2, 0.6], MORE)
    assert (list(fell.x), fell.line.color) == ([0.9, 0.1], LESS)


def test_change_is_written_in_percentage_points():
    assert [note.text for note in FIGURE.layout.annotations] == ["+40", "−80"]
    assert points(-0.123) == "−12"


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="one each"):
        emotion_change(["joy"], [0.2, 0.9], [0.6, 0.1], ("a", "b"))
