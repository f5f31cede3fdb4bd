"""What every chart has around it: one button that saves it as a picture, and its numbers as a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from attention.attention_map import AttentionMap

TEXT = {"table": "The same as a table"}
MOST_ROWS = 200  # of a table that is drawn as a whole; a longer one scrolls inside itself


def chart(figure: Any, key: str, file_name: str, alt: str, on_select: Callable[[], None] | None = None) -> None:
    """Draw a Plotly figure with one button, which saves it; on_select hears of a point that was chosen."""
    saving = {"format": "svg", "filename": file_name}
    config = {"displaylogo": False, "modeBarButtons": [["toImage"]], "toImageButtonOptions": saving}
    heard = {"on_select": on_select, "selection_mode": "points"} if on_select else {}
    st.plotly_chart(figure, key=key, alt=alt, config=config, **heard)


def as_table(frame: pd.DataFrame) -> None:
    """Offer a chart's numbers as a table, for the keyboard and for screen readers."""
    with st.expander(TEXT["table"]):
        if len(frame) <= MOST_ROWS:
            st.table(frame)
        else:
            st.dataframe(frame, alt=TEXT["table"])


def weights_frame(found: AttentionMap, numbers: np.ndarray) -> pd.DataFrame:
    """Return a matrix over a map's rows and columns as a table; labels that occur twice keep their two columns."""
    import pandas as pd

    columns = [f"{i + 1} {label}" for i, label in enumerate(found.key_labels)]
    rows = [f"{i + 1} {label}" for i, label in enumerate(found.query_labels)]
    return pd.DataFrame(numbers.round(3), index=rows, columns=columns)
