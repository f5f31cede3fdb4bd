"""The emotion model: words and their letters, short phrases, the whole sentence both ways, one query per emotion.

    words → vector + letter sequences + shape → convolutions over 1, 2, 3 words → LSTM both ways → label-wise attention

Label-wise attention (Mullenbach et al. 2018, section 2.2): every emotion has its own query over the words and its own
read-out of what it found. An emotion's score depends on the text through its attention alone: nothing goes past it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from attention.language.labels import EMOTIONS, GROUP_MEMBERS, GROUPS
from attention.language.vocabulary import PAD, UNKNOWN, Batch
from attention.language.words import SHAPES
from attention.mechanisms import Mechanism, attend, merge_heads, split_heads

_GROUP_OF = tuple(next(g for g, members in enumerate(GROUP_MEMBERS) if e in members) for e in range(len(EMOTIONS)))


@dataclass(frozen=True)
class EmotionConfig:
    """Sizes of the model; `score` and `normaliser` name its attention in the catalogue.

    phrase_dim: features of each of the three convolutions. hidden_dim: of each direction. key_dim: of each head.
    dropout: share of features dropped in training; word_dropout: share of words left out of a text then;
    letters_only: share of words then known by their letters alone.
    """

    vocab_size: int
    buckets: int
    embedding_dim: int = 128
    phrase_dim: int = 80
    hidden_dim: int = 100
    heads: int = 4
    key_dim: int = 32
    dropout: float = 0.4
    word_dropout: float = 0.1
    letters_only: float = 0.07
    score: str = "scaled_dot"
    normaliser: str = "softmax"
    architecture: str = "label-wise recurrent"


class Answer(NamedTuple):
    """logits: (batch, 28), before calibration. weights: (batch, heads, 28, length), or None when not asked for."""

    logits: Tensor
    weights: Tensor | None


class EmotionModel(nn.Module):
    """Scores of all emotions for a batch of texts. It keeps nothing of its last run."""

    def __init__(self, config: EmotionConfig) -> None:
        super().__init__()
        self.config = config
        self.mechanism = Mechanism(score=config.score, normaliser=config.normaliser)
        self.words = WordVectors(config)
        self.phrases = Phrases(config)
        self.forward_lstm = nn.LSTM(3 * config.phrase_dim, config.hidden_dim, batch_first=True)
        self.backward_lstm = nn.LSTM(3 * config.phrase_dim, config.hidden_dim, batch_first=True)
        self.labels = LabelAttention(config)
        self.drop = SharedDropout(config.dropout)

    def forward(self, batch: Batch, mechanism: Mechanism | None = None, need_weights: bool = False) -> Answer:
        """Score every emotion for every text.

        mechanism: replaces the label-wise attention's score and normaliser for this call.
        Raises ValueError for a mechanism whose score has parameters that this model was not trained with.
        """
        states = self.drop(self.encode(batch))  # (batch, length, 2 · hidden_dim)
        return self.labels(states, batch.mask, mechanism or self.mechanism, need_weights)

    def encode(self, batch: Batch) -> Tensor:
        """Return every word's vector in its sentence, (batch, length, 2 · hidden_dim)."""
        inside = batch.mask[..., None]
        vectors = self.drop(self.words(batch)) * inside
        phrases = self.drop(self.phrases(vectors) * inside)
        order = reversed_within(batch.mask)
        ahead, _ = self.forward_lstm(phrases)
        back, _ = self.backward_lstm(_in_order(phrases, order))
        return torch.cat([ahead, _in_order(back, order)], dim=-1)


class WordVectors(nn.Module):
    """vector(word) = own vector + Σ vectors of its letter sequences + vector of its shape."""

    def __init__(self, config: EmotionConfig) -> None:
        super().__init__()
        self.config = config
        self.own = nn.Embedding(config.vocab_size, config.embedding_dim, padding_idx=PAD)
        self.letters = nn.EmbeddingBag(config.buckets, config.embedding_dim, mode="sum")
        self.shapes = nn.Embedding(SHAPES, config.embedding_dim)
        nn.init.normal_(self.own.weight, std=0.1)
        nn.init.normal_(self.letters.weight, std=0.02)
        nn.init.zeros_(self.shapes.weight)

    def forward(self, batch: Batch) -> Tensor:
        """Return (batch, length, embedding_dim); in training some words are hidden, some known by letters alone."""
        numbers = batch.words
        if self.training:
            hidden = torch.rand(numbers.shape, device=numbers.device) < self.config.letters_only
            numbers = numbers.masked_fill(hidden & (numbers != PAD), UNKNOWN)
        letters = self.letters(batch.grams, batch.starts)  # (distinct, embedding_dim)
        vectors = self.own(numbers) + letters[batch.distinct] + self.shapes(batch.shapes)
        if self.training:
            kept = torch.rand(numbers.shape, device=numbers.device) >= self.config.word_dropout
            vectors = vectors * kept[..., None]
        return vectors


