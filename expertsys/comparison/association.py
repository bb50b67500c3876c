"""A table of independent counts: exact test, effect sizes with intervals, residuals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_between, check_positive
from expertsys._core.frames import is_frame, to_pandas
from expertsys._core.names import folded
from expertsys._core.results import Interval, Result, number
from expertsys._core.rng import RNG, generator
from expertsys.comparison import shares

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
#: What rows and columns of totals are called.
_TOTALS = frozenset(
    ("all", "total", "totals", "grandtotal", "sum", "sums", "margin", "overall", "rowtotal", "columntotal")
)
#: What a first column that names the rows is called.
_LABELS = frozenset(
    (
        *("year", "wave", "round", "month", "quarter", "week", "time", "period", "id", "no", "nr", "number", "site"),
        *("case", "group", "cohort", "age", "level", "score", "stage", "phase", "row", "index"),
    )
)
#: Logarithm of the product, rounded, to itself and to how many ways lead to it.
_Ways: TypeAlias = dict[float, tuple[float, float]]
#: Partial sums of the exact distribution held before a sample is taken instead.
_MOST = 50_000
#: And columns of tables looked at, which take some seconds.
_VISITED = 1_000_000


@attrs.frozen(eq=False, repr=False)
class Association(Result):
    """An r × c table of counts and how far its rows differ; see `association`.

    Attributes
    ----------
    table, expected, residuals : pandas.DataFrame
        Counts; what independence leads one to expect; adjusted residuals, about standard normal under independence.
    statistic : float
        Pearson's X², on `degrees` of freedom.
    p : float
        Of Fisher's exact test, as Freeman and Halton have it for any table.
    exact : bool
        Whether all tables were looked at; else a sample of them.
    v : float
        Cramér's V, bias-corrected.
    v_interval : Interval
        Within 0 and 1, by inverting a test in tables with the observed margins; approximate.
    difference, odds_ratio : float
        Of a 2 × 2 table: the share of the first column in the first row less that in the second; the sample odds ratio.
        NaN for larger tables.
    difference_interval, odds_ratio_interval : Interval or None
        Newcombe's hybrid score interval; the exact conditional one.
    """

    table: pd.DataFrame
    expected: pd.DataFrame
    residuals: pd.DataFrame
    statistic: float
    degrees: int
    p: float
    exact: bool
    v: float
    v_interval: Interval
    difference: float
    difference_interval: Interval | None
    odds_ratio: float
    odds_ratio_interval: Interval | None

    def to_frame(self) -> pd.DataFrame:
        """One row per cell: index ``row, column``; ``count, expected, residual``."""
        index = pd.MultiIndex.from_product([self.table.index, self.table.columns], names=["row", "column"])
        cells = {
            "count": self.table.to_numpy().ravel(),
            "expected": self.expected.to_numpy().ravel(),
            "residual": self.residuals.to_numpy().ravel(),
        }
        return pd.DataFrame(cells, index=index)

    def methods_text(self) -> str:
        """A sentence for a methods section."""
        how = "exact" if self.exact else "by a sample of tables"
        rows, columns = self.table.shape
        text = (
            f"Association in a table of {rows} × {columns} counts (n = {int(self.table.to_numpy().sum()):,}): "
            f"Cramér's V {number(self.v)} (interval {self.v_interval}), Fisher–Freeman–Halton test ({how}) "
            f"p {self._p()}"
        )
        if self.difference_interval is not None:
            ends = self.difference_interval
            text += f"; difference of shares {number(self.difference)} ({number(ends.low)} to {number(ends.high)})"
        return text + ". All counts are taken as independent of each other."

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("freeman1951", "bergsma2013", "haberman1973", "newcombe1998", "agresti2013"))

    def _p(self) -> str:
        return "< 0.0001" if self.p < 0.0001 else f"= {number(self.p, 4)}"

    def _title(self) -> str:
        rows, columns = self.table.shape
        return f"Association in {rows} × {columns} counts (taken as independent of each other)"

    def _rows(self) -> Sequence[tuple[str, object]]:
        rows: list[tuple[str, object]] = [("Cramér's V, corrected", self.v), ("  interval", str(self.v_interval))]
        if self.difference_interval is not None and self.odds_ratio_interval is not None:
            rows += [("difference of shares", self.difference), ("  interval", str(self.difference_interval))]
            rows += [("odds ratio", self.odds_ratio), ("  interval", str(self.odds_ratio_interval))]
        test = "Fisher–Freeman–Halton p" + ("" if self.exact else " (sampled)")
        return [
            *rows,
            ("Pearson's X²", self.statistic),
            ("degrees of freedom", self.degrees),
            (test, number(self.p, 4)),
        ]


def association(table: Any, *, confidence: float = 0.95, replicates: int = 9999, rng: RNG = 0) -> Association:
    """Test whether rows and columns of a table of counts are independent, with effect sizes.

    For counts that do not depend on each other. Excerpts of one document do: `contrast` respects that.

    Parameters
    ----------
    table : dataframe or array_like, shape (r, c)
        Whole numbers from 0.
    confidence : float
        Nominal coverage of each interval.
    replicates : int
        Of tables drawn for the interval of V, and of sampled tables where there are too many for an exact test.
    rng : None, int or Generator
        For both.

    Returns
    -------
    Association
        All NaN where a row or column alone has counts; rows and columns without any count are left out of the test.

    Raises
    ------
    DataError
        For anything but a table of whole numbers, with at least two rows and columns, and for totals among them.

    Notes
    -----
    In R: ``fisher.test(table)``, and ``chisq.test(table)$stdres`` for the residuals.

    References
    ----------
    Freeman GH, Halton JH. Biometrika 1951;38:141–149. doi:10.1093/biomet/38.1-2.141. Newcombe RG. Stat Med
    1998;17:873–890, method 10. Haberman SJ. Biometrics 1973;29:205–220. doi:10.2307/2529686

    Examples
    --------
    Fisher's tea taster, who told which of eight cups had the milk first:

    >>> association([[3, 1], [1, 3]]).p.__round__(4)
    0.4857
    """
    check_between("confidence", confidence, 0, 1)
    check_positive("replicates", replicates)
    frame = _frame(table)
    counts = frame.to_numpy().astype(np.int64)
    draw = generator(rng)
    kept = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    n, rows, columns = int(counts.sum()), counts.sum(axis=1), counts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = np.outer(rows, columns) / n
        spread = expected * np.outer(1 - rows / n, 1 - columns / n)
        residuals = (counts - expected) / np.sqrt(spread)  # Haberman (1973)
    degrees = max(0, kept.shape[0] - 1) * max(0, kept.shape[1] - 1)
    varied = degrees > 0
    statistic = float(_pearson(kept[None])[0]) if varied else float("nan")
    p, exact = _fisher(kept, replicates, draw) if varied else (float("nan"), True)
    v = float(_corrected(kept[None])[0]) if varied else float("nan")
    interval = _v_interval(kept, confidence, replicates, draw) if varied else _none(confidence)
    two = counts.shape == (2, 2)
    return Association(
        frame,
        pd.DataFrame(expected, index=frame.index, columns=frame.columns),
        pd.DataFrame(residuals, index=frame.index, columns=frame.columns),
        statistic,
        degrees,
        p,
        exact,
        v,
        interval,
        float(counts[0, 0] / rows[0] - counts[1, 0] / rows[1]) if two and rows.all() else float("nan"),
        _newcombe(counts, confidence) if two and rows.all() else None,
        *(_odds_ratio(counts, confidence) if two else (float("nan"), None)),
    )


def _frame(table: Any) -> pd.DataFrame:
    if isinstance(table, str):
        raise DataError("a text is no table", place="table", remedy="Give counts, such as [[3, 1], [1, 3]].")
    frame = to_pandas(table) if is_frame(table) else pd.DataFrame(table)
    _refuse_labels(frame)
    cells = frame.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    if cells.ndim != 2 or min(cells.shape) < 2:
        raise DataError(
            f"a table of shape {cells.shape} cannot be compared", place="table", remedy="Give at least 2 × 2."
        )
    if not (np.isfinite(cells) & (cells >= 0) & (cells == np.round(cells))).all():
        raise DataError(
            "cells must be counts: whole numbers from 0",
            place="table",
            remedy="Count what is independent, such as one row per person: pd.crosstab(people['role'], "
            "people['answer']). Excerpts of one document are not: es.contrast(study, by=...).",
        )
    for margin, kind in ((_margin(frame, cells), "row"), (_margin(frame.T, cells.T), "column")):
        if margin is not None:
            raise DataError(
                f"a table of counts must have no totals; its {kind} {margin!r} is the sum of the others",
                place="table",
                remedy="Leave totals out: pd.crosstab(...) without margins=True, or table.drop(index='All', "
                "columns='All'). If it is a group of its own, name rows and columns: pd.DataFrame(counts, index=[...], "
                "columns=[...]).",
            )
    return frame.astype("int64")


def _refuse_labels(frame: pd.DataFrame) -> None:
    """Refuse a first column that labels the rows, such as years or waves, beside columns that have names."""
    first = frame.iloc[:, 0]
    if not isinstance(frame.columns[0], str) or not isinstance(frame.index, pd.RangeIndex) or frame.shape[1] < 3:
        return
    steps = pd.to_numeric(first, errors="coerce").diff().iloc[1:]
    if folded(frame.columns[0]) in _LABELS or (len(steps) > 1 and bool((steps == 1).all())):
        raise DataError(
            f"the first column, {frame.columns[0]!r}, seems to label the rows and not to hold counts",
            place="table",
            remedy=f"Say so: table.set_index({frame.columns[0]!r}). If it holds counts, name the rows.",
        )


def _margin(frame: pd.DataFrame, cells: Floats) -> object | None:
    """The row that holds totals: the sum of the others, by name or, where rows have no names, the last."""
    unnamed = isinstance(frame.index, pd.RangeIndex)
    both = _is_total(cells, -1) and _is_total(cells.T, -1)
    for at, label in enumerate(frame.index):
        last = at == len(frame) - 1
        if _is_total(cells, at) and (folded(str(label)) in _TOTALS or (last and (unnamed or both))):
            return label if isinstance(label, str) else str(label)
    return None


def _is_total(cells: Floats, at: int) -> bool:
    """Whether one of at least three rows is the sum of the others."""
    return len(cells) > 2 and bool((2 * cells[at] == cells.sum(axis=0)).all() and cells[at].any())


def _none(confidence: float) -> Interval:
    return Interval(float("nan"), float("nan"), confidence, "none", "no variation")


def _pearson(tables: Floats | Ints) -> Floats:
    n = tables.sum(axis=(1, 2), keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = tables.sum(axis=2, keepdims=True) * tables.sum(axis=1, keepdims=True) / n
        return np.asarray(np.where(expected > 0, (tables - expected) ** 2 / expected, 0.0).sum(axis=(1, 2)))


def _corrected(tables: Floats | Ints) -> Floats:
    """Bergsma (2013), equations 5 and 6: Cramér's V less what chance adds, at most 1."""
    n = tables.sum(axis=(1, 2)).astype(np.float64)
    rows, columns = tables.shape[1:]
    less = np.maximum(0, _pearson(tables) / n - (rows - 1) * (columns - 1) / (n - 1))
    least = np.minimum(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.minimum(1, np.sqrt(less / least)))


