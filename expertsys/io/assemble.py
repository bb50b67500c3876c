"""From tables in their common form to one Study."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, counted, listing, quoted, unknown
from expertsys._core.frames import as_text, to_pandas
from expertsys.io.layouts import PLACES, Listed
from expertsys.io.levels import codebook_of_paths
from expertsys.io.log import Log, located, rows_listed
from expertsys.io.options import Options
from expertsys.study import Codebook, Study
from expertsys.study.readings import SEEN

LISTED = "listed: a coder saw every document that their table lists"
_MOST_REMARKS = 40
_FIELDS = ("kind", "date")
_ROW = re.compile(r"codings, row (\d+)(.*)")


@attrs.frozen(eq=False)
class Joined:
    """All tables together: places, the codes applied there, further columns."""

    places: pd.DataFrame
    codes: pd.Series[str]
    extra: pd.DataFrame


def assemble(
    tables: Sequence[Listed],
    options: Options,
    log: Log,
    *,
    named: Sequence[str],
    codebook: Codebook | None,
    documents: Any,
    title: str,
) -> Study:
    """One study of all tables.

    Parameters
    ----------
    named : sequence of str
        What the files' names said, such as ``"case"``: units are then local to their file.
    """
    joined = _join(tables)
    _qualify(joined.places, tables, named, log)
    places = joined.places
    places["document"] = places["document"].fillna(places["unit"])
    held = _documents(joined, tables, log)
    codings, origin = _codings(joined, tables, log)
    units = places.dropna(subset=["unit"]).drop_duplicates("unit")[["unit", "document", "case"]]
    listed = places[["coder", "document"]].dropna().drop_duplicates()
    coders = pd.DataFrame({"coder": listed["coder"].unique()})
    cases = _cases(tables, log)
    seen = options.seen
    assignments = None
    if isinstance(seen, str) and seen != "all":
        read = _tell_silent(places, codings, listed, held.get("text"), seen, log)
        if seen == "listed":
            assignments = read
            log.choices[SEEN] = LISTED
    book = codebook if codebook is not None else _codebook(codings, options, log)
    log.refuse("read")
    held = held if documents is None else _with_documents(held, documents)
    file = tables[0].cells.name if len(tables) == 1 else title or "source"

    def place(told: str) -> str:
        row = _ROW.fullmatch(told)
        if row:
            return _place(tables, places, origin[int(row[1]) - 1]) + row[2]
        return f"{file}, {told}" if told.startswith(("codings", "units")) else told

    with located(file, place):
        study = Study(
            codings,
            codebook=book,
            units=units if len(units) else None,
            cases=cases,
            documents=held,
            coders=coders,
            assignments=assignments,
            provenance=log.provenance(),
            title=title,
        )
    if isinstance(seen, str):
        return study.with_assignments("all") if seen == "all" else study
    return study.with_assignments(known_pairs(seen, study))


def _join(tables: Sequence[Listed]) -> Joined:
    starts = np.cumsum([0, *(len(table.places) for table in tables)])
    places, codes, extra = [], [], []
    for number, (table, start) in enumerate(zip(tables, starts, strict=False)):
        places.append(table.places.assign(file=number, row=table.cells.rows[table.at]))
        codes.append(table.codes.set_axis(table.codes.index + start))
        extra.append(table.extra)
    return Joined(
        pd.concat(places, ignore_index=True), pd.concat(codes).astype("str"), pd.concat(extra, ignore_index=True)
    )


def _qualify(places: pd.DataFrame, tables: Sequence[Listed], named: Sequence[str], log: Log) -> None:
    """Put the case, or the document, before the names of units that are only unique within it."""
    for field in ("document", "case"):
        pairs = places[["unit", field]].dropna().drop_duplicates()
        if pairs[field].nunique() < 2:
            continue
        twice = pairs["unit"].duplicated()
        if not twice.any() and field not in named:
            continue
        apart = places["unit"].notna() & places[field].notna()
        if field == "case" and any(table.layout == "rows" for table in tables):
            places["participant"] = places["participant"].fillna(
                places["unit"].where(apart & places["document"].isna())
            )
        places["unit"] = places["unit"].where(~apart, places[field] + "/" + places["unit"])
        log.choices["unit names"] = f"{field}/unit"
        why = f"Names repeated in another {field}: {int(twice.sum()):,}."
        example = places["unit"][apart].iloc[0]
        log.tell("note", "units", f"named units with their {field}, such as {quoted(example)}. {why}")


def _place(tables: Sequence[Listed], places: pd.DataFrame, at: Any) -> str:
    """The file and the row of a place."""
    return f"{tables[int(places['file'].iloc[at])].cells.name}, row {places['row'].iloc[at]}"


def _codings(joined: Joined, tables: Sequence[Listed], log: Log) -> tuple[pd.DataFrame, pd.Index[int]]:
    """One row per code applied, and the place of each.

    In tables with one row per unit a code counts once for a unit and coder.
    """
    roles = [role for role in PLACES if role != "participant"]
    places = joined.places
    codings = places[roles].iloc[joined.codes.index].assign(code=joined.codes.to_numpy())
    file = places["file"].to_numpy()[joined.codes.index]
    sets = np.array([table.layout != "long" for table in tables])[file]
    if sets.any():
        codings.loc[sets, ["text", "date"]] = None
        again = codings.duplicated(["unit", "coder", "code", "round"]).to_numpy() & sets
        if again.any():
            rows = joined.codes.index[again]
            log.tell(
                "note",
                _place(tables, places, rows[0]),
                f"counted {counted(int(again.sum()), 'code')} once that the same coder gave the same unit again.",
            )
            codings = codings[~again]
    return codings.reset_index(drop=True), codings.index


def _documents(joined: Joined, tables: Sequence[Listed], log: Log) -> pd.DataFrame:
    """Every listed document, with its case, participant, text and further columns."""
    places = joined.places
    held = places[["document"]].drop_duplicates().set_index("document")
    for role in ("case", "participant"):
        known = places[["document", role]].dropna().drop_duplicates("document").set_index("document")[role]
        held[role] = known.reindex(held.index)
    sets = np.array([table.layout != "long" for table in tables])[places["file"].to_numpy()]
    held["text"] = _texts(places[sets], tables, log).reindex(held.index)
    own = places[(places["unit"] == places["document"]) & ~sets]
    if len(own) and places["start"].isna().all():
        texts = own[["document", "text"]].dropna().drop_duplicates()
        if not texts["document"].duplicated().any():
            held["text"] = held["text"].fillna(texts.set_index("document")["text"].reindex(held.index))
    for role in ("date",):
        dates = places.loc[sets, ["document", role]].dropna().drop_duplicates("document").set_index("document")[role]
        held[role] = dates.reindex(held.index)
    for column in joined.extra.columns:
        _attribute(held, str(column), places, joined.extra[column], log)
    return held.dropna(axis=1, how="all")


def _texts(places: pd.DataFrame, tables: Sequence[Listed], log: Log) -> pd.Series[str]:
    """The text of each document: several rows of one table joined, the first table's where tables differ."""
    rows = places.dropna(subset=["unit"]).drop_duplicates(["file", "row"])
    wide = np.array([table.layout == "wide" for table in tables])[rows["file"].to_numpy()]
    doubled = rows[rows.assign(coder=rows["coder"].mask(wide)).duplicated(["file", "unit", "coder", "round"])]
    for file in sorted(doubled["file"].unique().tolist()):
        group = doubled[doubled["file"] == file]
        log.tell(
            "warning",
            tables[file].cells.name,
            f"took {counted(group['unit'].nunique(), 'unit')} with several rows ({rows_listed(group['row'])}) "
            f"as one each, its codes together and its texts joined: {listing(group['unit'].unique(), 5)}.",
            "If they are different units, give them different names.",
        )
    texts = rows[["file", "document", "text"]].dropna().drop_duplicates()
    several = texts.duplicated(["file", "document"], keep=False)
    joined = texts[~several]
    if several.any():
        together = texts[several].groupby(["file", "document"], sort=False)["text"].agg("\n\n".join).reset_index()
        joined = pd.concat([joined, together]).sort_values("file", kind="stable")
    differ = joined[["document", "text"]].drop_duplicates()
    other = differ["document"][differ["document"].duplicated()].unique()
    if len(other):
        log.tell(
            "warning",
            "texts",
            f"kept the first table's text of {counted(len(other), 'unit')} that tables differ on: {listing(other, 5)}.",
            "Look whether the column is the unit's text, or the coder's own remarks: text='...' names the right one.",
        )
    return joined.drop_duplicates("document").set_index("document")["text"]


