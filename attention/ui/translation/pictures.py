"""A `Translation` as the inspector shows it: sentences, readings, steps and captions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from attention.attention_map import AttentionMap
from attention.translation.sentences import LANGUAGES
from attention.translation.tokens import END, SPECIAL, Word
from attention.translation.translator import Translation, Translator
from attention.ui.inspector import InspectorView, Reading, Sentence
from attention.ui.inspector import Step as PanelStep
from attention.ui.translation.text import TEXT

END_TEXT = SPECIAL[END]


def translation_view(
    translator: Translator,
    answer: Translation,
    changed: Sequence[int] = (),
    initial: Mapping[str, Any] | None = None,
    restore: str = "",
    heading: str = "",
    comment: str = "",
) -> InspectorView:
    """Return everything that the inspector shows of one sentence's translation.

    answer: of a single sentence. changed: the target words that differ from what it is compared with.
    """
    source, target = (LANGUAGES.get(language, language) for language in translator.languages)
    lines = _Lines(answer, translator.languages)
    layers = translator.alignment_layers(answer.word_maps["cross"].layers)
    readings = [
        _cross(answer, lines, layers, changed),
        *(_self_attention(answer, kind, lines) for kind in ("encoder", "decoder") if kind in answer.word_maps),
        _cross_pieces(answer, lines, layers),
    ]
    return InspectorView(
        readings=tuple(readings),
        meta=meta_line(answer),
        caption=TEXT["caption"].format(source=source, target=target),
        captions={name: TEXT[f"caption_{name}"].format(source=source, target=target) for name in ("arcs", "heads")},
        initial=initial or {},
        restore=restore,
        id=_identity(translator.name, answer),
        text={"candidates": TEXT["candidates"]},
        file_stem=translator.name,
        heading=heading,
        comment=comment,
    )


def meta_line(answer: Translation) -> str:
    """Return how long it took, how long it is, and how sure the model was; natural logarithms."""
    name = "meta_forced" if answer.forced else "meta"
    return TEXT[name].format(
        seconds=f"{1000 * answer.seconds:.0f} ms",
        words=len(answer.target_words) - 1,
        mean=f"{answer.log_probability / len(answer.steps):.2f}".replace("-", "−"),
    )


def word_steps(answer: Translation) -> tuple[PanelStep, ...]:
    """Return the side panel of every target word.

    Scores are means over the pieces of a word, weights are summed over the source word's pieces and averaged over the
    target word's, as in the map; the candidates are those of the moment when the word began.
    """
    scores, weights, shares = (
        np.array([getattr(step, name) for step in answer.steps]) for name in ("scores", "weights", "contributions")
    )  # each (target_pieces, source_pieces)
    logs = answer.word_log_probabilities
    panels = []
    for number, word in enumerate(answer.target_words):
        rows = list(word.pieces)
        table = tuple(
            (
                source.text,
                scores[np.ix_(rows, list(source.pieces))].mean(),
                weights[np.ix_(rows, list(source.pieces))].sum(axis=1).mean(),
                shares[np.ix_(rows, list(source.pieces))].sum(axis=1).mean(),
            )
            for source in answer.source_words
        )
        first = answer.steps[word.pieces[0]]
        panels.append(PanelStep(word.text, first.candidates, table, logs[number]))
    return tuple(panels)


def piece_steps(answer: Translation) -> tuple[PanelStep, ...]:
    """Return the side panel of every target piece, with the model's own numbers."""
    return tuple(
        PanelStep(
            step.text,
            step.candidates,
            tuple(zip(answer.source_pieces, step.scores, step.weights, step.contributions, strict=True)),
            step.log_probability,
        )
        for step in answer.steps
    )


