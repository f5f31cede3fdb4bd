"""Training batches: strings of digits mixed from the bank, with a room, a microphone, noise, and gaps in hearing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from scipy.signal import lfilter
from torch import Tensor

from attention.speech.bank import EDGE, Bank, Piece
from attention.speech.features import FLOOR, MELS, scaled
from attention.speech.letters import encode, spelled
from attention.speech.model import REDUCTION

# Share of training strings by their number of digits, once all lengths are in.
LENGTHS = {1: 0.20, 2: 0.12, 3: 0.17, 4: 0.10, 5: 0.09, 6: 0.08, 7: 0.08, 8: 0.12, 9: 0.02, 10: 0.02}
WARPS = np.linspace(-0.14, 0.14, 15)  # of the mel axis


@dataclass(frozen=True)
class MixSettings:
    """How training strings are mixed.

    made_share: of strings spoken by made voices. mixed_share: of strings whose digits have several voices. empty_share:
    of the strings of one digit that are noise alone, with nothing to spell. noise_db: the range of how far the voice
    lies above the noise. slow_share: of batches whose pauses are over 0.4 seconds. warp, room, microphone: share of
    strings with a shifted mel axis, echo, colouring.
    """

    made_share: float = 0.3
    mixed_share: float = 0.25
    empty_share: float = 0.06
    slow_share: float = 0.4
    noise_db: tuple[float, float] = (6.0, 42.0)
    warp: float = 0.6
    room: float = 0.4
    microphone: float = 0.7


class Batch(NamedTuple):
    """features (batch, hundredths, 40); letters (batch, letters) with end marks behind; known: which letters count;
    allowed (batch, letters, frames): 1 where a letter should look; guided: which letters have such a place."""

    features: Tensor
    letters: Tensor
    known: Tensor
    allowed: Tensor
    guided: Tensor


class Placed(NamedTuple):
    """A digit in a string: its place in hundredths of a second, end not included."""

    digit: int
    start: int
    end: int


def draw_length(draw: np.random.Generator, longest: int) -> int:
    """Draw how many digits the strings of a batch have, at most `longest`."""
    shares = np.array([share for count, share in LENGTHS.items() if count <= longest])
    return int(draw.choice(np.arange(1, len(shares) + 1), p=shares / shares.sum()))


def mix(bank: Bank, count: int, rows: int, settings: MixSettings, draw: np.random.Generator) -> Batch:
    """Return a batch of strings of `count` digits, all as long as the longest; shorter ones have longer silences."""
    slow = draw.random() < settings.slow_share  # alike within a batch, so that little silence must fill it up
    usual = draw.uniform(40, 130 if count <= 4 else 80) if slow else draw.uniform(3, 40)
    plans = [_plan(bank, count, usual, settings, draw) for _ in range(3 * rows)]
    plans.sort(key=_hundredths)
    first = draw.integers(0, 2 * rows + 1)
    plans = plans[first : first + rows]  # of like length
    length = max(map(_hundredths, plans))
    length = -(-length // REDUCTION) * REDUCTION
    energies = np.zeros((rows, length + 2 * EDGE, MELS), dtype=np.float32)
    strings, powers = [], []
    for row, (parts, pauses) in enumerate(plans):
        placed, power = _place(energies[row], parts, pauses, length, settings, draw)
        strings.append(placed)
        powers.append(power)
    energies = energies[:, EDGE : EDGE + length]
    _rooms(energies, settings, draw)
    _microphones(energies, settings, draw)
    for row in range(rows):
        energies[row] += _noise(bank, length, powers[row], settings, draw)
    features = _features(energies)
    _gaps(features, draw)
    return batch_of(features, strings)


def batch_of(features: np.ndarray, strings: list[list[Placed]]) -> Batch:
    """Return the batch: what to spell and where each letter should look."""
    frames = features.shape[1] // REDUCTION
    texts = [encode(spelled([part.digit for part in string])) for string in strings]
    longest = max(map(len, texts))
    letters = torch.zeros(len(texts), longest, dtype=torch.int64)
    known, guided = torch.zeros(len(texts), longest), torch.zeros(len(texts), longest)
    allowed = torch.zeros(len(texts), longest, frames)
    for row, (text, string) in enumerate(zip(texts, strings, strict=True)):
        letters[row, : len(text)] = torch.tensor(text)
        known[row, : len(text)] = 1.0
        for place, (low, high) in enumerate(looking_places(string, features.shape[1])):
            first = min(frames - 1, int(low / REDUCTION + 0.5))
            last = min(frames, max(first + 1, int(high / REDUCTION + 0.5)))  # frames whose middle lies within
            allowed[row, place, first:last] = 1.0
            guided[row, place] = 1.0
    return Batch(torch.from_numpy(features), letters, known, allowed, guided)


def looking_places(string: list[Placed], length: int) -> list[tuple[float, float]]:
    """Return where each letter should look, in hundredths of a second, for every letter, space and the end mark.

    A letter: its share of the word, letters being equally long, and a quarter of the word on either side, but never
    outside the word. A space: the pause and a tenth of a second of its neighbours. The end mark: the last tenth of the
    last word and all behind it.
    """
    found: list[tuple[float, float]] = []
    for number, part in enumerate(string):
        if number:
            found.append((string[number - 1].end - 10, part.start + 10))
        letters = len(spelled([part.digit]))
        for i in range(letters):
            low, high = max(0.0, i / letters - 0.25), min(1.0, (i + 1) / letters + 0.25)
            found.append((part.start + low * (part.end - part.start), part.start + high * (part.end - part.start)))
    if string:
        found.append((string[-1].end - 10, float(length)))
    return found


def _plan(
    bank: Bank, count: int, usual: float, settings: MixSettings, draw: np.random.Generator
) -> tuple[list[tuple[int, Piece]], list[int]]:
    """Choose who says what at which speed, and the pauses, usually so many hundredths of a second."""
    if count == 1 and draw.random() < settings.empty_share:
        return [], [int(draw.integers(30, 150))]
    voices = bank.made if bank.made and draw.random() < settings.made_share else bank.people
    names = list(voices)
    one, mixed = names[draw.integers(len(names))], draw.random() < settings.mixed_share
    pace, parts = draw.random(), []
    again = draw.random() < 0.1  # the same digit several times
    digit = int(draw.integers(10))
    for _ in range(count):
        digit = digit if again and draw.random() < 0.7 else int(draw.integers(10))
        takes = voices[names[draw.integers(len(names))] if mixed else one][digit]
        speeds = takes[draw.integers(len(takes))]
        place = np.clip(pace + draw.normal(0, 0.1), 0, 0.999)
        parts.append((digit, speeds[int(place * len(speeds))]))
    inner = [int(max(2, draw.normal(usual, 0.4 * usual))) for _ in range(count - 1)]
    tight = draw.random() < 0.2  # cut off right at the voice
    rest = 100 if draw.random() < 0.1 else 28
    before, behind = (int(draw.integers(0, 4)) if tight else min(300, int(draw.exponential(rest))) for _ in range(2))
    return parts, [before, *inner, behind]


def _hundredths(plan: tuple[list[tuple[int, Piece]], list[int]]) -> int:
    """Return how many hundredths of a second a plan takes."""
    parts, pauses = plan
    return sum(pauses) + sum(part.frames for _, part in parts)


def _place(
    energies: np.ndarray,
    parts: list[tuple[int, Piece]],
    pauses: list[int],
    length: int,
    settings: MixSettings,
    draw: np.random.Generator,
) -> tuple[list[Placed], float]:
    """Add the digits to a row of energies; return where they are and the voice's mean power, 0.02 without a voice."""
    spare = length - sum(pauses) - sum(part.frames for _, part in parts)
    place = int(draw.integers(0, spare + 1)) if spare and draw.random() < 0.5 else 0
    warp = _warp(WARPS[draw.integers(len(WARPS))]) if draw.random() < settings.warp else None
    placed, powers = [], []
    for (digit, part), pause in zip(parts, pauses, strict=False):
        place += pause
        gain = np.exp(draw.normal(0, 0.35))
        own = part.energies if warp is None else part.energies @ warp
        energies[place : place + len(own)] += gain * own
        placed.append(Placed(digit, place, place + part.frames))
        powers.append(gain * part.power)
        place += part.frames
    return placed, float(np.mean(powers)) if powers else 0.02


