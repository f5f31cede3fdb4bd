"""The parts of the page of spoken digits that need no running app and no trained model."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from attention.mechanisms import Mechanism
from attention.speech.clips import voices
from attention.speech.faithfulness import Silenced, WordCheck
from attention.speech.sound import RATE, Sound
from attention.training.checkpoint import shipped_models
from attention.ui.inspector import decode_floats
from attention.ui.links import defaults, read_link, write_link
from attention.ui.speech import state
from attention.ui.speech.failing import errors_frame
from attention.ui.speech.honesty import became, checks_frame, judged, said
from attention.ui.speech.numbers import alignment_numbers, covered_share, letters_inside, true_words, words_right
from attention.ui.speech.own import altered, short_name
from attention.ui.speech.pictures import letters_alone, letters_of, numbers_html, speech_view
from attention.ui.speech.saving import python_code, words_csv, words_frame
from attention.ui.speech.sections import CURVES, training_lines
from attention.ui.speech.source import settings_of
from attention.ui.speech.text import EXAMPLES, NOISES, NORMALISERS, SCENES, SECTIONS, SOURCES, TEXT
from attention.ui.speech.wanted import MIXED, MOST_DIGITS, DigitsError, Wanted, digits_of, voice_of
from attention.ui.wording import percent
from tests.ui.hearing import TrueSpeller

NAMES = [voice.name for voice in voices()]
ASKED = Wanted((7, 2), NAMES[0], 0.2)


@pytest.fixture(scope="module")
def sound() -> Sound:
    return state.built(ASKED)


@pytest.fixture(scope="module")
def spelling(sound):
    return TrueSpeller().spell(sound)


# ---- what is asked for ----


@pytest.mark.parametrize(
    "text",
    ["7 2 9", "729", " 7,2 ; 9 ", "seven two nine", "Seven-2 NINE", "7\n2\t9", "7.2.9"],
)
def test_digits_are_read_as_people_type_them(text):
    assert digits_of(text) == (7, 2, 9)


def test_zero_has_more_than_one_name():
    assert digits_of("oh zero nought 0") == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "text", ["", "  ", ",;", "ten", "7 x", "٣", "７", "<b>7</b>", "½", "7" * (MOST_DIGITS + 1), "é"]
)
def test_what_is_no_digit_is_said(text):
    with pytest.raises(DigitsError, match="digit"):
        digits_of(text)


def test_a_long_wrong_word_is_repeated_only_in_part():
    with pytest.raises(DigitsError) as found:
        digits_of("a" * 100)
    assert len(str(found.value)) < 100


def test_voices_take_turns():
    assert [voice_of(MIXED, place, ["a", "b"]) for place in range(3)] == ["a", "b", "a"]
    assert voice_of("b", 0, ["a", "b"]) == "b"


def test_a_link_gives_back_what_it_was_made_of():
    fields = state.fields(("true", "true-plain"), NAMES)
    values = defaults(fields) | {"digits": "0 0 7", "voice": MIXED, "noise": "5", "speed": 1.4, "more": "curve"}
    written = write_link(fields, values)
    assert set(written) == {"digits", "voice", "noise", "speed", "more"}
    assert read_link(fields, written) == (values, [])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_example_can_be_built_and_heard(example):
    settings = settings_of(example, NAMES)
    fields = {field.name: field for field in state.fields(("true",), NAMES)}
    assert all(fields[name].check(value) == value for name, value in settings.items())
    asked = Wanted(**settings | {"digits": digits_of(settings["digits"])})
    sound = state.built(asked)
    assert tuple(span.digit for span in sound.spans) == asked.digits
    assert state.problem_of(asked) == ""


def test_the_silence_between_words_is_the_one_asked_for(sound):
    first, second = sound.spans
    assert second.start - first.end == pytest.approx(0.2, abs=0.001)
    assert first.start == pytest.approx(state.EDGE, abs=0.001)


def test_a_sound_that_became_too_long_is_said():
    asked = Wanted((7,) * MOST_DIGITS, NAMES[0], 1.0, speed=0.5)
    assert "15 s" in state.problem_of(asked)


# ---- one's own sound ----


def tone(seconds: float) -> Sound:
    times = np.arange(round(seconds * RATE)) / RATE
    return Sound((0.3 * np.sin(2 * np.pi * 440 * times)).astype(np.float32))


def test_own_sound_is_played_faster_and_higher():
    fast = altered(tone(2.0), 2.0, None)
    assert fast.seconds == pytest.approx(1.0, abs=0.01)
    spectrum = np.abs(np.fft.rfft(fast.samples))
    assert spectrum.argmax() / fast.seconds == pytest.approx(880, abs=5)


@pytest.mark.parametrize("decibels", [20.0, 0.0])
def test_noise_under_ones_own_sound_is_as_loud_as_asked(decibels):
    plain = tone(2.0)
    noise = altered(plain, 1.0, decibels).samples - plain.samples
    ratio = 10 * np.log10(np.square(plain.samples).mean() / np.square(noise).mean())
    assert ratio == pytest.approx(decibels, abs=1.0)


def test_own_sound_unaltered_stays_as_it_is():
    plain = tone(0.5)
    assert (altered(plain, 1.0, None).samples == plain.samples).all()


def test_a_long_file_name_is_cut_and_made_printable():
    assert short_name("a\u202eb\n.wav") == "ab.wav"
    assert len(short_name("x" * 500)) == 60


# ---- the picture ----


def test_letters_read_as_words_and_their_rows_are_those_of_the_map(spelling):
    assert str(letters_of(spelling)) == "seven two"
    found = letters_alone(spelling)
    assert "".join(found.query_labels) == "seventwo"
    kept = [row for row, letter in enumerate(spelling.letters) if letter != " "]
    assert np.array_equal(found.matrix(), spelling.map.matrix()[kept])


def test_picture_holds_the_map_the_sound_and_the_true_words(spelling, sound):
    view = speech_view(spelling, sound)
    (reading,) = view.payload()["readings"]
    weights = decode_floats(reading["weights"], reading["shape"])
    assert weights[0, 0] == pytest.approx(letters_alone(spelling).matrix(), abs=1e-6)
    track = reading["key"]
    assert track["kind"] == "track"
    assert track["seconds"] == pytest.approx(sound.seconds, abs=1e-3)
    assert [span[2] for span in track["spans"]] == ["seven", "two"]
    assert track["sound"]


def test_another_sound_with_the_same_letters_has_another_identity(spelling, sound):
    louder = replace(sound, samples=sound.samples * 0.5)
    one, same, other = (speech_view(spelling, heard).payload()["id"] for heard in (sound, sound, louder))
    assert one == same != other


def test_sounds_of_ones_own_have_no_true_words(sound):
    own = Sound(sound.samples)
    view = speech_view(TrueSpeller().spell(own), own)
    assert view.payload()["readings"][0]["key"]["spans"] == []


def test_numbers_are_safe_html():
    html = numbers_html([("<i>", "1 & 2", '"x"')])
    assert "<i>" not in html
    assert "&lt;i&gt;" in html
    assert "1 &amp; 2" in html


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, "0\u00a0%"), (0.001, "<1\u00a0%"), (0.999, ">99\u00a0%"), (1, "100\u00a0%")]
)
def test_percent_never_rounds_to_certainty(share, shown):
    assert percent(share) == shown


# ---- numbers ----


def test_a_perfect_alignment_has_perfect_numbers(spelling, sound):
    found = {name: number for name, number, _ in alignment_numbers(spelling, sound)}
    assert found[TEXT["right"]] == "2 of 2"
    assert found[TEXT["inside"]] == "8 of 8"
    assert found[TEXT["monotonicity"]] == "100\u00a0%"


def test_what_was_said_is_unknown_for_ones_own_sound(sound):
    own = Sound(sound.samples)
    names = [name for name, *_ in alignment_numbers(TrueSpeller().spell(own), own)]
    assert names == [TEXT["monotonicity"], TEXT["coverage"]]


def test_a_step_back_is_told_with_its_length(spelling, sound):
    weights = spelling.map.weights.copy()
    weights[..., [0, 4], :] = weights[..., [4, 0], :]
    turned = replace(spelling, map=replace(spelling.map, weights=weights))
    line = next(line for name, _, line in alignment_numbers(turned, sound) if name == TEXT["monotonicity"])
    assert "longest step back" in line


def test_even_attention_covers_all_that_sounds_and_sharp_attention_little(sound):
    even, sharp = (TrueSpeller(blur=blur).spell(sound) for blur in (1.0, 0.0))
    assert covered_share(even) == 1.0
    assert 0 < covered_share(sharp) < 0.6


def test_words_missed_and_made_up_are_counted(spelling, sound):
    missed = replace(spelling, text="two", words=spelling.words[1:])
    assert words_right(missed, sound) == (1, 2, 1)
    assert true_words(missed, sound) == [1]
    assert letters_inside(missed, sound) == (3, 3)
    twice = replace(spelling, words=(*spelling.words, spelling.words[1]))
    assert words_right(twice, sound)[2] == 1


# ---- what is taken along ----


def test_words_name_what_was_missed(spelling, sound):
    frame = words_frame(replace(spelling, words=spelling.words[:1]), sound)
    assert list(frame.index) == ["seven", TEXT["missed"]]
    assert frame[TEXT["truth"]].iloc[1].startswith("two, ")


def test_words_as_csv_are_those_of_the_table(spelling, sound):
    rows = list(csv.DictReader(io.StringIO(words_csv(spelling, sound).decode("utf-8-sig"))))
    assert [row[TEXT["word"]] for row in rows] == ["seven", "two"]
    assert rows[0][TEXT["truth"]] == f"seven, {sound.spans[0].start:.2f}–{sound.spans[0].end:.2f}"


@pytest.mark.parametrize("asked", [ASKED, Wanted((1, 0), MIXED, 0.3, 1.25, "10"), Wanted(speed=1.5, mark="abc")])
@pytest.mark.parametrize("mechanism", [None, Mechanism("additive", "sparsemax")])
def test_copied_python_can_be_compiled_and_names_all_that_was_changed(asked, mechanism):
    code = python_code("true", asked, mechanism)
    compile(code, "copied", "exec")
    assert ("Mechanism(" in code) == (mechanism is not None)
    assert ("read_sound" in code) == asked.is_own
    if asked.noise_db is not None:
        assert f"noise_db={asked.noise_db}" in code


def test_copied_python_makes_the_same_sound():
    asked = Wanted((1, 0), MIXED, 0.3, 1.25, "10")
    making = python_code("true", asked, None).partition("spelling =")[0]
    found: dict = {}
    exec(making, found)
    assert (found["sound"].samples == state.built(asked).samples).all()


# ---- honesty, curve, card ----


def check(looked: bool, same: tuple[bool, ...] = (), other: tuple[bool, ...] = ()) -> WordCheck:
    def made(changed: bool) -> Silenced:
        return Silenced(0.1, 0.3, None if changed else "two", changed, "seven")

    return WordCheck(0, made(looked), tuple(map(made, same)), tuple(map(made, other)))


@pytest.mark.parametrize(
    ("checks", "judgement"),
    [
        ([check(True, (False,), (False,))], "honest_yes"),
        ([check(True, (True,), (False,))], "honest_half"),
        ([check(False, (True,), (False,))], "honest_less"),
        ([check(True, (True,), (True,))], "honest_no"),
        ([check(False, (False,), (True,))], "honest_no"),
        ([check(False, (False,), (False,))], "honest_robust"),
        ([check(True)], "honest_word"),
    ],
)
def test_the_verdict_follows_the_numbers(checks, judgement):
    assert judged(checks) == TEXT[judgement]


def test_shares_are_means_over_words_and_no_place_is_said():
    checks = [check(True, (True, False), (False,)), check(False, (), (False,))]
    line = said(checks)
    assert "1 of 2 words" in line
    assert "same word 50\u00a0%" in line
    assert TEXT["honest_no_room"] in said([check(True)])
    assert "1 of 1 word;" in said([check(True)])


def test_every_silence_is_in_the_table():
    frame = checks_frame([check(True, (True, False), (False,))], ["1. two"])
    assert len(frame) == 4
    assert list(frame[TEXT["honest_became"]]) == [
        TEXT["honest_gone"],
        TEXT["honest_gone"],
        TEXT["honest_kept"],
        TEXT["honest_kept"],
    ]
    assert became(Silenced(0, 1, "ten", True, "ten")) == "ten"


def test_the_curve_s_table_says_how_many_strings_a_number_rests_on(monkeypatch):
    from attention.speech.curves import Trial, word_error_rates

    monkeypatch.setattr(state, "models", lambda: {"true": True, "true-plain": False})
    trials = [Trial(5.0, 3, (0, 1)), Trial(0.0, 3, (3, 3))]
    frame = errors_frame("noise", ("true", "true-plain"), trials, word_error_rates(trials))
    assert frame.iloc[0].tolist() == [1, "0.0", "33.3"]


def test_only_what_the_log_holds_is_drawn():
    log = [{"minutes": 1, "valid_digits": 50.0}, {"minutes": 2, "valid_digits": 90.0}, {"minutes": 3}]
    (line,) = training_lines(log)
    assert line.y == pytest.approx((50, 90))
    assert training_lines([]) == []


@pytest.mark.skipif(not shipped_models("speech"), reason="no shipped checkpoint of speech")
def test_the_log_of_every_shipped_model_has_curves_in_percent():
    for config in shipped_models("speech").values():
        lines = training_lines(config["log"])
        assert len(lines) == len(CURVES)
        assert all(0 <= y <= 100 for line in lines for y in line.y)
        assert max(y for line in lines for y in line.y) > 1


# ---- texts ----


@pytest.mark.parametrize("group", [NORMALISERS, SECTIONS, SOURCES], ids=["normalisers", "sections", "sources"])
def test_every_choice_has_a_text(group):
    assert all(TEXT[name] for name in group)


def test_scenes_are_examples_that_the_page_offers():
    assert all(example in EXAMPLES for example, *_ in SCENES)
    assert all(example.noise in NOISES for example in EXAMPLES)
