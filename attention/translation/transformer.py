"""The Transformer of Vaswani et al. 2017, with its norms moved before each part (Xiong et al. 2020) and one embedding
table for source, target and output (Press & Wolf 2017)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from attention.mechanisms import (
    Mechanism,
    MultiHeadAttention,
    attention_scores,
    attention_weights,
    causal_mask,
    sinusoidal_positions,
)
from attention.translation.model import Encoded, Forced, SentenceDropout, TransformerConfig
from attention.translation.tokens import PAD

MAX_POSITIONS = 256  # pieces; far above the 50 that decoding allows


class FeedForward(nn.Module):
    """Two linear layers with a ReLU between, the same at every position."""

    def __init__(self, d_model: int, ffn_dim: int) -> None:
        super().__init__()
        self.widen = nn.Linear(d_model, ffn_dim)
        self.narrow = nn.Linear(ffn_dim, d_model)

    def forward(self, values: Tensor) -> Tensor:
        return self.narrow(torch.relu(self.widen(values)))


class EncoderLayer(nn.Module):
    """Self-attention, then the feed-forward part, each added to its input."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(config.d_model)
        self.attention = MultiHeadAttention(config.d_model, config.heads, score=config.score)
        self.feed_forward_norm = nn.LayerNorm(config.d_model)
        self.feed_forward = FeedForward(config.d_model, config.ffn_dim)
        self.mechanism = Mechanism(score=config.score, normaliser=config.normaliser)
        self.dropout = SentenceDropout(config.dropout)

    def forward(self, values: Tensor, mask: Tensor, need_weights: bool = False) -> tuple[Tensor, Tensor | None]:
        """values: (batch, source_len, d_model); mask: (batch, 1, 1, source_len)."""
        normed = self.attention_norm(values)
        context, weights = self.attention(normed, normed, normed, mask, self.mechanism, need_weights)
        values = values + self.dropout(context)
        return values + self.dropout(self.feed_forward(self.feed_forward_norm(values))), weights


