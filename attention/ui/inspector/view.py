"""What the inspector shows, as plain frozen data: one or several attention maps with their sentences and steps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from attention.attention_map import AttentionMap
from attention.ui.inspector.listing import Listing
from attention.ui.inspector.packing import encode_floats, encode_rows
from attention.ui.inspector.picture import Picture
from attention.ui.inspector.text import LISTING_TEXT, PICTURE_TEXT, TEXT, TRACK_TEXT
from attention.ui.inspector.track import Track

VIEWS = ("heatmap", "arcs", "heads", "table")
LINES = ("answer", "source")
MOST_EXACT = 100_000  # weights over a picture beyond which they travel in 8 bits each, and a map stays below 700 kB


@dataclass(frozen=True)
class Sentence:
    """Words of one line together with the text before each, so that the line reads as people write it.

    words: one per row (or column) of the map it belongs to, the end-of-sentence mark included where the map has one.
    before: what stands before each word, usually " " or ""; left out, a space before every word but the first.
    lang: language code such as "fr" or "zh", for fonts and screen readers.
    Raises ValueError when words and before differ in length.
    """

    words: tuple[str, ...]
    before: tuple[str, ...] = ()
    lang: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(self.words))
        before = tuple(self.before) or tuple("" if i == 0 else " " for i in range(len(self.words)))
        object.__setattr__(self, "before", before)
        if len(before) != len(self.words):
            raise ValueError(f"before has {len(before)} entries, words has {len(self.words)}; they must be the same")

    def __str__(self) -> str:
        return "".join(space + word for space, word in zip(self.before, self.words, strict=True))

    def payload(self) -> dict[str, Any]:
        return {"kind": "sentence", "words": list(self.words), "before": list(self.before), "lang": self.lang}


Side = Sentence | Listing | Picture | Track  # what rows or columns are: each has `words`, one for each, and `payload()`


@dataclass(frozen=True)
class Step:
    """What the side panel tells about one query row.

    title: the word written at this step, as the panel's heading.
    candidates: (text, probability) of the likeliest next words, likeliest first.
    table: (source label, score, weight, share of the context), one row per source position.
    log_probability: natural logarithm of the probability of the word written; None where there is none.
    """

    title: str
    candidates: tuple[tuple[str, float], ...] = ()
    table: tuple[tuple[str, float, float, float], ...] = ()
    log_probability: float | None = None

    def payload(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "candidates": [[text, _rounded(p)] for text, p in self.candidates],
            "table": [[label, *map(_rounded, numbers)] for label, *numbers in self.table],
            "log_probability": None if self.log_probability is None else _rounded(self.log_probability),
        }


@dataclass(frozen=True, eq=False)
class Reading:
    """One attention map and how to read it.

    name: short and stable, it goes into the address ("cross", "encoder", "pieces"); title: what the menu says.
    summary: (query_len, key_len) matrix to show first, such as the mean over the heads of one layer, with its name in
        summary_title. Left out, `default_layer` and `default_head` are shown first, None meaning the mean over them.
    extras: further (query_len, key_len) matrices that the layer menu offers by name, after the layers, such as
        ("Rollout", matrix); in a state or `default_layer` the first of them is the number of layers, and so on.
    query, key: the sentences of rows and columns, or a Listing where they are alternatives or things, a Picture where
        they are patches of an image, a Track where they are moments of a sound; left out, the map's labels with
        spaces between.
    query_line, key_line: which of the two large lines, "answer" or "source", rows and columns belong to
        (cross: answer, source; encoder self-attention: source, source; decoder: answer, answer).
    steps: one per query row, or none. changed: query rows that differ from what they are compared with.
    query_end, key_end: positions of the end-of-sentence mark, which the visitor may show or hide.
    pieces_of: name of the reading of which this is the same in word pieces; it is then reached by a switch.
    caption: replaces the view's caption while this reading is shown.
    deepest: the weight that gets the deepest colour, for maps whose weights are all small; the caption says so. Over a
        Picture, 1 stands for the greatest weight of what is shown.
    Raises ValueError when anything does not fit the map.
    """

    map: AttentionMap
    title: str
    name: str = "cross"
    summary: np.ndarray | None = None
    summary_title: str = ""
    default_layer: int | None = None
    default_head: int | None = None
    query: Side | None = None
    key: Side | None = None
    query_line: str = "answer"
    key_line: str = "source"
    steps: tuple[Step, ...] = ()
    changed: tuple[int, ...] = ()
    query_end: tuple[int, ...] = ()
    key_end: tuple[int, ...] = ()
    pieces_of: str | None = None
    caption: str | None = None
    deepest: float = 1.0
    extras: tuple[tuple[str, np.ndarray], ...] = ()

    def __post_init__(self) -> None:
        layers, heads, query_len, key_len = self.map.weights.shape
        object.__setattr__(self, "extras", tuple(self.extras))
        for line in (self.query_line, self.key_line):
            if line not in LINES:
                raise ValueError(f"reading {self.name!r} names the line {line!r}; use one of {LINES}")
        if not 0 < self.deepest <= 1:
            raise ValueError(f"deepest of reading {self.name!r} is {self.deepest}; it must lie above 0, at most at 1")
        if self.summary is not None and np.shape(self.summary) != (query_len, key_len):
            raise ValueError(f"summary has shape {np.shape(self.summary)}, the map needs {(query_len, key_len)}")
        for name, matrix in self.extras:
            if not name or np.shape(matrix) != (query_len, key_len):
                raise ValueError(
                    f"extra {name!r} has shape {np.shape(matrix)}; name it, and give {(query_len, key_len)}"
                )
        for what, found, wanted in (
            ("query", query_len if self.query is None else len(self.query.words), query_len),
            ("key", key_len if self.key is None else len(self.key.words), key_len),
            ("steps", len(self.steps) or query_len, query_len),
            ("overlays", len(getattr(self.key, "overlays", ())) or query_len, query_len),
        ):
            if found != wanted:
                raise ValueError(f"{what} of reading {self.name!r} has {found} entries, the map needs {wanted}")
        for what, positions, length in (
            ("changed", self.changed, query_len),
            ("query_end", self.query_end, query_len),
            ("key_end", self.key_end, key_len),
            ("default_layer", [i for i in [self.default_layer] if i is not None], layers + len(self.extras)),
            ("default_head", [i for i in [self.default_head] if i is not None], heads),
        ):
            if any(not 0 <= i < length for i in positions):
                raise ValueError(f"{what} of reading {self.name!r} is {positions}; it must lie in 0 to {length - 1}")

    def payload(self) -> dict[str, Any]:
        found = self.map
        return {
            "name": self.name,
            "title": self.title,
            "kind": found.kind,
            "query_axis": found.query_axis,
            "key_axis": found.key_axis,
            "query": (self.query or Sentence(found.query_labels)).payload(),
            "key": (self.key or Sentence(found.key_labels)).payload(),
            "query_labels": list(found.query_labels),
            "key_labels": list(found.key_labels),
            "query_line": self.query_line,
            "key_line": self.key_line,
            "layer_names": list(found.layer_names),
            "head_names": list(found.head_names),
            "shape": list(found.weights.shape),
            "weights": self._weights(),
            "summary": None if self.summary is None else encode_floats(self.summary),
            "summary_title": self.summary_title,
            "default_layer": self.default_layer,
            "default_head": self.default_head,
            "steps": [step.payload() for step in self.steps],
            "changed": sorted(self.changed),
            "query_end": sorted(self.query_end),
            "key_end": sorted(self.key_end),
            "pieces_of": self.pieces_of,
            "caption": self.caption,
            "deepest": float(self.deepest),
            "extras": [[name, encode_floats(matrix)] for name, matrix in self.extras],
        }

    def _weights(self) -> str | dict[str, str]:
        weights = self.map.weights
        large = isinstance(self.key, Picture) and weights.size > MOST_EXACT
        return encode_rows(weights) if large else encode_floats(weights)


@dataclass(frozen=True, eq=False)
class InspectorView:
    """Everything that one inspector shows.

    readings: at least one; the first is shown first. Names must differ.
    answer, source: the two large lines for readings that do not cover them (the lines of a reading go before); None
        together with readings of other kinds leaves the line out.
    meta: the small line below the answer ("12 ms · 10 words"). caption: one or two sentences below the picture.
    captions: other sentences for some of VIEWS, by name.
    initial: any of step (int, query row), view (one of VIEWS), map (a reading's name), layer, head (int or None),
        end, pieces (bool); honoured when the component appears and again when `restore` changes.
    id: the answer's identity; words appear one by one only when it changes. Left out, it follows from the answer.
    text: entries that replace those of TEXT (and of LISTING_TEXT, PICTURE_TEXT and TRACK_TEXT, which apply where rows
        are a Listing, or columns a Picture or a Track).
    file_stem: name of saved pictures, without ending.
    heading, comment: a scene's sentence and its one line of comment, for present mode.
    Raises ValueError when there is no reading or two share a name.
    """

    readings: tuple[Reading, ...]
    answer: Sentence | None = None
    source: Sentence | None = None
    meta: str = ""
    caption: str = ""
    captions: Mapping[str, str] = field(default_factory=dict)
    initial: Mapping[str, Any] = field(default_factory=dict)
    restore: str = ""
    id: str = ""
    text: Mapping[str, str] = field(default_factory=dict)
    file_stem: str = "attention"
    heading: str = ""
    comment: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "readings", tuple(self.readings))
        names = [reading.name for reading in self.readings]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"readings are named {names}; give at least one, each with its own name")
        for reading in self.readings:
            if reading.pieces_of is not None and reading.pieces_of not in names:
                raise ValueError(f"{reading.name!r} is pieces of {reading.pieces_of!r}, which is not among {names}")
        unknown = set(self.text) - set(TEXT)
        if unknown:
            raise ValueError(f"text has unknown entries {sorted(unknown)}; see inspector.text.TEXT")

    def payload(self) -> dict[str, Any]:
        """Return plain lists, strings and numbers: what the browser gets, on the page and in a saved HTML file."""
        return {
            "id": self.id or self._identity(),
            "readings": [reading.payload() for reading in self.readings],
            "answer": None if self.answer is None else self.answer.payload(),
            "source": None if self.source is None else self.source.payload(),
            "meta": self.meta,
            "caption": self.caption,
            "captions": dict(self.captions),
            "initial": dict(self.initial),
            "restore": self.restore,
            "text": self._wording(),
            "file_stem": self.file_stem,
            "heading": self.heading,
            "comment": self.comment,
        }

    def _wording(self) -> dict[str, str]:
        queries, keys = ([getattr(reading, side) for reading in self.readings] for side in ("query", "key"))
        found = dict(TEXT)
        for sides, kind, text in (
            (queries, Listing, LISTING_TEXT),
            (keys, Picture, PICTURE_TEXT),
            (keys, Track, TRACK_TEXT),
        ):
            if any(isinstance(side, kind) for side in sides):
                found |= text
        return found | dict(self.text)

    def _identity(self) -> str:
        first = self.readings[0]
        words = [self.answer.words if self.answer else first.map.query_labels, first.map.key_labels]
        return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()[:16]


def _rounded(number: float) -> float:
    return round(float(number), 6)
