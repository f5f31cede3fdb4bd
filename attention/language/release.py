"""From a finished run to a shipped model: calibration on the dev split, scores on the test split, and a card."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from attention.language.calibration import Calibration
from attention.language.comments import SPLITS, Comment, find_split, label_matrix
from attention.language.evaluation import evaluate, score_baseline
from attention.language.faithfulness import Agreement, mean_agreement
from attention.language.labels import EMOTIONS
from attention.language.model_card import TITLE, card_facts, used_text
from attention.language.reader import EmotionReader
from attention.language.recipe import dev_logits
from attention.language.words import find_words
from attention.training.card import card, read_data_facts
from attention.training.checkpoint import CHECKPOINTS, save_checkpoint
from attention.training.run_folder import read_log
from attention.training.shipping import check_name, check_size, evenly, rounded

READ_FOR_LIGHT = 400  # dev comments whose words are left out one by one


def release(
    run_folder: Path | str,
    data_folder: Path | str,
    name: str,
    out: Path | str = CHECKPOINTS,
    *,
    storage: str = "int8",
    machine: str = "1 CPU core",
    note: str = "",
    baseline: bool = True,
    most: int | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> Path:
    """Write `out`/`name`: the run's best checkpoint with its calibration, scores and card; return that folder.

    data_folder: the comments it was trained on, with README.md. baseline: also score TF-IDF with logistic regression.
    most: use only so many comments of each split, for a trial. report: is told each step. What is calibrated and
    scored is what is shipped: the parameters as stored.
    Raises CheckpointError, DataError and CardError for what cannot be read, ValueError for a name that is no folder
    name and a checkpoint over 15 MiB.
    """
    check_name(name)
    facts = read_data_facts(data_folder)
    trained = EmotionReader.load(Path(run_folder) / "best")
    train, dev, test = (find_split(data_folder, split)[:most] for split in SPLITS)
    stored = _as_stored(trained, storage)
    report("calibrating on the dev split")
    texts = [stored.encode(find_words(comment.text) or find_words(".")) for comment in dev]  # as texts are read
    logits = dev_logits(stored.model, texts, stored.vocabulary)
    calibration = Calibration.fit(label_matrix(dev), logits)
    reader = EmotionReader(stored.model, stored.vocabulary, calibration, trained.config)
    scores = _scores(reader, train, dev, test, baseline, report)
    config = release_config(trained.config, name, calibration, scores, read_log(run_folder) or trained.config["log"])
    facts = replace(facts, used=used_text(len(train), len(dev), len(test)))
    text = card(card_facts(config, reader.parameters, facts, storage, machine, note))
    folder = save_checkpoint(Path(out) / name, trained.model, config, trained.vocabulary, text, storage)
    EmotionReader.load(folder)
    report(f"{folder}: macro-F1 {scores['macro_f1']}, sentiment macro-F1 {scores['sentiment_macro_f1']}")
    return folder


def release_config(trained: dict, name: str, calibration: Calibration, scores: dict, log: list[dict]) -> dict:
    """Return the config.json of a shipped model; `training` holds the settings and the minutes spent in all."""
    return {
        "task": "emotions",
        "name": name,
        "title": TITLE,
        "emotions": list(EMOTIONS),
        "model": trained["model"],
        "training": {**trained["training"], "minutes": log[-1]["minutes"]},
        "calibration": calibration.to_json(),
        "scores": scores,
        "log": log,
    }


def _scores(
    reader: EmotionReader,
    train: Sequence[Comment],
    dev: Sequence[Comment],
    test: Sequence[Comment],
    baseline: bool,
    report: Callable[[str], None],
) -> dict:
    """Return what config.json and the card say: test scores, calibration, the baseline, how honest the light is."""
    report("scoring the test split")
    on_dev, on_test = evaluate(reader, dev), evaluate(reader, test)
    found = None
    if baseline:
        report("fitting TF-IDF with logistic regression")
        found = score_baseline(train, dev, test, reader)
    report("leaving words out")
    light, neutral = mean_agreement(reader, [comment.text for comment in evenly(dev, READ_FOR_LIGHT)])
    record = on_test.to_json()
    record.pop("seconds")
    return rounded(
        record
        | {
            "dev": {
                "macro_f1": on_dev.macro_f1,
                "sentiment_macro_f1": on_dev.sentiment_macro_f1,
                "calibration_error": on_dev.calibration_error,
                "calibration_error_of_labels": on_dev.calibration_error_of_labels,
                "sentiment_calibration_error": on_dev.sentiment_calibration_error,
                "comments": on_dev.comments,
            },
            "baseline": found,
            "light": {"emotions": _without_nan(light), "neutral": _without_nan(neutral)},
        },
        4,
    )


def _without_nan(agreement: Agreement) -> dict:
    """JSON knows no NaN: what no text could tell is None."""
    return {name: None if value != value else value for name, value in agreement._asdict().items()}


def _as_stored(trained: EmotionReader, storage: str) -> EmotionReader:
    """Return the reader that loads from a checkpoint stored so. Raises ValueError when that takes over 15 MiB."""
    with tempfile.TemporaryDirectory() as folder:
        save_checkpoint(folder, trained.model, trained.config, trained.vocabulary, storage=storage)
        check_size(folder, storage)
        return EmotionReader.load(folder)
