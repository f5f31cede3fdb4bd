"""Is the attention honest? Patches covered, attention spread evenly, and a model that never had any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from attention.figures.line_chart import Line, line_chart
from attention.figures.scene_picture import Box, scene_picture
from attention.mechanisms import Mechanism
from attention.training.checkpoint import CheckpointError
from attention.ui import loading
from attention.ui.charts import as_table
from attention.ui.page import notice, quiet
from attention.ui.vision import state
from attention.ui.vision.answers import digit_name, listed, the_digit
from attention.ui.vision.charts import chart
from attention.ui.vision.meant import plain_digit
from attention.ui.vision.state import Seen
from attention.ui.vision.text import PHRASE_KINDS, SCORES, TEXT
from attention.ui.wording import percent
from attention.vision.faithfulness import Covered, cover_patches
from attention.vision.finding import Finding

TOLD = 8  # patches covered in the sentence
HONEST = 0.25  # lower probability than by lot, from which the attention counts as honest


def show_honesty(finding: Finding, seen: Seen) -> None:
    """Check the digit that the visitor looks at, or else the likeliest one that was found."""
    digit = digit_to_check(finding)
    if digit is None:
        notice(TEXT["honest_none"])
    else:
        quiet(TEXT["honest_lead"].format(digit=the_digit(digit)))
        _show_covered(covered(seen, finding, digit, state.mechanism_now()), digit)
    _show_uniform(finding, seen, digit)
    _show_pooled(seen)
    _show_scores(loading.digit_finder(state.MODEL).config.get("scores", {}))


def digit_to_check(finding: Finding) -> int | None:
    """Return the digit in front: the one chosen in the list, the one asked for, or the likeliest; None if not found."""
    wanted = None if finding.phrase is None else plain_digit(finding.phrase.phrase)
    if (
        state.value("map") in ("", "digits")
        and 0 <= state.value("row") < 10
        and (wanted is not None or state.value("map"))
    ):
        wanted = state.value("row")
    if wanted is None and finding.phrase is not None and finding.phrase.is_there:
        wanted = finding.phrase.digit
    if wanted is None and finding.present:
        wanted = max(finding.present, key=lambda digit: finding.presence[digit])
    return wanted if wanted in finding.present else None


def covered(seen: Seen, finding: Finding, digit: int, mechanism: Mechanism | None) -> Covered:
    """Cover patches once: for all visitors in a generated scene, else for this visit."""
    if seen.mark[0] == "scene":
        return _shared(seen.mark[1], digit, mechanism)
    return state.kept(("covered", seen.mark, digit, mechanism), lambda: _cover(seen, finding, digit, mechanism))


@st.cache_resource(max_entries=128, show_spinner=TEXT["covering"])
def _shared(wanted: state.Settings, digit: int, mechanism: Mechanism | None) -> Covered:
    seen = state.generated(wanted)
    return _cover(seen, state.found(seen, "", mechanism), digit, mechanism)


def _cover(seen: Seen, finding: Finding, digit: int, mechanism: Mechanism | None) -> Covered:
    finder = loading.digit_finder(state.MODEL)
    weights = coarse(state.last_layer(finding)[digit], finding.encoder.key_geometry)
    return cover_patches(lambda images: finder.find_many(images, mechanism).presence, seen.image, weights, digit)


def coarse(weights: np.ndarray, grid: tuple[int, int]) -> np.ndarray:
    """Sum a grid of weights (rows, columns) over the larger patches of another grid."""
    high, wide = weights.shape[0] // grid[0], weights.shape[1] // grid[1]
    return weights.reshape(grid[0], high, grid[1], wide).sum(axis=(1, 3))


def _show_covered(found: Covered, digit: int) -> None:
    st.markdown(f"##### {TEXT['covered_title']}")
    notice(covered_said(found, digit))
    lines = [
        Line(TEXT["covered_attended"], found.counts, found.attended),
        Line(TEXT["covered_random"], found.counts, found.random),
    ]
    caption = TEXT["covered_caption"].format(digit=the_digit(digit), draws=found.draws)
    figure = line_chart(lines, TEXT["covered_axis"], TEXT["sure_axis"], dots=True, from_zero=True, height=300)
    chart(figure, "covered", caption)
    quiet(caption)
    frame = {line.name: [percent(float(share)) for share in line.y] for line in lines}
    as_table(pd.DataFrame(frame, index=pd.Index(found.counts, name=TEXT["covered_axis"])))


def covered_said(found: Covered, digit: int) -> str:
    """Say what covering did at one count, and what that means."""
    place = found.counts.index(TOLD)
    attended, by_lot = float(found.attended[place]), float(found.random[place])
    said = TEXT["covered_said"].format(
        count=TOLD,
        share=percent(attended),
        before=percent(float(found.attended[0])),
        random=percent(by_lot),
        digit=the_digit(digit),
    )
    return f"{said} {TEXT['covered_strong' if by_lot - attended >= HONEST else 'covered_weak']}"


def _show_uniform(finding: Finding, seen: Seen, digit: int | None) -> None:
    """Show the same query with equal weights beside its own."""
    st.markdown(f"##### {TEXT['uniform_title']}")
    own = state.found(seen, "", None)
    uniform = state.found(seen, "", state.uniform())
    truth = known_digits(seen)
    told = {"uniform": listed(uniform.present), "own": listed(own.present)}
    line = "uniform_said_unknown" if truth is None else "uniform_said"
    notice(TEXT[line].format(**told, truth=listed(truth or ())))
    if digit is not None:
        for column, one, name in zip(st.columns(2), (own, uniform), ("original", "uniform"), strict=True):
            with column:
                quiet(TEXT[name].capitalize())
                show_picture(one, seen, digit, f"uniform-{name}")
        quiet(TEXT["uniform_caption"])


def show_picture(finding: Finding, seen: Seen, digit: int, name: str) -> None:
    """Draw the picture with one query's attention, what it found and the truth."""
    boxes = [Box(*finding.boxes[digit], TEXT["found_box"])] if digit in finding.present else []
    if seen.scene is not None:
        where = [box for box, one in zip(seen.scene.boxes, seen.scene.digits, strict=True) if one == digit]
        boxes += [Box(*box, TEXT["truth_box"], True) for box in where]
    figure = scene_picture(seen.image, state.last_layer(finding)[digit], boxes, height=320)
    chart(figure, name, f"{TEXT['picture']}: {digit_name(digit)}")


