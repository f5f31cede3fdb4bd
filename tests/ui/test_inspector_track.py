import base64
import io
import json
import re
import wave
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention.attention_map import AttentionMap
from attention.ui.inspector import (
    TEXT,
    TRACK_TEXT,
    InspectorView,
    Reading,
    Sentence,
    Span,
    Track,
    decode_floats,
    inspector_html,
)
from attention.ui.inspector.track import grey_of, wave_of

LETTERS = Sentence(("t", "w", "o", "s", "i", "x"), ("", "", "", " ", "", ""), "en")


def wav_bytes(samples: np.ndarray, rate: int = 8000) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def made_track(columns: int = 20, step: float = 0.04, sound: bool = True, text: str = "two") -> Track:
    """A track of `columns` stretches of `step` seconds with three bands of four frames."""
    samples = 0.3 * np.sin(np.arange(round(columns * step * 8000)) / 5)
    starts = np.arange(columns) * step
    return Track(
        len(samples) / 8000, starts, starts + step, wave_of(samples, 50), np.arange(12, dtype=np.uint8).reshape(3, 4),
        wav_bytes(samples) if sound else None, (Span(0.1, 0.35, text), Span(0.4, 0.75, "six")),
    )  # fmt: skip


def made_map(columns: int = 20, seed: int = 0) -> AttentionMap:
    """Letters whose peaks go forward: at columns 3, 5, 5, 10, 14 and 17."""
    weights = np.random.default_rng(seed).dirichlet(np.ones(columns), size=(1, 1, 6))
    weights[..., np.arange(6), [3, 5, 5, 10, 14, 17]] += 0.6
    weights /= weights.sum(-1, keepdims=True)
    return AttentionMap(weights, LETTERS.words, made_track(columns).words, "letter", "0.04 s of sound")


def made_view(sound: bool = True, text: str = "two", **options) -> InspectorView:
    reading = Reading(made_map(), "Letters", query=LETTERS, key=made_track(sound=sound, text=text))
    return InspectorView((reading,), caption="Each row is one letter.", **options)


def payload_of(view: InspectorView) -> dict:
    return json.loads(json.dumps(view.payload()))["readings"][0]


def test_a_track_reaches_the_browser_as_plain_json() -> None:
    track = made_track()
    key = payload_of(made_view())["key"]
    assert (key["kind"], key["seconds"], key["spans"]) == ("track", 0.8, [[0.1, 0.35, "two"], [0.4, 0.75, "six"]])
    np.testing.assert_allclose([key["starts"], key["ends"]], [track.starts, track.ends], atol=5e-5)
    assert base64.b64decode(key["sound"]) == track.sound
    grey = np.frombuffer(base64.b64decode(key["spectrogram"]["grey"]), np.uint8)
    np.testing.assert_array_equal(grey.reshape(key["spectrogram"]["mels"], -1), track.spectrogram)
    edges = np.frombuffer(base64.b64decode(key["wave"]), np.int8).reshape(-1, 2)
    np.testing.assert_allclose(edges / 127, track.wave, atol=0.5 / 127 + 1e-6)


def test_weights_are_those_of_the_map() -> None:
    reading = payload_of(made_view())
    np.testing.assert_array_equal(decode_floats(reading["weights"], reading["shape"]), made_map().weights)


def test_columns_are_named_by_their_seconds() -> None:
    assert made_track().words[:2] == ("0.00–0.04 s", "0.04–0.08 s")
    assert len(made_track(12).words) == 12
    with pytest.raises(ValueError, match="key of reading 'cross' has 19 entries, the map needs 20"):
        Reading(made_map(), "Letters", key=made_track(19))


def test_sounds_have_words_of_their_own_that_can_be_replaced() -> None:
    assert made_view().payload()["text"] == {**TEXT, **TRACK_TEXT}
    words = InspectorView((Reading(made_map(), "Words"),))
    assert words.payload()["text"] == TEXT
    assert set(TRACK_TEXT) <= set(TEXT)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"seconds": 0}, "seconds is 0"),
        ({"seconds": float("nan")}, "seconds is nan"),
        ({"ends": np.arange(19) + 1.0}, "must be two lists of one length"),
        ({"starts": np.full(20, np.nan)}, "must start before it ends"),
        ({"ends": np.arange(20) * 0.04}, "must start before it ends"),
        ({"starts": np.arange(20)[::-1] * 0.01, "ends": np.ones(20)}, "must not go back"),
        ({"starts": np.arange(20) - 1.0, "ends": np.arange(20) + 1.0}, "nor begin before 0 s"),
        ({"spans": (Span(0.8, 0.9, "late"),)}, "'late' is said to start after its end"),
        ({"wave": np.zeros((3, 3))}, "wave has shape (3, 3)"),
        ({"wave": np.zeros((1201, 2))}, "wave has shape (1201, 2)"),
        ({"wave": np.full((4, 2), 1.5)}, "wave must lie in -1 to 1"),
        ({"wave": np.array([[0.5, -0.5]])}, "the lower edge first"),
        ({"wave": np.full((4, 2), np.nan)}, "wave must lie in -1 to 1"),
        ({"spectrogram": np.zeros((3, 4))}, "spectrogram is float64 (3, 4)"),
        ({"spectrogram": np.zeros((0, 4), np.uint8)}, "not empty"),
        ({"sound": b"ID3 something else"}, "does not begin like a WAV file"),
    ],
)
def test_what_does_not_fit_is_refused(wrong: dict, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        replace(made_track(), **wrong)


@pytest.mark.parametrize(("start", "end"), [(-0.1, 1), (1, 1), (2, 1), (0, float("inf")), (float("nan"), 1)])
def test_spans_have_a_beginning_before_their_end(start: float, end: float) -> None:
    with pytest.raises(ValueError, match="start must lie before end"):
        Span(start, end, "two")


@given(st.lists(st.floats(-4, 4, width=32), min_size=1, max_size=60), st.integers(1, 70))
def test_a_wave_holds_every_sample_between_its_edges(samples: list[float], columns: int) -> None:
    edges = wave_of(np.array(samples), columns)
    assert len(edges) == min(columns, len(samples))
    loudest = max(map(abs, samples)) or 1.0
    for i, sample in enumerate(samples):
        column = max(c for c in range(len(edges)) if c * len(samples) // len(edges) <= i)
        assert edges[column, 0] - 1e-6 <= sample / loudest <= edges[column, 1] + 1e-6
    assert np.abs(edges).max() == pytest.approx(1 if any(samples) else 0)


def test_greys_follow_loudness_and_silence_is_even() -> None:
    ramp = np.linspace(-9, 3, 40).reshape(5, 8)
    grey = grey_of(ramp)
    assert (np.diff(grey.ravel().astype(int)) >= 0).all()
    assert (grey.min(), grey.max(), grey.dtype, grey.shape) == (0, 255, np.uint8, (5, 8))
    assert len(np.unique(grey_of(np.full((3, 4), -11.5)))) == 1


def test_empty_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one sample"):
        wave_of(np.zeros(0))


def test_a_saved_page_holds_the_sound_and_may_play_it() -> None:
    page = inspector_html(made_view(text="</script><b>"), "Two six")
    assert re.search(r"media-src [^;\"]*data:", page)
    assert page.count("</script>") == 2
    embedded = re.search(r'<script type="application/json" id="view">(.*?)</script>', page, re.DOTALL).group(1)
    key = json.loads(embedded)["readings"][0]["key"]
    assert base64.b64decode(key["sound"])[:4] == b"RIFF"
    assert key["spans"][0][2] == "</script><b>"
