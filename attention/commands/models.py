"""List what is shipped."""

from __future__ import annotations

import typer

from attention.commands import options
from attention.commands.terminal import app, padded, write_json


@app.command()
def models(json: options.Json = False) -> None:
    """List the shipped models."""
    from attention.training.checkpoint import CHECKPOINTS, shipped_models

    found = [
        {
            "name": name,
            "title": config["title"],
            "task": config["task"],
            **({"pair": config["pair"]} if "pair" in config else {}),
            "architecture": config["model"]["architecture"],
            "megabytes": round(sum(f.stat().st_size for f in (CHECKPOINTS / name).iterdir()) / 1e6, 2),
            "scores": config.get("scores"),
        }
        for name, config in shipped_models().items()
    ]
    if json:
        write_json(found)
    elif not found:
        typer.echo("No models are shipped yet.", err=True)
    for model in [] if json else found:
        typer.echo(f"{padded(model['name'], 22)}{padded(model['title'], 40)}{model['megabytes']:6.1f} MB")
