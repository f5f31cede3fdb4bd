"""The drawing stage without a browser: pieces and their text, our handwriting, and what Python makes of the news."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from attention.ui.links import FieldError
from attention.ui.pad import (
    MOST_PIECES,
    TEXT,
    Drawing,
    PadPiece,
    PadView,
    digit_piece,
    drawn_piece,
    handwritten,
    pieces_text,
    read_pieces,
    scene_piece,
)
from attention.ui.pad.assets import FOLDER, SCRIPTS, pad_script
from attention.ui.pad.component import SAID_LIMIT, Memory, spoken_pieces
from attention.ui.pad.hands import STYLES, VARIANTS, offered
from attention.ui.pad.piece import FINE, LARGEST, rounded
from attention.vision.strokes import LEVELS, StrokesError, bounds

SEVEN, FOUR = digit_piece(7, 0.3, 0.4), digit_piece(4, 0.7, 0.6, size=0.3, hand=2)
STROKE = (((0.1, 0.1), (0.9, 0.9)),)
SHARE = st.floats(0, 1)
PIECES = st.builds(
    PadPiece,
    strokes=st.lists(st.lists(st.tuples(SHARE, SHARE), min_size=1, max_size=5).map(tuple), min_size=1, max_size=3).map(
        tuple
    ),
    x=SHARE,
    y=SHARE,
    size=st.floats(0.01, LARGEST),
    turn=st.floats(-720, 720),
    width=st.floats(0.01, 1),
    digit=st.none() | st.integers(0, 9),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=4))
def test_text_gives_the_pieces_back(pieces) -> None:
    text = pieces_text(pieces)
    read = read_pieces(text)
    assert pieces_text(read) == text
    assert re.fullmatch(r"[A-Za-z0-9._~-]*", text)  # what an address keeps as it is
    for piece, again in zip(pieces, read, strict=True):
        np.testing.assert_allclose((again.x, again.y, again.width), (piece.x, piece.y, piece.width), atol=0.51 / FINE)
        assert again.size == pytest.approx(piece.size, abs=1.01 / FINE)
        assert abs((again.turn - piece.turn + 180) % 360 - 180) <= 0.045
        assert again.digit == piece.digit
        for line, same in zip(piece.strokes, again.strokes, strict=True):
            np.testing.assert_allclose(same, line, atol=0.51 / LEVELS)


def test_a_few_digits_fit_into_a_link() -> None:
    assert len(pieces_text([digit_piece(digit) for digit in (7, 1, 8, 3, 5)])) < 500


GOOD = pieces_text([SEVEN])


@pytest.mark.parametrize(
    "text",
    [
        "~", GOOD + "~", GOOD[:10], GOOD[:11], GOOD[:-1], "~".join([GOOD] * (MOST_PIECES + 1)), " ",
        GOOD[:4] + "__" + GOOD[6:], GOOD[:10] + "x" + GOOD[11:], GOOD[:10] + "²" + GOOD[11:], " " + GOOD[1:],
        GOOD[:4] + "AA" + GOOD[6:],
        GOOD[:8] + "AA" + GOOD[10:], "7" * 11,
    ],
)  # fmt: skip
def test_a_text_that_is_no_drawing_is_refused(text) -> None:
    with pytest.raises(StrokesError):
        read_pieces(text)


@pytest.mark.parametrize(
    "change", [{"x": 1.1}, {"y": -0.1}, {"size": 1.5}, {"width": float("nan")}, {"strokes": ()}, {"turn": float("inf")}]
)
def test_a_piece_out_of_range_is_not_written(change) -> None:
    with pytest.raises(StrokesError):
        pieces_text([replace(SEVEN, **change)])


def test_link_field_keeps_a_drawing_and_refuses_all_else() -> None:
    field = Drawing("drawing")
    assert field.read(GOOD) == field.check(GOOD) == GOOD
    assert field.read("") == field.default == ""
    for value in ("hello", None, 7, GOOD + "~", "A" * (SAID_LIMIT + 1)):
        with pytest.raises(FieldError, match="drawing"):
            field.check(value)


# ---- our handwriting ----


@pytest.mark.parametrize("digit", range(10))
def test_every_digit_is_written_in_several_hands_that_differ(digit) -> None:
    assert len(STYLES[digit]) >= 3
    written = offered()[digit]
    assert len(set(written)) == len(written) == VARIANTS >= 6
    for piece in written:
        left, top, right, bottom = bounds(piece.strokes, piece.width)
        np.testing.assert_allclose((left, top, max(right, bottom)), (0, 0, 1), atol=0.01)
        assert piece.digit == digit


def test_the_same_hand_writes_the_same_again() -> None:
    assert handwritten(5, 3) == handwritten(5, 3) != handwritten(5, 9)  # the same style in two hands
    with pytest.raises(KeyError):
        handwritten(10, 0)


# ---- pieces and scenes ----


def test_drawn_strokes_become_a_piece_where_they_were_drawn() -> None:
    piece = drawn_piece((((0.2, 0.3), (0.6, 0.4)),), pen=0.1)
    assert (piece.x, piece.y, piece.size) == pytest.approx((0.4, 0.35, 0.5), abs=0.001)
    assert (piece.width, piece.turn, piece.digit) == (pytest.approx(0.2, abs=0.001), 0, None)


@pytest.mark.parametrize(("x", "y", "size"), [(0.3, 0.4, 0.4), (0.7, 0.55, 0.25), (0.5, 0.5, 0.8)])
def test_a_piece_lies_in_the_scene_as_on_the_stage(x, y, size) -> None:
    from attention.vision.scenes import SIDE, compose

    piece = digit_piece(3, x, y, size, hand=1)
    left, top, right, bottom = bounds(piece.strokes, piece.width)
    half = np.array([right - left, bottom - top]) * size / 2
    middle = np.array([x, y])
    wanted = SIDE * np.array([middle - half, middle + half])
    np.testing.assert_allclose(compose([scene_piece(piece)]).boxes.reshape(2, 2), wanted, atol=1.3)


def test_a_piece_turns_with_the_clock() -> None:
    from attention.vision.scenes import compose

    upright = PadPiece((((0.05, 0.05), (0.05, 0.95)),), 0.5, 0.5, 0.5, turn=30.0, width=0.1)
    image = compose([scene_piece(upright)]).image
    rows, columns = np.nonzero(image > 0.5)
    assert columns[rows < 28].mean() > 34  # its upper end leans to the right
    assert columns[rows > 36].mean() < 30


# ---- what is shown, and what is heard ----


def test_payload_is_plain_json() -> None:
    payload = json.loads(json.dumps(PadView((SEVEN, FOUR), 3, np.eye(4)).payload(), allow_nan=False))
    assert read_pieces(payload["pieces"]) == (SEVEN, FOUR)
    assert payload["origin"] == 3
    assert payload["background"].startswith("data:image/png;base64,")
    assert payload["text"] == TEXT
    assert [len(hands) for hands in payload["hands"]] == [VARIANTS] * 10
    assert len(json.dumps(payload)) < 20_000


def test_view_refuses_what_it_cannot_show() -> None:
    assert PadView(text={"clear": "Leeren"}).payload()["text"]["clear"] == "Leeren"
    with pytest.raises(ValueError, match="unknown entries"):
        PadView(text={"no_such_entry": "x"})
    with pytest.raises(ValueError, match="mode 'paint' is none of"):
        PadView(mode="paint")
    with pytest.raises(ValueError, match="two axes, not 3"):
        PadView(background=np.zeros((4, 4, 3)))


@pytest.mark.parametrize(
    "said",
    [
        None, 7, "x", [], {}, {"origin": 1}, {"origin": 1, "pieces": 7}, {"origin": 1, "pieces": "hello"},
        {"origin": 2, "pieces": GOOD}, {"origin": True, "pieces": GOOD},
        {"origin": 1, "pieces": "~" * (SAID_LIMIT + 1)},
    ],
)  # fmt: skip
def test_what_is_no_message_is_left_out(said) -> None:
    assert spoken_pieces(said, 1) is None
    assert spoken_pieces({"origin": 1, "pieces": GOOD}, 1) == (SEVEN,)


def said(memory: Memory, *pieces: PadPiece) -> dict:
    return {"origin": memory.origin, "pieces": pieces_text(pieces)}


def test_a_page_that_passes_its_start_again_keeps_what_was_drawn() -> None:
    memory = Memory()
    memory.take((SEVEN,))
    assert (memory.pieces, memory.origin) == ((SEVEN,), 1)
    assert memory.hear(said(memory, SEVEN, FOUR))
    memory.take((SEVEN,))
    assert (memory.pieces, memory.origin) == ((SEVEN, FOUR), 1)


def test_a_page_that_passes_what_it_was_told_sets_nothing() -> None:
    memory = Memory()
    memory.take((SEVEN,))
    memory.hear(said(memory, FOUR))
    memory.take((FOUR,))
    memory.hear(said(memory, FOUR))
    assert (memory.pieces, memory.origin) == ((FOUR,), 1)
    assert not memory.hear(said(memory, FOUR))


def test_a_page_that_passes_other_pieces_sets_them_and_older_news_is_left_out() -> None:
    memory = Memory()
    memory.take((SEVEN,))
    late = said(memory, SEVEN, SEVEN)
    memory.take((FOUR,))
    assert (memory.pieces, memory.origin) == ((FOUR,), 2)
    assert not memory.hear(late)
    assert memory.pieces == (FOUR,)
    memory.hear(said(memory, SEVEN))
    memory.take((FOUR,), origin=1)  # the same start once more, as wished
    assert (memory.pieces, memory.origin) == ((FOUR,), 3)


def show_pad() -> None:
    import streamlit as st

    from attention.ui.pad import digit_piece, pad

    start = (digit_piece(7, 0.3, 0.4), digit_piece(4, 0.7, 0.6))
    state = pad(start, key="one", on_change=lambda pieces: st.session_state.update(heard=pieces))
    st.button("again")
    st.text(f"{len(state.pieces)} pieces")


def test_untouched_stage_shows_its_start_through_reruns() -> None:
    at = AppTest.from_function(show_pad, default_timeout=30).run()
    at.button[0].click().run()
    assert not at.exception
    assert at.text[0].value == "2 pieces"
    assert "heard" not in at.session_state
    view = json.loads(at.get("bidi_component")[0].proto.json)["view"]
    assert (len(read_pieces(view["pieces"])), view["origin"]) == (2, 1)


# ---- the scripts ----


def own_scripts() -> str:
    return "".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)


def test_every_string_that_the_scripts_use_stands_in_the_table_and_the_other_way_round() -> None:
    used = set(re.findall(r"\btext\.([a-z_]+)\b", own_scripts())) - {"slice", "split"}
    used |= set(re.findall(r'tool\(app, "([a-z_]+)"', own_scripts()))
    used |= {name for name, _ in PadView().payload()["pens"]} | {"want_drawing"}
    assert used == set(TEXT)


def test_every_script_is_shipped() -> None:
    assert {path.name for path in FOLDER.glob("*.js")} == set(SCRIPTS)


def test_scripts_never_write_markup_and_fetch_nothing() -> None:
    script = pad_script()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script)
    assert not re.search(r"\bfetch\(|XMLHttpRequest|\bimport\(", script)
    assert set(re.findall(r"https?://[^\s\"']+", script)) == {"http://www.w3.org/2000/svg"}


def test_no_name_is_declared_twice() -> None:
    declared = re.findall(r"^(?:export default )?(?:function|const|let) (\w+)", pad_script(), re.MULTILINE)
    assert sorted(declared) == sorted(set(declared))


def test_rounded_is_what_the_link_gives_back() -> None:
    assert rounded(rounded(replace(SEVEN, x=0.123456))) == rounded(replace(SEVEN, x=0.123456))
