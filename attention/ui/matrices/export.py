"""The strip of matrices as one HTML file that opens by double-click: same cells, keyboard, light and dark."""

from __future__ import annotations

import html
from collections.abc import Sequence

from attention.ui.inspector.export import PAGE, POLICY, _colours, script_safe
from attention.ui.matrices.assets import file_script, strip_style
from attention.ui.matrices.view import Matrix, Place, StripView


def strip_html(
    matrices: Sequence[Matrix],
    title: str,
    *,
    caption: str = "",
    initial: Place | None = None,
    file_stem: str = "matrices",
    theme: str = "light dark",
    lang: str = "en",
) -> str:
    """Return one self-contained page that shows the matrices; nothing can be edited there.

    theme: "light", "dark", or "light dark", which follows the reader's system. lang: language of the text table.
    Raises ValueError for another theme, or when two matrices share an id.
    """
    view = StripView(tuple(matrices), caption, initial=initial, file_stem=file_stem)
    payload = view.payload()
    for matrix in payload["matrices"]:
        matrix["editable"] = False
    return PAGE.format(
        lang=html.escape(lang, quote=True),
        policy=POLICY,
        scheme=theme,
        title=html.escape(title),
        colours=_colours(theme),
        style=strip_style(),
        view=script_safe(payload),
        script=file_script(),
    )