def known_digits(seen: Seen) -> tuple[int, ...] | None:
    """Return which digits are really there, in order, or None where nobody knows."""
    if seen.scene is None or None in seen.scene.digits:
        return None
    return tuple(sorted(set(seen.scene.digits)))


def _show_pooled(seen: Seen) -> None:
    st.markdown(f"##### {TEXT['pooled_title']}")
    try:
        pooled = loading.digit_finder(state.POOLED)
    except CheckpointError:
        notice(TEXT["pooled_none"])
        return
    sizes = {"parameters": f"{pooled.parameters:,}", "ours": f"{loading.digit_finder(state.MODEL).parameters:,}"}
    notice(TEXT["pooled_said"].format(pooled=listed(pooled.find(seen.image).present), **sizes))


def _show_scores(scores: Mapping[str, Any]) -> None:
    """Show the scores of the release, where the checkpoint holds them."""
    rows = scores_rows(scores)
    if rows:
        st.markdown(f"##### {TEXT['measured'].format(scenes=scores.get('scenes', ''))}")
        st.table(pd.DataFrame(rows).set_index(TEXT["model"]))
        quiet(TEXT["measured_caption"])
    phrases = scores.get("phrases") or {}
    told = {TEXT[kind]: percent(phrases[kind]) for kind in PHRASE_KINDS if kind in phrases}
    if told:
        st.table(pd.DataFrame({TEXT["phrase_right"]: told}).rename_axis(TEXT["phrase"]))
        quiet(TEXT["phrases_caption"])


def scores_rows(scores: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return one row a model: ours, without attention, with equal weights; what was not measured is left out."""
    rows = []
    for name, found in (("ours", scores), *((one, scores.get(one)) for one in ("without_attention", "uniform"))):
        if found and SCORES[0] in found:
            title = TEXT["uniform_model" if name == "uniform" else name]
            shown = {TEXT[score]: percent(found[score]) if found.get(score) is not None else "–" for score in SCORES}
            rows.append({TEXT["model"]: title} | shown)
    return rows
