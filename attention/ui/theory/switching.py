"""The article's flow chart as a switch: the same model with its attention, and with equal weights instead."""

from __future__ import annotations

from html import escape

import streamlit as st

from attention.mechanisms import Mechanism
from attention.translation.translator import Translation
from attention.ui.page import quiet
from attention.ui.theory import state
from attention.ui.theory.drawing import drawing
from attention.ui.theory.parts import Link, caption, signed, tell
from attention.ui.theory.text import TEXT
from attention.ui.theory.translating import first_part, sentence_box, translator, weights_chart
from attention.ui.translation.state import forced

EQUAL = Mechanism("scaled_dot", "uniform")
STEPS = {  # name, x, y, width
    "input": (85, 52, 150), "features": (270, 52, 150), "question": (475, 52, 190),
    "with": (280, 175, 190), "without": (500, 175, 190), "mix": (390, 275, 190),
}  # fmt: skip
ARROWS = {  # (from, to): the path, and on which branches it is drawn strong
    ("input", "features"): ("M162 52 H191", True, True),
    ("features", "question"): ("M347 52 H376", True, True),
    ("question", "with"): ("M428 76 C380 96 280 96 280 142", True, False),
    ("question", "without"): ("M475 101 C475 125 500 115 500 142", False, True),
    ("with", "mix"): ("M280 204 C280 230 370 215 370 242", True, False),
    ("without", "mix"): ("M500 204 C500 230 410 215 410 242", False, True),
}


def switch() -> Link:
    """Draw the flow chart with its switch, and what the model makes of a sentence on either branch."""
    model = translator()
    st.toggle(TEXT["attention_on"], key=state.key("attention"))
    is_on = state.value("attention")
    drawing(flow_chart(is_on), "theory_flow_chart", most="36rem")
    sentence_box("switch_text")
    text = state.value("switch_text")
    own = first_part(text) if model else None
    if own is None:
        return None
    equal = first_part(own.source, EQUAL)
    same = forced(state.MODEL, own.source, own.translation, EQUAL).parts[0]
    columns = st.columns(2, gap="medium")
    for column, answer, name in zip(columns, (own, equal), ("with", "without"), strict=True):
        taken = "on" if (name == "with") == is_on else "off"
        with column, st.container(key=f"theory_branch_{name}_{taken}"):
            _branch(answer, name)
    say = TEXT["switch_said"].format(own=signed(own.log_probability, 1), same=signed(same.log_probability, 1))
    tell(say)
    caption("switch")
    preset = {"preset": "scaled_dot"} if is_on else {"preset": "uniform"}
    return preset | {"section": "live", "live": own.source, "model": state.MODEL}


def _branch(answer: Translation, name: str) -> None:
    st.html(
        f'<p class="theory-branch">{escape(TEXT[f"branch_{name}"])}</p>'
        f'<p class="theory-translation" lang="fr">{escape(answer.translation)}</p>'
    )
    quiet(TEXT["log_probability"].format(number=signed(answer.log_probability, 1), pieces=len(answer.steps)))
    weights_chart(answer.map, f"branch_{name}")


def flow_chart(is_on: bool) -> str:
    """Return the flow chart as SVG; the branch that is taken is drawn strong."""
    strong = {"with": is_on, "without": not is_on}
    boxes = "".join(_box(name, *place, strong.get(name, True)) for name, place in STEPS.items())
    arrows = "".join(_arrow(path, on if is_on else off) for path, on, off in ARROWS.values())
    labels = (
        f'<text x="298" y="112" text-anchor="end"{_faded(is_on)}>{escape(TEXT["yes"])}</text>'
        f'<text x="506" y="124"{_faded(not is_on)}>{escape(TEXT["no"])}</text>'
    )
    title = escape(TEXT["flow_chart_on" if is_on else "flow_chart_off"])
    marker = (
        '<defs><marker id="theory-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
        ' orient="auto"><path d="M0 0 L8 4 L0 8 z" style="fill:currentColor"/></marker></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 308" role="img" aria-label="{title}">'
        f"{marker}{arrows}{boxes}{labels}</svg>"
    )


def _faded(strong: bool) -> str:
    return "" if strong else ' class="faint"'


def _box(name: str, x: float, y: float, width: float, strong: bool) -> str:
    lines = TEXT[f"flow_{name}"].split("\n")
    first = y + 6 - 10 * (len(lines) - 1)
    text = "".join(f'<tspan x="{x}" y="{first + 20 * i}">{escape(line)}</tspan>' for i, line in enumerate(lines))
    kind = "box" if strong else "box faint"
    if name in ("with", "without") and strong:
        kind += " taken"
    shape = (
        f'<path d="M{x - width / 2} {y} L{x} {y - 48} L{x + width / 2} {y} L{x} {y + 48} z"/>'
        if name == "question"
        else f'<rect x="{x - width / 2}" y="{y - 29}" width="{width}" height="58" rx="6"/>'
    )
    return f'<g class="{kind}">{shape}<text text-anchor="middle">{text}</text></g>'


def _arrow(path: str, strong: bool) -> str:
    kind = "arrow" if strong else "arrow faint"
    return f'<path class="{kind}" d="{path}" marker-end="url(#theory-tip)"/>'
