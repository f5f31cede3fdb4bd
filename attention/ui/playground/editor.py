"""The formula: presets, the text, its mathematics, and what is said when it does not work."""

from __future__ import annotations

from html import escape

import streamlit as st

from attention.formula import FUNCTIONS, FormulaError
from attention.formula.presets import PRESETS
from attention.ui.page import notice, quiet
from attention.ui.playground import state
from attention.ui.playground.computing import Computed
from attention.ui.playground.text import TEXT

STYLE = """<style>
[class*="st-key-playground_text"] textarea { font-family: var(--st-code-font, ui-monospace, monospace);
  font-size: 0.95rem; line-height: 1.55; }
[class*="st-key-playground_maths"] { overflow-x: auto; overflow-y: hidden; padding: 0.25rem 0; flex-shrink: 0; }
[class*="st-key-playground_maths"] [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
[class*="st-key-playground_maths"] :is(.katex-display, [data-testid="stMarkdownContainer"]) { overflow: visible; }
[class*="st-key-playground_maths"] .katex-display { margin: 0; }
.lab-shapes { font-size: 0.9rem; margin: 0; text-align: center; text-wrap: balance;
  color: color-mix(in srgb, currentColor 70%, transparent); }
.lab-fault { border-left: 3px solid light-dark(#b3261e, #ff8f85); padding: 0.1rem 0 0.1rem 0.9rem; margin: 0; }
.lab-fault pre { margin: 0.2rem 0 0.5rem; padding: 0; font-family: var(--st-code-font, ui-monospace, monospace);
  font-size: 0.95rem; line-height: 1.6; white-space: pre-wrap; overflow-wrap: anywhere; background: none; }
.lab-fault mark { background: light-dark(#f9dedc, #5c1f1b); color: inherit; border-radius: 3px; padding: 0.05em 0.1em;
  text-decoration: underline wavy light-dark(#b3261e, #ff8f85) 1.5px; text-underline-offset: 0.25em; }
.lab-fault .number { opacity: 0.7; user-select: none; padding-right: 0.8em; }
.lab-fault p { margin: 0.15rem 0; max-width: 70ch; line-height: 1.5; }
[class*="st-key-playground_stale"] { border-top: 2px dashed color-mix(in srgb, currentColor 30%, transparent);
  padding-top: 0.9rem; }
@media (max-width: 640px) {
  [class*="st-key-playground_toolbar"] { gap: 0.5rem; }
  [class*="st-key-playground_toolbar"] button { padding: 0.25rem 0.4rem; }
  [class*="st-key-playground_toolbar"] button p { font-size: 0.875rem; }
  [class*="st-key-playground_controls"] [data-testid="stColumn"] { flex: 1 1 calc(50% - 1rem);
    min-width: calc(50% - 1rem); }
}
</style>"""
LONGEST_BUTTON = 60  # characters of a formula that a button repeats
MOST_PRODUCTS = 4  # in the line of shapes


def choose_preset() -> None:
    """Let the visitor start from a ready formula."""
    st.selectbox(
        TEXT["preset"],
        list(PRESETS),
        format_func=preset_title,
        key=state.key("preset"),
        label_visibility="collapsed",
        on_change=_take_preset,
        width=340,
    )


def preset_title(name: str) -> str:
    """Return how the menu names a preset: title, group, and whether it is a wrong one."""
    preset = PRESETS[name]
    group = TEXT[f"group_{preset.group}"]
    return f"{preset.title} · {group}" + (f", {TEXT['wrong']}" if preset.wrong else "")


def edit_formula(name: str = "formula") -> None:
    """Show the formula, or the second one, as text that can be changed."""
    text = state.formula_text() if name == "formula" else state.value("second")
    key = f"playground_text_{name}"
    st.session_state[key] = text
    st.text_area(
        TEXT["first" if name == "formula" and state.value("section") == "compare" else name],
        key=key,
        max_chars=2000,
        height="content",
        help=TEXT["formula_help"],
        label_visibility="visible" if state.value("section") == "compare" else "collapsed",
        on_change=_take_text,
        args=(name, key),
    )


def edit_buttons() -> None:
    """Offer undo and reset."""
    with st.container(horizontal=True, gap="small"):
        for name, act, possible in (
            ("undo", state.undo, state.can_undo()),
            ("reset", state.reset, state.is_changed()),
        ):
            st.button(TEXT[name], on_click=act, key=f"playground_{name}", disabled=not possible, type="tertiary")
        with st.popover(TEXT["language"], type="tertiary"):
            names = ", ".join(f"`{name}`" for name in FUNCTIONS)
            st.markdown(TEXT["language_text"].format(functions=names))


