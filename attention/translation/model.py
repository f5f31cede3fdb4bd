"""What every translation model offers, and how one is built from its `config.json`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import NamedTuple, Protocol

from torch import Tensor, nn

from attention.mechanisms import Mechanism


class Encoded(NamedTuple):
    """A batch of sentences after the encoder, with all that does not change from one decoding step to the next.

    memory: (batch, source_len, memory_dim); mask: (batch, source_len), True = a real piece.
    cache: tensors of dim 0 = batch that the model derives once from the memory, such as projected keys.
    encoder_weights: (batch, layers, heads, source_len, source_len) of a Transformer when asked for, else None.
    """

    memory: Tensor
    mask: Tensor
    cache: tuple[Tensor, ...]
    encoder_weights: Tensor | None = None


class Forced(NamedTuple):
    """A given translation sent through the decoder.

    logits: (batch, target_len, vocab_size). scores, weights, contributions: (batch, layers, heads, target_len,
    source_len); contributions are each source position's share of the summed length of the vectors added up to the
    context, ‖weight · transformed value‖ (Kobayashi et al. 2020, section 3), and sum to 1 over the source.
    decoder_weights: (batch, layers, heads, target_len, target_len) of a Transformer's self-attention, else None.
    """

    logits: Tensor
    scores: Tensor
    weights: Tensor
    contributions: Tensor
    decoder_weights: Tensor | None = None


@dataclass(frozen=True)
class RecurrentConfig:
    """Sizes of the recurrent model; `score` and `normaliser` name its attention in the catalogue."""

    vocab_size: int
    embedding_dim: int = 256
    hidden_dim: int = 256
    attention_dim: int = 256
    dropout: float = 0.2
    score: str = "additive"
    normaliser: str = "softmax"
    architecture: str = "recurrent"


@dataclass(frozen=True)
class TransformerConfig:
    """Sizes of the Transformer."""

    vocab_size: int
    d_model: int = 256
    heads: int = 4
    encoder_layers: int = 3
    decoder_layers: int = 3
    ffn_dim: int = 1024
    dropout: float = 0.1
    score: str = "scaled_dot"
    normaliser: str = "softmax"
    architecture: str = "transformer"


class TranslationModel(Protocol):
    """What decoding and the facade need of a model. It keeps nothing of its last run."""

    config: RecurrentConfig | TransformerConfig

    def embed_source(self, source: Tensor) -> Tensor: ...

    def encode(
        self, source: Tensor, mask: Tensor, need_weights: bool = False, embedded: Tensor | None = None
    ) -> Encoded: ...

    def start(self, encoded: Encoded) -> tuple: ...

    def step(
        self, encoded: Encoded, state: tuple, tokens: Tensor, mechanism: Mechanism | None = None
    ) -> tuple[Tensor, tuple, Tensor]: ...

    def force(self, encoded: Encoded, target_in: Tensor, mechanism: Mechanism | None = None) -> Forced: ...

    def forward(self, source: Tensor, mask: Tensor, target_in: Tensor) -> Tensor: ...


CONFIGS = {"recurrent": RecurrentConfig, "transformer": TransformerConfig}


def build_model(config: dict) -> nn.Module:
    """Build an untrained model from the `model` part of a checkpoint's `config.json`.

    Raises ValueError for an architecture or a setting that does not exist.
    """
    from attention.translation.recurrent import RecurrentTranslator
    from attention.translation.transformer import TransformerTranslator

    architecture = config.get("architecture")
    if architecture not in CONFIGS:
        raise ValueError(f"architecture {architecture!r} is not known; use one of {', '.join(CONFIGS)}")
    if "vocab_size" not in config:
        raise ValueError(f"the settings of a {architecture} model lack vocab_size; config.json needs it")
    known = {field.name for field in fields(CONFIGS[architecture])}
    if unknown := set(config) - known:
        raise ValueError(f"settings {sorted(unknown)} are not known to a {architecture} model; known: {sorted(known)}")
    model = {"recurrent": RecurrentTranslator, "transformer": TransformerTranslator}[architecture]
    return model(CONFIGS[architecture](**config))


def config_dict(model: TranslationModel) -> dict:
    """Return the settings from which `build_model` builds the same model."""
    return asdict(model.config)


def select_rows(state: Tensor | tuple | None, index: Tensor) -> Tensor | tuple | None:
    """Keep, repeat or reorder the batch rows of a tensor or of any nesting of tuples of tensors.

    index: (new_batch,) positions in the old batch; a beam keeps its survivors with it.
    """
    if state is None:
        return None
    if isinstance(state, Tensor):
        return state.index_select(0, index)
    rows = [select_rows(part, index) for part in state]
    return type(state)(*rows) if hasattr(state, "_fields") else tuple(rows)


class SentenceDropout(nn.Module):
    """Dropout with one mask for all positions of a sentence (Gal & Ghahramani 2016); much cheaper than one a token."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, values: Tensor) -> Tensor:
        """Drop features of values (batch, length, d_model) while training."""
        if not self.training or self.rate == 0:
            return values
        keep = values.new_empty(values.shape[0], 1, values.shape[2]).bernoulli_(1 - self.rate)
        return values * keep.div_(1 - self.rate)
