import json
import math

import pytest
import torch
from torch.autograd import gradcheck
from torch.nn import functional as F

from attention.mechanisms import (
    LAYERS,
    NORMALISERS,
    SCORES,
    AdditiveLayer,
    GeneralLayer,
    Mechanism,
    attend,
    attention_scores,
    attention_weights,
    causal_mask,
    cosine_scores,
    dot_scores,
)

BATCH, HEADS, QUERY_LEN, KEY_LEN, DIM, VALUE_DIM = 2, 3, 5, 4, 7, 6
ALL = [Mechanism(score, normaliser) for score in SCORES for normaliser in NORMALISERS]


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(3)


def _inputs(dtype=torch.float64, value_dim=VALUE_DIM, leading=(BATCH, HEADS)):
    return (
        torch.randn(*leading, QUERY_LEN, DIM, dtype=dtype),
        torch.randn(*leading, KEY_LEN, DIM, dtype=dtype),
        torch.randn(*leading, KEY_LEN, value_dim, dtype=dtype),
    )


def _mask():
    mask = torch.rand(BATCH, 1, QUERY_LEN, KEY_LEN) > 0.4
    mask[..., 0] = True
    mask[0, 0, 2] = False
    return mask


def _layer(score):
    return {"general": GeneralLayer(DIM, DIM), "additive": AdditiveLayer(DIM, DIM, 11)}.get(score)


def test_hand_worked_attention():
    query, key = torch.tensor([[math.log(3.0)]]), torch.tensor([[1.0], [0.0]])  # scores ln 3 and 0: weights 3/4 and 1/4
    value = torch.tensor([[8.0, 0.0], [0.0, 4.0]])
    context, weights = attend(query, key, value)
    torch.testing.assert_close(weights, torch.tensor([[0.75, 0.25]]))
    torch.testing.assert_close(context, torch.tensor([[6.0, 1.0]]))


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("masked", [True, False])
def test_attend_equals_torchs_attention(need_weights, masked):
    query, key, value = _inputs()
    mask = _mask() if masked else None
    context, weights = attend(query, key, value, mask=mask, need_weights=need_weights)
    torch.testing.assert_close(context, F.scaled_dot_product_attention(query, key, value, attn_mask=mask))
    assert (weights is not None) == need_weights