def likelihood_ratio(log_ratio: float) -> str:
    """Say in words how much more or less likely something is; log_ratio: natural logarithm."""
    if abs(log_ratio) < 0.05:
        return TEXT["as_likely"]
    times = math.exp(min(abs(log_ratio), 60.0))
    shown = f"{times:.1f}" if times < 10 else f"{float(f'{times:.2g}'):,.0f}" if times < 1e6 else f"{times:.0e}"
    return TEXT["times_more" if log_ratio > 0 else "times_less"].format(times=shown)


def sentence_of(words: Sequence[Word], language: str) -> Sentence:
    """Return words with what stands before each, as the inspector's large lines want them."""
    return Sentence(
        tuple(word.text for word in words), tuple(" " if word.space_before else "" for word in words), language
    )


class _Lines:
    """The two sentences of a translation, and where their end marks stand."""

    def __init__(self, answer: Translation, languages: tuple[str, str]) -> None:
        self.source = sentence_of(answer.source_words, languages[0])
        self.target = sentence_of(answer.target_words, languages[1])
        self.source_end, self.target_end = (len(answer.source_words) - 1,), (len(answer.target_words) - 1,)
        self.names = {name: LANGUAGES.get(language, language) for name, language in zip(
            ("source", "target"), languages, strict=True)}  # fmt: skip


def _cross(answer: Translation, lines: _Lines, layers: Sequence[int], changed: Sequence[int]) -> Reading:
    return Reading(
        answer.word_maps["cross"],
        TEXT["cross"],
        "cross",
        **_summary(answer.word_maps["cross"], answer.map, layers),
        query=lines.target,
        key=lines.source,
        steps=word_steps(answer),
        changed=tuple(changed),
        query_end=lines.target_end,
        key_end=lines.source_end,
    )


def _cross_pieces(answer: Translation, lines: _Lines, layers: Sequence[int]) -> Reading:
    return Reading(
        answer.piece_maps["cross"],
        TEXT["cross_pieces"],
        "pieces",
        **_summary(answer.piece_maps["cross"], answer.piece_map, layers),
        query=_piece_sentence(answer.target_pieces, answer.target_words, lines.target.lang),
        key=_piece_sentence(answer.source_pieces, answer.source_words, lines.source.lang),
        steps=piece_steps(answer),
        query_end=(len(answer.target_pieces) - 1,),
        key_end=(len(answer.source_pieces) - 1,),
        pieces_of="cross",
        caption=TEXT["caption_pieces"],
    )


def _self_attention(answer: Translation, kind: str, lines: _Lines) -> Reading:
    """Show how one sentence looked at itself; the decoder's columns begin with the mark that starts the sentence."""
    found = answer.word_maps[kind]
    line, sentence, end = {
        "encoder": ("source", lines.source, lines.source_end),
        "decoder": ("answer", lines.target, lines.target_end),
    }[kind]
    key = sentence if kind == "encoder" else Sentence(found.key_labels, lang=sentence.lang)
    return Reading(
        found,
        TEXT[kind],
        kind,
        query=sentence,
        key=key,
        query_line=line,
        key_line=line,
        query_end=end,
        key_end=end if kind == "encoder" else (),
        caption=TEXT[f"caption_{kind}"].format(**lines.names),
    )


def _summary(everything: AttentionMap, alignment: AttentionMap, layers: Sequence[int]) -> dict[str, Any]:
    """Return the matrix to show first, where there is more than one layer and head."""
    if everything.layers == everything.heads == 1:
        return {}
    names = ", ".join(everything.layer_names[layer] for layer in layers)
    return {"summary": alignment.matrix(0, 0), "summary_title": TEXT["summary"].format(layers=names)}


def _piece_sentence(pieces: Sequence[str], words: Sequence[Word], language: str) -> Sentence:
    starts = {word.pieces[0] for word in words if word.space_before}
    return Sentence(tuple(pieces), tuple(" " if i in starts else "" for i in range(len(pieces))), language)


def _identity(model: str, answer: Translation) -> str:
    """Name the answer, so that its words are played again only when they are other words."""
    return f"{model} {answer.source} → {answer.translation}"
