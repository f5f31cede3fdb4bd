import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from attention.figures.theme import CATEGORICAL, DARK, LIGHT, Palette, base_layout, colour_scale, plain

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"
THEMES = {"light": LIGHT, "dark": DARK}


# Machado, Oliveira and Fernandes 2009, table 1, severity 1.0; applied to linear RGB.
VISIONS = {
    "usual": np.eye(3),
    "without red": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "without green": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB; distances of some 10 and more are seen at a glance."""
    share = TO_XYZ @ rgb / WHITE
    x, y, z = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def luminance(colour: str) -> float:
    return float(linear(colour) @ TO_XYZ[1])


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("name", "palette"), THEMES.items())
def test_app_settings_carry_the_same_colours(name: str, palette: Palette) -> None:
    section = tomllib.loads(CONFIG.read_text())["theme"][name]
    assert section["primaryColor"] == palette.primary
    assert section["backgroundColor"] == palette.background
    assert section["secondaryBackgroundColor"] == palette.secondary_background
    assert section["textColor"] == palette.text
    assert section["borderColor"] == palette.border
    assert tuple(section["chartSequentialColors"]) == palette.sequential
    assert tuple(section["chartDivergingColors"]) == palette.diverging
    assert tuple(section["chartCategoricalColors"]) == CATEGORICAL


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_lists_have_the_ten_colours_that_streamlit_wants(palette: Palette) -> None:
    assert [len(colours) for colours in (palette.sequential, palette.diverging, CATEGORICAL)] == [10, 10, 10]


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_attention_ramp_leaves_the_background_step_by_step(palette: Palette) -> None:
    distances = [contrast(colour, palette.background) for colour in palette.sequential]
    assert distances[0] == 1
    assert distances == sorted(distances)
    assert distances[-1] > 10


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_diverging_scale_is_faintest_in_the_middle(palette: Palette) -> None:
    distances = [contrast(colour, palette.background) for colour in palette.diverging]
    assert distances[:5] == sorted(distances[:5], reverse=True)
    assert distances[5:] == sorted(distances[5:])


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_text_and_accent_can_be_read(palette: Palette) -> None:
    for behind in (palette.background, palette.secondary_background):
        assert contrast(palette.text, behind) >= 7
        assert contrast(palette.primary, behind) >= 4.5


def test_categories_show_on_both_backgrounds() -> None:
    for colour in CATEGORICAL:
        shown = [contrast(colour, palette.background) for palette in THEMES.values()]
        assert max(shown) >= 3
        assert min(shown) >= 2


@pytest.mark.parametrize("vision", VISIONS)
def test_categories_stay_apart_for_every_kind_of_sight(vision: str) -> None:
    colours = [lab(np.clip(VISIONS[vision] @ linear(colour), 0, 1)) for colour in CATEGORICAL]
    for one, other in combinations(colours, 2):
        assert np.linalg.norm(one - other) > 15


def test_server_stays_on_this_machine_and_tells_no_one() -> None:
    config = tomllib.loads(CONFIG.read_text())
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["headless"] is True
    assert config["server"]["maxUploadSize"] == 10
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"


def test_colour_scale_runs_from_zero_to_one() -> None:
    assert colour_scale(("#000000", "#808080", "#ffffff")) == [[0, "#000000"], [0.5, "#808080"], [1, "#ffffff"]]


def test_markup_in_a_title_is_shown_as_it_stands() -> None:
    assert plain("<b>&") == "&lt;b&gt;&amp;"
    assert base_layout("<i>x</i>")["title"]["text"] == "&lt;i&gt;x&lt;/i&gt;"
    assert "title" not in base_layout()
