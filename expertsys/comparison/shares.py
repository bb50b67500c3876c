"""Shares of groups, their differences and odds ratios, with intervals that hold for all of them at once."""

from __future__ import annotations

import itertools

import attrs
import numpy as np
import numpy.typing as npt

from expertsys._core.simultaneous import jackknife, max_t

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class Group:
    """The clusters of one group and what they say of K codes.

    Parameters
    ----------
    sums : ndarray, shape (C, K)
        Units with each code.
    sizes : ndarray, shape (C,)
        Units.
    """

    sums: Floats
    sizes: Floats
    share: Floats
    root: Floats

    @classmethod
    def of(cls, sums: Floats, sizes: Floats) -> Group:
        """From the clusters of the group."""
        share, root = jackknife(sums, sizes)
        return cls(sums, sizes, share, root)

    @property
    def clusters(self) -> int:
        """How many there are."""
        return len(self.sizes)

    @property
    def error(self) -> Floats:
        """Standard errors of the shares, by leaving out clusters."""
        return np.asarray(np.sqrt((self.root**2).sum(axis=0)))

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


def of_pairs(groups: list[Group], confidence: float, draw: np.random.Generator) -> list[Pair]:
    """All pairs of groups: differences with limits by Zou and Donner's method from those of the logits."""
    pairs = list(itertools.combinations(range(len(groups)), 2))
    each = 1 - (1 - confidence) / max(1, len(pairs))
    return [_pair(groups, first, second, each, draw) for first, second in pairs]


def _pair(groups: list[Group], first: int, second: int, confidence: float, draw: np.random.Generator) -> Pair:
    from scipy.special import logit

    one, other = groups[first], groups[second]
    difference = one.share - other.share
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.exp(logit(one.share) - logit(other.share))
        scales = [np.where(group.error > 1e-12, group.share * (1 - group.share), np.nan) for group in (one, other)]
        log_error = np.sqrt((one.error / scales[0]) ** 2 + (other.error / scales[1]) ** 2)
    if min(one.clusters, other.clusters) < 2:
        nothing = np.full_like(difference, np.nan)
        return Pair(first, second, difference, nothing, nothing, ratio, nothing, nothing)
    degrees = _degrees(one, other)
    critical = max_t(live(np.concatenate([one.root, -other.root])), degrees, confidence, draw)
    (low_one, high_one), (low_other, high_other) = (group.limits(critical, degrees) for group in (one, other))
    below = np.sqrt((one.share - low_one) ** 2 + (high_other - other.share) ** 2)
    above = np.sqrt((high_one - one.share) ** 2 + (other.share - low_other) ** 2)
    with np.errstate(over="ignore"):
        or_low, or_high = ratio * np.exp(-critical * log_error), ratio * np.exp(critical * log_error)
    return Pair(first, second, difference, difference - below, difference + above, ratio, or_low, or_high)


def _degrees(one: Group, other: Group) -> float:
    """Satterthwaite's degrees of freedom, the least over the codes."""
    first, second = one.error**2, other.error**2
    both = first + second
    known = both > 1e-24
    if not known.any():
        return float(min(one.clusters, other.clusters) - 1)
    parts = first[known] ** 2 / (one.clusters - 1) + second[known] ** 2 / (other.clusters - 1)
    return float((both[known] ** 2 / parts).min())


def cramers_v(groups: list[Group], *, replicates: int, confidence: float, draw: np.random.Generator) -> Floats:
    """Cramér's V of groups × (with, without), bias-corrected, and its bootstrap limits over clusters: shape (3, K)."""
    sums = np.stack([group.sums.sum(axis=0) for group in groups])
    sizes = np.array([group.sizes.sum() for group in groups])
    estimate = corrected(sums[None], sizes[None])[0]
    if min(group.clusters for group in groups) < 2:
        return np.stack([estimate, np.full_like(estimate, np.nan), np.full_like(estimate, np.nan)])
    drawn, drawn_sizes = [], []
    for group in groups:
        weights = draw.multinomial(group.clusters, np.full(group.clusters, 1 / group.clusters), size=replicates)
        drawn.append(weights @ group.sums)
        drawn_sizes.append(weights @ group.sizes)
    both = np.stack(drawn, axis=1), np.stack(drawn_sizes, axis=1)
    raw = squared(*both)
    known = np.isfinite(raw)
    again = np.where(known, raw, 0).sum(axis=0) / np.maximum(1, known.sum(axis=0)) - squared(sums[None], sizes[None])[0]
    replicated = corrected(*both, again)  # drawing adds chance a second time
    kept = np.isfinite(replicated).mean(axis=0) >= 0.9  # a tenth undefined, and the interval is too
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    limits = np.full((2, len(estimate)), np.nan)
    if kept.any():
        limits[:, kept] = np.nanquantile(replicated[:, kept], tails, axis=0)
    return np.concatenate([estimate[None], limits])


def squared(sums: Floats, sizes: Floats) -> Floats:
    """X² / n from counts with the code (B, groups, K) of sizes (B, groups): (B, K); NaN without variation."""
    total = sizes.sum(axis=1)[:, None]
    share = sums.sum(axis=1) / total
    expected = share[:, None, :] * sizes[:, :, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = ((sums - expected) ** 2 / np.where(sizes[:, :, None] > 0, sizes[:, :, None], np.nan)).sum(axis=1)
        return np.asarray(parts / (share * (1 - share)) / total)


def corrected(sums: Floats, sizes: Floats, more: Floats | float = 0.0) -> Floats:
    """Bergsma's V from the same counts, and less `more` of X² / n: (B, K); NaN without variation."""
    total = sizes.sum(axis=1)[:, None]
    rows = float(sizes.shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        less = np.maximum(0, squared(sums, sizes) - (rows - 1) / (total - 1) - more)  # Bergsma (2013), eq. 5 and 6
        width = 2 - 1 / (total - 1)
        height = rows - (rows - 1) ** 2 / (total - 1)
        return np.asarray(np.sqrt(less / (np.minimum(width, height) - 1)))
