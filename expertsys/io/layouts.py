"""The three layouts of a table of codings, each brought to one form: places, and the codes applied there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, counted, listing, quoted
from expertsys._core.frames import check_columns
from expertsys.io.cells import Cells
from expertsys.io.log import Log, rows_listed
from expertsys.io.options import Layout, Options

PLACES = (
    *("unit", "coder", "case", "document", "participant", "start", "end"),
    *("text", "memo", "round", "date"),
)
_NAMES = ("unit", "coder", "case", "document", "participant", "round")
_WIDE = "If each column after the unit is one coder, say so: layout='wide'."


@attrs.frozen(eq=False)
class Listed:
    """One table, brought to the form that all layouts share.

    Parameters
    ----------
    cells : Cells
        The table.
    layout : str
        What it was.
    places : pandas.DataFrame
        Columns `PLACES`, numbered from 0: where a coder was, whether or not they applied a code there.
    at : array of int
        The row of the cells that each place comes from.
    codes : pandas.Series
        The codes applied; the index is the place.
    extra : pandas.DataFrame
        Further columns, on the index of the places.
    question : str or None
        The header of the column of texts, where it is a question.
    """

    cells: Cells
    layout: Layout
    places: pd.DataFrame
    at: np.ndarray[Any, np.dtype[np.int64]]
    codes: pd.Series[str]
    extra: pd.DataFrame
    question: str | None = None


def lay_out(cells: Cells, options: Options, fixed: Mapping[str, str], log: Log) -> Listed:
    """A table in the form that all layouts share.

    Parameters
    ----------
    fixed : mapping
        What the file's name says: case, coder, document, round.
    """
    found = columns_of(cells, options, log)
    numbered = _numbered(cells, options)
    layout = options.layout or ("rows" if numbered and "code" not in found else "long")
    if layout == "wide":
        listed = _wide(cells, fixed, found, log)
    elif layout == "rows":
        listed = _rows(cells, options, fixed, found, numbered, log)
    else:
        listed = _long(cells, options, fixed, found, log)
    return attrs.evolve(listed, codes=_split(listed.codes, cells.name, options, log))


def columns_of(cells: Cells, options: Options, log: Log | None = None) -> dict[str, str]:
    """The column that plays each role; a name that differs only by small and capital letters will do, and is told."""
    by_fold: dict[str, list[str]] = {}
    for name in cells.columns:
        by_fold.setdefault(name.casefold(), []).append(name)
    found: dict[str, str] = {}
    asked: dict[str, str] = {}
    for role in (*PLACES, "code"):
        wanted = options.column(role)
        alike = [wanted] if wanted in cells.columns else by_fold.get(wanted.casefold(), [])
        if len(alike) == 1:
            found[role] = alike[0]
        elif wanted != role and not (role == "code" and _numbered(cells, options)):
            asked[role] = wanted
    check_columns(cells.columns, asked, place=cells.name)
    renamed = [name for role, name in found.items() if name != options.column(role)]
    if renamed and log is not None:
        log.tell("note", cells.name, f"columns were taken without regard to capital letters: {listing(renamed)}.")
    return found


def _numbered(cells: Cells, options: Options) -> list[str]:
    """Columns such as ``Code 1``, ``code_2``, ``Code3``."""
    rule = re.compile(re.escape(options.code) + r"[ _.\-]?\d+", re.IGNORECASE)
    return [name for name in cells.columns if rule.fullmatch(name)]


def _place(cells: Cells, found: Mapping[str, str], fixed: Mapping[str, str], log: Log) -> pd.DataFrame:
    """The places of a table with one row per place; what the file's name says must not contradict its columns."""
    columns: dict[str, Any] = {}
    for role in PLACES:
        column = cells.frame[found[role]] if role in found else None
        if column is None:
            columns[role] = pd.Series(fixed.get(role), index=cells.frame.index, dtype="str")
        elif role in fixed:
            other = column.notna() & (column != fixed[role])
            if other.any():
                names = column[other].unique()
                rows = cells.rows[other.to_numpy(dtype=bool)]
                log.fault(
                    f"{cells.name}, {rows_listed(rows, 5)}",
                    f"the file's name says {role} {fixed[role]!r}, "
                    f"column {quoted(found[role])} says {listing(names, 5)}.",
                    f"Correct one; or give a pattern without {{{role}}}.",
                )
            columns[role] = column.fillna(fixed[role])
        else:
            columns[role] = column
    return pd.DataFrame(columns)


