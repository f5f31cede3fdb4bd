import math

import pytest
import torch
from torch.autograd import gradcheck

from attention.mechanisms import CATALOGUE, entmax15, hardmax, softmax, sparsemax, uniform
from attention.mechanisms.normalisers import softmax_in_place

NORMALISERS = [entry.function for entry in CATALOGUE.values() if entry.kind == "normaliser"]
SMOOTH = [softmax, sparsemax, entmax15]
TYPES = [torch.float32, torch.bfloat16, torch.float64]
BATCH, HEADS, QUERY_LEN, KEY_LEN = 2, 3, 5, 7


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(2)


def _scores(dtype=torch.float64, size=3.0):
    return torch.randn(BATCH, HEADS, QUERY_LEN, KEY_LEN, dtype=torch.float64).mul(size).to(dtype)


def _mask():
    """A mask for all heads alike, with one row that may attend to nothing and one with a single key."""
    mask = torch.rand(BATCH, 1, QUERY_LEN, KEY_LEN) > 0.4
    mask[..., 0] = True
    mask[0, 0, 2] = False
    mask[1, 0, 4] = torch.arange(KEY_LEN) == 3
    return mask


def _bisected(row, weight_at):
    """Find the threshold at which the weights of a row sum to 1 by halving, one Python number at a time."""
    low, high = min(row) - 2, max(row)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(weight_at(s, middle) for s in row) > 1 else (low, middle)
    return [weight_at(s, low) for s in row]


def _slow_row(function, row):
    if function is softmax:
        return [math.exp(s - max(row)) / sum(math.exp(t - max(row)) for t in row) for s in row]
    if function is sparsemax:
        return _bisected(row, lambda s, tau: max(s - tau, 0))
    if function is entmax15:
        return _bisected([s / 2 for s in row], lambda s, tau: max(s - tau, 0) ** 2)
    if function is hardmax:
        return [float(j == row.index(max(row))) for j in range(len(row))]
    return [1 / len(row)] * len(row)


def _slow(function, scores, mask):
    weights = torch.zeros_like(scores)
    mask = mask.expand_as(scores)
    for b in range(BATCH):
        for h in range(HEADS):
            for i in range(QUERY_LEN):
                allowed = [j for j in range(KEY_LEN) if mask[b, h, i, j]]
                if allowed:
                    row = _slow_row(function, [scores[b, h, i, j].item() for j in allowed])
                    weights[b, h, i, allowed] = torch.tensor(row, dtype=weights.dtype)
    return weights


def test_hand_worked_weights():
    scores = torch.tensor([[-2.0, 0.0, 0.5]])
    e = [math.exp(s) for s in (-2, 0, 0.5)]
    torch.testing.assert_close(softmax(scores), torch.tensor([[x / sum(e) for x in e]]))
    torch.testing.assert_close(sparsemax(scores), torch.tensor([[0, 0.25, 0.75]]))  # τ = -0.25
    # 1.5-entmax of the last two: (0 - τ)² + (0.25 - τ)² = 1 gives τ = (0.25 - √(2 - 0.0625)) / 2
    tau = (0.25 - math.sqrt(2 - 0.0625)) / 2
    torch.testing.assert_close(entmax15(scores), torch.tensor([[0, tau**2, (0.25 - tau) ** 2]]))
    assert hardmax(scores).tolist() == [[0, 0, 1]]
    torch.testing.assert_close(uniform(scores), torch.full((1, 3), 1 / 3))


