import json
import math
import shlex
from dataclasses import asdict, replace

import numpy as np
import pytest
from typer.testing import CliRunner

from attention.commands import recommendation
from attention.commands.terminal import app
from attention.recommendation.baselines import AGES, cosine_similarities
from attention.recommendation.books import Book, Books
from attention.recommendation.corpus import Corpus
from attention.recommendation.data import DataError
from attention.recommendation.evaluation import gains, hits, quality, ranks
from attention.recommendation.faithfulness import Agreement
from attention.recommendation.model_card import training_command
from attention.recommendation.recipe import RecommendationSettings
from attention.recommendation.recommender import BookRecommender
from attention.recommendation.release import DIALS, SCALES, VECTOR_SHARES, best_scale, best_vector_share, release
from attention.recommendation.scoring import GRU, best_age, load_state_model, score
from attention.training.card import read_metadata
from attention.training.loop import RunSettings
from tests.recommendation.conftest import QUICK, SMALL
from tests.recommendation.toy import ATTRIBUTION, write_world

BASELINES = ("popularity", "item_knn", "recency_knn", "gru")


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def options(settings):
    return [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]


@pytest.fixture(scope="module")
def trained(world, tmp_path_factory):
    """Two runs of a second, from the command line."""
    folder = tmp_path_factory.mktemp("runs")
    for model in ("candidates", "gru"):
        settings = asdict(replace(SMALL, model=model)) | asdict(QUICK)
        done = run("train", "recommendation", "--data", world, "--out", folder / model, *options(settings))
        assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def shipped(trained, world, tmp_path_factory):
    """Both runs, released from the command line."""
    out = tmp_path_factory.mktemp("out")
    for model in ("gru", "candidates"):
        start = ("release", "recommendation", "--run", trained / model, "--data", world, "--name", f"toy-{model}")
        done = run(*start, "--out", out, "--gru", out / "toy-gru", "--note", "It rained.")
        assert done.exit_code == 0, done.output
    return out


def slow_recency(histories, history, items, age):
    """Score all books with plain loops over sets of readers."""
    readers = [{place for place, books in enumerate(histories) if item in books} for item in range(items)]
    scores = np.zeros(items)
    for back, read in enumerate(reversed(history.tolist())):
        for item in range(items):
            if item != read and readers[item] and readers[read]:
                both = len(readers[item] & readers[read])
                scores[item] += math.exp(-back / age) * both / math.sqrt(len(readers[item]) * len(readers[read]))
    return scores


def test_scores_are_those_of_independent_counts(recommender, corpus):
    found = score(recommender, corpus)
    cases = corpus.cases("test")
    own = ranks(cases, recommender.scores_after)
    assert found["hr@10"] == pytest.approx(hits(own).mean())
    age = found["baselines"]["recency_knn"]["age"]
    histories = [set(history.tolist()) for history in corpus.histories]
    slow = ranks(cases, lambda history: slow_recency(histories, history, corpus.items, age))
    assert found["baselines"]["recency_knn"]["hr@10"] == pytest.approx(hits(slow).mean(), abs=0.02)
    assert found["baselines"]["recency_knn"]["ndcg@10"] == pytest.approx(gains(slow).mean(), abs=0.02)
    counts = np.array([sum(item in books for books in histories) for item in range(corpus.items)])
    popular = ranks(cases, lambda history: counts)
    assert found["baselines"]["popularity"]["hr@10"] == pytest.approx(hits(popular).mean())
    assert found["baselines"]["gru"] is None
    assert "gru" not in found["differences"]
    assert found["readers"] == 60
    assert found["missed"] == 0


def test_differences_are_model_less_baseline_within_their_intervals(recommender, corpus):
    found = score(recommender, corpus, every=2)
    assert found["readers"] == 30
    for name, gaps in found["differences"].items():
        for measure, gap in gaps.items():
            assert gap["difference"] == pytest.approx(found[measure] - found["baselines"][name][measure])
            assert gap["low"] <= gap["difference"] <= gap["high"]


def test_the_age_of_the_neighbours_is_chosen_on_the_valid_split(corpus):
    similar = cosine_similarities(corpus.histories, corpus.items)
    cases = corpus.cases("valid")
    histories = [set(history.tolist()) for history in corpus.histories]
    found = best_age(similar, cases, ages=(1.0, 5.0))
    by_age = {
        age: gains(ranks(cases, lambda h, age=age: slow_recency(histories, h, corpus.items, age))).mean()
        for age in (1.0, 5.0)
    }
    assert found in AGES
    assert by_age[found] == pytest.approx(max(by_age.values()), abs=0.02)


def test_other_data_than_the_models_is_refused(recommender, tmp_path):
    other = Corpus(write_world(tmp_path / "few", readers=12))
    if [book.id for book in other.known] == [book.id for book in recommender.known]:
        pytest.fail("the smaller world should know fewer books")
    with pytest.raises(DataError, match="not the same"):
        score(recommender, other)