def _warp(share: float) -> np.ndarray:
    """Return the matrix (40, 40) that shifts every mel by a share of its number, as a longer or shorter throat does."""
    wanted = np.clip(np.arange(MELS) * (1 + share), 0, MELS - 1)
    low = np.minimum(wanted.astype(int), MELS - 2)
    matrix = np.zeros((MELS, MELS), dtype=np.float32)
    columns = np.arange(MELS)
    matrix[low, columns] = 1 - (wanted - low)
    matrix[low + 1, columns] = wanted - low
    return matrix


def _rooms(energies: np.ndarray, settings: MixSettings, draw: np.random.Generator) -> None:
    """Let the energies of some rows ring: late(t) = d · (late(t - 1) + e(t - 1)), added to e(t)."""
    for row in np.flatnonzero(draw.random(len(energies)) < settings.room):
        ringing = 10 ** (-6 * 0.01 / draw.uniform(0.12, 0.6))  # per hundredth; 60 dB fall in that many seconds
        strength = draw.uniform(0.02, 0.35) * (1 - ringing)
        energies[row] += lfilter([0.0, strength], [1.0, -ringing], energies[row], axis=0).astype(np.float32)


def _microphones(energies: np.ndarray, settings: MixSettings, draw: np.random.Generator) -> None:
    """Colour some rows: a smooth curve over the mels, and lows or highs that the microphone does not hear."""
    mels = np.linspace(0, 1, MELS)
    for row in np.flatnonzero(draw.random(len(energies)) < settings.microphone):
        curve = sum(draw.normal(0, 0.7) * np.cos(np.pi * wave * mels + draw.uniform(0, 6)) for wave in (1, 2, 3))
        if draw.random() < 0.35:
            curve = curve - 5.0 * np.clip(draw.uniform(0.05, 0.25) - mels, 0, None) / 0.1
        if draw.random() < 0.25:
            curve = curve - 5.0 * np.clip(mels - draw.uniform(0.75, 0.95), 0, None) / 0.1
        energies[row] *= np.exp(curve).astype(np.float32)


