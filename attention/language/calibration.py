"""From logits to probabilities and decisions: what is fitted on the dev split and stored with the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention.language.labels import EMOTIONS, GROUP_MEMBERS, GROUPS, group_labels
from attention.language.scores import fit_scale, log_odds, sigmoid, tune_thresholds

TRUST = 1.0  # in the thresholds, see `scores.tune_threshold`


@dataclass(frozen=True, eq=False)
class Calibration:
    """Scales, shifts and thresholds of the 28 labels and the 4 sentiment groups, in the order of EMOTIONS and GROUPS.

    scales, shifts: (28,), probability = σ(scale · logit + shift). thresholds: (28,) between 0 and 1.
    group_scales, group_shifts, group_thresholds: (4,), the same for the groups, from the log-odds of `any_of`.
    """

    scales: np.ndarray
    shifts: np.ndarray
    thresholds: np.ndarray
    group_scales: np.ndarray
    group_shifts: np.ndarray
    group_thresholds: np.ndarray

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            values = np.array(getattr(self, name), dtype=np.float64)
            wanted = len(GROUPS) if name.startswith("group_") else len(EMOTIONS)
            if values.shape != (wanted,):
                raise ValueError(f"{name} must hold {wanted} numbers, got shape {values.shape}; fit it anew")
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    @classmethod
    def plain(cls) -> Calibration:
        """Return the calibration that changes nothing: scale 1, shift 0, thresholds one half."""
        labels, groups = np.ones(len(EMOTIONS)), np.ones(len(GROUPS))
        return cls(labels, 0 * labels, 0.5 * labels, groups, 0 * groups, 0.5 * groups)

    @classmethod
    def fit(cls, labels: np.ndarray, logits: np.ndarray, trust: float = TRUST) -> Calibration:
        """Fit all of it on one split: labels (n, 28) zeros and ones, logits (n, 28)."""
        scales, shifts = _fit_scales(labels, logits)
        probabilities = sigmoid(logits * scales + shifts)
        groups, group_logits = group_labels(labels), log_odds(any_of(probabilities))
        group_scales, group_shifts = _fit_scales(groups, group_logits)
        return cls(
            scales,
            shifts,
            tune_thresholds(labels, probabilities, trust),
            group_scales,
            group_shifts,
            tune_thresholds(groups, sigmoid(group_logits * group_scales + group_shifts), trust),
        )

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return the calibrated probabilities of logits (…, 28)."""
        return sigmoid(np.asarray(logits, dtype=np.float64) * self.scales + self.shifts)

    def sentiments(self, probabilities: np.ndarray) -> np.ndarray:
        """Return the calibrated probability that a group has any of its labels: (…, 28) to (…, 4)."""
        return sigmoid(log_odds(any_of(probabilities)) * self.group_scales + self.group_shifts)

    def to_json(self) -> dict[str, list[float]]:
        """Return plain lists; `from_json` gives the same calibration back."""
        return {name: [round(float(v), 6) for v in getattr(self, name)] for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, record: dict) -> Calibration:
        """Read what `to_json` wrote. Raises ValueError when a part is missing or has another length."""
        if missing := set(cls.__dataclass_fields__) - set(record):
            raise ValueError(f"the calibration lacks {', '.join(sorted(missing))}; release the model anew")
        return cls(**{name: np.array(record[name]) for name in cls.__dataclass_fields__})


def any_of(probabilities: np.ndarray) -> np.ndarray:
    """Return the probability of at least one label of each group if labels were independent: (…, 28) to (…, 4).

    p(group) = 1 - Π (1 - p(label)) over the group's labels

    The labels of one comment exclude each other more often than not, so this is too low; the fitted scale mends that.
    """
    p = np.clip(np.asarray(probabilities, dtype=np.float64), 0.0, 1 - 1e-9)
    none = [np.log1p(-p[..., list(members)]).sum(axis=-1) for members in GROUP_MEMBERS]
    return -np.expm1(np.stack(none, axis=-1))


def _fit_scales(labels: np.ndarray, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    pairs = [fit_scale(labels[:, j], logits[:, j]) for j in range(labels.shape[1])]
    return np.array([scale for scale, _ in pairs]), np.array([shift for _, shift in pairs])
