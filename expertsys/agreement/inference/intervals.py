"""From replicates or a standard error to the two ends of an interval."""

from __future__ import annotations

import numpy as np

from expertsys._core.errors import counted
from expertsys._core.results import Interval
from expertsys.agreement.inference.sampling import Sampling
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats

#: More undefined replicates than this share, and the interval is undefined too.
MOST_UNDEFINED = 0.1
#: Below so many minority ratings, or units with disagreement, every known interval covers less than it says.
FEW = 10


def undefined(confidence: float, words: str, note: str) -> Interval:
    """No interval, and why."""
    return Interval(float("nan"), float("nan"), confidence, words, note)


def from_replicates(
    drawn: Floats, confidence: float, words: str, *, estimate: float, acceleration: float | None = None
) -> Interval:
    """Quantiles of the replicates that are defined; corrected for bias and skewness where an acceleration is given."""
    from scipy.special import ndtr, ndtri

    missing = int(np.isnan(drawn).sum())
    note = f"{missing} of {len(drawn)} replicates undefined and left out" if missing else ""
    if missing > MOST_UNDEFINED * len(drawn):
        return undefined(confidence, words, f"{note}: too many for an interval")
    known = drawn[~np.isnan(drawn)]
    levels = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    if acceleration is not None:  # Efron & Tibshirani 1993, eq. 14.9 to 14.15; half of the ties count as below
        below = float((known < estimate).mean() + (known == estimate).mean() / 2)
        if not 0 < below < 1:
            return undefined(confidence, words, "all replicates lie on one side of the estimate: no bias correction")
        bias = ndtri(below)
        reach = bias + ndtri(levels)
        levels = ndtr(bias + reach / (1 - acceleration * reach))
    low, high = np.quantile(known, levels)
    return Interval(float(low), float(high), confidence, words, note)


def acceleration(influence: Floats, sampling: Sampling) -> float:
    """Skewness of the influences over six (Efron & Tibshirani 1993, eq. 14.15); 0 where there is no variation."""
    counts = sampling.counts
    centred = influence - float(influence @ counts) / sampling.n
    square = float(counts @ centred**2)
    return float(counts @ centred**3) / (6 * square**1.5) if square > 0 else 0.0


def symmetric(estimate: float, error: float, freedom: float, confidence: float, words: str, note: str) -> Interval:
    """The estimate and as much of t times its standard error on either side; not cut at 1."""
    from scipy.special import stdtrit

    told = f"{freedom:,.0f}" if abs(freedom - round(freedom)) < 1e-9 else f"{freedom:,.1f}"
    words = f"{words}, t with {told} degrees of freedom"
    if np.isnan(error):
        return undefined(confidence, words, note or f"no {words.split(',')[0]}")
    reach = float(stdtrit(freedom, (1 + confidence) / 2)) * error
    return Interval(estimate - reach, estimate + reach, confidence, words, note)


def caution(ratings: Ratings) -> str:
    """What a reader must know where data are too few or too uniform for any interval to cover what it says."""
    profiles = ratings.values.pairable  # no dataframe
    totals = profiles.totals(profiles.counts[None, :].astype(np.float64))[0]
    minority = float(totals.sum() - totals.max(initial=0))
    units = int(profiles.counts.sum())
    split = int(profiles.counts[np.diff(profiles.table.indptr) > 1].sum())
    if units < FEW:
        return f"only {counted(units, 'unit')} with two ratings: intervals are rough"
    if minority < FEW:
        return f"only {minority:.0f} of {totals.sum():.0f} ratings are not of the main category: intervals are rough"
    if split < FEW:
        return f"coders disagree on {split} of {units} units only: intervals are rough"
    clusters = ratings.clusters
    sizes = np.empty(0) if clusters is None else np.asarray(clusters.table.sum(axis=1)).ravel()
    if clusters is not None and sizes.max(initial=0) > 1 and (sizes > 0).sum() < FEW:
        return f"{(sizes > 0).sum()} clusters ({clusters.by}) only: intervals are rough"
    return ""
