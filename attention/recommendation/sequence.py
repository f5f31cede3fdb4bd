"""Two models that sum a list up in one state, to compare with: a GRU, and SASRec as it was published."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from attention.mechanisms import MultiHeadAttention, causal_mask


@dataclass(frozen=True)
class SequenceConfig:
    """Sizes of the models that sum a list up. window: how many of the last books they read."""

    items: int
    d_model: int = 128
    window: int = 40
    heads: int = 2
    dropout: float = 0.2
    architecture: str = "gru"


class StateModel(nn.Module):
    """A state after every book of the list; a book's score is its product with the state, plus a bias.

    score_j = o_j · state + bias_j; books read and books offered have tables of their own.
    """

    def __init__(self, config: SequenceConfig) -> None:
        super().__init__()
        self.config = config
        self.read = nn.Parameter(0.05 * torch.randn(config.items, config.d_model))
        self.offered = nn.Parameter(0.05 * torch.randn(config.items, config.d_model))
        self.bias = nn.Parameter(torch.zeros(config.items))
        self.dropout = nn.Dropout(config.dropout)

    def states(self, books: Tensor) -> Tensor:
        """Return the state after each book: (batch, length) numbers of books -> (batch, length, d_model)."""
        raise NotImplementedError

    def scores(self, history: Tensor) -> Tensor:
        """Score all books after a list of at least one: (read,) -> (items,)."""
        state = self.states(history[None, -self.config.window :])[0, -1]
        return self.offered @ state + self.bias


class GRURecommender(StateModel):
    """A gated recurrent unit over the list: GRU4Rec, Hidasi et al. 2016, with a softmax over the books."""

    def __init__(self, config: SequenceConfig) -> None:
        super().__init__(config)
        self.gru = nn.GRU(config.d_model, config.d_model, batch_first=True)

    def states(self, books: Tensor) -> Tensor:
        hidden, _ = self.gru(self.dropout(self.read[books]))
        return self.dropout(hidden)


class SASRec(StateModel):
    """One block of causal multi-head self-attention over the list: Kang & McAuley 2018, section 3.

    positions: a learned vector for each place of the window; norms come before each part.
    """

    def __init__(self, config: SequenceConfig) -> None:
        super().__init__(config)
        width = config.d_model
        self.positions = nn.Parameter(0.02 * torch.randn(config.window, width))
        self.attention = MultiHeadAttention(width, config.heads)
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in range(3)])
        self.feed = nn.Sequential(
            nn.Linear(width, width), nn.ReLU(), nn.Dropout(config.dropout), nn.Linear(width, width)
        )

    def states(self, books: Tensor) -> Tensor:
        length = books.shape[1]
        x = self.dropout(self.read[books] * self.config.d_model**0.5 + self.positions[:length])
        normed = self.norms[0](x)
        context, _ = self.attention(normed, normed, normed, causal_mask(length), need_weights=False)
        x = x + self.dropout(context)
        x = x + self.dropout(self.feed(self.norms[1](x)))
        return self.norms[2](x)
