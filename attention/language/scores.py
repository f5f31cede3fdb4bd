"""How good predictions of labels are: F1, calibration error, and the thresholds and scales chosen on a dev split."""

from __future__ import annotations

import numpy as np

BINS = 15  # of the calibration error


def f1_scores(labels: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the F1 of every label, 0 … 1; 0 for a label that is neither given nor chosen anywhere.

    F1 = 2 · both / (given + chosen)

    labels, chosen: (n, labels), zeros and ones or booleans.
    """
    given, taken = np.asarray(labels) > 0, np.asarray(chosen) > 0
    _check_alike(given, taken)
    both = (given & taken).sum(axis=0)
    return 2 * both / np.maximum(1, given.sum(axis=0) + taken.sum(axis=0))


def macro_f1(labels: np.ndarray, chosen: np.ndarray) -> float:
    """Return the plain mean of the labels' F1: a rare label counts as much as a common one."""
    return float(f1_scores(labels, chosen).mean())


def average_precision(labels: np.ndarray, values: np.ndarray) -> float:
    """Return the mean precision at the places of the true ones, best value first; 0 … 1, no threshold needed.

    labels: (n,) zeros and ones; values: (n,). Equal values count as one place, as in scikit-learn.
    """
    order = np.argsort(-values, kind="stable")
    true = np.cumsum(labels[order] > 0)
    last_of_equals = np.append(values[order][1:] != values[order][:-1], True)
    found, places = true[last_of_equals], np.arange(1, len(values) + 1)[last_of_equals]
    gained = np.diff(found, prepend=0)
    return float((gained * found / places).sum() / max(1, found[-1]))


def calibration_error(labels: np.ndarray, probabilities: np.ndarray, bins: int = BINS) -> float:
    """Return the expected calibration error, 0 … 1: how far probabilities are from frequencies, on average.

    ECE = Σ_b (n_b / n) · |share of true ones in bin b - mean probability in bin b|      Guo et al. 2017, section 2

    labels, probabilities: of one shape, counted together; bins: of equal width from 0 to 1.
    """
    true, predicted = np.asarray(labels, dtype=np.float64).ravel(), np.asarray(probabilities, np.float64).ravel()
    _check_alike(true, predicted)
    places = np.minimum((predicted * bins).astype(int), bins - 1)
    sizes = np.bincount(places, minlength=bins)
    gaps = np.bincount(places, true, bins) - np.bincount(places, predicted, bins)
    return float(np.abs(gaps).sum() / max(1, sizes.sum()))


def mean_calibration_error(labels: np.ndarray, probabilities: np.ndarray, bins: int = BINS) -> float:
    """Return the mean of the labels' own calibration errors, 0 … 1; never below that of all labels together.

    Nixon et al. 2019 call it static calibration error. labels, probabilities: (n, labels).
    """
    _check_alike(labels, probabilities)
    errors = [calibration_error(labels[:, j], probabilities[:, j], bins) for j in range(labels.shape[1])]
    return float(np.mean(errors))


def tune_threshold(labels: np.ndarray, probabilities: np.ndarray, trust: float = 0.0) -> float:
    """Return the threshold with the best F1 for one label: chosen is what is at or above it.

    trust: how much the probabilities' own forecast counts beside the labels found. A rare label has a dozen true
    comments in the split, and the best threshold for just those is partly luck; calibrated probabilities say how many
    true ones to expect above each threshold, so each comment counts as (label + trust · probability) / (1 + trust).
    labels: (n,) zeros and ones; probabilities: (n,), calibrated when trust is above 0. The threshold lies half way
    between two probabilities, the highest of equally good ones.
    """
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    mass = (labels[order] + trust * ranked) / (1 + trust)
    f1 = 2 * np.cumsum(mass) / (np.arange(1, len(ranked) + 1) + mass.sum())
    last_of_equals = np.append(ranked[1:] != ranked[:-1], True)
    best = int(np.argmax(np.where(last_of_equals, f1, -1.0)))
    following = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return float((ranked[best] + following) / 2)


def tune_thresholds(labels: np.ndarray, probabilities: np.ndarray, trust: float = 0.0) -> np.ndarray:
    """Return `tune_threshold` of every column, (labels,)."""
    _check_alike(labels, probabilities)
    columns = range(labels.shape[1])
    return np.array([tune_threshold(labels[:, j], probabilities[:, j], trust) for j in columns])


def cross_validated_f1(labels: np.ndarray, probabilities: np.ndarray, trust: float = 0.0, repeats: int = 10) -> float:
    """Return the macro-F1 of thresholds tuned on one half and scored on the other; the mean over random halves.

    What tuning promises on its own split is too good; this is not.
    """
    found = []
    for seed in range(repeats):
        mixed = np.random.default_rng(seed).permutation(len(labels))
        halves = mixed[::2], mixed[1::2]
        for tuned, scored in (halves, halves[::-1]):
            thresholds = tune_thresholds(labels[tuned], probabilities[tuned], trust)
            found.append(macro_f1(labels[scored], probabilities[scored] >= thresholds))
    return float(np.mean(found))


def bootstrap_difference(
    labels: np.ndarray, first: np.ndarray, second: np.ndarray, draws: int = 1000, seed: int = 0
) -> tuple[float, float, float]:
    """Return by how much the first macro-F1 is above the second, and the 95 % interval of that: (value, low, high).

    Paired bootstrap over the rows (Efron & Tibshirani 1993): the comments are drawn anew with replacement, both
    predictions are scored on the same draw. labels, first, second: (n, labels), zeros and ones or booleans.
    """
    given, one, other = (np.asarray(table) > 0 for table in (labels, first, second))
    _check_alike(given, one)
    _check_alike(given, other)
    lots = np.random.default_rng(seed)
    times = lots.multinomial(len(given), np.full(len(given), 1 / len(given)), size=draws).astype(np.float32)

    def drawn_f1(chosen: np.ndarray) -> np.ndarray:
        both, either = times @ (given & chosen), times @ (given.astype(np.float32) + chosen)
        return (2 * both / np.maximum(1, either)).mean(axis=1)

    low, high = np.quantile(drawn_f1(one) - drawn_f1(other), [0.025, 0.975])
    return macro_f1(given, one) - macro_f1(given, other), float(low), float(high)


def fit_scale(labels: np.ndarray, logits: np.ndarray, strength: float = 2.0) -> tuple[float, float]:
    """Return the scale and shift that turn the logits of one label into calibrated ones.

    p = σ(scale · logit + shift)      Platt 1999, by maximum likelihood

    labels: (n,) zeros and ones; logits: (n,). strength: pulls towards (1, 0) as a Gaussian prior of that precision
    on the scale, a tenth of it on the shift; a label with few examples stays near its logits.
    """
    true, z = labels.astype(np.float64), logits.astype(np.float64)
    point, rest = np.array([1.0, 0.0]), np.array([1.0, 0.0])
    pull = np.array([strength, strength / 10])
    features = np.stack([z, np.ones_like(z)], axis=1)  # (n, 2)
    loss = _scale_loss(point, features, true, rest, pull)
    for _ in range(100):
        p = sigmoid(features @ point)
        gradient = features.T @ (p - true) + pull * (point - rest)
        curvature = (features * (p * (1 - p))[:, None]).T @ features + np.diag(pull)
        step = np.linalg.solve(curvature, gradient)
        while (new := _scale_loss(point - step, features, true, rest, pull)) > loss and np.abs(step).max() > 1e-10:
            step = step / 2
        point, loss = point - step, new
        if np.abs(step).max() < 1e-8:
            break
    return float(point[0]), float(point[1])


def sigmoid(values: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-value)) without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(values, dtype=np.float64)))


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    """Return log(p / (1 - p)), with p kept 1e-7 away from 0 and 1."""
    p = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-7, 1 - 1e-7)
    return np.log(p) - np.log1p(-p)


def _scale_loss(point: np.ndarray, features: np.ndarray, true: np.ndarray, rest: np.ndarray, pull: np.ndarray) -> float:
    z = features @ point
    return float((np.logaddexp(0, z) - true * z).sum() + 0.5 * (pull * (point - rest) ** 2).sum())


def _check_alike(first: np.ndarray, second: np.ndarray) -> None:
    if first.shape != second.shape:
        raise ValueError(f"labels have shape {first.shape}, predictions {second.shape}; give one for each")
