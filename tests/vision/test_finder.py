"""The finder: laws of every answer, on an untrained model."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from attention.measures.rollout import attention_rollout
from attention.mechanisms import Mechanism
from attention.training.checkpoint import CheckpointError, save_checkpoint
from attention.vision.curves import VALUES, accuracy_at
from attention.vision.finder import DigitFinder, PictureShapeError
from attention.vision.model import config_dict
from attention.vision.peaks import copies_of, meant_peaks
from attention.vision.phrases import PhraseError, read_phrase
from attention.vision.pointing import patch_weights
from attention.vision.reader import word_numbers
from attention.vision.scenes import draw_scene
from tests.vision.toy import few_together, toy_finder  # noqa: F401, a fixture

PHRASE = "the digit left of the four"


@pytest.fixture(scope="module")
def finder():
    return toy_finder()


@pytest.fixture(scope="module")
def images():
    return np.stack([draw_scene(seed).image for seed in range(3)])


@pytest.fixture(scope="module")
def found(finder, images):
    return finder.find(images[0], PHRASE)


def test_rows_of_all_maps_sum_to_one(found):
    for weights in (found.digits.weights, found.encoder.weights, found.phrase.map.weights, found.rollout):
        assert weights.sum(axis=-1) == pytest.approx(1, abs=1e-4)


def test_maps_say_what_their_rows_and_cells_are(found):
    assert found.digits.query_labels == tuple("0123456789")
    assert found.digits.key_geometry == found.phrase.map.key_geometry == (32, 32)
    assert found.encoder.weights.shape == (2, 2, 256, 256)
    assert found.encoder.query_geometry == found.encoder.key_geometry == (16, 16)
    assert found.rollout.shape == (10, 1024)
    assert found.phrase.map.query_labels == (*PHRASE.split(), "the whole phrase")
    assert found.phrase.words == tuple(PHRASE.split())


def test_an_answer_does_not_depend_on_earlier_ones(finder, images, found):
    finder.find(images[1], "7", Mechanism(normaliser="uniform"))
    again = finder.find(images[0], PHRASE)
    assert (again.presence == found.presence).all()
    assert (again.digits.weights == found.digits.weights).all()
    assert (again.phrase.map.weights == found.phrase.map.weights).all()


def test_many_pictures_at_once_give_what_each_gives_alone(finder, images):
    quick = finder.find_many(images)
    for row, image in enumerate(images):
        alone = finder.find(image)
        assert quick.presence[row] == pytest.approx(alone.presence, abs=1e-5)
        assert quick.boxes[row] == pytest.approx(alone.boxes, abs=1e-3)
    assert finder.find_many(images[:0]).boxes.shape == (0, 10, 4)


def test_phrases_of_other_lengths_in_a_batch_change_nothing(finder, images):
    phrases = [read_phrase("7"), read_phrase(PHRASE)]
    pixels = torch.from_numpy(images[:1]).expand(2, -1, -1)
    seen = finder.model.see(pixels)
    both = finder.model.reader(word_numbers(phrases), seen, finder.model.find(seen))
    alone = finder.find(images[0], "7").phrase
    assert both.weights[0].numpy() == pytest.approx(alone.map.weights[0, 0, -1], abs=1e-6)
    assert both.found[0].sigmoid().item() == pytest.approx(alone.found, abs=1e-5)


@pytest.mark.parametrize("normaliser", ["uniform", "hardmax", "sparsemax"])
def test_another_mechanism_changes_all_attention(finder, images, normaliser):
    found = finder.find(images[0], PHRASE, Mechanism(normaliser=normaliser))
    maps = (found.digits, found.encoder, found.phrase.map)
    for one in maps:
        assert one.weights.sum(axis=-1) == pytest.approx(1, abs=1e-4)
    if normaliser == "uniform":
        assert all(one.weights == pytest.approx(1 / one.weights.shape[-1]) for one in maps)
    if normaliser == "hardmax":
        assert all(one.weights.max(axis=-1) == pytest.approx(1) for one in maps)


def test_temperature_flattens(finder, images):
    sharp, flat = (finder.find(images[0], mechanism=Mechanism(temperature=t)).digits for t in (0.5, 4.0))
    assert sharp.weights.max() > flat.weights.max()


def test_rollout_is_half_the_keys_own_cell_and_half_the_encoders_mixture(found):
    own = found.digits.weights[0, 0]
    mixed = patch_weights(torch.from_numpy(own.copy()), 256).numpy() @ attention_rollout(found.encoder)[-1]
    in_patches = patch_weights(torch.from_numpy(found.rollout), 256).numpy()
    assert in_patches == pytest.approx(
        0.5 * patch_weights(torch.from_numpy(own.copy()), 256).numpy() + 0.5 * mixed, abs=1e-5
    )


def test_patch_weights_add_up_the_cells_of_a_patch():
    cells = torch.arange(16.0).reshape(1, 16)  # 4 × 4 cells, 2 × 2 patches
    assert patch_weights(cells, 4).tolist() == [[0 + 1 + 4 + 5, 2 + 3 + 6 + 7, 8 + 9 + 12 + 13, 10 + 11 + 14 + 15]]


@pytest.mark.parametrize(
    "image",
    [np.zeros((63, 64)), np.zeros((64, 64, 3)), np.full((64, 64), np.nan), np.full((64, 64), 255.0), np.array([["a"]])],
)
def test_other_pictures_are_refused(finder, image):
    with pytest.raises(PictureShapeError):
        finder.find(image)


def test_a_phrase_that_is_none_is_refused(finder, images):
    with pytest.raises(PhraseError, match="purple"):
        finder.find(images[0], "the purple one")
    assert finder.find(images[0], "  ").phrase is None


def test_present_follows_the_thresholds(finder, found):
    assert found.present == tuple(np.flatnonzero(found.presence >= found.thresholds))
    assert found.to_json()["present"] == list(found.present)


def test_without_attention_there_is_nothing_to_show_but_boxes(images):
    pooled = toy_finder("pooled")
    found = pooled.find(images[0], "7")
    assert not pooled.attends
    assert found.digits is found.encoder is found.rollout is found.phrase is None
    assert "no phrases" in found.notes[0]
    assert found.masks.shape == (10, 64, 64)


def test_what_is_saved_loads_as_it_was(tmp_path, finder, images):
    config = {**finder.config, "model": config_dict(finder.model)}
    folder = save_checkpoint(tmp_path / "m", finder.model, config, storage="float32")
    again = DigitFinder.load(folder)
    assert again.parameters == finder.parameters
    assert (again.find(images[0]).presence == finder.find(images[0]).presence).all()
    save_checkpoint(tmp_path / "n", finder.model, {**config, "task": "emotions"}, storage="float32")
    with pytest.raises(CheckpointError, match="digit finder"):
        DigitFinder.load(tmp_path / "n")
    save_checkpoint(tmp_path / "o", finder.model, {**config, "model": {"d_model": 32}}, storage="float32")
    with pytest.raises(CheckpointError, match="does not fit"):
        DigitFinder.load(tmp_path / "o")


def weights_with(*places: tuple[int, int, float]) -> np.ndarray:
    weights = np.full((64, 64), 1e-6)
    for row, column, height in places:
        weights[row - 3 : row + 4, column - 2 : column + 3] = height
    return weights / weights.sum()


def test_each_copy_has_a_peak():
    peaks = copies_of(weights_with((10, 10, 1.0), (40, 50, 0.8), (20, 40, 0.05)), 0.3)
    assert [(round(peak.x), round(peak.y)) for peak in peaks] == [(8, 8), (48, 38)] or len(peaks) == 2
    assert peaks[0].box == (8, 7, 13, 14)
    assert peaks[1].box == (48, 37, 53, 44)
    assert sum(peak.share for peak in peaks) == pytest.approx(1, abs=0.05)


def test_parts_that_nearly_touch_are_one_place_and_take_the_models_box():
    weights = weights_with((10, 10, 1.0), (18, 10, 0.9))
    assert len(copies_of(weights, 0.3, (1.0, 2.0, 3.0, 4.0))) == 1
    assert copies_of(weights, 0.3, (1.0, 2.0, 3.0, 4.0))[0].box == (1.0, 2.0, 3.0, 4.0)
    assert copies_of(np.zeros((64, 64)), 0.3)[0].share == 0


def test_a_phrase_means_the_digits_it_attends_to():
    first, second = (copies_of(weights_with(place), 0.3) for place in ((10, 10, 1.0), (40, 50, 1.0)))
    attended = weights_with((10, 10, 1.0), (40, 50, 0.7))
    peaks, digits = meant_peaks(attended, {4: first, 8: second}, 0.3, several=True)
    assert digits == (4, 8)
    assert peaks[0].share > peaks[1].share
    assert meant_peaks(attended, {4: first, 8: second}, 0.3, several=False)[1] == (4,)
    assert meant_peaks(attended, {}, 0.3, several=False)[1] == ()


def test_a_curve_has_a_row_for_each_value(finder):
    rows = list(accuracy_at(finder, "noise", (0, 2), scenes=2))
    assert [row.value for row in rows] == [0, 2]
    assert all(0 <= share <= 1 for row in rows for share in row[1:5])
    assert set(VALUES) == {"noise", "clutter", "cover", "count"}
    with pytest.raises(ValueError, match="noise"):
        next(accuracy_at(finder, "colour"))


def test_thresholds_are_the_finders_own(finder, images):
    strict = DigitFinder(finder.model, {"thresholds": [1.1] * 10})
    found = strict.find(images[0])
    assert found.present == ()
    assert found.notes
    assert replace(found, thresholds=np.zeros(10)).present == tuple(range(10))
