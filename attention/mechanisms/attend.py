"""Attention in one call: score the keys, normalise the scores, take the weighted sum of the values.

A `Mechanism` says which score and which normaliser; it is a value, so that a trained model can be run with another one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from attention.mechanisms.masks import check_mask
from attention.mechanisms.normalisers import entmax15, hardmax, softmax, softmax_in_place, sparsemax, uniform
from attention.mechanisms.scores import (
    AdditiveLayer,
    GeneralLayer,
    additive_scores,
    cosine_scores,
    dot_scores,
    general_scores,
    scaled_dot_scores,
)

SCORES: dict[str, Callable[..., Tensor]] = {
    "dot": dot_scores,
    "scaled_dot": scaled_dot_scores,
    "general": general_scores,
    "additive": additive_scores,
    "cosine": cosine_scores,
}
NORMALISERS: dict[str, Callable[..., Tensor]] = {
    "softmax": softmax,
    "sparsemax": sparsemax,
    "entmax15": entmax15,
    "hardmax": hardmax,
    "uniform": uniform,
}
LAYERS: dict[str, type[nn.Module]] = {"general": GeneralLayer, "additive": AdditiveLayer}


def _check_choice(part: str, choice: object, known: dict) -> None:
    if callable(choice) or (isinstance(choice, str) and choice in known):
        return
    raise ValueError(f"{part} must be one of {', '.join(known)} or a function, got {choice!r}; choose one of these")


def _is_finite(number: object) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and math.isfinite(number)


@dataclass(frozen=True)
class Mechanism:
    """What attention computes: weights = normaliser(scale · score(query, key) / temperature, mask).

    score: a name in SCORES, or a function (query, key) -> scores (..., query_len, key_len).
    normaliser: a name in NORMALISERS, or a function (scores, mask) -> weights of the same shape.
    scale: multiplies the scores; None is the score's own: 1 / √dim for scaled_dot, 1 for all others.
    temperature: above 0; divides the scores. Lower is sharper, higher is flatter.
    Raises ValueError for an unknown name, a temperature that is not above 0, or a number that is not finite.
    """

    score: str | Callable[[Tensor, Tensor], Tensor] = "scaled_dot"
    normaliser: str | Callable[[Tensor, Tensor | None], Tensor] = "softmax"
    scale: float | None = None
    temperature: float = 1.0

    def __post_init__(self) -> None:
        _check_choice("score", self.score, SCORES)
        _check_choice("normaliser", self.normaliser, NORMALISERS)
        if not _is_finite(self.temperature) or self.temperature <= 0:
            raise ValueError(
                f"temperature must be a finite number above 0, got {self.temperature!r}; use 1 for no change, "
                "or the normaliser 'hardmax' for the limit at 0"
            )
        if self.scale is not None and not _is_finite(self.scale):
            raise ValueError(f"scale must be a finite number or None, got {self.scale!r}; use None for the score's own")

    def to_json(self) -> dict[str, str | float | None]:
        """Return plain strings and numbers; `from_json` gives the same mechanism back.

        Raises ValueError when score or normaliser is a function, which has no name to write down.
        """
        for part, choice in (("score", self.score), ("normaliser", self.normaliser)):
            if not isinstance(choice, str):
                raise ValueError(
                    f"{part} is a function and cannot be written as JSON; use one of the catalogue by name"
                )
        return asdict(self)

    @classmethod
    def from_json(cls, record: dict) -> Mechanism:
        """Read what `to_json` wrote; what is left out takes its default. Raises ValueError for anything else."""
        if not isinstance(record, dict):
            raise ValueError(
                f"a mechanism must be an object with names and numbers, got {record!r}; see Mechanism.to_json"
            )
        known = tuple(cls.__dataclass_fields__)
        unknown = sorted(set(record) - set(known))
        if unknown:
            raise ValueError(f"a mechanism has the entries {', '.join(known)}, got {', '.join(unknown)}; remove these")
        for part in ("score", "normaliser"):
            if not isinstance(record.get(part, ""), str):
                raise ValueError(f"{part} must be a name, got {record[part]!r}; use a name of the catalogue")
        return cls(**record)


SCALED_DOT = Mechanism()


def attention_scores(
    query: Tensor,
    key: Tensor,
    mechanism: Mechanism = SCALED_DOT,
    layer: nn.Module | None = None,
    projected_key: Tensor | None = None,
) -> Tensor:
    """Return the scores of a mechanism, its scale and temperature applied.

    query: (..., query_len, query_dim); key: (..., key_len, key_dim)
    layer: the GeneralLayer or AdditiveLayer of the scores "general" and "additive"; the others ignore it.
    projected_key: `layer.project_key(key)` from an earlier call.
    Returns (..., query_len, key_len), any real number.
    Raises ValueError when sizes differ where they must not, when a layer is missing, or when the reader's own function
    returns another shape.
    """
    score = mechanism.score
    factor = score_factor(mechanism, query.shape[-1])
    if score in ("dot", "scaled_dot"):
        return dot_scores(query, key, factor)
    if not isinstance(score, str):
        scores = score(query, key)
        _check_shape("score", scores, _score_shape(query, key))
    elif score in LAYERS:
        _check_layer(score, layer)
        scores = SCORES[score](query, key, layer, projected_key)
    else:
        scores = SCORES[score](query, key)
    return scores if factor == 1 else scores * factor


def attention_weights(scores: Tensor, mechanism: Mechanism = SCALED_DOT, mask: Tensor | None = None) -> Tensor:
    """Return the weights of a mechanism for scores that `attention_scores` gave.

    scores: (..., query_len, key_len); mask: boolean, broadcasts to scores, True = may attend
    Returns weights of the shape of scores; each row sums to 1, or to 0 where every key is masked.
    Raises ValueError when the mask does not fit or the reader's own normaliser returns another shape.
    """
    if mask is not None:
        check_mask(mask, scores.shape)
    if isinstance(mechanism.normaliser, str):
        return NORMALISERS[mechanism.normaliser](scores, mask)
    weights = mechanism.normaliser(scores, mask)
    _check_shape("normaliser", weights, scores.shape)
    return weights


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mechanism: Mechanism = SCALED_DOT,
    mask: Tensor | None = None,
    *,
    layer: nn.Module | None = None,
    projected_key: Tensor | None = None,
    need_weights: bool = True,
) -> tuple[Tensor, Tensor | None]:
    """Return for every query the sum of the values, each weighted by how well its key fits the query.

    context_i = Σ_j w_ij v_j      Bahdanau et al. 2015, equation 5; Vaswani et al. 2017, equation 1

    query: (..., query_len, query_dim); key: (..., key_len, key_dim); value: (..., key_len, value_dim)
    mask: boolean, broadcasts to (..., query_len, key_len), True = may attend.
    layer, projected_key: as in `attention_scores`.
    need_weights: False allows torch's fused attention, which never makes the weights, and returns None for them.
    Returns context (..., query_len, value_dim) and weights (..., query_len, key_len). A query that may attend to
    nothing has weights 0 and context 0 on either path.
    Raises ValueError as `attention_scores` and `attention_weights` do, or when keys and values differ in number.
    """
    if key.shape[-2] != value.shape[-2]:
        raise ValueError(f"there are {key.shape[-2]} keys and {value.shape[-2]} values; each key needs one value")
    if not need_weights and _has_fused_path(query, mechanism):
        return _fused_context(query, key, value, mechanism, mask), None
    scores = attention_scores(query, key, mechanism, layer, projected_key)
    weights = None
    if _may_overwrite(scores, mechanism):
        if mask is not None:
            check_mask(mask, scores.shape)
        weights = softmax_in_place(scores, mask)
        if weights is None:
            scores = attention_scores(query, key, mechanism, layer, projected_key)
    if weights is None:
        weights = attention_weights(scores, mechanism, mask)
    return weights @ value, (weights if need_weights else None)


def score_factor(mechanism: Mechanism, dim: int) -> float:
    """Return what a mechanism multiplies the bare scores with: its scale, or the score's own, over its temperature."""
    own = dim**-0.5 if mechanism.score == "scaled_dot" else 1.0
    return (own if mechanism.scale is None else mechanism.scale) / mechanism.temperature


