"""The page of spoken digits without a browser: what it shows, and that no sound, link or file can break it."""

from __future__ import annotations

import html
import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from streamlit.testing.v1 import AppTest

from attention.training.checkpoint import shipped_models
from attention.ui import loading
from attention.ui.speech.text import EXAMPLES, NORMALISERS, SECTIONS, TEXT
from tests.ui.hearing import TrueSpeller

PAGE = Path(__file__).parent.parent.parent / "pages" / "speech.py"


@pytest.fixture(autouse=True)
def spellers(monkeypatch):
    """Two spellers that know the truth; the second looks everywhere."""
    from attention.ui.speech import state

    both = {"true": TrueSpeller("true"), "true-plain": TrueSpeller("true-plain", location=False, blur=0.9)}
    monkeypatch.setattr(loading, "digit_speller", both.__getitem__)
    monkeypatch.setattr(state, "models", lambda: {"true": True, "true-plain": False})
    return both


def open_page(**link: str) -> AppTest:
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def pictures(app: AppTest) -> list[dict]:
    """Return what each inspector was given."""
    found = [json.loads(block.proto.json) for block in app.get("bidi_component")]
    return [one["view"] for one in found if "view" in one]


def letters(app: AppTest) -> str:
    line = pictures(app)[0]["readings"][0]["query"]
    return "".join(before + word for before, word in zip(line["before"], line["words"], strict=True))


def said(app: AppTest) -> str:
    return html.unescape(" ".join(block.proto.body for block in app.get("html")))


def wav(seconds: float = 1.0, rate: int = 44_100, channels: int = 2, loud: float = 0.3, kind: str = "PCM_24") -> bytes:
    times = np.arange(round(seconds * rate)) / rate
    samples = np.tile(loud * np.sin(2 * np.pi * 300 * times)[:, None], channels)
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype=kind)
    return file.getvalue()


def upload(app: AppTest, data: bytes, name: str = "mine.wav") -> AppTest:
    app.file_uploader(key="speech_file").set_value((name, data, "audio/wav")).run()
    assert not app.exception
    return app


def test_the_first_picture_is_there_without_a_click():
    app = open_page()
    assert letters(app) == "seven two nine"
    track = pictures(app)[0]["readings"][0]["key"]
    assert [span[2] for span in track["spans"]] == ["seven", "two", "nine"]
    assert track["sound"]
    assert "3 of 3" in said(app)


@pytest.mark.parametrize("example", EXAMPLES[1:], ids=lambda example: example.title)
def test_an_example_is_one_click_away(example):
    app = open_page(digits="9")
    app.pills(key="speech_example").set_value(example.title).run()
    assert not app.exception
    assert len(letters(app).split()) == len(example.digits.split())
    assert app.session_state["speech_noise"] == example.noise


def test_digits_that_cannot_be_read_leave_the_last_that_could():
    app = open_page(digits="4 2")
    app.text_input(key="speech_digits").set_value("4 x").run()
    assert not app.exception
    assert letters(app) == "four two"
    assert "“x” is no digit" in said(app)
    app.text_input(key="speech_digits").set_value("one").run()
    assert letters(app) == "one"


def test_speed_and_silence_bend_the_sound_and_the_spans():
    lasts = [
        pictures(open_page(**link))[0]["readings"][0]["key"]["seconds"]
        for link in ({}, {"speed": "2"}, {"pause": "0.65"})
    ]
    assert lasts[1] < lasts[0]
    assert lasts[2] == pytest.approx(lasts[0] + 1.0, abs=0.01)


def test_a_sound_too_long_for_the_model_is_said_and_all_controls_stay():
    app = open_page(digits="777777777777", speed="0.5", pause="1")
    assert "the model listens to at most 15 s" in said(app)
    app.slider(key="speech_speed").set_value(1.5).run()
    app.slider(key="speech_pause").set_value(0.1).run()
    assert letters(app).startswith("seven seven")


def test_changed_attention_is_told_beside_the_models_own():
    assert TEXT["changed_same"] in said(open_page(temperature="2"))
    assert TEXT["changed_same"] not in said(open_page())


@pytest.mark.parametrize("normaliser", NORMALISERS[1:])
def test_every_normaliser_works(normaliser):
    assert pictures(open_page(normaliser=normaliser))


def test_reset_undoes_what_was_altered():
    app = open_page(speed="1.5", noise="5", pause="0.5", temperature="3", normaliser="sparsemax")
    app.button(key="speech_reset").click().run()
    assert not app.exception
    assert app.slider(key="speech_speed").value == 1.0
    assert app.session_state["speech_noise"] == "none"
    assert app.button(key="speech_reset").disabled


@pytest.mark.parametrize("section", SECTIONS)
def test_every_deeper_look_opens(section):
    open_page(more=section)


def test_both_models_are_shown_for_the_same_sound():
    app = open_page(more="compare")
    first, second = pictures(app)
    assert first["readings"][0]["key"] == second["readings"][0]["key"]
    assert first["readings"][0]["weights"] != second["readings"][0]["weights"]
    assert "Both models spell “seven two nine”." in said(app)


def test_a_single_model_has_nothing_to_compare_with(monkeypatch):
    from attention.ui.speech import state

    monkeypatch.setattr(state, "models", lambda: {"true": True})
    assert TEXT["compare_missing"] in said(open_page(more="compare"))


def test_without_a_model_the_page_says_so(monkeypatch):
    from attention.ui.speech import state

    monkeypatch.setattr(state, "models", dict)
    assert TEXT["no_model"] in said(open_page())


