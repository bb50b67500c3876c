"""A test against chance: each coder's ratings dealt anew to the units that they rated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import attrs
import numpy as np

from expertsys._core import references
from expertsys._core.errors import check_positive
from expertsys._core.resampling import BLOCK
from expertsys._core.results import Result, number, probability
from expertsys._core.rng import RNG, generator
from expertsys.agreement.inference.kernel import Kernel
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Clusters, CoderProfiles, Floats, Ints, ValueProfiles

if TYPE_CHECKING:
    import pandas as pd

#: The kernel of a coefficient of other ratings, and which units belong together there.
Refit: TypeAlias = Callable[[Ratings], tuple[Kernel, Clusters]]

#: With fewer clusters there are so few deals that it must be said.
FEW_CLUSTERS = 5
#: A deal counts as reaching the estimate though rounding puts it this much below.
ROUNDING = 1e-9


@attrs.frozen(eq=False, repr=False)
class PermutationTest(Result):
    """Whether agreement is above what coders with the same habits would have by chance.

    Attributes
    ----------
    coefficient : str
        Which one, as the literature calls it.
    estimate : float
        Of it.
    p_value : float
        (1 + deals that reach the estimate) / (1 + deals); one-sided.
    chance : float
        Mean of the deals.
    permutations : int
        Deals in which the coefficient is defined.
    note : str
        What a reader must know; empty where there is nothing.
    """

    coefficient: str
    estimate: float
    p_value: float
    chance: float
    permutations: int
    note: str
    _dealt: Floats

    def to_frame(self) -> pd.DataFrame:
        """One row, index ``coefficient``."""
        import pandas as pd

        row = {
            "estimate": self.estimate,
            "p_value": self.p_value,
            "chance": self.chance,
            "permutations": self.permutations,
            "note": self.note,
        }
        return pd.DataFrame([row], index=pd.Index([self.coefficient], name="coefficient")).rename_axis(columns="column")

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        if np.isnan(self.p_value):
            return f"{self.coefficient} was not tested against chance: {self.note}."
        return (
            f"That {self.coefficient} ({number(self.estimate)}) is due to chance was tested by dealing each coder's "
            f"ratings to units at random ({self.permutations:,} deals with mean {number(self.chance)}; one-sided "
            f"{probability(self.p_value, name='p')})."
        )

    def cite(self) -> tuple[str, ...]:
        """The reference behind the test."""
        return references.cite(("phipson2010",))

    def _title(self) -> str:
        return f"{self.coefficient} against chance"

    def _rows(self) -> tuple[tuple[str, object], ...]:
        return (
            ("estimate", self.estimate),
            ("by chance", self.chance),
            ("p value", probability(self.p_value)),
            ("permutations", self.permutations),
            ("note", self.note),
        )


def tested(
    name: str, estimate: float, ratings: Ratings, of: Refit, permutations: int, rng: RNG, note: str
) -> PermutationTest:
    """The test of a coefficient; `of` gives its kernel and the clusters of the units for other ratings."""
    check_positive("permutations", permutations)
    if np.isnan(estimate):
        return PermutationTest(name, estimate, np.nan, np.nan, 0, note, np.empty(0))
    found = []
    for dealt in _deals(ratings, permutations, rng):
        kernel, clusters = of(dealt)
        found.append(kernel.evaluate(clusters.over(kernel.origin, len(kernel.counts)).toarray()).estimate)
    estimates = np.concatenate(found)
    known = estimates[~np.isnan(estimates)]
    lost = len(estimates) - len(known)
    notes = [f"{lost} of {permutations} deals undefined and left out"] if lost else []
    clustered = _clustered(ratings)
    if clustered is not None:
        number = int((np.asarray(clustered.table.sum(axis=1)).ravel() > 0).sum())
        notes.append(f"whole clusters ({clustered.by}) of each coder's ratings are dealt, {number:,} of them")
        if number < FEW_CLUSTERS:
            notes.append("with so few, the p-value is only approximate")
    if not len(known):
        return PermutationTest(name, estimate, np.nan, np.nan, 0, "; ".join(notes), known)
    p_value = float((1 + (known >= estimate - ROUNDING).sum()) / (1 + len(known)))
    return PermutationTest(name, estimate, p_value, float(known.mean()), len(known), "; ".join(notes), known)


def _deals(ratings: Ratings, permutations: int, rng: RNG) -> Iterator[Ratings]:
    """The units of many deals as one table of ratings, each deal a cluster: a few tables that fit into memory."""
    draw = generator(rng)
    size = len(ratings.categories)
    base = ratings.by_coder
    values = ratings.values  # noqa: PD011  # no dataframe
    n = int(values.counts.sum())
    block = max(1, min(permutations, int((BLOCK / max(n, 1)) ** 0.5)))  # a deal has up to n profiles of its own
    clustered = _clustered(ratings)
    owner: Ints | None = None
    matrix: Ints | None
    if base is not None and clustered is not None:
        cells = clustered.table.tocoo()
        times_each = cells.data.round().astype(np.int64)
        order = np.argsort(cells.row, kind="stable")
        matrix = np.repeat(base.matrix[cells.col[order]], times_each[order], axis=0)
        owner = np.repeat(cells.row[order], times_each[order]).astype(np.int64)
    else:
        matrix = None if base is None else np.repeat(base.matrix, base.counts, axis=0)
    rated = [] if matrix is None else [np.flatnonzero(column >= 0) for column in matrix.T]
    for low in range(0, permutations, block):
        times = min(block, permutations - low)
        deal, ones = np.repeat(np.arange(times), n), np.ones(times * n, dtype=np.int64)
        if matrix is None:
            pooled = _pooled(values, times, draw)
            clusters = _each_deal(deal, pooled.origin, ones, len(pooled.counts))
            yield attrs.evolve(
                ratings, values=attrs.evolve(pooled, origin=None), clusters=clusters, names=None, lineage=None
            )
            continue
        profiles = CoderProfiles.of(np.concatenate([_within(matrix, rated, owner, draw) for _ in range(times)]))
        clusters = _each_deal(deal, profiles.origin, ones, len(profiles.counts))
        profiles = attrs.evolve(profiles, origin=None)
        made = profiles.by_value(size)
        yield attrs.evolve(ratings, by_coder=profiles, values=made, clusters=clusters, names=None, lineage=None)


def _each_deal(deal: Ints, origin: Ints | None, ones: Ints, size: int) -> Clusters:
    names = list(range(int(deal.max(initial=-1)) + 1))
    return Clusters.of("deal", names, deal, np.arange(size) if origin is None else origin, ones, size)


def _within(matrix: Ints, rated: list[Ints], owner: Ints | None, draw: np.random.Generator) -> Ints:
    """Each coder's ratings dealt to the units that they rated, those of a cluster staying side by side."""
    dealt = matrix.copy()
    for coder, units in enumerate(rated):
        order = draw.permutation(len(units))
        if owner is not None:
            rank = draw.permutation(int(owner.max(initial=0)) + 1)
            order = order[np.argsort(rank[owner[units[order]]], kind="stable")]
        dealt[units, coder] = matrix[units[order], coder]
    return dealt


def _clustered(ratings: Ratings) -> Clusters | None:
    """The clusters, where any holds several units and it is known who gave which rating."""
    clusters = ratings.clusters
    if clusters is None or ratings.by_coder is None:
        return None
    return clusters if np.asarray(clusters.table.sum(axis=1)).max(initial=0) > 1 else None


def _pooled(values: ValueProfiles, times: int, draw: np.random.Generator) -> ValueProfiles:
    """All ratings dealt to all places, whoever gave them."""
    totals = values.totals(values.counts[None, :].astype(np.float64))[0].round().astype(np.int64)
    pool = np.repeat(np.arange(len(totals)), totals)
    sizes = np.tile(np.repeat(values.sizes.astype(np.int64), values.counts), times)
    dealt = np.concatenate([draw.permutation(pool) for _ in range(times)])
    units = np.repeat(np.arange(len(sizes)), sizes)
    return ValueProfiles.of(units, dealt, len(totals), np.ones(len(sizes), dtype=np.int64))
