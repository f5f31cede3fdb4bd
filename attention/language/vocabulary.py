"""From words to numbers: each known word has a vector of its own, and every word those of its letter sequences.

The letter sequences (character n-grams, Bojanowski et al. 2017, section 3.2) give a word that training never saw, or
saw misspelt, a vector near its relatives.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from attention.language.words import NAME, Word, look_up_form, shape
from attention.training.checkpoint import CheckpointError

PAD, UNKNOWN = 0, 1
SPECIAL = ("<pad>", "<unknown>")
GRAM_SIZES = (3, 4, 5)  # letters, with < and > for the word's ends
MOST_GRAMS = 40  # of one word
_NAME_LIKE = re.compile(r"[^\W\d_]{2,}(?:['’]s)?")  # Maria, Maria's


class Batch(NamedTuple):
    """Some texts as the model takes them; texts are filled up on the right with PAD.

    words: (batch, length) word numbers. shapes: (batch, length), see `words.shape`. mask: (batch, length), True =
    a word. grams: (count,) the letter sequences of the batch's distinct words one after the other; starts: (distinct,)
    where each distinct word's begin; distinct: (batch, length) which distinct word stands there.
    """

    words: Tensor
    shapes: Tensor
    mask: Tensor
    grams: Tensor
    starts: Tensor
    distinct: Tensor


class Encoded(NamedTuple):
    """A text as look-up forms and shapes, one of each a word."""

    forms: tuple[str, ...]
    shapes: tuple[int, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The known words in order of their numbers (the first two are marks), and how many buckets letters fall into."""

    words: tuple[str, ...]
    buckets: int
    _numbers: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.words[:2] != SPECIAL or self.buckets < 2:
            raise ValueError(f"a vocabulary starts with {SPECIAL} and needs at least 2 buckets, got {self.buckets}")
        object.__setattr__(self, "_numbers", {word: number for number, word in enumerate(self.words)})

    @classmethod
    def learn(cls, texts: Iterable[Encoded], min_count: int = 2, buckets: int = 20_000) -> Vocabulary:
        """Know every form that comes at least `min_count` times, the most frequent first."""
        counts = Counter(form for text in texts for form in text.forms)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return cls((*SPECIAL, *(form for form, count in ordered if count >= min_count)), buckets)

    @classmethod
    def load(cls, path: Path | str) -> Vocabulary:
        """Read a `tokenizer.json` that `save` wrote. Raises CheckpointError for anything else."""
        try:
            record = json.loads(Path(path).read_text(encoding="utf-8"))
            return cls(tuple(record["words"]), int(record["buckets"]))
        except FileNotFoundError:
            raise CheckpointError(f"{path} does not exist; copy it from the run that trained the model") from None
        except (ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{path} is not a list of words with buckets: {error}") from None

    def save(self, path: Path | str) -> None:
        """Write the words and the number of buckets as JSON."""
        record = {"buckets": self.buckets, "gram_sizes": GRAM_SIZES, "words": self.words}
        Path(path).write_text(json.dumps(record, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, form: str) -> bool:
        return form in self._numbers

    def number(self, form: str) -> int:
        """Return a form's number, UNKNOWN when training never saw it often enough."""
        return self._numbers.get(form, UNKNOWN)

    def grams(self, form: str) -> list[int]:
        """Return the buckets of a form's letter sequences, 1 … buckets - 1; signs and marks such as [name] have none.

        "cat" has <ca, cat, at>, <cat, cat> and <cat>; which bucket each falls into is its CRC-32.
        """
        if form[:1] == "[" or not any(c.isalpha() for c in form):
            return []
        whole = f"<{form}>"
        found = [whole[i : i + size] for size in GRAM_SIZES for i in range(len(whole) - size + 1)]
        return [1 + zlib.crc32(gram.encode()) % (self.buckets - 1) for gram in found[:MOST_GRAMS]]


def encode(words: Sequence[Word]) -> Encoded:
    """Return the look-up forms and shapes of a text's words."""
    return Encoded(tuple(look_up_form(word.text) for word in words), tuple(shape(word.text) for word in words))


def person_names(words: Sequence[Word], vocabulary: Vocabulary) -> tuple[int, ...]:
    """Return which words are read as a person's name: unknown, written with one capital, no beginning.

    A beginning is the first word of a text, a sentence or a line. In the comments such names stand as [NAME], so the
    model never met most of them; it did meet [NAME].
    """
    found = []
    for i, word in enumerate(words):
        first = i == 0 or word.starts_line or words[i - 1].text[0] in '.!?…"“(:'
        looks_so = _NAME_LIKE.fullmatch(word.text) and word.text[0].isupper() and word.text[1:].islower()
        if not first and looks_so and look_up_form(word.text) not in vocabulary:
            found.append(i)
    return tuple(found)


def encode_with_names(words: Sequence[Word], vocabulary: Vocabulary) -> tuple[Encoded, tuple[int, ...]]:
    """Return a text as the model reads it, names as [NAME], and the places of those names."""
    plain, names = encode(words), person_names(words, vocabulary)
    if not names:
        return plain, ()
    forms, shapes = list(plain.forms), list(plain.shapes)
    for i in names:
        forms[i], shapes[i] = NAME, shape("[NAME]")
    return Encoded(tuple(forms), tuple(shapes)), names


def make_batch(texts: Sequence[Encoded], vocabulary: Vocabulary) -> Batch:
    """Put texts side by side; every text needs at least one word."""
    longest = max(len(text.forms) for text in texts)
    places: dict[str, int] = {"": 0}  # the distinct word of padding has no letters
    distinct = [[places.setdefault(form, len(places)) for form in text.forms] for text in texts]
    grams, starts = [], []
    for form in places:
        starts.append(len(grams))
        grams += vocabulary.grams(form)
    numbers = [[vocabulary.number(form) for form in text.forms] for text in texts]
    lengths = torch.tensor([len(text.forms) for text in texts])
    return Batch(
        words=_filled(numbers, longest),
        shapes=_filled([text.shapes for text in texts], longest),
        mask=torch.arange(longest) < lengths[:, None],
        grams=torch.tensor(grams, dtype=torch.int64),
        starts=torch.tensor(starts, dtype=torch.int64),
        distinct=_filled(distinct, longest),
    )


def _filled(rows: Sequence[Sequence[int]], length: int) -> Tensor:
    return torch.tensor([[*row, *([0] * (length - len(row)))] for row in rows], dtype=torch.int64)


def length_batches(lengths: Sequence[int], words_per_batch: int) -> list[list[int]]:
    """Group texts of like length, at most so many words in a batch, padding included; one text always fits."""
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if not batches or lengths[i] * (len(batches[-1]) + 1) > words_per_batch:
            batches.append([])
        batches[-1].append(i)
    return batches
