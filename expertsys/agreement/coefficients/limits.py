"""Limits of agreement of two coders' scores."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from expertsys._core import references
from expertsys._core.errors import check_between
from expertsys._core.results import Interval, Result, number, percent
from expertsys.agreement.coefficients import two
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, Ints

INTERVAL = "Bland and Altman's interval"


@attrs.frozen(eq=False, repr=False)
class LimitsOfAgreement(Result):
    """By how much two coders' scores of one unit differ.

    Attributes
    ----------
    coders : tuple of str
        The first's scores less the second's are meant.
    bias, sd : float
        Mean and standard deviation of the differences.
    lower, upper : float
        Bias ± z · sd: between them lie as many of the differences as `share` says, if they are normal.
    share : float
        Of the differences, usually .95.
    bias_interval, lower_interval, upper_interval : Interval
        For the three in the population of units.
    slope : float
        Change of the difference for one unit of the mean of the two scores; 0 where differences do not grow with it.
    n_units, n_clusters : int
        Units that both rated; clusters they lie in, 0 where units are not clustered.
    note : str
        What a reader must know.
    """

    coders: tuple[str, str]
    bias: float
    sd: float
    lower: float
    upper: float
    share: float
    bias_interval: Interval
    lower_interval: Interval
    upper_interval: Interval
    slope: float
    n_units: int
    n_clusters: int
    note: str

    def _title(self) -> str:
        return f"Limits of agreement of {self.coders[0]} and {self.coders[1]}, over {self.n_units:,} units"

    def _rows(self) -> tuple[tuple[str, object], ...]:
        rows: list[tuple[str, object]] = [
            ("bias", f"{number(self.bias)} ({self.bias_interval})"),
            ("lower limit", f"{number(self.lower)} ({self.lower_interval})"),
            ("upper limit", f"{number(self.upper)} ({self.upper_interval})"),
        ]
        return (*rows, *([("note", self.note)] if self.note else []))

    def methods_text(self) -> str:
        """A sentence for a methods section."""
        if np.isnan(self.sd):
            return f"Limits of agreement could not be determined: {self.note}."
        side = "above" if self.bias >= 0 else "below"
        return (
            f"The scores of {self.coders[0]} were {number(abs(self.bias))} {side} those of {self.coders[1]} on "
            f"average, and the {percent(self.share)} limits of agreement (Bland–Altman) reached "
            f"from {number(self.lower)} to {number(self.upper)}, over {self.n_units:,} units."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind it."""
        return references.cite(("bland1999", *(("bland2007",) if self.n_clusters else ())))


