"""What stands below the picture: the timeline, the original, a second text, the light's honesty, the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from attention.figures.attention_heatmap import attention_heatmap
from attention.figures.difference_heatmap import difference_heatmap
from attention.figures.emotion_change import emotion_change
from attention.figures.emotion_timeline import emotion_timeline
from attention.figures.line_chart import Line, line_chart
from attention.language.labels import EMOTIONS, GROUPS, NEUTRAL
from attention.language.reader import EmotionReader
from attention.language.reading import EmotionReading
from attention.language.words import TextError
from attention.training.card import card_text
from attention.ui import sharing
from attention.ui.charts import as_table, weights_frame
from attention.ui.inspector import InspectorView, inspector
from attention.ui.language import state
from attention.ui.language.charts import chart, chart_key
from attention.ui.language.differences import moved, said_emotions, said_words
from attention.ui.language.pictures import answer_html, emotion_rows, emotion_view
from attention.ui.language.text import EXAMPLES, SECTIONS, TEXT
from attention.ui.page import notice, quiet
from attention.ui.wording import percent

CURVES = 5  # emotions in the timeline
ROWS = 6  # emotions in the pictures of changed weights
MOST_COLUMNS = 40  # words up to which those pictures are drawn


def show_timeline(reading: EmotionReading, part: int) -> None:
    """Draw the strongest emotions of a longer text, sentence by sentence; a point that is chosen opens its sentence."""
    sentences = reading.sentences[: state.MOST_PARTS]
    found = np.stack([sentence.probabilities for sentence in sentences])  # (sentences, 28)
    emotions = timeline_emotions(found, reading.thresholds)
    names = [EMOTIONS[i] for i in emotions]
    texts = [sentence.text for sentence in sentences]
    st.markdown(f"##### {TEXT['timeline']}")
    figure = emotion_timeline(texts, names, found[:, emotions], part - 1 if part else None)
    chart(figure, "timeline", TEXT["timeline"], on_select=_choose_sentence)
    quiet(TEXT["timeline_caption"])
    frame = pd.DataFrame(found[:, emotions].round(3), columns=names)
    frame.insert(0, TEXT["sentence_column"], [" ".join(text.split()) for text in texts])
    as_table(frame.set_index(pd.RangeIndex(1, len(texts) + 1)))


def timeline_emotions(found: np.ndarray, thresholds: np.ndarray) -> list[int]:
    """Return the emotions with the largest probability in any sentence, those above a threshold first, without neutral.

    found: (sentences, 28).
    """
    order = [int(i) for i in np.argsort(-found.max(axis=0), kind="stable") if i != NEUTRAL]
    felt = [i for i in order if (found[:, i] >= thresholds[i]).any()]
    return [*felt, *(i for i in order if i not in felt)][:CURVES]


def _choose_sentence() -> None:
    selected = (st.session_state.get(chart_key("timeline")) or {}).get("selection", {}).get("points", [])
    if selected:
        data = selected[0].get("customdata") or [0]
        st.session_state[state.key("part")] = int(data[0]) + 1
        state.restore()


def show_change(original: EmotionReading, reading: EmotionReading) -> None:
    """Show probabilities and weights without the visitor's changes beside those with them."""
    found = moved(original, reading)
    if not found:
        notice(TEXT["changed_nothing"])
    else:
        most = found[0]
        before, after = percent(original.probabilities[most]), percent(reading.probabilities[most])
        notice(TEXT["changed_most"].format(emotion=EMOTIONS[most], before=before, after=after))
        _change_chart(original, reading, found, (TEXT["original"], TEXT["yours"]), "change")
    if len(reading.words) > MOST_COLUMNS:
        return
    rows = state.order_of(original)[:ROWS]
    before, after = (emotion_rows(one.map, rows) for one in (original, reading))
    left, right = st.columns(2)
    with left:
        st.markdown(f"##### {TEXT['before_picture']}")
        chart(attention_heatmap(before), "before", TEXT["before_picture"])
        quiet(TEXT["before_caption"])
        as_table(weights_frame(before, before.matrix()))
    with right:
        st.markdown(f"##### {TEXT['difference_picture']}")
        chart(difference_heatmap(before, after), "difference", TEXT["difference_picture"])
        quiet(TEXT["difference_caption"])
        as_table(weights_frame(after, after.matrix() - before.matrix()))


def choose_section() -> None:
    """Let the visitor open one of the deeper looks; two texts side by side replace the picture above."""
    key = state.key("section")
    st.session_state[key] = state.value("more") or None
    st.segmented_control(TEXT["more"], SECTIONS, format_func=TEXT.get, key=key, on_change=_keep_section)


