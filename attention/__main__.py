"""The same jobs as on the pages, from a terminal: `python -m attention --help` lists them."""

from __future__ import annotations

from attention.commands import (  # noqa: F401, they put their commands on the command line
    language,
    models,
    recommendation,
    speech,
    translation,
    vision,
)
from attention.commands.terminal import app

if __name__ == "__main__":
    app(prog_name="python -m attention")