@pytest.mark.parametrize("mechanism", ALL, ids=str)
def test_every_mechanism_keeps_the_laws(mechanism):
    query, key, value = _inputs(torch.float32)
    mask, layer = _mask(), _layer(mechanism.score)
    context, weights = attend(query, key, value, mechanism, mask, layer=layer)
    assert context.shape == (BATCH, HEADS, QUERY_LEN, VALUE_DIM)
    torch.testing.assert_close(context, weights @ value)
    torch.testing.assert_close(weights.sum(-1), mask.any(-1).expand(BATCH, HEADS, -1).float())
    assert (weights[~mask.expand_as(weights)] == 0).all()
    assert (context[0, :, 2] == 0).all()
    alone, none = attend(query, key, value, mechanism, mask, layer=layer, need_weights=False)
    assert none is None
    torch.testing.assert_close(alone, context, rtol=1e-5, atol=1e-6)
    order = torch.randperm(KEY_LEN)
    permuted = attend(query, key[..., order, :], value[..., order, :], mechanism, mask[..., order], layer=layer)
    torch.testing.assert_close(permuted[0], context, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(permuted[1], weights[..., order])


@pytest.mark.parametrize("score", ["dot", "scaled_dot", "cosine", "general", "additive"])
@pytest.mark.parametrize("normaliser", ["softmax", "sparsemax", "entmax15"])
def test_gradient_through_attend_is_right(score, normaliser):
    layer = _layer(score)
    layer = layer.double() if layer else None
    inputs = [x.requires_grad_() for x in _inputs(leading=(BATCH,))]
    mask = _mask()[:, 0]
    assert gradcheck(lambda q, k, v: attend(q, k, v, Mechanism(score, normaliser), mask, layer=layer), inputs)


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_query_with_nothing_to_attend_to_has_context_zero_and_gradient_zero(need_weights, dtype):
    query, key, value = (x.requires_grad_() for x in _inputs(dtype, value_dim=DIM))
    context, _ = attend(query, key, value, mask=_mask(), need_weights=need_weights)
    assert (context[0, :, 2] == 0).all()
    (context * torch.randn_like(context)).sum().backward()
    assert all(x.grad.isfinite().all() for x in (query, key, value))
    assert (query.grad[0, :, 2] == 0).all()


@pytest.mark.parametrize("mechanism", ALL, ids=str)
def test_recording_gradients_or_not_changes_nothing(mechanism):
    query, key, value = _inputs()
    layer, mask = _layer(mechanism.score), _mask()
    layer = layer.double() if layer else None
    for given in (mask, torch.ones_like(mask), None):
        with torch.no_grad():
            without = attend(query, key, value, mechanism, given, layer=layer)
        recording = attend(query.clone().requires_grad_(), key, value, mechanism, given, layer=layer)
        torch.testing.assert_close(without, tuple(x.detach() for x in recording))


def test_inputs_are_never_overwritten():
    query, key, value = _inputs()
    before = [x.clone() for x in (query, key, value)]
    mask = _mask()
    mask_before = mask.clone()
    attend(query, key, value, mask=mask)
    scores = attention_scores(query, key)
    kept = scores.clone()
    attention_weights(scores, mask=mask)
    own = attend(query, key, value, Mechanism(lambda q, k: scores), mask)
    assert own[1].data_ptr() != scores.data_ptr()
    torch.testing.assert_close([query, key, value, mask, scores], [*before, mask_before, kept], rtol=0, atol=0)


@pytest.mark.parametrize("leading", [(), (2,), (2, 3), (2, 3, 4), (1, 3)], ids=str)
@pytest.mark.parametrize("masked", [True, False])
def test_fast_path_takes_any_leading_axes(leading, masked):
    query, key, value = _inputs(leading=leading, value_dim=DIM)
    mask = causal_mask(QUERY_LEN)[:, :KEY_LEN] if masked else None
    slow, _ = attend(query, key, value, mask=mask)
    fast, _ = attend(query, key, value, mask=mask, need_weights=False)
    torch.testing.assert_close(fast, slow)
    broadcast, _ = attend(query, key[..., :1, :, :] if leading else key, value, mask=mask, need_weights=False)
    assert broadcast.shape == fast.shape


def test_fast_path_broadcasts_query_over_batches():
    query, key, value = torch.randn(5, 7), torch.randn(2, 1, 4, 7), torch.randn(2, 3, 4, 7)
    mask = torch.rand(2, 1, 1, 4) > 0.3
    slow, _ = attend(query, key, value, mask=mask)
    fast, _ = attend(query, key, value, mask=mask, need_weights=False)
    torch.testing.assert_close(fast, slow)
    assert fast.shape == (2, 3, 5, 7)


@pytest.mark.parametrize(
    "mechanism", [Mechanism("dot"), Mechanism(scale=0.3), Mechanism("dot", temperature=4.0)], ids=str
)
def test_fast_path_applies_scale_and_temperature(mechanism):
    query, key, value = _inputs()
    slow, _ = attend(query, key, value, mechanism)
    fast, _ = attend(query, key, value, mechanism, need_weights=False)
    torch.testing.assert_close(fast, slow)


@pytest.mark.parametrize("autocast", [True, False])
@pytest.mark.parametrize("need_weights", [True, False])
def test_half_precision_stays_close(autocast, need_weights):
    query, key, value = _inputs(torch.float32)
    if not autocast:
        query, key, value = (x.bfloat16() for x in (query, key, value))
    mask = _mask()
    expected, _ = attend(query.float(), key.float(), value.float(), mask=mask)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
        context, _ = attend(query, key, value, mask=mask, need_weights=need_weights)
    torch.testing.assert_close(context.float(), expected, rtol=0.05, atol=0.05)


@pytest.mark.parametrize("score", SCORES)
def test_temperature_divides_and_scale_multiplies_the_scores(score):
    query, key, _ = _inputs(torch.float32)
    layer = _layer(score)
    plain = attention_scores(query, key, Mechanism(score), layer)
    torch.testing.assert_close(attention_scores(query, key, Mechanism(score, temperature=4), layer), plain / 4)
    scaled = attention_scores(query, key, Mechanism(score, scale=3.0), layer)
    torch.testing.assert_close(scaled, plain * 3 * (DIM**0.5 if score == "scaled_dot" else 1))
    torch.testing.assert_close(plain, SCORES[score](query, key, *([layer] if layer else [])))


@pytest.mark.parametrize("score", LAYERS)
def test_projected_key_gives_the_same(score):
    query, key, value = _inputs(torch.float32)
    layer = _layer(score)
    kept = layer.project_key(key)
    with_kept = attend(query, key, value, Mechanism(score), layer=layer, projected_key=kept)
    torch.testing.assert_close(with_kept, attend(query, key, value, Mechanism(score), layer=layer))


def test_own_functions_take_part():
    query, key, value = _inputs()
    mechanism = Mechanism(lambda q, k: -torch.cdist(q, k), lambda s, m: (s.exp() * m) / (s.exp() * m).sum(-1, True))
    _, weights = attend(query, key, value, mechanism, torch.ones(KEY_LEN, dtype=torch.bool))
    torch.testing.assert_close(weights, torch.softmax(-torch.cdist(query, key), -1))
    torch.testing.assert_close(
        attention_scores(query, key, Mechanism(cosine_scores, temperature=2)), cosine_scores(query, key) / 2
    )


def test_own_function_of_another_shape_is_named():
    query, key, value = _inputs()
    with pytest.raises(
        ValueError, match=r"your score must return a tensor of shape \(2, 3, 5, 4\), got \(2, 3, 4, 5\)"
    ):
        attend(query, key, value, Mechanism(lambda q, k: dot_scores(k, q)))
    with pytest.raises(ValueError, match=r"your normaliser must return.*got float"):
        attend(query, key, value, Mechanism(normaliser=lambda scores, mask: 1.0))


@pytest.mark.parametrize("score", LAYERS)
def test_missing_layer_is_asked_for(score):
    query, key, value = _inputs(torch.float32)
    with pytest.raises(ValueError, match="got none; pass layer="):
        attend(query, key, value, Mechanism(score))
    with pytest.raises(ValueError, match="got Linear; pass layer="):
        attend(query, key, value, Mechanism(score), layer=torch.nn.Linear(DIM, DIM))


@pytest.mark.parametrize("need_weights", [True, False])
def test_misfits_are_refused(need_weights):
    query, key, value = _inputs()
    with pytest.raises(ValueError, match="4 keys and 3 values"):
        attend(query, key, value[..., :3, :], need_weights=need_weights)
    with pytest.raises(ValueError, match="query has size 7, key has size 6"):
        attend(query, key[..., :6], value, need_weights=need_weights)
    with pytest.raises(ValueError, match="must be boolean"):
        attend(query, key, value, mask=torch.zeros(KEY_LEN), need_weights=need_weights)
    with pytest.raises(ValueError, match=r"mask of shape \(5, 3\) does not fit scores of shape \(2, 3, 5, 4\)"):
        attend(query, key, value, mask=torch.ones(5, 3, dtype=torch.bool), need_weights=need_weights)


@pytest.mark.parametrize("temperature", [0, -1.0, math.inf, math.nan, "warm", None, True])
def test_impossible_temperature_is_refused(temperature):
    with pytest.raises(ValueError, match="temperature must be a finite number above 0, got"):
        Mechanism(temperature=temperature)


@pytest.mark.parametrize("scale", [math.inf, math.nan, "big"])
def test_impossible_scale_is_refused(scale):
    with pytest.raises(ValueError, match="scale must be a finite number or None, got"):
        Mechanism(scale=scale)


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"score must be one of dot, scaled_dot, general, additive, cosine.*'dots'"):
        Mechanism("dots")
    with pytest.raises(ValueError, match=r"normaliser must be one of softmax, sparsemax.*got 3"):
        Mechanism(normaliser=3)


