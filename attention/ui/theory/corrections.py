"""“The article, corrected”: a table of what a well-read article says, what is right, and a link that shows it live."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from attention.content import KINDS, Correction, corrections, corrections_introduction
from attention.ui.page import offer_file, quiet
from attention.ui.theory import state
from attention.ui.theory.parts import as_query
from attention.ui.theory.text import TEXT

COLUMNS = ("place_in_article", "says", "right", "source_head", "see")


def show_corrections() -> None:
    """Draw the introduction, the filter, the table of the chosen kind, and offer all of it as a file."""
    st.html(f'<h1 class="lab-title" tabindex="-1">{TEXT["corrections_title"]}</h1>')
    with st.container(key="theory_text_corrections"):
        st.markdown(corrections_introduction())
    rows = corrections()
    counts = {kind: sum(row.kind == kind for row in rows) for kind in KINDS}
    st.session_state["theory_kinds"] = state.value("kind") or None
    st.pills(
        TEXT["kind"],
        [kind for kind in KINDS if counts[kind]],
        format_func=lambda kind: f"{TEXT[f'kind_{kind}']} {counts[kind]}",
        key="theory_kinds",
        on_change=_keep_kind,
    )
    chosen = [row for row in rows if state.value("kind") in ("", row.kind)]
    quiet(TEXT["corrections_count"].format(count=len(chosen), total=len(rows)))
    with st.container(key="theory_corrections"):
        st.markdown(markdown_table(chosen))
    _save(chosen)


def _keep_kind() -> None:
    st.session_state[state.key("kind")] = st.session_state["theory_kinds"] or ""


def address(row: Correction) -> str:
    """Return where a row's link leads, seen from this page."""
    return f"{row.page}?{urlencode(as_query(row.link))}"


def cells(row: Correction) -> tuple[str, ...]:
    """Return a row's cells as Markdown, in the order of COLUMNS."""
    place = TEXT["correction_place"].format(number=row.number, place=row.place, kind=TEXT[f"one_{row.kind}"])
    source = TEXT["source"].format(source=row.source)
    return place, row.says, row.right, source, f"[{row.link_title}]({address(row)})"


def markdown_table(rows: Sequence[Correction]) -> str:
    """Return the rows as one Markdown table, which a browser gets as a table with formulas typeset."""
    lines = [[TEXT[name] for name in COLUMNS], ["---"] * len(COLUMNS), *map(cells, rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)


def _save(rows: Sequence[Correction]) -> None:
    """Offer the rows as a CSV file, with the addresses of their links."""

    def make() -> bytes:
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(TEXT[name] for name in COLUMNS)
        writer.writerows((*cells(row)[:-1], address(row)) for row in rows)
        return file.getvalue().encode("utf-8-sig")

    offer_file(TEXT["save_csv"], make, "attention-corrections.csv", "text/csv", "theory_csv_corrections")
