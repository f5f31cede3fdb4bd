"""The handwriting: split once, and drawn smooth."""

import numpy as np
import pytest

from attention.vision.bitmaps import FINE, SPLITS, bitmaps, handwriting


def test_no_bitmap_is_in_two_splits():
    seen = [{image.tobytes() for image in bitmaps(split)[0]} for split in SPLITS]
    assert sum(map(len, seen)) == len(set.union(*seen))


def test_the_splits_are_the_whole_set_and_hold_every_digit():
    assert sum(len(bitmaps(split)[0]) for split in SPLITS) == 1797
    for split in SPLITS:
        images, digits = bitmaps(split)
        assert images.shape[1:] == (8, 8)
        assert images.min() == 0
        assert images.max() == 1
        assert np.bincount(digits, minlength=10).min() >= 10


def test_an_unknown_split_is_refused():
    with pytest.raises(ValueError, match="train, valid, test"):
        bitmaps("dev")


def test_a_smooth_copy_is_the_bitmap_seen_finer():
    images, _ = bitmaps("valid")
    copies = handwriting("valid").shades.numpy()
    inside = copies[:, 4:-4, 4:-4].reshape(len(copies), 8, 4, 8, 4).mean(axis=(2, 4))
    assert copies.shape[1:] == (FINE, FINE)
    assert np.corrcoef(inside.ravel(), images.ravel())[0, 1] > 0.97
