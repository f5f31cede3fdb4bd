"""What every next-book model offers, and how one is built from its `config.json`."""

from __future__ import annotations

from dataclasses import asdict, fields

from torch import nn

from attention.recommendation.candidates import CandidateAttention, CandidateConfig
from attention.recommendation.sequence import GRURecommender, SASRec, SequenceConfig

MODELS: dict[str, tuple[type, type[nn.Module]]] = {
    "candidates": (CandidateConfig, CandidateAttention),
    "gru": (SequenceConfig, GRURecommender),
    "sasrec": (SequenceConfig, SASRec),
}


def build_model(config: dict) -> nn.Module:
    """Build a model with fresh parameters from the `model` part of a config.json.

    Raises ValueError for an unknown architecture or an unknown size.
    """
    architecture = config.get("architecture")
    if architecture not in MODELS:
        raise ValueError(f"architecture {architecture!r} is not known; use one of {', '.join(MODELS)}")
    sizes, kind = MODELS[architecture]
    unknown = set(config) - {field.name for field in fields(sizes)}
    if unknown:
        raise ValueError(f"{architecture} has no size called {', '.join(sorted(unknown))}; remove it from config.json")
    return kind(sizes(**config))


def config_dict(model: nn.Module) -> dict:
    """Return what `build_model` needs to build the model again."""
    return asdict(model.config)
