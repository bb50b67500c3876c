"""The boundary to dataframes: any that narwhals knows comes in, pandas goes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, listing, nearest, quoted
from expertsys._core.missing import text_or_none
from expertsys._core.names import folded
from expertsys._core.results import TableResult


def is_frame(value: Any) -> bool:
    """Whether narwhals knows this object as an eager or lazy dataframe, or it is a result with one table."""
    if isinstance(value, TableResult):
        return True
    try:
        nw.from_native(value)
    except TypeError:
        return False
    return True


def to_pandas(frame: Any) -> pd.DataFrame:
    """Any dataframe, eager or lazy, as a pandas DataFrame (pandas itself is passed through, not copied).

    A result whose content is one table, as of `expertsys.case_matrix` or `expertsys.qca.membership`, is that table.
    """
    if isinstance(frame, pd.DataFrame):
        return frame
    if isinstance(frame, TableResult):
        return frame.to_frame()
    try:
        native = nw.from_native(frame)
    except TypeError:
        raise DataError(
            f"expected a dataframe, not {type(frame).__name__}",
            remedy="Any dataframe that narwhals knows will do: pandas, Polars, PyArrow, DuckDB, Dask, PySpark.",
        ) from None
    eager = native.collect() if isinstance(native, nw.LazyFrame) else native
    table: pd.DataFrame = eager.to_pandas()
    return table


def check_columns(
    columns: Sequence[str], wanted: dict[str, str], *, place: str = "", remedy: str = "", keywords: bool = True
) -> None:
    """Refuse a table in which a wanted column is absent, naming each with its nearest match, or stands twice.

    Parameters
    ----------
    columns : sequence of str
        The columns that exist.
    wanted : dict
        Role (a keyword such as ``"coder"``) to the column's name.
    keywords : bool
        Whether the roles are keywords that the user can give; else only the names that come nearest are told.
    """
    absent = {role: name for role, name in wanted.items() if name not in columns}
    if not absent:
        twice = [name for name in dict.fromkeys(wanted.values()) if columns.count(name) > 1]
        if twice:
            raise DataError(f"more than one column {listing(twice)}", place=place, remedy="Give each its own name.")
        return
    free = [name for name in columns if name not in wanted.values()]
    hints = [f"{role}={guess!r}" for role, name in absent.items() if (guess := nearest(name, free))]
    hint = f"Perhaps {', '.join(hints)}." if hints else f"Name them by keyword, such as {next(iter(absent))}='...'."
    if not keywords:
        near = [guess for name in absent.values() if (guess := nearest(name, free))]
        hint = f"Did you mean {listing(near)}?" if near else ""
    plural = "s" if len(absent) > 1 else ""
    raise DataError(
        f"no column{plural} {listing(absent.values())}; the columns are {listing(columns)}",
        place=place,
        remedy=f"{hint} {remedy}".strip(),
    )


def as_text(values: Iterable[object]) -> pd.Series[str]:
    """Cells as text: white space around them gone, blank and missing ones missing."""
    series = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    if isinstance(series.dtype, pd.StringDtype):
        if series.isna().all():
            return series.astype("str")
        stripped = series.astype("str").str.strip()
        return stripped.where(stripped.str.len() > 0)
    codes, distinct = pd.factorize(series.to_numpy(dtype=object), use_na_sentinel=True)
    names = np.array([text_or_none(value) for value in distinct] + [None], dtype=object)
    return pd.Series(names[codes], index=series.index, name=series.name).astype("str")


def as_attribute(series: pd.Series[Any]) -> pd.Series[Any]:
    """A free attribute column in one of four kinds that a file gives back unchanged: boolean, Int64, float64, str."""
    if pd.api.types.is_bool_dtype(series.dtype):
        return series.astype("boolean")
    if pd.api.types.is_integer_dtype(series.dtype):
        return series.astype("Int64")
    if pd.api.types.is_float_dtype(series.dtype):
        return series.astype("float64")
    return as_text(series)


def case_column(columns: Iterable[object]) -> str | None:
    """The column that is called case, with or without capitals; None without one.

    Examples
    --------
    >>> case_column(["Case", "imposed"]), case_column(["site", "imposed"])
    ('Case', None)
    """
    found = [str(name) for name in columns if folded(str(name)) == "case"]
    if len(found) > 1:
        raise DataError(f"more than one column is called case: {listing(found)}", remedy="Rename all but one of them.")
    return found[0] if found else None


def check_cases(names: Iterable[object], place: str, remedy: str = "Give each case its own name.") -> None:
    """Refuse names of cases of which two are the same, or differ by capitals and blanks only."""
    first: dict[str, str] = {}
    for name in map(str, names):
        other = first.get(folded(name))
        if other == name:
            raise DataError(f"case {quoted(name)} occurs more than once", place=place, remedy=remedy)
        if other is not None:
            raise DataError(
                f"cases {quoted(other)} and {quoted(name)} differ only by capitals or blanks",
                place=place,
                remedy=f"If they are one case, spell it in one way and keep one row; otherwise: {remedy}",
            )
        first[folded(name)] = name
