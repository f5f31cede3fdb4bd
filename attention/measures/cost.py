"""What attention costs as the sequence grows: time, memory and error of eight variants on one input."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.profiler import ProfilerActivity, profile

from attention.measures.blockwise import local_context, open_pairs, strided_context
from attention.mechanisms import (
    CATALOGUE,
    SCALED_DOT,
    AdditiveLayer,
    Mechanism,
    MultiHeadAttention,
    attend,
    linear_attend,
)

COST_VARIANTS = ("dot", "scaled_dot", "additive", "multi_head", "local", "strided", "linear", "fused")
APPROXIMATIONS = ("scaled_dot", "local", "strided", "linear", "fused")  # that stand for scaled dot-product attention
MOST_NUMBERS = 40_000_000  # that a variant may need by theory, 160 MB in single precision; longer rows are skipped
LONGEST = 16_384  # positions; the exact reference takes quadratic time
RELATED_LENGTH = 8.0  # positions after which neighbours have lost all but 1 / e of what they share
BYTES_PER_NUMBER = 4  # single precision

_PROFILER = threading.Lock()  # torch can profile one call at a time


class CostRow(NamedTuple):
    """One variant at one length.

    seconds: median over the repeats. bytes_allocated: the most memory that the call held at one time, result included,
    input and parameters not. Both None where the row was skipped, because `memory_numbers` is above MOST_NUMBERS.
    operations, memory_numbers: by theory, counted as `attention.mechanisms.catalogue` counts.
    error: root mean square of the difference to exact scaled dot-product attention, over that of the exact context;
    None for variants that are no approximation of it, and where the row was skipped.
    """

    variant: str
    length: int
    seconds: float | None
    bytes_allocated: int | None
    operations: int
    memory_numbers: int
    error: float | None

    @property
    def skipped(self) -> bool:
        return self.seconds is None


class Sizes(NamedTuple):
    """What the variants need besides the length."""

    d: int
    heads: int
    window: int
    stride: int


def measure_costs(
    lengths: Sequence[int],
    d: int = 64,
    variants: Sequence[str] = COST_VARIANTS,
    heads: int = 4,
    window: int = 32,
    stride: int = 32,
    repeats: int = 3,
    should_stop: Callable[[], bool] | None = None,
    related: float = 0.8,
    seed: int = 0,
) -> Iterator[CostRow]:
    """Run every variant on the same query, key and value of every length, and give one row after the other.

    - dot, scaled_dot, additive: `attend`, with weights. multi_head: the module with its projections, with weights.
    - fused: `attend` without weights, which is torch's fused kernel. linear: `linear_attend`.
    - local, strided: computed block by block (`blockwise`), so that only open pairs, and the rest of their block, are
      made; the same contexts as with `local_mask` and `strided_mask`, which in dense form cost as much as no mask.

    Each runs once to warm up and once under torch's profiler (profile_memory) for its memory, then `repeats` times for
    its time. lengths: positions, each up to 16,384, as queries and as keys. should_stop: asked before every run; True
    ends the rows.
    related: share of the variance of queries and keys, 0 to 1, that changes slowly along the sequence, so that
    neighbours attend to each other, as they do in text and sound; at 0.8 the strongest of 1,024 keys gets a fifth of
    the weight. With 0 attention is nearly flat: then a window misses most of it, and linear attention less.
    Measured memory can be half of the theory: where nobody needs the scores any more, softmax is written over them.
    Raises ValueError, before the first row, for a variant, length or size that cannot be.
    """
    sizes = Sizes(d, heads, window, stride)
    _check(lengths, variants, sizes, repeats, related)
    return _rows(lengths, variants, sizes, repeats, should_stop or (lambda: False), related, seed)


def theory(variant: str, n: int, sizes: Sizes) -> tuple[int, int]:
    """Return operations and numbers in memory of a variant at length n, as the catalogue counts them.

    Scores, softmax and the weighted sum of the values, whose result is n·d numbers; local and strided count open pairs
    only, fused makes no scores that stay: its result, and one number a query for the sum.
    """
    d = sizes.d
    if variant in ("multi_head", "linear"):
        entry = CATALOGUE[variant]
        extra = {"h": sizes.heads} if variant == "multi_head" else {}
        return entry.operations(n, n, d, **extra), entry.memory(n, n, d, **extra)
    if variant in ("local", "strided"):
        pairs = open_pairs(n, sizes.window, sizes.stride if variant == "strided" else None)
        return 2 * pairs * d + 5 * pairs + n * d, 2 * pairs + 2 * n * d
    score, softmax = CATALOGUE["scaled_dot" if variant == "fused" else variant], CATALOGUE["softmax"]
    operations = score.operations(n, n, d) + softmax.operations(n, n, d) + n * n * d
    memory = score.memory(n, n, d) + softmax.memory(n, n, d) + n * d
    return operations, (n * d + n if variant == "fused" else memory)


def random_input(n: int, d: int, related: float, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return query, key and value (n, d), each number of mean 0 and variance 1.

    Query and key share a part that changes slowly along the sequence; its share of their variance is `related`.
    """
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(4, n, d, generator=generator)
    kept = torch.exp(torch.tensor(-1.0 / RELATED_LENGTH)).item()
    slow = noise[3]
    for i in range(1, n):
        slow[i] = kept * slow[i - 1] + (1 - kept**2) ** 0.5 * slow[i]
    query, key = (related**0.5 * slow + (1 - related) ** 0.5 * own for own in noise[:2])
    return query, key, noise[2]


