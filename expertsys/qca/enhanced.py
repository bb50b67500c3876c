"""Enhanced standard analysis: about which configurations no assumption may be made, and why."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_list, counted
from expertsys._core.results import TableResult
from expertsys.qca.algebra import evaluate
from expertsys.qca.expression import Expression
from expertsys.qca.solution import Solution
from expertsys.qca.truth import MOST_ROWS, TruthTable


@attrs.frozen(eq=False, repr=False)
class Untenable(TableResult):
    """Configurations that must not be taken for sufficient.

    Attributes
    ----------
    outcome : str
        As it was asked for.
    table : pandas.DataFrame
        Index ``row``; each condition; ``observed``, whether cases are in it; ``out``, as the truth table has it;
        ``why``.
    remainders : tuple of int
        Rows without enough cases: for ``minimise(exclude=...)``.
    observed : tuple of int
        Rows that are positive by their cases, against a stated necessity or for both outcomes: for
        `TruthTable.decide`, once their cases were read again.
    """

    outcome: str
    table: pd.DataFrame
    remainders: tuple[int, ...]
    observed: tuple[int, ...]

    def to_frame(self) -> pd.DataFrame:
        """A row for each configuration."""
        return self.table

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        left = self.table[~self.table["observed"].astype(bool)]["why"].str.split("; ").explode()
        reasons = [f"{why}: {count}" for why, count in left.value_counts(sort=False).items()]
        text = (
            f"By enhanced standard analysis {counted(len(self.remainders), 'remainder')} for {self.outcome} "
            f"{'was' if len(self.remainders) == 1 else 'were'} held to be untenable"
        )
        text += f" ({'; '.join(reasons)})." if reasons else "."
        if self.observed:
            rows = f"row{'s' * (len(self.observed) > 1)} {', '.join(map(str, self.observed))}"
            text += f" By their cases positive all the same: {rows}."
        return text

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("schneider2013remainders", "schneider2012"))

    def _title(self) -> str:
        return (
            f"Untenable for {self.outcome}: {len(self.remainders)} remainders to leave out, {len(self.observed)} "
            "positive rows to look at"
        )


def rows_of(truth: TruthTable, expression: Expression | str) -> tuple[int, ...]:
    """The numbers of all configurations in which an expression is true, observed or not.

    Parameters
    ----------
    truth : TruthTable
        As `truth_table` gives it.
    expression : Expression or str
        See `parse`.

    Returns
    -------
    tuple of int

    Raises
    ------
    DataError
        For a condition that the table does not have, or more configurations than can be listed.

    Examples
    --------
    >>> from expertsys.qca import truth_table
    >>> table = pd.DataFrame({"A": [1, 0], "B": [1, 0], "Y": [1, 0]})
    >>> rows_of(truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=1), "A + B")
    (2, 3, 4)
    """
    total = int(np.prod(truth.levels, dtype=np.float64))
    if total > MOST_ROWS:
        raise DataError(
            f"{total:,} configurations are too many to list", place="rows_of", remedy="Use fewer conditions."
        )
    every = pd.DataFrame(truth.configuration(np.arange(1, total + 1)), columns=list(truth.conditions))
    shown = every.astype(object).where(every < np.array(truth.applicable), "-") if truth.scores.undefined else every
    true = evaluate(expression, shown, not_applicable="-").to_numpy() > 0.5
    return tuple((np.flatnonzero(true) + 1).tolist())


def untenable(
    truth: TruthTable,
    *,
    necessary: Sequence[Expression | str] = (),
    impossible: Sequence[Expression | str] = (),
    solutions: tuple[Solution, Solution] | None = None,
) -> Untenable:
    """Which configurations an enhanced standard analysis leaves out.

    Parameters
    ----------
    truth : TruthTable
        As `truth_table` gives it.
    necessary : sequence of str
        What is necessary for the outcome, such as ``"A"`` or ``"B + C"``: where it is absent, the outcome cannot be.
    impossible : sequence of str
        What cannot occur together, such as ``"PREGNANT*MALE"``; remainders only.
    solutions : pair of Solution, optional
        Of the outcome and of its absence: configurations that both assume, and rows that are positive for both.

    Returns
    -------
    Untenable

    Raises
    ------
    DataError
        Where no reason is given, or the two solutions do not explain an outcome and its absence.

    Notes
    -----
    In R: ``QCA::findRows(obj, type=1|2|3)``, ``SetMethods::esa``; the latter also turns positive rows negative, where
    this function lists them for you to decide.

    References
    ----------
    Schneider CQ, Wagemann C. Doing justice to logical remainders in QCA. Polit Res Q 2013;66(1):211–220.
    doi:10.1177/1065912912468269

    Examples
    --------
    >>> from expertsys.qca import minimise, truth_table
    >>> table = pd.DataFrame({"A": [1, 0], "B": [1, 0], "Y": [1, 0]}, index=["w", "z"])
    >>> truth = truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=1)
    >>> found = untenable(truth, necessary=["A"])
    >>> found.remainders
    (2,)
    >>> minimise(truth, solution="parsimonious", exclude=found.remainders).models[0].expression
    'A'
    """
    if not (necessary or impossible or solutions):
        raise DataError("no reason is given", place="untenable", remedy="Give necessary=, impossible= or solutions=.")
    check_list("necessary", necessary)
    check_list("impossible", impossible)
    if solutions is not None and (isinstance(solutions, Solution) or len(solutions) != 2):
        raise DataError("solutions= takes two", place="untenable", remedy="Give (solution of Y, solution of ~Y).")
    why: dict[int, list[str]] = {}

    def mark(rows: Sequence[int], reason: str) -> None:
        for row in rows:
            why.setdefault(row, []).append(reason)

    out = truth.rows["out"]
    known = set(truth.rows.index[out != "?"].tolist())
    for expression in necessary:
        present = set(rows_of(truth, expression))
        total = int(np.prod(truth.levels, dtype=np.float64))
        mark([row for row in range(1, total + 1) if row not in present], f"lacks {expression}, which is necessary")
    for expression in impossible:
        mark([row for row in rows_of(truth, expression) if row not in known], f"{expression} cannot occur")
    if solutions is not None:
        first, second = solutions
        one, other = first.truth.outcome, second.truth.outcome
        if one != f"~{other}" and other != f"~{one}":
            raise DataError(
                f"{one!r} and {other!r} are not an outcome and its absence",
                place="untenable",
                remedy="Give solutions=(solution of Y, solution of ~Y).",
            )
        assumed = [{row for model in part.models for row in model.assumptions} for part in solutions]
        mark(sorted(assumed[0] & assumed[1]), "assumed for the outcome and for its absence")
        positive = [set(part.truth.rows.index[part.truth.rows["out"] == "1"].tolist()) for part in solutions]
        mark(sorted(positive[0] & positive[1]), "positive for the outcome and for its absence")
    rows = sorted(row for row in why if row not in known or out.get(row) == "1")
    table = pd.DataFrame(
        truth.configuration(rows) if rows else np.empty((0, len(truth.conditions)), dtype=np.int64),
        columns=list(truth.conditions),
        index=pd.Index(rows, name="row", dtype=np.int64),
    ).assign(
        observed=[row in known for row in rows],
        out=[str(out.get(row, "?")) for row in rows],
        why=["; ".join(why[row]) for row in rows],
    )
    remainders = tuple(row for row in rows if row not in known)
    return Untenable(
        truth.outcome, table.rename_axis(columns="column"), remainders, tuple(row for row in rows if row in known)
    )
