"""What a visit keeps of the visitor's own, so that a rerun need not make it again and nobody else gets it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st


def kept(name: str, most: int, mark: Hashable, make: Callable[[], Any]) -> Any:
    """Return what was made for a mark before, or make it. name: of the session's table; only the last few are kept."""
    table = st.session_state.setdefault(name, {})
    if mark not in table:
        while len(table) >= most:
            table.pop(next(iter(table)))
        table[mark] = make()
    return table[mark]
