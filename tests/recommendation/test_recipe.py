import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from attention.recommendation import recipe
from attention.recommendation.data import DataError
from attention.recommendation.model import build_model, config_dict
from attention.recommendation.recipe import RecommendationTask, factors, train_recommendation
from attention.recommendation.recommender import BookRecommender
from attention.recommendation.scoring import load_state_model
from attention.recommendation.windows import draw_contest, epoch_windows
from attention.training.loop import Run, train
from tests.recommendation.conftest import QUICK, SMALL

ARCHITECTURES = ("candidates", "gru", "sasrec")


class Killed(Exception):
    """The process ends in the middle of an epoch."""


def task_of(corpus, **changes):
    return RecommendationTask(corpus, replace(SMALL, **changes), QUICK)


@pytest.mark.parametrize("model", ARCHITECTURES)
def test_loss_falls_in_a_few_steps(corpus, model):
    task = task_of(corpus, model=model, dropout=0.0, book_dropout=0.0, focus=0.0)
    torch.manual_seed(1)
    network = task.first_model()
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
    losses = []
    for epoch in range(6):
        for batch in task.batches(epoch):
            summed, count = task.loss(network, batch)
            optimiser.zero_grad()
            (summed / count).backward()
            optimiser.step()
            losses.append((summed / count).item())
    assert np.mean(losses[-8:]) < 0.8 * np.mean(losses[:8])


@pytest.mark.parametrize("model", ["candidates", "gru"])
def test_a_killed_run_goes_on_where_it_stopped(corpus, tmp_path, model):
    """Steps and results after a restart are those of a run that was never killed."""

    class Counted(RecommendationTask):
        """Ends with a kill after so many losses."""

        left = 10**9

        def loss(self, network, batch):
            if self.left == 0:
                raise Killed
            self.left -= 1
            return super().loss(network, batch)

    settings = replace(SMALL, model=model)
    steps = 14
    run = replace(QUICK, max_minutes=60.0, save_minutes=0.0, validate_minutes=60.0)

    def after(folder, kills):
        for left in kills:
            torch.manual_seed(1)
            task = Counted(corpus, settings, run)
            task.left = left
            with pytest.raises(Killed):
                train(task.first_model(), task, run, folder)
        resumed = Run(task.first_model(), task, run, folder)
        resumed.resume()
        return resumed

    whole, parts = after(tmp_path / "whole", [steps]), after(tmp_path / "parts", [5, steps - 5])
    assert whole.step == parts.step == steps
    for name, value in whole.plain.state_dict().items():
        assert torch.allclose(value, parts.plain.state_dict()[name], atol=1e-5), name


