"""Shares of groups, their differences and odds ratios, with intervals that hold for all of them at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import attrs
import numpy as np
import numpy.typing as npt

from expertsys._core.simultaneous import jackknife, max_t
from expertsys.comparison.permuting import Design

Floats = npt.NDArray[np.float64]


@attrs.frozen(eq=False)
class Group:
    """The clusters of one group and what they say of K codes.

    Parameters
    ----------
    sums : ndarray, shape (C, K)
        Units with each code.
    sizes : ndarray, shape (C,)
        Units.
    independent : ndarray, shape (K,), optional
        How many independent units say as much of each share, where that does not follow from the sizes.
    """

    sums: Floats
    sizes: Floats
    share: Floats
    root: Floats
    independent: Floats | None = None

    @classmethod
    def of(cls, sums: Floats, sizes: Floats, independent: Floats | None = None) -> Group:
        """From the clusters of the group."""
        share, root = jackknife(sums, sizes)
        return cls(sums, sizes, share, root, independent)

    @property
    def clusters(self) -> int:
        """How many there are."""
        return len(self.sizes)

    @property
    def error(self) -> Floats:
        """Standard errors of the shares, by leaving out clusters."""
        return np.asarray(np.sqrt((self.root**2).sum(axis=0)))

    def effective(self, correlation: Floats) -> Floats:
        """Independent units that say as much of each share as these, for an intraclass correlation within clusters."""
        if self.independent is not None:
            return self.independent
        return np.asarray(self.sizes.sum() / (1 - correlation + correlation * (self.sizes**2).sum() / self.sizes.sum()))

    def limits(self, critical: float, degrees: float) -> tuple[Floats, Floats]:
        """Lower and upper limits of the shares on the logit scale, for a critical value of t.

        Where no unit or every unit has the code there is no error to go by: the one-sided exact bound takes clusters as
        single observations, which is wide. With one cluster there is no limit: NaN.
        """
        from scipy.special import expit, logit
        from scipy.stats import t as student

        if self.clusters < 2:
            nothing = np.full_like(self.share, np.nan)
            return nothing, nothing
        inside = (self.share > 0) & (self.share < 1)
        share = np.where(inside, self.share, 0.5)
        reach = critical * self.error / (share * (1 - share))
        low, high = expit(logit(share) - reach), expit(logit(share) + reach)
        bound = student.sf(critical, degrees) ** (1 / self.clusters)
        low = np.where(inside, low, np.where(self.share == 0, 0.0, bound))
        high = np.where(inside, high, np.where(self.share == 0, 1 - bound, 1.0))
        return np.asarray(low), np.asarray(high)


def of_strata(design: Design, correlation: Floats, *, drawn: bool) -> list[Group]:
    """Groups that are compared within strata, such as people before and after: each stratum weighs alike in all groups.

    A stratum with n_g units in group g has the weight 1 / Σ 1 / n_g, so that the difference of two groups is that of
    Mantel and Haenszel, and differences between strata make none between groups.

    Parameters
    ----------
    design : Design
        Every stratum has clusters in every group.
    correlation : ndarray, shape (K,)
        Intraclass correlation within clusters, given their stratum.
    drawn : bool
        Whether strata are a sample, as people are, and so the clusters; else they are fixed, as cases are.
    """
    units, squares = (_in_cells(design, sizes[:, None])[..., 0] for sizes in (design.sizes, design.sizes**2))
    weight = 1 / (1 / units).sum(axis=0)
    part, total = weight / weight.sum(), units.sum(axis=1)
    factor = (part * total[:, None] / units)[design.group, design.stratum]  # each group keeps its number of units
    sums, sizes = design.sums * factor[:, None], design.sizes * factor
    level = _in_cells(design, design.sums).sum(axis=0) / units.sum(axis=0)[:, None]
    unit = (level * (1 - level))[None] * ((1 - correlation) * units[..., None] + correlation * squares[..., None])
    variance = ((part / units)[..., None] ** 2 * unit).sum(axis=1)
    pooled = sums.sum(axis=0) / total.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        independent = np.where(variance > 1e-15, pooled * (1 - pooled) / variance, total[:, None])
    groups = []
    for number in range(design.groups):
        own, length = sums[design.group == number], sizes[design.group == number]
        if drawn:
            inside = (np.arange(units.shape[1])[:, None] == design.stratum[design.group == number]).astype(np.float64)
            own, length = inside @ own, inside @ length
        groups.append(Group.of(own, length, np.asarray(independent[number])))
    return groups


def _in_cells(design: Design, values: Floats) -> Floats:
    """Sums of values of clusters, shape (C, K), by group and stratum: (G, S, K)."""
    sums = np.zeros((design.groups, int(design.stratum.max()) + 1, values.shape[1]))
    np.add.at(sums, (design.group, design.stratum), values)
    return sums


def live(root: Floats) -> Floats:
    """The columns that vary, each of length 1."""
    length = np.sqrt((root**2).sum(axis=0))
    kept = length > 1e-12
    return np.asarray(root[:, kept] / length[kept])


def of_groups(groups: list[Group], confidence: float, draw: np.random.Generator) -> tuple[Floats, Floats]:
    """Limits of all shares at once: groups × codes. Groups are independent, so that their confidences multiply."""
    lows, highs = [], []
    each = confidence ** (1 / len(groups))
    for group in groups:
        degrees = max(group.clusters - 1, 1)
        critical = max_t(live(group.root), degrees, each, draw) if group.clusters > 1 else np.nan
        low, high = group.limits(critical, degrees)
        lows.append(low)
        highs.append(high)
    return np.stack(lows), np.stack(highs)


@attrs.frozen(eq=False)
class Pair:
    """One group less another, and the odds of the first over those of the second; each an array over K codes."""

    first: int
    second: int
    difference: Floats
    low: Floats
    high: Floats
    odds_ratio: Floats
    or_low: Floats
    or_high: Floats


def of_pairs(groups: list[Group], correlation: Floats, critical: Floats) -> list[Pair]:
    """All pairs of groups, with limits that the test against the largest difference would not reject.

    Parameters
    ----------
    groups : list of Group
        What was observed.
    correlation : ndarray, shape (K,)
        Intraclass correlation within clusters.
    critical : ndarray, shape (K,)
        Of the largest standardised difference, from `permuting.permute`.
    """
    pairs = itertools.combinations(range(len(groups)), 2)
    return [_pair(groups, first, second, correlation, critical) for first, second in pairs]


def _pair(groups: list[Group], first: int, second: int, correlation: Floats, critical: Floats) -> Pair:
    from scipy.special import logit

    one, other = groups[first], groups[second]
    difference = one.share - other.share
    size, more = one.effective(correlation), other.effective(correlation)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.exp(logit(one.share) - logit(other.share))
        error = np.sqrt(1 / (size * one.share * (1 - one.share)) + 1 / (more * other.share * (1 - other.share)))
    nothing = np.full_like(difference, np.nan)
    if min(one.clusters, other.clusters) < 2 or not np.isfinite(critical).all():
        return Pair(first, second, difference, nothing, nothing, ratio, nothing, nothing)
    weight = one.sizes.sum() / (one.sizes.sum() + other.sizes.sum())
    low = -_limit(other.share, one.share, more, size, 1 - weight, critical)
    high = _limit(one.share, other.share, size, more, weight, critical)
    with np.errstate(over="ignore", invalid="ignore"):
        reach = np.where(np.isfinite(error), np.exp(critical * error), np.nan)
    return Pair(first, second, difference, low, high, ratio, ratio / reach, ratio * reach)


def _limit(one: Floats, other: Floats, size: Floats, more: Floats, weight: float, critical: Floats) -> Floats:
    """The largest difference from which the observed one is at most `critical` standard errors away, by bisection.

    The error is that of the hypothesis: both shares together are what was observed of the two groups (Wallenstein 1997,
    Stat Med 16:1329), so that the limits stay within −1 and 1 and leave out 0 where the test does.
    """
    seen, pooled = one - other, weight * one + (1 - weight) * other
    low, high = seen.copy(), np.ones_like(seen)
    for _ in range(60):
        middle = (low + high) / 2
        above = np.clip(pooled + (1 - weight) * middle, np.maximum(0, middle), np.minimum(1, 1 + middle))
        below = above - middle
        variance = above * (1 - above) / size + below * (1 - below) / more
        inside = (middle - seen) ** 2 <= critical**2 * variance
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.asarray(high)


#: Values of the effect between none, the observed one and the largest possible at which tables are drawn.
_STEPS = 12


def cramers_v(
    groups: list[Group], correlation: Floats, *, replicates: int, confidence: float, draw: np.random.Generator
) -> Floats:
    """Cramér's V of groups × (with, without), bias-corrected, with limits by inverting a test: shape (3, K).

    Shares are moved from equality through the observed ones to the largest differences in the same direction. The
    limits are where V as large, or as small, as observed has the probability (1 − `confidence`) / 2. Counts are drawn
    from binomial distributions of the effective sizes.

    Parameters
    ----------
    groups : list of Group
        What was observed.
    correlation : ndarray, shape (K,)
        Intraclass correlation within clusters: chance adds more to X² where clusters are alike within.
    replicates : int
        Tables drawn at each step.
    """
    sizes = np.array([group.sizes.sum() for group in groups])
    share = np.stack([group.share for group in groups])
    effective = np.stack([group.effective(correlation) for group in groups])
    part = sizes / sizes.sum()
    design = sizes[:, None] / effective
    # expected X² under equality: Σ Var(U_g) / (N_g p q), groups − 1 where units are independent
    chance = ((1 - part)[:, None] ** 2 * design).sum(axis=0)
    chance += (part[:, None] * ((part[:, None] * design).sum(axis=0) - part[:, None] * design)).sum(axis=0)
    estimate = corrected(share, sizes, chance)
    limits = np.full((2, share.shape[1]), np.nan)
    varied = ~np.isnan(estimate)
    if min(group.clusters for group in groups) < 2 or not varied.any():
        return np.concatenate([estimate[None], limits])
    share, chance, observed = share[:, varied], chance[varied], estimate[varied]
    path = _path(share, part)
    drawn_of = np.maximum(1, np.rint(effective[:, varied])).astype(np.int64)
    levels, upper, lower = [], [], []
    for shares in path:
        drawn = draw.binomial(drawn_of, shares, size=(replicates, *shares.shape)) / drawn_of
        found = np.nan_to_num(corrected(drawn, sizes, chance), nan=0.0)
        levels.append(np.nan_to_num(np.sqrt(np.minimum(1, squared(shares, sizes))), nan=0.0))
        upper.append((found >= observed - 1e-9).mean(axis=0))
        lower.append((found <= observed + 1e-9).mean(axis=0))
    limits[:, varied] = inverted(np.stack(levels), np.stack(upper), np.stack(lower), (1 - confidence) / 2)
    limits[0] = np.minimum(limits[0], estimate)
    limits[1] = np.maximum(limits[1], estimate)
    return np.concatenate([estimate[None], limits])


def _path(share: Floats, part: Floats) -> Floats:
    """Shares from equality to the largest difference: steps × groups × codes."""
    pooled = part @ share
    away = share - pooled
    flat = np.abs(away).max(axis=0) < 1e-12
    away[:, flat] = (np.arange(len(part)) == 0)[:, None] - part[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.where(away > 1e-9, (1 - pooled) / away, np.where(away < -1e-9, -pooled / away, 1.0))
    reach = ends.max(axis=0)  # a group with the pooled share reaches no end
    return np.stack([np.clip(pooled + step * away, 0, 1) for step in steps(np.maximum(1, reach))])


def steps(reach: Floats) -> Iterator[Floats]:
    """Multiples of the observed effect, from 0 over 1 to `reach`."""
    yield from (np.full_like(reach, step) for step in np.linspace(0, 1, _STEPS, endpoint=False))
    yield from (reach**step for step in np.linspace(0, 1, _STEPS))


def inverted(levels: Floats, upper: Floats, lower: Floats, tail: float) -> Floats:
    """Where the probability of an effect at least, or at most, as large as observed crosses `tail`: shape (2, K).

    Parameters
    ----------
    levels, upper, lower : ndarray, shape (steps, K)
        True effects, rising; the probability of an estimate at least as large as observed, and at most as large.
    """
    found = np.zeros((2, levels.shape[1]))
    for code in range(levels.shape[1]):
        rising = np.maximum.accumulate(upper[:, code])
        falling = np.minimum.accumulate(lower[:, code])
        place = int((rising <= tail).sum())  # the first step that is not rejected
        found[0, code] = _between(levels[:, code], rising, place - 1, tail) if place else 0.0
        place = int((falling > tail).sum())  # the first step that is rejected
        last = len(falling)
        found[1, code] = _between(levels[:, code], falling, place - 1, tail) if place < last else levels[-1, code]
    return found


def _between(levels: Floats, chance: Floats, place: int, tail: float) -> float:
    if place + 1 >= len(levels) or place < 0:
        return float(levels[max(0, min(place, len(levels) - 1))])
    step = (tail - chance[place]) / (chance[place + 1] - chance[place])
    return float(levels[place] + step * (levels[place + 1] - levels[place]))


def squared(share: Floats, sizes: Floats) -> Floats:
    """X² / n of shares (..., groups, K) in groups of `sizes`: (..., K); NaN without variation."""
    part = sizes / sizes.sum()
    pooled = part @ share
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = (part[:, None] * (share - pooled[..., None, :]) ** 2).sum(axis=-2) / (pooled * (1 - pooled))
    return np.asarray(np.where(pooled * (1 - pooled) > 1e-15, parts, np.nan))


def corrected(share: Floats, sizes: Floats, chance: Floats) -> Floats:
    """Bergsma's V, where chance adds `chance` to X²: (..., K), within 0 and 1; NaN without variation."""
    total, rows = sizes.sum(), float(len(sizes))
    less = np.maximum(0, squared(share, sizes) - chance / (total - 1))  # Bergsma (2013), eq. 5 and 6
    width = 2 - 1 / (total - 1)
    height = rows - (rows - 1) ** 2 / (total - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.minimum(1, np.sqrt(less / (min(width, height) - 1))))
