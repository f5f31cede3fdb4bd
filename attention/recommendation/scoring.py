"""Score a recommender on the held-out books, beside popularity, neighbours, and a GRU, all on the same readers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from attention.recommendation.baselines import AGES, cosine_similarities, neighbour_scores, popularity_scores
from attention.recommendation.corpus import Corpus
from attention.recommendation.data import DataError
from attention.recommendation.evaluation import (
    MISSED,
    Case,
    Scorer,
    gains,
    hits,
    paired_interval,
    quality,
    rank_of,
    ranks,
)
from attention.recommendation.model import build_model
from attention.recommendation.recommender import BookRecommender
from attention.training.checkpoint import CheckpointError, find_checkpoint, load_parameters, read_config

GRU = "next-book-gru"  # the shipped GRU of the same size
MEASURES: dict[str, Callable[[np.ndarray], np.ndarray]] = {"hr@10": hits, "ndcg@10": gains}

Report = Callable[[str], None]


def score(
    recommender: BookRecommender,
    corpus: Corpus,
    *,
    gru: nn.Module | None = None,
    split: str = "test",
    every: int = 1,
    report: Report = lambda line: None,
) -> dict:
    """Return HR@10 and NDCG@10 of the model and of every baseline, and the differences with their intervals.

    All books known to the model are ranked but those the reader read before; a next book that is not known is a miss
    for all. The age of the recency neighbours is the one with the best NDCG@10 on the valid split. gru: left out, its
    scores are None. every: use each so manieth reader only.
    Keys: "hr@10", "ndcg@10", "readers", "missed" (share of next books unknown to all), "baselines" and "differences" by
    "popularity", "item_knn", "recency_knn" and "gru", "seconds".
    Raises DataError when the corpus knows other books than the model.
    """
    check_books(recommender, corpus)
    start = time.perf_counter()
    cases = corpus.cases(split, every)
    report(f"model: {len(cases):,} readers")
    found = {"model": ranks(cases, recommender.scores_after)}
    report("popularity and neighbours")
    popular = popularity_scores(corpus.histories, corpus.items)
    found["popularity"] = ranks(cases, lambda history: popular)
    similar = cosine_similarities(corpus.histories, corpus.items)
    age = best_age(similar, corpus.cases("valid", every))
    found["item_knn"], found["recency_knn"] = _neighbour_ranks(similar, cases, (None, age))
    if gru is not None:
        report("GRU")
        found["gru"] = ranks(cases, state_scorer(gru, popular))
    return {
        "split": split,
        "readers": len(cases),
        "books": corpus.items,
        "missed": float(np.mean([case.target is None for case in cases])),
        **_measures(found["model"]),
        "baselines": _baselines(found, age),
        "differences": {name: _differences(found, name) for name in found if name != "model"},
        "seconds": time.perf_counter() - start,
    }


def best_age(similar: torch.Tensor, cases: Sequence[Case], ages: Sequence[float] = AGES) -> float:
    """Return the age of the recency neighbours with the best NDCG@10 over some cases; the smaller one wins a tie."""
    found = _neighbour_ranks(similar, cases, ages)
    return ages[int(np.argmax([quality(one).ndcg for one in found]))]


def state_scorer(model: nn.Module, popular: np.ndarray) -> Scorer:
    """Return the scores of a model that sums a list up; `popular` after an empty list."""

    @torch.inference_mode()
    def scores(history: np.ndarray) -> np.ndarray:
        return model.scores(torch.from_numpy(history)).numpy() if len(history) else popular

    return scores


def load_state_model(name: str | Path, items: int) -> nn.Module:
    """Load a GRU or SASRec by name or folder. Raises CheckpointError when it is none or has other books."""
    folder = find_checkpoint(str(name))
    config = read_config(folder)
    if config.get("task") != "recommendation" or config.get("model", {}).get("architecture") not in ("gru", "sasrec"):
        raise CheckpointError(f"{folder} is not a checkpoint of a GRU or SASRec; see its config.json")
    model = build_model(config["model"])
    try:
        model.load_state_dict(load_parameters(folder / "model.safetensors"))
    except RuntimeError as error:
        raise CheckpointError(f"{folder}: model.safetensors does not fit config.json: {error}") from None
    if model.config.items != items:
        raise CheckpointError(f"{folder} knows {model.config.items:,} books, the data {items:,}; use its own data")
    return model.eval().requires_grad_(False)


def check_books(recommender: BookRecommender, corpus: Corpus) -> None:
    """Raise DataError when a corpus numbers other books than a model."""
    if [book.id for book in recommender.known] != [book.id for book in corpus.known]:
        raise DataError(
            f"the model knows {len(recommender.known):,} books, the data {corpus.items:,}, and they are not the same; "
            "score it on the data it was trained on"
        )


def _neighbour_ranks(similar: torch.Tensor, cases: Sequence[Case], ages: Sequence[float | None]) -> list[np.ndarray]:
    """Return the ranks of the cases for each age; None weighs all books alike."""
    found = np.full((len(ages), len(cases)), MISSED)
    for column, case in enumerate(cases):
        if case.target is not None and len(case.history):
            scores = neighbour_scores(similar, case.history, ages).numpy()
            found[:, column] = [rank_of(row, case.target, case.history) for row in scores]
    return list(found)


def _baselines(found: Mapping[str, np.ndarray], age: float) -> dict[str, dict | None]:
    names = ("popularity", "item_knn", "recency_knn", "gru")
    result: dict[str, dict | None] = {name: _measures(found[name]) if name in found else None for name in names}
    result["recency_knn"] = {**_measures(found["recency_knn"]), "age": age}
    return result


def _measures(found: np.ndarray) -> dict[str, float]:
    return {name: float(measure(found).mean()) for name, measure in MEASURES.items()}


def _differences(found: Mapping[str, np.ndarray], name: str) -> dict[str, dict[str, float]]:
    """Return model - baseline with its interval, for each measure."""
    return {measure: paired_interval(of(found["model"]), of(found[name]))._asdict() for measure, of in MEASURES.items()}
