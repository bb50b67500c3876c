"""The tables of a study: their columns, and how each is brought to its one form at the door."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, Remark, listing, quoted
from expertsys._core.frames import as_attribute, as_text, check_columns, to_pandas
from expertsys._core.names import folded


@attrs.frozen
class Table:
    """What a table of the study looks like.

    Parameters
    ----------
    name : str
        Its name as a field of the study.
    index : str or None
        The column that names its rows; None where rows have no name.
    text : tuple of str
        Text columns that it always has.
    positions : tuple of str
        Columns of whole numbers that it always has.
    required : tuple of str
        Columns in which no cell may be missing.
    free : bool
        Whether further columns (attributes) are kept.
    verbatim : tuple of str
        Text columns that keep their white space, because positions count it.
    usual : tuple of str
        Further columns that have a meaning; their names are read without regard to capitals and blanks.
    """

    name: str
    index: str | None
    text: tuple[str, ...]
    positions: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    free: bool = True
    verbatim: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it always has, its index not among them."""
        return tuple(name for name in self.text if name not in self.positions)


CODINGS = Table(
    "codings",
    None,
    ("unit", "coder", "code", "case", "document", "start", "end", "text", "memo", "round", "date", "mark"),
    positions=("start", "end"),
    required=("coder", "code"),
    free=False,
)
UNITS = Table("units", "unit", ("document", "case", "participant", "start", "end"), positions=("start", "end"))
DOCUMENT_PARTS = Table(
    "document_parts",
    None,
    ("document", "start", "end", "case", "participant"),
    positions=("start", "end"),
    required=("document", "start", "end"),
    free=False,
)
CASES = Table("cases", "case", ())
DOCUMENTS = Table("documents", "document", ("case", "participant", "kind", "date", "text"), verbatim=("text",))
PARTICIPANTS = Table("participants", "participant", ("role", "site", "case"))
CODERS = Table("coders", "coder", ())
ASSIGNMENTS = Table("assignments", None, ("coder", "unit", "document", "round"), required=("coder",), free=False)
SITUATIONS = Table(
    "situations",
    None,
    (),
    usual=(
        *("situation", "case", "site", "role", "person", "date", "period", "local", "category", "prescribed", "taken"),
        *("mode", "distance", "coder", "weight", "system"),
    ),
)
SUMMARIES = Table("summaries", None, ("case", "code", "text"), required=("case", "code", "text"), free=False)
ALL: tuple[Table, ...] = (
    *(CODINGS, UNITS, CASES, DOCUMENTS, DOCUMENT_PARTS, PARTICIPANTS, CODERS, ASSIGNMENTS, SITUATIONS, SUMMARIES),
)


def normalise(table: Table, frame: Any) -> pd.DataFrame:
    """A frame in the one form of its table: named index, text as text, positions as whole numbers.

    Raises
    ------
    DataError
        For unknown columns where no free ones are kept, for missing cells where none may be, for names given twice.
    """
    given = to_pandas(frame)
    if table.index is not None and given.index.name == table.index:
        given = given.reset_index()
    given = given.rename(columns=str)
    if table.usual:
        given = _usually_named(table, given)
    if table.index is not None:
        check_columns(list(given.columns), {table.index: table.index}, place=table.name)
    repeated = given.columns[given.columns.duplicated()]
    if len(repeated):
        raise DataError(f"repeated columns {listing(repeated)}", place=table.name, remedy="Rename or drop one of each.")
    known = (*table.text, *([table.index] if table.index else []))
    extra = [name for name in given.columns if name not in known]
    if extra and not table.free:
        raise DataError(
            f"unknown columns {listing(extra)}; it has {listing(known)}",
            place=table.name,
            remedy="Drop or rename them.",
        )
    if len(given) == 0 and not extra:
        return empty(table)
    columns: dict[str, pd.Series[Any]] = {}
    blank = pd.Series(np.nan, index=given.index, dtype="str")
    for name in (*([table.index] if table.index else []), *table.text, *extra):
        if name in table.positions:
            columns[name] = _positions(given, name, table.name)
        elif name in extra:
            columns[name] = as_attribute(given[name])
        elif name in given:
            columns[name] = _verbatim(given[name]) if name in table.verbatim else as_text(given[name])
        else:
            columns[name] = blank
    result = pd.DataFrame(columns, index=given.index).reset_index(drop=True)
    _require(result, (*table.required, *([table.index] if table.index else [])), table.name)
    if table.index is None:
        result.index.name = None if _row_name(table) in result.columns else _row_name(table)
        return result.rename_axis(columns="column")
    doubled = result[table.index][result[table.index].duplicated()].unique()
    if len(doubled):
        raise DataError(
            f"{table.index} given more than once: {listing(doubled)}", place=table.name, remedy="Keep one row for each."
        )
    return result.set_index(table.index).rename_axis(columns="column")


