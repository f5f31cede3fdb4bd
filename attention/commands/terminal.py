"""What all terminal commands share: the command line itself, its common options, output and errors.

Results go to standard output (with --json nothing but JSON), everything else to standard error. Bad input ends with
exit code 2 and one line that says what was wrong.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

app = typer.Typer(
    help="Attention Lab from a terminal.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
evaluate = typer.Typer(help="Score a model on a test set.", no_args_is_help=True)
train = typer.Typer(help="Train a model.", no_args_is_help=True)
release = typer.Typer(help="Make a trained model ready to ship.", no_args_is_help=True)
app.add_typer(evaluate, name="evaluate")
app.add_typer(train, name="train")
app.add_typer(release, name="release")

JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON and nothing else.")]
ThreadsOption = Annotated[int, typer.Option("--threads", min=1, help="Processor threads.")]


@app.callback()
def _main() -> None:
    """Attention Lab from a terminal."""


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn bad input into one line on standard error and exit code 2."""
    try:
        yield
    except (ValueError, OSError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None


def standard_input() -> str:
    """Read all of standard input as UTF-8; what is not becomes the replacement character."""
    return sys.stdin.buffer.read().decode("utf-8", errors="replace")


def write_json(value: object) -> None:
    """Write a value of plain lists, maps, text, numbers and NumPy arrays as one line of JSON."""
    import orjson

    typer.echo(orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY))


def columns(text: str) -> int:
    """Return how many terminal columns a text takes; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else unicodedata.combining(c) == 0 for c in text)


def padded(text: str, width: int) -> str:
    """Fill a text up with spaces to that many terminal columns."""
    return text + " " * max(0, width - columns(text))
