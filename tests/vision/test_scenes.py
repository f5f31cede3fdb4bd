"""Scenes: what is true of them agrees with what is painted."""

import math

import numpy as np
import pytest
import torch

from attention.vision.batches import SCORED, TRAINING, draw_batch
from attention.vision.drawing import SIDE, boxes, lines, place, visible
from attention.vision.scenes import Piece, compose, draw_scene


def test_the_same_seed_gives_the_same_scene_and_another_gives_another():
    first, again, other = (draw_scene(seed, cover=0.2) for seed in (3, 3, 4))
    assert (first.image == again.image).all()
    assert (first.masks == again.masks).all()
    assert not (first.image == other.image).all()


@pytest.mark.parametrize("seed", range(4))
def test_boxes_and_masks_agree_with_the_ink(seed):
    scene = draw_scene(seed, clutter=0, noise=0, overlap=0)
    for box, mask, piece in zip(scene.boxes, scene.masks, scene.pieces, strict=True):
        rows, columns = np.nonzero(mask)
        assert mask.any()
        left, top, right, bottom = box
        assert left <= columns.min() <= columns.max() < right
        assert top <= rows.min() <= rows.max() < bottom
        assert scene.image[mask].min() > 0.3 * piece.bright  # strokes are bright
    assert scene.image[~scene.masks.any(axis=0)].max() <= 0.5 * max(piece.bright for piece in scene.pieces) + 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_composing_the_pieces_of_a_scene_gives_its_ink_again(seed):
    drawn = draw_scene(seed, clutter=0, noise=0)
    noise = draw_scene(seed, clutter=0, noise=0).image - drawn.image
    again = compose(drawn.pieces)
    assert (noise == 0).all()
    assert (again.masks == drawn.masks).mean() > 0.999
    assert np.abs(again.boxes - drawn.boxes).max() <= 1
    assert again.digits == drawn.digits


def test_digits_come_as_they_are_asked_for():
    assert draw_scene(0, digits=[7, 7, 2]).digits == (7, 7, 2)
    assert len(draw_scene(0, count=4).pieces) == 4
    assert len(set(draw_scene(5, count=5).digits)) == 5  # each at most once


def test_covered_ink_does_not_show_but_its_box_stays():
    bare, covered = draw_scene(2, clutter=0, noise=0, count=1), draw_scene(2, clutter=0, noise=0, count=1, cover=0.5)
    assert 0.1 < covered.masks.sum() / bare.masks.sum() < 0.9
    assert (bare.boxes == covered.boxes).all()


def test_pieces_above_hide_those_below():
    ink = np.ones((10, 10), dtype=np.float32)
    scene = compose([Piece(ink, None, 20, 20, 10), Piece(ink, 3, 24, 20, 10, bright=0.5)])
    assert not (scene.masks[0] & scene.masks[1]).any()
    assert scene.masks[1].sum() == 100
    assert scene.image[20, 24] == pytest.approx(0.5, abs=0.01)
    assert scene.boxes.tolist() == [[15, 15, 25, 25], [19, 15, 29, 25]]


def test_a_piece_turns_against_the_clock():
    ink = np.zeros((20, 20), dtype=np.float32)
    ink[8:12, 10:] = 1  # points to the right
    turned = compose([Piece(ink, None, 32, 32, 20, turn=90)]).masks[0]
    rows, columns = np.nonzero(turned)
    assert rows.max() <= 32
    assert abs(columns.mean() - 31.5) < 1


def test_an_empty_scene_and_a_large_ink_are_drawn():
    empty = compose([])
    assert empty.image.shape == (SIDE, SIDE)
    assert empty.boxes.shape == (0, 4)
    large = np.zeros((400, 200), dtype=np.float32)
    large[:, 99:101] = 1  # a hairline of 1/200 of the height
    assert compose([Piece(large, 1, 32, 32, 40)]).image.max() > 0.1


