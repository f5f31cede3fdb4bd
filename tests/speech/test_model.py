from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from attention.mechanisms import Mechanism
from attention.speech.letters import END, LETTERS
from attention.speech.model import TRACES_S, build_model, check_mechanism, config_dict

FEATURES = torch.randn(2, 28, 40, generator=torch.Generator().manual_seed(1))
WRITTEN = torch.tensor([[3, 5, 2, END], [7, END, END, END]])


def test_every_letter_shares_its_attention_over_the_frames(model):
    logits, weights = model(FEATURES, WRITTEN)
    assert logits.shape == (2, 4, len(LETTERS))
    assert weights.shape == (2, 4, 7)
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(2, 4))


def test_step_by_step_is_the_same_as_in_one_call(model):
    logits, weights = model(FEATURES, WRITTEN)
    heard = model.encode(FEATURES)
    state = model.start(heard)
    before = [torch.tensor([END, END]), *WRITTEN.T[:-1]]
    for t, letters in enumerate(before):
        step_logits, state, row = model.step(heard, state, letters)
        torch.testing.assert_close(step_logits, logits[:, t])
        torch.testing.assert_close(row, weights[:, t])


def test_the_score_is_the_papers(model):
    """v · tanh(W_q q + W_k k + U f), f the convolution over earlier attention, written out for one place."""
    heard = model.encode(FEATURES)
    first = model.step(heard, model.start(heard), torch.tensor([END, END]))[1]
    _, second, weights = model.step(heard, first, torch.tensor([3, 7]))
    layer = model.score_layer
    scores = torch.empty(7)
    for j in range(7):
        hidden = layer.w_query.weight @ second.hidden[1] + layer.w_key.weight @ heard.memory[1, j]
        if model.config.location:
            width = model.config.location_width
            looked = F.pad(torch.stack([first.last[1], first.total[1]]), (width // 2, width // 2))
            f = torch.einsum("cit,it->c", model.location_conv.weight, looked[:, j : j + width])
            ago = 0.04 * (j - torch.arange(j + 1))
            traces = [(first.last[1, : j + 1] * torch.exp(-ago / tau)).sum() for tau in TRACES_S]
            hidden = hidden + model.location_key.weight @ torch.cat([f, torch.stack(traces)])
        scores[j] = layer.v.weight[0] @ torch.tanh(hidden)
    torch.testing.assert_close(weights[1], scores.softmax(dim=0))


def test_only_location_awareness_sees_where_it_looked(model):
    heard = model.encode(FEATURES)
    state = model.start(heard)
    moved = state._replace(last=F.one_hot(torch.tensor([3, 3]), 7).float(), total=torch.ones(2, 7))
    letters = torch.tensor([END, END])
    same = torch.allclose(model.step(heard, state, letters)[2], model.step(heard, moved, letters)[2])
    assert same is not model.config.location


def test_a_frame_holds_its_own_hundredths(model):
    """Before the LSTM, frame j sees hundredths 4j - 3 to 4j + 6: those it stands for lie in their middle."""
    silent = torch.zeros(1, 28, 40)
    loud = silent.clone()
    loud[:, 12:16] = 1.0
    with torch.no_grad():  # every part of what it sees counts alike
        for convolution in (model.first, model.second):
            convolution.weight.fill_(0.1)

    def heard(features):
        return model.second(F.relu(model.first(features[:, None])))

    change = (heard(loud) - heard(silent)).abs().sum(dim=(0, 1, 3)).detach()
    assert change.argmax() == 3
    assert change.nonzero().flatten().tolist() == [2, 3, 4]
    assert change[2] == pytest.approx(change[4])


def test_another_normaliser_and_temperature_can_be_run(model):
    heard = model.encode(FEATURES)
    letters = torch.tensor([END, END])
    own = model.step(heard, model.start(heard), letters)[2]
    even = model.step(heard, model.start(heard), letters, Mechanism(score="additive", normaliser="uniform"))[2]
    sharp = model.step(heard, model.start(heard), letters, Mechanism(score="additive", temperature=0.1))[2]
    torch.testing.assert_close(even, torch.full((2, 7), 1 / 7))
    torch.testing.assert_close(sharp, (own.log() / 0.1).softmax(dim=-1))
    with pytest.raises(ValueError, match="additive"):
        check_mechanism(Mechanism())


def test_its_config_builds_it_again(model):
    again = build_model(config_dict(model))
    again.load_state_dict(model.state_dict())
    torch.testing.assert_close(again.eval()(FEATURES, WRITTEN)[0], model(FEATURES, WRITTEN)[0])
    with pytest.raises(ValueError, match="colour"):
        build_model({"colour": "red"})
