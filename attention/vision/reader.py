"""The part that reads phrases: words attend to the picture, and what they found leads the whole phrase's attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from attention.mechanisms import Mechanism, MultiHeadAttention, padding_mask
from attention.vision.batches import CELLS, DIGITS, PATCHES
from attention.vision.drawing import SIDE
from attention.vision.phrases import WORDS, Phrase
from attention.vision.pointing import Pointer, context_of, patch_weights

if TYPE_CHECKING:
    from attention.vision.model import FinderConfig, Found, Seen

GUIDES = DIGITS + 13  # numbers that a cell is told; see `guides`
GUIDED = 96  # width of what is made of them
LEAST = 1e-6
NUMBER_OF = {word: number for number, word in enumerate(WORDS, start=1)}  # 0 fills up


class Read(NamedTuple):
    """What a phrase means in a picture.

    words: (n, words, 1024) weights of each word; chosen: (n, words) which word names the landmark; weights: (n, 1024)
    of the whole phrase; found: (n,) log-odds that there is such a digit.
    """

    words: Tensor
    chosen: Tensor
    weights: Tensor
    found: Tensor


class PhraseReader(nn.Module):
    """Reads phrases against encoded pictures.

    1. A bidirectional GRU reads the words; each word's state attends to the cells of the picture.
    2. One learned query attends to the words and picks the landmark's; where that word looks is the landmark's place.
    3. Every patch is told what the ten queries found there, how large that is, where its middle lies, and which way
       from the landmark; a second query's summary of the words says what of this matters.
    4. The summary attends to the cells so informed: where the whole phrase looks.
    """

    def __init__(self, config: FinderConfig) -> None:
        super().__init__()
        width = config.d_model
        self.embedding = nn.Embedding(len(WORDS) + 1, config.text_dim, padding_idx=0)
        self.gru = nn.GRU(config.text_dim, width // 2, batch_first=True, bidirectional=True)
        self.look = Pointer(width, config.fine)
        self.asking = nn.Parameter(torch.randn(2, width))  # for the landmark's word, for the summary
        self.choose, self.sum_up = Pointer(width, width), MultiHeadAttention(width, 1)
        self.guide = nn.Linear(GUIDES, GUIDED)
        self.lead = nn.Linear(width, 2 * GUIDED)
        self.mix, self.urge = nn.Linear(GUIDED, config.fine), nn.Linear(GUIDED, 1)
        nn.init.zeros_(self.urge.weight)
        self.mixed_norm = nn.LayerNorm(config.fine)
        self.answer = Pointer(width, config.fine)
        self.value = nn.Linear(width, width)
        self.found = nn.Sequential(nn.Linear(2 * width, width), nn.GELU(), nn.Linear(width, 1))

    def forward(self, words: Tensor, seen: Seen, found: Found, mechanism: Mechanism | None = None) -> Read:
        """words: (n, words) numbers of words, 0 fills up; seen, found: of the same n pictures."""
        lengths = (words > 0).sum(dim=1)
        mask = padding_mask(lengths, words.shape[1])[:, None]  # (n, 1, words)
        states = self.states(words, lengths)
        looks = self.look(states, seen.keys, mechanism)  # (n, words, cells²)
        asking = self.asking.expand(len(words), -1, -1)
        chosen = self.choose(asking[:, :1], states, mechanism, mask)[:, 0]  # (n, words)
        summary, _ = self.sum_up(asking[:, 1:], states, states, mask, mechanism)
        landmark = torch.einsum("nw,nwc->nc", chosen, looks)
        told = self.guide(guides(found, landmark).to(summary.dtype))  # (n, patches², GUIDED)
        shift, gain = self.lead(summary).chunk(2, dim=-1)  # (n, 1, GUIDED) each
        told = F.gelu(told * (1 + gain) + shift)
        mixed = self.mixed_norm(seen.keys + over_cells(self.mix(told)))  # (n, cells², fine)
        urge = over_cells(self.urge(told))  # (n, cells², 1), added to the score of each cell
        weights = self.answer(summary, mixed, mechanism, extra=urge)  # (n, 1, cells²)
        context = context_of(weights, self.value(seen.patches))
        sure = self.found(torch.cat([context, summary], dim=-1))[:, 0, 0].float()
        return Read(looks, chosen, weights[:, 0], sure)

    def states(self, words: Tensor, lengths: Tensor) -> Tensor:
        """Read the words in both directions: (n, words, d_model), 0 where there is none."""
        packed = pack_padded_sequence(self.embedding(words), lengths.cpu(), batch_first=True, enforce_sorted=False)
        return pad_packed_sequence(self.gru(packed)[0], batch_first=True, total_length=words.shape[1])[0]


def guides(found: Found, landmark: Tensor) -> Tensor:
    """Return what each patch is told, without a way for gradients back into the digits: (n, patches², GUIDES).

    How much each digit is here, and any; the size and the middle of the digit that is here; the patch's own place; the
    way from the landmark's middle to that of the digit here, its length and its sides, and to the patch itself.
    landmark: (n, cells²) where the landmark's word looks.
    """
    weights = found.weights.detach()
    here = found.presence.detach().sigmoid()[..., None] * weights / weights.amax(dim=-1, keepdim=True).clamp_min(LEAST)
    here = F.max_pool2d(here.unflatten(-1, (CELLS, CELLS)), CELLS // PATCHES).flatten(2)  # (n, digits, patches²)
    boxes = found.boxes.detach()
    sides = (boxes[..., 2:] - boxes[..., :2]).amax(dim=-1, keepdim=True).clamp(2, SIDE)  # (n, digits, 1)
    middles = (boxes[..., :2] + boxes[..., 2:]) / 2 / SIDE - 0.5  # (n, digits, 2)
    any_here = here.amax(dim=1)[..., None]
    shares = here.square()  # so that the digit that is most here decides
    mixture = (shares / shares.sum(dim=1, keepdim=True).clamp_min(LEAST)).transpose(1, 2)  # (n, patches², digits)
    size, middle = (mixture @ torch.cat([(sides / 20).log(), middles], dim=-1)).split([1, 2], dim=-1)
    places = (torch.arange(PATCHES, dtype=torch.float32) + 0.5) / PATCHES - 0.5
    rows, columns = torch.meshgrid(places, places, indexing="ij")
    own = torch.stack([columns.flatten(), rows.flatten()], dim=-1).expand(len(here), -1, -1)  # (n, patches², 2)
    marked = patch_weights(landmark, PATCHES**2)[..., None] * any_here.clamp_min(LEAST)
    mark = (marked * middle).sum(dim=1, keepdim=True) / marked.sum(dim=1, keepdim=True)  # (n, 1, 2)
    away = middle - mark
    length = (away.square().sum(dim=-1, keepdim=True) + 1e-6).sqrt()
    return torch.cat(
        [
            here.transpose(1, 2),
            any_here,
            4 * size * any_here,
            4 * middle * any_here,
            2 * own,
            4 * away * any_here,
            4 * length * any_here,
            torch.tanh(12 * away) * any_here,
            2 * (own - mark),
        ],
        dim=-1,
    )


def over_cells(patches: Tensor) -> Tensor:
    """Spread what is known of patches over the cells, bilinearly: (n, patches², d) -> (n, cells², d)."""
    grid = patches.transpose(1, 2).unflatten(2, (PATCHES, PATCHES))
    return (
        F.interpolate(grid, scale_factor=CELLS // PATCHES, mode="bilinear", align_corners=False)
        .flatten(2)
        .transpose(1, 2)
    )


def word_numbers(phrases: list[Phrase]) -> Tensor:
    """Return the numbers of the words of phrases, (n, longest), filled up with 0."""
    longest = max(len(phrase.words) for phrase in phrases)
    rows = [[NUMBER_OF[word] for word in phrase.words] + [0] * (longest - len(phrase.words)) for phrase in phrases]
    return torch.tensor(rows)
