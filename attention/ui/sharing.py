"""What a visitor takes along or reads up on any page: the link, a saved state opened again, the model's card."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from attention.ui.links import ADDRESS_LIMIT, Field, link_query, open_state
from attention.ui.page import notice, quiet

TEXT = {
    "share_hint": "This link opens the page exactly as it is now.",
    "share_long": "This is too long for a link. Save the state as JSON and send the file.",
    "open": "Open a saved state (JSON)",
    "opened": "The saved state is open.",
}

CARD_STYLE = """<style>
@media (max-width: 640px) {
  [class*="_model_card"] table { width: 100%; }
  [class*="_model_card"] :is(th, td) { padding: 0.2rem 0.25rem; font-size: 0.8125rem; overflow-wrap: anywhere; }
}
[class*="_model_card"] pre, [class*="_model_card"] pre * { white-space: pre-wrap !important; overflow-wrap: anywhere; }
</style>"""


def show_share(page: str, fields: Sequence[Field]) -> None:
    """Show the link that opens the page as it is, or say that the state is too long for one."""
    base = (st.context.url or "").split("?")[0].rstrip("/")
    query = link_query(page, fields).partition("?")[2]
    if len(query) > ADDRESS_LIMIT:
        notice(TEXT["share_long"])
        return
    quiet(TEXT["share_hint"])
    st.code(f"{base}?{query}" if query else base, language=None, wrap_lines=True)


def show_open(page: str, fields: Sequence[Field], after: Callable[[], None] | None = None) -> None:
    """Let the visitor open a saved state, and say how that went. after: runs when a file was read, in the callback."""
    st.file_uploader(
        TEXT["open"],
        type="json",
        max_upload_size=1,  # MB
        key=f"{page}_open",
        on_change=_open_file,
        args=(page, fields, after),
    )
    notice(st.session_state.get(_messages_key(page), []))


def show_card(page: str, card: str, attribution: str = "") -> None:
    """Show a model's card, narrow enough for a phone; card: without its header, as `card_text` gives it.

    attribution: said below where the card does not already say it.
    """
    with st.container(key=f"{page}_model_card"):
        st.html(CARD_STYLE)
        st.markdown(card)
    if attribution and attribution not in card:
        quiet(attribution)


def _open_file(page: str, fields: Sequence[Field], after: Callable[[], None] | None) -> None:
    file = st.session_state.get(f"{page}_open")
    if file is None:
        return
    st.session_state[_messages_key(page)] = open_state(page, fields, file.getvalue()) or [TEXT["opened"]]
    if after is not None:
        after()


def _messages_key(page: str) -> str:
    return f"{page}: messages about an opened file"
