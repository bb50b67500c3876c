"""What cases, documents and coders are compared by: any attribute that the study has of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from expertsys._core.errors import DataError, listing, unknown
from expertsys.study import Study

#: Tables whose columns can group, and the column of a row that leads there.
_TABLES = {
    "units": "unit",
    "documents": "document",
    "participants": "participant",
    "cases": "case",
    "coders": "coder",
}
_BASE = ("case", "document", "participant", "coder")
_NOT_GROUPING = {
    "units": {"document", "case", "participant", "start", "end"},
    "documents": {"case", "participant", "text"},
    "participants": {"case"},
}


def attributes(study: Study) -> dict[str, list[str]]:
    """Names by which rows can be grouped, each with the tables that have it.

    A column that no table fills, such as the built-in ``role`` of participants, does not count beside one that is
    filled.
    """
    found: dict[str, list[str]] = {name: [""] for name in _BASE}
    filled: dict[str, list[str]] = {}
    for table in _TABLES:
        frame = getattr(study, table)
        for name in frame.columns:
            if name not in _NOT_GROUPING.get(table, ()) and name not in _BASE:
                found.setdefault(str(name), []).append(table)
                if frame[name].notna().any():
                    filled.setdefault(str(name), []).append(table)
    return {name: filled.get(name, tables) for name, tables in found.items()}


def table_of(study: Study, name: str, *, place: str) -> tuple[str, str]:
    """The table and the column that an attribute's name means; the table is "" for what every row names itself."""
    table, _, column = name.rpartition(".")
    if table in _TABLES and column in getattr(study, table).columns:
        return table, column
    available = attributes(study)
    if name not in available:
        raise unknown("attribute", name, list(available), place=place)
    where = available[name]
    if len(where) > 1:
        choices = [f"{one}.{name}" for one in where]
        raise DataError(
            f"{name!r} is a column of {len(where)} tables", place=place, remedy=f"Say which: {listing(choices)}."
        )
    return where[0], name


def grouped(study: Study, rows: pd.DataFrame, name: str, *, place: str) -> pd.Series[Any]:
    """The value of one attribute for each row; what has none is in the group ``(no name)``.

    Parameters
    ----------
    rows : pandas.DataFrame
        With columns ``document, case, coder`` and, where rows are of units, ``unit``.
    name : str
        ``"case"``, ``"document"``, ``"participant"``, ``"coder"``, or a column of the study's units, documents,
        participants, cases or coders; ``"participants.age"`` where two of these have a column of that name. The
        participant is that of the unit, else that of the document.
    """
    table, column = table_of(study, name, place=place)
    key_name = _TABLES.get(table, column)
    if key_name == "participant":
        key = rows["document"].map(study.documents["participant"])
        if "unit" in rows:
            own = rows["unit"].map(study.units["participant"])
            key = own.where(own.notna(), key)
    elif key_name == "unit" and "unit" not in rows:
        raise DataError(
            f"{name!r} is an attribute of units, and documents are counted",
            place=place,
            remedy="Count units: counting='units'.",
        )
    else:
        key = rows[key_name]
    values = key.map(getattr(study, table)[column]) if table else key
    texts = values.astype(object).map(str, na_action="ignore").astype(object)
    return texts.fillna(f"(no {name})").rename(name)


def order(study: Study, values: pd.Series[Any], name: str) -> list[str]:
    """Groups in the order in which the study has them, what has no value last."""
    indexes = {
        "case": study.cases.index,
        "document": study.documents.index,
        "participant": study.participants.index,
        "coder": study.coders.index,
    }
    present = list(dict.fromkeys(values))
    first = [str(one) for one in indexes.get(name, ())]
    named = [*first, *(one for one in present if one not in set(first))]
    missing = f"(no {name})"
    return [one for one in named if one != missing] + ([missing] if missing in present else [])


def read_units(study: Study) -> pd.DataFrame:
    """Who read which unit: ``unit, document, case, coder``."""
    seen = study.seen
    return seen.assign(document=seen["unit"].map(study.units["document"]))


def read_documents(study: Study) -> pd.DataFrame:
    """Who read which document: ``document, case, coder``; a document that tells of two cases has a row for each."""
    placed = pd.concat([study.units[["document", "case"]], study.codings[["document", "case"]]])
    whole = study.documents[~study.documents.index.isin(placed["document"])].reset_index()[["document", "case"]]
    pairs = pd.concat([placed, whole]).drop_duplicates()
    keys = ["coder", "document"]
    readers = pd.concat([study.assignments[keys], study.codings[keys]]).drop_duplicates()
    return pairs.merge(readers, on="document")
