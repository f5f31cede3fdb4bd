"""A tiny corpus whose emotions are plain to see, and a small model for it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import torch

from attention.language.calibration import Calibration
from attention.language.labels import EMOTIONS
from attention.language.model import EmotionConfig, EmotionModel
from attention.language.reader import EmotionReader
from attention.language.recipe import EmotionSettings
from attention.language.vocabulary import Vocabulary, encode
from attention.language.words import find_words
from attention.training.loop import RunSettings

TELLING = {
    "gratitude": ("thanks", "thank you"),
    "anger": ("furious", "hate this"),
    "joy": ("happy", "wonderful day"),
    "fear": ("scared", "terrified"),
    "curiosity": ("why", "how come"),
    "neutral": ("table", "the train"),
}
FILLERS = ("so", "the", "a", "and", "it", "is", "was", "really", "today", "again", "for", "this")
SMALL = EmotionSettings(
    buckets=50, embedding_dim=12, phrase_dim=6, hidden_dim=7, heads=2, key_dim=5, folds=2, words_per_batch=200
)
QUICK = RunSettings(
    max_minutes=0.05, learning_rate=1e-2, warmup_steps=5, average=0.9, validate_minutes=0.02, save_minutes=0.01,
    precision="no",
)  # fmt: skip

README = """# Toy comments

What: comments made up for tests.

Licence: CC BY 4.0. Made up.

Attribution line for the app: "Comments: nobody, CC BY 4.0."
"""


def toy_lines(count: int, seed: int) -> list[str]:
    """Return lines of a TSV file: some filler words around a phrase that gives its emotion away."""
    mixed = random.Random(seed)
    lines = []
    for number in range(count):
        emotion = mixed.choice(list(TELLING))
        words = mixed.choices(FILLERS, k=mixed.randint(1, 6))
        words.insert(mixed.randint(0, len(words)), mixed.choice(TELLING[emotion]))
        lines.append(f"{' '.join(words)}\t{EMOTIONS.index(emotion)}\t{seed}x{number}")
    return lines


def write_toy(folder: Path) -> Path:
    """Write a folder of toy comments as GoEmotions has them."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, (split, count) in enumerate((("train", 240), ("dev", 60), ("test", 60))):
        (folder / f"{split}.tsv").write_text("\n".join(toy_lines(count, seed)) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(README, encoding="utf-8")
    return folder


def toy_reader(seed: int = 0) -> EmotionReader:
    """Return a small reader with parameters drawn by lot, calibrated by lot."""
    texts = [encode(find_words(line.split("\t")[0])) for line in toy_lines(60, 9)]
    vocabulary = Vocabulary.learn([*texts, encode(find_words("I , . ! ? [NAME] you"))] * 2, buckets=50)
    torch.manual_seed(seed)
    sizes = {"embedding_dim": 12, "phrase_dim": 6, "hidden_dim": 7, "heads": 2, "key_dim": 5}
    model = EmotionModel(EmotionConfig(len(vocabulary), vocabulary.buckets, **sizes))
    for parameter in model.parameters():
        parameter.data.normal_(std=0.5)
    drawn = np.random.default_rng(seed)
    labels, groups = drawn.uniform(0.5, 1.5, (3, len(EMOTIONS))), drawn.uniform(0.5, 1.5, (3, 4))
    calibration = Calibration(labels[0], labels[1] - 1, labels[2] / 3, groups[0], groups[1] - 1, groups[2] / 3)
    model.requires_grad_(False)
    return EmotionReader(model, vocabulary, calibration, {"task": "emotions"}, name="toy")
