"""A cases × conditions table at the door: checked once, then trusted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, Remark, listing
from expertsys._core.frames import check_columns, to_pandas
from expertsys.qca.fit import Floats

_OUTCOME = re.compile(r"^(?P<not>~?)(?P<name>.+?)(?:[\[{](?P<value>\d+)[\]}])?$")


@attrs.frozen(eq=False)
class Scores:
    """Membership scores of cases.

    Parameters
    ----------
    cases : tuple of str
        Names.
    table : pandas.DataFrame
        Index ``case``; a column of floats for each condition.
    levels : dict
        Number of levels of each condition: 2 for crisp and fuzzy ones.
    """

    cases: tuple[str, ...]
    table: pd.DataFrame
    levels: dict[str, int]

    @classmethod
    def of(cls, table: Any, names: Sequence[str], *, case: str | None = None, place: str) -> Scores:
        """Columns of any dataframe as scores: fuzzy or crisp within [0, 1], multi-value as whole numbers from 0.

        Raises
        ------
        DataError
            For absent or repeated columns, missing values, text, scores that are neither.
        """
        frame = to_pandas(table)
        check_columns(list(map(str, frame.columns)), {name: name for name in names}, place=place, keywords=False)
        twice = [name for name in dict.fromkeys(names) if list(names).count(name) > 1]
        if twice:
            raise DataError(f"{listing(twice)} named twice", place=place, remedy="Name each condition once.")
        if case is None and "case" in frame.columns and "case" not in names:
            case = "case"
        labels = frame.index if case is None else frame[case]
        cases = tuple(str(label) for label in labels)
        if not cases:
            raise DataError("there are no cases", place=place)
        if len(set(cases)) < len(cases):
            repeated = next(name for row, name in enumerate(cases) if name in cases[:row])
            raise DataError(
                f"case {repeated!r} occurs more than once", place=place, remedy="Give each case its own name."
            )
        faults: list[Remark] = []
        levels = {}
        columns = {}
        for name in names:
            column = pd.to_numeric(frame[name], errors="coerce")
            scores = column.to_numpy(dtype=np.float64, na_value=np.nan)
            missing = np.isnan(scores)
            for row in np.flatnonzero(missing):
                value = frame[name].iloc[row]
                told = "is missing" if pd.isna(value) else f"is {value!r}"
                faults.append(Remark("error", f"case {cases[row]!r}, {name}", f"{told}."))
            known = scores[~missing]
            whole = bool((known == np.round(known)).all())
            outside = (scores < 0) | ((scores > 1) & (not whole))
            faults += [
                Remark("error", f"case {cases[row]!r}, {name}", f"is {scores[row]:g}, outside [0, 1].")
                for row in np.flatnonzero(outside)
            ]
            levels[name] = max(2, int(known.max(initial=1)) + 1) if whole else 2
            columns[name] = scores
        if faults:
            remedy = "Drop these cases, fill the cells, or calibrate raw values first: es.qca.calibrate(...)."
            if any(frame[name].astype(str).str.strip().eq("-").any() for name in names):
                remedy += " Where - says that a condition does not apply, make it a level of its own: 2 beside 0 and 1."
            raise DataError("scores that cannot be used", place=place, remedy=remedy, faults=faults)
        array = np.column_stack(list(columns.values()))
        return cls(cases, pd.DataFrame(array, index=pd.Index(cases, name="case"), columns=list(columns)), levels)

    @property
    def array(self) -> Floats:
        """Scores, shape (n, k)."""
        return self.table.to_numpy(dtype=np.float64)

    def corners(self) -> tuple[np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.bool_]]]:
        """The configuration of each case, shape (n, k), and whether it has one: a score of 0.5 belongs nowhere."""
        multi = np.array([size > 2 for size in self.levels.values()])
        array = self.array
        corner = np.where(multi, array, array > 0.5).astype(np.int64)
        return corner, ~((array == 0.5) & ~multi).any(axis=1)


@attrs.frozen(eq=False)
class Outcome:
    """What is to be explained: ``Y``, ``~Y``, ``Y[2]`` or ``~Y[2]``.

    Parameters
    ----------
    name : str
        The column.
    expression : str
        As it was asked for.
    membership : ndarray, shape (n,)
        Of each case.
    """

    name: str
    expression: str
    membership: Floats

    @classmethod
    def of(cls, table: Any, outcome: str, *, case: str | None = None, place: str) -> Outcome:
        """The outcome from its column; an error where it is multi-value and no level is named."""
        found = _OUTCOME.match(outcome.strip())
        if found is None:
            raise DataError(f"{outcome!r} is no outcome", place=place, remedy="Write Y, ~Y or Y[1].")
        name, value = found["name"], found["value"]
        scores = Scores.of(table, [name], case=case, place=place)
        own = scores.array[:, 0]
        if value is not None:
            own = (own == int(value)).astype(np.float64)
        elif scores.levels[name] > 2:
            raise DataError(
                f"the outcome {name!r} has {scores.levels[name]} levels",
                place=place,
                remedy=f"Name the one to be explained, such as {name}[1].",
            )
        return cls(name, outcome.strip(), 1 - own if found["not"] else own)


def column_of(outcome: str) -> tuple[str, bool]:
    """The column of an outcome as it was asked for, and whether its absence is meant."""
    found = _OUTCOME.match(outcome)
    return (found["name"], bool(found["not"])) if found else (outcome, False)


def told_of(scores: Scores, placed: np.ndarray[Any, np.dtype[np.bool_]], outcome: Floats, mixed: Sequence[str]) -> str:
    """What a reader must know of the cases in a truth table."""
    notes = []
    if mixed:
        more = f" and {len(mixed) - 5} more" if len(mixed) > 5 else ""
        notes.append(f"cases with and without the outcome share row {', '.join(mixed[:5])}{more}: read them")
    if not placed.all():
        between = [name for name, inside in zip(scores.cases, placed, strict=True) if not inside]
        notes.append(f"{listing(between, 5)} at exactly 0.5 in a condition: in no row, but in every consistency")
    if (outcome == 0.5).any():
        between = [scores.cases[row] for row in np.flatnonzero(outcome == 0.5)]
        notes.append(f"{listing(between, 5)} at exactly 0.5 in the outcome")
    if np.ptp(outcome) == 0:
        notes.append("the outcome does not vary: nothing is explained")
    if len(outcome) == 1:
        notes.append("there is one case only")
    return "; ".join(notes)
