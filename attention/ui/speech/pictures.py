"""A `Spelling` as the inspector shows it: letters on one side, the sound on the other, one axis of time."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

import numpy as np

from attention.attention_map import AttentionMap
from attention.speech.letters import WORDS
from attention.speech.sound import Sound, write_wav
from attention.speech.spelling import Spelling
from attention.ui.inspector import InspectorView, Reading, Sentence, Span, Track
from attention.ui.inspector.track import grey_of, wave_of
from attention.ui.speech.text import TEXT

STYLE = """<style>
.lab-numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr));
  gap: 0.9rem 2rem; margin: 0.2rem 0 0.4rem !important; padding: 0 !important; }
.lab-numbers :is(dt, dd) { margin: 0 !important; padding: 0 !important; }
.lab-numbers dt { font-size: 0.875rem; color: color-mix(in srgb, currentColor 74%, transparent); }
.lab-numbers dd { font-family: var(--lab-serif); font-weight: 600; font-size: 1.5rem; line-height: 1.3; }
.lab-numbers dd small { display: block; font-family: "Source Sans", sans-serif; font-weight: 400; font-size: 0.8125rem;
  line-height: 1.4; color: color-mix(in srgb, currentColor 70%, transparent); text-wrap: pretty; }
</style>"""


def speech_view(
    spelling: Spelling,
    sound: Sound,
    initial: Mapping[str, Any] | None = None,
    restore: str = "",
    heading: str = "",
    comment: str = "",
    name: str = "",
) -> InspectorView:
    """Return everything that the inspector shows of one sound. spelling: with at least one letter.

    name: tells this view from others of the same letters, such as the model's.
    """
    rows = letter_rows(spelling)
    shown = Reading(
        letters_alone(spelling),
        TEXT["reading"],
        "letters",
        query=letters_of(spelling),
        key=track_of(spelling, sound),
    )
    return InspectorView(
        readings=(shown,),
        meta=meta_line(spelling, len(rows)),
        caption=TEXT["caption"],
        captions={"heads": TEXT["caption_heads"]},
        initial=initial or {},
        restore=restore,
        id=f"{name} {spelling.text} {zlib.crc32(sound.samples.tobytes())}",
        text={one: TEXT[one] for one in ("step_of", "previous", "next", "step", "cell")},
        file_stem="spoken-digits",
        heading=heading,
        comment=comment,
    )


def letter_rows(spelling: Spelling) -> list[int]:
    """Return the rows of the letters; those of the spaces between words are left out of the picture."""
    return [row for row, letter in enumerate(spelling.letters) if letter.strip()]


def letters_alone(spelling: Spelling) -> AttentionMap:
    """Return the map without the rows of spaces."""
    rows, found = letter_rows(spelling), spelling.map
    return replace(found, weights=found.weights[:, :, rows], query_labels=tuple(spelling.letters[row] for row in rows))


def letters_of(spelling: Spelling) -> Sentence:
    """Return the letters as a line to read, with a space before each word but the first."""
    rows = letter_rows(spelling)
    before = tuple(" " if row and row - 1 not in rows and row != rows[0] else "" for row in rows)
    return Sentence(tuple(spelling.letters[row] for row in rows), before, "en")


def track_of(spelling: Spelling, sound: Sound) -> Track:
    """Return the sound as the picture's axis of time, with the words that are truly there where that is known."""
    spans = tuple(Span(span.start, span.end, WORDS[span.digit]) for span in sound.spans)
    columns = max(1, round(100 * spelling.seconds_of_sound))  # hundredths of a second; the rest only fills a frame up
    mels = np.asarray(spelling.mels)[:, :columns]
    return Track(
        seconds=spelling.seconds_of_sound,
        starts=spelling.starts,
        ends=spelling.ends,
        wave=wave_of(sound.samples),
        spectrogram=grey_of(mels),
        sound=write_wav(sound),
        spans=spans,
    )


def meta_line(spelling: Spelling, letters: int) -> str:
    """Return how many letters came from how much sound, and how long that took."""
    return TEXT["meta"].format(
        letters=letters,
        seconds=f"{spelling.seconds_of_sound:.1f}",
        milliseconds=f"{max(1000 * spelling.seconds, 1):.0f}",
    )


def numbers_html(numbers: list[tuple[str, str, str]]) -> str:
    """Return numbers with their names and what they mean as safe HTML."""
    cells = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(number)}<small>{escape(line)}</small></dd></div>"
        for name, number, line in numbers
    )
    return f'{STYLE}<dl class="lab-numbers" aria-label="{escape(TEXT["numbers"])}">{cells}</dl>'