def _tell_trimmed(cells: Cells, columns: list[str], log: Log) -> None:
    for column in columns:
        at = cells.trimmed.get(column, ())
        if len(at):
            log.tell(
                "note",
                f"{cells.name}, column {quoted(column)}",
                f"took away white space around {counted(len(at), 'name')}: {rows_listed(cells.rows[at], 5)}.",
            )


def _long(cells: Cells, options: Options, fixed: Mapping[str, str], found: dict[str, str], log: Log) -> Listed:
    given = {*found, *fixed}
    wanted = {role: options.column(role) for role in ("unit", "coder", "code") if role not in given}
    if "document" in given:
        wanted.pop("unit", None)
    hint = "" if "code" in found else _WIDE
    if "coder" in wanted and "code" in found:
        hint = "If the file's name says who coded, give pattern=, such as '{case} ({coder})'."
    if len(wanted) == 3:
        hint = f"If the first row is data, name the columns: header=[...]. {hint}"
    check_columns(cells.columns, wanted, place=cells.name, remedy=hint)
    places = _place(cells, found, fixed, log)
    code = cells.frame[found["code"]]
    if "unit" not in found and "start" not in found:
        places["unit"] = places["document"]
        log.choices["unit of coding"] = "document, as the table has no column of units and no positions"
    _refuse(cells, places["unit"].isna() & places["document"].isna(), "names neither unit nor document.", log)
    _refuse(cells, places["coder"].isna() & code.notna(), "has a code and no coder.", log)
    _check_positions(cells, places, found, log)
    silent = code.isna() & places["memo"].notna()
    if silent.any():
        log.tell(
            "warning",
            cells.name,
            f"left out the memo of {counted(int(silent.sum()), 'row')} without a code: "
            f"{rows_listed(cells.rows[silent.to_numpy(dtype=bool)])}.",
        )
    _tell_trimmed(cells, [found[role] for role in (*_NAMES, "code") if role in found], log)
    extra = cells.frame.drop(columns=list(found.values()))
    return Listed(cells, "long", places, np.arange(len(places)), code.dropna(), extra)


def _refuse(cells: Cells, wrong: pd.Series[bool], what: str, log: Log) -> None:
    for row in cells.rows[wrong.to_numpy(dtype=bool)]:
        log.fault(f"{cells.name}, row {row}", what, "Fill the cell, or drop the row.")


def _check_positions(cells: Cells, places: pd.DataFrame, found: Mapping[str, str], log: Log) -> None:
    numbers = {}
    for role in ("start", "end"):
        text = places[role]
        wrong = text.notna() & ~text.str.fullmatch(r"[0-9]{1,15}").fillna(False).astype(bool)
        for at in np.flatnonzero(wrong.to_numpy(dtype=bool)):
            place = f"{cells.name}, row {cells.rows[at]}, column {quoted(found[role])}"
            log.fault(place, f"{quoted(text.iloc[at])} is no position.", "Positions are whole numbers, counted from 0.")
        numbers[role] = pd.to_numeric(text.where(~wrong))
    start, end = numbers["start"], numbers["end"]
    for at in np.flatnonzero((places["start"].isna() != places["end"].isna()).to_numpy(dtype=bool)):
        log.fault(f"{cells.name}, row {cells.rows[at]}", "has only one of start and end.", "Fill both or none.")
    for at in np.flatnonzero((end < start).to_numpy(dtype=bool)):
        log.fault(
            f"{cells.name}, row {cells.rows[at]}", f"ends at {end.iloc[at]:.0f}, before its start.", "Correct it."
        )


def _unit_column(cells: Cells, found: dict[str, str], others: list[str], log: Log) -> str:
    """The column of units: by its name, or the first column that is nothing else."""
    if "unit" in found:
        return found["unit"]
    free = [name for name in cells.columns if name not in {*found.values(), *others}]
    if not free:
        raise DataError(
            f"no column of units; the columns are {listing(cells.columns)}",
            place=cells.name,
            remedy="Name it: unit='...'.",
        )
    log.choices["units"] = f"named by the first column, {quoted(free[0])}"
    return free[0]


