import pytest
import torch
from torch import nn
from torch.autograd import gradcheck
from torch.nn import functional as F

from attention.mechanisms import (
    NORMALISERS,
    SCALED_DOT,
    SCORES,
    GroupedQueryAttention,
    Mechanism,
    MultiHeadAttention,
    causal_mask,
    merge_heads,
    split_heads,
)

BATCH, QUERY_LEN, KEY_LEN, D_MODEL, HEADS = 2, 5, 7, 12, 3


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(4)


def _copy_of_torchs(theirs: nn.MultiheadAttention) -> MultiHeadAttention:
    ours = MultiHeadAttention(D_MODEL, HEADS, theirs.kdim, theirs.vdim, bias=theirs.in_proj_bias is not None)
    ours = ours.to(theirs.out_proj.weight.dtype)
    state = {"out_proj.weight": theirs.out_proj.weight}
    if ours.packed:
        state["in_proj.weight"] = theirs.in_proj_weight
    else:
        for name in ("query", "key", "value"):
            state[f"{name}_proj.weight"] = getattr(theirs, f"{name[0]}_proj_weight")
    if theirs.in_proj_bias is not None:
        state["out_proj.bias"] = theirs.out_proj.bias
        if ours.packed:
            state["in_proj.bias"] = theirs.in_proj_bias
        else:
            parts = theirs.in_proj_bias.chunk(3)
            state |= {f"{name}_proj.bias": part for name, part in zip(("query", "key", "value"), parts, strict=True)}
    ours.load_state_dict(state)
    return ours


def _torchs(key_dim=None, value_dim=None, bias=True):
    theirs = nn.MultiheadAttention(
        D_MODEL, HEADS, kdim=key_dim, vdim=value_dim, bias=bias, batch_first=True, dtype=torch.float64
    )
    if bias:
        nn.init.normal_(theirs.in_proj_bias)
        nn.init.normal_(theirs.out_proj.bias)
    return theirs


def _vectors(length, dim=D_MODEL):
    return torch.randn(BATCH, length, dim, dtype=torch.float64)


def _grouped(groups, heads=6, d_model=24, **options):
    ours = GroupedQueryAttention(d_model, heads, groups, **options).double()
    for projection in (ours.query_proj, ours.key_proj, ours.value_proj, ours.out_proj):
        if projection.bias is not None:
            nn.init.normal_(projection.bias)
    return ours


def test_splitting_hands_each_head_its_part():
    vectors = torch.arange(2 * 3 * 6).view(2, 3, 6)
    parts = split_heads(vectors, 2)
    assert parts.shape == (2, 2, 3, 3)
    assert parts[1, 0, 2].tolist() == vectors[1, 2, :3].tolist()
    assert parts[1, 1, 2].tolist() == vectors[1, 2, 3:].tolist()


def test_merging_undoes_splitting():
    vectors = torch.randn(2, 5, 12)
    torch.testing.assert_close(merge_heads(split_heads(vectors, 3)), vectors, rtol=0, atol=0)


def test_heads_that_do_not_divide_are_refused_with_those_that_do():
    message = r"d_model 12 cannot be split over 5 heads; use one of \[1, 2, 3, 4, 6, 12\] heads"
    with pytest.raises(ValueError, match=message):
        MultiHeadAttention(12, 5)
    with pytest.raises(ValueError, match=message):
        split_heads(torch.zeros(2, 3, 12), 5)
    with pytest.raises(ValueError, match="over 0 heads"):
        MultiHeadAttention(12, 0)


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_self_attention_equals_torchs_module(need_weights, bias):
    theirs, x = _torchs(bias=bias), _vectors(QUERY_LEN)
    ours, mask = _copy_of_torchs(theirs), causal_mask(QUERY_LEN)
    context, weights = ours(x, x, x, mask, need_weights=need_weights)
    # torch's module has the opposite convention: True there means hidden
    expected, expected_weights = theirs(x, x, x, attn_mask=~mask, average_attn_weights=False)
    torch.testing.assert_close(context, expected)
    if need_weights:
        torch.testing.assert_close(weights, expected_weights)


