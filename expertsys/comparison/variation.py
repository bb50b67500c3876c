"""Mill's method of concomitant variation."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError
from expertsys.comparison.candidates import LOGIC, Candidates, Verdict, candidates, named
from expertsys.comparison.states import conditions_of, framed


def concomitant_variation(table: Any, *, outcome: str, conditions: Sequence[str] | None = None) -> Candidates:
    """Conditions that rise, or fall, in every step in which the outcome rises.

    Parameters
    ----------
    table : dataframe
        Cases × conditions, as numbers that can be ordered; a missing cell is unknown.
    outcome : str
        A column of numbers.
    conditions : sequence of str, optional
        Columns; by default all but the outcome.

    Returns
    -------
    Candidates
        A condition is eliminated by two cases whose outcomes differ and that do not differ in it the same way as other
        such cases do; the reason names them. A condition that varies where the outcome does not is told, not
        eliminated. Columns ``tau`` (Kendall's tau-b) and ``pairs`` say how many pairs went with it.

    Raises
    ------
    DataError
        For texts, an outcome without variation or with missing cells, fewer than three cases.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"pressure": [0.9, 0.6, 0.1], "age": [3, 9, 5], "bypassed": [0.8, 0.5, 0.2]}, index=["X", "Y", "Z"]
    ... )
    >>> found = concomitant_variation(table, outcome="bypassed")
    >>> found.surviving, found.eliminated
    (('pressure',), {'age': 'rises from Z to Y, falls from Y to X'})
    """
    frame = framed(table, "concomitant_variation")
    names = conditions_of(frame, conditions, outcome, place="concomitant_variation")
    for name in [outcome, *names]:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            raise DataError(
                f"{name!r} holds no numbers", place="concomitant_variation", remedy="Leave it out, or order it."
            )
    scores = frame[outcome].astype("float64")
    if scores.isna().any() or spread(scores) == 0 or len(scores) < 3:
        raise DataError(
            f"{outcome!r} must be known and vary over at least three cases", place="outcome", remedy="Choose another."
        )
    rows = [_varying(frame[name].astype("float64"), scores) for name in names]
    made = candidates("method of concomitant variation", outcome, list(frame.index), [row[:4] for row in rows], LOGIC)
    table_of = made.to_frame().assign(tau=[row[4] for row in rows], pairs=[row[5] for row in rows])
    return attrs.evolve(made, table=table_of)


def _varying(column: pd.Series[float], outcome: pd.Series[float]) -> tuple[str, Verdict, str, str, float, str]:
    from scipy.stats import kendalltau

    name = str(column.name)
    known = column.dropna()
    up: list[tuple[str, str]] = []
    down: list[tuple[str, str]] = []
    still: list[tuple[str, str]] = []
    idle = 0
    for one, other in itertools.combinations(sorted(known.index, key=lambda case: (outcome[case], str(case))), 2):
        step, change = outcome[other] - outcome[one], known[other] - known[one]
        if step == 0:
            idle += change != 0
            continue
        (up if change > 0 else down if change < 0 else still).append((str(one), str(other)))
    total = len(up) + len(down) + len(still)
    tau = float(kendalltau(known, outcome[known.index]).statistic) if spread(known) > 0 else float("nan")
    pairs = f"{max(len(up), len(down))} of {total}"
    told = f"; it varies in {idle} pairs whose outcome does not" if idle else ""
    if total and total in (len(up), len(down)):
        verdict: Verdict = "yes" if len(known) == len(column) else "unknown"
        reason = f"{'rises' if up else 'falls'} in all {total} steps in which the outcome rises{told}"
        if verdict == "unknown":
            reason = f"unknown in {named(column.index[column.isna()])}; else it {reason}"
        return name, verdict, "rising" if up else "falling", reason, tau, pairs
    if not total:
        return name, "unknown", "", "too little is known of it", tau, pairs
    against = [("rises", up), ("falls", down), ("stays", still)]
    shown = [f"{word} from {_closest(steps, outcome)}" for word, steps in against if steps]
    if len(shown) == 1:  # it never moves
        return name, "no", "", "does not vary where the outcome does", tau, pairs
    return name, "no", "", ", ".join(shown) + told, tau, pairs


def _closest(steps: list[tuple[str, str]], outcome: pd.Series[float]) -> str:
    one, other = min(steps, key=lambda pair: abs(outcome[pair[1]] - outcome[pair[0]]))
    return f"{one} to {other}"


def spread(values: pd.Series[float]) -> float:
    """Highest less lowest; NaN without any."""
    known = values.dropna()
    return float(np.ptp(known.to_numpy())) if len(known) else float("nan")
