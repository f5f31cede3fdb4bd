"""Visual search: what one looks for draws attention over a small display of coloured bars."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st
import torch

from attention.figures.theme import CATEGORICAL, DARK, LIGHT
from attention.mechanisms import Mechanism, attend
from attention.ui.page import offer_file
from attention.ui.theory import state
from attention.ui.theory.drawing import drawing
from attention.ui.theory.parts import Link, caption, percent, slider, switch, table, tell, typed
from attention.ui.theory.text import TEXT

COLOURS, TILTS = state.COLOURS[1:], state.TILTS[1:]
INKS = dict(zip(COLOURS, (CATEGORICAL[1], CATEGORICAL[2], CATEGORICAL[3]), strict=True))
TURNS = {"upright": 0, "level": 90, "tilted": 45}  # degrees
# colour, tilt, x, y on the display; every pair of features occurs at least once
ITEMS = (
    ("orange", "upright", 70, 70), ("green", "tilted", 190, 55), ("pink", "level", 310, 80),
    ("orange", "tilted", 425, 60), ("green", "upright", 540, 78), ("pink", "tilted", 650, 58),
    ("green", "level", 85, 195), ("pink", "upright", 200, 215), ("orange", "level", 320, 200),
    ("green", "upright", 430, 220), ("pink", "level", 545, 205), ("orange", "upright", 645, 218),
)  # fmt: skip
FORMULA = "scores = Q @ K.T\nweights = softmax(scores / T)\noutput = weights @ V"


def features(colour: str, tilt: str) -> list[float]:
    """Return one number a feature, colours first: 1 where it is so; "any" leaves its three at 0."""
    return [float(colour == one) for one in COLOURS] + [float(tilt == one) for one in TILTS]


def search_weights(colour: str, tilt: str, temperature: float) -> torch.Tensor:
    """Return how attention spreads over the items, (12,): softmax of the number of wanted features, over T."""
    query = torch.tensor([features(colour, tilt)])
    key = torch.tensor([features(*item[:2]) for item in ITEMS])
    return attend(query, key, key, Mechanism("dot", temperature=temperature))[1][0]


def visual_search() -> Link:
    """Draw the display with attention as a veil over it."""
    columns = st.columns((1.3, 1.3, 1))
    with columns[0]:
        switch("colour", state.COLOURS)
    with columns[1]:
        switch("tilt", state.TILTS)
    with columns[2]:
        slider("search_T", 0.1, 3.0, 0.1)
    colour, tilt, temperature = (state.value(name) for name in ("colour", "tilt", "search_T"))
    weights = search_weights(colour, tilt, temperature).tolist()
    drawing(display(weights), "theory_search")
    tell(said(colour, tilt, weights))
    caption("visual_search")
    rows = [(TEXT[c], TEXT[t], round(weight, 3)) for (c, t, *_), weight in zip(ITEMS, weights, strict=True)]
    frame = pd.DataFrame(rows, columns=[TEXT[name] for name in ("item_colour", "item_tilt", "weight")])
    table(frame.set_index(pd.RangeIndex(1, len(ITEMS) + 1, name=TEXT["item"])), "search")
    offer_file(
        TEXT["save_svg"],
        lambda: display(weights, standalone=True),
        "visual-search.svg",
        "image/svg+xml",
        "theory_save_search",
    )
    keys = [features(*item[:2]) for item in ITEMS]
    return typed([features(colour, tilt)], keys, keys, formula=FORMULA, T=temperature)


def said(colour: str, tilt: str, weights: list[float]) -> str:
    """Say in a sentence where attention went."""
    wanted = [w for (c, t, *_), w in zip(ITEMS, weights, strict=True) if colour in ("any", c) and tilt in ("any", t)]
    if colour == tilt == "any":
        return TEXT["search_nothing"].format(share=percent(weights[0]))
    return TEXT["search_found"].format(count=len(wanted), items=len(ITEMS), share=percent(sum(wanted)))


def display(weights: list[float], standalone: bool = False) -> str:
    """Return the display as SVG; standalone: a file of its own, on paper, whatever the theme."""
    veil = LIGHT.primary if standalone else f"light-dark({LIGHT.primary}, {DARK.primary})"
    paper = LIGHT.background if standalone else f"light-dark({LIGHT.background}, {DARK.background})"
    ground = f'<rect width="720" height="280" fill="{LIGHT.background}"/>' if standalone else ""
    shapes = []
    for (colour, tilt, x, y), weight in zip(ITEMS, weights, strict=True):
        name = escape(f"{TEXT[colour]}, {TEXT[tilt]}: {weight:.2f}")
        shapes.append(
            f"<g><title>{name}</title>"
            f'<circle cx="{x}" cy="{y}" r="46" style="fill:{veil};fill-opacity:{weight:.3f}"/>'
            f'<rect x="{x - 9}" y="{y - 30}" width="18" height="60" rx="5" transform="rotate({TURNS[tilt]} {x} {y})"'
            f' style="fill:{INKS[colour]};stroke:{paper};stroke-width:2"/></g>'
        )
    label = escape(TEXT["search_alt"])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 280" role="img" aria-label="{label}">'
        f"{ground}{''.join(shapes)}</svg>"
    )
