"""All tables that a reader of a comparative analysis should find, from its results."""

from __future__ import annotations

from typing import Any

import pandas as pd

from expertsys._core.errors import DataError
from expertsys._core.results import TableResult
from expertsys.qca.bridge import Membership
from expertsys.qca.chance import FalsePositives, FitIntervals
from expertsys.qca.clusters import ClusterFit
from expertsys.qca.enhanced import Untenable
from expertsys.qca.evaluation import TheoryEvaluation
from expertsys.qca.necessity import Necessity
from expertsys.qca.reruns import Sweep
from expertsys.qca.robustness import Robustness
from expertsys.qca.sensitivity import SensitivityRanges
from expertsys.qca.solution import Solution
from expertsys.qca.truth import TruthTable
from expertsys.qca.within import CaseTypes


def report_tables(*results: TableResult) -> dict[str, pd.DataFrame]:
    """Every table that the standards of good practice ask for, by caption.

    Parameters
    ----------
    *results : results of this subpackage
        Solutions (of the outcome and of its absence, of each kind), and what else was done: membership from a coded
        study, necessity, untenable assumptions, robustness, repetitions, chance, clusters, theory, cases.

    Returns
    -------
    dict of str to pandas.DataFrame
        In the order of an argument: calibrated scores, necessity, truth tables, prime-implicant charts, solutions,
        assumptions, and the rest. A truth table that several solutions share stands once.

    Raises
    ------
    DataError
        For anything that is not a result of `expertsys.qca`.

    References
    ----------
    Schneider CQ, Wagemann C. Standards of good practice in Qualitative Comparative Analysis (QCA) and fuzzy-sets. Comp
    Sociol 2010;9(3):397–418. doi:10.1163/156913210X12493538729793

    Examples
    --------
    >>> from expertsys.qca import minimise, truth_table
    >>> table = pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 1, 0], "Y": [1, 1, 0, 0]}, index=list("wxyz"))
    >>> truth = truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=1)
    >>> for caption in report_tables(minimise(truth, solution="conservative")):
    ...     print(caption)
    Scores of the cases (Y)
    Members of each set (Y)
    Truth table (Y)
    Prime-implicant chart, conservative (Y)
    Conservative solution (Y)
    """
    found: dict[str, pd.DataFrame] = {}
    truths = _truths(results)
    for truth in truths:
        column = truth.outcome if truth.outcome not in truth.scores.table else f"outcome {truth.outcome}"
        scores = truth.scores.table.assign(**{column: truth.membership})
        _add(found, f"Scores of the cases ({truth.outcome})", scores)
        if max(truth.levels) == 2:
            _add(found, f"Members of each set ({truth.outcome})", _members(scores))
    for result in results:
        if isinstance(result, Membership):
            how = {name: result.description(name) for name in result.conditions}
            sets = pd.DataFrame({"made from": how}).rename_axis(index="set", columns="column")
            _add(found, "Sets and where their scores come from", sets)
            _add(found, "What each score rests on", result.support)
    for result in results:
        if isinstance(result, Necessity):
            _add(found, f"Necessary conditions ({result.outcome})", result.single)
            if len(result.expressions):
                _add(found, f"Necessary expressions ({result.outcome})", result.expressions)
    for truth in truths:
        _add(found, f"Truth table ({truth.outcome})", truth.to_frame(sort="outcome"))
    for result in results:
        if isinstance(result, Solution):
            _solution(found, result)
    for result in results:
        if isinstance(result, Membership | Solution | Necessity | TruthTable):
            continue
        _other(found, result)
    return found


def _members(scores: pd.DataFrame) -> pd.DataFrame:
    """How skewed each set is: with few cases on one side, consistency is easily reached."""
    inside, middle = (scores > 0.5).sum(), (scores == 0.5).sum()
    table = pd.DataFrame({"members": inside, "at_one_half": middle, "share": inside / len(scores)})
    return table.rename_axis(index="set", columns="column")


def _truths(results: tuple[Any, ...]) -> list[TruthTable]:
    found: list[TruthTable] = []
    for result in results:
        truth = result.truth if isinstance(result, Solution) else result if isinstance(result, TruthTable) else None
        if truth is not None and not any(truth is other for other in found):
            found.append(truth)
    return found


def _add(found: dict[str, pd.DataFrame], caption: str, table: pd.DataFrame) -> None:
    """Captions stay apart where two tables would have the same."""
    name, number = caption, 2
    while name in found:
        name, number = f"{caption}, {number}", number + 1
    found[name] = table


def _solution(found: dict[str, pd.DataFrame], solution: Solution) -> None:
    outcome = solution.truth.outcome
    if len(solution.chart):
        _add(found, f"Prime-implicant chart, {solution.kind} ({outcome})", solution.chart_frame())
    _add(found, f"{solution.kind.capitalize()} solution ({outcome})", solution.to_frame())
    assumptions = solution.assumptions()
    if len(assumptions):
        _add(found, f"Assumptions about remainders, {solution.kind} ({outcome})", assumptions)


def _other(found: dict[str, pd.DataFrame], result: Any) -> None:
    if isinstance(result, Untenable):
        _add(found, f"Untenable configurations ({result.outcome})", result.table)
    elif isinstance(result, Robustness):
        _add(found, f"Robustness of fit and cases ({result.outcome})", result.to_frame())
        _add(found, f"Robust, shaky and possible cases ({result.outcome})", result.cases[result.cases["kind"] != ""])
    elif isinstance(result, Sweep):
        _add(found, f"Repetitions over {result.over}", result.table)
        _add(found, f"Terms that survive over {result.over}", result.terms)
    elif isinstance(result, SensitivityRanges):
        _add(found, f"Sensitivity ranges ({result.outcome})", result.table)
    elif isinstance(result, FitIntervals):
        _add(found, "Fit with intervals over resampled cases", result.table)
    elif isinstance(result, FalsePositives):
        _add(found, "False positives under permutation", result.table)
    elif isinstance(result, ClusterFit):
        _add(found, f"Fit pooled, between clusters and within units ({result.outcome})", result.pooled)
        _add(found, f"Fit in each cluster ({result.outcome})", result.between)
    elif isinstance(result, TheoryEvaluation):
        _add(found, f"Theory evaluation ({result.outcome})", result.table)
        _add(found, f"Cases by theory and solution ({result.outcome})", result.cases[result.cases["kind"] != ""])
    elif isinstance(result, CaseTypes):
        for caption, table in (
            ("Typical cases", result.typical),
            ("Cases deviant in consistency", result.deviant_consistency),
            ("Cases deviant in coverage", result.deviant_coverage),
        ):
            if len(table):
                _add(found, f"{caption} ({result.outcome})", table)
    else:
        raise DataError(
            f"report_tables takes results of expertsys.qca, not {type(result).__name__}",
            place="report_tables",
            remedy="Give solutions, necessity, robustness and the like.",
        )
