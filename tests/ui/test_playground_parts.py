"""Matrices and names as visitors type them, measurements that can be stopped, and what is drawn of a formula."""

from __future__ import annotations

import contextlib
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attention.ui.playground import measuring
from attention.ui.playground.names import NamesError, random_matrix, read_names, values_of, write_names
from attention.ui.playground.tables import TableError, read_cells, read_table, write_cells, write_table


@pytest.mark.parametrize(
    "text",
    [
        "1,2.5\n-3,4",
        "1\t2.5\n-3\t4\n",
        "1;2,5\r\n-3;4",
        "1 2.5\n−3   4",
        " 1 , 2.5 \n\n -3 , 4 ",
        "1\t2,5\n-3\t4",
        "1,2.5,\n-3,4,",
        "1e0,25e-1\n-3,+4",
    ],
)
def test_a_matrix_is_read_however_it_is_separated(text):
    assert read_table(text, 12, 16).tolist() == [[1, 2.5], [-3, 4]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no numbers"),
        (" \n\t\n", "no numbers"),
        ("1,2\n3", "Numbers in row 2: 1; in row 1: 2"),
        ("1,x", "Row 1, column 2 is “x”"),
        ("1,,2", "Row 1, column 2 is empty"),
        ("nan", "“nan”"),
        ("1e999", "“1e999”|Numbers may go"),
        ("2000000000", "from −1,000,000,000 to 1,000,000,000"),
        ("1\n" * 13, "13 rows; at most 12"),
        ("1 " * 17, "17 columns; at most 16"),
        ("=1+1", "“=1\\+1”"),
        ("١", "“١”"),
        ("<b>1</b>", "“<b>1</b>”"),
    ],
)
def test_what_is_no_matrix_is_refused_with_its_place(text, said):
    with pytest.raises(TableError, match=said):
        read_table(text, 12, 16)


@given(arrays(np.float64, (3, 5), elements=st.floats(-1e5, 1e5)))
def test_a_written_matrix_is_read_back_exactly(matrix):
    assert (read_table(write_table(matrix), 12, 16) == matrix).all()


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_a_matrix(text):
    with contextlib.suppress(TableError):
        assert np.isfinite(read_table(text, 12, 16)).all()


@given(arrays(bool, (4, 6)))
def test_a_drawn_mask_is_read_back(mask):
    assert (read_cells(write_cells(mask), 4, 6) == mask).all()


def test_a_drawn_mask_of_another_size_is_cut_or_left_open():
    assert read_cells("01.10", 1, 3).tolist() == [[False, True, True]]
    assert read_cells("01x", 2, 2).all()


def test_names_are_read_and_written_back():
    text = "a = -1.5\nW: d x 3\nU: 2 x 2 = 1.0,0.0; 0.5,1.0"
    names = read_names(text)
    assert [one.shape for one in names] == [(), ("d", 3), (2, 2)]
    assert read_names(write_names(names)) == names
    values = values_of(names, {"n": 4, "m": 5, "d": 2}, seed=1)
    assert values["a"] == -1.5
    assert values["W"].shape == (2, 3)
    assert values["U"].tolist() == [[1, 0], [0.5, 1]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a", "Line 1"),
        ("a = x", "“x” is not a number"),
        ("a = 1\na = 2", "Line 2 names a once more"),
        ("a = 2\nQ = 3", "Line 2: Q already stands for something"),
        ("softmax: d x d", "Line 1: softmax already stands"),
        ("W: k x d", "not “k”"),
        ("W: 99 x d", "not “99”"),
        ("W: 2 x 2 = 1, 2; 3", "numbers of W"),
        ("__import__('os') = 1", "Line 1"),
        ("\n".join(f"a{i} = 1" for i in range(13)), "13 names; at most 12"),
    ],
)
def test_what_names_nothing_is_refused_with_its_line(text, said):
    with pytest.raises(NamesError, match=said):
        read_names(text)


def test_numbers_that_do_not_have_their_shape_are_refused():
    with pytest.raises(NamesError, match="here 3 × 3, but 2 × 2 are given"):
        values_of(read_names("W: d x d = 1, 0; 0, 1"), {"n": 4, "m": 4, "d": 3}, seed=1)


def test_a_larger_random_matrix_begins_with_the_smaller_one():
    assert (random_matrix("Q", 5, 7, 3)[:2, :3] == random_matrix("Q", 2, 3, 3)).all()
    assert (random_matrix("Q", 5, 7, 3) != random_matrix("K", 5, 7, 3)).any()


def test_a_measurement_gathers_rows_until_it_is_stopped():
    first, go_on = threading.Event(), threading.Event()

    def rows(should_stop):
        yield 1
        first.set()
        go_on.wait(30)
        if not should_stop():
            yield 2

    measurement = measuring.start(rows)
    assert first.wait(30)
    measurement.stop()
    go_on.set()
    assert measurement.wait(60)
    assert (measurement.rows, measurement.stopped, measurement.failure) == ([1], True, "")


def test_a_measurement_that_fails_says_why_and_lets_the_next_one_run():
    def fails(should_stop):
        yield 1
        raise ValueError("no such variant")

    measurement = measuring.start(fails)
    assert measurement.wait(60)
    assert measurement.failure == "no such variant"
    after = measuring.start(lambda should_stop: iter([1, 2]))
    assert after.wait(60)
    assert after.rows == [1, 2]
