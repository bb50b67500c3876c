"""From replicates or a standard error to the two ends of an interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from expertsys._core.errors import counted
from expertsys._core.results import Interval
from expertsys.agreement.ratings.profiles import Floats

if TYPE_CHECKING:
    from expertsys.agreement.inference.methods import Scale
    from expertsys.agreement.inference.sampling import Sampling
    from expertsys.agreement.ratings import Ratings

#: More undefined replicates than this share, and the interval is undefined too.
MOST_UNDEFINED = 0.1
#: Below so many minority ratings, or units with disagreement, every known interval covers less than it says.
FEW = 10
#: With so many failures or successes, the score interval of a share is widened on their side.
MOST_RARE = 3
#: Widths and errors below this are rounding.
ROUNDING = 1e-12

NO_VARIATION = "the estimate is the same in every resample, so no interval can be given"
ONE_DECIDES = "without one of the {what} the coefficient is undefined, so no interval can be given"
CUT = "the symmetric interval reaches beyond 1, the highest value possible, and is cut there"


def undefined(confidence: float, words: str, note: str) -> Interval:
    """No interval, and why."""
    return Interval(float("nan"), float("nan"), confidence, words, note)


def from_replicates(
    drawn: Floats,
    confidence: float,
    words: str,
    *,
    estimate: float,
    acceleration: float | None = None,
    clusters: int | None = None,
    unvaried: str = NO_VARIATION,
) -> Interval:
    """Quantiles of the replicates that are defined.

    Parameters
    ----------
    drawn : ndarray, shape (B,)
        Replicates, NaN where undefined.
    acceleration : float, optional
        Corrects for bias and skewness.
    clusters : int, optional
        How many clusters were drawn: the quantiles lie further out, as t with one degree of freedom less lies outside
        the normal distribution (Hesterberg 2015, sec. 4.3.3).
    unvaried : str
        Why there is no interval where all replicates are the same.
    """
    from scipy.special import ndtr, ndtri, stdtrit

    missing = int(np.isnan(drawn).sum())
    note = f"{missing} of {len(drawn)} replicates undefined and left out" if missing else ""
    if missing > MOST_UNDEFINED * len(drawn):
        return undefined(confidence, words, f"{note}: too many for an interval")
    known = drawn[~np.isnan(drawn)]
    if np.ptp(known) < ROUNDING:
        return undefined(confidence, words, unvaried)
    levels = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    if acceleration is not None:  # Efron & Tibshirani 1993, eq. 14.9 to 14.15; half of the ties count as below
        below = float((known < estimate).mean() + (known == estimate).mean() / 2)
        if not 0 < below < 1:
            return undefined(confidence, words, "all replicates lie on one side of the estimate: no bias correction")
        bias = ndtri(below)
        reach = bias + ndtri(levels)
        levels = ndtr(bias + reach / (1 - acceleration * reach))
    elif clusters is not None and clusters > 1:
        levels = ndtr(np.sqrt(clusters / (clusters - 1)) * stdtrit(clusters - 1, levels))
    low, high = np.quantile(known, levels)
    return Interval(float(low), float(high), confidence, words, note)


def acceleration(influence: Floats, sampling: Sampling) -> float:
    """Skewness of the influences over six (Efron & Tibshirani 1993, eq. 14.15); 0 where there is no variation."""
    counts = sampling.counts
    centred = influence - float(influence @ counts) / sampling.n
    square = float(counts @ centred**2)
    return float(counts @ centred**3) / (6 * square**1.5) if square > 0 else 0.0


def by_t(
    estimate: float,
    error: float,
    freedom: float,
    confidence: float,
    words: str,
    note: str,
    *,
    scale: Scale = "linear",
    unvaried: str = NO_VARIATION,
    top: float | None = None,
) -> Interval:
    """As much of t times the standard error on either side of the estimate, or of its inverse hyperbolic tangent.

    Parameters
    ----------
    scale : {"linear", "z"}
        On which scale; an estimate outside −1 to 1 has no z, and its interval is linear.
    unvaried : str
        Why there is no interval where the standard error is 0.
    top : float, optional
        The highest value possible, at which a linear interval is cut, with a note.
    """
    from scipy.special import stdtrit

    shown = f"{freedom:,.0f}" if abs(freedom - round(freedom)) < 1e-9 else f"{freedom:,.1f}"
    on_z = scale == "z" and abs(estimate) < 1 - ROUNDING
    scaled = " on the scale of Fisher's z" if on_z else ""
    words = f"{words}{scaled}, t with {shown} degrees of freedom"
    if np.isnan(error):
        return undefined(confidence, words, note or f"no {words.split(',')[0]}")
    if error < ROUNDING:
        return undefined(confidence, words, unvaried)
    reach = float(stdtrit(freedom, (1 + confidence) / 2)) * error
    if on_z:  # the delta method: the error of artanh(x) is that of x over 1 − x²
        reach /= 1 - estimate**2
        low, high = (float(np.tanh(np.arctanh(estimate) + side * reach)) for side in (-1, 1))
        return Interval(low, high, confidence, words, note)
    low, high = estimate - reach, estimate + reach
    if top is not None and high > top + ROUNDING:
        high, note = top, "; ".join(part for part in (note, CUT) if part)
    return Interval(low, high, confidence, words, note)


def wilson(share: float, size: float, quantile: float, confidence: float) -> tuple[float, float]:
    """The score interval of a share of so many independent trials (Wilson 1927).

    With up to three failures (or successes), the end next to them is moved out to that of the Poisson distribution,
    since the score interval covers as little as 83 % there (Brown, Cai & DasGupta 2001, sec. 4.1.1).
    """
    from scipy.special import gammaincinv

    square = quantile**2
    middle = (share + square / (2 * size)) / (1 + square / size)
    reach = quantile * float(np.sqrt(share * (1 - share) / size + square / (4 * size**2))) / (1 + square / size)
    low, high = middle - reach, middle + reach
    for rare in (size * share, size * (1 - share)):
        if 0 < rare <= MOST_RARE:
            nearest = float(gammaincinv(rare, 1 - confidence)) / size  # half a quantile of χ² with 2 × rare degrees
            low, high = (min(low, nearest), high) if rare == size * share else (low, max(high, 1 - nearest))
    return max(low, 0.0), min(high, 1.0)


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
    return ""


@attrs.frozen(eq=False)
class Resamples:
    """Estimates of one figure over resamples of units or clusters, and how an interval is made from them.

    Parameters
    ----------
    jackknife : bool
        Whether each resample leaves one draw out, `counts` saying how many draws each stands for; else they are
        bootstrap replicates.
    counts : ndarray of int, shape (B,)
        See `jackknife`.
    clusters : int or None
        How many clusters there are; None where units are drawn.
    words : str
        How the interval was made, for a methods section.
    """

    jackknife: bool
    counts: Floats
    clusters: int | None
    words: str

    def interval(self, drawn: Floats, estimate: float, confidence: float, *, difference: bool = False) -> Interval:
        """The interval of an estimate, or of a difference of estimates, from its values over the resamples."""
        if np.isnan(estimate):
            return undefined(confidence, self.words, "")
        if not self.jackknife:
            return from_replicates(drawn, confidence, self.words, estimate=estimate, clusters=self.clusters)
        if np.isnan(drawn).any():
            return undefined(confidence, self.words, ONE_DECIDES.format(what="clusters"))
        error, freedom = self.error(drawn)
        scale: Scale = "linear" if difference else "z"
        return by_t(estimate, error, freedom, confidence, self.words, "", scale=scale)

    def difference(self, first: Floats, a: float, second: Floats, b: float, confidence: float) -> Interval:
        """The interval of a difference a − b of two estimates from their values over the same resamples.

        With clusters it is made from the intervals of both and their correlation (Zou 2007, eq. 15), and so allows for
        the skewness of each.
        """
        plain = self.interval(first - second, a - b, confidence, difference=True)
        if not self.jackknife or np.isnan(plain.low):
            return plain
        one, other = self.interval(first, a, confidence), self.interval(second, b, confidence)
        if np.isnan(one.low) or np.isnan(other.low):
            return plain
        together = float(np.corrcoef(first, second)[0, 1])
        down, up = a - one.low, one.high - a
        below, above = b - other.low, other.high - b
        low = a - b - float(np.sqrt(max(down**2 + above**2 - 2 * together * down * above, 0.0)))
        high = a - b + float(np.sqrt(max(up**2 + below**2 - 2 * together * up * below, 0.0)))
        return Interval(low, high, confidence, plain.method, plain.note)

    def error(self, drawn: Floats) -> tuple[float, float]:
        """Standard error by the jackknife, and its degrees of freedom (Efron & Tibshirani 1993, eq. 11.5)."""
        n = float(self.counts.sum())
        mean = float(drawn @ self.counts) / n
        return float(np.sqrt((n - 1) / n * (self.counts @ (drawn - mean) ** 2))), n - 1
