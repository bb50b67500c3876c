"""The project of QualCoder, in its folder or as the database alone, into a study."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from expertsys._core.errors import DataError, listing, quoted
from expertsys.io.limits import Limits, beyond
from expertsys.io.options import Options
from expertsys.io.project import Applied, Project
from expertsys.io.qualcoder.cases import assign_cases, read_attributes, read_cases
from expertsys.io.qualcoder.kept import DRAWN, WHOLE, kept
from expertsys.io.qualcoder.rows import rows, text_of
from expertsys.io.registry import FOLDER, Format, Kept
from expertsys.io.safe_sqlite import MAGIC, Database, open_sqlite
from expertsys.study import Code, Codebook, Source, Study

_FILE = "data.qda"
_KNOWN = (
    *("project", "source", "code_name", "code_cat", "code_text", "attribute_type", "attribute", "cases", "case_text"),
    *WHOLE,
    *DRAWN,
)
_NEEDED = ("source", "code_name", "code_text")
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
        cases = read_cases(database, project)
        read_attributes(database, project, {"case": cases, "file": names})
        codes, book = _codebook(database, project)
        _codings(database, project, names, codes)
        assign_cases(database, project, names, cases)
        unmapped = kept(database, project, FORMAT.name)
    project.log.sources.append(Source.of_file(name, file, len(project.applied)))
    return project.study(options, codebook=book, unmapped=unmapped)


def _iso(date: Any) -> str:
    """A date and time as the standard writes them; QualCoder keeps local time and no zone."""
    text = text_of(date)
    return f"{text[:10]}T{text[11:]}" if text[4:5] == text[7:8] == "-" and text[10:11] == " " else text


def _version(database: Database, project: Project) -> None:
    told = next((text_of(row[0]) for row in rows(database, "project", "databaseversion")), "")
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
    for number, name, text, media, memo in rows(database, "source", *columns, order="id"):
        label = text_of(name).strip() or f"source {number}"
        if label in project.documents:
            project.log.fault(
                f"{project.name}, source, id {number}", f"the name {quoted(label)} is taken.", "Rename one."
            )
        names[number] = label
        kind = _KINDS.get(re.split(r"[/:]", text_of(media).strip("/"))[0])
        whole = text_of(text) if text is not None and (kind is None or text) else None
        project.add(label, whole, kind=kind, memo=text_of(memo) or None)
    return names


def _codebook(database: Database, project: Project) -> tuple[dict[Any, str], Codebook]:
    """Categories as the parents of their codes; a name that stands for both a category and a code gets its path."""
    categories = {
        number: (text_of(name).strip() or f"category {number}", above, text_of(memo))
        for number, name, memo, above in rows(
            database, "code_cat", "catid", "name", "memo", "supercatid", order="catid"
        )
    }
    found = list(rows(database, "code_name", "cid", "name", "memo", "catid", "color", "supercid", order="cid"))
    plain = {row[0]: text_of(row[1]).strip() or f"code {row[0]}" for row in found}
    taken = Counter([*(name for name, _, _ in categories.values()), *plain.values()])
    labels = {number: name if taken[name] == 1 else f"{name} (category)" for number, (name, _, _) in categories.items()}
    codes = []
    circling = _circling({number: row[1] for number, row in categories.items()})
    for number, (_, above, memo) in categories.items():
        parent = labels.get(above) if number not in circling else None
        codes.append(Code(labels[number], parent=parent, definition=memo.strip(), codable=False))
    doubled = [name for name, times in Counter(labels.values()).items() if times > 1]
    doubled += [name for name, times in Counter(plain.values()).items() if times > 1]
    if doubled:
        project.log.fault(project.name, f"codes of the same name: {listing(doubled)}.", "Rename one of each.")
        project.log.refuse(project.name)
    circling = _circling({row[0]: row[5] for row in found})
    for number, _, memo, category, colour, above in found:
        parent = plain.get(above) if above is not None and number not in circling else labels.get(category)
        codes.append(Code(plain[number], parent=parent, definition=text_of(memo).strip(), colour=text_of(colour)))
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
    for number, code, source, quote, start, end, owner, date, memo in rows(
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
            coder = text_of(owner).strip() or "no name"
            row = Applied(
                number, coder, codes[code], names[source], start, end, text_of(quote), text_of(memo), _iso(date)
            )
            project.applied.append(row)


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
        Kept("cases", "yes", "no", "where cases have parts of a document, that of each coding and unit"),
        Kept("attributes", "yes", "no"),
        Kept("memos on codings", "yes", "no"),
        Kept(
            "pictures, audio, video", "part", "no", "named as documents; their codings are kept as JSON, not the files"
        ),
        Kept(
            "notes, links, sets, graphs",
            "part",
            "no",
            "journals, annotations, queries, graphs, references, the project's memo and marks of importance, as JSON",
        ),
    ),
    tried="QualCoder 3.6, database versions 8 and 16",
    instead="A .qda is the folder of a QualCoder project, or the file data.qda in it.",
)
