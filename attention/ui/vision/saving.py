"""What a visitor can take along: the picture, what was found as CSV and JSON, and the same in Python."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np

from attention.mechanisms import Mechanism
from attention.ui.exports import mechanism_code
from attention.ui.vision.answers import digit_name
from attention.ui.vision.pictures import pixels_of
from attention.ui.vision.state import MODEL, Seen, Settings
from attention.vision.finding import Finding
from attention.vision.scenes import Scene

PYTHON_SCENE = """\
from attention.mechanisms import Mechanism
from attention.vision.finder import DigitFinder
from attention.vision.scenes import draw_scene

finder = DigitFinder.load({model!r})
scene = draw_scene({arguments})
finding = finder.find(scene.image, {phrase!r}{changed})
"""
PYTHON_PICTURE = """\
from pathlib import Path

from attention.mechanisms import Mechanism
from attention.vision.finder import DigitFinder
from attention.vision.upload import as_scene, read_picture

finder = DigitFinder.load({model!r})
picture = read_picture(Path("digits-scene.png").read_bytes())  # "The scene (PNG)", saved above
finding = finder.find(as_scene(picture), {phrase!r}{changed})
"""
PYTHON_END = """\
for digit in finding.present:
    print(digit, f"{finding.presence[digit]:.3f}", finding.boxes[digit].round(1))
print(finding.digits.matrix(layer=-1).round(3))  # rows: digits 0 to 9; columns: patches, row by row
"""
COLUMNS = (
    "digit",
    "presence",
    "threshold",
    "found",
    "left",
    "top",
    "right",
    "bottom",
    "peak_column",
    "peak_row",
    "truth",
)
PICTURE_SIDE = 512  # pixels of the saved scene


def digits_csv(finding: Finding, scene: Scene | None) -> bytes:
    """Return what was found of each digit as CSV, UTF-8 with a byte order mark so that spreadsheets read it.

    Boxes are pixels of the scene; peak_column and peak_row count patches from 1 at the top left; truth is empty where
    nobody knows it.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for record in digit_records(finding, scene):
        box = record["box"] or [""] * 4
        truth = "" if record["truth"] is None else int(record["truth"])
        numbers = (record["digit"], record["presence"], record["threshold"], int(record["found"]))
        writer.writerow([*numbers, *box, *record["peak"], truth])
    return out.getvalue().encode("utf-8-sig")


def digit_records(finding: Finding, scene: Scene | None) -> list[dict[str, Any]]:
    """Return one record a digit, plain values. box: None where the model does not say yes."""
    known = scene is not None and None not in scene.digits
    last = finding.digits.matrix(layer=finding.digits.layers - 1)
    columns = finding.digits.key_geometry[1]
    records = []
    for digit in range(10):
        row, column = divmod(int(np.argmax(last[digit])), columns)
        present = digit in finding.present
        records.append(
            {
                "digit": digit,
                "name": digit_name(digit),
                "presence": round(float(finding.presence[digit]), 5),
                "threshold": round(float(finding.thresholds[digit]), 5),
                "found": present,
                "box": [round(float(edge), 2) for edge in finding.boxes[digit]] if present else None,
                "peak": [column + 1, row + 1],
                "truth": digit in scene.digits if known else None,
            }
        )
    return records


def finding_record(finding: Finding, seen: Seen) -> dict[str, Any]:
    """Return the answer as plain lists and strings, for the saved state."""
    record: dict[str, Any] = {"digits": digit_records(finding, seen.scene)}
    if finding.phrase is not None:
        record["phrase"] = finding.to_json()["phrase"]
    weights = finding.digits.matrix(layer=finding.digits.layers - 1)
    record["weights"] = [[round(float(weight), 5) for weight in row] for row in weights]
    return record


def scene_png(image: np.ndarray) -> bytes:
    """Return the picture as PNG, each pixel a square, so that it can be looked at and read in again."""
    from PIL import Image

    picture = Image.fromarray(pixels_of(image))
    enlarged = picture.resize((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.NEAREST)
    out = io.BytesIO()
    enlarged.save(out, format="PNG", optimize=True)
    return out.getvalue()


def python_code(seen: Seen, phrase: str, mechanism: Mechanism | None) -> str:
    """Return a program that finds the same with the package."""
    told: dict[str, Any] = {"model": MODEL, "phrase": phrase}
    told["changed"] = f", {mechanism_code(mechanism)}" if mechanism else ""
    settings = seen.mark[1]
    if not isinstance(settings, Settings):
        return PYTHON_PICTURE.format(**told) + PYTHON_END
    return PYTHON_SCENE.format(arguments=scene_arguments(settings), **told) + PYTHON_END


def scene_arguments(settings: Settings) -> str:
    """Return the arguments of `draw_scene` as Python."""
    named = {name: getattr(settings, name) for name in ("count", "clutter", "noise", "cover", "overlap", "repeats")}
    return ", ".join([repr(settings.seed), *(f"{name}={value!r}" for name, value in named.items())])
