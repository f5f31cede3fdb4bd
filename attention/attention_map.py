"""The record that ties every model to every picture: who attended to what, and how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

Groups = Sequence[Sequence[int]]


@dataclass(frozen=True, eq=False)
class AttentionMap:
    """Attention weights together with all that is needed to draw and to read them.

    weights: (layers, heads, query_len, key_len), float32, each row sums to 1 or, where nothing may be attended, to 0.
    query_labels, key_labels: one label per row and per column.
    query_axis, key_axis: what one row and one column is, such as "French word", "image patch", "0.01 s of sound".
    kind: "cross", "encoder" or "decoder"; which sequence looks at which.
    layer_names, head_names: one name per layer and head; made up as "layer 1", "head 1" when left out.
    query_geometry, key_geometry: (rows, columns) where the labels are the cells of a grid, row by row.
    Raises ValueError when labels, names or geometry do not fit the weights.
    """

    weights: np.ndarray
    query_labels: tuple[str, ...]
    key_labels: tuple[str, ...]
    query_axis: str = "query"
    key_axis: str = "key"
    kind: str = "cross"
    layer_names: tuple[str, ...] = ()
    head_names: tuple[str, ...] = ()
    query_geometry: tuple[int, int] | None = None
    key_geometry: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        weights = np.array(self.weights, dtype=np.float32)
        if weights.ndim != 4:
            raise ValueError(f"weights must be (layers, heads, query_len, key_len), got shape {weights.shape}")
        layers, heads, query_len, key_len = weights.shape
        weights.setflags(write=False)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "query_labels", tuple(self.query_labels))
        object.__setattr__(self, "key_labels", tuple(self.key_labels))
        names = tuple(self.layer_names) or tuple(f"layer {i + 1}" for i in range(layers))
        object.__setattr__(self, "layer_names", names)
        names = tuple(self.head_names) or tuple(f"head {i + 1}" for i in range(heads))
        object.__setattr__(self, "head_names", names)
        for what, found, wanted in (
            ("query_labels", len(self.query_labels), query_len),
            ("key_labels", len(self.key_labels), key_len),
            ("layer_names", len(self.layer_names), layers),
            ("head_names", len(self.head_names), heads),
        ):
            if found != wanted:
                raise ValueError(f"{what} has {found} entries, the weights of shape {weights.shape} need {wanted}")
        for what, geometry, length in (
            ("query_geometry", self.query_geometry, query_len),
            ("key_geometry", self.key_geometry, key_len),
        ):
            if geometry is not None and geometry[0] * geometry[1] != length:
                raise ValueError(f"{what} {geometry} has {geometry[0] * geometry[1]} cells, the axis has {length}")

    @property
    def layers(self) -> int:
        return self.weights.shape[0]

    @property
    def heads(self) -> int:
        return self.weights.shape[1]

    def matrix(self, layer: int | None = None, head: int | None = None) -> np.ndarray:
        """Return the (query_len, key_len) weights of one layer and head; None takes the mean over that axis."""
        chosen = self.weights.mean(axis=0) if layer is None else self.weights[layer]  # (heads, query_len, key_len)
        return chosen.mean(axis=0) if head is None else chosen[head]

    def mean_over(self, layers: Sequence[int]) -> AttentionMap:
        """Return a map of one layer and one head: the mean over all heads of the given layers."""
        weights = self.weights[list(layers)].mean(axis=(0, 1), keepdims=True)
        name = ", ".join(self.layer_names[i] for i in layers)
        return replace(self, weights=weights, layer_names=(name,), head_names=("mean of heads",))

    def joined(self, query_groups: Groups, key_groups: Groups) -> AttentionMap:
        """Join pieces into words: columns of a group are summed, rows of a group are averaged.

        query_groups, key_groups: for each new row or column, the old positions it is made of. Rows still sum to 1 when
        every key belongs to one group. Labels become the joined labels' concatenation; use `relabelled` for others.
        """
        columns = np.stack([self.weights[..., list(g)].sum(axis=-1) for g in key_groups], axis=-1)
        rows = np.stack([columns[..., list(g), :].mean(axis=-2) for g in query_groups], axis=-2)
        return replace(
            self,
            weights=rows,
            query_labels=tuple("".join(self.query_labels[i] for i in g) for g in query_groups),
            key_labels=tuple("".join(self.key_labels[i] for i in g) for g in key_groups),
            query_geometry=None,
            key_geometry=None,
        )

    def relabelled(self, query_labels: Sequence[str], key_labels: Sequence[str]) -> AttentionMap:
        """Return the same weights under other labels."""
        return replace(self, query_labels=tuple(query_labels), key_labels=tuple(key_labels))

    def to_json(self) -> dict:
        """Return plain lists and strings; `from_json` gives the same map back."""
        return {
            "kind": self.kind,
            "query_axis": self.query_axis,
            "key_axis": self.key_axis,
            "query_labels": list(self.query_labels),
            "key_labels": list(self.key_labels),
            "layer_names": list(self.layer_names),
            "head_names": list(self.head_names),
            "query_geometry": self.query_geometry,
            "key_geometry": self.key_geometry,
            "weights": self.weights.tolist(),
        }

    @classmethod
    def from_json(cls, record: dict) -> AttentionMap:
        """Read what `to_json` wrote. Raises ValueError or KeyError for anything else."""
        geometry = {
            name: tuple(record[name]) if record.get(name) else None for name in ("query_geometry", "key_geometry")
        }
        return cls(
            weights=np.asarray(record["weights"], dtype=np.float32),
            **{name: tuple(record[name]) for name in ("query_labels", "key_labels", "layer_names", "head_names")},
            **{name: record[name] for name in ("kind", "query_axis", "key_axis")},
            **geometry,
        )