def test_a_release_is_whole_and_states_what_it_must(shipped, corpus):
    folder = shipped / "toy-candidates"
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md", "books.csv.gz", "config.json", "model.safetensors", "neighbours.safetensors"
    ]  # fmt: skip
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert read_metadata(card)["license"] == "cc-by-sa-4.0"
    assert card.count(ATTRIBUTION) == 2
    assert "It rained." in card
    assert "GRU with as many parameters" in card
    config = json.loads((folder / "config.json").read_text())
    assert config["task"] == "recommendation"
    assert set(config["scores"]["baselines"]) == set(BASELINES)
    assert set(config["scores"]["light"]) == set(Agreement._fields)
    assert [one["popularity"] for one in config["scores"]["dial"]] == list(DIALS)
    assert config["scores"]["dial"][0]["ndcg@10"] >= config["scores"]["dial"][-1]["ndcg@10"]
    recommender = BookRecommender.load(folder)
    assert recommender.card == card
    again = score(recommender, corpus, gru=load_state_model(shipped / "toy-gru", corpus.items))
    assert again["hr@10"] == pytest.approx(config["scores"]["hr@10"], abs=1e-3)
    for name in BASELINES:
        assert again["baselines"][name]["ndcg@10"] == pytest.approx(
            config["scores"]["baselines"][name]["ndcg@10"], abs=1e-3
        )


def test_the_command_on_the_card_spells_out_every_setting():
    settings = asdict(RecommendationSettings()) | asdict(RunSettings(max_minutes=7.0))
    words = shlex.split(training_command(settings, "toy_books", "toy").replace("\\\n", " "))
    assert words[:5] == ["python", "-m", "attention", "train", "recommendation"]
    given = dict(zip(words[5::2], words[6::2], strict=True))
    for name, value in settings.items():
        assert given[f"--{name.replace('_', '-')}"] == (f"{value:g}" if isinstance(value, float) else str(value))


def test_a_release_without_licence_or_with_a_bad_name_is_refused(trained, world, tmp_path):
    with pytest.raises(ValueError, match="cannot name a folder"):
        release(trained / "candidates", world, "../x", tmp_path)
    bare = write_world(tmp_path / "bare")
    (bare / "README.md").unlink()
    with pytest.raises(ValueError, match="licence"):
        release(trained / "candidates", bare, "x", tmp_path)
    assert not (tmp_path / "x").exists()


def test_the_scale_is_the_one_with_the_best_likelihood(recommender, corpus):
    cases = corpus.cases("valid")
    found, valid = best_scale(recommender, cases)
    assert valid == quality(ranks(cases, recommender.scores_after))

    def loss(scale):
        total = 0.0
        for case in cases:
            scores = scale * recommender.scores_after(case.history)
            scores[case.history] = -np.inf
            total += np.logaddexp.reduce(scores) - scores[case.target]
        return total

    assert found == pytest.approx(min(SCALES, key=loss), abs=1e-3)


def test_evaluate_from_the_command_line(shipped, world):
    arguments = ("evaluate", "recommendation", "--data", world, "--model", shipped / "toy-candidates")
    done = run(*arguments, "--gru", shipped / "toy-gru", "--json", "--every", 3)
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert set(record["baselines"]) == set(BASELINES)
    assert {"hr@10", "ndcg@10"} <= set(record)
    assert set(record["differences"]["gru"]["hr@10"]) == {"difference", "low", "high"}
    shown = run(*arguments, "--gru", shipped / "toy-gru", "--every", 3)
    assert f"{record['hr@10']:.3f}" in shown.stdout
    assert "with recency" in shown.stdout


def test_without_a_gru_nothing_is_compared_with_one(shipped, trained, world, tmp_path):
    model = ("--data", world, "--model", shipped / "toy-candidates")
    skipped = run("evaluate", "recommendation", *model, "--json", "--every", 3)
    assert json.loads(skipped.stdout)["baselines"]["gru"] is None
    assert "the comparison with a GRU is left out" in skipped.stderr
    asked = run("evaluate", "recommendation", *model, "--no-gru", "--every", 3)
    assert asked.exit_code == 0
    assert "GRU" not in asked.output
    start = ("release", "recommendation", "--run", trained / "candidates", "--data", world, "--out", tmp_path)
    for name, more in (("skipped", ()), ("asked", ("--no-gru",))):
        done = run(*start, "--name", name, *more)
        assert done.exit_code == 0, done.output
        assert ("the comparison with a GRU is left out" in done.stderr) == (name == "skipped")
        assert json.loads((tmp_path / name / "config.json").read_text())["scores"]["baselines"]["gru"] is None


def test_a_gru_that_is_named_must_fit(shipped, world):
    model = ("--data", world, "--model", shipped / "toy-candidates")
    done = run("evaluate", "recommendation", *model, "--gru", GRU)
    assert done.exit_code == 2
    assert "use its own data" in done.stderr


