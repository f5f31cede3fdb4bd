"""How numbers are said on every page."""

from __future__ import annotations


def percent(share: float) -> str:
    """Write a share as a whole percentage; a small one does not become 0, nor a large one 100."""
    value = 100 * float(share)
    shown = f"{value:.0f}"
    if shown == "0" and value > 0:
        shown = "<1"
    elif shown == "100" and value < 100:
        shown = ">99"
    return f"{shown}\u00a0%"
