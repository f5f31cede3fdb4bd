"""Scenes by the batch: drawn by lot from one rule book, for training as for scoring, with all that is true of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from attention.vision.bitmaps import FINE, MARGIN, handwriting
from attention.vision.drawing import INK, SIDE, bend, blobs, boxes, lines, place, visible
from attention.vision.pens import pen_distances

DIGITS = 10
CELLS = 32  # on a side of the grid that the finder attends to
PATCHES = 16  # on a side of the grid that its encoder mixes
CANDIDATES = 24  # places tried for each piece
MOST_INK = 0.62  # of the scene's area that the pieces' squares may fill


@dataclass(frozen=True)
class Rules:
    """How scenes are drawn. Shares and strengths: 0 none; sizes in pixels, angles in degrees.

    count: fewest and most digits. size: of a digit's longer side. large: share of scenes with digits up to
    `largest`. turn: at most, to either side. bend: how far another hand would differ. sharp, pens: shares of pieces
    with crisp strokes, and with strokes of a thin pen instead of the handwriting. clutter: 1 for up to six lines and
    three blobs. noise: 1 for a deviation of up to 0.1. overlap: share of the smaller square that another may cover.
    cover: share of a digit that a bar hides, in a share `covered` of the scenes. repeats: share of scenes in which a
    digit may come several times.
    """

    count: tuple[int, int] = (1, 5)
    size: tuple[float, float] = (14.0, 26.0)
    large: float = 0.0
    largest: float = 56.0
    turn: float = 15.0
    bend: float = 0.0
    sharp: float = 0.0
    pens: float = 0.0
    clutter: float = 1.0
    noise: float = 1.0
    overlap: float = 0.15
    cover: float = 0.0
    covered: float = 1.0
    repeats: float = 0.0


SCORED = Rules()  # what a shipped model is scored on
TRAINING = Rules(
    count=(1, 6),
    size=(12.0, 28.0),
    large=0.3,
    turn=25.0,
    bend=1.0,
    sharp=0.4,
    pens=0.25,
    clutter=1.2,
    noise=1.3,
    overlap=0.25,
    cover=0.4,
    covered=0.2,
    repeats=0.25,
)


@dataclass(frozen=True, eq=False)
class Batch:
    """n scenes of at most p pieces each, float32 tensors.

    images: (n, SIDE, SIDE). digits: (n, p), -1 for no piece. inks: (n, p, FINE, FINE). x, y, size, turn, bright: (n,
    p). masks: (n, p, SIDE, SIDE) boolean, ink that shows. boxes: (n, p, 4), around the whole ink, hidden parts as well.
    """

    images: Tensor
    digits: Tensor
    inks: Tensor
    x: Tensor
    y: Tensor
    size: Tensor
    turn: Tensor
    bright: Tensor
    masks: Tensor
    boxes: Tensor

    @property
    def present(self) -> Tensor:
        """Return which digits are in each scene: (n, DIGITS) boolean."""
        return self._hot().any(dim=1)

    def shares(self, cells: int = CELLS) -> Tensor:
        """Return which share of each digit's visible ink each cell holds: (n, DIGITS, cells²), all copies together."""
        ink = F.avg_pool2d(self.masks.float(), SIDE // cells).flatten(2)  # (n, p, cells²)
        found = torch.einsum("npd,npc->ndc", self._hot().float(), ink)
        return found / found.sum(dim=-1, keepdim=True).clamp_min(1e-9)

    def digit_masks(self) -> Tensor:
        """Return the visible ink of each digit, all copies together: (n, DIGITS, SIDE, SIDE) boolean."""
        return torch.einsum("npd,npij->ndij", self._hot().float(), self.masks.float()) > 0

    def digit_boxes(self) -> Tensor:
        """Return the box around each digit, around all its copies: (n, DIGITS, 4); 0 where it is not."""
        hot = self._hot()[..., None]  # (n, p, DIGITS, 1)
        corners = self.boxes[:, :, None]  # (n, p, 1, 4)
        low = torch.where(hot, corners[..., :2], float(SIDE)).amin(dim=1)
        high = torch.where(hot, corners[..., 2:], 0.0).amax(dim=1)
        return torch.cat([low, high], dim=-1) * self.present[..., None]

    def _hot(self) -> Tensor:
        return F.one_hot(self.digits + 1, DIGITS + 1)[..., 1:].bool()  # (n, p, DIGITS)


def draw_batch(
    count: int, rules: Rules, split: str, draw: np.random.Generator, chosen: np.ndarray | None = None
) -> Batch:
    """Draw so many scenes by lot.

    chosen: (count, p) digits of the pieces, -1 for none; drawn by lot when left out.
    """
    digits = _draw_digits(count, rules, draw) if chosen is None else chosen
    n, p = digits.shape
    inks, bright = _draw_inks(digits, rules, split, draw)
    size = _draw_sizes(digits, rules, draw)
    x, y = _draw_places(digits, size, rules, draw)
    turn = draw.uniform(-rules.turn, rules.turn, (n, p))
    x, y, size, turn, bright = (torch.from_numpy(part.astype(np.float32)) for part in (x, y, size, turn, bright))
    side = (size * FINE / (FINE - 2 * MARGIN)).flatten()
    alphas = place(inks.flatten(0, 1), x.flatten(), y.flatten(), side, side, turn.flatten()).view(n, p, SIDE, SIDE)
    images, masks, whole = paint(alphas, bright, rules, draw)
    return Batch(images, torch.from_numpy(digits), inks, x, y, size, turn, bright, masks, boxes(whole))


def paint(alphas: Tensor, bright: Tensor, rules: Rules, draw: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Paint scenes from their pieces: background, clutter, ink, bars that cover, noise.

    alphas: (n, p, SIDE, SIDE); bright: (n, p). Returns images (n, SIDE, SIDE) and, (n, p, SIDE, SIDE) boolean each, the
    ink that shows and the whole ink.
    """
    n = alphas.shape[0]
    images = background(n, rules.clutter, draw)
    for piece in range(alphas.shape[1]):
        alpha = alphas[:, piece]
        images = images * (1 - alpha) + alpha * bright[:, piece, None, None]
    masks, whole = visible(alphas), alphas > INK
    if rules.cover:
        bars, shade = _draw_bars(boxes(whole), rules, draw)
        images = torch.where(bars, shade[:, None, None], images)
        masks = masks & ~bars[:, None]
    deviation = rules.noise * draw.uniform(0.01, 0.1, (n, 1, 1))
    noise = torch.from_numpy((deviation * draw.standard_normal((n, SIDE, SIDE))).astype(np.float32))
    return (images + noise).clamp(0, 1), masks, whole


def background(n: int, clutter: float, draw: np.random.Generator) -> Tensor:
    """Return dark paper with a slope, blobs and lines on it, (n, SIDE, SIDE); plain dark for clutter 0."""
    places = torch.linspace(-1, 1, SIDE)
    strength = min(1.0, clutter)
    level, across, down = (
        _numbers(draw, low, high, (n, 1, 1)) for low, high in ((0, 0.25), (-0.12, 0.12), (-0.12, 0.12))
    )
    paper = strength * (level + across * places[None, None, :] + down * places[None, :, None]).clamp(0, 1)
    spots = _numbers(draw, -0.15, 0.3, (n, 3)) * (_numbers(draw, 0, 1, (n, 3)) < 0.6) * min(clutter, 1.5)
    paper = paper + blobs(*(_numbers(draw, 0, SIDE, (n, 3)) for _ in range(2)), _numbers(draw, 4, 16, (n, 3)), spots)
    most = max(1, round(6 * clutter))
    start, angle = _numbers(draw, 0, SIDE, (n, most, 2)), _numbers(draw, 0, 2 * np.pi, (n, most))
    length = torch.where(_numbers(draw, 0, 1, (n, most)) < 0.5, 3.0, 1.0) * _numbers(draw, 3, 14, (n, most))
    end = start + length[..., None] * torch.stack([angle.cos(), angle.sin()], dim=-1)
    there = torch.arange(most)[None] < _numbers(draw, 0, 1, (n, 1)) * (6 * clutter + 1) - 1e-6
    bright = _numbers(draw, 0.25, 0.95, (n, most)) * there * (clutter > 0)
    strokes = lines(torch.cat([start, end], dim=-1), _numbers(draw, 0.8, 2.2, (n, most)), bright)
    return torch.maximum(paper.clamp(0, 1), strokes)


def _numbers(draw: np.random.Generator, low: float, high: float, shape: tuple[int, ...]) -> Tensor:
    return torch.from_numpy(draw.uniform(low, high, shape).astype(np.float32))


def _draw_digits(n: int, rules: Rules, draw: np.random.Generator) -> np.ndarray:
    """Return (n, p) digits; no digit twice in a scene unless it is one with repeats."""
    low, high = rules.count
    digits = np.argsort(draw.random((n, DIGITS)), axis=1)[:, :high]
    if high > DIGITS:
        digits = np.concatenate([digits, draw.integers(0, DIGITS, (n, high - DIGITS))], axis=1)
    few = digits[np.arange(n)[:, None], draw.integers(0, min(2, high), (n, high))]  # of the first two kinds
    digits = np.where(draw.random((n, 1)) < rules.repeats, few if high > 1 else digits, digits)
    counts = draw.integers(low, high + 1, n)
    return np.where(np.arange(high)[None] < counts[:, None], digits, -1).astype(np.int64)


def _draw_inks(digits: np.ndarray, rules: Rules, split: str, draw: np.random.Generator) -> tuple[Tensor, np.ndarray]:
    """Return the pieces' inks (n, p, FINE, FINE), empty where there is no piece, and how bright they are (n, p)."""
    source = handwriting(split)
    n, p = digits.shape
    wanted = np.where(digits < 0, 0, digits).ravel()
    m = len(wanted)
    copies = source.shades[_one_of_each(wanted, source.digits, draw)]
    kind = draw.random(m)
    crisp = torch.from_numpy(kind < rules.sharp + rules.pens)
    pen = torch.from_numpy(kind < rules.pens)
    if rules.sharp:
        copies = torch.where(crisp[:, None, None], source.sharp[_one_of_each(wanted, source.digits, draw)], copies)
    if rules.pens:
        fields, written = pen_distances(FINE, MARGIN)
        copies = torch.where(pen[:, None, None], fields[_one_of_each(wanted, written, draw)], copies)
    if rules.bend:
        copies = bend(copies, *_draw_bends(m, rules.bend, draw))
    soft = _numbers(draw, 1.5, 3.5, (m, 1, 1)) * (copies - _numbers(draw, 0.3, 0.45, (m, 1, 1))) + 0.5
    hard = _numbers(draw, 3, 9, (m, 1, 1)) * (copies - _numbers(draw, 0.2, 0.5, (m, 1, 1))) + 0.5
    drawn = _numbers(draw, 0.9, 4.6, (m, 1, 1)) - copies + 0.5
    inks = torch.where(pen[:, None, None], drawn, torch.where(crisp[:, None, None], hard, soft)).clamp(0, 1)
    there = torch.from_numpy(digits.ravel() >= 0)
    return (inks * there[:, None, None]).view(n, p, FINE, FINE), draw.uniform(0.6, 1.0, (n, p))


def _one_of_each(wanted: np.ndarray, digits: np.ndarray, draw: np.random.Generator) -> Tensor:
    """Return for each wanted digit the number of some example of it."""
    order = np.argsort(digits, kind="stable")
    counts = np.bincount(digits, minlength=DIGITS)
    first = np.cumsum(counts) - counts
    return torch.from_numpy(order[first[wanted] + (draw.random(len(wanted)) * counts[wanted]).astype(np.int64)])


def _draw_bends(m: int, strength: float, draw: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
    slant = _numbers(draw, -0.25, 0.25, (m,)) * strength
    narrow = torch.exp(_numbers(draw, -0.3, 0.2, (m,)) * strength)
    height = _numbers(draw, -0.07, 0.07, (m, 2, 2)) * strength
    frequency = _numbers(draw, 1.0, 3.5, (m, 2, 2))
    return slant, narrow, torch.stack([height, frequency, _numbers(draw, 0, 2 * np.pi, (m, 2, 2))], dim=-1)


def _draw_sizes(digits: np.ndarray, rules: Rules, draw: np.random.Generator) -> np.ndarray:
    n, p = digits.shape
    high = np.where(draw.random((n, 1)) < rules.large, rules.largest, rules.size[1])
    size = draw.uniform(rules.size[0], high, (n, p))
    used = (size**2 * (digits >= 0)).sum(axis=1, keepdims=True) / SIDE**2
    return np.maximum(size * np.minimum(1, np.sqrt(MOST_INK / np.maximum(used, 1e-6))), min(9.0, rules.size[0]))


def _draw_places(
    digits: np.ndarray, size: np.ndarray, rules: Rules, draw: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return centres (n, p) whose squares overlap no more than the rules allow, where some of the places tried do."""
    n, p = digits.shape
    room = np.maximum(SIDE - size, 0)[..., None]
    tried = draw.random((2, n, p, CANDIDATES)) * room + np.minimum(size, SIDE)[..., None] / 2
    places = np.zeros((2, n, p))
    for piece in range(p):
        now = tried[:, :, piece]  # (2, n, CANDIDATES)
        hidden = np.zeros((n, CANDIDATES))
        for other in range(piece):
            reach = (size[:, piece] + size[:, other])[:, None] / 2
            smaller = np.minimum(size[:, piece], size[:, other])[:, None]
            sides = [
                np.clip(np.minimum(reach - np.abs(now[axis] - places[axis, :, other, None]), smaller), 0, None)
                for axis in (0, 1)
            ]
            share = sides[0] * sides[1] / smaller**2
            hidden = np.maximum(hidden, np.where(digits[:, other, None] >= 0, share, 0))
        best = np.where(hidden <= rules.overlap, np.arange(CANDIDATES) - CANDIDATES, hidden).argmin(axis=1)
        places[:, :, piece] = now[:, np.arange(n), best]
    return places[0], places[1]


def _draw_bars(around: Tensor, rules: Rules, draw: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Return pixels that bars hide, (n, SIDE, SIDE) boolean, and the bars' shade (n,).

    A bar takes the share `cover` of a digit's box, up to that when only some scenes are covered, from one of its sides.
    """
    n, p = around.shape[:2]
    share = torch.full((n, p), rules.cover) if rules.covered >= 1 else _numbers(draw, 0.1, 1, (n, p)) * rules.cover
    share = share * (_numbers(draw, 0, 1, (n, 1)) < rules.covered)
    side = torch.from_numpy(draw.integers(0, 4, (n, p)))
    left, top, right, bottom = around.unbind(dim=-1)
    left, right = (
        torch.where(side == 1, right - share * (right - left), left),
        torch.where(side == 0, left + share * (right - left), right),
    )
    top, bottom = (
        torch.where(side == 3, bottom - share * (bottom - top), top),
        torch.where(side == 2, top + share * (bottom - top), bottom),
    )
    middles = torch.arange(SIDE, dtype=torch.float32) + 0.5
    columns = (middles >= left[..., None]) & (middles < right[..., None])  # (n, p, SIDE)
    rows = (middles >= top[..., None]) & (middles < bottom[..., None])
    hidden = (rows[..., :, None] & columns[..., None, :] & (share > 0)[..., None, None]).any(dim=1)
    return hidden, _numbers(draw, 0.05, 0.35, (n,))
