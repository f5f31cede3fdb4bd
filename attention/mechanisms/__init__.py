"""Attention itself, as pure functions: scores, normalisers, masks, heads, positions, and linear attention.

`CATALOGUE` lists them all.
"""

from attention.mechanisms.attend import (
    LAYERS,
    NORMALISERS,
    SCALED_DOT,
    SCORES,
    Mechanism,
    attend,
    attention_scores,
    attention_weights,
)
from attention.mechanisms.catalogue import CATALOGUE, Entry
from attention.mechanisms.heads import GroupedQueryAttention, MultiHeadAttention, merge_heads, split_heads
from attention.mechanisms.linear import elu_features, linear_attend, linear_weights
from attention.mechanisms.masks import causal_mask, combine_masks, global_mask, local_mask, padding_mask, strided_mask
from attention.mechanisms.normalisers import entmax15, hardmax, softmax, sparsemax, uniform
from attention.mechanisms.positions import linear_biases, rotate, sinusoidal_positions
from attention.mechanisms.scores import (
    AdditiveLayer,
    GeneralLayer,
    additive_scores,
    cosine_scores,
    dot_scores,
    general_scores,
    scaled_dot_scores,
)

__all__ = [
    "CATALOGUE",
    "LAYERS",
    "NORMALISERS",
    "SCALED_DOT",
    "SCORES",
    "AdditiveLayer",
    "Entry",
    "GeneralLayer",
    "GroupedQueryAttention",
    "Mechanism",
    "MultiHeadAttention",
    "additive_scores",
    "attend",
    "attention_scores",
    "attention_weights",
    "causal_mask",
    "combine_masks",
    "cosine_scores",
    "dot_scores",
    "elu_features",
    "entmax15",
    "general_scores",
    "global_mask",
    "hardmax",
    "linear_attend",
    "linear_biases",
    "linear_weights",
    "local_mask",
    "merge_heads",
    "padding_mask",
    "rotate",
    "scaled_dot_scores",
    "sinusoidal_positions",
    "softmax",
    "sparsemax",
    "split_heads",
    "strided_mask",
    "uniform",
]
