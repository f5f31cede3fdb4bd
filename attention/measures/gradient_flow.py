"""How far a learning signal reaches, and what a layer costs: attention beside a recurrent and a dense layer."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from attention.mechanisms import CATALOGUE, MultiHeadAttention

FLOW_MODELS = ("rnn", "lstm", "attention")
MOST_STEPS = 512  # positions; beyond them nothing new is seen, and waiting is long


class GradientRow(NamedTuple):
    """Gradient of the last output with respect to the input `distance` positions before it.

    model: "rnn", "lstm" or "attention". gradient: Frobenius norm of the Jacobian (size × size), the median over the
    seeds; low, high: the quartiles.
    """

    distance: int
    model: str
    gradient: float
    low: float
    high: float


class LayerRow(NamedTuple):
    """What one layer costs for a sequence of n vectors of size d, counted as `attention.mechanisms.catalogue` counts.

    layer: "self_attention", "dense" or "lstm". operations, memory, parameters: numbers, and their formulas in LaTeX.
    steps: how many of its computations must wait for one another (O(1) or O(n)); path: the most steps a signal takes
    between two positions. Both after Vaswani et al. 2017, table 1.
    """

    layer: str
    operations: int
    memory: int
    parameters: int
    steps: int
    path: int
    operations_latex: str
    memory_latex: str
    parameters_latex: str


def gradient_by_distance(length: int, size: int = 32, seeds: int = 8, seed: int = 0) -> tuple[GradientRow, ...]:
    """Measure, in untrained layers, how much the last output still feels of each earlier input.

    ‖∂ y_n / ∂ x_(n - distance)‖, which shrinks from step to step in a recurrent network (Bengio et al. 1994; Hochreiter
    & Schmidhuber 1997) and has no steps to shrink over in attention.

    A plain tanh RNN, an LSTM and one self-attention layer of one head; input and state have `size` numbers, inputs are
    standard normal, parameters are drawn as torch draws them: uniform within ±1 / √size for the recurrent ones, Xavier
    for attention. Attention's gradient does depend on length: about 1 / length for every position, near or far.
    Returns rows for distances 0 to length - 1, model by model.
    Raises ValueError for a length, size or number of seeds below 1, or a length over 512.
    """
    if min(length, size, seeds) < 1 or length > MOST_STEPS:
        raise ValueError(
            f"wanted length 1 to {MOST_STEPS}, size and seeds 1 or more, got {length}, {size} and {seeds}; change these"
        )
    rows = []
    for model in FLOW_MODELS:
        generator = torch.Generator().manual_seed(seed)
        norms = torch.stack([_gradient_norms(model, length, size, generator) for _ in range(seeds)])  # (seeds, length)
        low, middle, high = torch.quantile(norms, norms.new_tensor([0.25, 0.5, 0.75]), dim=0).tolist()
        rows += [GradientRow(i, model, middle[-1 - i], low[-1 - i], high[-1 - i]) for i in range(length)]
    return tuple(rows)


def layer_costs(n: int, d: int) -> tuple[LayerRow, ...]:
    """Return the costs of three layers that turn n vectors of size d into n vectors of size d, each from all others.

    - self-attention, one head, with its four projections (the catalogue's `multi_head`);
    - a dense layer from all n·d numbers to all n·d numbers, which fits one length only;
    - an LSTM with hidden size d: 8d² multiply-adds a step for its four gates, 4d sums of the input's and the state's
      part, 4d activations, 5d for cell and output; two biases, as torch has them. Here no position sees later ones.
    Raises ValueError when n or d is below 1.
    """
    if n < 1 or d < 1:
        raise ValueError(f"wanted n and d of 1 or more, got n = {n}, d = {d}; use a longer sequence or vector")
    attention = CATALOGUE["multi_head"]
    return (
        LayerRow(
            "self_attention",
            attention.operations(n, n, d),
            attention.memory(n, n, d),
            attention.parameters(d),
            steps=1,
            path=1,
            operations_latex="4nd^2 + nd + 2n^2d + 5n^2",
            memory_latex="6nd + 2n^2",
            parameters_latex=attention.parameters_latex,
        ),
        LayerRow(
            "dense",
            n * n * d * d,
            n * d,
            n * n * d * d + n * d,
            steps=1,
            path=1,
            operations_latex="n^2d^2",
            memory_latex="nd",
            parameters_latex="n^2d^2 + nd",
        ),
        LayerRow(
            "lstm",
            8 * n * d * d + 13 * n * d,
            6 * n * d,
            8 * d * d + 8 * d,
            steps=n,
            path=n,
            operations_latex="8nd^2 + 13nd",
            memory_latex="6nd",
            parameters_latex="8d^2 + 8d",
        ),
    )


def flow_layer(model: str, size: int, generator: torch.Generator) -> nn.Module:
    """Build an untrained layer in double precision, its parameters drawn from the generator as torch draws them.

    Raises ValueError for a model that is not in FLOW_MODELS.
    """
    if model not in FLOW_MODELS:
        raise ValueError(f"model must be one of {', '.join(FLOW_MODELS)}, got {model!r}; choose one of these")
    if model == "attention":
        layer = MultiHeadAttention(size, heads=1).double()
        for projection in (layer.in_proj, layer.out_proj):
            nn.init.xavier_uniform_(projection.weight, generator=generator)
        return layer
    layer = {"rnn": nn.RNN, "lstm": nn.LSTM}[model](size, size, batch_first=True).double()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.uniform_(-(size**-0.5), size**-0.5, generator=generator)
    return layer


@torch.enable_grad()
def _gradient_norms(model: str, length: int, size: int, generator: torch.Generator) -> Tensor:
    """Return the norm of the last output's Jacobian with respect to every input, (length,), first position first."""
    layer = flow_layer(model, size, generator)
    vectors = torch.randn(length, size, generator=generator, dtype=torch.float64)
    # The same sequence once for each number of the output: number i of copy i gives row i of all Jacobians at once.
    copies = vectors.expand(size, length, size).clone().requires_grad_()
    outputs = layer(copies, copies, copies)[0] if model == "attention" else layer(copies)[0]
    rows = torch.autograd.grad(outputs[:, -1].diagonal().sum(), copies)[0]  # (size, length, size)
    return rows.square().sum(dim=(0, 2)).sqrt()
