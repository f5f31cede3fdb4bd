"""The emotion reader: load once, then read texts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from attention.attention_map import AttentionMap
from attention.language.calibration import Calibration
from attention.language.labels import EMOTIONS, NEUTRAL
from attention.language.model import EmotionModel, build_model
from attention.language.reading import EmotionReading
from attention.language.vocabulary import Encoded, Vocabulary, encode_with_names, length_batches, make_batch
from attention.language.words import (
    MAX_CHARACTERS,
    TextError,
    Word,
    check_text,
    find_words,
    look_up_form,
    split_sentences,
    split_to_fit,
)
from attention.mechanisms import Mechanism
from attention.training.checkpoint import CheckpointError, find_checkpoint, load_parameters, read_config

__all__ = ["EmotionReader", "TextError"]

MAX_WORDS = 48  # words and signs read in one piece; all but three of the training comments have no more
LONGEST_SHOWN = 24  # characters of a word that a note names
WORDS_AT_ONCE = 4096  # of a batch, padding included

TEXT = {
    "parts": "Longer than {most} words and signs: read in {count} parts. Each emotion has the probability of its "
    "strongest part (neutral: of its weakest), and its light is that part's.",
    "names": "Read as a name; the training comments hide the names of people: {words}",
    "unknown": "Never met in training, so judged by their letters: {words}",
    "unknown_sign": "Never met in training: {words}",
    "script": "The model has read English only, and most of these letters are of another script; expect nonsense.",
}


class EmotionReader:
    """A trained model with its words and its calibration. Shared by all visitors: nothing changes after loading."""

    def __init__(
        self,
        model: EmotionModel,
        vocabulary: Vocabulary,
        calibration: Calibration,
        config: dict,
        card: str = "",
        name: str = "",
        folder: Path | None = None,
    ) -> None:
        self.model, self.vocabulary, self.calibration = model.eval(), vocabulary, calibration
        self.config, self.card, self.name, self.folder = config, card, name, folder

    @classmethod
    def load(cls, name: str | Path = "emotions") -> EmotionReader:
        """Load a shipped model by name, or a checkpoint folder.

        A run's own checkpoint has no calibration yet and is loaded with one that changes nothing.
        Raises CheckpointError when there is none or its files do not belong together.
        """
        folder = find_checkpoint(str(name))
        config = read_config(folder)
        if config.get("task") != "emotions" or "model" not in config:
            raise CheckpointError(f"{folder} is not an emotion checkpoint; config.json needs task and model")
        vocabulary = Vocabulary.load(folder / "tokenizer.json")
        try:
            model = build_model(config["model"])
            model.load_state_dict(load_parameters(folder / "model.safetensors"))
            stored = config.get("calibration")
            calibration = Calibration.from_json(stored) if stored else Calibration.plain()
        except (RuntimeError, ValueError, TypeError) as error:
            raise CheckpointError(f"{folder}: its files do not belong together: {error}") from None
        if (model.config.vocab_size, model.config.buckets) != (len(vocabulary), vocabulary.buckets):
            raise CheckpointError(
                f"{folder}: the model knows {model.config.vocab_size} words, tokenizer.json has {len(vocabulary)}"
            )
        if config.get("emotions", list(EMOTIONS)) != list(EMOTIONS):
            raise CheckpointError(f"{folder} has other emotions than this program, or in another order")
        model.requires_grad_(False)
        card = folder / "README.md"
        text = card.read_text(encoding="utf-8") if card.exists() else ""
        return cls(model, vocabulary, calibration, config, text, folder.name, folder)

    @property
    def parameters(self) -> int:
        """How many numbers training has set."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    def read(self, text: str, mechanism: Mechanism | None = None) -> EmotionReading:
        """Read a text of one line to a few pages, whole and sentence by sentence.

        Up to 48 words and signs are read in one piece. A longer text is read in its sentences (cut again when one is
        longer than that): every emotion then has the probability of its strongest part, neutral that of its weakest,
        and the groups follow from those. mechanism: replaces the label-wise attention for this call.
        Raises TextError, meant for people, for a text that is empty, holds nothing readable, or is over 20,000
        characters, and ValueError for a mechanism that the model cannot run.
        """
        start = time.perf_counter()
        words = check_text(text)
        sentences = _words_by_sentence(text, words)
        pieces = [part for sentence in sentences for part in split_to_fit(sentence, MAX_WORDS)]
        whole = len(words) <= MAX_WORDS
        inputs = list(dict.fromkeys([*pieces, *([words] if whole else [])]))
        read = dict(zip(inputs, self._read_pieces(text, inputs, mechanism), strict=True))
        parts = []
        for sentence in sentences:
            own = [read[part] for part in split_to_fit(sentence, MAX_WORDS)]
            parts.append(_shifted(self._joined(text, own, mechanism)))
        reading = read[words] if whole else self._joined(text, [read[part] for part in pieces], mechanism)
        notes = self._notes(words, reading.names)
        if not whole:
            notes = (TEXT["parts"].format(most=MAX_WORDS, count=len(pieces)), *notes)
        return replace(
            reading,
            text=text,
            start=0,
            end=len(text),
            parts=tuple(parts) if len(parts) > 1 else (),
            notes=notes,
            seconds=time.perf_counter() - start,
        )

    def scores(self, texts: Sequence[str], mechanism: Mechanism | None = None) -> np.ndarray:
        """Return the calibrated probabilities of many texts, (n, 28); an empty text gives a row of NaN.

        Each text counts as `read` counts it. Raises TextError for a text over 20,000 characters.
        """
        found = np.full((len(texts), len(EMOTIONS)), np.nan)
        pieces: list[tuple[Word, ...]] = []
        owned: list[tuple[int, slice]] = []  # whose pieces are which
        for i, text in enumerate(texts):
            words = find_words(text) if len(text) <= MAX_CHARACTERS else check_text(text)  # which raises
            if not words:
                continue
            own = [words] if len(words) <= MAX_WORDS else _pieces(text, words)
            owned.append((i, slice(len(pieces), len(pieces) + len(own))))
            pieces += own
        probabilities = self.calibration.probabilities(self._logits(pieces, mechanism))
        for i, own in owned:
            found[i] = _strongest_parts(probabilities[own])[0]
        return found

    def sentiments_of(self, probabilities: np.ndarray) -> np.ndarray:
        """Return the calibrated probabilities of the four sentiment groups: (…, 28), as `scores` gives, to (…, 4)."""
        return self.calibration.sentiments(probabilities)

    def probabilities_of(self, texts: Sequence[Encoded], mechanism: Mechanism | None = None) -> np.ndarray:
        """Return the calibrated probabilities of encoded texts, each of at least one word, (n, 28)."""
        return self.calibration.probabilities(self._run(texts, mechanism)[0])

    def encode(self, words: Sequence[Word]) -> Encoded:
        """Return words as the model reads them, names as [NAME]."""
        return encode_with_names(words, self.vocabulary)[0]

    def _logits(self, pieces: Sequence[Sequence[Word]], mechanism: Mechanism | None) -> np.ndarray:
        return self._run([self.encode(piece) for piece in pieces], mechanism)[0]

    @torch.inference_mode()
    def _run(
        self, texts: Sequence[Encoded], mechanism: Mechanism | None, need_weights: bool = False
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return logits (n, 28), and of every text its weights (heads, 28, words) when asked for."""
        logits = np.zeros((len(texts), len(EMOTIONS)))
        weights: list[np.ndarray] = [np.zeros(0)] * len(texts)
        for rows in length_batches([len(text.forms) for text in texts], WORDS_AT_ONCE):
            batch = make_batch([texts[i] for i in rows], self.vocabulary)
            answer = self.model(batch, mechanism, need_weights)
            logits[rows] = answer.logits.double().numpy()
            for row, i in enumerate(rows if need_weights else []):
                weights[i] = answer.weights[row, :, :, : len(texts[i].forms)].float().numpy()
        return logits, weights

    def _read_pieces(
        self, text: str, pieces: Sequence[tuple[Word, ...]], mechanism: Mechanism | None
    ) -> list[EmotionReading]:
        """Read pieces of a text, each in one go; words keep their places in the whole text."""
        encoded = [encode_with_names(piece, self.vocabulary) for piece in pieces]
        logits, weights = self._run([one for one, _ in encoded], mechanism, need_weights=True)
        probabilities = self.calibration.probabilities(logits)
        return [
            self._reading(text, piece, probabilities[i], weights[i], encoded[i][1], mechanism)
            for i, piece in enumerate(pieces)
        ]

    def _reading(
        self,
        text: str,
        words: tuple[Word, ...],
        probabilities: np.ndarray,
        weights: np.ndarray,
        names: tuple[int, ...],
        mechanism: Mechanism | None,
        whole: bool = True,
    ) -> EmotionReading:
        """weights: (heads, 28, words)."""
        return EmotionReading(
            text=text,
            words=words,
            map=AttentionMap(
                weights=weights[None],
                query_labels=EMOTIONS,
                key_labels=tuple(word.text for word in words),
                query_axis="emotion",
                key_axis="word",
            ),
            probabilities=probabilities,
            thresholds=self.calibration.thresholds,
            sentiments=self.calibration.sentiments(probabilities),
            sentiment_thresholds=self.calibration.group_thresholds,
            start=words[0].start,
            end=words[-1].end,
            names=names,
            mechanism=mechanism,
            whole=whole,
        )

    def _joined(self, text: str, parts: Sequence[EmotionReading], mechanism: Mechanism | None) -> EmotionReading:
        """Put parts that were read one by one together, each emotion from the part where it is strongest."""
        if len(parts) == 1:
            return parts[0]
        probabilities, chosen = _strongest_parts(np.stack([part.probabilities for part in parts]))
        lengths = [len(part.words) for part in parts]
        firsts = np.cumsum([0, *lengths])
        weights = np.zeros((parts[0].map.heads, len(EMOTIONS), firsts[-1]), dtype=np.float32)
        for emotion, i in enumerate(chosen):
            weights[:, emotion, firsts[i] : firsts[i + 1]] = parts[i].map.weights[0, :, emotion]
        words = tuple(word for part in parts for word in part.words)
        names = tuple(int(first) + i for part, first in zip(parts, firsts, strict=False) for i in part.names)
        return self._reading(text, words, probabilities, weights, names, mechanism, whole=False)

    def _notes(self, words: Sequence[Word], names: Sequence[int]) -> tuple[str, ...]:
        notes = []
        letters = [c for word in words for c in word.text if c.isalpha()]
        if sum(c < "\u0250" for c in letters) < len(letters) / 2:
            notes.append(TEXT["script"])
        if names:
            notes.append(TEXT["names"].format(words=_listed([words[i].text for i in names])))
        unknown = [
            word.text
            for i, word in enumerate(words)
            if i not in set(names) and look_up_form(word.text) not in self.vocabulary
        ]
        spelt = [word for word in unknown if any(c.isalpha() for c in word)]
        if spelt:
            notes.append(TEXT["unknown"].format(words=_listed(spelt)))
        if signs := [word for word in unknown if word not in spelt]:
            notes.append(TEXT["unknown_sign"].format(words=_listed(signs)))
        return tuple(notes)


def reading_parts(reading: EmotionReading) -> list[tuple[Word, ...]]:
    """Return the words of the parts in which a long text was read, in order."""
    return [part for sentence in reading.sentences for part in split_to_fit(sentence.words, MAX_WORDS)]


def _shifted(reading: EmotionReading) -> EmotionReading:
    """Return a sentence's reading with its own text; its words' places then count from the sentence's start."""
    start = reading.start
    words = tuple(
        Word(word.text, word.start - start, word.end - start, word.starts_line and i > 0)
        for i, word in enumerate(reading.words)
    )
    return replace(reading, text=reading.text[start : reading.end], words=words)


def _words_by_sentence(text: str, words: Sequence[Word]) -> list[tuple[Word, ...]]:
    spans = split_sentences(text)
    groups: list[list[Word]] = [[] for _ in spans]
    number = 0
    for word in words:
        while number + 1 < len(spans) and word.start >= spans[number + 1].start:
            number += 1
        groups[number].append(word)
    return [tuple(group) for group in groups if group]


def _pieces(text: str, words: Sequence[Word]) -> list[tuple[Word, ...]]:
    return [part for sentence in _words_by_sentence(text, words) for part in split_to_fit(sentence, MAX_WORDS)]


def _strongest_parts(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return of (parts, 28) each emotion's probability in its deciding part, and which part that is, (28,) each."""
    chosen = probabilities.argmax(axis=0)
    chosen[NEUTRAL] = probabilities[:, NEUTRAL].argmin()
    return probabilities[chosen, np.arange(probabilities.shape[1])], chosen


def _listed(words: Sequence[str], most: int = 8) -> str:
    distinct = list(dict.fromkeys(word if len(word) <= LONGEST_SHOWN else word[:LONGEST_SHOWN] + "…" for word in words))
    return ", ".join(distinct[:most]) + (" …" if len(distinct) > most else "")