def test_mechanisms_are_values():
    assert Mechanism("dot", temperature=2.0) == Mechanism("dot", temperature=2.0)
    assert len({Mechanism(), Mechanism("scaled_dot"), Mechanism("dot")}) == 2
    assert hash(Mechanism(dot_scores)) == hash(Mechanism(dot_scores))


@pytest.mark.parametrize("mechanism", [*ALL, Mechanism(scale=0.5, temperature=2)], ids=str)
def test_written_and_read_again_is_the_same(mechanism):
    assert Mechanism.from_json(json.loads(json.dumps(mechanism.to_json()))) == mechanism


def test_what_cannot_be_written_or_read_is_refused():
    with pytest.raises(ValueError, match="score is a function and cannot be written"):
        Mechanism(dot_scores).to_json()
    assert Mechanism.from_json({}) == Mechanism()
    for record, message in (
        ({"score": "dot", "colour": "red"}, "got colour; remove"),
        ({"score": ["dot"]}, "score must be a name"),
        ({"temperature": 0}, "temperature must be"),
        ("dot", "must be an object"),
    ):
        with pytest.raises(ValueError, match=message):
            Mechanism.from_json(record)


def test_weights_follow_the_normaliser():
    scores = torch.tensor([[1.0, 0.0, 5.0]])
    mask = torch.tensor([True, True, False])
    assert attention_weights(scores, Mechanism(normaliser="hardmax"), mask).tolist() == [[1, 0, 0]]
    assert attention_weights(scores, Mechanism(normaliser="uniform"), mask).tolist() == [[0.5, 0.5, 0]]
