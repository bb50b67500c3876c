"""The one form that every table takes after it was read: cells of text, with the rows that they came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, counted, listing, quoted
from expertsys._core.frames import as_text, to_pandas
from expertsys.io.limits import Limits, beyond
from expertsys.io.log import Log, rows_listed
from expertsys.io.options import Options
from expertsys.study import Source

MOST_COLUMNS = 16_384
LONGEST_NAME = 2_000


@attrs.frozen(eq=False)
class Cells:
    """A table of text cells.

    Parameters
    ----------
    name : str
        The file's name, or ``"table"``.
    frame : pandas.DataFrame
        Text without white space around it; blank cells are missing. Rows are numbered from 0.
    rows : array of int
        The number of each row as a spreadsheet shows it.
    source : Source
        The file.
    trimmed : dict
        Column to the positions at which white space was taken away.
    part : str
        The sheet that it is, where a workbook has one for each coder.
    """

    name: str
    frame: pd.DataFrame
    rows: npt.NDArray[np.int64]
    source: Source
    trimmed: dict[str, npt.NDArray[np.int64]]
    part: str = ""

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return [str(name) for name in self.frame.columns]


_NUMBER = r"[+\-]?\d+(?:[.,]\d+)?%?"
#: What the first cell of a row of sums or means says.
_TOTALS = {
    *("total", "totals", "grand total", "subtotal", "sum", "mean", "average", "overall", "median", "std", "sd"),
    *("summe", "gesamt", "mittelwert", "cohen's kappa", "kappa", "alpha", "krippendorff's alpha"),
}


def tabulate(
    name: str,
    header: Sequence[str | None],
    columns: Sequence[Any],
    rows: npt.NDArray[np.int64],
    source: Source,
    options: Options,
    log: Log,
) -> Cells:
    """Cells from a header and columns: names checked, white space trimmed, blank and repeated rows dropped and told."""
    names, kept = _names(name, header, columns)
    stripped = {label: as_text(columns[at]).reset_index(drop=True) for label, at in zip(names, kept, strict=True)}
    trimmed = {label: _changed(columns[at], stripped[label]) for label, at in zip(names, kept, strict=True)}
    _hold_cells(name, stripped, rows, options.limits)
    frame = pd.DataFrame(stripped, index=pd.RangeIndex(len(rows)))
    blank = frame.isna().all(axis=1).to_numpy()
    if blank.all():
        raise DataError("has a header and no rows", place=name, remedy="Is it the right file?")
    # Blank rows behind the last filled one are how spreadsheets save; they are not worth a remark.
    inner = rows[blank & (np.arange(len(rows)) < np.flatnonzero(~blank)[-1])]
    if len(inner):
        log.tell("note", name, f"skipped {counted(len(inner), 'blank row')}: {rows_listed(inner)}.")
    keep = ~blank & ~_totals(name, frame, rows, blank, log)
    if options.repeated == "drop":
        again = _filled(frame, options).duplicated().to_numpy() & keep
        if again.any():
            log.tell(
                "warning",
                name,
                f"dropped {counted(int(again.sum()), 'row')}, each the same as an earlier one in every cell: "
                f"{rows_listed(rows[again])}.",
                "read(..., repeated='keep') keeps them.",
            )
        keep &= ~again
    if not keep.all():
        place = np.cumsum(keep) - 1
        frame = frame[keep].reset_index(drop=True)
        trimmed = {label: place[at[keep[at]]] for label, at in trimmed.items()}
        rows = rows[keep]
    return Cells(name, frame, rows, source, trimmed)


def _filled(frame: pd.DataFrame, options: Options) -> pd.DataFrame:
    """The table with the names of its blocks in each row: rows that look alike may stand under different ones."""
    blocks = {options.column(role).casefold() for role in ("case", "document", "participant")}
    wanted = [label for label in frame if str(label).casefold() in blocks]
    return frame.assign(**frame[wanted].ffill()) if wanted else frame


def _totals(
    name: str, frame: pd.DataFrame, rows: npt.NDArray[np.int64], blank: npt.NDArray[np.bool_], log: Log
) -> npt.NDArray[np.bool_]:
    """Rows of sums or means at the end of a table: a usual word, and numbers behind it."""
    totals = np.zeros(len(frame), dtype=np.bool_)
    for at in np.flatnonzero(~blank)[::-1]:
        cells = frame.iloc[at].dropna()
        numbers = cells.iloc[1:].str.fullmatch(_NUMBER)
        if cells.iloc[0].rstrip(":").casefold() not in _TOTALS or not len(numbers) or not numbers.all():
            break
        totals[at] = True
    if not totals.any() or totals.sum() + blank.sum() == len(frame):
        return np.zeros(len(frame), dtype=np.bool_)
    log.tell(
        "warning",
        name,
        f"left out {rows_listed(rows[totals])}, which hold totals ({quoted(frame[totals].iloc[0].dropna().iloc[0])}).",
        "If it is a unit, give it another name.",
    )
    return totals


def _hold_cells(name: str, columns: dict[str, pd.Series[str]], rows: npt.NDArray[np.int64], limits: Limits) -> None:
    """Refuse a cell beyond the limit."""
    for label, cells in columns.items():
        sizes = cells.str.len().to_numpy(dtype="float64", na_value=0.0)
        if len(sizes) and sizes.max() > limits.cell_bytes:
            at = int(sizes.argmax())
            raise beyond(
                f"{name}, row {rows[at]}, column {quoted(label)}",
                f"the cell has {int(sizes[at]):,} characters",
                "cell_bytes",
                limits.cell_bytes,
            )


def _changed(raw: Any, stripped: pd.Series[str]) -> npt.NDArray[np.int64]:
    """Where stripping took white space away from text that has some."""
    series = pd.Series(raw)
    if isinstance(series.dtype, pd.StringDtype):
        lengths = series.str.len()
    else:
        lengths = series.map(lambda cell: len(cell) if isinstance(cell, str) else 0)
    before, after = (each.to_numpy(dtype="float64", na_value=np.nan) for each in (lengths, stripped.str.len()))
    return np.flatnonzero(before > after).astype(np.int64)


def _names(place: str, header: Sequence[str | None], columns: Sequence[Any]) -> tuple[list[str], list[int]]:
    """Names of the columns that hold anything, and where they stand; a column without a name gets its letter."""
    refuse_width(place, len(header))
    names: list[str] = []
    kept: list[int] = []
    for at, label in enumerate(header):
        text = (label or "").strip()
        if len(text) > LONGEST_NAME:
            raise DataError(
                f"the header has a cell of {len(text):,} characters", place=place, remedy="Is it a table with a header?"
            )
        if text or as_text(columns[at]).notna().any():
            names.append(text or f"column {letter(at)}")
            kept.append(at)
    if not names:
        raise DataError(
            "has no header", place=place, remedy="The first row must name the columns; or give header=[...]."
        )
    twice = [label for label, times in Counter(names).items() if times > 1]
    if twice:
        raise DataError(f"repeated columns {listing(twice)}", place=place, remedy="Rename or drop one of each.")
    return names, kept


def letter(position: int) -> str:
    """The letter of a column in a spreadsheet: 0 is A, 26 is AA."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_number(letters: str) -> int:
    """The position of the column that a spreadsheet calls by letters: A is 0, AA is 26."""
    position = 0
    for sign in letters:
        position = position * 26 + ord(sign) - 64
    return position - 1


