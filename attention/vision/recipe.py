"""How the finders are trained: scenes drawn by lot, a checkpoint folder out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from attention.training.checkpoint import find_checkpoint, load_parameters, read_config, save_checkpoint
from attention.training.loop import RunSettings, train
from attention.training.run_folder import keep_settings
from attention.vision.asking import Targets, questions, targets
from attention.vision.batches import SCORED, TRAINING, Batch, draw_batch
from attention.vision.boxes import overlaps
from attention.vision.model import Found, Seen, build_model, config_dict

STEPS = 400  # of an "epoch"; every scene is new, so it only numbers the log
LEAST = 1e-7  # the smallest weight whose logarithm is taken


@dataclass(frozen=True)
class VisionSettings:
    """What is trained, besides the run's own settings.

    model: "attention" or "pooled". scenes_per_batch, valid_scenes. mask_weight, box_weight, phrase_weight: of the
    losses of the digits' attention, of their boxes, and of phrases, beside that of presence. scored_share: share of
    batches drawn as scenes are scored; the others have more of everything. start: a checkpoint folder whose parameters
    are taken where they fit. learn: "all", or "heads" for what reads phrases and places the boxes' sides alone.
    questions: phrases put to each scene.
    """

    model: str = "attention"
    d_model: int = 64
    heads: int = 2
    layers: int = 2
    feed: int = 128
    stem: int = 24
    fine: int = 32
    scenes_per_batch: int = 40
    valid_scenes: int = 300
    mask_weight: float = 0.5
    box_weight: float = 1.0
    phrase_weight: float = 0.5
    scored_share: float = 0.3
    start: str = ""
    learn: str = "all"
    questions: int = 1
    reuse: int = 1


def train_vision(settings: VisionSettings, run: RunSettings, out: Path | str) -> dict[str, float]:
    """Train a finder; `out`/best is the checkpoint that validated best. Returns the best validation scores.

    Raises ValueError for settings that do not fit, or that are not those of the run which the folder holds already.
    """
    torch.set_num_threads(run.threads)
    torch.manual_seed(run.seed)
    model = build_model(
        {name: getattr(settings, name) for name in ("d_model", "heads", "layers", "feed", "stem", "fine")}
        | {"architecture": settings.model}
    )
    if settings.start:
        take_parameters(model, settings.start)
    if settings.learn not in ("all", "heads") or (settings.learn == "heads" and settings.model != "attention"):
        raise ValueError(f"{settings.learn!r} cannot be learnt by the {settings.model} model; use all")
    if settings.learn == "heads":
        model.requires_grad_(False)
        for part in (model.reader, model.edges):
            part.requires_grad_(True)
    keep_settings(Path(out), settings)
    return train(model, VisionTask(settings, run), run, out)


def take_parameters(model: nn.Module, name: Path | str) -> None:
    """Take a checkpoint's parameters where name and shape agree. Raises CheckpointError when it cannot be read."""
    taken = load_parameters(find_checkpoint(str(name)) / "model.safetensors")
    own = model.state_dict()
    model.load_state_dict(
        {key: taken[key] if key in taken and taken[key].shape == own[key].shape else own[key] for key in own}
    )


