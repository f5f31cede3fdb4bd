"""`DigitFinder`: load a checkpoint once, then `find` in any picture; every answer carries its attention."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from attention.attention_map import AttentionMap
from attention.measures.rollout import attention_rollout
from attention.mechanisms import Mechanism
from attention.training.checkpoint import CheckpointError, find_checkpoint, load_parameters, read_config
from attention.vision.batches import CELLS, DIGITS, PATCHES
from attention.vision.drawing import SIDE
from attention.vision.evaluation import MASK, PRESENCE, found_masks, middles_of, smooth_weights, strongest
from attention.vision.finding import Finding, Peak, PhraseFinding
from attention.vision.model import AttentionFinder, Found, PooledFinder, Seen, build_model
from attention.vision.peaks import copies_of, meant_peaks
from attention.vision.phrases import Phrase, read_phrase
from attention.vision.pointing import patch_weights
from attention.vision.reader import Read, word_numbers

__all__ = ["DigitFinder", "Finding", "Peak", "PhraseFinding", "PictureShapeError", "Quick"]

WHOLE_PHRASE = "the whole phrase"  # label of the last row of a phrase's map
TOGETHER = 50  # pictures that `find_many` sends through the model at once
TEXT = {
    "shape": "a picture must be {side} × {side} numbers, got shape {shape}; see as_scene in attention.vision.upload",
    "range": "a picture's numbers must lie between 0 (dark) and 1 (bright), got {low:g} to {high:g}; scale it first",
    "finite": "a picture's numbers must be finite; this one holds others",
    "no_phrases": "This model reads no phrases: without attention there is nothing for words to point with.",
    "nothing": "No digit reaches its threshold.",
}


class PictureShapeError(ValueError):
    """A picture that is not what the finder takes."""


class Quick(NamedTuple):
    """What the finder says of many pictures, without maps: presence (n, 10), boxes (n, 10, 4), points (n, 10, 2) px."""

    presence: np.ndarray
    boxes: np.ndarray
    points: np.ndarray


class DigitFinder:
    """A trained model with its thresholds. Shared by all visitors: nothing in it changes after loading."""

    def __init__(
        self, model: nn.Module, config: dict, card: str = "", name: str = "", folder: Path | None = None
    ) -> None:
        self.model, self.config, self.card = model.eval(), config, card
        self.name, self.folder = name, folder
        self.title: str = config.get("title", "")
        self.thresholds = np.array(config.get("thresholds", [PRESENCE] * DIGITS), dtype=np.float64)
        self.mask_threshold: float = config.get("mask_threshold", MASK)
        self.phrase_threshold: float = config.get("phrase_threshold", PRESENCE)

    @classmethod
    def load(cls, name: str | Path = "digits") -> DigitFinder:
        """Load a shipped model by name, or a checkpoint folder.

        Raises CheckpointError when there is none or its files do not belong together.
        """
        folder = find_checkpoint(str(name))
        config = read_config(folder)
        if config.get("task") != "digits":
            raise CheckpointError(f"{folder} is not a checkpoint of a digit finder; see its config.json")
        try:
            model = build_model(config["model"])
            model.load_state_dict(load_parameters(folder / "model.safetensors"))
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            if isinstance(error, CheckpointError):
                raise
            raise CheckpointError(f"{folder}: model.safetensors does not fit config.json: {error}") from None
        model.requires_grad_(False)
        card = folder / "README.md"
        text = card.read_text(encoding="utf-8") if card.exists() else ""
        return cls(model, config, text, folder.name, folder)

    @property
    def parameters(self) -> int:
        """How many numbers training has set."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    @property
    def attends(self) -> bool:
        """Whether the model attends at all; the one to compare with takes averages."""
        return not isinstance(self.model, PooledFinder)

    @torch.inference_mode()
    def find(self, image: np.ndarray, phrase: str | Phrase = "", mechanism: Mechanism | None = None) -> Finding:
        """Find all ten digits in a picture, and what a phrase means in it.

        image: (SIDE, SIDE), 0 dark to 1 bright, strokes bright on dark. mechanism: replaces all attention of the model.
        Raises PictureShapeError for another picture, PhraseError, meant for people, for a phrase the grammar does not
        know, ValueError for a mechanism that the model cannot run.
        """
        start = time.perf_counter()
        image = checked(image)
        asked = phrase if isinstance(phrase, Phrase) else read_phrase(phrase) if phrase.strip() else None
        pixels = torch.from_numpy(image)[None]
        if not isinstance(self.model, AttentionFinder):
            return self._without_attention(image, self.model(pixels), asked is not None, start)
        seen = self.model.see(pixels, mechanism, need_weights=True)
        found = self.model.find(seen, mechanism)
        presence = found.presence[0].sigmoid().double().numpy()
        copies = self._copies(found)
        answer = None
        if asked is not None:
            read = self.model.reader(word_numbers([asked]), seen, found, mechanism)
            there = {int(d): copies[d] for d in np.flatnonzero(presence >= self.thresholds)}
            answer = self._phrase(asked, read, there)
        digits = _digits_map(found.weights[0])
        encoder = _encoder_map(seen)
        return Finding(
            image=image,
            presence=presence,
            thresholds=self.thresholds,
            boxes=found.boxes[0].numpy(),
            masks=found_masks(found, self.mask_threshold)[0].numpy(),
            digits=digits,
            encoder=encoder,
            rollout=_rollout(found.weights[0], encoder),
            copies=copies,
            phrase=answer,
            notes=() if (presence >= self.thresholds).any() else (TEXT["nothing"],),
            seconds=time.perf_counter() - start,
        )

    @torch.inference_mode()
    def find_many(self, images: np.ndarray, mechanism: Mechanism | None = None) -> Quick:
        """Find the ten digits in many pictures (n, SIDE, SIDE), without maps; the same numbers as `find` gives."""
        parts = []
        for start in range(0, len(images), TOGETHER):
            pixels = torch.from_numpy(np.stack([checked(image) for image in images[start : start + TOGETHER]]))
            found = self.model(pixels, mechanism)
            points = middles_of(found.boxes) if found.weights is None else strongest(found.weights)
            parts.append((found.presence.sigmoid(), found.boxes, points))
        if not parts:
            return Quick(np.zeros((0, DIGITS)), np.zeros((0, DIGITS, 4)), np.zeros((0, DIGITS, 2)))
        return Quick(*(torch.cat(part).numpy() for part in zip(*parts, strict=True)))

    def _copies(self, found: Found) -> tuple[tuple[Peak, ...], ...]:
        fine = smooth_weights(found.weights)[0].numpy()
        return tuple(
            copies_of(weights, self.mask_threshold, tuple(box))
            for weights, box in zip(fine, found.boxes[0].tolist(), strict=True)
        )

    def _phrase(self, phrase: Phrase, read: Read, there: dict[int, tuple[Peak, ...]]) -> PhraseFinding:
        weights = read.weights[0]
        fine = smooth_weights(weights[None, None])[0, 0].numpy()
        several = phrase.plural or (phrase.digit is not None and not phrase.relation)
        peaks, digits = meant_peaks(fine, there, self.mask_threshold, several)
        rows = torch.cat([read.words[0], weights[None]])
        return PhraseFinding(
            text=phrase.text,
            phrase=phrase,
            words=phrase.typed,
            map=_cells_map(rows, (*phrase.typed, WHOLE_PHRASE), "word"),
            found=float(read.found[0].sigmoid()),
            threshold=self.phrase_threshold,
            digit=digits[0] if digits else None,
            digits=tuple(dict.fromkeys(digits)),
            peaks=peaks,
            mask=fine >= self.mask_threshold * max(float(fine.max()), 1e-9),
        )

    def _without_attention(self, image: np.ndarray, found: Found, asked: bool, start: float) -> Finding:
        presence = found.presence[0].sigmoid().double().numpy()
        boxes = found.boxes[0].numpy()
        notes = (TEXT["no_phrases"],) if asked else ()
        notes += () if (presence >= self.thresholds).any() else (TEXT["nothing"],)
        return Finding(
            image=image,
            presence=presence,
            thresholds=self.thresholds,
            boxes=boxes,
            masks=found_masks(found, self.mask_threshold)[0].numpy(),
            digits=None,
            encoder=None,
            rollout=None,
            copies=tuple((Peak(*_middle(box), 1.0, tuple(box)),) for box in boxes.tolist()),
            notes=notes,
            seconds=time.perf_counter() - start,
        )


