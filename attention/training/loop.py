"""The one training loop: every model learns here, on one processor, on a GPU, or on several processes.

A run is a folder: `log.csv` (a row per validation), `best/` (the checkpoint that validated best) and `state/` (all that
is needed to go on after being killed). Time, not steps, is the budget: the learning rate follows the share of
`max_minutes` that is spent, so that every run ends with its rate run down.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

import torch
from accelerate import Accelerator
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from tqdm import tqdm


class Task(Protocol):
    """What is trained: a model, its batches, its loss, and how good it is."""

    def batches(self, epoch: int) -> list: ...

    def loss(self, model: nn.Module, batch) -> tuple[Tensor, Tensor]:
        """Return the summed loss of a batch and the number of items in the sum."""
        ...

    def validate(self, model: nn.Module) -> dict[str, float]:
        """Return scores by name; `score` is the one to raise."""
        ...

    def save(self, folder: Path, model: nn.Module, log: list[dict]) -> None: ...


@dataclass(frozen=True)
class RunSettings:
    """How to train. Times are minutes of training, with validation, summed over restarts.

    learning_rate rises over `warmup_steps`, stays until `hold` of the time is spent, then falls in a line to
    `final_rate` of itself. `average` is the decay of the moving average of parameters that is validated and kept
    (Polyak & Juditsky 1992). precision: "auto" takes bfloat16 matrix products where the processor has them.
    """

    max_minutes: float
    learning_rate: float = 1e-3
    warmup_steps: int = 300
    hold: float = 0.4
    final_rate: float = 0.02
    weight_decay: float = 0.01
    clip: float = 1.0
    average: float = 0.998
    validate_minutes: float = 4.0
    save_minutes: float = 3.0
    seed: int = 1
    precision: str = "auto"
    threads: int = 1


def train(model: nn.Module, task: Task, settings: RunSettings, out: Path | str) -> dict[str, float]:
    """Train until the time is spent; start again where an earlier run in the same folder stopped.

    Returns the best validation scores. Raises ValueError when the folder holds a run of other settings.
    """
    run = Run(model, task, settings, Path(out))
    run.resume()
    start = round(min(run.minutes, settings.max_minutes), 2)
    with tqdm(total=round(settings.max_minutes, 2), initial=start, unit="min", mininterval=5) as bar:
        while not run.is_over():
            for batch in run.rest_of_epoch():
                run.update(batch)
                state = f"epoch {run.epoch + 1} loss {run.recent_loss:.3f} best {run.best_score:.3f}"
                bar.set_postfix_str(state, refresh=False)
                bar.update(min(run.minutes, settings.max_minutes) - bar.n)
                run.validate_and_save_when_due()
                if run.is_over():
                    break
            else:
                run.epoch, run.position = run.epoch + 1, 0
    run.finish()
    return run.best


class Run:
    """The moving parts of one training run: step, clock, optimiser, moving average, log."""

    def __init__(self, model: nn.Module, task: Task, settings: RunSettings, folder: Path) -> None:
        torch.set_num_threads(settings.threads)
        torch.manual_seed(settings.seed)
        self.task, self.settings, self.folder = task, settings, folder
        self.accelerator = Accelerator(mixed_precision=precision_of(settings.precision))
        optimiser = torch.optim.AdamW(
            _decay_groups(model, settings.weight_decay), lr=settings.learning_rate, betas=(0.9, 0.98), fused=True
        )
        self.plain = model
        self.objective, self.optimiser = self.accelerator.prepare(_Objective(model, task), optimiser)
        self.average = {name: value.detach().clone() for name, value in model.state_dict().items()}
        self.step = self.epoch = self.position = 0
        self.minutes = self.last_validation = self.last_save = 0.0
        self.recent_loss, self.best, self.log = float("nan"), {}, []
        self._tick = time.monotonic()

    @property
    def best_score(self) -> float:
        return self.best.get("score", float("nan"))

    def is_over(self) -> bool:
        return self.minutes >= self.settings.max_minutes

    def rest_of_epoch(self) -> Iterable:
        """Yield the batches of this epoch that are still to come, this process's share of them."""
        batches = self.task.batches(self.epoch)
        ranks, rank = self.accelerator.num_processes, self.accelerator.process_index
        whole = len(batches) - len(batches) % ranks  # every process must take the same number of steps
        if not whole:
            raise ValueError(f"an epoch has {len(batches)} batches for {ranks} processes; give more data or fewer")
        for start in range(self.position, whole, ranks):
            self.position = start + ranks
            yield batches[start + rank]

    def update(self, batch) -> None:
        """Take one optimiser step and move the average and the clock."""
        self.objective.train()
        self._set_rate()
        summed, count = self.objective(batch)
        total = self.accelerator.reduce(count.detach(), "mean")
        self.accelerator.backward(summed / total)
        self.accelerator.clip_grad_norm_(self.objective.parameters(), self.settings.clip)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        if self.step % 20 == 1:
            loss = (summed.detach() / total).item()
            self.recent_loss = loss if self.recent_loss != self.recent_loss else 0.9 * self.recent_loss + 0.1 * loss
        self._move_average()
        self._move_clock()

    def validate_and_save_when_due(self) -> None:
        if self.minutes - self.last_validation >= self.settings.validate_minutes or self.is_over():
            self._validate()
            self._save_state()
        elif self.minutes - self.last_save >= self.settings.save_minutes:
            self._save_state()

    def finish(self) -> None:
        self.accelerator.wait_for_everyone()
        self.accelerator.end_training()

    def _set_rate(self) -> None:
        settings = self.settings
        share = min(1.0, self.minutes / settings.max_minutes)
        fall = max(0.0, (share - settings.hold) / (1 - settings.hold))
        factor = min(1.0, (self.step + 1) / settings.warmup_steps) * (1 - fall * (1 - settings.final_rate))
        for group in self.optimiser.param_groups:
            group["lr"] = settings.learning_rate * factor

    def _move_average(self) -> None:
        decay = min(self.settings.average, (1 + self.step) / (10 + self.step))
        current = self.plain.state_dict()
        torch._foreach_lerp_(list(self.average.values()), [current[name] for name in self.average], 1 - decay)

    def _move_clock(self) -> None:
        now = time.monotonic()
        spent = torch.tensor((now - self._tick) / 60, dtype=torch.float64, device=self.accelerator.device)
        self._tick = now
        if self.accelerator.num_processes > 1:  # all processes must stop at the same step
            spent = self.accelerator.reduce(spent.float(), "mean")
        self.minutes += spent.item()

    def _validate(self) -> None:
        """Validate the averaged parameters; keep them when they are the best so far."""
        if self.accelerator.is_main_process:
            with _Swapped(self.plain, self.average):
                self.plain.eval()
                scores = self.task.validate(self.plain)
                row = {"minutes": round(self.minutes, 2), "step": self.step, "epoch": self.epoch + 1}
                row |= {"train_loss": round(self.recent_loss, 4)} | {k: round(v, 4) for k, v in scores.items()}
                self.log.append(row)
                if not self.best or scores["score"] > self.best["score"]:
                    self.best = scores
                    self.task.save(self.folder / "best", self.plain, self.log)
            self._write_log()
        self.accelerator.wait_for_everyone()
        self._move_clock()
        self.last_validation = self.minutes

    def _write_log(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "log.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self.log[0].keys())
            writer.writeheader()
            writer.writerows(self.log)
        tqdm.write("  ".join(f"{name} {value}" for name, value in self.log[-1].items()))

    def _save_state(self) -> None:
        """Write the state beside the old one, then swap: being killed at any moment leaves one that is whole."""
        self.last_save = self.minutes
        if not self.accelerator.is_main_process:
            return
        folder = self.folder / "state"
        folder.mkdir(parents=True, exist_ok=True)
        names = [name for name, _ in self.plain.named_parameters()]
        tensors = {f"model.{name}": value for name, value in self.plain.state_dict().items()}
        tensors |= {f"average.{name}": value for name, value in self.average.items()}
        for name, parameter in zip(names, self.plain.parameters(), strict=True):
            moments = self.optimiser.state.get(parameter, {})
            tensors |= {f"optimiser.{key}.{name}": value for key, value in moments.items()}
        tensors |= {f"random.{name}": value for name, value in _random_states().items()}
        tensors = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
        record = {
            name: getattr(self, name)
            for name in ("step", "epoch", "position", "minutes", "last_validation", "recent_loss", "best", "log")
        } | {"settings": asdict(self.settings)}
        save_file(tensors, str(folder / "new.safetensors"), metadata={"record": json.dumps(record)})
        (folder / "new.safetensors").replace(folder / "state.safetensors")

    def resume(self) -> None:
        """Go on where the folder's last saved state stands; a longer `max_minutes` is the one change allowed."""
        path = self.folder / "state" / "state.safetensors"
        if not path.exists():
            return
        from safetensors import safe_open

        with safe_open(str(path), framework="pt") as file:
            record = json.loads(file.metadata()["record"])
        before = RunSettings(**record.pop("settings"))
        if replace(before, max_minutes=self.settings.max_minutes) != self.settings:
            raise ValueError(f"{self.folder} holds a run with other settings ({before}); use them or another folder")
        tensors = load_file(str(path))
        parts: dict[str, dict[str, Tensor]] = {"model": {}, "average": {}, "optimiser": {}, "random": {}}
        for name, value in tensors.items():
            part, rest = name.split(".", 1)
            parts[part][rest] = value
        self.plain.load_state_dict(parts["model"])
        self.average = {name: value.to(self.accelerator.device) for name, value in parts["average"].items()}
        self._load_moments(parts["optimiser"])
        if self.accelerator.is_main_process:
            _set_random_states(parts["random"])
        else:  # only the first process saves; the others draw other dropout masks than before
            torch.manual_seed(self.settings.seed + 1000 * record["step"] + self.accelerator.process_index)
        for name, value in record.items():
            setattr(self, name, value)
        self.last_save = self.minutes
        self._tick = time.monotonic()

    def _load_moments(self, moments: dict[str, Tensor]) -> None:
        for name, parameter in self.plain.named_parameters():
            found = {key.split(".", 1)[0]: value for key, value in moments.items() if key.split(".", 1)[1] == name}
            if found:
                self.optimiser.state[parameter] = {k: v.to(parameter.device) for k, v in found.items()}


class _Objective(nn.Module):
    """Model and loss as one module, so that only two numbers leave the precision and process wrappers."""

    def __init__(self, model: nn.Module, task: Task) -> None:
        super().__init__()
        self.model = model
        self._loss = task.loss

    def forward(self, batch) -> tuple[Tensor, Tensor]:
        return self._loss(self.model, batch)


class _Swapped:
    """Within the block the model has other parameters; afterwards its own again."""

    def __init__(self, model: nn.Module, parameters: dict[str, Tensor]) -> None:
        self.model, self.parameters = model, parameters

    def __enter__(self) -> None:
        self.own = {name: value.detach().clone() for name, value in self.model.state_dict().items()}
        self.model.load_state_dict(self.parameters)

    def __exit__(self, *_: object) -> None:
        self.model.load_state_dict(self.own)


def _random_states() -> dict[str, Tensor]:
    """Return where the random numbers of dropout stand."""
    states = {"cpu": torch.get_rng_state()}
    return states | {"cuda": torch.cuda.get_rng_state()} if torch.cuda.is_available() else states


def _set_random_states(states: dict[str, Tensor]) -> None:
    if "cpu" in states:
        torch.set_rng_state(states["cpu"])
    if "cuda" in states and torch.cuda.is_available():
        torch.cuda.set_rng_state(states["cuda"])


def precision_of(wanted: str) -> str:
    """Return Accelerate's name of the precision; "auto" is "bf16" where that multiplies matrices faster, else "no".

    Having the instructions is not enough: some processors multiply bfloat16 at half the speed of float32, so a CPU is
    asked with a stopwatch. Raises ValueError for a name that is not auto, bf16, fp16 or no.
    """
    if wanted not in ("auto", "bf16", "fp16", "no"):
        raise ValueError(f"precision {wanted!r} is not known; use auto, bf16, fp16 or no")
    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "bf16" if torch.cuda.is_bf16_supported() else "no"
    seconds = {kind: _seconds_of_product(kind) for kind in (torch.float32, torch.bfloat16)}
    return "bf16" if 1.2 * seconds[torch.bfloat16] < seconds[torch.float32] else "no"


def _seconds_of_product(kind: torch.dtype) -> float:
    """Time the product of two matrices as large as a training step's; the best of five."""
    a, b = torch.ones(2048, 256, dtype=kind), torch.ones(256, 2048, dtype=kind)
    best = float("inf")
    for _ in range(6):
        start = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - start)
    return best


def _decay_groups(model: nn.Module, weight_decay: float) -> list[dict]:
    matrices = [p for p in model.parameters() if p.ndim >= 2]
    rest = [p for p in model.parameters() if p.ndim < 2]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": rest, "weight_decay": 0.0}]
