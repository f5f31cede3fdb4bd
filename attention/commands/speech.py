"""Spell sounds, score, train and release spellers, and make the page's clips, from a terminal."""

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
    padded,
    release,
    report,
    settings_of,
    train,
    write_best,
    write_json,
)

if TYPE_CHECKING:
    from attention.speech.speller import DigitSpeller
    from attention.speech.spelling import Spelling

DataOption = Annotated[Path, typer.Option("--data", help="Folder with the recordings, fsdd.npz.")]
VoicesOption = Annotated[
    Path | None, typer.Option("--voices", help="A file that keeps eSpeak NG's voices from one run to the next.")
]


@app.command()
def spell(
    file: Annotated[Path, typer.Argument(help="A WAV, FLAC or OGG file of spoken digits, at most 15 seconds.")],
    model: options.Model = "spoken-digits",
    temperature: options.Temperature = None,
    normaliser: options.Normaliser = None,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Spell the digits spoken in a sound, and say when each letter was heard."""
    with clear_errors():
        from attention.speech.sound import MAX_BYTES, read_sound

        with open(file, "rb") as opened:
            sound = read_sound(opened.read(MAX_BYTES + 1))
        speller = _load(model, threads)
        found = speller.spell(sound, changed_mechanism(speller.model.mechanism, temperature, normaliser))
    if json:
        write_json({"model": speller.name, "file": str(file), **found.to_json()})
    else:
        _show(found)


@app.command()
def clips(
    out: Annotated[Path | None, typer.Option("--out", help="Their folder; left out, where the app looks.")] = None,
) -> None:
    """Make the clips of spoken digits that ship with the app; needs eSpeak NG."""
    with clear_errors():
        from attention.speech.clips import FOLDER, make_clips

        folder = make_clips(out or FOLDER, report)
    typer.echo(folder)


@evaluate.command("speech")
def evaluate_speech(
    data: DataOption,
    model: options.Model = "spoken-digits",
    plain: Annotated[
        str, typer.Option("--plain", help='The model without location awareness to compare with; "" for none.')
    ] = "spoken-digits-plain",
    share: Annotated[float, typer.Option(min=0.01, max=1.0, help="Of the test, for a trial.")] = 1.0,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Score a speller on the official test takes: single digits, strings, and where it looked."""
    with clear_errors():
        from attention.speech.evaluation import evaluate as score
        from attention.speech.recordings import read_recordings, split

        recordings = split(read_recordings(data)).test
        result = {"model": model, "data": str(data), **score(_load(model, threads).spell, recordings, share)}
        result["plain"] = {"model": plain, **score(_load(plain, threads).spell, recordings, share)} if plain else None
    if json:
        write_json(result)
        return
    names = {
        "digit_accuracy": "single digits",
        "string_word_error_rate": "word errors, strings of three",
        "inside_span": "peak inside the word",
        "eight_digit_exact": "strings of eight, exact",
        "twelve_digit_exact": "strings of twelve, exact",
    }
    typer.echo(f"{'':32}{'location':>9}" + (f"{'plain':>9}" if plain else ""))
    for name, label in names.items():
        typer.echo(f"{label:32}{result[name]:9.1%}" + (f"{result['plain'][name]:9.1%}" if plain else ""))


@train.command("speech")
def train_speech(
    context: typer.Context,
    data: DataOption,
    out: options.RunFolder,
    max_minutes: options.Minutes,
    location: Annotated[
        bool, typer.Option("--location/--plain", help="Whether attention knows where it looked before.")
    ] = True,
    leave_out: Annotated[str, typer.Option("--leave-out", help="A speaker of whom nothing is learnt.")] = "",
    longest: Annotated[int, typer.Option(min=1, help="Most digits of a training string.")] = 10,
    stage_epochs: Annotated[int, typer.Option(min=0, help="Epochs of 50 batches with at most 2, 3, and 5 digits.")] = 6,
    rows: Annotated[int, typer.Option(min=1, help="Strings in a batch; fewer where they are long.")] = 32,
    guidance: Annotated[float, typer.Option(min=0.0, help="Weight of attention outside the letter's place.")] = 0.5,
    smoothing: Annotated[float, typer.Option(min=0.0, max=0.5, help="Share of the target on other letters.")] = 0.05,
    made_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Of strings spoken by eSpeak NG; 0 does without it.")
    ] = 0.3,
    hidden_dim: Annotated[int, typer.Option(min=1, help="Width of the LSTM in each direction.")] = 128,
    decoder_dim: Annotated[int, typer.Option(min=1, help="Width of the decoder.")] = 160,
    attention_dim: Annotated[int, typer.Option(min=1, help="Width of the additive score.")] = 64,
    dropout: options.Dropout = 0.15,
    voices: VoicesOption = None,
    learning_rate: options.Rate = 2e-3,
    warmup_steps: options.Warmup = 100,
    hold: options.Hold = 0.5,
    final_rate: options.FinalRate = 0.02,
    weight_decay: options.Decay = 0.01,
    clip: options.Clip = 1.0,
    average: options.Average = 0.998,
    validate_minutes: options.Validate = 2.0,
    save_minutes: options.Save = 2.0,
    seed: options.Seed = 1,
    precision: options.Precision = "no",
    threads: options.Threads = 1,
) -> None:
    """Train a speller; OUT/best is its best checkpoint so far, OUT/log.csv its scores."""
    with clear_errors():
        from attention.speech import recipe
        from attention.training.loop import RunSettings

        settings = settings_of(recipe.SpeechSettings, context.params)
        run = settings_of(RunSettings, context.params)
        best = recipe.train_speech(data, settings, run, out, voices, report)
    write_best(best)


@release.command("speech")
def release_speech(
    run: options.Run,
    data: Annotated[Path, typer.Option("--data", help="The recordings it was trained on, with their README.md.")],
    name: options.Name,
    left_out: Annotated[
        list[Path] | None, typer.Option("--left-out", help="A run that left a speaker out; give it once for each.")
    ] = None,
    beside: Annotated[
        list[Path] | None, typer.Option("--beside", help="A run to compare with on the card; once for each.")
    ] = None,
    out: options.Shipped = None,
    storage: options.Storage = "int8",
    machine: options.Machine = "1 CPU core",
    note: options.Note = "",
    share: Annotated[float, typer.Option(min=0.01, max=1.0, help="Of the test, for a trial.")] = 1.0,
    threads: options.Threads = 1,
) -> None:
    """Score the test takes and the voices left out, write checkpoint and card."""
    with clear_errors():
        import torch

        from attention.speech import release as shipping
        from attention.training.checkpoint import CHECKPOINTS

        torch.set_num_threads(threads)
        folder = shipping.release(
            run,
            data,
            name,
            out or CHECKPOINTS,
            left_out=left_out or (),
            beside=beside or (),
            storage=storage,
            machine=machine,
            note=note,
            share=share,
            report=report,
        )
    typer.echo(folder)


def _load(name: str, threads: int) -> DigitSpeller:
    import torch

    from attention.speech.speller import DigitSpeller

    torch.set_num_threads(threads)
    return DigitSpeller.load(name)


def _show(found: Spelling) -> None:
    """Print the spelling, and each word with its digit and when it was heard."""
    for note in found.notes:
        typer.echo(note, err=True)
    typer.echo(found.text)
    for word in found.words:
        digit = "?" if word.digit is None else word.digit
        typer.echo(f"  {digit}  {padded(word.text, 10)}{word.start:6.2f} to {word.end:5.2f} s   {word.probability:.0%}")
