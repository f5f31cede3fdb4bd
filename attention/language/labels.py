"""The labels of GoEmotions: 27 emotions and neutral, and the two official ways to group them.

Demszky et al. 2020 (GoEmotions: A Dataset of Fine-Grained Emotions), files emotions.txt, sentiment_dict.json and
ekman_mapping.json of the published data.
"""

from __future__ import annotations

import numpy as np

EMOTIONS: tuple[str, ...] = (
    "admiration",
    "amusement",
    "anger",
    "annoyance",
    "approval",
    "caring",
    "confusion",
    "curiosity",
    "desire",
    "disappointment",
    "disapproval",
    "disgust",
    "embarrassment",
    "excitement",
    "fear",
    "gratitude",
    "grief",
    "joy",
    "love",
    "nervousness",
    "optimism",
    "pride",
    "realization",
    "relief",
    "remorse",
    "sadness",
    "surprise",
    "neutral",
)

NEUTRAL: int = EMOTIONS.index("neutral")

# The official mapping leaves neutral out; here it is a group of its own, as in the paper's scores by sentiment.
GROUPS: dict[str, tuple[str, ...]] = {
    "positive": (
        "amusement",
        "excitement",
        "joy",
        "love",
        "desire",
        "optimism",
        "caring",
        "pride",
        "admiration",
        "gratitude",
        "relief",
        "approval",
    ),
    "negative": (
        "fear",
        "nervousness",
        "remorse",
        "embarrassment",
        "disappointment",
        "sadness",
        "grief",
        "disgust",
        "anger",
        "annoyance",
        "disapproval",
    ),
    "ambiguous": ("realization", "surprise", "curiosity", "confusion"),
    "neutral": ("neutral",),
}

EKMAN: dict[str, tuple[str, ...]] = {
    "anger": ("anger", "annoyance", "disapproval"),
    "disgust": ("disgust",),
    "fear": ("fear", "nervousness"),
    "joy": (
        "joy",
        "amusement",
        "approval",
        "excitement",
        "gratitude",
        "love",
        "optimism",
        "relief",
        "pride",
        "admiration",
        "desire",
        "caring",
    ),
    "sadness": ("sadness", "disappointment", "embarrassment", "grief", "remorse"),
    "surprise": ("surprise", "realization", "confusion", "curiosity"),
    "neutral": ("neutral",),
}

GROUP_MEMBERS: tuple[tuple[int, ...], ...] = tuple(
    tuple(EMOTIONS.index(emotion) for emotion in members) for members in GROUPS.values()
)


def group_labels(labels: np.ndarray) -> np.ndarray:
    """Return which sentiment groups have at least one of their labels: (n, 28) to (n, 4), in the order of GROUPS."""
    return np.stack([labels[:, list(members)].max(axis=1) for members in GROUP_MEMBERS], axis=1)
