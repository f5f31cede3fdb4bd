from __future__ import annotations

import numpy as np
import pytest

from attention.language.calibration import Calibration, any_of
from attention.language.labels import EMOTIONS, GROUPS, group_labels
from attention.language.scores import calibration_error, sigmoid


def drawn(rows: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Return labels, and logits that are too sure by a factor of two."""
    lots = np.random.default_rng(0)
    logits = lots.normal(-2, 1, (rows, len(EMOTIONS)))
    return (lots.random(logits.shape) < sigmoid(logits)).astype(np.float32), 2 * logits


def test_fitting_makes_probabilities_honest():
    labels, logits = drawn()
    fitted = Calibration.fit(labels, logits)
    plain = calibration_error(labels, Calibration.plain().probabilities(logits))
    assert calibration_error(labels, fitted.probabilities(logits)) < plain / 5
    sentiments = fitted.sentiments(fitted.probabilities(logits))
    assert calibration_error(group_labels(labels), sentiments) < 0.02


def test_any_of_is_the_noisy_or_of_each_group():
    probabilities = np.random.default_rng(1).random((3, 28))
    for g, names in enumerate(GROUPS.values()):
        none = np.prod([1 - probabilities[:, EMOTIONS.index(name)] for name in names], axis=0)
        np.testing.assert_allclose(any_of(probabilities)[:, g], 1 - none)
    assert any_of(np.ones(28)).tolist() == pytest.approx([1, 1, 1, 1])
    assert any_of(np.zeros(28)).tolist() == [0, 0, 0, 0]


def test_json_gives_the_same_calibration_back():
    fitted = Calibration.fit(*drawn(300))
    again = Calibration.from_json(fitted.to_json())
    for name in fitted.__dataclass_fields__:
        np.testing.assert_allclose(getattr(again, name), getattr(fitted, name), atol=1e-6)


def test_incomplete_calibrations_are_refused():
    record = Calibration.plain().to_json()
    with pytest.raises(ValueError, match="thresholds"):
        Calibration.from_json({name: part for name, part in record.items() if name != "thresholds"})
    with pytest.raises(ValueError, match="28 numbers"):
        Calibration.from_json(record | {"scales": [1.0]})


def test_nobody_can_change_a_shared_calibration():
    with pytest.raises(ValueError, match="read-only"):
        Calibration.plain().thresholds[0] = 0.1
