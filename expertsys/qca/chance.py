"""What chance could do: intervals for parameters of fit over cases, and how easily noise gives such a solution."""

from __future__ import annotations

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_between, check_positive
from expertsys._core.results import TableResult, number, percent
from expertsys._core.rng import RNG, generator
from expertsys.qca.fit import TOLERANCE, Floats
from expertsys.qca.solution import Solution
from expertsys.qca.table import memberships

#: Numbers held at once.
_BLOCK = 4_000_000


@attrs.frozen(eq=False, repr=False)
class _ByTerm(TableResult):
    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """A row for each term, and one for the model."""
        return self.table


@attrs.frozen(eq=False, repr=False)
class FitIntervals(_ByTerm):
    """Parameters of fit with intervals over resampled cases.

    Attributes
    ----------
    table : pandas.DataFrame
        Index ``term``, the last one ``model``; ``consistency``, ``consistency_low``, ``consistency_high``,
        ``coverage``, ``coverage_low``, ``coverage_high``, ``n``, cases with more than 0.5 in it.
    confidence : float
        Nominal coverage.
    replicates : int
        Resamples.
    note : str
        What a reader must know.
    """

    confidence: float
    replicates: int
    note: str

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        whole = {str(name): number(cell) for name, cell in self.table.loc["model"].to_dict().items()}
        consistency, coverage = (
            f"{whole[name]} ({whole[f'{name}_low']} to {whole[f'{name}_high']})" for name in ("consistency", "coverage")
        )
        return (
            f"The model has consistency {consistency} and coverage {coverage}, with {percent(self.confidence)} "
            f"bootstrap intervals over {self.replicates:,} resamples of the cases; {self.note}."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("efron1993",))

    def _title(self) -> str:
        return (
            f"Fit with {percent(self.confidence)} intervals ({self.replicates:,} resamples of cases)\nnote: {self.note}"
        )


def _terms(solution: Solution, model: int | str) -> tuple[list[str], Floats]:
    chosen = solution.model(model)
    table = solution.truth.scores.table
    rows = [fit.term.membership(table) for fit in chosen.terms]
    return [*(fit.expression for fit in chosen.terms), "model"], np.array([*rows, np.max(rows, axis=0)])


def fit_intervals(
    solution: Solution, *, model: int | str = 1, confidence: float = 0.95, replicates: int = 1000, rng: RNG = 0
) -> FitIntervals:
    """Bootstrap intervals of consistency and coverage, the model kept as it is.

    Parameters
    ----------
    solution : Solution
        As `minimise` gives it.
    model : int or str
        Its number, from 1.
    confidence : float
        Nominal coverage.
    replicates : int
        Resamples of the cases, with replacement.
    rng : None, int or Generator
        For the resamples.

    Returns
    -------
    FitIntervals
        An end is NaN where more than a tenth of the resamples leave the figure undefined.

    Notes
    -----
    Cases of a comparative study are seldom a sample of anything: read the interval as how far the figure hangs on which
    cases happen to be in, beside `leave_one_out`. That the model was chosen on the same cases is not in it.

    Examples
    --------
    >>> from expertsys.qca import minimise, truth_table
    >>> table = pd.DataFrame({"A": [0.9, 0.8, 0.7, 0.3, 0.1], "Y": [0.9, 0.6, 0.8, 0.4, 0.2]})
    >>> truth = truth_table(table, outcome="Y", conditions=["A"], consistency_cutoff=0.8)
    >>> found = fit_intervals(minimise(truth, solution="conservative"), replicates=200, rng=1).table.loc["model"]
    >>> bool(found["consistency_low"] <= found["consistency"] <= found["consistency_high"])
    True
    """
    check_between("confidence", confidence, 0, 1)
    check_positive("replicates", replicates)
    names, x = _terms(solution, model)
    y = solution.truth.membership
    n, draw = len(y), generator(rng)
    weights = draw.multinomial(n, np.full(n, 1 / n), size=replicates).astype(np.float64)
    shared, own, whole = np.minimum(x, y), x, y
    with np.errstate(invalid="ignore", divide="ignore"):
        point = {"consistency": shared.sum(axis=1) / own.sum(axis=1), "coverage": shared.sum(axis=1) / whole.sum()}
        drawn = {
            "consistency": (weights @ shared.T) / (weights @ own.T),
            "coverage": (weights @ shared.T) / (weights @ whole)[:, None],
        }
    columns: dict[str, Floats] = {}
    tail = (1 - confidence) / 2
    for name, values in drawn.items():
        rare = np.isnan(values).mean(axis=0) > 0.1
        with np.errstate(invalid="ignore"):
            ends = np.array(
                [
                    np.quantile(column[~np.isnan(column)], [tail, 1 - tail]) if not gone else (np.nan, np.nan)
                    for column, gone in zip(values.T, rare, strict=True)
                ]
            )
        columns |= {name: point[name], f"{name}_low": ends[:, 0], f"{name}_high": ends[:, 1]}
    table = pd.DataFrame(columns, index=pd.Index(names, name="term")).assign(n=(x > 0.5).sum(axis=1))
    note = "the model is kept as it is: that it was chosen on these cases is not in the intervals"
    return FitIntervals(table.rename_axis(columns="column"), confidence, replicates, note)


