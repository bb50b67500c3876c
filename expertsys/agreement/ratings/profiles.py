"""Distinct rating profiles and how often each occurs: the compressed data that every coefficient is computed from.

Arrays only. A rating is a pair of small whole numbers, coder and category; -1 stands for a missing
rating. The order of profiles depends on the data alone, not on the engine that reduced them, so that one seed draws the
same bootstrap everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

Ints: TypeAlias = npt.NDArray[np.signedinteger[Any]]
Floats: TypeAlias = npt.NDArray[np.float64]

#: Whole numbers up to here are exact in every engine, also in one that sums in double precision.
EXACT_BITS = 52


@attrs.frozen(eq=False)
class CoderProfiles:
    """Profiles in which it matters who gave a rating.

    Parameters
    ----------
    matrix : ndarray of int, shape (P, m)
        Category of each coder; -1 where missing.
    counts : ndarray of int, shape (P,)
        Units with this profile.
    origin : ndarray of int, shape (R,), or None
        Profile of each row that these were made from, -1 where it was left out; None where the rows are the profiles.
    """

    matrix: Ints
    counts: Ints
    origin: Ints | None = None

    @classmethod
    def of(cls, matrix: Ints, counts: Ints | None = None) -> CoderProfiles:
        """Distinct rows of a matrix (units × coders), with their counts; units without any rating are left out."""
        weights = np.ones(len(matrix), dtype=np.int64) if counts is None else counts
        rated = (matrix >= 0).any(axis=1)
        if rated.all():
            rows, totals, origin = distinct_rows(matrix + 1, weights)
            return cls(rows - 1, totals, origin)
        rows, totals, group = distinct_rows(matrix[rated] + 1, weights[rated])
        origin = np.full(len(matrix), -1, dtype=np.int64)
        origin[rated] = group
        return cls(rows - 1, totals, origin)

    def only(self, coders: Ints) -> CoderProfiles:
        """The same for some of the coders, in the order given."""
        return CoderProfiles.of(self.matrix[:, coders], self.counts)

    def by_value(self, n_values: int) -> ValueProfiles:
        """The same, where it does not matter who gave which rating."""
        profile, coder = np.nonzero(self.matrix >= 0)
        return ValueProfiles.of(profile, self.matrix[profile, coder], n_values, self.counts)


@attrs.frozen(eq=False)
class ValueProfiles:
    """Profiles in which it matters only how many coders gave each category.

    Parameters
    ----------
    table : scipy.sparse.csr_array of float, shape (P, V)
        Ratings per category.
    counts : ndarray of int, shape (P,)
        Units with this profile.
    origin : ndarray of int, shape (R,), or None
        Profile of each row that these were made from, -1 where it was left out; None where the rows are the profiles.
    """

    table: sparse.csr_array
    counts: Ints
    origin: Ints | None = None

    @classmethod
    def of(cls, unit: Ints, value: Ints, n_values: int, counts: Ints) -> ValueProfiles:
        """Profiles from ratings given as pairs of row (into `counts`) and category, reduced to the distinct ones."""
        cells, times = np.unique(unit * n_values + value, return_counts=True)
        row, column = np.divmod(cells, n_values)
        lengths = np.bincount(row, minlength=len(counts))
        starts = np.concatenate([[0], np.cumsum(lengths)])
        blocks: list[tuple[Ints, Ints, Ints]] = []
        origin, found = np.full(len(counts), -1, dtype=np.int64), 0
        for length in np.unique(lengths[lengths > 0]):  # rows with equally many distinct categories form one block
            rows = np.flatnonzero(lengths == length)
            place = starts[rows][:, None] + np.arange(length)[None, :]
            block, totals, group = distinct_rows(np.hstack([column[place], times[place]]), counts[rows])
            origin[rows] = found + group
            found += len(totals)
            blocks.append((block[:, :length], block[:, length:], totals))
        indices = np.concatenate([block[0].ravel() for block in blocks]) if blocks else np.empty(0, dtype=np.int64)
        data = np.concatenate([block[1].ravel() for block in blocks]) if blocks else np.empty(0, dtype=np.int64)
        widths = (
            np.concatenate([np.full(len(b[2]), b[0].shape[1]) for b in blocks]) if blocks else np.empty(0, np.int64)
        )
        indptr = np.concatenate([[0], np.cumsum(widths)])
        table = sparse.csr_array((data.astype(np.float64), indices, indptr), shape=(len(widths), n_values))
        totals = np.concatenate([block[2] for block in blocks]) if blocks else np.empty(0, dtype=np.int64)
        return cls(table, totals, origin)

    @cached_property
    def sizes(self) -> Floats:
        """Ratings in each profile, shape (P,)."""
        return np.asarray(self.table.sum(axis=1), dtype=np.float64).ravel()

    @cached_property
    def pairable(self) -> ValueProfiles:
        """The profiles with at least two ratings."""
        kept = self.sizes >= 2
        if kept.all():
            return self
        return ValueProfiles(self.table[kept], self.counts[kept], through(self.origin, places(kept)))

    def totals(self, weights: Floats) -> Floats:
        """Ratings per category for each row of weights over profiles: (B, P) to (B, V)."""
        return np.asarray(weights @ self.table)

    def times(self, per_value: Floats) -> Floats:
        """Sum over a profile's ratings of a number per category: (V,) or (V, B) to (P,) or (P, B)."""
        return np.asarray(self.table @ per_value)

    def pairs(self) -> Iterator[tuple[Ints, Ints, Ints, Floats]]:
        """Pairs of categories within profiles, in blocks: profile, first, second, product of their ratings."""
        widths = np.diff(self.table.indptr)
        starts = self.table.indptr[:-1]
        for width in np.unique(widths):
            rows = np.flatnonzero(widths == width)
            per_block = max(1, 2_000_000 // int(width * width))
            for low in range(0, len(rows), per_block):
                block = rows[low : low + per_block]
                place = starts[block][:, None] + np.arange(width)[None, :]
                value, times = self.table.indices[place], np.asarray(self.table.data[place], dtype=np.float64)
                product = times[:, :, None] * times[:, None, :]
                shape = (len(block), width, width)
                yield (
                    np.broadcast_to(block[:, None, None], shape).ravel(),
                    np.broadcast_to(value[:, :, None], shape).ravel(),
                    np.broadcast_to(value[:, None, :], shape).ravel(),
                    product.ravel(),
                )


@attrs.frozen(eq=False)
class Clusters:
    """Which units belong together: counts per cluster and profile. Each unit its own cluster keeps the units by name.

    Parameters
    ----------
    by : str
        What the units are clustered by, such as ``"document"``.
    names : ndarray of object, shape (C,)
        The clusters.
    table : scipy.sparse.csr_array of float, shape (C, P)
        Units of each profile in each cluster.
    """

    by: str
    names: np.ndarray[tuple[int], np.dtype[np.object_]]
    table: sparse.csr_array

    @classmethod
    def of(cls, by: str, names: Sequence[Any], cluster: Ints, profile: Ints, counts: Ints, size: int) -> Clusters:
        """From triples of cluster, profile (-1: left out) and units; `size` profiles."""
        kept = profile >= 0
        cells = (counts[kept].astype(np.float64), (cluster[kept], profile[kept]))
        labels = np.empty(len(names), dtype=object)
        labels[:] = list(names)
        return cls(by, labels, sparse.csr_array(cells, shape=(len(names), size)))

    def over(self, origin: Ints | None, size: int) -> sparse.csr_array:
        """The same counts over profiles that were made from these, shape (C, size)."""
        if origin is None:
            return self.table
        kept = np.flatnonzero(origin >= 0)
        chosen = sparse.csr_array((np.ones(len(kept)), (kept, origin[kept])), shape=(self.table.shape[1], size))
        return sparse.csr_array(self.table @ chosen)


@attrs.frozen(eq=False)
class UnitNames:
    """Which unit is which, kept as they came until somebody asks: the units by name, for pairing them with others.

    Parameters
    ----------
    labels : callable
        Gives the name of each of R units.
    origin : ndarray of int, shape (R,)
        Profile of each unit; −1 where it has none.
    """

    labels: Callable[[], Any]
    origin: Ints


def through(first: Ints | None, second: Ints | None) -> Ints | None:
    """Two steps from row to profile as one; None is a step that changes nothing."""
    if first is None or second is None:
        return second if first is None else first
    return np.where(first >= 0, second[first], -1)


def places(kept: npt.NDArray[np.bool_]) -> Ints:
    """The new place of each row when only some are kept; -1 for the others."""
    return np.where(kept, np.cumsum(kept) - 1, -1)


def distinct_rows(matrix: Ints, weights: Ints) -> tuple[Ints, Ints, Ints]:
    """Distinct rows of a matrix of non-negative whole numbers, sorted; the sum of their weights; each row's place."""
    if not len(matrix):
        return matrix.astype(np.int64), weights.astype(np.int64), np.empty(0, dtype=np.int64)
    keys = row_keys(matrix)
    group, first = _groups(keys[0])
    for key in keys[1:]:
        labels, _ = pd.factorize(key)
        group, first = _groups(group * (labels.max() + 1) + labels)
    totals = np.bincount(group, weights=weights, minlength=len(first)).round().astype(np.int64)
    rows = matrix[first].astype(np.int64)
    order = np.lexsort(rows.T[::-1])
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rows[order], totals[order], rank[group]


def _groups(key: Ints) -> tuple[Ints, Ints]:
    group, distinct = pd.factorize(key)
    first = np.empty(len(distinct), dtype=np.int64)
    first[group[::-1]] = np.arange(len(key) - 1, -1, -1)
    return group.astype(np.int64), first


def row_keys(matrix: Ints) -> list[Ints]:
    """Each row as one whole number, or as few as it takes to stay exact."""
    base = int(matrix.max()) + 1 if matrix.size else 1
    per_key = digits_per_key(base)
    return [
        matrix[:, low : low + per_key] @ (base ** np.arange(min(per_key, matrix.shape[1] - low), dtype=np.int64))
        for low in range(0, matrix.shape[1], per_key)
    ]


def digits_per_key(base: int) -> int:
    """How many digits of this base fit into one exact whole number."""
    return max(1, int(EXACT_BITS / np.log2(max(base, 2))))
