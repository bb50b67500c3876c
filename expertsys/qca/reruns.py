"""The analysis again and again: with other cut-offs, other anchors, one case less."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import product
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, DegenerateWarning, counted, unknown
from expertsys._core.results import TableResult, percent
from expertsys.qca.calibrate import calibrate
from expertsys.qca.minimise import repeated
from expertsys.qca.solution import Solution
from expertsys.qca.table import Scores, column_of
from expertsys.qca.truth import TruthTable, rebuilt

CUTOFFS = ("consistency_cutoff", "pri_cutoff", "frequency_cutoff")


@attrs.frozen(eq=False, repr=False)
class Sweep(TableResult):
    """One analysis, repeated with something changed.

    Attributes
    ----------
    varied : tuple of str
        What was changed: names of columns of `table`, or ``case``.
    initial : str
        The first model of the solution as it was.
    which : str
        Where models tied there, which of how many it is.
    table : pandas.DataFrame
        A row for each repetition: what was changed; ``models``, how many tie; ``expression``, the first of them;
        ``consistency``, ``pri``, ``coverage`` of it; ``same``, whether the models are those of the initial solution;
        ``kept``, how many terms of its first model are in some model here.
    terms : pandas.DataFrame
        What survives. Index ``term``, of all models seen; ``in_initial``; ``share``, of the repetitions in which some
        model has it.
    solutions : tuple of Solution
        One for each row, such as for `robustness`.
    """

    varied: tuple[str, ...]
    initial: str
    which: str
    table: pd.DataFrame
    terms: pd.DataFrame
    solutions: tuple[Solution, ...]

    @property
    def over(self) -> str:
        """What was changed, in words."""
        return ", ".join(map(_named, self.varied))

    def to_frame(self) -> pd.DataFrame:
        """A row for each repetition."""
        return self.table

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        same, kept = int(self.table["same"].sum()), self.terms[self.terms["in_initial"]]
        told = ", ".join(f"{term} in {percent(round(float(share), 3))}" for term, share in kept["share"].items())
        if self.varied == ("case",):
            how = "without each case in turn"
        else:
            each = {name: ", ".join(map(_plain, dict.fromkeys(self.table[name]))) for name in self.varied}
            how = " and ".join(f"with {_named(name)} {values}" for name, values in each.items())
        which = f" ({self.which[2:]})" if self.which else ""
        return (
            f"The analysis that gave {self.initial}{which} was repeated {how}: {same} of "
            f"{counted(len(self.table), 'repetition')} gave the same models."
        ) + (f" Its terms were found again: {told}." if told else "")

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("oana2024", "oana2021"))

    def plot(self, *, ax: Any = None) -> Any:
        """Draw it: see `expertsys.plot.robustness_map`."""
        from expertsys.plot.qca import robustness_map

        return robustness_map(self, ax=ax)

    def _title(self) -> str:
        same = int(self.table["same"].sum())
        give = f"{same} give{'s' * (same == 1)} the same models as {self.initial}{self.which}"
        return f"{counted(len(self.table), 'repetition')} over {self.over}: {give}"


def _named(varied: str) -> str:
    return varied.replace("_cutoff", " cut-off").replace("pri", "PRI")


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else f"({value})"


def _sweep(solution: Solution, varied: tuple[str, ...], changed: pd.DataFrame, made: Sequence[Solution]) -> Sweep:
    first = {fit.expression for fit in solution.models[0].terms} if solution.models else set()
    models = {model.expression for model in solution.models}
    rows: list[dict[str, Any]] = []
    for one in made:
        terms = {fit.expression for model in one.models for fit in model.terms}
        best = one.models[0] if one.models else None
        rows.append(
            {
                "models": len(one.models),
                "expression": best.expression if best else "",
                "consistency": best.consistency if best else np.nan,
                "pri": best.pri if best else np.nan,
                "coverage": best.coverage if best else np.nan,
                "same": {model.expression for model in one.models} == models,
                "kept": len(first & terms),
            }
        )
    table = pd.concat([changed, pd.DataFrame(rows, index=changed.index)], axis=1)
    every: dict[str, int] = dict.fromkeys((fit.expression for model in solution.models for fit in model.terms), 0)
    known = set(every)
    for one in made:
        for term in dict.fromkeys(fit.expression for model in one.models for fit in model.terms):
            every[term] = every.get(term, 0) + 1
    survives = pd.DataFrame(
        {"in_initial": [term in known for term in every], "share": [count / len(made) for count in every.values()]},
        index=pd.Index(list(every), name="term"),
    ).sort_values(["in_initial", "share"], ascending=False, kind="stable")
    initial = solution.models[0].expression if solution.models else "no model"
    return Sweep(
        varied,
        initial,
        solution.which() if solution.models else "",
        table.rename_axis(columns="column"),
        survives.rename_axis(columns="column"),
        tuple(made),
    )


def sweep(
    solution: Solution,
    *,
    consistency_cutoff: Sequence[float] = (),
    pri_cutoff: Sequence[float] = (),
    frequency_cutoff: Sequence[int] = (),
) -> Sweep:
    """The solution at every combination of these cut-offs.

    Parameters
    ----------
    solution : Solution
        As `minimise` gives it; expectations and exclusions stay.
    consistency_cutoff, pri_cutoff, frequency_cutoff : sequence
        Values to try; what is not given stays as it is.

    Returns
    -------
    Sweep

    Raises
    ------
    DataError
        Where nothing is varied.

    Notes
    -----
    The range of a cut-off within which the models stay the same is its sensitivity range: see `sensitivity_ranges`,
    which needs no list of values. A sweep shows what comes beyond, and several cut-offs moved together.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.qca import minimise, truth_table
    >>> table = pd.DataFrame({"A": [0.9, 0.8, 0.3, 0.1], "B": [0.8, 0.2, 0.9, 0.1], "Y": [0.9, 0.6, 0.4, 0.2]})
    >>> truth = truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=0.8)
    >>> sweep(minimise(truth, solution="conservative"), consistency_cutoff=[0.75, 0.8, 0.95]).table[
    ...     "expression"
    ... ].tolist()
    ['A', 'A', 'A*B']
    """
    asked = dict(zip(CUTOFFS, (consistency_cutoff, pri_cutoff, frequency_cutoff), strict=True))
    for name, values in asked.items():
        if isinstance(values, str | int | float):
            raise DataError(
                f"{name}= is a list, not {values!r}", place="sweep", remedy=f"Give {name}=[{values!r}, ...]."
            )
    varied = tuple(name for name, values in asked.items() if len(values))
    if not varied:
        raise DataError("nothing is varied", place="sweep", remedy="Give consistency_cutoff=[0.75, 0.8, 0.85].")
    combinations = list(product(*(asked[name] for name in varied)))
    made = [
        repeated(solution, solution.truth.again(**dict(zip(varied, values, strict=True))))  # type: ignore[arg-type]
        for values in combinations
    ]
    changed = pd.DataFrame(combinations, columns=list(varied), index=pd.RangeIndex(1, len(made) + 1, name="run"))
    return _sweep(solution, varied, changed, made)


def sweep_anchors(
    solution: Solution,
    *,
    condition: str,
    values: Any,
    anchors: Sequence[Sequence[float]],
    method: Any = "direct",
    **calibration: Any,
) -> Sweep:
    """The solution with a condition, or the outcome, calibrated anew by each of these anchors.

    Parameters
    ----------
    solution : Solution
        As `minimise` gives it.
    condition : str
        The condition, or the outcome's column.
    values : array_like, shape (n,)
        Its raw values, in the order of the cases; a pandas Series is aligned by the names of cases.
    anchors : sequence of sequence of float
        Each as in `calibrate`.
    method : str
        As in `calibrate`.
    **calibration
        Further options of `calibrate`.

    Returns
    -------
    Sweep
        With a column ``anchors``. How far each anchor can move: `sensitivity_ranges`.

    Raises
    ------
    DataError
        For a condition that is none, values of the wrong number, no anchors.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.qca import calibrate, minimise, truth_table
    >>> income = pd.Series([9, 7, 4, 1], index=list("pqrs"))
    >>> table = pd.DataFrame({"A": calibrate(income, anchors=(1, 5, 9)), "Y": [0.9, 0.8, 0.3, 0.1]})
    >>> truth = truth_table(table, outcome="Y", conditions=["A"], consistency_cutoff=0.8)
    >>> first = minimise(truth, solution="conservative")
    >>> moved = [(1, 5, 9), (1, 3, 9)]
    >>> sweep_anchors(first, condition="A", values=income, anchors=moved).table["expression"].tolist()
    ['A', 'A']
    """
    truth = solution.truth
    outcome, _ = column_of(truth.outcome)
    if condition not in (*truth.conditions, outcome):
        raise unknown("condition", condition, [*truth.conditions, outcome], place="sweep_anchors")
    if not len(anchors):
        raise DataError(
            "no anchors are given", place="sweep_anchors", remedy="Give anchors=[(out, crossover, full), …]."
        )
    raw = raw_values(truth, values)
    made = [
        repeated(solution, recalibrated(truth, condition, raw, points, {"method": method, **calibration}))
        for points in anchors
    ]
    told = [", ".join(f"{point:g}" for point in points) for points in anchors]
    changed = pd.DataFrame({"anchors": told}, index=pd.RangeIndex(1, len(made) + 1, name="run"))
    return _sweep(solution, ("anchors",), changed, made)


def raw_values(truth: TruthTable, values: Any) -> pd.Series[Any]:
    """Raw values in the order of a truth table's cases; a Series is aligned by its index."""
    cases = list(truth.scores.cases)
    raw = values if isinstance(values, pd.Series) else pd.Series(list(values), index=cases)
    if isinstance(values, pd.Series):
        raw = raw.set_axis([str(name) for name in raw.index], axis=0)
    missing = [name for name in cases if name not in raw.index]
    if missing:
        raise DataError(f"case {missing[0]!r} has no raw value", place="raw values", remedy="Name the index by case.")
    return raw.loc[cases]


