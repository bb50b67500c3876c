"""Ratings made from others, and several coefficients from the same draws of units."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

import attrs
import numpy as np
from scipy import sparse

from expertsys._core.errors import DataError, unknown
from expertsys._core.progress import track
from expertsys._core.results import Interval
from expertsys.agreement.inference import intervals
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.methods import Bootstrap
from expertsys.agreement.inference.sampling import Sampling
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import (
    CoderProfiles,
    Floats,
    Ints,
    ValueProfiles,
    places,
    through,
)


@attrs.frozen(eq=False)
class Variant:
    """Ratings made from others by leaving out coders or by seeing categories as others.

    Parameters
    ----------
    ratings : Ratings
        With the clusters of those that they were made from.
    origin : ndarray of int, shape (P,)
        Profile here of each base profile of the others; -1 where nothing is left of it.
    """

    ratings: Ratings
    origin: Ints


def base(ratings: Ratings) -> CoderProfiles | ValueProfiles:
    """The profiles that all others of these ratings were made from."""
    return ratings.values if ratings.by_coder is None else ratings.by_coder


def recoded(ratings: Ratings, image: Sequence[Hashable], categories: Sequence[Hashable] | None = None) -> Variant:
    """The same ratings with another value in place of each category.

    Parameters
    ----------
    ratings : Ratings
        Of any kind.
    image : sequence, shape (V,)
        What each category becomes.
    categories : sequence, optional
        The new categories in order; by default those that occur, in order of appearance.
    """
    named = tuple(dict.fromkeys(image)) if categories is None else tuple(categories)
    place = {value: number for number, value in enumerate(named)}
    becomes = np.array([*(place[value] for value in image), -1], dtype=np.int64)
    if ratings.by_coder is not None:
        chosen = CoderProfiles.of(becomes[ratings.by_coder.matrix], ratings.by_coder.counts)
        return _variant(ratings, chosen, ratings.coders, named)
    table = ratings.values.table.tocoo()
    times = table.data.astype(np.int64)
    row, value = np.repeat(table.row.astype(np.int64), times), np.repeat(becomes[table.col], times)
    return _variant(ratings, ValueProfiles.of(row, value, len(named), ratings.values.counts), ratings.coders, named)


def among(ratings: Ratings, coders: Iterable[str]) -> Variant:
    """The ratings of some of the coders."""
    names = tuple(coders)
    for name in names:
        if name not in ratings.coders:
            raise unknown("coder", name, ratings.coders)
    numbers = np.array([ratings.coders.index(name) for name in names], dtype=np.int64)
    chosen = ratings.require_coders("choosing coders").only(numbers)
    return _variant(ratings, chosen, names, ratings.categories)


def _variant(
    ratings: Ratings,
    profiles: CoderProfiles | ValueProfiles,
    coders: tuple[str, ...],
    categories: tuple[Hashable, ...],
) -> Variant:
    origin = np.arange(len(profiles.counts)) if profiles.origin is None else profiles.origin
    clusters = ratings.clusters
    if clusters is not None:
        clusters = attrs.evolve(clusters, table=clusters.over(origin, len(profiles.counts)))
    plain = attrs.evolve(profiles, origin=None)
    by_coder = plain if isinstance(plain, CoderProfiles) else None
    values = plain.by_value(len(categories)) if isinstance(plain, CoderProfiles) else plain
    made = attrs.evolve(
        ratings,
        coders=coders,
        categories=categories,
        values=values,
        by_coder=by_coder,
        ordered=ratings.ordered and categories == ratings.categories,
        clusters=clusters,
        names=None,
        lineage=ratings.descent(origin, len(profiles.counts)),
    )
    return Variant(made, origin)


def within(ratings: Ratings, rows: Ints) -> Ratings:
    """The ratings of some of the clusters, with all categories and coders."""
    clusters = ratings.require_clusters("a part of the ratings")
    table = clusters.table[rows]
    units = np.asarray(table.sum(axis=0)).ravel().round().astype(np.int64)
    kept = units > 0
    smaller = attrs.evolve(clusters, names=clusters.names[rows], table=sparse.csr_array(table[:, kept]))
    if ratings.by_coder is None:
        values = ValueProfiles(ratings.values.table[kept], units[kept])
        return attrs.evolve(ratings, values=values, clusters=smaller, names=None, lineage=None)
    by_coder = CoderProfiles(ratings.by_coder.matrix[kept], units[kept])
    values = by_coder.by_value(len(ratings.categories))
    return attrs.evolve(ratings, values=values, by_coder=by_coder, clusters=smaller, names=None, lineage=None)


@attrs.frozen(eq=False)
class Draws:
    """The same draws of units for several coefficients: estimates of shape (S, replicates)."""

    estimates: Floats
    replicates: Floats
    resamples: intervals.Resamples

    @property
    def words(self) -> str:
        """How intervals are made, for a methods section."""
        return self.resamples.words

    @classmethod
    def of(
        cls,
        ratings: Ratings,
        members: Sequence[tuple[Variant | None, Coefficient]],
        method: Bootstrap | None,
        *,
        whole: bool = False,
    ) -> Draws:
        """Of coefficients of these ratings (variant None) and of variants of them.

        Drawn are the units that enter into the first of the coefficients, or all where `whole`. Without a method, each
        cluster is left out in turn where there are any, else units are drawn by the bootstrap.
        """
        if (
            method is not None
            and method.cluster is not None
            and (ratings.clusters is None or ratings.clusters.by != method.cluster)
        ):
            raise DataError(
                f"the bootstrap is to draw by {method.cluster!r}, and the ratings are not clustered by it",
                place="Bootstrap(cluster=...)",
                remedy=f"Give cluster={method.cluster!r} here too.",
            )
        origins = [_origin(ratings, variant, coefficient) for variant, coefficient in members]
        entering = np.ones(len(origins[0]), dtype=np.bool_) if whole else origins[0] >= 0
        counts = base(ratings).counts[entering]
        sampling = Sampling.of(counts, ratings.clusters, places(entering))
        kernels = [coefficient._kernel for _, coefficient in members]
        reached = [(origin[entering], len(k.counts)) for origin, k in zip(origins, kernels, strict=True)]
        keys = [(origin.tobytes(), size) for origin, size in reached]
        chosen = {key: _carrying(*one) for key, one in dict(zip(keys, reached, strict=True)).items()}
        width = max(kernel.width + len(kernel.counts) for kernel in kernels)
        jackknife = method is None and sampling.table is not None
        boot = method or Bootstrap()
        over = sampling.grouped if jackknife else sampling
        size = len(over.counts) if jackknife else boot.replicates
        drawing = over.left_out(width=width) if jackknife else over.drawn(boot.replicates, boot.rng, width=width)
        blocks = []
        with track(size, "resamples") as step:
            for weights in drawing:
                pushed = {key: carry(weights) for key, carry in chosen.items()}
                found = [kernel.evaluate(pushed[key]) for kernel, key in zip(kernels, keys, strict=True)]
                blocks.append(np.stack([values.estimate for values in found]))
                for _ in weights:
                    step()
        drawn = np.concatenate(blocks, axis=1)
        estimates = np.array([coefficient.estimate for _, coefficient in members])
        words = f"bootstrap over {over.what}, {size:,} replicates"
        if jackknife:
            words = f"jackknife standard error over {over.what}"
        clusters = None if over.table is None else over.n
        sizes = over.counts.astype(np.float64)
        return cls(estimates, drawn, intervals.Resamples(jackknife, sizes, clusters, words))

    def interval(self, member: int, confidence: float) -> Interval:
        """For one of the coefficients."""
        return self.resamples.interval(self.replicates[member], float(self.estimates[member]), confidence)

    def difference(self, member: int, others: Sequence[int], confidence: float) -> tuple[float, Interval]:
        """One less another, or less the mean of others, and its interval over the same draws."""
        chosen = list(others)
        estimate = float(self.estimates[member] - self.estimates[chosen].mean())
        drawn = self.replicates[member] - self.replicates[chosen].mean(axis=0)
        own = self.replicates[member][~np.isnan(self.replicates[member])]
        apart = np.abs(np.append(drawn[~np.isnan(drawn)], estimate)).max()
        if len(own) and np.ptp(own) > 0 and apart < intervals.ROUNDING:  # a change that changes nothing
            return estimate, Interval(0.0, 0.0, confidence, self.words, "")
        one, mean = float(self.estimates[member]), float(self.estimates[chosen].mean())
        rest = self.replicates[chosen].mean(axis=0)
        return estimate, self.resamples.difference(self.replicates[member], one, rest, mean, confidence)


def _origin(ratings: Ratings, variant: Variant | None, coefficient: Coefficient) -> Ints:
    """The kernel's profile of each base profile of the ratings; -1 where it says nothing."""
    found = through(None if variant is None else variant.origin, coefficient._kernel.origin)
    return np.arange(len(base(ratings).counts)) if found is None else found


def _carrying(origin: Ints, size: int) -> Callable[[Floats], Floats]:
    """What carries weights over base profiles to a kernel's: (B, P) to (B, size)."""
    kept = np.flatnonzero(origin >= 0)
    if len(kept) == size and len(np.unique(origin[kept])) == size:  # a choice of profiles: nothing to add up
        place = kept[np.argsort(origin[kept])]
        return lambda weights: weights[:, place]
    chosen = sparse.csr_array((np.ones(len(kept)), (kept, origin[kept])), shape=(len(origin), size))
    return lambda weights: np.asarray(weights @ chosen)
