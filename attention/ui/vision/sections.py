"""What opens below the picture: what changed, an honest look, how accuracy falls, a table, the card."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from attention.training.card import card_text
from attention.ui import loading, sharing
from attention.ui.page import notice, quiet
from attention.ui.vision import state
from attention.ui.vision.answers import answer_line, answer_of, box_overlap, digit_name, truth_of
from attention.ui.vision.falls import show_falls
from attention.ui.vision.honesty import digit_to_check, show_honesty, show_picture
from attention.ui.vision.saving import digit_records
from attention.ui.vision.state import Seen
from attention.ui.vision.text import SECTIONS, TEXT
from attention.ui.wording import percent
from attention.vision.finding import Finding


def show_change(original: Finding, finding: Finding, seen: Seen) -> None:
    """Show the answer with the model's own attention beside that with the visitor's."""
    before, after = (answer_line(answer_of(one)) for one in (original, finding))
    if before == after:
        notice(TEXT["changed_same"].format(answer=before))
    else:
        notice(TEXT["changed_other"].format(before=before, after=after))
    digit = digit_to_check(original)
    if digit is None:
        return
    for column, one, name in zip(st.columns(2), (original, finding), ("original", "yours"), strict=True):
        with column:
            quiet(TEXT[name])
            show_picture(one, seen, digit, f"change-{name}")
    quiet(TEXT["changed_caption"].format(what=digit_name(digit)))


def show_section(finding: Finding, seen: Seen) -> None:
    """Let the visitor open one of the deeper looks."""
    key = "vision_section"
    st.session_state[key] = state.value("more") or None
    st.segmented_control(TEXT["more"], SECTIONS, format_func=TEXT.get, key=key, on_change=_keep_section)
    more = state.value("more")
    if more == "honest":
        show_honesty(finding, seen)
    elif more == "falls":
        show_falls()
    elif more == "table_section":
        st.table(digits_frame(finding, seen))
    elif more == "card":
        finder = loading.digit_finder(state.MODEL)
        sharing.show_card(state.PAGE, card_text(finder.card), TEXT["attribution"])


def _keep_section() -> None:
    st.session_state[state.key("more")] = st.session_state["vision_section"] or ""


def digits_frame(finding: Finding, seen: Seen) -> pd.DataFrame:
    """Return every digit with all its numbers."""
    rows = []
    for record in digit_records(finding, seen.scene):
        digit = record["digit"]
        truth = truth_of(seen.scene, digit) if record["found"] else None
        overlap = "" if truth is None else percent(box_overlap(finding.boxes[digit], truth[0]))
        rows.append(
            {
                TEXT["digit"]: digit_name(digit),
                TEXT["presence"]: percent(record["presence"]),
                TEXT["threshold"]: percent(record["threshold"]),
                TEXT["there"]: TEXT["unknown" if record["truth"] is None else "yes" if record["truth"] else "no"],
                TEXT["box"]: ", ".join(f"{edge:.0f}" for edge in record["box"] or ()),
                TEXT["iou"]: overlap,
                TEXT["peak"]: "{}, {}".format(*record["peak"]),
            }
        )
    return pd.DataFrame(rows).set_index(TEXT["digit"])
