"""The network that finds digits: convolutions, a Transformer encoder, and one query for each digit.

A 64 × 64 picture becomes 16 × 16 patches of 4 pixels, which attend to one another (Dosovitskiy et al. 2021, with the
convolutional stem of Xiao et al. 2021). Ten learned queries attend to them (Carion et al. 2020, with a query for each
digit), over cells of 2 pixels: finer keys join the encoded patches with what the stem saw. From the same weights come
the mask, the box and, through their values, the presence.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from attention.mechanisms import SCALED_DOT, Mechanism, MultiHeadAttention
from attention.vision.batches import CELLS, DIGITS, PATCHES
from attention.vision.boxes import SHARPNESS, spans
from attention.vision.drawing import SIDE
from attention.vision.pointing import Pointer, context_of
from attention.vision.reader import PhraseReader

GREY, SPREAD = 0.2, 0.3  # pixels are centred and scaled so


@dataclass(frozen=True)
class FinderConfig:
    """Sizes. stem: channels on 32 × 32; fine: of the cells' keys; feed: between the encoder's two linear layers;
    text_dim: of a word.
    """

    d_model: int = 64
    heads: int = 2
    layers: int = 2
    feed: int = 128
    stem: int = 24
    fine: int = 32
    text_dim: int = 48
    architecture: str = "attention"


class Seen(NamedTuple):
    """A picture as the encoder leaves it.

    patches: (n, 256, d_model); keys: (n, 1024, fine) of the cells; encoder: weights of each layer, (n, heads, 256, 256)
    each, empty unless they were wanted.
    """

    patches: Tensor
    keys: Tensor
    encoder: tuple[Tensor, ...]


class Found(NamedTuple):
    """What the ten queries found. presence: (n, 10) log-odds; boxes: (n, 10, 4) px; weights: (n, 10, 1024) or None."""

    presence: Tensor
    boxes: Tensor
    weights: Tensor | None


class Stem(nn.Module):
    """Convolutions from pixels to 32 × 32 and to 16 × 16."""

    def __init__(self, config: FinderConfig) -> None:
        super().__init__()
        narrow, wide = config.stem, config.d_model
        self.first = nn.Conv2d(1, narrow, 3, stride=2, padding=1)
        self.second = nn.Conv2d(narrow, narrow, 3, padding=1)
        self.second_norm = nn.GroupNorm(4, narrow)
        self.third = nn.Conv2d(narrow, wide, 3, stride=2, padding=1)
        self.fourth = nn.Conv2d(wide, wide, 3, padding=1)
        self.fourth_norm = nn.GroupNorm(4, wide)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """images: (n, SIDE, SIDE). Returns (n, stem, 32, 32) and (n, d_model, 16, 16)."""
        x = F.gelu(self.first((images[:, None] - GREY) / SPREAD))
        fine = x + F.gelu(self.second_norm(self.second(x)))
        x = F.gelu(self.third(fine))
        return fine, x + F.gelu(self.fourth_norm(self.fourth(x)))


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward layer, each after its norm (Xiong et al. 2020)."""

    def __init__(self, config: FinderConfig) -> None:
        super().__init__()
        width = config.d_model
        self.attention = MultiHeadAttention(width, config.heads)
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in range(2)])
        self.feed = nn.Sequential(nn.Linear(width, config.feed), nn.GELU(), nn.Linear(config.feed, width))

    def forward(self, x: Tensor, mechanism: Mechanism | None, need_weights: bool) -> tuple[Tensor, Tensor | None]:
        normed = self.norms[0](x)
        context, weights = self.attention(normed, normed, normed, mechanism=mechanism, need_weights=need_weights)
        x = x + context
        return x + self.feed(self.norms[1](x)), weights


