"""What a visitor can take along: the words as CSV, and the same in Python."""

from __future__ import annotations

import csv
import io

import pandas as pd

from attention.mechanisms import Mechanism
from attention.speech.clips import voices
from attention.speech.letters import WORDS
from attention.speech.sound import Sound
from attention.speech.spelling import SpelledWord, Spelling
from attention.ui.exports import mechanism_code, safe_cell
from attention.ui.speech.numbers import true_words
from attention.ui.speech.state import SEED, pauses_of
from attention.ui.speech.text import TEXT
from attention.ui.speech.wanted import Wanted, voice_of
from attention.ui.wording import percent

BUILT = """\
from attention.speech.clips import clip
from attention.speech.speller import DigitSpeller
from attention.speech.strings import join
{imports}
said = {said!r}
sound = join([clip(digit, voice) for digit, voice in said], {settings})
"""
OWN = """\
from pathlib import Path

from attention.speech.sound import read_sound
from attention.speech.speller import DigitSpeller
{imports}
sound = read_sound(Path("spoken-digits.wav").read_bytes())  # the sound as saved by this page
"""
SPELL = """\
spelling = DigitSpeller.load({model!r}).spell(sound{changed})
print(spelling.text)
for word in spelling.words:
    print(f"{{word.text}}: {{word.start:.2f}} to {{word.end:.2f}} s")
print(spelling.map.matrix().round(2))  # rows: spelling.letters; columns: moments from spelling.starts on
"""


def word_rows(spelling: Spelling, sound: Sound) -> list[dict[str, str]]:
    """Return a row a word: what was heard and when; and what was truly said where that is known, missed words too."""
    places = true_words(spelling, sound) if sound.spans else []
    rows = [_heard_row(word) for word in spelling.words]
    if not sound.spans:
        return rows
    for row, place in zip(rows, places, strict=True):
        row[TEXT["truth"]] = _said(sound, place)
    missed = [place for place in range(len(sound.spans)) if place not in places]
    return [*rows, *({TEXT["word"]: TEXT["missed"], TEXT["truth"]: _said(sound, place)} for place in missed)]


def _heard_row(word: SpelledWord) -> dict[str, str]:
    return {
        TEXT["word"]: word.text,
        TEXT["from_to"]: f"{word.start:.2f}–{word.end:.2f}",
        TEXT["peak"]: f"{word.peak:.2f}",
        TEXT["probability"]: percent(word.probability),
    }


def _said(sound: Sound, place: int | None) -> str:
    """Return which word was truly said, and when."""
    if place is None:
        return TEXT["not_said"]
    span = sound.spans[place]
    return f"{WORDS[span.digit]}, {span.start:.2f}–{span.end:.2f}"


def words_frame(spelling: Spelling, sound: Sound) -> pd.DataFrame:
    """Return the words as a table."""
    rows = word_rows(spelling, sound)
    return pd.DataFrame(rows).fillna("").set_index(TEXT["word"]) if rows else pd.DataFrame()


def words_csv(spelling: Spelling, sound: Sound) -> bytes:
    """Return the words as CSV, UTF-8 with a byte order mark so that spreadsheets read it."""
    out = io.StringIO()
    writer = csv.writer(out)
    frame = words_frame(spelling, sound).reset_index()
    writer.writerow(frame.columns)
    for row in frame.itertuples(index=False):
        writer.writerow([safe_cell(str(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def python_code(model: str, asked: Wanted, mechanism: Mechanism | None) -> str:
    """Return a program that makes the same spelling with the package."""
    imports = "from attention.mechanisms import Mechanism\n" if mechanism else ""
    changed = f", {mechanism_code(mechanism)}" if mechanism else ""
    spell = SPELL.format(model=model, changed=changed)
    if asked.is_own:
        return OWN.format(imports=imports) + spell
    names = [voice.name for voice in voices()]
    said = [(digit, voice_of(asked.voice, place, names)) for place, digit in enumerate(asked.digits)]
    settings = f"{pauses_of(asked)}, speed={asked.speed}, noise_db={asked.noise_db}, seed={SEED}"
    return BUILT.format(imports=imports, said=said, settings=settings) + spell
