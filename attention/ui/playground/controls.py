"""The controls below the picture: the parts of the formula, the sizes, the mask, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from attention.formula import Recipe, compose, recipe_of
from attention.ui.links import keep_values
from attention.ui.page import quiet
from attention.ui.playground import state
from attention.ui.playground.computing import numbers
from attention.ui.playground.inputs import settings, uses
from attention.ui.playground.names import Name, NamesError, read_names, write_names
from attention.ui.playground.tables import TableError, read_table, write_cells, write_table
from attention.ui.playground.text import TEXT

SCORES = ("scaled_dot", "general", "additive", "cosine")  # dot is scaled_dot divided by 1
SCALES = ("one", "sqrt", "d", "free")
NORMALISERS = ("softmax", "sparsemax", "entmax15", "hardmax", "uniform")
POSITIONS = ("none", "sinusoidal", "rotary", "alibi")
LAST = "playground: last recipe"
WINDOWED = ("local", "strided", "global", "padding")


def formula_controls() -> None:
    """Choose score, scale, normaliser, temperature, positions and mask; each rewrites the formula."""
    recipe = recipe_of(state.formula_text())
    if recipe:
        st.session_state[LAST] = recipe
    columns = st.columns((1.8, 2.7, 1.8, 2, 1.8, 1.9))
    with columns[0]:
        _part("score", SCORES, lambda name: TEXT[f"score_{name}"], recipe)
    with columns[1]:
        _scale(recipe)
    with columns[2]:
        _part("normaliser", NORMALISERS, TEXT.get, recipe)
    with columns[3]:
        st.slider(
            TEXT["temperature"],
            0.1,
            5.0,
            step=0.1,
            key=state.key("T"),
            help=TEXT["temperature_help"],
            on_change=_use_temperature,
        )
    with columns[4]:
        _part("positions", POSITIONS, lambda name: TEXT[f"positions_{name}"], recipe)
    with columns[5]:
        st.selectbox(
            TEXT["mask"],
            state.MASKS,
            format_func=lambda name: TEXT[f"mask_{name}"],
            key=state.key("mask"),
            on_change=_use_mask,
        )
    _details()


def size_controls() -> None:
    """Choose the sizes and the number of heads."""
    from_words = state.value("input") == "sentence"
    one_length = state.is_self() or from_words
    columns = st.columns((4, 2, 2.2, 2) if one_length else (2, 2, 2, 2.2, 2))
    if from_words:
        count = numbers(settings(), state.formula_text()).sizes["n"]
        with columns[0]:
            quiet(TEXT["words_count"].format(count=count))
    elif one_length:
        columns[0].slider(TEXT["length"], 1, state.MOST_ROWS, key=state.key("m"))
    else:
        columns[0].slider(TEXT["n"], 1, state.MOST_ROWS, key=state.key("n"))
        columns[1].slider(TEXT["m"], 1, state.MOST_ROWS, key=state.key("m"))
    columns[-3].slider(TEXT["d"], 1, state.MOST_COLUMNS, key=state.key("d"))
    offered = state.heads_offered(state.value("d"))
    state.put("heads", state.heads())
    columns[-2].segmented_control(
        TEXT["heads"], offered, key=state.key("heads"), help=TEXT["heads_help"], required=True, disabled=offered == [1]
    )
    fixed = state.fixes_self()
    key = "playground_self_toggle"
    st.session_state[key] = state.is_self()
    columns[-1].toggle(
        TEXT["self"],
        key=key,
        help=TEXT["self_fixed" if fixed else "self_help"],
        disabled=fixed,
        on_change=lambda: state.put("self", st.session_state[key]),
    )


def number_controls() -> None:
    """Choose where the numbers come from."""
    key = "playground_input_choice"
    st.session_state[key] = state.value("input")
    columns = st.columns((3, 5), vertical_alignment="bottom", gap="medium")
    with columns[0]:
        st.segmented_control(
            TEXT["input"],
            state.INPUTS if state.MODELS else state.INPUTS[:2],
            format_func=lambda name: TEXT[f"input_{name}"],
            key=key,
            required=True,
            wrap=True,
            on_change=_take_input,
        )
    with columns[1]:
        if state.value("input") == "sentence":
            with st.container(key="playground_own_sentence"):
                st.text_input(TEXT["sentence"], key=state.key("sentence"), max_chars=300)
        else:
            _seed_controls()
    if state.value("input") == "typed":
        _typed_controls()
    elif state.value("input") == "sentence":
        quiet(TEXT["sentence_note"].format(model=state.MODELS[state.value("model")], d=state.value("d")))
    with st.expander(TEXT["names"], key="playground_names_fold", expanded=bool(state.value("names"))):
        st.text_area(
            TEXT["names"],
            key=state.key("names"),
            placeholder=TEXT["names_placeholder"],
            max_chars=2000,
            height=90,
            label_visibility="collapsed",
        )
        quiet(TEXT["names_note"])


def take_edit(name: str, row: int, column: int, number: float | bool) -> None:
    """Put a number that was changed in the picture into the typed inputs, or a cell into the drawn mask."""
    shown = numbers(settings(), state.formula_text())
    matrix = np.array(shown.values.get(name, 0.0), ndmin=2)
    if not (0 <= row < matrix.shape[0] and 0 <= column < matrix.shape[1]):
        return
    if name == "M":
        matrix[row, column] = bool(number)
        state.put("mask", "drawn")
        state.put("cells", write_cells(matrix))
        return
    matrix[row, column] = number
    if name in shown.parameters:
        _put_name(name, shown.parameters[name], matrix)
        return
    _write_present()
    state.put(name.lower(), write_table(matrix))


def _put_name(name: str, shape: tuple[str | int, ...], matrix: np.ndarray) -> None:
    """Write the numbers of one of the visitor's own matrices among their names; names that cannot be read stay."""
    try:
        others = [one for one in read_names(state.value("names")) if one.name != name]
    except NamesError:
        return
    state.put("names", write_names((*others, Name(name, shape, tuple(map(tuple, matrix.tolist()))))))


