"""What both translation models promise to decoding and to the facade."""

from dataclasses import replace

import pytest
import torch

from attention.mechanisms import CATALOGUE, Mechanism
from attention.translation.model import SentenceDropout, build_model, config_dict, select_rows
from attention.translation.tokens import BEGIN, END, PAD

VOCAB, LAYERS, HEADS = 23, {"recurrent": 1, "transformer": 3}, {"recurrent": 1, "transformer": 2}
CONFIGS = {
    "recurrent": {"embedding_dim": 14, "hidden_dim": 10, "attention_dim": 12},
    "transformer": {"d_model": 16, "heads": 2, "encoder_layers": 2, "decoder_layers": 3, "ffn_dim": 20},
}
LENGTHS, TARGET_LEN = (7, 4, 5), 6
SCORES = [name for name, entry in CATALOGUE.items() if entry.kind == "score"]
NORMALISERS = [name for name, entry in CATALOGUE.items() if entry.kind == "normaliser"]


def tiny(architecture, **changes):
    torch.manual_seed(3)
    config = {"architecture": architecture, "vocab_size": VOCAB, "dropout": 0.3, **CONFIGS[architecture], **changes}
    return build_model(config).eval()


def sentences(lengths=LENGTHS, seed=0):
    generator = torch.Generator().manual_seed(seed)
    source = torch.full((len(lengths), max(lengths)), PAD)
    for row, length in enumerate(lengths):
        source[row, : length - 1] = torch.randint(END + 1, VOCAB, (length - 1,), generator=generator)
        source[row, length - 1] = END
    target_in = torch.randint(END + 1, VOCAB, (len(lengths), TARGET_LEN), generator=generator)
    target_in[:, 0] = BEGIN
    return source, source != PAD, target_in


@pytest.fixture(params=["recurrent", "transformer"])
def model(request):
    return tiny(request.param)


def steps(model, encoded, target_in, mechanism=None):
    """Run the decoder one piece at a time: logits (batch, T, vocab), weights (batch, layers, heads, T, source_len)."""
    state, rows = model.start(encoded), []
    for tokens in target_in.T:
        logits, state, weights = model.step(encoded, state, tokens, mechanism)
        rows.append((logits, weights))
    logits, weights = zip(*rows, strict=True)
    return torch.stack(logits, dim=1), torch.stack(weights, dim=3)


def close(a, b, tolerance=2e-5):
    torch.testing.assert_close(a, b, atol=tolerance, rtol=1e-4)


@torch.no_grad()
def test_step_by_step_gives_the_logits_of_training_and_of_forcing(model):
    source, mask, target_in = sentences()
    encoded = model.encode(source, mask)
    logits, weights = steps(model, encoded, target_in)
    forced = model.force(encoded, target_in)
    close(logits, model(source, mask, target_in))
    close(logits, forced.logits)
    close(weights, forced.weights)


@torch.no_grad()
@pytest.mark.parametrize("normaliser", NORMALISERS)
def test_another_mechanism_acts_alike_in_steps_and_in_forcing(model, normaliser):
    source, mask, target_in = sentences()
    mechanism = replace(model.mechanism, normaliser=normaliser, temperature=0.7)
    encoded = model.encode(source, mask)
    logits, weights = steps(model, encoded, target_in, mechanism)
    forced = model.force(encoded, target_in, mechanism)
    close(logits, forced.logits)
    close(weights, forced.weights)


@torch.no_grad()
def test_shapes_name_layers_heads_and_both_lengths(model):
    source, mask, target_in = sentences()
    name = model.config.architecture
    encoded = model.encode(source, mask, need_weights=True)
    forced = model.force(encoded, target_in)
    shape = (len(LENGTHS), LAYERS[name], HEADS[name], TARGET_LEN, max(LENGTHS))
    assert forced.scores.shape == forced.weights.shape == forced.contributions.shape == shape
    assert forced.logits.shape == (len(LENGTHS), TARGET_LEN, VOCAB)
    if name == "transformer":
        assert encoded.encoder_weights.shape == (3, 2, 2, 7, 7)
        assert forced.decoder_weights.shape == (3, 3, 2, 6, 6)
    else:
        assert encoded.encoder_weights is None
        assert forced.decoder_weights is None


