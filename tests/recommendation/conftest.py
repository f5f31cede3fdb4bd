import pytest

from attention.recommendation.corpus import Corpus
from attention.recommendation.recipe import RecommendationSettings, RecommendationTask
from attention.recommendation.recommender import BookRecommender
from attention.training.loop import RunSettings
from tests.recommendation.toy import write_world

SMALL = RecommendationSettings(
    d_model=8, heads=2, head_dim=3, window=10, negatives=0, readers_per_batch=8, valid_every=2, dropout=0.1
)
QUICK = RunSettings(max_minutes=0.02, precision="no", warmup_steps=5, learning_rate=3e-3, average=0.9)


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    return write_world(tmp_path_factory.mktemp("recommendation") / "toy_books")


@pytest.fixture(scope="session")
def corpus(world):
    return Corpus(world)


@pytest.fixture(scope="session")
def task(corpus):
    return RecommendationTask(corpus, SMALL, QUICK)


@pytest.fixture(scope="session")
def checkpoint(task, tmp_path_factory):
    """An untrained model of the toy world, which starts as the rule of recent neighbours."""
    folder = tmp_path_factory.mktemp("models") / "toy"
    task.save(folder, task.first_model(), [])
    return folder


@pytest.fixture(scope="session")
def recommender(checkpoint):
    return BookRecommender.load(checkpoint)