def checked(image: np.ndarray) -> np.ndarray:
    """Return a picture as float32. Raises PictureShapeError for another shape, or numbers outside 0 to 1."""
    image = np.asarray(image)
    if image.shape != (SIDE, SIDE) or image.dtype.kind not in "fiub":
        raise PictureShapeError(TEXT["shape"].format(side=SIDE, shape=image.shape))
    image = image.astype(np.float32)
    if not np.isfinite(image).all():
        raise PictureShapeError(TEXT["finite"])
    low, high = float(image.min()), float(image.max())
    if low < -1e-6 or high > 1 + 1e-6:
        raise PictureShapeError(TEXT["range"].format(low=low, high=high))
    return image.clip(0, 1)


def grid_labels(cells: int) -> tuple[str, ...]:
    """Return a name for each cell of a square grid, row by row."""
    return tuple(f"row {row + 1}, column {column + 1}" for row in range(cells) for column in range(cells))


def _middle(box: list[float]) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _cells_map(rows: Tensor, labels: tuple[str, ...], axis: str) -> AttentionMap:
    return AttentionMap(
        weights=rows.numpy()[None, None],
        query_labels=labels,
        key_labels=grid_labels(CELLS),
        query_axis=axis,
        key_axis="image cell",
        layer_names=("read-out",),
        head_names=("one head",),
        key_geometry=(CELLS, CELLS),
    )


def _digits_map(weights: Tensor) -> AttentionMap:
    return _cells_map(weights, tuple(str(digit) for digit in range(DIGITS)), "digit")


def _encoder_map(seen: Seen) -> AttentionMap:
    weights = torch.cat(seen.encoder).float().numpy()  # (layers, heads, 256, 256)
    labels, grid = grid_labels(PATCHES), (PATCHES, PATCHES)
    return AttentionMap(
        weights,
        labels,
        labels,
        "image patch",
        "image patch",
        "encoder",
        query_geometry=grid,
        key_geometry=grid,
    )


def _rollout(weights: Tensor, encoder: AttentionMap) -> np.ndarray:
    """Return the digits' attention followed through the encoder, over the same cells: (10, cells²).

    A cell's key is half what the stem saw there and half the encoded patch, which is a mixture of all patches:
    rollout = 1/2 A + 1/2 spread(patches(A) · rollout of the encoder), spread evenly over the cells of a patch.
    """
    mixture = attention_rollout(encoder)[-1]  # (patches², patches²)
    mixed = patch_weights(weights, PATCHES**2).numpy() @ mixture
    each = CELLS // PATCHES
    spread = mixed.reshape(-1, PATCHES, PATCHES).repeat(each, axis=1).repeat(each, axis=2) / each**2
    return (0.5 * weights.numpy() + 0.5 * spread.reshape(len(mixed), -1)).astype(np.float32)
