"""Pictures that visitors bring: every kind is read alike, what is no picture is refused, handwriting is found."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from attention.vision.photograph import MOST_INKS
from attention.vision.strokes import rasterise
from attention.vision.upload import (
    LONGEST,
    MOST_BYTES,
    TEXT,
    Picture,
    PictureError,
    as_pieces,
    as_scene,
    handwriting,
    read_picture,
    shrunk,
)

# Three shapes that no digit model is needed to tell apart: one stroke, two crossing, two apart one above the other.
STROKE = (((0, 0), (40, 100)),)
CROSS = (((0, 0), (50, 100)), ((50, 0), (0, 100)))
FIVE = (((0, 30), (0, 55), (45, 65), (40, 100), (0, 100)), ((0, 12), (50, 10)))
WIDE, TALL = 500, 240


def steps() -> np.ndarray:
    """A picture without any symmetry: (48, 64), dark on the left, a bright corner above right."""
    grey = np.tile(np.linspace(0.1, 0.7, 64), (48, 1))
    grey[:12, -16:] = 1.0
    return (grey * 255).round().astype(np.uint8)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def shades(levels: np.ndarray | None = None) -> Image.Image:
    return Image.fromarray(steps() if levels is None else levels)


def same(picture: Picture, wanted: np.ndarray, atol: float = 0.004) -> None:
    assert picture.grey.dtype == np.float32
    np.testing.assert_allclose(picture.grey, wanted / 255, atol=atol)


@pytest.mark.parametrize(
    ("kind", "mode", "atol"),
    [
        ("PNG", "L", 0.001),
        ("PNG", "RGB", 0.005),
        ("PNG", "P", 0.005),
        ("JPEG", "L", 0.05),
        ("JPEG", "RGB", 0.05),
        ("JPEG", "CMYK", 0.06),
        ("WEBP", "RGB", 0.06),
        ("GIF", "L", 0.005),
    ],
)
def test_every_kind_gives_the_same_shades(kind, mode, atol) -> None:
    options = {"quality": 95} if kind in ("JPEG", "WEBP") else {}
    same(read_picture(saved(shades().convert(mode), kind, **options)), steps(), atol)


def test_two_shades_are_black_and_white() -> None:
    picture = read_picture(saved(shades().convert("1", dither=Image.Dither.NONE), "PNG"))
    assert set(np.unique(picture.grey)) == {0.0, 1.0}


def test_sixteen_bits_keep_their_range() -> None:
    deep = (steps().astype(np.uint32) * 257).astype(np.uint16)
    same(read_picture(saved(Image.fromarray(deep), "PNG")), steps())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_as_the_camera_noted(orientation) -> None:
    turned = {
        1: np.asarray, 2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud,
        5: np.transpose, 6: np.rot90, 7: lambda a: np.transpose(np.rot90(a, 2)), 8: lambda a: np.rot90(a, -1),
    }[orientation](steps())  # fmt: skip
    note = Image.Exif()
    note[0x0112] = orientation
    same(read_picture(saved(shades(np.ascontiguousarray(turned)), "PNG", exif=note)), steps())


def test_transparent_parts_are_paper() -> None:
    alpha = np.zeros((40, 40), dtype=np.uint8)
    alpha[10:30, 18:22] = 255
    for ink, note, paper in ((0, "on_white", 1.0), (255, "on_black", 0.0)):
        layers = [np.full((40, 40), ink, dtype=np.uint8)] * 3 + [alpha]
        picture = read_picture(saved(Image.fromarray(np.stack(layers, axis=-1)), "PNG"))
        assert picture.notes == (TEXT[note],)
        np.testing.assert_allclose(picture.grey, np.where(alpha > 0, ink / 255, paper), atol=0.001)


def test_half_transparent_ink_is_half_as_dark_and_a_hole_in_a_photo_is_white() -> None:
    half = Image.merge("LA", (shades(np.zeros((20, 20), np.uint8)), shades(np.full((20, 20), 128, np.uint8))))
    assert read_picture(saved(half, "PNG")).grey.mean() == pytest.approx(1 - 128 / 255, abs=0.005)
    opaque = np.full((48, 64), 255, dtype=np.uint8)
    opaque[:5, :5] = 0
    photo = Image.merge("LA", (shades(), shades(opaque)))
    assert read_picture(saved(photo, "PNG")).grey[:5, :5].min() == 1.0


def test_a_transparent_colour_of_a_palette_is_paper() -> None:
    image = shades().quantize(8)
    first = image.getpixel((0, 0))
    picture = read_picture(saved(image, "PNG", transparency=first))
    assert picture.grey[0, 0] == 1.0
    assert picture.notes == (TEXT["on_white"],)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_taken(kind) -> None:
    frames = [shades(), shades(255 - steps())]
    options = {"lossless": True} if kind == "WEBP" else {}
    picture = read_picture(saved(frames[0], kind, save_all=True, append_images=frames[1:], **options))
    same(picture, steps(), 0.02)
    assert picture.notes == (TEXT["moving"],)


def test_a_large_photo_is_made_smaller_and_keeps_its_shape() -> None:
    tall = np.repeat(np.repeat(steps(), 50, axis=0), 50, axis=1)  # 2400 × 3200
    for data in (saved(shades(tall), "JPEG"), saved(shades(tall), "PNG")):
        grey = read_picture(data).grey
        assert grey.shape == (LONGEST * 3 // 4, LONGEST)
        np.testing.assert_allclose(grey[8::16, 8::16], steps() / 255, atol=0.03)


def refused(data: bytes) -> str:
    with pytest.raises(PictureError) as caught:
        read_picture(data)
    return str(caught.value)


def test_an_empty_or_huge_file_is_refused() -> None:
    assert refused(b"") == TEXT["empty"]
    assert refused(b"\x89PNG" + b"0" * MOST_BYTES) == TEXT["too_long"].format(size=8.0, most=8)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_cut_off_is_refused(kind) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (48, 64), dtype=np.uint8)
    data = saved(shades(noise), kind)
    for share in (0.02, 0.5, 0.9):
        assert refused(data[: int(share * len(data))]) in (TEXT["broken"], TEXT["unknown"])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"7", "unknown"),
        (b"not a picture at all, whatever its name says", "unknown"),
        (b"%PDF-1.7\n" + b"0" * 200, "unknown"),
        (b"PK\x03\x04" + b"0" * 200, "unknown"),
        (b"\x00\x00\x00\x18ftypheic" + b"0" * 200, "heic"),
        (b"<svg xmlns='x'><script>alert(1)</script></svg>", "svg"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 200, "broken"),
        (b"\xff\xd8\xff\xe0" + b"0" * 200, "broken"),
    ],
)
def test_what_is_no_picture_is_refused_with_what_to_do(data, said) -> None:
    assert refused(data) == TEXT[said]


def test_formats_that_are_not_offered_are_refused() -> None:
    for kind in ("BMP", "TIFF", "PPM", "ICO"):
        assert refused(saved(shades(), kind)) == TEXT["unknown"]


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(("width", "height"), [(7000, 6000), (20_000, 20_000), (100_000, 1_000)])
def test_a_small_file_of_countless_pixels_is_never_unpacked(width, height) -> None:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(100))
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    sized = TEXT["too_large_for"].format(width=width, height=height, most=16)
    assert refused(data) == (TEXT["far_too_large"].format(most=40) if width == 20_000 else sized)


def test_a_dot_is_too_small() -> None:
    assert refused(saved(shades(steps()[:7]), "PNG")) == TEXT["too_small"].format(width=64, height=7, least=8)


def test_damaged_bytes_anywhere_give_a_picture_or_a_message() -> None:
    rng = np.random.default_rng(1)
    frames = {"save_all": True, "append_images": [shades(255 - steps())]}
    kinds = [("PNG", {}), ("JPEG", {}), ("WEBP", {}), ("GIF", {}), ("GIF", frames), ("PNG", frames)]
    for kind, options in kinds:
        data = np.frombuffer(saved(shades(), kind, **options), dtype=np.uint8)
        for _ in range(60 if options else 25):
            damaged = data.copy()
            damaged[rng.integers(0, len(data), 4)] = rng.integers(0, 256, 4)
            try:
                grey = read_picture(damaged.tobytes()).grey
            except PictureError:  # any other error would be a traceback on the page
                continue
            assert np.isfinite(grey).all()
            assert 0 <= grey.min() <= grey.max() <= 1


# ---- handwriting ----


def sheet(shapes, high=90, pen=7.0, bright=False, uneven=True, noise=0.02, top=70) -> np.ndarray:
    """A photograph of shapes side by side: a lamp on the left, a shadow over the right, grain."""
    ink = np.zeros((TALL, WIDE))
    left = 40
    for shape in shapes:
        drawn = rasterise(shape, high, 100 * pen / high)
        ink[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
        left += drawn.shape[1] + 35
    x, y = np.meshgrid(np.linspace(0, 1, WIDE), np.linspace(0, 1, TALL))
    light = 0.95 - 0.45 * x - 0.15 * y - 0.15 / (1 + np.exp(-60 * (x + 0.2 * y - 0.6))) if uneven else 0.9
    grey = light * (1 - 0.7 * ink)
    grey = 1 - grey if bright else grey
    return np.clip(grey + np.random.default_rng(0).normal(0, noise, grey.shape), 0, 1).astype(np.float32)


@pytest.mark.parametrize("bright", [False, True], ids=["dark on light", "bright on dark"])
@pytest.mark.parametrize("pen", [3.0, 7.0, 13.0])
def test_digits_are_found_from_left_to_right_in_any_light(bright, pen) -> None:
    shapes = (CROSS, STROKE, FIVE, CROSS)
    found = handwriting(sheet(shapes, pen=pen, bright=bright))
    assert len(found) == len(shapes)
    assert [ink.box[0] for ink in found] == sorted(ink.box[0] for ink in found)
    left = 40
    for shape, ink in zip(shapes, found, strict=True):
        drawn = rasterise(shape, 90, 100 * pen / 90)
        np.testing.assert_allclose(ink.box, (left, 70, left + drawn.shape[1], 70 + drawn.shape[0]), atol=2.5)
        left += drawn.shape[1] + 35


def test_ink_is_the_shape_that_was_written() -> None:
    for shape, ink in zip((FIVE, CROSS), handwriting(sheet((FIVE, CROSS), pen=12.0)), strict=True):
        drawn = rasterise(shape, max(ink.ink.shape), 100 * 12.0 / 90)
        assert np.abs(np.subtract(drawn.shape, ink.ink.shape)).max() <= 3
        high, wide = np.minimum(drawn.shape, ink.ink.shape)
        one, other = drawn[:high, :wide], ink.ink[:high, :wide]
        assert (one * other).sum() / np.maximum(one, other).sum() > 0.75


def test_a_thin_pen_is_thickened_and_a_thick_one_is_left() -> None:
    thin, thick = (handwriting(sheet((STROKE,), pen=pen))[0].ink for pen in (3.0, 13.0))
    widths = [(ink > 0.5).sum(axis=1)[10:-10].mean() / max(ink.shape) for ink in (thin, thick)]
    assert widths[0] > 0.09
    assert widths[1] == pytest.approx(13 / 90 * np.hypot(40, 100) / 100, rel=0.2)


def test_rows_are_read_from_above() -> None:
    paper = np.minimum(
        sheet((CROSS, STROKE), high=60, top=20, uneven=False, noise=0),
        sheet((FIVE, CROSS, STROKE), high=60, top=140, uneven=False, noise=0),
    )
    boxes = [ink.box for ink in handwriting(paper)]
    assert len(boxes) == 5
    assert all(box[1] < 30 for box in boxes[:2])
    assert all(box[1] > 130 for box in boxes[2:])
    assert [box[0] for box in boxes[2:]] == sorted(box[0] for box in boxes[2:])


def test_ruled_lines_specks_and_the_edge_of_the_table_are_left_out() -> None:
    grey = sheet((CROSS, FIVE))
    clean = [ink.box for ink in handwriting(grey)]
    grey[200:203, :] *= 0.5
    grey[30:33, 300:304] *= 0.4
    grey[:, -9:] = 0.05
    assert [ink.box for ink in handwriting(grey)] == clean


@pytest.mark.parametrize("level", [0.0, 0.3, 0.9, 1.0])
def test_blank_paper_has_no_handwriting(level) -> None:
    rng = np.random.default_rng(2)
    grain = np.clip(level + rng.normal(0, 0.03, (150, 220)), 0, 1).astype(np.float32)
    slope = np.tile(np.linspace(0.2, 0.9, 220), (150, 1)).astype(np.float32)
    assert handwriting(grain) == handwriting(np.full((150, 220), level, np.float32)) == handwriting(slope) == ()


def test_a_page_of_print_gives_a_few_of_its_largest_signs() -> None:
    rng = np.random.default_rng(3)
    grey = np.full((700, 900), 0.9, dtype=np.float32)
    for top in range(10, 680, 16):
        for left in range(10, 880, 20):
            grey[top : top + 8, left : left + int(rng.integers(3, 7))] = 0.1
    grey[300:360, 400:500] = 0.9
    grey[302:350, 430:440] = 0.1  # a tall stroke among some 1,800 small ones
    found = handwriting(grey)
    assert 0 < len(found) <= MOST_INKS
    assert (430, 302, 440, 350) in [ink.box for ink in found]


# ---- scenes ----


def test_pieces_keep_the_layout_where_it_fits() -> None:
    pieces = as_pieces(handwriting(sheet((CROSS, FIVE, STROKE), high=150, top=40)))
    assert len(pieces) == 3
    assert [piece.x for piece in pieces] == sorted(piece.x for piece in pieces)
    assert np.ptp([piece.y for piece in pieces]) < 2
    for piece in pieces:
        assert 14 <= piece.size <= 26
        assert 5 <= round(piece.x) <= 59


def test_many_small_digits_are_put_in_rows_large_enough_to_read() -> None:
    inks = handwriting(sheet((CROSS, STROKE, FIVE, CROSS, STROKE), high=50))
    pieces = as_pieces(inks)
    assert len(pieces) == len(inks) == 5
    assert len({round(piece.y) for piece in pieces}) == 2
    assert pieces[0].x < pieces[1].x < pieces[2].x
    assert pieces[3].y > pieces[0].y
    assert min(piece.size for piece in pieces) > 9


def test_nothing_written_gives_no_piece() -> None:
    assert as_pieces(()) == ()


def test_a_photo_becomes_bright_strokes_on_dark() -> None:
    scene = as_scene(Picture(sheet((CROSS, FIVE))))
    assert (scene.shape, scene.dtype) == ((64, 64), np.float32)
    assert np.median(scene) < 0.1
    assert 0.02 < (scene > 0.6).mean() < 0.4


def test_a_whole_photo_shrinks_as_it_stands() -> None:
    scene = shrunk(Picture(sheet((CROSS, FIVE))))
    assert (scene.shape, scene.dtype) == ((64, 64), np.float32)
    rows, columns = np.nonzero(scene > 0.25)
    scale, margin = 64 / WIDE, (64 - 64 * TALL / WIDE) / 2
    assert rows.min() == pytest.approx(margin + 70 * scale, abs=2)
    assert rows.max() == pytest.approx(margin + 160 * scale, abs=2)
    assert columns.min() == pytest.approx(40 * scale, abs=2)
    assert scene[: int(margin)].max() == 0


def test_a_scene_stays_as_it_is() -> None:
    from attention.vision.scenes import draw_scene

    for seed in (3, 4, 5):
        image = draw_scene(seed).image
        levels = (image * 255).round().astype(np.uint8)
        large = np.repeat(np.repeat(levels, 8, axis=0), 8, axis=1)
        for shown in (levels, large):
            np.testing.assert_allclose(as_scene(read_picture(saved(shades(shown), "PNG"))), image, atol=0.003)


def test_a_picture_of_something_else_still_fits() -> None:
    scene = as_scene(Picture(np.full((30, 90), 0.8, dtype=np.float32)))
    assert scene.shape == (64, 64)
    assert np.isfinite(scene).all()
