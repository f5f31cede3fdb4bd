from __future__ import annotations

import zlib

import pytest
import torch

from attention.language.vocabulary import (
    PAD,
    UNKNOWN,
    Encoded,
    Vocabulary,
    encode,
    encode_with_names,
    make_batch,
)
from attention.language.words import find_words
from attention.training.checkpoint import CheckpointError


def encoded(text: str) -> Encoded:
    return encode(find_words(text))


def vocabulary() -> Vocabulary:
    return Vocabulary.learn([encoded("the cat saw the cat"), encoded("the dog , dog !")], min_count=2, buckets=30)


def test_words_are_learnt_by_frequency_and_rare_ones_are_unknown():
    known = vocabulary()
    assert known.words == ("<pad>", "<unknown>", "the", "cat", "dog")
    assert [known.number(word) for word in ("the", "dog", "saw")] == [2, 4, UNKNOWN]


def test_letter_sequences_are_those_of_the_definition():
    grams = ["<ca", "cat", "at>", "<cat", "cat>", "<cat>"]
    assert vocabulary().grams("cat") == [1 + zlib.crc32(gram.encode()) % 29 for gram in grams]
    assert vocabulary().grams("!!") == vocabulary().grams("[name]") == []


def test_save_then_load_changes_nothing(tmp_path):
    vocabulary().save(tmp_path / "tokenizer.json")
    assert Vocabulary.load(tmp_path / "tokenizer.json") == vocabulary()


def test_broken_files_are_refused(tmp_path):
    with pytest.raises(CheckpointError, match="does not exist"):
        Vocabulary.load(tmp_path / "tokenizer.json")
    for text in ("nonsense", "[]", '{"words": ["a"], "buckets": 5}', '{"words": ["<pad>", "<unknown>"]}'):
        (tmp_path / "tokenizer.json").write_text(text)
        with pytest.raises(CheckpointError, match=r"tokenizer\.json"):
            Vocabulary.load(tmp_path / "tokenizer.json")


def test_a_batch_holds_each_text_and_its_padding():
    known = vocabulary()
    batch = make_batch([encoded("The dog"), encoded("a cat saw CAT")], known)
    assert batch.words.tolist() == [[2, 4, PAD, PAD], [UNKNOWN, 3, UNKNOWN, 3]]
    assert batch.mask.tolist() == [[True, True, False, False], [True] * 4]
    assert batch.shapes.tolist() == [[1, 0, 0, 0], [0, 0, 0, 2]]
    ends = [*batch.starts.tolist()[1:], len(batch.grams)]
    letters = [batch.grams[a:b].tolist() for a, b in zip(batch.starts.tolist(), ends, strict=True)]
    by_place = [[letters[number] for number in row] for row in batch.distinct.tolist()]
    assert by_place == [
        [known.grams("the"), known.grams("dog"), [], []],
        [known.grams(word) for word in ("a", "cat", "saw", "cat")],
    ]
    assert batch.words.dtype == torch.int64


def test_unknown_capitalised_words_inside_a_sentence_are_names():
    text, names = encode_with_names(find_words("Zoe saw Maria, the Cat and Bob's DOG. Lena left"), vocabulary())
    words = [word.text for word in find_words("Zoe saw Maria, the Cat and Bob's DOG. Lena left")]
    assert [words[i] for i in names] == ["Maria", "Bob's"]
    assert [text.forms[i] for i in names] == ["[name]", "[name]"]
    for text in ("the cat\nMaria saw", "the cat \r\n Maria saw", "the cat\n\nMaria saw", "Maria\nLena saw the cat"):
        assert encode_with_names(find_words(text), vocabulary())[1] == ()
    assert encode_with_names(find_words("the cat\nof Maria\n"), vocabulary())[1] == (3,)
    assert encode_with_names(find_words("no name here"), vocabulary()) == (encoded("no name here"), ())
