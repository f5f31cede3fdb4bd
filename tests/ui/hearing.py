"""A speller that knows the truth, for tests of the page: it spells a sound's true spans, and looks at their letters.

Where a true word is (nearly) silent it is spelled no more, so that silencing has an effect.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from attention.attention_map import AttentionMap
from attention.mechanisms import Mechanism
from attention.speech.features import log_mels
from attention.speech.letters import WORDS, word_rows
from attention.speech.sound import RATE, Sound
from attention.speech.spelling import SpelledWord, Spelling

FRAME_S = 0.04
CARD = "---\nlicense: cc-by-sa-4.0\n---\n# A speller for tests\n\nIt knows the truth.\n"


class TrueSpeller:
    """Spells the true spans of a sound; sounds without spans hold a single "one" from end to end.

    blur: share of each row that is spread over all frames.
    """

    def __init__(self, name: str = "true", location: bool = True, blur: float = 0.0) -> None:
        self.name, self.blur = name, blur
        self.config = {"task": "speech", "model": {"location": location}, "log": [], "title": name}
        self.card, self.parameters = CARD, 7
        self.model = SimpleNamespace(mechanism=Mechanism(score="additive"))

    def spell(self, sound: Sound, mechanism: Mechanism | None = None) -> Spelling:
        spans = [(span.start, span.end, span.digit) for span in sound.spans] or [(0.0, sound.seconds, 1)]
        spans = [span for span in spans if _is_loud(sound.samples[round(span[0] * RATE) : round(span[1] * RATE)])]
        text = " ".join(WORDS[digit] for *_, digit in spans)
        frames = max(3, int(np.ceil(sound.seconds / FRAME_S - 1e-9)))
        starts = np.arange(frames) * FRAME_S
        weights = np.zeros((len(text), frames), dtype=np.float32)
        words = []
        for (start, end, digit), (first, last) in zip(spans, word_rows(text), strict=True):
            for place, row in enumerate(range(first, last + 1)):
                at = start + (end - start) * (place + 0.5) / (last - first + 1)
                weights[row, min(int(at / FRAME_S), frames - 1)] = 1.0
            words.append(SpelledWord(WORDS[digit], digit, first, last, start, end, (start + end) / 2, 0.9))
        empty = weights.sum(axis=1) == 0  # spaces look at the beginning
        weights[empty, 0] = 1.0
        blur = 1.0 if mechanism is not None and mechanism.normaliser == "uniform" else self.blur
        weights = (1 - blur) * weights + blur / frames
        found = AttentionMap(weights[None, None], tuple(text), tuple(f"{start:.2f}" for start in starts), "letter", "s")
        mels = np.zeros((40, 4 * frames), dtype=np.float32)
        heard = log_mels(sound.samples).T
        mels[:, : heard.shape[1]] = heard[:, : 4 * frames]
        ends = np.minimum(starts + FRAME_S, max(sound.seconds, starts[-1] + 0.001))
        logs = np.full(len(text), -0.01)
        return Spelling(
            text, tuple(text), found, starts, ends, logs, tuple(words), sound.seconds, mels, sound.notes, 0.01
        )


def _is_loud(samples: np.ndarray) -> bool:
    """Tell whether at least 60 % of the hundredths of a second carry more than silence."""
    whole = len(samples) // 80
    if not whole:
        return False
    peaks = np.abs(samples[: whole * 80]).reshape(whole, 80).max(axis=1)
    return float((peaks > 0.002).mean()) >= 0.6
