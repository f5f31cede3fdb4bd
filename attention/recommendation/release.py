"""From a finished run to a shipped model: its scale by the valid split, scores on the test split, and a card."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from torch import nn

from attention.recommendation.corpus import Corpus
from attention.recommendation.evaluation import Case, Quality, quality, ranks
from attention.recommendation.faithfulness import agreement
from attention.recommendation.model_card import TITLES, card_facts, state_card_facts, used_text
from attention.recommendation.recommender import BookRecommender
from attention.recommendation.scoring import GRU, load_state_model, score, state_scorer
from attention.training.card import card, read_data_facts
from attention.training.checkpoint import CHECKPOINTS, CheckpointError, read_config, save_checkpoint
from attention.training.run_folder import read_log
from attention.training.shipping import check_name, check_size, evenly, rounded

VECTOR_SHARES = (0.4, 0.6, 0.8, 1.0)  # tried for how much the books' vectors count
SCALES = np.geomspace(0.2, 3.0, 41)  # tried for the scores
DIALS = (0.0, 0.25, 0.5, 0.75, 1.0)  # of Options.popularity, whose price is measured
LEFT_OUT = 150  # readers of the valid split whose books are left out one by one

Report = Callable[[str], None]


def release(
    run_folder: Path | str,
    data_folder: Path | str,
    name: str,
    out: Path | str = CHECKPOINTS,
    *,
    storage: str = "int8",
    machine: str = "1 CPU core",
    note: str = "",
    gru: str | Path | None = GRU,
    every: int = 1,
    report: Report = lambda line: None,
) -> Path:
    """Write `out`/`name`: the run's best checkpoint with its scores and card; return that folder.

    data_folder: what it was trained on, with README.md. gru: the checkpoint to compare with, by name or folder; None
    for none. every: score each so manieth reader only, for a trial. report: is told each step. What is scored is what
    is shipped: the parameters as stored. A run of a GRU or SASRec is released as what it is, to compare with.
    Raises CheckpointError, DataError and CardError for what cannot be read, ValueError for a name that is no folder
    name and a checkpoint over 15 MiB.
    """
    check_name(name)
    facts = read_data_facts(data_folder)
    corpus = Corpus(data_folder)
    facts = replace(facts, used=used_text(corpus))
    best = Path(run_folder) / "best"
    trained = read_config(best)
    log = read_log(run_folder) or trained["log"]
    config = {
        "task": "recommendation",
        "name": name,
        "title": TITLES.get(trained["model"]["architecture"], name),
        "model": trained["model"],
        "training": {**trained["training"], "minutes": log[-1]["minutes"]},
    }
    if trained["model"]["architecture"] != "candidates":
        model = load_state_model(best, corpus.items)
        parameters = sum(parameter.numel() for parameter in model.parameters())
        config |= {"scores": _state_scores(model, corpus, every), "log": log}
        text = card(state_card_facts(config, facts, parameters, storage, machine, note))
        return _written(Path(out) / name, model, config, text, storage)
    report("weighing vectors and scaling scores on the valid split")
    config["vector_share"] = best_vector_share(BookRecommender.load(best), corpus.cases("valid", 3 * every))
    stored = _as_stored(best, config, storage)
    config["score_scale"], valid = best_scale(stored, corpus.cases("valid", every))
    ready = BookRecommender(stored.model, stored.books, stored.neighbours, config)
    compared = None if gru is None else load_state_model(gru, corpus.items)
    scores = score(ready, corpus, gru=compared, every=every, report=report)
    scores.pop("seconds")
    scores["valid"] = valid._asdict()
    report("turning the dial away from popular books")
    scores["dial"] = dial_scores(ready, corpus.cases("valid", 3 * every))
    report("leaving books out")
    lists = [reader.history("valid").tolist() for reader in evenly(corpus.readers, max(1, LEFT_OUT // every))]
    scores["light"] = agreement(ready, lists)._asdict()
    config |= {"scores": rounded(scores, 4), "log": log}
    text = card(card_facts(config, facts, ready.parameters, storage, machine, note))
    folder = _written(Path(out) / name, stored.model, config, text, storage, best)
    BookRecommender.load(folder)
    report(f"{folder}: HR@10 {config['scores']['hr@10']}, NDCG@10 {config['scores']['ndcg@10']}")
    return folder


def best_vector_share(recommender: BookRecommender, cases: Sequence[Case]) -> float:
    """Return how much the books' vectors should count for the best NDCG@10; the larger share wins a tie.

    The recommender's model is left as it was but for rounding.
    """
    found = {}
    for share in VECTOR_SHARES:
        recommender.model.weigh_vectors(share)
        found[share] = quality(ranks(cases, recommender.scores_after)).ndcg
        recommender.model.weigh_vectors(1 / share)
    return max(reversed(found), key=lambda share: found[share])


def best_scale(recommender: BookRecommender, cases: Sequence[Case]) -> tuple[float, Quality]:
    """Return what to multiply the scores with so that their softmax gives the next books the highest likelihood.

    With it HR@10 and NDCG@10 of the cases, which no scale changes.
    """
    losses = []

    def scorer(history: np.ndarray) -> np.ndarray:
        scores = recommender.scores_after(history)
        offered = np.ones(len(scores), dtype=bool)
        offered[history] = False
        largest = scores[offered].max()
        sums = np.exp(SCALES[:, None] * (scores[offered] - largest)).sum(axis=1)
        losses.append((np.log(sums), scores, largest))
        return scores

    found = ranks(cases, scorer)
    targets = [case.target for case in cases if case.target is not None]
    nats = [sums - SCALES * (scores[target] - top) for (sums, scores, top), target in zip(losses, targets, strict=True)]
    return (round(float(SCALES[np.mean(nats, axis=0).argmin()]), 3) if nats else 1.0), quality(found)


def dial_scores(recommender: BookRecommender, cases: Sequence[Case]) -> list[dict[str, float]]:
    """Return HR@10 and NDCG@10 of some cases for several places of the dial away from popular books."""
    readers = np.log([book.readers for book in recommender.known])
    found = []
    for popularity in DIALS:
        reached = quality(ranks(cases, lambda history, p=popularity: recommender.scores_after(history) - p * readers))
        found.append({"popularity": popularity, "hr@10": reached.hr, "ndcg@10": reached.ndcg})
    return found


def _as_stored(best: Path, config: dict, storage: str) -> BookRecommender:
    """Return the recommender that loads from a checkpoint stored so. Raises ValueError over 15 MiB."""
    trained = BookRecommender.load(best)
    trained.model.weigh_vectors(config["vector_share"])
    with tempfile.TemporaryDirectory() as folder:
        _written(Path(folder), trained.model, config, None, storage, best)
        return BookRecommender.load(folder)


def _written(
    folder: Path, model: nn.Module, config: dict, text: str | None, storage: str, tables: Path | None = None
) -> Path:
    """Write a checkpoint; `tables`: the folder whose table of books and neighbours go with it."""
    save_checkpoint(folder, model, config, card=text, storage=storage)
    for name in ("books.csv.gz", "neighbours.safetensors") if tables else ():
        if not (tables / name).exists():
            raise CheckpointError(f"{tables} has no {name}; take the whole folder of the run")
        shutil.copyfile(tables / name, folder / name)
    check_size(folder, storage)
    return folder


def _state_scores(model: nn.Module, corpus: Corpus, every: int) -> dict:
    """Return test and valid scores of a model that sums a list up."""
    scorer = state_scorer(model, np.zeros(corpus.items))
    test, valid = (quality(ranks(corpus.cases(split, every), scorer)) for split in ("test", "valid"))
    found = {"hr@10": test.hr, "ndcg@10": test.ndcg, "readers": len(corpus.cases("test", every)), "books": corpus.items}
    return rounded(found | {"valid": valid._asdict()}, 4)
