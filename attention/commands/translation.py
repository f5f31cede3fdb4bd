"""Translate, score, train and release translation models from a terminal."""

from __future__ import annotations

import math
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
    from attention.translation.answer import Translation
    from attention.translation.translator import Translator

SHOWN_LINKS = 3  # source words named for each target word
SHOWN_SHARE = 0.05  # smaller weights are not named

BeamOption = Annotated[int, typer.Option("--beam", help="Hypotheses side by side, 1 (greedy) to 8.")]
PenaltyOption = Annotated[
    float, typer.Option("--length-penalty", help="Alpha in score = log p / length^alpha; 0 prefers short answers.")
]
LengthOption = Annotated[int, typer.Option("--max-length", help="Most word pieces of a translation.")]


@app.command()
def translate(
    text: Annotated[str, typer.Argument(help='The text; "-" reads standard input.')],
    model: options.Model,
    target: Annotated[
        str | None, typer.Option("--target", help="A given translation: how likely is it, and where does it look?")
    ] = None,
    beam: BeamOption = 4,
    length_penalty: PenaltyOption = 1.0,
    max_length: LengthOption = 60,
    temperature: options.Temperature = None,
    normaliser: options.Normaliser = None,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Translate a text and show where each word looked."""
    with clear_errors():
        from attention.translation.decoding import DecodingOptions

        search = DecodingOptions(beam, length_penalty, max_length)
        translator = _load(model, threads)
        mechanism = changed_mechanism(translator.model.mechanism, temperature, normaliser)
        source = standard_input() if text == "-" else text
        if target is None:
            answer = translator.translate(source, search, mechanism)
        else:
            answer = translator.force(source, target, mechanism)
    if json:
        write_json({"model": translator.name, "pair": translator.pair, **_translation_json(answer)})
    else:
        _show(answer)


@evaluate.command("translation")
def evaluate_translation(
    model: options.Model,
    data: Annotated[Path, typer.Option("--data", help="Test set: source<TAB>target a line, .gz too.")],
    beam: BeamOption = 4,
    length_penalty: PenaltyOption = 1.0,
    max_length: LengthOption = 60,
    attention: Annotated[
        bool, typer.Option("--attention", help="Also compare the attention with IBM model 1; needs --train.")
    ] = False,
    train_data: Annotated[
        Path | None, typer.Option("--train", help="Pairs from which IBM model 1 learns its word links.")
    ] = None,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Score translations with sacreBLEU: each distinct source once, against all of its references."""
    with clear_errors():
        from attention.translation.corpus import read_pairs
        from attention.translation.decoding import DecodingOptions

        if attention and train_data is None:
            raise ValueError("--attention needs --train, the pairs from which the word aligner learns")
        search = DecodingOptions(beam, length_penalty, max_length)
        pairs = read_pairs(data)
        translator = _load(model, threads)
        from attention.translation.evaluation import aligner_for, attention_quality
        from attention.translation.evaluation import evaluate as score

        result = {"model": translator.name, "data": str(data), **score(translator, pairs, search).to_json()}
        result |= {"beam": beam, "length_penalty": length_penalty, "max_length": max_length}
        if attention:
            aligner = aligner_for(translator, read_pairs(train_data))
            result["attention"] = attention_quality(translator, pairs, aligner).to_json()
    if json:
        write_json(result)
        return
    typer.echo(f"BLEU  {result['bleu']:.2f}   {result['signature']}")
    typer.echo(f"chrF  {result['chrf']:.2f}   {result['chrf_signature']}")
    typer.echo(f"{result['sentences']:,} sentences, {result['references']:,} references, {result['seconds']:.1f} s")
    if attention:
        found = result["attention"]
        typer.echo(f"Strongest link agrees with IBM model 1: {found['agreement']:.1f} % of {found['links']:,} links")
        typer.echo(f"  when the end mark may win: {found['agreement_with_end']:.1f} %")
        typer.echo("  by layer: " + ", ".join(f"{share:.1f} %" for share in found["by_layer"]))
        typer.echo(f"Mean largest weight {found['mean_max_weight']:.2f}, mean entropy {found['entropy_bits']:.2f} bits")


@train.command("translation")
def train_translation(
    context: typer.Context,
    data: Annotated[Path, typer.Option("--data", help="Folder with train, valid and test pairs.")],
    pair: Annotated[str, typer.Option("--pair", help="Languages, such as en-fr.")],
    model: Annotated[str, typer.Option("--model", help="recurrent or transformer.")],
    out: options.RunFolder,
    max_minutes: options.Minutes,
    vocab_size: Annotated[int, typer.Option(help="Word pieces in the joint vocabulary.")] = 8000,
    dropout: options.Dropout = 0.2,
    label_smoothing: Annotated[float, typer.Option(min=0.0, max=0.9, help="Probability spread over all pieces.")] = 0.1,
    tokens_per_batch: Annotated[int, typer.Option(min=64, help="Pieces a batch holds, padding included.")] = 2048,
    valid_sources: Annotated[int, typer.Option(min=1, help="Sentences translated at each validation.")] = 400,
    learning_rate: options.Rate = 1e-3,
    warmup_steps: options.Warmup = 300,
    hold: options.Hold = 0.4,
    final_rate: options.FinalRate = 0.02,
    weight_decay: options.Decay = 0.01,
    clip: options.Clip = 1.0,
    average: options.Average = 0.998,
    validate_minutes: options.Validate = 4.0,
    save_minutes: options.Save = 3.0,
    seed: options.Seed = 1,
    precision: options.Precision = "auto",
    threads: options.Threads = 1,
) -> None:
    """Train a translation model; OUT/best is its best checkpoint so far, OUT/log.csv its scores."""
    with clear_errors():
        from attention.training.loop import RunSettings
        from attention.translation import recipe

        settings = settings_of(recipe.TranslationSettings, context.params)
        run = settings_of(RunSettings, context.params)
        best = recipe.train_translation(data, settings, run, out)
    write_best(best)


@release.command("translation")
def release_translation(
    run: options.Run,
    data: Annotated[Path, typer.Option("--data", help="The corpus it was trained on, with its README.md.")],
    name: options.Name,
    out: options.Shipped = None,
    storage: options.Storage = "int8",
    machine: options.Machine = "2 CPU cores",
    note: options.Note = "",
    most: Annotated[int | None, typer.Option(min=1, help="Only so many sentences of each split, for a trial.")] = None,
    threads: options.Threads = 1,
) -> None:
    """Choose layers and search on the validation split, score the test split, write checkpoint and card."""
    with clear_errors():
        import torch

        from attention.training.checkpoint import CHECKPOINTS
        from attention.translation import release as shipping

        torch.set_num_threads(threads)

        folder = shipping.release(
            run, data, name, out or CHECKPOINTS, storage=storage, machine=machine, note=note, most=most, report=report
        )
    typer.echo(folder)


def _load(name: str, threads: int) -> Translator:
    import torch

    from attention.translation.translator import Translator

    torch.set_num_threads(threads)
    return Translator.load(name)


def _translation_json(answer: Translation) -> dict:
    """Return an answer as plain lists, strings and numbers; `weights` is target × source, rows sum to 1."""
    record = _sentence_json(answer)
    record |= {
        "unknown": list(answer.unknown),
        "notes": list(answer.notes),
        "seconds": round(answer.seconds, 4),
        "sentences": [_sentence_json(part) for part in answer.parts],
    }
    return record


def _sentence_json(answer: Translation) -> dict:
    return {
        "source": answer.source,
        "translation": answer.translation,
        "source_words": [word.text for word in answer.source_words],
        "target_words": [word.text for word in answer.target_words],
        "weights": answer.map.matrix().tolist(),
        "log_probability": answer.log_probability,
        "word_log_probabilities": list(answer.word_log_probabilities),
        "finished": answer.finished,
        "forced": answer.forced,
    }


def _show(answer: Translation) -> None:
    """Print the translation, and for each of its words how likely it was and where it looked."""
    typer.echo(answer.translation)
    for note in answer.notes:
        typer.echo(note, err=True)
    for part in answer.parts:
        typer.echo("")
        width = max(columns(word.text) for word in part.target_words) + 2
        likely = part.map.matrix()
        for word, log_p, row in zip(part.target_words, part.word_log_probabilities, likely, strict=True):
            order = row.argsort()[::-1][:SHOWN_LINKS]
            looked = "   ".join(
                f"{part.source_words[i].text} {row[i]:.0%}" for i in order if row[i] >= SHOWN_SHARE or i == order[0]
            )
            typer.echo(f"  {padded(word.text, width)}{_percentage(log_p):>8}   {looked}")
    typer.echo(f"\nlog-probability {answer.log_probability:.2f}; columns: word, its probability, where it looked")


def _percentage(log_probability: float) -> str:
    share = 100 * math.exp(log_probability)
    return f"{share:.0f} %" if share >= 1 else f"{share:.1g} %" if share >= 0.001 else "<0.001 %"