@pytest.mark.parametrize(("key_dim", "value_dim"), [(None, None), (8, 10), (D_MODEL, 10)])
@pytest.mark.parametrize("need_weights", [True, False])
def test_cross_attention_equals_torchs_module(key_dim, value_dim, need_weights):
    theirs = _torchs(key_dim, value_dim)
    ours = _copy_of_torchs(theirs)
    query, key, value = (
        _vectors(QUERY_LEN),
        _vectors(KEY_LEN, key_dim or D_MODEL),
        _vectors(KEY_LEN, value_dim or D_MODEL),
    )
    real = torch.arange(KEY_LEN) < torch.tensor([[4], [7]])  # (batch, key_len)
    context, weights = ours(query, key, value, real[:, None], need_weights=need_weights)
    # torch's module has the opposite convention: True there means padding
    expected, expected_weights = theirs(query, key, value, key_padding_mask=~real, average_attn_weights=False)
    torch.testing.assert_close(context, expected)
    if need_weights:
        torch.testing.assert_close(weights, expected_weights)


def test_memory_used_as_key_and_value_is_projected_alike():
    ours, query, memory = MultiHeadAttention(D_MODEL, HEADS).double(), _vectors(QUERY_LEN), _vectors(KEY_LEN)
    together = ours(query, memory, memory)
    torch.testing.assert_close(together, ours(query, memory, memory.clone()))


def test_gradients_equal_those_of_torchs_module():
    theirs, x = _torchs(), _vectors(QUERY_LEN)
    ours = _copy_of_torchs(theirs)
    for need_weights in (True, False):
        ours.zero_grad()
        theirs.zero_grad()
        ours(x, x, x, need_weights=need_weights)[0].square().sum().backward()
        theirs(x, x, x)[0].square().sum().backward()
        torch.testing.assert_close(ours.in_proj.weight.grad, theirs.in_proj_weight.grad)
        torch.testing.assert_close(ours.out_proj.weight.grad, theirs.out_proj.weight.grad)


@pytest.mark.parametrize("shape", ["query_key", "batch", "batch_heads"])
def test_mask_shapes_mean_what_is_documented(shape):
    ours, query, memory = MultiHeadAttention(D_MODEL, HEADS), torch.randn(3, 3, D_MODEL), torch.randn(3, 3, D_MODEL)
    full = torch.rand(3, HEADS, 3, 3) > 0.4  # batch, heads and lengths alike, so that a mix-up could go unseen
    full[..., 0] = True
    if shape == "query_key":
        mask = full[0, 0]
        full = mask.expand(3, HEADS, 3, 3)
    elif shape == "batch":
        mask = full[:, 0]
        full = mask[:, None].expand(3, HEADS, 3, 3)
    else:
        mask = full
    _, weights = ours(query, memory, memory, mask)
    assert (weights[~full] == 0).all()
    assert (weights[full] > 0).all()


def test_kept_keys_and_values_give_the_same_step_by_step():
    ours, x = MultiHeadAttention(D_MODEL, HEADS), torch.randn(BATCH, QUERY_LEN, D_MODEL)
    whole, whole_weights = ours(x, x, x, causal_mask(QUERY_LEN))
    k, v = ours.project_key_value(x, x)
    for i in range(QUERY_LEN):
        q = ours.project_query(x[:, i : i + 1])
        context, weights = ours.attend_projected(q, k[:, :, : i + 1], v[:, :, : i + 1])
        torch.testing.assert_close(ours.output(context)[:, 0], whole[:, i])
        torch.testing.assert_close(weights[:, :, 0], whole_weights[:, :, i, : i + 1])


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("normaliser", NORMALISERS)
def test_any_mechanism_runs(score, normaliser):
    ours, x = MultiHeadAttention(D_MODEL, HEADS, score=score), torch.randn(BATCH, QUERY_LEN, D_MODEL)
    mask = causal_mask(QUERY_LEN)
    context, weights = ours(x, x, x, mask, Mechanism(score, normaliser))
    assert context.shape == (BATCH, QUERY_LEN, D_MODEL)
    torch.testing.assert_close(weights.sum(-1), torch.ones(BATCH, HEADS, QUERY_LEN))
    torch.testing.assert_close(ours(x, x, x, mask, Mechanism(score, normaliser), need_weights=False)[0], context)


def test_own_score_is_the_default():
    x = torch.randn(BATCH, QUERY_LEN, D_MODEL)
    additive = MultiHeadAttention(D_MODEL, HEADS, score="additive")
    torch.testing.assert_close(additive(x, x, x), additive(x, x, x, mechanism=Mechanism("additive")))
    plain = MultiHeadAttention(D_MODEL, HEADS)
    torch.testing.assert_close(plain(x, x, x), plain(x, x, x, mechanism=SCALED_DOT))


