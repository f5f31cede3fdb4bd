import math

import pytest
import torch
from torch import nn

from tests.translation.test_model import LENGTHS, close, sentences, tiny


def cell_of(lstm, suffix=""):
    """An LSTM cell with the parameters of one direction of a one-layer LSTM."""
    cell = nn.LSTMCell(lstm.input_size, lstm.hidden_size)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(cell, name).data = getattr(lstm, f"{name}_l0{suffix}").data
    return cell


def run_cell(cell, vectors, hidden, cell_state):
    states = []
    for vector in vectors:
        hidden, cell_state = cell(vector[None], (hidden, cell_state))
        states.append(hidden[0])
    return states, hidden, cell_state


def slow_logits(model, source, target_in):
    """The additive model on one sentence, piece by piece, in the words of the papers; source, target_in: (length,)."""
    zero = torch.zeros(1, model.config.hidden_dim)
    embed = [model.embedding.weight[i] * math.sqrt(model.config.embedding_dim) for i in source]
    forward, last_forward, _ = run_cell(cell_of(model.encoder), embed, zero, zero)
    backward, last_backward, _ = run_cell(cell_of(model.encoder, "_reverse"), embed[::-1], zero, zero)
    memory = [torch.cat(pair) for pair in zip(forward, backward[::-1], strict=True)]
    first = torch.tanh(model.bridge(torch.cat([last_forward[0], last_backward[0]])))
    hidden, cell_state = first[: model.config.hidden_dim][None], first[model.config.hidden_dim :][None]
    decoder, layer, rows = cell_of(model.decoder), model.score_layer, []
    for token in target_in:
        vector = model.embedding.weight[token] * math.sqrt(model.config.embedding_dim)
        hidden, cell_state = decoder(vector[None], (hidden, cell_state))
        state = hidden[0]
        scores = torch.stack([layer.v(torch.tanh(layer.w_query(state) + layer.w_key(h))).squeeze() for h in memory])
        context = sum(w * h for w, h in zip(scores.softmax(dim=0), memory, strict=True))
        joined = torch.tanh(model.combine(torch.cat([state, context])))
        rows.append(torch.stack([joined @ row for row in model.embedding.weight]) + model.output_bias)
    return torch.stack(rows)


@torch.no_grad()
def test_logits_equal_a_slow_loop_over_lstm_cells():
    model = tiny("recurrent")
    model.output_bias.normal_()
    source, mask, target_in = sentences()
    logits = model(source, mask, target_in)
    for row, length in enumerate(LENGTHS):
        close(logits[row], slow_logits(model, source[row, :length].tolist(), target_in[row].tolist()))


@torch.no_grad()
def test_contributions_are_lengths_of_the_parts_added_up():
    model = tiny("recurrent")
    source, mask, target_in = sentences()
    encoded = model.encode(source, mask)
    forced = model.force(encoded, target_in)
    transform = model.combine.weight[:, model.config.hidden_dim :]
    for row, length in enumerate(LENGTHS):
        for step in range(target_in.shape[1]):
            parts = [
                (transform @ (forced.weights[row, 0, 0, step, j] * encoded.memory[row, j])).norm()
                for j in range(length)
            ]
            close(forced.contributions[row, 0, 0, step, :length], torch.stack(parts) / sum(parts))


def test_dropout_acts_only_in_training():
    model = tiny("recurrent")
    source, mask, target_in = sentences()
    assert torch.equal(model(source, mask, target_in), model(source, mask, target_in))
    model.train()
    assert not torch.equal(model(source, mask, target_in), model(source, mask, target_in))


@pytest.mark.parametrize("score", ["dot", "scaled_dot", "cosine"])
def test_a_score_without_parameters_gets_a_projected_query(score):
    model = tiny("recurrent", score=score)
    assert model.score_layer.weight.shape == (20, 10)  # memory_dim, hidden_dim
