"""What cases, documents and coders are compared by: any attribute that the study has of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from expertsys._core.errors import DataError, listing, unknown
from expertsys.study import Study

#: Tables whose columns can group, and the column of a row that leads there.
_TABLES = {"documents": "document", "participants": "participant", "cases": "case", "coders": "coder"}
_NOT_GROUPING = {"documents": {"case", "text"}, "participants": {"case"}}


def attributes(study: Study) -> dict[str, list[str]]:
    """Names by which rows can be grouped, each with the tables that have it."""
    found: dict[str, list[str]] = {"case": [""], "document": [""], "coder": [""]}
    for table in _TABLES:
        for name in getattr(study, table).columns:
            if name not in _NOT_GROUPING.get(table, ()):
                found.setdefault(str(name), []).append(table)
    return found


def grouped(study: Study, rows: pd.DataFrame, name: str, *, place: str) -> pd.Series[Any]:
    """The value of one attribute for each row; what has none is in the group ``(no name)``.

    Parameters
    ----------
    rows : pandas.DataFrame
        With columns ``document, case, coder``.
    name : str
        ``"case"``, ``"document"``, ``"coder"``, or a column of the study's documents, participants, cases or coders;
        ``"participants.age"`` where two of these have a column of that name.
    """
    table, _, column = name.rpartition(".")
    available = attributes(study)
    if table not in _TABLES or column not in getattr(study, table).columns:
        table, column = "", name
        if name not in available:
            raise unknown("attribute", name, list(available), place=place)
        where = available[name]
        if len(where) > 1:
            choices = [f"{one}.{name}" for one in where]
            raise DataError(
                f"{name!r} stands in {len(where)} tables", place=place, remedy=f"Say which: {listing(choices)}."
            )
        table = where[0]
    if not table:
        values = rows[column]
    else:
        key = rows["document"].map(study.documents["participant"]) if table == "participants" else rows[_TABLES[table]]
        values = key.map(getattr(study, table)[column])
    texts = values.astype(object).map(str, na_action="ignore").astype(object)
    return texts.fillna(f"(no {name})").rename(name)


def order(study: Study, values: pd.Series[Any], name: str) -> list[str]:
    """Groups in the order in which the study has them, what has no value last."""
    indexes = {"case": study.cases.index, "document": study.documents.index, "coder": study.coders.index}
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