class VisionTask:
    """Scenes as the training loop wants them: a batch is a seed, its scenes are drawn when their turn comes."""

    def __init__(self, settings: VisionSettings, run: RunSettings) -> None:
        self.settings, self.run = settings, run
        self.has_phrases = settings.model == "attention"
        self._kept: tuple[tuple[int, int, int], Batch, Seen | None] | None = None

    def batches(self, epoch: int) -> list[tuple[int, int, int]]:
        """Return the seeds of the epoch's batches."""
        return [(self.run.seed, epoch, step) for step in range(STEPS)]

    def loss(self, model: nn.Module, batch: tuple[int, int, int]) -> tuple[Tensor, Tensor]:
        """Return the loss summed over the scenes that a seed draws, and their number."""
        draw = np.random.default_rng(batch)
        scenes = self._scenes(batch)
        rounds = self.settings.questions if self.has_phrases else 0
        asked = [targets(scenes, questions(scenes, draw)) for _ in range(rounds)]
        return self._losses(model, scenes, asked), torch.tensor(float(len(scenes.images)))

    def _scenes(self, batch: tuple[int, int, int]) -> Batch:
        """Return the scenes of a step: those of the step before while they are to be reused."""
        seed, epoch, step = batch
        source = (seed, epoch, step // self.settings.reuse)
        if self._kept is None or self._kept[0] != source:
            draw = np.random.default_rng(source)
            rules = SCORED if draw.random() < self.settings.scored_share else TRAINING
            scenes = draw_batch(self.settings.scenes_per_batch, rules, "train", draw)
            self._kept = (source, scenes, None)
        return self._kept[1]

    def _see(self, model: nn.Module, scenes: Batch) -> Seen:
        """Encode scenes, once while they and the encoder stay the same."""
        if self.settings.learn == "all":
            return model.see(scenes.images)
        if self._kept[2] is None:
            with torch.no_grad():
                self._kept = (*self._kept[:2], model.see(scenes.images))
        return self._kept[2]

    def _losses(self, model: nn.Module, scenes: Batch, asked: Sequence[Targets]) -> Tensor:
        settings, n = self.settings, len(scenes.images)
        if not asked:
            return n * digit_losses(model(scenes.images), scenes, settings)
        seen = self._see(model, scenes)
        found = model.find(seen)
        total = digit_losses(found, scenes, settings)
        for one in asked:
            read = model.reader(one.words, seen, found)
            total = total + settings.phrase_weight / len(asked) * phrase_losses(read, one)
        return n * total

    def validate(self, model: nn.Module) -> dict[str, float]:
        """Return scores in percent on scenes of the valid split; `score` is their mean."""
        from attention.vision.evaluation import VALIDATED, score_model

        found = score_model(model, "valid", self.settings.valid_scenes, seed=1, phrases=self.has_phrases)
        names = ("presence_f1", "box_iou", "pointing", "mask_iou")
        scores = {name: 100 * found[name] for name in names}
        kept = list(scores.values())
        if self.has_phrases:
            scores["phrases"], scores["sizes"] = (100 * found["phrases"][name] for name in VALIDATED)
            kept += [scores["phrases"], scores["sizes"]]
        return {"valid_loss": found["loss"], **scores, "score": float(np.mean(kept))}

    def save(self, folder: Path, model: nn.Module, log: list[dict]) -> None:
        """Write the checkpoint that the app can load, with the settings that made it."""
        config = {
            "task": "digits",
            "model": config_dict(model),
            "training": asdict(self.settings) | asdict(self.run),
            "log": log,
        }
        if self.settings.start:
            before = read_config(find_checkpoint(self.settings.start))
            config["steps"] = [*before.get("steps", []), {"training": before["training"], "log": before["log"]}]
        save_checkpoint(folder, model, config, storage="float16")


def digit_losses(found: Found, scenes: Batch, settings: VisionSettings) -> Tensor:
    """Return the mean loss of presence, boxes and attention.

    presence: cross entropy of each digit; box: distance of its sides in eighths of a scene, and 1 - IoU; attention:
    -Σ_j s_j log w_j, s_j the share of the digit's visible ink in cell j, for digits that are there.
    """
    present = scenes.present
    loss = F.binary_cross_entropy_with_logits(found.presence, present.float(), reduction="none").sum(dim=1).mean()
    wanted, boxes = scenes.digit_boxes()[present], found.boxes[present]
    off = F.smooth_l1_loss(boxes / 8, wanted / 8, beta=0.1, reduction="none").mean(dim=-1)
    loss = loss + settings.box_weight * (off + 1 - overlaps(boxes, wanted)).mean()
    if found.weights is not None:
        shares = scenes.shares()[present]
        logs = found.weights[present].clamp_min(LEAST).log()
        loss = loss + settings.mask_weight * divergence(shares, logs)
    return loss


def phrase_losses(read, asked: Targets) -> Tensor:
    """Return the mean loss of the whole phrase's attention, of its words', of the landmark's choice and of `found`."""
    there = asked.found > 0
    loss = F.binary_cross_entropy_with_logits(read.found, asked.found)
    loss = loss + divergence(asked.weights[there], read.weights[there].clamp_min(LEAST).log())
    open_words = asked.looks.sum(dim=-1) > 0
    loss = loss + 0.5 * divergence(asked.looks[open_words], read.words[open_words].clamp_min(LEAST).log())
    related = asked.chosen >= 0
    if related.any():
        picked = read.chosen[related].gather(1, asked.chosen[related][:, None])
        loss = loss - 0.3 * picked.clamp_min(LEAST).log().mean()
    return loss


def divergence(shares: Tensor, logs: Tensor) -> Tensor:
    """Return the mean of Σ_j s_j log(s_j / w_j) over rows that have any share; 0 when there are none."""
    filled = shares.sum(dim=-1) > 0
    if not filled.any():
        return logs.sum() * 0
    shares, logs = shares[filled], logs[filled]
    return (torch.xlogy(shares, shares) - shares * logs).sum(dim=-1).mean()