def refuse_width(name: str, columns: int) -> None:
    """Refuse a table with more columns than a spreadsheet has."""
    if columns > MOST_COLUMNS:
        raise DataError(f"the first row has {columns:,} cells", place=name, remedy="Is it a table?")


def with_header(name: str, first: Sequence[str], options: Options) -> tuple[list[str], int]:
    """The header and the number of rows before the data: the first row, or the names given as `header`."""
    if options.header is None:
        return list(first), 1
    given = [options.header] if isinstance(options.header, str) else list(options.header)
    if len(given) != len(first):
        raise DataError(
            f"header names {counted(len(given), 'column')} and the table has {len(first):,}",
            place=name,
            remedy="Name each column, from left to right.",
        )
    return given, 0


def from_frame(frame: Any, options: Options, log: Log) -> Cells:
    """Cells of a dataframe in memory; rows are counted from 1."""
    table = to_pandas(frame)
    named = [label for label in table.index.names if label is not None and label not in table.columns]
    if named:
        table = table.reset_index(level=named)
    elif options.layout == "wide" and not isinstance(table.index, pd.RangeIndex) and options.unit not in table.columns:
        table = table.reset_index(names=options.unit)
    header, _ = with_header("table", [str(label) for label in table.columns], options)
    columns = [table.iloc[:, at] for at in range(table.shape[1])]
    rows = np.arange(1, len(table) + 1, dtype=np.int64)
    if not len(rows):
        raise DataError("has no rows", place="table", remedy="Is it the right table?")
    return tabulate("table", header, columns, rows, Source("table", rows=len(rows)), options, log)
