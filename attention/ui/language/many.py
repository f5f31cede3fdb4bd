"""Many texts from a CSV file: choose the column, run, watch, stop, see the whole, take the numbers along.

The work is done a moment at a time, whenever the browser asks for more, so that the visitor's clicks and other visitors
come in between, and it ends with the visit; what was read so far stays in the session.
"""

from __future__ import annotations

import csv
import hashlib
import io
import time
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import pandas as pd
import streamlit as st

from attention.figures.emotion_shares import emotion_shares
from attention.language.labels import EMOTIONS, GROUPS
from attention.language.reader import EmotionReader
from attention.language.words import MAX_CHARACTERS
from attention.ui.charts import as_table
from attention.ui.exports import safe_cell
from attention.ui.language.charts import chart
from attention.ui.language.text import TEXT
from attention.ui.language.texts_file import MAX_MEGABYTES, MAX_ROWS, FileError, TextTable, read_table
from attention.ui.page import notice, offer_file, quiet

CHUNK, CHUNK_CHARACTERS = 64, 20_000  # most texts read between two looks at the clock, and most characters of them
WORK_S, LOOK_S = 0.3, 0.4  # how long it works at a time, and how often
FILE, JOB = "language: file of texts", "language: reading of many texts"
HEADER, COLUMN = "language_file_header", "language_file_column"


@dataclass(frozen=True, eq=False)
class TextFile:
    """What was uploaded: its name, and the table or the reason why there is none."""

    name: str
    mark: str
    table: TextTable | None
    problem: str = ""


@dataclass(eq=False)
class Job:
    """The reading of one column: its texts and the numbers found so far, NaN where a text holds nothing to read.

    probabilities: (texts, 28). sentiments: (texts, 4). done: how many texts, from the first, have been read.
    """

    mark: tuple
    name: str
    column: str
    texts: list[str]
    probabilities: np.ndarray
    sentiments: np.ndarray
    thresholds: np.ndarray
    sentiment_thresholds: np.ndarray
    done: int = 0
    running: bool = False

    @property
    def is_finished(self) -> bool:
        return self.done >= len(self.texts)

    def advance(self, reader: EmotionReader) -> None:
        """Read the next chunk: at least one text, and no more than can be read in a moment."""
        waiting = self.texts[self.done : self.done + CHUNK]
        texts = [text if len(text) <= MAX_CHARACTERS else "" for text in waiting]
        sizes = accumulate(map(len, texts))
        texts = texts[: max(1, sum(size <= CHUNK_CHARACTERS for size in sizes))]
        end = self.done + len(texts)
        self.probabilities[self.done : end] = reader.scores(texts)
        self.sentiments[self.done : end] = reader.sentiments_of(self.probabilities[self.done : end])
        self.done = end


def show_many(reader: EmotionReader) -> None:
    """Draw the section: the file, its column, the work and what it has found."""
    quiet(TEXT["file_hint"].format(megabytes=MAX_MEGABYTES, rows=MAX_ROWS))
    st.file_uploader(
        TEXT["file_input"],
        type=["csv", "tsv", "txt"],
        max_upload_size=MAX_MEGABYTES,
        key="language_file",
        on_change=_take_file,
        label_visibility="collapsed",
    )
    file: TextFile | None = st.session_state.get(FILE)
    if file is None:
        return
    if file.table is None:
        notice(file.problem, error=True)
        return
    job = _choose(file, file.table, reader)
    if job and job.running:
        st.fragment(_work, run_every=LOOK_S)(job, reader)
    elif job and job.done:
        _show_results(job)


def _work(job: Job, reader: EmotionReader) -> None:
    """Read for a moment and say how far it is; the browser calls again until all is read or the visitor stops it."""
    end = time.monotonic() + WORK_S
    while job.running and not job.is_finished and time.monotonic() < end:
        job.advance(reader)
    said = TEXT["file_progress"].format(done=job.done, all=len(job.texts))
    st.progress(job.done / len(job.texts), text=said)
    if job.running and job.is_finished:
        job.running = False
        st.rerun()


def _take_file() -> None:
    """Read the file as soon as it is there; without one, keep what was read, for the section may just be closed."""
    file = st.session_state.get("language_file")
    if file is None:
        st.session_state.pop(FILE, None)
        st.session_state.pop(JOB, None)
        return
    data = file.getvalue()
    mark = hashlib.sha256(data).hexdigest()
    try:
        found = TextFile(file.name, mark, read_table(data))
    except FileError as error:
        found = TextFile(file.name, mark, None, str(error))
    st.session_state[FILE] = found


def _choose(file: TextFile, table: TextTable, reader: EmotionReader) -> Job | None:
    """Let the visitor choose the column and start; return the job of that choice, if there is one.

    Each file has its own two widgets, which begin as they were when this file was read before.
    """
    job: Job | None = st.session_state.get(JOB)
    likely, is_named = None, len(table.rows) > 1
    if job is not None and job.mark[1] == file.mark:
        likely, is_named = job.mark[2:]
    columns = st.columns((2.4, 2.2, 1.4), vertical_alignment="bottom")
    with columns[1]:
        header = st.checkbox(TEXT["file_header"], is_named, key=f"{HEADER}_{file.mark[:8]}")
    names = table.names(header)
    with columns[0]:
        column = st.selectbox(
            TEXT["file_column"],
            range(len(names)),
            table.likely_column(header) if likely is None else likely,
            format_func=names.__getitem__,
            key=f"{COLUMN}_{file.mark[:8]}",
        )
    texts = table.texts(column, header)
    said = TEXT["file_read_one" if len(names) == 1 else "file_read"]
    quiet(" ".join((said.format(rows=len(texts), columns=len(names)), *table.notes)))
    mark = (reader.name, file.mark, column, header)
    if job is not None and job.mark != mark:
        job = None
    make, running = (mark, file.name, names[column], texts), bool(job and job.running)
    is_over = not texts or running or bool(job and job.is_finished)
    with columns[2], st.container(horizontal=True):  # both always, lest one slip under a click meant for the other
        st.button(TEXT["run"], on_click=_run, args=(make, reader), key="language_file_run", disabled=is_over)
        st.button(TEXT["stop"], on_click=_stop, key="language_file_stop", disabled=not running)
    return job