@pytest.mark.parametrize(
    ("what", "match"),
    [
        ({"digits": [10]}, "0 to 9"),
        ({"count": 0}, "1 to 10"),
        ({"noise": -1}, "noise"),
        ({"cover": 1.0}, "cover"),
        ({"split": "dev"}, "split"),
    ],
)
def test_what_cannot_be_drawn_is_refused(what, match):
    with pytest.raises(ValueError, match=match):
        draw_scene(0, **what)


def test_bad_pieces_are_refused():
    with pytest.raises(ValueError, match="rows and columns"):
        compose([Piece(np.zeros(5), 1, 3, 3, 3)])
    with pytest.raises(ValueError, match="above 0"):
        compose([Piece(np.zeros((5, 5)), 1, 3, 3, 0)])


def test_a_batch_says_of_each_digit_what_is_true_of_its_pieces():
    batch = draw_batch(6, TRAINING, "train", np.random.default_rng(1))
    masks, found, shares = batch.digit_masks(), batch.digit_boxes(), batch.shares()
    for row in range(6):
        for digit in range(10):
            own = (batch.digits[row] == digit).nonzero()[:, 0]
            assert bool(batch.present[row, digit]) == bool(len(own))
            if len(own):
                assert (masks[row, digit] == batch.masks[row, own].any(dim=0)).all()
                assert (found[row, digit, :2] == batch.boxes[row, own, :2].amin(dim=0)).all()
                assert (found[row, digit, 2:] == batch.boxes[row, own, 2:].amax(dim=0)).all()
                if batch.masks[row, own].any():
                    assert shares[row, digit].sum() == pytest.approx(1, abs=1e-4)


def test_scored_scenes_hold_each_digit_at_most_once():
    digits = draw_batch(40, SCORED, "test", np.random.default_rng(0)).digits.numpy()
    for row in digits:
        there = row[row >= 0]
        assert 1 <= len(there) == len(set(there.tolist())) <= 5


def test_ink_is_laid_where_it_belongs():
    """One bright column, laid without turning: its middle and its area are those that were asked for."""
    inks = torch.zeros(1, 7, 5)
    inks[:, :, 2] = 1
    numbers = [torch.tensor([value]) for value in (20.0, 30.0, 10.0, 28.0, 0.0)]
    alpha = place(inks, *numbers)[0]
    rows, columns = torch.meshgrid(torch.arange(64) + 0.5, torch.arange(64) + 0.5, indexing="ij")
    assert float((alpha * columns).sum() / alpha.sum()) == pytest.approx(20, abs=0.05)
    assert float((alpha * rows).sum() / alpha.sum()) == pytest.approx(30, abs=0.05)
    assert float(alpha.sum()) == pytest.approx(2 * 28, rel=0.05)


def test_a_line_has_its_length_and_thickness():
    drawn = lines(torch.tensor([[[10.0, 20.0, 40.0, 20.0]]]), torch.tensor([[4.0]]), torch.tensor([[0.5]]))[0]
    assert float(drawn.sum()) / 0.5 == pytest.approx((30 + 4) * 4, rel=0.1)
    assert float(drawn.max()) == pytest.approx(0.5)
    assert not math.isnan(float(lines(torch.zeros(1, 1, 4), torch.ones(1, 1), torch.ones(1, 1)).sum()))


def test_boxes_and_visible_ink_by_hand():
    ink = torch.zeros(1, 2, SIDE, SIDE)
    ink[0, 0, 3:7, 5:11] = 1
    ink[0, 1, 5:9, 9:20] = 1
    assert boxes(ink > 0.5)[0].tolist() == [[5, 3, 11, 7], [9, 5, 20, 9]]
    assert visible(ink)[0].sum(dim=(1, 2)).tolist() == [24 - 4, 44]
    assert boxes(torch.zeros(SIDE, SIDE, dtype=torch.bool)).tolist() == [0, 0, 0, 0]
