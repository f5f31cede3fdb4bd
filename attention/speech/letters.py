"""The letters that the model writes: ten words for ten digits, a space between words, an end mark."""

from __future__ import annotations

from collections.abc import Sequence

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
DIGITS = {word: digit for digit, word in enumerate(WORDS)}
END, SPACE = 0, 1  # numbers of the end mark and of the space; the end mark also begins a spelling
LETTERS = ("", " ", *sorted(set("".join(WORDS))))  # by number; the end mark has no letter
NUMBERS = {letter: number for number, letter in enumerate(LETTERS) if letter}


def spelled(digits: Sequence[int]) -> str:
    """Return the digits in words: (7, 2) is "seven two"."""
    return " ".join(WORDS[digit] for digit in digits)


def encode(text: str) -> list[int]:
    """Return the letters' numbers, the end mark last. Raises ValueError for a letter that no digit's word has."""
    if unknown := sorted(set(text) - set(NUMBERS)):
        raise ValueError(f"{unknown[0]!r} is in none of the words {', '.join(WORDS)}")
    return [NUMBERS[letter] for letter in text] + [END]


def decode(numbers: Sequence[int]) -> str:
    """Return the letters up to the end mark."""
    letters = []
    for number in numbers:
        if number == END:
            break
        letters.append(LETTERS[number])
    return "".join(letters)


def word_rows(text: str) -> list[tuple[int, int]]:
    """Return the first and the last row of every word; rows are the letters, spaces among them."""
    rows, start = [], None
    for row, letter in enumerate(text + " "):
        if letter == " " and start is not None:
            rows.append((start, row - 1))
            start = None
        elif letter != " " and start is None:
            start = row
    return rows
