"""The visitor's formula in place of attention in a shipped translation model, beside the model's own."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from attention.figures.difference_heatmap import difference_heatmap
from attention.formula import FormulaError, live_mechanism
from attention.mechanisms import Mechanism
from attention.translation.decoding import DecodingOptions
from attention.translation.translator import TextError, Translation, Translator
from attention.ui import loading
from attention.ui.inspector import inspector
from attention.ui.page import notice, quiet
from attention.ui.playground import state
from attention.ui.playground.computing import Computed, parsed
from attention.ui.playground.saving import chart_config
from attention.ui.playground.text import TEXT
from attention.ui.translation.differences import changed_words, marked_sentence
from attention.ui.translation.pictures import translation_view
from attention.ui.translation.sections import STYLE
from attention.ui.translation.state import translated

OPTIONS = DecodingOptions(beam=1)  # the likeliest piece each time: quick, and a change is the formula's own doing
KEPT = 64  # translations of the latest formulas


def show_live(computed: Computed) -> None:
    """Choose model and sentence, and show both translations with their weights."""
    if not state.MODELS:
        notice(TEXT["live_none"], error=True)
        return
    left, right = st.columns((2, 5), vertical_alignment="bottom")
    left.selectbox(TEXT["model"], list(state.MODELS), format_func=state.MODELS.get, key=state.key("model"))
    with right:
        st.text_input(TEXT["live_sentence"], key=state.key("live"), max_chars=2000)
    quiet(TEXT["live_note"])
    translator = loading.translator(state.value("model"))
    try:
        with st.spinner(TEXT["live_wait"], show_time=False):
            original = translated(translator.name, state.value("live"), OPTIONS, None)
            mechanism = _mechanism(computed)
            mine = _translated(translator.name, state.value("live"), *_identity(computed))
    except TextError as error:
        notice(str(error), error=True)
    except (FormulaError, ValueError) as error:
        reason = error.message if isinstance(error, FormulaError) else str(error)
        notice(TEXT["live_refused"].format(reason=reason), error=True)
    else:
        notice(original.notes)
        _show_both(translator, original.parts[0], mine.parts[0], mechanism)


def _show_both(translator: Translator, original: Translation, mine: Translation, mechanism: Mechanism) -> None:
    before, after = changed_words(original.target_words, mine.target_words)
    language = translator.languages[1]
    rows = (("before", TEXT["live_original"], original, before), ("after", TEXT["live_yours"], mine, after))
    lines = "".join(
        f'<dt>{label}</dt><dd class="{name}">{marked_sentence(found.target_words, positions, language)}</dd>'
        for name, label, found, positions in rows
    )
    st.html(f'{STYLE}<dl class="lab-versus">{lines}</dl>')
    quiet(TEXT["live_changed" if before or after else "live_same"])
    for column, (name, label, found, positions) in zip(st.columns(2, gap="large"), rows, strict=True):
        with column:
            st.html(f'<p class="lab-column-title">{label}</p>')
            changed = positions if name == "after" else ()
            inspector(translation_view(translator, found, changed), key=f"playground_live_{name}")
    _show_difference(translator, original, mechanism)


def _show_difference(translator: Translator, original: Translation, mechanism: Mechanism) -> None:
    """Send the model's own translation through the decoder with both attentions, and subtract the weights."""
    with st.expander(TEXT["live_difference"], key="playground_live_fold", on_change="rerun") as fold:
        if not fold.open:
            return
        try:
            own = translator.force(original.source, original.translation)
            other = translator.force(original.source, original.translation, mechanism)
            figure = difference_heatmap(own.map, other.map)
        except ValueError as error:
            notice(str(error))
            return
        config = chart_config("attention-difference")
        st.plotly_chart(figure, alt=TEXT["live_difference"], key="playground_live_difference", config=config)
        quiet(TEXT["live_difference_note"])


def _identity(computed: Computed) -> tuple:
    """Return what the mechanism follows from, hashable: text, shapes of the parameters, and scalars by name."""
    scalars = {
        name: float(value)
        for name, value in computed.inputs.values.items()
        if name == "T" or computed.inputs.parameters.get(name) == ()
    }
    return computed.text, tuple(computed.inputs.parameters.items()), computed.is_self, tuple(sorted(scalars.items()))


def _mechanism(computed: Computed) -> Mechanism:
    text, parameters, is_self, scalars = _identity(computed)
    return _live_mechanism(text, parameters, is_self, scalars)


@lru_cache(KEPT)
def _live_mechanism(text: str, parameters: tuple, is_self: bool, scalars: tuple) -> Mechanism:
    return live_mechanism(parsed(text, parameters, is_self), dict(scalars))


@lru_cache(KEPT)
def _translated(model: str, sentence: str, text: str, parameters: tuple, is_self: bool, scalars: tuple) -> Translation:
    mechanism = _live_mechanism(text, parameters, is_self, scalars)
    return loading.translator(model).translate(sentence, OPTIONS, mechanism)
