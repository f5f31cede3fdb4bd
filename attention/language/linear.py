"""The classic reader of word counts: TF-IDF of words and word pairs, one logistic regression a label.

It knows neither order beyond two words nor unseen words, but learns a rare label's few telling words quickly. The
network's training may take it as a teacher.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from attention.language.vocabulary import Encoded

MIN_TEXTS = 2  # a word or pair must come in so many texts to count
STEPS = 60  # of L-BFGS; the scores of the labels move no more after some 40


@dataclass(frozen=True)
class WordCounts:
    """Which words and word pairs count, and how much each weighs: idf = ln((1 + n) / (1 + texts with it)) + 1."""

    places: dict[str, int]
    idf: np.ndarray

    @classmethod
    def learn(cls, texts: Sequence[Encoded]) -> WordCounts:
        """Take every word and pair of neighbours that comes in at least two texts."""
        counts = Counter(gram for text in texts for gram in set(_grams(text)))
        kept = sorted(gram for gram, count in counts.items() if count >= MIN_TEXTS)
        found = np.array([counts[gram] for gram in kept], dtype=np.float64)
        return cls({gram: i for i, gram in enumerate(kept)}, np.log((1 + len(texts)) / (1 + found)) + 1)

    def features(self, texts: Sequence[Encoded]) -> Tensor:
        """Return (texts, grams) sparse rows of length 1, or 0 without a known gram: (1 + ln count) · idf, scaled."""
        starts, columns, values = [0], [], []
        for text in texts:
            own = Counter(place for gram in _grams(text) if (place := self.places.get(gram)) is not None)
            row = (1 + np.log(list(own.values()))) * self.idf[list(own)] if own else np.zeros(0)
            columns += own
            values += list(row / max(1e-12, float(np.sqrt((row * row).sum()))))
            starts.append(len(columns))
        shape = (len(texts), len(self.places))
        parts = torch.tensor(starts), torch.tensor(columns, dtype=torch.int64), torch.tensor(values)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta")
            return torch.sparse_csr_tensor(*parts, size=shape, dtype=torch.float32, check_invariants=False)


@dataclass(frozen=True, eq=False)
class LinearReader:
    """logits = features · weights + bias; weights: (grams, labels), bias: (labels,)."""

    counts: WordCounts
    weights: Tensor
    bias: Tensor

    @classmethod
    def fit(cls, texts: Sequence[Encoded], labels: np.ndarray, strength: float = 3.0) -> LinearReader:
        """Fit one logistic regression a label; labels: (texts, labels), zeros and ones.

        Minimises Σ cross entropy + |weights|² / (2 · strength), as scikit-learn's LogisticRegression with C = strength.
        """
        counts = WordCounts.learn(texts)
        features = counts.features(texts)
        turned = features.to_sparse_coo().t().to_sparse_csr()
        target = torch.from_numpy(np.asarray(labels, dtype=np.float32))
        weights = torch.zeros(features.shape[1], target.shape[1], requires_grad=True)
        bias = torch.logit(target.mean(dim=0).clamp(1e-5, 1 - 1e-5)).requires_grad_()
        optimiser = torch.optim.LBFGS([weights, bias], max_iter=STEPS, history_size=10, line_search_fn="strong_wolfe")

        def loss() -> Tensor:
            with torch.no_grad():
                logits = features @ weights + bias
                missed = torch.sigmoid(logits) - target
                weights.grad = turned @ missed + weights / strength
                bias.grad = missed.sum(dim=0)
                error = F.binary_cross_entropy_with_logits(logits, target, reduction="sum")
                return error + weights.square().sum() / (2 * strength)

        optimiser.step(loss)
        return cls(counts, weights.detach(), bias.detach())

    def logits(self, texts: Sequence[Encoded]) -> np.ndarray:
        """Return (texts, labels)."""
        return (self.counts.features(texts) @ self.weights + self.bias).numpy()


def _grams(text: Encoded) -> Iterator[str]:
    yield from text.forms
    for first, second in zip(text.forms, text.forms[1:], strict=False):
        yield f"{first} {second}"
