"""Is the alignment honest? Silence what each word listened to, and as much elsewhere, and let the model spell again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from attention.figures.silenced_words import silenced_words
from attention.mechanisms import Mechanism
from attention.speech.faithfulness import Silenced, WordCheck, check_words, share_changed
from attention.speech.spelling import Spelling
from attention.ui import loading
from attention.ui.charts import as_table
from attention.ui.jobs import job_buttons, job_of, run_job, watch
from attention.ui.page import notice, quiet
from attention.ui.speech import state
from attention.ui.speech.charts import chart
from attention.ui.speech.text import SILENCES, TEXT
from attention.ui.speech.wanted import Wanted
from attention.ui.wording import percent

DRAWS = 3  # places by lot for each word and kind; each costs one more run of the model
JOB = "speech: words silenced"
CLEAR = 0.25  # a share of words from which on a silence counts, and a difference that says something
KINDS = ("looked", "same", "other")


def show_honesty(model: str, asked: Wanted, mechanism: Mechanism | None, spelling: Spelling) -> None:
    """Measure it word by word, and say in words what came out."""
    seconds = state.value("silence")
    mark = (model, asked, mechanism, seconds)
    columns = st.columns((3, 2), vertical_alignment="bottom")
    columns[0].segmented_control(
        TEXT["honest_length"],
        SILENCES,
        format_func=lambda seconds: TEXT["seconds_unit"].format(number=seconds),
        key=_length_key(),
        on_change=_keep_length,
    )
    if not spelling.words or float(seconds) >= spelling.seconds_of_sound / 2:
        notice(TEXT["honest_none"])
        return
    make = partial(_words, *mark, spelling)
    with columns[1], st.container(horizontal=True):
        if job_of(JOB, mark) is None:
            run_job(JOB, mark, make)
        job_buttons(JOB, mark, make, "speech_honest")
    quiet(TEXT["honest_lead"].format(seconds=seconds, draws=DRAWS))
    job, words = job_of(JOB, mark), [f"{place}. {word.text}" for place, word in enumerate(spelling.words, start=1)]
    if job.running:
        watch(job, TEXT["honest_working"])
        return
    if not job.finished:
        quiet(TEXT["honest_stopped"].format(done=job.done, all=job.all))
    if job.found:
        show_checks(job.found, words, seconds)


def show_checks(checks: Sequence[WordCheck], words: Sequence[str], seconds: str) -> None:
    """Say and draw what silencing did to the words."""
    notice([said(checks), judged(checks)])
    shares = {TEXT[f"honest_{kind}"]: [share_changed(found(check, kind)) for check in checks] for kind in KINDS}
    caption = TEXT["honest_caption"].format(seconds=seconds)
    named = [words[check.word] for check in checks]
    chart(silenced_words(named, shares, TEXT["honest_axis"]), "honest", caption)
    quiet(caption)
    as_table(checks_frame(checks, named))


def _words(
    model: str, asked: Wanted, mechanism: Mechanism | None, seconds: str, spelling: Spelling
) -> tuple[Iterator[WordCheck], int]:
    """Return the checking of all words, one by one, and how many they are."""
    speller, sound = loading.digit_speller(model), state.sound_of(asked)
    return check_words(speller, sound, spelling, float(seconds), DRAWS, mechanism), len(spelling.words)


def found(check: WordCheck, kind: str) -> tuple[Silenced, ...]:
    """Return the stretches of a kind; there is one that was most listened to, and some or none of the others."""
    return (check.looked,) if kind == "looked" else getattr(check, kind)


def mean_share(checks: Sequence[WordCheck], kind: str) -> float | None:
    """Return the mean over words of the share of silences that change the word; None where there was no place."""
    shares = [share for check in checks if (share := share_changed(found(check, kind))) is not None]
    return float(np.mean(shares)) if shares else None


def said(checks: Sequence[WordCheck]) -> str:
    """Say how many words each kind of silence changes."""
    looked = sum(check.looked.changed for check in checks)
    count = TEXT["words_one"] if len(checks) == 1 else TEXT["words_some"].format(count=len(checks))
    rest = {kind: mean_share(checks, kind) for kind in KINDS[1:]}
    told = {kind: TEXT["honest_no_room"] if share is None else percent(share) for kind, share in rest.items()}
    return TEXT["honest_line"].format(looked=looked, words=count, **told)


def judged(checks: Sequence[WordCheck]) -> str:
    """Say what that means for the alignment."""
    looked, same, other = (mean_share(checks, kind) for kind in KINDS)
    inside, other = max(looked, same or 0.0), other or 0.0
    if max(inside, other) < CLEAR:
        return TEXT["honest_robust"]
    if inside - other < CLEAR:
        return TEXT["honest_no"]
    if same is None:
        return TEXT["honest_word"]
    if abs(looked - same) < CLEAR:
        return TEXT["honest_half"]
    return TEXT["honest_yes" if looked > same else "honest_less"]


def checks_frame(checks: Sequence[WordCheck], words: Sequence[str]) -> pd.DataFrame:
    """Return every stretch that was silenced, and what became of its word."""
    rows = [
        {
            TEXT["word"]: words[place],
            TEXT["honest_length"]: TEXT[f"honest_{kind}"],
            TEXT["moment"]: f"{one.start:.2f}–{one.end:.2f}",
            TEXT["honest_became"]: became(one),
            TEXT["honest_whole"]: one.text,
        }
        for place, check in enumerate(checks)
        for kind in KINDS
        for one in found(check, kind)
    ]
    return pd.DataFrame(rows).set_index(TEXT["word"])


def became(one: Silenced) -> str:
    if not one.changed:
        return TEXT["honest_kept"]
    return TEXT["honest_gone"] if one.became is None else one.became


def _length_key() -> str:
    key = state.key("silence_choice")
    st.session_state[key] = state.value("silence")
    return key


def _keep_length() -> None:
    st.session_state[state.key("silence")] = st.session_state[state.key("silence_choice")] or state.value("silence")
