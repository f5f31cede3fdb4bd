"""Colours and fonts, in one place for figures, pages and saved files.

`.streamlit/config.toml` carries the same values (a test compares them): figures without a colour scale of their own
take the theme's in the browser, in light and in dark. The constants here are for what is drawn outside the app, and for
the few traces that need an explicit colour.

One colour means attention: `sequential`, from paper to deep indigo (in dark: from ink to light). Changes and
differences use `diverging`, orange below and purple above zero. Categories are the ten colours of `CATEGORICAL`.
"""

from __future__ import annotations

from dataclasses import dataclass

# Six of Okabe and Ito 2008 (without black, and without yellow, which does not show on paper), then four that stay apart
# from these, and from each other, under red-green blindness. Each reaches 3:1 on one background and 2:1 on both.
CATEGORICAL = (
    "#0072b2",  # blue
    "#e69f00",  # orange
    "#009e73",  # bluish green
    "#cc79a7",  # reddish purple
    "#56b4e9",  # sky blue
    "#d55e00",  # vermilion
    "#2f6f6a",  # deep teal
    "#b0b068",  # straw
    "#7b3f7b",  # plum
    "#7a3418",  # brown
)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")  # so that colour is never the only cue
MARKERS = ("circle", "square", "diamond", "cross", "triangle-up")  # beside DASHES, one for each


@dataclass(frozen=True)
class Palette:
    """The colours of one theme. sequential and diverging have ten stops each, evenly spaced."""

    primary: str
    background: str
    secondary_background: str
    text: str
    border: str
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]


LIGHT = Palette(
    primary="#3b459c",
    background="#fbfaf6",
    secondary_background="#f3f1ea",
    text="#1d2230",
    border="#e3dfd4",
    sequential=(
        "#fbfaf6", "#e9e9f4", "#d3d5ee", "#b6bae3", "#969cd6", "#767ec6", "#5961b3", "#3f479c", "#2a317f", "#191f5c",
    ),
    diverging=(
        "#7f3b08", "#b35806", "#e08214", "#fdb863", "#fee0b6", "#d8daeb", "#b2abd2", "#8073ac", "#542788", "#2d004b",
    ),
)  # fmt: skip
DARK = Palette(
    primary="#aab1ff",
    background="#13151c",
    secondary_background="#1c1f29",
    text="#e9e6df",
    border="#2b2f3b",
    sequential=(
        "#13151c", "#1d2133", "#282e52", "#353d74", "#454f97", "#5a65b8", "#7681d4", "#979fe9", "#bcc2f7", "#e6e8ff",
    ),
    diverging=(
        "#ffd9a8", "#fdb863", "#e08a2c", "#a3611f", "#4a3120", "#2f2a3f", "#5f5390", "#8f80c4", "#b9aee3", "#e4ddff",
    ),
)  # fmt: skip

# A change on either page: orange for less, purple for more, and nothing where nothing changed.
CHANGE = ((0.0, "rgba(201,106,18,0.95)"), (0.5, "rgba(140,120,160,0)"), (1.0, "rgba(122,88,190,0.95)"))

SANS = "'Source Sans', 'Source Sans 3', system-ui, sans-serif"  # quoted: a browser drops a bare name with a digit
SERIF = "'Source Serif', 'Source Serif 4', Georgia, serif"
TITLE_SIZE = 18
LABEL_SIZE = 14
MOST_NUMBERED = 16  # rows and columns up to which every cell carries its number
CELL_PX = 34  # height of a heatmap row


def base_layout(title: str | None = None, height: int | None = None) -> dict:
    """Return the layout that all figures share: fonts, margins, transparent paper; colours are left to the theme."""
    layout: dict = {
        "font": {"family": SANS, "size": LABEL_SIZE},
        "margin": {"l": 10, "r": 10, "t": 56 if title else 24, "b": 10},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": list(CATEGORICAL),
        "hoverlabel": {"font": {"family": SANS, "size": LABEL_SIZE}},
    }
    if title:
        layout["title"] = {"text": plain(title), "font": {"family": SERIF, "size": TITLE_SIZE}, "x": 0, "xref": "paper"}
    if height:
        layout["height"] = height
    return layout


def plain(text: str) -> str:
    """Escape what Plotly would read as markup, so that a word such as "<b>" is shown as it stands."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def colour_scale(stops: tuple[str, ...]) -> list[list]:
    """Return evenly spaced stops in Plotly's form, from 0 to 1."""
    return [[i / (len(stops) - 1), colour] for i, colour in enumerate(stops)]
