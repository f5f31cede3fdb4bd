import math

import pytest
import torch
from torch.autograd import gradcheck
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from attention.mechanisms import causal_mask, elu_features, linear_attend, linear_weights
from attention.mechanisms.linear import CHUNK

BATCH, HEADS, QUERY_LEN, KEY_LEN, DIM, VALUE_DIM = 2, 3, 5, 11, 7, 4


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(5)


def _inputs(query_len=QUERY_LEN, key_len=KEY_LEN, dtype=torch.float64, leading=(BATCH, HEADS)):
    return (
        torch.randn(*leading, query_len, DIM, dtype=dtype),
        torch.randn(*leading, key_len, DIM, dtype=dtype),
        torch.randn(*leading, key_len, VALUE_DIM, dtype=dtype),
    )


def _feature(x):
    return x + 1 if x > 0 else math.exp(x)


def _slow_weights(query, key, mask):
    rows = []
    for i, q in enumerate(query.tolist()):
        products = [sum(_feature(a) * _feature(b) for a, b in zip(q, k, strict=True)) for k in key.tolist()]
        products = [product if mask[i][j] else 0.0 for j, product in enumerate(products)]
        rows.append([product / sum(products) if any(mask[i]) else 0.0 for product in products])
    return torch.tensor(rows, dtype=torch.float64)


class _Largest(TorchDispatchMode):
    """Watches every tensor that is made, backward passes included, and remembers the size of the largest."""

    def __init__(self):
        super().__init__()
        self.numbers = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        sizes = [x.numel() for x in tree_leaves(result) if isinstance(x, torch.Tensor)]
        self.numbers = max(self.numbers, *sizes, 0)
        return result


def test_hand_worked_linear_attention():
    query = torch.tensor([[0.0, 1.0]])  # features 1, 2
    key = torch.tensor([[1.0, 0.0], [0.0, 2.0]])  # features 2, 1 and 1, 3: products 4 and 7
    torch.testing.assert_close(linear_weights(query, key), torch.tensor([[4 / 11, 7 / 11]]))
    context = linear_attend(query, key, torch.tensor([[11.0], [22.0]]))
    torch.testing.assert_close(context, torch.tensor([[18.0]]))


def test_features_are_those_of_elu():
    x = torch.linspace(-30, 30, 601, dtype=torch.float64)
    torch.testing.assert_close(elu_features(x), F.elu(x) + 1, rtol=0, atol=1e-15)
    assert elu_features(torch.tensor([0.0, 2.0])).tolist() == [1, 3]
    # elu(x) + 1 itself is 0 here in single precision, and the order of the keys is lost
    assert elu_features(torch.tensor(-20.0)).item() == pytest.approx(math.exp(-20))
    assert (elu_features(torch.tensor([-1e9, -1e30, -41.0])) > 0).all()


def test_slope_of_features_is_one_at_zero():
    x = torch.tensor([-1.0, 0.0, 1.0], requires_grad=True)
    elu_features(x).sum().backward()
    torch.testing.assert_close(x.grad, torch.tensor([math.exp(-1), 1.0, 1.0]))


@pytest.mark.parametrize("masked", [True, False])
def test_weights_equal_a_slow_loop(masked):
    query, key, _ = _inputs()
    mask = torch.rand(BATCH, HEADS, QUERY_LEN, KEY_LEN) > 0.5
    mask[1, 2, 3] = False
    weights = linear_weights(query, key, mask=mask if masked else None)
    mask = mask if masked else torch.ones_like(mask)
    for b in range(BATCH):
        for h in range(HEADS):
            slow = _slow_weights(query[b, h], key[b, h], mask[b, h].tolist())
            torch.testing.assert_close(weights[b, h], slow)


@pytest.mark.parametrize("key_len", [1, 3, KEY_LEN, 3 * CHUNK + 5])
def test_linear_form_equals_the_quadratic_one(key_len):
    query, key, value = _inputs(key_len=key_len)
    torch.testing.assert_close(linear_attend(query, key, value), linear_weights(query, key) @ value)


@pytest.mark.parametrize(
    ("query_len", "key_len"),
    [(1, 1), (5, 11), (11, 11), (CHUNK, CHUNK), (CHUNK + 1, CHUNK + 1), (2 * CHUNK + 3, 3 * CHUNK + 1), (1, 200)],
)
def test_causal_linear_form_equals_the_masked_quadratic_one(query_len, key_len):
    query, key, value = _inputs(query_len, key_len)
    weights = linear_weights(query, key, mask=causal_mask(query_len, key_len))
    torch.testing.assert_close(linear_attend(query, key, value, causal=True), weights @ value)


