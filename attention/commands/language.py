"""Read emotions, score, train and release emotion models from a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention.commands.terminal import (
    JsonOption,
    ThreadsOption,
    app,
    clear_errors,
    columns,
    evaluate,
    padded,
    release,
    standard_input,
    train,
    write_json,
)

if TYPE_CHECKING:
    from attention.language.reader import EmotionReader
    from attention.language.reading import EmotionReading
    from attention.mechanisms import Mechanism

SHOWN_EMOTIONS = 5  # when fewer are above their thresholds, so many are shown
SHOWN_WORDS = 4  # named for each emotion
SHOWN_SHARE = 0.05  # smaller weights are not named

ModelOption = Annotated[str, typer.Option("--model", help="A shipped model's name, or a checkpoint folder.")]


@app.command()
def emotions(
    text: Annotated[str, typer.Argument(help='The text; "-" reads standard input.')],
    model: ModelOption = "emotions",
    temperature: Annotated[
        float | None, typer.Option("--temperature", help="Divides the attention scores; above 0, 1 changes nothing.")
    ] = None,
    normaliser: Annotated[
        str | None, typer.Option("--normaliser", help="softmax, sparsemax, entmax15, hardmax or uniform.")
    ] = None,
    threads: ThreadsOption = 1,
    json: JsonOption = False,
) -> None:
    """Say how likely each emotion is in a text, and which words each one looked at."""
    with clear_errors():
        reader = _load(model, threads)
        reading = reader.read(standard_input() if text == "-" else text, _mechanism(reader, temperature, normaliser))
    if json:
        write_json({"model": reader.name, **reading.to_json()})
    else:
        _show(reading)


@evaluate.command("emotions")
def evaluate_emotions(
    data: Annotated[Path, typer.Option("--data", help="Folder with train, dev and test comments.")],
    model: ModelOption = "emotions",
    split: Annotated[str, typer.Option("--split", help="dev or test.")] = "test",
    baseline: Annotated[
        bool, typer.Option("--baseline/--no-baseline", help="Also fit TF-IDF with logistic regression (scikit-learn).")
    ] = True,
    threads: ThreadsOption = 1,
    json: JsonOption = False,
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
            result["baseline"] = score_baseline(train_comments, dev, comments, _report, reader)
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
    data: Annotated[Path, typer.Option("--data", help="Folder with train and dev comments.")],
    out: Annotated[Path, typer.Option("--out", help="The run's folder; an unfinished run in it goes on.")],
    max_minutes: Annotated[float, typer.Option("--max-minutes", help="How long the network trains.")],
    min_count: Annotated[int, typer.Option(min=1, help="A word must come so often to have its own vector.")] = 2,
    buckets: Annotated[int, typer.Option(min=2, help="Buckets of letter sequences.")] = 10_000,
    embedding_dim: Annotated[int, typer.Option(min=1, help="Numbers a word.")] = 128,
    phrase_dim: Annotated[int, typer.Option(min=1, help="Features of each convolution.")] = 80,
    hidden_dim: Annotated[int, typer.Option(min=1, help="Width of the LSTM in each direction.")] = 100,
    heads: Annotated[int, typer.Option(min=1, help="Heads of the label-wise attention.")] = 4,
    key_dim: Annotated[int, typer.Option(min=1, help="Numbers of a head's query and key.")] = 32,
    dropout: Annotated[float, typer.Option(min=0.0, max=0.9, help="Share of features dropped in training.")] = 0.4,
    word_dropout: Annotated[float, typer.Option(min=0.0, max=0.9, help="Share of words left out then.")] = 0.1,
    letters_only: Annotated[float, typer.Option(min=0.0, max=0.9, help="Share of words known by letters then.")] = 0.07,
    teacher_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Of the target; the rest is the labels. 0 needs no teachers.")
    ] = 0.3,
    folds: Annotated[int, typer.Option(min=2, help="How many teachers, each blind to its own part.")] = 5,
    group_weight: Annotated[float, typer.Option(min=0.0, help="Of the sentiment groups' loss.")] = 0.2,
    rare_share: Annotated[float, typer.Option(min=0.0, help="Rarer labels are shown more often.")] = 0.05,
    words_per_batch: Annotated[int, typer.Option(min=1, help="Words a batch holds, padding included.")] = 4096,
    learning_rate: Annotated[float, typer.Option(help="Highest learning rate.")] = 3e-3,
    warmup_steps: Annotated[int, typer.Option(min=1, help="Steps until the highest learning rate.")] = 50,
    hold: Annotated[float, typer.Option(min=0.0, max=0.99, help="Share of the time before the rate falls.")] = 0.3,
    final_rate: Annotated[float, typer.Option(min=0.0, max=1.0, help="Last rate, as a share of the highest.")] = 0.03,
    weight_decay: Annotated[float, typer.Option(min=0.0, help="AdamW's weight decay.")] = 0.01,
    clip: Annotated[float, typer.Option(help="Longest gradient.")] = 1.0,
    average: Annotated[float, typer.Option(min=0.0, max=1.0, help="Decay of the parameters' moving average.")] = 0.997,
    validate_minutes: Annotated[float, typer.Option(help="Minutes between validations.")] = 1.0,
    save_minutes: Annotated[float, typer.Option(help="Minutes between saved states.")] = 3.0,
    seed: Annotated[int, typer.Option(help="Of the first parameters, the batches and dropout.")] = 1,
    precision: Annotated[str, typer.Option(help="auto, bf16, fp16 or no.")] = "no",
    threads: ThreadsOption = 1,
) -> None:
    """Train an emotion model; OUT/best is its best checkpoint so far, OUT/log.csv its scores."""
    with clear_errors():
        from attention.language import recipe
        from attention.training.loop import RunSettings

        settings = recipe.EmotionSettings(
            min_count,
            buckets,
            embedding_dim,
            phrase_dim,
            hidden_dim,
            heads,
            key_dim,
            dropout,
            word_dropout,
            letters_only,
            teacher_share,
            folds,
            group_weight,
            rare_share,
            words_per_batch,
        )
        run = RunSettings(
            max_minutes,
            learning_rate,
            warmup_steps,
            hold,
            final_rate,
            weight_decay,
            clip,
            average,
            validate_minutes,
            save_minutes,
            seed,
            precision,
            threads,
        )
        best = recipe.train_emotions(data, settings, run, out, _report)
    typer.echo("best: " + "  ".join(f"{name} {value:.4g}" for name, value in best.items()))


@release.command("emotions")
def release_emotions(
    run: Annotated[Path, typer.Option("--run", help="The folder that `train` filled; its best checkpoint is taken.")],
    data: Annotated[Path, typer.Option("--data", help="The comments it was trained on, with their README.md.")],
    name: Annotated[str, typer.Option("--name", help="What the model will be called.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where its folder goes; among the shipped models.")] = None,
    storage: Annotated[str, typer.Option(help="int8 (rows with a scale each) or float16.")] = "int8",
    machine: Annotated[str, typer.Option(help="What it was trained on, for the card.")] = "1 CPU core",
    note: Annotated[str, typer.Option(help="What else happened while it trained, for the card.")] = "",
    baseline: Annotated[
        bool, typer.Option("--baseline/--no-baseline", help="Also score TF-IDF with logistic regression.")
    ] = True,
    most: Annotated[int | None, typer.Option(min=1, help="Only so many comments of each split, for a trial.")] = None,
    threads: ThreadsOption = 1,
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
            report=_report,
        )
    typer.echo(folder)


def _report(line: str) -> None:
    typer.echo(line, err=True)


def _load(name: str, threads: int) -> EmotionReader:
    import torch

    from attention.language.reader import EmotionReader

    torch.set_num_threads(threads)
    return EmotionReader.load(name)


def _mechanism(reader: EmotionReader, temperature: float | None, normaliser: str | None) -> Mechanism | None:
    """Return the model's own mechanism with the given changes, or None when nothing changes."""
    from dataclasses import replace

    changes = {"temperature": temperature, "normaliser": normaliser}
    changes = {name: value for name, value in changes.items() if value is not None}
    return replace(reader.model.mechanism, **changes) if changes else None


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