def _part(part: str, options: Sequence[str], label: Callable[[str], str], recipe: Recipe | None) -> None:
    key = f"playground_control_{part}"
    st.session_state[key] = getattr(recipe, part) if recipe else None
    st.selectbox(
        TEXT[part],
        options,
        index=0 if recipe else None,
        format_func=label,
        key=key,
        placeholder=TEXT["as_written"],
        on_change=_rewrite,
        args=(part, key),
    )


def _scale(recipe: Recipe | None) -> None:
    key = "playground_control_scale"
    st.session_state[key] = recipe.scale if recipe else None
    st.segmented_control(
        TEXT["scale"] if recipe else f"{TEXT['scale']}: {TEXT['as_written']}",
        SCALES,
        format_func=lambda name: TEXT[f"scale_{name}"],
        key=key,
        wrap=True,
        on_change=_rewrite,
        args=("scale", key),
    )
    if uses(state.formula_text(), "c") and "c" not in _own_names():
        st.slider(TEXT["scale_free_number"], -4.0, 4.0, step=0.05, key=state.key("c"))


def _own_names() -> set[str]:
    return {line.replace(":", "=").split("=")[0].strip() for line in state.value("names").splitlines()}


def _details() -> None:
    """Say what has no effect, and offer what the mask needs."""
    if state.value("T") != 1 and not uses(state.formula_text(), "T"):
        quiet(TEXT["temperature_unused"])
    mask = state.value("mask")
    if mask != "none" and not uses(state.formula_text(), "M"):
        quiet(TEXT["mask_unused"])
    if mask not in WINDOWED:
        return
    left, right, _ = st.columns((2, 2, 4))
    kind = "window_padding" if mask == "padding" else "window"
    left.slider(TEXT[kind], 0, 8, key=state.key("window"), help=TEXT[f"{kind}_help"])
    if mask == "strided":
        right.slider(TEXT["stride"], 1, 8, key=state.key("stride"), help=TEXT["stride_help"])


def _seed_controls() -> None:
    left, right = st.columns((2, 3), vertical_alignment="bottom")
    left.number_input(TEXT["seed"], 0, 9999, step=1, key=state.key("seed"), help=TEXT["seed_help"])
    right.button(
        TEXT["another"],
        key="playground_another",
        on_click=lambda: state.put("seed", (state.value("seed") + 1) % 10_000),
    )


def _typed_controls() -> None:
    text = state.formula_text()
    names = [name for name in state.MATRICES if uses(text, name.upper())] or list(state.MATRICES[:3])
    shown = numbers(settings(), text)
    for column, name in zip(st.columns(len(names)), names, strict=True):
        rows, columns = shown.values[name.upper()].shape
        column.text_area(
            TEXT["typed_label"].format(name=name.upper(), rows=rows, columns=columns),
            key=state.key(name),
            max_chars=2000,
            height=140,
            on_change=_take_sizes,
            args=(name,),
        )
    quiet(TEXT["typed_note"])


def _rewrite(part: str, key: str) -> None:
    chosen = st.session_state[key]
    recipe = recipe_of(state.formula_text()) or st.session_state.get(LAST)
    if chosen is None:  # a click on what is chosen: it stays
        return
    state.put_formula(compose(replace(recipe or Recipe(), **{part: chosen})))
    if chosen == "rotary":
        state.make_d_even()


def _use_temperature() -> None:
    recipe = recipe_of(state.formula_text())
    if recipe and not recipe.temperature:
        state.put_formula(compose(replace(recipe, temperature=True)))


def _use_mask() -> None:
    recipe = recipe_of(state.formula_text())
    wanted = state.value("mask") != "none"
    if recipe and recipe.mask != wanted:
        state.put_formula(compose(replace(recipe, mask=wanted)))


def _take_input() -> None:
    chosen = st.session_state["playground_input_choice"]
    if chosen == "typed":
        _write_present()
    state.put("input", chosen)


def _write_present() -> None:
    """Turn the numbers on show into typed ones, unless they are typed already."""
    if state.value("input") == "typed":
        return
    shown = numbers(settings(), state.formula_text())
    for name in state.MATRICES:
        state.put(name, write_table(shown.values[name.upper()]))
    sizes = shown.sizes
    state.put("n", sizes["n"])
    state.put("m", sizes["m"])
    state.put("input", "typed")


def _take_sizes(name: str) -> None:
    """Let the sizes follow a matrix that was typed or pasted; one that cannot be read changes nothing."""
    keep_values(state.PAGE, state.FIELDS)
    try:
        matrix = read_table(state.value(name), state.MOST_ROWS, state.MOST_COLUMNS)
    except TableError:
        return
    rows, columns = matrix.shape
    state.put("n" if name == "q" and not state.is_self() else "m", rows)
    state.put("d", columns)
