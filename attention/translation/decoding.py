"""Decoding: from a model's logits to a translation, greedily or with a beam.

The encoder runs once a batch; each step only reads the piece that was written last. Both searches are deterministic,
never write the padding or the begin mark, and report the model's own log-probabilities (normalised over the whole
vocabulary), so that forcing the same pieces through the model gives the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from attention.mechanisms import Mechanism
from attention.training.batches import padded
from attention.translation.model import Encoded, TranslationModel, select_rows
from attention.translation.tokens import BEGIN, END, PAD

MAX_BEAM = 8
NEVER = (PAD, BEGIN)  # ids that no translation contains
BATCH_ROWS = 256  # hypotheses that `decode_batches` keeps going at once


@dataclass(frozen=True)
class DecodingOptions:
    """How to search.

    beam: 1 (greedy) to 8 hypotheses side by side. length_penalty: 0 to 5, the alpha of `hypothesis_score`; matters only
    with a beam. max_length: most pieces a translation may have, end mark included. candidates: how many of the
    likeliest next pieces every step reports.
    Raises ValueError for values out of range.
    """

    beam: int = 4
    length_penalty: float = 1.0
    max_length: int = 60
    candidates: int = 5

    def __post_init__(self) -> None:
        if not 1 <= self.beam <= MAX_BEAM:
            raise ValueError(f"beam must be from 1 (greedy) to {MAX_BEAM}, got {self.beam}")
        if not 0.0 <= self.length_penalty <= 5.0:
            raise ValueError(f"length penalty must be from 0 (none) to 5, got {self.length_penalty}")
        if self.max_length < 1:
            raise ValueError(f"max_length must be at least 1 piece, got {self.max_length}")
        if self.candidates < 1:
            raise ValueError(f"candidates must be at least 1, got {self.candidates}")


class Node(NamedTuple):
    """One continuation that the beam weighed.

    id: its place in `BeamTree.nodes`; parent: the id of what it continues, None for the root (the begin mark, step 0).
    step: how many pieces have been written with this one. log_probability: of all of them together.
    kept: it got a place in the beam; finished: it is the end mark and was kept; best: it lies on the answer's path.
    """

    id: int
    parent: int | None
    token: int
    step: int
    log_probability: float
    kept: bool
    finished: bool
    best: bool


@dataclass(frozen=True)
class BeamTree:
    """All continuations that a beam search weighed: for every live hypothesis and step, its `beam` likeliest."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Hypothesis:
    """A translation as the search found it.

    tokens: without the begin mark, with the end mark unless cut. log_probabilities: one a token; log_probability their
    sum; score: `hypothesis_score` of it. candidates: for each step the likeliest next pieces as (id, probability), most
    likely first. tree: of a beam search when asked for, else None. finished: False when max_length cut it.
    """

    tokens: tuple[int, ...]
    log_probabilities: tuple[float, ...]
    log_probability: float
    score: float
    candidates: tuple[tuple[tuple[int, float], ...], ...]
    tree: BeamTree | None = None
    finished: bool = True


def hypothesis_score(log_probability: float, length: int, length_penalty: float) -> float:
    """Return what a beam ranks whole translations by.

    score = log p(y | x) / |y|^alpha      Wu et al. 2016, section 7, the first of their two length normalisations

    length: |y| in target pieces, end mark included. length_penalty: alpha; 0 ranks by probability, which favours
    short translations, 1 by the mean log-probability of a piece.
    """
    return log_probability / length**length_penalty


@torch.inference_mode()
def decode(
    model: TranslationModel,
    source: Tensor,
    mask: Tensor,
    options: DecodingOptions | None = None,
    mechanism: Mechanism | None = None,
    tree: bool = True,
) -> list[Hypothesis]:
    """Translate a batch of sentences.

    source: (batch, source_len) ids; mask: the same shape, True = a real piece. mechanism: replaces the model's own.
    tree: whether a beam search also returns all that it weighed. Returns one hypothesis a sentence, in order.
    """
    options = options or DecodingOptions()
    encoded = model.encode(source, mask)
    if options.beam == 1:
        return greedy_search(model, encoded, options, mechanism)
    return BeamSearch(model, encoded, options, mechanism, tree).run()


