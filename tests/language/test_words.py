from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import attention.language.words as words_module
from attention.language.words import (
    MAX_CHARACTERS,
    TextError,
    check_text,
    find_words,
    look_up_form,
    shape,
    split_sentences,
    split_to_fit,
)


def texts_of(text: str) -> list[str]:
    return [word.text for word in find_words(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I don't know...", ["I", "don't", "know", "..."]),
        ("[NAME]’s cat, 2 dogs!!!", ["[NAME]", "’", "s", "cat", ",", "2", "dogs", "!!!"]),
        ("lol :) <3 :-( so", ["lol", ":)", "<3", ":-(", "so"]),
        ("cafe\u0301 na\u00efve", ["cafe\u0301", "na\u00efve"]),
        ("👍🏽👍 ok", ["👍🏽", "👍", "ok"]),
        ("a_b\tc\nd", ["a", "_", "b", "c", "d"]),
        ("zero\u200bwidth\ufeff", ["zero", "width"]),
    ],
)
def test_words_and_signs_are_told_apart(text, words):
    assert texts_of(text) == words


@given(st.text(max_size=80))
def test_every_word_stands_where_it_says(text):
    words = find_words(text)
    assert all(text[word.start : word.end] == word.text and word.text.strip() for word in words)
    assert all(before.end <= after.start for before, after in pairwise(words))


@given(st.text(alphabet="ab .!?\n…。\"'(Mr", max_size=60))
def test_sentences_hold_every_word_in_order(text):
    spans = split_sentences(text)
    assert all(text[span.start : span.end].strip() == text[span.start : span.end] != "" for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    outside = text
    for span in reversed(spans):
        outside = outside[: span.start] + outside[span.end :]
    assert not outside.strip()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Great! I love it. Why?", ["Great!", "I love it.", "Why?"]),
        ("Mr. Smith, e.g. Tom, left. Bye.", ["Mr. Smith, e.g. Tom, left.", "Bye."]),
        ("Well... maybe not.", ["Well...", "maybe not."]),
        ("One\n\ntwo", ["One", "two"]),
        ("Yes! 🎉\nNo", ["Yes! 🎉", "No"]),
        ("... So be it.", ["... So be it."]),
        ("No end", ["No end"]),
    ],
)
def test_sentences_end_where_people_end_them(text, sentences):
    assert [text[span.start : span.end] for span in split_sentences(text)] == sentences


PIECES = st.lists(st.sampled_from(["Mr", "e.g", "etc", "a", "(b", "Tom", "so", ".", ". ", "! ", " ", "…"]), max_size=12)


@given(st.lists(PIECES, max_size=6))
def test_sentences_are_those_of_a_look_back_without_limit(segments):
    text = " and what then came of it was this: ".join("".join(pieces) for pieces in segments)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(words_module, "LOOKED_BACK", len(text))
        wanted = split_sentences(text)
    assert split_sentences(text) == wanted


class Counted(str):
    """A text that counts the characters copied out of it."""

    copied = 0

    def __getitem__(self, place: slice) -> str:
        found = super().__getitem__(place)
        self.copied += len(found)
        return found


@pytest.mark.parametrize("hostile", ["a. ", "Mr. ", "so. then", "... ", ". ", "a.b. ", '." ', "(a. "])
def test_hostile_text_takes_work_in_proportion_to_its_length(hostile):
    for count in (500, 5_000):
        text = Counted(hostile * count)
        split_sentences(text)
        assert text.copied <= 40 * len(text)


def test_word_after_a_line_break_knows_it():
    words = find_words("a b\nc\r\n\r\nd\u2028e\n")
    assert [word.starts_line for word in words] == [False, False, True, True, True]


def test_forms_and_shapes_forget_what_does_not_matter():
    assert [look_up_form(word) for word in ("SOOOO", "Don’t", "!!!!!", "2019", "cafe\u0301")] == [
        "soo",
        "don't",
        "!!",
        "0",
        "café",
    ]
    assert [shape(word) for word in ("so", "So", "SO", "I", "soooo", "SOOO", "[NAME]")] == [0, 1, 2, 1, 3, 5, 0]


def test_texts_that_cannot_be_read_are_refused_in_words():
    for text, complaint in (
        ("", "no text yet"),
        (" \n", "no text yet"),
        ("\u200b\u2060", "no word"),
        ("\x00", "no word"),
    ):
        with pytest.raises(TextError, match=complaint):
            check_text(text)
    with pytest.raises(TextError, match="20,001 characters; at most 20,000"):
        check_text("a" * (MAX_CHARACTERS + 1))
    assert check_text("a" * MAX_CHARACTERS)


@given(st.integers(0, 90), st.integers(1, 20), st.sets(st.integers(0, 89)))
def test_parts_fit_and_lose_nothing(count, most, commas):
    words = find_words(" ".join("," if i in commas else f"w{i}" for i in range(count)))
    parts = split_to_fit(words, most)
    assert all(1 <= len(part) <= most for part in parts)
    assert tuple(word for part in parts for word in part) == words


def test_a_long_sentence_is_cut_after_a_comma():
    parts = split_to_fit(find_words("a b c d , e f g h i"), 6)
    assert [word.text for word in parts[0]] == ["a", "b", "c", "d", ","]