@pytest.fixture(scope="module")
def runs(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    for model in ARCHITECTURES:
        train_recommendation(world, replace(SMALL, model=model), QUICK, folder / model)
    return folder


def test_a_run_leaves_a_recommender_that_finds_the_next_book(runs):
    recommender = BookRecommender.load(runs / "candidates" / "best")
    assert [item.book.id for item in recommender.recommend([13, 14, 7, 8]).items[:1]] == [9]
    assert recommender.config["training"]["focus"] == SMALL.focus
    row = recommender.config["log"][-1]
    assert 0 <= row["valid_hr"] <= 100
    assert 0 <= row["score"] <= row["valid_hr"]
    assert row["valid_loss"] > 0


@pytest.mark.parametrize("model", ["gru", "sasrec"])
def test_a_run_leaves_a_model_to_compare_with(runs, corpus, model):
    found = load_state_model(runs / model / "best", corpus.items)
    assert build_model(config_dict(found)).config == found.config
    with pytest.raises(ValueError, match="knows 24 books, the data 25"):
        load_state_model(runs / model / "best", 25)
    with pytest.raises(ValueError, match="not a checkpoint of the recommender"):
        BookRecommender.load(runs / model / "best")


def test_a_folder_with_other_settings_is_refused(world, runs):
    with pytest.raises(ValueError, match="other settings"):
        train_recommendation(world, replace(SMALL, focus=0.1), QUICK, runs / "candidates")


@pytest.mark.parametrize("wrong", [{"model": "oracle"}, {"start": "well"}])
def test_unknown_names_are_refused(world, tmp_path, wrong):
    with pytest.raises(ValueError, match="is not known; use one of"):
        train_recommendation(world, replace(SMALL, **wrong), QUICK, tmp_path)
    assert not list(tmp_path.iterdir())


def test_data_that_is_missing_leaves_no_run(tmp_path):
    with pytest.raises(DataError):
        train_recommendation(tmp_path / "nowhere", SMALL, QUICK, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_settings_are_written_down(runs):
    record = json.loads((runs / "gru" / "settings.json").read_text())
    assert recipe.RecommendationSettings(**record) == replace(SMALL, model="gru")


@pytest.mark.parametrize("config", [{"architecture": "oracle"}, {"architecture": "gru", "items": 3, "colour": 1}])
def test_unknown_configs_are_refused(config):
    with pytest.raises(ValueError, match=r"not known|no size called"):
        build_model(config)


def test_read_books_do_not_compete_and_the_loss_is_that_of_the_rest(corpus):
    """The loss of one window, counted anew with a loop over its places."""
    task = task_of(corpus, model="gru", focus=0.0, dropout=0.0)
    torch.manual_seed(2)
    model = task.first_model()
    (window, *_) = task.batches(0)[0]
    found, count = task.loss(model, [window])
    history = task.histories[window.reader].tolist()
    states = model.states(window.books[None, :-1])[0]
    expected = 0.0
    for place, target in enumerate(window.books[1:].tolist()):
        scores = model.offered @ states[place] + model.bias
        scores[history[: window.start + place + 1]] = -torch.inf
        expected -= scores.log_softmax(dim=0)[target].item()
    assert count.item() == len(window.books) - 1
    assert found.item() == pytest.approx(expected, rel=1e-4)


def test_focus_is_the_generalised_cross_entropy(corpus):
    values = {}
    for q in (0.0, 1e-4, 0.5, 1.0):
        task = task_of(corpus, model="gru", focus=q, dropout=0.0)
        torch.manual_seed(2)
        values[q] = task.loss(task.first_model(), task.batches(0)[0])[0].item()
    assert values[1e-4] == pytest.approx(values[0.0], rel=1e-2)
    assert values[1.0] < values[0.5] < values[0.0]


def test_windows_are_stretches_of_every_list_and_change_with_the_seed(corpus):
    found = epoch_windows(corpus.histories, window=6, batch=7, seed=1)
    windows = [window for batch in found for window in batch]
    assert sorted(window.reader for window in windows) == list(range(len(corpus.histories)))
    assert all(len(batch) <= 7 for batch in found)
    for window in windows:
        history = corpus.histories[window.reader]
        assert window.books.tolist() == history[window.start : window.start + 7].tolist()
    again, other = (epoch_windows(corpus.histories, 6, 7, seed) for seed in (1, 2))
    assert [w.start for b in again for w in b] == [w.start for w in windows]
    assert [w.start for b in other for w in b] != [w.start for w in windows]


def test_a_contest_holds_all_targets_and_its_odds_are_the_chance_to_be_drawn():
    shares = torch.tensor([0.5, 0.3, 0.2, 0.0, 0.0])
    targets = torch.tensor([1, 1, 0])
    torch.manual_seed(3)
    seen, draws = torch.zeros(5), 4000
    for _ in range(draws):
        drawn = torch.multinomial(shares, 3, replacement=True)
        contest = draw_contest(drawn, shares, 2)
        assert set(drawn.tolist()) <= set(contest.books.tolist())
        assert torch.equal(contest.place[contest.books], torch.arange(len(contest.books)))
        seen[contest.books] += 1
    whole = draw_contest(targets, shares, 0)
    assert whole.books.tolist() == list(range(5))
    assert not whole.log_odds.any()
    expected = 1 - (1 - shares) ** 3 * 0.8**2
    assert torch.allclose(seen / draws, expected, atol=0.03)
    one = draw_contest(targets, shares, 2)
    assert torch.allclose(one.log_odds.exp(), expected[one.books], atol=1e-6)


def test_factors_are_the_best_of_their_rank(corpus, task):
    read, offered = factors(task.counts, 24, seed=1)
    assert torch.allclose(read @ offered.T, task.counts.near(), atol=1e-3)
    read, offered = factors(task.counts, 30, seed=1)
    assert read.shape == offered.shape == (corpus.items, 30)


def test_validation_is_an_independent_count_away(corpus, task):
    torch.manual_seed(1)
    model = task.first_model().eval()
    scorer, places = task.scorer(model), []
    for case in corpus.cases("valid", SMALL.valid_every):
        scores = scorer(case.history)
        scores[case.history] = -np.inf
        places.append(int((scores > scores[case.target]).sum()))
    found = task.validate(model)
    assert found["valid_hr"] == pytest.approx(100 * np.mean([place < 10 for place in places]))
    expected = 100 * np.mean([1 / np.log2(place + 2) if place < 10 else 0 for place in places])
    assert found["score"] == pytest.approx(expected)


def test_scores_after_nothing_are_the_shares_of_the_books(task):
    scores = task.scorer(task.first_model())(np.array([], dtype=np.int64))
    assert np.exp(scores).sum() == pytest.approx(1)


def test_windows_without_pairs_are_told_by_the_vectors_alone(corpus):
    found = {}
    for share in (0.0, 1.0):
        task = task_of(corpus, pair_dropout=share, dropout=0.0, book_dropout=0.0)
        torch.manual_seed(4)
        model = task.first_model()
        summed, _ = task.loss(model, task.batches(0)[0])
        summed.backward()
        found[share] = model.pair_values.grad.abs().sum().item(), model.read.grad.abs().sum().item()
    assert found[0.0][0] > 0
    assert found[1.0][0] == 0
    assert found[1.0][1] > 0


def test_a_gru_starts_with_vectors_of_length_one(corpus):
    model = task_of(corpus, model="gru", start="neighbours").first_model()
    for table in (model.read, model.offered):
        assert table.norm(dim=1).mean().item() == pytest.approx(1)
