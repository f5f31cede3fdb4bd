"""Is the light honest? Beside the attention: leave each word out and see how much the emotion's probability drops.

The question of Jain & Wallace 2019 (Attention is not Explanation), answered by the model itself, one emotion at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from attention.language.labels import EMOTIONS, NEUTRAL
from attention.language.reader import EmotionReader, reading_parts
from attention.language.reading import EmotionReading
from attention.language.scores import log_odds
from attention.language.vocabulary import Encoded
from attention.measures.faithfulness import kendall_tau
from attention.mechanisms import Mechanism


@dataclass(frozen=True, eq=False)
class EmotionImportance:
    """How much each word mattered for one emotion, three ways; all arrays have one number a word.

    attention: the emotion's weights, mean over the heads; they sum to 1.
    leave_one_out: how much the emotion's calibrated probability drops without the word, -1 … 1; below 0 where it
    rises. log_odds: the same drop in log-odds, which also shows a change near 0 % and 100 %.
    random: shares drawn by lot, which know nothing; they sum to 1.
    tau_attention, tau_random: Kendall's tau-b of attention, and of the lot, with the drop in log-odds; -1 … 1, NaN
    where there is nothing to rank.
    """

    emotion: int
    words: tuple[str, ...]
    attention: np.ndarray
    leave_one_out: np.ndarray
    log_odds: np.ndarray
    random: np.ndarray
    tau_attention: float
    tau_random: float


class Agreement(NamedTuple):
    """How well attention, and random weights, rank the words as leaving them out does.

    attention, random: means of Kendall's tau-b over texts, -1 … 1; NaN without texts. top_attention, top_random: the
    share of texts in which the most weighted word is the one whose loss costs most. texts: how many were counted.
    """

    attention: float
    random: float
    top_attention: float
    top_random: float
    texts: int


def emotion_importance(
    reader: EmotionReader,
    reading: EmotionReading,
    emotion: int,
    seed: int = 0,
    mechanism: Mechanism | None = None,
) -> EmotionImportance:
    """Measure how much each word mattered for one emotion.

    drop_j = p(emotion | text) - p(emotion | text without word j)

    The word is taken out as a person would: the others close up and everything is computed anew. In a text that was
    read in parts, only a word of the deciding part, or one whose loss makes another part decide, changes anything.
    mechanism: that of the reading when left out.
    seed: of the random shares. Raises ValueError when there is no such emotion.
    """
    if not 0 <= emotion < len(EMOTIONS):
        raise ValueError(f"emotion must be from 0 to {len(EMOTIONS) - 1}, got {emotion}; see EMOTIONS")
    mechanism = mechanism or reading.mechanism
    if mechanism == reading.mechanism:
        attention = reading.map.matrix()[emotion].astype(np.float64)
    else:
        attention = reader.read(reading.text, mechanism).map.matrix()[emotion].astype(np.float64)
    before, after = _with_and_without(reader, reading, emotion, mechanism)
    drop = log_odds(before) - log_odds(after)
    shares = np.random.default_rng([seed, emotion]).dirichlet(np.ones(len(reading.words)))
    return EmotionImportance(
        emotion,
        tuple(word.text for word in reading.words),
        attention,
        before - after,
        drop,
        shares,
        kendall_tau(attention, drop),
        kendall_tau(shares, drop),
    )


def mean_agreement(reader: EmotionReader, texts: Sequence[str], seed: int = 0) -> tuple[Agreement, Agreement]:
    """Return the agreement over the texts in which an emotion is strongest, and over those that read as neutral.

    Each text counts with its strongest emotion; texts of one word have no ranking and are left out.
    """
    found: tuple[list, list] = ([], [])
    for number, text in enumerate(texts):
        reading = reader.read(text)
        one = emotion_importance(reader, reading, reading.strongest, seed=seed + number)
        if np.isnan([one.tau_attention, one.tau_random]).any():
            continue
        worst = one.log_odds.argmax()
        tops = one.attention.argmax() == worst, one.random.argmax() == worst
        found[reading.strongest == NEUTRAL].append((one.tau_attention, one.tau_random, *tops))
    emotions, neutral = (_mean(rows) for rows in found)
    return emotions, neutral


def _mean(rows: Sequence[tuple[float, float, bool, bool]]) -> Agreement:
    means = np.array(rows, dtype=np.float64).mean(axis=0) if rows else np.full(4, np.nan)
    return Agreement(*map(float, means), texts=len(rows))


def _with_and_without(
    reader: EmotionReader, reading: EmotionReading, emotion: int, mechanism: Mechanism | None
) -> tuple[float, np.ndarray]:
    """Return the emotion's probability in the text, and in the text without each word, (words,)."""
    parts = [reading.words] if reading.whole else reading_parts(reading)
    alone: list[float] = []
    shortened: list[np.ndarray] = []
    for words in parts:
        encoded = reader.encode(words)
        rows = [_without(encoded, i) for i in range(len(words))] if len(words) > 1 else []
        found = reader.probabilities_of([encoded, *rows], mechanism)[:, emotion]
        alone.append(float(found[0]))
        shortened.append(found[1:] if rows else _of_nothing(reader)[[emotion]])
    decide = np.min if emotion == NEUTRAL else np.max
    after = []
    for i, values in enumerate(shortened):
        others = [value for j, value in enumerate(alone) if j != i]
        after += [decide([value, *others]) for value in values]
    return float(decide(alone)), np.array(after)


def _without(encoded: Encoded, place: int) -> Encoded:
    kept = [i for i in range(len(encoded.forms)) if i != place]
    return Encoded(tuple(encoded.forms[i] for i in kept), tuple(encoded.shapes[i] for i in kept))


def _of_nothing(reader: EmotionReader) -> np.ndarray:
    """The probabilities of a text without words: what the calibration makes of the biases, (28,)."""
    return reader.calibration.probabilities(reader.model.labels.bias.double().numpy())
