"""The playground from top to bottom: formula, matrices, controls, laboratories, and what folds out."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException

from attention.formula import FormulaError
from attention.ui.links import keep_values, noted_problems, show_link
from attention.ui.loading import prepare_process
from attention.ui.matrices import Place, StripState, matrix_strip
from attention.ui.page import notice, quiet
from attention.ui.playground import compare, controls, editor, saving, state
from attention.ui.playground.computing import Computed, compute, numbers
from attention.ui.playground.inputs import Settings, settings
from attention.ui.playground.pictures import count_left_out, default_place, shown_steps, strip_matrices
from attention.ui.playground.steps import show_folds
from attention.ui.playground.text import TEXT
from attention.ui.sharing import show_share

LAST_GOOD = "playground: the last formula that worked"
SECOND = "playground: the second formula"


def show() -> None:
    """Draw the page."""
    prepare_process()
    state.open_page()
    _live()


@st.fragment
def _live() -> None:
    """Everything that follows the formula and the controls."""
    keep_values(state.PAGE, state.FIELDS)
    notice(noted_problems(state.PAGE, state.FIELDS), error=True)
    st.html(editor.STYLE)
    share, save = _toolbar()
    chosen, text = settings(), state.formula_text()
    computed, is_last_good = _formula(chosen, text)
    if state.value("section") == "live":
        _live_model(None if is_last_good else computed)
    if computed:
        _picture(computed, is_last_good)
    notice(numbers(chosen, text).problems, error=True)
    notice(numbers(chosen, text).notes)
    with st.container(key="playground_controls"):
        controls.formula_controls()
        controls.size_controls()
    controls.number_controls()
    _laboratories()
    if computed:
        show_folds(computed, state.value("head"))
    state.remember()
    with share:  # last, so that they hold what the picture has just reported
        if share.open:
            show_share(state.PAGE, state.FIELDS)
    with save:
        if save.open:
            saving.show_save(computed, state.value("head"))
    show_link(state.PAGE, state.FIELDS)


def _toolbar() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Choose a preset, compare, run in the model; return where share and save go."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="playground_toolbar"):
        editor.choose_preset()
        st.space("stretch")
        for name in ("compare", "live"):
            label = TEXT[f"{name}_close" if state.value("section") == name else name]
            st.button(label, key=f"playground_{name}_button", on_click=_switch_section, args=(name,))
        share = st.popover(TEXT["share"], key="playground_share", on_change="rerun")
        return share, st.popover(TEXT["save"], key="playground_save", on_change="rerun")


def _formula(chosen: Settings, text: str) -> tuple[Computed | None, bool]:
    """Show the formula and what it means; return it computed, or the last good one and True, or None."""
    left, right = st.columns(2, gap="medium")
    fault: FormulaError | None = None
    try:
        computed = compute(text, chosen)
    except FormulaError as error:
        fault, computed = error, None
    with left:
        editor.edit_formula()
        editor.edit_buttons()
    comparing = state.value("section") == "compare"
    with left if comparing else right:
        if fault:
            editor.show_fault(fault, text)
        else:
            editor.show_maths(computed)
    with right:
        if comparing:
            st.session_state[SECOND] = compare.second_formula(chosen)
        else:
            editor.show_note()
    if computed:
        st.session_state[LAST_GOOD] = text
        return computed, False
    return _last_good(chosen), True


def _live_model(computed: Computed | None) -> None:
    """Run the formula in a trained model; None where it does not work."""
    if computed is None:
        quiet(TEXT["live_fault"])
        return
    from attention.ui.playground.live import show_live

    show_live(computed)


def _last_good(chosen: Settings) -> Computed | None:
    """Return the last formula that worked, with the present numbers, and say so."""
    first = next(iter(state.PRESETS.values())).text
    for text in dict.fromkeys((st.session_state.get(LAST_GOOD, first), first)):
        try:
            computed = compute(text, chosen)
        except FormulaError:
            continue
        quiet(TEXT["last_good"].format(formula=saving.title_of(text)))
        return computed
    return None


def _picture(computed: Computed, is_last_good: bool) -> None:
    """Show the strip, let the visitor pick the head, and take what was changed in it."""
    head = _head(computed)
    second = st.session_state.get(SECOND) if state.value("section") == "compare" else None
    place, other = st.columns(2, gap="large") if second else (st.container(), None)
    with place, st.container(key="playground_stale" if is_last_good else "playground_picture"):
        told = _strip(computed, head, wide=not second)
    if second:
        with other:
            compare.show_second(second, head)
        compare.show_difference(computed, second, head)
    _take(told, computed)


def _strip(computed: Computed, head: int, wide: bool) -> StripState:
    shown = shown_steps(computed)
    told = matrix_strip(
        strip_matrices(computed, head),
        key="playground_strip",
        initial=_place() or default_place(shown),
        file_stem="attention-formula",
        wide=wide,
    )
    if left_out := count_left_out(computed, shown):
        quiet(TEXT["more_steps"].format(count=left_out))
    notice(computed.evaluation.notes)
    return told


def _head(computed: Computed) -> int:
    """Return the head to show; let the visitor choose where there are several."""
    if computed.heads == 1:
        return 0
    if state.value("head") >= computed.heads:
        state.put("head", 0)
    st.segmented_control(
        TEXT["head_shown"],
        range(computed.heads),
        format_func=lambda head: TEXT["head_number"].format(number=head + 1),
        key=state.key("head"),
        required=True,
    )
    return state.value("head")


def _place() -> Place | None:
    """Return the chosen cell as the address holds it."""
    parts = state.value("cell").rsplit(",", 2)
    if len(parts) == 3 and all(part.isdecimal() and len(part) < 4 for part in parts[1:]):
        return parts[0], int(parts[1]), int(parts[2])
    return None


def _take(told: StripState, computed: Computed) -> None:
    """Put what the visitor did in the picture into the page's state, and compute again after an edit."""
    is_chosen = told.chosen and told.chosen != default_place(shown_steps(computed))
    state.put("cell", ",".join(map(str, told.chosen)) if is_chosen else "")
    for edit in told.edits:
        name, turned = edit.id.removesuffix(".T"), edit.id.endswith(".T")
        row, column = (edit.column, edit.row) if turned else (edit.row, edit.column)
        controls.take_edit(name, row, column, edit.value)
    if told.edits:
        try:
            st.rerun(scope="fragment")
        except StreamlitAPIException:  # the whole page was running, not the fragment alone
            st.rerun()


def _laboratories() -> None:
    """Let the visitor open one of the laboratories."""
    key = "playground_laboratory"
    section = state.value("section")
    st.session_state[key] = section if section in ("scaling", "cost") else None
    st.segmented_control(
        TEXT["laboratories"], ("scaling", "cost"), format_func=TEXT.get, key=key, on_change=_take_laboratory
    )
    if section == "scaling":
        from attention.ui.playground.scaling import show_scaling

        show_scaling()
    elif section == "cost":
        from attention.ui.playground.cost import show_cost

        show_cost()


def _take_laboratory() -> None:
    state.put("section", st.session_state["playground_laboratory"] or "")


def _switch_section(name: str) -> None:
    state.put("section", "" if state.value("section") == name else name)
