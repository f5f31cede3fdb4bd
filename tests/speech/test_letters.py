from __future__ import annotations

import pytest

from attention.speech.letters import DIGITS, END, LETTERS, WORDS, decode, encode, spelled, word_rows


def test_every_word_can_be_written_and_read_back():
    for digit, word in enumerate(WORDS):
        assert decode(encode(word)) == word == spelled([digit])
        assert DIGITS[word] == digit
    assert encode(spelled([7, 2]))[-1] == END
    assert decode(encode("seven two")) == "seven two"
    assert len(set(LETTERS)) == len(LETTERS)


def test_nothing_behind_the_end_mark_is_read():
    assert decode([*encode("six"), *encode("two")]) == "six"
    assert decode([]) == ""
    assert encode("") == [END]


def test_other_letters_are_refused():
    with pytest.raises(ValueError, match="'k'"):
        encode("kix")


@pytest.mark.parametrize(
    ("text", "rows"),
    [("", []), ("one", [(0, 2)]), ("one six", [(0, 2), (4, 6)]), (" a  bc ", [(1, 1), (4, 5)]), ("  ", [])],
)
def test_words_know_their_rows(text, rows):
    assert word_rows(text) == rows
