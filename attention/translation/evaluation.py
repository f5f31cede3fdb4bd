"""How good a translator is: sacreBLEU against all references, and how readable its attention is.

sacreBLEU is imported only when something is scored, so that the app never loads it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch

from attention.attention_map import AttentionMap
from attention.measures import link_agreement, sharpness, strongest_links
from attention.training.batches import padded
from attention.translation.alignment import Aligner, Link, train_aligner
from attention.translation.corpus import Pair, references, split_pair
from attention.translation.decoding import DecodingOptions
from attention.translation.maps import word_map
from attention.translation.tokens import BEGIN, END, PAD, Word
from attention.translation.translator import Translator

MIN_WORDS = 5  # shorter sentences say little about alignment
FORCED_BATCH = 64  # sentences


@dataclass(frozen=True)
class Scores:
    """Scores of a corpus of translations.

    bleu, chrf: 0 to 100, of detokenised text. signature, chrf_signature: how sacreBLEU counted (Post 2018).
    sentences: distinct sources, each scored once; references: of all of them together.
    cut: translations that reached the length limit. seconds: spent translating, None when not timed here.
    """

    bleu: float
    chrf: float
    signature: str
    chrf_signature: str
    sentences: int
    references: int
    cut: int = 0
    seconds: float | None = None

    def to_json(self) -> dict:
        return asdict(self)


def corpus_scores(translations: Sequence[str], grouped: Sequence[Sequence[str]], pair: str) -> Scores:
    """Score translations, each against all of its references.

    BLEU (Papineni et al. 2002) and chrF2 (Popović 2015) as sacreBLEU computes them; Chinese is cut into characters by
    its `zh` tokeniser, other languages by `13a`. grouped: for each translation its references, one or more; missing
    ones are filled with None, which sacreBLEU leaves out of the clipping and of the reference length.
    Raises ValueError when the lengths differ, nothing is given, or a translation has no reference.
    """
    from sacrebleu.metrics import BLEU, CHRF

    if len(translations) != len(grouped):
        raise ValueError(f"{len(translations)} translations and {len(grouped)} groups of references do not match")
    if not translations or not all(grouped):
        raise ValueError("nothing to score: every translation needs at least one reference")
    most = max(map(len, grouped))
    streams = [[group[k] if k < len(group) else None for group in grouped] for k in range(most)]
    bleu = BLEU(tokenize="zh" if split_pair(pair)[1] == "zh" else "13a")
    chrf = CHRF()
    hypotheses = list(translations)
    return Scores(
        bleu=bleu.corpus_score(hypotheses, streams).score,
        chrf=chrf.corpus_score(hypotheses, streams).score,
        signature=str(bleu.get_signature()),
        chrf_signature=str(chrf.get_signature()),
        sentences=len(hypotheses),
        references=sum(map(len, grouped)),
    )


def evaluate(translator: Translator, pairs: Sequence[Pair], options: DecodingOptions | None = None) -> Scores:
    """Translate every distinct source once and score it against all of its references.

    Sources go through the same steps as a visitor's text. Raises ValueError when there are no pairs.
    """
    grouped = references(pairs)
    start = time.perf_counter()
    answers = translator.translations(list(grouped), options)
    seconds = time.perf_counter() - start
    scores = corpus_scores([text for text, _ in answers], list(grouped.values()), translator.pair)
    return replace(scores, cut=sum(not finished for _, finished in answers), seconds=seconds)


@dataclass(frozen=True)
class AttentionQuality:
    """How sharp attention over the source is, and how often it agrees with a statistical aligner.

    agreement: percentage of the aligner's links (source word, target word) whose target word looks most at that source
    word, when the end mark is left out of the choice; agreement_with_end: when the end mark may win, which counts as a
    miss. Both of the alignment layers' mean over heads. by_layer: `agreement` of each layer's mean over heads;
    by_head: of each head of each layer.
    mean_max_weight, entropy_bits: means over all target words, end marks left out as rows but not as columns.
    """

    agreement: float
    agreement_with_end: float
    by_layer: tuple[float, ...]
    by_head: tuple[tuple[float, ...], ...]
    mean_max_weight: float
    entropy_bits: float
    links: int
    sentences: int

    def to_json(self) -> dict:
        return asdict(self)


def word_texts(translator: Translator, texts: Sequence[str], language: str) -> list[list[str]]:
    """Cut texts into the words that the translator's pictures show, without the end mark."""
    encoded = translator.subwords.encode_batch(texts)
    return [[word.text for word in translator.subwords.words(ids, language)] for ids in encoded]


def aligner_for(translator: Translator, train_pairs: Sequence[Pair], iterations: int = 5) -> Aligner:
    """Train IBM model 1 on a corpus cut into the translator's own words."""
    source, target = translator.languages
    sources = word_texts(translator, [pair.source for pair in train_pairs], source)
    targets = word_texts(translator, [pair.target for pair in train_pairs], target)
    return train_aligner(list(zip(sources, targets, strict=True)), iterations)


