"""A permutation test of shares between groups of clusters that stays valid where clusters differ in size."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_BLOCK = 500
#: Beta-binomial counts drawn for the reference distribution of the model; with more codes there are fewer replicates.
_WORK, _LEAST, _MOST = 12_000_000, 199, 1_999
#: A code is tested where the rarest arrangement of its clusters is at most this probable.
LEVEL = 0.05


@attrs.frozen(eq=False)
class Design:
    """Clusters, their units with each of K codes, and their group and stratum.

    Parameters
    ----------
    sums : ndarray, shape (C, K)
        Units of each cluster with each code.
    sizes : ndarray, shape (C,)
        Units of each cluster.
    group, stratum : ndarray of int, shape (C,)
        Of each cluster, numbered from 0.
    """

    sums: Floats
    sizes: Floats
    group: Ints
    stratum: Ints

    @property
    def groups(self) -> int:
        """How many there are."""
        return int(self.group.max()) + 1

    @property
    def layers(self) -> Floats:
        """Stratum × cluster: 1 where the cluster is in the stratum."""
        return np.asarray(np.unique(self.stratum)[:, None] == self.stratum, dtype=np.float64)

    @property
    def carriers(self) -> Ints:
        """Clusters that carry each code, in strata with several groups; shape (K,)."""
        mixed = [len(np.unique(self.group[self.stratum == layer])) > 1 for layer in self.stratum]
        return np.asarray((self.sums[np.array(mixed)] > 0).sum(axis=0))

    def pooled(self, sums: Floats) -> Floats:
        """Share of each code in each stratum, all groups together; `sums` of shape (..., C, K)."""
        return np.asarray((self.layers @ sums) / (self.layers @ self.sizes)[:, None])

    def residuals(self, sums: Floats, pooled: Floats) -> Floats:
        """Units with the code less what the stratum leads one to expect; shape (..., C, K)."""
        return np.asarray(sums - self.sizes[:, None] * pooled[..., self._place, :])

    @property
    def _place(self) -> Ints:
        return np.asarray(np.unique(self.stratum, return_inverse=True)[1])


@attrs.frozen(eq=False)
class Studentised:
    """How far groups lie apart, in units of what documents alone would bring about; see `studentise`.

    Parameters
    ----------
    statistic, largest : ndarray, shape (B, K)
        Over all groups; and the largest square of a standardised difference between two groups.
    residual : ndarray, shape (B, G, K)
        Standardised, of each group.
    correlation : ndarray, shape (B, K)
        Intraclass correlation of units of a cluster, from the scatter within groups, at least 0.
    """

    statistic: Floats
    largest: Floats
    residual: Floats
    correlation: Floats


def studentise(design: Design, above: Floats, squares: Floats, products: Floats, one: Floats, two: Floats,
               pooled: Floats) -> Studentised:  # fmt: skip
    """From sums over the clusters of each group.

    With the intraclass correlation ρ a cluster of n units has a variance of p(1 − p) n (1 + (n − 1) ρ), so that each
    group's share has the variance that its own clusters' sizes give it (Rao and Scott 1992, Donner and Klar 2000). The
    statistic is Σ (1 − N_g / N) z_g² over groups, where z_g is the adjusted residual with that variance; for ρ = 0 it
    is Pearson's X² and z_g is Haberman's.

    Parameters
    ----------
    above, squares, products : ndarray, shape (B, G, K)
        Sums of the residuals, of their squares, and of their products with the cluster's size.
    one, two : ndarray, shape (B or 1, G, S)
        Sums of the sizes and of their squares in each stratum.
    pooled : ndarray, shape (B or 1, S, K)
        Shares of all groups together.
    """
    count = np.bincount(design.group, minlength=design.groups).astype(np.float64)
    free = len(design.sizes) - design.groups
    own_levels = one.shape[2] - 1  # strata have shares of their own, which the scatter is taken around
    lost = free / max(1, free - own_levels)
    several = (count > 1).astype(np.float64)[None, :, None]
    own_one, own_two = one.sum(axis=2), two.sum(axis=2)
    total, strata = own_one.sum(axis=1), one.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = above / own_one[..., None]
        spread = (squares - 2 * apart * products + apart**2 * own_two[..., None]) * several
        spread = (spread * (count / np.maximum(count - 1, 1))[None, :, None]).sum(axis=1) * lost
        single, double = np.zeros_like(spread), np.zeros_like(spread)
        for layer in range(one.shape[2]):
            share = np.clip(pooled[:, None, layer, :] + apart, 0, 1)
            unit = share * (1 - share) * several
            single += (unit * one[:, :, layer, None]).sum(axis=1)
            double += (unit * (two - one)[:, :, layer, None]).sum(axis=1)
        correlation = np.where(double > 1e-12, (spread - single) / double, 0.0).clip(0, 1)
        # variance of the residuals of each group in each stratum: (B, G, S, K)
        rho = correlation[:, None, None, :]
        variance = (pooled * (1 - pooled))[:, None] * ((1 - rho) * one[..., None] + rho * two[..., None])
        layered = variance.sum(axis=1)
        part = (one / strata[:, None, :])[..., None]
        own = ((1 - part) ** 2 * variance + part**2 * (layered[:, None] - variance)).sum(axis=2)
        residual = np.where(own > 1e-12, above / np.sqrt(own), np.nan)
        weight = 1 - own_one / total[:, None]
        known = np.isfinite(residual)
        statistic = np.where(known.any(axis=1), np.where(known, weight[..., None] * residual**2, 0).sum(axis=1), np.nan)
        largest = statistic
        if design.groups > 2:
            largest = np.zeros_like(statistic)
            for a, b in itertools.combinations(range(design.groups), 2):
                f, g = part[:, a] / own_one[:, a, None, None], part[:, b] / own_one[:, b, None, None]
                here, there = variance[:, a], variance[:, b]
                error = here * (1 / own_one[:, a, None, None] - f + g) ** 2
                error = error + there * (1 / own_one[:, b, None, None] - g + f) ** 2
                error = (error + (layered - here - there) * (g - f) ** 2).sum(axis=1)
                squared = np.where(error > 1e-15, (apart[:, a] - apart[:, b]) ** 2 / error, 0.0)
                largest = np.maximum(largest, squared)
    return Studentised(statistic, largest, residual, correlation)


def of_arrangements(design: Design, labels: Ints) -> Studentised:
    """The same clusters under other labels, shape (B, C)."""
    pooled = design.pooled(design.sums)
    away = design.residuals(design.sums, pooled)
    columns = np.concatenate([away, away**2, away * design.sizes[:, None]], axis=1)
    layers = design.layers.T
    sizes = np.concatenate([layers * design.sizes[:, None], layers * design.sizes[:, None] ** 2], axis=1)
    sums, lengths = [], []
    for number in range(design.groups):
        inside = (labels == number).astype(np.float64)
        sums.append(inside @ columns)
        lengths.append(inside @ sizes)
    above, squares, products = np.split(np.stack(sums, axis=1), 3, axis=2)
    one, two = np.split(np.stack(lengths, axis=1), 2, axis=2)
    return studentise(design, above, squares, products, one, two, pooled[None])


def of_samples(design: Design, sums: Floats) -> Studentised:
    """Other counts, shape (B, C, K), under the same labels."""
    pooled = design.pooled(sums)
    away = design.residuals(sums, pooled)
    inside = (np.arange(design.groups)[:, None] == design.group).astype(np.float64)
    layers = design.layers.T
    one, two = inside @ (layers * design.sizes[:, None]), inside @ (layers * design.sizes[:, None] ** 2)
    parts = (inside @ away, inside @ away**2, inside @ (away * design.sizes[:, None]))
    return studentise(design, *parts, one[None], two[None], pooled)


@attrs.frozen(eq=False)
class Permuted:
    """What the test gives for K codes.

    Parameters
    ----------
    statistic : ndarray, shape (K,)
        Studentised, over all groups; see `studentise`.
    residual : ndarray, shape (G, K)
        Standardised, of each group.
    correlation : ndarray, shape (K,)
        Intraclass correlation within clusters.
    p, p_family : ndarray, shape (K,)
        Of each code by itself, and against the largest statistic of all tested codes (Westfall and Young's single
        step); NaN where the code has no variation or too few clusters carry it.
    critical : ndarray, shape (K,)
        What the largest standardised difference of two groups on any code exceeds by chance with the probability
        1 − `confidence`.
    needed : int
        Clusters that must carry a code for it to be tested.
    arrangements : int
        How many were looked at, the observed one among them.
    exact : bool
        Whether these are all that there are.
    replicates : int
        Of the between-cluster model; 0 where all clusters are of one size, so that permutations suffice.
    scatter : ndarray, shape (K,)
        Mean of the statistic over arrangements as a multiple of what the sizes of clusters and their intraclass
        correlation lead one to expect; 1 where the code was not tested.
    """

    statistic: Floats
    residual: Floats
    correlation: Floats
    p: Floats
    p_family: Floats
    critical: Floats
    needed: int
    arrangements: int
    exact: bool
    replicates: int
    scatter: Floats


def permute(
    design: Design, *, most: int, draw: np.random.Generator, confidence: float = 0.95, paired: bool = False
) -> Permuted:
    """Permute which cluster is in which group, within strata, and compare the studentised statistic.

    Permutations are exact where groups have clusters of the same sizes. Where they do not, a rare code falls into the
    longer clusters by their length alone, which no arrangement shows. So the same statistic is also compared with
    counts drawn from the beta-binomial model of one share for all groups, each cluster keeping its size, and the larger
    of the two p values is given.

    Parameters
    ----------
    design : Design
        What was observed.
    most : int
        Arrangements looked at; all of them where there are no more.
    draw : numpy.random.Generator
        For a sample of them, and for the model.
    confidence : float
        Of the critical value.
    paired : bool
        Whether groups are compared within strata only. The critical value is then that of the permutations, so that
        intervals leave out 0 where the test does; else it is at least that of Student's t.
    """
    observed = of_arrangements(design, design.group[None, :])
    statistic, correlation = observed.statistic[0], observed.correlation[0]
    needed = carriers_needed(np.bincount(design.group, minlength=design.groups))
    tested = ~np.isnan(statistic) & (design.carriers >= needed) & (len(design.sizes) > design.groups)
    chosen = attrs.evolve(design, sums=design.sums[:, tested])
    total = _arrangements(design.group, design.stratum)
    exact = total <= most
    blocks = _every(design.group, design.stratum) if exact else _sample(design.group, design.stratum, most - 1, draw)
    counter = _Counter(statistic[tested])
    for block in blocks:
        counter.add(of_arrangements(chosen, block))
    if not exact:  # the observed arrangement is one of those that the sample is compared with
        counter.add(of_arrangements(chosen, design.group[None, :]))
    found = [counter]
    looked_at, replicates = counter.number, 0
    if tested.any() and _differ(design):
        model = _Counter(statistic[tested])
        model.add(of_arrangements(chosen, design.group[None, :]))
        replicates = int(np.clip(_WORK // max(1, chosen.sums.size), _LEAST, _MOST))
        for sums in _model(chosen, correlation[tested], replicates, draw):
            model.add(of_samples(chosen, sums))
        found.append(model)
    p, p_family = np.full(len(statistic), np.nan), np.full(len(statistic), np.nan)
    p[tested] = np.max([one.p for one in found], axis=0)
    p_family[tested] = np.max([one.p_family for one in found], axis=0)
    by_chance = max(one.quantile(confidence) for one in found)
    every = design.groups * (design.groups - 1) // 2 * max(1, len(tested))
    critical = np.full(len(statistic), max(_students(design, 1 if tested.any() else every, confidence), by_chance))
    critical[~tested] = np.fmax(critical[~tested], _students(design, every, confidence))
    if paired:
        critical[tested] = by_chance * (1 + 1e-9)  # arrangements as extreme as the observed one do not reject
    scatter = np.ones(len(statistic))
    scatter[tested] = np.maximum(counter.total / looked_at / (design.groups - 1), 1e-3)
    return Permuted(
        statistic,
        observed.residual[0],
        correlation,
        p,
        p_family,
        critical,
        needed,
        looked_at,
        exact,
        replicates,
        scatter,
    )


def _students(design: Design, differences: int, confidence: float) -> float:
    """Student's t for so many differences by Bonferroni; NaN without degrees of freedom."""
    from scipy.stats import t as student

    degrees = len(design.sizes) - design.groups
    return float(student.isf((1 - confidence) / 2 / differences, degrees)) if degrees > 0 else float("nan")


