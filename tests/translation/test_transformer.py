import math

import pytest
import torch
from torch import nn

from attention.mechanisms import causal_mask, sinusoidal_positions
from attention.translation.model import TransformerConfig
from attention.translation.transformer import MAX_POSITIONS, DecoderLayer, EncoderLayer
from tests.translation.test_model import close, sentences, tiny

CONFIG = TransformerConfig(vocab_size=23, d_model=12, heads=3, ffn_dim=20, dropout=0.0)


def copy_attention(ours, theirs):
    theirs.in_proj_weight.data, theirs.in_proj_bias.data = ours.in_proj.weight.data, ours.in_proj.bias.data
    theirs.out_proj.load_state_dict(ours.out_proj.state_dict())


def shuffled(layer):
    """Give every parameter a value that matters: torch starts norms at one and biases at zero."""
    for parameter in layer.parameters():
        nn.init.normal_(parameter, std=0.4)
    return layer.eval()


@torch.no_grad()
def test_encoder_layer_equals_torchs_pre_norm_layer():
    torch.manual_seed(0)
    ours = shuffled(EncoderLayer(CONFIG))
    theirs = nn.TransformerEncoderLayer(12, 3, 20, dropout=0.0, batch_first=True, norm_first=True).eval()
    copy_attention(ours.attention, theirs.self_attn)
    for own, name in ((ours.feed_forward.widen, "linear1"), (ours.feed_forward.narrow, "linear2")):
        getattr(theirs, name).load_state_dict(own.state_dict())
    for own, name in ((ours.attention_norm, "norm1"), (ours.feed_forward_norm, "norm2")):
        getattr(theirs, name).load_state_dict(own.state_dict())
    values = torch.randn(2, 5, 12)
    mask = torch.tensor([[True] * 5, [True] * 3 + [False] * 2])
    expected = theirs(values, src_key_padding_mask=~mask)  # torch's layer wants True where nothing may be seen
    for need_weights in (False, True):
        found, _ = ours(values, mask[:, None, None], need_weights)
        close(found[mask], expected[mask])


@torch.no_grad()
def test_decoder_layer_equals_torchs_pre_norm_layer():
    torch.manual_seed(1)
    ours = shuffled(DecoderLayer(CONFIG))
    theirs = nn.TransformerDecoderLayer(12, 3, 20, dropout=0.0, batch_first=True, norm_first=True).eval()
    copy_attention(ours.self_attention, theirs.self_attn)
    copy_attention(ours.cross_attention, theirs.multihead_attn)
    pairs = [(ours.feed_forward.widen, "linear1"), (ours.feed_forward.narrow, "linear2"), (ours.self_norm, "norm1")]
    for own, name in [*pairs, (ours.cross_norm, "norm2"), (ours.feed_forward_norm, "norm3")]:
        getattr(theirs, name).load_state_dict(own.state_dict())
    values, memory = torch.randn(2, 4, 12), torch.randn(2, 7, 12)
    mask = torch.tensor([[True] * 7, [True] * 5 + [False] * 2])
    later = ~causal_mask(4)
    expected = theirs(values, memory, tgt_mask=later, memory_key_padding_mask=~mask)
    found, _, _ = ours.look_back(values, None, causal_mask(4), need_weights=False)
    cross = ours.cross_attention
    context, _ = cross(ours.cross_norm(found), memory, memory, mask[:, None, None])
    close(ours.think(found + context), expected)


@torch.no_grad()
def test_whole_model_equals_torchs_encoder_and_decoder():
    model = shuffled(tiny("transformer"))
    source, mask, target_in = sentences()
    values = model.embedding(source) * math.sqrt(16) + sinusoidal_positions(source.shape[1], 16)
    for layer in model.encoder_layers:
        values, _ = layer(values, mask[:, None, None])
    close(model.encode(source, mask).memory[mask], model.encoder_norm(values)[mask])
    slow = model.embedding(target_in) * math.sqrt(16) + sinusoidal_positions(target_in.shape[1], 16)
    memory = model.encoder_norm(values)
    for layer in model.decoder_layers:
        slow, _, _ = layer.look_back(slow, None, causal_mask(target_in.shape[1]), need_weights=True)
        slow = slow + layer.cross_attention(layer.cross_norm(slow), memory, memory, mask[:, None, None])[0]
        slow = layer.think(slow)
    close(model(source, mask, target_in), model.decoder_norm(slow) @ model.embedding.weight.T, tolerance=2e-4)


@torch.no_grad()
def test_self_attention_rows_sum_to_one_and_never_look_ahead():
    model = tiny("transformer")
    source, mask, target_in = sentences()
    encoded = model.encode(source, mask, need_weights=True)
    own = model.force(encoded, target_in).decoder_weights
    close(own.sum(dim=-1), torch.ones(own.shape[:-1]))
    assert (own.masked_select(~causal_mask(own.shape[-1])) == 0).all()
    encoder = encoded.encoder_weights
    close(encoder.sum(dim=-1), torch.ones(encoder.shape[:-1]))
    assert (encoder.masked_select(~mask[:, None, None, None]) == 0).all()


@torch.no_grad()
def test_contributions_are_lengths_of_each_heads_parts():
    model = tiny("transformer")
    source, mask, target_in = sentences()
    encoded = model.encode(source, mask)
    forced = model.force(encoded, target_in)
    layer, head, row, step, head_dim = 1, 1, 2, 3, 8
    value = encoded.cache[2 * layer + 1][row, head]  # (source_len, head_dim)
    output = model.decoder_layers[layer].cross_attention.out_proj.weight[:, head * head_dim : (head + 1) * head_dim]
    parts = torch.stack(
        [(output @ (w * v)).norm() for w, v in zip(forced.weights[row, layer, head, step], value, strict=True)]
    )
    close(forced.contributions[row, layer, head, step], parts / parts.sum())


@torch.no_grad()
def test_order_of_the_source_matters():
    model = tiny("transformer")
    source, mask, target_in = sentences()
    swapped = source.clone()
    swapped[:, [0, 1]] = source[:, [1, 0]]
    assert not torch.allclose(model(source, mask, target_in), model(swapped, mask, target_in), atol=1e-4)


def test_more_pieces_than_positions_are_refused():
    model = tiny("transformer")
    source = torch.full((1, MAX_POSITIONS + 1), 5)
    with pytest.raises(ValueError, match=f"positions for {MAX_POSITIONS}"):
        model.encode(source, source != 0)


def test_positions_are_no_parameters_and_are_not_saved():
    assert "positions" not in tiny("transformer").state_dict()
