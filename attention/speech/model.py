"""Listen, attend and spell: convolutions and a BiLSTM listen, a GRU spells, additive attention joins the two.

After Chan et al. 2016, with the location-aware attention of Chorowski et al. 2015 (section 2.1, "hybrid attention"):
each step's score also sees where the step before looked, and where all steps together have looked so far. A
convolution sees no farther than its width, and a pause may be longer; so, beyond the paper, the last look leaves fading
traces to its right, which tell every later frame how long ago it was.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from attention.mechanisms import AdditiveLayer, Mechanism, attention_scores, attention_weights
from attention.speech.features import HOP_MS, MELS
from attention.speech.letters import END, LETTERS

REDUCTION = 4  # hundredths of a second in a frame of the encoder
FRAME_S = REDUCTION * HOP_MS / 1000
TRACES_S = (0.25, 0.7, 2.0, 6.0)  # seconds in which a trace fades to 1 / e


@dataclass(frozen=True)
class SpellerConfig:
    """Sizes of the network. location: whether a step's score sees the earlier steps' attention.

    channels: of the second convolution; the first has half. hidden_dim: of the LSTM in each direction. location_width:
    frames that the convolution over earlier attention sees; it should be odd.
    """

    location: bool = True
    channels: int = 32
    hidden_dim: int = 128
    decoder_dim: int = 160
    embedding_dim: int = 32
    attention_dim: int = 64
    location_channels: int = 8
    location_width: int = 15
    dropout: float = 0.15


class Heard(NamedTuple):
    """What the encoder made of a sound, and for location awareness how traces fade, which depends on its length."""

    memory: Tensor  # (batch, frames, 2 · hidden_dim)
    keys: Tensor  # (batch, frames, attention_dim)
    fading: Tensor | None  # (frames, frames · traces)


class State(NamedTuple):
    """Where the decoder stands: hidden (batch, decoder_dim), context, and the attention of the last and all steps."""

    hidden: Tensor
    context: Tensor
    last: Tensor  # (batch, frames)
    total: Tensor  # (batch, frames)


class Speller(nn.Module):
    """The network. Features in, letters out; every frame of the encoder stands for 40 ms."""

    def __init__(self, config: SpellerConfig) -> None:
        super().__init__()
        self.config = config
        self.mechanism = Mechanism(score="additive")
        memory_dim, half = 2 * config.hidden_dim, config.channels // 2
        # Kernels of four with a stride of two: frame j holds exactly the hundredths 4j to 4j + 3.
        self.first = nn.Conv2d(1, half, 4, stride=2, padding=1)
        self.second = nn.Conv2d(half, config.channels, 4, stride=2, padding=1)
        self.encoder = nn.LSTM(config.channels * (MELS // 4), config.hidden_dim, bidirectional=True, batch_first=True)
        self.embedding = nn.Embedding(len(LETTERS), config.embedding_dim)
        self.decoder = nn.GRUCell(config.embedding_dim + memory_dim, config.decoder_dim)
        self.score_layer = AdditiveLayer(config.decoder_dim, memory_dim, config.attention_dim)
        if config.location:
            self.location_conv = nn.Conv1d(
                2, config.location_channels, config.location_width, padding=config.location_width // 2, bias=False
            )
            features = config.location_channels + len(TRACES_S)
            self.location_key = nn.Linear(features, config.attention_dim, bias=False)
        self.combine = nn.Linear(config.decoder_dim + memory_dim, config.decoder_dim)
        self.output = nn.Linear(config.decoder_dim, len(LETTERS))
        self.dropout = nn.Dropout(config.dropout)

    def encode(self, features: Tensor) -> Heard:
        """Listen; features: (batch, hundredths, 40), hundredths a multiple of 4."""
        x = features[:, None]  # (batch, 1, hundredths, mels)
        x = F.relu(self.second(F.relu(self.first(x))))  # (batch, channels, frames, mels / 4)
        x = self.dropout(x.permute(0, 2, 1, 3).flatten(2))  # (batch, frames, channels · mels / 4)
        memory = self.dropout(self.encoder(x)[0])
        fading = _fading(memory.shape[1]).to(memory) if self.config.location else None
        return Heard(memory, self.score_layer.project_key(memory), fading)

    def start(self, heard: Heard) -> State:
        """Return the decoder's first state: it knows nothing and has looked nowhere."""
        batch, frames, width = heard.memory.shape
        zeros = heard.memory.new_zeros
        return State(
            zeros(batch, self.config.decoder_dim), zeros(batch, width), zeros(batch, frames), zeros(batch, frames)
        )

    def step(
        self, heard: Heard, state: State, letters: Tensor, mechanism: Mechanism | None = None
    ) -> tuple[Tensor, State, Tensor]:
        """Take in the letter written last and score the next; letters: (batch,).

        Returns logits (batch, letters of the alphabet), the new state, and weights (batch, frames).
        """
        mechanism = mechanism or self.mechanism
        hidden = self.decoder(torch.cat([self.embedding(letters), state.context], dim=-1), state.hidden)
        scores = attention_scores(
            hidden[:, None], heard.memory, mechanism, self.score_layer, projected_key=self._keys(heard, state)
        )
        weights = attention_weights(scores, mechanism)  # (batch, 1, frames)
        context = (weights @ heard.memory)[:, 0]
        weights = weights[:, 0]
        logits = self.output(self.dropout(torch.tanh(self.combine(torch.cat([hidden, context], dim=-1)))))
        return logits, State(hidden, context, weights, state.total + weights), weights

    def forward(self, features: Tensor, letters: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (batch, letters, alphabet) and weights (batch, letters, frames) while true letters are read.

        letters: (batch, letters), each row ends with the end mark, as often as needed; the same mark begins it.
        """
        heard = self.encode(features)
        state = self.start(heard)
        before = F.pad(letters[:, :-1], (1, 0), value=END)
        logits, weights = [], []
        for column in before.unbind(dim=1):
            scores, state, row = self.step(heard, state, column)
            logits.append(scores)
            weights.append(row)
        return torch.stack(logits, dim=1), torch.stack(weights, dim=1)

    def _keys(self, heard: Heard, state: State) -> Tensor:
        """Return W_k k_j, and with location awareness U f_j added, so that the additive score becomes

        score(q, k_j) = v · tanh(W_q q + W_k k_j + U f_j),  f = [F * [α; Σ α]; traces of α]

        with α of the last step and Σ α of all steps (Chorowski et al. 2015, equations 8 and 9; the sum and the traces
        are additions of ours): trace_j = Σ_(i ≤ j) α_i exp(-(j - i) · 0.04 s / τ), one for each τ of TRACES_S.
        """
        if not self.config.location:
            return heard.keys
        looked = torch.stack([state.last, state.total], dim=1)  # (batch, 2, frames)
        traces = (state.last @ heard.fading).unflatten(1, (-1, len(TRACES_S)))  # (batch, frames, traces)
        return heard.keys + self.location_key(torch.cat([self.location_conv(looked).mT, traces], dim=-1))


def _fading(frames: int) -> Tensor:
    """Return what a look at frame i leaves at frame j, (frames i, frames j · traces)."""
    late = torch.arange(frames)[None, :] - torch.arange(frames)[:, None]  # j - i
    shares = torch.exp(-late.clamp_min(0)[..., None] * FRAME_S / torch.tensor(TRACES_S))
    return (shares * (late >= 0)[..., None]).flatten(1)


def check_mechanism(mechanism: Mechanism | None) -> None:
    """Raise ValueError for a mechanism whose score the model did not learn."""
    if mechanism is not None and mechanism.score != "additive":
        raise ValueError(
            f"the speller learnt the additive score; it cannot run with {mechanism.score!r}. Change normaliser or "
            "temperature instead"
        )


def config_dict(model: Speller) -> dict:
    """Return what config.json keeps of a model; `build_model` reads it."""
    return {"architecture": "location-aware speller" if model.config.location else "speller", **asdict(model.config)}


def build_model(record: dict) -> Speller:
    """Build the model that `config_dict` wrote. Raises ValueError for entries that are not known."""
    record = {name: value for name, value in record.items() if name != "architecture"}
    known = set(SpellerConfig.__dataclass_fields__)
    if unknown := sorted(set(record) - known):
        raise ValueError(f"a speller has the settings {', '.join(sorted(known))}, got {', '.join(unknown)}")
    return Speller(SpellerConfig(**record))


def parameters_of(model: nn.Module) -> int:
    """Return how many numbers training sets."""
    return sum(parameter.numel() for parameter in model.parameters())
