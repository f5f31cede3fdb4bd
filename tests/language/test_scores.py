from __future__ import annotations

import numpy as np
import pytest

from attention.language.scores import (
    average_precision,
    bootstrap_difference,
    calibration_error,
    cross_validated_f1,
    f1_scores,
    fit_scale,
    log_odds,
    macro_f1,
    mean_calibration_error,
    sigmoid,
    tune_threshold,
)


def drawn(rows: int = 300, labels: int = 5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and probabilities that know something of them, with ties."""
    lots = np.random.default_rng(seed)
    probabilities = np.round(lots.beta(0.6, 2, (rows, labels)), 2)
    return (lots.random((rows, labels)) < probabilities).astype(np.float32), probabilities


def test_f1_agrees_with_scikit_learn():
    from sklearn import metrics

    labels, probabilities = drawn()
    labels[:, 3] = 0  # a label that is never given
    chosen = probabilities > 0.3
    chosen[:, 3] = False
    wanted = metrics.f1_score(labels, chosen, average=None, zero_division=0)
    np.testing.assert_allclose(f1_scores(labels, chosen), wanted)
    assert macro_f1(labels, chosen) == pytest.approx(wanted.mean())


def test_average_precision_agrees_with_scikit_learn():
    from sklearn import metrics

    labels, probabilities = drawn()
    for j in range(labels.shape[1]):
        wanted = metrics.average_precision_score(labels[:, j], probabilities[:, j])
        assert average_precision(labels[:, j], probabilities[:, j]) == pytest.approx(wanted)


def test_calibration_error_is_that_of_the_slow_loop():
    labels, probabilities = drawn()
    true, predicted, error = labels.ravel(), probabilities.ravel(), 0.0
    for b in range(15):
        inside = [i for i, p in enumerate(predicted) if b / 15 <= p < (b + 1) / 15 or (b == 14 and p == 1)]
        if inside:
            error += abs(true[inside].mean() - predicted[inside].mean()) * len(inside) / len(true)
    assert calibration_error(labels, probabilities) == pytest.approx(error)
    assert calibration_error(np.array([1, 0]), np.array([1.0, 0.0])) == 0
    assert calibration_error(np.array([0, 0]), np.array([1.0, 1.0])) == 1


def test_errors_of_labels_that_make_up_for_each_other_stay_errors():
    labels, probabilities = np.array([[1, 0], [0, 0], [1, 0], [0, 0]]), np.full((4, 2), 0.25)
    assert calibration_error(labels, probabilities) == 0
    assert mean_calibration_error(labels, probabilities) == pytest.approx(0.25)
    with pytest.raises(ValueError, match="shape"):
        mean_calibration_error(labels, probabilities[:2])


def test_the_threshold_is_the_best_of_all():
    labels, probabilities = drawn()
    for j in range(labels.shape[1]):
        found = tune_threshold(labels[:, j], probabilities[:, j])
        tried = [f1_scores(labels[:, [j]], probabilities[:, [j]] >= t)[0] for t in np.linspace(0, 1.01, 203)]
        assert f1_scores(labels[:, [j]], probabilities[:, [j]] >= found)[0] == pytest.approx(max(tried))


def test_trust_alone_gives_the_threshold_of_the_expected_f1():
    probabilities = np.array([0.9, 0.8, 0.3, 0.2, 0.1])
    expected = [2 * probabilities[: k + 1].sum() / (k + 1 + probabilities.sum()) for k in range(5)]
    best = int(np.argmax(expected))
    found = tune_threshold(np.array([0, 0, 0, 0, 1.0]), probabilities, trust=1e9)
    assert (probabilities >= found).sum() == best + 1


def test_tuning_on_itself_promises_more_than_on_the_other_half():
    lots = np.random.default_rng(1)
    labels, noise = (lots.random((200, 6)) < 0.1).astype(float), lots.random((200, 6))
    own = np.array([tune_threshold(labels[:, j], noise[:, j]) for j in range(6)])
    assert cross_validated_f1(labels, noise) < macro_f1(labels, noise >= own)


def test_the_bootstrap_is_that_of_the_slow_loop():
    labels, probabilities = drawn(rows=120)
    first, second = probabilities > 0.3, probabilities > 0.6
    value, low, high = bootstrap_difference(labels, first, second, draws=400)
    assert value == pytest.approx(macro_f1(labels, first) - macro_f1(labels, second))
    lots, found = np.random.default_rng(7), []
    for _ in range(400):
        rows = lots.integers(0, 120, 120)
        found.append(macro_f1(labels[rows], first[rows]) - macro_f1(labels[rows], second[rows]))
    np.testing.assert_allclose([low, high], np.quantile(found, [0.025, 0.975]), atol=0.03)
    assert bootstrap_difference(labels, first, first) == (0, 0, 0)


def test_scale_and_shift_are_found_again():
    lots = np.random.default_rng(2)
    logits = lots.normal(size=40_000)
    labels = (lots.random(40_000) < sigmoid(0.5 * logits - 2)).astype(float)
    scale, shift = fit_scale(labels, logits)
    assert scale == pytest.approx(0.5, abs=0.05)
    assert shift == pytest.approx(-2, abs=0.05)


def test_scale_agrees_with_scikit_learn():
    from sklearn import linear_model as linear

    labels, probabilities = drawn(rows=2000, labels=1, seed=3)
    logits = log_odds(np.clip(probabilities[:, 0], 0.01, 0.99))
    other = linear.LogisticRegression(C=1e6).fit(logits[:, None], labels[:, 0])
    scale, shift = fit_scale(labels[:, 0], logits, strength=1e-6)
    assert scale == pytest.approx(other.coef_[0, 0], abs=1e-3)
    assert shift == pytest.approx(other.intercept_[0], abs=1e-3)


def test_a_label_without_examples_keeps_finite_numbers():
    scale, shift = fit_scale(np.zeros(500), np.linspace(-9, 3, 500))
    assert np.isfinite([scale, shift]).all()
    assert sigmoid(scale * 0 + shift) < 0.5
    assert fit_scale(np.ones(4), np.full(4, 900.0))[0] == pytest.approx(1, abs=0.1)


def test_log_odds_undo_the_sigmoid():
    values = np.array([-900.0, -3, 0, 3, 900])
    np.testing.assert_allclose(log_odds(sigmoid(values))[1:4], values[1:4])
    assert sigmoid(values).tolist()[::4] == [0, 1]


def test_sizes_that_differ_are_refused():
    with pytest.raises(ValueError, match="shape"):
        f1_scores(np.zeros((3, 2)), np.zeros((3, 5)))
