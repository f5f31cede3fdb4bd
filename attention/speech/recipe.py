"""How the spellers are trained: a folder of recordings in, a checkpoint folder out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from attention.speech.bank import fill_bank
from attention.speech.evaluation import digit_accuracy, score_strings, strings_of
from attention.speech.mixing import MixSettings, draw_length, mix
from attention.speech.model import Speller, SpellerConfig, config_dict
from attention.speech.recordings import SPEAKERS, read_recordings, split
from attention.speech.speller import DigitSpeller
from attention.speech.voices import training_clips
from attention.training.checkpoint import save_checkpoint
from attention.training.loop import RunSettings, train
from attention.training.run_folder import keep_settings

STAGES = (2, 3, 5, 10)  # the most digits of a string, stage by stage
BATCHES = 50  # in an epoch
VALID_STRINGS = {3: 40, 8: 20}


@dataclass(frozen=True)
class SpeechSettings:
    """What is trained, besides the run's own settings.

    location: whether attention knows where it looked before. leave_out: a speaker of whom nothing is learnt. longest:
    most digits of a training string. stage_epochs: epochs of 50 batches in each stage, whose strings have at most 2, 3,
    5, 10 digits. rows: strings in a batch of one to three digits; longer ones are fewer. guidance: weight of the loss
    that keeps attention near the spoken letter. made_share: of strings spoken by eSpeak NG; 0 needs no eSpeak NG.
    """

    location: bool = True
    leave_out: str = ""
    longest: int = 10
    stage_epochs: int = 6
    rows: int = 32
    guidance: float = 0.5
    smoothing: float = 0.05
    made_share: float = 0.3
    hidden_dim: int = 128
    decoder_dim: int = 160
    attention_dim: int = 64
    dropout: float = 0.15


class Order(NamedTuple):
    """A batch to be mixed: so many strings of so many digits, drawn with a seed."""

    rows: int
    digits: int
    seed: tuple[int, int, int]


def train_speech(
    data: Path | str,
    settings: SpeechSettings,
    run: RunSettings,
    out: Path | str,
    voices: Path | str | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> dict[str, float]:
    """Train a speller on a folder of recordings; `out`/best is the checkpoint that validated best.

    voices: a file that keeps eSpeak NG's voices from one run to the next. Returns the best validation scores.
    Raises RecordingsError for recordings that cannot be read, OSError without eSpeak NG, ValueError for settings that
    do not fit, or that are not those of the run which the folder holds already.
    """
    check_settings(settings)
    keep_settings(Path(out), settings)
    torch.set_num_threads(run.threads)
    torch.manual_seed(run.seed)
    task = SpeechTask(data, settings, run, voices, report)
    return train(Speller(_config(settings)), task, run, out)


def check_settings(settings: SpeechSettings) -> None:
    """Raise ValueError, with what is known, for a speaker or a length that is not."""
    if settings.leave_out and settings.leave_out not in SPEAKERS:
        raise ValueError(f"speaker {settings.leave_out!r} is not known; use one of {', '.join(SPEAKERS)}")
    if not 1 <= settings.longest <= STAGES[-1]:
        raise ValueError(f"strings can have 1 to {STAGES[-1]} digits, got {settings.longest}")


class SpeechTask:
    """Mixed strings as the training loop wants them."""

    def __init__(
        self,
        data: Path | str,
        settings: SpeechSettings,
        run: RunSettings,
        voices: Path | str | None = None,
        report: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.settings, self.run = settings, run
        self.mixing = MixSettings(made_share=settings.made_share)
        parts = split(read_recordings(data), settings.leave_out)
        made = training_clips(voices, report) if settings.made_share else {}
        self.bank = fill_bank(parts.train, made, report)
        self.singles = parts.valid[::2]
        self.strings = {
            digits: strings_of(parts.valid, digits, count, seed=3)
            for digits, count in VALID_STRINGS.items()
            if digits <= settings.longest
        }

    def batches(self, epoch: int) -> list[Order]:
        """Return the epoch's orders: longer strings stage by stage; every epoch draws new ones."""
        settings = self.settings
        stage = min(len(STAGES) - 1, epoch // max(1, settings.stage_epochs))
        longest = min(settings.longest, STAGES[stage])
        draw = np.random.default_rng([self.run.seed, epoch])
        orders = []
        for number in range(BATCHES):
            digits = draw_length(draw, longest)
            rows = settings.rows if digits <= 3 else max(4, round(settings.rows * (0.75 if digits <= 6 else 0.5)))
            orders.append(Order(rows, digits, (self.run.seed, epoch, number)))
        return orders

    def loss(self, model: nn.Module, order: Order) -> tuple[Tensor, Tensor]:
        """Return the loss summed over the letters of a batch, and their number.

        Cross entropy of each letter, and `guidance` times the attention outside the place where it should look.
        """
        batch = mix(self.bank, order.digits, order.rows, self.mixing, np.random.default_rng(order.seed))
        logits, weights = model(batch.features, batch.letters)
        losses = F.cross_entropy(
            logits.flatten(0, 1).float(),
            batch.letters.flatten(),
            reduction="none",
            label_smoothing=self.settings.smoothing,
        ).view_as(batch.known)
        astray = 1 - (weights.float() * batch.allowed).sum(dim=-1)
        summed = (losses * batch.known).sum() + self.settings.guidance * (astray * batch.guided).sum()
        return summed, batch.known.sum()

    def validate(self, model: nn.Module) -> dict[str, float]:
        """Return the mean of the shares of right words, in percent, as the score, and the letters' loss in nats."""
        speller = DigitSpeller(model, {})
        scores = {"valid_digits": 100 * digit_accuracy(speller.spell, self.singles)}
        inside = 100.0
        for digits, sounds in self.strings.items():
            found = score_strings(speller.spell, sounds)
            scores[f"valid_words_{digits}"] = 100 * (1 - found.word_errors)
            scores[f"valid_exact_{digits}"] = 100 * found.exact
            inside = 100 * found.inside_span
        shares = [value for name, value in scores.items() if "exact" not in name]
        return {"valid_loss": self._valid_loss(model), **scores, "inside": inside, "score": float(np.mean(shares))}

    def save(self, folder: Path, model: nn.Module, log: list[dict]) -> None:
        """Write the checkpoint that the app can load, with the settings that made it."""
        config = {
            "task": "speech",
            "model": config_dict(model),
            "training": asdict(self.settings) | asdict(self.run),
            "log": log,
        }
        save_checkpoint(folder, model, config, storage="float16")

    @torch.inference_mode()
    def _valid_loss(self, model: nn.Module) -> float:
        """Return the mean negative logarithm of a true letter's probability over mixed strings of the voices learnt."""
        total = count = 0.0
        for digits in (1, min(3, self.settings.longest)):
            batch = mix(self.bank, digits, 16, self.mixing, np.random.default_rng([99, digits]))
            logits, _ = model(batch.features, batch.letters)
            losses = F.cross_entropy(logits.flatten(0, 1), batch.letters.flatten(), reduction="none")
            total += float((losses.view_as(batch.known) * batch.known).sum())
            count += float(batch.known.sum())
        return total / count


def _config(settings: SpeechSettings) -> SpellerConfig:
    names = ("location", "hidden_dim", "decoder_dim", "attention_dim", "dropout")
    return SpellerConfig(**{name: getattr(settings, name) for name in names})
