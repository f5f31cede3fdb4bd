"""Heads: several attentions side by side, each in a small space of its own."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from attention.mechanisms.attend import LAYERS, SCORES, Mechanism, attend
from attention.mechanisms.scores import AdditiveLayer, GeneralLayer


def split_heads(vectors: Tensor, heads: int) -> Tensor:
    """Cut every vector into equal parts, one per head: (..., length, d_model) -> (..., heads, length, head_dim).

    Raises ValueError when d_model is not a multiple of heads.
    """
    d_model = vectors.shape[-1]
    _check_heads(d_model, heads)
    return vectors.unflatten(-1, (heads, d_model // heads)).transpose(-2, -3)


def merge_heads(vectors: Tensor) -> Tensor:
    """Undo `split_heads`: (..., heads, length, head_dim) -> (..., length, d_model)."""
    return vectors.transpose(-2, -3).flatten(-2)


class _Heads(nn.Module):
    """What heads of every kind have in common: their class makes and projects, this one attends and joins."""

    score_layer: nn.Module | None
    out_proj: nn.Linear

    def __init__(self, d_model: int, heads: int, groups: int, score: str) -> None:
        """groups: how many key and value heads there are."""
        super().__init__()
        _check_heads(d_model, heads)
        _check_score(score)
        if groups < 1 or heads % groups:
            raise ValueError(f"{heads} heads cannot share {groups} groups; use one of {divisors(heads)} groups")
        self.d_model, self.heads, self.groups, self.head_dim = d_model, heads, groups, d_model // heads
        self.mechanism = Mechanism(score=score)

    def reset_parameters(self) -> None:
        """Draw all projections anew, as torch's own module does: Xavier, with biases 0."""
        for name, module in self.named_children():
            if isinstance(module, nn.Linear):
                separate = name in ("query_proj", "key_proj", "value_proj")
                nn.init.xavier_uniform_(module.weight, gain=0.5**0.5 if separate else 1)  # as if the three were packed
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        mask: Tensor | None = None,
        mechanism: Mechanism | None = None,
        need_weights: bool = True,
    ) -> tuple[Tensor, Tensor | None]:
        """Return context (batch, query_len, d_model) and weights (batch, heads, query_len, key_len) or None.

        query: (batch, query_len, d_model); key: (batch, key_len, key_dim); value: (batch, key_len, value_dim)
        mask: boolean, True = may attend: (query_len, key_len), (batch, query_len, key_len), or with heads
        (batch, heads, query_len, key_len); axes of size 1 broadcast.
        mechanism: the module's own score with softmax when left out.
        """
        q, k, v = self._projected(query, key, value)
        context, weights = self.attend_projected(q, k, v, mask, mechanism, need_weights)
        return self.output(context), weights

    def attend_projected(
        self,
        q: Tensor,
        k: Tensor,
        v: Tensor,
        mask: Tensor | None = None,
        mechanism: Mechanism | None = None,
        need_weights: bool = True,
    ) -> tuple[Tensor, Tensor | None]:
        """Attend with projected queries, keys and values: context (batch, heads, query_len, head_dim), and weights.

        Raises ValueError when the mechanism's score has parameters and this module was made for another score.
        """
        if self.groups != self.heads:
            k, v = (x.repeat_interleave(self.heads // self.groups, dim=-3) for x in (k, v))  # one for every head
        mechanism = self.mechanism if mechanism is None else mechanism
        _check_parameters(mechanism, self.mechanism)
        mask = _with_head_axis(mask)
        return attend(q, k, v, mechanism, mask, layer=self.score_layer, need_weights=need_weights)

    def output(self, context: Tensor) -> Tensor:
        """Join the heads' contexts and mix them: (batch, heads, query_len, head_dim) -> (batch, query_len, d_model)."""
        return self.out_proj(merge_heads(context))

    def _projected(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.project_query(query), *self.project_key_value(key, value)


class MultiHeadAttention(_Heads):
    """Attention of several heads, between learned projections.

    head_i = attend(Q W_i^Q, K W_i^K, V W_i^V);  output = concat(head_1, …, head_h) W^O
    Vaswani et al. 2017, section 3.2.2

    d_model: size of queries and output; key_dim, value_dim: of keys and values, d_model when left out.
    score: what `forward` computes when no mechanism is given. With "general" or "additive" the module owns the layer,
    in the space of one head and shared by the heads; only such a module can run that score.
    Where all sizes are d_model, `in_proj` holds the projections of query, key and value below one another.
    The module keeps nothing between calls: a decoder keeps what `project_key_value` returned.
    Raises ValueError when d_model is not a multiple of heads or the score is unknown.
    """

    def __init__(
        self,
        d_model: int,
        heads: int,
        key_dim: int | None = None,
        value_dim: int | None = None,
        bias: bool = True,
        score: str = "scaled_dot",
    ) -> None:
        super().__init__(d_model, heads, heads, score)
        key_dim, value_dim = key_dim or d_model, value_dim or d_model
        self.packed = key_dim == value_dim == d_model
        if self.packed:
            self.in_proj = nn.Linear(d_model, 3 * d_model, bias=bias)
        else:
            self.query_proj = nn.Linear(d_model, d_model, bias=bias)
            self.key_proj = nn.Linear(key_dim, d_model, bias=bias)
            self.value_proj = nn.Linear(value_dim, d_model, bias=bias)
        self.out_proj = nn.Linear(d_model, d_model, bias=bias)
        self.score_layer = _score_layer(score, self.head_dim)
        self.reset_parameters()

    def project_query(self, query: Tensor) -> Tensor:
        """Return the queries of all heads, (batch, heads, query_len, head_dim)."""
        if not self.packed:
            return split_heads(self.query_proj(query), self.heads)
        return self._project(query, 0, 1)[0]

    def project_key_value(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Return the keys and the values of all heads, (batch, heads, key_len, head_dim) each; a decoder keeps them."""
        if not self.packed:
            return split_heads(self.key_proj(key), self.heads), split_heads(self.value_proj(value), self.heads)
        if key is value:
            k, v = self._project(key, 1, 3)
            return k, v
        return self._project(key, 1, 2)[0], self._project(value, 2, 3)[0]

    def _projected(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        if self.packed and query is key and key is value:
            q, k, v = self._split(self.in_proj(query), 3)
            return q, k, v
        return super()._projected(query, key, value)

    def _project(self, vectors: Tensor, first: int, last: int) -> tuple[Tensor, ...]:
        """Project by some of the three blocks of `in_proj`: 0 query, 1 key, 2 value."""
        rows = slice(first * self.d_model, last * self.d_model)
        bias = None if self.in_proj.bias is None else self.in_proj.bias[rows]
        return self._split(F.linear(vectors, self.in_proj.weight[rows], bias), last - first)

    def _split(self, projected: Tensor, parts: int) -> tuple[Tensor, ...]:
        return tuple(split_heads(part, self.heads) for part in projected.chunk(parts, dim=-1))


class GroupedQueryAttention(_Heads):
    """Multi-head attention in which several heads share one key head and one value head.

    head_i = attend(Q W_i^Q, K W_g^K, V W_g^V), g the group of head i;  output = concat(head_1, …, head_h) W^O
    Ainslie et al. 2023, section 2.2; with one group it is multi-query attention, Shazeer 2019, section 3

    d_model, heads, key_dim, value_dim, bias, score and all methods: as in `MultiHeadAttention`, which it equals when
    groups is heads. groups: how many key and value heads there are; consecutive heads share one.
    What a decoder keeps, (batch, groups, key_len, head_dim) twice, is heads / groups times smaller.
    Raises ValueError when heads does not divide d_model, groups does not divide heads, or the score is unknown.
    """

    def __init__(
        self,
        d_model: int,
        heads: int,
        groups: int,
        key_dim: int | None = None,
        value_dim: int | None = None,
        bias: bool = True,
        score: str = "scaled_dot",
    ) -> None:
        super().__init__(d_model, heads, groups, score)
        self.query_proj = nn.Linear(d_model, d_model, bias=bias)
        self.key_proj = nn.Linear(key_dim or d_model, groups * self.head_dim, bias=bias)
        self.value_proj = nn.Linear(value_dim or d_model, groups * self.head_dim, bias=bias)
        self.out_proj = nn.Linear(d_model, d_model, bias=bias)
        self.score_layer = _score_layer(score, self.head_dim)
        self.reset_parameters()

    def project_query(self, query: Tensor) -> Tensor:
        """Return the queries of all heads, (batch, heads, query_len, head_dim)."""
        return split_heads(self.query_proj(query), self.heads)

    def project_key_value(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Return the keys and the values of all groups, (batch, groups, key_len, head_dim) each."""
        return split_heads(self.key_proj(key), self.groups), split_heads(self.value_proj(value), self.groups)


def divisors(number: int) -> list[int]:
    """Return all whole numbers that divide a positive number, in order."""
    return [i for i in range(1, number + 1) if number % i == 0]


def _score_layer(score: str, head_dim: int) -> nn.Module | None:
    if score == "general":
        return GeneralLayer(head_dim, head_dim)
    return AdditiveLayer(head_dim, head_dim, head_dim) if score == "additive" else None


def _with_head_axis(mask: Tensor | None) -> Tensor | None:
    """Give a mask (batch, query_len, key_len) the axis of the heads: (batch, 1, query_len, key_len)."""
    return mask.unsqueeze(1) if mask is not None and mask.ndim == 3 else mask


def _check_score(score: str) -> None:
    if score not in SCORES:
        raise ValueError(f"score must be one of {', '.join(SCORES)}, got {score!r}; choose one of these")


def _check_parameters(mechanism: Mechanism, own: Mechanism) -> None:
    if mechanism.score in LAYERS and mechanism.score != own.score:
        raise ValueError(
            f"this module was made for the {own.score} score and has no parameters for "
            f"{mechanism.score}; make it with score={mechanism.score!r}"
        )


def _check_heads(d_model: int, heads: int) -> None:
    if heads < 1 or d_model % heads:
        raise ValueError(f"d_model {d_model} cannot be split over {heads} heads; use one of {divisors(d_model)} heads")
