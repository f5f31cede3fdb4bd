"""Drawings of our own as SVG, put on the page by a small component (Streamlit's own HTML leaves SVG out)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

CSS = """
svg { display: block; width: 100%; height: auto; max-width: var(--most); }
text { fill: currentColor; font-size: 17px; font-family: var(--st-font, sans-serif); }
.box :is(rect, path) { fill: none; stroke: currentColor; stroke-width: 1.5; }
.box.taken rect { stroke-width: 3; }
.arrow { fill: none; stroke: currentColor; stroke-width: 2; }
.faint { opacity: 0.5; }
.arrow.faint { stroke-dasharray: 4 4; }
"""

# The text comes from our own code only; parsed as SVG, and nothing in it may run.
SCRIPT = """
export default function ({ data, parentElement }) {
  const drawn = new DOMParser().parseFromString(data.svg, "image/svg+xml").documentElement;
  let place = parentElement.querySelector(".place");
  if (!place) {
    place = document.createElement("div");
    place.className = "place";
    parentElement.append(place);
  }
  place.style.setProperty("--most", data.most);
  place.replaceChildren(document.importNode(drawn, true));
}
"""


def drawing(svg: str, key: str, most: str = "60rem") -> None:
    """Show an SVG as wide as there is room, and at most so wide."""
    _component()(data={"svg": svg, "most": most}, key=key)


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("attention_lab.drawing", css=CSS, js=SCRIPT)
