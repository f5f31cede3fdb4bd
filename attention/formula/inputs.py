"""The inputs of an evaluation: tensors of one kind, and the numbers behind the symbols n, m and d."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from attention.formula.errors import FormulaError
from attention.formula.limits import MAX_SIZE, MAX_VALUES
from attention.formula.plan import SIZES, Plan, Shape, shape_text

if TYPE_CHECKING:
    from attention.formula.formula import Formula

TEXT = {
    "missing": "The formula uses {name}, but no {name} was given; pass {wanted}.",
    "missing_size": "The size {size} is not known: give an input that has it, such as {example}, or the number itself.",
    "not_numbers": "{name} must be numbers, got {kind}.",
    "not_mask": "{name} is a mask: it must be true or false, or 0 or 1, in each cell.",
    "not_real": "{name} holds complex numbers; a formula computes with real ones.",
    "no_matrix": "{name} must be {wanted}, a matrix; got shape {shape}.",
    "no_number": "{name} must be one number; got shape {shape}.",
    "too_large": "{name} has shape {shape}; a matrix has from 1 to {most} rows and columns.",
    "size": "{name} is {shape}, but must be {wanted}: {symbol} is {size} by {source}.",
    "wider": " Here V has {e} columns, called e, where d is {d}.",
    "fixed": "{name} is {shape}, but must be {wanted}.",
}


@dataclass(frozen=True)
class Inputs:
    """Inputs as tensors of one kind, and the numbers behind the symbols. given: as the caller passed them."""

    values: Mapping[str, Tensor]
    sizes: Mapping[str, int]
    dtype: torch.dtype
    device: torch.device
    given: Mapping[str, Any]


def prepare(formula: Formula, inputs: Mapping[str, Any]) -> tuple[Plan, Inputs]:
    """Return the plan, checked again where V has a size of its own, and the inputs with their sizes."""
    plan = formula.plan
    names = [name for name in plan.inputs if name in inputs and inputs[name] is not None]
    tensors = {name: _tensor(name, inputs[name], plan.inputs[name]) for name in names}
    wide = any(tensor.dtype == torch.float64 for name, tensor in tensors.items() if plan.inputs[name])
    dtype = torch.float64 if wide else torch.float32
    device = next((tensor.device for tensor in tensors.values()), torch.device("cpu"))
    sizes = _sizes(plan, tensors, inputs)
    columns = tensors["V"].shape[-1] if "V" in tensors else sizes.get("d")
    if "V" in plan.uses and columns != sizes.get("d") and plan.inputs["V"] == ("m", "d"):
        plan = formula.plan_with({"V": ("m", "e")}, TEXT["wider"].format(e=columns, d=sizes.get("d")))
        sizes["e"] = columns
    values = {}
    for name in sorted(plan.uses):
        values[name] = _used(name, plan, tensors, sizes, dtype, device)
    needed = {step.symbol for step in plan.operations if step.operation == "size"}
    needed |= {size for step in plan.operations for size in step.letters.values() if isinstance(size, str)}
    for size in sorted(needed - set(sizes)):
        example = next((name for name, shape in plan.inputs.items() if size in shape), "Q")
        raise FormulaError(TEXT["missing_size"].format(size=size, example=example))
    return plan, Inputs(MappingProxyType(values), MappingProxyType(sizes), dtype, device, inputs)


def _tensor(name: str, given: Any, shape: Shape) -> Tensor:
    """Return an input as a detached tensor of numbers or, for M, of true and false."""
    try:
        tensor = torch.as_tensor(given).detach()
    except (TypeError, ValueError, RuntimeError, OverflowError):
        raise FormulaError(TEXT["not_numbers"].format(name=name, kind=type(given).__name__)) from None
    if tensor.is_complex():
        raise FormulaError(TEXT["not_real"].format(name=name))
    if shape:
        if tensor.ndim < 2:
            wanted = shape_text(shape)
            raise FormulaError(TEXT["no_matrix"].format(name=name, wanted=wanted, shape=tuple(tensor.shape)))
        if not all(1 <= size <= MAX_SIZE for size in tensor.shape[-2:]) or tensor.numel() > MAX_VALUES:
            raise FormulaError(TEXT["too_large"].format(name=name, shape=tuple(tensor.shape), most=MAX_SIZE))
        if not tensor.numel():
            raise FormulaError(TEXT["too_large"].format(name=name, shape=tuple(tensor.shape), most=MAX_SIZE))
    elif tensor.numel() != 1:
        raise FormulaError(TEXT["no_number"].format(name=name, shape=tuple(tensor.shape)))
    if name == "M" and tensor.dtype != torch.bool:
        if not bool(((tensor == 0) | (tensor == 1)).all()):
            raise FormulaError(TEXT["not_mask"].format(name=name))
        tensor = tensor.bool()
    return tensor if shape else tensor.reshape(())


def _sizes(plan: Plan, tensors: Mapping[str, Tensor], inputs: Mapping[str, Any]) -> dict[str, int]:
    """Return the numbers behind the symbols: from the inputs that the formula uses first, V last as it may differ."""
    sizes: dict[str, int] = {}
    order = sorted(tensors, key=lambda name: (name not in plan.uses, name == "V", list(plan.inputs).index(name)))
    for name in order:
        for symbol, size in zip(plan.inputs[name], tensors[name].shape[-2:], strict=False):
            if isinstance(symbol, str):
                sizes.setdefault(symbol, size)
    for symbol in SIZES:
        given = inputs.get(symbol)
        if symbol not in sizes and type(given) is int and 1 <= given <= MAX_SIZE:
            sizes[symbol] = given
    return sizes


def _used(
    name: str,
    plan: Plan,
    tensors: Mapping[str, Tensor],
    sizes: dict[str, int],
    dtype: torch.dtype,
    device: torch.device,
) -> Tensor:
    shape = plan.inputs[name]
    if name not in tensors:
        if name == "T":
            return torch.tensor(1.0, dtype=torch.float64, device=device)
        if name == "M" and all(size in sizes for size in shape):
            return torch.ones(sizes[shape[0]], sizes[shape[1]], dtype=torch.bool, device=device)
        wanted = shape_text(shape) if not shape else f"a matrix of {shape_text(shape)}"
        raise FormulaError(TEXT["missing"].format(name=name, wanted=wanted))
    tensor = tensors[name].to(device, copy=True)  # what the caller does with it later changes nothing here
    if not shape:
        return tensor.to(torch.float64)
    found = f"{tensor.shape[-2]}×{tensor.shape[-1]}"
    for symbol, size in zip(shape, tensor.shape[-2:], strict=True):
        if isinstance(symbol, int) and symbol != size:
            raise FormulaError(TEXT["fixed"].format(name=name, shape=found, wanted=shape_text(shape)))
        if isinstance(symbol, str) and sizes[symbol] != size:
            source = next((other for other in tensors if symbol in plan.inputs[other] and other != name), "the sizes")
            raise FormulaError(
                TEXT["size"].format(
                    name=name, shape=found, wanted=shape_text(shape), symbol=symbol, size=sizes[symbol], source=source
                )
            )
    return tensor if name == "M" else tensor.to(dtype)