def _run(make: tuple, reader: EmotionReader) -> None:
    mark, name, column, texts = make
    job: Job | None = st.session_state.get(JOB)
    if job is None or job.mark != mark:
        own = reader.read(TEXT["column_text"])
        empty = np.full((len(texts), len(EMOTIONS)), np.nan), np.full((len(texts), len(GROUPS)), np.nan)
        job = Job(mark, name, column, texts, *empty, own.thresholds, own.sentiment_thresholds)
        st.session_state[JOB] = job
    job.running = True


def _stop() -> None:
    job: Job | None = st.session_state.get(JOB)
    if job is not None:
        job.running = False


def _show_results(job: Job) -> None:
    """Show what was read: how much, the whole as a picture, each text in a table, and the file to take along."""
    said = [TEXT["file_done" if job.is_finished else "file_stopped"].format(done=job.done, all=len(job.texts))]
    unread = int(np.isnan(job.probabilities[: job.done, 0]).sum())
    if unread:
        said.append(TEXT["file_unread"].format(count=unread, limit=MAX_CHARACTERS))
    notice(" ".join(said))
    if job.done > unread:
        _summary(job)
    st.markdown(f"##### {TEXT['file_table']}")
    shares = {
        TEXT[name]: st.column_config.NumberColumn(format="percent")
        for name in ("column_probability", "column_sentiment_probability")
    }
    st.dataframe(results_frame(job), column_config=shares, height=380, hide_index=True, alt=TEXT["file_table"])
    offer_file(TEXT["file_download"], lambda: results_csv(job), "emotions.csv", "text/csv", "language_file_save")


def _summary(job: Job) -> None:
    with np.errstate(invalid="ignore"):
        counts = (job.probabilities[: job.done] >= job.thresholds).sum(axis=0)
        groups = (job.sentiments[: job.done] >= job.sentiment_thresholds).sum(axis=0)
    read = int((~np.isnan(job.probabilities[: job.done, 0])).sum())
    st.markdown(f"##### {TEXT['file_summary']}")
    listed = ", ".join(f"{TEXT[group]} in {count:,}" for group, count in zip(GROUPS, groups, strict=True))
    quiet(TEXT["file_sentiments"].format(listed=listed))
    order = [int(i) for i in np.argsort(-counts, kind="stable") if counts[i]]
    if not order:
        quiet(TEXT["file_none"])
        return
    names = [EMOTIONS[i] for i in order]
    chart(emotion_shares(names, counts[order], read), "shares", TEXT["file_summary_caption"])
    quiet(TEXT["file_summary_caption"])
    frame = pd.DataFrame({"texts": counts[order], "%": (100 * counts[order] / read).round(1)}, index=names)
    as_table(frame.rename_axis(TEXT["emotion"]))


def results_frame(job: Job) -> pd.DataFrame:
    """Return one row a text that was read: strongest emotion, those above their threshold, strongest sentiment."""
    found, groups = job.probabilities[: job.done], job.sentiments[: job.done]
    is_read = ~np.isnan(found[:, 0])
    best, best_group = (np.where(is_read[:, None], numbers, -1).argmax(axis=1) for numbers in (found, groups))
    names = list(GROUPS)
    return pd.DataFrame(
        {
            TEXT["column_row"]: np.arange(1, job.done + 1),
            TEXT["column_text"]: job.texts[: job.done],
            TEXT["column_emotion"]: [EMOTIONS[i] if ok else "" for i, ok in zip(best, is_read, strict=True)],
            TEXT["column_probability"]: found[np.arange(job.done), best].round(3),
            TEXT["column_above"]: [", ".join(_above(row, job.thresholds)) for row in found],
            TEXT["column_sentiment"]: [TEXT[names[i]] if ok else "" for i, ok in zip(best_group, is_read, strict=True)],
            TEXT["column_sentiment_probability"]: groups[np.arange(job.done), best_group].round(3),
        }
    )


def results_csv(job: Job) -> bytes:
    """Return the table with all probabilities as CSV, UTF-8 with a byte order mark so that spreadsheets read it."""
    out = io.StringIO()
    writer = csv.writer(out)
    frame = results_frame(job)
    writer.writerow([*frame.columns, *EMOTIONS, *(TEXT["column_group"].format(group=group) for group in GROUPS)])
    numbers = np.concatenate([job.probabilities[: job.done], job.sentiments[: job.done]], axis=1)
    for cells, row in zip(frame.itertuples(index=False), numbers, strict=True):
        writer.writerow([*(_cell(cell) for cell in cells), *(_cell(float(number)) for number in row)])
    return out.getvalue().encode("utf-8-sig")


def _above(row: np.ndarray, thresholds: np.ndarray) -> list[str]:
    with np.errstate(invalid="ignore"):
        return [EMOTIONS[i] for i in np.argsort(-row) if row[i] >= thresholds[i]]


def _cell(value: object) -> object:
    """Return what a cell of the file holds: four digits of a number, nothing for NaN, text that runs as no formula."""
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.4f}"
    return safe_cell(value) if isinstance(value, str) else value
