"""A table of few cases at the door of the small-N designs: what state each condition is in, in each case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, Remark, check_list, listing, quoted
from expertsys._core.frames import as_text, case_column, check_cases, check_columns, to_pandas
from expertsys._core.names import folded, spelt_alike

PRESENT, ABSENT = "present", "absent"
#: Whole numbers from here on are amounts, such as percentages, and no categories.
MOST_CATEGORIES = 10


@attrs.frozen(eq=False)
class States:
    """Cases × conditions.

    Parameters
    ----------
    table : pandas.DataFrame
        Index ``case``; per condition its state: "present" or "absent", a category, or None where it is unknown.
    outcome : dict
        Case to whether the outcome is there; empty where none was named.
    name : str
        Of the outcome.
    note : str
        Which spellings are read as one; empty where there is nothing.
    """

    table: pd.DataFrame
    outcome: dict[str, bool]
    name: str
    note: str = ""

    @classmethod
    def of(
        cls, table: Any, *, outcome: str | None, conditions: Sequence[str] | None, present: object = None, place: str
    ) -> States:
        """From any dataframe; its cases are its index or a column ``case``.

        Texts that differ by capitals or blanks only are one category.

        Raises
        ------
        DataError
            For absent columns, cases named twice, an outcome that is unknown somewhere or exactly 0.5, and numbers that
            are neither scores nor whole.
        """
        frame = framed(table, place)
        names = conditions_of(frame, conditions, outcome, place=place)
        frame, note = one_spelling(frame, [*names, *([] if outcome is None else [outcome])])
        if present is not None and outcome is not None:
            occurring = list(dict.fromkeys(frame[outcome].dropna()))
            if isinstance(present, str):
                present = next((value for value in occurring if folded(str(value)) == folded(present)), present)
            if present not in occurring:
                raise DataError(
                    f"no case has {outcome} = {present!r}; it is {listing(occurring)}",
                    place="present",
                    remedy="Name a value that occurs.",
                )
            frame = frame.assign(
                **{outcome: frame[outcome].map(lambda cell: None if pd.isna(cell) else cell == present)}
            )
        columns = {name: _states(frame[name], name, place) for name in names}
        found: dict[str, bool] = {}
        if outcome is not None:
            states = _states(frame[outcome], outcome, place)
            strange = [case for case, state in states.items() if state not in (PRESENT, ABSENT)]
            if strange:
                raise DataError(
                    f"the outcome {outcome!r} is neither present nor absent in {listing(strange)}",
                    place=place,
                    remedy="Leave such cases out, or name the value that counts: present='...'.",
                )
            found = {str(case): state == PRESENT for case, state in states.items()}
        index = pd.Index(frame.index, name="case")
        made = pd.DataFrame({name: states.to_numpy(dtype=object) for name, states in columns.items()}, index=index)
        return cls(made.astype(object), found, outcome or "", note)

    @property
    def conditions(self) -> list[str]:
        """Their names."""
        return [str(name) for name in self.table.columns]

    def having(self, there: bool) -> list[str]:
        """Cases with the outcome, or without it."""
        return [case for case, state in self.outcome.items() if state is there]

    def state(self, case: str, condition: str) -> str | None:
        """Of one condition in one case; None where it is unknown."""
        value = self.table.loc[case, condition]
        return value if isinstance(value, str) else None


def conditions_of(
    frame: pd.DataFrame, conditions: Sequence[str] | None, outcome: str | None, *, place: str
) -> list[str]:
    """The columns that are compared, by default all but the outcome."""
    check_list("conditions", conditions)
    names = [
        str(name) for name in (frame if conditions is None else conditions) if conditions is not None or name != outcome
    ]
    wanted = [*names, *([] if outcome is None else [outcome])]
    check_columns(list(frame.columns), {name: name for name in wanted}, place=place, keywords=False)
    if outcome in names:
        raise DataError(f"{outcome!r} is the outcome and a condition", place="conditions", remedy="Leave it out.")
    if not names:
        raise DataError("there are no conditions", place=place, remedy="Name at least one column.")
    return names


def framed(table: Any, place: str) -> pd.DataFrame:
    """Any dataframe with its cases as index."""
    frame = to_pandas(table)
    if (cases := case_column(frame.columns)) is not None:
        frame = frame.set_index(cases)
    check_cases(frame.index, place, "Name each case once.")
    return frame.set_axis(pd.Index([str(case) for case in frame.index], name="case"), axis=0).rename(columns=str)


def one_spelling(frame: pd.DataFrame, names: Sequence[str]) -> tuple[pd.DataFrame, str]:
    """Columns of text without blanks around their cells and with one spelling of each value, and what was respelt."""
    respelt = []
    for name in names:
        if not (pd.api.types.is_object_dtype(frame[name].dtype) or isinstance(frame[name].dtype, pd.StringDtype)):
            continue
        cells = frame[name].map(lambda cell: cell.strip() or None if isinstance(cell, str) else cell)
        kept = spelt_alike(cells)
        frame = frame.assign(**{name: cells.replace(kept)})
        respelt += [f"{quoted(other)} as {quoted(value)} in {name}" for other, value in kept.items()]
    return frame, f"Values that differ only in spelling were read as one: {', '.join(respelt)}." if respelt else ""


def _states(column: pd.Series[Any], name: str, place: str) -> pd.Series[Any]:
    """Scores in [0, 1] by their half, few whole numbers and texts as categories, what is missing or 0.5 as None."""
    numeric = pd.to_numeric(column, errors="coerce") if column.dtype != bool else column.astype("float64")
    known = numeric.dropna()
    if len(known) < column.notna().sum():
        texts = as_text(column)
        return pd.Series([text if isinstance(text, str) else None for text in texts], index=column.index, dtype=object)
    if ((known >= 0) & (known <= 1)).all():
        states = [
            None if np.isnan(score) or score == 0.5 else PRESENT if score > 0.5 else ABSENT
            for score in numeric.to_numpy(dtype=np.float64, na_value=np.nan)
        ]
        return pd.Series(states, index=column.index, dtype=object)
    if (known % 1 == 0).all() and (known.abs() < MOST_CATEGORIES).all():
        return pd.Series(
            [None if pd.isna(cell) else str(int(cell)) for cell in numeric], index=column.index, dtype=object
        )
    strange = known[(known % 1 != 0) | (known.abs() >= MOST_CATEGORIES)]
    faults = [Remark("error", f"case {case!r}, {name}", f"is {value:g}.") for case, value in strange.items()]
    raise DataError(
        f"{name!r} must hold scores in [0, 1], texts, or whole numbers below {MOST_CATEGORIES} that are categories",
        place=place,
        remedy="Group amounts or calibrate them, es.qca.calibrate(...); in most_similar and most_different "
        "measure='gower' compares amounts as they are. Write categories such as years as text.",
        faults=faults,
    )
