"""The state of the page of spoken digits: fields in the address, the sound they ask for, and what is heard in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from attention.mechanisms import Mechanism
from attention.speech.clips import clip, voices
from attention.speech.sound import MAX_SECONDS, MIN_SECONDS, Sound
from attention.speech.speller import DigitSpeller
from attention.speech.spelling import Spelling
from attention.speech.strings import SPEEDS, join
from attention.training.checkpoint import shipped_models
from attention.ui import keeping, loading
from attention.ui.inspector import VIEWS, InspectorState
from attention.ui.links import Choice, Field, Flag, Number, Text, Whole, widget_key
from attention.ui.speech.own import altered, own_of, own_sound
from attention.ui.speech.text import CURVES, EXAMPLES, NOISES, NORMALISERS, SECTIONS, SILENCES, SOURCES, TEXT
from attention.ui.speech.wanted import MIXED, DigitsError, Wanted, digits_of, voice_of

PAGE = "speech"
TASK = "speech"
NONE = -1  # of a step: the inspector's own choice
SEED = 0  # of the noise, so that a link gives the same sound again
STANDARD = EXAMPLES[0]
DIGITS_CHARS = 120  # of what is typed: twelve digits in words fit
LONGEST_PAUSE = 1.0  # seconds
EDGE = 0.15  # seconds of silence before and after a string
ADJUSTED = ("speed", "noise", "pause", "temperature", "normaliser")
KEPT, DIGITS, RESTORED = "speech: heard in own sounds", "speech: last good digits", "speech: restored"
SHARED = 48  # sounds, and spellings, that are kept for all visitors; each takes up to half a megabyte
MOST_KEPT = 12  # sounds and spellings of the visitor's own that a visit keeps


def fields(models: Sequence[str], names: Sequence[str]) -> tuple[Field, ...]:
    """Return what the page's address holds, given the names of the shipped models and of the voices."""
    return (
        Choice("source", SOURCES, SOURCES[0]),
        Text("digits", STANDARD.digits, DIGITS_CHARS),
        Choice("voice", (*names, MIXED), names[0]),
        Number("speed", *SPEEDS, STANDARD.speed),
        Choice("noise", NOISES, STANDARD.noise),
        Number("pause", 0.0, LONGEST_PAUSE, STANDARD.pause),
        Choice("model", tuple(models), models[0]),
        Number("temperature", 0.1, 5.0, 1.0),
        Choice("normaliser", NORMALISERS, NORMALISERS[0]),
        Choice("view", VIEWS, VIEWS[0]),
        Whole("step", NONE, 500, NONE),
        Choice("more", ("", *SECTIONS), SECTIONS[0]),
        Choice("silence", SILENCES, SILENCES[1]),
        Choice("curve", CURVES, CURVES[0]),
        Flag("present", False),
    )


@st.cache_resource(show_spinner=False)
def models() -> dict[str, bool]:
    """Return whether each shipped model is aware of location, by name; those that are come first."""
    found = {name: bool(config["model"].get("location")) for name, config in shipped_models(TASK).items()}
    return dict(sorted(found.items(), key=lambda one: not one[1]))


def other_model(name: str) -> str | None:
    """Return the first model that differs in its awareness of location, or None where none is shipped."""
    return next((one for one, is_aware in models().items() if is_aware != models()[name]), None)


def key(name: str) -> str:
    """Return the session key of a field."""
    return widget_key(PAGE, name)


def value(name: str):
    """Return a field's value as the visitor has it."""
    return st.session_state[key(name)]


# ---- the sound ----


def asked() -> Wanted:
    """Return the sound that the visitor asks for: their own, where they have one, else the string that is built.

    Digits that cannot be read leave the last that could in place.
    """
    own = own_sound(value("source"))
    if own is not None:
        return Wanted(speed=value("speed"), noise=value("noise"), mark=own.mark)
    try:
        digits = digits_of(value("digits"))
    except DigitsError:
        digits = st.session_state.get(DIGITS) or digits_of(STANDARD.digits)
    st.session_state[DIGITS] = digits
    return Wanted(digits, value("voice"), value("pause"), value("speed"), value("noise"))


