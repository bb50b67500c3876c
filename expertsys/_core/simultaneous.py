"""Shares over clusters, and intervals that hold for many of them at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
DRAWS = 20_000
#: Numbers multiplied for a quantile; where there are many of them, there are fewer draws, 4,000 at least.
_WORK = 400_000_000


def jackknife(sums: Floats, sizes: Floats) -> tuple[Floats, Floats]:
    """Shares and the root of their covariance, by leaving out one cluster at a time.

    Parameters
    ----------
    sums : ndarray, shape (C, K)
        Per cluster, how many of its members have each of K properties.
    sizes : ndarray, shape (C,)
        Its members.

    Returns
    -------
    shares : ndarray, shape (K,)
    root : ndarray, shape (C, K)
        ``root.T @ root`` is the covariance; NaN with one cluster.
    """
    total = sizes.sum()
    shares = sums.sum(axis=0) / total
    count = len(sizes)
    if count < 2:
        return np.asarray(shares), np.full_like(sums, np.nan, dtype=np.float64)
    left_out = (sums.sum(axis=0) - sums) / (total - sizes)[:, None]
    centred = left_out - left_out.mean(axis=0)
    return np.asarray(shares), np.asarray(np.sqrt((count - 1) / count) * centred)


def max_t(root: Floats, degrees: float, confidence: float, draw: np.random.Generator) -> float:
    """The quantile of the largest absolute t of several, whose correlation is ``root.T @ root``.

    Parameters
    ----------
    root : ndarray, shape (m, K)
        Its columns have length 1.
    degrees : float
        Of freedom, above 0.
    confidence : float
        Such as 0.95.
    draw : numpy.random.Generator
        For up to 20,000 draws. All at once cannot be narrower than one.
    """
    from scipy.stats import t as student

    single = float(student.ppf((1 + confidence) / 2, degrees))
    if root.shape[1] == 0:
        return single
    draws = min(DRAWS, max(4_000, _WORK // root.size))
    t = np.abs(draw.standard_normal((draws, len(root))) @ root)
    t = t / np.sqrt(draw.chisquare(degrees, draws) / degrees)[:, None]
    return max(single, float(np.quantile(t.max(axis=1), confidence)))
