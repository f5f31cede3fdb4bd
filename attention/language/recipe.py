"""How the emotion model is trained: comments in, a checkpoint folder out.

1. The words, and their starting vectors from the training comments.
2. Teachers: linear readers of word counts, each fitted without one fifth of the comments and asked about that fifth.
3. The network learns from the labels and, for a share, from what the teachers make of each comment (Hinton, Vinyals &
   Dean 2015): raters often disagree, and a rare emotion has few comments.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from attention.language.calibration import Calibration
from attention.language.comments import Comment, find_split, label_matrix
from attention.language.labels import EMOTIONS, GROUP_MEMBERS, group_labels
from attention.language.linear import LinearReader
from attention.language.model import EmotionConfig, EmotionModel, build_model, config_dict
from attention.language.scores import average_precision, cross_validated_f1, fit_scale, sigmoid
from attention.language.vectors import starting_vectors
from attention.language.vocabulary import Encoded, Vocabulary, encode, length_batches, make_batch
from attention.language.words import find_words
from attention.training.checkpoint import save_checkpoint
from attention.training.loop import RunSettings, train
from attention.training.run_folder import keep_settings

MOST_REPEATS = 6.0  # of one comment in an epoch


@dataclass(frozen=True)
class EmotionSettings:
    """What is trained, besides the run's own settings. Sizes and dropouts: see `EmotionConfig`.

    teacher_share: of the target, the rest is the labels; 0 trains without teachers. folds: how many teachers.
    group_weight: of the loss of the sentiment groups beside that of the labels.
    rare_share: a label with a smaller share of the comments is shown more often, by √(rare_share / its share).
    """

    min_count: int = 2
    buckets: int = 10_000
    embedding_dim: int = 128
    phrase_dim: int = 80
    hidden_dim: int = 100
    heads: int = 4
    key_dim: int = 32
    dropout: float = 0.4
    word_dropout: float = 0.1
    letters_only: float = 0.07
    teacher_share: float = 0.3
    folds: int = 5
    group_weight: float = 0.2
    rare_share: float = 0.05
    words_per_batch: int = 4096


def train_emotions(
    data: Path | str,
    settings: EmotionSettings,
    run: RunSettings,
    out: Path | str,
    report: Callable[[str], None] = lambda line: None,
) -> dict[str, float]:
    """Train on a folder with train and dev comments; `out`/best is the checkpoint that validated best.

    What comes before the network, vectors and teachers, is kept in `out` too, so that a killed run goes on where it
    was. report: is told each step. Returns the best validation scores.
    Raises DataError for comments that cannot be read, ValueError for settings that do not fit, or that are not those
    of the run which the folder holds already.
    """
    out = Path(out)
    torch.set_num_threads(run.threads)
    comments, dev = find_split(data, "train"), find_split(data, "dev")
    keep_settings(out, settings)
    texts = encode_comments(comments)
    vocabulary = Vocabulary.learn(texts, settings.min_count, settings.buckets)
    labels = label_matrix(comments)
    targets = _targets(texts, labels, settings, run.seed, out, report)
    repeats = repeat_factors(labels, settings.rare_share)
    torch.manual_seed(run.seed)
    model = _new_model(vocabulary, settings, (targets * repeats[:, None]).sum(axis=0) / repeats.sum())
    if not (out / "state" / "state.safetensors").exists():
        report("learning starting vectors from the words' neighbours")
        model.words.own.weight.data.copy_(starting_vectors(texts, vocabulary, settings.embedding_dim, run.seed))
    task = EmotionTask(texts, targets, repeats, dev, vocabulary, settings, run)
    return train(model, task, run, out)


class EmotionTask:
    """The comments as the training loop wants them."""

    def __init__(
        self,
        texts: Sequence[Encoded],
        targets: np.ndarray,
        repeats: np.ndarray,
        dev: Sequence[Comment],
        vocabulary: Vocabulary,
        settings: EmotionSettings,
        run: RunSettings,
    ) -> None:
        """targets: (texts, 28), 0 … 1. repeats: (texts,), how often each comes in an epoch."""
        self.texts, self.targets, self.repeats = texts, torch.from_numpy(targets), repeats
        self.dev_texts, self.dev_labels = encode_comments(dev), label_matrix(dev)
        self.vocabulary, self.settings, self.run = vocabulary, settings, run

    def batches(self, epoch: int) -> list[list[int]]:
        """Return the epoch's batches as numbers of comments of like length; another epoch mixes them anew."""
        mixed = random.Random(1000 * self.run.seed + epoch)
        shown = [i for i, times in enumerate(self.repeats) for _ in range(int(times) + (mixed.random() < times % 1))]
        mixed.shuffle(shown)
        batches = length_batches([len(self.texts[i].forms) for i in shown], self.settings.words_per_batch)
        mixed.shuffle(batches)
        return [[shown[i] for i in batch] for batch in batches]

    def loss(self, model: nn.Module, batch: list[int]) -> tuple[Tensor, Tensor]:
        """Return the cross entropy in nats, summed over comments and labels, groups added, and the comments' number."""
        device = next(model.parameters()).device
        taken = make_batch([self.texts[i] for i in batch], self.vocabulary)
        logits = model(type(taken)(*(part.to(device) for part in taken))).logits
        target = self.targets[batch].to(device)
        summed = F.binary_cross_entropy_with_logits(logits, target, reduction="sum")
        if self.settings.group_weight:
            summed = summed + self.settings.group_weight * group_loss(logits, target)
        return summed, torch.tensor(float(len(batch)), device=device)

    def validate(self, model: nn.Module) -> dict[str, float]:
        """Return the score, 100 · mean average precision over labels and groups, halves each, and what it is made of.

        valid_loss: cross entropy of a comment's labels, in nats. macro_f1, sentiment_macro_f1: in percent, thresholds
        tuned on one half of the dev split and scored on the other.
        """
        logits = dev_logits(model, self.dev_texts, self.vocabulary)
        labels, groups = self.dev_labels, group_labels(self.dev_labels)
        calibration = Calibration.fit(labels, logits)
        probabilities = calibration.probabilities(logits)
        sentiments = calibration.sentiments(probabilities)
        precision = np.mean([average_precision(labels[:, j], logits[:, j]) for j in range(labels.shape[1])])
        group_precision = np.mean([average_precision(groups[:, j], sentiments[:, j]) for j in range(groups.shape[1])])
        return {
            "valid_loss": float((np.logaddexp(0, logits) - labels * logits).sum(axis=1).mean()),
            "macro_f1": 100 * cross_validated_f1(labels, probabilities, trust=1.0, repeats=3),
            "sentiment_macro_f1": 100 * cross_validated_f1(groups, sentiments, trust=1.0, repeats=3),
            "score": float(50 * (precision + group_precision)),
        }

    def save(self, folder: Path, model: nn.Module, log: list[dict]) -> None:
        """Write the checkpoint that the reader can load, with the settings that made it."""
        config = {
            "task": "emotions",
            "emotions": list(EMOTIONS),
            "model": config_dict(model),
            "training": asdict(self.settings) | asdict(self.run),
            "log": log,
        }
        save_checkpoint(folder, model, config, self.vocabulary, storage="float16")


