"""From a finished run to a shipped speller: scores on the official test takes, on new voices, and a card."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from attention.speech.clips import clip, voices
from attention.speech.evaluation import Spell, digit_accuracy, evaluate
from attention.speech.letters import WORDS
from attention.speech.model_card import TITLES, card_facts, used_text
from attention.speech.recordings import Recording, read_recordings, split
from attention.speech.speller import DigitSpeller
from attention.speech.strings import join
from attention.training.card import card, read_data_facts
from attention.training.checkpoint import CHECKPOINTS, CheckpointError, save_checkpoint
from attention.training.run_folder import read_log
from attention.training.shipping import check_name, check_size, evenly, rounded

Report = Callable[[str], None]


def release(
    run_folder: Path | str,
    data_folder: Path | str,
    name: str,
    out: Path | str = CHECKPOINTS,
    *,
    left_out: Sequence[Path | str] = (),
    beside: Sequence[Path | str] = (),
    storage: str = "int8",
    machine: str = "1 CPU core",
    note: str = "",
    share: float = 1.0,
    report: Report = lambda line: None,
) -> Path:
    """Write `out`/`name`: the run's best checkpoint with its scores and card; return that folder.

    data_folder: the recordings it was trained on, with README.md. left_out: folders of runs that each left a speaker
    out; the card tells how they spell that speaker. beside: folders of runs to compare with. share: of the test, for
    a trial. report: is told each step. What is scored is what is shipped: the parameters as stored.
    Raises CheckpointError, RecordingsError and CardError for what cannot be read, ValueError for a name that is no
    folder name and a checkpoint over 15 MiB.
    """
    check_name(name)
    facts = read_data_facts(_data_folder(data_folder))
    recordings = read_recordings(data_folder)
    parts = split(recordings)
    facts = replace(facts, used=used_text(parts))
    trained = DigitSpeller.load(Path(run_folder) / "best")
    speller = _as_stored(trained, storage)
    if left_out:
        report("scoring the runs that left a speaker out")
    new = dict(sorted(left_out_accuracy(folder, recordings, share) for folder in left_out))
    report("scoring the test takes")
    scores = evaluate(speller.spell, parts.test, share)
    scores.pop("seconds")
    scores["beside"] = [beside_scores(folder, parts.test, share) for folder in beside]
    report("spelling the voices of eSpeak NG that it never heard")
    scores["made_voices"] = made_accuracy(speller.spell, share)
    scores["new_voices"] = new
    if new:
        scores["new_voice_accuracy"] = float(np.mean([part["accuracy"] for part in new.values()]))
    log = read_log(run_folder) or trained.config["log"]
    architecture = trained.config["model"]["architecture"]
    config = {
        "task": "speech",
        "name": name,
        "title": TITLES.get(architecture, name),
        "model": trained.config["model"],
        "training": {**trained.config["training"], "minutes": log[-1]["minutes"]},
        "scores": rounded(scores, 4),
        "log": log,
    }
    text = card(card_facts(config, speller.parameters, facts, storage, machine, note))
    folder = _written(Path(out) / name, trained, config, text, storage)
    DigitSpeller.load(folder)
    report(f"{folder}: digits {scores['digit_accuracy']:.4f}, eight {scores['eight_digit_exact']:.4f}")
    return folder


def made_accuracy(spell: Spell, share: float = 1.0) -> dict[str, float]:
    """Return, for each voice of the shipped clips, the share of its ten digits that are spelled exactly."""
    digits = evenly(range(len(WORDS)), max(1, round(len(WORDS) * share)))
    return {
        voice.name: float(np.mean([spell(join([clip(d, voice.name)], 0.15)).text == WORDS[d] for d in digits]))
        for voice in voices()
    }


def left_out_accuracy(
    run_folder: Path | str, recordings: tuple[Recording, ...], share: float = 1.0
) -> tuple[str, dict[str, float]]:
    """Return the speaker that a run left out, how many recordings there are, and the share spelled exactly."""
    speller = DigitSpeller.load(Path(run_folder) / "best")
    training = speller.config.get("training", {})
    speaker = training.get("leave_out", "")
    if not speaker:
        raise CheckpointError(f"{run_folder} left no speaker out; give runs that were trained with --leave-out")
    test = split(recordings, speaker).test
    test = tuple(evenly(test, max(1, round(len(test) * share))))
    log = read_log(run_folder) or speller.config["log"]
    found = {
        "accuracy": digit_accuracy(speller.spell, test),
        "recordings": len(test),
        "minutes": float(log[-1]["minutes"]) if log else 0.0,
        "longest": training.get("longest", 0),
    }
    return speaker, found


def beside_scores(run_folder: Path | str, test: Sequence[Recording], share: float = 1.0) -> dict:
    """Return a run's scores on the test takes, with its architecture and how long it trained."""
    speller = DigitSpeller.load(Path(run_folder) / "best")
    last = (read_log(run_folder) or speller.config["log"])[-1]
    found = evaluate(speller.spell, test, share)
    found.pop("seconds")
    about = {"architecture": speller.config["model"]["architecture"]}
    return about | {"minutes": last["minutes"], "steps": last["step"]} | found


def _data_folder(folder: Path | str) -> Path:
    folder = Path(folder)
    return folder / "fsdd" if (folder / "fsdd").is_dir() else folder


def _as_stored(trained: DigitSpeller, storage: str) -> DigitSpeller:
    """Return the speller that loads from a checkpoint stored so. Raises ValueError when that takes over 15 MiB."""
    with tempfile.TemporaryDirectory() as folder:
        save_checkpoint(folder, trained.model, trained.config, storage=storage)
        check_size(folder, storage)
        return DigitSpeller.load(folder)


def _written(folder: Path, trained: DigitSpeller, config: dict, text: str, storage: str) -> Path:
    """Write beside the folder, then swap, so that a page never loads half a model."""
    with tempfile.TemporaryDirectory() as made:
        save_checkpoint(made, trained.model, config, card=text, storage=storage)
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("model.safetensors", "config.json", "README.md"):
            part = folder / f".{name}"
            shutil.copyfile(Path(made) / name, part)
            part.replace(folder / name)
    return folder