def test_score_without_its_parameters_is_refused():
    ours, x = MultiHeadAttention(D_MODEL, HEADS), torch.randn(BATCH, QUERY_LEN, D_MODEL)
    with pytest.raises(ValueError, match="has no parameters for additive; make it with score='additive'"):
        ours(x, x, x, mechanism=Mechanism("additive"))
    with pytest.raises(ValueError, match="score must be one of"):
        MultiHeadAttention(D_MODEL, HEADS, score="guess")


def test_state_is_plain_and_survives_saving():
    ours = MultiHeadAttention(D_MODEL, HEADS)
    assert sorted(ours.state_dict()) == ["in_proj.bias", "in_proj.weight", "out_proj.bias", "out_proj.weight"]
    again = MultiHeadAttention(D_MODEL, HEADS)
    again.load_state_dict(ours.state_dict())
    x = torch.randn(BATCH, QUERY_LEN, D_MODEL)
    torch.testing.assert_close(again(x, x, x), ours(x, x, x), rtol=0, atol=0)


def test_nothing_is_kept_between_calls():
    ours, x = MultiHeadAttention(D_MODEL, HEADS), torch.randn(BATCH, QUERY_LEN, D_MODEL)
    before = set(vars(ours))
    ours(x, x, x)
    assert set(vars(ours)) == before


