"""Our attention against torch's own, side by side: python -m tests.benchmarks.bench_mechanisms

Every call handles the same 2,048 positions, as sequences of 64 to 2,048; width 256, 4 heads, float32, one thread.
Ours and the rival take turns, ours first in one pair and second in the next, so that whatever else the machine does
hits both alike; timed is the processor's time for this process, which waiting for a busy core does not lengthen. A
number is the median over pairs of our time divided by the rival's: below 1, ours is faster.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F

from attention.mechanisms import MultiHeadAttention, attend

POSITIONS = 2048  # positions in one call, over all its sequences
LENGTHS = (64, 128, 256, 512, 1024, 2048)
D_MODEL, HEADS = 256, 4
HEAD_DIM = D_MODEL // HEADS
WARM_UP_PAIRS = 1
FEWEST_PAIRS = 5
Run = Callable[[], object]
Case = Callable[[int], tuple[Run, Run]]


def bare_attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Attention in three lines, without mask, checks or choices."""
    scores = (query * HEAD_DIM**-0.5) @ key.mT
    weights = torch.softmax(scores, dim=-1)
    return weights @ value, weights


def attend_with_weights(length: int) -> tuple[Run, Run]:
    q, k, v = _heads(length)
    return _without_gradient(lambda: attend(q, k, v), lambda: bare_attention(q, k, v))


def attend_without_weights(length: int) -> tuple[Run, Run]:
    q, k, v = _heads(length)
    return _without_gradient(
        lambda: attend(q, k, v, need_weights=False), lambda: F.scaled_dot_product_attention(q, k, v)
    )


def module_reading(need_weights: bool) -> Case:
    def case(length: int) -> tuple[Run, Run]:
        ours, theirs, x = _modules(length)
        ours.eval()
        theirs.eval()
        return _without_gradient(
            lambda: ours(x, x, x, need_weights=need_weights),
            lambda: theirs(x, x, x, need_weights=need_weights, average_attn_weights=False),
        )

    return case


def module_learning(need_weights: bool) -> Case:
    def case(length: int) -> tuple[Run, Run]:
        ours, theirs, x = _modules(length)
        slope = torch.randn_like(x)

        def train_ours() -> None:
            ours.zero_grad()
            ours(x, x, x, need_weights=need_weights)[0].backward(slope)

        def train_theirs() -> None:
            theirs.zero_grad()
            theirs(x, x, x, need_weights=need_weights, average_attn_weights=False)[0].backward(slope)

        return train_ours, train_theirs

    return case


CASES: dict[str, tuple[Case, str]] = {
    "attend, weights / bare matmul-softmax-matmul": (attend_with_weights, "1.05"),
    "attend, no weights / fused kernel": (attend_without_weights, "1.05"),
    "module, weights / nn.MultiheadAttention, eval": (module_reading(True), "1.00"),
    "module, no weights / nn.MultiheadAttention, eval": (module_reading(False), "1.00"),
    "module, weights / nn.MultiheadAttention, train": (module_learning(True), "1.00"),
    "module, no weights / nn.MultiheadAttention, train": (module_learning(False), "1.00"),
}


def ratio(ours: Run, theirs: Run, seconds: float) -> float:
    """Return the median over pairs of our time divided by theirs, after a warm-up."""
    for _ in range(WARM_UP_PAIRS):
        ours()
        theirs()
    ratios, end = [], time.process_time() + seconds
    while len(ratios) < FEWEST_PAIRS or time.process_time() < end:
        if len(ratios) % 2:
            their_time, our_time = _time(theirs), _time(ours)
        else:
            our_time, their_time = _time(ours), _time(theirs)
        ratios.append(our_time / their_time)
    return statistics.median(ratios)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.2, help="of processor time for each number, about")
    seconds = parser.parse_args().seconds
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print(f"torch {torch.__version__}, one thread, {POSITIONS} positions a call; processor time, ours / theirs")
    print(f"{'length':<51}" + "".join(f"{length:>7}" for length in LENGTHS) + "    all    aim")
    for title, (case, aim) in CASES.items():
        found = [ratio(*case(length), seconds) for length in LENGTHS]
        numbers = "".join(f"{number:7.2f}" for number in [*found, statistics.geometric_mean(found)])
        print(f"{title:<51}{numbers}  ≤ {aim}", flush=True)


def _heads(length: int) -> list[torch.Tensor]:
    return [torch.randn(POSITIONS // length, HEADS, length, HEAD_DIM) for _ in range(3)]


def _modules(length: int) -> tuple[MultiHeadAttention, nn.MultiheadAttention, torch.Tensor]:
    theirs = nn.MultiheadAttention(D_MODEL, HEADS, batch_first=True)
    return MultiHeadAttention(D_MODEL, HEADS), theirs, torch.randn(POSITIONS // length, length, D_MODEL)


def _without_gradient(*runs: Run) -> tuple[Run, ...]:
    return tuple(torch.no_grad()(run) for run in runs)


def _time(run: Run) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


if __name__ == "__main__":
    main()
