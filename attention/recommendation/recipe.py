"""How the next-book models are trained: a data folder in, a checkpoint folder out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from attention.recommendation.candidates import CandidateAttention, Pairs
from attention.recommendation.corpus import Corpus
from attention.recommendation.evaluation import gains, hits, rank_of
from attention.recommendation.model import MODELS, build_model, config_dict
from attention.recommendation.neighbours import Counts
from attention.recommendation.relations import Relations
from attention.recommendation.sequence import StateModel
from attention.recommendation.windows import Contest, Window, draw_contest, epoch_windows
from attention.training.batches import padded
from attention.training.checkpoint import save_checkpoint
from attention.training.loop import RunSettings, train
from attention.training.run_folder import keep_settings

READ = -1e9  # the score of a book that was read before


@dataclass(frozen=True)
class RecommendationSettings:
    """What is trained, besides the run's own settings.

    start: "neighbours" starts the books' vectors from a factorisation of who is read near whom, "random" from noise.
    focus: q of the loss (1 - p^q) / q (Zhang & Sabuncu 2018, equation 6): 0 is the cross entropy; the higher, the more
    weight on next books that can be told at all. negatives: other books in a step's contest; 0 for all books.
    dropout: share of a vector's numbers left out; book_dropout: share of the books of a list left out; pair_dropout:
    share of the windows that must do without what is known of pairs, so that the vectors learn to tell the next book
    alone. readers_per_batch, valid_every: validate on each so manieth reader.
    """

    model: str = "candidates"
    d_model: int = 128
    heads: int = 4
    head_dim: int = 16
    window: int = 40
    start: str = "random"
    focus: float = 0.5
    negatives: int = 700
    dropout: float = 0.3
    book_dropout: float = 0.1
    pair_dropout: float = 0.0
    readers_per_batch: int = 16
    valid_every: int = 3


def train_recommendation(
    data: Path | str, settings: RecommendationSettings, run: RunSettings, out: Path | str
) -> dict[str, float]:
    """Train a next-book model on a data folder; `out`/best is the checkpoint that validated best.

    Returns the best validation scores. Raises DataError for data that cannot be read, ValueError for settings that do
    not fit, or that are not those of the run which the folder holds already.
    """
    check_settings(settings)
    corpus = Corpus(data)
    keep_settings(Path(out), settings)
    torch.set_num_threads(run.threads)
    torch.manual_seed(run.seed)
    task = RecommendationTask(corpus, settings, run)
    return train(task.first_model(), task, run, out)


def check_settings(settings: RecommendationSettings) -> None:
    """Raise ValueError, with what is known, for a model or a start that is not."""
    for what, found, known in (("model", settings.model, MODELS), ("start", settings.start, ("neighbours", "random"))):
        if found not in known:
            raise ValueError(f"{what} {found!r} is not known; use one of {', '.join(known)}")


class RecommendationTask:
    """Readers' lists as the training loop wants them."""

    def __init__(self, corpus: Corpus, settings: RecommendationSettings, run: RunSettings) -> None:
        self.corpus, self.settings, self.run = corpus, settings, run
        self.histories = corpus.histories
        self.valid = corpus.cases("valid", settings.valid_every)
        self.counts = Counts(self.histories, corpus.items)
        self.neighbours = self.counts.neighbours()
        self.relations = Relations(corpus.known)
        self.shares = self.counts.readers / self.counts.readers.sum()

    def first_model(self) -> nn.Module:
        """Return the model as it starts: how much a book is read as its bias, and vectors as `start` says."""
        sizes = {"items": self.corpus.items, "architecture": self.settings.model}
        names = ("d_model", "window") + (("heads", "head_dim") if self.settings.model == "candidates" else ("dropout",))
        model = build_model(sizes | {name: getattr(self.settings, name) for name in names})
        with torch.no_grad():
            model.bias.copy_(0.1 * self.shares.log())
            if self.settings.start == "neighbours":
                for table, start in zip((model.read, model.offered), self._factors(model), strict=True):
                    table.copy_(start)
        return model

    def _factors(self, model: nn.Module) -> tuple[Tensor, Tensor]:
        """Return the vectors to start with; at the length of 1 on average where they go through gates or norms."""
        parts = factors(self.counts, self.settings.d_model, self.run.seed)
        if not isinstance(model, StateModel):
            return parts
        return tuple(part / part.norm(dim=1).mean() for part in parts)

    def batches(self, epoch: int) -> list[list[Window]]:
        """Return the epoch's windows; another epoch cuts them elsewhere and groups them anew."""
        seed = 1000 * self.run.seed + epoch
        return epoch_windows(self.histories, self.settings.window, self.settings.readers_per_batch, seed)

    def loss(self, model: nn.Module, batch: list[Window]) -> tuple[Tensor, Tensor]:
        """Return the loss summed over the next books of all beginnings of the windows, and their number."""
        targets = torch.cat([window.books[1:] for window in batch])
        contest = draw_contest(targets, self.shares, self.settings.negatives)
        bias = model.bias[contest.books] - contest.log_odds
        offered = model.offered[contest.books]
        if isinstance(model, StateModel):
            states = model.states(padded([window.books[:-1].tolist() for window in batch]))
            rows = [
                state[: len(window.books) - 1] @ offered.T + bias for state, window in zip(states, batch, strict=True)
            ]
        else:
            rows = [self._prefixes(model, window, contest, offered, bias) for window in batch]
        losses = [self._contest_loss(row, window, contest) for row, window in zip(rows, batch, strict=True)]
        return torch.stack(losses).sum(), torch.tensor(float(len(targets)))

    def validate(self, model: nn.Module) -> dict[str, float]:
        """Return HR@10 and NDCG@10 in percent and the loss in nats of the known next books; NDCG is the score."""
        scorer = self.scorer(model)
        found, losses = [], []
        for case in self.valid:
            if case.target is None:
                found.append(np.inf)
                continue
            scores = scorer(case.history)
            found.append(rank_of(scores, case.target, case.history))
            scores[case.history] = READ
            losses.append(np.logaddexp.reduce(scores) - scores[case.target])
        hr, ndcg = 100 * hits(np.array(found)).mean(), 100 * gains(np.array(found)).mean()
        return {"valid_loss": float(np.mean(losses)), "valid_hr": float(hr), "score": float(ndcg)}

    def scorer(self, model: nn.Module) -> Callable[[np.ndarray], np.ndarray]:
        """Return the function from a list, in the model's numbers, to the scores of all books."""

        @torch.inference_mode()
        def scores(history: np.ndarray) -> np.ndarray:
            if not len(history):
                return self.shares.log().double().numpy()
            recent = torch.from_numpy(history[-self.settings.window :].copy())
            if isinstance(model, StateModel):
                return model.scores(recent).double().numpy()
            relations = torch.from_numpy(self.relations.rows(recent.numpy()))
            return model.look(recent, Pairs(self.neighbours.strengths(recent), relations)).scores.double().numpy()

        return scores

    def save(self, folder: Path, model: nn.Module, log: list[dict]) -> None:
        """Write the checkpoint that the app can load, with the settings that made it."""
        config = {
            "task": "recommendation",
            "model": config_dict(model),
            "training": asdict(self.settings) | asdict(self.run),
            "log": log,
        }
        save_checkpoint(folder, model, config, storage="float16")
        self.corpus.books.save(folder)
        if isinstance(model, CandidateAttention):
            self.neighbours.save(folder)

    def _prefixes(
        self, model: CandidateAttention, window: Window, contest: Contest, offered: Tensor, bias: Tensor
    ) -> Tensor:
        """Score the contest's books after every beginning of a window, without what this reader taught the counts."""
        read = window.books[:-1]
        places = torch.arange(window.start, window.start + len(read))
        strengths = self.counts.strengths_without(read, contest.books, places, self._places(window, contest))
        relations = torch.from_numpy(self.relations.rows(read.numpy())[:, contest.books.numpy()])
        pairs, vectors, keep = Pairs(strengths, relations), model.read[read], None
        if model.training:
            if self.settings.pair_dropout and torch.rand(()) < self.settings.pair_dropout:
                pairs = Pairs(torch.zeros_like(strengths), torch.zeros_like(relations))
            kept = torch.rand(vectors.shape[1]) >= self.settings.dropout  # one draw for the window
            vectors = vectors * kept / (1 - self.settings.dropout)
            keep = torch.rand(len(read)) >= self.settings.book_dropout
        return model.prefixes(vectors, offered, pairs, bias, keep)

    def _places(self, window: Window, contest: Contest) -> Tensor:
        """Return where the window's reader has each book of the contest in the list, -1 for books not in it."""
        places = torch.full((self.corpus.items,), -1)
        history = torch.from_numpy(self.histories[window.reader])
        places[history] = torch.arange(len(history))
        return places[contest.books]

    def _contest_loss(self, scores: Tensor, window: Window, contest: Contest) -> Tensor:
        """Return the summed loss of a window's next books among the contest's books that were not read before."""
        places = self._places(window, contest)
        now = torch.arange(window.start, window.start + len(scores))
        read = (places >= 0) & (places[None, :] <= now[:, None])
        target = contest.place[window.books[1:]]
        logs = scores.float().masked_fill(read, READ).log_softmax(dim=-1)[torch.arange(len(target)), target]
        q = self.settings.focus
        return -logs.sum() if q == 0 else ((1 - (q * logs).exp()) / q).sum()


def factors(counts: Counts, width: int, seed: int) -> tuple[Tensor, Tensor]:
    """Return vectors of books read and books offered whose products are near the strengths of the first kind.

    strengths ≈ U S Vᵀ of that rank (Halko et al. 2011), read = U √S, offered = V √S; (items, width) each.
    """
    strengths = counts.near()
    torch.manual_seed(seed)
    rank = min(width, counts.items)
    left, values, right = torch.svd_lowrank(strengths, q=min(rank + 20, counts.items), niter=3)
    root = values[:rank].sqrt()
    missing = (0, width - rank)
    return tuple(nn.functional.pad(part[:, :rank] * root, missing) for part in (left, right))
