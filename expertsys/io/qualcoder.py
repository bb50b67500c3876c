"""QualCoder: the SQLite database of a project, in its folder or alone."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from expertsys._core.errors import DataError, listing, quoted
from expertsys.io.limits import Limits, beyond
from expertsys.io.log import counted
from expertsys.io.options import Options
from expertsys.io.project import Applied, Project
from expertsys.io.registry import FOLDER, Format, Kept
from expertsys.io.safe_sqlite import MAGIC, Database, open_sqlite
from expertsys.study import Code, Codebook, Source, Study, Unmapped

_FILE = "data.qda"
_KNOWN = (
    *("project", "source", "code_name", "code_cat", "code_text", "code_image", "code_av", "annotation"),
    *("attribute_type", "attribute", "cases", "case_text", "journal"),
)
_NEEDED = ("source", "code_name", "code_text")
_OTHERS = {
    "code_image": "picture coding",
    "code_av": "audio or video coding",
    "annotation": "annotation",
    "journal": "journal note",
}
_OLDEST, _NEWEST = 8, 16
_KINDS = {"images": "picture", "audio": "audio", "video": "video"}


def _recognises(path: Path, head: bytes) -> bool:
    return (path / _FILE).is_file() if path.is_dir() else head.startswith(MAGIC)


def read_study(path: Path, options: Options) -> Study:
    """The project's texts, codes, codings, cases and attributes."""
    file = path / _FILE if path.is_dir() else path
    folder = path if path.is_dir() else path.resolve().parent
    name = folder.resolve().name if folder.suffix.lower() == ".qda" else path.name
    with open_sqlite(file, _KNOWN, options.limits) as database:
        absent = [table for table in _NEEDED if table not in database.tables]
        if absent:
            raise DataError(
                f"the database has no table {listing(absent)}",
                place=name,
                remedy="It is no project of QualCoder. One of Taguette is named .sqlite3.",
            )
        project = Project(name, where=lambda row: f"{name}, code_text, ctid {row}")
        _version(database, project)
        names = _documents(database, project)
        _cases(database, project, names)
        codes, book = _codebook(database, project)
        _codings(database, project, names, codes)
        unmapped = _others(database, project)
    project.log.sources.append(Source.of_file(name, file, len(project.applied)))
    return project.study(options, codebook=book, unmapped=unmapped)


def _rows(database: Database, table: str, *columns: str, order: str = "") -> Iterator[tuple[Any, ...]]:
    """Rows of a table that may be absent; columns that it lacks are None."""
    there = database.columns.get(table, ())
    kept = [column for column in columns if column in there]
    if not kept:
        return
    if len(kept) == len(columns):
        yield from database.rows(table, kept, order=[order] if order in there else ())
        return
    where = [kept.index(column) if column in kept else None for column in columns]
    for row in database.rows(table, kept, order=[order] if order in there else ()):
        yield tuple(None if at is None else row[at] for at in where)


def _iso(date: Any) -> str:
    """A date and time as the standard writes them; QualCoder keeps local time and no zone."""
    text = _text(date)
    return f"{text[:10]}T{text[11:]}" if text[4:5] == text[7:8] == "-" and text[10:11] == " " else text


def _text(cell: Any) -> str:
    """A cell as text; SQLite lets any column hold anything."""
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    return "" if cell is None else str(cell)


def _version(database: Database, project: Project) -> None:
    told = next((_text(row[0]) for row in _rows(database, "project", "databaseversion")), "")
    number = re.sub(r"\D", "", told)
    if not number or not _OLDEST <= int(number[:6]) <= _NEWEST:
        project.log.tell(
            "warning",
            project.name,
            f"the database is of version {told or 'unknown'}; versions {_OLDEST} to {_NEWEST} are known.",
            "Look through what was read, or open the project in QualCoder first, which brings it up to date.",
        )
    project.log.choices["database version"] = told


def _documents(database: Database, project: Project) -> dict[Any, str]:
    """Sources by their number; positions count over the text as it stands in the database."""
    names: dict[Any, str] = {}
    columns = ("id", "name", "fulltext", "mediapath", "memo")
    for number, name, text, media, memo in _rows(database, "source", *columns, order="id"):
        label = _text(name).strip() or f"source {number}"
        if label in project.documents:
            project.log.fault(
                f"{project.name}, source, id {number}", f"the name {quoted(label)} is taken.", "Rename one."
            )
        names[number] = label
        kind = _KINDS.get(re.split(r"[/:]", _text(media).strip("/"))[0])
        whole = _text(text) if text is not None and (kind is None or text) else None
        project.add(label, whole, kind=kind, memo=_text(memo) or None)
    return names


