"""A tiny untrained finder: every law holds for it, whatever it has learnt."""

from __future__ import annotations

import pytest
import torch

from attention.vision import evaluation
from attention.vision.finder import DigitFinder
from attention.vision.model import build_model

SMALL = {"d_model": 16, "heads": 2, "layers": 2, "feed": 16, "stem": 8, "fine": 8}


def toy_finder(architecture: str = "attention", seed: int = 0) -> DigitFinder:
    torch.manual_seed(seed)
    model = build_model({**SMALL, "architecture": architecture}).requires_grad_(False)
    return DigitFinder(model, {"task": "digits", "thresholds": [0.4] * 10}, name="toy")


@pytest.fixture(scope="module", autouse=True)
def few_together():
    """Draw few scenes at a time, for the tests' patience."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "TOGETHER", 4)
        yield
