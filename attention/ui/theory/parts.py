"""What every live figure has around it: caption, chart, table, and the link that opens the playground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from attention.ui.links import short_number
from attention.ui.page import offer_file, quiet
from attention.ui.theory import state
from attention.ui.theory.text import TEXT

if TYPE_CHECKING:
    import pandas as pd

Link = Mapping[str, str | int | float | bool]


@dataclass(frozen=True)
class Opening:
    """The playground's state for a figure that it cannot hold as a whole, and what it shows instead."""

    state: Link
    note: str


def chart(figure: Any, name: str, alt: str) -> None:
    """Draw a Plotly figure with one button, which saves it as a picture."""
    saving = {"format": "svg", "filename": f"attention-{name}"}
    config = {"displaylogo": False, "modeBarButtons": [["toImage"]], "toImageButtonOptions": saving}
    st.plotly_chart(figure, key=f"theory_chart_{name}", alt=alt, config=config)


def table(frame: pd.DataFrame, name: str, title: str = "table") -> None:
    """Offer a figure's numbers as a table and as a file; name: of the file, and unlike all others on the page."""
    with st.expander(TEXT[title]):
        st.table(frame)
        save_csv(frame, name)


def save_csv(frame: pd.DataFrame, name: str) -> None:
    """Offer a table as a CSV file that a spreadsheet opens with its signs intact."""
    offer_file(
        TEXT["save_csv"],
        lambda: frame.to_csv().encode("utf-8-sig"),
        f"attention-{name}.csv",
        "text/csv",
        f"theory_csv_{name}",
    )


def tell(text: str) -> None:
    """Write the sentence that tells what the figure shows just now."""
    st.html(f'<p class="theory-say">{escape(text)}</p>')


def percent(share: float) -> str:
    """Write a share as a whole percentage."""
    return f"{100 * share:.0f}\u00a0%"


def signed(number: float, digits: int = 2) -> str:
    """Write a number with a true minus sign."""
    return f"{number:.{digits}f}".replace("-", "−")


def caption(name: str, **values: Any) -> None:
    """Say how to read a figure."""
    quiet(TEXT[f"{name}_caption"].format(**values))


def slider(field: str, low: float, high: float, step: float, **options: Any) -> None:
    """Draw the slider of a field, labelled as the text table says."""
    st.slider(TEXT[field], low, high, step=step, key=state.key(field), **options)


def switch(name: str, options: Sequence[str], field: str | None = None) -> None:
    """Draw a row of buttons for a field, of which one is always chosen; name: its label in the text table."""
    st.segmented_control(TEXT[name], options, format_func=TEXT.get, key=state.key(field or name), required=True)


def as_query(link: Link) -> dict[str, str]:
    """Return the state of a link as an address writes it."""
    return {name: as_text(value) for name, value in link.items()}


def as_text(value: str | int | float | bool) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return short_number(value) if isinstance(value, float) else str(value)


def page_link(page: str, label: str, link: Link) -> None:
    """Link to another page in a given state; a page that the menu does not have is named without a link."""
    try:
        st.page_link(f"pages/{page}.py", label=label, query_params=as_query(link))
    except StreamlitAPIException:
        quiet(label)


def csv_rows(rows: Any) -> str:
    """Write a matrix as the playground's fields for typed numbers hold it: commas between, one row a line."""
    return "\n".join(",".join(f"{float(number):.4g}" for number in row) for row in rows)


def typed(query: Any, key: Any, value: Any, **more: Any) -> dict[str, Any]:
    """Return the playground's state for given numbers: query (n, d), key (m, d), value (m, d)."""
    sizes = {"n": len(query), "m": len(key), "d": len(query[0])}
    return sizes | {"input": "typed", "q": csv_rows(query), "k": csv_rows(key), "v": csv_rows(value)} | more
