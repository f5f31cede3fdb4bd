"""What the model makes of a sound: letters, words, and which hundredths of a second each letter listened to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention.attention_map import AttentionMap


@dataclass(frozen=True)
class SpelledWord:
    """A word of a spelling.

    text: as spelled. digit: None when it is no digit's word. first, last: rows of its first and last letter. start,
    end: seconds that hold the middle 90 % of its letters' attention. peak: the second at which its letters looked most.
    probability: of all its letters together, 0 to 1.
    """

    text: str
    digit: int | None
    first: int
    last: int
    start: float
    end: float
    peak: float
    probability: float


@dataclass(frozen=True, eq=False)
class Spelling:
    """A sound spelled, with the attention that did it.

    text: "seven two". letters: one for each row of the map, spaces between words among them; the end mark has no row.
    map: AttentionMap of one layer and one head, letters × frames. starts, ends: (frames,) seconds of each frame.
    log_probabilities: (letters,) natural logarithm. words: as spelled. seconds_of_sound: its length. mels: (40, n)
    logarithms of the mel energies, a column a hundredth of a second. notes: for people. seconds: how long it took.
    finished: False when the end mark was not reached.
    """

    text: str
    letters: tuple[str, ...]
    map: AttentionMap
    starts: np.ndarray
    ends: np.ndarray
    log_probabilities: np.ndarray
    words: tuple[SpelledWord, ...]
    seconds_of_sound: float
    mels: np.ndarray
    notes: tuple[str, ...]
    seconds: float
    finished: bool = True

    @property
    def digits(self) -> tuple[int | None, ...]:
        return tuple(word.digit for word in self.words)

    @property
    def peaks(self) -> np.ndarray:
        """The second at the middle of the frame that each letter looked at most, (letters,)."""
        if not self.letters:
            return np.zeros(0)
        best = self.map.matrix().argmax(axis=1)
        return (self.starts[best] + self.ends[best]) / 2

    def to_json(self) -> dict:
        """Return plain strings, numbers and lists; `weights` is letters × frames, each row sums to 1."""
        return {
            "text": self.text,
            "digits": list(self.digits),
            "words": [
                {
                    "text": word.text,
                    "digit": word.digit,
                    "start": round(word.start, 3),
                    "end": round(word.end, 3),
                    "peak": round(word.peak, 3),
                    "probability": round(word.probability, 4),
                }
                for word in self.words
            ],
            "letters": list(self.letters),
            "peaks": [round(peak, 3) for peak in self.peaks.tolist()],
            "log_probabilities": [round(value, 4) for value in self.log_probabilities.tolist()],
            "starts": [round(value, 3) for value in self.starts.tolist()],
            "ends": [round(value, 3) for value in self.ends.tolist()],
            "weights": [[round(value, 5) for value in row] for row in self.map.matrix().tolist()],
            "seconds_of_sound": round(self.seconds_of_sound, 3),
            "finished": self.finished,
            "notes": list(self.notes),
            "seconds": round(self.seconds, 4),
        }
