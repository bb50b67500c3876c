"""How far a solution withstands other choices: parameters of Oana and Schneider over a set of alternative solutions."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, counted
from expertsys._core.results import TableResult, number
from expertsys.qca.fit import Floats, sufficiency
from expertsys.qca.solution import Solution

KINDS = (
    "robust typical",
    "robust deviant",
    "shaky typical",
    "shaky deviant",
    "possible typical",
    "possible deviant",
)


@attrs.frozen(eq=False, repr=False)
class Robustness(TableResult):
    """An initial solution held against alternative ones.

    Attributes
    ----------
    outcome, expression : str
        What the initial solution explains, and its model.
    tests : tuple of str
        The models of the alternative solutions.
    rf_cov : float
        Coverage of the robust core over that of the initial solution: 1 where nothing is lost.
    rf_cons : float
        Consistency of the initial solution over that of the robust core: 1 where the core is no more consistent.
    rf_sc_min, rf_sc_max : float
        Set coincidence of the initial solution with what all alternatives share, and with what any of them has.
    core_consistency, core_pri, core_coverage : float
        Fit of the robust core: what the initial solution and all alternatives share.
    rcr_typical, rcr_deviant : float
        Robust cases among all that any solution covers, with the outcome and without it; NaN where there are none.
    relation : str
        Which cases change sides.
    cases : pandas.DataFrame
        Index ``case``; columns ``initial``, ``all_tests``, ``any_test``, ``outcome`` (memberships), and ``kind``:
        robust, shaky (in the initial solution, not in all others) or possible (only in an alternative), each typical
        (with the outcome) or deviant; empty for a case in none.
    note : str
        What a reader must know, such as a solution of several models.
    """

    outcome: str
    expression: str
    tests: tuple[str, ...]
    rf_cov: float
    rf_cons: float
    rf_sc_min: float
    rf_sc_max: float
    core_consistency: float
    core_pri: float
    core_coverage: float
    rcr_typical: float
    rcr_deviant: float
    relation: str
    cases: pd.DataFrame
    note: str

    def to_frame(self) -> pd.DataFrame:
        """A row for each parameter; index ``parameter``."""
        names = ["rf_cov", "rf_cons", "rf_sc_min", "rf_sc_max", "core_consistency", "core_pri", "core_coverage"]
        names += ["rcr_typical", "rcr_deviant"]
        table = pd.DataFrame(
            {"value": [getattr(self, name) for name in names]}, index=pd.Index(names, name="parameter")
        )
        return table.rename_axis(columns="column")

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        counts = self.cases["kind"].value_counts()
        told = ", ".join(f"{int(counts[kind])} {kind}" for kind in KINDS if counts.get(kind, 0))
        return (
            f"The solution for {self.outcome} was held against {counted(len(self.tests), 'alternative solution')} "
            f"(Oana & Schneider 2024). Robustness of fit: RF_cov {number(self.rf_cov)}, RF_cons "
            f"{number(self.rf_cons)}, RF_SC_minTS {number(self.rf_sc_min)}, RF_SC_maxTS {number(self.rf_sc_max)}; the "
            f"robust core has consistency {number(self.core_consistency)} and coverage {number(self.core_coverage)}. "
            f"Cases: {told or 'none'}; RCR_typ {number(self.rcr_typical)}, RCR_dev {number(self.rcr_deviant)}. "
            f"{self.relation}"
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("oana2024", "oana2021"))

    def _title(self) -> str:
        lines = [
            f"Robustness of {self.expression} for {self.outcome} against {counted(len(self.tests), 'solution')}",
            self.relation,
        ]
        return "\n".join([*lines, *([f"note: {self.note}"] if self.note else [])])


def robustness(
    initial: Solution, tests: Sequence[Solution | tuple[Solution, int | str]], *, model: int | str = 1
) -> Robustness:
    """Fit-oriented and case-oriented robustness of a solution.

    Parameters
    ----------
    initial : Solution
        The one that the argument rests on.
    tests : sequence of Solution, or of pairs of a Solution and the number or expression of its model
        Alternatives that could be defended as well: other cut-offs, other anchors; over the same cases. Each stands
        with its own calibration. All of them count, not only the first and the last.
    model : int or str
        Which model of the initial solution, from 1. Of an alternative with several the first, unless its number is
        given.

    Returns
    -------
    Robustness

    Raises
    ------
    DataError
        Without an alternative, or for one with other cases or another outcome.

    Notes
    -----
    With IS the membership in the initial solution, min and max those over all alternatives, and y in the outcome: core
    = min(IS, min); RF_cov = coverage(core) / coverage(IS); RF_cons = consistency(IS) / consistency(core); RF_SC = Σ
    min(IS, T) / Σ max(IS, T) with T the min or the max of the alternatives. In R: ``SetMethods::rob.fit``,
    ``rob.corefit``, ``rob.cases``; version 4.1 of ``rob.fit`` looks at the first and the last alternative only. The
    rank of the case-oriented test is given in words, as `relation`.

    References
    ----------
    Oana IE, Schneider CQ. A Robustness Test Protocol for Applied QCA. Sociol Methods Res 2024;53(1):57–88.
    doi:10.1177/00491241211036158

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.qca import minimise, truth_table
    >>> table = pd.DataFrame({"A": [0.9, 0.8, 0.3, 0.1], "B": [0.8, 0.2, 0.9, 0.1], "Y": [0.9, 0.6, 0.4, 0.2]})
    >>> truth = truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=0.8)
    >>> first = minimise(truth, solution="conservative")
    >>> other = minimise(truth.again(consistency_cutoff=0.95), solution="conservative")
    >>> found = robustness(first, [other])
    >>> found.expression, found.tests, round(found.rf_cov, 2)
    ('A', ('A*B',), 0.74)

    The stricter cut-off keeps less than all of what the first solution covers.
    """
    chosen = initial.model(model)
    if isinstance(tests, Solution):
        raise DataError("tests= is a list", place="robustness", remedy="Give tests=[solution, ...].")
    if not tests:
        raise DataError("no alternative solution is given", place="robustness", remedy="Give tests=[solution, ...].")
    notes = []
    if len(initial.models) > 1:
        notes.append(f"model {model} of {len(initial.models):,} of the initial solution")
    names, rows = [], []
    for place, given in enumerate(tests, start=1):
        test, own_model = given if isinstance(given, tuple) else (given, 1)
        if not isinstance(test, Solution):
            raise DataError(f"alternative {place} is a {type(test).__name__}, no solution", place="robustness")
        if test.truth.scores.cases != initial.truth.scores.cases or test.truth.outcome != initial.truth.outcome:
            raise DataError(
                f"alternative {place} has other cases or another outcome than the initial solution",
                place="robustness",
                remedy="Use the same cases, in the same order.",
            )
        if not test.models:
            notes.append(f"alternative {place} has no model: it covers nothing")
            names.append("0")
            rows.append(np.zeros(len(initial.truth.membership)))
            continue
        if len(test.models) > 1:
            notes.append(f"model {own_model} of {len(test.models):,} of alternative {place}")
        names.append(test.model(own_model).expression)
        rows.append(test.model(own_model).membership(test.truth))
    own, y = chosen.membership(initial.truth), initial.truth.membership
    least, most = np.min(rows, axis=0), np.max(rows, axis=0)
    core, whole = sufficiency(np.minimum(own, least), y), sufficiency(own, y)
    cases = _cases(initial.truth.scores.cases, own, least, most, y)
    count = {kind: int((cases["kind"] == kind).sum()) for kind in KINDS}

    def share(kind: str) -> float:
        total = sum(count[f"{how} {kind}"] for how in ("robust", "shaky", "possible"))
        return count[f"robust {kind}"] / total if total else float("nan")

    shaky = count["shaky typical"] + count["shaky deviant"]
    possible = count["possible typical"] + count["possible deviant"]
    return Robustness(
        initial.truth.outcome,
        chosen.expression,
        tuple(names),
        float(core.coverage / whole.coverage),
        float(whole.consistency / core.consistency),
        _coincidence(own, least),
        _coincidence(own, most),
        float(core.consistency),
        float(core.pri),
        float(core.coverage),
        share("typical"),
        share("deviant"),
        _relation(shaky, possible),
        cases,
        "; ".join(notes),
    )


def _coincidence(first: Floats, second: Floats) -> float:
    total = float(np.maximum(first, second).sum())
    return float(np.minimum(first, second).sum()) / total if total else float("nan")


def _cases(names: tuple[str, ...], own: Floats, least: Floats, most: Floats, y: Floats) -> pd.DataFrame:
    """A case at exactly 0.5 in what decides is of no kind."""
    where = {
        "robust": (own > 0.5) & (least > 0.5),
        "shaky": (own > 0.5) & (least < 0.5),
        "possible": (own < 0.5) & (most > 0.5),
    }
    kind = np.full(len(names), "", dtype=object)
    for name, inside in where.items():
        kind[inside & (y > 0.5)] = f"{name} typical"
        kind[inside & (y < 0.5)] = f"{name} deviant"
    columns = {"initial": own, "all_tests": least, "any_test": most, "outcome": y, "kind": kind}
    return pd.DataFrame(columns, index=pd.Index(names, name="case")).rename_axis(columns="column")


def _relation(shaky: int, possible: int) -> str:
    if shaky and possible:
        return f"Cases change sides both ways: {shaky} are shaky and {possible} possible."
    if shaky:
        told = counted(shaky, "case")
        return f"The initial solution covers {told} that not all alternatives cover; none is covered beyond it."
    if possible:
        return f"All cases of the initial solution are robust; alternatives cover {possible} more."
    return "All solutions cover the same cases."