class AttentionFinder(nn.Module):
    """The finder: `see` a picture, then `find` the digits in it, or read a phrase with `reader`."""

    def __init__(self, config: FinderConfig) -> None:
        super().__init__()
        self.config = config
        width = config.d_model
        self.stem = Stem(config)
        self.places = nn.Parameter(0.02 * torch.randn(PATCHES**2, width))
        self.layers = nn.ModuleList([EncoderLayer(config) for _ in range(config.layers)])
        self.patch_norm, self.key_norm = nn.LayerNorm(width), nn.LayerNorm(config.fine)
        self.skip, self.key = nn.Conv2d(config.stem, config.fine, 1), nn.Linear(width, config.fine)
        self.queries = nn.Parameter(torch.randn(DIGITS, width))
        self.point = Pointer(width, config.fine)
        self.value = nn.Linear(width, width)
        self.presence = nn.Sequential(nn.Linear(2 * width, width), nn.GELU(), nn.Linear(width, 1))
        self.edges = nn.Sequential(nn.Linear(width + 4 * len(SHARPNESS) + 2, width), nn.GELU(), nn.Linear(width, 4))
        self.reader = PhraseReader(config)

    @property
    def mechanism(self) -> Mechanism:
        """What all its attention computes unless told otherwise."""
        return SCALED_DOT

    def see(self, images: Tensor, mechanism: Mechanism | None = None, need_weights: bool = False) -> Seen:
        """Encode pictures (n, SIDE, SIDE), 0 to 1."""
        fine, coarse = self.stem(images)
        x = coarse.flatten(2).transpose(1, 2) + self.places
        kept = []
        for layer in self.layers:
            x, weights = layer(x, mechanism, need_weights)
            kept.append(weights)
        x = self.patch_norm(x)
        grid = self.key(x).transpose(1, 2).unflatten(2, (PATCHES, PATCHES))
        joined = self.skip(fine) + F.interpolate(grid, scale_factor=2, mode="bilinear", align_corners=False)
        return Seen(x, self.key_norm(joined.flatten(2).transpose(1, 2)), tuple(kept) if need_weights else ())

    def find(self, seen: Seen, mechanism: Mechanism | None = None) -> Found:
        """Let the ten queries look at encoded pictures."""
        queries = self.queries.expand(len(seen.keys), -1, -1)
        weights = self.point(queries, seen.keys, mechanism)
        context = context_of(weights, self.value(seen.patches))
        presence = self.presence(torch.cat([context, queries], dim=-1))[..., 0].float()
        return Found(presence, self.boxes(weights, context), weights)

    def boxes(self, weights: Tensor, context: Tensor) -> Tensor:
        """Return boxes in pixels: the soft edges of the weights, each moved a little by a small network."""
        middles, edges = spans(weights, CELLS, SIDE)  # (n, q, 2), (n, q, sharpness, 4)
        away = (edges - torch.cat([middles, middles], dim=-1)[..., None, :]) / 10
        shape = torch.cat([away.flatten(-2), middles / SIDE - 0.5], dim=-1)
        moved = self.edges(torch.cat([context, shape.to(context.dtype)], dim=-1)).float()
        return edges[..., 1, :] + 4 * moved

    def forward(self, images: Tensor, mechanism: Mechanism | None = None) -> Found:
        return self.find(self.see(images, mechanism), mechanism)


class PooledFinder(nn.Module):
    """To compare with: as large, without attention. Convolutions see the patches, their average tells all.

    The encoder's layers are replaced by residual convolutions, the queries by a mean over all patches (Lin et al. 2014)
    from which a small network reads presence and box of each digit.
    """

    def __init__(self, config: FinderConfig) -> None:
        super().__init__()
        self.config = config
        width = config.d_model
        self.stem = Stem(config)
        self.places = nn.Parameter(0.02 * torch.randn(PATCHES**2, width))
        self.blocks = nn.ModuleList([nn.Conv2d(width, width, 3, padding=1) for _ in range(2)])
        self.norms = nn.ModuleList([nn.GroupNorm(4, width) for _ in range(2)])
        hidden = 4 * width
        self.read = nn.Sequential(
            nn.Linear(2 * width, hidden), nn.GELU(), nn.Linear(hidden, hidden), nn.GELU(), nn.Linear(hidden, 5 * DIGITS)
        )

    def forward(self, images: Tensor, mechanism: Mechanism | None = None) -> Found:
        """Find digits in pictures (n, SIDE, SIDE); there is no mechanism to change and there are no weights."""
        _, x = self.stem(images)
        x = x + self.places.T.unflatten(1, (PATCHES, PATCHES))
        for block, norm in zip(self.blocks, self.norms, strict=True):
            x = x + F.gelu(norm(block(x)))
        pooled = torch.cat([x.mean(dim=(2, 3)), x.square().mean(dim=(2, 3)).add(1e-6).sqrt()], dim=-1)
        read = self.read(pooled).float().unflatten(-1, (DIGITS, 5))
        middle, sides = SIDE * torch.sigmoid(read[..., 1:3]), SIDE / 2 * torch.sigmoid(read[..., 3:5] - 1)
        return Found(read[..., 0], torch.cat([middle - sides, middle + sides], dim=-1), None)


MODELS = {"attention": AttentionFinder, "pooled": PooledFinder}


def build_model(sizes: dict) -> nn.Module:
    """Make a finder from the sizes of a config.json. Raises ValueError for an architecture that is not known."""
    config = FinderConfig(**sizes)
    if config.architecture not in MODELS:
        raise ValueError(f"model {config.architecture!r} is not known; use one of {', '.join(MODELS)}")
    return MODELS[config.architecture](config)


def config_dict(model: nn.Module) -> dict:
    """Return what `build_model` takes."""
    return asdict(model.config)