@attrs.frozen(eq=False, repr=False)
class FalsePositives(_ByTerm):
    """How often an outcome that has nothing to do with the conditions looks as good.

    Attributes
    ----------
    table : pandas.DataFrame
        Index ``term``, the last one ``model``; ``consistency``; ``by_chance``, its mean where the outcome is permuted;
        ``p``, the share of permutations that reach it; ``p_holm``, the same over all terms together.
    any_row : float
        Share of permutations in which some row of the truth table is positive, so that a solution would be reported.
    as_many_rows : float
        Share in which at least as many rows are positive as here.
    replicates : int
        Permutations.
    """

    any_row: float
    as_many_rows: float
    replicates: int

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        return (
            f"With the outcome permuted over the cases {self.replicates:,} times, some row of the truth table was "
            f"positive in {percent(round(self.any_row, 3))} of the permutations, and at least as many rows as here in "
            f"{percent(round(self.as_many_rows, 3))}; the largest Holm-adjusted share of permutations that reach "
            f"a term's consistency is {number(float(self.table['p_holm'].max()))}."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("braumoeller2015",))

    def _title(self) -> str:
        return (
            f"False positives over {self.replicates:,} permutations of the outcome: some row positive in "
            f"{self.any_row:.1%}, as many as here in {self.as_many_rows:.1%}"
        )


def false_positives(
    solution: Solution, *, model: int | str = 1, replicates: int = 1000, rng: RNG = 0
) -> FalsePositives:
    """The risk that noise gives such a solution, by permuting the outcome over the cases.

    Parameters
    ----------
    solution : Solution
        As `minimise` gives it.
    model : int or str
        Its number, from 1.
    replicates : int
        Permutations.
    rng : None, int or Generator
        For the permutations.

    Returns
    -------
    FalsePositives

    Notes
    -----
    A skewed outcome is reached by almost any term: then consistency says little, and p says so. The share ``(1 +
    reached) / (1 + replicates)`` is never 0. The terms are those found on these cases, so p is a lower bound for a
    search; the shares of positive rows hold for the search. In R: ``QCAfalsePositive::fsQCApermTest``.

    References
    ----------
    Braumoeller BF. Guarding against false positives in Qualitative Comparative Analysis. Polit Anal 2015;23(4):471–487.
    doi:10.1093/pan/mpv017

    Examples
    --------
    >>> from expertsys.qca import minimise, truth_table
    >>> table = pd.DataFrame({"A": [1] * 8 + [0] * 8, "Y": [1] * 8 + [0] * 8})
    >>> truth = truth_table(table, outcome="Y", conditions=["A"], consistency_cutoff=1)
    >>> false_positives(minimise(truth, solution="conservative"), replicates=200, rng=1).any_row
    0.0

    With eight cases in each row, permuted outcomes never made a row consistent.
    """
    check_positive("replicates", replicates)
    names, x = _terms(solution, model)
    truth, y = solution.truth, solution.truth.membership
    if np.ptp(y) == 0:
        raise DataError("the outcome does not vary: a permutation changes nothing", place="false_positives")
    draw, n = generator(rng), len(y)
    rows = memberships(truth.scores, truth.rows[list(truth.conditions)].to_numpy(dtype=np.int64))
    enough = truth.rows["n"].to_numpy() >= truth.settings["frequency_cutoff"]
    cut, pri = truth.settings["consistency_cutoff"], truth.settings["pri_cutoff"]

    def consistencies(sets: Floats, outcomes: Floats) -> tuple[Floats, Floats]:
        """Consistency and PRI of each set with each outcome, shape (B, sets)."""
        own = sets.sum(axis=1)
        both = np.minimum(sets[None], outcomes[:, None])
        neither = np.minimum(both, 1 - outcomes[:, None]).sum(axis=2)
        shared = both.sum(axis=2)
        with np.errstate(invalid="ignore", divide="ignore"):
            return shared / own, np.nan_to_num((shared - neither) / (own - neither))

    reached, total = np.zeros(len(names)), np.zeros(len(names))
    own = consistencies(x, y[None])[0][0]
    positive = int((truth.rows["out"] == "1").sum())
    some, many = 0, 0
    step = max(1, _BLOCK // max(1, n * max(len(names), len(rows))))
    for low in range(0, replicates, step):
        shuffled = draw.permuted(np.tile(y, (min(step, replicates - low), 1)), axis=1)
        found = consistencies(x, shuffled)[0]
        reached += (found >= own - TOLERANCE).sum(axis=0)
        total += found.sum(axis=0)
        row, reduction = consistencies(rows, shuffled)
        count = ((row + TOLERANCE > cut) & (reduction + TOLERANCE > pri) & enough).sum(axis=1)
        some += int((count > 0).sum())
        many += int((count >= positive).sum())
    p = (1 + reached) / (1 + replicates)
    adjusted = p.copy()
    adjusted[:-1] = _holm(p[:-1])
    table = pd.DataFrame(
        {"consistency": own, "by_chance": total / replicates, "p": p, "p_holm": adjusted},
        index=pd.Index(names, name="term"),
    )
    return FalsePositives(table.rename_axis(columns="column"), some / replicates, many / replicates, replicates)


def _holm(p: Floats) -> Floats:
    """Holm's step-down adjustment (1979)."""
    order = np.argsort(p)
    raised = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1, raised)
    return adjusted