def show_maths(computed: Computed, name: str = "formula") -> None:
    """Typeset a formula, with its shapes in one line."""
    typeset(computed.formula.latex, name)
    st.html(f'<p class="lab-shapes">{escape(shapes_line(computed))}</p>')


def typeset(latex: str, name: str) -> None:
    """Show mathematics that scrolls inside itself, with its source behind the question mark.

    The mark is also what lets the keyboard reach, and so scroll, what is wider than a phone.
    """
    with st.container(key=f"playground_maths_{name}"):
        st.latex(latex, help=TEXT["latex"].format(latex=latex))


def shapes_line(computed: Computed) -> str:
    """Say which sizes met in the products: "4×3 · 3×4 → 4×4: every shape fits"."""
    steps = computed.evaluation.steps
    products = []
    for step in steps:
        if step.operation == "matmul":
            left, right, result = (size_of(one.value.shape) for one in (*(steps[i] for i in step.operands), step))
            products.append(f"{left} · {right} → {result}")
    products = list(dict.fromkeys(products))
    if len(products) > MOST_PRODUCTS:
        products = [*products[:MOST_PRODUCTS], "…"]
    shapes = ", ".join(products) or f"→ {size_of(computed.evaluation.value.shape)}"
    line = TEXT["fits"].format(shapes=shapes)
    if computed.heads > 1:
        each = TEXT["heads_each"].format(heads=computed.heads, d=computed.inputs.sizes["d"] // computed.heads)
        line = f"{line}, {each}"
    return line


def size_of(shape: tuple[int, ...]) -> str:
    """Write a shape, heads left out: "4×3"; a scalar as "1"."""
    return "×".join(map(str, shape[-2:])) or "1"


def show_fault(error: FormulaError, text: str, name: str = "formula") -> None:
    """Show where a formula is wrong and why, and offer the one that works."""
    st.html(fault_html(error, text))
    if error.fixed is None:
        notice(error.remedy)
        if state.is_d_odd(text):
            quiet(TEXT["even"])
            st.button(TEXT["make_even"], key=f"playground_even_{name}", on_click=state.make_d_even)
        return
    fixed = error.fixed.strip()
    one_line = "\n" not in fixed and len(fixed) <= LONGEST_BUTTON and "`" not in fixed
    label = TEXT["use"].format(fixed=f"`{fixed}`") if one_line else TEXT["use_it"]
    if not one_line:
        quiet(TEXT["use_lines"])
        st.code(fixed, language=None, wrap_lines=True)
    st.button(label, key=f"playground_fix_{name}", on_click=_take_fix, args=(name, error.fixed))


def fault_html(error: FormulaError, text: str) -> str:
    """Return the lines of a formula that an error concerns, the wrong part marked, and the message, as safe HTML."""
    first = text.rfind("\n", 0, error.start) + 1
    last = text.find("\n", max(error.end - 1, error.start))
    last = len(text) if last < 0 else last
    before, wrong, after = text[first : error.start], text[error.start : error.end], text[error.end : last]
    marked = f"{escape(before)}<mark>{escape(wrong) or ' '}</mark>{escape(after)}"
    number = escape(TEXT["error_line"].format(line=error.line))
    lines = f'<pre><span class="number">{number}</span>{marked}</pre>' if text.strip() else ""
    return f'<div class="lab-fault" role="alert">{lines}<p>{escape(error.message)}</p></div>'


def show_note() -> None:
    """Say what there is to see in the preset, as long as its text is untouched."""
    if state.value("formula"):
        return
    preset = state.preset()
    quiet(TEXT["source"].format(note=preset.note, source=preset.source))
    if preset.corrected:
        st.button(TEXT["correct"], key="playground_correct", on_click=_take_corrected, args=(preset.corrected,))


def _take_text(name: str, key: str) -> None:
    text = st.session_state[key]
    if name == "formula":
        state.put_formula(text)
    else:
        state.put(name, text)


def _take_fix(name: str, fixed: str) -> None:
    if name == "formula":
        state.put_formula(fixed)
    else:
        state.put(name, fixed)


def _take_corrected(name: str) -> None:
    state.put("preset", name)
    _take_preset()


def _take_preset() -> None:
    """Show a preset with its own text and what it needs."""
    state.put("formula", "")
    state.put("self", False)
    state.suit_preset()
