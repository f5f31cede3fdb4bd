from __future__ import annotations

import numpy as np
import pytest
import torch

from attention.speech.bank import EDGE, MADE_SPEEDS, SPEEDS, at_speeds, fill_bank
from attention.speech.features import log_mels, mel_energies, normalised
from attention.speech.letters import END, decode
from attention.speech.mixing import LENGTHS, MixSettings, Placed, batch_of, draw_length, looking_places, mix
from attention.speech.recordings import read_recordings, split
from attention.speech.sound import RATE
from attention.speech.strings import even
from tests.speech.toy import chord

PLAIN = MixSettings(made_share=0.0, empty_share=0.0, noise_db=(60.0, 61.0), warp=0.0, room=0.0, microphone=0.0)


@pytest.fixture(scope="module")
def bank(toy_data):
    return fill_bank(split(read_recordings(toy_data)).train, {})


def test_pieces_are_the_clips_own_energies():
    """Computed behind one another, they are what each clip has alone between two silences."""
    clips = [chord(3, 0, 0), chord(8, 1, 1, seconds=0.213)]
    found = at_speeds(clips, (1.0,))
    for clip, (piece,) in zip(clips, found, strict=True):
        quiet = np.zeros(EDGE * RATE // 100, dtype=np.float32)
        voice = even(clip)
        alone = mel_energies(np.concatenate([quiet, np.pad(voice, (0, -len(voice) % 80)), quiet]))
        np.testing.assert_allclose(piece.energies, alone, rtol=1e-3, atol=1e-6)
        assert piece.power == pytest.approx(np.square(voice).mean())
        assert piece.frames == -(-len(clip) // 80)


def test_faster_pieces_are_shorter():
    (pieces,) = at_speeds([chord(1, 0, 0)], SPEEDS)
    assert [piece.frames for piece in pieces] == [pytest.approx(30 / speed, abs=1) for speed in SPEEDS]


def test_the_bank_holds_all_voices_and_takes(bank):
    assert set(bank.people) == {"george", "theo"}
    assert all(len(takes) == 2 for digits in bank.people.values() for takes in digits)  # takes 8 and 9
    made = fill_bank([], {"robot": [chord(digit, 0, 0) for digit in range(10)]}).made
    assert [len(takes[0]) for takes in made["robot"]] == [len(MADE_SPEEDS)] * 10


def test_a_placed_piece_looks_as_the_joined_sound_does():
    clip = even(chord(4, 0, 8))
    whole = normalised(log_mels(np.concatenate([np.zeros(800), clip, np.zeros(800)]).astype(np.float32)))
    (piece,) = at_speeds([chord(4, 0, 8)], (1.0,))[0]
    energies = np.zeros((50, 40), dtype=np.float32)
    energies[10 - EDGE : 40 + EDGE] = piece.energies
    np.testing.assert_allclose(normalised(np.log(energies + 1e-10)), whole, atol=0.02)


def test_mixed_features_keep_to_the_range_of_normalised_ones(bank):
    batch = mix(bank, 2, 3, PLAIN, np.random.default_rng(3))
    assert batch.features.shape[0] == 3
    assert batch.features.shape[1] % 4 == 0
    assert batch.features.amax(dim=(1, 2)).min() > 1.0
    assert batch.features.amin() >= -2.0


def test_batches_say_what_to_spell_and_where_to_look(bank):
    batch = mix(bank, 3, 4, MixSettings(made_share=0.0), np.random.default_rng(4))
    frames = batch.features.shape[1] // 4
    assert batch.allowed.shape == (4, batch.letters.shape[1], frames)
    for row in range(4):
        text = decode(batch.letters[row].tolist())
        assert len(text.split()) == 3
        assert int(batch.known[row].sum()) == len(text) + 1
        assert batch.letters[row, len(text) :].eq(END).all()
        places = [batch.allowed[row, i].nonzero().flatten() for i in range(len(text) + 1)]
        assert all(len(place) for place in places)
        middles = [float(place.float().mean()) for place in places]
        assert middles == sorted(middles)
        assert places[-1][-1] == frames - 1


def test_a_letter_looks_within_its_word():
    string = [Placed(1, 10, 40), Placed(6, 60, 100)]
    places = looking_places(string, 130)
    assert len(places) == len("one six") + 1
    assert places[0] == pytest.approx((10, 10 + 30 * (1 / 3 + 0.25)))
    assert places[2] == pytest.approx((10 + 30 * (2 / 3 - 0.25), 40))
    assert places[3] == (30, 70)
    assert all(60 <= low < high <= 100 for low, high in places[4:7])
    assert places[7] == (90, 130)
    assert looking_places([], 50) == []


def test_nothing_spoken_is_spelled_as_nothing(bank):
    settings = MixSettings(made_share=0.0, empty_share=1.0)
    batch = mix(bank, 1, 2, settings, np.random.default_rng(1))
    assert batch.letters.tolist() == [[END], [END]]
    assert batch.guided.sum() == 0
    assert torch.isfinite(batch.features).all()


def test_a_very_short_word_still_has_a_frame():
    batch = batch_of(np.zeros((1, 12, 40), dtype=np.float32), [[Placed(8, 5, 6)]])
    assert (batch.allowed[0, :5].sum(dim=-1) >= 1).all()


def test_the_same_seed_mixes_the_same(bank):
    one, again, other = (mix(bank, 2, 2, MixSettings(), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert torch.equal(one.features, again.features)
    assert not (one.features.shape == other.features.shape and torch.equal(one.features, other.features))


def test_lengths_keep_to_the_longest():
    draw = np.random.default_rng(1)
    assert {draw_length(draw, 2) for _ in range(100)} == {1, 2}
    assert max(draw_length(draw, 10) for _ in range(300)) > 8
    assert sum(LENGTHS.values()) == pytest.approx(1.0)
