"""The search for the nearest formula that works, among the repairs that problems propose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from attention.formula.errors import Problem, apply_repair

MAX_REPAIRS = 6  # faults that may be mended one after another
MAX_ATTEMPTS = 60  # corrected texts that are checked
MAX_CHARACTERS = 12_000  # that are read in doing so, so that a long text does not take longer
KEPT = 3  # half-mended texts that are mended further, at each stage


@dataclass(frozen=True)
class Remedy:
    """text: the whole formula, mended. met: the faults that were met on the way, the first one included."""

    text: str
    met: tuple[Problem, ...]


def find_remedy(text: str, problem: Problem, attempt: Callable[[str], None]) -> Remedy | None:
    """Return the first mended text that passes, trying one repair, then two, up to `MAX_REPAIRS`.

    attempt: reads and checks a text, and raises Problem. A repair after which no more of the formula is sound than
    before is dropped. What is tried is bounded, so that no text takes long.
    """
    stage = [(text, (problem,))]
    attempts, characters, seen = 0, 0, {text}
    for _ in range(MAX_REPAIRS):
        following: list[tuple[tuple[int, int], int, str, tuple[Problem, ...]]] = []
        for current, met in stage:
            for repair in met[-1].repairs:
                mended = apply_repair(current, repair)
                if mended in seen:
                    continue
                seen.add(mended)
                attempts, characters = attempts + 1, characters + len(mended)
                if attempts > MAX_ATTEMPTS or characters > MAX_CHARACTERS:
                    return None
                try:
                    attempt(mended)
                except Problem as next_problem:
                    if next_problem.remaining < met[-1].remaining:
                        following.append((next_problem.remaining, attempts, mended, (*met, next_problem)))
                else:
                    return Remedy(mended, met)
        stage = [(mended, met) for _, _, mended, met in sorted(following, key=lambda item: item[:2])[:KEPT]]
        if not stage:
            return None
    return None
