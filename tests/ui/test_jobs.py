"""Long work: it goes step by step, stops, goes on, and is let go when it is about something else."""

from __future__ import annotations

import pytest
import streamlit as st

from attention.ui.jobs import Job, job_of, run_job, stop_job

NAME = "tests: job"


@pytest.fixture(autouse=True)
def session(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})


def make():
    return iter("abc"), 3


def test_steps_are_done_one_by_one_until_none_is_left():
    job = Job("mark", *make(), running=True)
    seen = []
    while job.running:
        job.advance()
        seen.append((job.done, job.finished))
    assert seen == [(1, False), (2, False), (3, False), (3, True)]
    assert job.found == ["a", "b", "c"]


def test_stopped_work_goes_on_where_it_was():
    run_job(NAME, "mark", make)
    job_of(NAME, "mark").advance()
    stop_job(NAME)
    assert not job_of(NAME, "mark").running
    run_job(NAME, "mark", make)
    job = job_of(NAME, "mark")
    job.advance()
    assert (job.running, job.found) == (True, ["a", "b"])


def test_work_about_something_else_is_let_go():
    run_job(NAME, "one", make)
    assert job_of(NAME, "other") is None
    run_job(NAME, "other", make)
    assert job_of(NAME, "one") is None


def test_finished_work_is_not_run_again():
    run_job(NAME, "mark", make)
    job = job_of(NAME, "mark")
    for _ in range(4):
        job.advance()
    run_job(NAME, "mark", make)
    assert (job.finished, job.running) == (True, False)


def test_stopping_what_was_never_begun_does_nothing():
    stop_job(NAME)
    assert job_of(NAME, "mark") is None
