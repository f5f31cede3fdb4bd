import json
import random

import pytest
import torch

from attention.training.checkpoint import load_parameters
from attention.training.loop import RunSettings
from attention.translation import recipe
from attention.translation.corpus import CorpusError, Pair
from attention.translation.model import build_model
from attention.translation.recipe import Batch, TranslationSettings, TranslationTask, train_translation
from attention.translation.tokens import BEGIN, END, PAD, Subwords

NOUNS = {"cat": "chat", "dog": "chien", "book": "livre", "bird": "oiseau", "boy": "garçon"}
VERBS = {"sees": "voit", "takes": "prend", "likes": "aime", "hears": "entend"}
SENTENCES = [
    (f"The {a} {v} the {b}.", f"Le {NOUNS[a]} {VERBS[v]} le {NOUNS[b]}.") for a in NOUNS for v in VERBS for b in NOUNS
]
SETTINGS = TranslationSettings("en-fr", "transformer", vocab_size=330, tokens_per_batch=256, valid_sources=4)
RUN = RunSettings(max_minutes=0.004, precision="no", warmup_steps=5)
TINY = {
    "recurrent": {"embedding_dim": 24, "hidden_dim": 24, "attention_dim": 24},
    "transformer": {"d_model": 24, "heads": 2, "encoder_layers": 1, "decoder_layers": 2, "ffn_dim": 32},
}


def write_corpus(folder):
    sentences = random.Random(0).sample(SENTENCES, len(SENTENCES))
    for split, some in (("train", sentences[:80]), ("valid", sentences[80:90]), ("test", sentences[90:])):
        (folder / f"{split}.tsv").write_text("".join(f"{s}\t{t}\n" for s, t in some), encoding="utf-8")
    return folder


@pytest.fixture
def tiny_models(monkeypatch):
    """The recipe's models have the shipped sizes; here they are small, so that a test takes a second."""
    monkeypatch.setattr(recipe, "build_model", lambda config: build_model(config | TINY[config["architecture"]]))


@pytest.fixture
def task():
    pairs = [Pair(*sentence) for sentence in SENTENCES]
    tokenizer = Subwords.train((side for pair in pairs for side in pair), 330)
    return TranslationTask(pairs[:90], pairs[90:], tokenizer, SETTINGS, RUN)


@pytest.mark.parametrize("model", ["recurrent", "transformer"])
def test_a_run_makes_a_checkpoint_with_all_that_made_it(tmp_path, tiny_models, model):
    data = write_corpus(tmp_path)
    settings = TranslationSettings("en-fr", model, vocab_size=330, tokens_per_batch=256, valid_sources=4)
    best = train_translation(data, settings, RUN, tmp_path / "run")
    assert best.keys() == {"valid_loss", "valid_bleu", "score"}
    config = json.loads((tmp_path / "run" / "best" / "config.json").read_text())
    assert (config["task"], config["pair"], config["model"]["architecture"]) == ("translation", "en-fr", model)
    assert config["training"]["seed"] == 1
    assert config["training"]["tokens_per_batch"] == 256
    assert config["log"][-1]["valid_loss"] == pytest.approx(best["valid_loss"], abs=1e-4)
    built = build_model(config["model"])
    built.load_state_dict(load_parameters(tmp_path / "run" / "best" / "model.safetensors"))
    subwords = Subwords.load(tmp_path / "run" / "best" / "tokenizer.json")
    assert subwords.vocab_size == built.config.vocab_size


def test_the_loss_falls_on_real_batches(task):
    torch.manual_seed(0)
    config = {"architecture": "recurrent", "vocab_size": task.tokenizer.vocab_size, "dropout": 0.0, **TINY["recurrent"]}
    model = build_model(config)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    means = []
    for epoch in range(12):
        for batch in task.batches(epoch):
            summed, count = task.loss(model, batch)
            optimiser.zero_grad()
            (summed / count).backward()
            optimiser.step()
            means.append((summed / count).item())
    assert means[-1] < 0.6 * means[0]
    scores = task.validate(model.eval())
    assert scores["score"] == scores["valid_bleu"]
    assert 0 < scores["valid_loss"] < means[0]


def test_every_sentence_is_in_one_batch_of_the_epoch_and_epochs_differ(task):
    sentences = lambda epoch: sorted(source for batch in task.batches(epoch) for source in map(tuple, batch.sources))  # noqa: E731
    assert len(sentences(0)) == 90
    assert sentences(0) == sentences(1)
    assert [batch.sources for batch in task.batches(0)] == [batch.sources for batch in task.batches(0)]
    assert [batch.sources for batch in task.batches(0)] != [batch.sources for batch in task.batches(1)]


def test_the_decoder_reads_each_piece_before_it_writes_the_next():
    batch = Batch([[5, 6, END], [7, END]], [[8, END], [9, 10, 11, END]])
    source, mask, target_in, target_out = batch.tensors(torch.device("cpu"))
    assert source.tolist() == [[5, 6, END], [7, END, PAD]]
    assert mask.tolist() == [[True, True, True], [True, True, False]]
    assert target_in.tolist() == [[BEGIN, 8, PAD, PAD], [BEGIN, 9, 10, 11]]
    assert target_out.tolist() == [[8, END, PAD, PAD], [9, 10, 11, END]]


def test_the_validation_loss_counts_real_pieces_only(task):
    """A model that finds all pieces alike has the loss log(vocab_size), whatever the padding."""
    vocab_size = task.tokenizer.vocab_size

    class Even(torch.nn.Linear):
        def forward(self, source, mask, target_in):
            return torch.zeros(*target_in.shape, vocab_size)

    assert task._valid_loss(Even(1, 1)) == pytest.approx(torch.tensor(float(vocab_size)).log().item(), abs=1e-4)


def test_pairs_that_are_too_long_are_left_out(task):
    long = Pair("cat " * 60, "chat.")
    kept = TranslationTask(
        [*(Pair(*s) for s in SENTENCES[:3]), long], [Pair(*SENTENCES[5])], task.tokenizer, SETTINGS, RUN
    )
    assert len(kept.sources) == len(kept.targets) == 3
    with pytest.raises(ValueError, match="every pair is longer than 50 pieces"):
        TranslationTask([long], [Pair(*SENTENCES[5])], task.tokenizer, SETTINGS, RUN)


def test_a_folder_with_a_run_of_other_settings_is_refused(tmp_path, tiny_models):
    data = write_corpus(tmp_path)
    train_translation(data, SETTINGS, RUN, tmp_path / "run")
    other = TranslationSettings("en-fr", "transformer", vocab_size=340)
    with pytest.raises(ValueError, match="holds a run with other settings"):
        train_translation(data, other, RUN, tmp_path / "run")


def test_a_run_without_recorded_settings_can_go_on(tmp_path, tiny_models):
    data = write_corpus(tmp_path)
    first = train_translation(data, SETTINGS, RUN, tmp_path / "run")
    (tmp_path / "run" / "settings.json").unlink()
    assert train_translation(data, SETTINGS, RUN, tmp_path / "run") == first


def test_an_unknown_model_and_a_missing_corpus_are_refused(tmp_path):
    with pytest.raises(ValueError, match="recurrent, transformer"):
        train_translation(tmp_path, TranslationSettings("en-fr", "convolution"), RUN, tmp_path / "run")
    with pytest.raises(CorpusError, match="has no train split"):
        train_translation(tmp_path, SETTINGS, RUN, tmp_path / "run")
    assert not (tmp_path / "run").exists()