def limits_of_agreement(
    ratings: Ratings, *, coders: Sequence[str] | None = None, share: float = 0.95, confidence: float = 0.95
) -> LimitsOfAgreement:
    """Bland and Altman's limits of agreement: by how much two coders' scores of one unit differ, in the scores' units.

    Parameters
    ----------
    ratings : Ratings
        Numbers. Units that one of the two did not rate are left out. Where the ratings have clusters, several units of
        one cluster are repeated measurements whose true value varies.
    coders : sequence of two str, optional
        Which two, where there are more.
    share : float
        How many of the differences lie between the limits, if they are normal.
    confidence : float
        Nominal coverage of the intervals.

    Returns
    -------
    LimitsOfAgreement
        NaN with a note with fewer than two units, or clusters. The note says where differences grow with the scores, so
        that one pair of limits does not fit all of the scale.

    Raises
    ------
    DataError
        With other than two coders, or ratings that are no numbers.

    Notes
    -----
    Unlike a correlation, the limits do not depend on how much the units differ: whether they are narrow enough is a
    question for the field, not for statistics. Standard errors are sd · √(1/n + z² / (2 (n − 1))) for a limit; with
    clusters, sd² is the sum of the components between and within clusters (Bland & Altman 2007) and n the number of
    clusters, which is on the safe side. In R: ``blandr::blandr.statistics(x, y)``.

    References
    ----------
    Bland JM, Altman DG. Measuring agreement in method comparison studies. Stat Methods Med Res 1999;8:135–160.
    doi:10.1177/096228029900800204

    Bland JM, Altman DG. Agreement between methods of measurement with multiple observations per individual. J Biopharm
    Stat 2007;17:571–582. doi:10.1080/10543400701329422

    Examples
    --------
    >>> scores = [[4, 5], [6, 6], [3, 5], [8, 9], [7, 7], [5, 6]]
    >>> found = limits_of_agreement(Ratings.from_array(scores, coders="columns", names=["ann", "ben"]))
    >>> round(found.bias, 2), round(found.lower, 2), round(found.upper, 2)
    (-0.83, -2.31, 0.64)

    Ann scores nearly a point lower on average; for one unit she may be two points below Ben or half a point above.
    """
    from scipy.stats import norm, t

    check_between("share", share, 0, 1)
    check_between("confidence", confidence, 0, 1)
    chosen = two.chosen(
        ratings, coders, name="limits of agreement", place="limits_of_agreement", otherwise="icc for more than two"
    )
    base = chosen.require_coders("limits of agreement")
    both = np.asarray((base.matrix >= 0).all(axis=1))
    x, y = chosen.numbers("limits of agreement")[base.matrix[both]].reshape(-1, 2).T
    counts = base.counts[both]
    n, nan = int(counts.sum()), float("nan")
    table = None if chosen.clusters is None else chosen.clusters.table[:, np.flatnonzero(both)]
    difference, middle = x - y, (x + y) / 2
    if table is None:
        bias, sd, size = _plain(difference, counts)
        groups = 0
    else:
        cells = np.asarray(table.toarray(), dtype=np.float64)
        cells = cells[cells.sum(axis=1) > 0]
        bias, sd, size = _clustered(difference, cells)
        groups = len(cells)
    names = (chosen.coders[0], chosen.coders[1])
    words = INTERVAL + (" over clusters" if groups else "")
    if n < 2 or size < 2:
        note = f"it takes two {'clusters' if groups else 'units'} that both rated; there is {size}"
        none = Interval(nan, nan, confidence, words, note)
        known = bias if n else nan
        return LimitsOfAgreement(names, known, nan, nan, nan, share, none, none, none, nan, n, groups, note)
    z = float(norm.ppf((1 + share) / 2))
    reach = float(t.ppf((1 + confidence) / 2, size - 1)) * sd
    of_bias, of_limit = (reach * float(np.sqrt(part)) for part in (1 / size, 1 / size + z**2 / (2 * (size - 1))))
    lower, upper = bias - z * sd, bias + z * sd
    of_mean, of_lower, of_upper = (
        Interval(at - width, at + width, confidence, words)
        for at, width in ((bias, of_bias), (lower, of_limit), (upper, of_limit))
    )
    slope, note = _growth(difference, middle, counts)
    if n < 30:
        note = "; ".join(part for part in (f"{n} units only: the limits are rough", note) if part)
    told = "; ".join(part for part in (chosen.note, note) if part)
    return LimitsOfAgreement(names, bias, sd, lower, upper, share, of_mean, of_lower, of_upper, slope, n, groups, told)


def _plain(difference: Floats, counts: Ints) -> tuple[float, float, int]:
    """Mean and standard deviation of the differences, and their number."""
    n = int(counts.sum())
    if not n:
        return float("nan"), float("nan"), 0
    bias = float(counts @ difference) / n
    squares = float(counts @ (difference - bias) ** 2)
    return bias, float(np.sqrt(squares / (n - 1))) if n > 1 else float("nan"), n


def _clustered(difference: Floats, cells: Floats) -> tuple[float, float, int]:
    """Mean and standard deviation with components between and within clusters, and the number of clusters."""
    sizes = cells.sum(axis=1)
    n, groups = float(sizes.sum()), len(sizes)
    if groups < 2:
        return _plain(difference, cells.sum(axis=0).astype(np.int64))[0], float("nan"), groups
    totals = cells @ difference
    bias = float(totals.sum()) / n
    within = float((cells @ difference**2 - totals**2 / sizes).sum())
    between = float((sizes * (totals / sizes - bias) ** 2).sum()) / (groups - 1)
    if n == groups:
        return bias, float(np.sqrt(between)), groups
    within /= n - groups
    size = (n - float((sizes**2).sum()) / n) / (groups - 1)
    return bias, float(np.sqrt(within + max((between - within) / size, 0))), groups


def _growth(difference: Floats, middle: Floats, counts: Ints) -> tuple[float, str]:
    """Slope of the differences over the means of two scores, and a note where it is more than chance."""
    from scipy.stats import t

    n = int(counts.sum())
    centre, mean = float(counts @ middle) / n, float(counts @ difference) / n
    across = float(counts @ (middle - centre) ** 2)
    if across <= 0:
        return 0.0, ""
    slope = float(counts @ ((middle - centre) * (difference - mean))) / across
    rest = float(counts @ (difference - mean - slope * (middle - centre)) ** 2)
    if n < 4 or rest <= 0 or abs(slope) / np.sqrt(rest / (n - 2) / across) < t.ppf(0.975, n - 2):
        return slope, ""
    return slope, (
        f"differences change with the scores (slope {number(slope)}): one pair of limits does not fit all of the scale"
    )
