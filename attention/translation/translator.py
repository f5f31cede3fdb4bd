"""`Translator`: load a checkpoint once, then `translate` or `force`; every answer carries its attention."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from attention.mechanisms import Mechanism
from attention.training.batches import padded
from attention.training.checkpoint import (
    CheckpointError,
    find_checkpoint,
    load_parameters,
    read_config,
    shipped_models,
)
from attention.translation.answer import Step, Translation, joined_translation
from attention.translation.corpus import split_pair
from attention.translation.decoding import DecodingOptions, decode, decode_batches
from attention.translation.maps import alignment_map, piece_maps, word_map
from attention.translation.model import Forced, build_model
from attention.translation.sentences import (
    LANGUAGES,
    TextError,
    clean_text,
    join_translations,
    script_note,
    split_sentences,
    split_to_fit,
    unknown_note,
)
from attention.translation.tokens import BEGIN, END, PAD, Subwords, Word

__all__ = ["Step", "TextError", "Translation", "Translator", "available_models", "title_of"]

MAX_PIECES = 50  # of a source sentence, end mark included: the longest that training showed
WHOLE_SENTENCES = 2  # more of them are translated one by one: under 0.1 % of the training texts have three
MAX_FORCED = 120  # pieces of a given translation of one sentence

TEXT = {
    "split": "Translated in {count} parts: the model learnt from single sentences of at most {most} word pieces.",
    "split_inside": "A sentence was too long for that and was cut at commas or spaces.",
    "cut": "The translation reached the limit of {most} word pieces and was cut there.",
    "force_parts": "The text has {source} sentences and the translation {target}. Give one sentence for each.",
    "force_long": "The translation has {count} word pieces; at most {most} can follow one sentence. Shorten it.",
    "architecture": {"recurrent": "recurrent", "transformer": "Transformer"},
}


def available_models() -> dict[str, dict]:
    """Return the shipped translation models: name and config.json of each, by name."""
    return shipped_models("translation")


def title_of(config: dict) -> str:
    """Return how a model is called on the pages, such as "English → French, recurrent"."""
    architecture = config.get("model", {}).get("architecture", "model")
    source, target = (LANGUAGES.get(language, language) for language in split_pair(config["pair"]))
    return config.get("title") or f"{source} → {target}, {TEXT['architecture'].get(architecture, architecture)}"


class Translator:
    """A trained model with its subwords. Shared by all visitors: nothing in it changes after loading."""

    def __init__(
        self,
        model: nn.Module,
        subwords: Subwords,
        config: dict,
        card: str = "",
        name: str = "",
        folder: Path | None = None,
    ) -> None:
        self.model, self.subwords, self.config, self.card = model.eval(), subwords, config, card
        self.name, self.folder = name, folder
        self.pair: str = config["pair"]
        self.languages = split_pair(self.pair)
        self.title: str = title_of(config)

    @classmethod
    def load(cls, name: str | Path) -> Translator:
        """Load a shipped model by name, or a checkpoint folder.

        Raises CheckpointError when there is none or its files do not belong together.
        """
        folder = find_checkpoint(str(name))
        config = read_config(folder)
        if config.get("task") != "translation" or "pair" not in config or "model" not in config:
            raise CheckpointError(f"{folder} is not a translation checkpoint; config.json needs task, pair and model")
        if not (folder / "tokenizer.json").exists():
            raise CheckpointError(f"{folder} has no tokenizer.json; copy it from the run that trained the model")
        subwords = Subwords.load(folder / "tokenizer.json")
        model = build_model(config["model"])
        try:
            model.load_state_dict(load_parameters(folder / "model.safetensors"))
        except RuntimeError as error:
            raise CheckpointError(f"{folder}: model.safetensors does not fit config.json: {error}") from None
        if model.config.vocab_size != subwords.vocab_size:
            raise CheckpointError(
                f"{folder}: the model knows {model.config.vocab_size} pieces, tokenizer.json has {subwords.vocab_size}"
            )
        model.requires_grad_(False)
        card = folder / "README.md"
        text = card.read_text(encoding="utf-8") if card.exists() else ""
        return cls(model, subwords, config, text, folder.name, folder)

    @property
    def parameters(self) -> int:
        """How many numbers training has set."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    @property
    def device(self) -> torch.device:
        return next(self.model.parameters()).device

    def translate(
        self, text: str, options: DecodingOptions | None = None, mechanism: Mechanism | None = None
    ) -> Translation:
        """Translate a text; more than two sentences, lines or 50 pieces go part by part.

        mechanism: replaces the attention over the source for this call. Raises TextError, meant for people, for a text
        that is empty or over 2,000 characters, and ValueError for a mechanism that the model cannot run.
        """
        options = options or DecodingOptions()
        text, notes = clean_text(text, self.languages[0])
        units, unit_notes = self._units(text)
        start = time.perf_counter()
        sources = [self._encode(unit) for unit in units]
        source = padded(sources, PAD).to(self.device)
        hypotheses = decode(self.model, source, source != PAD, options, mechanism)
        search_s = (time.perf_counter() - start) / len(units)
        answers = []
        for unit, ids, hypothesis in zip(units, sources, hypotheses, strict=True):
            tokens = [token for token in hypothesis.tokens if token != END]
            answer = self._answer(unit.strip(), ids, [*tokens, END], mechanism, options.candidates)
            own = () if hypothesis.finished else (TEXT["cut"].format(most=options.max_length),)
            answers.append(
                replace(
                    answer,
                    tree=hypothesis.tree,
                    finished=hypothesis.finished,
                    options=options,
                    seconds=answer.seconds + search_s,
                    notes=own,
                )
            )
        return self._whole(text, units, answers, (*notes, *unit_notes))

    def force(self, text: str, target: str, mechanism: Mechanism | None = None) -> Translation:
        """Send a given translation through the decoder: how likely it is, and where each word looks.

        Raises TextError for texts that `translate` would refuse, for a text that must be split into another number of
        sentences than the translation has, and for a translation over 120 pieces a sentence.
        """
        text, notes = clean_text(text, self.languages[0])
        target, target_notes = clean_text(target, self.languages[1])
        units, unit_notes = self._units(text)
        targets = split_sentences(target) if len(units) > 1 else [target]
        if len(targets) != len(units):
            raise TextError(TEXT["force_parts"].format(source=len(units), target=len(targets)))
        answers = []
        for unit, given in zip(units, targets, strict=True):
            tokens = self.subwords.encode(given.strip())
            if len(tokens) > MAX_FORCED:
                raise TextError(TEXT["force_long"].format(count=len(tokens), most=MAX_FORCED))
            answer = self._answer(
                unit.strip(), self._encode(unit), [*tokens, END], mechanism, DecodingOptions.candidates
            )
            answers.append(replace(answer, forced=True, translation=given.strip()))
        return self._whole(text, units, answers, (*notes, *target_notes, *unit_notes))

    def translations(
        self, texts: Sequence[str], options: DecodingOptions | None = None, mechanism: Mechanism | None = None
    ) -> list[tuple[str, bool]]:
        """Translate many texts quickly, without attention: (translation, whether it was finished) of each, in order.

        Each text is treated as `translate` treats it, split included.
        """
        cleaned = [clean_text(text, self.languages[0])[0] for text in texts]
        units = [self._units(text)[0] for text in cleaned]
        flat = [self._encode(unit) for group in units for unit in group]
        found = iter(decode_batches(self.model, flat, options, mechanism))
        answers = []
        for group in units:
            hypotheses = [next(found) for _ in group]
            parts = [self.subwords.decode(hypothesis.tokens) for hypothesis in hypotheses]
            joined = join_translations(group, parts, self.languages[1])
            answers.append((joined, all(hypothesis.finished for hypothesis in hypotheses)))
        return answers

    def piece_texts(self, ids: Sequence[int]) -> list[str]:
        """Return how pieces are shown, such as those of a beam's tree."""
        return self.subwords.pieces(ids)

    def alignment_layers(self, layers: int) -> tuple[int, ...]:
        """Return the decoder layers whose attention stands for the alignment: those that the card names, or all."""
        return tuple(self.config.get("alignment_layers") or range(layers))

    def _encode(self, text: str) -> list[int]:
        return [*self.subwords.encode(text.strip()), END]

    def _fits(self, text: str) -> bool:
        return len(self._encode(text)) <= MAX_PIECES

    def _units(self, text: str) -> tuple[list[str], tuple[str, ...]]:
        """Return the parts to translate one by one, and notes when there are several."""
        sentences = split_sentences(text)
        if len(sentences) <= WHOLE_SENTENCES and "\n" not in text and self._fits(text):
            return [text], ()
        units = [part for sentence in sentences for part in split_to_fit(sentence, self._fits)]
        if len(units) == 1:
            return units, ()
        notes = (TEXT["split"].format(count=len(units), most=MAX_PIECES),)
        return units, notes if len(units) == len(sentences) else (*notes, TEXT["split_inside"])

    @torch.inference_mode()
    def _answer(
        self, text: str, source: list[int], tokens: list[int], mechanism: Mechanism | None, candidates: int
    ) -> Translation:
        """Run one translation through the model and gather all that it shows."""
        start = time.perf_counter()
        source_row = torch.tensor([source], device=self.device)
        encoded = self.model.encode(source_row, source_row != PAD, need_weights=True)
        target_in = torch.tensor([[BEGIN, *tokens[:-1]]], device=self.device)
        forced = self.model.force(encoded, target_in, mechanism)
        source_pieces, target_pieces = self.subwords.pieces(source), self.subwords.pieces(tokens)
        source_words = tuple(self.subwords.words(source, self.languages[0]))
        target_words = tuple(self.subwords.words(tokens, self.languages[1]))
        by_piece = piece_maps(forced, encoded.encoder_weights, source_pieces, target_pieces, self.languages)
        by_word = {kind: word_map(pieces, source_words, target_words) for kind, pieces in by_piece.items()}
        layers = self.alignment_layers(by_piece["cross"].layers)
        steps = self._steps(forced, tokens, target_words, layers, candidates)
        return Translation(
            source=text,
            translation=self.subwords.decode(tokens),
            source_words=source_words,
            target_words=target_words,
            source_pieces=tuple(source_pieces),
            target_pieces=tuple(target_pieces),
            source_ids=tuple(source),
            target_ids=tuple(tokens),
            log_probability=sum(step.log_probability for step in steps),
            steps=steps,
            map=alignment_map(by_word["cross"], layers),
            piece_map=alignment_map(by_piece["cross"], layers),
            word_maps=by_word,
            piece_maps=by_piece,
            tree=None,
            finished=True,
            forced=False,
            seconds=time.perf_counter() - start,
            options=None,
            mechanism=mechanism,
            unknown=tuple(self.subwords.unknown_characters(text)),
        )

    def _steps(
        self, forced: Forced, tokens: list[int], words: Sequence[Word], layers: Sequence[int], candidates: int
    ) -> tuple[Step, ...]:
        logs = forced.logits[0].float().log_softmax(dim=-1)  # (target_len, vocab_size)
        own = logs.gather(1, torch.tensor(tokens, device=logs.device)[:, None])[:, 0].tolist()
        logs[:, [PAD, BEGIN]] = -torch.inf  # never written, so never proposed
        values, ids = logs.topk(min(candidates, logs.shape[-1] - 2), dim=-1)
        texts = [self.subwords.pieces(row) for row in ids.tolist()]
        word_of = {position: number for number, word in enumerate(words) for position in word.pieces}
        means = [_mean_rows(part, layers) for part in (forced.scores, forced.weights, forced.contributions)]
        return tuple(
            Step(text, word_of[t], own[t], tuple(zip(texts[t], probabilities, strict=True)), *(m[t] for m in means))
            for t, (text, probabilities) in enumerate(
                zip(self.subwords.pieces(tokens), values.exp().tolist(), strict=True)
            )
        )

    def _whole(self, text: str, units: list[str], answers: list[Translation], notes: tuple[str, ...]) -> Translation:
        """Add what concerns the whole text, and put several sentences together."""
        if script := script_note(text, self.languages[0]):
            notes = (*notes, script)
        unknown = tuple(dict.fromkeys(character for answer in answers for character in answer.unknown))
        if unknown:
            notes = (*notes, unknown_note(list(unknown)))
        notes = (*notes, *dict.fromkeys(note for answer in answers for note in answer.notes))
        if len(answers) == 1:
            return replace(answers[0], source=text, notes=notes, unknown=unknown)
        translation = join_translations(units, [answer.translation for answer in answers], self.languages[1])
        return replace(joined_translation(answers), source=text, translation=translation, notes=notes, unknown=unknown)


def _mean_rows(values: Tensor, layers: Sequence[int]) -> list[tuple[float, ...]]:
    """Mean over the heads of some layers of (1, layers, heads, target_len, source_len), as one tuple a target piece."""
    return [tuple(row) for row in values[0, list(layers)].float().mean(dim=(0, 1)).tolist()]
