"""The inspector as one HTML file that opens by double-click: same views, keyboard, light and dark; no network."""

from __future__ import annotations

import html
import json

from attention.figures.theme import DARK, LIGHT, Palette
from attention.ui.inspector.assets import file_script, inspector_style
from attention.ui.inspector.view import InspectorView

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
    " img-src blob: data:; media-src blob: data:"
)

PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="{scheme}">
<title>{title}</title>
<style>
{colours}
body {{ margin: 0; background: var(--st-background-color); }}
main {{ max-width: 72rem; margin: 0 auto; padding: 2.5rem 1rem 4rem; }}
h1 {{ font: 600 1rem/1.4 var(--st-font); color: var(--st-text-color); margin: 0 0 1.5rem; }}
{style}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<div id="inspector"></div>
</main>
<script type="application/json" id="view">{view}</script>
<script type="module">
{script}
</script>
</body>
</html>
"""


def inspector_html(view: InspectorView, title: str, theme: str = "light dark", lang: str = "en") -> str:
    """Return one self-contained page that shows the view.

    theme: "light", "dark", or "light dark", which follows the reader's system. lang: language of the text table.
    Raises ValueError for another theme.
    """
    return PAGE.format(
        lang=html.escape(lang, quote=True),
        policy=POLICY,
        scheme=theme,
        title=html.escape(title),
        colours=_colours(theme),
        style=inspector_style(),
        view=script_safe(view.payload()),
        script=file_script(),
    )


def script_safe(data: object) -> str:
    """Write JSON that can stand inside a script element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _colours(theme: str) -> str:
    if theme == "light":
        return _variables(LIGHT)
    if theme == "dark":
        return _variables(DARK)
    if theme == "light dark":
        return _variables(LIGHT) + "\n@media (prefers-color-scheme: dark) {\n" + _variables(DARK) + "\n}"
    raise ValueError(f'theme is {theme!r}; use "light", "dark" or "light dark"')


def _variables(palette: Palette) -> str:
    values = {
        "background-color": palette.background,
        "secondary-background-color": palette.secondary_background,
        "text-color": palette.text,
        "primary-color": palette.primary,
        "border-color": palette.border,
        "chart-sequential-colors": ",".join(palette.sequential),
        "chart-diverging-colors": ",".join(palette.diverging),
        "font": '"Source Sans 3", "Source Sans Pro", system-ui, sans-serif',
        "heading-font": '"Source Serif 4", "Source Serif Pro", Georgia, serif',
    }
    return ":root { " + " ".join(f"--st-{name}: {value};" for name, value in values.items()) + " }"
