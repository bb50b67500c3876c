"""Who read what, as the rows of tables say it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, counted, listing, nearest, quoted, unknown
from expertsys._core.frames import as_text, to_pandas
from expertsys.io.layouts import Listed
from expertsys.io.log import Log, rows_listed
from expertsys.study import Study
from expertsys.study.readings import known_units

LISTED = "listed: a coder read every unit that their table lists"
ROWS = "given: the rows of the table say who read what"
FILLED = "given: each coder has a code, or a word for no code, in every unit of the table"
CODED = "assumed: a coder read the units at which the table has a code of theirs, and no other"
ONE_EACH = "assumed: a coder gave one code to every unit that they read, and did not read the units without one"
#: The column by which a table says that its rows are all the readings, and whether they were given or assumed.
READING = "reading"
DECLARED = {
    "given": "given: by the column 'reading'",
    "assumed": "assumed before the table was written: a coder read the units that it lists under their name",
}
#: A coder without a row that says "read, nothing applied" is expected to have this many before it is noticeable.
_EXPECTED = 3.0
#: Rows from which it is no chance that each coder gave each unit one code.
_ENOUGH = 20
_MOST_REMARKS = 40
_KEYS = ["coder", "unit", "document", "round"]

Flags = npt.NDArray[np.bool_]


def rows_as_readings(
    places: pd.DataFrame,
    codes: pd.Series[str],
    tables: Sequence[Listed],
    seen: str,
    texts: pd.Series[str] | None,
    log: Log,
) -> tuple[pd.DataFrame | None, str]:
    """The readings that tables show, and in words how they show them; None where the study has to assume them.

    A row with a code says that its coder read the unit, and so does one with a word for no code. A blank row says so
    where it names its coder, or where `seen` is "listed" (in a table of texts, only if there is a text). A coder of
    whom no row says that nothing applied, among others of whom rows do, is taken to have read more than they coded.

    Parameters
    ----------
    places : pandas.DataFrame
        Where coders were, with a column `nothing`: whether a word for no code stands there.
    codes : pandas.Series
        The codes applied, indexed by the number of the place.
    seen : {"coded", "listed"}
    texts : pandas.Series or None
        Of each document.
    """
    by_name = places["coder"].notna().to_numpy() & places["document"].notna().to_numpy()
    frame = places.loc[by_name, [*_KEYS, "case", "file", "row"]]
    coded = np.isin(np.arange(len(places)), codes.index.to_numpy())[by_name]
    blank = ~coded & ~places["nothing"].to_numpy(dtype=bool)[by_name]
    named = np.array([table.row_is_reading for table in tables])[frame["file"].to_numpy()]
    bare = blank & ~named & _without_text(frame["document"], texts)
    said = blank & named
    declared = {table.declared for table in tables}
    if None not in declared:
        return frame[_KEYS].drop_duplicates(ignore_index=True), DECLARED[
            "assumed" if "assumed" in declared else "given"
        ]
    read = ~blank | said | (blank & ~bare & (seen == "listed"))
    pairs = frame.loc[coded, _KEYS].drop_duplicates(ignore_index=True)
    silent = _other_than(frame.loc[read & ~coded, _KEYS].drop_duplicates(ignore_index=True), pairs)
    _tell_unread(frame, coded, read, bare, seen, log)
    if len(silent) and said.any() and seen != "listed":
        log.tell(
            "note",
            tables[int(frame["file"].to_numpy()[said][0])].cells.name,
            f"took {counted(int(said.sum()), 'row')} without a code as read by their coder, with nothing applied: "
            f"{rows_listed(frame['row'].to_numpy()[said], 5)}.",
            "If coders did not read these units, leave the rows out.",
        )
    if not len(silent):
        if all(table.layout == "long" for table in tables):
            return _of_codings(pairs, codes, seen, log)
        return (pairs, CODED) if (~read).any() else (pairs, FILLED)
    return _with_others(pd.concat([pairs, silent], ignore_index=True), pairs, silent, seen, log)


def _without_text(documents: pd.Series[str], texts: pd.Series[str] | None) -> Flags:
    """Which places have no text, where others have one: there was nothing to read."""
    if texts is None or texts.isna().all():
        return np.zeros(len(documents), dtype=bool)
    return documents.map(texts).isna().to_numpy(dtype=bool)


def _other_than(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The rows that are not among others."""
    if rows.empty or others.empty:
        return rows
    both = rows.merge(others, how="left", on=_KEYS, indicator="where")
    return both.loc[both["where"] == "left_only", _KEYS].reset_index(drop=True)


