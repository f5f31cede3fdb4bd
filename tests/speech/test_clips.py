from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from attention.speech import clips as shipped
from attention.speech.clips import FOLDER, clip, make_clips, voices
from attention.speech.sound import RATE, voiced_range
from attention.speech.voices import PAGE_VOICES, TRAINING_ACCENTS, can_speak, speak, training_clips, training_voices

needs_espeak = pytest.mark.skipif(not can_speak(), reason="eSpeak NG is not installed")


def test_every_voice_has_ten_trimmed_digits():
    assert sum(voice.woman for voice in voices()) >= 3
    for voice in voices():
        for digit in range(10):
            found = clip(digit, voice.name)
            assert (found.digit, found.voice) == (digit, voice.name)
            assert 0.15 < found.seconds < 1.2
            assert np.abs(found.samples).max() == pytest.approx(0.5, abs=0.01)
            first, last = voiced_range(found.samples, margin_s=0.02)
            assert first < 0.05 * RATE
            assert last > len(found.samples) - 0.05 * RATE


def test_the_manifest_counts_what_the_files_hold():
    manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["voices"]) == [voice.name for voice in voices()]
    for name, places in manifest["voices"].items():
        info = soundfile.info(FOLDER / f"{name}.flac")
        assert (info.samplerate, info.channels) == (RATE, 1)
        flat = [place for pair in places for place in pair]
        assert flat == sorted(flat)
        assert flat[-1] <= info.frames
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 2**20


def test_clips_are_shared_and_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        clip(1, voices()[0].name).samples[0] = 1.0


def test_unknown_clips_are_refused():
    with pytest.raises(ValueError, match="use one of american-woman"):
        clip(1, "martian")
    with pytest.raises(ValueError, match="0 to 9"):
        clip(10, voices()[0].name)


def test_nobody_speaks_for_the_page_and_for_training():
    learnt = training_voices()
    assert not {voice.variant for voice in PAGE_VOICES} & {voice.variant for voice in learnt}
    assert {voice.accent for voice in PAGE_VOICES} - set(TRAINING_ACCENTS) == {"en-gb-scotland", "en-029"}
    assert len({voice.name for voice in learnt}) == len(learnt) >= 100


@needs_espeak
def test_the_command_makes_the_clips_again(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "PAGE_VOICES", PAGE_VOICES[:1])
    folder = make_clips(tmp_path / "clips")
    name = PAGE_VOICES[0].name
    again, _ = soundfile.read(folder / f"{name}.flac", dtype="float32")
    there, _ = soundfile.read(FOLDER / f"{name}.flac", dtype="float32")
    assert len(again) == pytest.approx(len(there), rel=0.1)  # other versions of eSpeak NG speak a little differently
    assert json.loads((folder / "manifest.json").read_text())["rate"] == RATE


@needs_espeak
def test_each_speaker_sounds_different_from_the_accents_own():
    """eSpeak NG speaks with its own voice, and says nothing, where it does not know a speaker."""
    own = {}
    for voice in {voice.variant: voice for voice in (*PAGE_VOICES, *training_voices())}.values():
        own[voice.variant] = speak(2, replace(voice, accent="en-us", pitch=50, words_per_minute=160)).tobytes()
    assert len(set(own.values())) == len(own)


@needs_espeak
def test_training_voices_are_kept_in_a_file(tmp_path, monkeypatch):
    from attention.speech import voices as module

    monkeypatch.setattr(module, "training_voices", lambda: PAGE_VOICES[:1])
    made = training_clips(tmp_path / "voices.npz")
    monkeypatch.setattr(module, "speak", None)  # must not be asked again
    kept = training_clips(tmp_path / "voices.npz")
    assert made.keys() == kept.keys()
    for name, samples in made.items():
        assert len(samples) == 10
        for a, b in zip(samples, kept[name], strict=True):
            np.testing.assert_allclose(a, b, atol=1e-4)


def test_without_espeak_the_error_says_what_to_install(monkeypatch):
    from attention.speech import voices as module

    monkeypatch.setattr(module, "can_speak", lambda: False)
    with pytest.raises(OSError, match="install eSpeak NG"):
        speak(1, PAGE_VOICES[0])
