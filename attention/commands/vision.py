"""Find digits in pictures, score, train and release finders from a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention.commands import options
from attention.commands.terminal import (
    app,
    changed_mechanism,
    clear_errors,
    evaluate,
    release,
    report,
    settings_of,
    train,
    write_best,
    write_json,
)

if TYPE_CHECKING:
    from attention.vision.finder import DigitFinder
    from attention.vision.finding import Finding, Peak

SCORES = ("presence_f1", "box_iou", "pointing", "mask_iou")


@app.command()
def find(
    image: Annotated[Path, typer.Argument(help="A picture: PNG, JPEG, WebP or GIF.")],
    query: Annotated[str, typer.Option("--query", help='What to look for: "7", "the largest digit", …')] = "",
    model: options.Model = "digits",
    temperature: options.Temperature = None,
    normaliser: options.Normaliser = None,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Say which digits are in a picture and where, and what a phrase means in it."""
    with clear_errors():
        from attention.vision.upload import MOST_BYTES, as_scene, read_picture

        with image.open("rb") as file:
            picture = read_picture(file.read(MOST_BYTES + 1))
        finder = _load(model, threads)
        mechanism = None
        if temperature is not None or normaliser is not None:
            from attention.mechanisms import SCALED_DOT

            mechanism = changed_mechanism(SCALED_DOT, temperature, normaliser)
        found = finder.find(as_scene(picture), query, mechanism)
    if json:
        write_json({"model": finder.name, "image": str(image), **found.to_json()})
    else:
        _show(found)


