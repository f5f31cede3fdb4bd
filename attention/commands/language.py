"""Read emotions, score, train and release emotion models from a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention.commands import options
from attention.commands.terminal import (
    app,
    changed_mechanism,
    clear_errors,
    columns,
    evaluate,
    padded,
    release,
    report,
    settings_of,
    standard_input,
    train,
    write_best,
    write_json,
)

if TYPE_CHECKING:
    from attention.language.reader import EmotionReader
    from attention.language.reading import EmotionReading

SHOWN_EMOTIONS = 5  # when fewer are above their thresholds, so many are shown
SHOWN_WORDS = 4  # named for each emotion
SHOWN_SHARE = 0.05  # smaller weights are not named


@app.command()
def emotions(
    text: Annotated[str, typer.Argument(help='The text; "-" reads standard input.')],
    model: options.Model = "emotions",
    temperature: options.Temperature = None,
    normaliser: options.Normaliser = None,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Say how likely each emotion is in a text, and which words each one looked at."""
    with clear_errors():
        reader = _load(model, threads)
        mechanism = changed_mechanism(reader.model.mechanism, temperature, normaliser)
        reading = reader.read(standard_input() if text == "-" else text, mechanism)
    if json:
        write_json({"model": reader.name, **reading.to_json()})
    else:
        _show(reading)


