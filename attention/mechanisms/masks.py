"""Masks: which query may attend to which key. Boolean, and True means may attend, as in torch's fused attention."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor


def causal_mask(query_len: int, key_len: int | None = None, device: torch.device | str | None = None) -> Tensor:
    """Let every query see itself and what came before it, never what comes after.

    Query i may attend to key j when j ≤ i + key_len - query_len      Vaswani et al. 2017, section 3.2.3

    key_len: query_len when left out. Where there are more keys than queries, the queries are the last positions, as
    when a decoder goes on with keys that it has kept; then the first query sees key_len - query_len + 1 keys.
    Returns (query_len, key_len) boolean.
    Raises ValueError when there are fewer keys than queries.
    """
    key_len = query_len if key_len is None else key_len
    if key_len < query_len:
        raise ValueError(f"{query_len} queries need at least as many keys, got {key_len}; pass the kept keys as well")
    return torch.ones(query_len, key_len, dtype=torch.bool, device=device).tril(key_len - query_len)


def padding_mask(lengths: Tensor, max_len: int) -> Tensor:
    """Mark the real positions of sequences that were padded to one length.

    Position j of a sequence is real when j < its length

    lengths: (batch,) whole numbers from 0 to max_len
    Returns (batch, max_len) boolean; as a mask of keys give it a query axis, `mask[:, None]`, and before heads,
    `mask[:, None, None]`.
    Raises ValueError when lengths is not one number per sequence, or one exceeds max_len.
    """
    if lengths.ndim != 1:
        raise ValueError(f"lengths must be (batch,), got shape {tuple(lengths.shape)}; pass one length per sequence")
    if lengths.numel() and not 0 <= int(lengths.min()) <= int(lengths.max()) <= max_len:
        found = f"{int(lengths.min())} to {int(lengths.max())}"
        raise ValueError(
            f"lengths must be from 0 to max_len {max_len}, got {found}; cut the sequences or raise max_len"
        )
    return torch.arange(max_len, device=lengths.device) < lengths[:, None]


def local_mask(query_len: int, key_len: int, window: int, device: torch.device | str | None = None) -> Tensor:
    """Let every query see the keys around its own position only.

    Query i may attend to key j when |i - j| ≤ window      Luong et al. 2015, section 3.2, "local-m", with window for D

    Returns (query_len, key_len) boolean. A query more than `window` past the last key sees nothing.
    Raises ValueError when window is negative.
    """
    if window < 0:
        raise ValueError(f"window must be 0 or more positions, got {window}; 0 lets a query see its own position only")
    queries = torch.arange(query_len, device=device)[:, None]
    return (queries - torch.arange(key_len, device=device)).abs() <= window


def strided_mask(
    query_len: int, key_len: int | None = None, *, window: int, stride: int, device: torch.device | str | None = None
) -> Tensor:
    """Let every query see the keys around its own position and, from there, every stride-th key.

    Query i may attend to key j when |i - j| ≤ window or (i - j) mod stride = 0      Child et al. 2019, section 4.3,
    "strided", both patterns in one head as in section 5.1; there j ≤ i (combine with `causal_mask`), window = stride

    key_len: query_len when left out.
    Returns (query_len, key_len) boolean.
    Raises ValueError when window is negative or stride is below 1.
    """
    if stride < 1:
        raise ValueError(f"stride must be 1 or more positions, got {stride}; 1 lets a query see every key")
    key_len = query_len if key_len is None else key_len
    near = local_mask(query_len, key_len, window, device)
    distances = torch.arange(query_len, device=device)[:, None] - torch.arange(key_len, device=device)
    return near | (distances % stride == 0)


def global_mask(
    query_len: int,
    key_len: int | None = None,
    *,
    positions: Iterable[int] = (0,),
    device: torch.device | str | None = None,
) -> Tensor:
    """Let a few positions see every key, and every query see them; all else stays closed.

    Query i may attend to key j when i or j is one of the positions      Beltagy et al. 2020, section 3.1

    Meant to be joined with another mask: `local_mask(n, n, 2) | global_mask(n)`.
    key_len: query_len when left out; positions: whole numbers from 0.
    Returns (query_len, key_len) boolean.
    Raises ValueError when a position is neither a query nor a key.
    """
    key_len = query_len if key_len is None else key_len
    chosen = list(positions)
    outside = [position for position in chosen if not 0 <= position < max(query_len, key_len)]
    if outside:
        raise ValueError(f"positions must be from 0 to {max(query_len, key_len) - 1}, got {outside}; leave these out")
    marked = torch.tensor(chosen, dtype=torch.long, device=device)
    queries, keys = (
        (torch.arange(length, device=device)[:, None] == marked).any(dim=-1) for length in (query_len, key_len)
    )
    return queries[:, None] | keys


def combine_masks(*masks: Tensor | None) -> Tensor | None:
    """Return the mask that allows what every given mask allows; None stands for a mask that allows everything.

    masks: boolean, shapes that broadcast
    Returns their logical and, or None when no mask is given.
    Raises ValueError when a mask is not boolean or the shapes do not fit.
    """
    combined = None
    for mask in masks:
        if mask is None:
            continue
        check_mask(mask)
        combined = mask if combined is None else _both(combined, mask)
    return combined


def check_mask(mask: Tensor, shape: tuple[int, ...] | torch.Size | None = None) -> None:
    """Raise ValueError when a mask is not boolean or, with a shape of scores, cannot be broadcast to it."""
    if mask.dtype != torch.bool:
        kind = str(mask.dtype).removeprefix("torch.")
        raise ValueError(f"a mask must be boolean, True = may attend, got {kind}; convert it with mask.bool()")
    if shape is None:
        return
    fits = mask.ndim <= len(shape) and all(
        size in (1, wanted) for size, wanted in zip(reversed(mask.shape), reversed(shape), strict=False)
    )
    if not fits:
        raise ValueError(
            f"mask of shape {tuple(mask.shape)} does not fit scores of shape {tuple(shape)}; its axes must be "
            "(..., query_len, key_len), each the same size or 1"
        )


def _both(first: Tensor, second: Tensor) -> Tensor:
    try:
        return first & second
    except RuntimeError:
        shapes = f"{tuple(first.shape)} and {tuple(second.shape)}"
        raise ValueError(f"masks of shape {shapes} do not fit; give each the axes (..., query_len, key_len)") from None
