"""How the tables of a study complete and contradict each other."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from expertsys._core.errors import DataError, Remark, counted, listing, quoted
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
    for names in (codings["unit"], read["unit"]):
        made = tables.complete(tables.UNITS, made, names)
    located = codings.dropna(subset=["unit"]).drop_duplicates(["unit", "document", "case"])
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
    for names in (made["document"], codings["document"], read["document"], divided["document"]):
        documents = tables.complete(tables.DOCUMENTS, documents, names)
    known = _case_of_document(documents, divided, made, codings)
    documents["case"] = _filled(documents["case"], documents.index.to_series(), known)
    parts["documents"] = documents
    for names in (documents["case"], made["case"], codings["case"], parts["participants"]["case"], divided["case"]):
        parts["cases"] = tables.complete(tables.CASES, parts["cases"], names)
    for names in (codings["coder"], read["coder"]):
        parts["coders"] = tables.complete(tables.CODERS, parts["coders"], names)
    for names in (documents["participant"], made["participant"], divided["participant"]):
        parts["participants"] = tables.complete(tables.PARTICIPANTS, parts["participants"], names)


def refuse_faults(parts: dict[str, pd.DataFrame]) -> None:
    """Refuse tables that contradict each other, with every fault located."""
    codings, made = parts["codings"], parts["units"]
    placed = ["unit", "document", "case"]
    both = pd.concat([codings[placed], made.reset_index()[placed]])
    faults = [fault for value in placed[1:] for fault in tables.contradictions(both, "unit", value, "codings")]
    whole = parts["documents"]["text"].str.len().reindex(codings["document"]).set_axis(codings.index)
    lone = codings["start"].isna() != codings["end"].isna()
    backwards = (codings["end"] < codings["start"]).fillna(False)
    beyond = (codings["end"] > whole.astype("Int64")).fillna(False)
    for wrong, what in (
        (lone, "has a start without an end, or an end without a start."),
        (backwards, "ends before it starts."),
        (beyond, "ends behind the end of its document."),
    ):
        faults += [
            Remark("error", f"codings, row {row + 1}", what) for row in codings.index[wrong.to_numpy(dtype=bool)]
        ]
    divided = parts["document_parts"]
    sizes = parts["documents"]["text"].str.len().reindex(divided["document"]).set_axis(divided.index).astype("Int64")
    for wrong, what in (
        (divided["end"] <= divided["start"], "must end behind its start."),
        (divided["end"] > sizes, "ends behind the end of its document."),
    ):
        rows = divided.index[wrong.fillna(False).to_numpy(dtype=bool)]
        faults += [Remark("error", f"document_parts, row {row + 1}", what) for row in rows]
    faults += _of_summaries(parts)
    if faults:
        raise DataError(f"the study has {counted(len(faults), 'fault')}", faults=faults)


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