def peak_bytes(run: Callable[[], object]) -> int:
    """Return the most memory that a call holds at one time, by torch's profiler; what it returns counts, too."""
    with _PROFILER, profile(activities=[ProfilerActivity.CPU], profile_memory=True) as record:
        result = run()
    del result
    events = [event for event in record.profiler.kineto_results.events() if event.name() == "[memory]"]
    held = most = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        held += event.nbytes()
        most = max(most, held)
    return most


def _rows(
    lengths: Sequence[int],
    variants: Sequence[str],
    sizes: Sizes,
    repeats: int,
    should_stop: Callable[[], bool],
    related: float,
    seed: int,
) -> Iterator[CostRow]:
    for length in lengths:
        if should_stop():
            return
        inputs = random_input(length, sizes.d, related, seed)
        with torch.inference_mode():
            exact = _run_of("fused", inputs, sizes)()
        for variant in variants:
            operations, memory = theory(variant, length, sizes)
            if memory > MOST_NUMBERS:
                yield CostRow(variant, length, None, None, operations, memory, None)
                continue
            measured = _measure(_run_of(variant, inputs, sizes), repeats, should_stop)
            if measured is None:
                return
            seconds, peak, context = measured
            error = relative_error(context, exact) if variant in APPROXIMATIONS else None
            yield CostRow(variant, length, seconds, peak, operations, memory, error)


@torch.inference_mode()
def _measure(
    run: Callable[[], Tensor], repeats: int, should_stop: Callable[[], bool]
) -> tuple[float, int, Tensor] | None:
    """Return seconds, bytes and the context, or None when it was stopped."""
    if should_stop():
        return None
    context = run()
    peak = peak_bytes(run)
    times = []
    for _ in range(repeats):
        if should_stop():
            return None
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times), peak, context


def relative_error(context: Tensor, exact: Tensor) -> float:
    """Return ‖context - exact‖ / ‖exact‖ over all numbers: 0 for equal, 1 when nothing of it was hit."""
    difference = (context.double() - exact.double()).square().mean()
    return float((difference / exact.double().square().mean()).sqrt())


def _run_of(variant: str, inputs: tuple[Tensor, Tensor, Tensor], sizes: Sizes) -> Callable[[], Tensor]:
    """Return the call to be measured; what it learns is made before."""
    if variant in ("local", "strided"):
        if variant == "local":
            return lambda: local_context(*inputs, sizes.window)
        return lambda: strided_context(*inputs, sizes.window, sizes.stride)
    query, key, value = (x[None] for x in inputs)  # (1, n, d)
    if variant == "linear":
        return lambda: linear_attend(query, key, value)[0]
    if variant == "multi_head":
        module = MultiHeadAttention(sizes.d, sizes.heads).eval()
        return lambda: module(query, key, value)[0][0]
    if variant == "fused":
        return lambda: attend(query, key, value, SCALED_DOT, need_weights=False)[0][0]
    layer = AdditiveLayer(sizes.d, sizes.d, sizes.d) if variant == "additive" else None
    return lambda: attend(query, key, value, Mechanism(variant), layer=layer)[0][0]


def _check(lengths: Sequence[int], variants: Sequence[str], sizes: Sizes, repeats: int, related: float) -> None:
    if unknown := [variant for variant in variants if variant not in COST_VARIANTS]:
        raise ValueError(f"variants must be among {', '.join(COST_VARIANTS)}, got {unknown[0]!r}; choose among these")
    if any(not 1 <= length <= LONGEST for length in lengths):
        raise ValueError(f"lengths must be from 1 to {LONGEST:,}, got {list(lengths)}; leave the others out")
    if sizes.d < 1 or sizes.heads < 1 or ("multi_head" in variants and sizes.d % sizes.heads):
        raise ValueError(f"d {sizes.d} cannot be split over {sizes.heads} heads; use a divisor of d")
    if sizes.window < 0 or sizes.stride < 1 or repeats < 1:
        raise ValueError(
            f"wanted a window of 0 or more, a stride and repeats of 1 or more, got {sizes.window}, {sizes.stride} and "
            f"{repeats}; change these"
        )
    if not 0 <= related <= 1:
        raise ValueError(f"related must be a share from 0 to 1, got {related}; use 0 for independent vectors")
