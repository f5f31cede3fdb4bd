import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attention.translation.tokens import BEGIN, END, PAD, SPACE, Subwords

SENTENCES = [
    "I don't know.", "It isn't true, is it?", "She's reading a book.", "The boys' room is big.", "Go on!",
    "Je n'ai pas d'argent.", "Qu'est-ce que c'est ?", "Aujourd'hui, il fait beau.", "L'été est là !", "C'est un livre.",
    "Il a 25 ans.", "Dans quelqu'un d'autre.", "我不知道。", "他在看书。", "今天天气很好！", "你是谁？", "我是学生。",
]  # fmt: skip


@pytest.fixture(scope="module")
def subwords():
    return Subwords.train(SENTENCES * 4, vocab_size=460)


def folded(text):
    """What may be lost on the way: Unicode form, the kind and number of spaces, and the sign that stands for one."""
    return " ".join(unicodedata.normalize("NFC", text).replace(SPACE, " ").split())


def texts_of(subwords, text, language):
    return [word.text for word in subwords.words(subwords.encode(text), language)]


def test_the_marks_have_the_ids_that_every_model_counts_on(subwords):
    assert (PAD, BEGIN, END) == (0, 1, 2)
    assert subwords.pieces([PAD, BEGIN, END]) == ["<pad>", "<s>", "</s>"]
    assert subwords.vocab_size <= 460


@pytest.mark.parametrize("text", [*SENTENCES, "Straße", "naïve café", "1,234.56 $", "a  b\tc\u00a0d", "未知的字：龘"])
def test_a_sentence_survives_the_round_trip(subwords, text):
    assert subwords.decode(subwords.encode(text)) == folded(text)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=40))
def test_any_text_survives_the_round_trip(subwords, text):
    ids = subwords.encode(text)
    assert folded(subwords.decode(ids)) == folded(text)
    assert all(END < i < subwords.vocab_size for i in ids)


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("aeiu ntJdl'’.!?-25我是。\U0001f600é▁"), max_size=40))
@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_every_piece_is_in_exactly_one_word_and_the_words_spell_the_text(subwords, language, text):
    ids = [*subwords.encode(text), END]
    words = subwords.words(ids, language)
    assert [position for word in words for position in word.pieces] == list(range(len(ids)))
    assert words[-1] == ("</s>", False, (len(ids) - 1,))
    spelt = "".join(" " * word.space_before + word.text for word in words[:-1])
    assert folded(spelt.replace("␣", "")) == folded(text)


@settings(max_examples=200, deadline=None)
@given(ids=st.lists(st.integers(0, 459), max_size=20))
def test_any_pieces_a_model_may_write_can_be_shown(subwords, ids):
    ids = [i for i in ids if i < subwords.vocab_size]
    assert isinstance(subwords.decode(ids), str)
    assert all(subwords.pieces(ids))
    for language in ("en", "fr", "zh"):
        words = subwords.words(ids, language)
        assert [position for word in words for position in word.pieces] == list(range(len(ids)))
        assert all(word.text for word in words)


@pytest.mark.parametrize("text", ["\U0001f600", "ψ", "ก", "\U00020000", "न"])
def test_an_unknown_character_becomes_its_bytes_and_comes_back(subwords, text):
    ids = subwords.encode(f"Go {text}")
    assert subwords.pieces(ids)[-len(text.encode()) :] == [f"<0x{byte:02X}>" for byte in text.encode()]
    assert subwords.decode(ids) == f"Go {text}"
    assert subwords.unknown_characters(f"Go {text}, {text}") == [text]


def test_known_text_has_no_unknown_characters(subwords):
    assert subwords.unknown_characters(" ".join(SENTENCES)) == []


def test_the_bytes_of_one_character_are_one_word_in_chinese(subwords):
    ids = subwords.encode("我\U0001f600\U0001f680。")
    assert [word.text for word in subwords.words(ids, "zh")] == ["我", "\U0001f600", "\U0001f680", "。"]


def test_broken_bytes_become_the_replacement_character(subwords):
    ids = subwords.encode("\U0001f600")
    assert "\ufffd" in subwords.decode(ids[:-1])


@pytest.mark.parametrize("mark", ["<pad>", "<s>", "</s>", "<0x41>"])
def test_a_mark_typed_by_a_visitor_is_plain_text(subwords, mark):
    ids = subwords.encode(f"Go {mark} on")
    assert min(ids) > END
    assert subwords.decode(ids) == f"Go {mark} on"


def test_empty_text_has_no_pieces(subwords):
    assert subwords.encode("") == subwords.encode(" \n\t ") == []
    assert subwords.decode([]) == ""
    assert subwords.words([], "en") == []


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("fr", "Je n'ai pas d'argent.", ["Je", "n'", "ai", "pas", "d'", "argent", "."]),
        ("fr", "Qu'est-ce que c'est ?", ["Qu'", "est", "-", "ce", "que", "c'", "est", "?"]),
        ("fr", "Aujourd'hui, il fait beau.", ["Aujourd'hui", ",", "il", "fait", "beau", "."]),
        ("fr", "Dans quelqu'un d'autre.", ["Dans", "quelqu'un", "d'", "autre", "."]),
        ("fr", "n’ai", ["n’", "ai"]),
        ("en", "It isn't true, is it?", ["It", "isn't", "true", ",", "is", "it", "?"]),
        ("en", "I'm here.", ["I'm", "here", "."]),
        ("en", "The boys' room is big.", ["The", "boys'", "room", "is", "big", "."]),
        ("en", "Il a 25 ans.", ["Il", "a", "25", "ans", "."]),
        ("en", 'He said "Go on!"', ["He", "said", '"', "Go", "on", "!", '"']),
    ],
)
def test_pieces_join_into_the_words_of_the_language(subwords, language, text, words):
    assert texts_of(subwords, text, language) == words


def test_chinese_words_are_the_pieces(subwords):
    ids = subwords.encode("今天我不知道。")
    assert [word.text for word in subwords.words(ids, "zh")] == [
        piece for piece in subwords.pieces(ids) if piece != "␣"
    ]


def test_words_know_the_space_before_them(subwords):
    words = subwords.words(subwords.encode("Je n'ai pas."), "fr")
    assert [(word.text, word.space_before) for word in words] == [
        ("Je", False), ("n'", True), ("ai", False), ("pas", True), (".", False)
    ]  # fmt: skip


def test_a_batch_is_encoded_as_one_by_one(subwords):
    assert subwords.encode_batch(SENTENCES) == [subwords.encode(sentence) for sentence in SENTENCES]


def test_save_and_load_change_nothing(subwords, tmp_path):
    subwords.save(tmp_path / "tokenizer.json")
    loaded = Subwords.load(tmp_path / "tokenizer.json")
    loaded.save(tmp_path / "again.json")
    assert (tmp_path / "tokenizer.json").read_bytes() == (tmp_path / "again.json").read_bytes()
    assert loaded.vocab_size == subwords.vocab_size
    for text in [*SENTENCES, "</s> \U0001f600 龘"]:
        assert loaded.encode(text) == subwords.encode(text)
        assert loaded.decode(loaded.encode(text)) == subwords.decode(subwords.encode(text))


def test_the_same_sentences_give_the_same_vocabulary(subwords, tmp_path):
    Subwords.train(SENTENCES * 4, vocab_size=460).save(tmp_path / "a.json")
    subwords.save(tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_a_vocabulary_without_room_for_merges_is_refused():
    with pytest.raises(ValueError, match="leaves no room"):
        Subwords.train(SENTENCES, vocab_size=260)