def _wide(cells: Cells, fixed: Mapping[str, str], found: dict[str, str], log: Log) -> Listed:
    if "coder" in fixed or "coder" in found:
        where = f"the column {quoted(found['coder'])}" if "coder" in found else "the file's name"
        raise DataError(
            f"in a wide table the columns are the coders, but {where} names a coder too",
            place=cells.name,
            remedy="Say another layout, or another pattern.",
        )
    found = {role: name for role, name in found.items() if role not in ("start", "end", "memo", "code")}
    found["unit"] = _unit_column(cells, found, [], log)
    coders = [name for name in cells.columns if name not in found.values()]
    if not coders:
        raise DataError("a wide table needs a column for each coder", place=cells.name, remedy="Say another layout.")
    rows = _place(cells, found, fixed, log)
    _refuse(cells, rows["unit"].isna(), "names no unit.", log)
    codes = pd.concat([cells.frame[coder] for coder in coders], ignore_index=True)
    at = np.tile(np.arange(len(rows)), len(coders))
    places = rows.iloc[at].reset_index(drop=True)
    places["coder"] = pd.Series(np.repeat(np.array(coders, dtype=object), len(rows)), dtype="str")
    log.choices["layout"] = f"wide: a column for each of the coders {listing(coders)}"
    _tell_trimmed(cells, [found[role] for role in _NAMES if role in found] + coders, log)
    order = np.argsort(at, kind="stable")
    places = places.iloc[order].reset_index(drop=True)
    codes = codes.iloc[order].reset_index(drop=True)
    return Listed(cells, "wide", places, at[order], codes.dropna(), pd.DataFrame(index=places.index))


def _rows(
    cells: Cells,
    options: Options,
    fixed: Mapping[str, str],
    found: dict[str, str],
    numbered: list[str],
    log: Log,
) -> Listed:
    columns = numbered or [found[role] for role in ("code",) if role in found]
    if not columns:
        check_columns(cells.columns, {"code": f"{options.code} 1"}, place=cells.name, remedy=_WIDE)
    found = {role: name for role, name in found.items() if role not in ("start", "end", "code")}
    if "coder" not in {*found, *fixed}:
        raise DataError(
            f"nothing says who coded: no column {options.coder!r}, and no pattern for the file's name",
            place=cells.name,
            remedy="Give pattern=, such as '{case} ({coder})', or name the column: coder='...'.",
        )
    found["unit"] = _unit_column(cells, found, columns, log)
    rest = [name for name in cells.columns if name not in {*found.values(), *columns}]
    question = None
    if "text" in found:
        question = found["text"] if found["text"].casefold() != "text" else None
    elif len(rest) == 1:
        question = found["text"] = rest.pop()
    places = _place(cells, found, fixed, log)
    applied = cells.frame[columns].to_numpy(dtype=object).ravel()
    codes = pd.Series(applied, index=np.repeat(np.arange(len(places)), len(columns)), dtype="str").dropna()
    _refuse(cells, places["unit"].isna(), "names no unit.", log)
    _refuse(cells, places["coder"].isna() & places.index.isin(codes.index), "has a code and no coder.", log)
    log.choices["layout"] = f"rows: one row per unit, codes in {listing([columns[0], columns[-1]])}"
    _tell_trimmed(cells, [found[role] for role in _NAMES if role in found] + columns, log)
    return Listed(cells, "rows", places, np.arange(len(places)), codes, cells.frame[rest], question)


def _split(codes: pd.Series[str], name: str, options: Options, log: Log) -> pd.Series[str]:
    """Several codes of one cell, apart."""
    if options.separator is not None:
        parts = codes.str.split(options.separator, regex=False).explode().str.strip()
        return parts[parts.str.len() > 0]
    for mark in (";", "|", "\n"):
        several = codes[codes.str.contains(mark, regex=False).astype(bool)]
        if len(several):
            log.tell(
                "note",
                name,
                f"took {counted(len(several), 'cell')} with {mark!r} as one code each, "
                f"such as {quoted(several.iloc[0])}.",
                f"If they are several, say so: read(..., separator={mark!r}).",
            )
            break
    return codes
