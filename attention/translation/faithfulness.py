"""Does attention tell which source words mattered? Beside it: the gradient, and leaving each word out.

The question of Jain & Wallace 2019 (Attention is not Explanation) and Wiegreffe & Pinter 2019 (Attention is not not
Explanation), put to one translated word at a time and answered by the model itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from attention.measures.faithfulness import kendall_tau
from attention.mechanisms import Mechanism
from attention.training.batches import padded
from attention.translation.answer import Translation
from attention.translation.maps import alignment_map, piece_maps, word_map
from attention.translation.model import Encoded
from attention.translation.tokens import BEGIN, PAD, Word
from attention.translation.translator import Translator

ROWS = 8  # shortened sentences that the decoder takes at once; each needs target_len × vocab_size numbers


@dataclass(frozen=True, eq=False)
class Importance:
    """How much each source word mattered for one target word, four ways; all arrays have one number a source word.

    target: the target word. words: the source words, end mark last.
    attention: weights of the alignment layers, means over the word's pieces; they sum to 1.
    gradient: length of embedding × gradient of the word's log-probability, summed over the source word's pieces; ≥ 0.
    leave_one_out: how much the word's log-probability (natural log) drops when the source word is left out; below 0
    where the word becomes likelier without it.
    random: shares drawn by lot, which know nothing; they sum to 1.
    """

    target: str
    words: tuple[str, ...]
    attention: np.ndarray
    gradient: np.ndarray
    leave_one_out: np.ndarray
    random: np.ndarray


class Agreement(NamedTuple):
    """Kendall's tau-b between two measures over the source words, means over the target words; -1 to 1.

    gradient, leave_one_out: attention against each. random_gradient, random_leave_one_out: shares drawn by lot against
    each, about 0. gradient_leave_one_out: the two other measures against each other. NaN where no word has an order.
    words: how many target words were counted.
    """

    gradient: float
    leave_one_out: float
    random_gradient: float
    random_leave_one_out: float
    gradient_leave_one_out: float
    words: int


def word_importance(
    translator: Translator, answer: Translation, target_word: int, mechanism: Mechanism | None = None, seed: int = 0
) -> Importance:
    """Measure how much each source word mattered for one word of a translation.

    log p(word) = Σ_t log p(y_t | y_<t, x) over the pieces t of the word, what was written before it held fixed.
    gradient: Σ_p ‖x_p ⊙ ∂ log p(word) / ∂ x_p‖ over the pieces p of a source word, x_p their embeddings
    leave_one_out: log p(word | x) - log p(word | x without the source word), everything computed anew

    target_word: index in `answer.target_words`; of a longer text, its own sentence is measured.
    mechanism: replaces the attention over the source; that of the answer when left out. seed: of the random shares.
    The model is not changed; no gradient is kept.
    Raises ValueError when there is no such word, or the answer does not carry its pieces.
    """
    part, number = _sentence_of(answer, target_word)
    return _importance(translator, part, [number], mechanism, (seed, target_word - number))[0]


def sentence_importance(
    translator: Translator, answer: Translation, mechanism: Mechanism | None = None, seed: int = 0
) -> tuple[Importance, ...]:
    """Return `word_importance` of every target word, in order; the forward passes are shared."""
    found: list[Importance] = []
    for part in answer.parts:
        found += _importance(translator, part, range(len(part.target_words)), mechanism, (seed, len(found)))
    return tuple(found)


def agreement(importances: Sequence[Importance]) -> Agreement:
    """Compare the rankings of the measures, word by word, and average.

    Words for which one measure ranks nothing, such as those of a one-word sentence, are left out of that mean.
    """
    pairs = (
        ("attention", "gradient"),
        ("attention", "leave_one_out"),
        ("random", "gradient"),
        ("random", "leave_one_out"),
        ("gradient", "leave_one_out"),
    )
    means = []
    for first, second in pairs:
        taus = np.array([kendall_tau(getattr(one, first), getattr(one, second)) for one in importances])
        known = taus[~np.isnan(taus)]
        means.append(float(known.mean()) if known.size else float("nan"))
    return Agreement(*means, words=len(importances))


def _sentence_of(answer: Translation, target_word: int) -> tuple[Translation, int]:
    """Return the sentence that holds a target word of the whole text, and the word's number in it."""
    count = len(answer.target_words)
    if not 0 <= target_word < count:
        raise ValueError(f"target_word must be from 0 to {count - 1}, got {target_word}; count the end marks, too")
    for part in answer.parts:
        if target_word < len(part.target_words):
            return part, target_word
        target_word -= len(part.target_words)
    raise ValueError("the sentences of this answer have fewer words than the answer; translate it anew")


