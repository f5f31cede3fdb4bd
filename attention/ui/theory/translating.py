"""The shipped translation model in the chapters: its heads on a sentence, and its map as one application."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from attention.attention_map import AttentionMap
from attention.figures.attention_heatmap import attention_heatmap
from attention.translation.translator import TextError, Translation, Translator, available_models
from attention.ui import loading
from attention.ui.inspector import inspector
from attention.ui.page import notice
from attention.ui.theory import state
from attention.ui.theory.parts import Link, caption, chart, page_link, switch, table
from attention.ui.theory.text import EXAMPLES, TEXT
from attention.ui.translation.pictures import translation_view
from attention.ui.translation.state import OPTIONS, translated


def translator() -> Translator | None:
    """Return the model of the figures; None, with a notice, where it is not installed."""
    if state.MODEL not in available_models():
        notice(TEXT["no_model"], error=True)
        return None
    return loading.translator(state.MODEL)


def sentence_box(field: str) -> None:
    """Let the visitor type a sentence for a figure."""
    st.text_input(TEXT["sentence"], key=state.key(field), max_chars=state.SENTENCE_LIMIT)


def first_part(text: str, mechanism=None) -> Translation | None:
    """Translate a sentence, of a longer text the first; None, with a notice, for a text that cannot be translated."""
    try:
        return translated(state.MODEL, text, OPTIONS, mechanism).parts[0]
    except TextError as error:
        notice(str(error), error=True)
        return None


def heads() -> Link:
    """Show every head of the Transformer on one sentence, cross-attention and both self-attentions."""
    model = translator()
    sentence_box("heads_text")
    answer = first_part(state.value("heads_text")) if model else None
    if answer is None:
        return None
    inspector(translation_view(model, answer, initial={"view": "heads"}), key="theory_heads")
    caption("heads")
    return {"section": "live", "live": answer.source, "model": state.MODEL}


def applications() -> Link:
    """Show the map of the translation demo for an example, with the way to it."""
    switch("example", state.EXAMPLES)
    sentence = EXAMPLES[state.value("example")]
    answer = first_part(sentence) if translator() else None
    if answer is None:
        return None
    st.html(f'<p class="theory-translation" lang="fr">{escape(answer.translation)}</p>')
    weights_chart(answer.map, "application")
    caption("applications")
    page_link("translation", TEXT["open_translation"], {"sentence": sentence, "model": state.MODEL})
    for page in ("language", "recommendation", "vision", "speech"):
        page_link(page, TEXT[f"open_{page}"], {})
    return {"section": "live", "live": sentence, "model": state.MODEL}


def weights_chart(found: AttentionMap, name: str) -> None:
    """Draw a map of words with its table."""
    chart(attention_heatmap(found), name, TEXT["map_alt"])
    rows = [f"{i + 1} {label}" for i, label in enumerate(found.query_labels)]
    columns = [f"{i + 1} {label}" for i, label in enumerate(found.key_labels)]
    table(pd.DataFrame(found.matrix().round(3), index=rows, columns=columns), name)
