import math

import pytest
import torch

from attention.mechanisms import Mechanism
from attention.translation.translator import Translator
from attention.translation.tuning import (
    TUNING_PAIRS,
    Scorer,
    TuningRow,
    best_row,
    golden_section,
    tune_at_random,
    tune_by_grid,
    tune_by_search,
    tuning_pairs,
)
from tests.translation.toy import untrained_checkpoint


@pytest.fixture(scope="module", params=[("recurrent", "en-fr"), ("transformer", "en-fr"), ("transformer", "en-zh")])
def translator(request, tmp_path_factory):
    return Translator.load(untrained_checkpoint(tmp_path_factory.mktemp("model") / "one", *request.param))


@pytest.fixture(scope="module")
def scorer(translator):
    return Scorer(translator)


def mean_by_force(translator, mechanism=None):
    answers = [translator.force(source, target, mechanism) for source, target in tuning_pairs(translator)]
    return sum(a.log_probability for a in answers) / sum(len(a.target_pieces) for a in answers)


def test_score_is_the_mean_over_the_pieces_of_all_translations(translator, scorer):
    assert scorer.log_probability() == pytest.approx(mean_by_force(translator), abs=1e-5)


def test_temperature_and_normaliser_reach_the_model(translator, scorer):
    score = translator.model.mechanism.score
    row = scorer.row(0.4, "sparsemax")
    assert row[:2] == (0.4, "sparsemax")
    expected = mean_by_force(translator, Mechanism(score, "sparsemax", temperature=0.4))
    assert row.log_probability == pytest.approx(expected, abs=1e-5)
    assert row.log_probability != pytest.approx(scorer.row(5.0, "softmax").log_probability, abs=1e-9)


def test_the_models_own_attention_is_temperature_one(scorer):
    assert scorer.row(1.0).log_probability == pytest.approx(scorer.log_probability(), abs=1e-6)


def test_grid_tries_each_temperature_in_order(scorer):
    rows = tune_by_grid(scorer, (2.0, 0.5), "entmax15")
    assert [row[:2] for row in rows] == [(2.0, "entmax15"), (0.5, "entmax15")]


def test_search_stays_in_its_range_and_counts_its_steps(scorer):
    rows = tune_by_search(scorer, low=0.2, high=3.0, steps=7)
    assert len(rows) == 7
    assert all(0.2 < row.temperature < 3.0 for row in rows)
    assert len({row.temperature for row in rows}) == 7


def test_random_search_is_the_same_for_the_same_seed(scorer):
    rows = tune_at_random(scorer, steps=5, seed=2)
    assert rows == tune_at_random(scorer, steps=5, seed=2)
    assert rows != tune_at_random(scorer, steps=5, seed=3)
    assert all(0.1 <= row.temperature <= 5 for row in rows)


@pytest.mark.parametrize("peak", [-1.7, 0.0, 0.3, 1.9])
def test_golden_section_closes_in_on_the_peak(peak):
    asked = []

    def score(x):
        asked.append(x)
        return -abs(x - peak)

    low, high = golden_section(score, -2.0, 2.0, steps=12)
    assert len(asked) == 12
    assert low <= peak <= high
    assert high - low == pytest.approx(4.0 * ((math.sqrt(5) - 1) / 2) ** 12 / ((math.sqrt(5) - 1) / 2), rel=1e-6)


def test_best_is_the_likeliest_and_the_first_of_equals():
    rows = [TuningRow(1.0, "softmax", -2.0), TuningRow(2.0, "softmax", -1.0), TuningRow(3.0, "softmax", -1.0)]
    assert best_row(rows).temperature == 2.0
    with pytest.raises(ValueError, match="none is best"):
        best_row([])


def test_own_pairs_and_the_models_language(translator):
    pairs = [("The cat sleeps.", "Le chat dort.")]
    assert Scorer(translator, pairs).log_probability() != pytest.approx(Scorer(translator).log_probability())
    with pytest.raises(ValueError, match="no sentence pair"):
        Scorer(translator, [])


def test_a_pair_of_languages_without_sentences_is_refused(translator, monkeypatch):
    monkeypatch.delitem(TUNING_PAIRS, translator.pair)
    with pytest.raises(ValueError, match="give your own"):
        tuning_pairs(translator)


@pytest.mark.parametrize(("low", "high", "steps"), [(0, 1, 5), (2, 1, 5), (1, 2, 1)])
def test_a_search_without_room_is_refused(scorer, low, high, steps):
    with pytest.raises(ValueError, match="lowest temperature above 0"):
        tune_by_search(scorer, low=low, high=high, steps=steps)


def test_the_model_is_left_without_gradients(translator, scorer):
    tune_by_grid(scorer, (0.5,))
    assert all(parameter.grad is None for parameter in translator.model.parameters())
    assert isinstance(scorer.log_probability(), float)
    assert not torch.is_inference_mode_enabled()