def _importance(
    translator: Translator, part: Translation, targets: Sequence[int], mechanism: Mechanism | None, lot: tuple[int, int]
) -> list[Importance]:
    """lot: the seed of the random shares, and how many target words the sentences before have."""
    if not part.source_ids or not part.target_ids:
        raise ValueError("this answer does not carry its pieces (source_ids, target_ids); translate it anew")
    mechanism = mechanism or part.mechanism
    last = max(position for number in targets for position in part.target_words[number].pieces)
    target = part.target_ids[: last + 1]  # what comes after the word cannot matter to it
    attention = _attention(translator, part, mechanism)
    gradients = _gradients(translator, part, target, targets, mechanism)
    drops = _drops(translator, part, target, mechanism)  # (source words, target pieces)
    found = []
    for number, gradient in zip(targets, gradients, strict=True):
        word = part.target_words[number]
        found.append(
            Importance(
                target=word.text,
                words=tuple(source.text for source in part.source_words),
                attention=attention[number],
                gradient=gradient,
                leave_one_out=drops[:, list(word.pieces)].sum(axis=1),
                random=np.random.default_rng([lot[0], lot[1] + number]).dirichlet(np.ones(len(part.source_words))),
            )
        )
    return found


@torch.inference_mode()
def _attention(translator: Translator, part: Translation, mechanism: Mechanism | None) -> np.ndarray:
    """Return the alignment layers' weights by words, (target words, source words)."""
    source = torch.tensor([part.source_ids], device=translator.device)
    target_in = torch.tensor([[BEGIN, *part.target_ids[:-1]]], device=translator.device)
    forced = translator.model.force(translator.model.encode(source, source != PAD), target_in, mechanism)
    pieces = piece_maps(forced, None, part.source_pieces, part.target_pieces, translator.languages)["cross"]
    words = word_map(pieces, part.source_words, part.target_words)
    return alignment_map(words, translator.alignment_layers(words.layers)).matrix(0, 0).astype(np.float64)


def _gradients(
    translator: Translator,
    part: Translation,
    target: Sequence[int],
    targets: Sequence[int],
    mechanism: Mechanism | None,
) -> list[np.ndarray]:
    """Return for every target word the length of embedding × gradient of every source word."""
    model = translator.model
    source = torch.tensor([part.source_ids], device=translator.device)
    with torch.inference_mode(False), torch.enable_grad():
        embedded = model.embed_source(source).detach().clone().requires_grad_()  # (1, source_len, embedding_dim)
        encoded = model.encode(source, source != PAD, embedded=embedded)
        logs = _log_probabilities(translator, encoded, target, mechanism)[0]  # (target_len,)
        found = []
        for number in targets:
            log_probability = logs[list(part.target_words[number].pieces)].sum()
            slope = torch.autograd.grad(log_probability, embedded, retain_graph=True)[0]
            lengths = (slope * embedded.detach()).norm(dim=-1)[0]  # (source_len,)
            found.append(_by_word(lengths.double().cpu().numpy(), part.source_words))
    return found


@torch.inference_mode()
def _drops(translator: Translator, part: Translation, target: Sequence[int], mechanism: Mechanism | None) -> np.ndarray:
    """Return how much the log-probability of each target piece drops without each source word."""
    shortened = [_without(part.source_ids, word) for word in part.source_words]
    sentences = [list(part.source_ids), *shortened]
    logs = []
    for first in range(0, len(sentences), ROWS):
        rows = padded(sentences[first : first + ROWS], PAD).to(translator.device)
        encoded = translator.model.encode(rows, rows != PAD)
        logs.append(_log_probabilities(translator, encoded, target, mechanism))
    found = torch.cat(logs).double().cpu().numpy()  # (1 + source words, target_len)
    return found[0] - found[1:]


def _log_probabilities(
    translator: Translator, encoded: Encoded, target: Sequence[int], mechanism: Mechanism | None
) -> Tensor:
    """Return the log-probability of each given piece after the given ones before it, (batch, target_len)."""
    batch = encoded.mask.shape[0]
    target_in = torch.tensor([[BEGIN, *target[:-1]]], device=translator.device).expand(batch, -1)
    logits = translator.model.force(encoded, target_in, mechanism).logits.float()  # (batch, target_len, vocab_size)
    own = torch.tensor([target], device=translator.device).expand(batch, -1)[..., None]
    return logits.log_softmax(dim=-1).gather(-1, own)[..., 0]


def _without(ids: Sequence[int], word: Word) -> list[int]:
    return [piece for position, piece in enumerate(ids) if position not in word.pieces]


def _by_word(values: np.ndarray, words: Sequence[Word]) -> np.ndarray:
    return np.array([values[list(word.pieces)].sum() for word in words])
