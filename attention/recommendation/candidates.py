"""Candidate attention: every book on offer looks at the reader's list itself, and is scored by what it finds there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from attention.mechanisms import Mechanism, attention_scores, attention_weights, split_heads
from attention.mechanisms.prefix import prefix_attend
from attention.recommendation.neighbours import KINDS
from attention.recommendation.relations import RELATIONS

FIRST_AGES = (2.0, 4.0, 8.0, 20.0)  # books until a head's weight has fallen to 1/e^0.8, before training
FIRST_NEAR = (0.0, 1.0, 2.0, 3.0)  # how much a head's scores count books read near each other, before training
FIRST_RELATIONS = (0.3, 1.0, 0.3, 0.0)  # what same author, next, later, earlier volume add to a value, before training


@dataclass(frozen=True)
class CandidateConfig:
    """Sizes of the model. window: how many of the last books it looks at; head_dim: of queries and keys."""

    items: int
    d_model: int = 128
    heads: int = 4
    head_dim: int = 32
    window: int = 40
    architecture: str = "candidates"


class Pairs(NamedTuple):
    """What is known of pairs of a book read and a book on offer before any training.

    strengths: (kinds, read, offered) of their neighbourhood; relations: (read, offered), 0 none, then `RELATIONS`.
    """

    strengths: Tensor
    relations: Tensor


class Looked(NamedTuple):
    """What every book on offer found in a list.

    scores: (offered,) before softmax. weights: (heads, offered, read), each row sums to 1. contributions: (offered,
    read), what each book read added to the score: weight · value, summed over the heads; with the bias they make it up.
    """

    scores: Tensor
    weights: Tensor
    contributions: Tensor


class CandidateAttention(nn.Module):
    """Attention from every book on offer over the books read, with biases for age and for what pairs have in common.

    weight_ji = softmax_i(q_j · k_i / √head_dim + a[age_i] + α · pair_ij)
    score_j = Σ_heads Σ_i weight_ji (o_j · r_i + β · pair_ij) + bias_j

    r_i, o_j: the head's part of the book's vector as one read and as one offered; k_i, q_j: projections of the whole
    vectors; pair_ij: strengths and relations of the two books. With q = k = α = 0 and a = -age / τ it is a
    recency-weighted neighbour rule, and the first head starts there; the others start with a longer memory and look at
    related books the more.
    After SASRec (Kang & McAuley 2018): causal multi-head attention over the list, with biases for relative positions
    (Shaw et al. 2018); but the query is the book to be scored (as in Zhou et al. 2018), not the last one read.
    The model keeps nothing of its last run.
    """

    def __init__(self, config: CandidateConfig) -> None:
        super().__init__()
        self.config = config
        self.mechanism = Mechanism()
        items, width, heads = config.items, config.d_model, config.heads
        self.read = nn.Parameter(0.05 * torch.randn(items, width))
        self.offered = nn.Parameter(0.05 * torch.randn(items, width))
        self.bias = nn.Parameter(torch.zeros(items))
        self.query_proj = nn.Linear(width, heads * config.head_dim, bias=False)
        self.key_proj = nn.Linear(width, heads * config.head_dim, bias=False)
        self.key_proj.weight.data.copy_(self.query_proj.weight.data)
        starts = torch.tensor([FIRST_AGES[head % len(FIRST_AGES)] for head in range(heads)])
        # the small tables are kept flat: training lets matrices decay, and checkpoints round them to 8 bits
        self.ages = nn.Parameter((-0.8 * torch.arange(config.window) / starts[:, None]).flatten())
        self.pair_biases = nn.Parameter(_first_pairs(heads, FIRST_NEAR, (0.0,) * len(RELATIONS)))
        self.pair_values = nn.Parameter(_first_pairs(heads, (1.0,), FIRST_RELATIONS))

    @property
    def age_bias(self) -> Tensor:
        """What is added to the score of a book by its age, (heads, window), age 0 first."""
        return self.ages.view(self.config.heads, -1)

    @property
    def pair_bias(self) -> Tensor:
        """α: (heads, kinds + relations)."""
        return self.pair_biases.view(self.config.heads, -1)

    @property
    def pair_value(self) -> Tensor:
        """β: (heads, kinds + relations)."""
        return self.pair_values.view(self.config.heads, -1)

    def look(self, history: Tensor, pairs: Pairs, mechanism: Mechanism | None = None) -> Looked:
        """Score all books after a list of at least one book, by `attention_scores` and `attention_weights`.

        history: (read,) numbers of the last books, oldest first, at most `window`. pairs: of these with all books.
        mechanism: replaces the model's own; its temperature divides the biases, too.
        """
        mechanism = mechanism or self.mechanism
        key, value = self._read(self.read[history])
        query, offered = self._offered(self.offered)
        first, second, parts = pair_entries(pairs)
        places = torch.arange(self.config.heads)[:, None], second, first  # of the pairs that have anything in common
        ages = self.age_bias[:, : len(history)].flip(1)  # the last book read has age 0
        scores = attention_scores(query, key, mechanism) + ages[:, None] / mechanism.temperature
        scores = scores.index_put(places, self.pair_bias @ parts / mechanism.temperature, accumulate=True)
        weights = attention_weights(scores, mechanism)  # (heads, offered, read)
        values = (offered @ value.transpose(1, 2)).index_put(places, self.pair_value @ parts, accumulate=True)
        contributions = (weights * values).sum(dim=0)  # (offered, read)
        return Looked(contributions.sum(dim=1) + self.bias, weights, contributions)

    def prefixes(self, read: Tensor, offered: Tensor, pairs: Pairs, bias: Tensor, keep: Tensor | None = None) -> Tensor:
        """Score some books after every beginning of a list, all beginnings at once, for training.

        read: (length, d_model) vectors of the list; offered: (offered, d_model); bias: (offered,). keep: (length,),
        False for books to leave out. Returns (length, offered): row t is what `look` says after book t.
        """
        key, value = self._read(read)
        query, own = self._offered(offered)
        bias_part, extra = self.pair_parts(pairs)
        scores = key @ query.transpose(1, 2) * self.config.head_dim**-0.5 + bias_part
        if keep is not None:
            scores = scores.masked_fill(~keep[:, None], -30.0)
        values = value @ own.transpose(1, 2) + extra
        return prefix_attend(scores, values, self.age_bias[:, : len(read)]).sum(dim=0) + bias

    @torch.no_grad()
    def weigh_vectors(self, share: float) -> None:
        """Let the books' vectors count so much as before in the scores; the attention stays. share: above 0.

        Vectors know the readers they learnt from too well; how much to trust them is told by other books of theirs.
        """
        self.read.mul_(share)
        self.key_proj.weight.div_(share)

    def pair_parts(self, pairs: Pairs) -> tuple[Tensor, Tensor]:
        """Return what pairs add to the scores and to the values of each head, (heads, read, offered) each."""
        kinds = len(pairs.strengths)
        parts = []
        first, second = pairs.relations.nonzero(as_tuple=True)
        relation = pairs.relations[first, second].long() - 1 + kinds
        head = torch.arange(self.config.heads)[:, None]
        for table in (self.pair_bias, self.pair_value):
            dense = torch.einsum("hk,kro->hro", table[:, :kinds], pairs.strengths)
            parts.append(dense.index_put((head, first, second), table[:, relation], accumulate=True))
        return parts[0], parts[1]

    def _read(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        return split_heads(self.key_proj(vectors), self.config.heads), split_heads(vectors, self.config.heads)

    def _offered(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        return split_heads(self.query_proj(vectors), self.config.heads), split_heads(vectors, self.config.heads)


def pair_entries(pairs: Pairs) -> tuple[Tensor, Tensor, Tensor]:
    """Return which pairs have anything in common, places read and offered, and what: (kinds + relations, pairs)."""
    first, second = ((pairs.strengths != 0).any(dim=0) | (pairs.relations > 0)).nonzero(as_tuple=True)
    relations = nn.functional.one_hot(pairs.relations[first, second].long(), len(RELATIONS) + 1)[:, 1:]
    return first, second, torch.cat([pairs.strengths[:, first, second], relations.T])


def _first_pairs(heads: int, near: tuple[float, ...], relations: tuple[float, ...]) -> Tensor:
    """Return how pairs count before training, flat: by what was read near each other, head by head, and relations."""
    rest = (*[0.0] * (len(KINDS) - 1), *relations)
    return torch.tensor([(near[head % len(near)], *rest) for head in range(heads)]).flatten()