def encode_comments(comments: Sequence[Comment]) -> list[Encoded]:
    """Return the comments as the model reads them; a text without any word reads as a full stop."""
    return [encode(find_words(comment.text) or find_words(".")) for comment in comments]


def group_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Return the cross entropy of the sentiment groups, summed: does the comment have any of the group's labels?

    p(group) = 1 - Π (1 - p(label)), as `calibration.any_of`; logits, target: (batch, 28)
    """
    none = F.logsigmoid(-logits)  # log(1 - p), (batch, 28)
    summed = logits.new_zeros(())
    for members in map(list, GROUP_MEMBERS):
        no_label = none[:, members].sum(dim=1).clamp(max=-1e-6)
        wanted = 1 - (1 - target[:, members]).prod(dim=1)
        summed = summed - (wanted * torch.log1p(-no_label.exp()) + (1 - wanted) * no_label).sum()
    return summed


def repeat_factors(labels: np.ndarray, rare_share: float) -> np.ndarray:
    """Return how often each comment is shown in an epoch, 1 … 6: by its rarest label.

    r(label) = max(1, √(rare_share / share of the label)), r(comment) = max over its labels
    Gupta, Dollár & Girshick 2019 (LVIS), section 5.1

    labels: (n, labels), zeros and ones.
    """
    share = np.maximum(labels.mean(axis=0), 1e-9)
    factors = np.clip(np.sqrt(rare_share / share), 1.0, MOST_REPEATS)
    return np.maximum(1.0, (labels * factors).max(axis=1))


def teacher_probabilities(texts: Sequence[Encoded], labels: np.ndarray, fold: np.ndarray, number: int) -> np.ndarray:
    """Return what a linear reader of the other folds makes of fold `number`: (texts in it, 28) probabilities.

    fold: (texts,), the fold of each. So no comment's teacher has seen that comment's own labels.
    """
    others = np.flatnonzero(fold != number)
    reader = LinearReader.fit([texts[i] for i in others], labels[others])
    return reader.logits([texts[i] for i in np.flatnonzero(fold == number)])


@torch.no_grad()
def dev_logits(model: nn.Module, texts: Sequence[Encoded], vocabulary: Vocabulary) -> np.ndarray:
    """Return the logits of many texts, (n, 28)."""
    device = next(model.parameters()).device
    logits = np.zeros((len(texts), len(EMOTIONS)))
    for rows in length_batches([len(text.forms) for text in texts], 8192):
        batch = make_batch([texts[i] for i in rows], vocabulary)
        logits[rows] = model(type(batch)(*(part.to(device) for part in batch))).logits.double().cpu().numpy()
    return logits


def _targets(
    texts: Sequence[Encoded],
    labels: np.ndarray,
    settings: EmotionSettings,
    seed: int,
    out: Path,
    report: Callable[[str], None],
) -> np.ndarray:
    """Mix the labels with what the teachers say; each teacher's answers are kept in the run's folder."""
    if not settings.teacher_share:
        return labels
    fold = np.random.default_rng(seed).permutation(len(texts)) % settings.folds
    logits = np.zeros(labels.shape)
    for number in range(settings.folds):
        path = out / "teachers" / f"fold-{number + 1}.safetensors"
        if not path.exists():
            report(f"teacher {number + 1} of {settings.folds}")
            answers = teacher_probabilities(texts, labels, fold, number)
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            save_file({"logits": np.ascontiguousarray(answers, dtype=np.float32)}, part)
            part.replace(path)
        logits[fold == number] = load_file(path)["logits"]
    scales = [fit_scale(labels[:, j], logits[:, j]) for j in range(labels.shape[1])]
    taught = sigmoid(logits * [scale for scale, _ in scales] + [shift for _, shift in scales])
    share = settings.teacher_share
    return ((1 - share) * labels + share * taught).astype(np.float32)


def _new_model(vocabulary: Vocabulary, settings: EmotionSettings, shares: np.ndarray) -> EmotionModel:
    """Build the model; its biases start where it knows only how frequent each label is."""
    known = {field.name for field in fields(EmotionConfig)} & {field.name for field in fields(EmotionSettings)}
    sizes = {name: getattr(settings, name) for name in known} | {"buckets": vocabulary.buckets}
    model = build_model({"vocab_size": len(vocabulary), **sizes})
    p = torch.from_numpy(np.clip(shares, 1e-5, 1 - 1e-5)).float()
    model.labels.bias.data.copy_(torch.logit(p))
    return model
