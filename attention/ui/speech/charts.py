"""The page's charts: named after the page in files and in the session."""

from __future__ import annotations

from typing import Any

from attention.ui import charts


def chart(figure: Any, name: str, alt: str) -> None:
    """Draw a chart of this page."""
    charts.chart(figure, f"speech_chart_{name}", f"spoken-digits-{name}", alt)