def recalibrated(
    truth: TruthTable, condition: str, raw: pd.Series[Any], anchors: Sequence[float], options: dict[str, Any]
) -> TruthTable:
    """The truth table with a condition, or the outcome, calibrated anew."""
    outcome, absent = column_of(truth.outcome)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateWarning)  # the note of each truth table names the cases
        own = calibrate(raw, anchors=anchors, **options).to_numpy(dtype=np.float64)
    scores, membership = truth.scores, truth.membership
    if condition == outcome:
        membership = 1 - own if absent else own
    else:
        checked = Scores.of(
            scores.table.assign(**{condition: own}),
            list(truth.conditions),
            place="calibration",
            declared=truth.conditions,
        )
        levels = {**checked.levels, **_larger(truth.scores.levels, checked.levels)}
        scores = attrs.evolve(checked, levels=levels, undefined=scores.undefined - {condition}, notes=scores.notes)
    return rebuilt(truth, scores, membership, dict(truth.settings))


def _larger(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    return {name: max(size, second[name]) for name, size in first.items()}


def leave_one_out(solution: Solution) -> Sweep:
    """The solution without each case in turn.

    Parameters
    ----------
    solution : Solution
        As `minimise` gives it.

    Returns
    -------
    Sweep
        Index ``case``: the case that was left out.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.qca import minimise, truth_table
    >>> table = pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 1, 0], "Y": [1, 1, 0, 0]}, index=list("wxyz"))
    >>> truth = truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=1)
    >>> leave_one_out(minimise(truth, solution="conservative")).table["expression"].to_dict()
    {'w': 'A*~B', 'x': 'A*B', 'y': 'A', 'z': 'A'}

    Without w or x half of the evidence for A is gone.
    """
    cases = solution.truth.scores.cases
    if len(cases) < 2:
        raise DataError("there is one case only", place="leave_one_out")
    made = [repeated(solution, solution.truth.again(without=[name])) for name in cases]
    return _sweep(solution, ("case",), pd.DataFrame(index=pd.Index(cases, name="case")), made)