def test_recommend_from_the_command_line(shipped):
    model = ("--model", shipped / "toy-candidates")
    done = run("recommend", "--read", "Crow story a", "--read", "elan story B", "--read", "14", "--json", *model)
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert [book["id"] for book in record["history"]] == [7, 14]
    assert any("twice" in note for note in record["notes"])
    assert len(record["items"]) == len(record["weights"]) == 10
    assert all(sum(row) == pytest.approx(1, abs=1e-4) for row in record["weights"])
    shown = run("recommend", "--read", "Crow story a", *model, "--count", 3)
    assert "because of Crow story a (Crow Saga, #1) 100%" in shown.stdout


def test_recommend_says_what_it_could_not_find(shipped, tmp_path):
    model = ("--model", shipped / "toy-candidates")
    path = tmp_path / "mine.csv"
    path.write_text("Title\nMoor story a\nNever written\n", encoding="utf-8")
    done = run("recommend", "--list", path, "--read", "zzz", "--json", *model)
    record = json.loads(done.stdout)
    assert record["unmatched"] == ["Never written", "zzz"]
    assert "no book is called 'zzz'" in done.stderr
    nothing = run("recommend", "--json", *model)
    assert json.loads(nothing.stdout)["cold"]


NAMED = Books(
    [
        Book(1, "The Hunger Games (The Hunger Games, #1)", "Suzanne Collins", 2008, True, 90),
        Book(2, "7: An Experimental Mutiny Against Excess", "Jen Hatmaker", 2012, True, 80),
        Book(7, "The Hobbit", "J.R.R. Tolkien", 1937, True, 70),
        Book(13, "1984", "George Orwell", 1949, True, 60),
        Book(26, "2001: A Space Odyssey (Space Odyssey, #1)", "Arthur C. Clarke", 1968, True, 50),
        Book(30, "Harry Potter: Film Wizardry", "Brian Sibley", 2010, True, 10),
        Book(31, "Harry Potter and the Goblet of Fire (Harry Potter, #4)", "J.K. Rowling", 2000, True, 99),
    ]
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("hobbit", 7),
        ("The Hunger Games", 1),
        ("1984", 13),
        ("7", 7),
        ("2", 2),
        (" 26 ", 26),
        ("2001", 2001),
        ("10000", 10000),
        ("10001", None),
        ("0", None),
        ("harry potter", 31),
        ("clarke odyss", 26),
        ("The Hobbit: A Colouring Book", 7),
        ("zzz", None),
    ],
)
def test_a_book_is_its_exact_title_or_a_number_or_what_a_search_finds(text, number):
    assert recommendation._book_number(NAMED, text) == number


def test_recommend_says_as_which_book_a_title_was_read(shipped, tmp_path):
    model = ("--model", shipped / "toy-candidates")
    path = tmp_path / "mine.csv"
    path.write_text("Title\nMoor story a: the film\n", encoding="utf-8")
    done = run("recommend", "--read", "crow", "--read", "2", "--read", "zzz", "--list", path, *model)
    assert "read as: Crow story a (Crow Saga, #1), B.B. Crowson\n" in done.stderr
    assert "read as: Pike story b (Pike Saga, #2), A.B. Pikeson\n" in done.stderr
    assert done.stderr.count("read as") == 2
    assert "“Moor story a: the film” was taken for “Moor story a (Moor Saga, #1)”" in done.stderr
    assert "read as" not in run("recommend", "--read", "crow", "--json", *model).output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("recommend", "--model", "nowhere"), "no checkpoint is called"),
        (("recommend", "--read", "9999"), "is no book"),
        (("recommend", "--popularity", "2"), "popularity must be from 0 to 1"),
        (("recommend", "--list", "nowhere.csv"), "nowhere.csv"),
        (("evaluate", "recommendation", "--data", "nowhere"), "does not exist"),
        (("train", "recommendation", "--data", "nowhere", "--out", "x", "--max-minutes", "1"), "does not exist"),
    ],
)
def test_bad_input_ends_with_one_line_and_code_two(shipped, arguments, message):
    if arguments[0] == "recommend" and "--model" not in arguments:
        arguments = (*arguments, "--model", shipped / "toy-candidates")
    if arguments[0] == "evaluate":
        arguments = (*arguments, "--model", shipped / "toy-candidates")
    done = run(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_vectors_count_as_much_as_serves_the_cases_best(checkpoint, corpus):
    recommender, cases = BookRecommender.load(checkpoint), corpus.cases("valid", 3)
    found = best_vector_share(recommender, cases)
    by_share = {}
    for share in VECTOR_SHARES:
        other = BookRecommender.load(checkpoint)
        other.model.weigh_vectors(share)
        by_share[share] = gains(ranks(cases, other.scores_after)).mean()
    assert by_share[found] == max(by_share.values())
    assert found == max(share for share in VECTOR_SHARES if by_share[share] == by_share[found])
    kept = BookRecommender.load(checkpoint)
    assert np.allclose(recommender.scores_after([3, 4]), kept.scores_after([3, 4]), atol=1e-4)
