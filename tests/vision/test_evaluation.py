"""The scores, against values worked out by hand."""

import numpy as np
import pytest
import torch

from attention.mechanisms import Mechanism
from attention.vision.batches import SCORED
from attention.vision.boxes import overlaps, spans
from attention.vision.drawing import SIDE
from attention.vision.evaluation import (
    Scored,
    f1,
    filled,
    pointed_share,
    score_scenes,
    scored_batches,
    strongest,
    tuned_thresholds,
)
from attention.vision.scoring import phrase_threshold, score, tune
from tests.vision.toy import few_together, toy_finder  # noqa: F401, a fixture


def test_f1_by_hand():
    found, there = np.array([[1, 1, 0, 0]], dtype=bool), np.array([[1, 0, 1, 0]], dtype=bool)
    assert f1(found, there) == pytest.approx(0.5)
    assert f1(found & False, there & False) == 0


def test_overlap_by_hand():
    boxes = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 10], [0, 0, 0, 0]])
    others = torch.tensor([[5.0, 0, 15, 10], [20, 20, 30, 30], [0, 0, 0, 0]])
    assert overlaps(boxes, others).tolist() == pytest.approx([50 / 150, 0, 0])


def test_the_strongest_cell_is_given_in_pixels():
    weights = torch.zeros(1024)
    weights[32 * 3 + 5] = 1  # row 3, column 5 of cells of 2 px
    assert strongest(weights).tolist() == [11, 7]


def test_pointing_counts_ties_by_their_share():
    box = torch.tensor([[0.0, 0.0, 32.0, 16.0]])
    even = torch.full((1024,), 1 / 1024)
    assert float(pointed_share(even, box)) == pytest.approx(1 / 8)  # chance, not a corner
    one = even.clone()
    one[0] = 0.5
    assert float(pointed_share(one, box)) == 1
    one[-1] = 0.6
    assert float(pointed_share(one, box)) == 0
    two = torch.stack([box[0], torch.tensor([0.0, 16.0, 32.0, 32.0])])
    assert float(pointed_share(even, two)) == pytest.approx(1 / 4)


def test_soft_edges_lie_around_the_weights():
    weights = torch.zeros(1, 32, 32)
    weights[0, 4:10, 6:12] = 1
    middles, edges = spans((weights / weights.sum()).flatten(1), 32, SIDE)
    assert middles[0].tolist() == pytest.approx([18, 14], abs=0.01)
    widths = (edges[0, :, 2] - edges[0, :, 0]).tolist()
    assert widths == sorted(widths)  # the sharper, the nearer to the outermost weight


def test_boxes_are_filled():
    assert int(filled(torch.tensor([3.0, 5.0, 10.0, 7.0])).sum()) == 14


def test_thresholds_separate_what_can_be_separated():
    rng = np.random.default_rng(0)
    present = rng.random((400, 10)) < 0.3
    sure = np.where(present, 0.35, 0.25) + 0.02 * rng.standard_normal((400, 10))
    empty = np.zeros((400, 10))
    scored = Scored(sure, present, empty, empty, empty[None])
    assert scored.summary(0.5)["presence_f1"] == 0
    assert scored.summary(tuned_thresholds(scored))["presence_f1"] > 0.98


def test_the_same_seed_scores_the_same_scenes_and_fewer_are_the_first_of_more():
    few, more = (torch.cat([b.images for b in scored_batches("test", n, 5)]) for n in (3, 10))
    assert len(few) == 3
    assert len(more) == 10
    assert (few == more[:3]).all()


def test_masks_and_boxes_that_are_true_score_one():
    """A model that knows the scenes: the scores are those of the truth."""
    batches = list(scored_batches("test", 4, 0, SCORED))

    class Truth(torch.nn.Module):
        def forward(self, images, mechanism=None):
            from attention.vision.model import Found

            batch = batches[0]
            sure = torch.where(batch.present, 9.0, -9.0)
            return Found(sure, batch.digit_boxes(), batch.shares(64))

    found = score_scenes(Truth(), iter(batches), None, (0.5,)).summary()
    assert found["presence_f1"] == 1
    assert found["box_iou"] == pytest.approx(1)
    assert found["pointing"] == 1
    assert found["mask_iou"] == pytest.approx(1, abs=0.01)


def test_scores_have_the_comparisons_and_uniform_attention_points_by_chance():
    finder, pooled = toy_finder(), toy_finder("pooled")
    found = score(finder, pooled, scenes=4)
    names = {"presence_f1", "box_iou", "pointing", "mask_iou"}
    assert names <= set(found)
    assert set(found["without_attention"]) == set(found["uniform"]) == names
    assert 0 < found["uniform"]["pointing"] < 0.3
    assert {"unseen", "sizes", "names"} <= set(found["phrases"])
    again = score(finder, scenes=4)
    assert all(again[name] == found[name] for name in (*names, "phrases", "uniform"))
    assert score(pooled, scenes=2)["without_attention"] is None


def test_settings_are_tuned_on_valid_scenes():
    finder = toy_finder()
    found = tune(finder, scenes=4)
    assert len(found["thresholds"]) == 10
    assert 0 < found["mask_threshold"] < 1
    assert set(found["valid"]) == {"presence_f1", "box_iou", "pointing", "mask_iou"}
    assert 0.2 <= phrase_threshold(finder, 1, 0) <= 0.8


def test_a_mechanism_goes_through_to_the_scores():
    finder = toy_finder()
    own, uniform = (
        score_scenes(finder.model, scored_batches("test", 3, 0), mechanism)
        for mechanism in (None, Mechanism(normaliser="uniform"))
    )
    assert not np.allclose(own.probabilities, uniform.probabilities)
