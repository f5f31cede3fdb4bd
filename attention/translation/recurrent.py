"""Bidirectional LSTM encoder, LSTM decoder, and attention of every decoder state over all encoder states.

After Bahdanau et al. 2015 (encoder, additive score) with Luong et al. 2015 section 3 in the order of things: the
decoder's LSTM moves first, its new state is the query, and the context is joined to that state before the vocabulary.
Nothing of one step's context enters the next step's LSTM, so training runs over a whole sentence in one call.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from attention.mechanisms import AdditiveLayer, GeneralLayer, Mechanism, attend, attention_scores, attention_weights
from attention.translation.model import Encoded, Forced, RecurrentConfig, SentenceDropout
from attention.translation.tokens import PAD

LEARNED = ("additive", "general")  # scores that bring parameters of their own


class RecurrentTranslator(nn.Module):
    """The article's model, put right. Layers and heads are 1 in all weights that it returns."""

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        self.config = config
        self.mechanism = Mechanism(score=config.score, normaliser=config.normaliser)
        memory_dim = 2 * config.hidden_dim
        self.embedding = nn.Embedding(config.vocab_size, config.embedding_dim, padding_idx=PAD)
        self.encoder = nn.LSTM(config.embedding_dim, config.hidden_dim, bidirectional=True, batch_first=True)
        self.bridge = nn.Linear(memory_dim, 2 * config.hidden_dim)
        self.decoder = nn.LSTM(config.embedding_dim, config.hidden_dim, batch_first=True)
        self.score_layer = self._score_layer(memory_dim)
        self.combine = nn.Linear(config.hidden_dim + memory_dim, config.embedding_dim)
        self.output_bias = nn.Parameter(torch.zeros(config.vocab_size))
        self.dropout = SentenceDropout(config.dropout)
        nn.init.normal_(self.embedding.weight, std=config.embedding_dim**-0.5)
        with torch.no_grad():
            self.embedding.weight[PAD].zero_()

    def embed_source(self, source: Tensor) -> Tensor:
        """Return the vectors of the pieces, (batch, source_len, embedding_dim)."""
        return self._embed(source)

    def encode(
        self, source: Tensor, mask: Tensor, need_weights: bool = False, embedded: Tensor | None = None
    ) -> Encoded:
        """Read the sentences; source: (batch, source_len) ids, mask: the same shape, True = a real piece.

        embedded: what `embed_source` gave, for those who want gradients with respect to it.
        """
        lengths = mask.sum(dim=1).cpu()
        embedded = self.embed_source(source) if embedded is None else embedded
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        states, (hidden, _) = self.encoder(packed)
        memory, _ = pad_packed_sequence(states, batch_first=True, total_length=source.shape[1])
        memory = self.dropout(memory)  # (batch, source_len, 2 * hidden_dim)
        first = torch.tanh(self.bridge(hidden.transpose(0, 1).flatten(1)))  # (batch, 2 * hidden_dim)
        return Encoded(memory, mask, (self._keys(memory), first))

    def start(self, encoded: Encoded) -> tuple[Tensor, Tensor]:
        """Return the decoder's first state: hidden and cell, each (batch, hidden_dim)."""
        hidden, cell = encoded.cache[1].chunk(2, dim=-1)
        return hidden, cell

    def step(
        self, encoded: Encoded, state: tuple[Tensor, Tensor], tokens: Tensor, mechanism: Mechanism | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor], Tensor]:
        """Read one piece per sentence and score the next; tokens: (batch,).

        Returns logits (batch, vocab_size), the new state, and weights (batch, 1, 1, source_len).
        """
        states, state = self._decode(tokens[:, None], state)
        context, weights = self._attend(encoded, states, mechanism, need_weights=True)
        return self._logits(states, context)[:, 0], state, weights[:, None]

    def forward(self, source: Tensor, mask: Tensor, target_in: Tensor) -> Tensor:
        """Return logits (batch, target_len, vocab_size) of the piece that follows each piece of target_in."""
        encoded = self.encode(source, mask)
        states, _ = self._decode(target_in, self.start(encoded))
        context, _ = self._attend(encoded, self.dropout(states), None, need_weights=False)
        return self._logits(states, context)

    def force(self, encoded: Encoded, target_in: Tensor, mechanism: Mechanism | None = None) -> Forced:
        """Send a given translation through the decoder; target_in: (batch, target_len), begin mark first."""
        mechanism = mechanism or self.mechanism
        states, _ = self._decode(target_in, self.start(encoded))
        scores = self._scores(encoded, states, mechanism)  # (batch, target_len, source_len)
        weights = attention_weights(scores, mechanism, encoded.mask[:, None])
        logits = self._logits(states, weights @ encoded.memory)
        transform = self.combine.weight[:, self.config.hidden_dim :]  # (embedding_dim, memory_dim)
        lengths = (encoded.memory @ transform.T).norm(dim=-1)  # (batch, source_len)
        contributions = weights * lengths[:, None]
        contributions = contributions / contributions.sum(dim=-1, keepdim=True).clamp_min(1e-12)
        return Forced(logits, *(part[:, None, None] for part in (scores, weights, contributions)))

    def _score_layer(self, memory_dim: int) -> nn.Module:
        """Build what the score learns; a score without parameters gets a projection of the query to the key's size."""
        config = self.config
        if config.score == "additive":
            return AdditiveLayer(config.hidden_dim, memory_dim, config.attention_dim)
        if config.score == "general":
            return GeneralLayer(config.hidden_dim, memory_dim)
        return nn.Linear(config.hidden_dim, memory_dim, bias=False)

    def _keys(self, memory: Tensor) -> Tensor:
        return self.score_layer.project_key(memory) if self.config.score in LEARNED else memory

    def _decode(self, tokens: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        embedded = self._embed(tokens)
        states, (hidden, cell) = self.decoder(embedded, tuple(part[None].contiguous() for part in state))
        return states, (hidden[0], cell[0])

    def _query_and_key(self, encoded: Encoded, states: Tensor, mechanism: Mechanism) -> tuple[Tensor, Tensor, dict]:
        """Return query, key and what the score needs besides.

        A score without parameters compares query and key in a common space: the trained score's own projections.
        """
        own, keys = self.config.score, encoded.cache[0]
        if own in LEARNED and own == mechanism.score:
            return states, encoded.memory, {"layer": self.score_layer, "projected_key": keys}
        if mechanism.score in LEARNED:
            raise ValueError(f"score {mechanism.score!r} has parameters that this {own} model was not trained with")
        if own == "general":
            return states, keys, {}
        return (self.score_layer.w_query if own == "additive" else self.score_layer)(states), keys, {}

    def _scores(self, encoded: Encoded, states: Tensor, mechanism: Mechanism) -> Tensor:
        query, key, extra = self._query_and_key(encoded, states, mechanism)
        return attention_scores(query, key, mechanism, **extra)

    def _attend(
        self, encoded: Encoded, states: Tensor, mechanism: Mechanism | None, need_weights: bool
    ) -> tuple[Tensor, Tensor | None]:
        mechanism = mechanism or self.mechanism
        query, key, extra = self._query_and_key(encoded, states, mechanism)
        mask = encoded.mask[:, None]  # (batch, 1, source_len)
        return attend(query, key, encoded.memory, mechanism, mask, need_weights=need_weights, **extra)

    def _logits(self, states: Tensor, context: Tensor) -> Tensor:
        joined = torch.tanh(self.combine(torch.cat([states, context], dim=-1)))  # (batch, target_len, embedding_dim)
        return nn.functional.linear(self.dropout(joined), self.embedding.weight, self.output_bias)

    def _embed(self, tokens: Tensor) -> Tensor:
        scale = math.sqrt(self.config.embedding_dim)  # the tied rows start with length about 1
        return self.dropout(self.embedding(tokens) * scale)
