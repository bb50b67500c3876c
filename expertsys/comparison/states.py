"""A table of few cases at the door of the small-N designs: what state each condition is in, in each case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, Remark, check_list, listing
from expertsys._core.frames import as_text, check_columns, to_pandas

PRESENT, ABSENT = "present", "absent"


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
    """

    table: pd.DataFrame
    outcome: dict[str, bool]
    name: str

    @classmethod
    def of(
        cls, table: Any, *, outcome: str | None, conditions: Sequence[str] | None, present: object = None, place: str
    ) -> States:
        """From any dataframe; its cases are its index or a column ``case``.

        Raises
        ------
        DataError
            For absent columns, cases named twice, an outcome that is unknown somewhere or exactly 0.5, and numbers that
            are neither scores nor whole.
        """
        frame = framed(table, place)
        if present is not None and outcome is not None and outcome in frame.columns:
            wanted = frame[outcome].map(lambda cell: None if pd.isna(cell) else cell == present)
            frame = frame.assign(**{outcome: wanted})
            if not wanted.eq(True).any():
                raise DataError(
                    f"no case has {outcome} = {present!r}", place="present", remedy="Name a value that occurs."
                )
        names = conditions_of(frame, conditions, outcome, place=place)
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
        return cls(made.astype(object), found, outcome or "")

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
    if "case" in frame.columns:
        frame = frame.set_index("case")
    frame = frame.set_axis(pd.Index([str(case) for case in frame.index], name="case"), axis=0).rename(columns=str)
    repeated = frame.index[frame.index.duplicated()]
    if len(repeated):
        raise DataError(f"case {str(repeated[0])!r} occurs more than once", place=place, remedy="Name each case once.")
    return frame


def _states(column: pd.Series[Any], name: str, place: str) -> pd.Series[Any]:
    """Scores in [0, 1] by their half, other whole numbers and texts as categories, what is missing or 0.5 as None."""
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
    if (known % 1 == 0).all():
        return pd.Series(
            [None if pd.isna(cell) else str(int(cell)) for cell in numeric], index=column.index, dtype=object
        )
    faults = [
        Remark("error", f"case {case!r}, {name}", f"is {value:g}.") for case, value in known[known % 1 != 0].items()
    ]
    raise DataError(
        f"{name!r} is neither a score in [0, 1] nor a category",
        place=place,
        remedy="Group it, or calibrate it: es.qca.calibrate(...).",
        faults=faults,
    )