def _cases(database: Database, project: Project, names: dict[Any, str]) -> None:
    """Cases with their attributes, and the case of each document, where it is one."""
    cases: dict[Any, str] = {}
    for number, name, memo in _rows(database, "cases", "caseid", "name", "memo", order="caseid"):
        cases[number] = _text(name).strip() or f"case {number}"
        project.cases[cases[number]] = {"memo": _text(memo) or None}
    kinds = {_text(name): _text(kind) for name, kind in _rows(database, "attribute_type", "name", "valuetype")}
    numeric: dict[tuple[str, str], dict[str, str]] = {}
    for name, of, value, number in _rows(database, "attribute", "name", "attr_type", "value", "id", order="attrid"):
        group = "case" if of == "case" else "file"
        owner = (cases if group == "case" else names).get(number)
        if owner is not None and _text(value):
            numeric.setdefault((group, _text(name)), {})[owner] = _text(value)
    for (group, name), values in numeric.items():
        rows = project.cases if group == "case" else project.documents
        known = (
            {"memo", "case"} if group == "case" else {"memo", "case", "kind", "date", "text", "participant", "document"}
        )
        label = f"{name} (attribute)" if name in known else name
        numbers = _numbers(values.values()) if kinds.get(name) == "numeric" else None
        for at, (owner, value) in enumerate(values.items()):
            rows[owner][label] = value if numbers is None else numbers[at]
    _assign(database, project, names, cases)


def _assign(database: Database, project: Project, names: dict[Any, str], cases: dict[Any, str]) -> None:
    """The case of each document; a document that several cases share stretches of is of none."""
    within: dict[str, dict[str, None]] = {}
    for case, source in _rows(database, "case_text", "caseid", "fid", order="id"):
        if case in cases and source in names:
            within.setdefault(names[source], {})[cases[case]] = None
    for document, found in within.items():
        if len(found) == 1:
            project.documents[document]["case"] = next(iter(found))
        else:
            project.log.tell(
                "warning",
                f"document {quoted(document)}",
                f"belongs to several cases in parts ({listing(found, 5)}); its codings were given none.",
                "Split the document, one for each case, if cases are to be compared.",
            )


def _numbers(values: Iterable[str]) -> list[float] | None:
    """Numbers, if all are."""
    try:
        return [float(value) for value in values]
    except ValueError:
        return None


def _codebook(database: Database, project: Project) -> tuple[dict[Any, str], Codebook]:
    """Categories as the parents of their codes; a name that stands for both a category and a code gets its path."""
    categories = {
        number: (_text(name).strip() or f"category {number}", above, _text(memo))
        for number, name, memo, above in _rows(
            database, "code_cat", "catid", "name", "memo", "supercatid", order="catid"
        )
    }
    rows = list(_rows(database, "code_name", "cid", "name", "memo", "catid", "color", "supercid", order="cid"))
    plain = {row[0]: _text(row[1]).strip() or f"code {row[0]}" for row in rows}
    taken = Counter([*(name for name, _, _ in categories.values()), *plain.values()])
    labels = {number: name if taken[name] == 1 else f"{name} (category)" for number, (name, _, _) in categories.items()}
    codes = []
    circling = _circling({number: row[1] for number, row in categories.items()})
    for number, (_, above, memo) in categories.items():
        parent = labels.get(above) if number not in circling else None
        codes.append(Code(labels[number], parent=parent, definition=memo.strip()))
    doubled = [name for name, times in Counter(labels.values()).items() if times > 1]
    doubled += [name for name, times in Counter(plain.values()).items() if times > 1]
    if doubled:
        project.log.fault(project.name, f"codes of the same name: {listing(doubled)}.", "Rename one of each.")
        project.log.refuse(project.name)
    circling = _circling({row[0]: row[5] for row in rows})
    for number, _, memo, category, colour, above in rows:
        parent = plain.get(above) if above is not None and number not in circling else labels.get(category)
        codes.append(Code(plain[number], parent=parent, definition=_text(memo).strip(), colour=_text(colour)))
    if categories:
        project.log.choices["categories"] = "codes of their own, above their codes; they are never applied"
    return plain, Codebook(_as_tree(codes, project.name, database.limits))


