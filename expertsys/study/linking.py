"""How the tables of a study complete and contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from expertsys._core.errors import DataError, Remark, counted, listing, quoted, unknown
from expertsys._core.frames import to_pandas
from expertsys.study import tables


def link(parts: dict[str, pd.DataFrame]) -> None:
    """Fill documents, cases and participants from each other; a unit without a document is its own."""
    codings, made, documents = parts["codings"], parts["units"], parts["documents"]
    if len(parts["document_parts"]):
        own = codings["case"]
        codings["case"] = own.where(own.notna(), _case_of_part(codings, parts["document_parts"]))
    nowhere = codings["unit"].isna() & codings["document"].isna()
    if nowhere.any():
        rows = codings.index[nowhere]
        faults = [Remark("error", f"codings, row {row + 1}", "has neither unit nor document.") for row in rows]
        raise DataError("codings must say where they are", place="codings", remedy="Fill one.", faults=faults)
    read = parts["assignments"]
    made = tables.complete(tables.UNITS, made, codings["unit"], read["unit"])
    located = codings[["unit", "document", "case"]].dropna(subset=["unit"]).drop_duplicates()
    for value in ("document", "case"):
        known = located.dropna(subset=[value]).drop_duplicates("unit").set_index("unit")[value]
        made[value] = _filled(made[value], made.index.to_series(), known)
    if read["unit"].notna().any():
        known = read.dropna(subset=["unit", "document"]).drop_duplicates("unit").set_index("unit")["document"]
        made["document"] = _filled(made["document"], made.index.to_series(), known)
    made["document"] = made["document"].where(made["document"].notna(), made.index.to_series())
    codings["document"] = _filled(codings["document"], codings["unit"], made["document"])
    known = _case_of_document(documents, parts["document_parts"], made, codings)
    made["case"] = _filled(made["case"], made["document"], known)
    speakers = documents["participant"].dropna()
    made["participant"] = _filled(made["participant"], made["document"], speakers)
    codings["case"] = _filled(codings["case"], codings["unit"], made["case"])
    codings["case"] = _filled(codings["case"], codings["document"], known)
    parts["units"] = made


def _case_of_part(codings: pd.DataFrame, parts: pd.DataFrame) -> pd.Series[str]:
    """The case of the one part in which a coding lies, of documents that cases share; missing where there is none."""
    held = parts[parts["case"].notna()]
    here = codings[codings["start"].notna() & codings["end"].notna() & codings["document"].isin(held["document"])]
    places = here[["document", "start", "end"]].assign(row=here.index)
    pairs = places.merge(held, on="document", suffixes=("", "_of_part"))
    inside = (pairs["start_of_part"] <= pairs["start"]) & (pairs["end"] <= pairs["end_of_part"])
    found = pairs[inside.to_numpy(dtype=bool)].drop_duplicates(["row", "case"])
    alone = found[~found["row"].duplicated(keep=False)].set_index("row")["case"]
    return alone.reindex(codings.index).astype("str")


def _case_of_document(documents: pd.DataFrame, divided: pd.DataFrame, *frames: pd.DataFrame) -> pd.Series[str]:
    """The case of each document: as given, else the one that its units and codings name, if it is one.

    A document that cases share in parts has none.
    """
    given = documents["case"].dropna()
    frames = tuple(frame for frame in frames if frame["case"].notna().any())
    if not frames:
        return given
    pairs = pd.concat([frame[["document", "case"]] for frame in frames], ignore_index=True).dropna().drop_duplicates()
    pairs = pairs[~pairs["document"].isin(divided["document"][divided["case"].notna()])]
    found = pairs[~pairs["document"].duplicated(keep=False)].set_index("document")["case"]
    known: pd.Series[str] = pd.concat([given, found.drop(index=list(given.index), errors="ignore")])
    return known


def _filled(column: pd.Series[str], keys: pd.Series[str], known: pd.Series[str]) -> pd.Series[str]:
    """The column, its missing cells looked up by key."""
    if known.empty or column.notna().all() or keys.isna().all():
        return column
    return column.where(column.notna(), keys.map(known).astype("str"))


def complete(parts: dict[str, pd.DataFrame]) -> None:
    """Give every document, case, coder and participant that is named somewhere a row of its own."""
    codings, made, read = parts["codings"], parts["units"], parts["assignments"]
    documents, divided = parts["documents"], parts["document_parts"]
    named = (made["document"], codings["document"], read["document"], divided["document"])
    documents = tables.complete(tables.DOCUMENTS, documents, *named)
    known = _case_of_document(documents, divided, made, codings)
    documents["case"] = _filled(documents["case"], documents.index.to_series(), known)
    parts["documents"] = documents
    for table, names in (
        (tables.CASES, [frame["case"] for frame in (documents, made, codings, parts["participants"], divided)]),
        (tables.CODERS, [codings["coder"], read["coder"]]),
        (tables.PARTICIPANTS, [frame["participant"] for frame in (documents, made, divided)]),
    ):
        parts[table.name] = tables.complete(table, parts[table.name], *names)


def refuse_faults(parts: dict[str, pd.DataFrame]) -> None:
    """Refuse tables that contradict each other, with every fault located."""
    codings, made = parts["codings"], parts["units"]
    placed = ["unit", "document", "case"]
    both = pd.concat([codings[placed], made.reset_index()[placed]])
    faults = [fault for value in placed[1:] for fault in tables.contradictions(both, "unit", value, "codings")]
    faults += _of_positions(codings, parts["documents"]["text"])
    if len(parts["document_parts"]):
        faults += _of_parts(parts["document_parts"], parts["documents"]["text"])
    if len(parts["summaries"]):
        faults += _of_summaries(parts)
    if faults:
        raise DataError(f"the study has {counted(len(faults), 'fault')}", faults=faults)


def _of_positions(codings: pd.DataFrame, texts: pd.Series[str]) -> list[Remark]:
    start, end = codings["start"], codings["end"]
    if start.isna().all() and end.isna().all():
        return []
    length = texts.str.len().reindex(codings["document"]).set_axis(codings.index).astype("Int64")
    return [
        Remark("error", f"codings, row {row + 1}", what)
        for wrong, what in (
            (start.isna() != end.isna(), "has a start without an end, or an end without a start."),
            ((end < start).fillna(False), "ends before it starts."),
            ((end > length).fillna(False), "ends behind the end of its document."),
        )
        for row in codings.index[wrong.to_numpy(dtype=bool)]
    ]


def _of_parts(divided: pd.DataFrame, texts: pd.Series[str]) -> list[Remark]:
    length = texts.str.len().reindex(divided["document"]).set_axis(divided.index).astype("Int64")
    return [
        Remark("error", f"document_parts, row {row + 1}", what)
        for wrong, what in (
            (divided["end"] <= divided["start"], "must end behind its start."),
            (divided["end"] > length, "ends behind the end of its document."),
        )
        for row in divided.index[wrong.fillna(False).to_numpy(dtype=bool)]
    ]


def _of_summaries(parts: dict[str, pd.DataFrame]) -> list[Remark]:
    """A cell of the framework matrix has one summary, and its case exists: a misspelt one must not make a new case."""
    told = parts["summaries"]
    strange = ~told["case"].isin(parts["cases"].index)
    names = listing(parts["cases"].index)
    faults = [
        Remark("error", f"summaries, row {row + 1}", f"no case {quoted(told['case'][row])}; there are: {names}.")
        for row in told.index[strange]
    ]
    twice = told[told.duplicated(["case", "code"])]
    return faults + [
        Remark(
            "error",
            f"summaries, row {row + 1}",
            f"a second summary of {quoted(case)} under {quoted(code)}.",
            "Join them.",
        )
        for row, case, code in zip(twice.index, twice["case"], twice["code"], strict=True)
    ]


def summaries_of(cells: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """Summaries by ``(case, code)`` as a table of them."""
    for cell in cells:
        if isinstance(cell, str) or len(cell) != 2:
            raise DataError(
                f"a summary belongs to a case and a code, not to {cell!r}",
                place="summaries",
                remedy="Write {(case, code): text}.",
            )
    rows = [(*cell, text) for cell, text in cells.items()]
    return pd.DataFrame(rows, columns=["case", "code", "text"], dtype="str")


def overlaid(name: str, known: pd.DataFrame, more: Any) -> pd.DataFrame:
    """A table with the columns of another, whose cells take the place of its own where they are not blank."""
    table = next(table for table in tables.ALL if table.name == name)
    given = to_pandas(more)
    fresh = tables.normalise(table, given)
    strange = fresh.index[known.index.get_indexer(fresh.index) < 0]
    if len(strange):
        raise unknown(str(table.index), strange[0], list(known.index), place=name)
    result = known.copy()
    for column in fresh.columns.intersection(given.columns.map(str), sort=False):
        cells = fresh[column].reindex(known.index)
        result[column] = cells.where(cells.notna(), result[column]) if column in result else cells
    return result
