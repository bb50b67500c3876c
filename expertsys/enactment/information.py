"""Entropies from counts: plug-in, and three corrections for small samples.

Natural logarithms throughout; ratios of entropies do not depend on the base.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Estimator = Literal["plugin", "miller-madow", "chao-shen", "chao-wang-jost"]
ESTIMATORS: tuple[Estimator, ...] = ("plugin", "miller-madow", "chao-shen", "chao-wang-jost")


def entropy(counts: Floats, *, estimator: Estimator = "plugin") -> Floats:
    """Entropy of the distribution behind counts, over the last axis: (..., K) to (...).

    Miller–Madow adds (K⁺ − 1) / 2n, K⁺ being the number of cells above 0. Chao–Shen (2003) shrinks the shares by the
    estimated coverage and weights them by the inverse of their chance to be seen. Chao–Wang–Jost (2013, eq. 7) sums the
    slopes of the species accumulation curve: it is without bias but for what lies beyond the sample, which it estimates
    from the cells with counts of 1 and 2. None is cut at its bounds.
    """
    if estimator == "chao-wang-jost":
        return _chao_wang_jost(np.asarray(counts, dtype=np.float64))
    total = counts.sum(axis=-1, keepdims=True)
    shares = np.divide(counts, total, out=np.zeros_like(counts, dtype=np.float64), where=total > 0)
    plain: Floats = -np.asarray(_times_log(shares).sum(axis=-1))
    if estimator == "plugin":
        return plain
    n = total[..., 0]
    if estimator == "miller-madow":
        filled = (counts > 0).sum(axis=-1)
        return np.asarray(plain + np.divide(filled - 1, 2 * n, out=np.zeros_like(plain), where=n > 0))
    singletons = (counts == 1).sum(axis=-1)
    seen_once = np.where(singletons == n, np.maximum(n - 1, 0), singletons)  # Chao & Shen 2003: coverage above 0
    coverage = 1 - np.divide(seen_once, n, out=np.zeros_like(plain), where=n > 0)
    shrunk = coverage[..., None] * shares
    with np.errstate(invalid="ignore", divide="ignore"):
        seen = 1 - (1 - shrunk) ** total
        terms = np.where(shrunk > 0, _times_log(shrunk) / seen, 0.0)
    return np.asarray(-terms.sum(axis=-1))


#: Points and weights for integrals over 0 to infinity of functions that fall as exp(-v): the trapezoidal rule in log v.
_LOG = np.linspace(-40, 5, 226)
_POINTS = np.exp(_LOG)
_AREAS = np.exp(-_POINTS) * _POINTS * (_LOG[1] - _LOG[0])


def _chao_wang_jost(counts: Floats) -> Floats:
    """Chao A, Wang YT, Jost L. Methods Ecol Evol 2013;4:1091–1100, eq. 7."""
    from scipy.special import digamma

    n = counts.sum(axis=-1)
    known = np.maximum(counts, 1)
    below = np.where(counts > 0, counts * (digamma(np.maximum(n, 1))[..., None] - digamma(known)), 0.0).sum(axis=-1)
    once, twice = ((counts == number).sum(axis=-1).astype(np.float64) for number in (1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        below = np.where(n > 0, below / n, 0.0)
        slope = np.where(twice > 0, 2 * twice / ((n - 1) * once + 2 * twice), 2 / ((n - 1) * (once - 1) + 2))
    beyond = np.zeros_like(below)
    open_ = (once > 0) & (n > 1) & (slope < 1)
    if open_.any():
        a, total = slope[open_][:, None], n[open_][:, None]
        # the sum over r >= n of (1 - A)^(r - n + 1) / r, as an integral; with v = n u, t = (1 - A) exp(-u)
        heights = (1 - a) / total / -np.expm1(np.log1p(-a) - _POINTS / total)
        beyond[open_] = once[open_] / n[open_] * (heights @ _AREAS)
    return np.asarray(below + beyond)


def conditional(joint: Floats, *, estimator: Estimator = "plugin") -> Floats:
    """H(row ∣ column) of tables of counts: (..., R, C) to (...)."""
    flat = joint.reshape(*joint.shape[:-2], -1)
    return entropy(flat, estimator=estimator) - entropy(joint.sum(axis=-2), estimator=estimator)


def without_error(table: Floats, rate: float) -> Floats:
    """Most likely true counts (R, C) where a share of the rows were replaced by one drawn from all rows' margin.

    Each column is a mixture with known weights; its true distribution over rows is found by the EM algorithm.
    """
    shares = table.sum(axis=1) / table.sum()
    seen_as = (1 - rate) * np.eye(len(shares)) + rate * shares[:, None]  # [seen, true]
    totals = table.sum(axis=0)
    true = np.divide(table, totals, out=np.zeros_like(table), where=totals > 0)
    for _ in range(5_000):
        expected = (seen_as @ true) * totals
        updated = true * (seen_as.T @ np.divide(table, expected, out=np.zeros_like(table), where=expected > 0))
        moved = float(np.abs(updated - true).max())
        true = updated
        if moved < 1e-12:
            break
    return np.asarray(true * totals)


def _times_log(shares: Floats) -> Floats:
    return np.asarray(shares * np.log(np.where(shares > 0, shares, 1.0)))
