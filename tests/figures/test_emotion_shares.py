import pytest

from attention.figures.emotion_shares import emotion_shares, share_text


def test_bars_are_shares_of_all_texts_and_carry_their_count():
    bars = emotion_shares(["joy", "<i>"], [30, 1], 40).data[0]
    assert list(bars.x) == [0.75, 0.025]
    assert list(bars.y) == ["joy", "&lt;i&gt;"]
    assert [text.strip() for text in bars.text] == ["75 % · 30", "2.5 % · 1"]


def test_longest_bar_leaves_room_for_its_number():
    assert emotion_shares(["joy"], [40], 40).layout.xaxis.range[1] > 1.1
    assert emotion_shares(["joy"], [0], 40).layout.xaxis.range[1] > 0


@pytest.mark.parametrize(("share", "said"), [(0, "0 %"), (0.0312, "3.1 %"), (0.312, "31 %")])
def test_shares_have_a_sane_number_of_digits(share, said):
    assert share_text(share) == said


def test_impossible_counts_are_refused():
    for counts, texts in (([5], 4), ([-1], 4), ([0], 0)):
        with pytest.raises(ValueError, match="between 0 and"):
            emotion_shares(["joy"], counts, texts)
    with pytest.raises(ValueError, match="one each"):
        emotion_shares(["joy", "fear"], [1], 4)