def _attribute(held: pd.DataFrame, column: str, places: pd.DataFrame, cells: pd.Series[str], log: Log) -> None:
    """A further column: an attribute of documents, or one for each coder where it differs by coder."""
    rows = pd.DataFrame({"document": places["document"], "coder": places["coder"], "cell": cells}).dropna(
        subset=["cell"]
    )
    distinct = rows[["document", "cell"]].drop_duplicates()
    name = column if column in _FIELDS or column not in held else f"{column} (column)"
    if not distinct["document"].duplicated().any():
        held[name] = distinct.set_index("document")["cell"].reindex(held.index)
        return
    distinct = rows.dropna(subset=["coder"]).drop_duplicates()
    if len(distinct) and not distinct.duplicated(["document", "coder"]).any() and distinct["coder"].nunique() <= 12:
        for coder, group in distinct.groupby("coder", sort=False):
            held[f"{name} ({coder})"] = group.set_index("document")["cell"].reindex(held.index)
        log.tell(
            "note",
            f"column {quoted(column)}",
            "differs between coders; it is kept as one attribute of documents for each.",
        )
        return
    log.tell(
        "warning",
        f"column {quoted(column)}",
        "differs between rows of the same unit and is not kept.",
        "If it is one of the columns that a study has, name it by keyword, such as memo='...'.",
    )


