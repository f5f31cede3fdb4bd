"""The visitor's own pictures: drawn on the stage, or read from a file or the camera; both become scenes."""

from __future__ import annotations

import hashlib

import streamlit as st

from attention.ui.pad import PadPiece, pad, pieces_text
from attention.ui.page import notice, quiet
from attention.ui.vision import state
from attention.ui.vision.text import TEXT
from attention.vision.photograph import evened
from attention.vision.upload import MOST_BYTES, PictureError, as_pieces, as_scene, handwriting, read_picture

FILE_MB = MOST_BYTES >> 20
SQUARE = 0.02  # by which the sides of a scene may differ
PROBLEM = "vision: why a picture could not be read"


def show_pad() -> None:
    """Let the visitor draw digits and place them; every change is read at once."""
    quiet(TEXT["own_hint"])
    pad(state.pieces(), key="vision_pad", on_change=_keep_pieces)
    if not state.value("pieces"):
        notice(TEXT["own_empty"])


def _keep_pieces(pieces: tuple[PadPiece, ...]) -> None:
    st.session_state[state.key("pieces")] = pieces_text(pieces)


def show_photo() -> None:
    """Let the visitor choose a picture or take one, and say what was made of it."""
    quiet(TEXT["photo_hint"].format(megabytes=FILE_MB))
    with st.container(key="vision_photo"):
        st.file_uploader(
            TEXT["photo_file"],
            type=["png", "jpg", "jpeg", "webp", "gif"],
            max_upload_size=FILE_MB,
            key="vision_file",
            on_change=_take_picture,
            args=("vision_file",),
            label_visibility="collapsed",
        )
        if st.toggle(TEXT["photo_camera"], key="vision_camera_on"):  # asking for the camera only when it is wanted
            st.camera_input(TEXT["photo_shot"], key="vision_camera", on_change=_take_picture, args=("vision_camera",))
    problem = st.session_state.get(PROBLEM)
    if problem:
        notice(TEXT["photo_unread"].format(reason=problem), error=True)
    photo = state.photo()
    if photo is None:
        notice(TEXT["photo_none"])
        return
    notice(photo.lines)


def read_photo(data: bytes) -> state.Photo:
    """Read a picture file: a scene as it is, of anything else the handwriting. Raises PictureError."""
    picture = read_picture(data)
    high, wide = picture.grey.shape
    is_scene = abs(high / wide - 1) < SQUARE and evened(picture.grey)[1]
    pieces = () if is_scene else as_pieces(handwriting(picture.grey))
    if pieces:
        image, line = None, "photo_piece" if len(pieces) == 1 else "photo_pieces"
    else:
        image, line = as_scene(picture), "photo_scene" if is_scene else "photo_no_ink"
    lines = (TEXT[line].format(count=len(pieces)), *picture.notes)
    return state.Photo(hashlib.sha256(data).hexdigest()[:16], pieces, image, lines)


def _take_picture(key: str) -> None:
    """Read the picture as soon as it is there; one that cannot be read leaves the one before."""
    file = st.session_state.get(key)
    if file is None:
        return
    try:
        st.session_state[state.PHOTO] = read_photo(file.getvalue())
        st.session_state.pop(PROBLEM, None)
    except PictureError as error:
        st.session_state[PROBLEM] = str(error)
    state.forget()
