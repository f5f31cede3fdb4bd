import numpy as np
import pytest

from attention.figures.learning_curve import learning_curve

ROWS = [
    {"minutes": "1.5", "valid_bleu": "", "valid_loss": "4.2", "train_loss": "5.0"},
    {"minutes": "3.0", "valid_bleu": "21.5", "valid_loss": "3.1", "train_loss": "3.4"},
    {"minutes": "4.5", "valid_bleu": "30.25", "valid_loss": "nan", "train_loss": "2.9"},
]


def test_curves_hold_the_numbers_of_the_log_without_its_gaps() -> None:
    bleu, valid, train = learning_curve(ROWS).data
    np.testing.assert_array_equal(bleu.x, [3.0, 4.5])
    np.testing.assert_array_equal(bleu.y, [21.5, 30.25])
    np.testing.assert_array_equal(valid.x, [1.5, 3.0])
    np.testing.assert_array_equal(train.y, [5.0, 3.4, 2.9])


def test_axes_say_what_they_show() -> None:
    figure = learning_curve(ROWS, title="en-fr-recurrent")
    assert figure.layout.xaxis2.title.text == "minutes of training"
    assert figure.layout.yaxis.title.text == "BLEU"
    assert figure.layout.yaxis2.title.text == "loss (nats a token)"
    assert figure.layout.title.text == "en-fr-recurrent"


def test_a_curve_that_the_log_lacks_is_left_out() -> None:
    figure = learning_curve([{"minutes": 1, "valid_loss": 3.0}])
    assert [trace.name for trace in figure.data] == ["loss, held-out sentences"]


def test_colour_is_never_the_only_cue() -> None:
    figure = learning_curve(ROWS)
    assert len({trace.line.dash for trace in figure.data}) == 3


@pytest.mark.parametrize("rows", [[], [{"minutes": 1}], [{"valid_bleu": 3.0}]])
def test_a_log_without_numbers_is_refused(rows: list) -> None:
    with pytest.raises(ValueError, match="has minutes and one of"):
        learning_curve(rows)
