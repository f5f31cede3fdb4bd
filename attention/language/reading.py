"""What reading a text gives: its words, how likely each emotion is, and where each emotion looked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention.attention_map import AttentionMap
from attention.language.labels import EMOTIONS, GROUPS, NEUTRAL
from attention.language.words import Word
from attention.mechanisms import Mechanism


@dataclass(frozen=True, eq=False)
class EmotionReading:
    """A text after the model has read it.

    text: as given. words: with their places in `text`.
    map: one layer, the model's heads, 28 emotions × words; each row sums to 1.
    probabilities: (28,) calibrated; the emotions are independent, they need not sum to 1. thresholds: (28,), from
    which an emotion counts as found. sentiments, sentiment_thresholds: (4,), the same for the groups, of GROUPS' order.
    parts: the sentences, each read alone; empty for a text of one sentence. start, end: where this sentence stands in
    the whole text. notes: what a reader should know. seconds: how long it took.
    names: which words were read as a person's name. mechanism: what replaced the model's own, if anything.
    whole: the text was read in one piece; if not, each emotion's probability is that of its strongest sentence
    (neutral: of its weakest), and its row of the map is that sentence's.
    """

    text: str
    words: tuple[Word, ...]
    map: AttentionMap
    probabilities: np.ndarray
    thresholds: np.ndarray
    sentiments: np.ndarray
    sentiment_thresholds: np.ndarray
    parts: tuple[EmotionReading, ...] = ()
    start: int = 0
    end: int = 0
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    names: tuple[int, ...] = ()
    mechanism: Mechanism | None = None
    whole: bool = True

    @property
    def sentences(self) -> tuple[EmotionReading, ...]:
        """Each sentence read alone; the reading itself when there is only one."""
        return self.parts or (self,)

    @property
    def above(self) -> tuple[int, ...]:
        """The emotions at or over their threshold, the most probable first."""
        found = np.flatnonzero(self.probabilities >= self.thresholds)
        return tuple(int(i) for i in found[np.argsort(-self.probabilities[found], kind="stable")])

    @property
    def strongest(self) -> int:
        """The most probable emotion; neutral only when no emotion is above its threshold."""
        felt = [i for i in self.above if i != NEUTRAL]
        return felt[0] if felt else int(np.argmax(self.probabilities))

    @property
    def sentiment(self) -> int:
        """The most probable group of GROUPS; neutral only when no other is above its threshold."""
        felt = [i for i in range(len(GROUPS)) if self.sentiments[i] >= self.sentiment_thresholds[i]]
        felt = [i for i in felt if tuple(GROUPS)[i] != "neutral"]
        return max(felt, key=lambda i: self.sentiments[i]) if felt else int(np.argmax(self.sentiments))

    def to_json(self) -> dict:
        """Return plain lists, strings and numbers; `weights` is emotions × words, the mean over the heads."""
        record = self._own_json()
        record |= {
            "notes": list(self.notes),
            "seconds": round(self.seconds, 4),
            "sentences": [part._own_json() for part in self.sentences],
        }
        return record

    def _own_json(self) -> dict:
        decided = zip(EMOTIONS, self.probabilities, self.thresholds, strict=True)
        groups = zip(GROUPS, self.sentiments, self.sentiment_thresholds, strict=True)
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "strongest": EMOTIONS[self.strongest],
            "above": [EMOTIONS[i] for i in self.above],
            "sentiment": tuple(GROUPS)[self.sentiment],
            "emotions": {name: {"probability": float(p), "threshold": float(t)} for name, p, t in decided},
            "sentiments": {name: {"probability": float(p), "threshold": float(t)} for name, p, t in groups},
            "words": [{"text": word.text, "start": word.start, "end": word.end} for word in self.words],
            "weights": self.map.matrix().tolist(),
        }