def _of_codings(pairs: pd.DataFrame, codes: pd.Series[str], seen: str, log: Log) -> tuple[pd.DataFrame | None, str]:
    """Readings of a long table in which every row has a code."""
    inside = (pairs["unit"].notna() & (pairs["unit"] != pairs["document"])).any()
    if seen == "listed":
        if not inside:
            return pairs, LISTED
        log.tell(
            "warning",
            "who read what",
            "no row of the table is without a code, so that seen='listed' says nothing about units to which a coder "
            "applied none.",
            "Add a row without a code for each unit that a coder read and did not code; or give seen= as a table with "
            "the columns coder and unit.",
        )
    several = len(codes.unique()) > 1 and len(pairs["coder"].unique()) > 1
    if inside and several and len(codes) == len(pairs) >= _ENOUGH and _covered(pairs):
        return pairs, ONE_EACH
    return None, ""


def _covered(pairs: pd.DataFrame) -> bool:
    """Whether in every document some coder coded each unit that anyone coded there."""
    size = pairs.groupby("document")["unit"].nunique()
    most = pairs.groupby(["document", "coder"])["unit"].nunique().groupby(level="document").max()
    return bool((size == most.reindex(size.index)).all())


def coders_without_silence(numbers: pd.Series[int], have: Collection[str], share: float) -> list[str]:
    """The coders of whom no row says that they read and applied nothing, though it would be expected.

    Parameters
    ----------
    numbers : pandas.Series
        In how many readings each coder applied a code.
    have : collection of str
        Coders of whom rows say it.
    share : float
        The share of such rows in the readings of those.
    """
    return [coder for coder in numbers.index if coder not in have and numbers[coder] * share >= _EXPECTED]


def _with_others(
    every: pd.DataFrame, pairs: pd.DataFrame, silent: pd.DataFrame, seen: str, log: Log
) -> tuple[pd.DataFrame, str]:
    """Readings where some rows say "read, nothing applied": the rows, and more for a coder of whom none does."""
    given = LISTED if seen == "listed" else ROWS
    have = set(silent["coder"])
    theirs = every["coder"].isin(have)
    share = len(silent) / int(theirs.sum())
    numbers = pairs["coder"].value_counts()
    lacking = coders_without_silence(numbers, have, share)
    if not lacking:
        return every, given
    alone = every["unit"] == every["document"]
    units = every.loc[alone, ["unit", "document", "round"]].drop_duplicates()
    pieces = [every[~every["coder"].isin(lacking)]]
    for coder in lacking:
        own = every[every["coder"] == coder]
        within = own.loc[~alone[own.index], ["document", "round"]].drop_duplicates()
        others = units[units["round"].isin(own["round"].unique())] if alone[own.index].any() else units.iloc[:0]
        pieces += [own, within.assign(coder=coder), others.assign(coder=coder)]
    table = pd.concat(pieces, ignore_index=True)[_KEYS].astype("str").drop_duplicates(ignore_index=True)
    how = "every unit of each document in which they coded anything"
    if alone.any():
        how = "every unit that anyone read" if alone.all() else f"{how}, and every single unit that anyone read"
    log.tell(
        "warning",
        listing([f"coder {coder}" for coder in lacking], 5),
        f"no row says that they read a unit and applied nothing, as {len(silent):,} rows of others do; they are "
        f"assumed to have read {how}.",
        "If they read only what they coded, or other units, say so: read(..., seen=...) with the columns coder and "
        "unit, or study.with_assignments(table, coder='...').",
    )
    return table, f"assumed for {listing(lacking, 5)} ({how}) and given by the rows of the table for the others"