def _v_interval(counts: Ints, confidence: float, replicates: int, draw: np.random.Generator) -> Interval:
    """By inverting a test along tables from independence through the observed one, with the same margins."""
    n = int(counts.sum())
    observed = counts / n
    apart = np.outer(observed.sum(axis=1), observed.sum(axis=0))
    away = observed - apart
    if np.abs(away).max() < 1e-12:
        away = np.zeros_like(away)
        away[:2, :2] = [[1, -1], [-1, 1]]
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.where(away < -1e-9, -apart / away, 1.0).max()  # a cell that is as expected reaches no end
    v = float(_corrected(counts[None])[0])
    levels, upper, lower = [], [], []
    for step in shares.steps(np.array([max(1.0, float(reach))])):
        table = np.maximum(0, apart + step * away)
        table /= table.sum()
        drawn = draw.multinomial(n, table.ravel(), size=min(replicates, 600)).reshape(-1, *counts.shape)
        found = np.nan_to_num(_corrected(drawn), nan=0.0)
        levels.append([math.sqrt(min(1.0, float(_pearson(table[None])[0]) / (min(counts.shape) - 1)))])
        upper.append([(found >= v - 1e-9).mean()])
        lower.append([(found <= v + 1e-9).mean()])
    ends = shares.inverted(np.array(levels), np.array(upper), np.array(lower), (1 - confidence) / 2)
    return Interval(min(v, float(ends[0, 0])), max(v, float(ends[1, 0])), confidence, "inverted test")


