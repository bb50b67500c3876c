"""Sensitivity ranges: how far a cut-off or an anchor can move before the models change."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, DegenerateWarning, unknown
from expertsys._core.frames import case_column, to_pandas
from expertsys._core.results import TableResult
from expertsys.qca.fit import TOLERANCE, Floats
from expertsys.qca.minimise import repeated
from expertsys.qca.reruns import raw_values, recalibrated
from expertsys.qca.solution import Solution
from expertsys.qca.table import column_of, joined
from expertsys.qca.truth import TruthTable

#: Parts of each gap between raw values at which an anchor is tried; where nothing stops it, up to so many times the
#: distance to its neighbour, in so many steps.
_PARTS, _FURTHEST, _STEPS = 8, 1000.0, 40
#: Halvings between the last value that keeps the models and the first that does not.
_HALVINGS = 40


@attrs.frozen(eq=False, repr=False)
class SensitivityRanges(TableResult):
    """How far each choice can move, one at a time; see `sensitivity_ranges`.

    Attributes
    ----------
    expression : str
        What must stay the same: the model that was asked for, or all models that tie (the first three are named).
    table : pandas.DataFrame
        Index ``parameter``. ``value``, as chosen; ``lower`` and ``upper``, between which nothing changes, infinite
        where nothing changes however far it moves; ``below`` and ``above``, the first model beyond, empty where there
        is none.
    note : str
        What a reader must know; empty where there is nothing.
    """

    outcome: str
    expression: str
    table: pd.DataFrame
    note: str

    def to_frame(self) -> pd.DataFrame:
        """A row for each cut-off and each anchor."""
        return self.table

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        each = [
            f"{str(name).replace('_cutoff', ' cut-off').replace('pri', 'PRI')} {row['value']:g} "
            f"({row['lower']:.3g} to {row['upper']:.3g})"
            for name, row in zip(self.table.index, self.table.to_dict("records"), strict=True)
        ]
        return (
            f"Sensitivity ranges (Oana & Schneider 2024), within which the solution for {self.outcome} remains "
            f"{self.expression} when one choice moves and the others stay: {', '.join(each)}."
        ) + (f" {self.note}" if self.note else "")

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("oana2024", "oana2021"))

    _widest = 60

    def _title(self) -> str:
        return (
            f"Ranges within which the solution for {self.outcome} remains {self.expression}, one choice at a time"
            + (f"\nnote: {self.note}" if self.note else "")
        )


def sensitivity_ranges(
    solution: Solution,
    *,
    model: int | str | None = None,
    raw: Any = None,
    anchors: Mapping[str, Sequence[float]] | None = None,
    method: Any = "direct",
    **calibration: Any,
) -> SensitivityRanges:
    """How far the cut-offs and the anchors of a calibration can move before the models change.

    Parameters
    ----------
    solution : Solution
        As `minimise` gives it; expectations and exclusions stay.
    model : int or str, optional
        A model, by number or expression, that must remain one of those that tie; by default all models must remain,
        and none may be added.
    raw : dataframe, optional
        Raw values of the conditions (or the outcome) whose anchors are moved: columns named as these, index or a column
        ``case`` with the cases.
    anchors : mapping, optional
        From each of them to the anchors that it was calibrated with, as in `calibrate`.
    method : str or mapping
        Of `calibrate`, for all of them or for each.
    **calibration
        Further options of `calibrate`.

    Returns
    -------
    SensitivityRanges

    Raises
    ------
    DataError
        Where the solution has no model, a condition is unknown, or a case has no raw value.

    Notes
    -----
    One choice moves at a time. The solution can change only where a cut-off passes the consistency, the PRI or the
    number of cases of a row, so these ranges are exact: a lower bound is the figure of the row that comes in there, and
    an upper bound the last value that still keeps its row. An anchor changes rows where it passes a raw value, and
    consistencies everywhere else. It is tried at all raw values of the condition, seven times between any two of them,
    and up to a thousand times the distance to its neighbouring anchor; the change is then found by halving. In R,
    ``SetMethods::rob.inclrange``, ``rob.ncutrange`` and ``rob.calibrange`` move by a step, and compare the first model.

    References
    ----------
    Oana IE, Schneider CQ. A Robustness Test Protocol for Applied QCA. Sociol Methods Res 2024;53(1):57–88.
    doi:10.1177/00491241211036158

    Examples
    --------
    >>> from expertsys.qca import minimise, truth_table
    >>> table = pd.DataFrame({"A": [0.9, 0.8, 0.3, 0.1], "B": [0.8, 0.2, 0.9, 0.1], "Y": [0.9, 0.6, 0.4, 0.2]})
    >>> truth = truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=0.8)
    >>> found = sensitivity_ranges(minimise(truth, solution="conservative"))
    >>> found.table.loc["consistency_cutoff", ["lower", "upper"]].astype(float).round(2).tolist()
    [0.73, 0.83]

    Any cut-off above 0.73, and up to 0.83, gives the same solution as 0.8.
    """
    if not solution.models:
        raise DataError(
            "there is no model whose range could be found", place="sensitivity_ranges", remedy=solution.note
        )
    wanted = None if model is None else solution.model(model).expression
    same = _Same(solution, wanted)
    rows = {name: _cutoff(solution.truth, name, same) for name in ("consistency_cutoff", "pri_cutoff")}
    rows["frequency_cutoff"] = _frequency(solution.truth, same)
    notes: list[str] = []
    if (raw is None) != (anchors is None):
        raise DataError(
            "raw= and anchors= belong together",
            place="sensitivity_ranges",
            remedy="Give the table of raw values and {condition: (out, crossover, full)}.",
        )
    for name, points in (anchors or {}).items():
        own = method[name] if isinstance(method, Mapping) else method
        rows |= _anchors(
            solution.truth, raw, name, tuple(map(float, points)), {"method": own, **calibration}, same, notes
        )
    table = pd.DataFrame(rows, index=["value", "lower", "upper", "below", "above"]).T.rename_axis(index="parameter")
    kinds = dict.fromkeys(("value", "lower", "upper"), "float64")
    tied = " or ".join(one.expression for one in solution.models[:3]) + (" or …" if len(solution.models) > 3 else "")
    return SensitivityRanges(
        solution.truth.outcome, wanted or tied, table.astype(kinds).rename_axis(columns="column"), "; ".join(notes)
    )


class _Same:
    """Whether another truth table gives the same models; each set of rows is minimised once."""

    def __init__(self, solution: Solution, wanted: str | None) -> None:
        self._solution, self._wanted = solution, wanted
        self._models = {model.expression for model in solution.models}
        self._known: dict[Any, tuple[bool, str]] = {}

    def __call__(self, truth: TruthTable) -> tuple[bool, str]:
        """Whether the models are the same, and the first of them."""
        key = (truth.levels, tuple(truth.rows.index), tuple(truth.rows["out"]))
        if key not in self._known:
            models = [model.expression for model in repeated(self._solution, truth).models]
            same = set(models) == self._models if self._wanted is None else self._wanted in models
            self._known[key] = same, models[0] if models else ""
        return self._known[key]


_Row = tuple[float, float, float, str, str]


def _cutoff(truth: TruthTable, name: str, same: _Same) -> _Row:
    """From row to row: a row is positive up to a cut-off at its own figure."""
    chosen = truth.settings[name]
    figures = truth.rows["consistency" if name == "consistency_cutoff" else "pri"].dropna().to_numpy()
    least = truth.settings.get("contradiction_cutoff", 0.0) if name == "consistency_cutoff" else 0.0
    steps = np.unique(figures)
    lower, below, upper, above = least, "", np.inf, ""
    for step in steps[(steps <= chosen - TOLERANCE) & (steps > least)][::-1]:
        kept, first = same(truth.again(**{name: float(step)}))  # type: ignore[arg-type]
        if not kept:
            lower, below = float(step), first
            break
    rest = steps[steps > chosen - TOLERANCE]
    for step, following in zip(rest, [*rest[1:], 1.0], strict=True):
        if step >= 1:
            upper = 1.0
            break
        kept, first = same(truth.again(**{name: float(following)}))  # type: ignore[arg-type]
        if not kept:
            upper, above = float(step), first
            break
    return chosen, lower, min(upper, 1.0), below, above


def _frequency(truth: TruthTable, same: _Same) -> _Row:
    chosen = int(truth.settings["frequency_cutoff"])
    most = int(truth.rows["n"].max())
    lower, below, upper, above = 1, "", most, ""
    for cases in range(chosen - 1, 0, -1):
        kept, first = same(truth.again(frequency_cutoff=cases))
        if not kept:
            lower, below = cases + 1, first
            break
    for cases in range(chosen + 1, most + 2):
        kept, first = same(truth.again(frequency_cutoff=cases))
        if not kept:
            upper, above = cases - 1, first
            break
    return chosen, lower, upper, below, above


def _anchors(
    truth: TruthTable, raw: Any, name: str, points: tuple[float, ...], options: dict[str, Any], same: _Same,
    notes: list[str],
) -> dict[str, _Row]:  # fmt: skip
    outcome, _ = column_of(truth.outcome)
    if name not in (*truth.conditions, outcome):
        raise unknown("condition", name, [*truth.conditions, outcome], place="sensitivity_ranges")
    table = to_pandas(raw)
    if name not in table.columns:
        raise unknown("column", name, [str(column) for column in table.columns], place="raw")
    cases = case_column(table.columns)
    values = raw_values(truth, table[name] if cases is None else table.set_index(cases)[name])

    def at(place: int, value: float) -> tuple[bool, str] | None:
        moved = (*points[:place], value, *points[place + 1 :])
        try:
            return same(recalibrated(truth, name, values, moved, options))
        except DataError:
            return None

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateWarning)
        start = recalibrated(truth, name, values, points, options)
        kept, first = same(start)
        if not kept:
            notes.append(
                f"calibrated anew at {joined([f'{point:g}' for point in points])}, {name} gives {first or 'no model'}: "
                "are these its anchors and options?"
            )
        known = np.unique(values.to_numpy(dtype=np.float64))
        names = (
            ("out", "crossover", "full")
            if len(points) == 3
            else tuple(f"anchor {n}" for n in range(1, len(points) + 1))
        )
        if len(points) == 1:
            names = ("threshold",)
        marks = np.concatenate([known, points])
        found: dict[str, _Row] = {}
        for place, (label, chosen) in enumerate(zip(names, points, strict=True)):
            row: _Row = (chosen, np.nan, np.nan, "", "")
            if kept:
                here = partial(at, place)
                lower, below = _moved(here, _tried(known, points, place, down=True), marks, chosen, down=True)
                upper, above = _moved(here, _tried(known, points, place, down=False), marks, chosen, down=False)
                row = (chosen, lower, upper, below, above)
            found[f"{name}, {label}"] = row
    return found


def _tried(known: Floats, points: tuple[float, ...], place: int, *, down: bool) -> Floats:
    """Values at which an anchor is tried, from the chosen one outwards, up to its neighbour."""
    chosen, sign = points[place], -1.0 if down else 1.0
    ahead = [point for point in points if sign * (point - chosen) > 0]
    end = min(ahead, key=lambda point: abs(point - chosen)) if ahead else None
    marks = known[sign * (known - chosen) > 0]
    far = np.empty(0)
    if end is None:
        others = [abs(point - chosen) for point in points if point != chosen]
        far = chosen + sign * (min(others) if others else float(np.ptp(known))) * np.geomspace(0.01, _FURTHEST, _STEPS)
    else:
        marks = np.append(marks[sign * (end - marks) > 0], end)
    marks = np.concatenate([[chosen], marks[np.argsort(sign * marks, kind="stable")]])
    parts = np.linspace(0, 1, _PARTS + 1)[1:]
    tried = np.concatenate([far, *(low + parts * (high - low) for low, high in pairwise(marks))])
    return np.asarray(tried[np.argsort(sign * tried, kind="stable")])


def _moved(
    at: Callable[[float], tuple[bool, str] | None], tried: Iterable[float], marks: Floats, chosen: float, *, down: bool
) -> tuple[float, str]:
    """The last value that keeps the models, and the first model beyond; where calibration is refused it ends."""
    last = chosen
    for value in tried:
        state = at(float(value))
        if state is not None and state[0]:
            last = float(value)
            continue
        low, high, first = last, float(value), "" if state is None else state[1]
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            between = at(middle)
            if between is not None and between[0]:
                low = middle
            else:
                high, first = middle, "" if between is None else between[1]
        near = marks[np.abs(marks - low) <= 1e-6 * max(1.0, abs(low))]
        return (float(near[0]) if len(near) else low), first
    return (-np.inf if down else np.inf), ""
