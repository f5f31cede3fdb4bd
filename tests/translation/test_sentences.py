import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention.translation.sentences import (
    MAX_CHARACTERS,
    TextError,
    clean_text,
    join_translations,
    script_note,
    split_sentences,
    split_to_fit,
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I came. I saw.", ["I came. ", "I saw."]),
        ("Really?! Yes… No!", ["Really?! ", "Yes… ", "No!"]),
        ("Mr. Smith met Dr. Jones. They left.", ["Mr. Smith met Dr. Jones. ", "They left."]),
        ("J. Smith lives in the U.S. Army base.", ["J. Smith lives in the U.S. Army base."]),
        ("So do I. He left at 5 p.m. We stayed.", ["So do I. ", "He left at 5 p.m. ", "We stayed."]),
        ("It costs 3.50 dollars. 4 people paid.", ["It costs 3.50 dollars. ", "4 people paid."]),
        ('"Stop!" he said. "Why?" She ran.', ['"Stop!" he said. ', '"Why?" ', "She ran."]),
        ("one line\n\nanother line", ["one line\n\n", "another line"]),
        ("我来了。我看见了！好吗？", ["我来了。", "我看见了！", "好吗？"]),
        ("他说：“走吧。”我们走了。", ["他说：“走吧。”", "我们走了。"]),
        ("no end", ["no end"]),
    ],
)
def test_sentences_end_where_people_end_them(text, wanted):
    assert split_sentences(text) == wanted


@given(st.text(alphabet="ab I.!?…。！？\n ,;\"'”)Mr"))
def test_splitting_loses_no_character(text):
    assert "".join(split_sentences(text)) == text


@given(st.text(alphabet="ab ,;:，\u0301\u200d👩🏽", max_size=80), st.integers(1, 9))
def test_cutting_to_fit_loses_no_character_and_fits(text, most):
    parts = split_to_fit(text, lambda part: len(part) <= most)
    assert "".join(parts) == text
    assert all(1 <= len(part) <= most for part in parts)


def test_cut_falls_after_a_clause_then_at_a_space_then_anywhere():
    def fits(part):
        return len(part) <= 12

    assert split_to_fit("aaa bbb, ccc ddd", fits) == ["aaa bbb, ", "ccc ddd"]
    assert split_to_fit("aaa bbb ccc ddd", fits) == ["aaa bbb ", "ccc ddd"]
    assert split_to_fit("a" * 20, fits) == ["a" * 10, "a" * 10]


def test_accents_and_joined_signs_stay_with_their_character():
    parts = split_to_fit("e\u0301" * 9, lambda part: len(part) <= 3)
    assert all(not part.startswith("\u0301") for part in parts)


def test_cleaning_keeps_words_and_counts_what_it_drops():
    assert clean_text("  Don’t\tsay “hi”.\r\nBye. ") == ('Don\'t say "hi".\nBye.', ())
    assert clean_text("“你好”", "zh") == ("“你好”", ())
    assert clean_text("e\u0301t\u00e9")[0] == "été"
    text, notes = clean_text("a\x00b\u202ec\ud800d")
    assert text == "abcd"
    assert "3 invisible" in notes[0]
    assert "1 invisible" in clean_text("a\x00")[1][0]
    assert clean_text("👩\u200d🔬") == ("👩\u200d🔬", ())


@given(st.text(max_size=60))
def test_cleaning_either_refuses_or_gives_text_that_stays_clean(text):
    try:
        cleaned, _ = clean_text(text)
    except TextError:
        return
    assert cleaned.strip() == cleaned != ""
    cleaned.encode("utf-8")
    assert clean_text(cleaned) == (cleaned, ())


def test_limit_counts_characters():
    assert len(clean_text("x" * MAX_CHARACTERS)[0]) == MAX_CHARACTERS
    with pytest.raises(TextError, match="2,001 characters; at most 2,000"):
        clean_text("x" * (MAX_CHARACTERS + 1))


def test_another_script_is_noted_only_when_most_letters_are_in_it():
    assert script_note("The cat", "en") is None
    assert script_note("I like Кот a lot", "en") is None
    assert "Cyrillic" in script_note("Кот спит", "en")
    assert "Chinese" in script_note("我喜欢猫", "en")
    assert script_note("我喜欢猫", "zh") is None
    assert script_note("123 !", "en") is None


def test_joined_translations_keep_line_breaks_and_write_chinese_without_spaces():
    parts = ["A. ", "B.\n\n", "C."]
    assert join_translations(parts, ["x.", "y.", "z."], "fr") == "x. y.\n\nz."
    assert join_translations(parts, ["x。", "y。", "z。"], "zh") == "x。y。\n\nz。"
