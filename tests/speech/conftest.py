import pytest
import torch

from attention.speech.model import Speller, SpellerConfig
from attention.speech.recipe import SpeechTask
from tests.speech.toy import QUICK, SMALL, write_toy


@pytest.fixture(scope="session")
def toy_data(tmp_path_factory):
    return write_toy(tmp_path_factory.mktemp("speech") / "toy")


@pytest.fixture(scope="session")
def task(toy_data):
    return SpeechTask(toy_data, SMALL, QUICK)


@pytest.fixture(params=[True, False], ids=["location", "plain"])
def model(request):
    torch.manual_seed(3)
    config = SpellerConfig(
        location=request.param, channels=4, hidden_dim=5, decoder_dim=7, embedding_dim=3, attention_dim=6, dropout=0.0
    )
    return Speller(config).eval()