def test_causal_equals_the_papers_recurrent_network():
    query, key, value = _inputs(query_len=KEY_LEN, leading=())
    s, z = torch.zeros(DIM, VALUE_DIM).double(), torch.zeros(DIM).double()
    context = linear_attend(query, key, value, causal=True)
    for i in range(KEY_LEN):  # section 3.4: attention memory s, normaliser memory z
        k = F.elu(key[i]) + 1
        s, z = s + torch.outer(k, value[i]), z + k
        q = F.elu(query[i]) + 1
        torch.testing.assert_close(context[i], (q @ s) / (q @ z))


def test_causal_context_knows_nothing_of_what_comes_after():
    query, key, value = _inputs(query_len=2 * CHUNK, key_len=2 * CHUNK)
    before = linear_attend(query, key, value, causal=True)
    changed = CHUNK + 9
    key[..., changed:, :] += 3
    value[..., changed:, :] -= 3
    after = linear_attend(query, key, value, causal=True)
    torch.testing.assert_close(after[..., :changed, :], before[..., :changed, :])
    assert not torch.isclose(after[..., changed:, :], before[..., changed:, :]).any(-1).all()


def test_rows_sum_to_one_and_permuting_keys_permutes_weights():
    query, key, value = _inputs(dtype=torch.float32)
    weights = linear_weights(query, key)
    torch.testing.assert_close(weights.sum(-1), torch.ones(BATCH, HEADS, QUERY_LEN))
    assert (weights > 0).all()
    order = torch.randperm(KEY_LEN)
    torch.testing.assert_close(linear_weights(query, key[..., order, :]), weights[..., order])
    permuted = linear_attend(query, key[..., order, :], value[..., order, :])
    torch.testing.assert_close(permuted, linear_attend(query, key, value), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("causal", [True, False])
def test_gradient_is_right(causal):
    inputs = [x.requires_grad_() for x in _inputs(leading=(BATCH,))]
    assert gradcheck(lambda q, k, v: linear_attend(q, k, v, causal=causal), inputs)
    mask = torch.rand(QUERY_LEN, KEY_LEN) > 0.4
    mask[1] = False
    assert gradcheck(lambda q, k: linear_weights(q, k, mask=mask), inputs[:2])


def test_gradient_through_several_chunks_equals_that_of_the_quadratic_form():
    length = 2 * CHUNK + 7
    inputs = [x.requires_grad_() for x in _inputs(length, length, leading=(BATCH,))]
    slope = torch.randn(BATCH, length, VALUE_DIM, dtype=torch.float64)
    found = torch.autograd.grad(linear_attend(*inputs, causal=True), inputs, slope)
    query, key, value = inputs
    slow = linear_weights(query, key, mask=causal_mask(length)) @ value
    torch.testing.assert_close(found, torch.autograd.grad(slow, inputs, slope))


@pytest.mark.parametrize("causal", [True, False])
def test_no_tensor_grows_with_the_square_of_the_length(causal):
    length = 64 * CHUNK
    inputs = [x.requires_grad_() for x in _inputs(length, length, torch.float32, leading=())]
    with _Largest() as largest:
        linear_attend(*inputs, causal=causal).sum().backward()
    assert length <= largest.numbers <= length * (DIM + VALUE_DIM)
    with _Largest() as quadratic:
        linear_weights(*inputs[:2])
    assert quadratic.numbers == length**2


def test_fully_masked_row_is_zero_with_gradient_zero():
    query, key, _ = (x.requires_grad_() for x in _inputs())
    mask = torch.ones(QUERY_LEN, KEY_LEN, dtype=torch.bool)
    mask[2] = False
    weights = linear_weights(query, key, mask=mask)
    assert (weights[..., 2, :] == 0).all()
    (weights * torch.randn_like(weights)).sum().backward()
    assert (query.grad[..., 2, :] == 0).all()
    assert query.grad.isfinite().all()
    assert key.grad.isfinite().all()


@pytest.mark.parametrize("causal", [True, False])
def test_query_that_shares_no_feature_has_context_zero_and_gradient_zero(causal):
    query = torch.tensor([[-1.0, 1.0], [1.0, -1.0]], requires_grad=True)
    key = torch.tensor([[-2.0, 3.0], [-5.0, 1.0]], requires_grad=True)
    value = torch.tensor([[1.0], [5.0]], requires_grad=True)
    context = linear_attend(query, key, value, feature_map=torch.relu, causal=causal)
    torch.testing.assert_close(context, torch.tensor([[1.0 if causal else 2.0], [0.0]]))
    assert linear_weights(query, key, feature_map=torch.relu)[1].tolist() == [0, 0]
    context.sum().backward()
    assert all(x.grad.isfinite().all() for x in (query, key, value))
    assert (query.grad[1] == 0).all()


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("size", [1e3, 1e9, 1e30])
def test_huge_numbers_stay_finite(size, dtype, causal):
    query, key, value = (x.requires_grad_() for x in _inputs(KEY_LEN, dtype=dtype))
    context = linear_attend(query * size, key * size, value, causal=causal)
    assert context.dtype == dtype
    assert context.isfinite().all()
    assert context.abs().max() <= value.abs().max() * 1.01  # between the smallest and the largest value
    context.sum().backward()
    assert all(x.grad.isfinite().all() for x in (query, key, value))


def test_opposite_far_away_vectors_have_no_favourite():
    query, key = torch.tensor([[100.0, -100.0]]), torch.tensor([[-100.0, 100.0]] * 3)
    torch.testing.assert_close(linear_weights(query, key), torch.full((1, 3), 1 / 3))


def test_half_precision_sums_in_single():
    query, key, value = _inputs(4 * CHUNK, 4 * CHUNK, torch.bfloat16)
    exact = linear_attend(query.double(), key.double(), value.double(), causal=True)
    context = linear_attend(query, key, value, causal=True)
    assert context.dtype == torch.bfloat16
    torch.testing.assert_close(context.double(), exact, rtol=2**-8, atol=1e-4)  # the rounding of the result alone


def test_own_feature_map_may_change_the_size():
    def squares(x):
        return torch.cat((x.square(), torch.ones_like(x[..., :2])), dim=-1)

    query, key, value = _inputs()
    products = squares(query) @ squares(key).mT
    weights = products / products.sum(-1, keepdim=True)
    torch.testing.assert_close(linear_weights(query, key, feature_map=squares), weights)
    torch.testing.assert_close(linear_attend(query, key, value, feature_map=squares), weights @ value)


@pytest.mark.parametrize("causal", [True, False])
def test_leading_axes_broadcast(causal):
    query, key, value = torch.randn(2, 1, 5, 7), torch.randn(3, 6, 7), torch.randn(2, 3, 6, 4)
    context = linear_attend(query, key, value, causal=causal)
    assert context.shape == (2, 3, 5, 4)
    torch.testing.assert_close(context[1, 2], linear_attend(query[1, 0], key[2], value[1, 2], causal=causal))


@pytest.mark.parametrize("causal", [True, False])
def test_nothing_to_attend_to_gives_zero(causal):
    query_len = 0 if causal else 3
    context = linear_attend(torch.randn(query_len, 2), torch.randn(0, 2), torch.randn(0, 5), causal=causal)
    torch.testing.assert_close(context, torch.zeros(query_len, 5))
    assert linear_attend(torch.randn(0, 2), torch.randn(4, 2), torch.randn(4, 5), causal=causal).shape == (0, 5)


def test_inputs_are_never_overwritten():
    inputs = _inputs(KEY_LEN)
    before = [x.clone() for x in inputs]
    linear_attend(*inputs, causal=True)
    linear_attend(*inputs, feature_map=lambda x: x, causal=False)
    torch.testing.assert_close(list(inputs), before, rtol=0, atol=0)


def test_misfits_are_refused():
    query, key, value = _inputs()
    with pytest.raises(ValueError, match="11 keys and 10 values"):
        linear_attend(query, key, value[..., :10, :])
    with pytest.raises(ValueError, match=r"query has size 7, key has size 6.*project the query"):
        linear_attend(query, key[..., :6], value)
    with pytest.raises(ValueError, match="11 queries need at least as many keys, got 5"):
        linear_attend(key, query, value[..., :5, :], causal=True)
    with pytest.raises(ValueError, match="must be boolean"):
        linear_weights(query, key, mask=torch.ones(KEY_LEN))
    with pytest.raises(ValueError, match=r"mask of shape \(5, 3\) does not fit"):
        linear_weights(query, key, mask=torch.ones(5, 3, dtype=torch.bool))
