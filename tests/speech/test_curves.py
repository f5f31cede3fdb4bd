"""Word errors along noise and along length."""

from __future__ import annotations

import pytest

from attention.speech.curves import Setting, Trial, errors_along, places, random_string, word_error_rates
from tests.ui.hearing import TrueSpeller


def test_all_places_get_a_string_before_any_gets_its_second():
    trials = list(errors_along([TrueSpeller()], "length", strings=2))
    xs = [trial.x for trial in trials]
    count = len(places("length"))
    assert xs == [*places("length"), *places("length")]
    assert all(trial.words == trial.x for trial in trials[:count])


def test_a_speller_that_knows_the_truth_makes_no_error():
    trials = list(errors_along([TrueSpeller(), TrueSpeller()], "noise", strings=1))
    assert {trial.errors for trial in trials} == {(0, 0)}
    assert set(word_error_rates(trials).values()) == {(0.0, 0.0)}


def test_strings_are_drawn_by_seed_alone_and_differ():
    one, again, other = (random_string("length", 4, Setting(), seed) for seed in (1, 1, 2))
    assert (one.samples == again.samples).all()
    assert one.spans == again.spans
    assert [span.digit for span in one.spans] != [span.digit for span in other.spans]


def test_the_setting_reaches_the_sound():
    plain, fast, apart = (
        random_string("length", 3, setting, 5) for setting in (Setting(), Setting(speed=2.0), Setting(pause_s=0.65))
    )
    assert apart.seconds == pytest.approx(plain.seconds + 2 * 0.5, abs=0.01)
    assert fast.seconds < plain.seconds


def test_strings_too_long_to_be_heard_are_left_out():
    trials = list(errors_along([TrueSpeller()], "length", strings=1, setting=Setting(speed=0.5, pause_s=1.0)))
    assert trials
    assert max(trial.x for trial in trials) < max(places("length"))


def test_rates_are_errors_for_each_word_said():
    trials = [Trial(3.0, 3, (1, 0)), Trial(3.0, 3, (0, 3)), Trial(5.0, 5, (5, 1))]
    assert word_error_rates(trials) == {3.0: (1 / 6, 0.5), 5.0: (1.0, 0.2)}


def test_another_kind_of_curve_is_refused():
    with pytest.raises(ValueError, match="noise"):
        places("loudness")
