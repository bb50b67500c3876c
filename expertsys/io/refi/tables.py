"""From the view of a project to the tables of a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import pandas as pd

from expertsys._core.errors import counted, quoted
from expertsys.io.log import Log
from expertsys.io.refi.document import Project, text_of
from expertsys.io.refi.view import ATLAS_TI, FIELDS, FIXED, NOBODY, Document, View, column_of
from expertsys.study import Codebook, Provenance, Study, Unmapped

_DRAWN = {
    "PictureSelection": "an area of a picture",
    "PDFSelection": "an area of a PDF",
    "AudioSelection": "a time of a recording",
    "VideoSelection": "a time of a film",
}
_DTYPES = {"Boolean": "boolean", "Integer": "Int64", "Float": "float64"}


def codings_of(view: View) -> pd.DataFrame:
    """One row per coding."""
    found = [applied.columns for applied in view.applied()]
    return pd.DataFrame(
        {
            name: pd.Series(
                list(chain.from_iterable(columns[number] for columns in found)),
                dtype="Int64" if name in ("start", "end") else "str",
            )
            for number, name in enumerate(FIELDS)
        }
    )


def attributes_of(rows: list[dict[str, Any]], order: Iterable[str]) -> dict[str, pd.Series[Any]]:
    """Columns of attributes that have a value: of the type of all their values, or text where they differ."""
    columns: dict[str, pd.Series[Any]] = {}
    held = {name for row in rows for name in row}
    for name in (name for name in dict.fromkeys(order) if name in held):
        cells = [row.get(name) for row in rows]
        kinds = {cell[0] for cell in cells if cell is not None}
        kind = kinds.pop() if len(kinds) == 1 else "Text"
        values = [None if cell is None else value_of(kind, cell[1]) for cell in cells]
        missing: Any = float("nan") if kind == "Float" else None
        filled = [missing if value is None else value for value in values]
        columns[name] = pd.Series(filled, dtype=_DTYPES.get(kind, "str"))
    return columns


def value_of(kind: str, text: str) -> Any:
    """A value of one type from its text in a tidy project."""
    if kind == "Boolean":
        return text in ("true", "1")
    if kind == "Integer":
        return int(text)
    return float(text) if kind == "Float" else text


def documents_of(view: View, documents: Sequence[Document]) -> pd.DataFrame:
    """One row per document."""
    order = [column_of(name, FIXED, kind) for name, kind in view.variables.values()]
    made: dict[str, Any] = {
        name: pd.Series(
            [getattr(document, name if name != "document" else "name") for document in documents], dtype="str"
        )
        for name in ("document", "case", "kind", "text")
    }
    for name, column in attributes_of([document.attributes for document in documents], order).items():
        made[name] = column if name not in made else column.astype("str").where(column.notna(), made[name])
    return pd.DataFrame(made)


def cases_of(view: View) -> pd.DataFrame:
    """One row per case."""
    made = {"case": pd.Series(list(view.cases), dtype="str")}
    return pd.DataFrame(
        {**made, **attributes_of(list(view.case_values.values()), [name for name, _ in view.variables.values()])}
    )


def study_of(view: View, provenance: Provenance, unmapped: Unmapped | None, *, whole: bool = False) -> Study:
    """The study that the project is.

    Parameters
    ----------
    whole : bool
        Whether each document is a unit.
    """
    codings = codings_of(view)
    units = None
    if whole:
        names = [document.name for document in view.documents]
        codings["unit"] = codings["document"]
        units = pd.DataFrame({"unit": names, "document": names})
        provenance = provenance.choosing("unit of coding", "document")
    coded = set(codings["coder"].unique())
    coders = [name for guid, name in view.users.items() if guid not in (ATLAS_TI, NOBODY) or name in coded]
    return Study(
        codings,
        units=units,
        codebook=Codebook(view.codes),
        cases=cases_of(view),
        documents=documents_of(view, view.documents),
        coders=pd.DataFrame({"coder": pd.Series(coders, dtype="str")}),
        provenance=provenance,
        title=view.project.root.get("name", ""),
        unmapped=unmapped,
    )


def tell_view(view: View, log: Log, place: str) -> None:
    """Say what the names hide, and what no table has a place for."""
    project = view.project
    root = project.root
    if ATLAS_TI in view.users:
        log.tell("note", place, "the user 'ATLAS.ti' is the program itself, and a coder only if it coded something.")
    _tell_names(view, log, place)
    categories = sum(code.get("isCodable") == "false" for code in root.iter("Code"))
    if categories:
        log.tell(
            "note",
            f"{place}, codebook",
            f"not to be applied, only to hold others: {counted(categories, 'code')}.",
        )
    if view.apart:
        log.tell(
            "warning",
            f"{place}, cases",
            f"{counted(view.apart, 'document')} of several cases, or in part of one: given none.",
            "Give each document its case: study.documents is filled by read(..., documents=...) of a table.",
        )
    unlinked = [
        name
        for name, case in view.cases.items()
        if case.find("SourceRef") is None and case.find("SelectionRef") is None
    ]
    if unlinked:
        log.tell(
            "warning",
            f"{place}, cases",
            f"{counted(len(unlinked), 'case')} of {len(view.cases):,} without a document: attributes are there, "
            "but not what belongs to them.",
            "Some tools leave it out on exporting; say it with a table of documents and their cases.",
        )
    coded = Counter(_not_text(project))
    for tag, number in coded.items():
        log.tell(
            "note",
            f"{place}, sources",
            f"{counted(number, 'coding')} of {_DRAWN[tag]}, without a place in a text.",
        )
    silent = sum(len(held.guid) - len(set(held.codings.of)) for held in project.selections.values())
    kept = [
        counted(number, what)
        for what, number in (
            ("note", len(project.all("Notes/Note"))),
            ("link", len(project.all("Links/Link"))),
            ("set", len(project.all("Sets/Set"))),
            ("graph", len(project.all("Graphs/Graph"))),
            ("sync point", sum(1 for _ in root.iter("SyncPoint"))),
            ("uncoded selection", silent),
            ("source or case description", _described(project)),
        )
        if number
    ]
    if kept:
        told = "in no table of the study, kept in study.unmapped to be written back"
        log.tell("note", place, f"{', '.join(kept)}: {told}.")


def _described(project: Project) -> int:
    """Sources and cases with a text about them."""
    return sum(
        bool((text_of(one, "Description") or "").strip()) for one in (*project.sources(), *project.all("Cases/Case"))
    )


def _not_text(project: Project) -> list[str]:
    return [tag for tag in _DRAWN for element in project.root.iter(tag) for _ in element.findall("Coding")]


def _tell_names(view: View, log: Log, place: str) -> None:
    root = view.project.root
    for what, elements, names in (
        ("user", root.findall("Users/User"), list(view.users.values())),
        ("code", list(root.iter("Code")), [code.name for code in view.codes]),
        ("case", root.findall("Cases/Case"), list(view.cases)),
    ):
        renamed = [
            (element.get("name", ""), name)
            for element, name in zip(elements, names, strict=False)
            if (element.get("name") or "").strip() != name
        ]
        if renamed:
            shown = ", ".join(f"{quoted(old)} is {quoted(new)}" for old, new in renamed[:3])
            log.tell(
                "note",
                f"{place}, {what}s",
                f"{counted(len(renamed), what)} without a name, or with one that is taken, got another: {shown}.",
            )
    changed = [
        document.name for document in view.documents if document.name != (document.source.get("name") or "").strip()
    ]
    others = [name for name in changed if ": " not in name]
    if others:
        shown = ", ".join(map(repr, others[:3]))
        log.tell(
            "note",
            f"{place}, sources",
            f"{counted(len(others), 'source')} without a name, or with one that is taken, got another: {shown}.",
        )
