"""From a finished run to a shipped model: choices by the validation split, scores on the test split, and a card."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from attention.training.card import card, read_data_facts
from attention.training.checkpoint import CHECKPOINTS, save_checkpoint
from attention.training.run_folder import read_log
from attention.training.shipping import check_name, check_size, rounded
from attention.translation.alignment import Aligner
from attention.translation.corpus import SPLITS, Pair, find_split, references
from attention.translation.decoding import DecodingOptions
from attention.translation.evaluation import aligner_for, attention_quality, evaluate
from attention.translation.model_card import card_facts, used_text
from attention.translation.translator import Translator, title_of

BEAMS, PENALTIES = (4, 5), (0.6, 0.8, 1.0, 1.2)
VALID_SOURCES = 800  # translated for each choice of beam and penalty
VALID_ALIGNED = 400  # sentences read for each choice of layers


def release(
    run_folder: Path | str,
    data_folder: Path | str,
    name: str,
    out: Path | str = CHECKPOINTS,
    *,
    storage: str = "int8",
    machine: str = "2 CPU cores",
    note: str = "",
    options: DecodingOptions | None = None,
    most: int | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> Path:
    """Write `out`/`name`: the run's best checkpoint with its choices, scores and card; return that folder.

    data_folder: the corpus it was trained on, with README.md. options: how to search; left out, beam and length penalty
    are those of the best validation BLEU. note: what the card says besides of the training. most: use only so many
    sources of each split, for a trial. report: is told each step. What is scored is what is shipped: the parameters
    as stored.
    Raises CheckpointError, CorpusError and CardError for what cannot be read, ValueError for a name that is no folder
    name and a checkpoint over 15 MiB.
    """
    check_name(name)
    facts = read_data_facts(data_folder)
    trained = Translator.load(Path(run_folder) / "best")
    splits = [find_split(data_folder, trained.pair, split) for split in SPLITS]
    train, valid, test = splits
    translator = _as_stored(trained, storage)
    report("learning word links with IBM model 1")
    aligner = aligner_for(translator, train)
    layers = choose_layers(translator, valid, aligner, min(most or VALID_ALIGNED, VALID_ALIGNED))
    translator = _with(translator, alignment_layers=list(layers))
    report(f"alignment layers: {', '.join(str(layer + 1) for layer in layers)}")
    options = options or choose_options(translator, valid, min(most or VALID_SOURCES, VALID_SOURCES), report)
    report(f"beam {options.beam}, length penalty {options.length_penalty:g}; scoring the test split")
    scores = score_test_split(translator, test, aligner, options, most)
    log = read_log(run_folder) or trained.config["log"]
    config = release_config(trained.config, name, layers, options, scores, log)
    facts = replace(facts, used=used_text(*map(len, splits)))
    text = card(card_facts(config, translator.parameters, facts, storage, machine, Path(data_folder), note))
    folder = save_checkpoint(Path(out) / name, trained.model, config, trained.subwords, text, storage)
    Translator.load(folder)
    report(f"{folder}: BLEU {scores['bleu']}, chrF {scores['chrf']}")
    return folder


def choose_layers(translator: Translator, pairs: Sequence[Pair], aligner: Aligner, most: int) -> tuple[int, ...]:
    """Return the decoder layers whose mean agrees best with the aligner's links; fewer layers win a tie."""
    count = getattr(translator.model.config, "decoder_layers", 1)
    sets = [chosen for size in range(1, count + 1) for chosen in combinations(range(count), size)]
    if len(sets) == 1:
        return sets[0]
    agreement = {
        chosen: attention_quality(_with(translator, alignment_layers=list(chosen)), pairs, aligner, most).agreement
        for chosen in sets
    }
    return max(sets, key=agreement.get)


def choose_options(
    translator: Translator,
    pairs: Sequence[Pair],
    most: int = VALID_SOURCES,
    report: Callable[[str], None] = lambda line: None,
) -> DecodingOptions:
    """Return the beam and length penalty of the best BLEU on some of the pairs; the smaller beam wins a tie."""
    some = _some(pairs, most)
    found = {}
    for beam in BEAMS:
        for penalty in PENALTIES:
            options = DecodingOptions(beam=beam, length_penalty=penalty)
            found[options] = round(evaluate(translator, some, options).bleu, 2)
            report(f"validation BLEU {found[options]} with beam {beam}, length penalty {penalty:g}")
    return max(found, key=found.get)


def score_test_split(
    translator: Translator, pairs: Sequence[Pair], aligner: Aligner, options: DecodingOptions, most: int | None = None
) -> dict:
    """Return what config.json and the card say of the test split: beam and greedy search, and the attention."""
    some = _some(pairs, most)
    best, greedy = evaluate(translator, some, options), evaluate(translator, some, replace(options, beam=1))
    quality = attention_quality(translator, some, aligner)
    return {
        "bleu": round(best.bleu, 2),
        "chrf": round(best.chrf, 2),
        "signature": best.signature,
        "chrf_signature": best.chrf_signature,
        "sentences": best.sentences,
        "references": best.references,
        "beam": options.beam,
        "length_penalty": options.length_penalty,
        "max_length": options.max_length,
        "greedy": {"bleu": round(greedy.bleu, 2), "chrf": round(greedy.chrf, 2)},
        "attention": rounded(quality.to_json(), 3),
    }


def release_config(
    trained: dict, name: str, layers: Sequence[int], options: DecodingOptions, scores: dict, log: list[dict]
) -> dict:
    """Return the config.json of a shipped model; `training` holds the settings and the minutes spent in all."""
    return {
        "task": "translation",
        "pair": trained["pair"],
        "name": name,
        "title": title_of(trained),
        "model": trained["model"],
        "training": {**trained["training"], "minutes": log[-1]["minutes"]},
        "alignment_layers": list(layers),
        "decoding": {"beam": options.beam, "length_penalty": options.length_penalty},
        "scores": scores,
        "log": log,
    }


def _as_stored(trained: Translator, storage: str) -> Translator:
    """Return the translator that loads from a checkpoint stored so. Raises ValueError when that takes over 15 MiB."""
    with tempfile.TemporaryDirectory() as folder:
        save_checkpoint(folder, trained.model, trained.config, trained.subwords, storage=storage)
        check_size(folder, storage)
        return Translator.load(folder)


def _with(translator: Translator, **changes: object) -> Translator:
    """Return the same model under another configuration."""
    return Translator(translator.model, translator.subwords, {**translator.config, **changes}, translator.card)


def _some(pairs: Sequence[Pair], most: int | None) -> list[Pair]:
    """Return all pairs of at most so many sources, taken evenly from the whole."""
    sources = list(references(pairs))
    if most is None or len(sources) <= most:
        return list(pairs)
    kept = {sources[i * len(sources) // most] for i in range(most)}
    return [pair for pair in pairs if pair.source in kept]
