"""The state of the vision page: its fields in the address, the picture they give, and what the model finds in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from attention.mechanisms import Mechanism
from attention.ui import keeping, loading
from attention.ui.inspector import VIEWS, InspectorState
from attention.ui.links import Choice, Field, Flag, Number, Text, Whole, widget_key
from attention.ui.pad import Drawing, PadPiece, digit_piece, pieces_text, read_pieces, scene_pieces
from attention.ui.vision.text import CURVES, EXAMPLES, NORMALISERS, PHRASES, SECTIONS, SOURCES
from attention.vision.finding import Finding
from attention.vision.scenes import Scene, compose, draw_scene

PAGE = "vision"
MODEL = "digits"
POOLED = "digits-pooled"
NONE = -1  # of a layer or head: the mean over them; of a row: the page's choice
HIGHEST_SEED = 999_999
MOST_DIGITS = 8
PHRASE_CHARACTERS = 80
READINGS = ("phrase", "digits", "encoder")
ADJUSTED = ("temperature", "normaliser")
SCENE = ("seed", "count", "clutter", "noise", "cover", "overlap", "repeats")
OWN_SCENE = ("own_clutter", "own_noise", "cover")  # what the visitor may add to their own picture
RESTORED, TOLD = "vision: times restored", "vision: what the picture told last"
PHOTO, OWN = "vision: own picture", "vision: what was found in own pictures"
FIRST_DRAWN = ((7, 0.3, 0.36, 0.36), (4, 0.7, 0.62, 0.36))  # digit, place and size in shares of the stage
MOST_OWN = 8  # findings of the visitor's own pictures that are kept in the visit


@dataclass(frozen=True)
class Settings:
    """What a generated scene follows from."""

    seed: int
    count: int
    clutter: float
    noise: float
    cover: float
    overlap: float
    repeats: bool


@dataclass(frozen=True, eq=False)
class Photo:
    """The visitor's own picture, for this visit: its handwriting as pieces, or the whole as a scene.

    mark: a hash that tells pictures apart. image: (64, 64) where there are no pieces, else None. lines: what was made
    of it, for the visitor.
    """

    mark: str
    pieces: tuple
    image: np.ndarray | None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Seen:
    """The picture that the model is shown. mark: tells pictures apart. scene: with its truth, or None where unknown."""

    mark: tuple
    image: np.ndarray
    scene: Scene | None


@cache
def fields() -> tuple[Field, ...]:
    """Return what the page's address holds."""
    return (
        Choice("source", SOURCES, "scene"),
        Text("find", PHRASES[0], PHRASE_CHARACTERS),
        Whole("seed", 0, HIGHEST_SEED, 73),
        Whole("count", 1, MOST_DIGITS, 4),
        Number("clutter", 0.0, 3.0, 1.0),
        Number("noise", 0.0, 3.0, 1.0),
        Number("cover", 0.0, 0.9, 0.0),
        Number("overlap", 0.0, 1.0, 0.1),
        Flag("repeats", False),
        Drawing("pieces"),
        Number("own_clutter", 0.0, 3.0, 0.0),
        Number("own_noise", 0.0, 3.0, 0.0),
        Number("temperature", 0.1, 5.0, 1.0),
        Choice("normaliser", NORMALISERS, "softmax"),
        Choice("map", ("", *READINGS), ""),
        Choice("view", VIEWS, "heatmap"),
        Whole("row", NONE, 4095, NONE),
        Whole("layer", NONE, 64, NONE),
        Whole("head", NONE, 64, NONE),
        Choice("more", ("", *SECTIONS), ""),
        Choice("curve", CURVES, "noise"),
        Flag("present", False),
    )


def key(name: str) -> str:
    return widget_key(PAGE, name)


def value(name: str):
    """Return a field's value as the visitor has it."""
    return st.session_state[key(name)]


def phrase() -> str:
    return " ".join(value("find").split())


# ---- the picture ----


def settings() -> Settings:
    return Settings(*(value(name) for name in SCENE))


def settings_of(changes: Mapping[str, Any]) -> Settings:
    """Return the settings of a scene; those not given are the defaults."""
    standard = {field.name: field.default for field in fields() if field.name in SCENE}
    return Settings(**standard | dict(changes))


def with_seed(before: Settings, seed: int) -> Settings:
    return replace(before, seed=seed)


def pieces() -> tuple[PadPiece, ...]:
    """Return what the visitor has drawn."""
    return read_pieces(value("pieces")) if value("pieces") else ()


def photo() -> Photo | None:
    """Return the visitor's own picture of this visit."""
    return st.session_state.get(PHOTO)


def seen() -> Seen:
    """Return the picture that the model is shown now."""
    source, own = value("source"), photo()
    amounts = tuple(value(name) for name in OWN_SCENE)
    if source == "own":
        mark = ("own", value("pieces"), *amounts)
        return kept(mark, lambda: _composed(mark, scene_pieces(pieces()), amounts))
    if source == "photo" and own is not None:
        if own.image is not None:
            return Seen(("photo", own.mark), own.image, None)
        mark = ("photo", own.mark, *amounts)
        return kept(mark, lambda: _composed(mark, own.pieces, amounts))
    return generated(settings())


