"""The vision page from top to bottom: phrase, answer and picture, scene and attention, deeper looks."""

from __future__ import annotations

import streamlit as st

from attention.training.checkpoint import CheckpointError
from attention.ui import loading
from attention.ui.inspector import inspector
from attention.ui.links import keep_values, noted_problems, open_link, show_link
from attention.ui.page import notice, quiet
from attention.ui.sharing import show_share
from attention.ui.vision import state
from attention.ui.vision.answers import answer_html, answer_of, overlap_line, verdict
from attention.ui.vision.controls import attention_controls, choose_phrase, scene_controls, show_save, toolbar
from attention.ui.vision.meant import kind_of, meant_pieces
from attention.ui.vision.own import show_pad, show_photo
from attention.ui.vision.pictures import finding_view, first_reading, first_row
from attention.ui.vision.scenes import is_presenting, present
from attention.ui.vision.sections import show_change, show_section
from attention.ui.vision.state import PAGE, Seen
from attention.ui.vision.text import TEXT
from attention.ui.wording import percent
from attention.vision.finding import Finding
from attention.vision.phrases import PhraseError


def show() -> None:
    """Draw the page, or say that no model is installed."""
    try:
        loading.digit_finder(state.MODEL)
    except CheckpointError:
        notice(TEXT["no_model"], error=True)
        return
    open_link(PAGE, state.fields())
    _find_live()


@st.fragment
def _find_live() -> None:
    """Everything that follows the phrase, the picture and the controls."""
    fields = state.fields()
    keep_values(PAGE, fields)
    notice(noted_problems(PAGE, fields), error=True)
    if is_presenting():
        present()
    choose_phrase()
    share, save = toolbar()
    source, said = state.value("source"), st.container(key="vision_said")
    if source == "own":
        show_pad()
    elif source == "photo":
        show_photo()
    seen, phrase = state.seen(), state.phrase()
    finding, phrase = _find(seen, phrase)
    with said:  # above the stage, where the visitor who draws can see it
        _say(finding, seen, phrase)
    _show_picture(finding, seen, phrase)
    show_section(finding, seen)
    quiet(TEXT["attribution"])
    with share:  # last, so that they hold what the picture has just reported
        show_share(PAGE, fields)
    with save:
        show_save(fields, finding, seen, phrase)
    show_link(PAGE, fields)


def _find(seen: Seen, phrase: str) -> tuple[Finding, str]:
    """Find what the phrase asks for; one that is not understood is said, and all digits are looked for."""
    mechanism = state.mechanism_now()
    try:
        return state.found(seen, phrase, mechanism), phrase
    except PhraseError as error:
        notice(str(error), error=True)
        return state.found(seen, "", mechanism), ""


def _say(finding: Finding, seen: Seen, phrase: str) -> None:
    """Show the large line, and whether it is right."""
    answer, pieces = answer_of(finding), meant_pieces(phrase, seen.scene)
    st.html(answer_html(answer))
    lines = [verdict(answer, seen.scene, pieces)]
    if len(answer.digits) == 1:
        lines.append(overlap_line(finding, seen.scene, answer.digits[0]))
    if finding.phrase is not None and answer.wanted is None:
        lines.append(measured_line(kind_of(finding.phrase.phrase)))
    quiet(" ".join(line for line in lines if line))


def measured_line(kind: str) -> str:
    """Say how often phrases of a kind were right when the model was released; "" if that was not measured."""
    found = loading.digit_finder(state.MODEL).config.get("scores", {}).get("phrases") or {}
    return TEXT["phrase_line"].format(share=percent(found[kind])) if kind in found else ""


def _show_picture(finding: Finding, seen: Seen, phrase: str) -> None:
    """Show the picture, its controls, and what the visitor's changes of the attention did."""
    first, row = first_reading(finding), first_row(finding)
    view = finding_view(
        state.MODEL,
        finding,
        seen,
        meant_pieces(phrase, seen.scene),
        state.inspector_initial(first, row),
        state.restore_mark(),
    )
    state.keep_inspector(inspector(view, key="vision_inspector"), first, row)
    notice(list(finding.notes))
    scene_controls()
    attention_controls()
    if state.mechanism_now() is not None:
        show_change(state.found(seen, phrase, None), finding, seen)
    quiet(TEXT["weights"])
    with st.expander(TEXT["weights_more"]):
        quiet(TEXT["weights_long"])
