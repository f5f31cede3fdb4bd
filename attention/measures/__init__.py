"""Numbers that say something about attention weights: of an AttentionMap or a plain array, never of a model."""

from attention.measures.alignment import alignment_error_rate, link_agreement, strongest_links
from attention.measures.coverage import (
    absentmindedness_penalty,
    confidence,
    coverage,
    coverage_deviation_penalty,
)
from attention.measures.rollout import attention_rollout, cross_rollout
from attention.measures.sharpness import Sharpness, max_weights, row_entropy, sharpness

__all__ = [
    "Sharpness",
    "absentmindedness_penalty",
    "alignment_error_rate",
    "attention_rollout",
    "confidence",
    "coverage",
    "coverage_deviation_penalty",
    "cross_rollout",
    "link_agreement",
    "max_weights",
    "row_entropy",
    "sharpness",
    "strongest_links",
]
