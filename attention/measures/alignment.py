"""How well the strongest links of an attention matrix agree with a word alignment."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from attention.measures.sharpness import as_array

Link = tuple[int, int]  # (key, query): source word first, as in the Pharaoh format "0-0 1-2"


def strongest_links(weights: np.ndarray, skip_keys: Collection[int] = ()) -> list[Link]:
    """Return for every query the key with the largest weight, as (key, query); the first of equals.

    weights: (query_len, key_len). skip_keys: keys that cannot be chosen, such as the end mark.
    A query that has no weight left gets no link.
    """
    array = as_array(weights).copy()
    if array.ndim != 2:
        raise ValueError(f"weights must be one matrix (query_len, key_len), got shape {array.shape}")
    array[:, list(skip_keys)] = 0.0
    return [(int(row.argmax()), query) for query, row in enumerate(array) if row.any()]


def link_agreement(links: Iterable[Link], reference: Collection[Link]) -> tuple[int, int]:
    """Return (agreeing, counted): how many reference links the given links hit, and how many there are.

    For every reference link (key, query) it asks whether the query's own strongest key is that key. Queries without a
    reference link are not counted: a one-to-one reference says nothing about them.
    """
    chosen = set(links)
    return sum(link in chosen for link in reference), len(reference)


def alignment_error_rate(links: Collection[Link], sure: Collection[Link], possible: Collection[Link] = ()) -> float:
    """Return the alignment error rate, 0 (perfect) to 1.

    AER = 1 - (|A & S| + |A & P|) / (|A| + |S|), S within P      Och and Ney 2003

    links: A. sure: S. possible: P; S is added to it. Raises ValueError when both A and S are empty.
    """
    found, certain = set(links), set(sure)
    allowed = certain | set(possible)
    if not found and not certain:
        raise ValueError("there are neither links nor sure links: the error rate has no meaning")
    return 1.0 - (len(found & certain) + len(found & allowed)) / (len(found) + len(certain))