def _as_tree(codes: list[Code], place: str, limits: Limits) -> Iterator[Code]:
    """Each code followed by those below it, as the program shows them."""
    below: dict[str | None, list[Code]] = {}
    for code in codes:
        below.setdefault(code.parent, []).append(code)
    waiting = [(1, code) for code in below.get(None, [])[::-1]]
    while waiting:
        depth, code = waiting.pop()
        if depth > limits.depth:
            raise beyond(
                f"{place}, code {quoted(code.name)}",
                f"codes are nested more than {limits.depth:,} deep",
                "depth",
                limits.depth,
            )
        yield code
        waiting += [(depth + 1, inner) for inner in below.get(code.name, [])[::-1]]


def _circling(above: dict[Any, Any]) -> set[Any]:
    """The rows from which going up never ends."""
    endless: dict[Any, bool] = {}
    for start in above:
        path: dict[Any, None] = {}
        at = start
        while at is not None and at in above and at not in endless and at not in path:
            path[at] = None
            at = above[at]
        endless.update(dict.fromkeys(path, at in path or endless.get(at, False)))
    return {row for row, never in endless.items() if never}


def _codings(database: Database, project: Project, names: dict[Any, str], codes: dict[Any, str]) -> None:
    columns = ("ctid", "cid", "fid", "seltext", "pos0", "pos1", "owner", "date", "memo")
    for number, code, source, quote, start, end, owner, date, memo in _rows(
        database, "code_text", *columns, order="ctid"
    ):
        where = project.where(number)
        if code not in codes or source not in names:
            what = f"code {quoted(code)}" if code not in codes else f"source {quoted(source)}"
            project.log.fault(where, f"refers to the {what}, which is not there.", "Check the database in QualCoder.")
        elif not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end < 2**53):
            project.log.fault(
                where, f"has no positions: {quoted(start)} to {quoted(end)}.", "Check the database in QualCoder."
            )
        elif names[source] not in project.texts:
            project.log.fault(
                where, f"codes the text of {quoted(names[source])}, which has none.", "Check it in QualCoder."
            )
        else:
            coder = _text(owner).strip() or "no name"
            row = Applied(number, coder, codes[code], names[source], start, end, _text(quote), _text(memo), _iso(date))
            project.applied.append(row)


def _others(database: Database, project: Project) -> Unmapped | None:
    """What no table of a study has a place for, kept row by row as JSON, counted and told."""
    counts: dict[str, int] = {}
    parts: dict[str, bytes] = {}
    for table, kind in _OTHERS.items():
        columns = database.columns.get(table, ())
        rows = [dict(zip(columns, map(_plain, row), strict=True)) for row in _rows(database, table, *columns)]
        if rows:
            counts[kind] = len(rows)
            parts[f"{table}.json"] = json.dumps(rows, ensure_ascii=False).encode("utf-8")
    if not parts:
        return None
    told = ", ".join(counted(number, kind) for kind, number in counts.items())
    project.log.tell(
        "note", project.name, f"kept in study.unmapped, as no table has a place for them: {told}.", "They are JSON."
    )
    return Unmapped.of(FORMAT.name, parts)


def _plain(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, int) else _text(cell)


FORMAT = Format(
    name="QualCoder project",
    suffixes=(".qda", FOLDER),
    recognises=_recognises,
    read_study=read_study,
    options=("codebook", "title", "seen", "positions"),
    keeps=(
        Kept("who coded", "yes", "no"),
        Kept("when it was coded", "yes", "no"),
        Kept("sub-codes", "yes", "no", "categories become codes above their codes"),
        Kept("definitions of codes", "yes", "no", "memos of codes"),
        Kept("colours of codes", "yes", "no"),
        Kept("texts", "yes", "no"),
        Kept("positions in texts", "yes", "no"),
        Kept("cases", "yes", "no", "a document in several cases has none"),
        Kept("attributes", "yes", "no"),
        Kept("memos on codings", "yes", "no"),
        Kept(
            "pictures, audio, video", "part", "no", "named as documents; their codings are kept as JSON, not the files"
        ),
        Kept("notes, links, sets, graphs", "part", "no", "journals and annotations are kept as JSON, graphs are not"),
    ),
    tried="QualCoder 3.6, database versions 8 and 16",
    instead="A .qda is the folder of a QualCoder project, or the file data.qda in it.",
)