def _newcombe(counts: Ints, confidence: float) -> Interval:
    """Newcombe (1998), method 10: Wilson's limits of both shares, put together."""
    from scipy.stats import binomtest

    (low_one, high_one), (low_other, high_other) = (
        binomtest(int(row[0]), int(row.sum())).proportion_ci(confidence, method="wilson") for row in counts
    )
    one, other = (row[0] / row.sum() for row in counts)
    below = math.hypot(one - low_one, high_other - other)
    above = math.hypot(high_one - one, other - low_other)
    return Interval(float(one - other - below), float(one - other + above), confidence, "hybrid score")


def _odds_ratio(counts: Ints, confidence: float) -> tuple[float, Interval]:
    """The sample odds ratio, and the exact limits of Cornfield given the margins."""
    (a, b), (c, d) = counts.tolist()
    sample = a * d / (b * c) if b * c else (float("inf") if a * d else float("nan"))
    low, high = max(0, a - d), min(a + b, a + c)
    ends = (0.0, float("inf")) if low < high else (float("nan"), float("nan"))
    if low < high:
        from scipy.optimize import brentq
        from scipy.special import gammaln, logsumexp

        at = np.arange(low, high + 1)
        ways = -(gammaln(at + 1) + gammaln(a + b - at + 1) + gammaln(a + c - at + 1) + gammaln(d - a + at + 1))
        tail = math.log((1 - confidence) / 2)

        def beyond(log_ratio: float, chosen: npt.NDArray[np.bool_]) -> float:
            weight = ways + at * log_ratio
            return float(logsumexp(weight[chosen]) - logsumexp(weight)) - tail

        lower = math.exp(brentq(beyond, -200, 200, args=(at >= a,))) if a > low else 0.0
        upper = math.exp(brentq(beyond, -200, 200, args=(at <= a,))) if a < high else float("inf")
        ends = (lower, upper)
    return sample, Interval(*ends, confidence, "exact conditional")


