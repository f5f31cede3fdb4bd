"""Long work in a visit: done a moment at a time, with its progress, and stopped when the visitor likes.

The browser asks for more, so that the visitor's clicks and other visitors come in between, and the work ends with the
visit; what was found so far stays in the session. A page makes the steps and says what they gave:

    job = job_of("speech: curve", mark)                    # None where nothing of that mark was begun
    with st.container(horizontal=True):
        job_buttons("speech: curve", mark, make_steps)     # make_steps() -> (iterator, how many)
    if job is not None and job.running:
        watch(job, "{done} of {all} strings spelled", show_found)
    elif job is not None:
        show_found(job)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

TEXT = {"run": "Run", "stop": "Stop"}
WORK_S, LOOK_S = 0.3, 0.4  # how long it works at a time, and how often


@dataclass(eq=False)
class Job:
    """Work in steps: what it is about, the steps still to come, how many there are at most, and what they gave."""

    mark: Hashable
    steps: Iterator[Any]
    all: int
    found: list[Any] = field(default_factory=list)
    running: bool = False
    finished: bool = False

    @property
    def done(self) -> int:
        return len(self.found)

    def advance(self) -> None:
        """Do one more step; when there is none left, the work is finished."""
        for one in self.steps:
            self.found.append(one)
            return
        self.running, self.finished = False, True


Make = Callable[[], tuple[Iterator[Any], int]]


def job_of(name: str, mark: Hashable) -> Job | None:
    """Return the work of that name, if it is about this mark."""
    job: Job | None = st.session_state.get(name)
    return job if job is not None and job.mark == mark else None


def run_job(name: str, mark: Hashable, make: Make) -> None:
    """Begin the work, or go on where it was stopped; work of another mark is let go."""
    job = job_of(name, mark)
    if job is None:
        job = st.session_state[name] = Job(mark, *make())
    job.running = not job.finished


def stop_job(name: str) -> None:
    """Stop the work of that name; what was found stays."""
    job: Job | None = st.session_state.get(name)
    if job is not None:
        job.running = False


def job_buttons(name: str, mark: Hashable, make: Make, key: str) -> None:
    """Offer Run and Stop; both are always there, lest one slip under a click that was meant for the other."""
    job = job_of(name, mark)
    running, is_over = job is not None and job.running, job is not None and job.finished
    st.button(TEXT["run"], on_click=run_job, args=(name, mark, make), key=f"{key}_run", disabled=running or is_over)
    st.button(TEXT["stop"], on_click=stop_job, args=(name,), key=f"{key}_stop", disabled=not running)


def watch(job: Job, progress: str, show: Callable[[Job], None] | None = None) -> None:
    """Work on, show how far it is and what was found, until all is done or the visitor stops it.

    progress: a sentence with {done} and {all}.
    """
    st.fragment(_work, run_every=LOOK_S)(job, progress, show)


def _work(job: Job, progress: str, show: Callable[[Job], None] | None) -> None:
    end = time.monotonic() + WORK_S
    while job.running and time.monotonic() < end:
        job.advance()
    st.progress(min(job.done / max(job.all, 1), 1.0), text=progress.format(done=job.done, all=job.all))
    if show is not None and job.found:
        show(job)
    if job.finished:
        st.rerun()