def test_permuting_heads_of_the_parameters_permutes_the_weights():
    ours, x = MultiHeadAttention(D_MODEL, HEADS), torch.randn(BATCH, QUERY_LEN, D_MODEL)
    _, weights = ours(x, x, x)
    order = torch.tensor([2, 0, 1])
    size = D_MODEL // HEADS
    rows = torch.cat([torch.arange(h * size, (h + 1) * size) for h in order.tolist()])
    state = ours.state_dict()
    state["in_proj.weight"] = torch.cat([part[rows] for part in state["in_proj.weight"].chunk(3)])
    ours.load_state_dict(state)
    torch.testing.assert_close(ours(x, x, x)[1], weights[:, order])


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_grouped_queries_equal_torchs_grouped_attention(groups, need_weights):
    ours, query, memory = _grouped(groups), _vectors(QUERY_LEN, 24), _vectors(KEY_LEN, 24)
    mask = torch.rand(BATCH, 1, QUERY_LEN, KEY_LEN) > 0.4
    mask[..., 0] = True
    context, weights = ours(query, memory, memory, mask, need_weights=need_weights)
    q = ours.query_proj(query).view(BATCH, QUERY_LEN, 6, 4).transpose(1, 2)
    k, v = (
        projection(memory).view(BATCH, KEY_LEN, groups, 4).transpose(1, 2)
        for projection in (ours.key_proj, ours.value_proj)
    )
    expected = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)
    torch.testing.assert_close(context, ours.out_proj(expected.transpose(1, 2).reshape(BATCH, QUERY_LEN, 24)))
    if need_weights:
        assert weights.shape == (BATCH, 6, QUERY_LEN, KEY_LEN)
        for head in range(6):
            scores = q[:, head] @ k[:, head * groups // 6].mT / 2  # √4
            torch.testing.assert_close(weights[:, head], torch.softmax(scores.where(mask[:, 0], -torch.inf), -1))
    else:
        assert weights is None


@pytest.mark.parametrize(("key_dim", "value_dim"), [(None, None), (8, 10)])
def test_as_many_groups_as_heads_is_torchs_module(key_dim, value_dim):
    theirs = _torchs(key_dim, value_dim)
    ours = GroupedQueryAttention(D_MODEL, HEADS, HEADS, key_dim, value_dim).double()
    weights = theirs.in_proj_weight.chunk(3) if key_dim is None else None
    weights = weights or (theirs.q_proj_weight, theirs.k_proj_weight, theirs.v_proj_weight)
    state = {"out_proj.weight": theirs.out_proj.weight, "out_proj.bias": theirs.out_proj.bias}
    for name, weight, bias in zip(("query", "key", "value"), weights, theirs.in_proj_bias.chunk(3), strict=True):
        state |= {f"{name}_proj.weight": weight, f"{name}_proj.bias": bias}
    ours.load_state_dict(state)
    query, key, value = _vectors(QUERY_LEN), _vectors(KEY_LEN, key_dim or 12), _vectors(KEY_LEN, value_dim or 12)
    real = torch.arange(KEY_LEN) < torch.tensor([[4], [7]])
    found = ours(query, key, value, real[:, None])
    # torch's module has the opposite convention: True there means padding
    torch.testing.assert_close(found, theirs(query, key, value, key_padding_mask=~real, average_attn_weights=False))
    torch.testing.assert_close(found, _copy_of_torchs(theirs)(query, key, value, real[:, None]))


def test_grouped_is_multi_head_with_the_keys_and_values_of_a_group_repeated():
    grouped, whole = _grouped(2), _grouped(6)
    state = dict(grouped.state_dict())
    for name in ("key", "value"):
        for part in ("weight", "bias"):
            rows = state[f"{name}_proj.{part}"].unflatten(0, (2, 4))  # (groups, head_dim, ...)
            state[f"{name}_proj.{part}"] = rows.repeat_interleave(3, dim=0).flatten(0, 1)
    whole.load_state_dict(state)
    query, memory = _vectors(QUERY_LEN, 24), _vectors(KEY_LEN, 24)
    torch.testing.assert_close(grouped(query, memory, memory), whole(query, memory, memory))


def test_grouped_keeps_few_keys_and_values_and_decodes_step_by_step():
    ours, x = _grouped(2), _vectors(QUERY_LEN, 24)
    whole, whole_weights = ours(x, x, x, causal_mask(QUERY_LEN))
    k, v = ours.project_key_value(x, x)
    assert k.shape == v.shape == (BATCH, 2, QUERY_LEN, 4)
    for i in range(QUERY_LEN):
        q = ours.project_query(x[:, i : i + 1])
        context, weights = ours.attend_projected(q, k[:, :, : i + 1], v[:, :, : i + 1])
        torch.testing.assert_close(ours.output(context)[:, 0], whole[:, i])
        torch.testing.assert_close(weights[:, :, 0], whole_weights[:, :, i, : i + 1])


@pytest.mark.parametrize("need_weights", [True, False])
def test_grouped_query_with_nothing_to_attend_to_sees_nothing(need_weights):
    ours, query, memory = _grouped(3, bias=False), _vectors(QUERY_LEN, 24).requires_grad_(), _vectors(KEY_LEN, 24)
    mask = torch.ones(BATCH, QUERY_LEN, KEY_LEN, dtype=torch.bool)
    mask[1, 3] = False
    context, weights = ours(query, memory, memory, mask, need_weights=need_weights)
    assert (context[1, 3] == 0).all()
    assert (context[0, 3] != 0).any()
    assert weights is None or (weights[1, :, 3] == 0).all()
    context.sum().backward()
    assert query.grad.isfinite().all()
    assert (query.grad[1, 3] == 0).all()


def test_gradient_of_grouped_queries_is_right():
    ours = _grouped(1, heads=2, d_model=6)
    inputs = [_vectors(length, 6).requires_grad_() for length in (3, 4, 4)]
    assert gradcheck(lambda q, k, v, *_: ours(q, k, v)[0], (*inputs, *ours.parameters()))


@pytest.mark.parametrize("score", SCORES)
def test_grouped_runs_every_score(score):
    ours, x = _grouped(2, score=score), _vectors(QUERY_LEN, 24)
    context, weights = ours(x, x, x, causal_mask(QUERY_LEN))
    assert context.shape == (BATCH, QUERY_LEN, 24)
    torch.testing.assert_close(weights.sum(-1), torch.ones(BATCH, 6, QUERY_LEN).double())
    if score != "additive":
        with pytest.raises(ValueError, match="has no parameters for additive; make it with score='additive'"):
            ours(x, x, x, mechanism=Mechanism("additive"))


def test_grouped_refuses_what_cannot_be_shared():
    with pytest.raises(ValueError, match=r"6 heads cannot share 4 groups; use one of \[1, 2, 3, 6\] groups"):
        GroupedQueryAttention(24, 6, 4)
    with pytest.raises(ValueError, match="6 heads cannot share 0 groups"):
        GroupedQueryAttention(24, 6, 0)
    with pytest.raises(ValueError, match="d_model 24 cannot be split over 5 heads"):
        GroupedQueryAttention(24, 5, 5)
    with pytest.raises(ValueError, match="score must be one of"):
        GroupedQueryAttention(24, 6, 2, score="guess")