class DecoderLayer(nn.Module):
    """Self-attention over what is written, cross-attention over the source, then the feed-forward part."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.self_norm = nn.LayerNorm(config.d_model)
        self.self_attention = MultiHeadAttention(config.d_model, config.heads, score=config.score)
        self.cross_norm = nn.LayerNorm(config.d_model)
        self.cross_attention = MultiHeadAttention(config.d_model, config.heads, score=config.score)
        self.feed_forward_norm = nn.LayerNorm(config.d_model)
        self.feed_forward = FeedForward(config.d_model, config.ffn_dim)
        self.mechanism = Mechanism(score=config.score, normaliser=config.normaliser)
        self.dropout = SentenceDropout(config.dropout)

    def look_back(self, values: Tensor, past: tuple[Tensor, Tensor] | None, mask: Tensor | None, need_weights: bool):
        """Self-attention over past and present positions.

        Returns values, weights, and the keys and values (batch, heads, length, head_dim) that the next step needs.
        """
        normed = self.self_norm(values)
        attention = self.self_attention
        key, value = attention.project_key_value(normed, normed)
        if past is not None:
            key, value = torch.cat([past[0], key], dim=2), torch.cat([past[1], value], dim=2)
        query = attention.project_query(normed)
        context, weights = attention.attend_projected(query, key, value, mask, self.mechanism, need_weights)
        return values + self.dropout(attention.output(context)), weights, (key, value)

    def think(self, values: Tensor) -> Tensor:
        return values + self.dropout(self.feed_forward(self.feed_forward_norm(values)))


class TransformerTranslator(nn.Module):
    """Encoder and decoder; every attention in it is `attention.mechanisms.attend`."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        self.mechanism = Mechanism(score=config.score, normaliser=config.normaliser)
        self.embedding = nn.Embedding(config.vocab_size, config.d_model, padding_idx=PAD)
        self.encoder_layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.encoder_layers))
        self.encoder_norm = nn.LayerNorm(config.d_model)
        self.decoder_layers = nn.ModuleList(DecoderLayer(config) for _ in range(config.decoder_layers))
        self.decoder_norm = nn.LayerNorm(config.d_model)
        self.dropout = SentenceDropout(config.dropout)
        self.register_buffer("positions", sinusoidal_positions(MAX_POSITIONS, config.d_model), persistent=False)
        nn.init.normal_(self.embedding.weight, std=config.d_model**-0.5)
        with torch.no_grad():
            self.embedding.weight[PAD].zero_()

    def embed_source(self, source: Tensor) -> Tensor:
        """Return the vectors of the pieces, before positions are added, (batch, source_len, d_model)."""
        return self.embedding(source) * math.sqrt(self.config.d_model)

    def encode(
        self, source: Tensor, mask: Tensor, need_weights: bool = False, embedded: Tensor | None = None
    ) -> Encoded:
        """Read the sentences; source: (batch, source_len) ids, mask: the same shape, True = a real piece.

        embedded: what `embed_source` gave, for those who want gradients with respect to it.
        """
        values = self._placed(self.embed_source(source) if embedded is None else embedded)
        all_weights = []
        for layer in self.encoder_layers:
            values, weights = layer(values, mask[:, None, None], need_weights)
            all_weights.append(weights)
        memory = self.encoder_norm(values)
        cache = tuple(
            part for layer in self.decoder_layers for part in layer.cross_attention.project_key_value(memory, memory)
        )
        return Encoded(memory, mask, cache, torch.stack(all_weights, dim=1) if need_weights else None)

    def start(self, encoded: Encoded) -> tuple:
        """Return the decoder's first state: no keys and values yet, for every layer."""
        heads, head_dim = self.config.heads, self.config.d_model // self.config.heads
        empty = encoded.memory.new_zeros(encoded.memory.shape[0], heads, 0, head_dim)
        return tuple((empty, empty) for _ in self.decoder_layers)

    def step(
        self, encoded: Encoded, state: tuple, tokens: Tensor, mechanism: Mechanism | None = None
    ) -> tuple[Tensor, tuple, Tensor]:
        """Read one piece per sentence and score the next; tokens: (batch,).

        Returns logits (batch, vocab_size), the new state, and weights (batch, layers, heads, source_len).
        """
        values = self._embed(tokens[:, None], first=state[0][0].shape[2])
        new_state, all_weights = [], []
        for number, (layer, past) in enumerate(zip(self.decoder_layers, state, strict=True)):
            values, _, present = layer.look_back(values, past, None, need_weights=False)
            values, weights = self._cross(layer, number, values, encoded, mechanism, need_weights=True)
            values = layer.think(values)
            new_state.append(present)
            all_weights.append(weights[:, :, 0])
        return self._logits(values)[:, 0], tuple(new_state), torch.stack(all_weights, dim=1)

    def forward(self, source: Tensor, mask: Tensor, target_in: Tensor) -> Tensor:
        """Return logits (batch, target_len, vocab_size) of the piece that follows each piece of target_in."""
        encoded = self.encode(source, mask)
        values = self._embed(target_in)
        earlier = causal_mask(target_in.shape[1], device=target_in.device)
        for number, layer in enumerate(self.decoder_layers):
            values, _, _ = layer.look_back(values, None, earlier, need_weights=False)
            values, _ = self._cross(layer, number, values, encoded, None, need_weights=False)
            values = layer.think(values)
        return self._logits(values)

    def force(self, encoded: Encoded, target_in: Tensor, mechanism: Mechanism | None = None) -> Forced:
        """Send a given translation through the decoder; target_in: (batch, target_len), begin mark first."""
        mechanism = mechanism or self.mechanism
        values = self._embed(target_in)
        earlier = causal_mask(target_in.shape[1], device=target_in.device)
        layers = []
        for number, layer in enumerate(self.decoder_layers):
            values, own_weights, _ = layer.look_back(values, None, earlier, need_weights=True)
            attention = layer.cross_attention
            query = attention.project_query(layer.cross_norm(values))
            key, value = encoded.cache[2 * number], encoded.cache[2 * number + 1]
            # scores, weights: (batch, heads, target_len, source_len)
            scores = attention_scores(query, key, mechanism, attention.score_layer)
            weights = attention_weights(scores, mechanism, encoded.mask[:, None, None])
            values = values + attention.output(weights @ value)
            values = layer.think(values)
            layers.append((scores, weights, _shares(weights, value, attention.out_proj.weight), own_weights))
        scores, weights, contributions, own = (torch.stack(part, dim=1) for part in zip(*layers, strict=True))
        return Forced(self._logits(values), scores, weights, contributions, own)

    def _cross(
        self,
        layer: DecoderLayer,
        number: int,
        values: Tensor,
        encoded: Encoded,
        mechanism: Mechanism | None,
        need_weights: bool,
    ) -> tuple[Tensor, Tensor | None]:
        attention = layer.cross_attention
        query = attention.project_query(layer.cross_norm(values))
        key, value = encoded.cache[2 * number], encoded.cache[2 * number + 1]
        mask = encoded.mask[:, None, None]  # (batch, 1, 1, source_len)
        mechanism = mechanism or self.mechanism
        context, weights = attention.attend_projected(query, key, value, mask, mechanism, need_weights)
        return values + layer.dropout(attention.output(context)), weights

    def _embed(self, tokens: Tensor, first: int = 0) -> Tensor:
        return self._placed(self.embed_source(tokens), first)

    def _placed(self, embedded: Tensor, first: int = 0) -> Tensor:
        length = embedded.shape[1]
        if first + length > MAX_POSITIONS:
            raise ValueError(f"{first + length} pieces came; the model has positions for {MAX_POSITIONS}")
        return self.dropout(embedded + self.positions[first : first + length])

    def _logits(self, values: Tensor) -> Tensor:
        return nn.functional.linear(self.decoder_norm(values), self.embedding.weight)


def _shares(weights: Tensor, value: Tensor, output: Tensor) -> Tensor:
    """Return each source position's share of the context: ‖weight · value · output projection‖, normalised.

    weights: (batch, heads, target_len, source_len); value: (batch, heads, source_len, head_dim); output: (d_model,
    heads * head_dim). Kobayashi et al. 2020, equation 3.
    """
    heads, head_dim = value.shape[1], value.shape[3]
    per_head = output.view(-1, heads, head_dim)  # (d_model, heads, head_dim)
    lengths = torch.einsum("bhsk,dhk->bhsd", value, per_head).norm(dim=-1)  # (batch, heads, source_len)
    parts = weights * lengths[:, :, None]
    return parts / parts.sum(dim=-1, keepdim=True).clamp_min(1e-12)