def _usually_named(table: Table, given: pd.DataFrame) -> pd.DataFrame:
    """The frame with the usual names of columns that differ from one of them by capitals and blanks only."""
    names = {name: folded(name) for name in given.columns if name not in table.usual and folded(name) in table.usual}
    unique = len(set(names.values())) == len(names) and set(names.values()).isdisjoint(given.columns)
    return given.rename(columns=names) if unique else given


def _verbatim(column: pd.Series[Any]) -> pd.Series[Any]:
    if isinstance(column.dtype, pd.StringDtype):
        texts = column.astype("str")
        return texts.where(texts.str.len() > 0)
    cells = column.astype(object)
    kept = cells.map(lambda cell: isinstance(cell, str) and cell != "").astype(bool)
    return cells.where(kept, as_text(column).astype(object)).astype("str")


def _positions(frame: pd.DataFrame, name: str, place: str) -> pd.Series[Any]:
    if name not in frame:
        return pd.Series(pd.NA, index=frame.index, dtype="Int64")
    numbers = pd.to_numeric(frame[name], errors="coerce")
    bad = numbers.notna() & ((numbers % 1 != 0) | (numbers < 0))
    if not pd.api.types.is_numeric_dtype(frame[name].dtype):
        bad |= numbers.isna() & as_text(frame[name]).notna()
    if bad.any():
        text = as_text(frame[name])
        faults = [
            Remark("error", f"{place}, row {row + 1}, column {name}", f"{quoted(text.iloc[row])} is no position.", "")
            for row in np.flatnonzero(bad.to_numpy(dtype=bool))
        ]
        raise DataError(
            "positions must be whole numbers from 0", place=place, remedy="They count characters.", faults=faults
        )
    return numbers.astype("float64").astype("Int64")


def _require(frame: pd.DataFrame, names: Iterable[str], place: str) -> None:
    faults = [
        Remark("error", f"{place}, row {row + 1}", f"the cell {name!r} is empty.", "")
        for name in names
        for row in np.flatnonzero(frame[name].isna().to_numpy(dtype=bool))
    ]
    if faults:
        raise DataError(
            "cells are empty that may not be", place=place, remedy="Fill them or drop the rows.", faults=faults
        )


def complete(table: Table, frame: pd.DataFrame, *columns: pd.Series[Any]) -> pd.DataFrame:
    """The table with a row, empty but for its name, for every name that it lacks; new ones after the given ones."""
    found = [np.asarray(column.unique(), dtype=object) for column in columns if len(column)]
    named = pd.Index(dict.fromkeys(name for names in found for name in names if isinstance(name, str)), dtype="str")
    missing = named[frame.index.get_indexer(named) < 0] if len(frame) else named
    if missing.empty:
        return frame
    return frame.reindex(frame.index.append(missing).rename(table.index)).rename_axis(columns="column")


def empty(table: Table) -> pd.DataFrame:
    """The table without rows."""
    return _without_rows(table).copy(deep=False)


@functools.cache
def _without_rows(table: Table) -> pd.DataFrame:
    names = [*([table.index] if table.index else []), *table.text]
    frame = pd.DataFrame({name: pd.Series(dtype="Int64" if name in table.positions else "str") for name in names})
    frame = frame.rename_axis(columns="column")
    return frame.rename_axis(index=_row_name(table)) if table.index is None else frame.set_index(table.index)


def _row_name(table: Table) -> str | None:
    """The name of the index of rows that have none."""
    name = {"summaries": "summary"}.get(table.name, table.name.removesuffix("s"))
    return None if name in table.text else name


def contradictions(frame: pd.DataFrame, key: str, value: str, place: str) -> list[Remark]:
    """A fault for every key that stands beside more than one value."""
    number, other = pd.factorize(frame[key])[0], pd.factorize(frame[value])[0]
    both = (number >= 0) & (other >= 0)
    number, other = number[both], other[both]
    if len(np.unique(number * (other.max(initial=0) + 1) + other)) == len(np.unique(number)):
        return []
    pairs = frame[[key, value]].dropna().drop_duplicates()
    twice = pairs[key][pairs[key].duplicated()].unique()
    return [
        Remark(
            "error",
            f"{place}, {key} {quoted(name)}",
            f"has more than one {value}: {listing(pairs[value][pairs[key] == name])}.",
            f"Give each {value} its own {key}, or correct the rows.",
        )
        for name in twice
    ]


def same(left: pd.DataFrame, right: pd.DataFrame) -> bool:
    """Whether two tables have the same columns, index and cells."""
    return list(left.columns) == list(right.columns) and left.index.equals(right.index) and left.equals(right)
