"""A theory held against what was found: what both say, what only one says, and the cases in each."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError
from expertsys._core.frames import to_pandas
from expertsys._core.results import TableResult, number
from expertsys.qca.algebra import evaluate, intersection, negate, parse
from expertsys.qca.expression import Expression
from expertsys.qca.fit import sufficiency
from expertsys.qca.grammar import names_in
from expertsys.qca.parameters import check_without
from expertsys.qca.table import Outcome, Scores

#: Parts of the comparison, and what cases in them are called with the outcome and without it.
PARTS = {
    "theory*solution": ("covered, most likely", "inconsistent, most likely"),
    "~theory*solution": ("covered, least likely", "inconsistent, least likely"),
    "theory*~solution": ("uncovered, most likely", "consistent, most likely"),
    "~theory*~solution": ("uncovered, least likely", "consistent, least likely"),
}


@attrs.frozen(eq=False, repr=False)
class TheoryEvaluation(TableResult):
    """A theory and a solution, intersected.

    Attributes
    ----------
    outcome : str
        As it was asked for.
    table : pandas.DataFrame
        Index ``set``: theory, solution and the four intersections; ``expression``, ``consistency``, ``pri``,
        ``coverage``.
    cases : pandas.DataFrame
        Index ``case``; ``part``, the intersection that the case is in; ``outcome``; ``kind``: covered, uncovered,
        consistent or inconsistent, and most or least likely by the theory. Empty where a membership is exactly 0.5.
    """

    outcome: str
    table: pd.DataFrame
    cases: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """A row for each set."""
        return self.table

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        counts = self.cases["kind"].value_counts()
        kinds = ", ".join(
            f"{int(counts[kind])} {kind}" for pair in PARTS.values() for kind in pair if counts.get(kind, 0)
        )
        fit = {
            (str(name), key): number(float(cell))
            for key in ("consistency", "coverage")
            for name, cell in self.table[key].items()
        }
        told = self.table["expression"]
        return (
            f"The theory {told['theory']} for {self.outcome} has consistency {fit['theory', 'consistency']} and "
            f"coverage {fit['theory', 'coverage']}; what theory and solution share, {told['theory*solution']}, "
            f"{fit['theory*solution', 'consistency']} and {fit['theory*solution', 'coverage']}. "
            f"Cases: {kinds or 'none'}."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("ragin1987", "schneider2012"))

    def _title(self) -> str:
        return f"Theory evaluation for {self.outcome}"


def evaluate_theory(
    theory: Expression | str, solution: Expression | str, table: Any, *, outcome: str, case: str | None = None
) -> TheoryEvaluation:
    """Which parts of a theory the cases support, and which they add or leave out.

    Parameters
    ----------
    theory : Expression or str
        What was expected to be sufficient, such as ``"A*B"``.
    solution : Expression or str
        What was found, such as a model's ``expression``.
    table : dataframe
        Cases × conditions; see `truth_table`.
    outcome : str
        A column, or ``~Y``.
    case : str, optional
        Column with the names of cases.

    Returns
    -------
    TheoryEvaluation

    Raises
    ------
    DataError
        As `parse` and `truth_table`, and for a theory or a solution that holds the outcome itself.

    Notes
    -----
    Memberships of the intersections are fuzzy, min and 1 − x; their expressions are simplified. In R:
    ``SetMethods::theory.evaluation``, ``QCA::modelFit``.

    References
    ----------
    Ragin CC. The Comparative Method. University of California Press, 1987, ch. 7. Schneider CQ, Wagemann C.
    Set-Theoretic Methods for the Social Sciences. Cambridge University Press, 2012, ch. 11.3.

    Examples
    --------
    >>> table = pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 1, 0], "Y": [1, 1, 0, 0]}, index=list("wxyz"))
    >>> found = evaluate_theory("A*B", "A", table, outcome="Y")
    >>> found.cases["kind"].to_dict()["x"]
    'covered, least likely'

    The theory wants B too; the case x has the outcome without it.
    """
    for one in (theory, solution):
        if not isinstance(one, str | Expression):
            raise DataError(
                f"a {type(one).__name__} is no expression",
                place="evaluate_theory",
                remedy="Give that of a model: solution.models[0].expression.",
            )
    target = Outcome.of(table, outcome, case=case, place="evaluate_theory")
    check_without(target, theory, solution, table=table, place="evaluate_theory")
    first, second = evaluate(theory, table, case=case), evaluate(solution, table, case=case)
    t, s, y = first.to_numpy(), second.to_numpy(), target.membership
    columns = [str(name) for name in to_pandas(table).columns]
    used = [
        name for name in dict.fromkeys([*names_in(theory, columns), *names_in(solution, columns)]) if name in columns
    ]
    levels = Scores.of(table, used, case=case, place="evaluate_theory", declared=None).levels
    stated, found = (
        parse(one, levels=levels, names=columns) if isinstance(one, str) else one for one in (theory, solution)
    )
    absent, other = negate(stated, levels=levels), negate(found, levels=levels)
    sets = {
        "theory": (stated, t),
        "solution": (found, s),
        "theory*solution": (intersection(stated, found, levels=levels), np.minimum(t, s)),
        "~theory*solution": (intersection(absent, found, levels=levels), np.minimum(1 - t, s)),
        "theory*~solution": (intersection(stated, other, levels=levels), np.minimum(t, 1 - s)),
        "~theory*~solution": (intersection(absent, other, levels=levels), np.minimum(1 - t, 1 - s)),
    }
    fit = sufficiency(np.array([membership for _, membership in sets.values()]), y)
    shown = pd.DataFrame(
        {
            "expression": [str(expression) for expression, _ in sets.values()],
            "consistency": fit.consistency,
            "pri": fit.pri,
            "coverage": fit.coverage,
        },
        index=pd.Index(list(sets), name="set"),
    )
    part = np.full(len(y), "", dtype=object)
    kind = part.copy()
    for name, (present, missing) in PARTS.items():
        inside = sets[name][1] > 0.5
        part[inside] = name
        kind[inside & (y > 0.5)] = present
        kind[inside & (y < 0.5)] = missing
    cases = pd.DataFrame({"part": part, "outcome": y, "kind": kind}, index=first.index.rename("case"))
    return TheoryEvaluation(target.expression, shown.rename_axis(columns="column"), cases.rename_axis(columns="column"))