def _noise(bank: Bank, length: int, power: float, settings: MixSettings, draw: np.random.Generator) -> np.ndarray:
    """Return a row's noise, (length, 40): a hiss or a street, its level wandering, now and then a knock."""
    source = bank.noises[draw.integers(len(bank.noises))]
    start = int(draw.integers(0, max(1, len(source) - length)))
    found = np.take(source, np.arange(start, start + length), axis=0, mode="wrap")
    level = power * 10 ** (-draw.uniform(*settings.noise_db) / 10)
    if draw.random() < 0.4:
        places = np.linspace(0, 1, length)[:, None]
        level = level * np.exp(
            draw.uniform(0.2, 1.0) * np.sin(2 * np.pi * (draw.uniform(0.3, 3) * places + draw.random()))
        )
    found = (found * level).astype(np.float32)
    if draw.random() < 0.2:
        for place in draw.integers(0, length, size=draw.integers(1, 4)):
            ring = np.exp(-np.arange(6) / draw.uniform(0.5, 2.0))[: length - place, None]
            found[place : place + 6] += ring.astype(np.float32) * source[: len(ring)] * power * draw.uniform(0.02, 0.6)
    return found


def _features(energies: np.ndarray) -> np.ndarray:
    """Return the normalised features of every row, as `features.normalised` gives them."""
    logs = np.log(energies + FLOOR)
    flat = logs.reshape(len(logs), -1)
    place = round(0.998 * (flat.shape[1] - 1))
    loudest = np.partition(flat, place, axis=1)[:, place]
    return scaled(logs, loudest[:, None, None])


def _gaps(features: np.ndarray, draw: np.random.Generator) -> None:
    """Hide some mels and some hundredths of a second (Park et al. 2019)."""
    rows, length, mels = features.shape
    for row in range(rows):
        fill = features[row].mean()
        if draw.random() < 0.7:
            for _ in range(2):
                width = int(draw.integers(0, 7))
                start = int(draw.integers(0, mels - width))
                features[row, :, start : start + width] = fill
        if draw.random() < 0.5:
            for _ in range(int(draw.integers(1, 2 + length // 120))):
                width = int(draw.integers(1, 7))
                start = int(draw.integers(0, length - width))
                features[row, start : start + width] = fill
