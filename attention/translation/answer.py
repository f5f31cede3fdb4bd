"""What a translator answers: a `Translation` with its `Step`s, and how the parts of a longer text become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from attention.attention_map import AttentionMap
from attention.mechanisms import Mechanism
from attention.translation.decoding import BeamTree, DecodingOptions
from attention.translation.maps import block_diagonal
from attention.translation.tokens import Word


@dataclass(frozen=True)
class Step:
    """One step of the decoder, with the model's real numbers.

    text: the piece written; word: index of its word in `target_words`; log_probability: of the piece, natural log.
    candidates: (text, probability) of the likeliest pieces, likeliest first.
    scores, weights, contributions: one number a source piece, means over the heads of the alignment layers:
    scores before normalising, weights after, and each position's share of the context's length.
    """

    text: str
    word: int
    log_probability: float
    candidates: tuple[tuple[str, float], ...]
    scores: tuple[float, ...]
    weights: tuple[float, ...]
    contributions: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Translation:
    """What `translate` and `force` answer.

    source_words, target_words: `Word(text, space_before, pieces)`, end mark "</s>" last on both sides, also where
    the length limit cut the translation: the mark is then forced (`finished` is False). source_pieces, target_pieces:
    their display texts. log_probability: of the whole translation with its end mark, natural log.
    map, piece_map: the alignment layers' mean, one layer and head; rows are the target. word_maps, piece_maps: every
    layer and head by kind: "cross", and for a Transformer "encoder" and "decoder".
    tree: what the beam weighed; None for greedy search and for a forced translation. forced: given, not searched.
    seconds: wall time of search and attention. notes: what a person should know, as sentences.
    source_ids, target_ids: the pieces as the model reads them, end mark last.
    unknown: characters that the model never saw. mechanism: what replaced the model's own attention, or None.
    sentences: the parts of a longer text, each a whole Translation, else empty. The text's own words, pieces, steps and
    maps are then those of its parts one after the other (the maps block by block; the numbers of a step are over the
    pieces of its own part), and `word_maps`, `piece_maps` and `tree` stay with the parts.
    """

    source: str
    translation: str
    source_words: tuple[Word, ...]
    target_words: tuple[Word, ...]
    source_pieces: tuple[str, ...]
    target_pieces: tuple[str, ...]
    log_probability: float
    steps: tuple[Step, ...]
    map: AttentionMap
    piece_map: AttentionMap
    word_maps: dict[str, AttentionMap]
    piece_maps: dict[str, AttentionMap]
    tree: BeamTree | None
    finished: bool
    forced: bool
    seconds: float
    options: DecodingOptions | None
    mechanism: Mechanism | None
    notes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    sentences: tuple[Translation, ...] = ()
    source_ids: tuple[int, ...] = ()
    target_ids: tuple[int, ...] = ()

    @property
    def parts(self) -> tuple[Translation, ...]:
        """The sentences of a longer text, or the translation itself."""
        return self.sentences or (self,)

    @property
    def word_log_probabilities(self) -> tuple[float, ...]:
        """Log-probability of each target word: the sum over its pieces."""
        totals = [0.0] * len(self.target_words)
        for step in self.steps:
            totals[step.word] += step.log_probability
        return tuple(totals)


def joined_translation(answers: Sequence[Translation]) -> Translation:
    """Put the parts of a text together; texts and notes are the caller's to set."""
    return replace(
        answers[0],
        source_words=_joined_words([answer.source_words for answer in answers]),
        target_words=_joined_words([answer.target_words for answer in answers]),
        source_pieces=tuple(piece for answer in answers for piece in answer.source_pieces),
        target_pieces=tuple(piece for answer in answers for piece in answer.target_pieces),
        source_ids=tuple(piece for answer in answers for piece in answer.source_ids),
        target_ids=tuple(piece for answer in answers for piece in answer.target_ids),
        log_probability=sum(answer.log_probability for answer in answers),
        steps=_joined_steps(answers),
        map=block_diagonal([answer.map for answer in answers]),
        piece_map=block_diagonal([answer.piece_map for answer in answers]),
        word_maps={},
        piece_maps={},
        tree=None,
        finished=all(answer.finished for answer in answers),
        seconds=sum(answer.seconds for answer in answers),
        sentences=tuple(answers),
    )


def _joined_words(groups: Sequence[Sequence[Word]]) -> tuple[Word, ...]:
    words: list[Word] = []
    offset = 0
    for group in groups:
        for number, word in enumerate(group):
            pieces = tuple(offset + position for position in word.pieces)
            words.append(Word(word.text, word.space_before or (number == 0 and bool(words)), pieces))
        offset += sum(len(word.pieces) for word in group)
    return tuple(words)


def _joined_steps(answers: Sequence[Translation]) -> tuple[Step, ...]:
    steps: list[Step] = []
    offset = 0
    for answer in answers:
        steps.extend(replace(step, word=step.word + offset) for step in answer.steps)
        offset += len(answer.target_words)
    return tuple(steps)
