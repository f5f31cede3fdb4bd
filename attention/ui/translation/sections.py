"""What opens below the picture: the original, a second model, one's own translation, the beam, the card."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from attention.figures.attention_heatmap import attention_heatmap
from attention.figures.beam_tree import Branch, beam_tree_figure
from attention.figures.difference_heatmap import difference_heatmap
from attention.figures.learning_curve import learning_curve
from attention.figures.probability_bars import probability_bars
from attention.training.card import card_text
from attention.translation.sentences import LANGUAGES
from attention.translation.translator import TextError, Translation, Translator
from attention.ui import loading, sharing
from attention.ui.charts import as_table, weights_frame
from attention.ui.inspector import InspectorView, inspector
from attention.ui.links import widget_key
from attention.ui.page import notice, quiet
from attention.ui.translation import state
from attention.ui.translation.differences import changed_words, marked_sentence
from attention.ui.translation.pictures import likelihood_ratio, translation_view
from attention.ui.translation.state import PAGE
from attention.ui.translation.text import SECTIONS, TEXT

STYLE = """<style>
.lab-versus { display: grid; grid-template-columns: max-content 1fr; gap: 0.35rem 1.25rem; margin: 0.25rem 0; }
.lab-versus :is(dt, dd) { margin: 0; padding: 0; }
.lab-versus dt { font-size: 0.9rem; opacity: 0.75; align-self: baseline; }
.lab-versus dd { font-family: var(--lab-serif); font-size: 1.3rem; line-height: 1.35; }
.lab-versus mark { background: none; color: inherit; text-decoration: underline 2px; text-underline-offset: 0.2em; }
.lab-versus dd.before mark { text-decoration-color: light-dark(#b35806, #fdb863); }
.lab-versus dd.after mark { text-decoration-color: light-dark(#6a4ea3, #b2abd2); text-decoration-style: dotted; }
.lab-column-title { font-family: var(--lab-serif); font-size: 1.1rem; font-weight: 600; margin: 0.5rem 0 0.9rem; }
@media (max-width: 640px) { .lab-versus { grid-template-columns: 1fr; } .lab-versus dd { margin-bottom: 0.4rem; } }
</style>"""


def show_change(translator: Translator, original: Translation, answer: Translation, other_attention: bool) -> None:
    """Show the translation and weights without the visitor's changes beside those with them.

    other_attention: the attention was changed, not only the search.
    """
    before, after = changed_words(original.target_words, answer.target_words)
    language = translator.languages[1]
    rows = (("before", TEXT["original"], original, before), ("after", TEXT["yours"], answer, after))
    lines = "".join(
        f'<dt>{label}</dt><dd class="{name}">{marked_sentence(found.target_words, positions, language)}</dd>'
        for name, label, found, positions in rows
    )
    st.html(f'{STYLE}<dl class="lab-versus">{lines}</dl>')
    if not (before or after or other_attention):
        quiet(TEXT["changed_nothing"])
        return
    quiet(TEXT["changed_words" if before or after else "changed_same"])
    left, right = st.columns(2)
    with left:
        st.markdown(f"##### {TEXT['before_picture']}")
        st.plotly_chart(attention_heatmap(original.map), alt=TEXT["before_picture"], key="before_heatmap")
        quiet(TEXT["before_caption"])
        as_table(weights_frame(original.map, original.map.matrix()))
    if not (before or after):
        with right:
            st.markdown(f"##### {TEXT['difference_picture']}")
            figure = difference_heatmap(original.map, answer.map)
            st.plotly_chart(figure, alt=TEXT["difference_picture"], key="difference_heatmap")
            quiet(TEXT["difference_caption"])
            as_table(weights_frame(answer.map, answer.map.matrix() - original.map.matrix()))


def show_section(translator: Translator, answer: Translation) -> None:
    """Let the visitor open one of the deeper looks; two models side by side replace the picture above."""
    key = widget_key(PAGE, "section")
    st.session_state[key] = state.value("more") or None
    st.segmented_control(TEXT["more"], SECTIONS, format_func=TEXT.get, key=key, on_change=_keep_section)
    if state.value("more") == "own":
        show_own(translator, answer)
    elif state.value("more") == "beam_tree":
        show_beam(translator, answer)
    elif state.value("more") == "card":
        show_card(translator)


def _keep_section() -> None:
    st.session_state[widget_key(PAGE, "more")] = st.session_state[widget_key(PAGE, "section")] or ""


def show_side_by_side(
    translator: Translator, view: InspectorView, answer: Translation, models: Mapping[str, str]
) -> None:
    """Show the answer and another model's answer to the same sentence, under the same settings."""
    others = [name for name in models if name != translator.name]
    others.sort(key=lambda name: not name.startswith(translator.pair))  # the same pair first
    key = widget_key(PAGE, "second")
    if st.session_state.get(key) not in others:
        st.session_state[key] = others[0]
    left, right = st.columns(2, gap="large")
    with left:
        st.html(f'{STYLE}<p class="lab-column-title">{escape(translator.title)}</p>')
        state.keep_inspector(inspector(view, key="translation_inspector"))
    with right:
        st.selectbox(
            TEXT["compare_with"], others, format_func=models.get, key=key, label_visibility="collapsed", width=300
        )
        other = loading.translator(state.value("second"))
        whole = state.translated(other.name, answer.source, state.options(), state.mechanism(other))
        notice(whole.notes)
        second = whole.parts[0]
        changed = state.changed_rows(answer, second) if other.pair == translator.pair else ()
        inspector(translation_view(other, second, changed, {"end": state.value("end")}), key="second_inspector")
    if other.pair == translator.pair:
        means = [found.log_probability / len(found.steps) for found in (answer, second)]
        ratio = likelihood_ratio(means[1] - means[0])
        quiet(TEXT["compare_line"].format(model=other.title, other=translator.title, ratio=ratio))


def show_own(translator: Translator, answer: Translation) -> None:
    """Force the visitor's translation through the decoder: how likely, and where each word looked."""
    target = LANGUAGES.get(translator.languages[1], translator.languages[1])
    st.text_input(
        TEXT["own_input"].format(target=target),
        placeholder=TEXT["own_placeholder"].format(target=target),
        key=widget_key(PAGE, "own"),
        max_chars=2000,
    )
    quiet(TEXT["own_hint"])
    if not state.value("own").strip():
        return
    try:
        own = state.forced(translator.name, answer.source, state.value("own"), state.mechanism(translator))
    except TextError as error:
        notice(str(error), error=True)
        return
    notice(own.notes)
    if own.translation == answer.translation:
        notice(TEXT["own_same"])
    else:
        ratio = likelihood_ratio(own.log_probability - answer.log_probability)
        notice(TEXT["own_likelihood"].format(ratio=ratio))
    _, changed = changed_words(answer.target_words, own.target_words)
    part = own.parts[0]
    inspector(translation_view(translator, part, changed, {"end": state.value("end")}), key="own_inspector")
    words, probabilities = [word.text for word in part.target_words], np.exp(part.word_log_probabilities)
    st.plotly_chart(probability_bars(words, probabilities), alt=TEXT["own_likelihood_caption"])
    quiet(TEXT["own_likelihood_caption"])
    as_table(pd.DataFrame({TEXT["word"]: words, TEXT["probability"]: probabilities}).round(4))


def show_beam(translator: Translator, answer: Translation) -> None:
    """Draw what the beam search weighed, and the same as a table."""
    if answer.tree is None:
        notice(TEXT["tree_greedy"])
        return
    texts = translator.piece_texts([node.token for node in answer.tree.nodes])
    branches = [
        Branch(node.id, node.parent, text, node.step, node.log_probability, node.kept, node.best)
        for node, text in zip(answer.tree.nodes, texts, strict=True)
    ]
    st.plotly_chart(beam_tree_figure(branches), width="content", alt=TEXT["beam_tree"])
    quiet(TEXT["tree_caption"])
    rows = [b._asdict() | {"log_probability": round(b.log_probability, 3)} for b in branches]
    as_table(pd.DataFrame(rows).set_index("id"))


def show_card(translator: Translator) -> None:
    """Show the model's card and how its training went."""
    log = translator.config.get("log", [])
    if log:
        st.plotly_chart(learning_curve(log), alt=TEXT["curve_caption"])
        quiet(TEXT["curve_caption"])
        as_table(pd.DataFrame(log))
    sharing.show_card(state.PAGE, card_text(translator.card))