@pytest.mark.parametrize("function", NORMALISERS)
def test_weights_equal_a_slow_loop(function):
    scores, mask = _scores(), _mask()
    torch.testing.assert_close(function(scores, mask), _slow(function, scores, mask), rtol=1e-9, atol=1e-12)
    full = torch.ones_like(scores, dtype=torch.bool)
    torch.testing.assert_close(function(scores), _slow(function, scores, full), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("function", NORMALISERS)
def test_rows_sum_to_one_and_masked_keys_get_exactly_nothing(function, dtype):
    scores, mask = _scores(dtype), _mask()
    weights = function(scores, mask)
    assert weights.dtype == dtype
    assert weights.shape == scores.shape
    assert (weights >= 0).all()
    assert (weights[~mask.expand_as(weights)] == 0).all()
    close = 2e-2 if dtype == torch.bfloat16 else 1e-6
    expected = mask.any(-1).expand(BATCH, HEADS, QUERY_LEN).double()
    torch.testing.assert_close(weights.double().sum(-1), expected, rtol=0, atol=close)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("function", NORMALISERS)
def test_row_without_open_key_is_zero_with_zero_gradient(function, dtype):
    scores, mask = _scores(dtype).requires_grad_(), _mask()
    weights = function(scores, mask)
    assert (weights[0, :, 2] == 0).all()
    (weights * torch.randn_like(weights)).sum().backward()
    assert scores.grad.isfinite().all()
    assert (scores.grad[0, :, 2] == 0).all()
    assert (scores.grad[~mask.expand_as(weights)] == 0).all()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("function", NORMALISERS)
def test_minus_infinity_is_another_way_to_write_a_mask(function, dtype):
    scores, mask = _scores(dtype), _mask()
    written = scores.masked_fill(~mask, -math.inf).requires_grad_()
    torch.testing.assert_close(function(written), function(scores, mask), rtol=0, atol=0)
    torch.testing.assert_close(function(written, mask), function(scores, mask), rtol=0, atol=0)
    function(written)[..., 1].sum().backward()
    assert written.grad.isfinite().all()


@pytest.mark.parametrize("function", NORMALISERS)
def test_infinities_in_the_mask_and_in_the_scores_add_up(function):
    scores = torch.tensor([[-math.inf, 1.0, 2.0], [-math.inf, 1.0, -math.inf]])
    weights = function(scores, torch.tensor([[True, True, False], [True, False, True]]))
    assert weights.tolist() == [[0, 1, 0], [0, 0, 0]]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("function", NORMALISERS)
def test_extreme_scores_stay_finite(function, dtype):
    largest = torch.finfo(dtype).max
    scores = torch.tensor(
        [[largest, -largest, 0.0], [math.inf, 1.0, -math.inf], [math.inf, math.inf, 0.0]], dtype=dtype
    )
    scores.requires_grad_()
    weights = function(scores)
    weights[:, 0].sum().backward()
    assert scores.grad.isfinite().all()
    first = {hardmax: [[1, 0, 0], [1, 0, 0], [1, 0, 0]], uniform: [[1 / 3] * 3, [0.5, 0.5, 0], [1 / 3] * 3]}
    expected = first.get(function, [[1, 0, 0], [1, 0, 0], [0.5, 0.5, 0]])
    torch.testing.assert_close(weights, torch.tensor(expected, dtype=dtype))


@pytest.mark.parametrize("function", NORMALISERS)
def test_single_key_gets_everything(function):
    assert function(torch.tensor([[-1e30], [0.0], [1e30]])).tolist() == [[1], [1], [1]]


@pytest.mark.parametrize("function", NORMALISERS)
def test_whatever_a_masked_key_holds_is_ignored(function):
    scores, mask = _scores(), _mask()
    spoilt = torch.where(mask, scores, math.nan)
    torch.testing.assert_close(function(spoilt, mask), function(scores, mask), rtol=0, atol=0)


@pytest.mark.parametrize("function", NORMALISERS)
def test_permuting_keys_permutes_weights(function):
    scores, mask, order = _scores(), _mask(), torch.randperm(KEY_LEN)
    torch.testing.assert_close(function(scores[..., order], mask[..., order]), function(scores, mask)[..., order])


@pytest.mark.parametrize("function", NORMALISERS)
def test_shifting_a_row_changes_nothing(function):
    scores, mask = _scores(), _mask()
    torch.testing.assert_close(
        function(scores + 100 * torch.randn(BATCH, HEADS, QUERY_LEN, 1), mask), function(scores, mask)
    )


@pytest.mark.parametrize("function", NORMALISERS)
def test_a_better_key_never_gets_less(function):
    scores = _scores()
    ordered = function(scores).gather(-1, scores.argsort(dim=-1))
    assert (ordered.diff(dim=-1) >= -1e-12).all()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("key_len", [1, 7, 16, 17, 1025])
def test_softmax_in_place_is_softmax(dtype, key_len):
    scores = torch.randn(3, 5, key_len, dtype=dtype) * 5
    mask = torch.rand(5, key_len) > 0.5
    mask[:, 0] = True
    for given in (None, mask):
        copy = scores.clone()
        weights = softmax_in_place(copy, given)
        torch.testing.assert_close(weights, softmax(scores, given), rtol=0, atol=0)
        assert weights.data_ptr() == copy.data_ptr()


def test_softmax_in_place_gives_up_where_care_is_needed():
    assert softmax_in_place(torch.tensor([[1.0, math.inf]])) is None
    assert (
        softmax_in_place(torch.tensor([[1.0, 2.0], [1.0, 2.0]]), torch.tensor([[True, True], [False, False]])) is None
    )


@pytest.mark.parametrize("function", SMOOTH)
def test_gradient_is_right(function):
    scores, mask = _scores(size=0.7).requires_grad_(), _mask()
    assert gradcheck(lambda s: function(s, mask), scores)
    assert gradcheck(function, scores)


@pytest.mark.parametrize("function", [hardmax, uniform])
def test_gradient_of_a_constant_is_zero(function):
    scores = _scores().requires_grad_()
    function(scores, _mask()).sum().backward()
    assert (scores.grad == 0).all()


@pytest.mark.parametrize("function", SMOOTH)
def test_low_temperature_is_hardmax_and_high_temperature_uniform(function):
    scores, mask = _scores(), _mask()
    torch.testing.assert_close(function(scores / 1e-6, mask), hardmax(scores, mask))
    torch.testing.assert_close(function(scores / 1e9, mask), uniform(scores, mask), rtol=0, atol=1e-7)


def test_first_of_equals_wins_the_hard_choice():
    scores = torch.tensor([[2.0, 5.0, 5.0, 5.0], [5.0, 5.0, 1.0, 5.0]])
    assert hardmax(scores).argmax(-1).tolist() == [1, 0]
    assert hardmax(scores, torch.tensor([True, False, True, True])).argmax(-1).tolist() == [2, 0]


def test_sparse_normalisers_give_poor_keys_exactly_nothing():
    scores = torch.tensor([[0.0, -0.5, -3.0]])
    assert (softmax(scores) > 0).all()
    assert sparsemax(scores)[0, 2] == 0
    assert entmax15(scores)[0, 2] == 0
    assert sparsemax(scores)[0, 1] < entmax15(scores)[0, 1] < softmax(scores)[0, 1]
