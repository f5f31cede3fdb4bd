"""The picture with its veil and boxes: right places, right way up, and told apart without colour."""

from __future__ import annotations

import numpy as np
import pytest

from attention.figures.scene_picture import Box, scene_picture

IMAGE = np.linspace(0, 1, 6 * 9).reshape(6, 9)


def test_picture_stands_with_its_first_row_on_top():
    figure = scene_picture(IMAGE)
    assert np.asarray(figure.data[0].z) == pytest.approx(IMAGE)
    assert tuple(figure.layout.yaxis.range) == (5.5, -0.5)
    assert tuple(figure.layout.xaxis.range) == (-0.5, 8.5)


def test_cells_of_the_veil_cover_the_picture_evenly():
    weights = np.array([[0.1, 0.2, 0.0], [0.3, 0.25, 0.15]])
    veil = scene_picture(IMAGE, weights).data[1]
    assert np.asarray(veil.z) == pytest.approx(weights)
    assert list(veil.x) == pytest.approx([1, 4, 7])  # three pixels wide: 0 to 2, 3 to 5, 6 to 8
    assert list(veil.y) == pytest.approx([1, 4])
    assert veil.zmax == pytest.approx(0.3)
    assert veil.customdata[1][2].tolist() == [3, 2]


def test_a_picture_nobody_looked_at_has_no_veil():
    veil = scene_picture(IMAGE, np.zeros((2, 3))).data[1]
    assert "0.0)" in veil.colorscale[0][1]
    assert veil.zmax > 0


def test_found_is_solid_and_truth_is_dashed():
    boxes = [Box(1, 2, 4, 6, "found"), Box(0, 0, 9, 6, "<true>", True)]
    found, truth = scene_picture(IMAGE, boxes=boxes).data[1:]
    assert (found.line.dash, truth.line.dash) == ("solid", "dash")
    assert list(found.x) == pytest.approx([0.5, 3.5, 3.5, 0.5, 0.5])
    assert list(truth.y) == pytest.approx([-0.5, -0.5, 5.5, 5.5, -0.5])
    assert truth.name == "&lt;true&gt;"


@pytest.mark.parametrize(
    ("image", "weights"), [(np.zeros(4), None), (IMAGE, np.zeros(3)), (IMAGE, np.full((2, 3), -0.1))]
)
def test_what_is_no_picture_is_refused(image, weights):
    with pytest.raises(ValueError, match="shape"):
        scene_picture(image, weights)
