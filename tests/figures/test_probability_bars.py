import numpy as np
import pytest

from attention.figures.probability_bars import probability_bars


def test_one_bar_for_each_word_in_order() -> None:
    figure = probability_bars(["la", "maison", "la"], [0.9, 0.25, 0.004])
    (trace,) = figure.data
    np.testing.assert_array_equal(trace.y, [0.9, 0.25, 0.004])
    assert list(trace.x) == [0, 1, 2]
    assert figure.layout.xaxis.ticktext == ("la", "maison", "la")
    assert trace.text.tolist() == ["90\u00a0%", "25\u00a0%", "0\u00a0%"]


def test_axis_says_what_it_shows() -> None:
    figure = probability_bars(["a"], [0.5], title="How likely")
    assert figure.layout.yaxis.title.text == "probability"
    assert figure.layout.title.text == "How likely"


def test_wrong_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="2 words came with probabilities of shape"):
        probability_bars(["a", "b"], [0.5])


@pytest.mark.parametrize("share", [-0.1, 1.2, float("nan")])
def test_what_is_no_probability_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        probability_bars(["a", "b"], [0.5, share])
