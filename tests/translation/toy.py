"""Small stand-ins: a table-driven model whose every number is known, and untrained checkpoints of the real models."""

from __future__ import annotations

import math
from types import SimpleNamespace

import torch

from attention.mechanisms import Mechanism
from attention.training.checkpoint import save_checkpoint
from attention.translation.corpus import Pair
from attention.translation.model import Encoded, Forced, build_model, config_dict
from attention.translation.tokens import END, PAD, Subwords

STATES = 97
torch.set_num_threads(1)  # as in the app; several threads only get in each other's way here


class ToyModel:
    """The next piece depends on a running number made of the source and all pieces written so far."""

    def __init__(self, vocab_size=5, seed=0, layers=2, heads=3, end_at=None, scale=2.0):
        generator = torch.Generator().manual_seed(seed)
        self.table = torch.randn(STATES, vocab_size, generator=generator) * scale
        self.table[:, :2] += 3.0  # tempting, but never to be written
        self.looks = torch.randn(STATES, layers, heads, 64, generator=generator)
        self.layers, self.heads, self.end_at, self.vocab_size = layers, heads, end_at, vocab_size
        self.config = SimpleNamespace(vocab_size=vocab_size)
        self.mechanism = Mechanism()
        self.encoder_runs = self.rows_stepped = 0

    def eval(self):
        return self

    def parameters(self):
        return iter([self.table])

    def encode(self, source, mask, need_weights=False):
        self.encoder_runs += 1
        total = (source * mask).sum(dim=1)
        weights = None
        if need_weights:
            batch, length = source.shape
            weights = mask[:, None, None, None].float() / mask.sum(dim=1)[:, None, None, None, None]
            weights = weights.expand(batch, self.layers, self.heads, length, length)
        return Encoded(total[:, None, None].float(), mask, (total,), weights)

    def start(self, encoded):
        return (encoded.cache[0] % STATES, torch.zeros_like(encoded.cache[0]))

    def step(self, encoded, state, tokens, mechanism=None):
        number, written = state
        self.rows_stepped += len(tokens)
        number = (number * 31 + tokens * 7 + 3) % STATES
        written = written + 1
        logits = self.table[number].clone()
        if self.end_at is not None:
            over = written >= self.end_at
            logits[over] = -math.inf
            logits[over, END] = 0.0
        temperature = (mechanism or self.mechanism).temperature
        scores = self.looks[number][..., : encoded.mask.shape[1]] / temperature
        weights = scores.masked_fill(~encoded.mask[:, None, None], -math.inf).softmax(dim=-1)
        return logits / temperature, (number, written), weights

    def force(self, encoded, target_in, mechanism=None):
        state, steps = self.start(encoded), []
        for tokens in target_in.T:
            logits, state, weights = self.step(encoded, state, tokens, mechanism)
            steps.append((logits, self.looks[state[0]][..., : encoded.mask.shape[1]], weights))
        logits, scores, weights = (torch.stack(part, dim=-2) for part in zip(*steps, strict=True))
        batch, length = target_in.shape
        own = torch.tril(torch.ones(length, length))
        own = (own / own.sum(dim=-1, keepdim=True)).expand(batch, self.layers, self.heads, length, length)
        return Forced(logits, scores, weights, weights, own)


def batch_of(*sentences):
    """Return source and mask of sentences of ids, padded."""
    length = max(map(len, sentences))
    source = torch.tensor([[*sentence, *[PAD] * (length - len(sentence))] for sentence in sentences])
    return source, source != PAD


SENTENCES = {
    "en": (
        "The cat sleeps on the mat.",
        "I don't like the black cat!",
        "Is the dog there?",
        "We had lunch, then slept.",
    ),
    "fr": (
        "Le chat dort sur le tapis.",
        "Je n'aime pas le chat noir !",
        "Le chien est-il là ?",
        "J'ai déjeuné, puis dormi.",
    ),
    "zh": ("猫在垫子上睡觉。", "我不喜欢黑猫！", "狗在那里吗？", "我们吃了午饭，然后睡了。"),
}
SIZES = {
    "recurrent": {"embedding_dim": 6, "hidden_dim": 5, "attention_dim": 7},
    "transformer": {"d_model": 12, "heads": 2, "encoder_layers": 3, "decoder_layers": 4, "ffn_dim": 11},
}


def pairs_of(pair):
    source, target = pair.split("-")
    return [Pair(*sides) for sides in zip(SENTENCES[source], SENTENCES[target], strict=True)]


def untrained_checkpoint(folder, architecture, pair="en-fr", **config):
    """Write a checkpoint of random parameters, every size small and different; the same each time."""
    torch.manual_seed(0)
    subwords = Subwords.train([side for sides in pairs_of(pair) for side in sides] * 3, vocab_size=340)
    model = build_model({"architecture": architecture, "vocab_size": subwords.vocab_size, **SIZES[architecture]})
    config = {"task": "translation", "pair": pair, "model": config_dict(model), **config}
    return save_checkpoint(folder, model, config, subwords, card="# A card\n", storage="float32")