@st.cache_resource(max_entries=256, show_spinner=False)
def generated(wanted: Settings) -> Seen:
    """Draw a scene once for all visitors; every part of it is frozen."""
    scene = draw_scene(
        wanted.seed,
        wanted.count,
        clutter=wanted.clutter,
        noise=wanted.noise,
        overlap=wanted.overlap,
        cover=wanted.cover,
        repeats=wanted.repeats,
    )
    return Seen(("scene", wanted), scene.image, scene)


def _composed(mark: tuple, parts: Sequence, amounts: tuple[float, ...]) -> Seen:
    """Lay the visitor's pieces into a scene. amounts: as in OWN_SCENE."""
    clutter, noise, cover = amounts
    scene = compose(parts, clutter=clutter, noise=noise, cover=cover)
    return Seen(mark, scene.image, scene)


def kept(mark: Any, make: Callable[[], Any]) -> Any:
    """Make something of the visitor's own once, and keep the last few in the visit: nobody else gets them."""
    return keeping.kept(OWN, MOST_OWN, mark, make)


# ---- the model ----


def mechanism_now() -> Mechanism | None:
    """Return the visitor's attention, or None where it is the model's own."""
    own = loading.digit_finder(MODEL).model.mechanism
    wanted = Mechanism(own.score, value("normaliser"), own.scale, value("temperature"))
    return None if wanted == own else wanted


def uniform() -> Mechanism:
    """Return the model's attention with equal weights for all patches."""
    return replace(loading.digit_finder(MODEL).model.mechanism, normaliser="uniform")


def found(image: Seen, phrase: str, mechanism: Mechanism | None) -> Finding:
    """Find once: in a generated scene for all visitors, in the visitor's own picture for this visit.

    Raises PhraseError.
    """
    if image.mark[0] == "scene":
        return _shared(image.mark[1], phrase, mechanism)
    return kept(
        ("found", image.mark, phrase, mechanism),
        lambda: loading.digit_finder(MODEL).find(image.image, phrase, mechanism),
    )


@st.cache_resource(max_entries=48, show_spinner=False)
def _shared(wanted: Settings, phrase: str, mechanism: Mechanism | None) -> Finding:
    return loading.digit_finder(MODEL).find(generated(wanted).image, phrase, mechanism)


# ---- changes from outside the picture ----


def set_find(text: str) -> None:
    """Look for something else, in a callback."""
    st.session_state[key("find")] = text[:PHRASE_CHARACTERS]
    forget()


def set_source(name: str) -> None:
    """Take another kind of picture, in a callback; an empty stage gets two digits to begin with."""
    st.session_state[key("source")] = name
    if name == "own" and not value("pieces"):
        st.session_state[key("pieces")] = pieces_text([digit_piece(*one) for one in FIRST_DRAWN])
    forget()


def set_scene(changes: dict[str, Any]) -> None:
    """Take other settings of the scene, in a callback; those not given go back to their defaults."""
    for field in fields():
        if field.name in SCENE:
            st.session_state[key(field.name)] = changes.get(field.name, field.default)
    st.session_state[key("source")] = "scene"
    forget()


def last_layer(finding: Finding) -> np.ndarray:
    """Return the attention that box and mask are read from: (10, rows, columns) of the last layer, mean over heads."""
    found = finding.digits
    return found.matrix(layer=found.layers - 1).reshape(10, *found.key_geometry)


def take_example(number: int) -> None:
    set_scene(EXAMPLES[number].settings)
    st.session_state[key("find")] = EXAMPLES[number].find


def forget() -> None:
    """Let the picture choose its reading and row again, in a callback: another thing is looked for."""
    st.session_state[key("map")] = ""
    st.session_state[key("row")] = NONE
    restore()


# ---- the inspector ----


def inspector_initial(first: str, row: int) -> dict:
    """Return the inspector's first state, as the address gave it. first, row: shown where it gave none."""
    chosen = {name: None if value(name) == NONE else value(name) for name in ("layer", "head")}
    name = value("map") or first
    step = value("row") if value("row") != NONE else row if name == first else None
    return chosen | {"view": value("view"), "map": name, "step": step}


def keep_inspector(chosen: InspectorState, first: str, row: int) -> None:
    """Put what the visitor did inside the picture into the page's state.

    Until the browser has answered, the picture still tells what it told before; only news counts.
    """
    found = {name: getattr(chosen, name) for name in ("view", "map", "step", "layer", "head")}
    told = st.session_state.get(TOLD, {})
    news = {name: one for name, one in found.items() if name not in told or told[name] != one}
    st.session_state[TOLD] = found
    if news.get("view") in VIEWS:
        st.session_state[key("view")] = news["view"]
    if news.get("map") in READINGS:
        st.session_state[key("map")] = "" if news["map"] == first else news["map"]
    for name, field in (("step", "row"), ("layer", "layer"), ("head", "head")):
        if name in news:
            at_rest = news[name] is None or (name == "step" and not value("map") and news[name] == row)
            st.session_state[key(field)] = NONE if at_rest else news[name]


def restore() -> None:
    """Have the inspector take its state from the page's once more, after that was changed outside the picture."""
    st.session_state[RESTORED] = st.session_state.get(RESTORED, 0) + 1


def restore_mark() -> str:
    return str(st.session_state.get(RESTORED, 0))
