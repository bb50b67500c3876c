"""Intervals for shares, and for their differences, that respect clusters and stay within the range of a share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from expertsys._core.simultaneous import jackknife, max_t

Floats = npt.NDArray[np.float64]
_NO_SPREAD = 1e-12


class ClusteredShares:
    """Shares of K properties among the members of clusters.

    The variance is that of leaving out one cluster at a time. It gives the effective number of members,
    p (1 - p) / variance; where nothing varies, the number that whole clusters alike would have. Wilson's score interval
    takes this number and a quantile of t, whose degrees of freedom are those of the variance:
    2 / (2 / (C - 1) + k / C), with k the excess kurtosis of the clusters' values, if positive. Where few clusters have
    the property, they are far fewer than C - 1.

    Parameters
    ----------
    sums : ndarray, shape (C, K)
        Per cluster, how many of its members have each property.
    sizes : ndarray, shape (C,)
        Its members.

    References
    ----------
    Wilson EB. J Am Stat Assoc 1927;22:209-212. Korn EL, Graubard BI. Surv Methodol 1998;24:193-201 (the effective
    number).
    """

    def __init__(self, sums: Floats, sizes: Floats) -> None:
        self.clusters = len(sizes)
        self.shares, self.root = jackknife(sums, sizes)
        variance = (self.root**2).sum(axis=0)
        self.is_constant = ~(variance > _NO_SPREAD)
        with np.errstate(divide="ignore", invalid="ignore"):
            effective = self.shares * (1 - self.shares) / variance
            kurtosis = self.clusters * (self.root**4).sum(axis=0) / variance**2 - 3
        self.effective = np.where(self.is_constant, sizes.sum() ** 2 / (sizes**2).sum(), effective)
        excess = np.where(self.is_constant, 0.0, np.maximum(kurtosis, 0))
        least = 2 / max(self.clusters - 1, 1)
        self.degrees = 2 / (least + excess / self.clusters)

    def intervals(self, confidence: float) -> tuple[Floats, Floats]:
        """Low and high ends for each property, shape (K,) each; each interval by itself has this confidence."""
        from scipy.stats import t

        quantile = t.ppf((1 + confidence) / 2, self.degrees)
        n, p, c = self.effective, self.shares, quantile**2
        middle = (p + c / (2 * n)) / (1 + c / n)
        reach = quantile * np.sqrt(p * (1 - p) / n + c / (4 * n**2)) / (1 + c / n)
        return np.minimum(np.clip(middle - reach, 0, 1), p), np.maximum(np.clip(middle + reach, 0, 1), p)


def level_of_each(root: Floats, confidence: float, draw: np.random.Generator) -> float:
    """The confidence that each of several intervals must have, so that all hold at once with this confidence.

    Parameters
    ----------
    root : ndarray, shape (m, K)
        ``root.T @ root`` is the covariance of the K estimates; one that does not vary counts as independent.
    confidence : float
        Of all at once.
    draw : numpy.random.Generator
        For the distribution of the largest of K normal variables.
    """
    from scipy.stats import norm

    if root.shape[1] < 2:
        return confidence
    length = np.sqrt((root**2).sum(axis=0))
    constant = ~(length > np.sqrt(_NO_SPREAD))
    scaled = np.where(constant, 0.0, root / np.where(constant, 1.0, length))
    alone = np.eye(root.shape[1])[constant]
    complete = np.vstack([scaled, alone])
    if len(complete) > complete.shape[1]:
        complete = np.asarray(np.linalg.qr(complete, mode="r"))  # the same covariance in fewer rows
    quantile = max_t(complete, 1e8, confidence, draw)
    return float(2 * norm.cdf(quantile) - 1)


def difference_interval(
    first: tuple[Floats, Floats, Floats], second: tuple[Floats, Floats, Floats], correlation: Floats
) -> tuple[Floats, Floats]:
    """An interval for a difference of shares from an interval for each, within [-1, 1].

    Parameters
    ----------
    first, second : tuple of ndarray
        Share, low and high.
    correlation : ndarray
        Of the two estimates: 0 where no cluster is in both.

    References
    ----------
    Newcombe RG. Stat Med 1998;17:873-890 (method 10). Zou GY, Donner A. Stat Med 2008;27:1693-1702 (the general form,
    with correlation).
    """
    (p, low_p, high_p), (q, low_q, high_q) = first, second

    def reach(one: Floats, other: Floats) -> Floats:
        return np.sqrt(np.maximum(one**2 + other**2 - 2 * correlation * one * other, 0))

    low = p - q - reach(p - low_p, high_q - q)
    high = p - q + reach(high_p - p, q - low_q)
    return np.clip(low, -1, 1), np.clip(high, -1, 1)