class Phrases(nn.Module):
    """Convolutions over one word, a word with the next, and a word with both neighbours (Kim 2014)."""

    def __init__(self, config: EmotionConfig) -> None:
        super().__init__()
        sizes = (config.embedding_dim, config.phrase_dim)
        self.layers = nn.ModuleList(nn.Conv1d(*sizes, kernel_size=width) for width in (1, 2, 3))

    def forward(self, vectors: Tensor) -> Tensor:
        """(batch, length, embedding_dim) to (batch, length, 3 · phrase_dim), none below 0."""
        columns = vectors.transpose(1, 2)
        found = []
        for layer in self.layers:
            width = layer.kernel_size[0]
            found.append(F.relu(layer(F.pad(columns, ((width - 1) // 2, width // 2)))))
        return torch.cat(found, dim=1).transpose(1, 2)


class LabelAttention(nn.Module):
    """One query an emotion and head, one read-out an emotion.

    logit_e = u_e · concat(context_e,1 … context_e,heads) + b_e,  context_e,h = Σ_j w_e,h,j V_h x_j
    w_e,h = normaliser(score(q_e,h, K_h x_j))      Mullenbach et al. 2018, equations 1 to 3, with heads
    q_e,h = common_h + group_h(e) + own_e,h

    A query's common part and its sentiment group's part learn from all comments which words carry any emotion at all,
    so that a rare emotion has less to find out for itself.
    """

    def __init__(self, config: EmotionConfig) -> None:
        super().__init__()
        state_dim, count = 2 * config.hidden_dim, len(EMOTIONS)
        self.heads = config.heads
        self.common_query = nn.Parameter(torch.randn(config.heads, 1, config.key_dim))
        self.group_query = nn.Parameter(0.3 * torch.randn(config.heads, len(GROUPS), config.key_dim))
        self.own_query = nn.Parameter(0.3 * torch.randn(config.heads, count, config.key_dim))
        self.key = nn.Linear(state_dim, config.heads * config.key_dim)
        self.value = nn.Linear(state_dim, state_dim)
        self.read_out = nn.Parameter(0.05 * torch.randn(count, state_dim))
        self.bias = nn.Parameter(torch.full((count,), -3.0))  # most emotions are rare
        self.drop = nn.Dropout(config.dropout / 2)

    def queries(self) -> Tensor:
        """Return the query of every emotion and head, (heads, emotions, key_dim)."""
        return self.common_query + self.group_query[:, list(_GROUP_OF)] + self.own_query

    def forward(self, states: Tensor, mask: Tensor, mechanism: Mechanism, need_weights: bool) -> Answer:
        """states: (batch, length, 2 · hidden_dim); mask: (batch, length), True = a word, which may be attended to."""
        key, value = split_heads(self.key(states), self.heads), split_heads(self.value(states), self.heads)
        query = self.queries().expand(len(states), -1, -1, -1)  # (batch, heads, emotions, key_dim)
        context, weights = attend(query, key, value, mechanism, mask[:, None, None], need_weights=need_weights)
        found = self.drop(merge_heads(context))  # (batch, emotions, 2 · hidden_dim)
        return Answer((found * self.read_out).sum(dim=-1).float() + self.bias, weights)


class SharedDropout(nn.Module):
    """Dropout with one mask for all words of a text (Gal & Ghahramani 2016)."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, values: Tensor) -> Tensor:
        """Drop features of values (batch, length, dim) while training."""
        if not self.training or self.rate == 0:
            return values
        keep = values.new_empty(values.shape[0], 1, values.shape[2]).bernoulli_(1 - self.rate)
        return values * keep.div_(1 - self.rate)


def reversed_within(mask: Tensor) -> Tensor:
    """Return for every place which one stands there when each text is turned round and its padding stays behind."""
    lengths = mask.sum(dim=1, keepdim=True)
    places = torch.arange(mask.shape[1], device=mask.device)[None]
    return torch.where(places < lengths, lengths - 1 - places, places)


def build_model(config: dict) -> EmotionModel:
    """Build an untrained model from the `model` part of a checkpoint's `config.json`.

    Raises ValueError for an architecture or a setting that does not exist.
    """
    known = {field.name for field in fields(EmotionConfig)}
    wanted = EmotionConfig.architecture
    if config.get("architecture", wanted) != wanted:
        raise ValueError(f"architecture {config['architecture']!r} is not known; use {wanted!r}")
    if missing := {"vocab_size", "buckets"} - set(config):
        raise ValueError(f"the settings lack {', '.join(sorted(missing))}; config.json needs them")
    if unknown := set(config) - known:
        raise ValueError(f"settings {sorted(unknown)} are not known to an emotion model; known: {sorted(known)}")
    return EmotionModel(EmotionConfig(**config))


def config_dict(model: EmotionModel) -> dict:
    """Return the settings from which `build_model` builds the same model."""
    return asdict(model.config)


def _in_order(values: Tensor, order: Tensor) -> Tensor:
    return values.gather(1, order[..., None].expand(-1, -1, values.shape[-1]))