class _Counter:
    """How often statistics are as large as the observed ones."""

    def __init__(self, observed: Floats) -> None:
        self.limit = observed * (1 - 1e-9) - 1e-9
        self.as_large, self.family, self.total = (np.zeros(len(observed)) for _ in range(3))
        self.largest: list[Floats] = []
        self.number = 0

    def add(self, found: Studentised) -> None:
        statistic = np.nan_to_num(found.statistic, nan=0.0)
        self.total += statistic.sum(axis=0)
        self.as_large += (statistic >= self.limit).sum(axis=0)
        self.family += (statistic.max(axis=1, initial=0.0)[:, None] >= self.limit).sum(axis=0)
        self.largest.append(np.nan_to_num(found.largest, nan=0.0).max(axis=1, initial=0.0))
        self.number += len(statistic)

    @property
    def p(self) -> Floats:
        return self.as_large / self.number

    @property
    def p_family(self) -> Floats:
        return self.family / self.number

    def quantile(self, confidence: float) -> float:
        return float(np.sqrt(np.quantile(np.concatenate(self.largest), confidence, method="higher")))


def carriers_needed(counts: Ints) -> int:
    """The fewest clusters that must carry a code before chance alone is unlikely to put all of them into one group.

    The probability that all of them fall into the group (or the groups) where that is least likely is at most .05, or,
    where there are so few clusters that it never is, the smallest that can be reached.
    """
    total = int(counts.sum())
    least = []
    for carriers in range(1, total + 1):
        ways = [math.comb(int(count), carriers) / math.comb(total, carriers) for count in counts if count >= carriers]
        if not ways:
            break
        least.append(sum(way for way in ways if way <= min(ways) * (1 + 1e-9)))
    return 1 + next(place for place, way in enumerate(least) if way <= max(LEVEL, min(least) * (1 + 1e-9)))


