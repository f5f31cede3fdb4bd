"""The scaling laboratory: how the softmax saturates as d grows, for scale 1, √d and d, measured live."""

from __future__ import annotations

import time
from functools import lru_cache

import pandas as pd
import streamlit as st

from attention.measures.saturation import SaturationRow, saturation
from attention.ui.page import offer_file, quiet
from attention.ui.playground.saving import chart_config
from attention.ui.playground.text import TEXT

SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)  # of d
SCALES = ("one", "sqrt", "d")
KEYS = (2, 4, 8, 16, 32, 64)
SEEDS = (8, 16, 32, 64, 128)
AGAIN = "playground: first seed of the scaling laboratory"


def show_scaling() -> None:
    """Choose sizes and seeds, and show entropy, largest weight and gradient against d."""
    from attention.figures.saturation_curves import saturation_figure

    quiet(TEXT["scaling_line"])
    columns = st.columns((2, 2, 2, 2), vertical_alignment="bottom")
    for name, default in (("most", 256), ("keys", 16), ("seeds", 64)):
        st.session_state.setdefault(f"playground_scaling_{name}", default)
    most = columns[0].select_slider(TEXT["scaling_most"], SIZES[3:], key="playground_scaling_most")
    keys = columns[1].select_slider(TEXT["scaling_keys"], KEYS, key="playground_scaling_keys")
    seeds = columns[2].select_slider(TEXT["scaling_seeds"], SEEDS, key="playground_scaling_seeds")
    columns[3].button(TEXT["scaling_again"], key="playground_scaling_again", on_click=_again)
    rows, seconds = measured(most, keys, seeds, st.session_state.get(AGAIN, 0))
    config = chart_config("attention-scaling")
    st.plotly_chart(saturation_figure(rows), key="playground_scaling_figure", alt=TEXT["scaling_line"], config=config)
    count = sum(map(len, rows.values())) * seeds
    quiet(TEXT["scaling_measured"].format(count=count, seeds=seeds, seconds=f"{1000 * seconds:.0f} ms"))
    table = pd.DataFrame([row._asdict() for found in rows.values() for row in found])
    with st.expander(TEXT["scaling_table"]):
        st.table(table.round(3).set_index("scale"))
    offer_file(
        TEXT["cost_csv"],
        lambda: table.to_csv(index=False).encode("utf-8-sig"),
        "attention-scaling.csv",
        "text/csv",
        "playground_scaling_csv",
    )


@lru_cache(64)
def measured(most: int, keys: int, seeds: int, seed: int) -> tuple[dict[str, tuple[SaturationRow, ...]], float]:
    """Return the rows of each scale for the sizes up to `most`, and the seconds it took."""
    start = time.perf_counter()
    sizes = [size for size in SIZES if size <= most]
    rows = {scale: saturation(sizes, scale, keys, seeds, seed) for scale in SCALES}
    return rows, time.perf_counter() - start


def _again() -> None:
    st.session_state[AGAIN] = st.session_state.get(AGAIN, 0) + 1