@torch.no_grad()
def test_weights_and_contributions_are_shares_of_the_real_pieces(model):
    source, mask, target_in = sentences()
    forced = model.force(model.encode(source, mask), target_in)
    for shares in (forced.weights, forced.contributions):
        close(shares.sum(dim=-1), torch.ones(shares.shape[:-1]))
        assert (shares >= 0).all()
        assert (shares.masked_select(~mask[:, None, None, None]) == 0).all()


@torch.no_grad()
def test_weights_are_the_normalised_scores(model):
    source, mask, target_in = sentences()
    forced = model.force(model.encode(source, mask), target_in)
    masked = forced.scores.masked_fill(~mask[:, None, None, None], -torch.inf)
    close(forced.weights, masked.softmax(dim=-1))


@torch.no_grad()
def test_padding_a_sentence_changes_nothing(model):
    source, mask, target_in = sentences()
    together = model.force(model.encode(source, mask), target_in)
    for row, length in enumerate(LENGTHS):
        alone = model.force(
            model.encode(source[row : row + 1, :length], mask[row : row + 1, :length]), target_in[[row]]
        )
        close(together.logits[[row]], alone.logits)
        close(together.weights[[row], ..., :length], alone.weights)
        close(together.contributions[[row], ..., :length], alone.contributions)


@torch.no_grad()
def test_a_later_target_piece_changes_no_earlier_logits(model):
    source, mask, target_in = sentences()
    changed = target_in.clone()
    changed[:, 4] = (changed[:, 4] - 2) % (VOCAB - 3) + 3
    before, after = model(source, mask, target_in), model(source, mask, changed)
    assert torch.equal(before[:, :4], after[:, :4]) or torch.allclose(before[:, :4], after[:, :4], atol=1e-6)
    assert (before[:, 4:] - after[:, 4:]).abs().amax() > 1e-3


@torch.no_grad()
def test_selected_rows_go_on_as_if_they_had_run_alone(model):
    source, mask, target_in = sentences()
    encoded = model.encode(source, mask)
    state = model.start(encoded)
    for tokens in target_in.T[:3]:
        _, state, _ = model.step(encoded, state, tokens)
    index = torch.tensor([2, 0, 2, 1])
    logits, _, weights = model.step(encoded, state, target_in[:, 3])
    chosen = model.step(select_rows(encoded, index), select_rows(state, index), target_in[index, 3])
    close(chosen[0], logits[index])
    close(chosen[2], weights[index])


@torch.no_grad()
def test_the_model_keeps_nothing_of_its_last_run(model):
    source, mask, target_in = sentences()
    first = model.force(model.encode(source, mask), target_in)
    names = set(vars(model))
    other = sentences(seed=9)
    model.force(model.encode(*other[:2], need_weights=True), other[2], replace(model.mechanism, normaliser="uniform"))
    again = model.force(model.encode(source, mask), target_in)
    assert torch.equal(first.logits, again.logits)
    assert set(vars(model)) == names


@torch.no_grad()
def test_attention_switched_off_looks_at_all_pieces_alike(model):
    source, mask, target_in = sentences()
    uniform = replace(model.mechanism, normaliser="uniform")
    weights = model.force(model.encode(source, mask), target_in, uniform).weights
    for row, length in enumerate(LENGTHS):
        close(weights[row, ..., :length], torch.full_like(weights[row, ..., :length], 1 / length))


