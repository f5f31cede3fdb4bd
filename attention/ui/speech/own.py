"""The visitor's own sound: recorded or uploaded, kept in this visit alone, and played faster, slower or in noise."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import streamlit as st

from attention.speech.sound import RATE, Sound, SoundError, read_sound, resampled, voiced_range
from attention.speech.strings import coloured_noise
from attention.ui.speech.text import TEXT

OWN, PROBLEMS = "speech: own sounds", "speech: problems with own sounds"
NAME_LIMIT = 60  # characters of a file's name


@dataclass(frozen=True, eq=False)
class Own:
    """A sound of the visitor's: what to call it, what tells it from others, and the sound."""

    name: str
    mark: str
    sound: Sound


def own_sound(source: str) -> Own | None:
    """Return what the visitor has recorded ("record") or uploaded ("upload") in this visit."""
    return st.session_state.get(OWN, {}).get(source)


def own_of(mark: str) -> Own:
    """Return the visitor's sound of a mark. Raises KeyError when the visit has none."""
    for own in st.session_state.get(OWN, {}).values():
        if own.mark == mark:
            return own
    raise KeyError(f"this visit has no sound {mark!r}")


def own_problem(source: str) -> str:
    """Say why the last recording or file could not be used; "" where it could."""
    return st.session_state.get(PROBLEMS, {}).get(source, "")


def take_own(source: str, widget: str) -> None:
    """Read what a widget holds, in its callback. What cannot be used leaves the sound before as it was."""
    file = st.session_state.get(widget)
    problems = st.session_state.setdefault(PROBLEMS, {})
    problems.pop(source, None)
    if file is None:
        forget_own(source)
        return
    data = file.getvalue()
    name = TEXT["own_recording"] if source == "record" else short_name(file.name)
    try:
        found = Own(name, hashlib.sha256(data).hexdigest()[:16], read_sound(data))
    except SoundError as error:
        problems[source] = f"{error} {TEXT['stays']}"
        return
    st.session_state.setdefault(OWN, {})[source] = found


def forget_own(source: str) -> None:
    """Let go of the visitor's sound, in a callback."""
    st.session_state.get(OWN, {}).pop(source, None)
    st.session_state.get(PROBLEMS, {}).pop(source, None)


def short_name(name: str) -> str:
    """Return a file's name as it may stand in a sentence."""
    plain = "".join(character for character in name if character.isprintable())
    return plain if len(plain) <= NAME_LIMIT else plain[: NAME_LIMIT - 1] + "…"


def altered(sound: Sound, speed: float, noise_db: float | None, seed: int = 0) -> Sound:
    """Return the sound at another speed, as a tape plays it, with noise under the voice. Its true spans are left out.

    noise_db: how far the mean power from the first to the last word lies above the noise's; None for no noise.
    """
    samples = resampled(sound.samples, RATE * speed)
    if noise_db is not None:
        first, last = voiced_range(samples)
        power = np.square(samples[first:last]).mean()
        samples = samples + coloured_noise(len(samples), "pink", seed) * np.sqrt(power * 10 ** (-noise_db / 10))
    return Sound(np.clip(samples, -1.0, 1.0).astype(np.float32), notes=sound.notes)