def test_silencing_is_told_and_its_length_can_be_chosen():
    app = until_told(open_page(more="honest", digits="7 2", silence="0.5"), "Silencing what was listened to")
    assert "listened to most changes 2 of 2 words" in said(app)
    app.segmented_control(key="speech_silence_choice").set_value("0.1").run()
    assert "listened to most changes 0 of 2 words" in said(until_told(app, "Silencing what was listened to"))


def until_told(app: AppTest, words: str) -> AppTest:
    """Run the page, as a browser does while work goes on, until it says something."""
    for _ in range(20):
        assert not app.exception
        if words in said(app):
            break
        app.run()
    return app


def test_a_curve_runs_can_be_stopped_and_goes_on():
    app = open_page(more="curve", curve="length")
    assert TEXT["curve_waits"] in said(app)
    app.button(key="speech_curve_run").click().run()
    assert not app.exception
    assert app.button(key="speech_curve_run").disabled
    app.button(key="speech_curve_stop").click().run()
    assert not app.exception
    assert not app.button(key="speech_curve_run").disabled
    assert "Stopped after" in said(app)


def test_the_card_names_where_the_recordings_are_from():
    assert "Free Spoken Digit Dataset, Zohar Jackson and contributors, CC BY-SA 4.0" in said(open_page())


# ---- one's own sound ----


def test_an_uploaded_sound_is_spelled_and_altered():
    app = upload(open_page(source="upload", digits="4"), wav(1.0))
    assert letters(app) == "one"  # what the speller of these tests hears in a sound whose words are unknown
    track = pictures(app)[0]["readings"][0]["key"]
    assert (track["seconds"], track["spans"]) == (pytest.approx(1.0, abs=0.01), [])
    assert "mine.wav, 1.0 s" in said(app)
    app.slider(key="speech_speed").set_value(2.0).run()
    assert pictures(app)[0]["readings"][0]["key"]["seconds"] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_deeper_look_opens_for_an_uploaded_sound(section):
    upload(open_page(source="upload", more=section), wav(0.5, rate=8_000, channels=1))


def test_a_sound_of_ones_own_stays_out_of_link_and_state():
    app = upload(open_page(source="upload"), wav(1.0), "secret.wav")
    addresses = [block.proto.json for block in app.get("bidi_component") if '"pairs"' in block.proto.json]
    assert addresses
    assert all("secret" not in text for text in addresses)
    assert TEXT["own_stays"] in said(app)


def test_a_sound_of_ones_own_is_kept_while_another_source_is_looked_at_and_forgotten_on_demand():
    app = upload(open_page(source="upload", digits="4"), wav(1.0))
    app.segmented_control(key="speech_source_choice").set_value("build").run()
    assert letters(app) == "four"
    app.segmented_control(key="speech_source_choice").set_value("upload").run()
    assert letters(app) == "one"
    app.button(key="speech_forget_upload").click().run()
    assert not app.exception
    assert letters(app) == "four"
    assert TEXT["own_none_upload"] in said(app)


BAD_SOUNDS = {
    "empty": b"",
    "a text": b"seven two nine",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "cut off": wav()[:30],
    "header alone": wav(0.0),
    "silent": wav(loud=0.0),
    "too long": wav(20.0, rate=8_000, channels=1, kind="PCM_16"),
    "too short": wav(0.02),
}


@pytest.mark.parametrize("data", BAD_SOUNDS.values(), ids=BAD_SOUNDS)
def test_what_is_no_sound_is_said_and_the_sound_before_stays(data):
    app = upload(open_page(source="upload"), wav(1.0), "good.wav")
    upload(app, data, "bad.wav")
    assert 'role="alert"' in said(app)
    assert TEXT["stays"] in said(app)
    assert letters(app) == "one"
    assert "good.wav" in said(app)


def test_a_file_name_stays_text():
    app = upload(open_page(source="upload"), wav(1.0), "<img src=x>.wav")
    bodies = " ".join(block.proto.body for block in app.get("html"))
    assert "<img src=x>" not in bodies
    assert "&lt;img src=x&gt;" in bodies


def test_speech_in_which_no_word_is_heard_has_a_plain_line(spellers):
    app = upload(open_page(source="upload", more="heard"), wav(1.0, loud=0.0015))
    assert not pictures(app)
    assert TEXT["nothing_heard"] in said(app)


# ---- links and files ----


@pytest.mark.parametrize(
    "link",
    [
        {"digits": "<script>"},
        {"digits": "9" * 400},
        {"voice": "nobody"},
        {"speed": "nan"},
        {"noise": "7"},
        {"pause": "-1"},
        {"model": "../../etc"},
        {"step": "400"},
        {"view": "x"},
        {"source": "record"},
        {"more": "nothing"},
        {"nonsense": "1"},
    ],
)
def test_no_link_breaks_the_page(link):
    assert letters(open_page(**link)) == "seven two nine"


def test_a_saved_state_is_opened_and_a_broken_one_changes_nothing():
    from attention.speech.clips import voices
    from attention.ui.links import defaults, state_json
    from attention.ui.speech.state import fields

    ours = fields(("true", "true-plain"), [voice.name for voice in voices()])
    app = open_page(digits="4")
    for data, spelled in (
        (b"{}", "four"),
        (state_json("speech", ours, defaults(ours) | {"digits": "0 1"}), "zero one"),
    ):
        app.file_uploader(key="speech_open").set_value(("state.json", data, "application/json")).run()
        assert not app.exception
        assert letters(app) == spelled


# ---- the shipped models ----


@pytest.mark.skipif(not shipped_models("speech"), reason="no shipped checkpoint of speech")
def test_the_shipped_models_spell_the_first_string(monkeypatch):
    monkeypatch.undo()
    app = open_page(more="compare")
    assert letters(app) == "seven two nine"
    assert len(pictures(app)) == 2
