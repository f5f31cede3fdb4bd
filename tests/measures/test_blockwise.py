import pytest
import torch

from attention.measures.blockwise import local_context, open_pairs, strided_context
from attention.mechanisms import Mechanism, attend, local_mask, strided_mask

LENGTHS = (1, 2, 5, 13, 40)
WINDOWS = (0, 1, 3, 50)
STRIDES = (1, 2, 3, 7, 60)


def vectors(length, size=6, value_size=4):
    generator = torch.Generator().manual_seed(length)
    query, key = torch.randn(2, length, size, generator=generator, dtype=torch.float64)
    return query, key, torch.randn(length, value_size, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("length", LENGTHS)
def test_local_blocks_give_the_context_of_the_mask(length, window):
    query, key, value = vectors(length)
    expected, _ = attend(query, key, value, mask=local_mask(length, length, window))
    assert torch.allclose(local_context(query, key, value, window), expected, atol=1e-12)


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("length", LENGTHS)
def test_strided_blocks_give_the_context_of_the_mask(length, window, stride):
    query, key, value = vectors(length)
    expected, _ = attend(query, key, value, mask=strided_mask(length, window=window, stride=stride))
    assert torch.allclose(strided_context(query, key, value, window, stride), expected, atol=1e-12)


@pytest.mark.parametrize("normaliser", ["softmax", "sparsemax", "entmax15"])
def test_another_mechanism_goes_by_blocks_too(normaliser):
    query, key, value = vectors(13)
    mechanism = Mechanism("cosine", normaliser, temperature=0.3)
    local, _ = attend(query, key, value, mechanism, local_mask(13, 13, 3))
    strided, _ = attend(query, key, value, mechanism, strided_mask(13, window=2, stride=4))
    assert torch.allclose(local_context(query, key, value, 3, mechanism), local, atol=1e-12)
    assert torch.allclose(strided_context(query, key, value, 2, 4, mechanism), strided, atol=1e-12)


@pytest.mark.parametrize("length", LENGTHS)
def test_open_pairs_are_those_of_the_masks(length):
    for window in WINDOWS:
        assert open_pairs(length, window) == int(local_mask(length, length, window).sum())
        for stride in STRIDES:
            assert open_pairs(length, window, stride) == int(strided_mask(length, window=window, stride=stride).sum())


def test_what_does_not_fit_is_refused():
    query, key, value = vectors(5)
    with pytest.raises(ValueError, match="window must be 0 or more"):
        local_context(query, key, value, -1)
    with pytest.raises(ValueError, match="stride must be 1 or more"):
        strided_context(query, key, value, 1, 0)
    with pytest.raises(ValueError, match="of one length"):
        local_context(query[:4], key, value, 1)
    with pytest.raises(ValueError, match="of one length"):
        local_context(query[None], key[None], value[None], 1)
