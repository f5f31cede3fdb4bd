"""From finished runs to shipped models: thresholds by valid scenes, scores on test scenes, and cards."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from attention.training.card import card
from attention.training.checkpoint import CHECKPOINTS, CheckpointError, read_config, save_checkpoint
from attention.training.run_folder import read_log
from attention.training.shipping import check_name, check_size, rounded
from attention.vision.finder import DigitFinder
from attention.vision.model_card import TITLES, card_facts
from attention.vision.scoring import SCENES, VALID_SCENES, score, tune

Report = Callable[[str], None]


def release(
    run_folder: Path | str,
    name: str,
    out: Path | str = CHECKPOINTS,
    *,
    pooled_run: Path | str | None = None,
    storage: str = "int8",
    machine: str = "1 CPU core",
    note: str = "",
    scenes: int = SCENES,
    report: Report = lambda line: None,
) -> Path:
    """Write `out`/`name`: the run's best checkpoint with its thresholds, scores and card; return that folder.

    pooled_run: the run without attention to compare with; it becomes `name`-pooled. What is scored is what is shipped:
    the parameters as stored. scenes: how many test scenes.
    Raises CheckpointError for what cannot be read, ValueError for a name that is no folder name and a checkpoint over
    15 MiB.
    """
    check_name(name)
    pooled = None
    if pooled_run is not None:
        pooled = _prepared(pooled_run, f"{name}-pooled", storage, scenes, report)
        _finish(pooled, score(pooled, scenes=scenes, report=report), Path(out), storage, machine, "")
    finder = _prepared(run_folder, name, storage, scenes, report)
    if not finder.attends:
        raise CheckpointError(f"{run_folder} is a run without attention; give it as the one to compare with")
    if pooled is not None:
        last = pooled.config["log"][-1]
        finder.config["compared"] = {"parameters": pooled.parameters, "minutes": last["minutes"], "steps": last["step"]}
    return _finish(finder, score(finder, pooled, scenes=scenes, report=report), Path(out), storage, machine, note)


def _prepared(run_folder: Path | str, name: str, storage: str, scenes: int, report: Report) -> DigitFinder:
    """Return a run's best checkpoint as it loads from that storage, with its thresholds."""
    best = Path(run_folder) / "best"
    trained = read_config(best)
    log = read_log(run_folder) or trained["log"]
    steps = trained.get("steps", [])
    for step in reversed(steps):
        log = _after(step["log"], log)
    end = 0
    for step in steps:
        end += step["log"][-1]["step"]
        step["training"]["end"] = end  # of this step, counted over all
    for number, training in enumerate(
        [*(step["training"] for step in steps[1:]), trained["training"]][: len(steps)], 1
    ):
        training["start"] = f"runs/{name}-{number}/best"
    config = {
        "task": "digits",
        "name": name,
        "title": TITLES.get(trained["model"]["architecture"], name),
        "model": trained["model"],
        "training": trained["training"],
        **({"steps": [step["training"] for step in steps]} if steps else {}),
    }
    report(f"{name}: thresholds")
    with tempfile.TemporaryDirectory() as folder:
        save_checkpoint(folder, DigitFinder.load(best).model, config, storage=storage)
        check_size(folder, storage)
        stored = DigitFinder.load(folder)
    return DigitFinder(
        stored.model, config | tune(stored, min(VALID_SCENES, scenes)) | {"log": log}, name=name, folder=best
    )


def _after(first: list[dict], second: list[dict]) -> list[dict]:
    """Return the logs of two steps as one: minutes, steps and epochs of the second go on where the first ended."""
    end = first[-1]
    moved = [row | {name: row[name] + end[name] for name in ("minutes", "step", "epoch")} for row in second]
    return [*first, *moved]


def _finish(finder: DigitFinder, scores: dict, out: Path, storage: str, machine: str, note: str) -> Path:
    """Write a finder's folder with scores and card."""
    scores.pop("seconds")
    config = dict(finder.config)
    log = config.pop("log")
    config = rounded(config | {"scores": scores | {"valid": config.pop("valid")}, "log": log}, 4)
    text = card(card_facts(config, finder.parameters, storage, machine, note))
    folder = save_checkpoint(out / config["name"], finder.model, config, card=text, storage=storage)
    check_size(folder, storage)
    DigitFinder.load(folder)
    return folder