def _fisher(counts: Ints, replicates: int, draw: np.random.Generator) -> tuple[float, bool]:
    """The probability, given the margins, of tables no more probable than this one."""
    exact = freeman_halton(counts, _MOST)
    if exact is not None:
        return exact, True
    from scipy.special import gammaln
    from scipy.stats import random_table

    drawn = random_table(counts.sum(axis=1), counts.sum(axis=0)).rvs(size=replicates, random_state=draw)
    weight = -gammaln(drawn + 1).sum(axis=(1, 2))
    observed = float(-gammaln(counts + 1).sum())
    as_rare = int((weight <= observed + 1e-7).sum())
    return (as_rare + 1) / (replicates + 1), False


def freeman_halton(counts: Ints, most: int) -> float | None:
    """Exactly, column by column, from how the rows' totals can be used up; None where there are too many ways.

    A table's probability given its margins is the same constant over the product of its cells' factorials. Ways that
    leave the same totals (in any order of the rows) with the same product are counted together; they are followed no
    further once all tables that they lead to are rarer than the observed one, or none is (Mehta and Patel's network).
    """
    table = counts if counts.shape[0] <= counts.shape[1] else counts.T
    log = [math.lgamma(value + 1) for value in range(int(table.sum()) + 2)]
    observed = -sum(log[int(cell)] for cell in table.ravel()) + 1e-7
    totals = sorted(map(int, table.sum(axis=0)), reverse=True)
    start = tuple(sorted(map(int, table.sum(axis=1))))
    whole = _weight(start, totals, log)
    rare, visited = 0.0, 0
    states: dict[tuple[int, ...], _Ways] = {start: {0.0: (0.0, 1.0)}}
    for place, total in enumerate(totals):
        following: dict[tuple[int, ...], _Ways] = {}
        held, ahead = 0, totals[place + 1 :]
        bounds: dict[tuple[int, ...], tuple[float, float, float]] = {}
        for left, ways in states.items():
            for column in _columns(left, total):
                rest = tuple(sorted(have - used for have, used in zip(left, column, strict=True)))
                if rest not in bounds:
                    bounds[rest] = (*_bounds(rest, ahead, log), _weight(rest, ahead, log))
                least, greatest, weight = bounds[rest]
                less = sum(log[used] for used in column)
                known = following.setdefault(rest, {})
                before = len(known)
                for value, times in ways.values():
                    reached = value - less
                    if reached + greatest <= observed:
                        rare += times * math.exp(reached + weight - whole)
                    elif reached + least <= observed:
                        first, there = known.get(key := round(reached, 9), (reached, 0.0))
                        known[key] = first, there + times
                held += len(known) - before
                visited += 1
                if held > most or visited > _VISITED:
                    return None
        states = following
    return min(1.0, rare)


def _weight(rows: Sequence[int], columns: Sequence[int], log: Sequence[float]) -> float:
    """The logarithm of the sum, over all tables with these totals, of one over the product of their factorials."""
    return log[sum(rows)] - sum(log[row] for row in rows) - sum(log[column] for column in columns)


def _bounds(rows: Sequence[int], columns: Sequence[int], log: Sequence[float]) -> tuple[float, float]:
    """Least and greatest logarithm of one over that product: totals in one cell each, or spread evenly."""
    least = max(-sum(log[row] for row in rows), -sum(log[column] for column in columns))
    greatest = min(_even(rows, len(columns), log), _even(columns, len(rows), log))
    return least, greatest


def _even(totals: Sequence[int], cells: int, log: Sequence[float]) -> float:
    if not cells:
        return 0.0
    parts = (divmod(total, cells) for total in totals)
    return -sum((cells - more) * log[each] + more * log[each + 1] for each, more in parts)


def _columns(left: tuple[int, ...], total: int) -> list[tuple[int, ...]]:
    """All ways to take `total` from what the rows have left."""
    if len(left) == 1:
        return [(total,)] if total <= left[0] else []
    rest = sum(left[1:])
    return [
        (used, *others)
        for used in range(max(0, total - rest), min(left[0], total) + 1)
        for others in _columns(left[1:], total - used)
    ]
