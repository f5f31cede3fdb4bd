"""The page's charts: named after the page in files and in the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attention.ui import charts


def chart(figure: Any, name: str, alt: str, on_select: Callable[[], None] | None = None) -> None:
    """Draw a chart of this page; on_select hears of a point that was chosen."""
    charts.chart(figure, chart_key(name), f"emotions-{name}", alt, on_select)


def chart_key(name: str) -> str:
    """Return the session key of a chart."""
    return f"language_chart_{name}"