def _has_fused_path(query: Tensor, mechanism: Mechanism) -> bool:
    """On a CPU torch's fused kernel is slow in half precision, autocast included; matmul and softmax beat it there."""
    if mechanism.score not in ("dot", "scaled_dot") or mechanism.normaliser != "softmax":
        return False
    if query.device.type != "cpu":
        return True
    return query.dtype in (torch.float32, torch.float64) and not torch.is_autocast_enabled("cpu")


def _may_overwrite(scores: Tensor, mechanism: Mechanism) -> bool:
    """The scores are our own, nobody needs them again, and looking for spoilt rows does not make a GPU wait."""
    ours = isinstance(mechanism.score, str) and mechanism.normaliser == "softmax"
    return ours and not scores.requires_grad and scores.device.type == "cpu" and not torch.is_autocast_enabled("cpu")


def _fused_context(query: Tensor, key: Tensor, value: Tensor, mechanism: Mechanism, mask: Tensor | None) -> Tensor:
    """Return the context by `scaled_dot_product_attention`, which is fast for four axes of equal leading sizes."""
    if query.shape[-1] != key.shape[-1]:
        return dot_scores(query, key)  # raises, with what to do
    if mask is not None:
        check_mask(mask, _score_shape(query, key))
    factor = score_factor(mechanism, query.shape[-1])
    leading = query.shape[:-2]
    if len(leading) == 2 and leading == key.shape[:-2] == value.shape[:-2]:
        return F.scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=factor)
    leading = torch.broadcast_shapes(leading, key.shape[:-2], value.shape[:-2])
    query, key, value = (_with_four_axes(x, leading) for x in (query, key, value))
    mask = None if mask is None else _with_four_axes(mask, leading)
    context = F.scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=factor)
    return context.reshape(*leading, *context.shape[-2:])


def _with_four_axes(x: Tensor, leading: torch.Size) -> Tensor:
    """Broadcast the leading axes and fold them into one, followed by an axis of size 1 for a single head."""
    rows, columns = x.shape[-2:] if x.ndim > 1 else (1, x.shape[-1])
    return x.expand(*leading, rows, columns).reshape(-1, 1, rows, columns)


def _score_shape(query: Tensor, key: Tensor) -> tuple[int, ...]:
    leading = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2])
    return (*leading, query.shape[-2], key.shape[-2])


def _check_layer(score: str, layer: nn.Module | None) -> None:
    wanted = LAYERS[score]
    if not isinstance(layer, wanted):
        found = "none" if layer is None else type(layer).__name__
        raise ValueError(f"the {score} score has parameters: wanted a {wanted.__name__}, got {found}; pass layer=")


def _check_shape(part: str, result: object, shape: tuple[int, ...]) -> None:
    found = tuple(result.shape) if isinstance(result, Tensor) else type(result).__name__
    if found != tuple(shape):
        raise ValueError(f"your {part} must return a tensor of shape {tuple(shape)}, got {found}; see its axes")
