"""How far apart two ratings are: the distances of Krippendorff's alpha.

A distance answers two questions of the profiles, for any weights: how much ratings differ within units, and how much
they would if ratings were paired at random. Nominal and interval distances have closed forms and need no table of all
pairs of categories; the ordinal one is the interval distance between mid-ranks, which depend on the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
from scipy import sparse

from expertsys._core.errors import DataError
from expertsys.agreement.ratings.profiles import Floats, Ints, ValueProfiles

#: Up to here a table of all pairs of categories is held in memory.
MOST_HELD = 3_000

OwnDistance: TypeAlias = Callable[[Any, Any], float]


class Distance(Protocol):
    """Sums of distances over pairs of ratings, for a fixed set of profiles."""

    @property
    def width(self) -> int:
        """Numbers held for each row of weights, beside the weights."""
        ...

    def within(self, weights: Floats) -> Floats:
        """Σ over units and ordered pairs of their ratings of d / (m − 1): (B, P) to (B,)."""
        ...

    def between(self, weights: Floats) -> Floats:
        """Σ over all ordered pairs of ratings of d: (B, P) to (B,)."""
        ...

    def slopes(self, weights: Floats) -> tuple[Floats, Floats]:
        """Derivatives of `within` and `between` by the weight of each profile: (P,) to two of (P,)."""
        ...

    def apart(self, first: Ints, second: Ints) -> Floats:
        """The distance of each of some pairs of categories."""
        ...


@attrs.frozen(eq=False)
class Nominal:
    """0 for the same category, else 1."""

    profiles: ValueProfiles
    width: int
    _own: Floats

    @classmethod
    def of(cls, profiles: ValueProfiles) -> Nominal:
        """The nominal distance over these profiles, each with at least two ratings."""
        squares = np.asarray(profiles.table.power(2).sum(axis=1)).ravel()
        own = (profiles.sizes**2 - squares) / (profiles.sizes - 1)
        return cls(profiles, profiles.table.shape[1], own)

    def within(self, weights: Floats) -> Floats:
        """See `Distance`."""
        return weights @ self._own

    def between(self, weights: Floats) -> Floats:
        """See `Distance`."""
        totals = self.profiles.totals(weights)
        return np.asarray(totals.sum(axis=1) ** 2 - (totals**2).sum(axis=1))

    def slopes(self, weights: Floats) -> tuple[Floats, Floats]:
        """See `Distance`."""
        totals = self.profiles.totals(weights[None, :])[0]
        return self._own, 2 * self.profiles.times(totals.sum() - totals)

    def apart(self, first: Ints, second: Ints) -> Floats:
        """See `Distance`."""
        return np.asarray(first != second, dtype=np.float64)


@attrs.frozen(eq=False)
class Interval:
    """The squared difference of two numbers."""

    width: int
    _sizes: Floats
    _sums: Floats
    _squares: Floats
    _own: Floats
    _values: Floats

    @classmethod
    def of(cls, profiles: ValueProfiles, values: Floats) -> Interval:
        """The interval distance over these profiles, from the sums and sums of squares of their ratings."""
        totals = profiles.totals(profiles.counts[None, :].astype(np.float64))[0]
        centred = values - (totals @ values) / max(
            totals.sum(), 1
        )  # distances do not change, and fewer digits are lost
        sums, squares = profiles.times(centred), profiles.times(centred**2)
        own = 2 * (profiles.sizes * squares - sums**2) / (profiles.sizes - 1)
        return cls(0, profiles.sizes, sums, squares, np.maximum(own, 0), centred)

    def within(self, weights: Floats) -> Floats:
        """See `Distance`."""
        return weights @ self._own

    def between(self, weights: Floats) -> Floats:
        """See `Distance`."""
        size, total, square = weights @ self._sizes, weights @ self._sums, weights @ self._squares
        return np.asarray(2 * (size * square - total**2))

    def slopes(self, weights: Floats) -> tuple[Floats, Floats]:
        """See `Distance`."""
        size, total, square = weights @ self._sizes, weights @ self._sums, weights @ self._squares
        return self._own, 2 * (self._sizes * square + size * self._squares - 2 * total * self._sums)

    def apart(self, first: Ints, second: Ints) -> Floats:
        """See `Distance`."""
        return np.asarray((self._values[first] - self._values[second]) ** 2)


@attrs.frozen(eq=False)
class Ordinal:
    """The squared difference of mid-ranks, which the marginals of the very sample give (Krippendorff 2011, p. 5).

    With n_g ratings of category g, the ratings between c and k, half of both ends included, are the difference of
    R_v = Σ_{g<v} n_g + n_v / 2.
    """

    profiles: ValueProfiles
    width: int

    @classmethod
    def of(cls, profiles: ValueProfiles) -> Ordinal:
        """The ordinal distance over these profiles; categories are in their order."""
        return cls(profiles, 3 * profiles.table.shape[1] + 3 * len(profiles.counts))

    @staticmethod
    def _ranks(totals: Floats) -> Floats:
        return np.asarray(np.cumsum(totals, axis=-1) - totals / 2 - totals.sum(axis=-1, keepdims=True) / 2)

    def _per_profile(self, ranks: Floats) -> Floats:
        """Within-unit sums for one (V,) or more (V, B) sets of ranks."""
        sizes = self.profiles.sizes if ranks.ndim == 1 else self.profiles.sizes[:, None]
        sums, squares = self.profiles.times(ranks), self.profiles.times(ranks**2)
        return np.maximum(2 * (sizes * squares - sums**2) / (sizes - 1), 0)

    def within(self, weights: Floats) -> Floats:
        """See `Distance`."""
        ranks = self._ranks(self.profiles.totals(weights))
        return np.asarray(np.einsum("bp,pb->b", weights, self._per_profile(ranks.T)))

    def between(self, weights: Floats) -> Floats:
        """See `Distance`."""
        totals = self.profiles.totals(weights)
        ranks = self._ranks(totals)
        size = totals.sum(axis=1)
        return np.asarray(2 * (size * (totals * ranks**2).sum(axis=1) - (totals * ranks).sum(axis=1) ** 2))

    def slopes(self, weights: Floats) -> tuple[Floats, Floats]:
        """See `Distance`; both by the weights themselves and through the ranks."""
        profiles = self.profiles
        totals = profiles.totals(weights[None, :])[0]
        ranks = self._ranks(totals)
        size, first, second = totals.sum(), totals @ ranks, totals @ ranks**2
        sums = profiles.times(ranks)
        scale = weights / (profiles.sizes - 1)
        # d within / d R_v = Σ_p 4 w_p c_pv (m_p R_v − Σ_u c_pu R_u) / (m_p − 1), and the like between
        by_rank = 4 * ((profiles.table.T @ (scale * profiles.sizes)) * ranks - profiles.table.T @ (scale * sums))
        by_rank_between = 4 * totals * (size * ranks - first)
        own = self._per_profile(ranks)
        direct = 2 * (profiles.sizes * second + size * profiles.times(ranks**2) - 2 * first * sums)
        return own + profiles.times(self._spread(by_rank)), direct + profiles.times(self._spread(by_rank_between))

    def apart(self, first: Ints, second: Ints) -> Floats:
        """See `Distance`; with the ranks of the ratings as they are."""
        ranks = self._ranks(self.profiles.totals(self.profiles.counts[None, :].astype(np.float64)))[0]
        return np.asarray((ranks[first] - ranks[second]) ** 2)

    @staticmethod
    def _spread(by_rank: Floats) -> Floats:
        """What one more rating of g does through the ranks: R_v grows by 1 above g, by 1/2 at g (less a constant)."""
        above = np.cumsum(by_rank[::-1])[::-1]
        spread: Floats = above - by_rank / 2 - by_rank.sum() / 2
        return spread


@attrs.frozen(eq=False)
class Table:
    """Any distance between categories, given by rows of its table."""

    profiles: ValueProfiles
    width: int
    _rows: Callable[[int, int], Floats]
    _own: Floats
    _pairs: Callable[[Ints, Ints], Floats]

    @classmethod
    def of(
        cls, profiles: ValueProfiles, rows: Callable[[int, int], Floats], pairs: Callable[[Ints, Ints], Floats]
    ) -> Table:
        """A distance from a function that gives rows [low, high) of its table and one that gives single cells."""
        own = np.zeros(len(profiles.counts))
        for profile, first, second, product in profiles.pairs():
            np.add.at(own, profile, product * pairs(first, second))
        size = profiles.table.shape[1]
        return cls(profiles, 2 * size, rows, own / (profiles.sizes - 1), pairs)

    def _blocks(self) -> Sequence[tuple[int, int]]:
        size = self.profiles.table.shape[1]
        step = max(1, 4_000_000 // max(1, size))
        return [(low, min(low + step, size)) for low in range(0, size, step)]

    def within(self, weights: Floats) -> Floats:
        """See `Distance`."""
        return weights @ self._own

    def between(self, weights: Floats) -> Floats:
        """See `Distance`."""
        totals = self.profiles.totals(weights)
        total = np.zeros(len(weights))
        for low, high in self._blocks():
            total += np.einsum("bv,bv->b", totals[:, low:high], totals @ self._rows(low, high).T)
        return total

    def slopes(self, weights: Floats) -> tuple[Floats, Floats]:
        """See `Distance`."""
        totals = self.profiles.totals(weights[None, :])[0]
        far = np.concatenate([self._rows(low, high) @ totals for low, high in self._blocks()])
        return self._own, 2 * self.profiles.times(far)

    def apart(self, first: Ints, second: Ints) -> Floats:
        """See `Distance`."""
        return self._pairs(first, second)


def held(profiles: ValueProfiles, table: Floats) -> Table:
    """A distance whose whole table is at hand."""
    return Table.of(profiles, lambda low, high: table[low:high], lambda first, second: table[first, second])


def ratio_scale(profiles: ValueProfiles, values: Floats) -> Table:
    """((a − b) / (a + b))², with 0 for two zeros (Krippendorff 2011, p. 6)."""
    if (values < 0).any():
        raise DataError(
            f"the ratio level has no negative values, and there is {values.min():g}",
            place="level",
            remedy="Use 'interval'.",
        )

    def metric(first: Floats, second: Floats) -> Floats:
        total = first + second
        return ((first - second) / np.where(total == 0, 1, total)) ** 2

    return of_numbers(profiles, values, metric)


def of_numbers(profiles: ValueProfiles, values: Floats, metric: Callable[[Floats, Floats], Floats]) -> Table:
    """A distance between numbers, given by its formula; its table is never held whole."""
    return Table.of(
        profiles,
        lambda low, high: metric(values[low:high, None], values[None, :]),
        lambda first, second: metric(values[first], values[second]),
    )


def own_distance(
    profiles: ValueProfiles, categories: Sequence[Hashable], distance: OwnDistance | npt.ArrayLike
) -> Table:
    """A distance that the caller gives, as a function of two categories or as a table."""
    size = len(categories)
    if callable(distance):
        if size > MOST_HELD:
            raise DataError(f"a distance function of one's own takes up to {MOST_HELD} categories, not {size}")
        table = np.array([float(distance(a, b)) for a in categories for b in categories]).reshape(size, size)
    else:
        table = np.asarray(distance, dtype=np.float64)
    if table.shape != (size, size):
        raise DataError(f"the table of distances has shape {table.shape}, not {(size, size)}", place="distance")
    if not np.allclose(table, table.T) or np.diagonal(table).any() or not (table >= 0).all():
        raise DataError("a distance is symmetric, not negative, and 0 between equals", place="distance")
    return held(profiles, table)


def set_distance(profiles: ValueProfiles, categories: Sequence[Hashable], kind: str) -> Table:
    """Jaccard's distance between sets, or Passonneau's MASI distance; two empty sets agree.

    Jaccard: 1 − |A ∩ B| / |A ∪ B|. MASI: 1 − Jaccard similarity × 1 for equal sets, 2/3 where one holds the other, 1/3
    where they overlap, 0 where they do not (Passonneau 2006, p. 833).
    """
    strange = [value for value in categories if not isinstance(value, frozenset)]
    if strange:
        raise DataError(f"{kind} compares sets (frozenset), and {strange[0]!r} is none", place="distance")
    members = {item: place for place, item in enumerate(dict.fromkeys(item for s in categories for item in s))}  # type: ignore[attr-defined]
    cells = [(row, members[item]) for row, group in enumerate(categories) for item in group]  # type: ignore[attr-defined]
    where = np.array(cells, dtype=np.int64).reshape(-1, 2)
    shape = (len(categories), max(1, len(members)))
    incidence = sparse.csr_array((np.ones(len(where)), (where[:, 0], where[:, 1])), shape=shape)
    sizes: Floats = np.asarray(incidence.sum(axis=1), dtype=np.float64).ravel()

    def metric(shared: Floats, first: Floats, second: Floats) -> Floats:
        union = first + second - shared
        similar = np.where(union == 0, 1.0, shared / np.where(union == 0, 1, union))
        if kind == "masi":
            equal, nested = shared == union, shared == np.minimum(first, second)
            similar = similar * np.where(equal, 1.0, np.where(nested, 2 / 3, 1 / 3))
        return 1 - similar

    def rows(low: int, high: int) -> Floats:
        shared = (incidence[low:high] @ incidence.T).toarray()
        return metric(shared, sizes[low:high, None], sizes[None, :])

    def pairs(first: Ints, second: Ints) -> Floats:
        shared: Floats = np.asarray(incidence[first].multiply(incidence[second]).sum(axis=1)).ravel()
        return metric(shared, sizes[first], sizes[second])

    if len(categories) <= MOST_HELD:
        return held(profiles, rows(0, len(categories)))
    return Table.of(profiles, rows, pairs)
