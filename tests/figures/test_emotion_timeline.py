import numpy as np
import pytest

from attention.figures.emotion_timeline import emotion_timeline

SENTENCES = ["I am <b>angry</b>.", "Thank you!", "x" * 200]
FOUND = np.array([[0.8, 0.1], [0.2, 0.9], [np.nan, 0.3]])


def test_a_curve_for_each_emotion_with_its_numbers():
    figure = emotion_timeline(SENTENCES, ["anger", "joy"], FOUND)
    assert [trace.name for trace in figure.data] == ["anger", "joy"]
    for place, trace in enumerate(figure.data):
        np.testing.assert_array_equal(trace.x, [1, 2, 3])
        np.testing.assert_array_equal(trace.y, FOUND[:, place])


def test_each_point_knows_its_sentence_and_markup_is_not_read():
    points = emotion_timeline(SENTENCES, ["anger", "joy"], FOUND).data[0].customdata
    assert [point[0] for point in points] == [0, 1, 2]
    assert points[0][1] == "I am &lt;b&gt;angry&lt;/b&gt;."
    assert len(points[2][1]) < 100


def test_curves_differ_in_more_than_colour():
    figure = emotion_timeline(SENTENCES, ["anger", "joy"], FOUND)
    assert len({(trace.line.dash, trace.marker.symbol) for trace in figure.data}) == 2


def test_chosen_sentence_is_marked():
    assert not emotion_timeline(SENTENCES, ["anger", "joy"], FOUND).layout.shapes
    band = emotion_timeline(SENTENCES, ["anger", "joy"], FOUND, chosen=1).layout.shapes[0]
    assert band.x0 < 2 < band.x1


def test_wrong_numbers_are_refused():
    with pytest.raises(ValueError, match="shape"):
        emotion_timeline(SENTENCES, ["anger"], FOUND)
    with pytest.raises(ValueError, match="between 0 and 1"):
        emotion_timeline(SENTENCES, ["anger", "joy"], FOUND + 0.5)