def _tell_unread(frame: pd.DataFrame, coded: Flags, read: Flags, bare: Flags, seen: str, log: Log) -> None:
    """Say for each case and coder how many of the listed units without a code were taken as not read."""
    if read.all():
        return
    rows = frame[["case", "coder", "unit", "document"]].assign(coded=coded, read=read, bare=bare)
    rows["case"] = rows["case"].fillna("")
    rows["unit"] = rows["unit"].fillna(rows["document"])
    both = rows.groupby(["case", "coder", "unit"], sort=False)[["coded", "read", "bare"]].max()
    both["silent"] = ~both["read"]
    both["bare"] &= both["silent"]
    counts = both.groupby(level=["case", "coder"], sort=False).agg(
        silent=("silent", "sum"), bare=("bare", "sum"), size=("silent", "size")
    )
    counts = counts[counts["silent"] > 0]
    if seen == "listed":
        taken = "as not read: there is nothing to read"
        remedy = "If coders did read them, give who read what as a table: read(..., seen=...)."
    else:
        taken = "as not read by this coder"
        remedy = "If they read them and nothing applied, agreement is overstated: say so with read(..., seen='listed')."
    if len(counts) > _MOST_REMARKS:
        total = int(counts["silent"].sum())
        what = f"took {total:,} listed units without a code {taken}, over {len(counts):,} pairs of case and coder."
        log.tell("warning", "who read what", what, remedy)
        return
    for key, silent, without, size in zip(counts.index, *(counts[name] for name in counts), strict=True):
        where = f"case {quoted(key[0])}, coder {quoted(key[1])}" if key[0] else f"coder {quoted(key[1])}"
        of_these = f" ({without:,} of them without a text)" if without else ""
        of_these = " and without a text" if seen == "listed" else of_these
        what = f"took {silent:,} of {counted(size, 'listed unit')}, without a code{of_these}, {taken}."
        log.tell("warning", where, what, remedy)


def known_readings(seen: Any, study: Study) -> Any:
    """Who read what, as given; a name that the study does not have is an error.

    A coder without a coding may be named: one who read, and applied nothing. A name that comes near to a coder's who is
    not named is taken for a misspelling. Units that stand in no row of the codings may be named in a table.
    """
    if not isinstance(seen, Mapping):
        table = to_pandas(seen)
        if table.index.name in ("unit", "document", "coder"):
            table = table.reset_index()
        if "coder" in table:
            _check_coders(list(as_text(table["coder"]).dropna().unique()), study)
        if "document" in table and "unit" not in table:
            _check_places(list(as_text(table["document"]).dropna().unique()), study.documents.index)
        if "unit" in table and not {"document", "case"} & set(table.columns):
            _refuse_local(known_units(table, study.units.index), study)
        return table
    _check_coders([str(coder) for coder in seen], study)
    for places in seen.values():
        names = [places] if isinstance(places, str) else [str(place) for place in places]
        _check_places(names, study.documents.index.union(study.units.index, sort=False))
    return seen


def _check_coders(named: Sequence[str], study: Study) -> None:
    known = list(study.coders.index)
    unnamed = [coder for coder in known if coder not in named]
    for coder in named:
        if coder not in known and nearest(coder, unnamed) is not None:
            raise unknown("coder", coder, known, place="seen")


def _check_places(named: Sequence[str], known: pd.Index[str]) -> None:
    strange = [name for name in named if name not in known]
    if strange:
        raise unknown("document", strange[0], list(known), place="seen")


def _refuse_local(units: pd.Series[str], study: Study) -> None:
    """Refuse names of units that the study has within several documents or cases."""
    strange = units.dropna()[~units.dropna().isin(study.units.index)]
    if strange.empty:
        return
    ends = "/" + strange.iloc[0]
    within = [name for name in study.units.index if name.endswith(ends)]
    if within:
        raise DataError(
            f"the unit {quoted(strange.iloc[0])} is one of {counted(len(within), 'unit')} in the study: "
            f"{listing(within, 4)}",
            place="seen",
            remedy="Give the columns document or case too.",
        )