def _cases(tables: Sequence[Listed], log: Log) -> pd.DataFrame | None:
    """The question of each case, where the header of the texts is one."""
    questions: dict[str, str] = {}
    alone: list[str] = []
    for table in tables:
        if table.question is None:
            continue
        cases = table.places["case"].dropna().unique()
        alone += [] if len(cases) else [table.question]
        for case in cases:
            if questions.setdefault(case, table.question) != table.question:
                log.tell(
                    "warning",
                    table.cells.name,
                    f"the texts of case {quoted(case)} have another header than in an earlier file; the first is kept.",
                    "Look whether the file belongs to this case.",
                )
    if alone:
        log.choices["question"] = "; ".join(dict.fromkeys(alone))
    if not questions:
        return None
    return pd.DataFrame({"case": list(questions), "question": list(questions.values())})


def _codebook(codings: pd.DataFrame, options: Options, log: Log) -> Codebook:
    mark = options.hierarchy
    names = list(codings["code"].unique())
    if mark and any(mark in name for name in names):
        log.choices["sub-codes"] = f"a code 'a{mark}b' is below the code 'a'"
    return codebook_of_paths(names, mark, options.limits)


def _tell_silent(
    places: pd.DataFrame,
    codings: pd.DataFrame,
    listed: pd.DataFrame,
    texts: pd.Series[str] | None,
    seen: str,
    log: Log,
) -> pd.DataFrame:
    """Say how the listed documents without a code were taken, per case and coder.

    Gives the pairs of coder and document that were read if listed ones were: without a code, and in a table of texts
    without a text, there was nothing to read.
    """
    coded = codings[["coder", "document"]].drop_duplicates()
    both = listed.merge(coded, how="left", on=["coder", "document"], indicator="where")
    case = places.drop_duplicates("document").set_index("document")["case"]
    both["case"] = both["document"].map(case).fillna("")
    both["silent"] = both["where"] == "left_only"
    with_texts = texts is not None and bool(texts.notna().any())
    bare = both["document"].map(texts).isna() if texts is not None and with_texts else False
    both["bare"] = both["silent"] & bare
    read = both.loc[~both["bare"], ["coder", "document"]].reset_index(drop=True)
    counts = both.groupby(["case", "coder"], sort=False).agg(
        silent=("silent", "sum"), bare=("bare", "sum"), size=("silent", "size")
    )
    counts = counts[counts["silent"] > 0]
    if seen == "listed":
        counts = counts[counts["bare"] > 0].assign(silent=lambda table: table["bare"])
        taken = "as not seen: there is nothing to read"
        remedy = "If coders did read them, give who saw what as a table: read(..., seen=...)."
    else:
        taken = "as not seen by this coder"
        remedy = "If they read them and nothing applied, agreement is overstated: say so with read(..., seen='listed')."
    if len(counts) > _MOST_REMARKS:
        total = int(counts["silent"].sum())
        what = f"took {total:,} listed units without a code {taken}, over {len(counts):,} pairs of case and coder."
        log.tell("warning", "who saw what", what, remedy)
        return read
    for key, silent, bare, size in zip(counts.index, *(counts[name] for name in counts), strict=True):
        where = f"case {quoted(key[0])}, coder {quoted(key[1])}" if key[0] else f"coder {quoted(key[1])}"
        of_these = f" ({bare:,} of them without a text)" if bare else ""
        of_these = " and without a text" if seen == "listed" else of_these
        what = f"took {silent:,} of {counted(size, 'listed unit')}, without a code{of_these}, {taken}."
        log.tell("warning", where, what, remedy)
    return read


def _with_documents(held: pd.DataFrame, given: Any) -> pd.DataFrame:
    """Documents as read, overlaid and extended by a table of documents."""
    table = to_pandas(given)
    if table.index.name != "document":
        if "document" not in table.columns:
            raise DataError(
                f"no column 'document'; the columns are {listing(table.columns)}",
                place="documents",
                remedy="Name it so.",
            )
        table = table.set_index("document")
    table = table.set_axis(as_text(table.index.to_series()).array, axis=0).rename_axis("document")
    if (held.index.get_indexer(table.index) < 0).all():
        raise DataError(
            f"none of {listing(table.index, 5)} occurs in the codings; there are {listing(held.index, 5)}",
            place="documents",
            remedy="Name documents alike in both.",
        )
    every = held.index.append(table.index.difference(held.index, sort=False))
    result = held.reindex(every)
    for column in table.columns:
        fresh = table[column].reindex(every)
        result[column] = fresh.where(fresh.notna(), result[column]) if column in result else fresh
    return result.rename_axis("document")


def known_pairs(seen: Any, study: Study) -> Any:
    """Who saw what, as given; a name that the study does not have is an error."""
    if isinstance(seen, Mapping):
        pairs = pd.DataFrame(
            [(coder, name) for coder, names in seen.items() for name in names], columns=["coder", "document"]
        )
    else:
        pairs = to_pandas(seen)
    for kind, known in (("coder", study.coders.index), ("document", study.documents.index)):
        if kind in pairs:
            strange = as_text(pairs[kind]).dropna()
            strange = strange[~strange.isin(known)]
            if len(strange):
                raise unknown(kind, strange.iloc[0], list(known), place="seen")
    return pairs