def sound_of(wanted: Wanted) -> Sound:
    """Return the sound, altered as asked: a built one is shared by all visitors, one's own stays in the visit."""
    if not wanted.is_own:
        return built(wanted)
    own = own_of(wanted.mark).sound
    if wanted.speed == 1.0 and wanted.noise_db is None:
        return own
    return kept(("sound", wanted), lambda: altered(own, wanted.speed, wanted.noise_db, SEED))


@st.cache_resource(max_entries=SHARED, show_spinner=False)
def built(wanted: Wanted) -> Sound:
    """Put the clips together."""
    names = [voice.name for voice in voices()]
    clips = [clip(digit, voice_of(wanted.voice, place, names)) for place, digit in enumerate(wanted.digits)]
    return join(clips, pauses_of(wanted), wanted.speed, wanted.noise_db, SEED)


def problem_of(asked: Wanted) -> str:
    """Say why a sound cannot be heard: altered like that it is too long or too short. "" where it can."""
    seconds = sound_of(asked).seconds
    if MIN_SECONDS <= seconds <= MAX_SECONDS:
        return ""
    limits = {"least": f"{MIN_SECONDS:g}", "most": f"{MAX_SECONDS:.0f}"}
    return TEXT["own_long" if seconds > MAX_SECONDS else "own_short"].format(seconds=f"{seconds:.1f}", **limits)


def pauses_of(wanted: Wanted) -> list[float]:
    """Return the seconds of silence before each clip and after the last."""
    return [EDGE, *[wanted.pause] * (len(wanted.digits) - 1), EDGE]


def kept(wanted: tuple, make: Callable[[], Any]) -> Any:
    """Return what was made of the visitor's own sound before, or make it; only the last few are kept."""
    return keeping.kept(KEPT, MOST_KEPT, wanted, make)


# ---- what is heard ----


def mechanism(speller: DigitSpeller) -> Mechanism | None:
    """Return the visitor's attention, or None where it is the model's own."""
    own = speller.model.mechanism
    wanted = Mechanism(own.score, value("normaliser"), own.scale, value("temperature"))
    return None if wanted == own else wanted


def spelled(model: str, wanted: Wanted, mechanism: Mechanism | None) -> Spelling:
    """Spell a sound once: a built one for all visitors, their own for one visitor. Raises SoundError."""
    if not wanted.is_own:
        return _shared(model, wanted, mechanism)
    spell = loading.digit_speller(model).spell
    return kept((model, wanted, mechanism), lambda: spell(sound_of(wanted), mechanism))


@st.cache_resource(max_entries=SHARED, show_spinner=False)
def _shared(model: str, wanted: Wanted, mechanism: Mechanism | None) -> Spelling:
    return loading.digit_speller(model).spell(built(wanted), mechanism)


def is_adjusted(standard: Mapping) -> bool:
    """Tell whether the sound or the attention is altered; standard: each field's default."""
    return any(value(name) != standard[name] for name in ADJUSTED)


# ---- the picture ----


def inspector_initial() -> dict:
    """Return the inspector's first state, as the address gave it."""
    return {"view": value("view")} | ({} if value("step") == NONE else {"step": value("step")})


def keep_inspector(chosen: InspectorState) -> None:
    """Put what the visitor did inside the picture into the page's state."""
    if chosen.view:
        st.session_state[key("view")] = chosen.view
    if chosen.step is not None:
        st.session_state[key("step")] = chosen.step


def restore() -> None:
    """Have the inspector take its state from the page's once more, after a saved state was opened."""
    st.session_state[RESTORED] = st.session_state.get(RESTORED, 0) + 1


def restore_mark() -> str:
    return str(st.session_state.get(RESTORED, 0))


def model_title(name: str) -> str:
    return TEXT["with_location" if models()[name] else "without_location"]
