"""Rows or columns that are the patches of an image, with what was found in it and what is truly there drawn over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from attention.ui.inspector.packing import encode_bytes

MOST_SIDE = 512  # pixels; the browser enlarges smaller images, and larger ones only make the page heavy
KINDS = ("found", "truth")


@dataclass(frozen=True, eq=False)
class Overlay:
    """A box and an outline over a picture.

    box: left, top, right, bottom in pixels of the image, left and top edges at 0. mask: (h, w) bool, drawn as its
    outline. name: what the label says ("found"). kind: "found", drawn solid, or "truth", drawn dashed; the visitor
    shows or hides all of a kind at once.
    Raises ValueError when there is neither box nor mask, a box has no extent, or the kind is another.
    """

    box: tuple[float, float, float, float] | None = None
    mask: np.ndarray | None = None
    name: str = "found"
    kind: str = "found"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"overlay {self.name!r} is of kind {self.kind!r}; use one of {KINDS}")
        if self.box is None and self.mask is None:
            raise ValueError(f"overlay {self.name!r} has neither box nor mask")
        if self.box is not None:
            left, top, right, bottom = box = tuple(float(one) for one in self.box)
            if not (np.isfinite(box).all() and left < right and top < bottom):
                raise ValueError(f"box of overlay {self.name!r} is {box}; it must be left, top, right, bottom")
            object.__setattr__(self, "box", box)
        if self.mask is not None:
            object.__setattr__(self, "mask", np.asarray(self.mask, dtype=bool))

    def payload(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "box": None if self.box is None else [round(one, 2) for one in self.box],
            "outline": [] if self.mask is None else [loop.ravel().tolist() for loop in outlines(self.mask)],
        }


@dataclass(frozen=True, eq=False)
class Picture:
    """An image of which each row (or column) of the map is one patch, patches counted row by row from the top left.

    pixels: (h, w) or (h, w, 3) uint8, 0 black to 255 white, at most 512 a side.
    grid: (rows, columns) of patches, the map's geometry; patches are equal parts of the image.
    title: what the picture is, for screen readers. overlays: for each query row what is drawn over the picture while
    this row is shown; left out, nothing.
    Raises ValueError for other pixels, a grid finer than the pixels, or a mask of another size.
    """

    pixels: np.ndarray
    grid: tuple[int, int]
    title: str = ""
    overlays: tuple[tuple[Overlay, ...], ...] = ()

    def __post_init__(self) -> None:
        pixels = np.asarray(self.pixels)
        shape = pixels.shape
        if pixels.dtype != np.uint8 or not (pixels.ndim == 2 or (pixels.ndim == 3 and shape[2] == 3)):
            raise ValueError(f"pixels are {pixels.dtype} of shape {shape}; give uint8 (h, w) or (h, w, 3)")
        if not 0 < min(shape[:2]) <= max(shape[:2]) <= MOST_SIDE:
            raise ValueError(f"pixels have shape {shape}; each side must be 1 to {MOST_SIDE}: make the image smaller")
        grid = tuple(int(one) for one in self.grid)
        if len(grid) != 2 or not all(1 <= cells <= side for cells, side in zip(grid, shape, strict=False)):
            raise ValueError(
                f"grid {grid} does not fit an image of {shape[:2]} pixels; give (rows, columns) of patches"
            )
        object.__setattr__(self, "pixels", pixels)
        object.__setattr__(self, "grid", grid)
        object.__setattr__(self, "overlays", tuple(tuple(row) for row in self.overlays))
        for overlay in (one for row in self.overlays for one in row):
            if overlay.mask is not None and overlay.mask.shape != shape[:2]:
                raise ValueError(f"mask of overlay {overlay.name!r} is {overlay.mask.shape}, the image {shape[:2]}")

    @property
    def words(self) -> tuple[str, ...]:
        """A name for each patch: "row 1, column 1"."""
        rows, columns = self.grid
        return tuple(f"row {row + 1}, column {column + 1}" for row in range(rows) for column in range(columns))

    def __str__(self) -> str:
        return self.title

    def payload(self) -> dict[str, Any]:
        """Return plain lists, strings and numbers; the browser names the patches in its own words."""
        height, width = self.pixels.shape[:2]
        return {
            "kind": "picture",
            "title": self.title,
            "lang": "",
            "width": width,
            "height": height,
            "grid": list(self.grid),
            "pixels": encode_bytes(self.pixels),
            "overlays": [[overlay.payload() for overlay in row] for row in self.overlays],
        }


def outlines(mask: np.ndarray) -> list[np.ndarray]:
    """Return the closed outlines of a mask, each (points, 2) int: x, y in half pixels, the first point not repeated.

    mask: (h, w) bool. The points are the middles of the pixel edges between inside and outside, in order, the inside to
    the right of the way; a hole is an outline of its own, and pixels that touch at a corner are two shapes.
    """
    inside = np.pad(mask, 1)
    ways: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for way, beside, corner in (
        ((1, 0), np.roll(inside, 1, axis=0), (0, 0)),  # above lies outside: to the right along the upper edge
        ((0, 1), np.roll(inside, -1, axis=1), (1, 0)),  # down the right edge
        ((-1, 0), np.roll(inside, -1, axis=0), (1, 1)),  # to the left along the lower edge
        ((0, -1), np.roll(inside, 1, axis=1), (0, 1)),  # up the left edge
    ):
        for y, x in np.argwhere(inside & ~beside) - 1:
            ways.setdefault((int(x) + corner[0], int(y) + corner[1]), []).append(way)
    return [_loop(ways, start) for start in sorted(ways) if ways[start]]


def _loop(ways: dict[tuple[int, int], list[tuple[int, int]]], start: tuple[int, int]) -> np.ndarray:
    """Walk from a corner back to it, turning right where two ways part, and take the ways from the table."""
    middles, (x, y), last = [], start, None
    while ways.get((x, y)):
        here = ways[(x, y)]
        turned = None if last is None else (-last[1], last[0])
        dx, dy = turned if turned in here else here[0]
        here.remove((dx, dy))
        middles.append((2 * x + dx, 2 * y + dy))
        x, y, last = x + dx, y + dy, (dx, dy)
        if (x, y) == start:
            break
    return np.array(middles)
