import itertools
import math

import pytest
import torch

from attention.translation.decoding import (
    BeamSearch,
    DecodingOptions,
    _Place,
    decode,
    decode_batches,
    greedy_search,
    hypothesis_score,
)
from attention.translation.model import build_model
from attention.translation.tokens import BEGIN, END, PAD
from tests.translation.toy import ToyModel, batch_of

SOURCES = ([7, 9, 2], [11, 2], [5, 5, 8, 6, 2], [13, 21, 17, 2])


def log_probability_of(model, source, tokens):
    """The slow way: one step after the other, with torch's log_softmax."""
    encoded = model.encode(*batch_of(source))
    state, before, total = model.start(encoded), BEGIN, 0.0
    for token in tokens:
        logits, state, _ = model.step(encoded, state, torch.tensor([before]))
        total += logits.double().log_softmax(dim=-1)[0, token].item()
        before = token
    return total


def every_translation(vocab_size, longest):
    words = range(END + 1, vocab_size)
    for length in range(longest):
        for body in itertools.product(words, repeat=length):
            yield (*body, END)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0, 2.0])
def test_wide_beam_finds_the_best_of_all_translations(seed, alpha):
    model = ToyModel(vocab_size=5, seed=seed, end_at=3)
    options = DecodingOptions(beam=8, length_penalty=alpha, max_length=4)
    (found,) = decode(model, *batch_of([7, 9, 2]), options)
    ranked = {
        tokens: hypothesis_score(log_probability_of(model, [7, 9, 2], tokens), len(tokens), alpha)
        for tokens in every_translation(5, 3)
    }
    assert found.tokens == max(ranked, key=ranked.get)
    assert found.score == pytest.approx(max(ranked.values()), abs=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_beam_of_one_is_greedy(seed):
    model = ToyModel(vocab_size=9, seed=seed)
    options = DecodingOptions(beam=1, max_length=11, candidates=3)
    encoded = model.encode(*batch_of(*SOURCES))
    beam = BeamSearch(model, encoded, options).run()
    greedy = greedy_search(model, encoded, options)
    for one, other in zip(beam, greedy, strict=True):
        assert one.tokens == other.tokens
        assert one.log_probabilities == other.log_probabilities
        assert one.candidates == other.candidates
        assert one.finished == other.finished


@pytest.mark.parametrize("beam", [1, 3, 8])
def test_batched_search_equals_one_sentence_at_a_time(beam):
    model = ToyModel(vocab_size=13, seed=3)
    options = DecodingOptions(beam=beam, max_length=9)
    together = decode(model, *batch_of(*SOURCES), options)
    for source, found in zip(SOURCES, together, strict=True):
        (alone,) = decode(model, *batch_of(source), options)
        assert alone.tokens == found.tokens
        assert alone.tree == found.tree
        assert alone.log_probability == pytest.approx(found.log_probability)


@pytest.mark.parametrize("beam", [1, 4])
def test_many_sentences_come_back_in_their_order(beam):
    model = ToyModel(vocab_size=13, seed=3)
    options = DecodingOptions(beam=beam, max_length=9)
    sources = [[3 + i % 7, *range(3, 3 + i % 5), 2] for i in range(300)]
    found = decode_batches(model, sources, options)
    for source, one in list(zip(sources, found, strict=True))[::37]:
        assert one.tokens == decode(model, *batch_of(source), options)[0].tokens
    assert decode_batches(model, [], options) == []


@pytest.mark.parametrize("beam", [1, 4])
def test_log_probabilities_are_the_models_own(beam):
    model = ToyModel(vocab_size=11, seed=5)
    options = DecodingOptions(beam=beam, max_length=7, length_penalty=0.7)
    for source, found in zip(SOURCES, decode(model, *batch_of(*SOURCES), options), strict=True):
        assert found.log_probability == pytest.approx(log_probability_of(model, source, found.tokens), abs=1e-4)
        assert found.log_probability == pytest.approx(sum(found.log_probabilities))
        assert found.score == pytest.approx(found.log_probability / len(found.tokens) ** 0.7)


@pytest.mark.parametrize("beam", [1, 2, 8])
@pytest.mark.parametrize("seed", range(6))
def test_padding_and_begin_are_never_written(beam, seed):
    model = ToyModel(vocab_size=6, seed=seed)  # both have the highest logits
    for found in decode(model, *batch_of(*SOURCES), DecodingOptions(beam=beam, max_length=8)):
        assert not {PAD, BEGIN} & set(found.tokens)
        assert not {PAD, BEGIN} & {i for step in found.candidates for i, _ in step}
        assert END not in found.tokens[:-1]


@pytest.mark.parametrize("beam", [1, 5])
def test_cut_translation_is_not_finished(beam):
    model = ToyModel(vocab_size=7)
    model.table[:, END] = -math.inf
    (found,) = decode(model, *batch_of([5, 2]), DecodingOptions(beam=beam, max_length=3))
    assert len(found.tokens) == 3
    assert not found.finished
    model.table[:, END] = 1e3
    (found,) = decode(model, *batch_of([5, 2]), DecodingOptions(beam=beam, max_length=3))
    assert found.finished
    assert found.tokens == (END,)


def test_finished_translation_beats_a_cut_one_whatever_its_score():
    model = ToyModel(vocab_size=5, seed=1)
    for max_length in range(2, 7):
        found = decode(model, *batch_of(*SOURCES), DecodingOptions(beam=6, max_length=max_length))
        for one in found:
            ended = [node for node in one.tree.nodes if node.finished]
            assert one.finished == bool(ended)


def test_stopping_early_loses_nothing():
    class Patient(BeamSearch):
        """A search that runs until every place has ended or was cut."""

        def _continue(self, sentence, step):
            super()._continue(sentence, step)
            self.live[sentence] = [  # all that hold a place, also where the search would have stopped
                _Place(node.id, self.origin[sentence][node.id][1], node.log_probability)
                for node in self.nodes[sentence]
                if node.step == step and node.kept and not node.finished
            ]

    for seed, alpha in itertools.product(range(15), (0.0, 0.5, 1.0)):
        model = ToyModel(vocab_size=6, seed=seed, scale=1.5)
        options = DecodingOptions(beam=4, max_length=9, length_penalty=alpha)
        encoded = model.encode(*batch_of(*SOURCES))
        quick, slow = BeamSearch(model, encoded, options).run(), Patient(model, encoded, options).run()
        for one, other in zip(quick, slow, strict=True):
            assert len(one.tree.nodes) <= len(other.tree.nodes)
            assert one.tokens == other.tokens


def test_tree_holds_every_continuation_once_and_the_path_of_the_answer():
    model = ToyModel(vocab_size=12, seed=2)
    options = DecodingOptions(beam=3, max_length=6)
    (found,) = decode(model, *batch_of([7, 9, 2]), options)
    nodes = found.tree.nodes
    assert [node.id for node in nodes] == list(range(len(nodes)))
    assert nodes[0] == (0, None, BEGIN, 0, 0.0, True, False, True)
    for node in nodes[1:]:
        parent = nodes[node.parent]
        assert parent.step == node.step - 1
        assert parent.kept
        assert not parent.finished
        assert node.log_probability <= parent.log_probability
        assert node.finished == (node.kept and node.token == END)
        brothers = [other.token for other in nodes if other.parent == node.parent]
        assert len(brothers) == len(set(brothers)) == 3
    best = [node for node in nodes if node.best]
    assert tuple(node.token for node in best[1:]) == found.tokens
    assert best[-1].log_probability == pytest.approx(found.log_probability)
    finished = 0
    for step in range(1, max(node.step for node in nodes) + 1):
        kept = [node for node in nodes if node.step == step and node.kept]
        dropped = [node.log_probability for node in nodes if node.step == step and not node.kept]
        assert len(kept) == 3 - finished
        assert min(node.log_probability for node in kept) >= max(dropped, default=-math.inf)
        finished += sum(node.finished for node in kept)


def test_without_tree_the_answer_is_the_same():
    model = ToyModel(vocab_size=12, seed=4)
    options = DecodingOptions(beam=5, max_length=8)
    bare = decode(model, *batch_of(*SOURCES), options, tree=False)
    full = decode(model, *batch_of(*SOURCES), options)
    assert [one.tokens for one in bare] == [one.tokens for one in full]
    assert [one.candidates for one in bare] == [one.candidates for one in full]
    assert all(one.tree is None for one in bare)


@pytest.mark.parametrize("beam", [1, 4])
def test_candidates_are_the_likeliest_next_pieces_in_order(beam):
    model = ToyModel(vocab_size=10, seed=8)
    (found,) = decode(model, *batch_of([9, 4, 2]), DecodingOptions(beam=beam, max_length=6, candidates=4))
    encoded = model.encode(*batch_of([9, 4, 2]))
    state, before = model.start(encoded), BEGIN
    for token, step in zip(found.tokens, found.candidates, strict=True):
        logits, state, _ = model.step(encoded, state, torch.tensor([before]))
        probabilities = logits[0].softmax(dim=-1)
        wanted = [i for i in probabilities.argsort(descending=True).tolist() if i > BEGIN][:4]
        assert [i for i, _ in step] == wanted
        assert [p for _, p in step] == pytest.approx(probabilities[wanted].tolist(), abs=1e-6)
        before = token


def test_encoder_runs_once_and_each_step_only_reads_live_rows():
    model = ToyModel(vocab_size=8, seed=1)
    (found,) = decode(model, *batch_of([3, 2]), DecodingOptions(beam=4, max_length=9))
    assert model.encoder_runs == 1
    parents = {(node.step, node.parent) for node in found.tree.nodes[1:]}
    assert model.rows_stepped == len(parents)


def test_search_is_deterministic():
    options = DecodingOptions(beam=8, max_length=12)
    first, second = (decode(ToyModel(vocab_size=20, seed=6), *batch_of(*SOURCES), options) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "settings", [{"beam": 0}, {"beam": 9}, {"length_penalty": -0.1}, {"length_penalty": math.nan}, {"max_length": 0}]
)
def test_options_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match=r"must be"):
        DecodingOptions(**settings)


CONFIGS = (
    {"architecture": "recurrent", "embedding_dim": 6, "hidden_dim": 5, "attention_dim": 7, "vocab_size": 19},
    {"architecture": "transformer", "d_model": 6, "heads": 3, "encoder_layers": 2, "decoder_layers": 2, "ffn_dim": 11}
    | {"vocab_size": 19},
)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config["architecture"])
@pytest.mark.parametrize("beam", [1, 4])
def test_real_models_give_in_a_batch_what_forcing_gives_alone(config, beam):
    torch.manual_seed(0)
    model = build_model(config).eval()
    found = decode(model, *batch_of(*([i % 17 + 2 for i in s] for s in SOURCES)), DecodingOptions(beam, max_length=8))
    for source, one in zip(SOURCES, found, strict=True):
        encoded = model.encode(*batch_of([i % 17 + 2 for i in source]))
        with torch.inference_mode():
            logits = model.force(encoded, torch.tensor([[BEGIN, *one.tokens[:-1]]])).logits[0]
        own = logits.log_softmax(dim=-1)[range(len(one.tokens)), list(one.tokens)]
        assert one.log_probabilities == pytest.approx(own.tolist(), abs=1e-4)
