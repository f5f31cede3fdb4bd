"""Weight bars: what is drawn, and what is refused."""

import numpy as np
import pytest

from attention.figures.weight_bars import weight_bars


def test_one_bar_a_key_with_its_number():
    figure = weight_bars(("a", "<b>"), (0.25, 0.75))
    assert figure.data[0].y == pytest.approx([0.25, 0.75])
    assert list(figure.data[0].text) == ["0.25", "0.75"]
    assert list(figure.layout.xaxis.ticktext) == ["a", "&lt;b&gt;"]
    assert tuple(figure.layout.yaxis.range) == (0, 1.12)


def test_many_bars_carry_no_numbers():
    assert weight_bars([str(i) for i in range(17)], np.full(17, 1 / 17)).data[0].text is None


def test_a_label_too_few_is_refused():
    with pytest.raises(ValueError, match="one weight per label"):
        weight_bars(("a",), (0.5, 0.5))
