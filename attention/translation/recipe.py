"""How the translation models are trained: corpus and subwords in, a checkpoint folder out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from attention.training.batches import bucketed_batches, padded
from attention.training.checkpoint import save_checkpoint
from attention.training.loop import RunSettings, train
from attention.training.loss import smoothed_cross_entropy
from attention.training.run_folder import keep_settings, write_whole
from attention.translation.corpus import Pair, find_split, references
from attention.translation.model import CONFIGS, build_model, config_dict
from attention.translation.tokens import BEGIN, END, PAD, Subwords

MAX_PIECES = 50  # of a sentence, on either side; longer pairs are left out of training


@dataclass(frozen=True)
class TranslationSettings:
    """What is trained, besides the run's own settings."""

    pair: str
    model: str
    vocab_size: int = 8000
    dropout: float = 0.2
    label_smoothing: float = 0.1
    tokens_per_batch: int = 2048
    valid_sources: int = 400


def train_translation(
    data: Path | str, settings: TranslationSettings, run: RunSettings, out: Path | str
) -> dict[str, float]:
    """Train a translation model on a corpus folder; `out`/best is the checkpoint that validated best.

    Returns the best validation scores. Raises CorpusError for a corpus that cannot be read, ValueError for settings
    that do not fit, or that are not those of the run which the folder holds already.
    """
    if settings.model not in CONFIGS:
        raise ValueError(f"model {settings.model!r} is not known; use one of {', '.join(CONFIGS)}")
    train_pairs = find_split(data, settings.pair, "train")
    valid_pairs = find_split(data, settings.pair, "valid")
    keep_settings(Path(out), settings)
    tokenizer = _tokenizer(train_pairs, settings.vocab_size, Path(out))
    torch.manual_seed(run.seed)
    model = build_model(
        {"architecture": settings.model, "vocab_size": tokenizer.vocab_size, "dropout": settings.dropout}
    )
    task = TranslationTask(train_pairs, valid_pairs, tokenizer, settings, run)
    return train(model, task, run, out)


class TranslationTask:
    """A corpus as the training loop wants it."""

    def __init__(
        self,
        train_pairs: Sequence[Pair],
        valid_pairs: Sequence[Pair],
        tokenizer: Subwords,
        settings: TranslationSettings,
        run: RunSettings,
    ) -> None:
        self.tokenizer, self.settings, self.run = tokenizer, settings, run
        self.sources, self.targets = _encoded(train_pairs, tokenizer)
        self.valid_sources, self.valid_targets = _encoded(valid_pairs, tokenizer)
        grouped = references(valid_pairs)
        step = max(1, len(grouped) // settings.valid_sources)
        self.valid_references = dict(list(grouped.items())[::step][: settings.valid_sources])

    def batches(self, epoch: int) -> list[Batch]:
        """Return the epoch's batches as piece ids; another epoch groups and orders the sentences anew."""
        lengths = [(len(s), len(t)) for s, t in zip(self.sources, self.targets, strict=True)]
        groups = bucketed_batches(lengths, self.settings.tokens_per_batch, seed=1000 * self.run.seed + epoch)
        return [Batch([self.sources[i] for i in group], [self.targets[i] for i in group]) for group in groups]

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return label-smoothed cross entropy in nats, summed over the target pieces, and their number."""
        return self._loss(model, batch, self.settings.label_smoothing)

    def validate(self, model: nn.Module) -> dict[str, float]:
        """Return valid loss per piece (nats), and greedy BLEU over some of the sources, which is the score."""
        bleu = self._greedy_bleu(model)
        return {"valid_loss": self._valid_loss(model), "valid_bleu": bleu, "score": bleu}

    def save(self, folder: Path, model: nn.Module, log: list[dict]) -> None:
        """Write the checkpoint that the app can load, with the settings that made it."""
        config = {
            "task": "translation",
            "pair": self.settings.pair,
            "model": config_dict(model),
            "training": asdict(self.settings) | asdict(self.run),
            "log": log,
        }
        save_checkpoint(folder, model, config, self.tokenizer, storage="float16")

    def _loss(self, model: nn.Module, batch: Batch, smoothing: float) -> tuple[Tensor, Tensor]:
        source, mask, target_in, target_out = batch.tensors(next(model.parameters()).device)
        logits = model(source, mask, target_in)
        summed = smoothed_cross_entropy(logits.flatten(0, 1), target_out.flatten(), smoothing, ignore=PAD)
        return summed, (target_out != PAD).sum().float()

    @torch.no_grad()
    def _valid_loss(self, model: nn.Module) -> float:
        lengths = [(len(s), len(t)) for s, t in zip(self.valid_sources, self.valid_targets, strict=True)]
        summed = count = 0.0
        for group in bucketed_batches(lengths, 4096, seed=0, fixed_order=True):
            batch = Batch([self.valid_sources[i] for i in group], [self.valid_targets[i] for i in group])
            loss, pieces = self._loss(model, batch, smoothing=0.0)
            summed, count = summed + loss.item(), count + pieces.item()
        return summed / count

    @torch.no_grad()
    def _greedy_bleu(self, model: nn.Module) -> float:
        from attention.translation.decoding import DecodingOptions, decode_batches
        from attention.translation.evaluation import corpus_scores

        sources = [[*ids, END] for ids in self.tokenizer.encode_batch(list(self.valid_references))]
        hypotheses = decode_batches(model, sources, DecodingOptions(beam=1))
        translations = [self.tokenizer.decode(hypothesis.tokens) for hypothesis in hypotheses]
        return corpus_scores(translations, list(self.valid_references.values()), self.settings.pair).bleu


@dataclass(frozen=True)
class Batch:
    """Piece ids of some sentence pairs, end mark last on both sides."""

    sources: list[list[int]]
    targets: list[list[int]]

    def tensors(self, device: torch.device) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return source, its mask, the decoder's input (begin mark first) and its output, each (batch, length)."""
        source = padded(self.sources, PAD).to(device)
        target_in = padded([[BEGIN, *target[:-1]] for target in self.targets], PAD).to(device)
        return source, source != PAD, target_in, padded(self.targets, PAD).to(device)


def _encoded(pairs: Sequence[Pair], tokenizer: Subwords) -> tuple[list[list[int]], list[list[int]]]:
    """Encode both sides with the end mark; pairs over MAX_PIECES are left out."""
    sources = tokenizer.encode_batch([pair.source for pair in pairs])
    targets = tokenizer.encode_batch([pair.target for pair in pairs])
    kept = [
        ([*s, END], [*t, END])
        for s, t in zip(sources, targets, strict=True)
        if len(s) < MAX_PIECES and len(t) < MAX_PIECES
    ]
    if not kept:
        raise ValueError(f"every pair is longer than {MAX_PIECES} pieces; cut the corpus into sentences")
    return [source for source, _ in kept], [target for _, target in kept]


def _tokenizer(pairs: Sequence[Pair], vocab_size: int, out: Path) -> Subwords:
    """Learn the subwords, or read those that an earlier run in the folder learned."""
    path = out / "tokenizer.json"
    if path.exists():
        return Subwords.load(path)
    tokenizer = Subwords.train((side for pair in pairs for side in pair), vocab_size)
    out.mkdir(parents=True, exist_ok=True)
    write_whole(path, tokenizer.save)
    return tokenizer
