"""Subwords: text to pieces and back, and which pieces make up which word.

One joint byte-pair vocabulary serves both languages of a pair (Sennrich et al. 2016). A character that training never
saw becomes its UTF-8 bytes and survives the round trip.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer

PAD, BEGIN, END = 0, 1, 2
SPECIAL = ("<pad>", "<s>", "</s>")
BYTES = tuple(f"<0x{byte:02X}>" for byte in range(256))
SPACE = "▁"  # stands for a space before the piece, as in SentencePiece

# A word or an elided word with its apostrophe (French n', qu'; English 'm, n't stay with what follows), a number's
# digits one by one, or one sign.
_SPLIT = rf"{SPACE}?[^\s{SPACE}\p{{P}}\p{{S}}\p{{N}}]+['’]?|{SPACE}?\p{{N}}|{SPACE}?[\p{{P}}\p{{S}}]|{SPACE}"
APOSTROPHES = ("'", "’")
ELIDED_INSIDE = {"aujourd", "quelqu", "presqu", "prud"}  # French words that keep their apostrophe inside


class Word(NamedTuple):
    """A word of the picture: its text, whether a space stands before it, and the positions of its pieces."""

    text: str
    space_before: bool
    pieces: tuple[int, ...]


class Subwords:
    """A joint byte-pair vocabulary with byte fallback. Ids 0, 1 and 2 are padding, begin and end of a sentence."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.vocab_size = tokenizer.get_vocab_size(with_added_tokens=True)
        self._pieces = [tokenizer.id_to_token(i) for i in range(self.vocab_size)]
        self._first_byte = len(SPECIAL)

    @classmethod
    def train(cls, sentences: Iterable[str], vocab_size: int = 8000, min_count: int = 2) -> Subwords:
        """Learn merges from the sentences of both languages together.

        vocab_size: all pieces, with the three marks, the 256 bytes and every character seen at least `min_count` times.
        Raises ValueError when that leaves no room for a single merge.
        """
        sentences = list(sentences)
        counts: dict[str, int] = {}
        for sentence in sentences:
            for character in unicodedata.normalize("NFC", sentence):
                counts[character] = counts.get(character, 0) + 1
        alphabet = sorted({c for c, count in counts.items() if count >= min_count and not c.isspace()} | {SPACE})
        fixed = len(SPECIAL) + len(BYTES) + len(alphabet)
        if vocab_size <= fixed:
            raise ValueError(f"vocab_size {vocab_size} leaves no room for merges; use more than {fixed}")
        tokenizer = _bare(BPE(byte_fallback=True))
        trainer = BpeTrainer(
            vocab_size=vocab_size,
            min_frequency=min_count,
            special_tokens=[*SPECIAL, *BYTES],
            initial_alphabet=alphabet,
            limit_alphabet=len(alphabet),
            show_progress=False,
        )
        tokenizer.train_from_iterator(sentences, trainer)
        return cls(_without_added_tokens(tokenizer))

    @classmethod
    def load(cls, path: Path | str) -> Subwords:
        """Read a `tokenizer.json`."""
        return cls(Tokenizer.from_file(str(path)))

    def save(self, path: Path | str) -> None:
        """Write a `tokenizer.json` that `load` reads back unchanged."""
        self._tokenizer.save(str(path))

    def encode(self, text: str) -> list[int]:
        """Return the piece ids of a text, without begin and end marks. Runs of spaces count as one."""
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """Return `encode` of every text."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of piece ids; marks are left out and broken byte runs become U+FFFD."""
        return self._tokenizer.decode([i for i in ids if i >= len(SPECIAL)], skip_special_tokens=False).strip()

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Return how each piece is shown: without the mark for a space; bytes as <0xF0>; the end mark as </s>."""
        return [self._pieces[i].replace(SPACE, "") or "␣" for i in ids]

    def words(self, ids: Sequence[int], language: str) -> list[Word]:
        """Join pieces into words; every piece belongs to exactly one word.

        language: "zh" keeps the pieces as the words, since Chinese writes none apart (bytes of one character are still
        joined); the others break at spaces and around signs. An apostrophe ends an elided word in "fr", so that "n'ai"
        is "n'" and "ai", and stays inside the word in "en", so that "isn't" is one. The end mark is a word of its own.
        """
        words: list[Word] = []
        for unit in self._characters(ids):
            text, space_before = self._shown([ids[position] for position in unit])
            if words and not space_before and not _starts_word(words[-1].text, text, language):
                joined = Word(words[-1].text + text, words[-1].space_before, words[-1].pieces + unit)
                words[-1] = joined
            else:
                words.append(Word(text, space_before and bool(words), unit))
        return [word._replace(text=word.text or "␣") for word in words]

    def unknown_characters(self, text: str) -> list[str]:
        """Return, in order and once each, the characters that only survive as bytes: the model never saw them."""
        seen = dict.fromkeys(c for c in unicodedata.normalize("NFC", text) if not c.isspace())
        return [c for c in seen if self._is_byte(self.encode(c)[-1])]

    def _characters(self, ids: Sequence[int]) -> list[tuple[int, ...]]:
        """Return positions piece by piece, with the bytes of one character joined, and a lone space to what follows."""
        units: list[tuple[int, ...]] = []
        for position, i in enumerate(ids):
            goes_on = self._is_byte(i) and i - self._first_byte in range(0x80, 0xC0)
            if position and (goes_on or self._pieces[ids[position - 1]] == SPACE) and i >= len(SPECIAL):
                units[-1] = (*units[-1], position)
            else:
                units.append((position,))
        return units

    def _shown(self, ids: Sequence[int]) -> tuple[str, bool]:
        if ids[0] < len(SPECIAL):
            return SPECIAL[ids[0]], False
        return self.decode(ids), self._pieces[ids[0]].startswith(SPACE)

    def _is_byte(self, i: int) -> bool:
        return self._first_byte <= i < self._first_byte + len(BYTES)


def _bare(model: BPE) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always", split=False),
            pre_tokenizers.Split(Regex(_SPLIT), behavior="isolated"),
        ]
    )
    tokenizer.decoder = decoders.Sequence(
        [decoders.ByteFallback(), decoders.Metaspace(replacement=SPACE, prepend_scheme="always"), decoders.Fuse()]
    )
    return tokenizer


def _without_added_tokens(tokenizer: Tokenizer) -> Tokenizer:
    """Return the same tokenizer, whose marks can no longer be typed: "</s>" in a visitor's text is plain signs."""
    model = json.loads(tokenizer.to_str())["model"]
    merges = [tuple(merge) for merge in model["merges"]]
    return _bare(BPE(vocab=model["vocab"], merges=merges, byte_fallback=True))


def _starts_word(before: str, text: str, language: str) -> bool:
    """Tell whether `text`, which follows `before` without a space, is a word of its own."""
    if language == "zh" or not before or before in SPECIAL or text in SPECIAL:
        return True
    if before[-1] in APOSTROPHES and len(before) > 1:
        return language == "fr" and before[:-1].lower() not in ELIDED_INSIDE
    if text[:1] in APOSTROPHES and not _is_sign(before[-1]):
        return False
    return _is_sign(before[-1]) or _is_sign(text[:1])


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS" if character else False