def _keep_section() -> None:
    chosen = st.session_state[state.key("section")] or ""
    st.session_state[state.key("more")] = chosen
    if chosen == "compare" and not state.value("second").strip():
        st.session_state[state.key("second")] = twin_of(state.value("text"))


def twin_of(text: str) -> str:
    """Return a text to put beside another: an example's own twin, or the same again for the visitor to change."""
    return next((example.twin for example in EXAMPLES if example.text == text), text)


def show_side_by_side(reader: EmotionReader, view: InspectorView, reading: EmotionReading) -> None:
    """Name what differs between the reading and that of a second text, and show both under the same settings."""
    with st.container(key="language_second_sentence"):
        st.text_area(TEXT["second_text"], key=state.key("second"), height="content", placeholder=TEXT["placeholder"])
    second = _second_reading(reader)
    if second is not None:
        notice([*second.notes, *said_difference(reading, second)])
    left, right = st.columns(2, gap="large")
    with left:
        st.html(answer_html(reading))
        state.keep_inspector(inspector(view, key="language_inspector"), reading)
    if second is None:
        return
    with right:
        st.html(answer_html(second))
        inspector(emotion_view(reader.name, second), key="second_inspector")
    if found := moved(reading, second):
        _change_chart(reading, second, found, (TEXT["compare_ring"], TEXT["compare_dot"]), "compare")


def _second_reading(reader: EmotionReader) -> EmotionReading | None:
    try:
        return state.read(reader.name, state.value("second"), state.mechanism(reader))
    except TextError as error:
        notice(str(error), error=True)
        return None


def said_difference(first: EmotionReading, second: EmotionReading) -> list[str]:
    """Say what differs between two readings: words, emotions, sentiment."""
    if first.text == second.text:
        return [TEXT["compare_same"]]
    groups = tuple(GROUPS)
    named = [f"{TEXT[groups[one.sentiment]]} ({percent(one.sentiments[one.sentiment])})" for one in (first, second)]
    sentiment = TEXT["compare_sentiment"].format(first=named[0], second=named[1])
    return [said_words(first, second), said_emotions(first, second), sentiment]


def _change_chart(
    first: EmotionReading, second: EmotionReading, emotions: Sequence[int], labels: tuple[str, str], name: str
) -> None:
    names = [EMOTIONS[i] for i in emotions]
    before, after = (one.probabilities[list(emotions)] for one in (first, second))
    chart(emotion_change(names, before, after, labels), name, TEXT[f"{name}_caption"])
    quiet(TEXT[f"{name}_caption"])
    frame = pd.DataFrame({labels[0]: before, labels[1]: after}, index=names).round(3)
    as_table(frame.rename_axis(TEXT["emotion"]))


def show_card(reader: EmotionReader) -> None:
    """Show the model's scores, its card, and how its training went."""
    if said := said_scores(reader.config.get("scores")):
        notice(said)
    log = reader.config.get("log", [])
    if curves := training_curves(log):
        figure = line_chart(curves, TEXT["curve_minutes"], TEXT["curve_score"], dots=True, from_zero=True)
        chart(figure, "curve", TEXT["curve_caption"])
        quiet(TEXT["curve_caption"])
        as_table(pd.DataFrame(log))
    sharing.show_card(state.PAGE, card_text(reader.card), TEXT["attribution"])


def said_scores(scores: Mapping[str, Any] | None) -> str:
    """Say the model's scores and the baseline's in a sentence; nothing when one of them was not measured."""
    try:
        baseline = scores["baseline"]
        return TEXT["scores"].format(
            comments=scores["comments"],
            own=f"{scores['macro_f1']:.3f}",
            own_groups=f"{scores['sentiment_macro_f1']:.3f}",
            theirs=f"{baseline['macro_f1']:.3f}",
            their_groups=f"{baseline['sentiment_macro_f1']:.3f}",
            error=f"{100 * scores['calibration_error_of_labels']:.1f}",
        )
    except (KeyError, TypeError):
        return ""


def training_curves(log: Sequence[Mapping[str, float]]) -> list[Line]:
    """Return both scores of a training log against minutes; one that the log lacks is left out."""
    curves = []
    for name in ("macro_f1", "sentiment_macro_f1"):
        points = [(float(row["minutes"]), float(row[name])) for row in log if "minutes" in row and name in row]
        if points:
            curves.append(Line(TEXT[f"curve_{name}"], *zip(*points, strict=True)))
    return curves