def decode_batches(
    model: TranslationModel,
    sources: Sequence[Sequence[int]],
    options: DecodingOptions | None = None,
    mechanism: Mechanism | None = None,
) -> list[Hypothesis]:
    """Translate many sentences, alike lengths together, on the model's own device; no trees.

    sources: piece ids with the end mark, of any lengths. Returns one hypothesis a sentence, in the order given.
    """
    options = options or DecodingOptions()
    device = next(model.parameters()).device
    order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
    size = max(1, BATCH_ROWS // options.beam)
    found: dict[int, Hypothesis] = {}
    for start in range(0, len(order), size):
        group = order[start : start + size]
        source = padded([list(sources[i]) for i in group], PAD).to(device)
        found.update(zip(group, decode(model, source, source != PAD, options, mechanism, tree=False), strict=True))
    return [found[i] for i in range(len(sources))]


@torch.inference_mode()
def greedy_search(
    model: TranslationModel, encoded: Encoded, options: DecodingOptions, mechanism: Mechanism | None = None
) -> list[Hypothesis]:
    """Write the likeliest piece at every step until the end mark; sentences that are done leave the batch."""
    batch = encoded.mask.shape[0]
    written: list[list[tuple[int, float]]] = [[] for _ in range(batch)]
    candidates: list[list[tuple[tuple[int, float], ...]]] = [[] for _ in range(batch)]
    rows = list(range(batch))  # which sentence each row of the batch is
    state = model.start(encoded)
    tokens = torch.full((batch,), BEGIN, device=encoded.mask.device)
    for _ in range(options.max_length):
        logits, state, _ = model.step(encoded, state, tokens, mechanism)
        top = _top(logits, options.candidates)
        for sentence, ids, values in zip(rows, top.ids.tolist(), top.log_probabilities.tolist(), strict=True):
            written[sentence].append((ids[0], values[0]))
            candidates[sentence].append(_candidates(ids, values, options.candidates))
        going = [row for row, sentence in enumerate(rows) if written[sentence][-1][0] != END]
        if not going:
            break
        tokens = top.ids[:, 0]
        if len(going) < len(rows):
            index = torch.tensor(going, device=tokens.device)
            encoded, state, tokens = select_rows(encoded, index), select_rows(state, index), tokens[index]
            rows = [rows[row] for row in going]
    return [_hypothesis(path, options, steps) for path, steps in zip(written, candidates, strict=True)]


class _Top(NamedTuple):
    ids: Tensor  # (rows, k), most likely first
    log_probabilities: Tensor  # (rows, k)


class _Place(NamedTuple):
    """A hypothesis that holds a place in the beam: its node, its row in the batch, and log p so far."""

    node: int
    row: int
    log_probability: float


class BeamSearch:
    """One beam search over a batch; use `decode`, or make one and `run` it once.

    A sentence starts with `beam` places. At each step the likeliest continuations of its live hypotheses take the
    places that are left; one that ends keeps its place for good, as in Bahdanau's and Marian's decoders, so a beam of 1
    is greedy search. The search of a sentence is over when all places are taken by finished translations, or
    when no live one could still beat the best finished score: log p never rises, so log p / max_length^alpha bounds
    all that can follow. Stopping there loses nothing. A translation cut by max_length counts only if none finished.
    """

    def __init__(
        self,
        model: TranslationModel,
        encoded: Encoded,
        options: DecodingOptions,
        mechanism: Mechanism | None = None,
        tree: bool = True,
    ) -> None:
        self.model, self.encoded, self.options, self.mechanism = model, encoded, options, mechanism
        batch = encoded.mask.shape[0]
        self.whole_tree = tree
        self.nodes = [[Node(0, None, BEGIN, 0, 0.0, True, False, False)] for _ in range(batch)]
        self.live = [[_Place(0, row, 0.0)] for row in range(batch)]
        self.ended: list[list[tuple[int, float]]] = [[] for _ in range(batch)]  # node, score
        self.origin: list[dict[int, tuple[int, int]]] = [{} for _ in range(batch)]  # node: (step, row) that gave it
        self.tops: list[tuple[list[list[int]], list[list[float]]]] = []  # per step: ids and log-probabilities

    def run(self) -> list[Hypothesis]:
        """Search to the end and return one hypothesis a sentence."""
        batch = len(self.live)
        device = self.encoded.mask.device
        state, tokens = self.model.start(self.encoded), torch.full((batch,), BEGIN, device=device)
        for step in range(1, self.options.max_length + 1):
            logits, state, _ = self.model.step(self.encoded, state, tokens, self.mechanism)
            top = _top(logits, max(self.options.beam, self.options.candidates))
            self.tops.append((top.ids.tolist(), top.log_probabilities.tolist()))
            owners = [sentence for sentence, places in enumerate(self.live) for _ in places]
            for sentence in dict.fromkeys(owners):
                self._continue(sentence, step)
            places = [(sentence, place) for sentence in dict.fromkeys(owners) for place in self.live[sentence]]
            if not places or step == self.options.max_length:
                break
            written = [self.nodes[sentence][place.node].token for sentence, place in places]
            tokens = torch.tensor(written, device=device)
            parents = [place.row for _, place in places]
            state = self._rows(state, parents, len(owners))
            if [sentence for sentence, _ in places] != owners:  # else every row still belongs to the same sentence
                self.encoded = self._rows(self.encoded, parents, len(owners))
            self._renumber()
        return [self._answer(sentence) for sentence in range(batch)]

    def _rows(self, state, parents: list[int], rows: int):
        if parents == list(range(rows)):
            return state
        return select_rows(state, torch.tensor(parents, device=self.encoded.mask.device))

    def _continue(self, sentence: int, step: int) -> None:
        """Give the places that are left to the likeliest continuations of a sentence's live hypotheses."""
        ids, values = self.tops[-1]
        beam, nodes = self.options.beam, self.nodes[sentence]
        weighed = [
            (place.log_probability + values[place.row][k], ids[place.row][k], place)
            for place in self.live[sentence]
            for k in range(min(beam, len(ids[place.row])))
            if values[place.row][k] > -math.inf
        ]
        weighed.sort(key=lambda item: -item[0])  # stable: of equals the older hypothesis wins
        room = beam - len(self.ended[sentence])
        self.live[sentence] = []
        for rank, (total, token, place) in enumerate(weighed if self.whole_tree else weighed[:room]):
            kept, number = rank < room, len(nodes)
            nodes.append(Node(number, place.node, token, step, total, kept, kept and token == END, False))
            if kept:
                self.origin[sentence][number] = (step - 1, place.row)
            if kept and token == END:
                score = hypothesis_score(total, step, self.options.length_penalty)
                self.ended[sentence].append((number, score))
            elif kept:
                self.live[sentence].append(_Place(number, place.row, total))
        if self.ended[sentence] and step < self.options.max_length:
            best = max(score for _, score in self.ended[sentence])
            reach = self.options.max_length**self.options.length_penalty
            if all(place.log_probability / reach <= best for place in self.live[sentence]):
                self.live[sentence] = []

    def _renumber(self) -> None:
        """Number the rows anew after the batch was rearranged in the order of the places."""
        row = 0
        for sentence, places in enumerate(self.live):
            self.live[sentence] = [place._replace(row=row + k) for k, place in enumerate(places)]
            row += len(places)

    def _answer(self, sentence: int) -> Hypothesis:
        """Pick the best finished translation, or the best cut one, and trace its path back to the root."""
        alpha = self.options.length_penalty
        cut = [
            (place.node, hypothesis_score(place.log_probability, self.options.max_length, alpha))
            for place in self.live[sentence]
        ]
        node = max(self.ended[sentence] or cut, key=lambda item: item[1])[0]
        nodes, on_path = self.nodes[sentence], []
        while node:
            on_path.append(node)
            node = nodes[node].parent
        on_path.reverse()
        path, steps = [], []
        for number in on_path:
            step, row = self.origin[sentence][number]
            ids, values = self.tops[step][0][row], self.tops[step][1][row]
            path.append((nodes[number].token, values[ids.index(nodes[number].token)]))
            steps.append(_candidates(ids, values, self.options.candidates))
        tree = None
        if self.whole_tree:
            best = {0, *on_path}
            tree = BeamTree(tuple(item._replace(best=True) if item.id in best else item for item in nodes))
        return _hypothesis(path, self.options, steps, tree)


def _top(logits: Tensor, k: int) -> _Top:
    """Return the k likeliest next pieces of each row with the model's own log-probabilities; logits: (rows, vocab)."""
    logits = logits.float()
    total = torch.logsumexp(logits, dim=-1, keepdim=True)
    logits = logits.index_fill(-1, torch.tensor(NEVER, device=logits.device), -math.inf)
    values, ids = logits.topk(min(k, logits.shape[-1] - len(NEVER)), dim=-1)
    return _Top(ids, values - total)


def _candidates(ids: list[int], values: list[float], count: int) -> tuple[tuple[int, float], ...]:
    return tuple((i, math.exp(value)) for i, value in zip(ids[:count], values[:count], strict=True))


def _hypothesis(
    path: list[tuple[int, float]], options: DecodingOptions, steps: list, tree: BeamTree | None = None
) -> Hypothesis:
    values = tuple(value for _, value in path)
    total = math.fsum(values)
    return Hypothesis(
        tokens=tuple(token for token, _ in path),
        log_probabilities=values,
        log_probability=total,
        score=hypothesis_score(total, len(path), options.length_penalty),
        candidates=tuple(steps),
        tree=tree,
        finished=path[-1][0] == END,
    )
