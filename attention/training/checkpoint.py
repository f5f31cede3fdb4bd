"""Checkpoints in the Hugging Face folder convention: config.json, model.safetensors, tokenizer.json, README.md.

Parameters are stored as half precision or as 8-bit rows with one scale each; they load as float32. Nothing is pickled.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"  # what ships with the app
SCALE = "::scale"  # "name::scale" holds the scales of an 8-bit "name"
STORAGE = ("int8", "float16", "float32")
_SHIPPED = re.compile(r"[A-Za-z0-9][\w.-]{0,95}")
_ON_HUB = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")


class CheckpointError(ValueError):
    """A checkpoint that cannot be read; the message names the folder and what is missing."""


def save_parameters(path: Path | str, parameters: dict[str, Tensor], storage: str = "int8") -> None:
    """Write parameters to a safetensors file.

    storage: "int8" keeps matrices as 8-bit rows with a half-precision scale each, and the rest as "float16".
    Raises ValueError for another storage.
    """
    if storage not in STORAGE:
        raise ValueError(f"storage {storage!r} is not known; use one of {', '.join(STORAGE)}")
    stored: dict[str, Tensor] = {}
    for name, parameter in parameters.items():
        parameter = parameter.detach().float().cpu().contiguous()
        if storage == "int8" and parameter.ndim == 2:
            stored[name], stored[name + SCALE] = quantise_rows(parameter)
        else:
            stored[name] = parameter if storage == "float32" else parameter.half()
    save_file(stored, str(path))
    Path(path).chmod(0o644)  # the library writes files that only their owner can read


def load_parameters(path: Path | str) -> dict[str, Tensor]:
    """Read what `save_parameters` wrote, as float32. Raises CheckpointError for a file that is not safetensors."""
    try:
        with safe_open(str(path), framework="pt") as file:
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, not a dict
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is not a readable safetensors file: {error}") from None
    return {
        name: value.float() * stored[name + SCALE].float()[:, None] if name + SCALE in stored else value.float()
        for name, value in stored.items()
        if not name.endswith(SCALE)
    }


def quantise_rows(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Round each row of a (rows, columns) matrix to whole numbers -127…127 times one half-precision scale.

    Returns the numbers as int8 (rows, columns) and the scales (rows,); the error is at most half a scale.
    """
    scale = (matrix.abs().amax(dim=1) / 127).clamp_min(2**-24).half()  # the smallest number half precision can hold
    scale = torch.where(scale.float() * 127 < matrix.abs().amax(dim=1), torch.nextafter(scale, scale + 1), scale)
    numbers = (matrix / scale.float()[:, None]).round().clamp(-127, 127)
    return numbers.to(torch.int8), scale


def save_checkpoint(
    folder: Path | str,
    model: nn.Module,
    config: dict,
    tokenizer=None,
    card: str | None = None,
    storage: str = "int8",
) -> Path:
    """Write a model's folder and return it: `config` is config.json, `card` README.md; `tokenizer` needs a `save`."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    save_parameters(folder / "model.safetensors", model.state_dict(), storage)
    (folder / "config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if tokenizer is not None:
        tokenizer.save(folder / "tokenizer.json")
    if card is not None:
        (folder / "README.md").write_text(card, encoding="utf-8")
    return folder


def read_config(folder: Path | str) -> dict:
    """Return a checkpoint's config.json. Raises CheckpointError when there is none or it is not a JSON object."""
    path = Path(folder) / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{path} does not exist; a checkpoint is a folder with config.json in it") from None
    except ValueError as error:
        raise CheckpointError(f"{path} is not JSON: {error}") from None
    if not isinstance(config, dict):
        raise CheckpointError(f"{path} holds a {type(config).__name__}; a JSON object was wanted")
    return config


def shipped_models(task: str | None = None) -> dict[str, dict]:
    """Return name and config.json of every shipped model, by name; `task` keeps those of one task."""
    found = {path.parent.name: read_config(path.parent) for path in sorted(CHECKPOINTS.glob("*/config.json"))}
    return {name: config for name, config in found.items() if task is None or config.get("task") == task}


def find_checkpoint(name: str) -> Path:
    """Return the folder of a shipped checkpoint, of a local folder, or of a model on the Hugging Face hub.

    The hub ("user/model") is asked only for a name of that form whose first part is no local folder; that needs a
    network. Raises CheckpointError when nothing has that name.
    """
    if _SHIPPED.fullmatch(name) and (CHECKPOINTS / name / "config.json").exists():
        return CHECKPOINTS / name
    if _is_checkpoint(name):
        return Path(name)
    if _ON_HUB.fullmatch(name) and ".." not in name and not Path(name).parent.exists():
        return _from_hub(name)
    shipped = sorted(path.parent.name for path in CHECKPOINTS.glob("*/config.json"))
    known = ", ".join(shipped) or "none"
    raise CheckpointError(f"no checkpoint is called {name[:200]!r}; shipped: {known}; or name a folder")


def _is_checkpoint(name: str) -> bool:
    try:
        return bool(name.strip()) and (Path(name) / "config.json").exists()
    except (OSError, ValueError):  # too long for a path, or with characters that no path has
        return False


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        wanted = ["config.json", "*.safetensors", "tokenizer.json", "README.md"]
        return Path(snapshot_download(name, allow_patterns=wanted))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise CheckpointError(f"{name!r} is no local folder and could not be fetched from the hub: {error}") from None
