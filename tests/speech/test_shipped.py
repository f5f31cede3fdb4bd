"""The spellers that ship: laws they must keep, and bars that the location-aware one must pass on the test takes."""

from __future__ import annotations

import numpy as np
import pytest

from attention.measures.coverage import coverage
from attention.measures.monotonicity import monotonicity
from attention.mechanisms import Mechanism
from attention.speech.clips import clip
from attention.speech.evaluation import evaluate, peaks_inside
from attention.speech.letters import spelled
from attention.speech.recordings import SPEAKERS, read_recordings, split
from attention.speech.release import made_accuracy
from attention.speech.sound import RATE, Sound, read_sound, write_wav
from attention.speech.speller import DigitSpeller, available_models
from attention.speech.strings import coloured_noise, join
from attention.training.card import read_metadata
from attention.training.checkpoint import CHECKPOINTS

NAMES = ("spoken-digits", "spoken-digits-plain")
ATTRIBUTION = "Recordings: Free Spoken Digit Dataset, Zohar Jackson and contributors, CC BY-SA 4.0."


@pytest.fixture(scope="module", params=NAMES)
def speller(request) -> DigitSpeller:
    return DigitSpeller.load(request.param)


@pytest.fixture(scope="module")
def aware() -> DigitSpeller:
    return DigitSpeller.load("spoken-digits")


def said(digits: tuple[int, ...], voice: str = "american-woman", **how) -> Sound:
    return join([clip(digit, voice) for digit in digits], 0.2, **how)


def test_both_ship_small_and_without_code():
    assert set(NAMES) <= set(available_models())
    for name in NAMES:
        files = {path.name: path.stat().st_size for path in (CHECKPOINTS / name).iterdir()}
        assert set(files) == {"README.md", "config.json", "model.safetensors"}
        assert sum(files.values()) < 3 * 2**20


def test_one_is_location_aware_and_one_is_not():
    aware, plain = (DigitSpeller.load(name).model.config for name in NAMES)
    assert aware.location
    assert not plain.location


def test_it_spells_voices_that_it_never_heard(speller):
    assert np.mean(list(made_accuracy(speller.spell, share=0.4).values())) >= 0.8


def test_loudness_and_the_way_through_a_file_do_not_matter(speller):
    sound = said((3, 1, 4))
    text = speller.spell(sound).text
    assert text == spelled((3, 1, 4))
    assert speller.spell(Sound(0.02 * sound.samples)).text == text
    assert speller.spell(read_sound(write_wav(sound))).text == text


def test_attention_moves_on_and_every_word_is_looked_at(aware):
    sound = said((2, 7, 1, 8), "english-woman")
    found = aware.spell(sound)
    assert found.digits == (2, 7, 1, 8)
    inside, _ = peaks_inside(found, sound)
    assert np.mean(inside) >= 0.9
    moved = monotonicity(found.map)
    assert moved.correlation > 0.9
    assert coverage(found.map).sum() == pytest.approx(len(found.letters), rel=1e-3)
    for word, span in zip(found.words, sound.spans, strict=True):
        assert word.start < span.end
        assert word.end > span.start


def test_the_same_digit_again_and_again_is_counted(aware):
    assert aware.spell(said((7, 7, 7))).digits == (7, 7, 7)


def test_noise_alone_is_no_sure_digit(speller):
    hiss = Sound((0.05 * coloured_noise(2 * RATE, "pink", seed=1)).astype(np.float32))
    found = speller.spell(hiss)
    assert found.notes or not found.words


def test_without_attention_it_cannot_spell(speller):
    """With the same weight everywhere, hardly a word of a string is left: the letters come from where it looks."""
    even = Mechanism(score="additive", normaliser="uniform")
    sounds = [said(digits) for digits in ((3, 1, 4), (1, 5, 9), (2, 6, 5), (8, 0, 7))]
    right = sum(speller.spell(sound, even).text == spelled([s.digit for s in sound.spans]) for sound in sounds)
    assert right <= 1


def test_the_card_states_what_a_card_must(speller):
    header = read_metadata(speller.card)
    assert header["license"] == "cc-by-sa-4.0"
    for wanted in ("python -m attention train speech", ATTRIBUTION, "eSpeak NG", "Greek accent", "Scotland", "woman"):
        assert wanted in speller.card
    scores = speller.config["scores"]
    assert f"{scores['digit_accuracy']:.4f}" in speller.card


def test_the_card_tells_all_six_speakers_left_out(aware):
    new = aware.config["scores"]["new_voices"]
    assert set(new) == set(SPEAKERS)
    assert all(part["recordings"] == 500 for part in new.values())
    assert np.mean([part["accuracy"] for part in new.values()]) >= 0.92
    assert all(
        f"| {name} | {part['minutes']:.0f} | 500 | {part['accuracy']:.1%} |" in aware.card for name, part in new.items()
    )


def test_its_scores_pass_the_bars(aware):
    scores = aware.config["scores"]
    assert scores["digit_accuracy"] >= 0.99
    assert scores["string_word_error_rate"] <= 0.01
    assert scores["inside_span"] >= 0.98
    assert scores["eight_digit_exact"] >= 0.9


def test_only_knowing_where_it_looked_it_spells_more_digits_than_it_learnt(aware):
    plain = DigitSpeller.load("spoken-digits-plain").config["scores"]
    assert aware.config["scores"]["twelve_digit_exact"] >= 0.5 > plain["twelve_digit_exact"]


def test_a_part_of_the_test_takes_confirms_them(aware, data_folder):
    test = split(read_recordings(data_folder)).test
    found = evaluate(aware.spell, test, share=0.1)
    assert found["digit_accuracy"] >= 0.95
    assert found["string_word_error_rate"] <= 0.03
    assert found["inside_span"] >= 0.96
    assert found["eight_digit_exact"] >= 0.8