@evaluate.command("emotions")
def evaluate_emotions(
    data: Annotated[Path, typer.Option("--data", help="Folder with train, dev and test comments.")],
    model: options.Model = "emotions",
    split: Annotated[str, typer.Option("--split", help="dev or test.")] = "test",
    baseline: Annotated[
        bool, typer.Option("--baseline/--no-baseline", help="Also fit TF-IDF with logistic regression (scikit-learn).")
    ] = True,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Score a model with the thresholds it came with, and the classic baseline tuned on the dev split."""
    with clear_errors():
        from attention.language.comments import find_split
        from attention.language.evaluation import evaluate as score
        from attention.language.evaluation import score_baseline

        comments = find_split(data, split)
        reader = _load(model, threads)
        result = {"model": reader.name, "data": str(data), "split": split, **score(reader, comments).to_json()}
        result["baseline"] = None
        if baseline:
            train_comments, dev = find_split(data, "train"), find_split(data, "dev")
            result["baseline"] = score_baseline(train_comments, dev, comments, reader)
    if json:
        write_json(result)
        return
    typer.echo(f"macro-F1, 28 labels             {result['macro_f1']:.3f}")
    typer.echo(f"macro-F1, 4 sentiment groups    {result['sentiment_macro_f1']:.3f}")
    typer.echo(f"macro-F1, Ekman's 6 and neutral {result['ekman_macro_f1']:.3f}")
    typer.echo(f"expected calibration error      {result['calibration_error']:.4f}")
    typer.echo(f"  mean of the labels' own       {result['calibration_error_of_labels']:.4f}")
    if found := result["baseline"]:
        ahead = " and ".join(f"{x['value']:+.3f} [{x['low']:+.3f}, {x['high']:+.3f}]" for x in found["ahead"].values())
        typer.echo(f"TF-IDF, logistic regression     {found['macro_f1']:.3f} and {found['sentiment_macro_f1']:.3f}")
        typer.echo(f"the model against that          {ahead}")
    typer.echo(f"{result['comments']:,} comments, {result['seconds']:.1f} s")


@train.command("emotions")
def train_emotions(
    context: typer.Context,
    data: Annotated[Path, typer.Option("--data", help="Folder with train and dev comments.")],
    out: options.RunFolder,
    max_minutes: Annotated[float, typer.Option("--max-minutes", help="How long the network trains.")],
    min_count: Annotated[int, typer.Option(min=1, help="A word must come so often to have its own vector.")] = 2,
    buckets: Annotated[int, typer.Option(min=2, help="Buckets of letter sequences.")] = 10_000,
    embedding_dim: Annotated[int, typer.Option(min=1, help="Numbers a word.")] = 128,
    phrase_dim: Annotated[int, typer.Option(min=1, help="Features of each convolution.")] = 80,
    hidden_dim: Annotated[int, typer.Option(min=1, help="Width of the LSTM in each direction.")] = 100,
    heads: Annotated[int, typer.Option(min=1, help="Heads of the label-wise attention.")] = 4,
    key_dim: Annotated[int, typer.Option(min=1, help="Numbers of a head's query and key.")] = 32,
    dropout: options.Dropout = 0.4,
    word_dropout: Annotated[float, typer.Option(min=0.0, max=0.9, help="Share of words left out then.")] = 0.1,
    letters_only: Annotated[float, typer.Option(min=0.0, max=0.9, help="Share of words known by letters then.")] = 0.07,
    teacher_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Of the target; the rest is the labels. 0 needs no teachers.")
    ] = 0.3,
    folds: Annotated[int, typer.Option(min=2, help="How many teachers, each blind to its own part.")] = 5,
    group_weight: Annotated[float, typer.Option(min=0.0, help="Of the sentiment groups' loss.")] = 0.2,
    rare_share: Annotated[float, typer.Option(min=0.0, help="Rarer labels are shown more often.")] = 0.05,
    words_per_batch: Annotated[int, typer.Option(min=1, help="Words a batch holds, padding included.")] = 4096,
    learning_rate: options.Rate = 3e-3,
    warmup_steps: options.Warmup = 50,
    hold: options.Hold = 0.3,
    final_rate: options.FinalRate = 0.03,
    weight_decay: options.Decay = 0.01,
    clip: options.Clip = 1.0,
    average: options.Average = 0.997,
    validate_minutes: options.Validate = 1.0,
    save_minutes: options.Save = 3.0,
    seed: options.Seed = 1,
    precision: options.Precision = "no",
    threads: options.Threads = 1,
) -> None:
    """Train an emotion model; OUT/best is its best checkpoint so far, OUT/log.csv its scores."""
    with clear_errors():
        from attention.language import recipe
        from attention.training.loop import RunSettings

        settings = settings_of(recipe.EmotionSettings, context.params)
        run = settings_of(RunSettings, context.params)
        best = recipe.train_emotions(data, settings, run, out, report)
    write_best(best)


@release.command("emotions")
def release_emotions(
    run: options.Run,
    data: Annotated[Path, typer.Option("--data", help="The comments it was trained on, with their README.md.")],
    name: options.Name,
    out: options.Shipped = None,
    storage: options.Storage = "int8",
    machine: options.Machine = "1 CPU core",
    note: options.Note = "",
    baseline: Annotated[
        bool, typer.Option("--baseline/--no-baseline", help="Also score TF-IDF with logistic regression.")
    ] = True,
    most: Annotated[int | None, typer.Option(min=1, help="Only so many comments of each split, for a trial.")] = None,
    threads: options.Threads = 1,
) -> None:
    """Calibrate and tune on the dev split, score the test split once, write checkpoint and card."""
    with clear_errors():
        import torch

        from attention.language import release as shipping
        from attention.training.checkpoint import CHECKPOINTS

        torch.set_num_threads(threads)
        folder = shipping.release(
            run,
            data,
            name,
            out or CHECKPOINTS,
            storage=storage,
            machine=machine,
            note=note,
            baseline=baseline,
            most=most,
            report=report,
        )
    typer.echo(folder)


def _load(name: str, threads: int) -> EmotionReader:
    import torch

    from attention.language.reader import EmotionReader

    torch.set_num_threads(threads)
    return EmotionReader.load(name)


def _show(reading: EmotionReading) -> None:
    """Print the emotions found, the strongest first, each with the words it looked at most."""
    from attention.language.labels import EMOTIONS, GROUPS

    for note in reading.notes:
        typer.echo(note, err=True)
    names = tuple(GROUPS)
    groups = "   ".join(f"{name} {p:.0%}" for name, p in zip(names, reading.sentiments, strict=True))
    typer.echo(f"{EMOTIONS[reading.strongest]}; {groups}\n")
    order = sorted(range(len(EMOTIONS)), key=lambda i: -reading.probabilities[i])
    shown = order[: max(SHOWN_EMOTIONS, len(reading.above))]
    width = max(columns(EMOTIONS[i]) for i in shown) + 2
    weights = reading.map.matrix()
    for i in shown:
        row = weights[i]
        best = row.argsort()[::-1][:SHOWN_WORDS]
        looked = "   ".join(f"{reading.words[j].text} {row[j]:.0%}" for j in best if row[j] >= SHOWN_SHARE)
        mark = "*" if i in reading.above else " "
        typer.echo(f"{mark} {padded(EMOTIONS[i], width)}{reading.probabilities[i]:>5.0%}   {looked}")
    if len(reading.sentences) > 1:
        typer.echo("")
        for part in reading.sentences:
            typer.echo(f"  {padded(EMOTIONS[part.strongest], 16)}{part.text}")
    typer.echo("\n* above its threshold; then the words it looked at and the share of its attention")
