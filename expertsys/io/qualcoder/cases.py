"""Cases and attributes, and the case of each document or coding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from expertsys._core.errors import counted, listing, quoted
from expertsys.io.positions import RawText
from expertsys.io.project import Project
from expertsys.io.qualcoder.rows import rows, text_of
from expertsys.io.safe_sqlite import Database

_OF_CASES = {"memo", "case"}
_OF_DOCUMENTS = {"memo", "case", "kind", "date", "text", "participant", "document"}


def read_cases(database: Database, project: Project) -> dict[Any, str]:
    """Cases by their number."""
    cases: dict[Any, str] = {}
    for number, name, memo in rows(database, "cases", "caseid", "name", "memo", order="caseid"):
        cases[number] = text_of(name).strip() or f"case {number}"
        project.cases[cases[number]] = {"memo": text_of(memo) or None}
    return cases


def read_attributes(database: Database, project: Project, owners: dict[str, dict[Any, str]]) -> None:
    """Attributes of cases and files; `owners` are their names, by what QualCoder calls them and by number."""
    kinds = {text_of(name): text_of(kind) for name, kind in rows(database, "attribute_type", "name", "valuetype")}
    found: dict[tuple[str, str], dict[str, str]] = {}
    for name, of, value, number in rows(database, "attribute", "name", "attr_type", "value", "id", order="attrid"):
        owner = owners.get(text_of(of), {}).get(number)
        if owner is not None and text_of(value):
            found.setdefault((text_of(of), text_of(name)), {})[owner] = text_of(value)
    for (of, name), values in found.items():
        table, taken = (project.cases, _OF_CASES) if of == "case" else (project.documents, _OF_DOCUMENTS)
        label = f"{name} (attribute)" if name in taken else name
        numbers = _numbers(values.values()) if kinds.get(name) == "numeric" else None
        for at, (owner, value) in enumerate(values.items()):
            table[owner][label] = value if numbers is None else numbers[at]


def _numbers(values: Iterable[str]) -> list[float] | None:
    """Numbers, if all are."""
    try:
        return [float(value) for value in values]
    except ValueError:
        return None


class _Part(NamedTuple):
    """The stretch of a document that belongs to a case."""

    case: str
    start: float
    end: float


def assign_cases(database: Database, project: Project, names: dict[Any, str], cases: dict[Any, str]) -> None:
    """The case of each document; where cases share a document, or have a part of it, that of each coding."""
    parts: dict[str, list[_Part]] = {}
    for case, source, start, end in rows(database, "case_text", "caseid", "fid", "pos0", "pos1", order="id"):
        if case in cases and source in names:
            document = names[source]
            parts.setdefault(document, []).append(_part(cases[case], start, end, project.texts.get(document)))
    coded: dict[str, list[int]] = {}
    for at, row in enumerate(project.applied):
        coded.setdefault(row.document, []).append(at)
    for document, held in parts.items():
        _by_part(project, document, held, coded.get(document, []))


def _part(case: str, start: Any, end: Any, text: RawText | None) -> _Part:
    """A stretch without an end is the whole document."""
    known = isinstance(start, int) and isinstance(end, int) and start < end and text is not None
    if not known or (start <= 0 and text is not None and end >= len(text.text)):
        return _Part(case, 0, float("inf"))
    return _Part(case, start, end)


def _by_part(project: Project, document: str, held: list[_Part], coded: list[int]) -> None:
    """Give the document its case, or where cases share it, each coding that in whose part it lies."""
    given: list[str | None] = []
    for at in coded:
        start, end = project.applied[at].start or 0, project.applied[at].end or 0
        around = {part.case for part in held if part.start <= start and end <= part.end}
        given.append(around.pop() if len(around) == 1 else None)
    named = list(dict.fromkeys(part.case for part in held))
    apart = given.count(None)
    if len(named) == 1 and not apart:
        project.documents[document]["case"] = named[0]
        return
    size = len(project.texts[document].text) if document in project.texts else 0
    for part in held:
        if size:
            end = int(min(part.end, size))
            project.parts.append({"document": document, "start": int(part.start), "end": end, "case": part.case})
    for at, case in zip(coded, given, strict=True):
        project.applied[at] = project.applied[at]._replace(case=case)
    whose = "the cases " if len(named) > 1 else ""
    rest = f"; {counted(apart, 'coding')} of {len(coded):,} in the part of no one case have none" if apart else ""
    project.log.tell(
        "warning" if apart else "note",
        f"document {quoted(document)}",
        f"belongs in parts to {whose}{listing(named, 5)}: each coding and each unit has the case in whose part it lies"
        f"{rest}.",
    )
