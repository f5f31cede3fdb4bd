import pytest
import torch
from torch.nn import functional as F

from attention.training.loss import smoothed_cross_entropy

IGNORE = 0


def example(scale=1.0, dtype=torch.float32):
    torch.manual_seed(5)
    logits = (scale * torch.randn(7, 11)).to(dtype)
    return logits, torch.tensor([3, IGNORE, 10, 1, 5, IGNORE, 3])


def both(logits, target, smoothing):
    """Loss and three times its gradient: ours, and torch's."""
    results = []
    for loss_of in (
        lambda x: smoothed_cross_entropy(x, target, smoothing, IGNORE),
        lambda x: F.cross_entropy(x.float(), target, reduction="sum", ignore_index=IGNORE, label_smoothing=smoothing),
    ):
        own = logits.clone().requires_grad_()
        loss = loss_of(own)
        (3 * loss).backward()
        results.append((loss.detach(), own.grad))
    return results


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.7])
@pytest.mark.parametrize("scale", [1.0, 40.0])
def test_loss_and_gradient_equal_torchs_cross_entropy(smoothing, scale):
    (loss, gradient), (expected, expected_gradient) = both(*example(scale), smoothing)
    torch.testing.assert_close(loss, expected, rtol=1e-5, atol=1e-4)
    torch.testing.assert_close(gradient, expected_gradient, rtol=1e-4, atol=1e-5)


def test_half_precision_logits_get_a_gradient_of_their_own_kind():
    (loss, gradient), (expected, expected_gradient) = both(*example(dtype=torch.bfloat16), 0.1)
    assert gradient.dtype == torch.bfloat16
    torch.testing.assert_close(loss, expected, rtol=1e-5, atol=1e-4)
    torch.testing.assert_close(gradient, expected_gradient)


def test_numbers_too_large_for_exp_stay_finite():
    logits = torch.tensor([[1000.0, -1000.0, 0.0]], requires_grad=True)
    loss = smoothed_cross_entropy(logits, torch.tensor([1]), 0.0, ignore=-100)
    loss.backward()
    assert loss.item() == 2000.0
    assert logits.grad.tolist() == [[1.0, -1.0, 0.0]]


def test_ignored_targets_count_nothing():
    logits, target = example()
    kept = target != IGNORE
    loss = smoothed_cross_entropy(logits, target, 0.1, IGNORE)
    torch.testing.assert_close(loss, smoothed_cross_entropy(logits[kept], target[kept], 0.1, IGNORE))
    logits = logits.requires_grad_()
    smoothed_cross_entropy(logits, torch.zeros_like(target), 0.1, IGNORE).backward()
    assert (logits.grad == 0).all()


def test_a_hand_worked_value():
    """Two classes of equal logits: every smoothing gives log 2."""
    loss = smoothed_cross_entropy(torch.zeros(1, 2), torch.tensor([1]), 0.3, ignore=-1)
    assert loss.item() == pytest.approx(0.693147, abs=1e-6)
