"""Arrays as text that the browser unpacks again: exact, or eight bits a weight where there are very many."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

import numpy as np


def encode_floats(array: np.ndarray) -> str:
    """Pack an array as base64 of little-endian float32, row by row."""
    return encode_bytes(np.ascontiguousarray(array, dtype="<f4"))


def decode_floats(text: str, shape: Sequence[int]) -> np.ndarray:
    """Undo `encode_floats`."""
    return np.frombuffer(base64.b64decode(text), dtype="<f4").reshape(tuple(shape))


def encode_bytes(array: np.ndarray) -> str:
    """Pack an array as base64 of its bytes, row by row."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


def encode_rows(weights: np.ndarray) -> dict[str, str]:
    """Pack weights of 0 or more in a quarter of the room: 255 stands for the greatest weight of a row.

    weights: (..., key_len). What `decode_rows` gives back is off by at most 1/510 of the greatest weight of the row.
    """
    most = weights.max(axis=-1).astype(np.float32)
    levels = np.round(255 * weights / np.where(most > 0, most, 1)[..., None]).astype(np.uint8)
    return {"bytes": encode_bytes(levels), "most": encode_floats(most)}


def decode_rows(packed: Mapping[str, str], shape: Sequence[int]) -> np.ndarray:
    """Undo `encode_rows`."""
    levels = np.frombuffer(base64.b64decode(packed["bytes"]), dtype=np.uint8).reshape(tuple(shape))
    return levels / np.float32(255) * decode_floats(packed["most"], shape[:-1])[..., None]
