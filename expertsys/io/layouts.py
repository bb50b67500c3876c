"""The layouts of a table of codings, each brought to one form: places, and the codes applied there."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, counted, listing, quoted
from expertsys._core.frames import check_columns
from expertsys.io.cells import Cells
from expertsys.io.log import Log, rows_listed
from expertsys.io.options import Layout, Options
from expertsys.io.shapes import (
    ask_indicators,
    ask_which_indicators,
    coder_columns,
    flags,
    indicator_columns,
    nearly_indicators,
    neither_yes_nor_no,
    shared_columns,
    unit_column,
)
from expertsys.io.spelling import MARKS

PLACES = (
    *("unit", "coder", "case", "document", "participant", "start", "end"),
    *("text", "memo", "round", "date"),
)
_NAMES = ("unit", "coder", "case", "document", "participant", "round")
_WIDE = "If each column after the unit is one coder, say so: layout='wide'."
_DECIMAL = r"[+\-]?\d+,\d+"
#: What stands between the names of several coders in one cell.
_BESIDE = re.compile(r"\s*(?:[/,;&+|]|\band\b|\bund\b)\s*")
_ROWS = ("unit", "coder", "case", "document", "participant", "round")
#: Columns that spreadsheets leave blank below the first row of a block.
_BLOCKS = ("case", "document", "participant")


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
    nothing: np.ndarray[Any, np.dtype[np.bool_]] | None = None
    row_is_reading: bool = False
    offered: tuple[str, ...] = ()
    declared: str | None = None


def lay_out(cells: Cells, options: Options, fixed: Mapping[str, str], log: Log, codes: Collection[str] = ()) -> Listed:
    """A table in the form that all layouts share.

    Parameters
    ----------
    fixed : mapping
        What the file's name says: case, coder, document, round.
    codes : collection of str
        The names of a codebook, if one was given.
    """
    found = columns_of(cells, options, log)
    if "coder" in found:
        cells = _coders_apart(cells, found["coder"], log)
    numbered = _numbered(cells, options)
    layout = options.layout or _guessed(cells, options, fixed, found, numbered)
    if layout == "wide":
        listed = _wide(cells, options, fixed, found, codes, log)
    elif layout == "indicators":
        listed = _indicators(cells, options, fixed, found, codes, log)
    elif layout == "rows":
        listed = _rows(cells, options, fixed, found, numbered, log)
    else:
        listed = _long(cells, options, fixed, found, log)
    if layout == "indicators":
        return listed
    return attrs.evolve(listed, codes=_split(listed.codes, cells.name, options, codes, log))


def _coders_apart(cells: Cells, column: str, log: Log) -> Cells:
    """A row for each of several coders that one cell names, such as "AB/CD", where each stands alone elsewhere."""
    names = cells.frame[column]
    alone = {name for name in names.dropna().unique() if not _BESIDE.search(name)}
    parts = {name: [part for part in _BESIDE.split(name) if part] for name in names.dropna().unique()}
    several = {name: found for name, found in parts.items() if len(found) > 1 and alone.issuperset(found)}
    if not several:
        return cells
    rows = names.map(lambda name: several.get(name, [name]))
    joint = names.isin(list(several)).to_numpy(dtype=bool)
    log.tell(
        "note",
        f"{cells.name}, column {quoted(column)}",
        f"took {counted(int(joint.sum()), 'cell')} such as {quoted(next(iter(several)))} as a row of each coder.",
        "If they coded together, give the pair a name of its own.",
    )
    frame = cells.frame.assign(**{column: rows}).explode(column)
    at = frame.index.to_numpy()
    frame = frame.reset_index(drop=True).astype("str")
    first = np.flatnonzero(~pd.Index(at).duplicated())
    trimmed = {label: first[places] for label, places in cells.trimmed.items()}
    return attrs.evolve(cells, frame=frame, rows=cells.rows[at], trimmed=trimmed)


def _guessed(
    cells: Cells, options: Options, fixed: Mapping[str, str], found: Mapping[str, str], numbered: list[str]
) -> Layout:
    """The layout of a table of which it was not said; one whose columns may be codes or coders is refused."""
    if options.coders is not None:
        return "wide"
    if "code" in found:
        return "long"
    if numbered:
        return "rows"
    groups = indicator_columns(cells, _free(cells, found, options))
    if not groups or len(groups[0]) < 2:
        nearly = nearly_indicators(cells, _free(cells, found, options))
        if len(nearly) > 1 and "coder" in {*found, *fixed}:
            raise neither_yes_nor_no(cells, nearly)
        return "long"
    if "coder" not in {*found, *fixed}:
        raise ask_indicators(cells, groups)
    return "indicators"


def _free(cells: Cells, found: Mapping[str, str], options: Options) -> list[str]:
    """The columns that play no role and were not said to be attributes."""
    taken = {*found.values(), *(options.attributes or ())}
    return [name for name in cells.columns if name not in taken]


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
    places = pd.DataFrame(columns)
    for role in _BLOCKS:
        if role in found and places[role].isna().any():
            places[role] = _filled_down(cells, places, role, found[role], log)
    return places


def _filled_down(cells: Cells, places: pd.DataFrame, role: str, header: str, log: Log) -> pd.Series[str]:
    """A column filled downward where it names each block of rows once, as merged cells do; else as it is, and said so.

    It has this shape when its first row is filled, at least a third of its cells are blank, and no name stands twice
    (within the coder, case or document by which the rows are sorted).
    """
    column = places[role]
    blank = column.isna()
    within: pd.Series[Any] = pd.Series("", index=places.index)
    for other in ("coder", *_BLOCKS[: _BLOCKS.index(role)]):
        runs = (places[other] != places[other].shift()) & places[other].notna()
        if places[other].notna().all() and int(runs.sum()) == places[other].nunique():
            within = within + "\0" + places[other]
    starts = ~within.duplicated()
    named = pd.DataFrame({"within": within, "name": column})[~blank]
    if blank.mean() >= 1 / 3 and not blank[starts].any() and not named.duplicated().any():
        log.tell(
            "warning",
            f"{cells.name}, column {quoted(header)}",
            f"filled {counted(int(blank.sum()), 'blank cell')} with the {role} above: the column names each block of "
            "rows once, as merged cells do.",
            f"If blank cells mean that there is no {role}, write a name into them.",
        )
        return column.ffill()
    log.tell(
        "warning",
        f"{cells.name}, column {quoted(header)}",
        f"is blank in {counted(int(blank.sum()), 'row')}, which belong to no {role}: "
        f"{rows_listed(cells.rows[blank.to_numpy(dtype=bool)], 5)}.",
        "Fill the cells if they do.",
    )
    return column


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
    declared = list(extra["reading"].dropna().unique()) if "reading" in extra else []
    state = declared[0] if declared in (["given"], ["assumed"]) else None
    if state is not None:
        extra = extra.drop(columns="reading")
    at = np.arange(len(places))
    return Listed(cells, "long", places, at, code.dropna(), extra, row_is_reading=True, declared=state)


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


def _unit_column(
    cells: Cells,
    found: dict[str, str],
    options: Options,
    others: Collection[str],
    log: Log,
    *,
    coder_apart: bool = False,
) -> str | None:
    """The column of units: by its name, or the one that names the rows; None where there is none.

    Parameters
    ----------
    others : collection of str
        Columns of codes.
    coder_apart : bool
        Whether columns that share values with others are coders, and so not units.
    """
    if "unit" in found:
        return found["unit"]
    free = [name for name in _free(cells, found, options) if name not in others]
    keys = [found[role] for role in _ROWS if role in found]
    apart = shared_columns(cells, free, options.separator) if coder_apart else ()
    name = unit_column(cells, free, keys, apart={*apart, *(options.coders or ())})
    if name is not None:
        where = f"the first column, {quoted(name)}" if free and name == free[0] else f"the column {quoted(name)}"
        log.choices["units"] = f"named by {where}"
    return name


def _require_units(cells: Cells, free: Collection[str]) -> DataError:
    """The error for a table in which no column names the units."""
    texts = [name for name in free if cells.frame[name].notna().all() and cells.frame[name].is_unique]
    by_text = f" Rows with the same words can be one unit: unit={texts[0]!r}." if texts else ""
    return DataError(
        f"no column of units; the columns are {listing(cells.columns)}",
        place=cells.name,
        remedy="Name it: unit='...'. Rows are not matched by their position, since one row more or less would shift "
        f"all others.{by_text}",
    )


def _wide(
    cells: Cells, options: Options, fixed: Mapping[str, str], found: dict[str, str], codes: Collection[str], log: Log
) -> Listed:
    if "coder" in fixed or "coder" in found:
        where = f"the column {quoted(found['coder'])}" if "coder" in found else "the file's name"
        raise DataError(
            f"in a wide table the columns are the coders, but {where} names a coder too",
            place=cells.name,
            remedy="Say another layout, or another pattern. If the columns are codes with 0 and 1: "
            "layout='indicators'.",
        )
    found = {role: name for role, name in found.items() if role not in ("start", "end", "memo", "code")}
    found = {role: name for role, name in found.items() if name not in (options.coders or ())}
    unit = _unit_column(cells, found, options, [], log, coder_apart=True)
    if unit is not None:
        found["unit"] = unit
    elif "document" not in found or cells.frame.duplicated([found[role] for role in _ROWS if role in found]).any():
        raise _require_units(cells, ())
    given = [name for name in cells.columns if name not in found.values()]
    split = coder_columns(
        cells,
        given,
        coders=options.coders,
        attributes=options.attributes,
        codes=codes,
        separator=options.separator,
    )
    coders = split.coders
    if not coders:
        raise DataError("a wide table needs a column for each coder", place=cells.name, remedy="Say another layout.")
    rows = _place(cells, found, fixed, log)
    if unit is None:
        rows["unit"] = rows["document"]
    _refuse(cells, rows["unit"].isna(), "names no unit.", log)
    if split.attributes:
        log.tell(
            "note",
            cells.name,
            f"the coders are {listing(coders)}, whose columns share their values; {listing(split.attributes)} are kept "
            "as attributes.",
            "Otherwise: read(..., layout='wide', coders=[...]).",
        )
    applied = pd.concat([cells.frame[coder] for coder in coders], ignore_index=True)
    at = np.tile(np.arange(len(rows)), len(coders))
    places = rows.iloc[at].reset_index(drop=True)
    places["coder"] = pd.Series(np.repeat(np.array(coders, dtype=object), len(rows)), dtype="str")
    log.choices["layout"] = f"wide: a column for each of the coders {listing(coders)}"
    _tell_trimmed(cells, [found[role] for role in _NAMES if role in found] + coders, log)
    order = np.argsort(at, kind="stable")
    places = places.iloc[order].reset_index(drop=True)
    applied = applied.iloc[order].reset_index(drop=True)
    extra = cells.frame[split.attributes].iloc[at[order]].reset_index(drop=True)
    return Listed(cells, "wide", places, at[order], applied.dropna(), extra)


def _indicators(
    cells: Cells, options: Options, fixed: Mapping[str, str], found: dict[str, str], codes: Collection[str], log: Log
) -> Listed:
    """A table with a column for each code, which says in each row whether it applies."""
    found = {role: name for role, name in found.items() if role not in ("start", "end", "code")}
    if "coder" not in {*found, *fixed}:
        raise DataError(
            f"nothing says who coded: no column {options.coder!r}, and no pattern for the file's name",
            place=cells.name,
            remedy="Give pattern=, such as '{case} ({coder})', or name the column: coder='...'.",
        )
    free = _free(cells, found, options)
    groups = indicator_columns(cells, free)
    if codes:
        groups = [[name for group in groups for name in group if name in codes]] if groups else []
    if nearly := [name for name in nearly_indicators(cells, free) if not codes or name in codes]:
        raise neither_yes_nor_no(cells, nearly)
    if len(groups) > 1:
        raise ask_which_indicators(cells, groups)
    if not groups or not groups[0]:
        raise DataError(
            f"no column says yes or no in each row; the columns are {listing(cells.columns)}",
            place=cells.name,
            remedy="In the layout 'indicators' each code has a column of 0 and 1, TRUE and FALSE, or x and blank.",
        )
    columns = groups[0]
    if "document" not in found or "unit" in found:
        unit = _unit_column(cells, found, options, columns, log)
        if unit is None:
            raise _require_units(cells, [name for name in free if name not in columns])
        found["unit"] = unit
    places = _place(cells, found, fixed, log)
    if "unit" not in found:
        places["unit"] = places["document"]
    _refuse(cells, places["unit"].isna(), "names no unit.", log)
    yes, no = (
        np.column_stack([flags(cells.frame[name])[answer].to_numpy(dtype=bool) for name in columns])
        for answer in (0, 1)
    )
    _refuse(cells, pd.Series(places["coder"].isna().to_numpy() & yes.any(axis=1)), "has a code and no coder.", log)
    answered = yes | no
    coder = places["coder"].fillna("").to_numpy(dtype=object)
    says_no = np.isin(coder, np.unique(coder[no.any(axis=1)].astype(str)))  # who writes 0, says nothing by a blank
    for at in np.flatnonzero(answered.any(axis=1) & ~answered.all(axis=1) & says_no):
        blank = columns[int(np.argmin(answered[at]))]
        log.fault(
            f"{cells.name}, row {cells.rows[at]}, column {quoted(blank)}",
            "is blank, where other cells of the row say yes or no.",
            "Say yes or no. For items that coders could skip: "
            "es.agreement.Ratings.from_long(table.melt(...)), item by item.",
        )
    unread = ~answered.any(axis=1) & says_no
    if unread.any() and options.seen != "listed" and "coder" in found:
        places.loc[unread, "coder"] = None
        log.tell(
            "note",
            cells.name,
            f"took {counted(int(unread.sum()), 'blank row')} of coders who write no elsewhere as not read: "
            f"{rows_listed(cells.rows[unread], 5)}.",
            "If they read them and nothing applied: read(..., seen='listed').",
        )
    row, column = np.nonzero(yes)
    applied = pd.Series(np.array(columns, dtype=object)[column], index=row, dtype="str")
    rest = [name for name in cells.columns if name not in {*found.values(), *columns}]
    log.choices["layout"] = f"indicators: a column for each of {counted(len(columns), 'code')}: {listing(columns, 6)}"
    log.tell(
        "note",
        cells.name,
        f"the columns {listing(columns, 6)} say yes or no in each row and were read as codes.",
        "If some are attributes: read(..., layout='indicators', attributes=[...]).",
    )
    return Listed(
        cells,
        "indicators",
        places,
        np.arange(len(places)),
        applied,
        cells.frame[rest],
        nothing=np.asarray(no.any(axis=1) & ~yes.any(axis=1)),
        row_is_reading="coder" in found,
        offered=tuple(columns),
    )


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
    unit = _unit_column(cells, found, options, columns, log)
    if unit is not None:
        found["unit"] = unit
    elif "document" not in found:
        raise _require_units(cells, [name for name in cells.columns if name not in {*found.values(), *columns}])
    rest = [name for name in cells.columns if name not in {*found.values(), *columns}]
    question = None
    if "text" in found:
        question = found["text"] if found["text"].casefold() != "text" else None
    elif len(rest) == 1 and rest[0] not in (options.attributes or ()) and not _are_numbers(cells.frame[rest[0]]):
        question = found["text"] = rest.pop()
    places = _place(cells, found, fixed, log)
    if unit is None:
        places["unit"] = places["document"]
    applied = cells.frame[columns].to_numpy(dtype=object).ravel()
    codes = pd.Series(applied, index=np.repeat(np.arange(len(places)), len(columns)), dtype="str").dropna()
    _refuse(cells, places["unit"].isna(), "names no unit.", log)
    _refuse(cells, places["coder"].isna() & places.index.isin(codes.index), "has a code and no coder.", log)
    several = f"{len(columns)} columns, {quoted(columns[0])} to {quoted(columns[-1])}"
    log.choices["layout"] = f"rows: one row per unit, codes in {several if len(columns) > 2 else listing(columns)}"
    _tell_trimmed(cells, [found[role] for role in _NAMES if role in found] + columns, log)
    at = np.arange(len(places))
    return Listed(cells, "rows", places, at, codes, cells.frame[rest], question, row_is_reading="coder" in found)


def _are_numbers(column: pd.Series[str]) -> bool:
    """Whether a column holds numbers only, and so no texts."""
    cells = column.dropna()
    return len(cells) > 0 and bool(cells.str.fullmatch(r"[+\-]?\d+(?:[.,]\d+)?").all())


def _split(codes: pd.Series[str], name: str, options: Options, own: Collection[str], log: Log) -> pd.Series[str]:
    """Several codes of one cell, apart: at the separator, or at a usual mark where each part is a code by itself."""
    if options.separator is not None:
        return _parted(codes, options.separator)
    for mark in MARKS:
        joint = codes.str.contains(mark, regex=False).astype(bool) & ~codes.isin(list(own))
        joint &= ~codes.str.fullmatch(_DECIMAL).astype(bool)
        if not joint.any():
            continue
        several, others = codes[joint], codes[~joint]
        parts = _parted(several, mark)
        alone = parts.isin([*own, *others.unique()])
        where, shown = counted(len(several), "cell"), quoted(several.iloc[0])
        if alone.all() and len(parts) > len(several):
            log.tell(
                "note",
                name,
                f"took {where} with {mark!r} as several codes each, such as {shown}, as each part is a code by itself.",
                "If such a cell is one code, give a codebook that has it: read(..., codebook=...).",
            )
            return pd.concat([others, parts]).sort_index(kind="stable")
        if mark != "," or alone.any():
            log.tell(
                "warning" if alone.any() else "note",
                name,
                f"took {where} with {mark!r} as one code each, such as {shown}"
                + (f", of which {quoted(parts[alone].iloc[0])} is a code by itself." if alone.any() else "."),
                f"If they are several, say so: read(..., separator={mark!r}).",
            )
            break
    return codes


def _parted(codes: pd.Series[str], mark: str) -> pd.Series[str]:
    parts = codes.str.split(mark, regex=False).explode().str.strip()
    return parts[parts.str.len() > 0]