@evaluate.command("vision")
def evaluate_vision(
    model: options.Model = "digits",
    pooled: Annotated[
        str | None, typer.Option("--pooled", help="The one without attention; left out, the shipped one.")
    ] = None,
    no_pooled: Annotated[bool, typer.Option("--no-pooled", help="Compare with none.")] = False,
    scenes: Annotated[int, typer.Option("--scenes", min=1, help="How many scenes are drawn.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Of the scenes.")] = 2026,
    split: Annotated[str, typer.Option("--split", help="test or valid.")] = "test",
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Score a finder on scenes drawn by lot, beside one without attention and itself with uniform attention."""
    with clear_errors():
        from attention.vision.scoring import score

        finder = _load(model, threads)
        compared = None if no_pooled else _pooled(pooled, threads)
        found = score(finder, compared, scenes=scenes, seed=seed, split=split, report=report)
    if json:
        write_json({"model": finder.name, **found})
        return
    typer.echo(f"{'':20}presence F1  box IoU  pointing  mask IoU")
    for label, scores in (
        (finder.name, found),
        ("without attention", found["without_attention"]),
        ("uniform attention", found.get("uniform")),
    ):
        if scores is not None:
            numbers = (scores[name] for name in SCORES)
            typer.echo(f"{label:20}" + "".join(f"{n:>{w}.3f}" for n, w in zip(numbers, (11, 9, 10, 10), strict=True)))
    for name, share in found.get("phrases", {}).items():
        if isinstance(share, float):
            typer.echo(f"phrases, {name:14}{share:.3f}")
    typer.echo(f"{scenes:,} scenes, {found['seconds']:.0f} s")


@train.command("vision")
def train_vision(
    context: typer.Context,
    out: options.RunFolder,
    max_minutes: options.Minutes,
    model: Annotated[str, typer.Option("--model", help="attention or pooled.")] = "attention",
    d_model: Annotated[int, typer.Option(min=1, help="Numbers of a patch's vector.")] = 64,
    heads: Annotated[int, typer.Option(min=1, help="Heads of the encoder.")] = 2,
    layers: Annotated[int, typer.Option(min=1, help="Layers of the encoder.")] = 2,
    feed: Annotated[int, typer.Option(min=1, help="Width inside the encoder's layers.")] = 128,
    stem: Annotated[int, typer.Option(min=4, help="Channels of the first convolutions.")] = 24,
    fine: Annotated[int, typer.Option(min=1, help="Numbers of a cell's key.")] = 32,
    scenes_per_batch: Annotated[int, typer.Option(min=1, help="Scenes a batch holds.")] = 40,
    valid_scenes: Annotated[int, typer.Option(min=1, help="Scenes to validate on.")] = 300,
    mask_weight: Annotated[float, typer.Option(min=0.0, help="Of the attention's loss.")] = 0.5,
    box_weight: Annotated[float, typer.Option(min=0.0, help="Of the boxes' loss.")] = 1.0,
    phrase_weight: Annotated[float, typer.Option(min=0.0, help="Of the phrases' loss.")] = 0.5,
    scored_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of batches drawn as scenes are scored.")
    ] = 0.3,
    start: Annotated[str, typer.Option(help="A checkpoint folder whose parameters are taken where they fit.")] = "",
    learn: Annotated[str, typer.Option(help="all, or heads: what reads phrases and moves the boxes' sides.")] = "all",
    questions: Annotated[int, typer.Option(min=1, help="Phrases put to each scene.")] = 1,
    reuse: Annotated[int, typer.Option(min=1, help="So many steps in a row ask about the same scenes.")] = 1,
    learning_rate: options.Rate = 2e-3,
    warmup_steps: options.Warmup = 100,
    hold: options.Hold = 0.4,
    final_rate: options.FinalRate = 0.02,
    weight_decay: options.Decay = 0.02,
    clip: options.Clip = 1.0,
    average: options.Average = 0.998,
    validate_minutes: options.Validate = 3.0,
    save_minutes: options.Save = 2.0,
    seed: options.Seed = 1,
    precision: options.Precision = "no",
    threads: options.Threads = 1,
) -> None:
    """Train a finder on scenes drawn by lot; OUT/best is its best checkpoint so far, OUT/log.csv its scores."""
    with clear_errors():
        from attention.training.loop import RunSettings
        from attention.vision import recipe

        settings = settings_of(recipe.VisionSettings, context.params)
        run = settings_of(RunSettings, context.params)
        best = recipe.train_vision(settings, run, out)
    write_best(best)


@release.command("vision")
def release_vision(
    run: options.Run,
    name: options.Name,
    pooled_run: Annotated[
        Path | None, typer.Option("--pooled-run", help="The run without attention; becomes NAME-pooled.")
    ] = None,
    out: options.Shipped = None,
    storage: options.Storage = "int8",
    machine: options.Machine = "1 CPU core",
    note: options.Note = "",
    scenes: Annotated[int, typer.Option("--scenes", min=1, help="How many test scenes.")] = 1000,
    threads: options.Threads = 1,
) -> None:
    """Tune thresholds on valid scenes, score test scenes once, write checkpoint and card."""
    with clear_errors():
        import torch

        from attention.training.checkpoint import CHECKPOINTS
        from attention.vision import release as shipping

        torch.set_num_threads(threads)
        folder = shipping.release(
            run,
            name,
            out or CHECKPOINTS,
            pooled_run=pooled_run,
            storage=storage,
            machine=machine,
            note=note,
            scenes=scenes,
            report=report,
        )
    typer.echo(folder)


def _load(name: str, threads: int) -> DigitFinder:
    import torch

    from attention.vision.finder import DigitFinder

    torch.set_num_threads(threads)
    return DigitFinder.load(name)


def _pooled(name: str | None, threads: int) -> DigitFinder | None:
    """Return the finder without attention; None, with a word, where it is not installed."""
    from attention.training.checkpoint import CHECKPOINTS
    from attention.vision.scoring import POOLED

    if name is None and not (CHECKPOINTS / POOLED / "config.json").exists():
        report(f"{POOLED} is not installed; the comparison with it is left out")
        return None
    return _load(name or POOLED, threads)


def _show(found: Finding) -> None:
    """Print each digit that is there with its place, then what the phrase means."""
    for note in found.notes:
        typer.echo(note, err=True)
    for digit in found.present:
        places = "; ".join(_place(peak) for peak in found.peaks(digit))
        typer.echo(f"{digit}  {found.presence[digit]:5.0%}  {places}")
    if found.phrase is not None:
        places = "; ".join(_place(peak) for peak in found.phrase.peaks)
        there = places if found.phrase.is_there else "not there, as far as it can tell"
        typer.echo(f"\n“{found.phrase.text}” ({found.phrase.found:.0%}): {there}")


def _place(peak: Peak) -> str:
    left, top, right, bottom = (f"{value:.0f}" for value in peak.box)
    return f"x {left} to {right}, y {top} to {bottom}"