def _differ(design: Design) -> bool:
    """Whether clusters that change places differ in size."""
    return any(np.ptp(design.sizes[design.stratum == layer]) > 0 for layer in np.unique(design.stratum))


def _model(design: Design, correlation: Floats, replicates: int, draw: np.random.Generator) -> Iterator[Floats]:
    """Counts under one share for all groups: beta-binomial, with the sizes of the clusters; blocks (B, C, K)."""
    share = design.pooled(design.sums)[design._place]
    rho = np.minimum(correlation, 0.98)
    together = rho > 1e-6
    scale = (1 - rho[together]) / rho[together]
    first = np.maximum(share[:, together] * scale, 1e-9)
    second = np.maximum((1 - share[:, together]) * scale, 1e-9)
    sizes = design.sizes.astype(np.int64)[:, None]
    rows = max(1, 2_000_000 // max(1, design.sums.size))
    for low in range(0, replicates, rows):
        number = min(rows, replicates - low)
        chance = np.broadcast_to(share, (number, *share.shape)).copy()
        chance[:, :, together] = draw.beta(first, second, size=(number, *first.shape))
        yield draw.binomial(sizes, np.clip(chance, 0, 1)).astype(np.float64)


def _arrangements(group: Ints, stratum: Ints) -> int:
    """How many ways there are to give the clusters of each stratum their groups."""
    ways = 1
    for layer in np.unique(stratum):
        counts = np.bincount(group[stratum == layer])
        ways *= math.factorial(int(counts.sum())) // math.prod(math.factorial(int(count)) for count in counts)
    return ways


def _every(group: Ints, stratum: Ints) -> Iterator[Ints]:
    """All arrangements, in blocks of shape (B, C)."""
    layers = [np.flatnonzero(stratum == layer) for layer in np.unique(stratum)]
    each = [list(_labellings(np.bincount(group[places], minlength=1).tolist())) for places in layers]
    block = []
    for choice in itertools.product(*each):
        labels = np.empty(len(group), dtype=np.int64)
        for places, given in zip(layers, choice, strict=True):
            labels[places] = given
        block.append(labels)
        if len(block) == _BLOCK:
            yield np.stack(block)
            block = []
    if block:
        yield np.stack(block)


def _labellings(counts: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All sequences in which each number stands as often as its count says."""
    if sum(counts) == 0:
        yield ()
        return
    for number, count in enumerate(counts):
        if count:
            rest = [*counts[:number], count - 1, *counts[number + 1 :]]
            for tail in _labellings(rest):
                yield (number, *tail)


def _sample(group: Ints, stratum: Ints, replicates: int, draw: np.random.Generator) -> Iterator[Ints]:
    layers = [np.flatnonzero(stratum == layer) for layer in np.unique(stratum)]
    for low in range(0, replicates, _BLOCK):
        block = np.tile(group, (min(_BLOCK, replicates - low), 1))
        for places in layers:
            block[:, places] = draw.permuted(block[:, places], axis=1)
        yield block
