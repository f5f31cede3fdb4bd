"""What all terminal commands share: the command line itself, output, errors, and what their options turn into.

Results go to standard output (with --json nothing but JSON), everything else to standard error. Bad input ends with
exit code 2 and one line that says what was wrong.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from attention.mechanisms import Mechanism

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


def report(line: str) -> None:
    """Say on standard error how far it is."""
    typer.echo(line, err=True)


def settings_of(kind: type, given: Mapping[str, Any]) -> Any:
    """Make a dataclass of settings from a command's parameters, which bear the names of its fields."""
    return kind(**{field.name: given[field.name] for field in fields(kind)})


def write_best(scores: Mapping[str, float]) -> None:
    """Print the best validation scores of a training."""
    typer.echo("best: " + "  ".join(f"{name} {value:.4g}" for name, value in scores.items()))


def changed_mechanism(own: Mechanism, temperature: float | None, normaliser: str | None) -> Mechanism | None:
    """Return a model's own mechanism with the given changes, or None when nothing changes."""
    changes = {"temperature": temperature, "normaliser": normaliser}
    changes = {name: value for name, value in changes.items() if value is not None}
    return replace(own, **changes) if changes else None
