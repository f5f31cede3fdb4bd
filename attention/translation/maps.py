"""From the weights of one forced pass to attention maps, of pieces and of words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from attention.attention_map import AttentionMap
from attention.translation.model import Forced
from attention.translation.sentences import LANGUAGES
from attention.translation.tokens import END, SPECIAL, Word

BEGIN_TEXT, END_TEXT = SPECIAL[1], SPECIAL[END]


def piece_maps(
    forced: Forced,
    encoder_weights: Tensor | None,
    source_pieces: Sequence[str],
    target_pieces: Sequence[str],
    languages: tuple[str, str],
) -> dict[str, AttentionMap]:
    """Return all layers and heads as maps of pieces, by kind: "cross", and for a Transformer "encoder", "decoder".

    forced, encoder_weights: of a batch of one. source_pieces, target_pieces: display texts, end mark last.
    In the decoder's map a row is the piece being written and a column what it can look back on: the begin mark and all
    pieces before, hence other labels on the two axes.
    """
    source_axis, target_axis = (f"{LANGUAGES.get(language, language)} piece" for language in languages)
    maps = {
        "cross": AttentionMap(_array(forced.weights), target_pieces, source_pieces, target_axis, source_axis, "cross")
    }
    if encoder_weights is not None:
        maps["encoder"] = AttentionMap(
            _array(encoder_weights), source_pieces, source_pieces, source_axis, source_axis, "encoder"
        )
    if forced.decoder_weights is not None:
        written = (BEGIN_TEXT, *target_pieces[:-1])
        maps["decoder"] = AttentionMap(
            _array(forced.decoder_weights), target_pieces, written, target_axis, target_axis, "decoder"
        )
    return maps


def word_map(pieces: AttentionMap, source_words: Sequence[Word], target_words: Sequence[Word]) -> AttentionMap:
    """Join the pieces of a map into words: columns are summed, rows averaged, so rows still sum to 1.

    In the decoder's map the words written are shifted by one for the begin mark, and the last word has no column.
    """
    source, target = _Axis.of(source_words), _Axis.of(target_words)
    query, key = {
        "cross": (target, source),
        "encoder": (source, source),
        "decoder": (target, target.shifted()),
    }[pieces.kind]
    joined = pieces.joined(query.groups, key.groups).relabelled(query.labels, key.labels)
    axes = {name: getattr(pieces, name).replace("piece", "word") for name in ("query_axis", "key_axis")}
    return AttentionMap(
        joined.weights,
        joined.query_labels,
        joined.key_labels,
        kind=pieces.kind,
        layer_names=pieces.layer_names,
        head_names=pieces.head_names,
        **axes,
    )


def alignment_map(pieces: AttentionMap, layers: Sequence[int]) -> AttentionMap:
    """Return the one matrix that stands for the whole: the mean over the heads of the alignment layers."""
    return pieces if pieces.layers == pieces.heads == 1 else pieces.mean_over(layers)


def block_diagonal(maps: Sequence[AttentionMap]) -> AttentionMap:
    """Put the maps of a text's sentences one after the other; between sentences there is no attention: exactly 0."""
    rows, columns = (np.cumsum([0, *(m.weights.shape[axis] for m in maps)]) for axis in (2, 3))
    first = maps[0]
    weights = np.zeros((first.layers, first.heads, rows[-1], columns[-1]), dtype=np.float32)
    for i, part in enumerate(maps):
        weights[..., rows[i] : rows[i + 1], columns[i] : columns[i + 1]] = part.weights
    return AttentionMap(
        weights,
        tuple(label for part in maps for label in part.query_labels),
        tuple(label for part in maps for label in part.key_labels),
        first.query_axis,
        first.key_axis,
        first.kind,
        first.layer_names,
        first.head_names,
    )


class _Axis:
    """The words of one axis: which pieces each is made of, and its label."""

    def __init__(self, groups: Sequence[tuple[int, ...]], labels: Sequence[str]) -> None:
        self.groups, self.labels = tuple(groups), tuple(labels)

    @classmethod
    def of(cls, words: Sequence[Word]) -> _Axis:
        return cls([word.pieces for word in words], [word.text for word in words])

    def shifted(self) -> _Axis:
        groups = [tuple(position + 1 for position in group) for group in self.groups[:-1]]
        return _Axis([(0,), *groups], [BEGIN_TEXT, *self.labels[:-1]])


def _array(weights: Tensor) -> np.ndarray:
    return weights[0].float().cpu().numpy()  # (layers, heads, query_len, key_len)
