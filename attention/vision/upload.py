"""A picture that a visitor brings: read strictly and by content, never by name, and made ready for the model.

`read_picture` turns bytes into shades of grey, or says what is wrong with them. `handwriting` (of `photograph.py`)
separates the digits from their paper; `as_pieces` lays them out for a scene, `as_scene` does all of it at once.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from attention.vision.photograph import Ink, evened, handwriting

if TYPE_CHECKING:
    from attention.vision.scenes import Piece

__all__ = [
    "MOST_BYTES",
    "TEXT",
    "Ink",
    "Picture",
    "PictureError",
    "as_pieces",
    "as_scene",
    "handwriting",
    "read_picture",
    "shrunk",
]

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_BYTES = 8 << 20
MOST_PIXELS = 16_000_000  # width times height, before decoding
MOST_JPEG_PIXELS = 40_000_000  # of a JPEG, which can be decoded at half its size and less
LEAST_SIDE = 8  # pixels
LONGEST = 1024  # pixels of the longer side that are kept
DRAFT = 2048  # pixels: a JPEG much larger is decoded at a half, a quarter or an eighth
SEE_THROUGH = (
    0.5  # share of the picture: where less is opaque, it is a drawing on nothing, not a photograph with a hole
)
EDGE = 5  # pixels of the scene around the digits
SMALLEST, LARGEST = 14.0, 26.0  # pixels of the scene: the sizes of a digit that the model reads best
BRIGHT = 0.5  # of a drawing on nothing: brighter than this, it was made on dark paper

TEXT: dict[str, str] = {
    "empty": "The file is empty. Choose a picture in PNG, JPEG, WebP or GIF format.",
    "too_long": "The file holds {size:.1f} MB; a picture may have at most {most} MB. Make it smaller and try again.",
    "heic": "This is a HEIC photo, which cannot be read here. Save or share it as JPEG and try again.",
    "svg": "This is a drawing in SVG format, which cannot be read here. Save it as PNG and try again.",
    "unknown": "This is no picture that can be read here. Choose a file in PNG, JPEG, WebP or GIF format.",
    "too_large": "The picture has {width:,} × {height:,} pixels; at most {most} million can be read. Make it smaller.",
    "too_large_for": "The picture has {width:,} × {height:,} pixels; in this format at most {most} million can be read."
    " Make it smaller, or save it as JPEG.",
    "far_too_large": "The picture has far more than the {most} million pixels that can be read. Make it smaller.",
    "too_small": "The picture has only {width} × {height} pixels; each side needs at least {least}.",
    "broken": "The picture is damaged or cut off, so it was not read. Save or photograph it once more.",
    "moving": "The picture moves; its first frame was taken.",
    "on_white": "Transparent parts were put on white paper.",
    "on_black": "Transparent parts were put on dark paper, since what is drawn is bright.",
}


class PictureError(ValueError):
    """A file that is no picture for us; the message is for people and says what to do."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as shades of grey.

    grey: (h, w) float32, 0 black to 1 white, the longer side at most LONGEST pixels, upright as the camera noted it.
    notes: what was done to it that a visitor should know, in sentences.
    """

    grey: np.ndarray
    notes: tuple[str, ...] = ()


def read_picture(data: bytes) -> Picture:
    """Read a PNG, JPEG, WebP or GIF file of at most 8 MiB, whatever its name says.

    It may have 40 million pixels in JPEG format, 16 million in another: that much is unpacked, and no more.

    Any depth of shades, palettes, CMYK and transparency are understood; of an animation the first frame is taken.
    Raises PictureError with a sentence for people.
    """
    if not data:
        raise PictureError(TEXT["empty"])
    if len(data) > MOST_BYTES:
        raise PictureError(TEXT["too_long"].format(size=len(data) / 2**20, most=MOST_BYTES >> 20))
    image = _opened(data)
    _check_size(*image.size, image.format)
    try:
        moving = bool(getattr(image, "is_animated", False))
        image.draft(None, (DRAFT, DRAFT))
        image.load()
        grey, paper = _grey(_smaller(_upright(image)))
    except Exception as error:  # decoders fail in many ways on damaged files; every one means the same to a visitor
        raise PictureError(TEXT["broken"]) from error
    notes = [TEXT["moving"]] * moving + ([TEXT[paper]] if paper else [])
    return Picture(grey, tuple(notes))


def as_pieces(inks: Sequence[Ink]) -> tuple[Piece, ...]:
    """Lay digits out for a scene, which `attention.vision.scenes.compose` makes of them.

    They keep their places as far as the scene lets each be large enough to read; else they are put in rows.
    """
    from attention.vision.scenes import SIDE, Piece

    if not inks:
        return ()
    boxes = np.array([ink.box for ink in inks], dtype=np.float64)
    sizes = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    centres = np.stack([boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]], axis=1) / 2
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    scale = min((SIDE - 2 * EDGE) / (high - low).max(), LARGEST / sizes.max())
    if np.median(sizes) * scale >= SMALLEST:
        places, sizes = (centres - (low + high) / 2) * scale + SIDE / 2, sizes * scale
    else:
        places, sizes = _in_rows(len(inks), sizes, SIDE)
    rows = zip(inks, places, sizes, strict=True)
    return tuple(Piece(ink.ink, None, float(x), float(y), float(size)) for ink, (x, y), size in rows)


def _in_rows(count: int, sizes: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the places (count, 2) of digits in rows as long as a square needs, and their sizes."""
    columns = int(np.ceil(np.sqrt(count)))
    rows = int(np.ceil(count / columns))
    cell = (side - EDGE) / columns
    order = np.arange(count)
    middle = side / 2
    x = middle + (order % columns - (columns - 1) / 2) * cell
    y = middle + (order // columns - (rows - 1) / 2) * cell
    return np.stack([x, y], axis=1), np.clip(sizes / np.median(sizes), 0.6, 1.15) * min(LARGEST, 0.78 * cell)


def as_scene(picture: Picture) -> np.ndarray:
    """Return the picture as the model wants it: (64, 64) float32, strokes bright on dark.

    A square picture with bright strokes on dark is a scene already and only resized; from any other the handwriting is
    taken and laid out, or where none is found, the whole picture is shrunk.
    """
    from attention.vision.scenes import compose

    if _is_scene(picture):
        return shrunk(picture)
    pieces = as_pieces(handwriting(picture.grey))
    return compose(pieces).image if pieces else shrunk(picture)


def shrunk(picture: Picture) -> np.ndarray:
    """Return the whole picture as it stands, (64, 64) float32: a scene resized, any other with its paper taken away."""
    from attention.vision.scenes import SIDE

    if _is_scene(picture):
        return resized(picture.grey, SIDE, SIDE)
    contrast, _ = evened(picture.grey)
    scale = SIDE / max(contrast.shape)
    rows, columns = (max(1, round(side * scale)) for side in contrast.shape)
    scene = np.zeros((SIDE, SIDE), dtype=np.float32)
    top, left = (SIDE - rows) // 2, (SIDE - columns) // 2
    scene[top : top + rows, left : left + columns] = resized(contrast, rows, columns)
    return scene


def _is_scene(picture: Picture) -> bool:
    """Tell whether a picture is square with bright strokes on dark."""
    rows, columns = picture.grey.shape
    return abs(rows / columns - 1) < 0.02 and evened(picture.grey)[1]


def resized(grey: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Return a picture of other size, each pixel the mean of those it covers."""
    from PIL import Image

    if grey.shape == (rows, columns):
        return grey.astype(np.float32)
    shades = Image.fromarray(np.ascontiguousarray(grey, dtype=np.float32))
    return np.asarray(shades.resize((columns, rows), Image.Resampling.BOX)).astype(np.float32)


# ---- inside a file ----


def _opened(data: bytes) -> Any:
    from PIL import Image

    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PictureError(TEXT["far_too_large"].format(most=MOST_JPEG_PIXELS // 1_000_000)) from error
    except Exception as error:  # what is no picture, and headers that no picture has
        raise PictureError(TEXT[_kind(data)]) from error


def _kind(data: bytes) -> str:
    """Return what to say of bytes that no decoder takes."""
    start = data[:512].lstrip()
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"hevc"):
        return "heic"
    if start.startswith((b"<svg", b"<?xml")) and b"<svg" in data[:4096]:
        return "svg"
    pictures = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
    return "broken" if data.startswith(pictures) or data[:4] + data[8:12] == b"RIFFWEBP" else "unknown"


def _check_size(width: int, height: int, kind: str) -> None:
    most, said = (MOST_JPEG_PIXELS, "too_large") if kind == "JPEG" else (MOST_PIXELS, "too_large_for")
    if width * height > most:
        raise PictureError(TEXT[said].format(width=width, height=height, most=most // 1_000_000))
    if min(width, height) < LEAST_SIDE:
        raise PictureError(TEXT["too_small"].format(width=width, height=height, least=LEAST_SIDE))


def _upright(image: Any) -> Any:
    """Turn the picture as the camera noted; a note that cannot be read is left out."""
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image


def _smaller(image: Any) -> Any:
    """Return the picture with its longer side at most LONGEST pixels; shades of a palette become colours first."""
    from PIL import Image

    if image.mode in ("P", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode.startswith("I"):
        image = Image.fromarray(np.asarray(image, dtype=np.float32) / 65535)
    scale = LONGEST / max(image.size)
    if scale >= 1:
        return image
    size = [max(1, round(side * scale)) for side in image.size]
    return image.resize(size, Image.Resampling.BOX, reducing_gap=2.0)


def _grey(image: Any) -> tuple[np.ndarray, str]:
    """Return (h, w) in 0..1, and which paper transparent parts were put on: "on_white", "on_black" or ""."""
    if image.mode == "F":
        return np.clip(np.asarray(image, dtype=np.float32), 0, 1), ""
    alpha = None
    if image.mode in ("RGBA", "LA", "RGBa", "La"):
        image = image.convert("RGBA")
        alpha = np.asarray(image.getchannel("A"), dtype=np.float32) / 255
    elif image.mode != "L":
        image = image.convert("RGB")  # CMYK, YCbCr and Lab as well
    grey = np.asarray(image.convert("RGB").convert("L"), dtype=np.float32) / 255
    if alpha is None or alpha.min() > 0.999:
        return grey, ""
    drawn = (grey * alpha).sum() / max(float(alpha.sum()), 1e-6)
    dark_paper = alpha.mean() < SEE_THROUGH and drawn > BRIGHT
    paper = 0.0 if dark_paper else 1.0
    return grey * alpha + paper * (1 - alpha), "on_black" if dark_paper else "on_white"