def attention_quality(
    translator: Translator, pairs: Sequence[Pair], aligner: Aligner, most: int | None = None
) -> AttentionQuality:
    """Force reference translations through the decoder and compare where it looks with the aligner's links.

    Each distinct source of at least 5 words goes with its first reference, the first `most` of them. The weights
    are those of the step that predicts the word. Raises ValueError when no link is left to compare with.
    """
    grouped = [Pair(source, targets[0]) for source, targets in references(pairs).items()]
    hits: np.ndarray | None = (
        None  # (layers + 2, heads + 1): heads, their mean; then the alignment, without and with end
    )
    total = sentences = 0
    widths, entropies = [], []
    for reading in _readings(translator, grouped, most):
        links = aligner.links(reading.source_texts, reading.target_texts)
        layers, heads = reading.weights.shape[:2]
        if hits is None:
            hits = np.zeros((layers + 2, heads + 1))
        end = reading.weights.shape[3] - 1
        chosen = reading.weights[list(translator.alignment_layers(layers))].mean(axis=(0, 1))
        for layer in range(layers):
            matrices = [*reading.weights[layer], reading.weights[layer].mean(axis=0)]
            hits[layer] += [_hits(matrix, links, skip=(end,)) for matrix in matrices]
        hits[layers, -1] += _hits(chosen, links, skip=(end,))
        hits[layers + 1, -1] += _hits(chosen, links, skip=())
        sharp = sharpness(chosen[:-1])
        widths += [sharp.mean_max_weight] * (len(chosen) - 1)
        entropies += [sharp.entropy_bits] * (len(chosen) - 1)
        total, sentences = total + len(links), sentences + 1
    if not total:
        raise ValueError(f"no link to compare with: pairs of at least {MIN_WORDS} words whose words the aligner met")
    shares = 100.0 * hits / total
    return AttentionQuality(
        agreement=float(shares[-2, -1]),
        agreement_with_end=float(shares[-1, -1]),
        by_layer=tuple(shares[:-2, -1].tolist()),
        by_head=tuple(tuple(row) for row in shares[:-2, :-1].tolist()),
        mean_max_weight=float(np.mean(widths)),
        entropy_bits=float(np.mean(entropies)),
        links=total,
        sentences=sentences,
    )


@dataclass(frozen=True)
class _Reading:
    """Word-level weights (layers, heads, target words, source words), both with the end mark last."""

    weights: np.ndarray
    source: tuple[Word, ...]
    target: tuple[Word, ...]

    @property
    def source_texts(self) -> list[str]:
        return [word.text for word in self.source[:-1]]

    @property
    def target_texts(self) -> list[str]:
        return [word.text for word in self.target[:-1]]


def _readings(translator: Translator, pairs: Sequence[Pair], most: int | None) -> Iterator[_Reading]:
    """Yield the forced reading of each pair that is long enough, in batches of like lengths."""
    subwords, (source, target) = translator.subwords, translator.languages
    sides = zip(
        subwords.encode_batch([pair.source for pair in pairs]),
        subwords.encode_batch([pair.target for pair in pairs]),
        strict=True,
    )
    ready = []
    for source_ids, target_ids in sides:
        words = tuple(subwords.words([*source_ids, END], source))
        if sum(any(c.isalnum() for c in word.text) for word in words[:-1]) >= MIN_WORDS:
            ready.append(([*source_ids, END], [*target_ids, END], words))
    ready = sorted(ready[:most], key=lambda item: len(item[1]))
    for start in range(0, len(ready), FORCED_BATCH):
        group = ready[start : start + FORCED_BATCH]
        weights = _forced_weights(translator, [item[0] for item in group], [item[1] for item in group])
        for (source_ids, target_ids, words), own in zip(group, weights, strict=True):
            target_words = tuple(subwords.words(target_ids, target))
            pieces = AttentionMap(own, subwords.pieces(target_ids), subwords.pieces(source_ids))
            yield _Reading(word_map(pieces, words, target_words).weights, words, target_words)


@torch.inference_mode()
def _forced_weights(translator: Translator, sources: list[list[int]], targets: list[list[int]]) -> list[np.ndarray]:
    """Return (layers, heads, target_len, source_len) of each pair, its padding cut off."""
    source = padded(sources, PAD).to(translator.device)
    target_in = padded([[BEGIN, *target[:-1]] for target in targets], PAD).to(translator.device)
    weights = translator.model.force(translator.model.encode(source, source != PAD), target_in).weights
    weights = weights.float().cpu().numpy()
    return [w[..., : len(t), : len(s)] for w, s, t in zip(weights, sources, targets, strict=True)]


def _hits(matrix: np.ndarray, links: set[Link], skip: Sequence[int]) -> int:
    return link_agreement(strongest_links(matrix, skip), links)[0]