@torch.no_grad()
def test_temperature_divides_the_scores_and_sharpens_when_low(model):
    source, mask, target_in = sentences()
    encoded = model.encode(source, mask)
    forced = {t: model.force(encoded, target_in, replace(model.mechanism, temperature=t)) for t in (0.25, 1.0, 4.0)}
    close(forced[0.25].scores[:, 0], forced[1.0].scores[:, 0] * 4)  # the first layer's input does not change
    largest = [forced[t].weights[:, 0].amax(dim=-1).mean() for t in (0.25, 1.0, 4.0)]
    assert largest[0] > largest[1] > largest[2]
    assert not torch.allclose(forced[0.25].logits, forced[4.0].logits, atol=1e-4)


@torch.no_grad()
def test_sparsemax_drops_pieces_that_softmax_keeps(model):
    source, mask, target_in = sentences()
    encoded = model.encode(source, mask)
    sparse = replace(model.mechanism, normaliser="sparsemax", temperature=0.02)
    weights = model.force(encoded, target_in, sparse).weights
    real = mask[:, None, None, None].expand_as(weights)
    assert (weights[real] == 0).any()
    assert (model.force(encoded, target_in).weights[real] > 0).all()


@torch.no_grad()
def test_a_visitors_own_normaliser_is_used(model):
    source, mask, target_in = sentences()

    def last_piece(scores, mask):
        last = mask.expand_as(scores).int().cumsum(dim=-1).argmax(dim=-1, keepdim=True)
        return torch.zeros_like(scores).scatter(-1, last, 1.0)

    weights = model.force(
        model.encode(source, mask), target_in, replace(model.mechanism, normaliser=last_piece)
    ).weights
    for row, length in enumerate(LENGTHS):
        assert (weights[row, ..., length - 1] == 1).all()


@pytest.mark.parametrize("architecture", ["recurrent", "transformer"])
@pytest.mark.parametrize("score", SCORES)
def test_every_score_of_the_catalogue_learns(architecture, score):
    model = tiny(architecture, score=score, dropout=0.0).train()
    source, mask, target_in = sentences()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for _ in range(4):
        loss = torch.nn.functional.cross_entropy(model(source, mask, target_in).flatten(0, 1), target_in.flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in model.parameters())


@torch.no_grad()
@pytest.mark.parametrize("architecture", ["recurrent", "transformer"])
@pytest.mark.parametrize("trained", SCORES)
@pytest.mark.parametrize("wanted", SCORES)
def test_any_score_without_parameters_of_its_own_runs_in_any_model(architecture, trained, wanted):
    model = tiny(architecture, score=trained)
    source, mask, target_in = sentences()
    encoded = model.encode(source, mask)
    mechanism = Mechanism(score=wanted)
    if wanted in ("general", "additive") and wanted != trained:
        with pytest.raises(ValueError, match=wanted):
            model.force(encoded, target_in, mechanism)
    else:
        close(model.force(encoded, target_in, mechanism).weights, steps(model, encoded, target_in, mechanism)[1])


def test_config_builds_the_same_model_again(model):
    again = build_model(config_dict(model))
    again.load_state_dict(model.state_dict())
    assert again.config == model.config


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"architecture": "convolution"}, "use one of recurrent, transformer"),
        ({}, "use one of recurrent, transformer"),
        ({"architecture": "recurrent", "vocab_size": 9, "heads": 4}, r"\['heads'\] are not known"),
        ({"architecture": "transformer"}, "vocab_size"),
    ],
)
def test_a_config_that_fits_no_model_is_refused(config, message):
    with pytest.raises(ValueError, match=message):
        build_model(config)


def test_sentence_dropout_drops_the_same_features_at_all_positions():
    values = torch.ones(5, 7, 300)
    dropped = SentenceDropout(0.25).train()(values)
    assert torch.equal(dropped, dropped[:, :1].expand_as(dropped))
    assert dropped.unique().tolist() == pytest.approx([0.0, 1 / 0.75])
    assert dropped.mean().item() == pytest.approx(1, abs=0.1)
    assert torch.equal(SentenceDropout(0.25).eval()(values), values)
